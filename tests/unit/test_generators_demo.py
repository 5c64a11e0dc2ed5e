"""The demo company: the same bytes each time, readable by the product's own readers, honest in its cases."""

import csv
import datetime as dt
import io
import re
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from generators.demo import Demo, make_demo
from generators.demo_dice import Dice
from generators.demo_events import HELD_DAY, MISSING_DAY, Event
from generators.demo_ibans import AccountMaker
from generators.demo_people import MAIN_ACCOUNT, SECOND_ACCOUNT
from generators.demo_statements import File, bank_days
from generators.mt940_text import fold
from generators.statements import Statement
from parsers import camt, mt940
from schemas.identifiers import CreditorIdentifier, Iban, MandateReference
from schemas.money import parse_amount
from schemas.national_accounts import national_check_warning
from schemas.references import ReferenceScheme, verify
from support.statement_values import read_back, xsd_of

LAST_DATE = dt.date(2026, 11, 21)
DEMO = make_demo(seed=1, last_date=LAST_DATE)
CUSTOMER_COLUMNS = "number,name,street,postcode,town,country,email,phone,language,iban,parent_number"
INVOICE_COLUMNS = (
    "number,customer_number,issue_date,due_date,currency,amount,creditor_reference,discount_percent,discount_until,text"
)
MANDATE_COLUMNS = "reference,customer_number,scheme,type,signature_date,iban,bic,debtor_name,last_collected_date"


def read_file(file: File) -> list[Statement]:
    statements, stream = read_back([file.data], camt.read if file.name.endswith(".xml") else mt940.read)
    assert stream.warnings == []
    return statements


def read_account(files: tuple[File, ...], account: str) -> list[Statement]:
    found = [statement for file in files for statement in read_file(file) if statement.start.account == account]
    return sorted(found, key=lambda statement: statement.end.to_date or LAST_DATE)


def booked(events: tuple[Event, ...]) -> Counter[tuple[int, str, str]]:
    """Return what happened, comparable with what MT940 can say of it."""
    return Counter(
        (event.payment.amount_minor, fold(event.payment.counterparty_name or ""), fold(event.payment.remittance))
        for event in events
    )


def test_the_same_seed_and_date_give_the_same_demo() -> None:
    again = make_demo(seed=1, last_date=LAST_DATE)

    assert again == DEMO
    assert again.files == DEMO.files
    assert again.customers_csv + again.invoices_csv + again.mandates_csv == (
        DEMO.customers_csv + DEMO.invoices_csv + DEMO.mandates_csv
    )


def test_another_seed_gives_another_demo() -> None:
    other = make_demo(seed=2, last_date=LAST_DATE)

    assert other.invoices != DEMO.invoices
    assert other.files != DEMO.files


def test_the_company_has_about_what_was_asked_for() -> None:
    kinds = Counter(event.kind.partition("/")[0] for event in DEMO.events)

    assert 55 <= len(DEMO.customers) <= 65
    assert 380 <= len(DEMO.invoices) <= 440
    assert {row.country for row in DEMO.customers} == {"DE", "FR", "NL", "BE", "AT", "CH"}
    assert sum(bool(row.parent_number) for row in DEMO.customers) == 6
    assert 190 <= len(DEMO.events) <= 210
    assert kinds["case"] == 14
    assert len(DEMO.mandates) == sum(row.payment_method == "direct_debit" for row in DEMO.customers) > 3


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), last_date=st.dates(dt.date(2024, 1, 1), dt.date(2031, 12, 31)))
def test_any_seed_and_date_give_a_demo_with_every_case(seed: int, last_date: dt.date) -> None:
    demo = make_demo(seed=seed, last_date=last_date)

    assert len({event.kind for event in demo.events if event.kind.startswith("case/")}) == 14
    assert {event.kind for event in demo.events} >= {"discount", "several", "amount", "part", "credit_note"}
    assert _unbalanced(demo) == [(SECOND_ACCOUNT.iban, bank_days(last_date)[HELD_DAY])]


def _unbalanced(demo: Demo) -> list[tuple[str, dt.date | None]]:
    statements = [statement for file in demo.files for statement in read_file(file)]
    return [(statement.start.account, statement.end.to_date) for statement in statements if not statement.end.balanced]


