"""The numbers of very many items, in little memory: taken apart again when one is looked at."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar, cast, overload

from gateway.domain.matching.model import OpenItem
from gateway.domain.matching.numbers import Numbers
from gateway.domain.matching.packed import PackedHits, PackedItems
from gateway.domain.matching.shapes import Shapes

_T = TypeVar("_T")


class PackedNumbers(Numbers):
    """All numbers by which packed items can be named in a text."""

    __slots__ = ("_items", "_named")

    def __init__(self, items: PackedItems, shapes: Shapes, aliases_of: Callable[[OpenItem], Sequence[str]]) -> None:
        """Read the number of each item, and how else it may be named."""
        self._items = items
        self._named = aliases_of
        super().__init__(((item.number, aliases_of(item)) for item in items), shapes)

    def _read(self, numbers: Iterable[tuple[str, Sequence[str]]], shapes: Shapes) -> None:
        self.keys = keys = _Parsed(self._items, shapes, 0, "")
        self.serials = _Parsed(self._items, shapes, 2, -1)
        wholes, serials, aliases = [array("q") for _ in range(3)]
        for slot, (number, others) in enumerate(numbers):
            key, serial = self._take(shapes.parse(number))
            if key:
                wholes.extend((hash(key), slot))
                serials.extend((hash(serial), slot))
            for other in others:
                if alias := self._take_alias(other):
                    aliases.extend((hash(alias), slot))
        self._whole = PackedHits(_pairs(wholes), lambda slot, key: keys[slot] == key)
        self._serials = PackedHits(_pairs(serials))
        self._aliases = PackedHits(_pairs(aliases), self._has_alias)

    def _has_alias(self, slot: int, key: str) -> bool:
        return any(self._take_alias(alias) == key for alias in self._named(self._items[slot]))


def _pairs(flat: "array[int]") -> Iterable[tuple[int, int]]:
    each = iter(flat)
    return zip(each, each, strict=True)


class _Parsed(Sequence[_T]):
    """A part of each number, taken apart when it is asked for."""

    def __init__(self, items: PackedItems, shapes: Shapes, place: int, missing: _T) -> None:
        self._items = items
        self._shapes = shapes
        self._place = place  # In `Parsed`.
        self._missing = missing

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, slot: int) -> _T: ...
    @overload
    def __getitem__(self, slot: slice) -> Sequence[_T]: ...
    def __getitem__(self, slot: int | slice) -> _T | Sequence[_T]:
        if isinstance(slot, slice):
            return [self[place] for place in range(*slot.indices(len(self)))]
        parsed = self._shapes.parse(self._items[slot].number)
        return cast(_T, parsed[self._place]) if parsed else self._missing
