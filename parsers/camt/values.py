"""From texts of a camt message to values: amounts, signs, dates. Each is read whole or the file is refused."""

import datetime as dt
import re
from functools import lru_cache

from parsers.xml_found import RawAmount
from schemas.errors import FileRefused
from schemas.identifiers import REFERENCE_MAX
from schemas.money import SUM_MAX, InvalidAmount, InvalidCurrency, parse_amount, parse_currency

# xs:date and xs:dateTime, with or without a time zone. The day is taken as the bank wrote it, in its own zone.
_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_SIGNS: dict[str | None, int] = {"CRDT": 1, "DBIT": -1}
_CLAIMS: dict[str, bool] = {"true": True, "1": True, "false": False, "0": False}
_YEARS = range(1900, 2200)  # So that a day can be counted on from any date.
NUMBER_MAX = 999_999_999  # More is no number of pages or payments.
_NUMBER_DIGITS_MAX = len(str(NUMBER_MAX))


def shown(text: str) -> str:
    """Return a text of the file as a message may quote it: short, in quotes."""
    return repr(text if len(text) <= 40 else text[:40] + "…")


@lru_cache(maxsize=4096)
def read_amount(raw: RawAmount) -> tuple[int, str]:
    """Return unsigned minor units and currency. Raises FileRefused."""
    text, currency = raw
    try:
        code = parse_currency(currency)
        return parse_amount(text, code), code
    except (InvalidAmount, InvalidCurrency) as error:
        raise FileRefused(str(error), code=error.code) from None


def check_sum(minor: int, what: str, line: int | None = None) -> int:
    """Return an unsigned sum of amounts. Raises FileRefused where it is more than can be booked."""
    if minor > SUM_MAX:
        raise FileRefused(f"{what} add up to more than any account can hold", code="invalid_amount", line=line)
    return minor


def read_reference(text: str | None) -> str | None:
    """Return a bank's reference, by which an entry is known again. Raises FileRefused where it is no such thing."""
    if text is not None and len(text) > REFERENCE_MAX:
        raise FileRefused(f"a reference has {len(text)} characters; 35 are usual", code="invalid_reference")
    return text


def read_sign(text: str | None) -> int:
    """Return 1 for CRDT (money comes to us) and -1 for DBIT. Raises FileRefused."""
    sign = _SIGNS.get(text)
    if sign is None:
        what = f"credit or debit is marked {shown(text)}" if text else "credit or debit is not marked"
        raise FileRefused(f"{what}; CRDT or DBIT was expected", code="invalid_sign")
    return sign


@lru_cache(maxsize=4096)
def read_date(text: str | None) -> dt.date | None:
    """Return the day of an ISO date or moment, None where there is no text. Raises FileRefused."""
    if text is None:
        return None
    match = _DATE.fullmatch(text)
    try:
        day = dt.date.fromisoformat(match[1]) if match else None
    except ValueError:
        day = None
    if day is not None and day.year in _YEARS:
        return day
    raise FileRefused(f"date {shown(text)} does not exist; one such as 2026-11-21 was expected", code="invalid_date")


def read_claim(text: str | None) -> bool | None:
    """Return what ``true``, ``false``, ``1`` or ``0`` says, None for anything else."""
    return _CLAIMS.get(text.lower()) if text else None


def read_number(text: str | None) -> int | None:
    """Return a whole number, None where there is none."""
    if text and len(text) <= _NUMBER_DIGITS_MAX and text.isascii() and text.isdigit():
        return int(text)
    return None


def compact(text: str | None) -> str | None:
    """Return an account or bank code without blanks."""
    return text.replace(" ", "") if text and " " in text else text
