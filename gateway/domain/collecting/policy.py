"""The whole policy of collecting that a company may set: rules of collecting and of returns, and of mandates.

It is stored as one flat record. Who reads one part of it takes that part (rules.py, returns.py); this module is for
whoever shows or changes all of it.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gateway.domain.collecting import rules
from gateway.domain.collecting.rules import CollectRules, collect_rules
from gateway.domain.mandate import REFERENCE_RULE, REST_DAYS, make_reference
from gateway.domain.matching.policy import Limits
from gateway.domain.returns import RETURN_LIMITS, ReasonRule, ReturnPolicy, default_rule, return_policy
from schemas.errors import GatewayError

APPROVAL_LIMIT = "second_approval_minor"  # Changed by two persons only.
_REST_DAYS = "new_account_rest_days"
_REFERENCE = "mandate_reference_rule"
_CONFIRMS = "confirms_by_transfer"
_REFERENCE_MAX = 60
_PLACES = re.compile(r"\{[^}]*\}?|\}")
LIMITS: Mapping[str, Limits] = {
    name: Limits(*pair) for name, pair in {**rules.LIMITS, **RETURN_LIMITS, _REST_DAYS: (0, 30)}.items()
}

Value = bool | int | str | ReasonRule


class CollectPolicyOutOfRange(GatewayError):
    """A rule of how we collect is set to what it cannot be."""

    code = "collect_policy_out_of_range"


class InvalidReferenceRule(GatewayError):
    """A rule for mandate references has the customer's number in it, as in {customer}-{number}."""

    code = "invalid_reference_rule"


@dataclass(frozen=True, slots=True)
class CollectPolicy:
    """How a company collects; the defaults are the careful ones. Amounts are cents of euro."""

    collect: CollectRules = field(default_factory=CollectRules)
    returns: ReturnPolicy = field(default_factory=ReturnPolicy)
    new_account_rest_days: int = REST_DAYS
    mandate_reference_rule: str = REFERENCE_RULE
    confirms_by_transfer: bool = False  # A first matched transfer from its account signs a draft.


class PolicyChange(NamedTuple):
    """One rule that is not as it was; ``field`` is its name, or the code of a reason."""

    field: str
    before: Value
    after: Value


def collect_policy(record: Mapping[str, Any]) -> CollectPolicy:
    """Return the policy of a stored record, in which a rule that nobody set is missing.

    Raises CollectRulesOutOfRange, ReturnPolicyOutOfRange, CollectPolicyOutOfRange or InvalidReferenceRule.
    """
    policy = CollectPolicy(
        collect_rules(record),
        return_policy(record),
        record.get(_REST_DAYS, REST_DAYS),
        record.get(_REFERENCE) or REFERENCE_RULE,
        bool(record.get(_CONFIRMS)),
    )
    limits, days = LIMITS[_REST_DAYS], policy.new_account_rest_days
    if not limits.least <= days <= limits.most:
        raise CollectPolicyOutOfRange(f"{_REST_DAYS} is {days}, it must be from {limits.least} to {limits.most}")
    check_reference_rule(policy.mandate_reference_rule)
    return policy


def check_reference_rule(rule: str) -> None:
    """Check a rule for mandate references. Raises InvalidReferenceRule or InvalidMandateReference."""
    places = set(_PLACES.findall(rule))
    if "{customer}" not in places or places - {"{customer}", "{number}"} or len(rule) > _REFERENCE_MAX:
        raise InvalidReferenceRule(f"{rule[:_REFERENCE_MAX]!r} is no rule such as {REFERENCE_RULE}")
    make_reference(rule, customer_number="C1", number=1)


def record_of(policy: CollectPolicy) -> dict[str, Any]:
    """Return a policy as it is stored; reasons that are treated as the schemes advise are not in it."""
    record = flat(policy)
    record["reasons"] = {
        code: rule._asdict() for code, rule in sorted(policy.returns.reasons.items()) if rule != default_rule(code)
    }
    return record


def flat(policy: CollectPolicy) -> dict[str, Any]:
    """Return each rule but those about reasons, by its name."""
    returns = {name: getattr(policy.returns, name) for name in ReturnPolicy.__slots__ if name != "reasons"}
    names = (_REST_DAYS, _REFERENCE, _CONFIRMS)
    ours = {name: getattr(policy, name) for name in names}
    return {**dataclasses.asdict(policy.collect), **returns, **ours}


def changes(before: CollectPolicy, after: CollectPolicy) -> list[PolicyChange]:
    """Return the rules that differ: those with a name first, then those about reasons by their codes."""
    old, new = flat(before), flat(after)
    rules = [PolicyChange(name, old[name], new[name]) for name in old]
    codes = sorted({*before.returns.reasons, *after.returns.reasons})
    reasons = [PolicyChange(code, _rule(before, code), _rule(after, code)) for code in codes]
    return [change for change in (*rules, *reasons) if change.before != change.after]


def _rule(policy: CollectPolicy, code: str) -> ReasonRule:
    return policy.returns.reasons.get(code) or default_rule(code)


def with_reason(policy: CollectPolicy, code: str, rule: ReasonRule) -> CollectPolicy:
    """Return the policy with another rule about a reason. Raises ReturnPolicyOutOfRange."""
    record = record_of(policy)
    record["reasons"] = {**record["reasons"], code: rule._asdict()}
    return collect_policy(record)
