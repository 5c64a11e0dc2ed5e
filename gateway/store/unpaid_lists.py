"""The unpaid register as people look at it: in pages, filtered, with customers, invoices and owners."""

import datetime as dt
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, ScalarSelect, Select, and_, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.collections import collections, lines
from gateway.store.columns import table_of
from gateway.store.customer_lists import customers_meant
from gateway.store.fetch import among, streamed
from gateway.store.mandate_papers import amendments
from gateway.store.mandates import mandates
from gateway.store.open_items import open_items
from gateway.store.paging import InvalidCursor, Page, limited, read_cursor, write_cursor
from gateway.store.parties import parties
from gateway.store.unpaid import Unpaid, unpaid
from gateway.store.users import User
from schemas.codes.reason_actions import NextAction, ReturnKind
from schemas.states import AmendmentKind, UnpaidState

_users = table_of(User)
EXPORT_COLUMNS = (
    "occurred_date", "customer_number", "customer_name", "end_to_end_id", "kind", "reason", "amount_minor",
    "fee_minor", "compensation_minor", "currency", "invoices", "state", "next_action", "retry_date", "owner", "note",
)  # fmt: skip


class UnpaidFilter(NamedTuple):
    """Which rows are meant; nothing given means all."""

    states: tuple[UnpaidState, ...] = ()
    kind: ReturnKind | None = None
    action: NextAction | None = None
    reason: str = ""
    customer_id: int | None = None
    owner_id: int | None = None
    search: str = ""


class UnpaidLine(NamedTuple):
    """One row with whom and what it concerns: the invoices as (key, number)."""

    row: Unpaid
    customer_number: str
    customer_name: str
    end_to_end_id: str
    owner: str
    items: tuple[tuple[int, str], ...]


class UnpaidSum(NamedTuple):
    """How many rows of one currency there are, and what they come to."""

    currency: str
    row_count: int
    amount_minor: int
    fee_minor: int


async def list_unpaid(
    session: AsyncSession, *, company_id: int, wanted: UnpaidFilter, cursor: str = "", limit: int = 50
) -> Page[UnpaidLine]:
    """Return a page of rows, what came back last first. Raises InvalidCursor."""
    limit = limited(limit)
    query = _filtered(_lines(), company_id, wanted)
    if cursor:
        query = query.where(_after(cursor))
    query = query.order_by(unpaid.c.occurred_date.desc(), unpaid.c.id.desc()).limit(limit + 1)
    found = list(await session.execute(query))
    more = None
    if len(found) > limit:
        last = found[limit - 1][0]
        more = write_cursor((last.occurred_date.isoformat(), last.id))
    return Page(tuple(await _with_items(session, found[:limit])), more)


def _after(cursor: str) -> ColumnElement[bool]:
    text, key = read_cursor(cursor, (str, int))
    try:
        day = dt.date.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidCursor("the cursor belongs to another list") from error
    u = unpaid.c
    return or_(u.occurred_date < day, and_(u.occurred_date == day, u.id < key))


async def get_unpaid(session: AsyncSession, *, company_id: int, row_id: int) -> UnpaidLine | None:
    """Return one row of the company."""
    query = _lines().where(unpaid.c.company_id == company_id, unpaid.c.id == row_id)
    found = await _with_items(session, list(await session.execute(query)))
    return found[0] if found else None


async def total_unpaid(session: AsyncSession, *, company_id: int, wanted: UnpaidFilter) -> list[UnpaidSum]:
    """Return what the rows of a filter come to, by currency."""
    u = unpaid.c
    sums = select(u.currency, func.count(), func.sum(u.amount_minor), func.sum(u.fee_minor))
    query = _filtered(sums, company_id, wanted).group_by(u.currency).order_by(u.currency)
    return [UnpaidSum(row[0], int(row[1]), int(row[2]), int(row[3])) for row in await session.execute(query)]


async def count_open(session: AsyncSession, *, company_id: int) -> int:
    """Return how many rows wait for somebody."""
    query = select(func.count()).where(unpaid.c.company_id == company_id, unpaid.c.state == UnpaidState.OPEN)
    return int((await session.execute(query)).scalar_one())


