"""Credit notes go off what is collected, as lines of the debit: the earliest debit first, the oldest credit first.

A debit that credit notes cover whole is none: money does not move, a person settles the items against each other.
"""

from collections.abc import Iterable, Sequence

from gateway.domain.collecting.model import DueItem, Line
from gateway.domain.collecting.parts import collectable_minor


class Credits:
    """The credit notes of one customer, as they are used up."""

    def __init__(self, items: Iterable[DueItem]) -> None:
        ordered = sorted(items, key=lambda item: (item.due_date, item.id))
        self._left = [(item.id, -collectable_minor(item)) for item in ordered if collectable_minor(item) < 0]

    def take(self, amount_minor: int) -> tuple[Line, ...]:
        """Return the credit lines (below zero) that go off an amount, at most the whole of it."""
        if not self._left:
            return ()
        taken: list[Line] = []
        while amount_minor and self._left:
            key, left = self._left.pop(0)
            used = min(left, amount_minor)
            amount_minor -= used
            taken.append(Line(key, -used))
            if left > used:
                self._left.insert(0, (key, left - used))
        return tuple(taken)


def sum_of(lines: Sequence[Line]) -> int:
    """Return what lines ask for together."""
    return sum([line.amount_minor for line in lines])
