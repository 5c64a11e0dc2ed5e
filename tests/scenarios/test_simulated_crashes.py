"""An approval and an export that stop at any point can be done again: approved once, one file, sent once."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.services.submit_run import resolve_broken_off, send_to_folder
from gateway.store.collection_runs import RunApproval, RunSubmission
from gateway.store.database import Database
from schemas.states import RunState, SubmissionState
from support.treasury import Treasury, approved_run, make_treasury, told_invoice


class Stopped(Exception):
    """The process ended here."""


class Stopping:
    """A treasury whose database stops at one of the points that it passes, then is as before."""

    def __init__(self, treasury: Treasury, url: str, place: int) -> None:
        self._treasury, self._place, self._good = treasury, place, treasury.place
        self._database = Database(url, crash_points=self._reach)
        self.passed: list[str] = []

    def _reach(self, name: str) -> None:
        self.passed.append(name)
        if len(self.passed) == self._place:
            raise Stopped(name)

    async def __aenter__(self) -> "Stopping":
        self._treasury.place = replace(self._good, database=self._database)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._treasury.place = self._good
        await self._database.close()
        return kind is Stopped


@pytest.fixture
async def treasury(database: Database, tmp_path: Path) -> Treasury:
    return await make_treasury(database, tmp_path)


async def test_an_approval_may_stop_anywhere(treasury: Treasury, database_url: str) -> None:
    frozen = await treasury.freeze()
    names: set[str] = set()
    for place in range(1, 30):
        async with Stopping(treasury, database_url, place) as stopping:
            await treasury.approve(run_id=frozen.run_ids[0])
        names |= set(stopping.passed[-1:])
        assert await treasury.broken() == [], f"stopped at {stopping.passed[-1]}"
        if (await treasury.run()).state is RunState.APPROVED:
            break
        assert await treasury.rows(RunApproval) == []

    assert {"approval_checked", "before_journal", "before_commit", "after_commit"} <= names
    assert len(await treasury.rows(RunApproval)) == 1


async def test_an_export_may_stop_anywhere(treasury: Treasury, database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "to the bank"
    folder.mkdir()
    for place in range(1, 30):
        run = await approved_run(treasury)
        where = {"company_id": treasury.company_id, "run_id": run.id, "actor": treasury.actor("clara")}
        async with Stopping(treasury, database_url, place) as stopping:
            await send_to_folder(treasury.place, **where, folder=folder)
        await resolve_broken_off(treasury.place)
        is_there = (folder / run.file_name).exists()
        if any(one.state is SubmissionState.UNKNOWN for one in await treasury.rows(RunSubmission)):
            await treasury.end(run.id, SubmissionState.SENT if is_there else SubmissionState.NOT_SENT, "I looked")
        if (await treasury.run(run.id)).state is RunState.APPROVED:
            await send_to_folder(treasury.place, **where, folder=folder)

        sent = [one for one in await treasury.rows(RunSubmission) if one.run_id == run.id]
        assert [one.state for one in sent].count(SubmissionState.SENT) == 1, f"stopped at {stopping.passed[-1]}"
        assert treasury.place.originals.hash_of(folder / run.file_name) == run.sha256
        assert await treasury.broken() == []
        if len(stopping.passed) < place:
            break
        await treasury.add_invoices(told_invoice(f"FA-X{place}", 1_000 + place))

    assert place > 6
    assert len(list(folder.iterdir())) == place
