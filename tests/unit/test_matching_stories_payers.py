"""Stories of who pays: strangers, namesakes, relatives, services that pay for many, and payers known by little."""

import datetime as dt

import pytest

from gateway.domain.matching.model import Customer
from schemas.states import IbanSource
from support.matching import (
    ANNA,
    ANNA_KOCH,
    BRUNO,
    BRUNO_GMBH,
    CLARA,
    STRANGER,
    TODAY,
    credit_note,
    invoice,
    known,
    money,
)
from support.stories import Story

OF_ANNA = invoice(1, "FA-2026-000101", 12_000)
ALSO_OF_ANNA = invoice(2, "FA-2026-000102", 3_000)
OF_BRUNO = invoice(9, "FA-2026-000900", 70_000, 2)
NAMESAKE = Customer(2, "C0002", "Anna Koch", 2)
FAMILY = (ANNA_KOCH._replace(family_id=50), BRUNO_GMBH._replace(family_id=50))
SERVICE = (known(CLARA, 1, IbanSource.COLLECTOR), known(CLARA, 2, IbanSource.COLLECTOR))


def test_two_customers_bear_one_name_and_owe_the_same_and_the_account_decides() -> None:
    story = Story(
        OF_ANNA, OF_BRUNO._replace(amount_minor=12_000, open_minor=12_000),
        customers=(ANNA_KOCH, NAMESAKE), ibans=(known(BRUNO, 2),),
    )  # fmt: skip

    told = story.receives(12_000, "Danke", name="ANNA KOCH", iban=BRUNO)

    assert told.outcome == "confirmed_payer"
    assert told.pays == {"FA-2026-000900": 12_000}
    assert "the account is on the record or a mandate of customer C0002" in told.says


def test_a_namesake_pays_less_than_his_invoice_and_both_who_bear_the_name_are_shown() -> None:
    story = Story(OF_ANNA, OF_BRUNO, customers=(ANNA_KOCH, NAMESAKE), ibans=())

    told = story.receives(5_000, "Anzahlung", name="Koch, Anna")

    assert told.outcome == "no_known_reference"
    assert told.kept_minor == 5_000
    assert told.says[-1] == "the payer's name is that of customer C0001"


def test_a_customer_number_alone_leads_to_the_invoice_but_books_nothing() -> None:
    told = Story(OF_ANNA, ALSO_OF_ANNA).receives(12_000, "Kd.-Nr. C0001 Danke", name="M. Weber", iban=STRANGER)

    assert told.outcome == "weak_evidence"
    assert told.offers == [{"FA-2026-000101": 12_000}, {}]
    assert "the text holds the customer number C0001" in told.says


@pytest.mark.parametrize("text", ["Mandat MD-2026-77", "md 2026/77"])
def test_a_mandate_reference_alone_leads_to_the_invoice_but_books_nothing(text: str) -> None:
    story = Story(OF_ANNA, ALSO_OF_ANNA, mandates={"MD-2026-77": 1})

    told = story.receives(12_000, text, name="M. Weber", iban=STRANGER)

    assert told.outcome == "weak_evidence"
    assert told.offers == [{"FA-2026-000101": 12_000}, {}]
    assert "the mandate is that of customer C0001" in told.says


def test_a_mandate_reference_of_another_customer_whose_invoice_fits_points_elsewhere() -> None:
    rival = OF_BRUNO._replace(amount_minor=12_000, open_minor=12_000)
    story = Story(OF_ANNA, rival, mandates={"MD-2026-77": 2})

    told = story.receives(12_000, "FA-2026-000101 Mandat MD-2026-77", iban=STRANGER)

    assert told.outcome == "several_explanations"
    assert told.offers[:2] == [{"FA-2026-000101": 12_000}, {"FA-2026-000900": 12_000}]
    assert "FA-2026-000900 fits the amount as well" in told.says


def test_the_welfare_office_pays_for_a_customer_whom_the_bank_names_as_ultimate_debtor() -> None:
    story = Story(OF_ANNA, ALSO_OF_ANNA)

    silent = story.receives(12_000, "Leistung 03/26", name="Sozialamt", iban=STRANGER, ultimate_debtor="KOCH ANNA")
    named = story.receives(2_000, "FA-2026-000102", name="Sozialamt", iban=STRANGER, ultimate_debtor="KOCH ANNA")

    assert silent.outcome == "weak_evidence"
    assert silent.pays == {"FA-2026-000101": 12_000}
    assert "the payer's name is that of customer C0001" in silent.says
    assert named.outcome == "partial"
    assert named.pays == {"FA-2026-000102": 2_000}


