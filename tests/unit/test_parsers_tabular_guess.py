"""Tables of any shape: what they say of themselves is guessed, what they do not say is asked for."""

import datetime as dt
from pathlib import Path

import pytest

from parsers.tabular import guess_mapping, preview, read_rows, standard_mapping
from schemas.codes.lists import LocalInstrument
from schemas.errors import FileRefused
from schemas.states import OpenItemKind
from schemas.tables import (
    Choice,
    DateForm,
    InvalidMapping,
    InvoiceRow,
    MandateRow,
    MandateType,
    Mapping,
    MappingUndecided,
    Question,
    TableKind,
)
from support.tables import INVOICE_HEADER, table_file

FRENCH = (
    "N° facture;Code client;Date facture;Date d'échéance;Montant TTC (€);Reste à payer;Libellé\r\n"
    "FA-1;411DUPONT;02/01/2026;31/12/2026;1 234,56;1 000,00;Été\r\n"
    "FA-2;411DUPONT;03/01/2026;05/02/2026;-12,00;-12,00;Avoir\r\n"
)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_a_french_list_is_guessed_and_read(tmp_path: Path, encoding: str) -> None:
    path = table_file(tmp_path, FRENCH, encoding)

    mapping = guess_mapping(path, TableKind.INVOICES)

    assert (mapping.delimiter, mapping.decimal_mark, mapping.date_form) == (";", ",", DateForm.DAY_FIRST)
    assert mapping.constants == (("currency", "EUR"),)
    assert list(read_rows(path, mapping)) == [
        InvoiceRow(
            2, "FA-1", "411DUPONT", "EUR", 123456, OpenItemKind.INVOICE, dt.date(2026, 1, 2), dt.date(2026, 12, 31),
            text="Été", open_minor=100000,
        ),
        InvoiceRow(
            3, "FA-2", "411DUPONT", "EUR", -1200, OpenItemKind.CREDIT_NOTE, dt.date(2026, 1, 3), dt.date(2026, 2, 5),
            text="Avoir", open_minor=-1200,
        ),
    ]  # fmt: skip


def test_a_german_list_with_a_title_is_guessed_and_read(tmp_path: Path) -> None:
    path = table_file(
        tmp_path,
        "Offene Posten zum 31.12.2026\n\nRechnungs-Nr.\tKd-Nr.\tRechnungsdatum\tFälligkeit\tBetrag\tWährung\tSkonto %"
        "\tSkonto bis\tBemerkung\nR1\t10001\t1.12.2026\t31.12.2026\t1.234,56\tEUR\t2,5\t10.12.2026\tx\n"
        'R2\t10002\t1.12.2026\t31.12.2026\t99,00-\tEUR\t\t\t"zwei\nZeilen"\n',
        "cp1252",
    )

    rows = list(read_rows(path, guess_mapping(path, TableKind.INVOICES)))

    assert [(row.row, row.number, row.amount_minor, row.text) for row in rows if isinstance(row, InvoiceRow)] == [
        (4, "R1", 123456, "x"),
        (5, "R2", -9900, "zwei Zeilen"),
    ]
    assert isinstance(rows[0], InvoiceRow)
    assert rows[0].discount_basis_points == 250


def test_our_own_shape_is_also_what_is_guessed(tmp_path: Path) -> None:
    path = table_file(tmp_path, f"{INVOICE_HEADER}\nF1,C1,2026-01-02,2026-02-01,EUR,1.50\n")

    assert guess_mapping(path, TableKind.INVOICES) == standard_mapping(path, TableKind.INVOICES)


def _asked(path: Path, kind: TableKind = TableKind.INVOICES, **decided: str) -> tuple[Question, ...]:
    with pytest.raises(MappingUndecided) as undecided:
        guess_mapping(path, kind, decided={about.replace("__", ":"): answer for about, answer in decided.items()})
    return undecided.value.questions


def test_an_ambiguous_decimal_mark_is_asked_for(tmp_path: Path) -> None:
    path = table_file(tmp_path, f"{INVOICE_HEADER}\nF1,C1,2026-01-02,,EUR,1.234\nF2,C1,2026-01-02,,EUR,2\n")

    (question,) = _asked(path)

    assert question == Question("decimal_mark", (Choice(".", "1.234 is 1.234"), Choice(",", "1.234 is 1234.0")))
    rows = list(read_rows(path, guess_mapping(path, TableKind.INVOICES, decided={"decimal_mark": ","})))
    assert [row.amount_minor for row in rows if isinstance(row, InvoiceRow)] == [123400, 200]


