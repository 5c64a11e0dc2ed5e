"""Structured creditor references in what payers write: searched, verified and made comparable.

Every incoming text is searched, so cheap checks come before the patterns. A failed check digit is no match: near
misses have a function of their own, for weak evidence. References without a recognizable form (FI, EE, NO, SE, NL)
are not searched here; compare the text's numbers by `reference_key` and verify them with the creditor's scheme.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from schemas.check_digits import check97
from schemas.reference_schemes import ReferenceScheme, generate, normalize, verify

__all__ = [
    "FoundReference",
    "ReferenceScheme",
    "find_near_references",
    "find_references",
    "generate",
    "normalize",
    "reference_key",
    "verify",
]

_GAP = "[ \xa0\t\r\n./-]?"
_RF_START = re.compile(rf"(?<![A-Za-z])[Rr][Ff]{_GAP}[0-9][0-9]{_GAP}")
_RF_BODY = re.compile(rf"[A-Za-z0-9](?:{_GAP}[A-Za-z0-9]){{0,20}}")
# Where the body may end: at the end of a word, or where digits run into letters because a bank cut the blank.
_RF_END = re.compile(r"[A-Za-z0-9](?![A-Za-z0-9])|[0-9](?=[A-Za-z])")
# Every number of twelve digits or more, however grouped, begins so; most texts have none.
_LONG_NUMBER = re.compile("(?<![0-9])(?:[0-9][ /.\xa0-]{0,3}+){11}[0-9]")
_HINT = re.compile(f"[Rr][Ff]|[Ss][Ii]12|[Hh][Rr]01|{_LONG_NUMBER.pattern}")
_OGM_SLASHED = r"(?<![0-9])[0-9]{3} ?/ ?[0-9]{4} ?/ ?[0-9]{5}(?![0-9])"
_NUMBERED = (
    (
        ReferenceScheme.BE_OGM,
        re.compile(_OGM_SLASHED + r"|(?<![0-9A-Za-z])[0-9]{3}[ .-]?[0-9]{4}[ .-]?[0-9]{5}(?![0-9A-Za-z])"),
    ),
    (
        ReferenceScheme.CH_QRR,
        re.compile(
            r"(?<![0-9A-Za-z])(?:[0-9]{2}(?:[ \xa0]?[0-9]{5}){5}|(?:[0-9]{5}[ \xa0]?){5}[0-9]{2})(?![0-9A-Za-z])"
        ),
    ),
)
_PREFIXED = (
    ("si12", ReferenceScheme.SI12, re.compile(r"(?<![A-Za-z0-9])[Ss][Ii]12 ?[0-9]{2,13}(?![A-Za-z0-9])")),
    (
        "hr01",
        ReferenceScheme.HR01,
        re.compile(r"(?<![A-Za-z0-9])[Hh][Rr]01 ?[0-9]{1,12}(?:-[0-9]{1,12}){0,2}(?![A-Za-z0-9-])"),
    ),
)
_NEAR_OGM = re.compile(_OGM_SLASHED)


class FoundReference(NamedTuple):
    """A structured reference in a text: its scheme, its key for comparison, and where it stands (text[start:end])."""

    scheme: ReferenceScheme
    key: str
    start: int
    end: int


def reference_key(text: str) -> str:
    """Return a reference as it is compared: capitals, no blanks or ``/ + * . -``, numbers without leading zeros.

    Numbers of fixed length lose their zeros too, because spreadsheets drop them; a key is compared with keys only.
    """
    key = normalize(text)
    return key.lstrip("0") if key.isdecimal() else key


def may_hold_reference(text: str) -> bool:
    """Return whether a text may hold a structured reference, right or mistyped: a quick no."""
    return _HINT.search(text) is not None


def find_references(text: str) -> tuple[FoundReference, ...]:
    """Return the structured references of a text whose check digits are right, ordered by where they start.

    Searched are RF, Belgian OGM, Swiss QRR, SI12 and HR01. Where a text leaves open how far a reference goes, each
    reading that verifies is returned; only a known item decides between them.
    """
    lowered = text.lower()
    found: list[FoundReference] = []
    if "rf" in lowered:
        found += [reading for readings in _rf_readings(text) for reading in readings if _is_rf(reading.key)]
    if _LONG_NUMBER.search(text):
        for scheme, pattern in _NUMBERED:
            found += _matches(scheme, pattern, text)
    for prefix, scheme, pattern in _PREFIXED:
        if prefix in lowered:
            found += _matches(scheme, pattern, text)
    return tuple(sorted(found, key=lambda reference: reference.start)) if len(found) > 1 else tuple(found)


def find_near_references(text: str) -> tuple[FoundReference, ...]:
    """Return what has the form of an RF or a slashed OGM reference but wrong check digits: perhaps mistyped.

    Of an RF every reading is returned. Weak evidence only; nothing may be booked on it.
    """
    near = [
        reading
        for readings in (_rf_readings(text) if "rf" in text.lower() else ())
        if not any(_is_rf(reading.key) for reading in readings)
        for reading in readings
    ]
    if "/" not in text:
        return tuple(near)
    for match in _NEAR_OGM.finditer(text):
        if not verify(ReferenceScheme.BE_OGM, match[0]):
            near.append(FoundReference(ReferenceScheme.BE_OGM, reference_key(match[0]), *match.span()))
    return tuple(near)


def _rf_readings(text: str) -> Iterator[list[FoundReference]]:
    """Yield for each start of an RF the references it may be, the shortest first."""
    for start in _RF_START.finditer(text):
        body = _RF_BODY.match(text, start.end())
        if body:
            yield [
                FoundReference(ReferenceScheme.RF, normalize(text[start.start() : end]), start.start(), end)
                for end in _rf_ends(text, body)
            ]


def _rf_ends(text: str, body: re.Match[str]) -> Iterator[int]:
    for match in _RF_END.finditer(text, body.start()):
        end = match.end()
        if end > body.end():
            return
        is_inside_word = end < len(text) and text[end].isalnum()
        if not is_inside_word or normalize(text[body.start() : end]).isdecimal():
            yield end


def _is_rf(key: str) -> bool:
    return check97(key[4:] + "RF00") == key[2:4]


def _matches(scheme: ReferenceScheme, pattern: re.Pattern[str], text: str) -> list[FoundReference]:
    return [
        FoundReference(scheme, reference_key(match[0]), *match.span())
        for match in pattern.finditer(text)
        if verify(scheme, match[0])
    ]