def test_the_parent_pays_an_invoice_of_each_of_its_companies_in_one_sum() -> None:
    story = Story(OF_ANNA, OF_BRUNO, customers=FAMILY)

    told = story.receives(82_000, "FA-2026-000101 FA-2026-000900", iban=ANNA)

    assert told.outcome == "exact_reference"
    assert told.pays == {"FA-2026-000101": 12_000, "FA-2026-000900": 70_000}


def test_a_factor_pays_invoices_of_two_customers_by_number_and_a_person_confirms() -> None:
    told = Story(OF_ANNA, OF_BRUNO, ibans=SERVICE).receives(82_000, "FA-2026-000101 FA-2026-000900", iban=CLARA)

    assert told.outcome == "payer_differs"
    assert told.offers[0] == {"FA-2026-000101": 12_000, "FA-2026-000900": 70_000}
    assert "the account pays for several customers" in told.says


def test_an_account_that_often_pays_for_several_customers_is_offered_their_sum() -> None:
    other = invoice(10, "FA-2026-000901", 4_000, 2)

    told = Story(OF_ANNA, ALSO_OF_ANNA, OF_BRUNO, other, ibans=SERVICE).receives(82_000, "Sammelzahlung", iban=CLARA)

    assert told.outcome == "weak_evidence"
    assert told.offers == [{"FA-2026-000101": 12_000, "FA-2026-000900": 70_000}, {}]
    assert "sum of 2 open items, the only set that fits" in told.says
    assert "the account pays for several customers" in told.says


def test_a_payment_service_writes_its_own_number_and_nothing_is_booked_by_it() -> None:
    story = Story(OF_ANNA, invoice(3, "FA-2026-004567", 5_000))

    told = story.receives(12_000, "1034567890123 PP.4567.PP . SHOP, Ihr Einkauf bei SHOP", name="PayPal", iban=STRANGER)

    assert told.outcome == "weak_evidence"
    assert told.offers == [{"FA-2026-000101": 12_000}]
    assert "nothing shows that customer C0001 paid" in told.says


def test_two_payments_compete_for_one_invoice_and_the_one_booked_first_gets_it() -> None:
    silent = money(12_000, "", iban=ANNA, id=1, booking_date=TODAY + dt.timedelta(1))
    naming = money(12_000, "FA-2026-000101", iban=STRANGER, id=2)

    in_order = Story(OF_ANNA, ALSO_OF_ANNA).receives_together(naming, silent)
    reversed_ = Story(OF_ANNA, ALSO_OF_ANNA).receives_together(silent, naming)

    assert [told.outcome for told in in_order] == ["exact_reference", "no_known_reference"]
    assert in_order == reversed_[::-1]
    assert in_order[0].pays == {"FA-2026-000101": 12_000}
    assert in_order[1].kept_minor == 12_000


@pytest.mark.parametrize("minor", [pytest.param(12_000, id="alone"), pytest.param(15_000, id="with another")])
def test_of_two_payments_of_one_day_the_one_that_names_the_invoice_gets_it(minor: int) -> None:
    silent = money(minor, "", iban=ANNA, id=1, order=("A", "", 0, 0))
    naming = money(12_000, "FA-2026-000101", iban=STRANGER, id=2, order=("B", "", 0, 0))

    asked, booked = Story(OF_ANNA, ALSO_OF_ANNA).receives_together(silent, naming)

    assert (booked.outcome, booked.pays) == ("exact_reference", {"FA-2026-000101": 12_000})
    assert not asked.is_booked


def test_a_double_payment_on_one_day_in_one_file_is_noticed_whichever_stands_first() -> None:
    payments = [money(12_000, "FA-2026-000101", iban=ANNA, id=key) for key in (1, 2)]

    for given in (payments, payments[::-1]):
        first, second = sorted(
            Story(OF_ANNA, ALSO_OF_ANNA).receives_together(*given), key=lambda told: not told.is_booked
        )
        assert first.pays == {"FA-2026-000101": 12_000}
        assert second.outcome == "paid_already"
        assert second.kept_minor == 12_000
        assert f"FA-2026-000101 was settled on {TODAY}" in second.says


