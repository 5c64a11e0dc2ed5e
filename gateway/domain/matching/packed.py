"""Hundreds of thousands of open items in little memory: columns of numbers, and one row made when it is looked at.

An item in an index of plain values takes about a kilobyte, packed a fifth of that; looking one up costs some
microseconds more.
"""

import datetime as dt
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, overload

from gateway.domain.matching.hits import Hit
from gateway.domain.matching.model import OpenItem

_NONE = "\x00"  # No text of ours.
_TEXTS = 3
_SLOT_BITS = 32
_SLOT_MASK = (1 << _SLOT_BITS) - 1


class PackedItems(Sequence[OpenItem]):
    """Open items, which are put in one after the other and read as they were."""

    __slots__ = (
        "_days", "_disputed", "_in_flight", "_kinds", "_known", "_minors",
        "_of_kind", "_starts", "_texts", "customer_ids", "ids",
    )  # fmt: skip

    def __init__(self, items: Iterable[OpenItem] = ()) -> None:
        self.ids = array("q")
        self.customer_ids = array("q")
        self._minors = array("q")  # Amount and what is open, in turn.
        self._days = array("i")  # Issued and due, as ordinals; 0 for none.
        self._of_kind = array("I")
        self._kinds: list[tuple[Any, ...]] = []  # What many items have in common: kind, currency, discounts.
        self._known: dict[tuple[Any, ...], int] = {}
        self._texts = bytearray()
        self._starts = array("I", [0])
        self._disputed: dict[int, int] = {}
        self._in_flight: dict[int, dt.date] = {}
        for item in items:
            self.append(item)

    def append(self, item: OpenItem) -> None:
        """Put an item in."""
        slot = len(self.ids)
        self.ids.append(item.id)
        self.customer_ids.append(item.customer_id)
        self._minors.extend((item.amount_minor, item.open_minor))
        self._days.extend([day.toordinal() if day else 0 for day in (item.issue_date, item.due_date)])
        self._of_kind.append(self._kind_of((item.kind, item.currency, item.discounts)))
        texts = (item.number, item.creditor_reference, item.order_reference)
        for text in texts:
            self._texts += (_NONE if text is None else text).encode()
            self._starts.append(len(self._texts))
        if item.disputed_minor:
            self._disputed[slot] = item.disputed_minor
        if item.in_flight_date:
            self._in_flight[slot] = item.in_flight_date

    def currencies(self) -> set[str]:
        """Return the currencies of all items."""
        return {currency for _, currency, _ in self._kinds}

    def _kind_of(self, common: tuple[Any, ...]) -> int:
        known = self._known.setdefault(common, len(self._kinds))
        if known == len(self._kinds):
            self._kinds.append(common)
        return known

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, slot: int) -> OpenItem: ...
    @overload
    def __getitem__(self, slot: slice) -> Sequence[OpenItem]: ...
    def __getitem__(self, slot: int | slice) -> OpenItem | Sequence[OpenItem]:
        if isinstance(slot, slice):
            return [self[place] for place in range(*slot.indices(len(self)))]
        kind, currency, discounts = self._kinds[self._of_kind[slot]]
        number, reference, order = self._texts_of(slot)
        issued, due = (dt.date.fromordinal(day) if day else None for day in self._days[2 * slot : 2 * slot + 2])
        amount, still_open = self._minors[2 * slot : 2 * slot + 2]
        return OpenItem(
            self.ids[slot], self.customer_ids[slot], kind, number or "", currency, amount, still_open, issued, due,
            reference, order, discounts, self._disputed.get(slot, 0), self._in_flight.get(slot),
        )  # fmt: skip

    def _texts_of(self, slot: int) -> Iterator[str | None]:
        starts = self._starts[_TEXTS * slot : _TEXTS * slot + _TEXTS + 1]
        for start, end in pairwise(starts):
            text = self._texts[start:end].decode()
            yield None if text == _NONE else text


class PackedHits:
    """The slots by a key (a number, an amount), as a dict of them would give: twelve bytes for each, in the order of
    the keys' hashes, and beside them what was added after they were sealed.

    ``has_key`` tells whether a slot has a key, where a hash does not tell it for sure (that of a text).
    """

    __slots__ = ("_added", "_has_key", "_hashes", "_slots")

    def __init__(
        self, pairs: Iterable[tuple[int, int]], has_key: Callable[[int, Any], bool] = lambda _slot, _key: True
    ) -> None:
        """Take pairs of a hash and a slot."""
        codes = [hashed << _SLOT_BITS | slot for hashed, slot in pairs]
        codes.sort()
        self._hashes = array("q", [code >> _SLOT_BITS for code in codes])
        self._slots = array("I", [code & _SLOT_MASK for code in codes])
        self._has_key = has_key
        self._added: dict[Any, Hit] = {}

    def __len__(self) -> int:
        return len(self._slots) + len(self._added)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the slot, or slots, of a key."""
        added = self._added.get(key)
        if added is not None:
            return added
        wanted = hash(key)
        start = bisect_left(self._hashes, wanted)
        end = bisect_right(self._hashes, wanted, start)
        found = [slot for slot in self._slots[start:end] if self._has_key(slot, key)]
        if not found:
            return default
        return found[0] if len(found) == 1 else found

    def setdefault(self, key: Any, slot: int) -> Any:
        """Return what a key has; if nothing, let it have this slot."""
        found = self.get(key)
        if found is None:
            found = self._added[key] = slot
        return found

    def __setitem__(self, key: Any, slots: Hit) -> None:
        self._added[key] = slots


class Rising:
    """The slots of keys that rise from slot to slot, as a dict would give them: the keys themselves are the table."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Sequence[int]) -> None:
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    def get(self, key: int, default: Any = None) -> Any:
        """Return the slot of a key."""
        slot = bisect_left(self._keys, key)
        return slot if slot < len(self._keys) and self._keys[slot] == key else default


def is_rising(keys: Sequence[int]) -> bool:
    """Return whether each key is higher than the one before."""
    return all(first < second for first, second in pairwise(keys))
