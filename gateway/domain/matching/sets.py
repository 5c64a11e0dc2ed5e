"""Sets of a customer's open items whose sum is the amount, without any reference."""

from typing import NamedTuple

from gateway.domain.matching.case import Case
from gateway.domain.matching.combinations import Found, find_sets, is_chance, items_max
from gateway.domain.matching.terms import highest_discount, part_of
from gateway.domain.matching.tokens import Slots
from schemas.states import OpenItemKind


class FoundSets(NamedTuple):
    """Up to two sets that fit, whether one is known to be the only one, and whether it would be worth booking."""

    sets: tuple[Slots, ...]
    is_only: bool
    is_by_chance: bool
    is_cut: bool


_NONE = FoundSets((), False, False, False)
_PAYABLE = OpenItemKind.PAYABLE
_COMPLETING_MAX = 3  # Items that a payer forgot to name.


def sets_of(case: Case, *customer_ids: int) -> FoundSets:
    """Search the open items of a customer, or of several together, for sets that add up to the credit."""
    slots = [slot for customer_id in customer_ids for slot in _candidates(case, customer_id)]
    if len(slots) < 2:
        return _NONE
    amounts, wanted = [case.item_index.open[slot] for slot in slots], case.policy.combination_items_max
    if min(amounts) > 0 and sum(amounts) == case.credit.amount_minor:
        return FoundSets((tuple(slots),), True, False, False)  # All that is open: no part of it can be as much.
    found = _search(case, amounts)
    if not found.sets:
        return FoundSets((), False, False, not found.is_complete)
    sets = tuple(tuple(slots[place] for place in places) for places in found.sets)
    chance = is_chance(amounts, case.credit.amount_minor, len(sets[0]), size_wanted=wanted)
    return FoundSets(sets, found.only is not None, chance, not found.is_complete)


def fits_otherwise(case: Case, customer_id: int, slots: Slots) -> bool:
    """Return whether other items of the customer may be meant than these: several, or one or several less discounts.

    A search that did not come to its end may have missed some.
    """
    candidates = _candidates(case, customer_id)
    if len(candidates) <= len(slots):
        return False
    amounts = [case.item_index.open[slot] for slot in candidates]
    return (len(slots) == 1 and _may_fit(_search(case, amounts))) or _fits_less(case, candidates, amounts)


def fits_less_discount(case: Case, customer_id: int) -> bool:
    """Return whether one or several items of the customer less their discounts, agreed or usual, may be meant."""
    candidates = _candidates(case, customer_id)
    return _fits_less(case, candidates, [case.item_index.open[slot] for slot in candidates])


def _fits_less(case: Case, candidates: list[int], amounts: list[int]) -> bool:
    reduced = _reduced(case, candidates, amounts)
    if reduced == amounts:
        return False
    wanted, rounding = case.credit.amount_minor, case.policy.discount_rounding_minor
    near = [
        left
        for left, amount in zip(reduced, amounts, strict=True)
        if left < amount and wanted - rounding <= left <= wanted + rounding
    ]
    return bool(near) or _may_fit(_search(case, reduced))


def _may_fit(found: Found) -> bool:
    return bool(found.sets) or not found.is_complete


def _candidates(case: Case, customer_id: int) -> list[int]:
    index, slots = case.item_index, case.evidence.open_slots(customer_id)
    if not index.has_debts_of_ours:
        return slots
    return [slot for slot in slots if index.open[slot] > 0 or index.items[slot].kind is not _PAYABLE]


def _reduced(case: Case, slots: list[int], amounts: list[int]) -> list[int]:
    """Return amounts less the highest discount of each, agreed or usual."""
    items, has_habits = case.item_index.items, bool(case.item_index.habits)
    on_date, grace_days = case.credit.booking_date, case.policy.discount_grace_days
    return [
        amount - highest_discount(item, amount, on_date, grace_days=grace_days)
        if (item := items[slot]).discounts
        else (amount - _usual_discount(case, slot) if has_habits else amount)
        for slot, amount in zip(slots, amounts, strict=True)
    ]


def _usual_discount(case: Case, slot: int) -> int:
    index = case.item_index
    usual = [
        part_of(index.open[slot], habit.basis_points)
        for habit in index.habits.get(index.items[slot].customer_id, ())
        if habit.basis_points and index.open[slot] > 0
    ]
    return max(usual, default=0)


def _search(case: Case, amounts: list[int]) -> Found:
    policy = case.policy
    size_max = items_max(len(amounts), policy.combination_items_max)
    return find_sets(amounts, case.credit.amount_minor, size_max=size_max, steps_max=policy.combination_steps_max)


def completing(case: Case, slots: Slots, missing: int) -> list[Slots]:
    """Return what would make named items fit: credit notes that were taken, items that were paid and not named.

    One item, else up to two sets of a few, all of them debts or all credit notes.
    """
    index = case.item_index
    customers = {index.items[slot].customer_id for slot in slots}
    others = [
        slot
        for customer_id in sorted(customers)
        for slot in case.evidence.open_slots(customer_id)
        if index.open[slot] * missing < 0 and slot not in slots
    ]
    alone: list[Slots] = [(slot,) for slot in others if index.open[slot] == -missing]
    if alone or len(others) < 2:
        return alone
    amounts = [abs(index.open[slot]) for slot in others]
    steps_max = case.policy.combination_steps_max
    found = find_sets(amounts, abs(missing), size_max=_COMPLETING_MAX, steps_max=steps_max)
    return [tuple(others[place] for place in places) for places in found.sets]
