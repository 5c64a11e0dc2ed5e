"""Which sets of open items add up to an amount exactly: a bounded search that counts to two.

With two solutions none is the only one, so more are not looked for. A short list is cut in two halves, and each sum of
the one is looked up among those of the other: every set is tried, also of twelve items. A long list is searched depth
first, up to a number of steps; what is known when they are spent is no fact and leads to a question, not to a booking.
There time is not the limit but chance: sums of many then fit by accident, so fewer items are allowed.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import nsmallest
from itertools import accumulate, combinations, islice
from math import comb, gcd
from typing import NamedTuple

_SOLUTIONS = 2
_HALVED_MAX = 24  # Items of a list that is cut in halves, of 4 096 sums each.
_COMPARED_MAX = 1_000  # Of more sets that fit, the smallest need not be known.
_LIST_MAX = 50
_CREDIT_NOTES_MAX = 3  # In one set of a long list.
# A set is worth something only if fewer than one in so many credits would find one by accident: where sets of every
# wanted size were tried, and where larger ones, one of which may be the true one, were not.
_CHANCE, _CHANCE_IF_LIMITED = 2, 1_000


class Found(NamedTuple):
    """Up to two sets of places in the list that was searched, and whether the search came to its end."""

    sets: tuple[tuple[int, ...], ...]
    is_complete: bool

    @property
    def only(self) -> tuple[int, ...] | None:
        """Return the set that fits, if it is known to be the only one."""
        return self.sets[0] if self.is_complete and len(self.sets) == 1 else None


class _StepsSpent(Exception):
    """The search took too long."""


def items_max(count: int, limit: int) -> int:
    """Return how many items a set may have in a list of this length."""
    if count <= _HALVED_MAX:
        return limit
    return min(limit, 3 if count <= _LIST_MAX else 2)


def is_chance(amounts: Sequence[int], target: int, size: int, *, size_wanted: int) -> bool:
    """Return whether a set of this size may fit the target by accident too often to prove anything.

    Sums of amounts up to the target lie about as dense as if spread evenly below it, on multiples of what divides all
    amounts. Where all sets were tried, the only one is a fact and no chance.
    """
    if len(amounts) <= size_wanted:
        return False
    usable = [amount for amount in amounts if abs(amount) < target]
    sets = sum(comb(len(usable), count) for count in range(1, size + 1))
    is_limited = items_max(len(amounts), size_wanted) < size_wanted
    return sets * (_CHANCE_IF_LIMITED if is_limited else _CHANCE) > target // (gcd(*usable) or 1)


def find_sets(amounts: Sequence[int], target: int, *, size_max: int, steps_max: int) -> Found:
    """Find the sets of 2 to ``size_max`` amounts whose sum is the target; negative amounts are credit notes.

    Returned are places in ``amounts``, of at most two sets, small ones first. A long list is
    searched in at most ``steps_max`` steps.
    """
    if len(amounts) <= _HALVED_MAX:
        return Found(tuple(_of_short_list(amounts, target, size_max)), True)
    # Falling amounts, equal ones in the order of the list.
    debts = [place for _, place in sorted((-amount, place) for place, amount in enumerate(amounts) if amount > 0)]
    credits_ = [place for place, amount in enumerate(amounts) if amount < 0]
    search = _Search([amounts[place] for place in debts], steps_max)
    sets: list[tuple[int, ...]] = []
    try:
        for notes in _subsets(credits_, min(_CREDIT_NOTES_MAX, size_max - 1)):
            rest = target - sum(amounts[place] for place in notes)
            for chosen in search.sums(rest, max(1, 2 - len(notes)), size_max - len(notes)):
                sets.append(tuple(sorted([debts[place] for place in chosen] + list(notes))))
                if len(sets) == _SOLUTIONS:
                    return Found(tuple(sets), True)
    except _StepsSpent:
        return Found(tuple(sets), False)
    return Found(tuple(sets), True)


def _of_short_list(amounts: Sequence[int], target: int, size_max: int) -> list[tuple[int, ...]]:
    """Return up to two sets of a short list. Where all are debts, one that leaves no room for another is in no set."""
    smallest = min(amounts, default=0)
    if smallest < 0:
        return _meeting(amounts, target, size_max)
    largest = target - max(smallest, 1)
    places = [place for place, amount in enumerate(amounts) if amount <= largest]
    smaller = [amounts[place] for place in places]
    if sum(smaller) < target:
        return []
    return [tuple([places[place] for place in chosen]) for chosen in _meeting(smaller, target, size_max)]


def _meeting(amounts: Sequence[int], target: int, size_max: int) -> list[tuple[int, ...]]:
    """Return up to two sets, small ones first: sums of the halves of a list that meet in the target."""
    middle = len(amounts) // 2
    rests = [target - amount for amount in _sums(amounts[:middle])]
    others = _sums(amounts[middle:])
    if frozenset(others).isdisjoint(rests):
        return []
    right: dict[int, list[int]] = {}
    for mask, amount in enumerate(others):
        right.setdefault(amount, []).append(mask << middle)
    found = (
        (size, left | other)
        for left, rest in enumerate(rests)
        for other in right.get(rest, ())
        if 2 <= (size := left.bit_count() + other.bit_count()) <= size_max
    )
    smallest = nsmallest(_SOLUTIONS, islice(found, _COMPARED_MAX))
    return [tuple(place for place in range(len(amounts)) if mask >> place & 1) for _, mask in smallest]


def _sums(amounts: Sequence[int]) -> list[int]:
    """Return the sum of every set; its place tells the set, one bit for each amount."""
    sums = [0]
    for amount in amounts:
        sums += [before + amount for before in sums]
    return sums


def _subsets(places: Sequence[int], size_max: int) -> Iterator[tuple[int, ...]]:
    for size in range(min(size_max, len(places)) + 1):
        yield from combinations(places, size)


class _Search:
    """Depth first over positive amounts in falling order; the last one by look-up."""

    __slots__ = ("_amounts", "_falling", "_places", "_steps", "_sums")

    def __init__(self, amounts: Sequence[int], steps_max: int) -> None:
        self._amounts = amounts
        self._falling = [-amount for amount in amounts]  # For bisection, which needs rising values.
        self._sums = [0, *accumulate(amounts)]
        self._steps = steps_max
        self._places: dict[int, list[int]] = {}
        for place, amount in enumerate(amounts):
            self._places.setdefault(amount, []).append(place)

    def sums(self, target: int, size_min: int, size_max: int) -> Iterator[list[int]]:
        """Yield the places of each set, small sets first. Raises _StepsSpent."""
        if size_min == 1:
            yield from ([place] for place in self._places.get(target, ()))
        for size in range(max(2, size_min), min(size_max, len(self._amounts)) + 1):
            yield from self._of_size(0, target, size)

    def _of_size(self, start: int, target: int, size: int) -> Iterator[list[int]]:
        sums, last = self._sums, len(self._amounts) - size
        smallest = sums[-1] - sums[last + 1]  # Of all but one of the set.
        for place in range(max(start, bisect_left(self._falling, smallest - target)), last + 1):
            if sums[place + size] - sums[place] < target:
                return  # Even the largest that are left are too small.
            self._steps -= 1
            if self._steps < 0:
                raise _StepsSpent
            rest = target - self._amounts[place]
            if size == 2:
                for other in self._places.get(rest, ()):
                    if other > place:
                        yield [place, other]
            else:
                for chosen in self._of_size(place + 1, rest, size - 1):
                    yield [place, *chosen]
