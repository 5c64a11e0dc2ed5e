"""Texts as SEPA has them: characters, lengths, amounts, dates. Each function tells what is wrong, or nothing."""

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache

from schemas.identifiers import Iban, InvalidIban

ID_MAX, NAME_MAX, REMITTANCE_MAX = 35, 70, 140
_SCALE = 17  # The most decimals that the schema lets a control sum have.
_CENT, AMOUNT_MAX = 10 ** (_SCALE - 2), 99_999_999_999  # Cents of euro.
_SEPA = re.compile(r"[A-Za-z0-9/?:().,'+ -]*")
_OUTSIDE = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")
_AMOUNT = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,17}))?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def shown(text: str) -> str:
    """Return a text as a finding shows it."""
    return repr(text if len(text) <= 80 else text[:80] + "…")


def is_sepa_text(text: str) -> bool:
    """Tell whether a text has only the characters that every bank takes."""
    return _SEPA.fullmatch(text) is not None


def id_fault(name: str, text: str | None) -> str:
    """Tell why a text is no id: 1 to 35 of the SEPA characters."""
    if text is None:
        return f"no {name}"
    if len(text) > ID_MAX:
        return f"{name} {shown(text)} has {len(text)} characters"
    return "" if _SEPA.fullmatch(text) else f"{name} {shown(text)} has {_outside(text)}"


def slash_fault(name: str, text: str | None) -> str:
    """Tell of a slash at either end of an id, or two together."""
    if not text or "/" not in text:
        return ""
    return f"{name} {shown(text)}" if text[0] == "/" or text[-1] == "/" or "//" in text else ""


def outside_fault(texts: Iterable[str | None]) -> str:
    """Tell of characters that not every bank takes."""
    for text in texts:
        if text is not None and not _SEPA.fullmatch(text):
            return _outside(text)
    return ""


def _outside(text: str) -> str:
    return " ".join(repr(char) for char in dict.fromkeys(_OUTSIDE.findall(text)))


def length_fault(name: str, text: str | None, limit: int) -> str:
    """Tell of a text that is longer than its place. Names and texts are not shown, they may be anybody's."""
    return f"{name} of {len(text)} characters" if text is not None and len(text) > limit else ""


def exact(text: str | None) -> int | None:
    """Return an amount or sum as a whole number of the smallest unit that a schema can have, None if it is none."""
    match = _AMOUNT.fullmatch(text or "")
    return int(match[1] + (match[2] or "").ljust(_SCALE, "0")) if match else None


def exact_text(number: int) -> str:
    """Return such a number as it is written, with two decimals at least."""
    text = str(number).rjust(_SCALE + 1, "0")
    return f"{text[:-_SCALE]}.{text[-_SCALE:].rstrip('0').ljust(2, '0')}"


def is_amount(text: str | None) -> bool:
    """Tell whether a text is an amount that SEPA can move: whole cents, 0.01 to 999999999.99."""
    number = exact(text)
    return number is not None and number % _CENT == 0 and 1 <= number // _CENT <= AMOUNT_MAX


@lru_cache(maxsize=4096)
def date_of(text: str | None) -> dt.date | None:
    """Return the day that a text such as 2026-12-01 names, None if it names none."""
    if text is None or not _DATE.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def iban_fault(text: str) -> str:
    """Tell why a text is no IBAN. The account is shown masked."""
    if isinstance(text, Iban):
        return ""  # Its type is the proof.
    try:
        return "" if Iban.parse(text) == text else "an IBAN with blanks or small letters"
    except InvalidIban as error:
        return str(error)
