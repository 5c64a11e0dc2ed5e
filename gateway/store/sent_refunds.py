"""The refunds that some bank transactions may pay or bring back: what matching needs to know of each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.refunds import SentRefund, SentRefunds
from gateway.store.allocations import allocations
from gateway.store.collection_runs import batches, runs
from gateway.store.fetch import among, in_pieces
from gateway.store.refunds import refunds
from schemas.states import AllocationKind, RefundState

_WAITING = (RefundState.BATCHED, RefundState.SUBMITTED)
_ENDED = (RefundState.SETTLED, RefundState.FAILED)
_PAYS = (AllocationKind.REFUND, AllocationKind.PAYMENT)


async def load_refunds(session: AsyncSession, *, company_id: int, since_date: dt.date) -> SentRefunds:
    """Return the refunds of a company that the bank may have and has not paid, and those it ended since a day."""
    z, b, r = refunds.c, batches.c, runs.c
    since = dt.datetime.combine(since_date, dt.time.min, dt.UTC)
    is_late = (z.state.in_(_ENDED)) & (r.submitted_at >= since)
    query = (
        select(
            z.id, z.party_id, z.open_item_id, z.state, z.end_to_end_id, z.amount_minor, z.currency,
            b.payment_information_id, r.message_id, b.collection_date, z.settled_by_id,
        )
        .join(batches, b.id == z.batch_id)
        .join(runs, r.id == b.run_id)
        .where(z.company_id == company_id, z.state.in_(_WAITING + _ENDED), or_(z.state.in_(_WAITING), is_late))
        .order_by(z.id)
    )  # fmt: skip
    rows = [tuple(row) for row in await session.execute(query)]
    whole = await _whole(session, [row for row in rows if row[3] is RefundState.SETTLED])
    return SentRefunds(SentRefund._make((*row[:-1], (row[-1], row[2]) in whole)) for row in rows)


async def _whole(session: AsyncSession, rows: Iterable[tuple[Any, ...]]) -> set[tuple[int, int]]:
    """Return (bank transaction, item) where as much was taken from the item as all its refunds together pay."""
    paid: dict[tuple[int, int], int] = defaultdict(int)
    for _, _, item_id, _, _, amount_minor, *_, settled_by in rows:
        paid[settled_by, item_id] -= amount_minor
    a = allocations.c
    taken: dict[tuple[int, int], int] = {}
    for piece in in_pieces(key for key, _ in paid):
        # A reversing row takes itself off.
        query = (
            select(a.source_bank_transaction_id, a.target_item_id, func.sum(a.item_minor))
            .where(
                among(session, a.source_bank_transaction_id, piece), a.kind.in_(_PAYS), a.target_item_id.is_not(None)
            )
            .group_by(a.source_bank_transaction_id, a.target_item_id)
        )
        taken |= {(row[0], row[1]): int(row[2]) for row in await session.execute(query)}
    return {key for key, minor in paid.items() if taken.get(key) == minor}
