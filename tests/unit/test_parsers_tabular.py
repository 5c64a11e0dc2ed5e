"""Tables in our own shape: each row typed, each error named with its row and column, nothing lost."""

import datetime as dt
from pathlib import Path

import pytest

from parsers.tabular import preview, read_rows, standard_mapping
from schemas.codes.lists import LocalInstrument
from schemas.states import MandateState, OpenItemKind, PaymentMethod
from schemas.tables import (
    CollectionRow,
    CustomerRow,
    InvoiceRow,
    MandateRow,
    MandateType,
    RowError,
    TableKind,
)
from support.tables import INVOICE_HEADER, invoice_rows, table_file


def _errors(folder: Path, *lines: str, header: str = INVOICE_HEADER) -> list[tuple[int, str, str]]:
    rows = invoice_rows(folder, *lines, header=header)
    return [(error.row, error.column, error.expected) for error in rows if isinstance(error, RowError)]


def test_customers_in_our_own_shape_are_read(tmp_path: Path) -> None:
    path = table_file(
        tmp_path,
        "number,name,street,postcode,town,country,email,phone,language,iban,parent_number,payment_method,legal_id,"
        "vat_number,ledger_account,bic\n"
        "C1,Müller & Söhne,Hauptstr. 1,01067,Dresden,DE,a@b.example,+49 351 1,de,DE89 3704 0044 0532 0130 00,C0,"
        "Lastschrift,HRB 1,DE123456789,411000,cobadeffxxx\n"
        "C2,Société,,,,France,,,fr-FR,,,,,,,\n",
    )

    rows = list(read_rows(path, standard_mapping(path, TableKind.CUSTOMERS)))

    assert rows == [
        CustomerRow(
            2, "C1", "Müller & Söhne", "Hauptstr. 1", "01067", "Dresden", "DE", "a@b.example", "+49 351 1", "de",
            "DE89370400440532013000", "C0", PaymentMethod.DIRECT_DEBIT, "HRB 1", "DE123456789", "411000",
            "COBADEFFXXX",
        ),
        CustomerRow(3, "C2", "Société", country="FR", language="fr"),
    ]  # fmt: skip


def test_invoices_in_our_own_shape_are_read(tmp_path: Path) -> None:
    path = table_file(
        tmp_path,
        "number,customer_number,issue_date,due_date,currency,amount,creditor_reference,discount_percent,"
        "discount_until,text,kind,open_amount,original_number,payment_method,order_reference,tax_amount,"
        "discount2_percent,discount2_until,notified_date\n"
        "F1,C1,2026-01-02,2026-02-01,EUR,1190.00,RF18539007547034,3.00,2026-01-12,Text,invoice,190.00,,transfer,"
        "PO 7,190,1.5,2026-01-20,2026-01-03\n"
        "G1,C1,2026-01-03,,EUR,-119.00,,,,,,-19,F1,,,-19.00,,,\n"
        "G2,C1,2026-01-03,,JPY,500,,,,,avoir,500,,,,,,,\n",
    )

    rows = list(read_rows(path, standard_mapping(path, TableKind.INVOICES)))

    assert rows == [
        InvoiceRow(
            2, "F1", "C1", "EUR", 119000, OpenItemKind.INVOICE, dt.date(2026, 1, 2), dt.date(2026, 2, 1),
            "RF18539007547034", 300, dt.date(2026, 1, 12), "Text", 19000, None, PaymentMethod.TRANSFER, "PO 7", 19000,
            150, dt.date(2026, 1, 20), dt.date(2026, 1, 3),
        ),
        InvoiceRow(
            3, "G1", "C1", "EUR", -11900, OpenItemKind.CREDIT_NOTE, dt.date(2026, 1, 3), original_number="F1",
            open_minor=-1900, tax_minor=-1900,
        ),
        InvoiceRow(
            4, "G2", "C1", "JPY", -500, OpenItemKind.CREDIT_NOTE, dt.date(2026, 1, 3), open_minor=-500
        ),
    ]  # fmt: skip


