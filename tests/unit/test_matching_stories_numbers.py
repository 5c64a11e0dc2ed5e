"""Stories of what payers write: numbers in short, in pieces, with mistakes, and numbers that are none of ours."""

import pytest

from support.matching import ANNA, BRUNO, STRANGER, credit_note, invoice, settled
from support.stories import Story

RF = "RF18539007547034"
PAID = invoice(123, "FA-2026-000123", 12_000)
OTHER = invoice(124, "FA-2026-000124", 3_000)
EXACT = "the amount is exactly what is open: 120.00 EUR"


def test_a_french_payer_names_two_invoices_by_prefix_short_year_and_serial() -> None:
    story = Story(invoice(1, "FA-2026-004104", 12_000), invoice(2, "FA-2026-004105", 8_000), OTHER)

    told = story.receives(20_000, "VIR FA26-4104 et 4105", iban=STRANGER)

    assert told.outcome == "exact_reference"
    assert told.pays == {"FA-2026-004104": 12_000, "FA-2026-004105": 8_000}
    assert told.says[:2] == [
        "FA264104 in the text is short for FA-2026-004104",
        "4105 in the text is short for FA-2026-004105",
    ]


def test_a_range_pays_all_invoices_from_its_first_to_its_last_number() -> None:
    story = Story(*[invoice(key, f"FA-2026-{key:06d}", 1_000 + key) for key in range(120, 130)])

    told = story.receives(3_372, "FA-2026-000123 bis 125", iban=STRANGER)

    assert told.outcome == "exact_reference"
    assert told.pays == {"FA-2026-000123": 1_123, "FA-2026-000124": 1_124, "FA-2026-000125": 1_125}
    assert told.says[:3] == [
        "the text names FA-2026-000123",
        "125 in the text is short for FA-2026-000125",
        "FA-2026-000124 lies in the range that ends with 125",
    ]


def test_a_range_with_one_invoice_paid_before_pays_those_that_are_left() -> None:
    first, paid_before, last = [invoice(key, f"FA-2026-{key:06d}", 1_000 + key) for key in (123, 124, 125)]
    story = Story(first, last, settled=[settled(paid_before)])

    told = story.receives(2_248, "FA-2026-000123 bis 125", iban=ANNA)

    assert told.outcome == "exact_reference"
    assert told.pays == {"FA-2026-000123": 1_123, "FA-2026-000125": 1_125}


@pytest.mark.parametrize(
    "text", ["RECHNUNG NR FA-2026-\n000123 VOM 03.03.2026", "RECHNUNG NR FA-2026-00\n0123 VOM 03.03."]
)
def test_the_bank_breaks_the_line_within_the_number(text: str) -> None:
    told = Story(PAID, OTHER).receives(12_000, text, iban=STRANGER)

    assert told.outcome == "exact_reference"
    assert told.pays == {"FA-2026-000123": 12_000}
    assert told.says == ["the text names FA-2026-000123", EXACT]


def test_the_bank_drops_all_blanks_and_the_number_is_glued_to_words() -> None:
    told = Story(PAID, OTHER).receives(12_000, "ZAHLUNGRGNRFA2026000123DANKE", iban=STRANGER)

    assert told.outcome == "exact_reference"
    assert told.pays == {"FA-2026-000123": 12_000}
    assert told.says == ["the text names FA-2026-000123", EXACT]


def test_a_structured_reference_is_typed_into_the_text_in_small_letters_with_blanks() -> None:
    told = Story(PAID._replace(creditor_reference=RF), OTHER).receives(
        12_000, "rf18 5390 0754 7034 danke", iban=STRANGER
    )

    assert told.outcome == "exact_reference"
    assert told.pays == {"FA-2026-000123": 12_000}
    assert told.says == [f"the structured reference {RF} is that of FA-2026-000123", EXACT]


def test_a_reference_with_wrong_check_digits_counts_where_account_and_amount_agree() -> None:
    told = Story(PAID._replace(creditor_reference=RF), OTHER).receives(12_000, "RF19 5390 0754 7034", iban=ANNA)

    assert told.outcome == "confirmed_payer"
    assert told.pays == {"FA-2026-000123": 12_000}
    assert "RF19539007547034 in the text is nearly FA-2026-000123" in told.says


