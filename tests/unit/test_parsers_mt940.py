"""The MT940 and MT942 reader: line grammar, pages, headers, encodings, and what it refuses."""

import datetime as dt
import re
from itertools import islice
from pathlib import Path

import mt940 as library
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import mt940
from parsers.mt940 import statement as statement_module
from parsers.mt940 import text as text_module
from schemas.errors import FileRefused
from schemas.statement import StatementKind
from support.mt940_files import CLOSING, CREDIT, DEBIT, HEAD, OPENING, entry_lines, lines, read, refuse

DAY = dt.date(2026, 1, 2)
GERMAN = ":86:166?00GUTSCHRIFT?10931?20EREF+E-1?21SVWZ+RE-2026-0815?30COBADEFFXXX?31DE89370400440532013000?32ANNA MEYER"


# Dates, marks and amounts of a statement line.


@pytest.mark.parametrize(
    ("dates", "value_date", "booking_date"),
    [
        pytest.param("2601011230", "2026-01-01", "2025-12-30", id="entry date in the year before"),
        pytest.param("1412310105", "2014-12-31", "2015-01-05", id="entry date in the year after"),
        pytest.param("1901310201", "2019-01-31", "2019-02-01", id="same year"),
        pytest.param("1812310101", "2018-12-31", "2019-01-01", id="new year"),
        pytest.param("2402290229", "2024-02-29", "2024-02-29", id="leap day"),
        pytest.param("260102", "2026-01-02", None, id="no entry date"),
        pytest.param("260102    ", "2026-01-02", None, id="blank entry date"),
    ],
)
def test_the_entry_date_is_the_one_nearest_to_the_value_date(
    dates: str, value_date: str, booking_date: str | None
) -> None:
    entry = read(entry_lines(f":61:{dates}C1,NTRFNONREF")).entry

    assert entry.value_date == dt.date.fromisoformat(value_date)
    assert entry.booking_date == (dt.date.fromisoformat(booking_date) if booking_date else None)


@pytest.mark.parametrize(
    ("mark", "minor", "is_reversal", "status"),
    [
        ("C", 1234, False, "BOOK"),
        ("D", -1234, False, "BOOK"),
        ("CR", 1234, False, "BOOK"),
        ("DR", -1234, False, "BOOK"),
        ("RC", -1234, True, "BOOK"),
        ("RD", 1234, True, "BOOK"),
        ("RCR", -1234, True, "BOOK"),
        ("RDR", 1234, True, "BOOK"),
        ("EC", 1234, False, "PDNG"),
        ("EDR", -1234, False, "PDNG"),
    ],
)
def test_the_longest_mark_decides_the_sign(mark: str, minor: int, is_reversal: bool, status: str) -> None:
    reading = read(entry_lines(f":61:2601020102{mark}12,34NTRFNONREF"))

    assert (reading.entry.amount_minor, reading.entry.is_reversal) == (minor, is_reversal)
    assert reading.entry.status == status
    assert reading.ends[0].booked_sum_minor == (minor if status == "BOOK" else 0)


def test_money_taken_back_is_money_moved_the_other_way_in_the_balance() -> None:
    reading = read(lines(":61:2601020102RC50,00NTRFNONREF", ":61:2601020102RD50,00NTRFNONREF"))

    assert [entry.amount_minor for entry in reading.entries] == [-5000, 5000]
    assert reading.ends[0].balanced is True
    assert reading.warnings == []


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        pytest.param("500,", "EUR", 50000, id="no decimals"),
        pytest.param("7,5", "EUR", 750, id="one decimal"),
        pytest.param("000000000012,50", "EUR", 1250, id="zero padded"),
        pytest.param("0000000000012,50", "EUR", 1250, id="padded to more than fifteen characters"),
        pytest.param("1,500", "EUR", 150, id="a zero more than the cent has"),
        pytest.param("1,234", "KWD", 1234, id="three decimals where the currency has them"),
        pytest.param("1234,", "JPY", 1234, id="no minor unit"),
        pytest.param("9999999999999,99", "EUR", 999_999_999_999_999, id="fifteen digits"),
        pytest.param("12,50 ", "EUR", 1250, id="blank before the type"),
    ],
)
def test_an_amount_is_read_whole(amount: str, currency: str, minor: int) -> None:
    reading = read(entry_lines(f":61:2601020102C{amount}NTRFNONREF", currency=currency))

    assert (reading.entry.amount_minor, reading.entry.currency) == (minor, currency)
    assert len(reading.warnings) == 1  # The balance, which these files leave as it was.


