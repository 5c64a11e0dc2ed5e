"""Decisions of clerks teach how customers pay; wrong ones weaken it; what was learned is listed, switched off, forgotten."""

import datetime as dt

import pytest

from gateway.domain.matching.model import Habit
from gateway.services import learn_habits, resolve_review
from gateway.services.learn_habits import NoSuchHabit
from gateway.services.manage_customers import add_customer
from gateway.services.manage_invoices import add_item
from gateway.services.undo_decision import undo_decision
from gateway.store import habits, parties
from gateway.store.allocations import Decision
from gateway.store.habits import KnownHabit
from gateway.store.reviews import ReviewItem
from schemas.identifiers import Iban
from schemas.states import HabitKind, OpenItemKind, ReviewState
from schemas.tables import CustomerRow, InvoiceRow
from support.bank import camt, payment
from support.gateways import Bench

ALPHA = Iban.parse("DE02120300000000202051")
UNKNOWN = "DE02500105170137075030"


async def books(bench: Bench, *, count: int = 8, iban: Iban | None = ALPHA) -> int:
    """Add a customer who owes invoices of 100.00, 101.37, 102.74 …; return his key."""
    async with bench.begin() as work:
        customer_id = await add_customer(work, row=CustomerRow(0, "C1", "Alpha Werke GmbH", iban=iban))
    async with bench.begin() as work:
        for place in range(count):
            day = dt.date(2026, 10, 1) + dt.timedelta(place)
            minor = 10_000 + 137 * place
            row = InvoiceRow(0, f"FA-2026-{place:06d}", "C1", "EUR", minor, OpenItemKind.INVOICE, day, day)
            await add_item(work, row=row)
    return customer_id


async def receives(bench: Bench, number: int, minor: int, text: str, *, iban: str = ALPHA) -> str:
    """Let money come in; return the rule that booked it, or nothing if a person is asked."""
    entry = payment(minor, text, reference=f"R{number}", iban=iban, name="Alpha Werke GmbH")
    await bench.upload(camt(entry, number=str(number), message_id=f"M{number}", day=dt.date(2026, 11, number)))
    transaction = (await bench.transactions())[-1]
    live = [one for one in await bench.rows(Decision) if one.bank_transaction_id == transaction.id]
    return live[-1].rule if live else ""


async def question(bench: Bench) -> ReviewItem:
    return [one for one in await bench.rows(ReviewItem) if one.state is ReviewState.OPEN][-1]


async def accept(bench: Bench, code: str) -> None:
    """Accept the explanation of the latest question whose proof holds a sign."""
    asked = await question(bench)
    places = [place for place, record in enumerate(asked.explanations) if any(sign[0] == code for sign in record[4])]
    async with bench.begin() as work:
        await resolve_review.accept(work, review_item_id=asked.id, place=places[0])


async def take_back(bench: Bench, reason: str) -> None:
    transaction = (await bench.transactions())[-1]
    async with bench.begin() as work:
        await undo_decision(work, bank_transaction_ids=[transaction.id], reason=reason)


async def known(bench: Bench, customer_id: int) -> list[KnownHabit]:
    async with bench.database.read() as session:
        return await habits.habits_of(session, company_id=bench.company_id, customer_id=customer_id)


async def loaded(bench: Bench) -> list[Habit]:
    async with bench.database.read() as session:
        return await habits.load_habits(session, bench.company_id)


async def test_the_oldest_items_first_are_learned_from_three_decisions_and_booked_then(bench: Bench) -> None:
    customer_id = await books(bench)
    for number in (1, 2, 3):
        assert await receives(bench, number, 12_000, "a conto") == ""
        await accept(bench, "oldest_first")

    rule = await receives(bench, 4, 5_000, "a conto")

    assert rule == "habit"
    assert await loaded(bench) == [Habit(customer_id, HabitKind.OLDEST_FIRST, 0, 3, 0, 3)]
    assert await bench.broken() == []


async def test_a_booking_by_habit_that_was_wrong_weakens_it_and_it_asks_again(bench: Bench) -> None:
    customer_id = await books(bench)
    for number in (1, 2, 3):
        await receives(bench, number, 12_000, "a conto")
        await accept(bench, "oldest_first")
    assert await receives(bench, 4, 5_000, "a conto") == "habit"

    await take_back(bench, "wrong: it was for something else")

    assert [one.habit for one in await known(bench, customer_id)] == [
        Habit(customer_id, HabitKind.OLDEST_FIRST, 0, 3, 1, 0)
    ]
    assert await loaded(bench) == []
    assert await receives(bench, 5, 4_000, "a conto") == ""
    assert await bench.broken() == []


