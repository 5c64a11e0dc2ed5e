"""What people type into forms: amounts and dates as they write them, read exactly or refused.

An amount may be grouped as its language groups; a comma or a point before the last digits is the decimal mark. What
could be read in two ways is refused, never guessed.
"""

import datetime as dt
import re

from schemas.errors import GatewayError
from schemas.money import minor_digits, scale
from schemas.states import Language

_BLANKS = re.compile(r"[\s\u00a0\u202f']+")
_GROUPED = {
    Language.EN: re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,4}))?", re.ASCII),
    Language.FR: re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]{1,4}))?", re.ASCII),
    Language.DE: re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]{1,4}))?", re.ASCII),
}
_PLAIN = re.compile(r"([0-9]{1,15})(?:[.,]([0-9]{1,4}))?", re.ASCII)


class TypedAmount(GatewayError):
    """This is not an amount."""

    code = "invalid_amount"


class TypedDate(GatewayError):
    """This is not a date."""

    code = "invalid_date"


def read_amount(text: str, currency: str, language: Language) -> int:
    """Return the minor units of an amount such as ``1,234.50`` (English) or ``1.234,50``; nothing typed is zero.

    A minus in front is allowed. Raises TypedAmount.
    """
    bare = _BLANKS.sub("", text)
    if not bare:
        return 0
    sign = -1 if bare[0] in "-\N{MINUS SIGN}" else 1
    digits = bare[1:] if sign < 0 else bare
    match = _GROUPED[language].fullmatch(digits) or _PLAIN.fullmatch(digits)
    if match is None or len(match[2] or "") > minor_digits(currency):
        raise TypedAmount(f"{text.strip()[:40]!r} is not an amount such as 1234.50")
    return sign * scale(re.sub("[.,]", "", match[1]), match[2] or "", currency)


def read_date(text: str) -> dt.date | None:
    """Return the date of a date field, or None when it is empty. Raises TypedDate."""
    try:
        return dt.date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise TypedDate(f"{text.strip()[:20]!r} is not a date such as 2026-11-21") from error
