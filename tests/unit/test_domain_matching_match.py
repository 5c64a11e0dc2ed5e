"""A whole statement at once: competition, order, and what must always hold."""

import datetime as dt
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.matching.decide import decide
from gateway.domain.matching.match import match_statement
from gateway.domain.matching.model import Ask, Book, Ignore, Policy
from schemas.states import ReviewReason
from support.matching import (
    ANNA,
    STRANGER,
    TODAY,
    index_of,
    invoice,
    money,
    outcome,
    paid,
)

A = invoice(1, "FA-2026-000101", 10_000)
B = invoice(2, "FA-2026-000102", 10_000)
C = invoice(3, "FA-2026-000103", 20_000)


def test_the_order_in_which_credits_are_given_does_not_matter() -> None:
    payments = [
        money(10_000, "FA-2026-000101", iban=ANNA, id=1),
        money(10_000, "", iban=ANNA, id=2),
        money(10_000, "FA-2026-000101", iban=STRANGER, id=3, booking_date=TODAY + dt.timedelta(1)),
        money(20_000, "", iban=ANNA, id=4),
    ]
    outcomes = set()
    for given_order in permutations(payments):
        decisions = match_statement(given_order, index_of(A, B, C), Policy())
        outcomes.add(
            tuple(sorted((credit.id, outcome(one)) for credit, one in zip(given_order, decisions, strict=True)))
        )

    assert outcomes == {((1, "exact_reference"), (2, "confirmed_payer"), (3, "paid_already"), (4, "confirmed_payer"))}


@pytest.mark.parametrize("silent_first", [True, False])
def test_of_two_equal_payments_of_a_day_the_first_pays_and_the_second_is_asked(silent_first: bool) -> None:
    texts = ("danke", "Rechnung FA-2026-000001") if silent_first else ("Rechnung FA-2026-000001", "danke")
    credits_ = [money(10_000, text, iban=ANNA, id=key, order=(f"S{key}", "", 0, 0)) for key, text in enumerate(texts)]

    first, second = match_statement(credits_, index_of(invoice(1, "FA-2026-000001", 10_000)), Policy())

    assert isinstance(first, Book)
    assert isinstance(second, Ask)


def test_a_doubtful_payment_is_looked_at_again_when_the_others_took_theirs() -> None:
    doubtful = money(20_000, "", iban=ANNA, id=1)
    naming = money(20_000, "FA-2026-000103", iban=STRANGER, id=2, booking_date=TODAY + dt.timedelta(2))

    decisions = match_statement([doubtful, naming], index_of(A, B, C), Policy())

    assert paid(decisions[1]) == {3: 20_000}
    assert paid(decisions[0]) == {1: 10_000, 2: 10_000}


def test_two_parts_of_one_invoice_are_both_booked_and_a_third_is_too_much() -> None:
    parts = [money(9_000, "FA-2026-000103", iban=ANNA, id=key) for key in (1, 2, 3)]

    decisions = match_statement(parts, index_of(A, C), Policy())

    assert [outcome(one) for one in decisions] == ["partial", "partial", "more_than_open"]


def test_nothing_given_is_nothing_decided() -> None:
    assert match_statement([], index_of(A), Policy()) == []


@given(
    text=st.text(max_size=120),
    name=st.text(max_size=40),
    reference=st.text(max_size=40),
    minor=st.integers(-500, 500),
)
def test_no_text_of_a_payer_raises(text: str, name: str, reference: str, minor: int) -> None:
    credit = money(
        minor,
        text,
        name=name,
        iban=reference,
        end_to_end_id=reference,
        creditor_reference=reference,
        ultimate_debtor=text,
    )

    decision = decide(
        credit, index_of(A, B, C._replace(creditor_reference="12345", order_reference="PO-4711")), Policy()
    )

    assert isinstance(decision, Book | Ask | Ignore)


def test_a_hostile_text_of_digits_is_read_in_no_time() -> None:
    text = "FA-" + "1 2-3." * 3_000 + "O" * 3_000 + "9" * 5_000

    decision = decide(money(100, text), index_of(A), Policy())

    assert outcome(decision) in ("no_known_reference", "several_explanations")


@pytest.mark.parametrize("reason", list(ReviewReason))
def test_every_reason_but_that_of_undo_has_a_situation(reason: ReviewReason) -> None:
    """The tables of `test_domain_matching_decide` and `_bookings` name each reason in some row."""
    from pathlib import Path

    folder = Path(__file__).parent
    rows = "".join((folder / f"test_domain_matching_{part}.py").read_text() for part in ("decide", "bookings"))

    assert f'"{reason.value}"' in rows or reason is ReviewReason.UNDONE
