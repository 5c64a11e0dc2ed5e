"""Numbers of payers in a text: of customers, of mandates. Each points at somebody, and names no item."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from gateway.domain.matching.hits import Hit, add_slot, slots_of
from gateway.domain.matching.shapes import RUNS
from gateway.domain.matching.tokens import has_digit, tokenize

_LETTERS = re.compile("[A-Z]+")


class PayerNumber(NamedTuple):
    """The number of one or several customers in a text: tokens ``first`` to ``last``."""

    first: int
    last: int
    customer_ids: tuple[int, ...]


class _Known(NamedTuple):
    """Customers by their numbers, and what a search in texts asks of all numbers together."""

    customers: dict[str, Hit]
    longest: dict[str, int]  # How many runs there are at most, by the first ("" if that is of digits).


class PayerNumbers:
    """Numbers by which customers are known, with their customers; they are read when a text is searched first."""

    def __init__(self, numbers: Callable[[], Iterable[tuple[str, int]]], *, length_min: int) -> None:
        """Take numbers with their customers. One of fewer letters and digits is not told from any number."""
        self._numbers = numbers
        self._length_min = length_min

    @cached_property
    def _known(self) -> _Known:
        customers: dict[str, Hit] = {}
        longest: dict[str, int] = {}
        for number, customer_id in self._numbers():
            runs = RUNS.findall(number.upper())
            if key := self._key(runs):
                add_slot(customers, key, customer_id)
                start = runs[0] if runs[0] > "9Z" else ""
                longest[start] = max(len(runs), longest.get(start, 0))
        return _Known(customers, longest)

    @cached_property
    def _letters(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(_LETTERS.findall(number.upper()) for number, _ in self._numbers()))

    def hold(self, letters: str) -> bool:
        """Return whether this run of capital letters stands in one of the numbers."""
        return letters in self._letters

    def find(self, text: str) -> list[PayerNumber]:
        """Return the numbers in a text; leading zeros may be missing."""
        found: list[PayerNumber] = []
        if not has_digit(text):
            return found
        customers_by_key, longest = self._known
        tokens = tokenize(text) if longest else []
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
