"""How a company collects: the rules that a person may change, with their careful defaults."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.errors import GatewayError

LIMITS: Mapping[str, tuple[int, int]] = {
    "notice_days": (1, 60),
    "later_days": (0, 30),
    "second_approval_minor": (0, 10**14),
}


class CollectRulesOutOfRange(GatewayError):
    """A rule of collecting is set to what it cannot be."""

    code = "collect_rules_out_of_range"


@dataclass(frozen=True, slots=True)
class CollectRules:
    """What holds for all customers of a company unless something else was agreed."""

    notice_days: int = 14  # EPC016-06 4.3.2: 14 calendar days unless another period is agreed.
    later_days: int = 0  # How many days a debit may come after the day announced without a new notice.
    is_bundled: bool = True  # One debit for what a customer owes on a day; else one for each invoice.
    nets_credits: bool = True
    second_approval_minor: int = 0  # From this sum on two approvers are needed; 0: one is enough.


def collect_rules(record: Mapping[str, Any]) -> CollectRules:
    """Return the rules in a stored record, which may say more than these. Raises CollectRulesOutOfRange."""
    names = {field.name for field in dataclasses.fields(CollectRules)}
    rules = CollectRules(**{name: value for name, value in record.items() if name in names})
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(rules, name) <= most:
            raise CollectRulesOutOfRange(f"{name} is {getattr(rules, name)}, it must be from {least} to {most}")
    return rules


def approvals_needed(rules: CollectRules, sum_minor: int) -> int:
    """Return how many people have to approve a file of this sum. Never none (reliability section 7)."""
    return 2 if rules.second_approval_minor and sum_minor >= rules.second_approval_minor else 1
