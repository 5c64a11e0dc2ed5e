"""Lists of open items for pages and the API: filtered, sorted, in pages, with the totals of what is filtered."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.open_item import item_state, number_key, open_minor
from gateway.domain.party import search_key
from gateway.store.fetch import among
from gateway.store.keys import unindexed
from gateway.store.open_items import is_live, open_items
from gateway.store.paging import InvalidCursor, Page, limited, read_cursor, write_cursor
from gateway.store.parties import parties
from schemas.money import scale
from schemas.references import reference_key
from schemas.states import ItemState, OpenItemKind

_AMOUNT = re.compile(r"([0-9]{1,12})[.,]([0-9]{2})")
_LIVE_STATES = frozenset({ItemState.OPEN, ItemState.PARTLY_PAID, ItemState.DISPUTED})
_LINE = (
    "id", "kind", "number", "party_id", "currency", "amount_minor", "settled_minor", "disputed_minor", "issue_date",
    "due_date",
)  # fmt: skip


class ItemOrder(StrEnum):
    """How a list is sorted."""

    DUE = "due"  # What has no due date comes last in both directions.
    NUMBER = "number"
    AMOUNT = "amount"
    ENTERED = "entered"


class ItemFilter(NamedTuple):
    """Which items are listed; what is empty does not count. Dates are inclusive."""

    states: Sequence[ItemState] = ()
    kinds: Sequence[OpenItemKind] = ()
    customer_id: int | None = None
    search: str = ""  # A part of a number or of a customer's name, a reference, or an amount such as 119.00.
    due_from: dt.date | None = None
    due_until: dt.date | None = None
    currency: str = ""


class ItemLine(NamedTuple):
    """One item in a list. Amounts are minor units, signed."""

    id: int
    kind: OpenItemKind
    number: str
    customer_id: int
    currency: str
    amount_minor: int
    settled_minor: int
    disputed_minor: int
    issue_date: dt.date | None
    due_date: dt.date | None
    is_cancelled: bool
    customer_number: str
    customer_name: str

    @property
    def open_minor(self) -> int:
        """What is still open."""
        return open_minor(
            amount_minor=self.amount_minor, settled_minor=self.settled_minor, is_cancelled=self.is_cancelled
        )

    @property
    def state(self) -> ItemState:
        """What the item is."""
        return item_state(
            amount_minor=self.amount_minor,
            settled_minor=self.settled_minor,
            disputed_minor=self.disputed_minor,
            is_cancelled=self.is_cancelled,
        )


class ItemTotal(NamedTuple):
    """What a filter finds in one currency."""

    currency: str
    item_count: int
    amount_minor: int
    open_minor: int


class _Sort(NamedTuple):
    column: ColumnElement[Any]
    kind: type


_SORTS = {
    ItemOrder.DUE: _Sort(open_items.c.due_date, str),
    ItemOrder.NUMBER: _Sort(open_items.c.number_key, str),
    ItemOrder.AMOUNT: _Sort(open_items.c.amount_minor, int),
    ItemOrder.ENTERED: _Sort(open_items.c.id, int),
}


async def list_items(
    session: AsyncSession,
    *,
    company_id: int,
    wanted: ItemFilter,
    order: ItemOrder = ItemOrder.DUE,
    descending: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> Page[ItemLine]:
    """Return a page of the company's items. Raises InvalidCursor."""
    limit = limited(limit)
    sort = _SORTS[order]
    query = select(*[open_items.c[name] for name in _LINE], open_items.c.cancelled_at, sort.column.label("place"))
    query = query.where(*_conditions(company_id, wanted))
    value, key = read_cursor(cursor, (sort.kind, int)) if cursor else (None, None)
    rows: list[Any] = []
    if not cursor or value is not None:
        first = _sorted(query.where(sort.column.is_not(None)), sort, descending)
        if cursor:
            place = _day(value) if order is ItemOrder.DUE else value
            here, after = tuple_(sort.column, open_items.c.id), tuple_(place, key)
            first = first.where(here < after if descending else here > after)
        rows = list(await session.execute(first.limit(limit + 1)))
    if order is ItemOrder.DUE and len(rows) <= limit:
        undated = _sorted(query.where(sort.column.is_(None)), sort, descending)
        if cursor and value is None:
            undated = undated.where(open_items.c.id < key if descending else open_items.c.id > key)
        rows += list(await session.execute(undated.limit(limit + 1 - len(rows))))
    return await _page(session, company_id, rows, limit)


def _day(value: object) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise InvalidCursor("the cursor belongs to another list") from error


def _sorted(query: Select[Any], sort: _Sort, descending: bool) -> Select[Any]:
    columns = (sort.column, open_items.c.id)
    return query.order_by(*[column.desc() if descending else column for column in columns])


async def _page(session: AsyncSession, company_id: int, rows: Sequence[Any], limit: int) -> Page[ItemLine]:
    last = rows[limit - 1] if len(rows) > limit else None
    place = last.place.isoformat() if last and isinstance(last.place, dt.date) else last.place if last else None
    names = await _customers(session, company_id, {row.party_id for row in rows})
    lines = tuple(_line(row, names) for row in rows[:limit])
    return Page(lines, write_cursor((place, last.id)) if last else None)