@pytest.mark.parametrize(
    ("amount", "minor"),
    [
        pytest.param("500", 50000, id="no comma"),
        pytest.param("000000000300.00", 30000, id="a point in a field of full width"),
        pytest.param("00000000000300.", 30000, id="a point without decimals in a field of full width"),
    ],
)
def test_an_amount_that_is_odd_but_clear_is_read_with_a_warning(amount: str, minor: int) -> None:
    reading = read(entry_lines(f":61:2601020102C{amount}NTRFNONREF"))

    assert reading.entry.amount_minor == minor
    assert any("without a comma" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("statement_line", "code"),
    [
        pytest.param("2601020102C12.34NTRFNONREF", "invalid_amount", id="point"),
        pytest.param("2601020102C1.234,56NTRFNONREF", "invalid_amount", id="thousands"),
        pytest.param("2601020102C12,345NTRFNONREF", "invalid_amount", id="more decimals than cents"),
        pytest.param("2601020102C12,34.56NTRFNONREF", "invalid_amount", id="something behind the decimals"),
        pytest.param("2601020102C1e3NTRFNONREF", "invalid_amount", id="exponent"),
        pytest.param("2601020102C1E3NTRFNONREF", "invalid_amount", id="capital exponent"),
        pytest.param("2601020102C1 000,00NTRFNONREF", "invalid_amount", id="blank inside"),
        pytest.param("2601020102C-1,00NTRFNONREF", "invalid_amount", id="sign"),
        pytest.param("2601020102C１２,00NTRFNONREF", "invalid_amount", id="foreign digits"),
        pytest.param("2601020102C1\x012,00NTRFNONREF", "invalid_amount", id="control character inside"),
        pytest.param(
            "2601020102C1234567890123456,00NTRFNONREF", "invalid_amount", id="sixteen digits before the comma"
        ),
        pytest.param("2601020102C12345678901234,56NTRFNONREF", "invalid_amount", id="sixteen digits"),
        pytest.param("2601020102C,50NTRFNONREF", "invalid_amount", id="no digit before the comma"),
        pytest.param("2601020102CNTRFNONREF", "invalid_amount", id="no amount"),
        pytest.param("2601020102c12,34NTRFNONREF", "invalid_mark", id="small mark"),
        pytest.param("2601020102X12,34NTRFNONREF", "invalid_mark", id="unknown mark"),
        pytest.param("260102010212,34NTRFNONREF", "invalid_mark", id="no mark"),
        pytest.param("2602300230C12,34NTRFNONREF", "invalid_date", id="30 February"),
        pytest.param("2613010101C12,34NTRFNONREF", "invalid_date", id="month 13"),
        pytest.param("2607010229C12,34NTRFNONREF", "invalid_date", id="29 February of no near year"),
        pytest.param("2601020000C12,34NTRFNONREF", "invalid_date", id="entry date of zeros"),
        pytest.param("26O1020102C12,34NTRFNONREF", "invalid_date", id="letter in the date"),
        pytest.param(f"2601020102C12,34NTRFNONREF//{'B' * 501}", "invalid_reference", id="endless reference"),
        pytest.param("2601020102C12,34XTRFNONREF", "invalid_line", id="no type"),
    ],
)
def test_a_statement_line_that_breaks_the_grammar_is_refused_with_its_line(statement_line: str, code: str) -> None:
    refusal = refuse(entry_lines(f":61:{statement_line}"))

    assert (refusal.code, refusal.line) == (code, 5)


@pytest.mark.parametrize(
    ("references", "bank", "own", "text"),
    [
        pytest.param("NTRFNONREF//B1", "B1", None, "", id="bank reference only"),
        pytest.param("NTRFKREF+//B1", "B1", None, "", id="pointer into the text"),
        pytest.param("NDDTEREF", None, None, "", id="Dutch pointer"),
        pytest.param("NTRFE-4711//B1//2", "B1//2", "E-4711", "", id="the first two slashes part them"),
        pytest.param("NCHGFees according//to advice", "to advice", "Fees according", "", id="with blanks"),
        pytest.param("//19239782213", "19239782213", None, "", id="no type"),
        pytest.param("", None, None, "", id="no type and no reference"),
        pytest.param("NTRFA-LONG-REFERENCE-OF-30-CHARS//B1", "B1", "A-LONG-REFERENCE-OF-30-CHARS", "", id="long"),
        pytest.param("N05100001238972230329", None, "00001238972230329", "", id="seventeen characters"),
        pytest.param("N0440121470966      W.P. JANSEN", None, "0121470966", "W.P. JANSEN", id="padded, then a name"),
        pytest.param("NTRFNONREF//B1\r\nVISA", "B1", None, "VISA", id="supplementary line"),
        pytest.param("NTRFNONREF\r\nVISA\r\nBERLIN", None, None, "VISA BERLIN", id="two supplementary lines"),
    ],
)
def test_references_are_taken_apart(references: str, bank: str | None, own: str | None, text: str) -> None:
    entry = read(entry_lines(f":61:2601020102C12,34{references}")).entry

    assert (entry.reference, entry.entry_reference, entry.text) == (bank, own, text)
    assert entry.transactions[0].bank_reference == bank


def test_a_letter_that_is_not_of_the_currency_is_a_warning() -> None:
    reading = read(lines(":61:2601020102CD50,00NTRFNONREF", DEBIT))

    assert reading.warnings == ["line 5: the letter D of :61: is not the third of EUR"]


# Which text belongs to what.


