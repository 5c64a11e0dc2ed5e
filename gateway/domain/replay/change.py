"""What is different in a replay. More may be changed one day: rules of users, other learned facts."""

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

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


def policy_with(policy: Policy, values: Mapping[str, str]) -> Policy:
    """Return a policy with some fields as they are written: whole numbers, or ``on`` and ``off``.

    Raises NoSuchRule, NoSuchValue or PolicyOutOfRange.
    """
    known = dataclasses.asdict(policy)
    changed: dict[str, Any] = {}
    for field, text in values.items():
        if field not in known:
            raise NoSuchRule(f"{field!r} is no rule of matching, these are: {', '.join(known)}")
        changed[field] = _read(field, text, is_flag=isinstance(known[field], bool))
    after = dataclasses.replace(policy, **changed)
    check_policy(after)
    return after


def _read(field: str, text: str, *, is_flag: bool) -> bool | int:
    if is_flag and text in ("on", "off"):
        return text == "on"
    if not is_flag and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise NoSuchValue(f"{field} is {text!r}, it must be {'on or off' if is_flag else 'a whole number'}")
