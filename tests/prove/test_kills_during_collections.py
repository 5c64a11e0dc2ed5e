"""A process that is killed while it freezes, exports or reads a report: nothing is asked twice, nothing is lost."""

import asyncio
import datetime as dt
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.domain.calendar import bank_days_after
from gateway.fake_bank import FakeBank, Habits, Outcome
from gateway.services.submit_run import resolve_broken_off
from gateway.store.collection_runs import CollectionRun, RunSubmission
from gateway.store.collections import Collection
from gateway.store.database import Database
from gateway.store.unpaid import Unpaid
from schemas.states import CollectionState, RunState, SubmissionState
from support.databases import KINDS, Databases, databases_of
from support.figures import IS_WHOLE, count, note
from support.master_data import german_iban, mandate
from support.processes import COMMAND, environment, kill
from support.treasury import Treasury, make_treasury, told_invoice

KILLS = count(full=50, small=1)
ROUNDS_MAX = 40  # Three kills each, of which one may come too late.
CUSTOMERS = count(full=400, small=60)
SEED = 20261123
TESTS = Path(__file__).resolve().parents[1]
TODAY = dt.datetime.now(dt.UTC).date()
DUE = bank_days_after(TODAY, 15)

pytestmark = pytest.mark.prove


@pytest.fixture(params=KINDS if IS_WHOLE else KINDS[:1])
def databases(request: pytest.FixtureRequest) -> Databases:
    """What makes databases: of each kind in CI and in a whole run, of SQLite elsewhere."""
    return databases_of(request)


