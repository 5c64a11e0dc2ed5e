"""Refunds as the statement answers them: paid, come back, and either taken back; with the guards of their items.

Refunds are locked before items, in the order of their keys, and runs last.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection as Several
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, bindparam, select, update

from gateway.domain.matching.record import from_record
from gateway.store import collection_runs
from gateway.store.allocations import open_decisions
from gateway.store.collection_runs import CollectionRun, batches, runs
from gateway.store.collection_writes import release_items, write_moves
from gateway.store.counters import hold_items
from gateway.store.fetch import among, in_pieces
from gateway.store.open_items import open_items
from gateway.store.refunds import Refund, refunds
from gateway.store.refunds_in_runs import move_refunds, waits_in_run
from gateway.store.work import Work
from schemas.states import RefundState, RunState

_Z = RefundState


async def lock_by_id(work: Work, ids: Several[int]) -> dict[int, Refund]:
    """Lock refunds of the company and return them by key."""
    return {row.id: row for row in await _lock(work, refunds.c.id, ids)}


async def waiting_for_items(work: Work, item_ids: Several[int]) -> list[Refund]:
    """Lock and return the refunds out of some items that the bank has yet to pay."""
    rows = await _lock(work, refunds.c.open_item_id, item_ids, refunds.c.state == _Z.SUBMITTED)
    return [row for row in rows if row.state is _Z.SUBMITTED]


async def paid_by(work: Work, bank_transaction_ids: Several[int]) -> list[Refund]:
    """Lock and return the refunds that some bank transactions paid."""
    with_money = refunds.c.state.in_((_Z.SETTLED, _Z.FAILED))
    return await _lock(work, refunds.c.settled_by_id, bank_transaction_ids, with_money)


async def brought_back_by(work: Work, bank_transaction_ids: Sequence[int]) -> list[Refund]:
    """Lock and return the refunds that some bank transactions brought back, by the decisions on these."""
    z = refunds.c
    query = select(z.id).where(z.company_id == work.company_id, z.state == _Z.FAILED, z.settled_by_id.is_not(None))
    if (await work.session.execute(query.limit(1))).first() is None:
        return []
    meant: dict[int, int] = {}
    for decision in await open_decisions(work.session, bank_transaction_ids):
        for record in decision.proof:
            meant |= dict.fromkeys(from_record(record).refunds, decision.bank_transaction_id)
    rows = await lock_by_id(work, meant)
    return [row for key, row in rows.items() if row.state is _Z.FAILED and row.settled_by_id not in (None, meant[key])]


async def _lock(
    work: Work, column: ColumnElement[int | None], keys: Several[int], *conditions: ColumnElement[bool]
) -> list[Refund]:
    found: list[Refund] = []
    for piece in in_pieces(keys):
        query = (
            select(Refund)
            .where(refunds.c.company_id == work.company_id, among(work.session, column, piece), *conditions)
            .order_by(refunds.c.id)
            .with_for_update()
        )
        found += (await work.session.execute(query.execution_options(populate_existing=True))).scalars()
    return found


async def settle(work: Work, rows: Sequence[Refund], brought: Mapping[int, int]) -> None:
    """Note that the bank paid refunds that are locked, by which bank transaction; they ask for nothing any more."""
    for row in rows:
        row.settled_by_id = brought[row.id]
    asked = _asked(rows)
    work.touched_items |= asked.keys()
    await release_items(work, asked)
    await move_refunds(work, rows, from_state=_Z.SUBMITTED, to_state=_Z.SETTLED)
    await work.flush()
    for run in await _runs_of(work, rows):
        await close_if_ended(work, run)


async def unsettle(work: Work, rows: Sequence[Refund]) -> None:
    """Let refunds that are locked wait for the bank again, and ask for their items."""
    for row in rows:
        row.settled_by_id = None
    await _ask_again(work, rows)
    await move_refunds(work, rows, from_state=_Z.SETTLED, to_state=_Z.SUBMITTED, reason="undone")
    await work.flush()
    for run in await _runs_of(work, rows):
        if run.state is RunState.CLOSED:
            await _open_again(work, run)


def _asked(rows: Sequence[Refund]) -> dict[int, int]:
    asked: dict[int, int] = defaultdict(int)
    for row in rows:
        asked[row.open_item_id] -= row.amount_minor
    return dict(asked)


async def _ask_again(work: Work, rows: Sequence[Refund]) -> None:
    asked = _asked(rows)
    days: dict[int, dt.date] = {row.open_item_id: row.created_at.date() for row in rows}
    work.touched_items |= asked.keys()
    await hold_items(work, sorted(asked))
    statement = (
        update(open_items)
        .where(open_items.c.id == bindparam("key"))
        .values(collecting_minor=open_items.c.collecting_minor + bindparam("minor"), in_flight_date=bindparam("day"))
    )
    values = [{"key": key, "minor": minor, "day": days[key]} for key, minor in sorted(asked.items())]
    if values:
        await (await work.session.connection()).execute(statement, values)


async def _runs_of(work: Work, rows: Sequence[Refund]) -> list[CollectionRun]:
    query = select(batches.c.run_id).where(batches.c.id.in_({row.batch_id for row in rows if row.batch_id}))
    ids = sorted(set((await work.session.execute(query)).scalars()))
    return [await collection_runs.lock_run(work, key) for key in ids]


async def close_if_ended(work: Work, run: CollectionRun) -> None:
    """Close a run of refunds that is locked once the bank paid or failed each of them."""
    if run.state is RunState.SUBMITTED and not await waits_in_run(work, run.id):
        run.closed_at = work.now
        await collection_runs.move_run(work, run, RunState.CLOSED)


async def _open_again(work: Work, run: CollectionRun) -> None:
    statement = update(runs).where(runs.c.id == run.id).returning(runs.c.version)
    values = {"state": RunState.SUBMITTED, "closed_at": None, "version": runs.c.version + 1}
    version = (await work.session.execute(statement.values(**values))).scalar_one()
    await write_moves(work, "collection_run", [(run.id, version)], RunState.CLOSED.value, RunState.SUBMITTED.value)