def test_text_belongs_to_the_line_before_it_and_behind_the_balance_to_the_statement() -> None:
    data = lines(
        ":86:before any entry", CREDIT, ":86:first", ":86:again", DEBIT, closing=f"{CLOSING}\r\n:86:OF ALL\r\n2ND LINE"
    )

    reading = read(data)

    assert [entry.transactions[0].remittance for entry in reading.entries] == ["first again", ""]
    assert reading.ends[0].text == "before any entry OF ALL 2ND LINE"
    assert reading.warnings == []


def test_available_balances_are_passed_over_and_text_behind_them_is_of_the_statement() -> None:
    data = lines(
        CREDIT, DEBIT, ":86:x", head=(HEAD[0], ":21:NONREF", *HEAD[1:]), closing=f"{CLOSING}\r\n:64:?\r\n:65:?\r\n:86:y"
    )

    reading = read(data)

    assert reading.entries[1].transactions[0].remittance == "x"
    assert (reading.ends[0].text, reading.warnings) == ("y", [])


def test_an_empty_text_is_no_text() -> None:
    assert read(lines(CREDIT, ":86:", DEBIT, ":86:")).entries[0].transactions[0].remittance == ""


def test_a_dash_or_a_blank_line_inside_a_text_stays_text() -> None:
    reading = read(lines(CREDIT, ":86:one", "-", "", "- two", DEBIT))

    assert reading.entries[0].transactions[0].remittance == "one -  - two"
    assert reading.ends[0].balanced is True


def test_unknown_tags_are_text_inside_a_text_and_a_warning_elsewhere() -> None:
    reading = read(lines(":99X:what", CREDIT, ":86:2017-01-01T13", ":12:11", DEBIT, ":77:more", closing=CLOSING))

    assert reading.entries[0].transactions[0].remittance == "2017-01-01T13 :12:11"
    assert reading.warnings == [
        "line 5: the field :99X: is not known and was passed over",
        "line 10: the field :77: is not known and was passed over",
    ]


def test_a_statement_line_inside_a_text_is_text_if_the_statement_adds_up_without_it() -> None:
    reading = read(lines(CREDIT, ":86:thanks", ":61: is my house", "number", DEBIT))

    assert [entry.amount_minor for entry in reading.entries] == [5000, -5000]
    assert reading.entries[0].transactions[0].remittance == "thanks :61: is my house number"
    assert reading.warnings == ["line 7: :61: is remittance text here; the statement adds up without it"]


def test_a_statement_line_inside_a_structured_text_is_text_with_what_follows() -> None:
    usual = GERMAN.removesuffix("?32ANNA MEYER")
    data = lines(CREDIT, usual, ":61:2601020102C999,00NTRFNONREF//FALSE", "?32ANNA MEYER", ":86:more", DEBIT)

    reading = read(data)

    assert [entry.amount_minor for entry in reading.entries] == [5000, -5000]
    assert "line 7: :61: is remittance text here; the statement adds up without it" in reading.warnings


@pytest.mark.parametrize(
    ("inside", "line"),
    [
        pytest.param((CREDIT, ":86:thanks", ":61:O nce more 50,00"), 7, id="not adding up without it"),
        pytest.param((CREDIT, ":61: no text here"), 6, id="behind no text"),
        pytest.param((":61: no entry before",), 5, id="behind no entry"),
        pytest.param((CREDIT, ":86:thanks", ":61:260102C1.00NTRF", DEBIT), 7, id="a line that begins as one"),
    ],
)
def test_what_may_be_an_entry_is_never_passed_over(inside: tuple[str, ...], line: int) -> None:
    assert refuse(lines(*inside)).line == line


def test_a_full_statement_line_inside_a_text_is_an_entry_and_the_balance_tells() -> None:
    reading = read(lines(CREDIT, ":86:thanks", ":61:2601020102C999,00NTRFNONREF", DEBIT))

    assert len(reading.entries) == 3
    assert reading.ends[0].balanced is False
    assert len(reading.warnings) == 1


def test_more_text_behind_a_usual_entry_belongs_to_it() -> None:
    reading = read(lines(CREDIT, GERMAN, ":NS:01and more", DEBIT))

    assert reading.entries[0].transactions[0].remittance == "RE-2026-0815 and more"


def test_notes_that_belong_to_no_booking_are_passed_over() -> None:
    assert read(lines(":NS:22Test GmbH", CREDIT, DEBIT)).warnings == []


# Statements and pages.


def test_the_head_of_a_statement_is_read() -> None:
    (start,) = read(lines()).starts

    assert (start.kind, start.account, start.currency) == (StatementKind.STATEMENT, "37040044/0532013000", "EUR")
    assert (start.id, start.number, start.page, start.copy, start.line) == ("STARTUMS", "211", 1, False, 1)
    assert (start.message_id, start.servicer_bic) == (None, None)


def test_the_end_of_a_statement_is_read() -> None:
    (end,) = read(lines(CREDIT, DEBIT)).ends

    assert (end.from_date, end.to_date) == (dt.date(2026, 1, 1), dt.date(2026, 1, 2))
    assert (end.opening_minor, end.closing_minor, end.booked_sum_minor) == (10000, 10000, 0)
    assert (end.entry_count, end.balanced, end.last_page, end.text) == (2, True, True, "")


