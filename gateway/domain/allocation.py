"""What an explanation writes: the allocations of one decision, in amounts of both sides.

An item is settled by the rows that target it. A discount, a charge that the payer's bank took, or a tolerance has no
bank side: it settles the item from outside the bank. Money kept on account opens an item of its own.
"""

from typing import NamedTuple

from gateway.domain.matching.model import Explanation
from schemas.states import AllocationKind

_BANK_KINDS = frozenset({AllocationKind.PAYMENT, AllocationKind.REFUND, AllocationKind.RETURN})


class AllocationPlan(NamedTuple):
    """One row to write: minor units of the bank side and of the item side, signed as each side is."""

    kind: AllocationKind
    item_id: int | None  # None: kept on account, or a fee of our bank.
    bank_minor: int
    item_minor: int
    customer_id: int | None = None  # Whose money is kept on account, where one booking is of several customers.


def plan_allocations(explanation: Explanation) -> tuple[AllocationPlan, ...]:
    """Return the rows of an explanation; their bank sides add up to what it uses of the bank transaction."""
    rows = [
        AllocationPlan(line.kind, line.item_id, line.amount_minor if line.kind in _BANK_KINDS else 0, line.amount_minor)
        for line in explanation.lines
        if line.amount_minor
    ]
    if explanation.bank_fee_minor:
        rows.append(AllocationPlan(AllocationKind.BANK_FEE, None, explanation.bank_fee_minor, 0))
    if explanation.on_account_minor:
        rows.append(AllocationPlan(AllocationKind.ON_ACCOUNT, None, explanation.on_account_minor, 0))
    rows += [
        AllocationPlan(AllocationKind.ON_ACCOUNT, None, one.amount_minor, 0, one.customer_id)
        for one in explanation.kept
    ]
    return tuple(rows)
