"""Runs as pages show them: where their money is, what in them is new, and their collections."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.collection_runs import CollectionRun, runs
from gateway.store.collections import collections
from gateway.store.columns import table_of
from gateway.store.fetch import among
from gateway.store.open_items import open_items
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.parties import Party
from gateway.store.runs_in_work import of_run
from schemas.states import CollectionState, RunState

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


async def sums_by_state(session: AsyncSession, *, company_id: int, run_id: int) -> list[StateSum]:
    """Return where the money of a run is."""
    c = collections.c
    query = (
        select(c.state, func.count(), cast(func.sum(c.amount_minor), BigInteger))
        .where(c.company_id == company_id, of_run(run_id))
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


def _shown(company_id: int, run_id: int) -> Select[Any]:
    c = collections.c
    is_new = ~_earlier(True)
    return (
        select(
            c.id, c.end_to_end_id, c.party_id, _parties.c.name, _parties.c.number, c.debtor_iban, c.amount_minor,
            c.collection_date, c.state, c.remittance, c.kept_reason, is_new, _earlier(False),
        )
        .join(_parties, _parties.c.id == c.party_id)
        .where(c.company_id == company_id, of_run(run_id))
    )  # fmt: skip


def _line(row: Sequence[Any]) -> CollectionLineShown:
    is_new, had_other = bool(row[11]), bool(row[12])
    return CollectionLineShown._make([*row[:11], is_new and not had_other, is_new and had_other])


async def collections_page(
    session: AsyncSession, *, company_id: int, run_id: int, cursor: str = "", limit: int = 50
) -> Page[CollectionLineShown]:
    """Return a page of the collections of a run in the order of its file. Raises InvalidCursor."""
    limit = limited(limit)
    query = _shown(company_id, run_id)
    if cursor:
        query = query.where(collections.c.id > read_cursor(cursor, (int,))[0])
    rows = [_line(tuple(row)) for row in await session.execute(query.order_by(collections.c.id).limit(limit + 1))]
    more = write_cursor((rows[limit - 1].id,)) if len(rows) > limit else None
    return Page(tuple(rows[:limit]), more)


async def new_accounts(
    session: AsyncSession, *, company_id: int, run_id: int, limit: int = 50
) -> tuple[int, int, list[CollectionLineShown]]:
    """Return how many accounts of a run are new, how many changed, and the largest of them, the changed ones first."""
    c = collections.c
    fresh = (
        select(c.id, c.amount_minor, _earlier(False).label("had_other"))
        .where(c.company_id == company_id, of_run(run_id), ~_earlier(True))
        .cte()
    )
    f = fresh.c
    counted = (func.count().over(), func.sum(case((f.had_other, 1), else_=0)).over())
    largest = select(f.id, *counted).order_by(f.had_other.desc(), f.amount_minor.desc(), f.id).limit(limit)
    found = [(row[0], int(row[1]), int(row[2])) for row in await session.execute(largest)]
    if not found:
        return 0, 0, []
    (_, total, changed), ids = found[0], [row[0] for row in found]
    rows = {row[0]: _line(tuple(row)) for row in await session.execute(_shown(company_id, run_id).where(c.id.in_(ids)))}
    return total - changed, changed, [rows[key] for key in ids]


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
