"""Tables that people bring as XLSX: typed cells, saved results of formulas, and archives that somebody made."""

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from parsers.tabular import TableLimits, guess_mapping, read_rows, standard_mapping
from parsers.tabular_source import LIMITS
from parsers.tabular_xlsx import sheet_names, xlsx_rows
from schemas.errors import FileRefused
from schemas.tables import CustomerRow, InvoiceRow, MappingUndecided, RowError, TableKind

HEADER = (
    "number",
    "customer_number",
    "issue_date",
    "due_date",
    "currency",
    "amount",
    "discount_percent",
    "discount_until",
)
CUSTOMERS = [("number", "name"), ("C1", "A")]


def _book(folder: Path, rows: list[tuple[object, ...]], name: str = "table.xlsx") -> Path:
    path = folder / name
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    workbook.close()
    return path


def _changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Return a copy of an archive in which one part was changed."""
    copy = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            data = source.read(info)
            target.writestr(info.filename, change(data) if info.filename == part else data)
    return copy


def _sheet(folder: Path, rows_xml: str, before: str = "", after: str = "") -> Path:
    def replace(_: bytes) -> bytes:
        space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        return f"{before}<worksheet {space}><sheetData>{rows_xml}</sheetData>{after}</worksheet>".encode()

    return _changed(_book(folder, CUSTOMERS), "xl/worksheets/sheet1.xml", replace)


def test_typed_cells_are_read_exactly(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        date, percent = workbook.add_format({"num_format": "dd/mm/yyyy"}), workbook.add_format({"num_format": "0.0%"})
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, (26001, 10001))
        sheet.write_datetime(1, 2, dt.date(2026, 1, 2), date)
        sheet.write_datetime(1, 3, dt.datetime(2026, 2, 1, 14, 30), date)  # noqa: DTZ001 - spreadsheets have no zone
        sheet.write_row(1, 4, ("EUR", 1234.56))
        sheet.write_number(1, 6, 0.025, percent)
        sheet.write_string(1, 7, "2026-01-12")
        sheet.write_row(3, 0, ("F2", "K2", "2026-01-03", None, "EUR", -0.1))
        sheet.write_formula(4, 0, '="F"&3', value="F3")
        sheet.write_row(4, 1, ("K3", "2026-01-03", None, "EUR"))
        sheet.write_formula(4, 5, "=100*1.196", value=119.60000000000001)

    rows = list(read_rows(path, guess_mapping(path, TableKind.INVOICES)))

    assert [row[:5] for row in rows] == [
        (2, "26001", "10001", "EUR", 123456),
        (4, "F2", "K2", "EUR", -10),
        (5, "F3", "K3", "EUR", 11960),
    ]
    assert isinstance(rows[0], InvoiceRow)
    assert (rows[0].issue_date, rows[0].due_date) == (dt.date(2026, 1, 2), dt.date(2026, 2, 1))
    assert (rows[0].discount_basis_points, rows[0].discount_until_date) == (250, dt.date(2026, 1, 12))


def test_texts_of_a_spreadsheet_follow_the_language_of_their_author(tmp_path: Path) -> None:
    path = _book(
        tmp_path,
        [
            ("N° facture", "Code client", "Date", "Échéance", "Montant TTC", "Devise"),
            ("FA-1", "C1", "02/01/2026", "31/12/2026", "1 234,56", "EUR"),
        ],
    )

    (row,) = read_rows(path, guess_mapping(path, TableKind.INVOICES))

    assert isinstance(row, InvoiceRow)
    assert (row.amount_minor, row.due_date) == (123456, dt.date(2026, 12, 31))


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        pytest.param(33.333333333, "nothing is rounded", id="a third"),
        pytest.param(1e14, "a smaller number", id="larger than a double can hold to the cent"),
        pytest.param(True, "an amount such as 1234.56", id="true"),
        pytest.param(dt.time(12, 0), "an amount such as 1234.56", id="time"),
        pytest.param("=1/0", "not saved the result", id="formula that was never calculated"),
        pytest.param("#DIV/0!", "shows an error", id="error"),
        pytest.param(None, "a value", id="nothing"),
    ],
)
def test_an_amount_that_is_not_exact_is_refused(tmp_path: Path, amount: object, expected: str) -> None:
    path = _book(tmp_path, [tuple(HEADER), ("F1", "C1", dt.date(2026, 1, 2), None, "EUR", amount)])

    (error,) = read_rows(path, standard_mapping(path, TableKind.INVOICES))

    assert isinstance(error, RowError)
    assert (error.row, error.column) == (2, "amount")
    assert expected in error.expected


def test_a_number_with_more_digits_than_a_spreadsheet_keeps_is_refused_as_text(tmp_path: Path) -> None:
    path = _book(tmp_path, [tuple(HEADER), (210000000003139471430009017, "C1", dt.date(2026, 1, 2), None, "EUR", 1)])

    (error,) = read_rows(path, standard_mapping(path, TableKind.INVOICES))

    assert isinstance(error, RowError)
    assert (error.column, "fifteen digits" in error.expected) == ("number", True)


def test_an_unsaved_formula_matters_in_mapped_columns_only(tmp_path: Path) -> None:
    path = _book(tmp_path, [("number", "name", "note"), ("C1", "A", "=1+1"), ("C2", "=A1", None)])

    rows = list(read_rows(path, standard_mapping(path, TableKind.CUSTOMERS)))

    assert rows[0] == CustomerRow(2, "C1", "A")
    assert isinstance(rows[1], RowError)


def test_the_sheet_with_the_known_columns_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("Legend").write_row(0, 0, ("Farbe", "Bedeutung"))
        workbook.add_worksheet("Empty")
        hidden = workbook.add_worksheet("Hidden")
        hidden.write_row(0, 0, ("number", "name"))
        hidden.hide()
        sheet = workbook.add_worksheet("Kunden")
        sheet.write_row(0, 0, ("Kundennummer", "Firma"))
        sheet.write_row(1, 0, ("K1", "A"))

    mapping = guess_mapping(path, TableKind.CUSTOMERS)

    assert mapping.sheet == "Kunden"
    assert list(read_rows(path, mapping)) == [CustomerRow(2, "K1", "A")]


def test_two_sheets_with_the_same_columns_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        for name, number in (("2025", "C1"), ("2026", "C2")):
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, ("number", "name"))
            sheet.write_row(1, 0, (number, "A"))

    with pytest.raises(MappingUndecided) as undecided:
        guess_mapping(path, TableKind.CUSTOMERS)

    (question,) = undecided.value.questions
    assert (question.about, [choice.value for choice in question.choices]) == ("sheet", ["2025", "2026"])
    mapping = guess_mapping(path, TableKind.CUSTOMERS, decided={"sheet": "2026"})
    assert list(read_rows(path, mapping)) == [CustomerRow(2, "C2", "A")]
    with pytest.raises(FileRefused, match="no visible sheet 2027") as refused:
        guess_mapping(path, TableKind.CUSTOMERS, decided={"sheet": "2027"})
    assert refused.value.code == "sheet_missing"


def test_a_broken_sheet_beside_the_good_one_refuses_the_file(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        for name in ("good", "bad"):
            workbook.add_worksheet(name).write_row(0, 0, ("number", "name"))
    broken = _changed(path, "xl/worksheets/sheet2.xml", lambda data: data.replace(b"<v>0</v>", b"<v>9</v>"))

    with pytest.raises(FileRefused) as refused:
        guess_mapping(broken, TableKind.CUSTOMERS)

    assert refused.value.code == "damaged"


def test_a_wrong_size_claimed_by_the_file_cuts_nothing_off(tmp_path: Path) -> None:
    path = _changed(
        _book(tmp_path, [*CUSTOMERS, ("C2", "B")]),
        "xl/worksheets/sheet1.xml",
        lambda data: data.replace(b'ref="A1:B3"', b'ref="A1"'),
    )

    assert len(list(read_rows(path, standard_mapping(path, TableKind.CUSTOMERS)))) == 2


def test_far_cells_without_a_value_do_not_count(tmp_path: Path) -> None:
    path = _sheet(
        tmp_path,
        '<row r="1"><c r="A1" t="str"><v>number</v></c><c r="B1" t="str"><v>name</v></c><c r="XFD1" s="0"/></row>'
        '<row r="2"><c r="A2" t="str"><v>C1</v></c><c r="B2" t="inlineStr"><is><t>A</t></is></c></row>',
    )

    assert list(read_rows(path, standard_mapping(path, TableKind.CUSTOMERS))) == [CustomerRow(2, "C1", "A")]


HEADER_XML = '<row r="1"><c r="A1" t="str"><v>number</v></c><c r="B1" t="str"><v>name</v></c></row>'


def _row(cell: str) -> str:
    return f'<row r="1">{cell}</row>'


@pytest.mark.parametrize(
    ("rows", "before", "after", "code"),
    [
        pytest.param(_row('<c r="XFD1" t="str"><v>x</v></c>'), "", "", "too_many_columns", id="far column"),
        pytest.param(f'{HEADER_XML}<row r="9999999"/>', "", "", "too_many_rows", id="far row"),
        pytest.param("", '<!DOCTYPE worksheet [<!ENTITY a "b">]>', "", "doctype", id="document type"),
        pytest.param(_row('<c r="A1" t="s"><v>99</v></c>'), "", "", "damaged", id="string that is not there"),
        pytest.param(_row('<c r="A1" s="999"><v>1</v></c>'), "", "", "damaged", id="style that is not there"),
        pytest.param(_row('<c r="1A"><v>1</v></c>'), "", "", "damaged", id="no such cell"),
        pytest.param(_row('<c r="A1"><v>1e</v></c>'), "", "", "damaged", id="no such number"),
        pytest.param("<row", "", "", "damaged", id="cut XML"),
        pytest.param(_row("<c/>" * 2_500_000), "", "", "too_large", id="row without end"),
        pytest.param(HEADER_XML, "", f"<!--{'x' * 9_000_000}-->", "too_large", id="tail without end"),
    ],
)
def test_a_sheet_that_is_not_what_it_claims_is_refused(
    tmp_path: Path, rows: str, before: str, after: str, code: str
) -> None:
    path = _sheet(tmp_path, rows, before, after)

    with pytest.raises(FileRefused) as refused:
        list(xlsx_rows(path, None, TableLimits(rows_max=10_000)))

    assert refused.value.code == code


def test_a_sheet_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = _changed(
        _book(tmp_path, CUSTOMERS),
        "xl/worksheets/sheet1.xml",
        lambda data: data.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    )

    with pytest.raises(FileRefused, match="not encoded in UTF-8"):
        list(xlsx_rows(path, None, LIMITS))


def test_parts_that_are_no_xml_do_not_matter(tmp_path: Path) -> None:
    path = _book(tmp_path, CUSTOMERS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image1.png", b"\x89PNG")
        archive.writestr("xl/empty.bin", b"")

    assert list(read_rows(path, standard_mapping(path, TableKind.CUSTOMERS))) == [CustomerRow(2, "C1", "A")]


def _archive(folder: Path, parts: dict[str, bytes]) -> Path:
    path = folder / "table.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        pytest.param({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "not_a_table", id="ods"),
        pytest.param({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}, "not_a_table", id="docx"),
        pytest.param({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<a/>"}, "damaged", id="hollow"),
        pytest.param({"[Content_Types].xml": b"", "xl/a.xml": b" " * 50_000_000}, "too_large", id="bomb"),
        pytest.param(
            {f"xl/{number}": b"" for number in range(1100)} | {"[Content_Types].xml": b""}, "too_large", id="many"
        ),
    ],
)
def test_an_archive_that_is_no_spreadsheet_is_refused(tmp_path: Path, parts: dict[str, bytes], code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        sheet_names(_archive(tmp_path, parts), LIMITS)

    assert refused.value.code == code


@pytest.mark.parametrize("kept", [10, 400, 3000, -30])
def test_a_cut_spreadsheet_is_refused(tmp_path: Path, kept: int) -> None:
    path = _book(tmp_path, CUSTOMERS)
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(FileRefused) as refused:
        guess_mapping(path, TableKind.CUSTOMERS)

    assert refused.value.code == "damaged"


def test_rows_of_a_spreadsheet_are_limited(tmp_path: Path) -> None:
    path = _book(tmp_path, [*CUSTOMERS, *[("C", "A")] * 10])

    with pytest.raises(FileRefused, match="more than 5 rows"):
        list(xlsx_rows(path, None, TableLimits(rows_max=5)))


def test_reading_a_spreadsheet_may_stop_anywhere(tmp_path: Path) -> None:
    path = _book(tmp_path, [*CUSTOMERS, *[("C", "A")] * 2000])

    first = next(read_rows(path, standard_mapping(path, TableKind.CUSTOMERS)))

    assert first == CustomerRow(2, "C1", "A")
    path.unlink()
