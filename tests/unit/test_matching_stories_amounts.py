"""Stories of what comes: too little, too much, too early, too late, in parts, in sums, in another currency."""

import datetime as dt

import pytest

from gateway.domain.matching.model import Discount, Policy
from schemas.states import AllocationKind, OpenItemKind
from support.matching import ANNA, STRANGER, TODAY, TWO_PER_CENT, credit_note, invoice, money
from support.stories import Story

FIRST = invoice(1, "FA-2026-000101", 12_000)
SECOND = invoice(2, "FA-2026-000102", 25_075)
DUNNING_FEE = invoice(5, "MG-2026-000007", 500, kind=OpenItemKind.FEE_CLAIM)
INTEREST = invoice(6, "ZI-2026-000007", 213, kind=OpenItemKind.FEE_CLAIM)
OLD = invoice(3, "FA-2025-000088", 9_999, due_date=TODAY - dt.timedelta(60))


def test_one_of_two_invoices_takes_its_discount_and_the_other_has_none() -> None:
    discounted = FIRST._replace(discounts=TWO_PER_CENT)

    told = Story(discounted, SECOND).receives(36_835, "FA-2026-000101, 102", iban=ANNA)

    assert told.outcome == "discount"
    assert told.pays == {"FA-2026-000101": 11_760, "FA-2026-000102": 25_075}
    assert told.lets_go(AllocationKind.DISCOUNT) == {"FA-2026-000101": 240}
    assert f"2.40 EUR discount, agreed until {TODAY}" in told.says


def test_a_discount_taken_weeks_after_its_date_is_offered_with_the_date_it_missed() -> None:
    late = FIRST._replace(discounts=(Discount(300, TODAY - dt.timedelta(20)),))

    told = Story(late).receives(11_640, "FA-2026-000101 abz. 3% Skonto", iban=ANNA)

    assert told.outcome == "discount_late"
    assert told.pays == {"FA-2026-000101": 11_640}
    assert told.lets_go(AllocationKind.DISCOUNT) == {"FA-2026-000101": 360}
    assert f"3.60 EUR discount taken after {TODAY - dt.timedelta(20)}" in told.says


def test_a_payer_deducts_two_per_cent_that_nobody_agreed_and_the_rest_stays_open() -> None:
    told = Story(FIRST, SECOND).receives(11_760, "FA-2026-000101 abz. Skonto", iban=ANNA)

    assert told.outcome == "partial"
    assert told.pays == {"FA-2026-000101": 11_760}
    assert "2.40 EUR stay open" in told.says


def test_two_per_cent_deducted_from_several_invoices_without_agreement_are_offered_to_be_let_go() -> None:
    told = Story(FIRST, SECOND).receives(36_333, "FA-2026-000101, 102", iban=ANNA)

    assert told.outcome == "amount_differs"
    assert told.lets_go(AllocationKind.DISCOUNT) == {"FA-2026-000101": 240, "FA-2026-000102": 502}
    assert "7.42 EUR discount of 2 % that nobody agreed" in told.says


def test_two_per_cent_deducted_without_a_word_lead_to_the_invoice() -> None:
    told = Story(FIRST, SECOND).receives(11_760, "Danke", iban=ANNA)

    assert told.outcome == "weak_evidence"
    assert told.pays == {"FA-2026-000101": 11_760}
    assert told.lets_go(AllocationKind.DISCOUNT) == {"FA-2026-000101": 240}


def test_a_fee_that_both_banks_share_is_asked_about_unless_the_statement_reports_it_whole() -> None:
    foreign = money(11_250, "FA-2026-000101", iban=STRANGER, name="Acme Export", instructed_minor=12_000)
    foreign = foreign._replace(instructed_currency="EUR", charges_minor=500, charges_included=True)

    (told,) = Story(FIRST, SECOND).receives_together(foreign)

    assert told.outcome == "charges_deducted"
    assert told.pays == {"FA-2026-000101": 11_250}
    assert told.lets_go(AllocationKind.DEDUCTED_CHARGE) == {"FA-2026-000101": 750}
    assert "7.50 EUR are missing, perhaps charges of a bank" in told.says


@pytest.mark.parametrize(
    ("policy", "rule", "left"),
    [
        pytest.param(Policy(), "partial", {}, id="as a rule"),
        pytest.param(Policy(tolerance_minor=5), "tolerance", {"FA-2026-000101": 2}, id="the company lets cents go"),
    ],
)
def test_two_cents_short_stay_open_unless_the_company_lets_them_go(
    policy: Policy, rule: str, left: dict[str, int]
) -> None:
    told = Story(FIRST, SECOND, policy=policy).receives(11_998, "FA-2026-000101", iban=ANNA)

    assert told.outcome == rule
    assert told.pays == {"FA-2026-000101": 11_998}
    assert told.lets_go(AllocationKind.WRITE_OFF) == left


