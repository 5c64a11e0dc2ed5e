"""Each rule and each reason to ask, one situation a row."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.matching.decide import decide
from gateway.domain.matching.model import Ask, Credit, Customer, Discount, OpenItem, Policy
from schemas.references import ReferenceScheme, generate
from schemas.states import AllocationKind, IbanSource, OpenItemKind
from support.matching import (
    ANNA,
    ANNA_KOCH,
    BRUNO,
    BRUNO_GMBH,
    CLARA,
    STRANGER,
    TODAY,
    TWO_PER_CENT,
    credit_note,
    decided,
    index_of,
    invoice,
    known,
    money,
    offered,
    other_lines,
    outcome,
    paid,
    settled,
    signs,
)

A = invoice(1, "FA-2026-000101", 10_000)
B = invoice(2, "FA-2026-000102", 25_000)
OF_BRUNO = invoice(9, "FA-2026-000900", 10_000, 2)
RF = generate(ReferenceScheme.RF, "FA2026000101")
REFERENCED = A._replace(creditor_reference=RF)
MOTHER = ANNA_KOCH._replace(family_id=50)
DAUGHTER = Customer(2, "C0002", "Bruno Bau GmbH", 50)
FAMILY = {"customers": (MOTHER, DAUGHTER)}


@pytest.mark.parametrize(
    ("credit", "items", "rule", "payments"),
    [
        pytest.param(money(10_000, "", creditor_reference=RF), [REFERENCED], "exact_reference", {1: 10_000}, id="field"),
        pytest.param(
            money(10_000, " ".join(RF[place : place + 4] for place in range(0, len(RF), 4)), iban=STRANGER),
            [REFERENCED],
            "exact_reference",
            {1: 10_000},
            id="reference typed into the text",
        ),
        pytest.param(
            money(10_000, "", creditor_reference="FA-2026-000101"), [A, B], "exact_reference", {1: 10_000},
            id="number in the field of the reference",
        ),
        pytest.param(
            money(10_000, "", end_to_end_id="FA-2026-000101"), [A, B], "exact_reference", {1: 10_000},
            id="number in the end-to-end id",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101", end_to_end_id="FA-2026-000101"), [A, B], "exact_reference", {1: 10_000},
            id="named twice",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101 Kd 7", end_to_end_id="PAY-1"), [A, B], "exact_reference", {1: 10_000},
            id="another number beside it",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101 FA-2025-000001"), [A, B], "exact_reference", {1: 10_000},
            id="a number of nobody beside it",
        ),
        pytest.param(money(10_000, "000101", name="Anna Koch"), [A, B], "exact_reference", {1: 10_000}, id="short, name"),
        pytest.param(money(10_000, "000101"), [A, B], "exact_reference", {1: 10_000}, id="short, payer unknown"),
        pytest.param(money(10_000, "Rg 101", iban=ANNA), [A, B], "exact_reference", {1: 10_000}, id="very short, account"),
        pytest.param(
            money(9_800, "FA-2026-000101", iban=ANNA), [A._replace(discounts=TWO_PER_CENT)], "discount", {1: 9_800},
            id="discount",
        ),
        pytest.param(
            money(9_799, "FA-2026-000101", name="Koch Anna"), [A._replace(discounts=TWO_PER_CENT)], "discount",
            {1: 9_799}, id="discount, a cent less, name",
        ),
        pytest.param(
            money(34_300, "FA-2026-000101, 102", iban=ANNA),
            [A._replace(discounts=TWO_PER_CENT), B._replace(discounts=TWO_PER_CENT)],
            "discount",
            {1: 9_800, 2: 24_500},
            id="discount on two",
        ),
        pytest.param(money(4_000, "FA-2026-000101", iban=ANNA), [A, B], "partial", {1: 4_000}, id="part"),
        pytest.param(money(4_000, "FA-2026-000101", name="KOCH ANNA"), [A, B], "partial", {1: 4_000}, id="part, name"),
        pytest.param(
            money(4_000, "FA-2026-000101", iban=STRANGER, name="Steuerberater Alt", ultimate_debtor="Anna Koch"), [A],
            "partial", {1: 4_000}, id="part, ultimate debtor",
        ),
        pytest.param(
            money(6_000, "FA-2026-000101", iban=ANNA), [A._replace(disputed_minor=4_000)], "partial", {1: 6_000},
            id="all but the disputed part",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101", iban=ANNA), [A._replace(disputed_minor=4_000)], "exact_reference",
            {1: 10_000}, id="the disputed part too",
        ),
        pytest.param(money(10_000, "", iban=ANNA), [A, B], "confirmed_payer", {1: 10_000}, id="account and amount"),
        pytest.param(money(10_000, "Rate 3 von 12", iban=ANNA), [A, B], "confirmed_payer", {1: 10_000}, id="small numbers"),
        pytest.param(
            money(10_000, "Rechnung FA-2026-OO0101", iban=ANNA), [A, B], "confirmed_payer", {1: 10_000}, id="O for 0",
        ),
        pytest.param(
            money(10_000, "FA-2026-0001O1", iban=ANNA), [A, B], "confirmed_payer", {1: 10_000}, id="O for 0 inside",
        ),
        pytest.param(
            money(10_000, "", iban=ANNA, creditor_reference=RF.replace("101", "107")), [REFERENCED, B],
            "confirmed_payer", {1: 10_000}, id="mistyped reference",
        ),
        pytest.param(money(35_000, "", iban=ANNA), [A, B], "confirmed_payer", {1: 10_000, 2: 25_000}, id="all open items"),
        pytest.param(
            money(23_000, "", iban=ANNA), [A, B, credit_note(3, "GS-1", 2_000)], "confirmed_payer",
            {2: 25_000, 3: -2_000}, id="less a credit note",
        ),
        pytest.param(money(10_000, "", iban="de 11"), [A, B], "confirmed_payer", {1: 10_000}, id="account with blanks"),
    ],
)  # fmt: skip
def test_it_books(credit: Credit, items: list[OpenItem], rule: str, payments: dict[int, int]) -> None:
    decision = decided(credit, *items)

    assert outcome(decision) == rule
    assert paid(decision) == payments


DISCOUNTED = A._replace(discounts=TWO_PER_CENT)
COLLECTOR = {"ibans": (known(ANNA, 1, IbanSource.COLLECTOR),)}
PROPOSED = {"ibans": (known(ANNA, 1, IbanSource.DECISION, is_confirmed=False),)}
OF_TWO = {"ibans": (known(ANNA, 1), known(ANNA, 2))}
RELATED = [A, invoice(9, "FA-2026-000900", 70_000, 2)]


@pytest.mark.parametrize(
    ("credit", "items", "facts", "reason", "first"),
    [
        pytest.param(money(10_000, "FA-2026-000101 FA-2026-000102"), [A, B], {}, "amount_differs", [1], id="two named"),
        pytest.param(money(10_000, "FA-2026-000101"), [A], {"settled": [settled(B)]}, None, [1], id="nothing else named"),
        pytest.param(
            money(10_000, "FA-2026-000101 FA-2026-000102"), [A], {"settled": [settled(B)]}, "paid_already", [1],
            id="one of two paid before",
        ),
        pytest.param(
            money(3_000, "FA-2026-000101 FA-2026-000102", iban=ANNA), [A], {"settled": [settled(B)]}, "paid_already",
            [1], id="one of two paid before, other amount",
        ),
        pytest.param(money(10_000, "FA-2026-000101"), [A._replace(open_minor=0)], {}, "paid_already", [], id="nothing open"),
        pytest.param(
            money(10_000, "000101", iban=ANNA), [B], {"settled": [settled(A)]}, "paid_already", [], id="short form, paid",
        ),
        pytest.param(
            money(25_000, "000101", iban=ANNA), [B], {"settled": [settled(A)]}, "paid_already", [2],
            id="short form of a paid item, another fits",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101", iban=BRUNO), [A, OF_BRUNO], {}, "several_explanations", [1],
            id="another customer's account and item fit",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101", name="BRUNO BAU GMBH"), [A, OF_BRUNO], {}, "several_explanations", [1],
            id="another customer's name and item fit",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101 Kd C0002"), [A, OF_BRUNO], {}, "several_explanations", [1],
            id="another customer's number and item fit",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101", iban=ANNA, ultimate_debtor="Bruno Bau GmbH"), [A, OF_BRUNO], {},
            "several_explanations", [1], id="ultimate debtor with an item that fits",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101, 000102", iban=ANNA), [A, B, invoice(3, "FA-2026-000103", 5)], {},
            "amount_differs", [1], id="list with more than was paid",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101 x 000102", iban=ANNA), [A, B], {}, "several_explanations", [1],
            id="a short form beside it",
        ),
        pytest.param(
            money(20_000, "FA-2026-000101 FA-2026-000900"), [A, OF_BRUNO], {}, "payer_differs", [1, 9],
            id="items of two customers",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101"), [A, invoice(3, "FA-2026-000101", 10_000, kind=OpenItemKind.FEE_CLAIM)], {},
            "several_explanations", [1], id="one number, two items",
        ),
        pytest.param(
            money(10_000, "000101", iban=BRUNO), [A], {}, "payer_differs", [1], id="short form, other payer",
        ),
        pytest.param(money(10_000, "Rg 101"), [A], {}, "weak_evidence", [1], id="very short form, payer unknown"),
        pytest.param(
            money(10_000, "Rg 101", name="Bruno Bau GmbH"), [A], {}, "weak_evidence", [1], id="very short form, other name",
        ),
        pytest.param(money(9_800, "FA-2026-000101", iban=STRANGER), [DISCOUNTED], {}, "payer_differs", [1], id="discount"),
        pytest.param(
            money(9_800, "FA-2026-000101", iban=ANNA), [DISCOUNTED, invoice(3, "FA-2026-000103", 9_800, 2)],
            {"customers": (ANNA_KOCH, Customer(2, "C2", "Anna Koch", 2)), "ibans": ()}, "payer_differs", [1],
            id="discount, payer unknown",
        ),
        pytest.param(
            money(9_800, "FA-2026-000101", iban=ANNA), [DISCOUNTED._replace(disputed_minor=50)], {}, "disputed", [1],
            id="discount of a disputed item",
        ),
        pytest.param(
            money(9_800, "FA-2026-000101", iban=ANNA, booking_date=TODAY + dt.timedelta(1)), [DISCOUNTED], {},
            "discount_late", [1], id="discount, a day late",
        ),
        pytest.param(
            money(9_000, "FA-2026-000101", iban=ANNA, charges_minor=700), [A], {}, "charges_deducted", [1],
            id="charges explain a part",
        ),
        pytest.param(
            money(9_000, "FA-2026-000101", iban=ANNA, instructed_minor=10_000, instructed_currency="EUR"), [A], {},
            "charges_deducted", [1], id="the payer ordered the whole",
        ),
        pytest.param(money(9_000, "FA-2026-000101", iban=BRUNO), [A], {}, "payer_differs", [1], id="part, other account"),
        pytest.param(
            money(9_000, "FA-2026-000101", iban=BRUNO, name="Anna Koch"), [A], {}, "payer_differs", [1],
            id="part, account and name disagree",
        ),
        pytest.param(
            money(9_000, "FA-2026-000101", iban=ANNA), [A, credit_note(3, "GS-1", 1_000)], {}, "amount_differs", [1, 3],
            id="a credit note makes it fit",
        ),
        pytest.param(
            money(35_000, "FA-2026-000101", iban=ANNA), [A, B], {}, "more_than_open", [1, 2],
            id="another item makes it fit",
        ),
        pytest.param(
            money(3_000, "FA-2026-000101", iban=ANNA), [A._replace(disputed_minor=4_000)], {}, "disputed", [1],
            id="part of a disputed item",
        ),
        pytest.param(
            money(3_000, "FA-2026-000101 FA-2025-000001", iban=ANNA), [A], {}, "weak_evidence", [1],
            id="part, and a number of nobody",
        ),
        pytest.param(
            money(3_000, "FA-2026-000101", iban=ANNA), [A._replace(in_flight_date=TODAY)], {}, "debit_in_flight", [1],
            id="part of an item in flight",
        ),
        pytest.param(
            money(10_000, "", iban=ANNA), [A._replace(in_flight_date=TODAY), B], {}, "debit_in_flight", [1],
            id="account and amount of an item in flight",
        ),
        pytest.param(
            money(10_000, "", iban=ANNA), [A._replace(disputed_minor=1), B], {}, "disputed", [1],
            id="account and amount of a disputed item",
        ),
        pytest.param(
            money(10_000, "FA-2026-000102", iban=ANNA), [A, B], {}, "several_explanations", [2],
            id="names one, fits another",
        ),
        pytest.param(
            money(10_000, "FA-2025-000001", iban=ANNA), [A, B], {}, "weak_evidence", [1], id="fits, names nobody's number",
        ),
        pytest.param(
            money(10_000, "", iban=ANNA, creditor_reference="RF18539007547034"), [REFERENCED], {}, "weak_evidence", [1],
            id="fits, another's reference",
        ),
        pytest.param(
            money(10_000, "", iban=ANNA), [A, invoice(3, "X-1", 6_000), invoice(4, "X-2", 4_000)], {},
            "several_explanations", [1], id="one item and a sum",
        ),
        pytest.param(
            money(10_000, "", iban=ANNA), [A, invoice(3, "X-1", 10_204, discounts=TWO_PER_CENT)], {},
            "several_explanations", [1], id="one item and another less its discount",
        ),
        pytest.param(
            money(9_800, "", iban=ANNA),
            [invoice(1, "X-1", 9_800), *[invoice(key, f"X-{key}", 5_000, discounts=TWO_PER_CENT) for key in (2, 3)]],
            {}, "several_explanations", [1], id="one item and a sum less discounts",
        ),
        pytest.param(
            money(10_000, "", iban=ANNA), [A, invoice(3, "FA-2026-000103", 10_000)], {}, "several_explanations", [1],
            id="two items of one amount",
        ),
        pytest.param(
            money(10_000, "", iban=ANNA, name="Bruno Bau GmbH"), [A, OF_BRUNO], {}, "several_explanations", [1],
            id="account of one, name of another",
        ),
        pytest.param(money(10_000, "", iban=ANNA), [A, OF_BRUNO], FAMILY, "several_explanations", [1], id="sibling fits too"),
        pytest.param(money(10_000, "", iban=ANNA), [B, OF_BRUNO], FAMILY, "weak_evidence", [9], id="only a sibling fits"),
        pytest.param(
            money(10_000, "", iban=ANNA), [invoice(key, f"X-{key}", key * 1_000) for key in (3, 4, 6, 7)], {},
            "several_explanations", [4, 6], id="two sums",
        ),
        pytest.param(
            money(10_000, "Rg 8888 FA-2025-000001", iban=ANNA), [invoice(4, "FA-1", 4_000), invoice(6, "FA-2", 6_000)],
            {}, "weak_evidence", [4, 6], id="one sum, and a number of nobody",
        ),
        pytest.param(money(10_000, "", iban=ANNA), [A, B], COLLECTOR, "weak_evidence", [1], id="collector"),
        pytest.param(money(10_000, "", iban=ANNA), [A, B], PROPOSED, "weak_evidence", [1], id="account proposed"),
        pytest.param(money(10_000, "", iban=ANNA), [A, OF_BRUNO], OF_TWO, "several_explanations", [1], id="account of two"),
        pytest.param(money(10_000, "", name="Anna Koch"), [A, B], {}, "weak_evidence", [1], id="name and amount"),
        pytest.param(money(10_000, "Kd.-Nr. C0001"), [A, B], {}, "weak_evidence", [1], id="customer number and amount"),
        pytest.param(money(10_000, "Danke"), [A, B], {}, "weak_evidence", [1], id="amount only"),
        pytest.param(
            money(4_000, "Auftrag FA-2026-000101", name="KOCH ANNA"), [A], {}, "weak_evidence", [1],
            id="part of what the text calls an order, name only",
        ),
        pytest.param(money(10_000, "Rechnung FA-2026-0001OI"), [A, B], {}, "weak_evidence", [1], id="misread, no payer"),
        pytest.param(money(777, "Danke"), [A, B], {}, "no_known_reference", None, id="nothing fits"),
        pytest.param(money(777, "", iban=ANNA), [A, B], {}, "no_known_reference", [], id="nothing fits, payer known"),
        pytest.param(money(777, "", iban=ANNA), [], {}, "no_known_reference", [], id="nothing is open"),
        pytest.param(money(0, "FA-2026-000101"), [A], {}, "no_known_reference", None, id="no money"),
        pytest.param(
            money(10_000, "FA-2026-000101", currency="CHF", iban=ANNA), [A], {}, "other_currency", [], id="currency",
        ),
        pytest.param(
            money(2_000, "GS-2026-000007"), [credit_note(3, "GS-2026-000007", 2_000)], {}, "more_than_open", None,
            id="names what we owe",
        ),
    ],
)  # fmt: skip
def test_it_asks(
    credit: Credit, items: list[OpenItem], facts: dict[str, Any], reason: str | None, first: list[int] | None
) -> None:
    decision = decided(credit, *items, **facts)

    assert outcome(decision) == (reason or "exact_reference")
    if isinstance(decision, Ask):
        assert (offered(decision) or [None])[0] == first


def test_a_sum_is_asked_about_when_the_search_was_cut_or_the_list_is_long() -> None:
    items = [invoice(key, f"X-{key}", 10_000 + 37 * key) for key in range(1, 31)]
    three = money(sum(item.amount_minor for item in items[:3]), "", iban=ANNA)

    assert outcome(decided(three, *items, policy=Policy(combination_steps_max=5))) in (
        "no_known_reference",
        "several_explanations",
    )
    assert outcome(decided(three, *items)) == "several_explanations"


def test_a_single_item_is_asked_about_when_the_search_for_sums_was_cut() -> None:
    items = [invoice(1, "X-1", 30_101), *[invoice(key, f"X-{key}", 10_000 + 2 * key) for key in range(2, 31)]]

    decision = decided(money(30_101, "", iban=ANNA), *items, policy=Policy(combination_steps_max=5))

    assert outcome(decision) == "several_explanations"
    assert "sets_fit" in signs(decision)


def test_more_readings_than_can_be_tried_are_a_question() -> None:
    items = [invoice(year, f"FA-{year}-000{serial}", 10, customer_id=1) for year in (2024, 2025) for serial in (1,)]
    items += [invoice(100 + key, f"FA-{2024 + key % 2}-{key:06d}", key) for key in range(10, 30)]
    text = " ".join(f"0000{key}" for key in range(10, 30)) + " " + " ".join(str(key) for key in range(10, 30))

    decision = decided(money(99, text, iban=ANNA), *items)

    assert outcome(decision) == "several_explanations"


@pytest.mark.parametrize(
    ("policy", "credit", "items", "reason"),
    [
        (Policy(book_exact_reference=False), money(10_000, "FA-2026-000101"), [A], "weak_evidence"),
        (Policy(book_discount=False), money(9_800, "FA-2026-000101", iban=ANNA), [DISCOUNTED], "weak_evidence"),
        (Policy(book_partial=False), money(9_000, "FA-2026-000101", iban=ANNA), [A], "amount_differs"),
        (Policy(book_confirmed_payer=False), money(10_000, "", iban=ANNA), [A], "weak_evidence"),
        (Policy(book_confirmed_payer=False), money(35_000, "", iban=ANNA), [A, B], "weak_evidence"),
    ],
)
def test_a_policy_that_does_not_book_asks(policy: Policy, credit: Credit, items: list[OpenItem], reason: str) -> None:
    decision = decided(credit, *items, policy=policy)

    assert outcome(decision) == reason
    assert offered(decision)


@pytest.mark.parametrize(
    ("policy", "rule", "kind"),
    [
        (Policy(tolerance_minor=50), "tolerance", AllocationKind.WRITE_OFF),
        (Policy(fee_limit_minor=50), "fee_limit", AllocationKind.DEDUCTED_CHARGE),
    ],
)
def test_cents_short_are_let_go_when_the_policy_says_so_and_the_payer_agrees(
    policy: Policy, rule: str, kind: AllocationKind
) -> None:
    of_customer = decided(money(9_960, "FA-2026-000101", iban=ANNA), A, policy=policy)
    of_stranger = decided(money(9_960, "FA-2026-000101", iban=STRANGER), A, policy=policy)
    too_short = decided(money(9_900, "FA-2026-000101", iban=ANNA), A, policy=policy)

    assert outcome(of_customer) == rule
    assert other_lines(of_customer) == {1: (kind, 40)}
    assert outcome(of_stranger) == "payer_differs"
    assert outcome(too_short) == "partial"


def test_grace_days_and_rounding_of_discounts_follow_the_policy() -> None:
    late = money(9_798, "FA-2026-000101", iban=ANNA, booking_date=TODAY + dt.timedelta(2))

    assert (
        outcome(decided(late, DISCOUNTED, policy=Policy(discount_grace_days=2, discount_rounding_minor=2)))
        == "discount"
    )
    assert outcome(decided(late, DISCOUNTED, policy=Policy(discount_grace_days=1, discount_rounding_minor=2))) == (
        "discount_late"
    )


def test_charges_that_were_booked_apart_explain_nothing() -> None:
    decision = decided(money(9_300, "FA-2026-000101", iban=ANNA, charges_minor=700, charges_included=False), A)

    assert outcome(decision) == "partial"


def test_charges_larger_than_the_item_explain_nothing() -> None:
    small = A._replace(open_minor=600, amount_minor=600)
    note = credit_note(3, "GS-1", 50_000)

    decision = decided(money(10_000, "FA-2026-000101 FA-2026-000102 GS-1", charges_minor=600), small, B, note)

    assert outcome(decision) != "reported_charges"


def test_an_item_of_a_customer_that_nobody_loaded_is_still_booked_by_its_number() -> None:
    decision = decided(money(9_000, "FA-2026-000101"), A, customers=())
    whole = decided(money(10_000, "FA-2026-000101", iban=ANNA), A, customers=())

    assert outcome(decision) == "payer_differs"
    assert paid(whole) == {1: 10_000}


def test_the_proof_of_a_decided_account_says_since_when_and_by_whom() -> None:
    ibans = [known(CLARA, 1, IbanSource.DECISION, since_date=TODAY, by="Erika")]

    decision = decided(money(10_000, "", iban=CLARA), A, ibans=ibans)

    sign = next(sign for sign in decision.explanation.proof if sign.code == "iban_confirmed_by")  # type: ignore[union-attr]
    assert sign.facts == {"customer": "C0001", "since_date": "2026-03-10", "by": "Erika"}


def test_a_second_equal_payment_is_asked_about_while_the_first_waits() -> None:
    twin = invoice(3, "FA-2026-000103", 10_000)
    index = index_of(A, twin)
    silent, naming = money(10_000, "", iban=ANNA, id=1), money(10_000, "FA-2026-000101", iban=ANNA, id=2)
    first = decide(silent, index, Policy())
    index.apply(first, silent)

    second = decide(naming, index, Policy())
    index.undo(first, silent)
    alone = decide(naming, index, Policy())

    assert outcome(first) == "several_explanations"
    assert outcome(second) == "several_explanations"
    assert "twin_waits" in signs(second)
    assert paid(alone) == {1: 10_000}


def test_part_payments_by_a_customer_are_offered_oldest_first() -> None:
    old = invoice(5, "FA-2026-000105", 4_000, due_date=TODAY - dt.timedelta(30))

    decision = decided(money(12_000, "FA-2026-000101 FA-2026-000102 FA-2026-000105", iban=ANNA), A, B, old)

    lines = decision.explanations[0].lines  # type: ignore[union-attr]
    assert [(line.item_id, line.amount_minor) for line in lines] == [(5, 4_000), (1, 8_000)]


def test_a_discount_tier_that_fits_two_ways_is_not_guessed() -> None:
    items = [
        invoice(key, f"FA-2026-00010{key}", 10_000, discounts=(Discount(200, TODAY), Discount(300, TODAY)))
        for key in (1, 2)
    ]

    decision = decided(money(19_500, "FA-2026-000101 FA-2026-000102", iban=ANNA), *items)

    assert outcome(decision) == "amount_differs"


def test_a_name_that_resembles_a_customer_is_offered_only() -> None:
    similar = (Customer(1, "C1", "Peter Schmidt", 1), Customer(2, "C2", "Petra Schmidt", 2))

    decision = decided(money(10_000, "", name="Peter Schmitt"), A, OF_BRUNO, customers=similar, ibans=())

    assert outcome(decision) == "weak_evidence"
    assert offered(decision)[0] == [1]
    assert "name_similar" in signs(decision)


def test_two_customers_are_told_apart_by_legal_form() -> None:
    forms = (BRUNO_GMBH, Customer(3, "C3", "Bruno Bau AG", 3))

    decision = decided(money(4_000, "FA-2026-000900", name="Bruno Bau AG"), OF_BRUNO, customers=forms, ibans=())

    assert outcome(decision) == "payer_differs"


def test_charges_above_the_largest_item_settle_nothing_by_themselves() -> None:
    halves = [invoice(key, f"FA-2026-00010{key}", 500) for key in (1, 2)]

    decision = decided(money(300, "FA-2026-000101 FA-2026-000102", iban=ANNA, charges_minor=700), *halves)

    assert outcome(decision) == "charges_deducted"


def test_a_short_form_beside_the_named_item_keeps_a_part_from_being_booked() -> None:
    decision = decided(money(3_000, "FA-2026-000101 x 000102", iban=ANNA), A, B)

    assert outcome(decision) == "several_explanations"
    assert "names_other" in signs(decision)


def test_a_siblings_customer_number_points_nowhere_else() -> None:
    decision = decided(money(10_000, "FA-2026-000101 Kd C0002"), A, OF_BRUNO, **FAMILY)

    assert paid(decision) == {1: 10_000}


def test_no_more_than_five_explanations_are_offered() -> None:
    items = [invoice(key, f"X-{key}", 10_000) for key in range(1, 9)]

    decision = decided(money(10_000, "", iban=ANNA), *items)

    assert offered(decision) == [[1], [2], [3], [4], [5]]


def test_a_difference_larger_than_each_item_is_offered_as_no_charge() -> None:
    items = [invoice(key, f"FA-2026-00010{key}", 100) for key in range(1, 10)]
    text = "FA-2026-000101, 102, 103, 104, 105, 106, 107, 108, 109"

    decision = decided(money(700, text, iban=ANNA), *items)

    assert outcome(decision) == "amount_differs"
    assert "rest_open" in signs(decision)


def test_too_little_for_an_invoice_and_a_credit_note_is_not_offered_as_a_part() -> None:
    note = credit_note(3, "GS-2026-000007", 99)

    decision = decided(money(5_000, "FA-2026-000101 GS-2026-000007", iban=ANNA), A, note)

    assert outcome(decision) == "amount_differs"
    assert [1, 3] not in offered(decision)


def test_a_sum_found_before_the_search_was_cut_is_offered_with_that_remark() -> None:
    amounts = (3001, 3105, 2507, 4409, 7703, 1203, 911, 6607, 5501, 2203, 3307, *range(10409, 25409, 1000))
    items = [invoice(key, f"X-{key}", minor) for key, minor in enumerate(amounts, 1)]

    decision = decided(money(3001 + 4409 + 911, "", iban=ANNA), *items, policy=Policy(combination_steps_max=9))

    assert outcome(decision) == "several_explanations"
    assert offered(decision)[0] == [1, 4, 7]
    assert "search_cut" in signs(decision)


def test_a_set_is_named_as_well_as_its_worst_named_item() -> None:
    text = "FA-2026-000101 000102 Kd 7 2025-000001"
    by_nobody = decided(
        money(35_000, text, iban=STRANGER, name="Nobody"), A, B, OF_BRUNO, invoice(7, "FA-2026-7", 1, 2)
    )
    by_another = decided(money(35_000, text, iban=BRUNO), A, B, OF_BRUNO)

    assert paid(by_nobody) == {1: 10_000, 2: 25_000}
    assert outcome(by_another) == "payer_differs"
