"""What many foreseen bookings settle of each item, in little memory, until all of it is settled at the end."""

from array import array
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from gateway.services.book_decisions import Booking

_PIECE = 20_000  # Items that are settled in one statement.


class ItemMoves(NamedTuple):
    """Of some items what is settled, and what must be open of each then (minor units, signed as the item)."""

    deltas: dict[int, int]
    left_open: dict[int, int]


class ForeseenMoves:
    """Lines of bookings, summed by item when they are settled."""

    def __init__(self) -> None:
        self._items = array("q")
        self._deltas = array("q")
        self._left = array("q")

    def add(self, booking: Booking, left_open: Mapping[int, int]) -> None:
        """Take the lines of a booking, and what is open of their items after the list of rows that it stands in."""
        for _, item_id, _, item_minor, _ in booking.plans:
            if item_id is not None:
                self._items.append(item_id)
                self._deltas.append(item_minor)
                self._left.append(left_open[item_id])

    def pieces(self) -> Iterator[ItemMoves]:
        """Yield the sums of some thousand items after another, by key; what was seen last of an item counts."""
        in_order = sorted(range(len(self._items)), key=self._items.__getitem__)
        piece = ItemMoves({}, {})
        for item_id, lines in groupby(in_order, key=self._items.__getitem__):
            piece.deltas[item_id] = 0
            for line in lines:
                piece.deltas[item_id] += self._deltas[line]
                piece.left_open[item_id] = self._left[line]
            if len(piece.deltas) == _PIECE:
                yield piece
                piece = ItemMoves({}, {})
        if piece.deltas:
            yield piece
