"""What is different in a replay. More may be changed one day: rules of users, other learned facts."""

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from gateway.domain.matching.model import Policy
from gateway.domain.matching.policy import check_policy
from schemas.errors import GatewayError


class ReplayChange(NamedTuple):
    """What is different in a replay: the policy, payer accounts as if they had never been learned.

    Nothing here: all is decided as it was, under the policy of each day.
    """

    policy: Policy | None = None
    forgotten: frozenset[str] = frozenset()

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing is different."""
        return self == ReplayChange()


class NoSuchRule(GatewayError):
    """There is no rule of matching with this name."""

    code = "no_such_rule"


class NoSuchValue(GatewayError):
    """A rule of matching cannot be set to this."""

    code = "no_such_value"


def policy_with(policy: Policy, values: Mapping[str, bool | int]) -> Policy:
    """Return a policy with some fields changed. Raises NoSuchRule, NoSuchValue or PolicyOutOfRange."""
    known = dataclasses.asdict(policy)
    for field, value in values.items():
        if field not in known:
            raise NoSuchRule(f"{field!r} is no rule of matching, these are: {', '.join(known)}")
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