async def export_unpaid_rows(
    session: AsyncSession, *, company_id: int, wanted: UnpaidFilter
) -> AsyncIterator[tuple[Any, ...]]:
    """Yield the rows of a filter in the order of the list, in EXPORT_COLUMNS."""
    u = unpaid.c
    query = (
        _joined(
            select(
                u.occurred_date, parties.c.number, parties.c.name, collections.c.end_to_end_id, u.kind, u.reason,
                u.amount_minor, u.fee_minor, u.compensation_minor, u.currency, _numbers(), u.state, u.next_action,
                u.retry_date, _users.c.name, u.note,
            )
        )
        .order_by(u.occurred_date.desc(), u.id.desc())
    )  # fmt: skip
    async for row in streamed(session, _filtered(query, company_id, wanted)):
        yield row


def _numbers() -> ScalarSelect[str]:
    """Return the numbers of what a debit asks for, in the order of its lines."""
    asked = (
        select(open_items.c.number)
        .join(lines, lines.c.open_item_id == open_items.c.id)
        .where(lines.c.collection_id == unpaid.c.collection_id)
        .order_by(lines.c.id)
        .correlate(unpaid)
        .subquery()
    )
    return select(func.coalesce(func.aggregate_strings(asked.c.number, ", "), "")).scalar_subquery()


def _lines() -> Select[Any]:
    return _joined(select(Unpaid, parties.c.number, parties.c.name, collections.c.end_to_end_id, _users.c.name))


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.join(parties, parties.c.id == unpaid.c.party_id)
        .outerjoin(collections, collections.c.id == unpaid.c.collection_id)
        .outerjoin(_users, _users.c.id == unpaid.c.owner_id)
    )


def _filtered(query: Select[Any], company_id: int, wanted: UnpaidFilter) -> Select[Any]:
    u = unpaid.c
    query = query.where(u.company_id == company_id)
    if wanted.states:
        query = query.where(u.state.in_(wanted.states))
    for column, value in ((u.kind, wanted.kind), (u.next_action, wanted.action), (u.party_id, wanted.customer_id)):
        if value is not None:
            query = query.where(column == value)
    if wanted.owner_id is not None:
        query = query.where(u.owner_id == wanted.owner_id)
    if wanted.reason:
        query = query.where(u.reason == wanted.reason)
    if text := wanted.search.strip():
        query = query.where(
            or_(u.party_id.in_(customers_meant(company_id, text)), u.collection_id.in_(_debits(company_id, text)))
        )
    return query


def _debits(company_id: int, text: str) -> CompoundSelect[Any]:
    """Return the debits that a text means: by their id, or by their mandate, also under its earlier reference."""
    c, m, a = collections.c, mandates.c, amendments.c
    called = select(m.id).where(m.company_id == company_id, m.reference_key == text.upper())
    was_called = (a.company_id == company_id, a.kind == AmendmentKind.REFERENCE, a.original == text)
    return union_all(
        select(c.id).where(c.company_id == company_id, c.end_to_end_id == text),
        select(c.id).where(c.mandate_id.in_(called)),
        select(c.id).where(c.mandate_id.in_(select(a.mandate_id).where(*was_called))),
        select(c.id).where(c.company_id == company_id, c.mandate_id.is_(None), c.mandate_reference == text),
    )


async def _with_items(session: AsyncSession, found: Sequence[Any]) -> list[UnpaidLine]:
    ids = [row[0].collection_id for row in found if row[0].collection_id]
    query = (
        select(lines.c.collection_id, open_items.c.id, open_items.c.number)
        .join(open_items, open_items.c.id == lines.c.open_item_id)
        .where(among(session, lines.c.collection_id, ids))
        .order_by(lines.c.id)
    )
    items: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for collection_id, item_id, number in await session.execute(query) if ids else ():
        items[collection_id].append((item_id, number))
    return [
        UnpaidLine(row, number, name, end_to_end_id or "", owner or "", tuple(items[row.collection_id or 0]))
        for row, number, name, end_to_end_id, owner in found
    ]
