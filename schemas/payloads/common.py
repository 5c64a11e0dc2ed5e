"""Shapes that every resource of the API shares, and the types of what callers send.

Keys are texts, because they pass what JavaScript counts exactly. What is sent is read strictly: an amount is a whole
number and nothing that looks like one, a text has no control characters, a date is written in full.
"""

import datetime as dt
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MINOR_MAX = 10**15 - 1  # So that even the sum of thousands of them fits into 64 bits.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_NOTES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def one_line(text: str) -> str:
    """Return a text as it is stored: trimmed, each run of blanks one blank, composed. Raises ValueError."""
    if _CONTROL.search(text.translate({9: " ", 10: " ", 13: " "})):
        raise ValueError("control characters are not allowed")
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _filled(text: str) -> str:
    if not text:
        raise ValueError("a text that is not blank is needed")
    return text


def _note(text: str) -> str:
    if _CONTROL_IN_NOTES.search(text):
        raise ValueError("control characters are not allowed")
    return text


def _day(value: object) -> object:
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("a date such as 2026-11-21 is needed")
    return dt.date.fromisoformat(value)


def _key_text(value: object) -> object:
    return str(value) if isinstance(value, int) else value


Key = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}$"), BeforeValidator(_key_text)]
KeyNumber = Annotated[int, Field(ge=0, lt=10**18)]  # A key in a query.
Minor = Annotated[int, Field(strict=True, ge=-MINOR_MAX, le=MINOR_MAX, description="Whole minor units")]
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=10_000, description="Hundredths of a per cent")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Day = Annotated[dt.date, BeforeValidator(_day)]
Text = Annotated[str, StringConstraints(max_length=2000), AfterValidator(one_line)]
Word = Annotated[str, StringConstraints(max_length=64), AfterValidator(one_line)]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=2000), AfterValidator(one_line), AfterValidator(_filled)
]
# What a thing is called: of a customer, an invoice.
Number = Annotated[
    str, StringConstraints(min_length=1, max_length=64), AfterValidator(one_line), AfterValidator(_filled)
]
Sentence = Annotated[
    str, StringConstraints(min_length=3, max_length=500), AfterValidator(one_line), AfterValidator(_filled)
]
Note = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_note)]


class Shape(BaseModel):
    """Base of every shape: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Body(Shape):
    """Base of what is sent as JSON: nothing is converted, so ``1.0`` and ``"1"`` are no whole numbers."""

    model_config = ConfigDict(strict=True)


class Page(Shape):
    """How a list is paged: at most ``limit`` rows after ``cursor``."""

    limit: int = Field(default=50, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=200)


class Reason(Body):
    """Why a person does something."""

    reason: Sentence
