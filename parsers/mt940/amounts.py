"""Dates, amounts and balances as MT940 and MT942 write them (sepa-rules section 6.1 and 6.2).

Everything here reads the whole text or refuses it: nothing is cut, rounded or guessed.
"""

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from schemas.errors import FileRefused
from schemas.money import InvalidAmount, minor_digits, scale

Warn: TypeAlias = Callable[[str], None]

AMOUNT_DIGITS_MAX = 15
_WHOLE_DIGITS_SAFE = 11  # With the four decimals that a currency has at most.
_AMOUNT = re.compile(r"([0-9]{1,15}),([0-9]{0,15})")
_WHOLE = re.compile(r"[0-9]{1,15}")
# A full field of 15 characters with a point is how one bank wrote; it cannot be a thousands separator or a cut amount.
_FIXED_POINT = re.compile(r"(?=.{15}\Z)([0-9]{12,14})\.([0-9]{0,2})")
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3}) ?([0-9.,]+) *")
_HALF_YEAR = 183


class Balance(NamedTuple):
    """A balance (``:60:``, ``:62:``) or a sum: signed minor units, currency and date."""

    minor: int
    currency: str
    date: dt.date


@lru_cache(maxsize=1024)
def read_date(text: str) -> dt.date:
    """Return the date of YYMMDD, always in this century. Raises ValueError where there is no such day."""
    return dt.date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))


@lru_cache(maxsize=4096)
def read_dates(text: str) -> tuple[dt.date, dt.date | None]:
    """Return the dates of YYMMDD[MMDD]; the second is the one nearest to the first, None if the bank gives none.

    Raises ValueError where there is no such day.
    """
    value_date, entry_text = read_date(text[:6]), text[6:].strip()
    if not entry_text:
        return value_date, None
    for year in (value_date.year, value_date.year - 1, value_date.year + 1):
        try:
            entry_date = dt.date(year, int(entry_text[:2]), int(entry_text[2:]))
        except ValueError:  # 29 February, or a day that no year has.
            continue
        if abs((entry_date - value_date).days) <= _HALF_YEAR:
            return value_date, entry_date
    raise ValueError(f"{entry_text} is no day near {value_date}")


def read_amount(text: str, currency: str, line: int, warn: Warn) -> int:
    """Return the minor units of an unsigned amount such as ``500,`` or ``000000000012,50``.

    An amount without comma, or of fixed width with a point, is read with a warning. Raises FileRefused.
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        match = _FIXED_POINT.fullmatch(text)
        if match is None and not _WHOLE.fullmatch(text):
            raise FileRefused(f"amount {text[:40]!r} is not of the form 1234,56", code="invalid_amount", line=line)
        warn(f"line {line}: amount {text!r} is written without a comma; it is read as {text.lstrip('0') or '0'}")
    whole, fraction = match.groups() if match else (text, "")
    return minor_of(whole, fraction, currency, line)


def minor_of(whole: str, fraction: str, currency: str, line: int) -> int:
    """Return the minor units of the digits before and after a comma. Raises FileRefused where they do not fit."""
    if len(fraction) == minor_digits(currency) and len(whole) <= _WHOLE_DIGITS_SAFE:  # Nearly always.
        return int(whole + fraction)
    if len(whole) + len(fraction) > AMOUNT_DIGITS_MAX:
        raise FileRefused(f"amount {whole},{fraction} has more than 15 digits", code="invalid_amount", line=line)
    try:
        return scale(whole, fraction, currency)
    except InvalidAmount as error:
        raise FileRefused(str(error), code="invalid_amount", line=line) from error


def read_balance(tag: str, content: str, line: int, warn: Warn) -> Balance:
    """Return the balance in a ``:60:`` or ``:62:`` field. Raises FileRefused."""
    text = content.partition("\n")[0]
    match = _BALANCE.fullmatch(text)
    if match is None:
        message = f":{tag}: is not of the form C or D, YYMMDD, currency, amount"
        raise FileRefused(message, code="invalid_balance", line=line)
    mark, date_text, currency, amount = match.groups()
    minor = read_amount(amount, currency, line, warn)
    try:
        date = read_date(date_text)
    except ValueError as error:
        message = f":{tag}: has the date {date_text}, which does not exist"
        raise FileRefused(message, code="invalid_date", line=line) from error
    return Balance(minor if mark == "C" else -minor, currency, date)
