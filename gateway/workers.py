"""Worker processes: heavy work leaves the event loop. A path and plain values go in, a small answer comes out.

A worker limits its own memory, ends when its parent dies, and works under a lease whose token each commit checks. A
worker that broke off is replaced and its file tried once more; then the file is refused as ``reader_crashed``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import multiprocessing
import secrets
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import structlog

from gateway.services import import_statement
from gateway.services.import_statement import Gate
from gateway.services.limit_process import limit_process
from gateway.services.match_transactions import match_transactions
from gateway.services.receive_archive import Archive, receive_archive
from gateway.services.receive_file import Receipt
from gateway.store import statements
from gateway.store.database import Database, is_outage
from gateway.store.originals import Originals
from gateway.store.presence import Presence
from gateway.store.work import SYSTEM, Actor, no_crash_points
from schemas.errors import FileRefused, GatewayError
from schemas.states import BankTransactionState

log = structlog.get_logger()
if TYPE_CHECKING:
    from gateway.domain.collecting.notices import NoticeDue
    from gateway.domain.replay.result import Replayed
    from gateway.services.collect_in_worker import FreezeWanted, PlanWanted
    from gateway.services.freeze_run import Frozen
    from gateway.services.import_table_file import TableFile, TableTold
    from gateway.services.plan_notices import NoticesWanted
    from gateway.services.receive_advice import AdviceFile, AdviceReceipt
    from gateway.services.replay_in_worker import ReplayWanted
    from gateway.services.show_plan import PlanShown
    from gateway.services.try_rule import Tried, TryWanted

T = TypeVar("T")


class Place(NamedTuple):
    """Where a process finds the store: plain values that travel to a worker."""

    database_url: str
    folder: Path
    file_size_max: int


def open_gate(place: Place, *, crash_points: Callable[[str], None] = no_crash_points) -> Gate:
    """Open the store at a place that is migrated already."""
    scratch = place.folder / "scratch"
    scratch.mkdir(exist_ok=True, mode=0o700)
    return Gate(
        database=Database(place.database_url, crash_points=crash_points),
        originals=Originals(place.folder / "originals", size_max=place.file_size_max),
        now=lambda: dt.datetime.now(dt.UTC),
        scratch=scratch,
        presence=Presence(place.folder / "alive"),
    )


class Workers:
    """A pool of worker processes, and what they are doing."""

    def __init__(self, place: Place, *, count: int = 1) -> None:
        self._place = place
        self._count = count
        self._pool = new_pool(self._count)
        self._apart: set[ProcessPoolExecutor] = set()
        self._replays = asyncio.Semaphore(1)
        self._imports: dict[int, asyncio.Task[None]] = {}

    async def import_file(self, file_id: int) -> None:
        """Import a received file in a worker; callers that ask for the same file wait for the same work."""
        task = self._imports.get(file_id)
        if task is None:
            task = asyncio.create_task(self._import(file_id))
            self._imports[file_id] = task
            task.add_done_callback(lambda _task: self._imports.pop(file_id, None))
        await asyncio.shield(task)

    async def take_statement(self, statement_id: int, actor: Actor, reason: str) -> None:
        """Take a held statement in a worker. Raises what ``take_statement`` raises."""
        await self._run(_take, statement_id, actor, reason)

    async def match(self, company_id: int) -> None:
        """Match what is new or waits in a company: invoices or customers came."""
        await self._run_again(_match, company_id, None)

    async def explain_again(self, company_id: int, bank_transaction_ids: Sequence[int]) -> None:
        """Give some open questions their explanations anew: what they propose was changed by a decision."""
        if bank_transaction_ids:
            await self._run_again(_match, company_id, list(bank_transaction_ids))

    async def look_at_table(self, file: TableFile) -> TableTold:
        """Say what a table file would change."""
        return await self._tell(_look_at_table, file)

    async def import_table(self, file: TableFile, actor: Actor, *, keep_good_rows: bool) -> TableTold:
        """Import a table file."""
        return await self._tell(_import_table, file, actor, keep_good_rows)

    async def receive_advice(self, file: AdviceFile, actor: Actor) -> AdviceReceipt:
        """Read, store and link a remittance advice; one on which a worker broke off twice is refused."""
        try:
            receipt: AdviceReceipt = await self._run_again(_receive_advice, file, actor)
        except BrokenProcessPool:
            return await self._refuse_advice(file, actor)
        return receipt

    async def receive_archive(self, archive: Archive, actor: Actor) -> list[Receipt]:
        """Receive the members of an archive. Raises FileRefused."""
        return await self._run_again(_receive_archive, archive, actor)

    async def show_plan(self, wanted: PlanWanted) -> PlanShown:
        """Return a plan of collections in the size of a page."""
        return await self._run_again(_show_plan, wanted)

    async def plan_notices(self, wanted: NoticesWanted) -> list[NoticeDue]:
        """Return what debtors are to be told of debits to come."""
        return await self._run_again(_plan_notices, wanted)

    async def freeze(self, wanted: FreezeWanted) -> Frozen:
        """Freeze what is due into runs, or a run without some of its collections. Raises what the service raises."""
        return await self._run(_freeze, wanted)

    async def try_rule(self, wanted: TryWanted) -> Tried:
        """Say what a rule would have taken of what is stored."""
        return await self._run_again(_try_rule, wanted)

    async def check(self) -> list[str]:
        """Check everything that must always hold, in a process of its own: files do not wait for it."""
        broken: list[str] = await self._run_apart(_check)
        return broken

    async def replay(self, wanted: ReplayWanted) -> Replayed:
        """Decide a period again, one at a time, apart from files. Raises PeriodTooLong or ReplayBrokeOff."""
        from gateway.services.replay_in_worker import ReplayBrokeOff

        async with self._replays:
            try:
                found: Replayed = await self._run_apart(_replay, wanted)
            except BrokenProcessPool as error:
                raise ReplayBrokeOff from error
        return found

    def close(self) -> None:
        """Stop the workers; what they were doing is taken up again at the next start."""
        for pool in (self._pool, *self._apart):
            for process in list(getattr(pool, "_processes", {}).values()):
                process.terminate()
            pool.shutdown(wait=True, cancel_futures=True)

    async def _import(self, file_id: int) -> None:
        for _ in range(import_statement.CRASHES_MAX + 1):
            token = secrets.token_hex(16)
            try:
                await self._run(_import, file_id, token)
            except GatewayError:
                raise
            except Exception as error:
                if is_outage(error):
                    raise
                log.error("reader_crashed", file_id=file_id, error=type(error).__name__)
                await self._count_crash(file_id, token)
            else:
                return

    async def _tell(self, entry: Callable[..., TableTold], *values: Any) -> TableTold:
        try:
            return await self._run_again(entry, *values)
        except BrokenProcessPool:
            return _broke_off()

    async def _run_again(self, entry: Callable[..., T], *values: Any) -> T:
        """Run what may be run twice; a worker may have broken off because of what another call gave it."""
        try:
            return await self._run(entry, *values)
        except BrokenProcessPool:
            return await self._run(entry, *values)

    async def _run(self, entry: Callable[..., T], *values: Any) -> T:
        pool = self._pool
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, entry, self._place, *values)
        except BrokenProcessPool:
            if pool is self._pool:
                self._pool = new_pool(self._count)
            raise

    async def _refuse_advice(self, file: AdviceFile, actor: Actor) -> AdviceReceipt:
        from gateway.services.receive_advice import refuse_advice

        gate = open_gate(self._place)
        try:
            fault = FileRefused("the reader broke off twice on this file", code="reader_crashed")
            return await refuse_advice(gate.database, file, fault, actor=actor, now=gate.now())
        finally:
            await gate.close()

    async def _run_apart(self, entry: Callable[..., Any], *values: Any) -> Any:
        """Run something in a process of its own, which ends with it."""
        pool = new_pool(1)
        self._apart.add(pool)
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, entry, self._place, *values)
        finally:
            self._apart.discard(pool)
            pool.shutdown(wait=False)

    async def _count_crash(self, file_id: int, token: str) -> None:
        gate = open_gate(self._place)
        try:
            async with gate.database.begin(actor=SYSTEM, now=gate.now()) as work:
                await statements.count_crash(work, file_id=file_id, token=token)
        finally:
            await gate.close()


def new_pool(count: int) -> ProcessPoolExecutor:
    """Return a pool of processes that are copied from ``gateway.nursery``: what they need is loaded already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["gateway.nursery"])
    return ProcessPoolExecutor(count, mp_context=context, initializer=limit_process)