def test_an_ambiguous_date_form_is_asked_for(tmp_path: Path) -> None:
    path = table_file(tmp_path, f"{INVOICE_HEADER}\nF1,C1,05/06/2026,,EUR,1.00\nF2,C1,05/05/2026,,EUR,1.00\n")

    (question,) = _asked(path)

    assert question == Question(
        "date_form", (Choice("dmy", "05/06/2026 is 2026-06-05"), Choice("mdy", "05/06/2026 is 2026-05-06"))
    )


@pytest.mark.parametrize(
    ("dates", "form"),
    [
        pytest.param(("05/06/2026", "13/06/2026"), DateForm.DAY_FIRST, id="a day above twelve in front"),
        pytest.param(("05/06/2026", "12/31/2026"), DateForm.MONTH_FIRST, id="a day above twelve in the middle"),
        pytest.param(("05.06.2026",), DateForm.DAY_FIRST, id="points"),
        pytest.param(("05/05/2026",), DateForm.DAY_FIRST, id="the same either way"),
        pytest.param(("2026-06-05",), DateForm.YEAR_FIRST, id="iso"),
        pytest.param(("20260605",), DateForm.YEAR_FIRST, id="compact"),
    ],
)
def test_one_date_shows_the_form_of_all(tmp_path: Path, dates: tuple[str, ...], form: DateForm) -> None:
    lines = "".join(f"F{number},C1,{date},,EUR,1.00\n" for number, date in enumerate(dates))

    assert guess_mapping(table_file(tmp_path, f"{INVOICE_HEADER}\n{lines}"), TableKind.INVOICES).date_form is form


def test_contradicting_dates_are_asked_about(tmp_path: Path) -> None:
    path = table_file(tmp_path, f"{INVOICE_HEADER}\nF1,C1,31/12/2026,,EUR,1.00\nF2,C1,12/31/2026,,EUR,1.00\n")

    (question,) = _asked(path)

    assert question.about == "date_form"
    assert Choice("dmy", "12/31/2026 cannot be read") in question.choices


def test_two_columns_of_one_name_are_asked_about(tmp_path: Path) -> None:
    path = table_file(
        tmp_path, "Rechnungsnummer;Kundennummer;Datum;Betrag;Betrag;Währung\nR1;K1;01.12.2026;1,00;2,00;EUR\n"
    )

    (question,) = _asked(path)

    assert question == Question("column:amount", (Choice("Betrag", "Betrag"), Choice("Betrag [2]", "Betrag [2]")))
    mapping = guess_mapping(path, TableKind.INVOICES, decided={"column:amount": "Betrag [2]"})
    (row,) = read_rows(path, mapping)
    assert isinstance(row, InvoiceRow)
    assert row.amount_minor == 200


def test_columns_that_are_not_found_are_asked_for(tmp_path: Path) -> None:
    path = table_file(tmp_path, "Beleg;Partner;Datum;Summe;\nR1;K1;01.12.2026;1,00;\n")

    questions = _asked(path)

    assert [question.about for question in questions] == [
        "constant:currency", "column:number", "column:customer_number", "column:amount",
    ]  # fmt: skip
    assert [choice.value for choice in questions[1].choices] == ["Beleg", "Partner", "Summe", "(E)"]
    decided = {
        "constant:currency": "CHF", "column:number": "Beleg", "column:customer_number": "Partner",
        "column:amount": "Summe",
    }  # fmt: skip
    (row,) = read_rows(path, guess_mapping(path, TableKind.INVOICES, decided=decided))
    assert isinstance(row, InvoiceRow)
    assert (row.number, row.currency, row.amount_minor) == ("R1", "CHF", 100)


def test_a_column_may_answer_for_a_missing_currency(tmp_path: Path) -> None:
    path = table_file(tmp_path, "Facture;Code client;Date;Montant;Dev\nF1;C1;31/12/2026;1,00;USD\n")

    assert [question.about for question in _asked(path)] == ["constant:currency"]
    (row,) = read_rows(path, guess_mapping(path, TableKind.INVOICES, decided={"column:currency": "Dev"}))
    assert isinstance(row, InvoiceRow)
    assert row.currency == "USD"


