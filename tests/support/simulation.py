"""A year of a company in a few seconds: people, files, a strict bank and its post, by the dice of a seed.

The services run on a real database; time is told to them. Everything that a seed decides it decides again.
"""

import asyncio
import datetime as dt
import heapq
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from gateway.fake_bank import Letter
from gateway.store.database import Database
from support import simulation_changes as changes
from support import simulation_people as people
from support.one_thread import one_thread
from support.simulation_events import events_of
from support.simulation_truth import broken_at_the_bank, broken_at_the_end
from support.simulation_world import START, World, make_world, same_ids

YEAR = 365  # Days with invoices.
_TAIL = 430  # Days after them, on which only what comes back late happens.
_ROUND = 14  # Days between two rounds, on Mondays: plan, look after mandates and the unpaid, ask what is silent.
_POST, _DESK, _EVENING = dt.time(5, 0), dt.time(6, 30), dt.time(18, 0)


class Year(NamedTuple):
    """What a year came to."""

    words: str  # What broke, with the seed that breaks it again, or nothing.
    events: Counter[str]  # What happened, how often.


def live_in(url: str, folder: Path, seed: int, days: int = YEAR) -> Year:
    """Live the year of a seed in a database of its own."""

    async def live() -> Year:
        with one_thread():
            database = Database(url)
            try:
                return await live_a_year(seed, database, folder, days=days)
            finally:
                await database.close()

    try:
        return asyncio.run(live())
    except Exception as error:
        error.add_note(f"seed {seed}")
        raise


async def live_a_year(seed: int, database: Database, folder: Path, *, days: int = YEAR) -> Year:
    """Live the year of a seed in a migrated, empty database. Ends early when the bank finds a fault."""
    with same_ids(seed):
        world = await make_world(seed, database, folder)
        agenda: list[tuple[dt.datetime, int]] = []
        for count in range(days + _TAIL):
            date = START + dt.timedelta(days=count)
            await _morning(world, date)
            is_round = count % _ROUND == 0
            if is_round:
                await people.ask_about_silence(world)
            if count < days:
                await _desk(world, date, agenda, is_round=is_round)
            is_given = await _hand_over(world, date, agenda)
            if is_given and (broken := list(broken_at_the_bank(world))):
                return await _told(world, broken)
            world.at(_moment(date, _EVENING))
            world.bank.close_day(date)
        await _morning(world, date + dt.timedelta(days=1))
        return await _told(world, await broken_at_the_end(world))


async def _told(world: World, broken: list[str]) -> Year:
    words = "\n".join([f"seed {world.seed}, until {world.today}:", *broken[:400]]) if broken else ""
    return Year(words, await events_of(world))


def _moment(date: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(date, time, dt.UTC)


async def _morning(world: World, date: dt.date) -> None:
    """Bring what the bank sent since yesterday, in any order, in one format or both; answer what is asked."""
    world.at(_moment(date, _POST))
    letters = _chosen(world, world.bank.letters())
    if not letters:
        return
    for name, data in letters:
        await world.bring(name, data)
    await people.look_after_attempts(world)
    await people.answer_questions(world)


def _chosen(world: World, letters: list[Letter]) -> list[Letter]:
    """Return letters in any order. Of a statement one format is taken, now and then both."""
    dice = world.dice
    taken: list[Letter] = []
    for letter in letters:
        is_camt, is_mt940 = letter.name.endswith(".camt053.xml"), letter.name.endswith(".sta")
        if is_camt:
            formats = dice.choices(("camt", "mt940", "both"), (5, 4, 1))[0]
        if not (is_camt and formats == "mt940") and not (is_mt940 and formats == "camt"):
            taken.append(letter)
        world.events["letter repeated"] += letter.name.startswith("again-")
        world.events["letter late"] += letter.name.startswith("late-")
    dice.shuffle(taken)
    return taken


async def _desk(world: World, date: dt.date, agenda: list[tuple[dt.datetime, int]], *, is_round: bool) -> None:
    world.at(_moment(date, _DESK))
    if date.day == 2:
        await people.write_invoices(world)
    if is_round:
        await changes.look_after_mandates(world)
        await people.look_after_unpaid(world)
        for run_id in await people.freeze(world):
            await _promise(world, run_id, agenda)
    if world.dice.random() < 0.06:
        await changes.change_something(world)
    if world.dice.random() < 0.02:
        await people.give_back(world)


async def _promise(world: World, run_id: int, agenda: list[tuple[dt.datetime, int]]) -> None:
    """Note when a run has to leave at the latest; half of them are approved at once."""
    run = await world.treasury.run(run_id)
    if world.dice.random() < 0.5:
        await world.treasury.approve(run_id=run_id)
    if run.latest_submission_at is None:
        raise RuntimeError(f"run {run_id} is frozen without a latest moment")
    heapq.heappush(agenda, (run.latest_submission_at - dt.timedelta(minutes=world.dice.randint(3, 40)), run_id))


async def _hand_over(world: World, date: dt.date, agenda: list[tuple[dt.datetime, int]]) -> bool:
    """Bring to the bank what has to leave on a day; tell whether there was something."""
    is_given = False
    while agenda and agenda[0][0].date() <= date:
        moment, run_id = heapq.heappop(agenda)
        world.at(moment)
        await people.hand_over(world, run_id)
        is_given = True
    return is_given