def _import(place: Place, file_id: int, token: str) -> None:
    async def work(gate: Gate) -> None:
        await import_statement.import_file(gate, file_id=file_id, token=token)

    _with_gate(place, work)


def _take(place: Place, statement_id: int, actor: Actor, reason: str) -> None:
    async def work(gate: Gate) -> None:
        await import_statement.take_statement(gate, statement_id=statement_id, actor=actor, reason=reason)

    _with_gate(place, work)


def _match(place: Place, company_id: int, ids: list[int] | None) -> None:
    async def work(gate: Gate) -> None:
        await match_transactions(
            gate.database,
            company_id=company_id,
            actor=SYSTEM,
            now=gate.now,
            states=(BankTransactionState.NEW, BankTransactionState.IN_REVIEW),
            ids=ids,
            may_book=ids is None,
        )

    _with_gate(place, work)


def _receive_advice(place: Place, file: AdviceFile, actor: Actor) -> AdviceReceipt:
    from gateway.services.receive_advice import receive_advice

    return _with_gate(place, lambda gate: receive_advice(gate, file, actor=actor))


def _broke_off() -> TableTold:
    from gateway.services.import_table_file import TableTold

    return TableTold(refused="the reader broke off twice on this file", refused_code="reader_crashed")


def _look_at_table(place: Place, file: TableFile) -> TableTold:
    from gateway.services import import_table_file  # Here: readers of bank files do without its libraries.

    return _with_gate(place, lambda gate: import_table_file.look_at_table(gate, file))


