"""A whole statement at once: competition, order, and what must always hold."""

import datetime as dt
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.matching.decide import decide, look_closer
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.match import match_statement
from gateway.domain.matching.model import Ask, Book, Credit, Decision, Ignore, OpenItem, Policy
from gateway.domain.matching.plain import book_at_sight, book_plain
from gateway.domain.matching.proof import sentence
from schemas.references import ReferenceScheme, generate
from schemas.states import AllocationKind, Language, ReviewReason
from support.matching import (
    ANNA,
    BRUNO,
    CLARA,
    STRANGER,
    TODAY,
    TWO_PER_CENT,
    credit_note,
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


NUMBERS = [f"FA-2026-{serial:06d}" for serial in (101, 102, 103, 110, 1011)]
REFERENCES = [generate(ReferenceScheme.RF, number.replace("-", "")) for number in NUMBERS]
PIECES = [
    *NUMBERS,
    "000101",
    "101",
    "1O1",
    "FA-2025-000009",
    "Kd C0002",
    "u. 102",
    "/103",
    "2%",
    *REFERENCES[:2],
    "RF18539007547034",
]
texts = st.lists(st.sampled_from(PIECES), max_size=3).map(" ".join) | st.text(max_size=20)
minors = st.sampled_from([1, 50, 98, 100, 102, 150, 196, 200, 250, 300, 400])
credits_ = st.builds(
    money,
    minors,
    texts,
    iban=st.sampled_from([ANNA, BRUNO, CLARA, STRANGER, None]),
    name=st.sampled_from(["Anna Koch", "BRUNO BAU", "Niemand", None]),
    ultimate_debtor=st.sampled_from(["Clara Services", None, None]),
    creditor_reference=st.sampled_from([*REFERENCES[:2], "RF18539007547034", None, None, None]),
    end_to_end_id=st.sampled_from(["NOTPROVIDED", NUMBERS[0], "PAY-77", None]),
    charges_minor=st.sampled_from([2, 50, None, None]),
    instructed_minor=st.sampled_from([100, None, None]),
    currency=st.sampled_from(["EUR"] * 6 + ["CHF"]),
    booking_date=st.sampled_from([TODAY, TODAY + dt.timedelta(1)]),
)


@st.composite
def open_items(draw: st.DrawFn) -> list[OpenItem]:
    """A few items of three customers, some with references, discounts, disputes, debits in flight."""
    items = []
    for place in range(draw(st.integers(1, 5))):
        facts = {
            "discounts": draw(st.sampled_from([(), TWO_PER_CENT])),
            "disputed_minor": draw(st.sampled_from([0, 0, 0, 30])),
            "in_flight_date": draw(st.sampled_from([None, None, None, TODAY])),
            "creditor_reference": draw(st.sampled_from([None, REFERENCES[place]])),
        }
        make = draw(st.sampled_from([invoice, invoice, invoice, credit_note]))
        items.append(make(place + 1, NUMBERS[place], draw(minors), draw(st.integers(1, 3)), **facts))
    return items


policies = st.builds(
    Policy,
    book_partial=st.booleans(),
    tolerance_minor=st.sampled_from([0, 0, 3]),
    fee_limit_minor=st.sampled_from([0, 0, 5]),
)


def check_money(decision: Decision, credit: Credit, items: dict[int, OpenItem]) -> None:
    """Money lines and what is kept add up to the credit; a discount is no more than agreed; nothing is overpaid."""
    explanations = (decision.explanation,) if isinstance(decision, Book) else ()
    if isinstance(decision, Ask):
        explanations = decision.explanations
    for one in explanations:
        moved = [line for line in one.lines if line.kind in (AllocationKind.PAYMENT, AllocationKind.REFUND)]
        assert sum(line.amount_minor for line in moved) + one.on_account_minor == credit.amount_minor
        for item_id in {line.item_id for line in one.lines}:
            total = sum(line.amount_minor for line in one.lines if line.item_id == item_id)
            assert 0 <= total * (1 if items[item_id].amount_minor > 0 else -1) <= abs(items[item_id].amount_minor)
        for line in one.lines:
            if line.kind is AllocationKind.DISCOUNT:
                assert abs(line.amount_minor - (items[line.item_id].open_minor * 200 + 5000) // 10_000) <= 1
        assert all(sentence(sign, language) for sign in one.proof for language in Language)


@given(items=open_items(), credit=credits_, policy=policies)
def test_explanations_are_exact_whatever_is_open_and_written(
    items: list[OpenItem], credit: Credit, policy: Policy
) -> None:
    decision = decide(credit, index_of(*items), policy)

    check_money(decision, credit, {item.id: item for item in items})
    if isinstance(decision, Book):
        assert decision.explanation.on_account_minor == 0


@given(items=open_items(), credit=credits_)
def test_the_plain_case_is_decided_as_the_rules_would(items: list[OpenItem], credit: Credit) -> None:
    index = index_of(*items)
    evidence = Evidence(credit, index)
    by_rules = look_closer(evidence, Policy())

    for quick in (book_at_sight(credit, index, Policy()), book_plain(evidence, Policy())):
        assert quick is None or quick == by_rules


@given(items=open_items(), payments=st.lists(credits_, max_size=6), seed=st.randoms())
def test_no_item_is_ever_paid_more_than_once_and_order_does_not_matter(
    items: list[OpenItem], payments: list[Credit], seed: object
) -> None:
    numbered = [credit._replace(id=key) for key, credit in enumerate(payments)]
    shuffled = list(numbered)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]

    decisions = dict(
        zip((one.id for one in numbered), match_statement(numbered, index_of(*items), Policy()), strict=True)
    )
    again = dict(zip((one.id for one in shuffled), match_statement(shuffled, index_of(*items), Policy()), strict=True))

    assert decisions == again
    for item in items:
        lines = [
            line.amount_minor
            for one in decisions.values()
            if isinstance(one, Book)
            for line in one.explanation.lines
            if line.item_id == item.id
        ]
        assert abs(sum(lines)) <= abs(item.amount_minor)


@given(amount=st.integers(1, 500), other=st.integers(1, 500))
def test_a_rival_explanation_always_means_a_question(amount: int, other: int) -> None:
    """One more item of the payer that fits alone, or with another, turns any silent payment into a question."""
    alone = [invoice(1, "X-1", amount), invoice(2, "X-2", amount + other)]
    rivals = [
        [invoice(3, "X-3", amount)],
        [invoice(3, "X-3", amount - amount // 2), invoice(4, "X-4", amount // 2)]
        if amount > 1
        else [invoice(3, "X-3", amount)],
        [invoice(3, "X-3", amount, customer_id=2)],
    ]
    credit = money(amount, "", iban=ANNA, name="Bruno Bau GmbH")

    assert isinstance(decide(credit, index_of(*alone), Policy()), Book)
    for rival in rivals:
        assert isinstance(decide(credit, index_of(*alone, *rival), Policy()), Ask)


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
