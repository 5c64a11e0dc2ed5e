"""Amounts, counts and dates as each language writes them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from gateway.web import format as formats
from schemas.states import Language

EN, FR, DE = Language.EN, Language.FR, Language.DE


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (123450, "EUR", EN, "1,234.50"),
        (123450, "EUR", FR, "1\u202f234,50"),
        (123450, "EUR", DE, "1.234,50"),
        (-5, "EUR", EN, "\u22120.05"),
        (-123456789, "EUR", DE, "\u22121.234.567,89"),
        (0, "EUR", EN, "0.00"),
        (1234, "JPY", EN, "1,234"),
        (1234567, "KWD", FR, "1\u202f234,567"),
        (999_999_999_999_999_999, "EUR", EN, "9,999,999,999,999,999.99"),
    ],
)
def test_amounts_are_exact_and_have_a_real_minus(minor: int, currency: str, language: Language, text: str) -> None:
    assert formats.amount(minor, currency, language) == text


@pytest.mark.parametrize(("language", "text"), [(EN, "12,345"), (FR, "12\u202f345"), (DE, "12.345")])
def test_counts_are_parted(language: Language, text: str) -> None:
    assert formats.number(12345, language) == text
    assert formats.number(-1, language) == "\u22121"


@pytest.mark.parametrize(
    ("language", "day", "weekday"),
    [(EN, "21 Nov 2026", "Sat 21 Nov"), (FR, "21 nov. 2026", "sam. 21 nov."), (DE, "21.11.2026", "Sa., 21. Nov.")],
)
def test_dates_are_written_as_the_reader_does(language: Language, day: str, weekday: str) -> None:
    date = dt.date(2026, 11, 21)

    assert formats.day(date, language) == day
    assert formats.weekday(date, language).replace("Sat, ", "Sat ") == weekday


def test_moments_are_in_the_zone_of_the_installation() -> None:
    at = dt.datetime(2026, 11, 20, 23, 5, tzinfo=dt.UTC)

    assert formats.moment(at, EN, ZoneInfo("Europe/Paris")) == "21 Nov 2026, 00:05"
    assert formats.moment(at, DE, ZoneInfo("UTC")) == "20.11.2026, 23:05"


def test_accounts_are_masked() -> None:
    assert formats.account("DE89370400440532013000") == "DE89 **** **** 3000"