@pytest.mark.parametrize(
    ("text", "number", "page"),
    [
        ("00211/00002", "00211", 2),
        ("7", "7", None),
        ("0", None, None),
        ("00000/00", None, None),
        (" /1", None, 1),
        ("2021/02", "2021", 2),
        ("", None, None),
    ],
)
def test_number_and_page_are_read_and_zero_means_none(text: str, number: str | None, page: int | None) -> None:
    reading = read(lines(head=(*HEAD[:2], f":28C:{text}")))

    assert (reading.starts[0].number, reading.starts[0].page) == (number, page)
    assert reading.warnings == []


@pytest.mark.parametrize(
    "number", [pytest.param("N/A", id="words"), pytest.param("1/" + "9" * 5000, id="endless page")]
)
def test_a_number_of_another_form_is_kept_with_a_warning(number: str) -> None:
    reading = read(lines(head=(*HEAD[:2], f":28:{number}")))

    assert (reading.starts[0].number, reading.starts[0].page) == (number, None)
    assert len(reading.warnings) == 1


def test_more_than_an_account_can_hold_is_refused() -> None:
    error = refuse(lines(*[":61:2601020102C9999999999999,99NTRFNONREF"] * 1001))

    assert (error.code, error.line) == ("invalid_amount", 1)
    assert "add up to more than any account can hold" in str(error)


@pytest.mark.parametrize(
    ("text", "account", "bic"),
    [
        pytest.param("37040044/0532013000", "37040044/0532013000", None, id="German bank code and number"),
        pytest.param("DE89 3704 0044 0532 0130 00", "DE89370400440532013000", None, id="IBAN with blanks"),
        pytest.param("NL62INGB0001212121EUR", "NL62INGB0001212121", None, id="IBAN and currency"),
        pytest.param("NL62INGB0001212121 EUR", "NL62INGB0001212121", None, id="IBAN, blank, currency"),
        pytest.param("COBADEFF/DE89370400440532013000/EUR", "DE89370400440532013000", "COBADEFF", id="all of them"),
        pytest.param("BPHKPLPK/320000546101", "BPHKPLPK/320000546101", "BPHKPLPK", id="BIC and number"),
        pytest.param("1700.59.286USD", "1700.59.286USD", None, id="number and currency are one account"),
        pytest.param("TRIODOSBANK/06", "TRIODOSBANK/06", "TRIODOSBANK", id="a name where others have a BIC"),
    ],
)
def test_accounts_are_read_as_banks_write_them(text: str, account: str, bic: str | None) -> None:
    (start,) = read(lines(head=(HEAD[0], f":25:{text}", HEAD[2]))).starts

    assert (start.account, start.servicer_bic) == (account, bic)


def test_pages_are_parts_of_their_own() -> None:
    first = lines(CREDIT, closing=":62M:C260102EUR150,00")
    second = lines(
        DEBIT, head=(*HEAD[:2], ":28C:211/2"), opening=":60M:C260102EUR150,00", closing=":62F:C260102EUR100,00"
    )

    reading = read(first + second)

    assert [(start.number, start.page) for start in reading.starts] == [("211", 1), ("211", 2)]
    assert [end.last_page for end in reading.ends] == [False, True]
    assert [end.balanced for end in reading.ends] == [True, True]
    assert reading.warnings == []


def test_a_page_that_opens_otherwise_than_the_one_before_closes_is_a_warning() -> None:
    first = lines(CREDIT, closing=":62M:C260102EUR150,00")
    second = lines(head=(*HEAD[:2], ":28C:211/2"), opening=":60M:C260102EUR100,00")

    reading = read(first + second)

    assert len(reading.warnings) == 1
    assert "does not open with the balance" in reading.warnings[0]


def test_pages_of_another_account_are_not_compared() -> None:
    first = lines(CREDIT, closing=":62M:C260102EUR150,00")
    second = lines(head=(HEAD[0], ":25:1/2", HEAD[2]), opening=":60M:C260102EUR100,00")

    assert read(first + second).warnings == []


def test_several_accounts_in_one_file_are_several_statements() -> None:
    data = lines(CREDIT, DEBIT) + lines(head=(":20:OTHER", ":25:11111111/1", ":28:1"))

    reading = read(data)

    assert [start.account for start in reading.starts] == ["37040044/0532013000", "11111111/1"]
    assert reading.starts[1].line == 9


def test_a_statement_that_does_not_add_up_is_read_with_a_warning() -> None:
    reading = read(lines(CREDIT, head=(HEAD[0], ":25:DE89370400440532013000", HEAD[2])))

    assert reading.ends[0].balanced is False
    assert reading.warnings == [
        "statement 211 of DE89 **** **** 3000: opening 100.00 plus entries 50.00 is 150.00, the file says 100.00"
    ]


