"""Collections as the bank answers them: moved, with the guards of their items.

Rows are locked first, in the order of their keys: bank transactions, open items, collections.
"""

import datetime as dt
from collections.abc import Collection as Several
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.collection_runs import batches, runs
from gateway.store.collection_writes import release_items, write_moves
from gateway.store.collections import Collection, collections, lines
from gateway.store.counters import hold_items
from gateway.store.fetch import among, in_pieces
from gateway.store.mandate_papers import amendments
from gateway.store.mandates import MandateMove, mandates, move_mandates, moves, sync_mandate_ibans
from gateway.store.open_items import open_items
from gateway.store.work import Work
from schemas.states import CollectionState, MandateState, RunState
from schemas.tables import MandateType

# What a run waits for.
_LIVE = (
    CollectionState.PLANNED, CollectionState.NOTIFIED, CollectionState.BATCHED, CollectionState.SUBMITTED,
)  # fmt: skip


async def lock_items_of(work: Work, ids: Several[int]) -> None:
    """Lock the items that some collections ask for, in the order of their keys; SQLite has one writer anyway."""
    if work.is_sqlite:
        return
    for piece in in_pieces(ids):
        asked = select(lines.c.open_item_id).where(among(work.session, lines.c.collection_id, piece))
        held = select(open_items.c.id).where(open_items.c.id.in_(asked)).order_by(open_items.c.id).with_for_update()
        await work.session.execute(select(func.count()).select_from(held.subquery()))


async def move_collections(
    work: Work,
    ids: Iterable[int],
    *,
    from_states: Sequence[CollectionState],
    to_state: CollectionState,
    reason: str = "",
    **values: Any,
) -> list[int]:
    """Move those of some collections that are in one of some states, and write each move down; return their keys.

    The life cycle allows it: callers name states from which it does.
    """
    moved: list[int] = []
    for from_state in from_states:
        for piece in in_pieces(ids):
            statement = (
                update(collections)
                .where(
                    collections.c.company_id == work.company_id,
                    collections.c.state == from_state,
                    among(work.session, collections.c.id, piece),
                )
                .values(state=to_state, version=collections.c.version + 1, **values)
                .returning(collections.c.id, collections.c.version)
                .execution_options(synchronize_session=False)
            )
            rows = sorted(tuple(row) for row in await work.session.execute(statement))
            await write_moves(work, "collection", rows, from_state.value, to_state.value, reason)
            moved += [key for key, _ in rows]
    return sorted(moved)


async def lock_collections(work: Work, ids: Several[int]) -> dict[int, tuple[CollectionState, bool]]:
    """Lock collections of the company; return the state of each, and whether a bank transaction brought its money."""
    c = collections.c
    found: dict[int, tuple[CollectionState, bool]] = {}
    for piece in in_pieces(ids):
        query = (
            select(c.id, c.state, c.settled_by_id)
            .where(c.company_id == work.company_id, among(work.session, c.id, piece))
            .order_by(c.id)
            .with_for_update()
        )
        found |= {row[0]: (row[1], row[2] is not None) for row in await work.session.execute(query)}
    return found


async def settled_by(work: Work, bank_transaction_ids: Sequence[int]) -> list[Collection]:
    """Lock and return the debits whose money some bank transactions brought."""
    found: list[Collection] = []
    for piece in in_pieces(bank_transaction_ids):
        query = (
            select(Collection)
            .where(collections.c.company_id == work.company_id, among(work.session, collections.c.settled_by_id, piece))
            .order_by(collections.c.id)
            .with_for_update()
        )
        found += (await work.session.execute(query.execution_options(populate_existing=True))).scalars()
    return found


async def unsettle(work: Work, rows: Sequence[Collection]) -> None:
    """Let debits wait for their money again; one that was rejected stays so, without money."""
    nothing: dict[str, Any] = {"settled_by_id": None, "settled_date": None, "refundable_until_date": None}
    settled = [row.id for row in rows if row.state is CollectionState.SETTLED]
    await move_collections(
        work, settled, from_states=[CollectionState.SETTLED], to_state=CollectionState.SUBMITTED, reason="undone",
        **nothing,
    )  # fmt: skip
    for piece in in_pieces(row.id for row in rows if row.state is not CollectionState.SETTLED):
        statement = update(collections).where(among(work.session, collections.c.id, piece))
        await work.session.execute(statement.values(**nothing).execution_options(synchronize_session=False))


async def move_mandates_back(work: Work, ids: Sequence[int], *, reason: str) -> None:
    """Move mandates back along their last move, where that was made for a reason that is taken back now."""
    for piece in in_pieces(ids):
        query = (
            select(moves.c.subject_id, moves.c.from_state, moves.c.to_state, moves.c.reason, mandates.c.party_id)
            .join(mandates, mandates.c.id == moves.c.subject_id)
            .where(
                moves.c.subject_table == "mandate",
                among(work.session, moves.c.subject_id, piece),
                mandates.c.company_id == work.company_id,
            )
            .order_by(moves.c.subject_id, moves.c.position)
        )
        last = {row[0]: row for row in await work.session.execute(query)}
        back = [row for row in last.values() if row[3] == reason]
        wanted = [MandateMove(row[0], MandateState(row[2]), MandateState(row[1]), "undone") for row in back]
        await move_mandates(work, wanted)
        await sync_mandate_ibans(work, {row[4] for row in back})


