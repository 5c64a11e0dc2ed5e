"""CSV of any origin: delimiters, encodings, line ends, quotes; and files that are no tables."""

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.tabular import TableLimits, guess_mapping, read_rows, standard_mapping
from schemas.errors import FileRefused, GatewayError
from schemas.tables import (
    CustomerRow,
    InvoiceRow,
    RowError,
    TableKind,
)
from support.tables import INVOICE_HEADER, invoice_rows, table_file


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = f"{INVOICE_HEADER}\nF1,C1,2026-01-02,,EUR,1.00\n".replace(",", delimiter)

    assert guess_mapping(table_file(tmp_path, text), TableKind.INVOICES).delimiter == delimiter


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, encoding: str, expected: str) -> None:
    path = table_file(tmp_path, "number,name\nC1,Müller\nC2,François €\n", encoding)

    mapping = guess_mapping(path, TableKind.CUSTOMERS)

    assert mapping.encoding == expected
    assert [row.name for row in read_rows(path, mapping) if isinstance(row, CustomerRow)] == ["Müller", "François €"]


def test_bytes_that_windows_does_not_know_are_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"number,name\nC1,M\xfcller\nC2,\x81\n")

    mapping = guess_mapping(path, TableKind.CUSTOMERS)

    assert mapping.encoding == "latin-1"
    assert [isinstance(row, RowError) for row in read_rows(path, mapping)] == [False, True]


def test_a_hint_of_the_delimiter_is_honoured(tmp_path: Path) -> None:
    path = table_file(tmp_path, "sep=;\r\nnumber;name\r\nC1;A, B\r\n")

    (row,) = read_rows(path, guess_mapping(path, TableKind.CUSTOMERS))

    assert row == CustomerRow(3, "C1", "A, B")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('number,name\n\n , \nC1,"A\nB"\n\nC2,C\n', id="blank rows between"),
        pytest.param('number,name\r\n\r\n,\r\nC1,"A\r\nB"\r\n\r\nC2,C', id="Windows line ends, none at the end"),
        pytest.param('number,name\r\r,\rC1,"A\rB"\r\rC2,C\r', id="old Macintosh line ends"),
        pytest.param('number,name,,\n\n,,,\nC1,"A\nB",,\n\nC2,C,,\n', id="delimiters at the end"),
        pytest.param('number,name,\n\n,,\nC1,"A\nB"\n\nC2,C\n', id="delimiter at the end of the header only"),
    ],
)
def test_blank_rows_and_line_ends_do_not_matter(tmp_path: Path, text: str) -> None:
    path = table_file(tmp_path, text)

    rows = list(read_rows(path, standard_mapping(path, TableKind.CUSTOMERS)))

    assert rows == [CustomerRow(4, "C1", "A B"), CustomerRow(7, "C2", "C")]


def test_a_quote_in_the_wrong_place_costs_its_row_only(tmp_path: Path) -> None:
    rows = invoice_rows(
        tmp_path, 'F1,"C"1,2026-01-02,,EUR,1', "F2,C1,2026-01-02,,EUR,2", 'F3,"C\n4",x" ,1', "F5,C1,2026-01-02,,EUR,5"
    )

    errors = [row for row in rows if isinstance(row, RowError)]
    assert [(error.row, error.column) for error in errors] == [(2, ""), (4, "")]
    assert "rows 4 to 5 with closed quotes" in errors[1].expected or "6 cells" in errors[1].expected
    assert [row.number for row in rows if isinstance(row, InvoiceRow)] == ["F2", "F5"]


def test_rows_swallowed_by_a_quote_are_named(tmp_path: Path) -> None:
    rows = invoice_rows(
        tmp_path,
        'F1,"C1,2026-01-02,,EUR,1',
        "F2,C1,2026-01-02,,EUR,2",
        'F3,"C1",2026-01-02,,EUR,3',
        "F4,C1,2026-01-02,,EUR,4",
    )

    assert isinstance(rows[0], RowError)
    assert rows[0].expected.startswith("rows 2 to 4 with closed quotes")
    assert [row.number for row in rows[1:] if isinstance(row, InvoiceRow)] == ["F4"]


