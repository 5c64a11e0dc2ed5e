"""Stories of payments, as clerks tell them."""

import datetime as dt

from gateway.domain.matching.match import match_statement
from gateway.domain.matching.model import Customer, Policy
from schemas.states import AllocationKind, IbanSource
from support.matching import (
    ANNA,
    ANNA_KOCH,
    BRUNO,
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

FIRST = invoice(1, "FA-2026-000101", 10_000)
SECOND = invoice(2, "FA-2026-000102", 25_000)
OF_BRUNO = invoice(9, "FA-2026-000900", 70_000, 2)


def test_an_invoice_named_in_full_and_paid_exactly_is_booked_whoever_pays() -> None:
    decision = decided(money(10_000, "Rechnung FA-2026-000101", iban=STRANGER, name="Somebody Else"), FIRST, SECOND)

    assert outcome(decision) == "exact_reference"
    assert paid(decision) == {1: 10_000}


def test_a_payer_leaves_out_prefix_and_year_and_his_account_says_who_he_is() -> None:
    decision = decided(money(10_000, "Re. 000101", iban=ANNA), FIRST, SECOND)

    assert paid(decision) == {1: 10_000}


def test_several_invoices_are_paid_by_one_transfer_that_names_them_in_short() -> None:
    decision = decided(money(35_000, "RG FA-2026-000101/102", iban=STRANGER), FIRST, SECOND)

    assert paid(decision) == {1: 10_000, 2: 25_000}


def test_a_range_of_invoices_is_paid_together() -> None:
    items = [invoice(key, f"FA-2026-0001{key:02d}", 1_000 * key) for key in range(1, 6)]

    decision = decided(money(15_000, "FA-2026-000101-105", iban=STRANGER), *items)

    assert paid(decision) == {1: 1_000, 2: 2_000, 3: 3_000, 4: 4_000, 5: 5_000}


def test_a_credit_note_is_taken_with_the_invoice() -> None:
    note = credit_note(3, "GS-2026-000007", 1_500)

    decision = decided(money(8_500, "FA-2026-000101 ./. GS-2026-000007", iban=ANNA), FIRST, note)

    assert paid(decision) == {1: 10_000, 3: -1_500}


def test_the_agreed_discount_is_taken_in_time_and_granted_to_the_cent() -> None:
    item = FIRST._replace(open_minor=9_999, amount_minor=9_999, discounts=TWO_PER_CENT)

    decision = decided(money(9_799, "FA-2026-000101 -2% Skonto", iban=ANNA), item)

    assert outcome(decision) == "discount"
    assert paid(decision) == {1: 9_799}
    assert other_lines(decision) == {1: (AllocationKind.DISCOUNT, 200)}


def test_the_discount_is_taken_a_day_late_and_a_person_decides() -> None:
    item = FIRST._replace(discounts=TWO_PER_CENT)
    late = money(9_800, "FA-2026-000101", iban=ANNA, booking_date=TODAY + dt.timedelta(1))

    decision = decided(late, item)

    assert outcome(decision) == "discount_late"
    assert offered(decision)[0] == [1]
    assert "discount_late" in signs(decision)


def test_charges_that_the_statement_reports_close_the_invoice() -> None:
    decision = decided(money(9_250, "FA-2026-000101", iban=STRANGER, charges_minor=750), FIRST)

    assert outcome(decision) == "reported_charges"
    assert other_lines(decision) == {1: (AllocationKind.DEDUCTED_CHARGE, 750)}


def test_charges_that_nobody_reports_leave_a_rest_open_for_a_known_payer() -> None:
    decision = decided(money(9_250, "FA-2026-000101", iban=ANNA), FIRST)

    assert outcome(decision) == "partial"
    assert paid(decision) == {1: 9_250}


def test_a_part_payment_by_a_stranger_is_asked_about() -> None:
    decision = decided(money(5_000, "1. Rate FA-2026-000101", iban=STRANGER, name="Nobody"), FIRST)

    assert outcome(decision) == "payer_differs"
    assert "rest_open" in signs(decision)


def test_a_part_payment_is_asked_about_when_another_invoice_fits_exactly() -> None:
    decision = decided(money(10_000, "FA-2026-000102", iban=ANNA), FIRST, SECOND)

    assert outcome(decision) == "several_explanations"
    assert [1] in offered(decision)
    assert [2] in offered(decision)


def test_a_known_account_pays_the_only_item_of_that_amount_without_a_word() -> None:
    decision = decided(money(25_000, "Danke", iban=ANNA), FIRST, SECOND, OF_BRUNO)

    assert outcome(decision) == "confirmed_payer"
    assert paid(decision) == {2: 25_000}


def test_a_known_account_pays_two_of_three_items_and_no_other_sum_fits() -> None:
    third = invoice(3, "FA-2026-000103", 41_700)

    decision = decided(money(51_700, "offene Posten", iban=ANNA), FIRST, SECOND, third)

    assert paid(decision) == {1: 10_000, 3: 41_700}
    assert "only_set" in signs(decision)


def test_two_items_of_one_amount_and_no_reference_are_a_question() -> None:
    twin = invoice(3, "FA-2026-000103", 10_000)

    decision = decided(money(10_000, "", iban=ANNA), FIRST, twin)

    assert outcome(decision) == "several_explanations"
    assert offered(decision)[:2] == [[1], [3]]


def test_an_invoice_paid_twice_is_noticed_in_one_file() -> None:
    index = index_of(FIRST, SECOND)
    payments = [
        money(10_000, "FA-2026-000101", iban=ANNA, id=1),
        money(10_000, "FA-2026-000101", iban=ANNA, id=2, booking_date=TODAY + dt.timedelta(1)),
    ]

    decisions = match_statement(payments, index, Policy())

    assert [outcome(decision) for decision in decisions] == ["exact_reference", "paid_already"]


def test_an_invoice_paid_last_month_is_noticed_and_the_money_is_kept_on_account() -> None:
    decision = decided(money(10_000, "FA-2026-000101", iban=ANNA), SECOND, settled=[settled(FIRST)])

    assert outcome(decision) == "paid_already"
    assert decision.explanations[-1].on_account_minor == 10_000  # type: ignore[union-attr]


def test_a_mistyped_number_is_understood_when_account_and_amount_agree() -> None:
    decision = decided(money(10_000, "Rechnung FA-2026-000110", iban=ANNA), FIRST, SECOND, OF_BRUNO)

    assert outcome(decision) == "confirmed_payer"
    assert "mistyped" in signs(decision)


def test_a_mistyped_number_that_is_another_customers_invoice_is_not_booked_there() -> None:
    other = invoice(5, "FA-2026-000111", 55_500, 2)

    decision = decided(money(10_000, "FA-2026-000111", iban=ANNA), FIRST, other)

    assert paid(decision) == {1: 10_000}


def test_a_number_of_ours_in_a_strangers_donation_is_not_booked() -> None:
    decision = decided(money(4_321, "Spende FA-2026-000101", iban=STRANGER, name="Kind Person"), FIRST)

    assert outcome(decision) == "payer_differs"


def test_too_much_money_is_asked_about_with_the_rest_kept_on_account() -> None:
    decision = decided(money(10_500, "FA-2026-000101", iban=ANNA), FIRST)

    assert outcome(decision) == "more_than_open"
    assert decision.explanations[0].on_account_minor == 500  # type: ignore[union-attr]


def test_the_parent_pays_for_its_subsidiary_by_number() -> None:
    family = (ANNA_KOCH._replace(family_id=50), Customer(2, "C0002", "Bruno Bau GmbH", 50))

    decision = decided(money(70_000, "FA-2026-000900", iban=ANNA), OF_BRUNO, customers=family)

    assert paid(decision) == {9: 70_000}


def test_the_parent_pays_for_its_subsidiary_without_a_number_and_a_person_decides() -> None:
    family = (ANNA_KOCH._replace(family_id=50), Customer(2, "C0002", "Bruno Bau GmbH", 50))

    decision = decided(money(70_000, "", iban=ANNA), OF_BRUNO, customers=family)

    assert outcome(decision) == "weak_evidence"
    assert offered(decision)[0] == [9]


def test_two_customers_bear_one_name_and_only_the_number_decides() -> None:
    namesakes = (ANNA_KOCH, Customer(2, "C0002", "Anna Koch", 2))
    theirs = [FIRST, OF_BRUNO._replace(amount_minor=10_000, open_minor=10_000)]

    without = decided(money(10_000, "Rechnung", name="ANNA KOCH"), *theirs, customers=namesakes, ibans=())
    with_number = decided(money(10_000, "FA-2026-000101", name="ANNA KOCH"), *theirs, customers=namesakes, ibans=())

    assert outcome(without) == "several_explanations"
    assert paid(with_number) == {1: 10_000}


def test_a_factor_pays_for_many_and_its_account_proves_nothing() -> None:
    factor = [known(CLARA, 1, IbanSource.COLLECTOR), known(CLARA, 2, IbanSource.COLLECTOR)]

    silent = decided(money(10_000, "Sammelzahlung", iban=CLARA), FIRST, SECOND, ibans=factor)
    named = decided(money(10_000, "FA-2026-000101", iban=CLARA), FIRST, SECOND, ibans=factor)

    assert outcome(silent) == "weak_evidence"
    assert "iban_collector" in signs(silent)
    assert paid(named) == {1: 10_000}


def test_an_invoice_whose_debit_is_in_flight_is_asked_about() -> None:
    item = FIRST._replace(in_flight_date=TODAY + dt.timedelta(2))

    decision = decided(money(10_000, "FA-2026-000101", iban=ANNA), item)

    assert outcome(decision) == "debit_in_flight"


def test_dollars_never_pay_euros_by_themselves() -> None:
    decision = decided(money(10_000, "FA-2026-000101", iban=ANNA, currency="USD"), FIRST)

    assert outcome(decision) == "other_currency"


def test_swapped_digits_of_the_amount_above_what_is_open_are_asked_about() -> None:
    item = invoice(1, "FA-2026-000101", 12_340)

    decision = decided(money(13_240, "FA-2026-000101", iban=ANNA), item)

    assert outcome(decision) == "more_than_open"


def test_a_prepayment_is_offered_to_be_kept_on_account() -> None:
    decision = decided(money(33_300, "Anzahlung Auftrag 77", iban=BRUNO), FIRST)

    assert outcome(decision) == "no_known_reference"
    assert decision.explanations[0].customer_id == 2  # type: ignore[union-attr]
    assert decision.explanations[0].on_account_minor == 33_300  # type: ignore[union-attr]
