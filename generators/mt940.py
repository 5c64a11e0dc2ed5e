"""Writes statements as MT940, the way German or Dutch banks do: pages, lines of 65 characters, ASCII, CR LF.

For data that we make up: demo, tests, benches. Entries are written as they are asked for. MT940 knows booked entries
only and a batch only as one sum, so the payments of a batch are left out here, as banks leave them out.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from enum import StrEnum

from generators.business_codes import business_code
from generators.mt940_text import dutch_text, fold, german_text
from generators.statements import Statement, UnwritableStatement
from generators.wrap import wrap
from schemas.money import amount_text
from schemas.statement import BankEntry, BankTransaction, EntryStatus

__all__ = ["Dialect", "write_mt940"]

_LINE_WIDTH = 65
_REFERENCE_MAX = 16
_DETAILS_MAX = 34
_AMOUNT_MAX = 15
# At the start of a line these would look like the next field or the end of the message.
_FIELD_STARTS = ":-"


class Dialect(StrEnum):
    """How ``:86:`` is written."""

    GERMAN = "german"
    DUTCH = "dutch"


_TEXTS = {Dialect.GERMAN: german_text, Dialect.DUTCH: dutch_text}


def write_mt940(
    statements: Iterable[Statement], *, dialect: Dialect = Dialect.GERMAN, entries_per_page: int | None = None
) -> Iterator[bytes]:
    """Yield an MT940 file of one or more statements, entry by entry (ASCII).

    A statement of more entries than ``entries_per_page`` is continued on further pages (60M, 62M). Raises
    UnwritableStatement for what MT940 cannot say: entries that are not booked, references of more than 16 characters.
    """
    for statement in statements:
        for lines in _statement(statement, dialect, entries_per_page):
            yield ("\r\n".join(lines) + "\r\n").encode("ascii")


def _statement(statement: Statement, dialect: Dialect, entries_per_page: int | None) -> Iterator[list[str]]:
    start, end = statement.start, statement.end
    currency = end.currency or start.currency or "EUR"
    if end.opening_minor is None or end.closing_minor is None or end.from_date is None or end.to_date is None:
        raise UnwritableStatement("an MT940 statement needs both balances and their dates")
    page, reached_minor, count = start.page or 1, end.opening_minor, 0
    mark = "F" if page == 1 else "M"
    yield [*_head(statement, page), _balance(f"60{mark}", reached_minor, currency, end.from_date)]
    for entry in statement.entries:
        if count == entries_per_page:
            page, count = page + 1, 0
            yield [_balance("62M", reached_minor, currency, end.to_date), "-"]
            yield [*_head(statement, page), _balance("60M", reached_minor, currency, end.to_date)]
        yield _entry(entry, dialect)
        reached_minor, count = reached_minor + entry.amount_minor, count + 1
    mark = "M" if end.last_page is False else "F"
    closing = [_balance(f"62{mark}", end.closing_minor, currency, end.to_date)]
    if mark == "F":
        closing.append(_balance("64", end.closing_minor, currency, end.to_date))
    yield [*closing, *_lines(":86:", fold(end.text)), "-"]


def _head(statement: Statement, page: int) -> list[str]:
    start = statement.start
    number = (start.number or "0").rjust(5, "0")
    return [f":20:{_reference(start.id or 'STARTUMS')}", f":25:{start.account}", f":28C:{number}/{page:05d}"]


def _reference(text: str) -> str:
    if len(text) > _REFERENCE_MAX:
        raise UnwritableStatement(f"reference {text!r} has more than {_REFERENCE_MAX} characters")
    return fold(text)


def _balance(tag: str, minor: int, currency: str, date: dt.date) -> str:
    return f":{tag}:{'D' if minor < 0 else 'C'}{date:%y%m%d}{currency}{_amount(minor, currency)}"


def _amount(minor: int, currency: str) -> str:
    text = amount_text(abs(minor), currency).replace(".", ",")
    text = text if "," in text else text + ","
    if len(text) > _AMOUNT_MAX:
        raise UnwritableStatement(f"amount {text} has more than {_AMOUNT_MAX} characters")
    return text


def _entry(entry: BankEntry, dialect: Dialect) -> list[str]:
    if entry.status != EntryStatus.BOOKED:
        raise UnwritableStatement(f"MT940 holds booked entries only, not {entry.status}")
    is_divided = len(entry.transactions) > 1
    tx = BankTransaction(entry.amount_minor, entry.currency) if is_divided else entry.transactions[0]
    return [_statement_line(entry), *_side_amounts(tx), *_lines(":86:", _TEXTS[dialect](entry, tx))]


def _statement_line(entry: BankEntry) -> str:
    value_date = entry.value_date or entry.booking_date
    if value_date is None:
        raise UnwritableStatement("an MT940 entry needs a date")
    booking_date = f"{entry.booking_date:%m%d}" if entry.booking_date else ""
    amount = _amount(entry.amount_minor, entry.currency)
    code = entry.bank_transaction_code
    kind = code if code and len(code) == 4 and code.isalnum() else business_code(code).swift_type
    bank_reference = f"//{_reference(entry.reference)}" if entry.reference else ""
    references = _reference(entry.entry_reference or "NONREF") + bank_reference
    return f":61:{value_date:%y%m%d}{booking_date}{_mark(entry)}{entry.currency[2]}{amount}{kind}{references}"


def _mark(entry: BankEntry) -> str:
    """Return C or D; the reversal of a credit (RC) takes money, that of a debit (RD) brings it."""
    is_debit = entry.amount_minor < 0
    if entry.is_reversal:
        return "RC" if is_debit else "RD"
    return "D" if is_debit else "C"


def _side_amounts(tx: BankTransaction) -> list[str]:
    """Return subfield 9: the amount ordered or collected at first, the rate, and the charges."""
    minor, currency = tx.instructed_minor, tx.instructed_currency or tx.currency
    if tx.original_amount_minor is not None:
        minor, currency = tx.original_amount_minor, tx.currency
    coded = (
        ("OCMT", None if minor is None else currency + _amount(minor, currency)),
        ("EXCH", tx.exchange_rate),
        ("CHGS", None if tx.charges_minor is None else tx.currency + _amount(tx.charges_minor, tx.currency)),
    )
    details = "".join(f"/{code}/{value}/" for code, value in coded if value)
    if len(details) > _DETAILS_MAX:
        raise UnwritableStatement(f"the amounts {details} need more than {_DETAILS_MAX} characters")
    return [details] if details else []


def _lines(tag: str, text: str) -> list[str]:
    if not text:
        return []
    first, *others = wrap(text, _LINE_WIDTH, avoid_starts=_FIELD_STARTS)
    return [tag + first, *others]
