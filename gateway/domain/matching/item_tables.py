"""By what open items are found: id, customer, amount, reference. Plain dicts, or packed where they are many."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gateway.domain.matching.hits import Found, Hit, Hits, add_slot
from gateway.domain.matching.model import OpenItem
from gateway.domain.matching.numbers import Numbers
from gateway.domain.matching.packed import PackedHits, PackedItems, Rising, is_rising
from gateway.domain.matching.packed_numbers import PackedNumbers
from gateway.domain.matching.shapes import Shapes, spread
from schemas.references import reference_key


class ItemTables(NamedTuple):
    """The slots of items by each of their facts."""

    numbers: Numbers
    by_id: Found
    by_customer: Found
    by_amount: Hits
    by_reference: Found
    reference_lengths: frozenset[int]


def tables_of(items: Sequence[OpenItem], still_open: Sequence[int], shapes: Shapes | None) -> ItemTables:
    """Return the tables of items, of each of which so much is open (minor units, in the order of the items)."""
    if isinstance(items, PackedItems):
        return _packed(items, still_open, shapes or Shapes([item.number for item in spread(items)]))
    return _plain(items, still_open, shapes or Shapes([item.number for item in items]))


def _plain(items: Sequence[OpenItem], still_open: Sequence[int], shapes: Shapes) -> ItemTables:
    by_id: dict[int, Hit] = {}
    by_customer: dict[int, Hit] = {}
    by_amount: dict[int, Hit] = {}
    by_reference: dict[str, Hit] = {}
    for slot, item in enumerate(items):
        by_id[item.id] = slot
        add_slot(by_customer, item.customer_id, slot)
        if still_open[slot]:
            add_slot(by_amount, still_open[slot], slot)
        reference = item.creditor_reference
        if reference:
            key = reference_key(reference)
            add_slot(by_reference, reference if key == reference else key, slot)  # One text, not two.
    numbers = Numbers([(item.number, aliases_of(item)) for item in items], shapes)
    return ItemTables(numbers, by_id, by_customer, by_amount, by_reference, frozenset(map(len, by_reference)))


def _packed(items: PackedItems, still_open: Sequence[int], shapes: Shapes) -> ItemTables:
    lengths: set[int] = set()
    return ItemTables(
        PackedNumbers(items, shapes, aliases_of),
        Rising(items.ids) if is_rising(items.ids) else PackedHits(_hashed(items.ids)),
        PackedHits(_hashed(items.customer_ids)),
        PackedHits(_hashed(still_open), lambda _slot, amount: amount != 0),
        PackedHits(_references(items, lengths), lambda slot, key: _reference_key(items[slot]) == key),
        frozenset(lengths),
    )


def _hashed(values: Iterable[int]) -> Iterator[tuple[int, int]]:
    return ((hash(value), slot) for slot, value in enumerate(values))


def _references(items: PackedItems, lengths: set[int]) -> Iterator[tuple[int, int]]:
    for slot, item in enumerate(items):
        if key := _reference_key(item):
            lengths.add(len(key))
            yield hash(key), slot


def _reference_key(item: OpenItem) -> str:
    return reference_key(item.creditor_reference) if item.creditor_reference else ""


def aliases_of(item: OpenItem) -> tuple[str, ...]:
    """Return how else a payer may name an item; an RF reference is searched by its own rule."""
    order, reference = item.order_reference, item.creditor_reference
    if reference is not None and (not reference or reference[:2] in ("RF", "rf")):
        reference = None
    if order is None and reference is None:
        return ()
    return tuple([name for name in (order, reference) if name])


def only_currency(items: Sequence[OpenItem]) -> str | None:
    """Return the currency that all items have, if they have one."""
    currencies = items.currencies() if isinstance(items, PackedItems) else {item.currency for item in items}
    return currencies.pop() if len(currencies) == 1 else None