def test_scheme_and_type_of_mandates_are_asked_for(tmp_path: Path) -> None:
    path = table_file(tmp_path, "RUM;Code client;Date de signature;IBAN\nM1;C1;31/12/2025;BE68539007547034\n")

    assert [question.about for question in _asked(path, TableKind.MANDATES)] == ["constant:scheme", "constant:type"]
    decided = {"constant:scheme": "CORE", "constant:type": "recurrent"}
    (row,) = read_rows(path, guess_mapping(path, TableKind.MANDATES, decided=decided))
    assert isinstance(row, MandateRow)
    assert (row.scheme, row.type) == (LocalInstrument.CORE, MandateType.RECURRENT)


def test_a_column_can_be_left_out_on_purpose(tmp_path: Path) -> None:
    path = table_file(tmp_path, f"{INVOICE_HEADER},open_amount\nF1,C1,2026-01-02,,EUR,1.00,7.00\n")

    (row,) = read_rows(path, guess_mapping(path, TableKind.INVOICES, decided={"column:open_amount": ""}))

    assert isinstance(row, InvoiceRow)
    assert row.open_minor is None


@pytest.mark.parametrize(
    ("about", "answer"),
    [
        ("decimal_mark", "x"),
        ("date_form", "when"),
        ("column:amount", "Gibt es nicht"),
        ("delimiter", ";;"),
        ("encoding", "utf-7"),
        ("encoding", "nonsense"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(tmp_path: Path, about: str, answer: str) -> None:
    path = table_file(tmp_path, f"{INVOICE_HEADER}\nF1,C1,2026-01-02,,EUR,1.00\n")

    with pytest.raises(InvalidMapping):
        guess_mapping(path, TableKind.INVOICES, decided={about: answer})


def test_a_missing_column_of_our_own_shape_is_named(tmp_path: Path) -> None:
    path = table_file(tmp_path, "number,customer_number,issue_date\nF1,C1,2026-01-02\n")

    with pytest.raises(FileRefused, match="currency, amount") as refused:
        standard_mapping(path, TableKind.INVOICES)

    assert refused.value.code == "column_missing"


def test_a_saved_mapping_reads_the_next_file(tmp_path: Path) -> None:
    saved = guess_mapping(table_file(tmp_path, FRENCH, "cp1252"), TableKind.INVOICES).to_json()
    moved = "Libellé;Montant TTC (€);N° facture;Reste à payer;Date d'échéance;Code client;Date facture;Neu\r\n"
    later = table_file(tmp_path, f"{moved};1,00;FA-9;1,00;01/02/2026;C9;02/01/2026;\r\n", "cp1252", "later.csv")

    mapping = Mapping.from_json(saved)
    (row,) = read_rows(later, mapping)

    assert isinstance(row, InvoiceRow)
    assert (row.number, row.amount_minor, row.due_date) == ("FA-9", 100, dt.date(2026, 2, 1))
    assert preview(later, mapping).ignored == ("Neu",)


def test_a_saved_mapping_refuses_a_file_without_its_columns(tmp_path: Path) -> None:
    mapping = guess_mapping(table_file(tmp_path, FRENCH, "cp1252"), TableKind.INVOICES)
    other = table_file(tmp_path, FRENCH.replace("Montant TTC", "Montant HT"), "cp1252", "other.csv")

    with pytest.raises(FileRefused, match="no column 'Montant TTC") as refused:
        list(read_rows(other, mapping))

    assert refused.value.code == "column_missing"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"kind": "invoices"}',
        '{"kind": "stones", "columns": [], "constants": [], "date_form": "ymd"}',
        '{"kind": "invoices", "columns": "ab", "constants": [], "date_form": "ymd"}',
        '{"kind": "invoices", "columns": [["a"]], "constants": [], "date_form": "ymd"}',
        '{"kind": "invoices", "columns": [], "constants": [], "date_form": "ymd", "decimal_mark": ";"}',
        '{"kind": "invoices", "columns": [], "constants": [], "date_form": "ymd", "surprise": 1}',
        '{"kind": "invoices", "columns": [], "constants": [], "date_form": "ymd", "delimiter": 7}',
    ],
)
def test_a_saved_mapping_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(InvalidMapping):
        Mapping.from_json(text)


def test_a_mapping_names_each_field_once() -> None:
    with pytest.raises(InvalidMapping, match="mapped twice"):
        Mapping(TableKind.CUSTOMERS, (("number", "A"),), (("number", "B"),))


def test_a_mapping_knows_the_fields_of_its_table(tmp_path: Path) -> None:
    path = table_file(tmp_path, "number,name\nC1,A\n")

    with pytest.raises(InvalidMapping, match="customers have no field colour; no column is mapped to name"):
        list(read_rows(path, Mapping(TableKind.CUSTOMERS, (("number", "number"), ("colour", "name")))))
