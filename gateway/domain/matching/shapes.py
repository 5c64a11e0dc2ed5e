"""How the company's own numbers look, learned from the numbers themselves: there is no pattern to configure.

A number such as FA-2026-000123 is read as prefix FA, head 2026, serial 123. The serial is the run of digits that
differs most from number to number; what stands before and behind it belongs to the series. Nothing here knows a text.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

RUNS = re.compile("[A-Z]+|[0-9]+")
YEAR = re.compile("(?:19|20)[0-9]{2}")
_SAMPLE_MAX = 2000
_YEARS_MAX = 12  # More different starts of four digits than this are no years.
_NUMERIC_MIN = 7  # Digits of a bare number whose constant start a payer may leave out.
_INT_DIGITS_MAX = 18


_T = TypeVar("_T")


class Shape(NamedTuple):
    """Numbers of one make: which run is the serial, how many digits of that run are head, how long it is written."""

    serial_run: int
    glued: int
    lengths: frozenset[int]  # Of serials with leading zeros; empty where they are written without.


class Series(NamedTuple):
    """What numbers that are counted together have in common."""

    start: str  # The letters that it begins with, if it does.
    prefix: str  # All letters before the serial.
    head: str  # Digits before the serial, such as the year.
    short_head: str  # The same with a year of two digits, else the same.
    foot: str  # What follows the serial.
    runs: int  # Of letters or digits, in the number as printed.
    lengths: frozenset[int]


class Parsed(NamedTuple):
    """One number of ours taken apart; ``key`` is its capital letters and digits."""

    key: str
    series: Series
    serial: int


class _Stem(NamedTuple):
    """What stands before the last run of digits, where that run is the serial: the usual case, kept for speed."""

    key: str
    shape: Shape
    series: dict[str, Series]  # By the digits of the last run that are head.


def spread(values: Sequence[_T]) -> Sequence[_T]:
    """Return some of many values, from all over."""
    return values[:: len(values) // _SAMPLE_MAX + 1]


class Shapes:
    """The learned shapes. ``parse`` takes a number apart in the way of its kind."""

    __slots__ = ("_shapes", "_stems")

    def __init__(self, numbers: Sequence[str]) -> None:
        """Learn from numbers; ``spread`` chooses enough of very many."""
        rows: dict[str, list[list[str]]] = {}
        for number in spread(numbers):
            runs = RUNS.findall(number.upper())
            rows.setdefault(_signature(runs), []).append(runs)
        self._shapes = {signature: _learn(sample) for signature, sample in rows.items() if "9" in signature}
        self._stems: dict[str, _Stem] = {}

    def parse(self, number: str) -> Parsed | None:
        """Take a number apart; None if it has no digit."""
        text = number.upper()
        before = text.rstrip("0123456789")
        run = text[len(before) :]
        stem = self._stems.get(before) if run else None
        if stem is None:
            return self._parse_first(text, before)
        glued = stem.shape.glued if len(run) > stem.shape.glued else 0
        series = stem.series.get(run[:glued])
        if series is None:
            series = stem.series[run[:glued]] = _series([*RUNS.findall(before), run[:glued]], stem.shape)
        return Parsed(stem.key + run, series, int(run[glued:][-_INT_DIGITS_MAX:]))

    def _parse_first(self, text: str, before: str) -> Parsed | None:
        runs = RUNS.findall(text)
        signature = _signature(runs)
        if "9" not in signature:
            return None
        shape = self._shapes.get(signature)
        if shape is None:
            shape = self._shapes[signature] = _learn([runs])
        key = "".join(runs)
        if shape.serial_run == len(runs) - 1 and before != text:
            self._stems[before] = _Stem("".join(runs[:-1]), shape, {})
            return self.parse(text)
        run = runs[shape.serial_run]
        serial = run[shape.glued :] or run
        runs[shape.serial_run] = run[: len(run) - len(serial)]
        return Parsed(key, _series(runs, shape), int(serial[-_INT_DIGITS_MAX:]))


def _signature(runs: Sequence[str]) -> str:
    return "".join(["9" if run[0] <= "9" else "A" for run in runs])


def _learn(sample: Sequence[Sequence[str]]) -> Shape:
    """Find the serial among the runs of numbers with the same signature."""
    columns = [[runs[place] for runs in sample] for place in range(len(sample[0]))]
    place = max(
        (place for place, column in enumerate(columns) if column[0][0] <= "9"), key=lambda p: _variety(columns[p], p)
    )
    glued = _glued(columns[place]) if len(columns) < 3 else 0
    serials = [run[glued:] for run in columns[place]]
    is_padded = any(serial.startswith("0") for serial in serials)
    return Shape(place, glued, frozenset(map(len, serials)) if is_padded else frozenset())


def _variety(column: Sequence[str], place: int) -> tuple[int, bool, int, int]:
    is_year = all(YEAR.fullmatch(run) for run in column)
    return len(set(column)), not is_year, max(map(len, column)), place


def _glued(column: Sequence[str]) -> int:
    """Return how many digits at the start of a run are a year or constant (20260012, 40012345), else 0."""
    if min(map(len, column)) > 5 and all(map(YEAR.match, column)) and len({run[:4] for run in column}) <= _YEARS_MAX:
        return 4
    constant = len(_common_start(min(column), max(column)).rstrip("0"))
    return constant if min(map(len, column)) >= max(_NUMERIC_MIN, constant + 4) and len(set(column)) > 1 else 0


def _common_start(first: str, last: str) -> str:
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return first[:same]


def _series(runs: Sequence[str], shape: Shape) -> Series:
    """Make the series of a number whose serial was cut out of its runs.

    Digits glued before the serial are its head if they are a year or stand behind letters: U26 in U2600123.
    """
    place = shape.serial_run
    before = [*runs[:place], runs[place] if place or YEAR.fullmatch(runs[place]) else ""]
    start = runs[0] if runs[0] > "9Z" else ""
    prefix = "".join(run for run in before if run > "9Z")
    head = "".join(run for run in before if run <= "9Z")
    short_head = head[2:] if YEAR.match(head) else head
    return Series(start, prefix, head, short_head, "".join(runs[place + 1 :]), len(runs), shape.lengths)