def test_two_silent_payments_for_two_equal_invoices_are_both_asked_about() -> None:
    twin = invoice(3, "FA-2026-000103", 12_000)

    first, second = Story(OF_ANNA, twin).receives_together(*[money(12_000, "", iban=ANNA, id=key) for key in (1, 2)])

    assert (first.outcome, second.outcome) == ("several_explanations", "several_explanations")
    assert second.offers[:2] == [{"FA-2026-000101": 12_000}, {"FA-2026-000103": 12_000}]


def test_a_known_account_pays_and_the_text_names_an_invoice_of_somebody_else() -> None:
    told = Story(OF_ANNA, OF_BRUNO).receives(12_000, "FA-2026-000900", iban=ANNA)

    assert told.outcome in ("payer_differs", "several_explanations")
    assert {"FA-2026-000101": 12_000} in told.offers


def test_a_customer_takes_a_credit_note_without_a_word() -> None:
    note = credit_note(3, "GS-2026-000007", 1_500)

    told = Story(OF_ANNA, invoice(2, "FA-2026-000102", 31_000), note).receives(10_500, "Danke", iban=ANNA)

    assert told.outcome == "confirmed_payer"
    assert told.pays == {"FA-2026-000101": 12_000, "GS-2026-000007": -1_500}
    assert "sum of 2 open items, the only set that fits" in told.says


OF_ONE_PRICE = [invoice(10 + digit, f"FA-2026-00010{digit}", 12_000, 2) for digit in (3, 4, 6, 7)]  # Near Anna's.


@pytest.mark.parametrize("text", ["Rechnung FA-2026-000101", "re 26 000101"])
def test_a_stranger_pays_the_usual_price_and_may_have_mistyped_one_digit(text: str) -> None:
    told = Story(OF_ANNA, *OF_ONE_PRICE).receives(12_000, text, iban=STRANGER, name="Tante Frieda")

    assert told.outcome == "several_explanations"
    assert told.pays == {"FA-2026-000101": 12_000}
    assert "FA-2026-000103 is nearly the same number, and as much of it is open" in told.says


def test_a_stranger_pays_an_amount_that_a_near_number_has_by_accident() -> None:
    told = Story(OF_ANNA, *OF_ONE_PRICE[:3]).receives(12_000, "FA-2026-000101", iban=STRANGER)

    assert (told.outcome, told.pays) == ("exact_reference", {"FA-2026-000101": 12_000})


@pytest.mark.parametrize(
    "payer",
    [
        pytest.param({"iban": ANNA}, id="by account"),
        pytest.param({"name": "Anna Koch"}, id="by name"),
        pytest.param({"name": "Anna Kochh"}, id="by a similar name"),
        pytest.param({"ultimate_debtor": "Koch, Anna"}, id="by the name of the one who owes"),
        pytest.param({"text": "Kd. C0001 Re FA-2026-000101"}, id="by the customer number"),
    ],
)
def test_the_usual_price_is_booked_where_anything_shows_whose_invoice_it_is(payer: dict[str, str]) -> None:
    facts = {"text": "FA-2026-000101", "iban": STRANGER, **payer}

    told = Story(OF_ANNA, *OF_ONE_PRICE).receives(12_000, **facts)

    assert (told.outcome, told.pays) == ("exact_reference", {"FA-2026-000101": 12_000})


def test_a_stranger_who_names_a_reference_with_check_digits_has_not_mistyped() -> None:
    story = Story(OF_ANNA._replace(creditor_reference="RF18539007547034"), *OF_ONE_PRICE)

    told = story.receives(12_000, "RF18 5390 0754 7034", iban=STRANGER)

    assert (told.outcome, told.pays) == ("exact_reference", {"FA-2026-000101": 12_000})


def test_a_stranger_names_two_invoices_of_one_price_and_others_are_nearly_one_of_them() -> None:
    second = invoice(4, "FA-2026-000555", 12_000)

    told = Story(OF_ANNA, second, *OF_ONE_PRICE).receives(24_000, "FA-2026-000101, FA-2026-000555", iban=STRANGER)

    assert told.outcome == "several_explanations"
    assert told.pays == {"FA-2026-000101": 12_000, "FA-2026-000555": 12_000}


@pytest.mark.parametrize(("text", "outcome"), [("Bestellung 4101", "payer_differs"), ("Rg 4101", "exact_reference")])
def test_a_stranger_names_an_order_by_the_digits_of_an_invoice(text: str, outcome: str) -> None:
    told = Story(invoice(1, "FA-2026-004101", 12_000)).receives(12_000, text, iban=STRANGER)

    assert told.outcome == outcome