def _import_table(place: Place, file: TableFile, actor: Actor, keep_good_rows: bool) -> TableTold:
    from gateway.services import import_table_file

    async def work(gate: Gate) -> TableTold:
        return await import_table_file.import_table_file(gate, file, actor=actor, keep_good_rows=keep_good_rows)

    return _with_gate(place, work)


def _show_plan(place: Place, wanted: PlanWanted) -> PlanShown:
    from gateway.services import collect_in_worker

    return _with_gate(place, lambda gate: collect_in_worker.show(gate.database, gate.originals, gate.now, wanted))


def _plan_notices(place: Place, wanted: NoticesWanted) -> list[NoticeDue]:
    from gateway.services.plan_notices import plan_notices

    return _with_gate(place, lambda gate: plan_notices(gate.database, gate.now, wanted))


def _freeze(place: Place, wanted: FreezeWanted) -> Frozen:
    from gateway.services import collect_in_worker

    return _with_gate(place, lambda gate: collect_in_worker.freeze(gate.database, gate.originals, gate.now, wanted))


def _try_rule(place: Place, wanted: TryWanted) -> Tried:
    from gateway.services.try_rule import try_rule

    return _with_gate(place, lambda gate: try_rule(gate.database, wanted))


def _check(place: Place) -> list[str]:
    from gateway.store import check

    async def work(gate: Gate) -> list[str]:
        async with gate.database.read() as session:
            return [sentence async for sentence in check.broken_invariants(session)]

    return _with_gate(place, work)


def _replay(place: Place, wanted: ReplayWanted) -> Replayed:
    from gateway.services import replay_in_worker

    return _with_gate(place, lambda gate: replay_in_worker.replay(gate.database, wanted))


def _receive_archive(place: Place, archive: Archive, actor: Actor) -> list[Receipt]:
    return _with_gate(place, lambda gate: receive_archive(gate, archive, actor=actor))


def _with_gate(place: Place, work: Callable[[Gate], Awaitable[T]]) -> T:
    runner, gate = _kept_gate(place)

    async def run() -> T:
        return await work(gate)

    return runner.run(run())


@cache
def _kept_gate(place: Place) -> tuple[asyncio.Runner, Gate]:
    """Open the store of this process once and keep it: what was prepared for one file serves the next."""
    return asyncio.Runner(), open_gate(place)
