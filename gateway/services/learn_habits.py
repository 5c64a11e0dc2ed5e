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
    """There is no such habit of a customer, or it was forgotten."""

    code = "no_such_habit"


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
    if taught is None:
        return
    for lesson in taught.lessons:
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
            spoken = Taught(explanation.customer_id, _spoken(explanation)) if explanation.customer_id else None
            await learn(work, bank_transaction_id=decision.bank_transaction_id, taught=spoken)


def _spoken(explanation: Explanation) -> list[Lesson]:
    """Return against which habits it speaks that an explanation was wrong."""
    return [
        Lesson(KINDS_BY_SIGN[sign.code], round(float(sign.facts.get("percent", 0)) * 100), False)
        for sign in explanation.proof
        if sign.code in KINDS_BY_SIGN
    ]


async def switch_habit(work: Work, *, habit_id: int, is_off: bool) -> None:
    """Switch a habit off, or on again. Raises NoSuchHabit."""
    customer_id = await habits.switch(work, habit_id=habit_id, is_off=is_off)
    if customer_id is None:
        raise NoSuchHabit(f"there is no habit {habit_id}")
    work.say("switch_habit", f"party:{customer_id}", reason="off" if is_off else "on")


async def forget_habit(work: Work, *, habit_id: int) -> int:
    """Forget a habit with all that showed it; it may be learned anew. Return its customer. Raises NoSuchHabit."""
    customer_id = await habits.forget(work, habit_id=habit_id)
    if customer_id is None:
        raise NoSuchHabit(f"there is no habit {habit_id}")
    work.say("forget_habit", f"party:{customer_id}")
    return customer_id
