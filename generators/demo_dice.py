"""Chance that is the same on every machine and version of Python; only ``random()`` of a seed promises that."""

import random
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")


class Dice:
    """Choices that depend on nothing but the seed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - invented data, no secret.

    def number(self, low: int, high: int) -> int:
        """Return a number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        return options[self.number(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        """Return True in so many of a hundred cases."""
        return self.number(1, 100) <= percent

    def shuffled(self, options: Sequence[Option]) -> list[Option]:
        """Return the options in another order."""
        rest = list(options)
        return [rest.pop(self.number(0, len(rest) - 1)) for _ in options]