def test_an_entry_behind_the_closing_balance_is_counted_with_a_warning() -> None:
    reading = read(lines(CREDIT, closing=f"{CLOSING}\r\n-\r\n{DEBIT}"))

    assert len(reading.entries) == 2
    assert reading.warnings == ["line 8: an entry stands behind the closing balance"]


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        pytest.param(lines(head=(HEAD[0], HEAD[2])), "missing_field", 1, id="no account"),
        pytest.param(lines(head=HEAD[:2]), "missing_field", 1, id="no number"),
        pytest.param(lines(CREDIT, opening=""), "missing_field", 1, id="no opening balance"),
        pytest.param(lines(opening=""), "missing_field", 1, id="no opening balance and no entry"),
        pytest.param(lines(CREDIT, closing=""), "missing_field", 1, id="no closing balance: a cut file"),
        pytest.param(lines(head=HEAD[1:]), "missing_field", 1, id="no reference"),
        pytest.param(lines(CREDIT, opening="", head=()), "missing_field", 1, id="an entry before any statement"),
        pytest.param(lines(":20:INSIDE"), "missing_field", 1, id="a new reference in the middle"),
        pytest.param(lines(HEAD[1]), "repeated_field", 5, id="two accounts"),
        pytest.param(lines(HEAD[2]), "repeated_field", 5, id="two numbers"),
        pytest.param(lines(OPENING), "repeated_field", 5, id="two opening balances"),
        pytest.param(lines(CLOSING), "repeated_field", 6, id="two closing balances"),
        pytest.param(lines(closing=":62F:C260102USD100,00"), "currency", 5, id="another currency at the end"),
        pytest.param(lines(opening=":60F:C260230EUR100,00"), "invalid_date", 4, id="balance of 30 February"),
        pytest.param(lines(opening=":60F:X260101EUR100,00"), "invalid_balance", 4, id="balance without a sign"),
        pytest.param(lines(opening=":60F:C260101100,00"), "invalid_balance", 4, id="balance without a currency"),
        pytest.param(lines(opening=":60F:C260101EUR1.00"), "invalid_amount", 4, id="balance with a point"),
        pytest.param(b"\n".join((b":25:1", b":28C:1")), "missing_field", 1, id="fields before any statement"),
        pytest.param(b"nothing that we know", "no_statement", None, id="no field at all"),
        pytest.param(lines("\0"), "binary", None, id="a NUL byte"),
    ],
)
def test_a_statement_without_what_money_needs_is_refused(data: bytes, code: str, line: int | None) -> None:
    refusal = refuse(data)

    assert (refusal.code, refusal.line) == (code, line)


def test_a_field_without_end_is_refused_before_it_fills_the_memory() -> None:
    data = lines(CREDIT, ":86:" + "x" * text_module.FIELD_BYTES_MAX + "x" * text_module.BLOCK_BYTES)

    assert refuse(data).code == "field_too_long"


def test_warnings_are_bounded() -> None:
    assert len(read(lines(*[":99:x"] * 500)).warnings) == 100


# Headers, encodings, line ends.


@pytest.mark.parametrize(
    ("before", "after", "bic"),
    [
        pytest.param("", "-", None, id="bare"),
        pytest.param("{1:F01KNABNL2HAXXX0000000000}{2:I940KNABNL2HXXXXN3020}{4:\r\n", "-}", "KNABNL2H", id="envelope"),
        pytest.param(
            "{1:F01MYCODEFFAXXX0000000000}{2:O9401157091028COBADEFFAXXX54370000000910281157N}{4:\r\n",
            "-}{5:}",
            "COBADEFF",
            id="the sender of a received message",
        ),
        pytest.param("ABNANL2A\r\n940\r\nABNANL2A\r\n", "-", "ABNANL2A", id="three lines"),
        pytest.param("0000 01INGBNL2AXXXX00001\r\n940 00\r\n", "-XXX", "INGBNL2A", id="ING"),
        pytest.param(":940:\r\n", "", "RABONL2U", id="Rabobank"),
        pytest.param("\r\n\r\n", "", None, id="blank lines"),
        pytest.param("This is an example\r\nSTATEMENTS\r\n\r\n", " -", None, id="a letter before"),
        pytest.param("\x01{4:\r\n", "-}\x03", None, id="control characters around"),
    ],
)
def test_headers_around_a_statement_are_understood_or_passed_over(before: str, after: str, bic: str | None) -> None:
    statement = f"{before}{lines(CREDIT, DEBIT).decode().removesuffix('-' + chr(13) + chr(10))}{after}\r\n"

    reading = read((statement * 2).encode())

    assert [start.servicer_bic for start in reading.starts] == [bic, bic]
    assert [end.balanced for end in reading.ends] == [True, True]
    assert reading.warnings == []


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r", b"\r\r\n"])
def test_every_kind_of_line_end_is_understood(line_end: bytes) -> None:
    reading = read(lines(CREDIT, ":86:a", DEBIT).replace(b"\r\n", line_end))

    assert [entry.amount_minor for entry in reading.entries] == [5000, -5000]
    assert reading.warnings == []


def test_line_ends_may_change_within_a_file() -> None:
    first, rest = lines(CREDIT, DEBIT).split(b"\r\n", 1)

    assert read(first + b"\n" + rest).ends[0].balanced is True


