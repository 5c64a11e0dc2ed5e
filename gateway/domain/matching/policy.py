"""What a policy may say, and what changes from one to the next."""

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

from gateway.domain.matching.model import Policy
from schemas.errors import GatewayError


class PolicyOutOfRange(GatewayError):
    """A rule of matching is set to what it cannot be."""

    code = "policy_out_of_range"


class Limits(NamedTuple):
    """The least and the most that a number may be."""

    least: int
    most: int


class Change(NamedTuple):
    """One rule that is not as it was."""

    field: str
    before: bool | int
    after: bool | int


# Beyond these a slip of the hand, not a policy: a tolerance that lets go of whole invoices, a search that never ends.
LIMITS: Mapping[str, Limits] = {
    "habit_right_min": Limits(1, 50),
    "discount_rounding_minor": Limits(0, 100),
    "discount_grace_days": Limits(0, 60),
    "tolerance_minor": Limits(0, 10_000),
    "fee_limit_minor": Limits(0, 10_000),
    "combination_items_max": Limits(2, 12),
    "combination_steps_max": Limits(1_000, 200_000),
}


def check_policy(policy: Policy) -> None:
    """Check that each number is within its limits. Raises PolicyOutOfRange naming the first that is not."""
    for field, limits in LIMITS.items():
        value = getattr(policy, field)
        if not limits.least <= value <= limits.most:
            raise PolicyOutOfRange(f"{field} is {value}, it must be from {limits.least} to {limits.most}")


def changes(before: Policy, after: Policy) -> list[Change]:
    """Return the rules that differ, in the order of the policy."""
    names = [field.name for field in dataclasses.fields(Policy)]
    pairs = [Change(name, getattr(before, name), getattr(after, name)) for name in names]
    return [change for change in pairs if change.before != change.after]
