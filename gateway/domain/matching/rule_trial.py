"""What a rule would have done with what is stored: taken, decided the same already, or decided otherwise.

It compares with what was decided, not with what would be decided now: whoever tries a rule sees where people knew
better. What a reference or an advice decided it would decide again, whatever the rule says.
"""

from enum import StrEnum
from typing import NamedTuple

from gateway.domain.matching.model import Rule
from gateway.domain.matching.user_rules import UserRule
from schemas.states import BankTransactionState, IgnoreCategory, RuleAction

_DECIDED = frozenset({BankTransactionState.ALLOCATED, BankTransactionState.PARTLY_ALLOCATED})
# Decided before a rule is asked, whatever it says.
_BEFORE_RULES = frozenset({Rule.OWN_COLLECTION, Rule.RETURNED_DEBIT, Rule.OWN_REFUND, Rule.RETURNED_REFUND})
_BY_REFERENCE = frozenset(
    {
        Rule.EXACT_REFERENCE,
        Rule.DISCOUNT,
        Rule.PARTIAL,
        Rule.REPORTED_CHARGES,
        Rule.TOLERANCE,
        Rule.FEE_LIMIT,
        Rule.ADVICE,
    }
)
_SETS_ASIDE = frozenset({RuleAction.SET_ASIDE, RuleAction.NOT_OURS})


class Verdict(StrEnum):
    """How a rule compares with what became of a bank transaction."""

    NEW = "new"  # It waits, or the gateway set it aside as something else.
    SAME = "same"
    OTHERWISE = "otherwise"  # A person, or account and amount, decided otherwise.
    NAMED = "named"  # A reference or a remittance advice decided otherwise, which come before any rule.
    EARLIER = "earlier"  # A rule that stands before it takes it.
    ASKED = "asked"  # It waits and goes on waiting: it names an invoice, or something points elsewhere.


class Became(NamedTuple):
    """What became of a bank transaction.

    ``by`` is the rule or ``user``, where it is decided; ``customer_ids`` are those whose items it was booked to.
    """

    state: BankTransactionState
    category: IgnoreCategory | None = None
    account_word: str = ""
    by: str = ""
    customer_ids: frozenset[int] = frozenset()


def verdict(rule: UserRule, became: Became) -> Verdict | None:
    """Compare a rule that fits with what became of a bank transaction; None where no rule is ever asked."""
    if became.state in _DECIDED:
        if became.by in _BEFORE_RULES:
            return None
        is_same = rule.customer_id is not None and became.customer_ids == {rule.customer_id}
        if is_same:
            return Verdict.SAME
        return Verdict.NAMED if became.by in _BY_REFERENCE else Verdict.OTHERWISE
    if became.state is not BankTransactionState.IGNORED:
        return Verdict.NEW
    if rule.action not in _SETS_ASIDE:
        return Verdict.OTHERWISE if became.by in ("user", Rule.USER_RULE) else None
    if (became.category, became.account_word) == (rule.category, rule.account_word):
        return Verdict.SAME
    return Verdict.OTHERWISE if became.by == "user" else Verdict.NEW
