"""The index: what it finds, and that decisions taken over can be taken back."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.decide import decide
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.model import Ask, Customer, Policy
from gateway.domain.matching.packed import PackedItems
from gateway.domain.matching.payers import Payers
from gateway.domain.matching.shapes import Shapes
from schemas.states import IbanSource, ReviewReason
from support.matching import (
    ANNA,
    ANNA_KOCH,
    BRUNO,
    CUSTOMERS,
    STRANGER,
    TODAY,
    TWO_PER_CENT,
    credit_note,
    index_of,
    invoice,
    known,
    money,
    outcome,
    settled,
)

A = invoice(1, "FA-2026-000101", 10_000)
B = invoice(2, "FA-2026-000102", 25_000)


def test_an_item_is_found_by_amount_customer_and_reference() -> None:
    index = index_of(A._replace(creditor_reference="RF18 5390 0754 7034"), B, B._replace(id=3, currency="CHF"))

    assert index.with_reference("RF18539007547034") == [0]
    assert index.with_reference("RF00") == []
    assert index.with_amount(25_000, "EUR") == [1]
    assert index.fitting_slots(1, 25_000, "EUR") == [1]
    assert index.fitting_slots(2, 25_000, "EUR") == []
    assert index.open_slots(1, "CHF") == [2]
    assert (index.slot_of(2), index.slot_of(99)) == (1, None)
    assert index.has_amount(25_000, besides=(1,))
    assert not index.has_amount(10_000, besides=(0,))


@pytest.mark.parametrize(
    ("facts", "text", "reference"),
    [
        pytest.param({}, "FA-2026-000101", None, id="number"),
        pytest.param({"order_reference": "PO-4711-X", "number": "Brief"}, "PO-4711-X", None, id="order, no number"),
        pytest.param({"order_reference": "PO"}, "FA-2026-000101", None, id="order too short to be sought"),
        pytest.param({"creditor_reference": "RF18539007547034"}, "", "RF18539007547034", id="structured reference"),
    ],
)
def test_a_hidden_item_is_named_by_nothing_until_it_is_shown(
    facts: dict[str, Any], text: str, reference: str | None
) -> None:
    index = index_of(A._replace(**facts), B, invoice(3, "FA-2025-000101", 5))

    def named() -> list[tuple[int, ...]]:
        words = Evidence(money(1, text, creditor_reference=reference), index).words
        return [reading for word in words for reading in word.readings]

    index.hide(1)
    index.hide(99)
    assert named() == []

    index.show(1)
    assert named() == [(0,)]


def test_of_equal_numbers_only_the_hidden_one_is_not_found() -> None:
    index = index_of(A, A._replace(id=2), A._replace(id=3))

    index.hide(1)
    assert index.numbers.find_whole("FA2026000101") == [1, 2]

    index.hide(2)
    assert index.numbers.find_whole("FA2026000101") == 2


def test_packed_items_are_not_hidden() -> None:
    with pytest.raises(TypeError):
        ItemIndex(PackedItems([A])).hide(1)


def test_the_shorter_of_two_lists_is_looked_through() -> None:
    many = [invoice(key, f"X-{key}", 1_990, customer_id=2) for key in range(10, 30)]

    index = index_of(A._replace(amount_minor=1_990, open_minor=1_990), *many)

    assert index.fitting_slots(1, 1_990, "EUR") == [0]
    assert len(index.fitting_slots(2, 1_990, "EUR")) == 20


def test_an_item_that_was_settled_lately_is_known_with_its_date() -> None:
    index = index_of(A, settled=[settled(B, TODAY)])

    assert index.settled_date(1) == TODAY
    assert list(index.open) == [10_000, 0]


def test_a_narrow_index_takes_the_shapes_of_the_whole() -> None:
    index = ItemIndex([invoice(1, "40012345", 100)], shapes=Shapes([str(40012345 + place) for place in range(5000)]))

    decision = decide(money(100, "2345"), index, Policy())

    assert outcome(decision) == "exact_reference"


def test_a_booking_is_taken_over_and_back() -> None:
    index = index_of(A._replace(discounts=TWO_PER_CENT), B)
    before = list(index.open)
    credit = money(9_800, "FA-2026-000101", iban=ANNA, id=7)
    decision = decide(credit, index, Policy())

    index.apply(decision, credit)
    after = list(index.open)
    again = decide(credit, index, Policy())
    index.undo(decision, credit)

    assert after == [0, 25_000]
    assert outcome(again) == "paid_already"
    assert list(index.open) == before
    assert all(index.settled_date(slot) is None for slot in range(len(index.items)))
    assert decide(credit, index, Policy()) == decision


def test_a_part_payment_leaves_a_rest_that_is_found_by_its_amount() -> None:
    index = index_of(B)
    credit = money(5_000, "FA-2026-000102", iban=ANNA)
    for _ in range(2):
        decision = decide(credit, index, Policy())
        index.apply(decision, credit)
        index.undo(decision, credit)
        index.apply(decision, credit)

    assert list(index.open) == [15_000]
    assert index.with_amount(15_000, "EUR") == [0]
    assert index.with_amount(20_000, "EUR") == []


def test_an_equal_payment_waits_only_where_it_may_mean_an_open_item() -> None:
    index, later = index_of(A, B), money(777, "", iban=ANNA, id=9)
    for reason in (ReviewReason.OWN_COLLECTION, ReviewReason.PAID_ALREADY):
        index.apply(Ask(reason, ()), money(777, "", iban=ANNA, id=1))
    index.apply(Ask(ReviewReason.NO_KNOWN_REFERENCE, ()), money(777, "", id=2))
    unknown = index.waiting_twin(later)
    first = money(777, "", name="Anna Koch", id=3)
    index.apply(Ask(ReviewReason.NO_KNOWN_REFERENCE, ()), first)
    index.undo(Ask(ReviewReason.NO_KNOWN_REFERENCE, ()), money(778, ""))

    assert unknown is None
    assert index.waiting_twin(money(777, "", name="KOCH ANNA", id=9)) == (first.id, first.booking_date)
    assert index.waiting_twin(first) is None


def test_a_fresh_index_of_nothing_is_empty() -> None:
    index = ItemIndex([])

    assert not index.has_references
    assert not index.has_debts_of_ours
    assert outcome(decide(money(100, "FA-2026-000101"), index, Policy())) == "no_known_reference"


@pytest.mark.parametrize(
    ("ibans", "customer"),
    [
        pytest.param([known(ANNA, 1)], 1, id="confirmed"),
        pytest.param([known(ANNA, 1), known(ANNA, 1, IbanSource.MANDATE)], 1, id="record and mandate of one customer"),
        pytest.param([known(ANNA, 1, is_confirmed=False), known(ANNA, 1)], 1, id="proposed and confirmed"),
        pytest.param([known(ANNA, 1), known(ANNA, 2)], None, id="of two customers"),
        pytest.param([known(ANNA, 1), known(ANNA, 1, IbanSource.COLLECTOR)], None, id="collector"),
        pytest.param([known(ANNA, 1, is_confirmed=False)], None, id="proposed only"),
        pytest.param([], None, id="unknown"),
    ],
)
def test_an_account_is_confirmed_for_one_customer_only(ibans: list, customer: int | None) -> None:  # type: ignore[type-arg]
    account = Payers(CUSTOMERS, ibans, {}, ()).account("de 11")

    assert (account.confirmed.customer_id if account.confirmed else None) == customer


def test_customers_are_found_by_name_exactly_first_then_similar() -> None:
    customers = (
        ANNA_KOCH,
        Customer(2, "C2", "Anna Koch", 2),
        Customer(3, "C3", "Koch Anna und Peter", 3),
        Customer(4, "C4", "Bruno Bau GmbH", 4),
    )
    payers = Payers(customers, (), {}, ())

    assert payers.named("KOCH, ANNA") == (1, 2, 3)
    assert payers.named("Anna Koch") == payers.named("Anna Koch")
    assert payers.named("Niemand") == ()
    assert payers.named(None) == ()


def test_a_name_that_many_bear_finds_nobody_but_its_equals() -> None:
    customers = [Customer(key, f"C{key}", f"Hans Meyer {key:03d}x", key) for key in range(1, 60)]
    payers = Payers(customers, (), {}, ())

    assert payers.named("Hans Meyer") == ()
    assert payers.named("Hans Meyer 007x") == (7,)


def test_names_looked_up_are_forgotten_when_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.domain.matching.payers._NAMES_KEPT_MAX", 2)
    payers = Payers(CUSTOMERS, (), {}, ())

    assert [payers.named(name) for name in ("Anna Koch", "x", "y", "Anna Koch")] == [(1,), (), (), (1,)]


@pytest.mark.parametrize(
    ("text", "customers"),
    [
        pytest.param("Kd.-Nr. C0001", [1], id="as printed"),
        pytest.param("cust c1", [], id="too short to be sure"),
        pytest.param("KD 10023", [5], id="digits only"),
        pytest.param("KD 010023 C-0002", [5, 2], id="two of them, zeros"),
        pytest.param("C 9999", [], id="nobody's"),
        pytest.param("K-77/B", [6], id="several parts"),
        pytest.param("K-77", [], id="not all parts"),
        pytest.param("K-10-0077", [8], id="several parts of digits"),
        pytest.param("Danke", [], id="none"),
    ],
)
def test_customer_numbers_are_found_in_texts(text: str, customers: list[int]) -> None:
    more = (
        Customer(5, "10023", "Fünf", 5),
        Customer(6, "K-77/B", "Sechs", 6),
        Customer(7, "", "Sieben", 7),
        Customer(8, "K-10-77", "Acht", 8),
    )
    payers = Payers((*CUSTOMERS, *more), (), {}, ())

    assert [one for number in payers.customer_numbers.find(text) for one in number.customer_ids] == customers


def test_a_mandate_tells_its_customer() -> None:
    payers = Payers(CUSTOMERS, (), {"m-1": 2}, ())

    assert (payers.mandate("M-1"), payers.mandate("M-2"), payers.mandate(None)) == (2, None, None)


def test_evidence_gathers_everybody_that_is_pointed_at() -> None:
    index = index_of(A, B, mandates={"M-1": 3})
    credit = money(1, "Kd C0002", iban=ANNA, mandate_reference="M-1")

    assert Evidence(credit, index).pointed_at == {1, 2, 3}
    assert Evidence(money(1, ""), index).pointed_at == set()


def test_of_several_readings_of_a_reference_the_one_of_an_item_is_meant() -> None:
    index = index_of(A._replace(creditor_reference="RF18539007547034"))

    known_words = Evidence(money(1, "RF18 5390 0754 7034 FA-2026-000101"), index).words
    unknown_words = Evidence(money(1, "RF45 G72U UR"), index).words
    without = Evidence(money(1, "RF45 G72U UR"), index_of(A)).words

    assert [word.source.value for word in known_words] == ["reference", "text"]
    assert [(word.source.value, word.readings) for word in unknown_words] == [("reference", ())]
    assert without == []


@given(
    amounts=st.lists(st.integers(1, 300), min_size=1, max_size=6),
    payments=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 400)), max_size=8),
)
def test_taking_back_in_reverse_order_restores_everything(amounts: list[int], payments: list[tuple[int, int]]) -> None:
    items = [invoice(key, f"FA-2026-{key:06d}", minor) for key, minor in enumerate(amounts, 1)]
    index = index_of(*items, credit_note(50, "GS-1", 40))
    before = list(index.open)
    taken = []
    for key, (place, minor) in enumerate(payments):
        credit = money(minor, items[place % len(items)].number, iban=(ANNA, BRUNO, STRANGER)[key % 3], id=key)
        decision = decide(credit, index, Policy())
        index.apply(decision, credit)
        taken.append((decision, credit))

    for decision, credit in reversed(taken):
        index.undo(decision, credit)

    assert list(index.open) == before
    assert all(index.settled_date(slot) is None for slot in range(len(index.items)))
    assert all(index.waiting_twin(credit._replace(id=-1)) is None for _, credit in taken)


def test_dates_of_settlement_are_those_of_the_payment() -> None:
    index = index_of(A)
    credit = money(10_000, "FA-2026-000101", id=5, booking_date=TODAY + dt.timedelta(3))

    index.apply(decide(credit, index, Policy()), credit)

    assert index.settled_date(0) == TODAY + dt.timedelta(3)
