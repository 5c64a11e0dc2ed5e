"""Numbers of payers in a text: of customers, of mandates. Each points at somebody, and names no item."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from gateway.domain.matching.hits import Hit, add_slot, slots_of
from gateway.domain.matching.shapes import RUNS
from gateway.domain.matching.tokens import has_digit, tokenize


class PayerNumber(NamedTuple):
    """The number of one or several customers in a text: tokens ``first`` to ``last``."""

    first: int
    last: int
    customer_ids: tuple[int, ...]


class _Known(NamedTuple):
    """Customers by their numbers, and what a search in texts asks of all numbers together."""

    customers: dict[str, Hit]
    longest: dict[str, int]  # How many runs there are at most, by the first ("" if that is of digits).
    runs: frozenset[str]


class PayerNumbers:
    """Numbers by which customers are known, with their customers; they are read when a text is searched first."""

    def __init__(self, numbers: Iterable[tuple[str, int]], *, length_min: int) -> None:
        """Take numbers with their customers. One of fewer letters and digits is not told from any number."""
        self._numbers = numbers
        self._length_min = length_min

    @cached_property
    def _known(self) -> _Known:
        customers: dict[str, Hit] = {}
        longest: dict[str, int] = {}
        all_runs: set[str] = set()
        for number, customer_id in self._numbers:
            runs = RUNS.findall(number.upper())
            if key := self._key(runs):
                add_slot(customers, key, customer_id)
                start = runs[0] if runs[0] > "9Z" else ""
                longest[start] = max(len(runs), longest.get(start, 0))
                all_runs.update(runs)
        return _Known(customers, longest, frozenset(all_runs))

    def hold(self, run: str) -> bool:
        """Return whether this run of letters or digits stands in one of the numbers."""
        return run in self._known.runs

    def find(self, text: str) -> list[PayerNumber]:
        """Return the numbers in a text; leading zeros may be missing."""
        customers_by_key, longest, _ = self._known
        found: list[PayerNumber] = []
        tokens = tokenize(text) if longest and has_digit(text) else []
        for first, (_, start) in enumerate(tokens):
            for count in range(longest.get(start if start > "9Z" else "", 0), 0, -1):
                runs = [run for _, run in tokens[first : first + count]]
                customers = customers_by_key.get(self._key(runs))
                if customers is not None and len(runs) == count:
                    found.append(PayerNumber(first, first + count - 1, tuple(slots_of(customers))))
                    break
        return found

    def _key(self, runs: Sequence[str]) -> str:
        """Return a number as it is compared; empty if it is too short, or has no digit."""
        if sum(map(len, runs)) < self._length_min or all(run > "9Z" for run in runs):
            return ""
        return "".join([run.lstrip("0") or "0" if run <= "9Z" else run for run in runs])
