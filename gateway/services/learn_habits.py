"""What a person's decision teaches about how its customer pays, and what taking it back unteaches.

Decisions of rules teach nothing, so that a habit never confirms itself; one that booked wrongly is weakened.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.domain.matching.habits import KINDS_BY_SIGN
from gateway.domain.matching.lessons import Lesson, lessons_of
from gateway.domain.matching.model import Credit, Customer, Explanation, Rule
from gateway.domain.matching.record import from_record
from gateway.store import habits, open_items, parties
from gateway.store.allocations import Decision
from gateway.store.match_rate import WRONG
from gateway.store.work import Work
from schemas.errors import NotFound


class NoSuchHabit(NotFound):
    """There is no such habit of this customer, or it was forgotten."""


class Taught(NamedTuple):
    """What a decision teaches about its customer."""

    customer_id: int
    lessons: Sequence[Lesson]


async def lessons_in(work: Work, credit: Credit, explanation: Explanation) -> Taught | None:
    """Return what a decision would teach; to be asked before it is booked, while all is open that was open."""
    ids = {line.item_id for line in explanation.lines}
    if work.actor.kind != "user" or credit.amount_minor <= 0 or not ids or explanation.collections:
        return None
    paid = await open_items.find_open_items(work.session, company_id=work.company_id, item_ids=ids)
    customers = {item.customer_id for item in paid}
    if len(paid) < len(ids) or len(customers) != 1:
        return None
    (customer_id,) = customers
    party = await parties.get_customer(work.session, company_id=work.company_id, customer_id=customer_id)
    if party is None:
        return None
    known = await habits.habits_of(work.session, company_id=work.company_id, customer_id=customer_id)
    items = await open_items.find_open_items(work.session, company_id=work.company_id, customer_ids=customers)
    customer = Customer(customer_id, party.number, party.name, customer_id)
    lessons = lessons_of(credit, explanation, customer=customer, items=items, known=[one.habit for one in known])
    return Taught(customer_id, lessons)


async def learn(work: Work, *, bank_transaction_id: int, taught: Taught | None) -> None:
    """Keep what a decision teaches, once it is booked."""
    for lesson in taught.lessons if taught else ():
        await habits.add_lesson(
            work, customer_id=taught.customer_id, bank_transaction_id=bank_transaction_id, lesson=lesson
        )


async def unlearn(work: Work, decisions: Sequence[Decision], *, reason: str) -> None:
    """Take back what decisions taught; where a habit booked what was wrong, that weakens it."""
    await habits.take_back(work, [one.bank_transaction_id for one in decisions])
    if not reason.startswith(WRONG):
        return
    for decision in decisions:
        for explanation in map(from_record, decision.proof if decision.rule == Rule.HABIT else ()):
            for lesson in _spoken(explanation):
                await habits.add_lesson(
                    work, customer_id=explanation.customer_id or 0,
                    bank_transaction_id=decision.bank_transaction_id, lesson=lesson,
                )  # fmt: skip


def _spoken(explanation: Explanation) -> list[Lesson]:
    """Return against which habits it speaks that an explanation was wrong."""
    return [
        Lesson(KINDS_BY_SIGN[sign.code], round(float(sign.facts.get("percent", 0)) * 100), False)
        for sign in explanation.proof
        if sign.code in KINDS_BY_SIGN
    ]


async def switch_habit(work: Work, *, customer_id: int, habit_id: int, is_off: bool) -> None:
    """Switch a habit of a customer off, or on again. Raises NoSuchHabit."""
    if not await habits.switch(work, customer_id=customer_id, habit_id=habit_id, is_off=is_off):
        raise NoSuchHabit(f"the customer has no habit {habit_id}")
    work.say("switch_habit", f"party:{customer_id}", reason="off" if is_off else "on")


async def forget_habit(work: Work, *, customer_id: int, habit_id: int) -> None:
    """Forget a habit of a customer; it may be learned anew. Raises NoSuchHabit."""
    if not await habits.forget(work, customer_id=customer_id, habit_id=habit_id):
        raise NoSuchHabit(f"the customer has no habit {habit_id}")
    work.say("forget_habit", f"party:{customer_id}")