async def free_items(work: Work, ids: Several[int]) -> None:
    """Let collections no longer ask for their items: they were settled or will not be."""
    asked = await asked_of_items(work.session, ids)
    work.touched_items |= asked.keys()
    await release_items(work, {key: minor for key, (minor, _) in asked.items()})


async def asked_of_items(session: AsyncSession, ids: Several[int]) -> dict[int, tuple[int, dt.date]]:
    """Return how much some collections ask of each item in all, signed as the item, and on which day."""
    found: dict[int, tuple[int, dt.date]] = {}
    for piece in in_pieces(ids):
        query = (
            select(lines.c.open_item_id, lines.c.amount_minor, collections.c.collection_date)
            .join(collections, collections.c.id == lines.c.collection_id)
            .where(among(session, lines.c.collection_id, piece))
            .order_by(lines.c.open_item_id, lines.c.id)
        )
        for item_id, amount, date in await session.execute(query):
            found[item_id] = (found.get(item_id, (0, date))[0] + amount, date)
    return found


async def ask_items_again(work: Work, ids: Several[int]) -> None:
    """Let collections ask for their items again: what settled them was taken back."""
    asked = await asked_of_items(work.session, ids)
    work.touched_items |= asked.keys()
    await hold_items(work, sorted(asked))
    statement = (
        update(open_items)
        .where(open_items.c.id == bindparam("key"))
        .values(collecting_minor=open_items.c.collecting_minor + bindparam("minor"), in_flight_date=bindparam("day"))
    )
    rows = [{"key": key, "minor": minor, "day": day} for key, (minor, day) in sorted(asked.items())]
    if rows:
        await (await work.session.connection()).execute(statement, rows)


async def set_run_status(work: Work, *, run_id: int, bank_status: str) -> None:
    """Note the last status that the bank reported of a run."""
    await work.session.execute(update(runs).where(runs.c.id == run_id).values(bank_status=bank_status))


async def set_bank_status(work: Work, said: Mapping[int, str]) -> None:
    """Note the last status that the bank reported of some collections."""
    statement = update(collections).where(collections.c.id == bindparam("key")).values(bank_status=bindparam("said"))
    rows = [{"key": key, "said": status} for key, status in sorted(said.items())]
    if rows:
        await (await work.session.connection()).execute(statement, rows)


async def release_amendments(work: Work, ids: Several[int]) -> None:
    """Let what rejected collections told of mandates be told again (sepa-rules 1.6)."""
    for piece in in_pieces(ids):
        carried = among(work.session, amendments.c.carried_by_id, piece)
        statement = update(amendments).where(amendments.c.company_id == work.company_id, carried)
        await work.session.execute(statement.where(amendments.c.is_done.is_(False)).values(carried_by_id=None))


async def free_one_offs(work: Work, ids: Several[int]) -> None:
    """Let one-off mandates whose debit was rejected be used again: it never reached settlement."""
    m, c = mandates.c, collections.c
    for piece in in_pieces(ids):
        meant = select(c.mandate_id).where(among(work.session, c.id, piece), c.mandate_id.is_not(None))
        await work.session.execute(
            update(mandates)
            .where(m.company_id == work.company_id, m.id.in_(meant), m.type == MandateType.ONE_OFF)
            .values(last_collected_date=None)
            .execution_options(synchronize_session=False)
        )


async def finish_amendments(work: Work, ids: Several[int], *, is_done: bool = True) -> None:
    """What settled collections told of mandates is done; or, when that is taken back, is not."""
    for piece in in_pieces(ids):
        carried = among(work.session, amendments.c.carried_by_id, piece)
        statement = update(amendments).where(amendments.c.company_id == work.company_id, carried)
        await work.session.execute(statement.values(is_done=is_done))


async def close_ended_runs(work: Work, ids: Several[int]) -> None:
    """Close the submitted runs of some collections in which nothing waits any more."""
    await _move_runs(work, ids, RunState.SUBMITTED, RunState.CLOSED)


async def open_runs_again(work: Work, ids: Several[int]) -> None:
    """Open the closed runs of some collections again: what settled them was taken back."""
    await _move_runs(work, ids, RunState.CLOSED, RunState.SUBMITTED)


async def _move_runs(work: Work, ids: Several[int], from_state: RunState, to_state: RunState) -> None:
    wanted: set[int] = set()
    for piece in in_pieces(ids):
        query = (
            select(batches.c.run_id)
            .join(collections, collections.c.batch_id == batches.c.id)
            .where(among(work.session, collections.c.id, piece))
            .distinct()
        )
        wanted |= set((await work.session.execute(query)).scalars())
    waits = (
        select(collections.c.id)
        .join(batches, batches.c.id == collections.c.batch_id)
        .where(batches.c.run_id == runs.c.id, collections.c.state.in_(_LIVE))
        .exists()
    )
    statement = update(runs).where(runs.c.id.in_(sorted(wanted)), runs.c.state == from_state)
    closing = to_state is RunState.CLOSED
    statement = statement.where(~waits if closing else waits).values(
        state=to_state, version=runs.c.version + 1, closed_at=work.now if closing else None
    )
    moved = await work.session.execute(
        statement.returning(runs.c.id, runs.c.version).execution_options(synchronize_session=False)
    )
    await write_moves(work, "collection_run", sorted(map(tuple, moved)), from_state.value, to_state.value, "")
