"""A text cut into runs of letters and runs of digits, and what a word of it may be."""

import re
from collections.abc import Sequence
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import NamedTuple

# What separates, then letters or digits. Possessive, and what is left at the end is taken too: each sign is read once.
_TOKENS = re.compile(r"([^A-Z0-9]*+)([A-Z]++|[0-9]++)|[^A-Z0-9]++\Z")
_DIGIT = re.compile("[0-9]")
_MISREAD = re.compile("(?<![A-Z0-9])(?=[0-9]*+[OIL])(?=[OIL]*+[0-9])[0-9OIL]++(?![A-Z0-9])")
_PERCENT = re.compile("(?<![0-9.,])[0-9]{1,3}+(?:[.,][0-9]{1,3}+)?[ \xa0]?%")
_AS_DIGITS = str.maketrans("OIL", "011")
_TEXT_MAX = 20_000  # Characters that are read; the longest remittance of a bank is shorter.


class Grade(IntEnum):
    """How sure it is that a word is one of our numbers."""

    UNKNOWN = 0  # Looks like one, but no item has it.
    MISREAD = 1  # Would be one with O read as 0, I as 1.
    LOW = 2  # A bare serial of few digits, or behind letters of another make.
    TAIL = 3  # A bare serial.
    LINKED = 4  # A short form in a list that began with a whole number.
    WHOLE = 5


Tokens = Sequence[tuple[str, str]]  # Separator before, run.
Slots = tuple[int, ...]  # Places of items in the index.


class Source(StrEnum):
    """Where a word stands."""

    TEXT = "text"
    END_TO_END_ID = "end_to_end_id"
    REFERENCE = "reference"  # A structured creditor reference, in its field or in the text.


class Word(NamedTuple):
    """A number in a text: tokens ``first`` to ``last``, and the sets of items, by slot, that it may name."""

    first: int
    last: int
    key: str
    grade: Grade
    readings: tuple[Slots, ...]
    source: Source = Source.TEXT


def capitals(text: str) -> str:
    """Return a text in capitals that is as long as before (ß stays)."""
    upper = text.upper()
    if len(upper) != len(text):
        upper = "".join([char.upper() if len(char.upper()) == 1 else char for char in text])
    return upper


@lru_cache(maxsize=8)
def tokenize(text: str) -> Tokens:
    """Split a text into (separator, run), in capitals; together they are as long as the text.

    The last ones are kept: a text is searched for numbers of items, of customers and of mandates.
    """
    found: list[tuple[str, str]] = _TOKENS.findall(capitals(without_percentages(text[:_TEXT_MAX])))
    return found if not found or found[-1][1] else found[:-1]


def without_percentages(text: str) -> str:
    """Return a text with blanks for each percentage, which is no number of anything."""
    return _PERCENT.sub(lambda match: " " * len(match[0]), text) if "%" in text else text


def has_digit(text: str) -> bool:
    """Return whether a text holds a digit, without which it names nothing."""
    return _DIGIT.search(text) is not None


def as_digits(text: str) -> str:
    """Return a text in capitals with O, I and L read as digits where they stand among digits; places stay the same."""
    return _MISREAD.sub(lambda match: match[0].translate(_AS_DIGITS), capitals(text))