def _line(row: Any, names: Mapping[int, tuple[str, str]]) -> ItemLine:
    return ItemLine._make([*row[: len(_LINE)], row.cancelled_at is not None, *names[row.party_id]])


async def items_by_key(session: AsyncSession, *, company_id: int, ids: Sequence[int]) -> list[ItemLine]:
    """Return some items of the company as a list shows them, in the order of their keys."""
    table = open_items.c
    query = select(*[table[name] for name in _LINE], table.cancelled_at).where(table.company_id == company_id)
    rows = list(await session.execute(query.where(among(session, table.id, ids)))) if ids else []
    names = await _customers(session, company_id, {row.party_id for row in rows})
    return sorted((_line(row, names) for row in rows), key=lambda line: ids.index(line.id))


async def _customers(session: AsyncSession, company_id: int, ids: set[int]) -> dict[int, tuple[str, str]]:
    query = select(parties.c.id, parties.c.number, parties.c.name).where(parties.c.company_id == company_id)
    query = query.where(among(session, parties.c.id, sorted(ids)))
    return {row.id: (row.number, row.name) for row in await session.execute(query)}


async def total_items(session: AsyncSession, *, company_id: int, wanted: ItemFilter) -> list[ItemTotal]:
    """Return the sums of what a filter finds, one value for each currency. It reads all of it."""
    table = open_items.c
    live = func.sum(table.amount_minor - table.settled_minor).filter(table.cancelled_at.is_(None))
    query = (
        select(table.currency, func.count(), func.sum(table.amount_minor), func.coalesce(live, 0))
        .where(*_conditions(company_id, wanted, is_sum=True))
        .group_by(table.currency)
        .order_by(table.currency)
    )
    return [ItemTotal(row[0], row[1], int(row[2]), int(row[3])) for row in await session.execute(query)]


def _conditions(company_id: int, wanted: ItemFilter, *, is_sum: bool = False) -> list[ColumnElement[bool]]:
    """Return what a filter demands; ``is_sum`` when all that it finds is read."""
    table = open_items.c
    is_narrow = wanted.customer_id or wanted.search or wanted.due_from or wanted.due_until
    company = unindexed(table.company_id) if is_sum and not is_narrow else table.company_id
    found: list[ColumnElement[bool]] = [company == company_id]
    if wanted.states:
        found.append(_in_states(frozenset(wanted.states)))
    if wanted.kinds:
        found.append(table.kind.in_(wanted.kinds))
    if wanted.customer_id is not None:
        found.append(table.party_id == wanted.customer_id)
    if wanted.due_from is not None:
        found.append(table.due_date >= wanted.due_from)
    if wanted.due_until is not None:
        found.append(table.due_date <= wanted.due_until)
    if wanted.currency:
        found.append(table.currency == wanted.currency)
    if wanted.search.strip():
        found.append(_matches(company_id, wanted.search.strip()))
    return found


def _in_states(states: frozenset[ItemState]) -> ColumnElement[bool]:
    """Return the condition of some states; the words are those of ``domain.open_item.item_state``."""
    table = open_items.c
    if states == _LIVE_STATES:
        return is_live()
    live = {
        ItemState.OPEN: and_(table.disputed_minor == 0, table.settled_minor == 0),
        ItemState.PARTLY_PAID: and_(table.disputed_minor == 0, table.settled_minor != 0),
        ItemState.DISPUTED: table.disputed_minor != 0,
    }
    others = {
        ItemState.PAID: and_(table.cancelled_at.is_(None), table.settled_minor == table.amount_minor),
        ItemState.CANCELLED: table.cancelled_at.is_not(None),
        ItemState.OVERPAID: false(),  # The database refuses it: what is more is kept on account.
    }
    parts = [and_(is_live(), live[state]) for state in sorted(states) if state in live]
    return or_(*parts, *[others[state] for state in sorted(states) if state in others])


def _matches(company_id: int, search: str) -> ColumnElement[bool]:
    """Return the condition that an item is meant. Keys are found first, each in an index; then they are sorted."""
    table = open_items.c
    name = search_key(search)
    customers = select(parties.c.id).where(
        parties.c.company_id == company_id,
        or_(parties.c.name_folded.contains(name, autoescape=True), parties.c.number == search),
    )
    parts: list[ColumnElement[bool]] = []
    key = number_key(search)
    if key:
        parts += [table.number_key.contains(key), table.reference_key == reference_key(search)]
    amount = _AMOUNT.fullmatch(search)
    if amount:
        minor = scale(amount[1], amount[2], "EUR")
        left = table.amount_minor - table.settled_minor
        parts += [table.amount_minor.in_((minor, -minor)), and_(table.settled_minor != 0, left.in_((minor, -minor)))]
    keys = [select(table.id).where(table.company_id == company_id, part) for part in parts]
    keys.append(select(table.id).where(unindexed(table.company_id) == company_id, table.party_id.in_(customers)))
    return table.id.in_(union(*keys))