def test_one_day_of_the_main_account_is_missing_and_its_file_closes_the_gap() -> None:
    arrived = read_account(DEMO.files, MAIN_ACCOUNT.iban)
    complete = read_account(DEMO.files + DEMO.late_files, MAIN_ACCOUNT.iban)

    gaps = [one.end.to_date for one, other in pairwise(arrived) if one.end.closing_minor != other.end.opening_minor]
    assert gaps == [bank_days(LAST_DATE)[MISSING_DAY - 1]]
    assert all(one.end.closing_minor == other.end.opening_minor for one, other in pairwise(complete))
    assert [statement.end.to_date for statement in complete] == bank_days(LAST_DATE)


def test_the_statement_that_is_held_comes_again_and_adds_up() -> None:
    [held] = [statement for statement in read_account(DEMO.files, SECOND_ACCOUNT.iban) if not statement.end.balanced]
    [corrected] = read_account(DEMO.late_files, SECOND_ACCOUNT.iban)

    assert corrected.end.balanced
    assert corrected.end.closing_minor == held.end.closing_minor
    assert corrected.end.entry_count == held.end.entry_count + 1


def test_the_files_hold_what_happened_and_nothing_else() -> None:
    main = read_account(DEMO.files + DEMO.late_files, MAIN_ACCOUNT.iban)
    second = read_account(DEMO.files + DEMO.late_files, SECOND_ACCOUNT.iban)
    entries = [entry for statement in (*main, *second) if statement.end.balanced for entry in statement.entries]

    found = Counter(
        (entry.amount_minor, fold(payment.counterparty_name or ""), fold(payment.remittance))
        for entry in entries
        for payment in entry.transactions
    )

    assert found == booked(DEMO.events)
    assert len({entry.reference for entry in entries}) == len(entries)


def test_the_camt_files_are_valid_against_their_schema() -> None:
    path = xsd_of("camt.053.001.08")
    if path is None:
        pytest.skip("no schema of camt.053.001.08 on this machine")
    schema = etree.XMLSchema(etree.parse(path))

    for file in DEMO.files + DEMO.late_files:
        if file.name.endswith(".xml"):
            assert schema.validate(etree.fromstring(file.data)), schema.error_log


def test_no_case_falls_on_a_day_that_does_not_arrive() -> None:
    cases = [event for event in DEMO.events if event.kind.startswith("case/")]

    assert not [event for event in cases if event.account is MAIN_ACCOUNT and event.day == MISSING_DAY]
    assert not [event for event in cases if event.account is SECOND_ACCOUNT and event.day == HELD_DAY]


def test_both_accounts_and_formats_hold_cases() -> None:
    cases = Counter(event.account.iban for event in DEMO.events if event.kind.startswith("case/"))

    assert cases[MAIN_ACCOUNT.iban] > cases[SECOND_ACCOUNT.iban] > 1


def test_every_account_number_is_right_and_belongs_to_one_only() -> None:
    ibans = [Iban.parse(row.iban) for row in DEMO.customers if row.iban]
    ibans += [account.iban for account in DEMO.accounts]

    assert len(set(ibans)) == len(ibans)
    assert [national_check_warning(iban) for iban in ibans] == [None] * len(ibans)


@pytest.mark.parametrize("country", ["AT", "BE", "CH", "DE", "FR", "NL"])
def test_made_accounts_pass_every_check_of_their_country(country: str) -> None:
    accounts = AccountMaker()

    made = [accounts.make(country).iban for _ in range(200)]

    assert len(set(made)) == 200
    assert {iban.country for iban in made} == {country}
    assert not [iban for iban in made if national_check_warning(iban)]


def test_mandates_name_their_debtor_and_his_account() -> None:
    customers = {row.number: row for row in DEMO.customers}

    for mandate in DEMO.mandates:
        debtor = customers[mandate.customer_number]
        assert MandateReference.parse(mandate.reference)
        assert CreditorIdentifier.parse(mandate.creditor_identifier)
        assert (mandate.iban, mandate.debtor_name) == (debtor.iban, debtor.name)
        assert mandate.signature_date < min(row.issue_date for row in DEMO.invoices)


def test_items_are_numbered_by_date_and_refer_to_what_exists() -> None:
    numbers = [row.number for row in DEMO.invoices]
    invoices = [row for row in DEMO.invoices if row.kind == "invoice"]
    credit_notes = [row for row in DEMO.invoices if row.kind == "credit_note"]

    assert len(set(numbers)) == len(numbers)
    assert [row.issue_date for row in invoices] == sorted(row.issue_date for row in invoices)
    assert all(one.number[-5:] < other.number[-5:] for one, other in pairwise(invoices))
    assert len(credit_notes) == 12
    assert {row.original_number for row in credit_notes} < set(numbers)
    assert all(row.amount.startswith("-") for row in credit_notes)
    assert {row.customer_number for row in DEMO.invoices} <= {row.number for row in DEMO.customers}