@pytest.mark.parametrize(
    ("text", "data", "warned"),
    [
        pytest.param("Jürgen Weiß", "Jürgen Weiß".encode(), False, id="UTF-8"),
        pytest.param("Jürgen Weiß", "Jürgen Weiß".encode("latin-1"), False, id="Latin-1"),
        pytest.param("Jürgen Weiß", "Jürgen Weiß".encode("cp850"), True, id="code page 850"),
        pytest.param("Jürgen – Weiß €", "Jürgen – Weiß €".encode("cp1252"), False, id="Windows-1252"),
        pytest.param("Jürgen Müller ÜBERWEISUNG", b"J}rgen M}ller ]BERWEISUNG", True, id="DIN 66003"),
        pytest.param("RE [4711] {x}", b"RE [4711] {x}", False, id="brackets of another kind"),
        pytest.param("a|b", b"a|b", False, id="a bar between letters is not enough"),
    ],
)
def test_the_encoding_is_found(text: str, data: bytes, warned: bool) -> None:
    reading = read(lines(CREDIT, ":86:@", DEBIT).replace(b"@", data))

    assert reading.entries[0].transactions[0].remittance == text
    assert bool(reading.warnings) is warned


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read(b"\xef\xbb\xbf" + lines(CREDIT, ":86:Jürgen", DEBIT)).warnings == []


def test_a_swift_header_stays_as_it_is_in_a_file_with_german_letters() -> None:
    reading = read(b"{1:F01KNABNL2HAXXX0000000000}{4:\r\n" + lines(CREDIT, ":86:M}ller Stra~e", DEBIT))

    assert reading.starts[0].servicer_bic == "KNABNL2H"
    assert reading.entries[0].transactions[0].remittance == "Müller Straße"


def test_letters_that_do_not_fit_the_encoding_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_module, "BLOCK_BYTES", 64)
    more = [DEBIT, ":86:J\xfcrgen", CREDIT, ":86:plain", DEBIT, ":86:J\xfcrgen"]
    data = lines(CREDIT, ":86:Jürgen").removesuffix(b"-\r\n").removesuffix(CLOSING.encode() + b"\r\n")
    data += "\r\n".join([*more, CLOSING]).encode("latin-1")

    reading = read(data)

    assert [entry.transactions[0].remittance for entry in reading.entries] == [
        "Jürgen",
        "J\ufffdrgen",
        "plain",
        "J\ufffdrgen",
    ]
    assert reading.warnings == ["a part of the file is not utf-8; letters in it are replaced by a mark"]


def test_control_characters_vanish_from_texts() -> None:
    reading = read(lines(CREDIT, ":86:one\x02two\tthree", DEBIT))

    assert reading.entries[0].transactions[0].remittance == "onetwo three"


@pytest.mark.parametrize("block_bytes", [1, 7, 64])
def test_the_size_of_blocks_changes_nothing(block_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = lines(CREDIT, GERMAN, DEBIT, ":86:Jürgen") + lines(":61:2601020102C50,NTRF", DEBIT, ":86:x")
    whole = read(data)

    monkeypatch.setattr(text_module, "BLOCK_BYTES", block_bytes)

    assert read(data) == whole


# Recognition and intraday reports.


@pytest.mark.parametrize(
    ("head", "is_ours"),
    [
        pytest.param(lines(), True, id="MT940"),
        pytest.param(b"\xef\xbb\xbf" + lines(), True, id="byte order mark"),
        pytest.param(lines().replace(b"\r\n", b"\r"), True, id="CR only"),
        pytest.param(b"Dear customer,\n\n" + lines(), True, id="text before"),
        pytest.param(b":34F:EURC1,\n:34F:EURD1,\n:61:260102C1,NTRF\n", True, id="MT942 without a head"),
        pytest.param(b"", False, id="empty"),
        pytest.param(b":20:ONLY ONE", False, id="one field"),
        pytest.param(b"<Document>\n:20:A\n:25:B\n</Document>", False, id="XML"),
        pytest.param(b"\xff\xfe:\x002\x000\x00:\x00", False, id="UTF-16"),
        pytest.param(b"number;customer_number\n1;2\n", False, id="CSV"),
    ],
)
def test_a_file_is_recognized_by_its_fields(head: bytes, is_ours: bool) -> None:
    assert mt940.recognizes(head) is is_ours


MT942 = (":20:TECHMIX", ":25:PL89106000760000321000006053", ":28C:00001/001", ":34F:PLN0,", ":13D:2601020744+0200")


def report(*middle: str, head: tuple[str, ...] = MT942) -> bytes:
    return lines(*middle, head=head, opening="", closing="")


def test_an_intraday_report_books_nothing() -> None:
    reading = read(report(CREDIT, ":61:2601020102EC7,00NTRFNONREF", ":90C:2PLN57,00"))

    assert reading.format == "MT942"
    assert reading.starts[0].kind is StatementKind.REPORT
    assert [entry.status for entry in reading.entries] == ["BOOK", "PDNG"]
    assert (reading.ends[0].balanced, reading.ends[0].last_page, reading.ends[0].to_date) == (None, None, DAY)
    assert reading.warnings == []


@pytest.mark.parametrize(
    ("sums", "warned"),
    [
        pytest.param((":90D:1PLN50,00", ":90C:1PLN50,"), False, id="right"),
        pytest.param((":90D:2PLN50,00",), True, id="another count"),
        pytest.param((":90C:1PLN50,01",), True, id="another sum"),
        pytest.param((":90C:about 50",), True, id="unreadable"),
        pytest.param((":90C:1PLN50.00",), True, id="a point"),
    ],
)
def test_count_and_sum_of_a_report_are_checked(sums: tuple[str, ...], warned: bool) -> None:
    assert bool(read(report(CREDIT, DEBIT, *sums)).warnings) is warned


def test_a_report_whose_date_cannot_be_read_is_read_with_a_warning() -> None:
    reading = read(report(CREDIT, head=(*MT942[:4], ":13D:yesterday")))

    assert reading.ends[0].to_date is None
    assert len(reading.warnings) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(report(CREDIT, head=(*MT942[:3], ":34F:little")), "invalid_amount", id="floor limit"),
        pytest.param(report(CREDIT, head=(*MT942[:4], ":34F:EUR0,")), "currency", id="two currencies"),
        pytest.param(
            report(CREDIT, ":86:x", ":61: text", head=MT942), "invalid_line", id="nothing to check a doubt with"
        ),
        pytest.param(lines(CREDIT, ":34F:EUR0,"), "order", id="a report behind its entries"),
        pytest.param(report(CREDIT, head=("{2:O942}", *MT942[:3])), "missing_field", id="no currency"),
    ],
)
def test_a_report_that_is_not_clear_is_refused(data: bytes, code: str) -> None:
    assert refuse(data).code == code


