"""Filters of templates beyond amounts and dates: words of closed sets, per cents, reasons of banks, account groups."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from gateway.web import format as formats
from gateway.web.words import word_of
from schemas.codes import REASON_WORDS, words_of
from schemas.codes.reason_actions import ACTION_WORDS
from schemas.money import minor_digits
from schemas.states import Language


def page_filters(language: Language, gettext: Callable[[str], str]) -> Mapping[str, Callable[..., Any]]:
    """Return the filters for a language."""

    def word(member: StrEnum | str) -> str:
        return gettext(word_of(member)) if member else ""

    def reason(code: str) -> str:
        words = words_of(REASON_WORDS, code, language) if code in REASON_WORDS else ""
        return f"{code}: {words}" if words else code

    return {
        "word": word,
        "action": lambda action: words_of(ACTION_WORDS, str(action), language),
        "reason": reason,
        "percent": lambda basis_points: percent(basis_points, language),
        "groups": groups,
        "short": lambda date: "" if date is None else formats.short_day(date, language),
        "sentence": lambda text: text[:1].upper() + text[1:],
        "digits": minor_digits,
    }


def percent(basis_points: int, language: Language) -> str:
    """Return hundredths of a per cent as a number without its sign: ``2``, ``2.5``, in German ``2,5``."""
    text = formats.amount(basis_points, "EUR", language)
    return text.rstrip("0").rstrip(".,") if text[-1] == "0" else text


def groups(account: str) -> str:
    """Return an account number in groups of four."""
    return " ".join(account[start : start + 4] for start in range(0, len(account), 4))
