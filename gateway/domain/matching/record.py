"""Explanations as they are stored with a decision or a review item: JSON lists in the order of their fields."""

from typing import Any

from gateway.domain.matching.model import Explanation, Kept, Line, Sign, Strength
from schemas.states import AllocationKind


def signs_from(record: list[Any]) -> tuple[Sign, ...]:
    """Return only what spoke for and against the explanation that was stored; it may settle very many items."""
    return tuple(Sign(code, facts, supports) for code, facts, supports in record[4])


def from_record(record: list[Any]) -> Explanation:
    """Return the explanation that was stored (keys and minor units are whole numbers)."""
    customer_id, lines, on_account_minor, strength, _, bank_fee_minor, *debits = record
    # Older records know no debits, or no refunds.
    collections, kept, compensation_minor, *refunds = debits or ((), (), 0)
    return Explanation(
        customer_id,
        tuple(Line(item_id, AllocationKind(kind), minor) for item_id, kind, minor in lines),
        on_account_minor,
        Strength(strength),
        signs_from(record),
        bank_fee_minor,
        tuple(collections),
        tuple(Kept(*one) for one in kept),
        compensation_minor,
        tuple(refunds[0]) if refunds else (),
    )