def test_a_report_with_balances_stays_a_report() -> None:
    data = lines(CREDIT, head=(*HEAD, ":34F:EUR0,"), opening=OPENING)
    later = lines(CREDIT, ":90C:1EUR50,", head=(":942:", *HEAD))

    assert [start.kind for start in read(data).starts] == [StatementKind.REPORT]
    assert read(later).starts[0].kind is StatementKind.REPORT
    assert read(lines(":34F:EUR0,", CREDIT)).warnings == [
        "line 5: an intraday report has no opening balance; it is not read as a statement"
    ]


def test_a_report_in_a_currency_without_cents_is_not_read_as_if_it_had_them() -> None:
    yen = report(":61:2601020102C1234,00NTRFNONREF//B1", GERMAN, head=(*MT942[:3], ":34F:JPY0,"))

    reading = read(lines(CREDIT, DEBIT) + yen)

    assert reading.entries[-1].amount_minor == 1234


# The usual way and the general way, and the library.

TEXT = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 /+-.,:'?", max_size=60)
SUBFIELDS = st.lists(
    st.tuples(st.sampled_from(["00", "10", "20", "21", "22", "23", "30", "31", "32", "33", "34", "60", "99"]), TEXT),
    max_size=9,
)


def german(gvc: str, subfields: list[tuple[str, str]], is_sorted: bool) -> str:
    rows = sorted(subfields) if is_sorted else subfields
    return ":86:" + gvc + "".join(f"?{code}{text}" for code, text in rows)


GERMAN_TEXTS = st.one_of(
    st.builds(german, st.sampled_from(["166", "116", "109", "192", "005"]), SUBFIELDS, st.booleans()),
    st.builds(
        lambda gvc, lead, reference, text, name, more: (
            f":86:{gvc}?00{lead}?10931?20EREF+{reference}?21SVWZ+{text[:20]}?22{text[20:]}?30BIC?31ACC?32{name}{more}"
        ),
        st.sampled_from(["166", "116", "109"]),
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        st.sampled_from(["", "?33MORE", "?34914"]),
    ),
)
LINES = st.builds(
    lambda date, mark, cents, type_code, references: (
        f":61:{date}{mark}{cents // 100},{cents % 100:02d}{type_code}{references}"
    ),
    st.sampled_from(["260102", "2601020102", "2601021231", "2603010229"]),
    st.sampled_from(["C", "D", "CR", "DR", "RC", "RD", "CN"]),
    st.integers(0, 10**9),
    st.sampled_from(["NTRF", "NMSC", "N051", "S051", "NRTI"]),
    st.sampled_from(["NONREF//B1", "NONREF", "//B1", "KREF+//B 1", "E-1//B1//2", ""]),
)


def cut(text: str) -> list[str]:
    """Cut a text as banks do; a line of it never begins like a field."""
    pieces = [text[start : start + 65] for start in range(0, len(text), 65)]
    return [pieces[0], *(piece for piece in pieces[1:] if piece[0] not in ":-")]


@settings(max_examples=150, deadline=None)
@given(entries=st.lists(st.tuples(LINES, GERMAN_TEXTS), min_size=1, max_size=4))
def test_the_usual_way_reads_the_same_as_the_general_way(entries: list[tuple[str, str]]) -> None:
    data = lines(*[row for line, text in entries for row in (line, *cut(text))])

    def outcome() -> object:
        try:
            return read(data)
        except FileRefused as error:
            return (error.code, error.line, str(error))

    both_ways = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statement_module, "read_usual_entry", lambda *fields: None)
        general = outcome()

    assert both_ways == general