class Killer:
    """Starts commands, kills them at any moment, and starts them again."""

    def __init__(self, data: Path, url: str) -> None:
        self._chance = random.Random(SEED)
        self._variables = environment(url) | {"PYTHONPATH": os.pathsep.join([*sys.path, str(TESTS)])}
        self._data = data
        self._whole_s: dict[str, float] = {}
        self.killed = self.begun = 0

    def run(self, what: str, command: Sequence[str]) -> int:
        """Run a command to its end; return its exit code, and remember how long it took."""
        began = time.monotonic()
        done = subprocess.run(command, env=self._variables, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode in (0, 1, 3), done.stderr
        self._whole_s.setdefault(what, time.monotonic() - began)
        return done.returncode

    def break_off(self, what: str, command: Sequence[str]) -> None:
        """Start a command and kill it some time before its end."""
        self.begun += 1
        process = subprocess.Popen(
            command, env=self._variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(self._chance.uniform(0.5, 1.0) * self._whole_s.get(what, 2.0))
        self.killed += process.poll() is None
        kill(process)


class Stage(NamedTuple):
    """A company on a data folder, with a bank, and the killer of its processes."""

    treasury: Treasury
    killer: Killer
    bank: FakeBank
    data: Path
    out: Path
    url: str


async def _stage(database: Database, data: Path, url: str) -> Stage:
    places = range(1, CUSTOMERS + 1)
    treasury = await make_treasury(
        database, data, customers=CUSTOMERS, invoices=_invoices(0),
        mandates=[mandate(f"M-{one}", customer=f"C{one}", iban=german_iban(one), debtor_name=f"Kunde {one}",
                          signature_date=TODAY - dt.timedelta(days=90)) for one in places],
    )  # fmt: skip
    treasury.now = dt.datetime.now(dt.UTC)
    out = data / "to the bank"
    out.mkdir()
    return Stage(treasury, Killer(data, "" if database.is_sqlite else url), FakeBank(Habits()), data, out, url)


def _invoices(turn: int) -> list[object]:
    """Return an invoice for each customer; the cents of some say that the bank rejects them at once."""
    return [
        told_invoice(f"FA-{turn}-{one}", 10_000 + 100 * one + (54 if one % 3 == 0 else 0), customer=f"C{one}",
                     issue_date=TODAY, due_date=DUE, notified_date=TODAY)
        for one in range(1, CUSTOMERS + 1)
    ]  # fmt: skip


def test_kills_leave_nothing_asked_twice_and_nothing_lost(databases: Databases, tmp_path: Path) -> None:
    url = databases.fresh_database(tmp_path)

    async def go() -> Killer:
        database = Database(url)
        try:
            stage = await _stage(database, tmp_path, url)
            for turn in range(ROUNDS_MAX):
                if stage.killer.killed >= KILLS:
                    break
                if turn:
                    await stage.treasury.add_invoices(*_invoices(turn))
                run = await _freeze(stage, turn)
                await _export(stage, run)
                await _report(stage, run, turn)
                assert await stage.treasury.broken() == []
        finally:
            await database.close()
        return stage.killer

    killer = asyncio.run(go())

    assert killer.killed >= KILLS
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    counted = f"{killer.killed} processes killed before their end, of {killer.begun} begun; check clean"
    note(f"kills during freeze, export and report, {kind}", counted, SEED)


async def _freeze(stage: Stage, turn: int) -> CollectionRun:
    """Freeze in a process that is killed, then in one that is not: each invoice is in one run."""
    command = [*COMMAND, "collect", "--until", str(DUE), "--data", str(stage.data)]
    stage.killer.break_off("collect", command)
    stage.killer.run("collect", command)

    frozen = [run for run in await stage.treasury.rows(CollectionRun) if run.state is RunState.FROZEN]
    batched = [one for one in await stage.treasury.rows(Collection) if one.state is CollectionState.BATCHED]
    assert [run.collection_count for run in frozen] == [len(batched)] == [CUSTOMERS]
    assert sorted(one.remittance for one in batched) == sorted(f"FA-{turn}-{one}" for one in range(1, CUSTOMERS + 1))
    return frozen[0]


async def _export(stage: Stage, run: CollectionRun) -> None:
    """Put the run into a folder, broken off: it is unknown, until a person looks whether the file is there."""
    treasury = stage.treasury
    await treasury.approve(run_id=run.id)
    command = [sys.executable, "-m", "support.lone_export", stage.url, str(stage.data), str(treasury.company_id),
               str(run.id), str(stage.out)]  # fmt: skip
    stage.killer.break_off("export", command)
    treasury.now = max(treasury.now, dt.datetime.now(dt.UTC))
    await resolve_broken_off(treasury.place)
    target = stage.out / run.file_name
    if any(row.state is SubmissionState.UNKNOWN for row in await _attempts(stage, run)):
        await treasury.end(run.id, SubmissionState.SENT if target.exists() else SubmissionState.NOT_SENT, "I looked")
    if (await treasury.run(run.id)).state is RunState.APPROVED:
        stage.killer.run("export", command)

    assert treasury.place.originals.hash_of(target) == run.sha256
    assert (await treasury.run(run.id)).state is RunState.SUBMITTED
    assert Counter(row.state for row in await _attempts(stage, run))[SubmissionState.SENT] == 1


async def _attempts(stage: Stage, run: CollectionRun) -> list[RunSubmission]:
    return [row for row in await stage.treasury.rows(RunSubmission) if row.run_id == run.id]


async def _report(stage: Stage, run: CollectionRun, turn: int) -> None:
    """Import the bank's report, broken off and again: what it rejects is rejected once, in the register once."""
    stage.bank.take_order((stage.out / run.file_name).read_bytes(), dt.datetime.now(dt.UTC))
    [letter] = stage.bank.letters()
    path = stage.data / f"report{turn}.xml"
    path.write_bytes(letter.data)
    command = [*COMMAND, "import", str(path), "--data", str(stage.data)]
    stage.killer.break_off("import", command)
    assert stage.killer.run("import", command) == 0

    outcomes = stage.bank.state.outcomes()
    rows = await stage.treasury.rows(Collection)
    rejected = {one.end_to_end_id for one in rows if one.state is CollectionState.REJECTED}
    assert rejected == {key for key, (outcome, _) in outcomes.items() if outcome is Outcome.REJECTED}
    assert len(rejected) == (turn + 1) * (CUSTOMERS // 3)
    by_key = {one.id: one.end_to_end_id for one in rows}
    assert Counter(by_key[row.collection_id] for row in await stage.treasury.rows(Unpaid)) == Counter(rejected)