def test_the_references_on_invoices_have_right_check_digits() -> None:
    references = {row.creditor_reference for row in DEMO.invoices} - {""}

    schemes = Counter("be" if reference.startswith("+++") else "rf" for reference in references)
    assert min(schemes["be"], schemes["rf"]) > 20
    for reference in references:
        assert verify(ReferenceScheme.BE_OGM if reference.startswith("+++") else ReferenceScheme.RF, reference)


def test_only_the_twins_and_the_name_of_two_share_an_amount() -> None:
    amounts = Counter((row.amount, row.currency) for row in DEMO.invoices)

    assert sorted(amount for (amount, _), count in amounts.items() if count > 1) == ["1190.00", "476.00"]


def test_a_payment_by_number_is_the_amount_of_the_invoice_that_it_names() -> None:
    amounts = {row.number[-5:]: parse_amount(row.amount.lstrip("-"), row.currency) for row in DEMO.invoices}

    for event in DEMO.events:
        if event.kind == "number":
            named = [serial for serial in re.findall("[0-9]{5}", _digits(event)) if serial in amounts]
            assert [amounts[serial] for serial in named] == [event.payment.amount_minor]


def _digits(event: Event) -> str:
    """Return the text with the serial of the number on its own and without the customer's number."""
    text = re.sub(r"(?i)(kd|kundennr\.|client|klant|klantnr\.) [0-9]{5}", "", event.payment.remittance)
    return re.sub(r"20[0-9]{2}[ /-]?([0-9]{5})", r" \1", text)


def test_discounts_are_taken_in_time_and_in_the_late_case_after_it() -> None:
    days = bank_days(LAST_DATE)
    untils = {row.number: row.discount_until for row in DEMO.invoices if row.discount_until}
    by_serial = {number[-5:]: until for number, until in untils.items()}

    for event in DEMO.events:
        if event.kind in ("discount", "case/discount_late"):
            [until] = [by_serial[serial] for serial in re.findall("[0-9]{5}", _digits(event)) if serial in by_serial]
            is_late = days[event.day].isoformat() > until
            assert is_late is (event.kind == "case/discount_late")


def test_the_payments_of_a_day_are_not_in_the_order_of_their_kinds() -> None:
    kinds = [event.kind for event in DEMO.events if event.day == 0]

    assert kinds != sorted(kinds)
    assert [event.day for event in DEMO.events] == sorted(event.day for event in DEMO.events)


@pytest.mark.parametrize(
    ("data", "columns", "count"),
    [
        pytest.param(DEMO.customers_csv, CUSTOMER_COLUMNS, len(DEMO.customers), id="customers"),
        pytest.param(DEMO.invoices_csv, INVOICE_COLUMNS, len(DEMO.invoices), id="invoices"),
        pytest.param(DEMO.mandates_csv, MANDATE_COLUMNS, len(DEMO.mandates), id="mandates"),
    ],
)
def test_the_csv_files_have_the_columns_that_import_without_a_mapping(data: bytes, columns: str, count: int) -> None:
    rows = list(csv.reader(io.StringIO(data.decode())))

    assert rows[0][: len(columns.split(","))] == columns.split(",")
    assert len(rows) == count + 1


def test_mail_addresses_lead_nowhere() -> None:
    assert all(row.email.endswith("@example.org") for row in DEMO.customers)


def test_bank_days_are_the_ten_working_days_up_to_a_date() -> None:
    days = bank_days(dt.date(2026, 11, 22))

    assert (len(days), days[0], days[-1]) == (10, dt.date(2026, 11, 9), dt.date(2026, 11, 20))
    assert all(day.weekday() < 5 for day in days)


def test_dice_keep_within_their_bounds_and_lose_nothing() -> None:
    dice = Dice("test")

    assert {dice.number(1, 3) for _ in range(200)} == {1, 2, 3}
    assert not any(dice.chance(0) for _ in range(50))
    assert all(dice.chance(100) for _ in range(50))
    assert sorted(dice.shuffled(range(20))) == list(range(20))
