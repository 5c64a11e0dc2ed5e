"""How a customer usually pays, as people's decisions showed: evidence for one explanation of what fits otherwise not.

A habit ranks its explanation first. It books only when it was right often enough since it was last wrong, and never
against a reference or anything else that points elsewhere.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gateway.domain.matching.case import Case
from gateway.domain.matching.explain import fit_deducted, fit_rounded, keep_rest, pay_in_part, payer_signs, settle
from gateway.domain.matching.model import Explanation, Habit, Policy, Sign, Strength
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.tokens import Slots
from schemas.money import minor_digits
from schemas.states import HabitKind

_SIGNS = {
    HabitKind.OLDEST_FIRST: SignCode.HABIT_OLDEST_FIRST,
    HabitKind.DEDUCTS: SignCode.HABIT_DEDUCTS,
    HabitKind.ROUNDS: SignCode.HABIT_ROUNDS,
}
KINDS_BY_SIGN: Mapping[str, HabitKind] = {code.value: kind for kind, code in _SIGNS.items()}


class Usual(NamedTuple):
    """What a habit makes of a credit."""

    habit: Habit
    explanation: Explanation


def is_proven(habit: Habit, policy: Policy) -> bool:
    """Return whether a habit may book: switched on, and right often enough since it was last wrong."""
    return policy.book_habit and habit.lately >= policy.habit_right_min


def usuals_of_named(case: Case, slots: Slots) -> list[Usual]:
    """Return what the habits of their customer make of items that the credit names, if that customer pays."""
    customer_id = case.item_index.items[slots[0]].customer_id
    habits = case.item_index.habits.get(customer_id, ())
    if not habits or not case.evidence.payer_agrees(slots[0]):
        return []
    found = ((habit, explain_named(case, slots, habit)) for habit in habits)
    return [Usual(habit, explanation) for habit, explanation in found if explanation]


def explain_named(case: Case, slots: Slots, habit: Habit) -> Explanation | None:
    """Return how a habit explains the amount by items of its customer, or None."""
    index, credit = case.item_index, case.credit
    if any(index.items[slot].customer_id != habit.customer_id for slot in slots):
        return None
    if any(index.items[slot].currency != credit.currency or index.open[slot] <= 0 for slot in slots):
        return None
    signs = (*payer_signs(case.evidence, habit.customer_id), *habit_signs(case, habit))
    if habit.kind is HabitKind.DEDUCTS:
        found = fit_deducted(slots, habit.basis_points, credit, index)
    elif habit.kind is HabitKind.ROUNDS:
        over = credit.amount_minor - sum(index.open[slot] for slot in slots)
        unit = 10 ** minor_digits(credit.currency)
        if 0 < over < unit and credit.amount_minor % unit == 0:
            return keep_rest(case.evidence, slots, habit.customer_id, strength=Strength.POSSIBLE, signs=signs)
        found = fit_rounded(slots, credit, index)
    else:
        return None
    return settle(case.evidence, found, strength=Strength.POSSIBLE, signs=signs) if found else None


def oldest_first(case: Case, customer_id: int) -> Explanation | None:
    """Return how the amount pays the oldest items of a customer who owes more, with his habit if he has it."""
    slots = payable_slots(case, customer_id)
    if sum(case.item_index.open[slot] for slot in slots) <= case.credit.amount_minor:
        return None
    habit = habit_of(case, customer_id, HabitKind.OLDEST_FIRST)
    learned = habit_signs(case, habit) if habit else ()
    signs = (Sign(SignCode.OLDEST_FIRST, {}), *payer_signs(case.evidence, customer_id), *learned)
    strength = Strength.POSSIBLE if habit else Strength.WEAK
    return pay_in_part(case.evidence, slots, strength=strength, signs=signs)


def habit_of(case: Case, customer_id: int, kind: HabitKind) -> Habit | None:
    """Return a habit of a customer, if he has it."""
    return next((habit for habit in case.item_index.habits.get(customer_id, ()) if habit.kind is kind), None)


def payable_slots(case: Case, customer_id: int) -> Slots:
    """Return what a customer owes and may pay in part: nothing in dispute, no debit in flight."""
    index = case.item_index
    return tuple(
        slot
        for slot in case.evidence.open_slots(customer_id)
        if index.open[slot] > 0 and not index.items[slot].in_flight_date and not index.items[slot].disputed_minor
    )


def habit_signs(case: Case, habit: Habit) -> Iterator[Sign]:
    """Yield what is known of a habit, and how often it must still be right before it books."""
    customer = case.item_index.payers.customers.get(habit.customer_id)
    facts: dict[str, str | int] = {
        "customer": customer.number if customer else str(habit.customer_id),
        "right": habit.right,
        "wrong": habit.wrong,
    }
    if habit.kind is HabitKind.DEDUCTS:
        facts["percent"] = f"{habit.basis_points / 100:g}"
    yield Sign(_SIGNS[habit.kind], facts)
    if case.policy.book_habit and not is_proven(habit, case.policy):
        count = case.policy.habit_right_min - habit.lately
        yield Sign(SignCode.HABIT_NOT_PROVEN, {"count": count}, supports=False)
