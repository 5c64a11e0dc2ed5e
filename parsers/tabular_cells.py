"""What one cell of a table says: amounts, dates, per cents, texts, read exactly or not at all.

Each reader takes the cell and the forms of its file, and raises `Unreadable` with what was expected.
"""

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from parsers.tabular_source import Broken, Cell, Percent, cell_text
from schemas.errors import GatewayError
from schemas.money import minor_digits
from schemas.tables import DateForm

KEY_MAX = 64
TEXT_MAX = 2_000
# A double holds fifteen digits for certain: thirteen before the mark leave the two of a cent.
_EXACT_BELOW = Decimal(10) ** 13
_DIGITS_MAX = 15

_BLANKS = " \u00a0\u202f\u2009"
_GROUPED = {
    mark: re.compile(
        rf"(?P<whole>[0-9]{{1,15}}|[1-9][0-9]{{0,2}}(?P<group>[{other}{_BLANKS}'\u2019])[0-9]{{3}}"
        rf"(?:(?P=group)[0-9]{{3}}){{0,4}})(?:{re.escape(mark)}(?P<fraction>[0-9]{{1,10}}))?"
    )
    for mark, other in ((".", ","), (",", "."))
}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_CURRENCY = re.compile(
    rf"(?:(?P<lead>[A-Z]{{3}}|[€£])[{_BLANKS}]?)?(?P<number>.*?)(?:[{_BLANKS}]?(?P<trail>[A-Z]{{3}}|[€£]))?"
)
_CURRENCY_SIGNS = {"€": "EUR", "£": "GBP"}
_YEAR_FIRST = re.compile(
    r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?Z?)?"
)
_YEAR_LAST = re.compile(
    r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4}|(?<=[/.])[0-9]{2})(?: [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
# What exports write where there is no date.
_NO_DATE = frozenset({"00.00.0000", "00/00/0000", "0000-00-00", "00000000"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# How programs protect text from spreadsheets: ="00123" and '+33 1.
_PROTECTED = re.compile(r'="(?P<quoted>[^"]*)"|\'(?P<text>[=+\-@].*)', re.DOTALL)


class Unreadable(GatewayError):
    """A cell does not say what its column needs. The message is what was expected."""

    code = "unreadable_cell"


class Forms(NamedTuple):
    """How numbers and dates are written in a file."""

    decimal_mark: str
    date_form: DateForm


class Amount(NamedTuple):
    """A number that may name its currency."""

    value: Decimal
    currency: str | None


def text_of(cell: Cell) -> str:
    """Return the text of a cell: trimmed, each run of blanks and line ends one blank. Raises Unreadable."""
    if isinstance(cell, str) and cell.isascii() and cell.isprintable() and "  " not in cell and cell[:1] not in "='":
        return cell.strip()  # Nearly all cells; what follows costs four times as much.
    if isinstance(cell, Broken):
        raise Unreadable("a value; the spreadsheet shows an error or has not saved the result of a formula")
    if isinstance(cell, Decimal) and len(cell.as_tuple().digits) + max(int(cell.as_tuple().exponent), 0) > _DIGITS_MAX:
        raise Unreadable("text; spreadsheets keep only fifteen digits of a number")
    text = " ".join(cell_text(cell).translate(_INVISIBLE).split())
    if protected := _PROTECTED.fullmatch(text):
        text = (protected["quoted"] or protected["text"] or "").strip()
    if _CONTROL.search(text):
        raise Unreadable("text without control characters")
    return unicodedata.normalize("NFC", text)


def read_text(cell: Cell, forms: Forms) -> str:
    """Return a text of at most 2 000 characters. Raises Unreadable."""
    return _limited(text_of(cell), TEXT_MAX)


def read_key(cell: Cell, forms: Forms) -> str:
    """Return a number or id of at most 64 characters. Raises Unreadable."""
    return _limited(text_of(cell), KEY_MAX)


def _limited(text: str, most: int) -> str:
    if len(text) > most:
        raise Unreadable(f"at most {most} characters, not {len(text)}")
    return text


def read_amount(cell: Cell, forms: Forms) -> Amount:
    """Return a signed amount: ``-1.234,56``, ``1 234,56-``, ``(12.00)``, ``€ 5``. Raises Unreadable."""
    if isinstance(cell, Decimal):
        if abs(cell) >= _EXACT_BELOW:
            raise Unreadable("a smaller number; a spreadsheet cannot hold this one to the cent")
        return Amount(cell, None)
    if isinstance(cell, str):
        amount = parse_amount(text_of(cell), forms.decimal_mark)
        if amount is not None:
            return amount
    text_of(cell)
    raise Unreadable(f"an amount such as {'1234.56' if forms.decimal_mark == '.' else '1234,56'}")


def parse_amount(text: str, decimal_mark: str) -> Amount | None:
    """Return the amount in a text, or None where it is none under this decimal mark. Groups are of three digits."""
    split = _CURRENCY.fullmatch(text.translate(_SIGNS))
    if split is None or (split["lead"] and split["trail"]):
        return None
    number, sign = _unsigned(split["number"])
    match = _GROUPED[decimal_mark].fullmatch(number)
    if match is None or sign is None:
        return None
    digits = "".join(character for character in match["whole"] if character.isdigit())
    mark = split["lead"] or split["trail"]
    return Amount(Decimal(f"{sign}{digits}.{match['fraction'] or '0'}"), _CURRENCY_SIGNS.get(mark, mark))


def _unsigned(number: str) -> tuple[str, str | None]:
    """Split off one sign: in front, behind (as ledgers print it) or brackets. None: more than one."""
    text = number.strip(_BLANKS)
    signs = [text[:1] in ("-", "+"), text[-1:] in ("-", "+"), text.startswith("(") and text.endswith(")")]
    if sum(signs) > 1:
        return text, None
    if signs[0]:
        return text[1:].lstrip(_BLANKS), text[0].replace("+", "")
    if signs[1]:
        return text[:-1].rstrip(_BLANKS), text[-1].replace("+", "")
    return (text[1:-1], "-") if signs[2] else (text, "")


def to_minor(amount: Decimal, currency: str) -> int:
    """Return an amount in minor units. Raises Unreadable where it has more decimals than its currency."""
    minor = amount.scaleb(minor_digits(currency))
    if minor != minor.to_integral_value():
        raise Unreadable(f"at most {minor_digits(currency)} decimals for {currency}; nothing is rounded")
    return int(minor)


def read_basis_points(cell: Cell, forms: Forms) -> int | None:
    """Return a per cent between 0 and 100 as basis points, None for zero. Raises Unreadable."""
    if isinstance(cell, Percent):
        value = cell.value
    else:
        amount = read_amount(text_of(cell).removesuffix("%").rstrip() if isinstance(cell, str) else cell, forms)
        value = amount.value if amount.currency is None else Decimal(-1)
    points = value * 100
    if not 0 <= points <= 10_000 or points != points.to_integral_value():
        raise Unreadable("a per cent between 0 and 100 with at most two decimals")
    return int(points) or None


def read_date(cell: Cell, forms: Forms) -> dt.date | None:
    """Return a date; None for the zeros that some exports write. Raises Unreadable."""
    if isinstance(cell, dt.date):
        return cell
    text = text_of(cell)
    if text in _NO_DATE:
        return None
    date = parse_date(text, forms.date_form)
    if date is None:
        raise Unreadable(f"a date such as {_DATE_EXAMPLES[forms.date_form]}")
    return date


_DATE_EXAMPLES = {
    DateForm.YEAR_FIRST: "2026-12-31",
    DateForm.DAY_FIRST: "31.12.2026",
    DateForm.MONTH_FIRST: "12/31/2026",
}


@lru_cache(maxsize=4096)
def parse_date(text: str, form: DateForm) -> dt.date | None:
    """Return the date in a text, or None where it is none in this form. Two digits of a year are 2000 to 2079."""
    if match := _YEAR_FIRST.fullmatch(text):
        return _date(match[1], match[3], match[4])
    if form is DateForm.YEAR_FIRST:
        compact = _COMPACT.fullmatch(text)
        return _date(*compact.groups()) if compact else None
    match = _YEAR_LAST.fullmatch(text)
    # Points never stand in a date that begins with its month.
    if match is None or (form is DateForm.MONTH_FIRST and match[2] == "."):
        return None
    day, month = (match[1], match[3]) if form is DateForm.DAY_FIRST else (match[3], match[1])
    return _date(match[4], month, day)


def _date(year: str, month: str, day: str) -> dt.date | None:
    number = int(year) + 2000 if len(year) == 2 else int(year)
    if not 1900 <= number < 2100 or (len(year) == 2 and number >= 2080):
        return None
    try:
        return dt.date(number, int(month), int(day))
    except ValueError:
        return None