def test_a_quote_that_is_never_closed_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="opened in line 3 is never closed") as refused:
        invoice_rows(tmp_path, "F1,C1,2026-01-02,,EUR,1", 'F2,"C1,2026-01-02,,EUR,2', "F3,C1,2026-01-02,,EUR,3")

    assert (refused.value.code, refused.value.line) == ("quotes", 3)


def test_a_quote_around_many_rows_is_an_error_even_if_it_is_closed(tmp_path: Path) -> None:
    swallowed = "".join(f"F{number},C1,2026-01-02,,EUR,1\n" for number in range(150))
    rows = invoice_rows(tmp_path, f'F0,"C1\n{swallowed}",2026-01-02,,EUR,1')

    (error,) = rows
    assert isinstance(error, RowError)
    assert "rows 2 to 153" in error.expected or "rows 2 to 152" in error.expected


def test_a_quoted_cell_of_monstrous_length_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="never closed"):
        invoice_rows(tmp_path, 'F1,"' + "x\n" * 100_000 + '",2026-01-02,,EUR,1')


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"\xef\xbb\xbf  \r\n", "empty", id="blanks only"),
        pytest.param(b"\n,,\n" * 30, "empty", id="blank rows only"),
        pytest.param(b"%PDF-1.7", "not_a_table", id="pdf"),
        pytest.param(b"<!DOCTYPE html><html>", "not_a_table", id="web page"),
        pytest.param(b'<?xml version="1.0"?><Document/>', "not_a_table", id="xml"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_a_table", id="old xls"),
        pytest.param(b"{\\rtf1", "not_a_table", id="rtf"),
        pytest.param(b"\x1f\x8b\x08", "not_a_table", id="gzip"),
        pytest.param(b"number,name\nC1,A\0B\n", "not_a_table", id="zero byte"),
        pytest.param(bytes(range(256)) * 40, "not_a_table", id="random bytes"),
        pytest.param(b"number,name\nC1," + b"x" * 1_100_000 + b"\n", "not_a_table", id="endless line"),
        pytest.param(b"number,name" + b"," * 400 + b"\n", "too_many_columns", id="too many columns"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(data)

    with pytest.raises(FileRefused) as refused:
        guess_mapping(path, TableKind.CUSTOMERS)

    assert refused.value.code == code


def test_zero_bytes_far_behind_the_beginning_are_refused_too(tmp_path: Path) -> None:
    path = table_file(tmp_path, "number,name\n" + "C1,A\n" * 20_000 + "C2,\0\n")

    with pytest.raises(FileRefused, match="line 20002 has zero bytes"):
        list(read_rows(path, standard_mapping(path, TableKind.CUSTOMERS)))


def test_a_byte_of_another_encoding_refuses_the_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"number,name\nC1,M\xfcller\n")

    with pytest.raises(FileRefused) as refused:
        list(read_rows(path, standard_mapping(path, TableKind.CUSTOMERS)))

    assert refused.value.code == "encoding"


def test_limits_hold(tmp_path: Path) -> None:
    path = table_file(tmp_path, "number,name\nC1,A\nC2,B\n")
    mapping = standard_mapping(path, TableKind.CUSTOMERS)

    with pytest.raises(FileRefused, match="more than 10"):
        list(read_rows(path, mapping, limits=TableLimits(file_max=10)))
    with pytest.raises(FileRefused, match="more than 2 rows"):
        list(read_rows(path, mapping, limits=TableLimits(rows_max=2)))


@given(st.lists(st.text("aF1.,- €", min_size=1, max_size=20), max_size=10))
def test_no_line_is_lost(lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = table_file(Path(folder), "\n".join((INVOICE_HEADER, *lines)))
        rows = list(read_rows(path, standard_mapping(path, TableKind.INVOICES)))

    filled = {number for number, line in enumerate(lines, 2) if line.replace(",", "").strip()}
    assert {row.row for row in rows} == filled


@given(st.binary(max_size=200), st.sampled_from([b"", b"number,name\n", b"PK\x03\x04"]))
def test_any_bytes_are_read_or_refused_with_our_own_error(data: bytes, start: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(GatewayError):
        path = Path(folder) / "table"
        path.write_bytes(start + data)
        assert all(row.row > 0 for row in read_rows(path, guess_mapping(path, TableKind.CUSTOMERS)))