async def test_a_decision_taken_back_teaches_nothing_any_more(bench: Bench) -> None:
    customer_id = await books(bench)
    await receives(bench, 1, 12_000, "a conto")
    await accept(bench, "oldest_first")

    await take_back(bench, "asked")

    assert await known(bench, customer_id) == []


async def test_a_discount_let_go_after_its_date_is_learned_and_booked_the_fourth_time(bench: Bench) -> None:
    await books(bench)
    for number in (1, 2, 3):
        pair = (2 * number - 2, 2 * number - 1)
        minor = sum(10_000 + 137 * place for place in pair)
        minor -= sum(round((10_000 + 137 * place) * 0.02) for place in pair)
        assert await receives(bench, number, minor, f"FA-2026-{pair[0]:06d} FA-2026-{pair[1]:06d}") == ""
        await accept(bench, "discount_unagreed")

    rule = await receives(bench, 4, 10_822 - 216, "FA-2026-000006")

    assert rule == "habit"
    assert await bench.broken() == []


async def test_rounding_up_is_learned_and_the_cents_are_kept(bench: Bench) -> None:
    customer_id = await books(bench)
    for number, (minor, item) in enumerate([(10_200, 1), (10_300, 2), (10_500, 3)], start=1):
        assert await receives(bench, number, minor, f"FA-2026-{item:06d}") == ""
        await accept(bench, "kept_on_account")

    rule = await receives(bench, 4, 10_600, "FA-2026-000004")

    assert rule == "habit"
    assert [one.habit.kind for one in await known(bench, customer_id)] == [HabitKind.ROUNDS]
    assert await bench.broken() == []


async def test_a_habit_is_switched_off_on_and_forgotten(bench: Bench) -> None:
    customer_id = await books(bench)
    await receives(bench, 1, 12_000, "a conto")
    await accept(bench, "oldest_first")
    (habit,) = await known(bench, customer_id)

    async with bench.begin() as work:
        await learn_habits.switch_habit(work, habit_id=habit.id, is_off=True)
    off, seen_off = await known(bench, customer_id), await loaded(bench)
    async with bench.begin() as work:
        await learn_habits.switch_habit(work, habit_id=habit.id, is_off=False)
    on = await loaded(bench)
    async with bench.begin() as work:
        await learn_habits.forget_habit(work, habit_id=habit.id)

    assert [one.is_off for one in off] == [True]
    assert (seen_off, on) == ([], [habit.habit])
    assert await known(bench, customer_id) == []
    with pytest.raises(NoSuchHabit):
        async with bench.begin() as work:
            await learn_habits.forget_habit(work, habit_id=habit.id)


async def test_a_forgotten_habit_begins_again_with_the_next_decision(bench: Bench) -> None:
    customer_id = await books(bench)
    for number in (1, 2):
        await receives(bench, number, 12_000, "a conto")
        await accept(bench, "oldest_first")
    (habit,) = await known(bench, customer_id)
    async with bench.begin() as work:
        await learn_habits.forget_habit(work, habit_id=habit.id)

    await receives(bench, 3, 12_000, "a conto")
    await accept(bench, "oldest_first")

    assert [(one.id, one.habit.right) for one in await known(bench, customer_id)] == [(habit.id, 1)]


@pytest.mark.parametrize(("reason", "is_confirmed"), [("asked", True), ("wrong", False)])
async def test_a_wrong_decision_takes_the_confirmation_of_an_account_away(
    bench: Bench, reason: str, is_confirmed: bool
) -> None:
    await books(bench, iban=None)
    for number in (1, 2, 3):
        await receives(bench, number, 9_000 + number, "Zahlung", iban=UNKNOWN)
        await accept(bench, "oldest_first")

    await take_back(bench, reason)

    async with bench.database.read() as session:
        facts = await parties.load_known_ibans(session, bench.company_id)
    assert [one.is_confirmed for one in facts] == ([True] if is_confirmed else [])


async def test_a_wrong_booking_by_a_confirmed_account_takes_its_confirmation_away(bench: Bench) -> None:
    await books(bench, iban=None)
    for number in (1, 2):
        await receives(bench, number, 9_000 + number, "Zahlung", iban=UNKNOWN)
        await accept(bench, "oldest_first")
    assert await receives(bench, 3, 10_274 + 10_411, "Danke", iban=UNKNOWN) == "confirmed_payer"

    await take_back(bench, "wrong")

    assert await receives(bench, 4, 10_548, "Danke", iban=UNKNOWN) == ""
