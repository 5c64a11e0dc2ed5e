"""A freeze that stops at any point leaves nothing half done, and can be done again: nothing twice, nothing lost."""

from pathlib import Path

import pytest

from gateway.services.freeze_run import CollectPlace
from gateway.store.collection_runs import CollectionRun
from gateway.store.collections import Collection
from gateway.store.database import Database
from schemas.states import CollectionState, RunState
from support.treasury import Treasury, approved_run, make_treasury


class Stopped(Exception):
    """The process ended here."""


def stopping(database_url: str, place: int) -> tuple[Database, list[str]]:
    """Return the database with crash points that stop at the given one, and the names of those passed."""
    passed: list[str] = []

    def reach(name: str) -> None:
        passed.append(name)
        if len(passed) == place:
            raise Stopped(name)

    return Database(database_url, crash_points=reach), passed


@pytest.fixture
async def treasury(database: Database, tmp_path: Path) -> Treasury:
    return await make_treasury(database, tmp_path)


async def live_sum(treasury: Treasury) -> int:
    rows = await treasury.rows(Collection)
    return sum(one.amount_minor for one in rows if one.state is CollectionState.BATCHED)


async def test_a_freeze_may_stop_anywhere(treasury: Treasury, database_url: str) -> None:
    good = treasury.place
    names: list[str] = []
    for place in range(1, 60):
        database, passed = stopping(database_url, place)
        treasury.place = CollectPlace(database, good.originals, good.now)
        try:
            await treasury.freeze()
        except Stopped:
            names.append(passed[-1])
        else:
            break
        finally:
            treasury.place = good
            await database.close()
        assert await treasury.broken() == [], f"stopped at {passed[-1]} ({place})"
        if await live_sum(treasury) == 0:
            await treasury.freeze()
        assert await live_sum(treasury) == 60_000, f"stopped at {passed[-1]} ({place})"
        for run in await treasury.rows(CollectionRun):
            if run.state in (RunState.FROZEN, RunState.OPEN):
                await treasury.discard(run.id)

    assert {"items_asked", "batches_written", "collections_written", "lines_written", "moves_written"} <= set(names)
    assert {"before_journal", "before_commit", "after_commit"} <= set(names)
    assert await treasury.broken() == []


async def test_sending_may_stop_anywhere_and_is_never_done_twice(treasury: Treasury, database_url: str) -> None:
    run = await approved_run(treasury)
    await treasury.begin(run.id)
    good = treasury.database
    for place in range(1, 30):
        treasury.database, passed = stopping(database_url, place)
        try:
            await treasury.end(run.id)
        except Stopped:
            pass
        finally:
            await treasury.database.close()
            treasury.database = good
        assert await treasury.broken() == [], f"stopped at {passed[-1]}"
        if (await treasury.run(run.id)).state is RunState.SUBMITTED:
            break

    assert place > 4
    assert {one.state for one in await treasury.rows(Collection)} == {CollectionState.SUBMITTED}
    assert await treasury.broken() == []


async def test_a_discard_may_stop_anywhere(treasury: Treasury, database_url: str) -> None:
    frozen = await treasury.freeze()
    good = treasury.database
    for place in range(1, 30):
        treasury.database, passed = stopping(database_url, place)
        try:
            await treasury.discard(frozen.run_ids[0])
        except Stopped:
            pass
        finally:
            await treasury.database.close()
            treasury.database = good
        assert await treasury.broken() == [], f"stopped at {passed[-1]}"
        if (await treasury.run()).state is RunState.DISCARDED:
            break

    assert place > 4
    assert (await treasury.item("FA-1")).collecting_minor == 0