def test_mandates_in_our_own_shape_are_read(tmp_path: Path) -> None:
    path = table_file(
        tmp_path,
        "reference,customer_number,scheme,type,signature_date,iban,bic,debtor_name,last_collected_date,"
        "creditor_identifier,status,b2b_confirmed_date,debtor_street,debtor_postcode,debtor_town,debtor_country,"
        "ultimate_debtor,signature_place\n"
        "M 1,C1,CORE,recurrent,2025-08-08,BE68539007547034,,Jan,0000-00-00,,,,,,,,,\n"
        "M2,C2,b2b,OOFF,2025-08-09,FR1420041010050500013M02606,,,2026-01-01,DE98ZZZ09999999999,actif,2025-09-01,"
        "rue 1,75001,Paris,Schweiz,Tiers,Lyon\n",
    )

    rows = list(read_rows(path, standard_mapping(path, TableKind.MANDATES)))

    assert rows == [
        MandateRow(
            2, "M 1", "C1", LocalInstrument.CORE, MandateType.RECURRENT, dt.date(2025, 8, 8), "BE68539007547034",
            debtor_name="Jan",
        ),
        MandateRow(
            3, "M2", "C2", LocalInstrument.B2B, MandateType.ONE_OFF, dt.date(2025, 8, 9),
            "FR1420041010050500013M02606", None, None, dt.date(2026, 1, 1), "DE98ZZZ09999999999", MandateState.ACTIVE,
            dt.date(2025, 9, 1), "rue 1", "75001", "Paris", "CH", "Tiers", "Lyon",
        ),
    ]  # fmt: skip


def test_collections_in_our_own_shape_are_read(tmp_path: Path) -> None:
    path = table_file(
        tmp_path,
        "end_to_end_id,invoice_number,customer_number,mandate_reference,amount,currency,collection_date,"
        "batch_reference\nE1,F1,C1,M1,10.00,EUR,2026-03-02,B1\nE1,G1,,M1,-2.50,EUR,2026-03-02,\n",
    )

    rows = list(read_rows(path, standard_mapping(path, TableKind.COLLECTIONS)))

    assert rows == [
        CollectionRow(2, "E1", "F1", "M1", 1000, "EUR", dt.date(2026, 3, 2), "C1", "B1"),
        CollectionRow(3, "E1", "G1", "M1", -250, "EUR", dt.date(2026, 3, 2)),
    ]


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        pytest.param(",C1,2026-01-02,,EUR,1", "number", "a value", id="no number"),
        pytest.param("F1,,2026-01-02,,EUR,1", "customer_number", "a value", id="no customer"),
        pytest.param("F1,C1,2026-01-02,,EUR,", "amount", "a value", id="no amount"),
        pytest.param("F1,C1,2026-01-02,,EURO,1", "currency", "a currency", id="wrong currency"),
        pytest.param("F1,C1,2026-02-30,,EUR,1", "issue_date", "a date such as 2026-12-31", id="no such day"),
        pytest.param("F1,C1,02.01.2026,,EUR,1", "issue_date", "a date such as 2026-12-31", id="other date form"),
        pytest.param("F1,C1,2026-01-02,,EUR,1.005", "amount", "nothing is rounded", id="tenth of a cent"),
        pytest.param('F1,C1,2026-01-02,,EUR,"1,50"', "amount", "an amount such as 1234.56", id="other decimal mark"),
        pytest.param("F1,C1,2026-01-02,,EUR,1e3", "amount", "an amount such as 1234.56", id="exponent"),
        pytest.param("F1,C1,2026-01-02,,EUR,5 USD", "amount", "an amount in EUR", id="amount names another currency"),
        pytest.param("F1,C1,,,EUR,1", "due_date", "a due date or an issue date", id="no date at all"),
        pytest.param("F1,C1,0000-00-00,,EUR,1", "due_date", "a due date or an issue date", id="zeros for a date"),
        pytest.param("F\x01,C1,2026-01-02,,EUR,1", "number", "control characters", id="control character"),
        pytest.param(f"{'F' * 65},C1,2026-01-02,,EUR,1", "number", "at most 64 characters", id="too long"),
        pytest.param("F1,C1,2026-01-02,,EUR", "", "6 cells, as in the header in row 1", id="cut line"),
        pytest.param("F1,C1,2026-01-02,,EUR,1,5", "", "6 cells, as in the header", id="unquoted delimiter"),
    ],
)
def test_a_row_that_cannot_be_read_names_row_and_column(tmp_path: Path, line: str, column: str, expected: str) -> None:
    rows = invoice_rows(tmp_path, "F0,C1,2026-01-02,,EUR,1", line, "F2,C1,2026-01-02,,EUR,2")

    (error,) = [row for row in rows if isinstance(row, RowError)]
    assert (error.row, error.column) == (3, column)
    assert expected in error.expected
    assert [row.number for row in rows if isinstance(row, InvoiceRow)] == ["F0", "F2"]


