"""Explanations survive being stored."""

import json

from gateway.domain.matching.model import Book
from gateway.domain.matching.record import from_record
from support.matching import ANNA, TWO_PER_CENT, decided, invoice, money


def test_an_explanation_is_the_same_after_it_was_stored() -> None:
    decision = decided(
        money(9_800, "FA-2026-000101", iban=ANNA), invoice(1, "FA-2026-000101", 10_000, discounts=TWO_PER_CENT)
    )
    assert isinstance(decision, Book)

    stored = json.loads(json.dumps(decision.explanation))

    assert from_record(stored) == decision.explanation
