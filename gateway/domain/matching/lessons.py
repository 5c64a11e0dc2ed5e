"""What a person's decision about a credit says of how its customer pays: right, wrong, or nothing.

Each habit that the customer has, or may have, is asked what it would have made of the credit, as it was open then.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.case import Case
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.habits import explain_named, oldest_first
from gateway.domain.matching.model import Credit, Customer, Explanation, Habit, OpenItem, Policy
from gateway.domain.matching.resolve import resolve
from gateway.domain.matching.sets import sets_of
from gateway.domain.matching.tokens import Grade, Slots
from schemas.states import AllocationKind, HabitKind

_POINTS_STEP = 50  # People deduct halves of a per cent;
_POINTS_MAX = 1_000  # more than ten are no discount.


class Lesson(NamedTuple):
    """One decision agreed with a habit, or did otherwise where the habit had an answer."""

    kind: HabitKind
    basis_points: int
    is_right: bool


def lessons_of(
    credit: Credit, decided: Explanation, *, customer: Customer, items: Sequence[OpenItem], known: Iterable[Habit]
) -> list[Lesson]:
    """Return what a decision teaches. ``items`` are all that was open of the customer just before it."""
    index = ItemIndex(items, (customer,))
    evidence = Evidence(credit, index)
    case = Case(credit, index, Policy(), evidence, resolve(evidence, Policy()))
    slots = tuple(sorted({slot for line in decided.lines if (slot := index.slot_of(line.item_id)) is not None}))
    if case.named.fits or not slots or len(slots) < len({line.item_id for line in decided.lines}):
        return []  # It explained itself, or items of others were paid.
    habits = {(habit.kind, habit.basis_points): habit for habit in known}
    lessons: list[Lesson] = []
    for kind, points in dict.fromkeys([*habits, *_possible(decided, index)]):
        said = _said(case, Habit(customer.id, kind, points), slots)
        is_right = said is not None and _is_same(said, decided)
        if is_right or (said is not None and (kind, points) in habits):
            lessons.append(Lesson(kind, points, is_right))
    return lessons


def _possible(decided: Explanation, index: ItemIndex) -> list[tuple[HabitKind, int]]:
    """Return the habits that a decision may begin to show."""
    found = [(HabitKind.OLDEST_FIRST, 0), (HabitKind.ROUNDS, 0)]
    deducted = sum(line.amount_minor for line in decided.lines if line.kind is AllocationKind.DISCOUNT)
    whole = sum(index.open_of(item_id) for item_id in {line.item_id for line in decided.lines})
    if 0 < deducted < whole:
        points = round(deducted * 10_000 / whole / _POINTS_STEP) * _POINTS_STEP
        if 0 < points <= _POINTS_MAX:
            found.append((HabitKind.DEDUCTS, points))
    return found


def _said(case: Case, habit: Habit, slots: Slots) -> Explanation | None:
    """Return what a habit would have made of the credit."""
    if habit.kind is not HabitKind.OLDEST_FIRST:
        return explain_named(case, case.named.sure or slots, habit)
    index, credit = case.item_index, case.credit
    is_silent = all(word.grade is Grade.LOW for word in case.evidence.words)
    if not is_silent or index.fitting_slots(habit.customer_id, credit.amount_minor, credit.currency):
        return None
    sums = sets_of(case, habit.customer_id)
    return None if sums.sets or sums.is_cut else oldest_first(case, habit.customer_id)


def _is_same(one: Explanation, other: Explanation) -> bool:
    return sorted(one.lines) == sorted(other.lines) and one.on_account_minor == other.on_account_minor