def test_a_dunning_fee_paid_with_the_invoice_is_offered_with_it() -> None:
    told = Story(FIRST, SECOND, DUNNING_FEE).receives(12_500, "FA-2026-000101 + Mahngebühr", iban=ANNA)

    assert told.outcome == "more_than_open"
    assert told.pays == {"FA-2026-000101": 12_000, "MG-2026-000007": 500}
    assert told.offers[1] == {"FA-2026-000101": 12_000}


def test_a_dunning_fee_and_interest_paid_with_the_invoice_are_both_offered_with_it() -> None:
    told = Story(FIRST, SECOND, DUNNING_FEE, INTEREST).receives(12_713, "FA-2026-000101, Mahnung", iban=ANNA)

    assert told.outcome == "more_than_open"
    assert told.pays == {"FA-2026-000101": 12_000, "MG-2026-000007": 500, "ZI-2026-000007": 213}
    assert "the amount is exactly the sum of 3 items: 127.13 EUR" in told.says


def test_a_reminder_is_paid_whole_without_a_number_and_fee_and_interest_are_paid_too() -> None:
    told = Story(FIRST, DUNNING_FEE, INTEREST).receives(12_713, "Ihre Mahnung", iban=ANNA)

    assert told.outcome == "confirmed_payer"
    assert told.pays == {"FA-2026-000101": 12_000, "MG-2026-000007": 500, "ZI-2026-000007": 213}
    assert "sum of 3 open items, the only set that fits" in told.says


def test_a_prepayment_comes_before_there_is_an_invoice_and_is_kept() -> None:
    told = Story(SECOND._replace(customer_id=2)).receives(30_000, "Anzahlung Angebot 4711", iban=ANNA)

    assert told.outcome == "no_known_reference"
    assert (told.pays, told.kept_minor) == ({}, 30_000)
    assert told.says == [
        "300.00 EUR are kept on account",
        "the account is on the record or a mandate of customer C0001",
    ]


def test_the_final_invoice_is_paid_less_what_was_paid_in_advance() -> None:
    final, advance = invoice(1, "FA-2026-000101", 100_000), invoice(8, "OA-8", -30_000, kind=OpenItemKind.ON_ACCOUNT)

    named = Story(final, SECOND, advance).receives(70_000, "FA-2026-000101 abz. Anzahlung", iban=ANNA)
    silent = Story(final, SECOND, advance).receives(70_000, "Schlussrechnung", iban=ANNA)

    assert named.outcome == "amount_differs"
    assert silent.outcome == "confirmed_payer"
    assert named.pays == silent.pays == {"FA-2026-000101": 100_000, "OA-8": -30_000}


def test_an_overpayment_of_a_whole_invoice_is_offered_to_be_kept_for_the_customer() -> None:
    told = Story(FIRST, SECOND).receives(21_000, "FA-2026-000101", iban=ANNA)

    assert told.outcome == "more_than_open"
    assert (told.pays, told.kept_minor) == ({"FA-2026-000101": 12_000}, 9_000)
    assert told.says[:2] == ["the text names FA-2026-000101", "90.00 EUR are kept on account"]


def test_instalments_of_one_invoice_are_booked_one_by_one_until_it_is_paid() -> None:
    story = Story(FIRST, SECOND)

    rates = [story.receives(4_000, f"Rate {place}/3 FA-2026-000101", iban=ANNA) for place in (1, 2, 3)]

    assert [rate.outcome for rate in rates] == ["partial", "partial", "exact_reference"]
    assert [rate.pays for rate in rates] == [{"FA-2026-000101": 4_000}] * 3
    assert "80.00 EUR stay open" in rates[0].says


def test_an_invoice_is_paid_but_for_the_disputed_part() -> None:
    disputed = FIRST._replace(disputed_minor=2_500)

    undisputed = Story(disputed, SECOND).receives(9_500, "FA-2026-000101", iban=ANNA)
    other_part = Story(disputed, SECOND).receives(9_000, "FA-2026-000101", iban=ANNA)

    assert (undisputed.outcome, undisputed.pays) == ("partial", {"FA-2026-000101": 9_500})
    assert (other_part.outcome, other_part.pays) == ("disputed", {"FA-2026-000101": 9_000})
    assert "25.00 EUR of FA-2026-000101 are in dispute" in other_part.says


def test_a_transfer_arrives_while_the_debit_for_the_same_invoice_is_in_flight() -> None:
    in_flight = FIRST._replace(in_flight_date=TODAY + dt.timedelta(2))

    told = Story(in_flight, SECOND).receives(12_000, "FA-2026-000101", iban=ANNA)

    assert told.outcome == "debit_in_flight"
    assert told.pays == {"FA-2026-000101": 12_000}
    assert f"a direct debit of FA-2026-000101 is in flight, due on {TODAY + dt.timedelta(2)}" in told.says


