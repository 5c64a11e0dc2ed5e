"""Habits in the store: counted from the decisions that stand, each company for itself."""

import pytest

from gateway.domain.matching.model import Habit
from gateway.store import habits
from gateway.store.database import Database
from schemas.states import HabitKind
from support.master_data import CLERK, NOW
from support.payer_memory import Memory, open_memory


@pytest.fixture
async def memory(database: Database) -> Memory:
    return await open_memory(database)


async def loaded(memory: Memory) -> list[tuple[int, int, int]]:
    """How often the habits that count were right, wrong, and right since."""
    async with memory.database.read() as session:
        return [one[3:] for one in await habits.load_habits(session, memory.company_id)]


@pytest.mark.parametrize(
    ("rights", "counted"),
    [
        pytest.param((True,), [(1, 0, 1)], id="once right"),
        pytest.param((True, True, False, True), [(3, 1, 1)], id="right again after it was wrong"),
        pytest.param((False, True, False, True, True), [(3, 2, 2)], id="the last wrong one counts"),
        pytest.param((True, True, False), [], id="just wrong: it is not asked"),
        pytest.param((False,), [], id="never right"),
    ],
)
async def test_a_habit_is_as_strong_as_it_was_right_since_it_was_wrong(
    memory: Memory, rights: tuple[bool, ...], counted: list[tuple[int, int, int]]
) -> None:
    await memory.teaches("C1", *rights)

    assert await loaded(memory) == counted


async def test_what_is_taken_back_counts_no_more_and_what_comes_later_does(memory: Memory) -> None:
    payments = await memory.teaches("C1", True, False, True)
    async with memory.database.begin(actor=CLERK, now=NOW, company_id=memory.company_id) as work:
        await habits.take_back(work, payments[:2])

    assert await loaded(memory) == [(1, 0, 1)]


async def test_kinds_and_customers_are_counted_apart(memory: Memory) -> None:
    await memory.teaches("C1", True, True)
    await memory.teaches("C1", True, kind=HabitKind.OLDEST_FIRST)
    await memory.teaches("C2", True)

    async with memory.database.read() as session:
        found = await habits.load_habits(session, memory.company_id)
        of_one = await habits.habits_of(session, company_id=memory.company_id, customer_id=memory.customers["C1"])

    assert [one.lately for one in found] == [2, 1, 1]
    assert [one.habit for one in of_one] == found[:2]


async def test_a_forgotten_habit_begins_anew(memory: Memory) -> None:
    await memory.teaches("C1", True, True, True)
    async with memory.database.read() as session:
        (known,) = await habits.habits_of(session, company_id=memory.company_id, customer_id=memory.customers["C1"])
    async with memory.database.begin(actor=CLERK, now=NOW, company_id=memory.company_id) as work:
        assert await habits.forget(work, habit_id=known.id) == memory.customers["C1"]
        assert await habits.forget(work, habit_id=known.id) is None

    await memory.teaches("C1", True)

    assert await loaded(memory) == [(1, 0, 1)]


async def test_companies_learn_apart(memory: Memory) -> None:
    other = await open_memory(memory.database, "OTHER")
    await memory.teaches("C1", True)
    async with memory.database.read() as session:
        (known,) = await habits.habits_of(session, company_id=memory.company_id, customer_id=memory.customers["C1"])

    async with other.database.begin(actor=CLERK, now=NOW, company_id=other.company_id) as work:
        assert await habits.forget(work, habit_id=known.id) is None

    assert await loaded(other) == []
    assert await loaded(memory) == [Habit(0, HabitKind.ROUNDS, 0, 1, 0, 1)[3:]]
