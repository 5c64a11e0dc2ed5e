"""What banks were asked about files that they have: not to collect, or to give back. The journal is the record of it.

Each row names the run, the hash of the file that was written for the bank, who made it, and of how much.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.collections import collections
from gateway.store.columns import table_of
from gateway.store.fetch import among
from gateway.store.journal import Journal
from gateway.store.runs_in_work import of_run
from schemas.states import CollectionState

CANCELLATION, REVERSAL = "request_cancellation", "request_reversal"
_rows = table_of(Journal)


class RunRequest(NamedTuple):
    """One request: its kind, the hash of its file, who made it, and what it is about."""

    kind: str
    sha256: str
    at: dt.datetime
    actor: str
    collection_count: int
    sum_minor: int


class Sent(NamedTuple):
    """A collection of a run, as a request needs it."""

    id: int
    end_to_end_id: str
    state: CollectionState
    settled_date: dt.date | None


async def requests_of_run(session: AsyncSession, *, company_id: int, run_id: int) -> list[RunRequest]:
    """Return what the bank was asked about a run, the latest first."""
    r = _rows.c
    query = select(r.verb, r.reason, r.at, r.actor, r.counts).where(
        r.chain_id == company_id, r.subject == f"run:{run_id}", r.verb.in_([CANCELLATION, REVERSAL])
    )
    found = await session.execute(query.order_by(r.seq.desc()).limit(100))
    return [RunRequest(*row[:4], row[4].get("collections", 0), row[4].get("cents", 0)) for row in found]


async def sent_of_run(
    session: AsyncSession, *, company_id: int, run_id: int, states: Sequence[CollectionState], ids: Sequence[int] = ()
) -> list[Sent]:
    """Return the collections of a run in some states; only some of them where they are named."""
    c = collections.c
    query = select(c.id, c.end_to_end_id, c.state, c.settled_date).where(
        c.company_id == company_id, of_run(run_id), c.state.in_(states)
    )
    if ids:
        query = query.where(among(session, c.id, sorted(ids)))
    return [Sent(*row) for row in await session.execute(query.order_by(c.id))]
