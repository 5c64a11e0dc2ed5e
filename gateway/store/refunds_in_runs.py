"""Refunds and what guards them: live refunds of an item never exceed what is kept for the customer.

The guard is the one of collections: what live refunds ask of an item stands in ``collecting_minor``, below zero.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.bank_report import Sent
from gateway.store.collection_runs import batches
from gateway.store.collection_writes import Asked, ask_for_items, release_items, write_moves
from gateway.store.open_items import open_items
from gateway.store.refunds import Refund, refunds
from gateway.store.work import Work
from schemas.errors import Conflict
from schemas.states import RefundState

LIVE = (RefundState.PROPOSED, RefundState.APPROVED, RefundState.BATCHED, RefundState.SUBMITTED)


async def ask_for_refund(work: Work, *, item_id: int, amount_minor: int, day: dt.date) -> None:
    """Let a refund ask for money that is kept on account. Raises Conflict when less is left."""
    i = open_items.c
    query = select(i.version, i.collecting_minor).where(i.company_id == work.company_id, i.id == item_id)
    row = (await work.session.execute(query.with_for_update())).one_or_none()
    if row is None or await ask_for_items(work, [Asked(item_id, -amount_minor, day, row[0], row[1])]):
        raise Conflict(f"item {item_id} changed meanwhile")


async def free_item(work: Work, *, item_id: int, amount_minor: int) -> None:
    """Let a refund no longer ask for its item."""
    await release_items(work, {item_id: -amount_minor})


async def move_refunds(
    work: Work, rows: Sequence[Refund], *, from_state: RefundState, to_state: RefundState, reason: str = ""
) -> None:
    """Move refunds that are locked; the life cycle allows it."""
    for row in rows:
        row.state = to_state
        row.version += 1
        work.session.add(row)
    moved = sorted((row.id, row.version) for row in rows)
    await write_moves(work, "refund", moved, from_state.value, to_state.value, reason)


async def refunds_of_run(work: Work, run_id: int) -> list[Refund]:
    """Return the refunds of a run, locked."""
    of_run = refunds.c.batch_id.in_(select(batches.c.id).where(batches.c.run_id == run_id))
    query = select(Refund).where(refunds.c.company_id == work.company_id, of_run)
    return list((await work.session.execute(query.order_by(refunds.c.id).with_for_update())).scalars())


async def free_refunds(work: Work, *, run_id: int, reason: str) -> int:
    """Cancel the refunds of a discarded run; their items are free again."""
    rows = [row for row in await refunds_of_run(work, run_id) if row.state is RefundState.BATCHED]
    for row in rows:
        await free_item(work, item_id=row.open_item_id, amount_minor=row.amount_minor)
    await move_refunds(work, rows, from_state=RefundState.BATCHED, to_state=RefundState.CANCELLED, reason=reason)
    return len(rows)


async def sent_in_run(session: AsyncSession, *, run_id: int) -> list[Sent]:
    """Return the refunds of a run, by what a bank repeats of them."""
    query = (
        select(refunds.c.id, refunds.c.end_to_end_id, batches.c.payment_information_id)
        .join(batches, batches.c.id == refunds.c.batch_id)
        .where(batches.c.run_id == run_id)
        .order_by(refunds.c.id)
    )
    return [Sent(*row) for row in await session.execute(query)]


async def fail_refunds(work: Work, *, run_id: int, reasons: Mapping[int, str]) -> list[int]:
    """Note that the bank did not pay some refunds of a run; their money is kept for the customers again."""
    rows = [one for one in await refunds_of_run(work, run_id) if one.id in reasons]
    rows = [one for one in rows if one.state is RefundState.SUBMITTED]
    for row in rows:
        await free_item(work, item_id=row.open_item_id, amount_minor=row.amount_minor)
        work.touched_items.add(row.open_item_id)
        await move_refunds(
            work, [row], from_state=RefundState.SUBMITTED, to_state=RefundState.FAILED, reason=reasons[row.id]
        )
    return [row.id for row in rows]


async def waits_in_run(work: Work, run_id: int) -> bool:
    """Tell whether refunds of a run wait for the bank."""
    return any(row.state in LIVE for row in await refunds_of_run(work, run_id))


async def refunds_page_of_run(session: AsyncSession, *, company_id: int, run_id: int, limit: int = 500) -> list[Refund]:
    """Return the refunds of a run in the order of its file."""
    of_run = refunds.c.batch_id.in_(select(batches.c.id).where(batches.c.run_id == run_id))
    query = select(Refund).where(refunds.c.company_id == company_id, of_run).order_by(refunds.c.id).limit(limit)
    return list((await session.execute(query)).scalars())


async def submit_refunds(work: Work, *, run_id: int) -> None:
    """Move the refunds of a run that was sent."""
    rows = [row for row in await refunds_of_run(work, run_id) if row.state is RefundState.BATCHED]
    await move_refunds(work, rows, from_state=RefundState.BATCHED, to_state=RefundState.SUBMITTED)


async def put_into_batch(work: Work, *, ids: Sequence[int], batch_id: int) -> None:
    """Put refunds into their block."""
    statement = update(refunds).where(refunds.c.company_id == work.company_id, refunds.c.id.in_(ids))
    await work.session.execute(statement.values(batch_id=batch_id))
