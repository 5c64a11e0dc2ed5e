"""Queries over the keys of requests that may be repeated."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.columns import table_of
from gateway.store.imports import IdempotencyKey
from gateway.store.work import Work

_keys = table_of(IdempotencyKey)


@dataclass(frozen=True, slots=True)
class Held:
    """A key as it stands: claimed by us at ``claimed_at``, or by an earlier request with its answer, if it has one."""

    id: int
    claimed_at: dt.datetime
    is_ours: bool
    request_hash: str
    status: int | None = None
    answer: str | None = None


async def claim(work: Work, *, caller: str, route: str, key: str, request_hash: str, lease: dt.timedelta) -> Held:
    """Claim a key, or return how it stands. An unanswered claim older than the lease is taken over."""
    insert = sqlite.insert(_keys) if work.is_sqlite else postgresql.insert(_keys)
    key_id = work.new_id()
    made = await work.session.execute(
        insert.values(id=key_id, caller=caller, route=route, key=key, request_hash=request_hash, created_at=work.now)
        .on_conflict_do_nothing(index_elements=["caller", "route", "key"])
        .returning(_keys.c.id)
    )
    if made.first() is not None:
        return Held(key_id, work.now, True, request_hash)
    this = and_(_keys.c.caller == caller, _keys.c.route == route, _keys.c.key == key)
    row = (await work.session.execute(select(IdempotencyKey).where(this).with_for_update())).scalar_one()
    if row.status is None and row.created_at <= work.now - lease:
        await work.session.execute(
            update(_keys).where(_keys.c.id == row.id).values(created_at=work.now, request_hash=request_hash)
        )
        return Held(row.id, work.now, True, request_hash)
    return Held(row.id, row.created_at, False, row.request_hash, row.status, row.answer)


async def hold(session: AsyncSession, held: Held) -> bool:
    """Lock a claim for the unit of work that has the effect; false when it was taken over meanwhile."""
    query = select(_keys.c.id).where(_is_ours(held)).with_for_update()
    return (await session.execute(query)).first() is not None


async def settle(session: AsyncSession, held: Held, *, status: int, answer: str) -> bool:
    """Store the answer of a claimed request; false when the claim was taken over meanwhile."""
    result = await session.execute(
        update(_keys).where(_is_ours(held)).values(status=status, answer=answer).returning(_keys.c.id)
    )
    return result.first() is not None


async def release(session: AsyncSession, held: Held) -> None:
    """Give a claim back after a request that changed nothing."""
    await session.execute(delete(_keys).where(_is_ours(held)))


def _is_ours(held: Held) -> ColumnElement[bool]:
    return and_(_keys.c.id == held.id, _keys.c.created_at == held.claimed_at, _keys.c.status.is_(None))
