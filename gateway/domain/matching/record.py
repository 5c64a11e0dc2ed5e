"""Explanations as plain values, to be stored with a decision or a review item and read back."""

from typing import Any

from gateway.domain.matching.model import Explanation, Line, Sign, Strength
from schemas.states import AllocationKind


def to_record(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as plain values (keys and minor units are whole numbers)."""
    return {
        "customer_id": explanation.customer_id,
        "lines": [[line.item_id, line.kind.value, line.amount_minor] for line in explanation.lines],
        "on_account_minor": explanation.on_account_minor,
        "bank_fee_minor": explanation.bank_fee_minor,
        "strength": explanation.strength.value,
        "proof": [[sign.code, dict(sign.facts), sign.supports] for sign in explanation.proof],
    }


def from_record(record: dict[str, Any]) -> Explanation:
    """Return the explanation that was stored."""
    return Explanation(
        customer_id=record["customer_id"],
        lines=tuple(Line(item_id, AllocationKind(kind), minor) for item_id, kind, minor in record["lines"]),
        on_account_minor=record["on_account_minor"],
        strength=Strength(record["strength"]),
        bank_fee_minor=record["bank_fee_minor"],
        proof=tuple(Sign(code, facts, supports) for code, facts, supports in record["proof"]),
    )