def test_a_reference_with_wrong_check_digits_from_a_stranger_is_asked_about() -> None:
    told = Story(PAID._replace(creditor_reference=RF), OTHER).receives(12_000, "RF19 5390 0754 7034", iban=STRANGER)

    assert told.outcome == "weak_evidence"
    assert told.pays == {"FA-2026-000123": 12_000}
    assert "RF19539007547034 in the text is nearly FA-2026-000123" in told.says
    assert "nothing shows that customer C0001 paid" in told.says


def test_a_mistyped_reference_of_another_invoice_keeps_a_payment_from_being_booked_by_its_amount() -> None:
    told = Story(PAID._replace(creditor_reference="RF712348231"), OTHER._replace(creditor_reference=RF)).receives(
        12_000, "RF19 5390 0754 7034", iban=ANNA
    )

    assert told.outcome == "weak_evidence"
    assert told.pays == {"FA-2026-000123": 12_000}
    assert "RF19539007547034 looks like a number of ours, but nothing open has it" in told.says


def test_a_payer_mixes_up_two_of_his_invoices_and_nothing_is_booked() -> None:
    story = Story(PAID, OTHER)

    told = story.receives(3_000, "FA-2026-000123", iban=ANNA)

    assert told.outcome == "several_explanations"
    assert told.offers[:2] == [{"FA-2026-000123": 3_000}, {"FA-2026-000124": 3_000}]
    assert "FA-2026-000124 fits the amount as well" in told.says


def test_a_short_number_that_two_years_share_is_told_apart_by_the_account() -> None:
    story = Story(PAID, invoice(9, "FA-2025-000123", 12_000, 2))

    silent = story.receives(12_000, "RE 000123", name="Sven Holm")
    known = story.receives(12_000, "RE 000123", iban=BRUNO)

    assert silent.outcome == "several_explanations"
    assert silent.offers == [{"FA-2026-000123": 12_000}, {"FA-2025-000123": 12_000}]
    assert known.outcome == "confirmed_payer"
    assert known.pays == {"FA-2025-000123": 12_000}


def test_a_year_in_the_text_is_no_invoice_number() -> None:
    story = Story(invoice(1, "FA-2026-002025", 12_000), OTHER)

    told = story.receives(12_000, "Beitrag 2025", name="Sven Holm", iban=STRANGER)

    assert told.outcome == "weak_evidence"
    assert told.pays == {"FA-2026-002025": 12_000}
    assert "nothing shows that customer C0001 paid" in told.says


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Fragen? Tel. 0170/4567-123", id="phone"),
        pytest.param("Konto DE89 3704 0044 0532 0130 00", id="account"),
        pytest.param("St.-Nr. 143/4567/3704", id="tax number"),
        pytest.param("Vertrag 12345 v. 04.05.2026", id="date"),
    ],
)
def test_digits_of_a_phone_an_account_or_a_date_name_no_invoice(text: str) -> None:
    story = Story(*[invoice(key, f"FA-2026-{key:06d}", 10_000 + key) for key in (123, 405, 532, 3704, 4567)])

    told = story.receives(13_704, text, name="Sven Holm", iban=STRANGER)

    assert not told.is_booked
    assert told.pays == {"FA-2026-003704": 13_704}
    assert "nothing shows that customer C0001 paid" in told.says


def test_a_stranger_quotes_a_number_like_ours_with_another_amount() -> None:
    told = Story(PAID, OTHER).receives(5_000, "Spende Projekt 2026-000123", name="Sven Holm", iban=STRANGER)

    assert told.outcome == "payer_differs"
    assert told.pays == {"FA-2026-000123": 5_000}
    assert "nothing shows that customer C0001 paid" in told.says


def test_twelve_invoices_and_credit_notes_are_named_in_one_line() -> None:
    invoices = [invoice(key, f"FA-2026-{key:06d}", 1_000 + 37 * key * key) for key in range(1, 13)]
    notes = [credit_note(101, "GS-2026-000001", 333), credit_note(102, "GS-2026-000002", 777)]
    wanted = {item.number: item.open_minor for item in (*invoices[:10], *notes)}

    told = Story(*invoices, *notes).receives(
        sum(wanted.values()), "FA-2026-000001 bis 10 ./. GS-2026-000001/2", iban=ANNA
    )

    assert told.outcome == "exact_reference"
    assert told.pays == wanted
    assert "the amount is exactly the sum of 12 items: 231.35 EUR" in told.says
