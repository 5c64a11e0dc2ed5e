"""One cell of a table: amounts, dates, per cents and texts are read exactly or refused, never guessed."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.tabular_cells import (
    Amount,
    Forms,
    Unreadable,
    parse_amount,
    parse_date,
    read_amount,
    read_basis_points,
    read_date,
    read_key,
    read_text,
    text_of,
    to_minor,
)
from parsers.tabular_evidence import Evidence
from parsers.tabular_source import Broken, Cell, Percent, cell_text
from schemas.tables import Choice, DateForm, Question

POINT, COMMA = Forms(".", DateForm.YEAR_FIRST), Forms(",", DateForm.DAY_FIRST)


@pytest.mark.parametrize(
    ("text", "mark", "value", "currency"),
    [
        pytest.param("1234.56", ".", "1234.56", None, id="plain"),
        pytest.param("1,234.56", ".", "1234.56", None, id="English groups"),
        pytest.param("1,234,567", ".", "1234567", None, id="English groups without decimals"),
        pytest.param("1.234,56", ",", "1234.56", None, id="German groups"),
        pytest.param("1 234,56", ",", "1234.56", None, id="French groups"),
        pytest.param("1\u202f234\u202f567,8", ",", "1234567.8", None, id="narrow no-break blanks"),
        pytest.param("1'234.50", ".", "1234.50", None, id="Swiss groups"),
        pytest.param("1\u2019234.50", ".", "1234.50", None, id="Swiss groups, typographic"),
        pytest.param("-5", ".", "-5", None, id="minus in front"),
        pytest.param("5,00-", ",", "-5.00", None, id="minus behind, as ledgers print it"),
        pytest.param("(5.00)", ".", "-5.00", None, id="brackets"),
        pytest.param("\u22125", ".", "-5", None, id="true minus sign"),
        pytest.param("+ 7", ".", "7", None, id="plus"),
        pytest.param("1 234,56 €", ",", "1234.56", "EUR", id="euro sign behind"),
        pytest.param("€1.50", ".", "1.50", "EUR", id="euro sign in front"),
        pytest.param("CHF 10.00", ".", "10.00", "CHF", id="currency in front"),
        pytest.param("10,00 EUR", ",", "10.00", "EUR", id="currency behind"),
        pytest.param("12 345 678 901 234,56", ",", "12345678901234.56", None, id="large"),
    ],
)  # fmt: skip
def test_an_amount_is_read(text: str, mark: str, value: str, currency: str | None) -> None:
    assert parse_amount(text, mark) == Amount(Decimal(value), currency)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        pytest.param("1.234,56", ".", id="German under the point"),
        pytest.param("1,234.56", ",", id="English under the comma"),
        pytest.param("1,23", ".", id="group of two"),
        pytest.param("1,2345", ".", id="group of four"),
        pytest.param("0,123", ".", id="leading zero group"),
        pytest.param("1,234 567", ".", id="two kinds of groups"),
        pytest.param("1.2.3", ".", id="two marks"),
        pytest.param("12.", ".", id="nothing behind the mark"),
        pytest.param(".5", ".", id="nothing before the mark"),
        pytest.param("-5-", ".", id="two signs"),
        pytest.param("(-5)", ".", id="brackets and minus"),
        pytest.param("--5", ".", id="minus twice"),
        pytest.param("EUR 5 €", ".", id="two currencies"),
        pytest.param("$5", ".", id="dollar of which country"),
        pytest.param("1e3", ".", id="exponent"),
        pytest.param("1_000", ".", id="underscore"),
        pytest.param("NaN", ".", id="not a number"),
        pytest.param("１２", ".", id="full-width"),
        pytest.param("٣", ".", id="arabic"),
        pytest.param("=1+1", ".", id="formula as text"),
        pytest.param("0x10", ".", id="hexadecimal"),
        pytest.param("1234567890123456", ".", id="sixteen digits"),
        pytest.param("-", ".", id="a dash"),
        pytest.param("", ".", id="nothing"),
        pytest.param("12 Stück", ".", id="a number and a word"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, mark: str) -> None:
    assert parse_amount(text, mark) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("abc", "1234,56", id="text"),
        pytest.param(dt.date(2026, 1, 1), "1234,56", id="date"),
        pytest.param(Percent(Decimal(5)), "1234,56", id="per cent"),
        pytest.param(Broken("#REF!"), "spreadsheet shows an error", id="error"),
        pytest.param(Decimal(10) ** 13, "smaller number", id="too large for a double"),
        pytest.param("1\x00", "control", id="zero byte"),
    ],
)
def test_an_amount_that_cannot_be_read_says_what_was_expected(cell: Cell, expected: str) -> None:
    with pytest.raises(Unreadable, match=expected):
        read_amount(cell, COMMA)


def test_a_number_of_a_spreadsheet_needs_no_decimal_mark() -> None:
    assert read_amount(Decimal("1234.5"), COMMA) == Amount(Decimal("1234.5"), None)


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [("1.5", "EUR", 150), ("-1.50000", "EUR", -150), ("7", "JPY", 7), ("1.234", "KWD", 1234), ("-0.0", "EUR", 0)],
)
def test_an_amount_becomes_minor_units(value: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(value), currency) == minor


@pytest.mark.parametrize(("value", "currency"), [("1.005", "EUR"), ("0.5", "JPY"), ("33.3333333333333", "EUR")])
def test_nothing_is_rounded(value: str, currency: str) -> None:
    with pytest.raises(Unreadable, match="nothing is rounded"):
        to_minor(Decimal(value), currency)


@given(st.integers(-(10**14), 10**14), st.sampled_from([".", ","]), st.sampled_from(["", " ", "other"]))
def test_any_printed_amount_comes_back(cents: int, mark: str, group: str) -> None:
    separator = {".": ",", ",": "."}[mark] if group == "other" else group
    whole = f"{abs(cents) // 100:,}".replace(",", separator)
    text = f"{'-' if cents < 0 else ''}{whole}{mark}{abs(cents) % 100:02d}"

    amount = parse_amount(text, mark)

    assert amount is not None
    assert to_minor(amount.value, "EUR") == cents


@pytest.mark.parametrize(
    ("cell", "forms", "points"),
    [
        pytest.param("2", POINT, 200, id="whole"),
        pytest.param("2.00", POINT, 200, id="two decimals"),
        pytest.param("2,5 %", COMMA, 250, id="with its sign"),
        pytest.param("0", POINT, None, id="zero is none"),
        pytest.param(Decimal("1.75"), COMMA, 175, id="number"),
        pytest.param(Percent(Decimal("3")), COMMA, 300, id="shown as per cent"),
        pytest.param("100", POINT, 10_000, id="all"),
    ],
)
def test_a_per_cent_becomes_basis_points(cell: Cell, forms: Forms, points: int | None) -> None:
    assert read_basis_points(cell, forms) == points


@pytest.mark.parametrize(
    "cell", ["-1", "101", "2.125", "2 EUR", "two", Percent(Decimal("0.001")), Broken("#N/A"), dt.date(2026, 1, 1)]
)
def test_what_is_no_per_cent_is_refused(cell: Cell) -> None:
    with pytest.raises(Unreadable):
        read_basis_points(cell, POINT)


YMD, DMY, MDY = DateForm
DATE = dt.date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "form", "date"),
    [
        pytest.param("2026-12-31", YMD, DATE, id="iso"),
        pytest.param("2026-12-31", DMY, DATE, id="iso is understood everywhere"),
        pytest.param("2026/12/31", MDY, DATE, id="year first with slashes"),
        pytest.param("2026-12-31T00:00:00", YMD, DATE, id="with time"),
        pytest.param("2026-12-31 23:59", YMD, DATE, id="with minutes"),
        pytest.param("20261231", YMD, DATE, id="compact"),
        pytest.param("20261231", DMY, None, id="compact only where the year is first"),
        pytest.param("31.12.2026", DMY, DATE, id="German"),
        pytest.param("31/12/2026", DMY, DATE, id="French"),
        pytest.param("31-12-2026", DMY, DATE, id="Dutch"),
        pytest.param("1.2.2026", DMY, dt.date(2026, 2, 1), id="without zeros"),
        pytest.param("31.12.26", DMY, DATE, id="two digits of a year"),
        pytest.param("31-12-26", DMY, None, id="two digits with hyphens may be year first"),
        pytest.param("31.12.85", DMY, None, id="two digits of which century"),
        pytest.param("31/12/2026 10:15:00", DMY, DATE, id="with time behind"),
        pytest.param("12/31/2026", MDY, DATE, id="American"),
        pytest.param("12/31/2026", DMY, None, id="American under day first"),
        pytest.param("12.31.2026", MDY, None, id="points are never American"),
        pytest.param("31.12.2026", YMD, None, id="German under year first"),
        pytest.param("30.02.2026", DMY, None, id="no such day"),
        pytest.param("2026-13-01", YMD, None, id="no such month"),
        pytest.param("1026-12-31", YMD, None, id="no year of ours"),
        pytest.param("31.12/2026", DMY, None, id="two kinds of marks"),
        pytest.param("３１.12.2026", DMY, None, id="full-width"),
        pytest.param("46387", DMY, None, id="serial number of a spreadsheet"),
    ],
)
def test_a_date_is_read_or_not(text: str, form: DateForm, date: dt.date | None) -> None:
    assert parse_date(text, form) == date


@pytest.mark.parametrize("zeros", ["00.00.0000", "0000-00-00", "00000000", "00/00/0000"])
def test_zeros_are_no_date(zeros: str) -> None:
    assert read_date(zeros, COMMA) is None


def test_a_date_of_a_spreadsheet_is_taken_as_it_is() -> None:
    assert read_date(DATE, COMMA) == DATE


@pytest.mark.parametrize(("form", "example"), [(YMD, "2026-12-31"), (DMY, "31.12.2026"), (MDY, "12/31/2026")])
def test_a_wrong_date_says_what_was_expected(form: DateForm, example: str) -> None:
    with pytest.raises(Unreadable, match=example):
        read_date(Decimal(46387), Forms(".", form))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param("  a \n b\u00a0c ", "a b c", id="blanks and line ends"),
        pytest.param('="00123"', "00123", id="protected as formula"),
        pytest.param("'+33 1 23", "+33 1 23", id="protected by an apostrophe"),
        pytest.param("'s Hertogenbosch", "'s Hertogenbosch", id="an apostrophe that belongs there"),
        pytest.param("Mu\u0308ller", "M\u00fcller", id="composed"),
        pytest.param("\ufeffA\u200bB", "AB", id="invisible characters"),
        pytest.param(Decimal(10001), "10001", id="number"),
        pytest.param(Decimal("1E+3"), "1000", id="number with exponent"),
        pytest.param(Percent(Decimal(2)), "2%", id="per cent"),
        pytest.param(DATE, "2026-12-31", id="date"),
    ],
)
def test_text_is_cleaned(cell: Cell, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        pytest.param("a\x07b", "control", id="bell"),
        pytest.param(Decimal("2.10000000003139E+26"), "fifteen digits", id="reference stored as a number"),
        pytest.param(Broken("#REF!"), "shows an error", id="error"),
    ],
)
def test_text_that_lost_something_is_refused(cell: Cell, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        text_of(cell)


def test_texts_have_a_length() -> None:
    assert read_key("x" * 64, POINT) == "x" * 64
    with pytest.raises(Unreadable, match="at most 64"):
        read_key("x" * 65, POINT)
    with pytest.raises(Unreadable, match="at most 2000"):
        read_text("x" * 2001, POINT)


def test_a_broken_cell_is_shown_as_its_error() -> None:
    assert cell_text(Broken("#REF!")) == "#REF!"


def _evidence(*texts: str) -> str | Question:
    def read(text: str, mark: str) -> str | None:
        amount = parse_amount(text, mark)
        return None if amount is None else f"{amount.value:f}"

    evidence = Evidence("decimal_mark", (".", ","), read)
    for text in texts:
        evidence.see(text)
    return evidence.decide()


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        pytest.param((), ".", id="no numbers"),
        pytest.param(("100", "1 234"), ".", id="numbers that are the same either way"),
        pytest.param(("1.234", "1.5"), ".", id="one shows the point"),
        pytest.param(("1.234", "2.500,00"), ",", id="one shows the comma"),
        pytest.param(("1,5", "abc", "1,5"), ",", id="unreadable ones say nothing"),
    ],
)
def test_one_number_shows_the_decimal_mark_of_all(texts: tuple[str, ...], mark: str) -> None:
    assert _evidence(*texts) == mark


def test_a_decimal_mark_that_is_never_shown_is_asked_for() -> None:
    question = _evidence("100", *(f"{number}.234" for number in range(1, 30)))

    assert question == Question("decimal_mark", (Choice(".", "1.234 is 1.234"), Choice(",", "1.234 is 1234.0")))


def test_numbers_that_contradict_each_other_are_asked_about() -> None:
    question = _evidence("1.5", "1,5", "2,5")

    assert question == Question("decimal_mark", (Choice(".", "1,5 cannot be read"), Choice(",", "1.5 cannot be read")))


def test_a_contradiction_is_found_however_late_it_comes() -> None:
    texts = [f"{number}.5" for number in range(10_500)]

    assert isinstance(_evidence(*texts, "1,5"), Question)
