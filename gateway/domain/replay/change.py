"""What is different in a replay."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from gateway.domain.matching.model import Habit, KnownIban, Policy
from gateway.domain.matching.policy import check_policy
from gateway.domain.matching.user_rules import UserRule
from schemas.errors import GatewayError
from schemas.states import HabitKind


class HabitName(NamedTuple):
    """Which habit of which customer."""

    customer_id: int
    kind: HabitKind
    basis_points: int


class ReplayChange(NamedTuple):
    """What is different in a replay: policy and rules of the company, accounts and habits as if never learned.

    Nothing here: all is decided as it was, under the policy and the rules of each day.
    """

    policy: Policy | None = None
    forgotten: frozenset[str] = frozenset()
    rules: tuple[UserRule, ...] | None = None
    forgotten_habits: frozenset[HabitName] = frozenset()

    def knows(self, known: Iterable[KnownIban]) -> list[KnownIban]:
        """Return what is still known of accounts."""
        return [one for one in known if one.iban not in self.forgotten]

    def keeps(self, habits: Iterable[Habit]) -> tuple[Habit, ...]:
        """Return the habits that are still known."""
        names = self.forgotten_habits
        return tuple(one for one in habits if (one.customer_id, one.kind, one.basis_points) not in names)

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing is different."""
        return self == NO_CHANGE


NO_CHANGE = ReplayChange()


class NoSuchSetting(GatewayError):
    """Matching has no setting with this name."""

    code = "no_such_setting"


class NoSuchValue(GatewayError):
    """A setting of matching cannot have this value."""

    code = "no_such_value"


def policy_with(policy: Policy, values: Mapping[str, bool | int]) -> Policy:
    """Return a policy with some fields changed. Raises NoSuchSetting, NoSuchValue or PolicyOutOfRange."""
    known = dataclasses.asdict(policy)
    for field, value in values.items():
        if field not in known:
            raise NoSuchSetting(f"{field!r} is no setting of matching, these are: {', '.join(known)}")
        if isinstance(value, bool) is not isinstance(known[field], bool):
            raise _no_value(field, str(value), is_flag=isinstance(known[field], bool))
    after = dataclasses.replace(policy, **cast("dict[str, Any]", values))
    check_policy(after)
    return after


def read_values(texts: Mapping[str, str]) -> dict[str, bool | int]:
    """Return values of rules as they are written: whole numbers, or ``on`` and ``off``. Raises NoSuchValue."""
    return {field: _read(field, text) for field, text in texts.items()}


def _read(field: str, text: str) -> bool | int:
    if text in ("on", "off"):
        return text == "on"
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    is_flag = isinstance(getattr(Policy(), field, 0), bool)
    raise _no_value(field, text, is_flag=is_flag)


def _no_value(field: str, text: str, *, is_flag: bool) -> NoSuchValue:
    if is_flag:
        return NoSuchValue(f"{field} is {text!r}, it must be on or off")
    return NoSuchValue(f"{field} is {text!r}, it must be a whole number")
