"""Lines of a remittance advice in running text: of a mail, of a PDF. What stands around a table is read here too.

A line is an item if it has an amount with two decimals and, beside amounts and dates, at least one digit more. What
the amounts of a line mean (gross, discount, paid) is found by the total that the advice names.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Self, TypeVar

from parsers.advice_words import CUSTOMER_NUMBER, IS_CREDIT, IS_DISCOUNT, PAYER_NAME, PAYMENT_DATE, TOTAL
from parsers.tabular_cells import parse_date
from schemas.advice import Advice, AdviceFormat, AdviceLine
from schemas.errors import FileRefused, GatewayError
from schemas.identifiers import Iban
from schemas.tables import DateForm

LINES_MAX = 5_000
AMOUNT_MAX = 10**15  # Minor units of all lines together.
WRITTEN_MAX = 200
_LINE_MAX = 1_000  # Characters of a line of text that are read.
_AMOUNT = re.compile(
    r"(?<![\w.,/])(?P<sign>[-\u2212\u2013(]\s?)?"
    r"(?:[0-9]{1,3}(?:(?P<group>[.,'\u2019 \u00a0\u202f])[0-9]{3}(?:(?P=group)[0-9]{3}){0,3})|[0-9]{1,12})"
    r"[.,][0-9]{2}(?P<trail>-(?![\w-])|\))?(?![\w.,/%-]|\s?%)"
)
_DATE = re.compile(
    r"(?<![\w-])(?:[0-9]{1,2}[./][0-9]{1,2}[./](?:[0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{2}-[0-9]{2})(?![\w-])"
)
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}")
_CURRENCY = re.compile(r"\b(EUR|CHF|GBP|USD|SEK|NOK|DKK|PLN|CZK|HUF|RON)\b|€|£")
_SIGNS = {"€": "EUR", "£": "GBP"}
_IBANS_MAX = 5
_YEARS = 2000, 2079
_T = TypeVar("_T")


class Head(NamedTuple):
    """What an advice says beside its lines."""

    stated_minor: int | None = None
    payment_date: dt.date | None = None
    payer_name: str = ""
    customer_number: str = ""
    ibans: tuple[str, ...] = ()
    currencies: frozenset[str] = frozenset()

    def completed(self, other: Self) -> Self:
        """Return this with what it does not say taken from another."""
        missing = [name for name, said in self._asdict().items() if not said]
        return self._replace(**{name: getattr(other, name) for name in missing})


NO_HEAD = Head()


class _Found(NamedTuple):
    row: int
    written: str
    amounts: tuple[int, ...]
    is_credit: bool


def read_text(lines: Sequence[str], format_: AdviceFormat) -> Advice:
    """Return what a text says. Raises FileRefused where it lists nothing, or in several currencies."""
    head = read_head(lines)
    found = [one for row, line in enumerate(lines, 1) if (one := _item(row, line[:_LINE_MAX])) is not None]
    check_count(len(found))
    is_discount = any(IS_DISCOUNT.search(line) for line in lines)
    readings = [tuple(read(one, is_discount) for one in found) for read in _READINGS]
    fitting = [one for one in readings if sum(line.paid_minor for line in one) == head.stated_minor]
    return make_advice(format_, head, fitting[0] if fitting else readings[0], head.currencies)


def make_advice(format_: AdviceFormat, head: Head, lines: tuple[AdviceLine, ...], currencies: Iterable[str]) -> Advice:
    """Return an advice of its parts. Raises FileRefused where it has several currencies, or amounts beyond reason."""
    named = sorted(set(currencies))
    if len(named) > 1:
        raise FileRefused(f"the advice is in {' and '.join(named)}; one currency was expected", code="currencies")
    sums = sum(abs(line.paid_minor) + abs(line.discount_minor) + abs(line.deducted_minor) for line in lines)
    if max(sums, abs(head.stated_minor or 0)) > AMOUNT_MAX:
        raise FileRefused("the amounts are larger than anybody pays at once", code="too_large")
    return Advice(
        format_, named[0] if named else "EUR", lines, head.stated_minor, head.payment_date, head.payer_name,
        head.customer_number, head.ibans,
    )  # fmt: skip


def only_advice(found: Sequence[Advice], several: FileRefused) -> Advice:
    """Return what several lists say alike, of the surest format. Raises ``several`` where they say different things."""
    said = {(one.total_minor, one.currency, tuple(sorted(line.paid_minor for line in one.lines))) for one in found}
    if len(said) > 1:
        raise several
    return min(found, key=lambda one: list(AdviceFormat).index(one.format))


def check_count(count: int) -> None:
    """Raise FileRefused where an advice has no line, or more than anybody pays at once."""
    if not count:
        raise FileRefused("no line with an invoice number and an amount was found", code="no_lines")
    if count > LINES_MAX:
        raise FileRefused(f"the advice has more than {LINES_MAX:,} lines, which is the limit", code="too_many_rows")


def read_head(lines: Sequence[str]) -> Head:
    """Return what the lines of a text say that are no items."""
    totals = [amounts[-1] for line in lines if TOTAL.match(line) and (amounts := _amounts(line[:_LINE_MAX]))]
    sums = [line for line in lines if _AMOUNT.search(line[:_LINE_MAX])]
    return Head(
        stated_minor=totals[-1] if totals else None,
        payment_date=_payment_date(lines),
        payer_name=_first(lines, lambda line: _group(PAYER_NAME.search(line))) or "",
        customer_number=_first(lines, lambda line: _group(CUSTOMER_NUMBER.search(line))) or "",
        ibans=_ibans(lines),
        currencies=frozenset(_code(found) for line in sums for found in _CURRENCY.finditer(line)),
    )


def find_currency(text: str) -> str | None:
    """Return the currency that is written beside an amount, if one is."""
    found = _CURRENCY.search(text[:_LINE_MAX])
    return _code(found) if found else None


def _code(found: re.Match[str]) -> str:
    return _SIGNS.get(found[0], found[0])


def _first(lines: Iterable[str], read: Callable[[str], _T | None]) -> _T | None:
    return next((found for line in lines if (found := read(line[:_LINE_MAX]))), None)


def _group(match: re.Match[str] | None) -> str:
    return _printable(match[1]) if match else ""


def _printable(text: str) -> str:
    """Return a text without what nobody sees, each run of blanks as one: no store takes a zero byte."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _payment_date(lines: Sequence[str]) -> dt.date | None:
    written = _first(lines, lambda line: _group(PAYMENT_DATE.search(line)))
    if written is None:
        return None
    day = parse_date(written, DateForm.DAY_FIRST)
    if day is None or not _YEARS[0] <= day.year <= _YEARS[1]:
        raise FileRefused(f"the day of payment: {written} was found, a date such as 31.12.2026 expected", code="date")
    return day


