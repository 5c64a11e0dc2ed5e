"""Lists of customers for pages and the API: searched, sorted, in pages, with what is open of each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.party import search_key
from gateway.store.customer_account import Balance
from gateway.store.fetch import among, in_pieces
from gateway.store.keys import unindexed
from gateway.store.open_items import is_live, open_items
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.parties import Party, parties


class CustomerOrder(StrEnum):
    """How a list is sorted."""

    NAME = "name"
    NUMBER = "number"


class CustomerFilter(NamedTuple):
    """Which customers are listed; what is empty does not count."""

    search: str = ""  # A part of the name, the number, the town, or the mail address.
    parent_id: int | None = None
    only_with_open_items: bool = False


_SORTS = {CustomerOrder.NAME: parties.c.name_folded, CustomerOrder.NUMBER: parties.c.number}


async def list_customers(
    session: AsyncSession,
    *,
    company_id: int,
    wanted: CustomerFilter,
    order: CustomerOrder = CustomerOrder.NAME,
    descending: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> Page[Party]:
    """Return a page of the company's customers. Raises InvalidCursor."""
    limit = limited(limit)
    column = _SORTS[order]
    query = select(Party).where(parties.c.company_id == company_id)
    if wanted.parent_id is not None:
        query = query.where(parties.c.parent_id == wanted.parent_id)
    if wanted.only_with_open_items:
        live = select(open_items.c.id).where(open_items.c.party_id == parties.c.id, is_live())
        query = query.where(live.exists())
    search = wanted.search.strip()
    if search:
        texts = (parties.c.name_folded, parties.c.number, parties.c.town, parties.c.email)
        words = (search_key(search), search, search, search)
        query = query.where(
            or_(*[text.icontains(word, autoescape=True) for text, word in zip(texts, words, strict=True)])
        )
    if cursor:
        place, key = read_cursor(cursor, (str, int))
        here, after = tuple_(column, parties.c.id), tuple_(place, key)
        query = query.where(here < after if descending else here > after)
    columns = [part.desc() if descending else part for part in (column, parties.c.id)]
    rows = (await session.execute(query.order_by(*columns).limit(limit + 1))).scalars().all()
    last = rows[limit - 1] if len(rows) > limit else None
    place = (last.name_folded if order is CustomerOrder.NAME else last.number) if last else None
    return Page(tuple(rows[:limit]), write_cursor((place, last.id)) if last else None)


def customers_meant(company_id: int, text: str) -> Select[Any]:
    """Return the keys of the customers whose number a text is or whose name it is in, as a query.

    It looks each customer up once, where a join would for each of their rows.
    """
    p = parties.c
    is_meant = or_(p.number == text, p.name_folded.contains(search_key(text), autoescape=True))
    return select(p.id).where(p.company_id == company_id, is_meant)


async def balances_of(
    session: AsyncSession, *, company_id: int, customer_ids: Iterable[int], today: dt.date
) -> dict[int, list[Balance]]:
    """Return what is open of some customers, one value for each currency; of nobody who owes nothing."""
    table = open_items.c
    left = table.amount_minor - table.settled_minor
    overdue = func.sum(left).filter(table.due_date < today, left > 0)
    found: dict[int, list[Balance]] = defaultdict(list)
    for piece in in_pieces(customer_ids):
        query = (
            select(table.party_id, table.currency, func.sum(left), func.coalesce(overdue, 0), func.count())
            .where(unindexed(table.company_id) == company_id, among(session, table.party_id, piece), is_live())
            .group_by(table.party_id, table.currency)
            .order_by(table.party_id, table.currency)
        )
        for row in await session.execute(query):
            found[row[0]].append(Balance(row[1], int(row[2]), int(row[3]), row[4]))
    return dict(found)