def test_the_usual_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    general: list[str] = []
    monkeypatch.setattr(statement_module, "read_statement_line", lambda content, *rest: general.append(content))

    read(lines(CREDIT, GERMAN, CREDIT, GERMAN, ":61:2601020102D100,00NTRFE-1", ":86:last"))

    assert general == ["2601020102D100,00NTRFE-1"]


@pytest.mark.parametrize(
    "statement_line",
    [
        pytest.param(":61:2602300230C50,00NTRFNONREF//B1", id="a date that does not exist"),
        pytest.param(":61:2601020102C50.00NTRFNONREF//B1", id="an amount with a point"),
    ],
)
def test_the_usual_way_lets_nothing_through_that_the_general_way_refuses(statement_line: str) -> None:
    assert refuse(lines(statement_line, GERMAN, DEBIT)).line == 5


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)),
            st.integers(-25, 25),
            st.sampled_from(["C", "D", "RC", "RD"]),
            st.booleans(),
            st.integers(0, 10**11),
            st.text("ABCDEFGHIJ0123456789-", min_size=1, max_size=16),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_the_library_reads_well_formed_files_as_we_do(
    rows: list[tuple[dt.date, int, str, bool, int, str]],
) -> None:
    statement_lines = [
        f":61:{value:%y%m%d}{value + dt.timedelta(days):%m%d}{mark}{'R' * has_letter}{cents // 100},{cents % 100:02d}"
        f"NTRF{reference}//B1"
        for value, days, mark, has_letter, cents, reference in rows
    ]
    data = lines(*[row for line in statement_lines for row in (line, GERMAN)])

    ours = read(data)
    (theirs,) = library.parse_statements(data.decode(), options=library.Options.all())

    assert [(entry.amount_minor, entry.value_date, entry.booking_date, entry.reference) for entry in ours.entries] == [
        (
            int(row.data["amount"].amount * 100),
            row.data["date"],
            row.data["entry_date"],
            row.data["bank_reference"],
        )
        for row in theirs
    ]


# Damaged files.

GOOD = lines(CREDIT, GERMAN, ":61:2601020102D12,34NTRFKREF+//B2", ":86:free text of", "two lines") + lines(
    ":61:260103C1,00NMSCNONREF", ":61:260103RC7,00NMSCNONREF", head=(":20:B", ":25:11111111", ":28:2")
)
GOOD = GOOD.replace(CLOSING.encode(), b":62F:C260102EUR137,66", 1).replace(CLOSING.encode(), b":62F:C260103EUR94,00")


def money(data: bytes) -> object:
    reading = read(data)
    amounts = sorted(entry.amount_minor for entry in reading.entries)
    balances = [(end.opening_minor, end.closing_minor, end.currency) for end in reading.ends]
    return amounts, balances


def test_the_file_that_is_damaged_is_good() -> None:
    reading = read(GOOD)

    assert reading.warnings == []
    assert [end.balanced for end in reading.ends] == [True, True]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = GOOD
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 1, 1, 2, 8, 40]))
        new = draw(
            st.one_of(
                st.binary(max_size=3),
                st.sampled_from(
                    [b"", b"\n", b":61:", b":86:", b"-", b",", b".", b"0", b"C", b"D", b"R", b"?31", b"\n:62F:"]
                ),
            )
        )
        data = data[:start] + new + data[start + length :]
    return data


@settings(max_examples=400, deadline=None)
@given(data=damaged())
def test_a_damaged_file_is_refused_or_read_and_never_tells_other_money_in_silence(data: bytes) -> None:
    try:
        reading = read(data)
    except FileRefused:
        return

    if not reading.warnings and data.count(b":20:") == GOOD.count(b":20:"):
        assert money(data) == money(GOOD)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=300))
def test_arbitrary_bytes_behind_a_good_head_are_refused_or_read(data: bytes) -> None:
    try:
        read(lines(CREDIT).replace(b"-\r\n", data))
    except FileRefused as error:
        refusal = error
    else:
        return

    assert re.fullmatch("[a-z_0-9]+", refusal.code)


@settings(max_examples=60, deadline=None)
@given(end=st.integers(0, len(GOOD)))
def test_a_cut_file_is_refused_or_warned_about_or_ends_with_a_whole_statement(end: int) -> None:
    try:
        reading = read(GOOD[:end])
    except FileRefused:
        return

    assert reading.warnings or all(end.balanced for end in reading.ends)


def test_entries_come_in_lists_of_bounded_length(tmp_path: Path) -> None:
    path = tmp_path / "long.sta"
    path.write_bytes(lines(*[CREDIT, GERMAN, DEBIT, GERMAN] * 5000))

    parts = mt940.read(path).parts
    longest = max(len(part) for part in islice(parts, 1, 30) if isinstance(part, list))

    assert longest < 2500
