"""Runs while they are made and before they leave: what is in them, and what of it is no longer as it was frozen."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.collection_runs import batches, runs
from gateway.store.collections import collections, lines
from gateway.store.mandates import mandates
from gateway.store.open_items import open_items
from gateway.store.refunds import is_shaken, refunds
from gateway.store.work import Work
from schemas.states import CollectionState, MandateState, RefundState, RunState


class Trouble(NamedTuple):
    """A collection (or refund) of a run that may not leave as it is: why, and whether a person may keep it."""

    collection_id: int
    party_id: int
    end_to_end_id: str
    amount_minor: int
    reason: str  # paid, disputed, mandate_changed, mandate_ended, refund_shaken
    may_be_kept: bool


class Troubles(NamedTuple):
    """How many collections of a run are in trouble, and the first of them."""

    total: int
    rows: list[Trouble]


def ids_needed(collection_count: int, line_count: int) -> int:
    """Return how many keys it takes to store a run: each collection with its move, each line, its blocks."""
    return 2 * collection_count + line_count + 1_000


async def opened_before(session: AsyncSession, *, company_id: int, before: dt.datetime) -> list[int]:
    """Return the runs that were opened before a moment and never frozen."""
    wanted = (runs.c.company_id == company_id, runs.c.state == RunState.OPEN, runs.c.created_at < before)
    return list((await session.execute(select(runs.c.id).where(*wanted).order_by(runs.c.id))).scalars())


def of_run(run_id: int) -> ColumnElement[bool]:
    """Return the condition that a collection is in a run."""
    return collections.c.batch_id.in_(select(batches.c.id).where(batches.c.run_id == run_id))


async def blocks_of(session: AsyncSession, *, company_id: int, run_id: int) -> list[int]:
    """Return the keys of the blocks of a run of the company.

    A query that names them itself, and not the run, tells PostgreSQL how many debits it is about.
    """
    query = select(batches.c.id).where(batches.c.run_id == run_id, batches.c.company_id == company_id)
    return list((await session.execute(query.order_by(batches.c.id))).scalars())


def ids_of_run(run_id: int) -> Select[Any]:
    """Return the keys of the collections of a run, as a query."""
    return select(collections.c.id).where(of_run(run_id))


async def troubles_of(session: AsyncSession, *, company_id: int, run_id: int, limit: int | None = None) -> Troubles:
    """Return the collections of a run that are no longer as they were frozen and that nobody keeps (INV-11, INV-16).

    An item was paid, cancelled or disputed meanwhile; a mandate ended or changed. ``limit``: only the first are named.
    """
    c, m = collections.c, mandates.c
    has_ended = or_(m.id.is_(None), m.state != MandateState.ACTIVE)
    has_changed = m.version != c.mandate_version
    blocks = await blocks_of(session, company_id=company_id, run_id=run_id)
    query = (
        select(
            func.count().over(), c.id, c.party_id, c.end_to_end_id, c.amount_minor, has_ended, has_changed, _is_paid(),
            _is_disputed(),
        )
        .outerjoin(mandates, and_(m.company_id == c.company_id, m.id == c.mandate_id))
        .where(c.batch_id.in_(blocks), c.state == CollectionState.BATCHED)
        .where(or_(has_ended, and_(c.kept_reason == "", or_(has_changed, _is_short()))))
        .order_by(c.id)
    )  # fmt: skip
    found = [tuple(row) for row in await session.execute(query.limit(limit))]
    if found:
        return Troubles(found[0][0], [_trouble(row[1:]) for row in found])
    return await _refund_troubles(session, company_id=company_id, run_id=run_id, limit=limit)


def _refunds_of(run_id: int) -> ColumnElement[bool]:
    return refunds.c.batch_id.in_(select(batches.c.id).where(batches.c.run_id == run_id))


async def _refund_troubles(session: AsyncSession, *, company_id: int, run_id: int, limit: int | None) -> Troubles:
    """Return the refunds of a run that may not leave as they are: nobody keeps them, the run is discarded."""
    r = refunds.c
    query = select(r.id, r.party_id, r.end_to_end_id, r.amount_minor).where(
        r.company_id == company_id, _refunds_of(run_id),
        r.state == RefundState.BATCHED, is_shaken(),
    )  # fmt: skip
    found = [Trouble(*row, "refund_shaken", False) for row in await session.execute(query.order_by(r.id))]
    return Troubles(len(found), found[:limit])


def _trouble(row: tuple[Any, ...]) -> Trouble:
    key, party_id, end_to_end_id, amount, has_ended, has_changed, is_paid, is_disputed = row
    words = (
        (has_ended, "mandate_ended"),
        (is_paid, "paid"),
        (has_changed, "mandate_changed"),
        (is_disputed, "disputed"),
    )
    reason = next(word for holds, word in words if holds)
    return Trouble(key, party_id, end_to_end_id, amount, reason, not has_ended)


def _is_paid() -> ColumnElement[bool]:
    i = open_items.c
    return _any_item(
        or_(i.cancelled_at.is_not(None), func.abs(i.collecting_minor) > func.abs(i.amount_minor - i.settled_minor))
    )


def _is_disputed() -> ColumnElement[bool]:
    i = open_items.c
    left = func.abs(i.amount_minor - i.settled_minor) - func.abs(i.disputed_minor)
    return _any_item(and_(not_(i.disputed_minor == 0), func.abs(i.collecting_minor) > left))


def _is_short() -> ColumnElement[bool]:
    """Return what ``_is_paid`` or ``_is_disputed`` say, in one look at the items."""
    i = open_items.c
    left = func.abs(i.amount_minor - i.settled_minor) - func.abs(i.disputed_minor)
    return _any_item(or_(i.cancelled_at.is_not(None), func.abs(i.collecting_minor) > left))


def _any_item(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    query = select(lines.c.id).join(open_items, open_items.c.id == lines.c.open_item_id)
    return query.where(lines.c.collection_id == collections.c.id, condition).exists()


async def deciders_of(session: AsyncSession, *, run_id: int) -> frozenset[str]:
    """Return who decided on single collections of a run or proposed its refunds (``user:7``): a maker of it too."""
    c = collections.c
    query = select(c.kept_by, c.late_notice_by).where(of_run(run_id), or_(c.kept_by != "", c.late_notice_by != ""))
    proposed = select(refunds.c.proposed_by).where(_refunds_of(run_id))
    rows = [*await session.execute(query), *await session.execute(proposed)]
    return frozenset(who for row in rows for who in row if who)


async def keep_collections(work: Work, *, run_id: int, ids: Sequence[int], reason: str) -> int:
    """Keep collections in their run although something changed; what a mandate says now is what was checked."""
    c = collections.c
    version = select(mandates.c.version).where(mandates.c.id == c.mandate_id).scalar_subquery()
    statement = (
        update(collections)
        .where(c.company_id == work.company_id, of_run(run_id), c.id.in_(ids), c.state == CollectionState.BATCHED)
        .values(kept_by=work.actor.word, kept_reason=reason, mandate_version=func.coalesce(version, c.mandate_version))
    )
    return int((await work.session.execute(statement)).rowcount)  # type: ignore[attr-defined]


async def items_of_run(session: AsyncSession, *, run_id: int) -> list[tuple[int, int]]:
    """Return (collection, item) of everything that a run asks for."""
    query = select(lines.c.collection_id, lines.c.open_item_id).where(lines.c.collection_id.in_(ids_of_run(run_id)))
    return [(row[0], row[1]) for row in await session.execute(query.order_by(lines.c.id))]


async def mark_presented(work: Work, *, run_id: int) -> None:
    """Let the mandates of a run be last collected on the days of its collections (36 months count from there)."""
    c = collections.c
    # Joined once: looked up for each mandate, PostgreSQL may read the whole run each time.
    sent = select(c.mandate_id, func.max(c.collection_date).label("day")).where(of_run(run_id)).group_by(c.mandate_id)
    last = sent.subquery()
    statement = update(mandates).where(mandates.c.company_id == work.company_id, mandates.c.id == last.c.mandate_id)
    is_later = or_(mandates.c.last_collected_date.is_(None), mandates.c.last_collected_date < last.c.day)
    await work.session.execute(
        statement.where(is_later).values(last_collected_date=last.c.day).execution_options(synchronize_session=False)
    )