def test_all_errors_of_a_row_are_named(tmp_path: Path) -> None:
    assert [column for _, column, _ in _errors(tmp_path, ",,x,y,EURO,z")] == [
        "number", "customer_number", "issue_date", "due_date", "currency", "amount",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "column", "expected"),
    [
        pytest.param("-5,invoice,,,,", "amount", "a negative one is a credit note", id="negative invoice"),
        pytest.param(
            "5,quote,,,,",
            "kind",
            "one of the words invoice, facture, Rechnung, FA, credit note, avoir",
            id="unknown kind",
        ),
        pytest.param("5,,6,,,", "open_amount", "a part of the amount", id="more open than invoiced"),
        pytest.param("5,,-1,,,", "open_amount", "a part of the amount", id="negative open amount of an invoice"),
        pytest.param("5,,1.001,,,", "open_amount", "nothing is rounded", id="open amount not exact"),
        pytest.param("5,,,6,,", "tax_amount", "a part of the amount", id="more tax than amount"),
        pytest.param("5,,,,2,", "discount_until", "the last day of the discount", id="discount without a day"),
        pytest.param("5,,,,101,2026-01-01", "discount_percent", "between 0 and 100", id="discount above all"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(tmp_path: Path, values: str, column: str, expected: str) -> None:
    header = f"{INVOICE_HEADER},kind,open_amount,tax_amount,discount_percent,discount_until"

    ((row, found, message),) = _errors(tmp_path, f"F1,C1,2026-01-02,,EUR,{values}", header=header)

    assert (row, found) == (2, column)
    assert expected in message


@pytest.mark.parametrize("percent", ["0", "0.00", ""])
def test_a_discount_of_nothing_needs_no_day(tmp_path: Path, percent: str) -> None:
    (row,) = invoice_rows(
        tmp_path,
        f"F1,C1,2026-01-02,,EUR,1,{percent},2026-02-01",
        header=f"{INVOICE_HEADER},discount_percent,discount_until",
    )

    assert isinstance(row, InvoiceRow)
    assert (row.discount_basis_points, row.discount_until_date) == (None, None)


def test_a_collection_of_nothing_or_with_a_long_id_is_refused(tmp_path: Path) -> None:
    path = table_file(
        tmp_path,
        "end_to_end_id,invoice_number,mandate_reference,amount,currency,collection_date\n"
        f"E1,F1,M1,0,EUR,2026-01-02\n{'E' * 36},F1,M1,1,EUR,2026-01-02\nE1,F1,M1,1,EUR,0000-00-00\n",
    )

    rows = list(read_rows(path, standard_mapping(path, TableKind.COLLECTIONS)))

    assert [(row.row, row.column) for row in rows if isinstance(row, RowError)] == [
        (2, "amount"),
        (3, "end_to_end_id"),
        (4, "collection_date"),
    ]


def test_an_error_masks_accounts(tmp_path: Path) -> None:
    path = table_file(tmp_path, "number,name,iban,bic\nC1,A,DE88370400440532013000,DE88370400440532013000\n")

    errors = list(read_rows(path, standard_mapping(path, TableKind.CUSTOMERS)))

    assert len(errors) == 2
    assert "370400440532013000" not in "".join(str(error) for error in errors)
    assert str(errors[0]).startswith("row 2, column iban: 'DE88 **** **** 3000', expected an IBAN")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "Atlantis"),
        ("country", "EU"),
        ("language", "Klingon"),
        ("payment_method", "barter"),
        ("bic", "XX"),
    ],
)
def test_words_outside_a_closed_set_are_refused(tmp_path: Path, field: str, value: str) -> None:
    path = table_file(tmp_path, f"number,name,{field}\nC1,A,{value}\n")

    (error,) = read_rows(path, standard_mapping(path, TableKind.CUSTOMERS))

    assert isinstance(error, RowError)
    assert (error.column, error.found) == (field, value)


def test_an_error_of_a_whole_row_has_no_column() -> None:
    assert str(RowError(3, "", "5 cells", "6 cells")) == "row 3: '5 cells', expected 6 cells"


def test_a_preview_shows_what_was_understood(tmp_path: Path) -> None:
    path = table_file(
        tmp_path, 'number,name,colour,iban\nC1,A,red,\nC2,B,blue,XX\nC3,C\nC"4",D,,\n"C"5,E,,\n' + "C6,F,,\n" * 50
    )

    shown = preview(path, standard_mapping(path, TableKind.CUSTOMERS), rows=5)

    assert shown.headers == ("number", "name", "colour", "iban")
    assert shown.ignored == ("colour",)
    assert [row.number for row in shown.rows] == [2, 3, 4, 5, 6]
    assert shown.rows[0].cells == ("C1", "A", "red", "")
    assert shown.rows[0].understood == CustomerRow(2, "C1", "A")
    assert [error.column for error in shown.rows[1].errors] == ["iban"]
    assert [row.understood is None for row in shown.rows] == [False, True, True, False, True]


def test_reading_may_stop_anywhere(tmp_path: Path) -> None:
    path = table_file(tmp_path, "number,name\n" + "C1,A\n" * 1000)

    first = next(read_rows(path, standard_mapping(path, TableKind.CUSTOMERS)))

    assert isinstance(first, CustomerRow)
    path.unlink()
