"""Slots by a key: one, or a list of them. A slot is the place of an item in an index."""

from typing import Any, Protocol, TypeVar

Hit = int | list[int]
_K = TypeVar("_K", int, str)


class Found(Protocol):
    """A dict of hits that is only read, or what takes its place where there are very many."""

    def get(self, key: Any, default: Any = None, /) -> Any: ...

    def __len__(self) -> int: ...


class Hits(Found, Protocol):
    """The same, to which hits are added."""

    def setdefault(self, key: Any, slot: int, /) -> Any: ...

    def __setitem__(self, key: Any, slots: Hit, /) -> None: ...


def slots_of(hit: Hit) -> list[int]:
    """Return the slots of a hit."""
    return [hit] if isinstance(hit, int) else hit


def add_slot(slots: Hits, key: _K, slot: int) -> None:
    """Add a slot; a list is made only where it is needed, which halves the memory."""
    known = slots.setdefault(key, slot)
    if known != slot:
        if isinstance(known, list):
            known.append(slot)
        else:
            known = [known, slot]
        slots[key] = known


def remove_slot(slots: Found, key: _K, slot: int) -> None:
    """Remove a slot. Raises TypeError where the hits are packed, which do not change so."""
    if not isinstance(slots, dict):
        raise TypeError("a slot is removed from a dict only")
    left = [one for one in slots_of(slots.pop(key, [])) if one != slot]
    if left:
        slots[key] = left if len(left) > 1 else left[0]
