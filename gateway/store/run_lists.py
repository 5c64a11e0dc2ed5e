"""Runs as pages show them: where their money is, what in them is new, and their collections."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.collection_runs import CollectionRun, runs
from gateway.store.collections import collections
from gateway.store.columns import table_of
from gateway.store.fetch import among
from gateway.store.open_items import open_items
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.parties import Party
from gateway.store.runs_in_work import blocks_of
from schemas.states import CollectionState, RunKind, RunState

_parties = table_of(Party)


class StateSum(NamedTuple):
    """How many collections of a run are in a state, and their sum."""

    state: CollectionState
    collection_count: int
    sum_minor: int


class CollectionLineShown(NamedTuple):
    """One collection of a list. ``is_new``: its account was never collected from; ``is_changed``: another one was."""

    id: int
    end_to_end_id: str
    party_id: int
    customer_name: str
    customer_number: str
    debtor_iban: str
    amount_minor: int
    collection_date: dt.date
    state: CollectionState
    remittance: str
    kept_reason: str
    is_new: bool
    is_changed: bool


async def sums_by_state(session: AsyncSession, run: CollectionRun) -> list[StateSum]:
    """Return where the money of a run is. Before the bank has the file nothing of it moves alone (INV-13, INV-17)."""
    if run.kind is RunKind.DIRECT_DEBIT and run.state in (RunState.FROZEN, RunState.APPROVED):
        return [StateSum(CollectionState.BATCHED, run.collection_count, run.sum_minor)]
    c = collections.c
    blocks = await blocks_of(session, company_id=run.company_id, run_id=run.id)
    query = (
        select(c.state, func.count(), cast(func.sum(c.amount_minor), BigInteger))
        .where(c.batch_id.in_(blocks))
        .group_by(c.state)
        .order_by(c.state)
    )
    return [StateSum(CollectionState(row[0]), row[1], int(row[2])) for row in await session.execute(query)]


def _earlier(is_same: bool) -> ColumnElement[bool]:
    """Return whether an earlier debit of the mandate went to the same account, or to another one."""
    old, c = collections.alias("old"), collections.c
    account = old.c.debtor_iban == c.debtor_iban if is_same else old.c.debtor_iban != c.debtor_iban
    query = select(old.c.id).where(
        old.c.mandate_id == c.mandate_id,
        old.c.created_at < c.created_at,
        old.c.state != CollectionState.CANCELLED,
        account,
    )
    return query.exists()


async def _shown(session: AsyncSession, ids: Sequence[int]) -> list[CollectionLineShown]:
    """Return some collections as they are shown, in the order of the keys."""
    c = collections.c
    query = (
        select(
            c.id, c.end_to_end_id, c.party_id, _parties.c.name, _parties.c.number, c.debtor_iban, c.amount_minor,
            c.collection_date, c.state, c.remittance, c.kept_reason, ~_earlier(True), _earlier(False),
        )
        .join(_parties, _parties.c.id == c.party_id)
        .where(among(session, c.id, ids))
    )  # fmt: skip
    found = {row[0]: _line(tuple(row)) for row in await session.execute(query)}
    return [found[key] for key in ids]


def _line(row: Sequence[Any]) -> CollectionLineShown:
    is_new, had_other = bool(row[11]), bool(row[12])
    return CollectionLineShown._make([*row[:11], is_new and not had_other, is_new and had_other])


async def collections_page(
    session: AsyncSession, *, company_id: int, run_id: int, cursor: str = "", limit: int = 50
) -> Page[CollectionLineShown]:
    """Return a page of the collections of a run in the order of its file. Raises InvalidCursor."""
    limit = limited(limit)
    c = collections.c
    # The keys come from an index alone; only what is shown is looked at.
    query = select(c.id).where(c.batch_id.in_(await blocks_of(session, company_id=company_id, run_id=run_id)))
    if cursor:
        query = query.where(c.id > read_cursor(cursor, (int,))[0])
    ids = list((await session.execute(query.order_by(c.id).limit(limit + 1))).scalars())
    more = write_cursor((ids[limit - 1],)) if len(ids) > limit else None
    return Page(tuple(await _shown(session, ids[:limit])), more)


async def new_accounts(
    session: AsyncSession, *, company_id: int, run_id: int, limit: int = 50
) -> tuple[int, int, list[CollectionLineShown]]:
    """Return how many accounts of a run are new, how many changed, and the largest of them, the changed ones first."""
    c = collections.c
    blocks = await blocks_of(session, company_id=company_id, run_id=run_id)
    fresh = (
        select(c.id, c.amount_minor, _earlier(False).label("had_other"))
        .where(c.batch_id.in_(blocks), ~_earlier(True))
        .cte()
    )
    f = fresh.c
    counted = (func.count().over(), func.sum(case((f.had_other, 1), else_=0)).over())
    largest = select(f.id, *counted).order_by(f.had_other.desc(), f.amount_minor.desc(), f.id).limit(limit)
    found = [(row[0], int(row[1]), int(row[2])) for row in await session.execute(largest)]
    if not found:
        return 0, 0, []
    _, total, changed = found[0]
    return total - changed, changed, await _shown(session, [row[0] for row in found])


async def run_before(session: AsyncSession, run: CollectionRun) -> CollectionRun | None:
    """Return the run of the same account that left last before a run."""
    r = runs.c
    left = [RunState.APPROVED, RunState.SUBMITTED, RunState.CLOSED]
    query = select(CollectionRun).where(
        r.company_id == run.company_id, r.bank_account_id == run.bank_account_id, r.kind == run.kind,
        r.id < run.id, r.state.in_(left),
    )  # fmt: skip
    return (await session.execute(query.order_by(r.id.desc()).limit(1))).scalar_one_or_none()


async def waiting_runs(session: AsyncSession, *, company_id: int) -> int:
    """Return how many runs wait for an approval."""
    query = select(func.count()).where(runs.c.company_id == company_id, runs.c.state == RunState.FROZEN)
    return int((await session.execute(query)).scalar_one())


async def numbers_of_items(session: AsyncSession, *, company_id: int, ids: Sequence[int]) -> dict[int, str]:
    """Return the numbers of some items."""
    if not ids:
        return {}
    i = open_items.c
    query = select(i.id, i.number).where(i.company_id == company_id, among(session, i.id, sorted(set(ids))))
    return {row[0]: row[1] for row in await session.execute(query)}


async def names_of_parties(session: AsyncSession, *, company_id: int, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return name and number of some customers."""
    if not ids:
        return {}
    p = _parties.c
    query = select(p.id, p.name, p.number).where(p.company_id == company_id, among(session, p.id, sorted(set(ids))))
    return {row[0]: (row[1], row[2]) for row in await session.execute(query)}
