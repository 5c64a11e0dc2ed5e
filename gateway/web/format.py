"""Amounts, dates and accounts as the reader writes them."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton

from schemas.identifiers import mask_account
from schemas.money import amount_text
from schemas.states import Language

_MINUS = "\N{MINUS SIGN}"
# Thousands are parted by what the language uses; French by a narrow blank that does not break.
_MARKS = {Language.EN: (",", "."), Language.FR: ("\N{NARROW NO-BREAK SPACE}", ","), Language.DE: (".", ",")}
_LOCALES = {Language.EN: "en_GB", Language.FR: "fr_FR", Language.DE: "de_DE"}


def amount(minor: int, currency: str, language: Language) -> str:
    """Return minor units as a number without its currency: ``−1,234.50``, ``−1.234,50`` in German."""
    thousands, decimal = _MARKS[language]
    whole, _, fraction = amount_text(abs(minor), currency).partition(".")
    text = f"{int(whole):,}".replace(",", thousands) + (decimal + fraction if fraction else "")
    return _MINUS + text if minor < 0 else text


def number(count: int, language: Language) -> str:
    """Return a count with its thousands parted."""
    text = f"{abs(count):,}".replace(",", _MARKS[language][0])
    return _MINUS + text if count < 0 else text


def day(date: dt.date, language: Language) -> str:
    """Return a date: ``21 Nov 2026``, ``21.11.2026`` in German."""
    return format_date(date, "medium", locale=_locale(language))


def weekday(date: dt.date, language: Language) -> str:
    """Return a date with its weekday and without the year, for planning: ``Sat 21 Nov``."""
    return format_skeleton("MMMEd", date, locale=_locale(language))


def short_day(date: dt.date, language: Language) -> str:
    """Return a date without its year, where space is scarce: ``21 Nov``."""
    return format_skeleton("MMMd", date, locale=_locale(language))


def month(date: dt.date, language: Language) -> str:
    """Return the month of a date: ``Nov 2026``."""
    return format_skeleton("yMMM", date, locale=_locale(language))


def month_name(date: dt.date, language: Language) -> str:
    """Return the month of a date without its year, where space is scarce: ``Nov``."""
    return format_skeleton("MMM", date, locale=_locale(language))


def moment(at: dt.datetime, language: Language, zone: ZoneInfo) -> str:
    """Return a moment in the zone of the installation, to the minute."""
    local = at.astimezone(zone)
    return f"{day(local.date(), language)}, {format_datetime(local, 'HH:mm', locale=_locale(language))}"


def account(text: str) -> str:
    """Return an account number masked, as lists show it."""
    return mask_account(text)


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse(_LOCALES[language])