def test_dollars_come_for_an_invoice_in_euros_and_nothing_is_converted() -> None:
    in_dollars = invoice(4, "FA-2026-004711", 12_000, currency="USD")

    told = Story(FIRST, in_dollars).receives(12_000, "FA-2026-000101", iban=ANNA, currency="USD")

    assert told.outcome == "other_currency"
    assert {"FA-2026-004711": 12_000} in told.offers
    assert "FA-2026-000101 is in EUR, the money in USD" in told.says


def test_a_round_sum_without_a_word_is_offered_for_the_oldest_items_or_to_be_kept() -> None:
    told = Story(FIRST, SECOND, OLD).receives(15_000, "a conto", iban=ANNA)

    assert told.outcome == "no_known_reference"
    assert told.offers == [{}, {"FA-2025-000088": 9_999, "FA-2026-000101": 5_001}]
    assert told.says_of(1)[:2] == ["320.74 EUR stay open", "the oldest items first"]


def test_a_part_without_a_word_is_offered_for_the_oldest_invoice() -> None:
    told = Story(FIRST, SECOND, OLD).receives(5_000, "", iban=ANNA)

    assert told.outcome == "no_known_reference"
    assert told.offers == [{}, {"FA-2025-000088": 5_000}]


def test_two_credit_notes_taken_silently_keep_a_named_invoice_from_being_booked_in_part() -> None:
    notes = [credit_note(11, "GS-2026-000001", 333), credit_note(12, "GS-2026-000002", 777)]

    told = Story(FIRST, SECOND, *notes).receives(10_890, "FA-2026-000101", iban=ANNA)

    assert told.outcome == "amount_differs"
    assert told.pays == {"FA-2026-000101": 12_000, "GS-2026-000001": -333, "GS-2026-000002": -777}
    assert "the amount is exactly the sum of 3 items: 108.90 EUR" in told.says


def test_an_amount_that_two_sets_of_items_explain_is_not_guessed() -> None:
    items = [
        invoice(key, f"FA-2026-00000{key}", minor) for key, minor in ((1, 3_000), (2, 4_000), (3, 5_000), (4, 2_000))
    ]

    told = Story(*items).receives(7_000, "", iban=ANNA)

    assert told.outcome == "several_explanations"
    assert {"FA-2026-000001": 3_000, "FA-2026-000002": 4_000} in told.offers[:2]
    assert {"FA-2026-000003": 5_000, "FA-2026-000004": 2_000} in told.offers[:2]
    assert "sum of 2 open items, but another set fits as well" in told.says


def test_all_twelve_open_items_with_credit_notes_are_paid_without_a_word() -> None:
    items = [invoice(key, f"FA-2026-{key:06d}", 1_000 + 37 * key * key) for key in range(1, 11)]
    notes = [credit_note(11, "GS-2026-000001", 333), credit_note(12, "GS-2026-000002", 777)]
    wanted = {item.number: item.open_minor for item in (*items, *notes)}

    told = Story(*items, *notes).receives(sum(wanted.values()), "Kontoausgleich", iban=ANNA)

    assert told.outcome == "confirmed_payer"
    assert told.pays == wanted
    assert "sum of 12 open items, the only set that fits" in told.says


def test_a_long_list_of_open_items_is_paid_to_the_last_without_a_word() -> None:
    items = [invoice(key, f"FA-2026-{key:06d}", 10_000 + 37 * key) for key in range(1, 61)]

    told = Story(*items, SECOND._replace(id=99, customer_id=2)).receives(600_000 + 37 * 1_830, "Saldo", iban=ANNA)

    assert told.outcome == "confirmed_payer"
    assert told.pays == {item.number: item.open_minor for item in items}
    assert "sum of 60 open items, the only set that fits" in told.says


def test_a_search_that_was_stopped_ends_in_a_question() -> None:
    items = [invoice(key, f"FA-2026-{key:06d}", 10_000 + 37 * key) for key in range(1, 41)]
    story = Story(*items, policy=Policy(combination_steps_max=5))

    told = story.receives(30_000 + 37 * 60, "", iban=ANNA)

    assert not told.is_booked
    assert told.outcome in ("no_known_reference", "several_explanations", "weak_evidence")


def test_digits_of_the_amount_are_swapped_and_the_rest_is_shown() -> None:
    item = invoice(1, "FA-2026-000101", 13_240)

    told = Story(item, SECOND).receives(12_340, "FA-2026-000101", iban=STRANGER, name="Steuerbüro")

    assert told.outcome == "payer_differs"
    assert told.pays == {"FA-2026-000101": 12_340}
    assert "nothing shows that customer C0001 paid" in told.says
