"""Counts and sums of entries by their sign."""

from typing import NamedTuple, Self


class Total(NamedTuple):
    """Number and unsigned sum of the entries of one sign, or of both; entries of zero may be counted with either."""

    number: int
    minor: int
    zeros: int

    def plus(self, other: Self) -> "Total":
        """Return the total of both."""
        return Total(self.number + other.number, self.minor + other.minor, self.zeros + other.zeros)


class Tally:
    """Counts signed amounts."""

    __slots__ = ("_numbers", "_sums")

    def __init__(self) -> None:
        self._numbers = {1: 0, -1: 0, 0: 0}
        self._sums = {1: 0, -1: 0, 0: 0}

    def add(self, minor: int) -> None:
        """Count one signed amount."""
        sign = 1 if minor > 0 else -1 if minor else 0
        self._numbers[sign] += 1
        self._sums[sign] += minor

    @property
    def signed_minor(self) -> int:
        """The signed sum of all."""
        return self._sums[1] + self._sums[-1]

    def of(self, signs: tuple[int, ...]) -> Total:
        """Return the total of some signs."""
        number = sum(self._numbers[sign] for sign in signs)
        return Total(number, sum(abs(self._sums[sign]) for sign in signs), self._numbers[0])