def _ibans(lines: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for line in lines:
        for match in _IBAN.finditer(line[:_LINE_MAX]):
            if iban := _iban(match[0]):
                found[iban] = None
    return tuple(found)[:_IBANS_MAX]


def _iban(text: str) -> str:
    """Return the IBAN with which a text begins; words may follow it."""
    words = text.split(" ")
    for count in range(len(words), 0, -1):
        try:
            return str(Iban.parse("".join(words[:count])))
        except GatewayError:
            continue
    return ""


def _amounts(line: str) -> tuple[int, ...]:
    return tuple(_minor(match) for match in _AMOUNT.finditer(line))


def _minor(match: re.Match[str]) -> int:
    digits = "".join(char for char in match[0] if char.isdigit())
    is_negative = bool((match["sign"] or "").strip("(") or match["trail"])
    return -int(digits) if is_negative else int(digits)


def _item(row: int, line: str) -> _Found | None:
    amounts = _amounts(line)
    if not amounts or TOTAL.match(line) or _ibans([line]):
        return None
    rest = _CURRENCY.sub(" ", _DATE.sub(" ", _AMOUNT.sub(" ", line)))
    written = _printable(rest).strip(" .,:;|-")[:WRITTEN_MAX]
    if not any(char.isdigit() for char in written):
        return None
    return _Found(row, written, amounts, IS_CREDIT.search(line) is not None)


def _as_last(found: _Found, is_discount: bool) -> AdviceLine:
    """Read the last amount as paid, the first as gross, and what is between them as taken off.

    Where two differ and nobody speaks of discounts, the rest was just not paid.
    """
    first, *between, last = found.amounts if len(found.amounts) > 1 else (found.amounts[0],) * 2
    less = abs(first) - abs(last)
    middle = [abs(one) for one in between]
    if between and sum(middle) == less:
        return _line(found, last, middle[0], less - middle[0])
    return _line(found, last, less if is_discount else 0, 0)


def _as_gross_and_discount(found: _Found, is_discount: bool) -> AdviceLine:
    first, *less = [abs(one) for one in found.amounts]
    sign = -1 if found.amounts[0] < 0 else 1
    taken = sum(less)
    return _line(found, sign * (first - taken), *((taken, 0) if is_discount else (0, taken)))


def _as_first(found: _Found, _is_discount: bool) -> AdviceLine:
    return _line(found, found.amounts[0], 0, 0)


_READINGS = (_as_last, _as_gross_and_discount, _as_first)


def _line(found: _Found, paid_minor: int, discount_minor: int, deducted_minor: int) -> AdviceLine:
    sign = -1 if paid_minor < 0 or found.is_credit else 1
    amounts = (abs(paid_minor), max(discount_minor, 0), max(deducted_minor, 0))
    return AdviceLine(found.row, found.written, *[sign * minor for minor in amounts])
