"""The numbers of the open items, found whole or by their serial.

Built once, O(items); a slot is the place of an item in the list that was given. Which words of a text mean which
number is the matter of `words`.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gateway.domain.matching.hits import Hits, add_slot, remove_slot, slots_of
from gateway.domain.matching.shapes import RUNS, YEAR, Parsed, Series, Shapes

_SLOTS_MAX = 20  # A short form that fits more items says nothing.
INT_DIGITS_MAX = 18
BETWEEN = " \t\r\n\xa0-/._:"  # May stand between the runs of one number.
_ALIAS_LENGTH_MIN = 5  # Letters and digits of an order number or reference that is searched in texts.
_GLUED_STARTS_MAX = 20  # More beginnings than these are not sought inside words.
_NO_NUMBER = Parsed("", Series("", "", "", "", "", 1, frozenset()), -1)


class Numbers:
    """All numbers by which an item can be named in a text."""

    __slots__ = (
        "_alias_starts",
        "_aliases",
        "_serials",
        "_whole",
        "bare_makes",
        "digit_starts",
        "find_whole",
        "glued_starts",
        "has_aliases",
        "has_foot",
        "head_digits",
        "head_lengths",
        "heads",
        "keys",
        "printed",
        "runs_max",
        "serial_lengths",
        "serials",
        "series",
        "starts",
        "starts_with_digit",
    )

    def __init__(self, numbers: Iterable[tuple[str, Sequence[str]]], shapes: Shapes) -> None:
        """Take of each item its number and its aliases: order reference, national creditor reference."""
        self.keys: Sequence[str] = []
        self.series: list[Series] = []
        self.serials: Sequence[int] = ()
        self.runs_max = 1
        # Length and first digits of numbers without letters or separators.
        self.bare_makes: set[tuple[int, str]] = set()
        self._whole: Hits = {}
        self._serials: Hits = {}
        self._aliases: Hits = {}
        self._alias_starts: set[str] = set()
        self._read(numbers, shapes)
        # The slot, or slots, of a number without separators. Bound here because it is asked most often of all.
        self.find_whole = self._whole.get
        self._learn()

    def _learn(self) -> None:
        """Gather what a search in texts asks of all numbers together."""
        all_series = list({id(series): series for series in self.series}.values())
        alias_starts = self._alias_starts
        starts = {series.start for series in all_series} | {run for run in alias_starts if run > "9Z"}
        self.starts = frozenset(starts - {""})
        self.glued_starts = tuple(sorted(self.starts))[:_GLUED_STARTS_MAX]
        self.has_aliases = bool(alias_starts)
        self.starts_with_digit = any(not series.start for series in all_series) or any(
            run <= "9Z" for run in alias_starts
        )
        self.runs_max = max([self.runs_max] + [series.runs for series in all_series])
        self.heads = frozenset(head for series in all_series for head in (series.head, series.short_head) if head)
        self.head_digits = frozenset(head[0] for head in self.heads)  # Those that heads begin with.
        self.head_lengths = tuple(sorted({len(head) for head in self.heads}, reverse=True))
        self.serial_lengths = frozenset(length for series in all_series for length in series.lengths)
        self.has_foot = any(series.foot for series in all_series)
        self.digit_starts = frozenset(head[:2] for head in self.heads) | {start for _, start in self.bare_makes}
        self.printed = self._pattern()

    def _read(self, numbers: Iterable[tuple[str, Sequence[str]]], shapes: Shapes) -> None:
        self.keys = keys = list[str]()
        self.serials = serials = array("q")
        for slot, (number, aliases) in enumerate(numbers):
            key, serial = self._take(shapes.parse(number))
            keys.append(key)
            serials.append(serial)
            if key:
                add_slot(self._whole, key, slot)
                add_slot(self._serials, serial, slot)
            for alias in aliases:
                if alias_key := self._take_alias(alias):
                    add_slot(self._aliases, alias_key, slot)

    def _take(self, parsed: Parsed | None) -> tuple[str, int]:
        """Note the series of the next number; return its key, empty if it has no digit, and its serial."""
        key, series, serial = parsed or _NO_NUMBER
        self.series.append(series)
        if not series.start and series.runs == 1 and key.isdecimal():
            self.bare_makes.add((len(key), key[:2]))
        return key, serial

    def _take_alias(self, alias: str) -> str:
        """Return the key of another number; empty if it is not searched in texts."""
        runs = RUNS.findall(alias.upper())
        key = "".join(runs)
        if len(key) < _ALIAS_LENGTH_MIN or all(run > "9Z" for run in runs):
            return ""
        self._alias_starts.add(runs[0])
        self.runs_max = max(self.runs_max, len(runs))
        return key

    def show(self, slot: int, aliases: Iterable[str]) -> None:
        """Let an item be found again by its number and its aliases."""
        for hits, key in self._found_by(slot, aliases):
            add_slot(hits, key, slot)

    def hide(self, slot: int, aliases: Iterable[str]) -> None:
        """Let an item not be found by its number or its aliases: whoever names it names nothing."""
        for hits, key in self._found_by(slot, aliases):
            remove_slot(hits, key, slot)

    def _found_by(self, slot: int, aliases: Iterable[str]) -> Iterator[tuple[Hits, Any]]:
        if self.keys[slot]:
            yield self._whole, self.keys[slot]
            yield self._serials, self.serials[slot]
        for alias in aliases:
            if alias_key := self._take_alias(alias):
                yield self._aliases, alias_key

    def _pattern(self) -> re.Pattern[str] | None:
        """Return the pattern of a text with one number as it is printed, or nearly, and no other digits but a date.

        Its groups are the letters, the first digits and the rest of the number. Possessive, so that a hostile text is
        read once. None where numbers begin in many ways, or as dates do.
        """
        if not self.starts or len(self.starts) > _GLUED_STARTS_MAX or self.starts_with_digit:
            return None
        letters, gap = "|".join(sorted(self.starts)), f"[{re.escape(BETWEEN)}]"
        number = f"({letters}){gap}{{0,2}}([0-9]++)((?:{gap}{{1,2}}[0-9]++){{0,{self.runs_max}}})"
        date = "[0-3]?[0-9][./][0-3]?[0-9][./](?:19|20)[0-9]{2}(?![0-9])"
        return re.compile(f"[^0-9]*(?<![A-Z]){number}(?![A-Z0-9])[^0-9]*(?:{date}[^0-9]*)?", re.DOTALL)

    def with_alias(self, key: str) -> list[int]:
        """Return the slots that have this other number: an order, a national reference."""
        return slots_of(self._aliases.get(key, []))

    def with_serial(self, serial: str, prefix: str = "", head: str = "", foot: str = "") -> list[int]:
        """Return the slots whose serial is this, and whose prefix, head and foot are these where they are given.

        Zeros may be left out, but not some of them; a year may be written with two digits.
        """
        hit = self._serials.get(int(serial)) if len(serial) <= INT_DIGITS_MAX else None
        if hit is None:
            return []
        found = [slot for slot in slots_of(hit) if _fits(self.series[slot], serial, prefix, head, foot)]
        return found if len(found) <= _SLOTS_MAX else []


def _fits(series: Series, serial: str, prefix: str, head: str, foot: str) -> bool:
    return (
        (not prefix or series.prefix == prefix)
        and (not head or head in (series.head, series.short_head))
        and (not foot or foot == series.foot or (foot == series.foot[2:] and YEAR.match(series.foot) is not None))
        and (serial[0] != "0" or len(serial) in series.lengths)
    )
