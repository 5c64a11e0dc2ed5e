"""What one customer owes and paid: sums, open items, last payments, and the ledger with its running balance.

The ledger is made from the same rows as the open items, so its balance is what is open.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Subquery,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.allocations import Allocation, Decision
from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import TEXT, table_of
from gateway.store.open_items import OpenItem, is_live
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from schemas.states import AllocationKind, OpenItemKind

_items, _transactions = table_of(OpenItem), table_of(BankTransaction)
_allocations, _decisions = table_of(Allocation), table_of(Decision)


class Balance(NamedTuple):
    """What is open of a customer in one currency: in all, overdue, and how many items."""

    currency: str
    open_minor: int
    overdue_minor: int
    item_count: int


class Payment(NamedTuple):
    """Money of one bank transaction that settled items of the customer; ``deducted_minor`` settled more than it."""

    bank_transaction_id: int
    booking_date: dt.date
    amount_minor: int
    deducted_minor: int
    currency: str


class LedgerLine(NamedTuple):
    """One line of the ledger, with the balance after it. ``kind`` is that of the document or of the allocation."""

    date: dt.date
    kind: OpenItemKind | AllocationKind
    number: str
    amount_minor: int
    balance_minor: int
    open_item_id: int
    bank_transaction_id: int | None


async def balances(session: AsyncSession, *, company_id: int, party_id: int, today: dt.date) -> list[Balance]:
    """Return what is open of a customer, one value for each currency."""
    left = _items.c.amount_minor - _items.c.settled_minor
    overdue = func.sum(left).filter(_items.c.due_date < today, left > 0)
    query = (
        select(_items.c.currency, func.sum(left), func.coalesce(overdue, 0), func.count())
        .where(_items.c.company_id == company_id, _items.c.party_id == party_id, is_live())
        .group_by(_items.c.currency)
        .order_by(_items.c.currency)
    )
    return [Balance(row[0], int(row[1]), int(row[2]), row[3]) for row in await session.execute(query)]


async def open_items_of(
    session: AsyncSession, *, company_id: int, party_id: int, limit: int, currency: str | None = None
) -> list[OpenItem]:
    """Return the open items of a customer, what is due first first."""
    query = (
        select(OpenItem)
        .where(_items.c.company_id == company_id, _items.c.party_id == party_id, is_live())
        .order_by(_items.c.due_date.is_(None), _items.c.due_date, _items.c.id)
        .limit(limit)
    )
    if currency is not None:
        query = query.where(_items.c.currency == currency)
    return list((await session.execute(query)).scalars())


async def items_by_id(session: AsyncSession, *, company_id: int, ids: Sequence[int]) -> dict[int, OpenItem]:
    """Return some items of the company by key."""
    found: dict[int, OpenItem] = {}
    for start in range(0, len(ids), 500):
        query = select(OpenItem).where(_items.c.company_id == company_id, _items.c.id.in_(ids[start : start + 500]))
        found |= {row.id: row for row in (await session.execute(query)).scalars()}
    return found


async def items_by_number(session: AsyncSession, *, company_id: int, number_keys: Sequence[str]) -> list[OpenItem]:
    """Return the items of the company that bear some numbers (``open_item.number_key``)."""
    found: list[OpenItem] = []
    for start in range(0, len(number_keys), 500):
        piece = number_keys[start : start + 500]
        query = select(OpenItem).where(_items.c.company_id == company_id, _items.c.number_key.in_(piece))
        found += (await session.execute(query.order_by(_items.c.id))).scalars()
    return found


async def last_payments(session: AsyncSession, *, company_id: int, party_id: int, limit: int) -> list[Payment]:
    """Return the last bank transactions that settled items of a customer, the latest first."""
    a, d, t = _allocations, _decisions, _transactions
    reversing = a.alias("reversing")
    drawn = func.sum(a.c.item_minor).filter(a.c.source_bank_transaction_id.is_not(None))
    query = (
        select(t.c.id, t.c.booking_date, func.coalesce(drawn, 0), func.sum(a.c.item_minor), t.c.currency)
        .join(_items, _items.c.id == a.c.target_item_id)
        .join(d, d.c.id == a.c.decision_id)
        .join(t, t.c.id == d.c.bank_transaction_id)
        .outerjoin(reversing, reversing.c.reverses_id == a.c.id)
        .where(
            _items.c.company_id == company_id,
            _items.c.party_id == party_id,
            a.c.reverses_id.is_(None),
            reversing.c.id.is_(None),
        )
        .group_by(t.c.id, t.c.booking_date, t.c.currency)
        .order_by(t.c.booking_date.desc(), t.c.id.desc())
        .limit(limit)
    )
    return [
        Payment(key, date, int(paid), int(settled) - int(paid), currency)
        for key, date, paid, settled, currency in await session.execute(query)
    ]


async def ledger_page(
    session: AsyncSession,
    *,
    company_id: int,
    party_id: int,
    currency: str,
    until: dt.date | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Page[LedgerLine]:
    """Return a page of the ledger in one currency, the latest first, to the end of a day. Raises InvalidCursor."""
    limit = limited(limit)
    lines = _lines(company_id, party_id, currency, until)
    order = (lines.c.on_date, lines.c.place, lines.c.key)
    query = select(lines).order_by(*[part.desc() for part in order]).limit(limit + 1)
    if cursor:
        on_date, place, key, balance = read_cursor(cursor, (str, int, int, int))
        here = (dt.date.fromisoformat(str(on_date)), place, key)
        query = query.where(tuple_(*order) < here)
    else:
        balance = await _sum(session, lines)
    rows = (await session.execute(query)).all()
    return _ledger_page(rows, int(balance or 0), limit)


async def balance_on(session: AsyncSession, *, company_id: int, party_id: int, currency: str, day: dt.date) -> int:
    """Return what a customer owed at the end of a day (minor units; negative: what we owed), as it is known today."""
    return await _sum(session, _lines(company_id, party_id, currency, day))


def _lines(company_id: int, party_id: int, currency: str, until: dt.date | None) -> Subquery:
    lines = _ledger(company_id, party_id, currency).subquery()
    return lines if until is None else select(lines).where(lines.c.on_date <= until).subquery()


async def _sum(session: AsyncSession, lines: Subquery) -> int:
    return int((await session.execute(select(func.coalesce(func.sum(lines.c.amount_minor), 0)))).scalar_one())


def _ledger_page(rows: Sequence[Any], balance: int, limit: int) -> Page[LedgerLine]:
    found: list[LedgerLine] = []
    for row in rows[:limit]:
        kind = OpenItemKind(row.kind) if row.place == 0 else AllocationKind(row.kind) if row.kind else None
        found.append(
            LedgerLine(
                row.on_date, kind or OpenItemKind.INVOICE, row.number, row.amount_minor, balance, row.item_id,
                row.bank_transaction_id,
            )
        )  # fmt: skip
        balance -= row.amount_minor
    last = rows[limit - 1] if len(rows) > limit else None
    more = write_cursor((last.on_date.isoformat(), last.place, last.key, balance)) if last is not None else None
    return Page(tuple(found), more)


def _ledger(company_id: int, party_id: int, currency: str) -> Select[Any]:
    """Return documents and what settled them, as amounts that add up to what is open."""
    i, a = _items, _allocations
    mine = and_(i.c.company_id == company_id, i.c.party_id == party_id, i.c.currency == currency)
    on_date = func.coalesce(i.c.issue_date, type_coerce(func.date(i.c.created_at), Date))
    documents = select(
        on_date.label("on_date"), literal(0).label("place"), i.c.id.label("key"), _text(i.c.kind).label("kind"),
        i.c.number.label("number"), i.c.amount_minor.label("amount_minor"), i.c.id.label("item_id"),
        null().label("bank_transaction_id"),
    ).where(mine, i.c.cancelled_at.is_(None))  # fmt: skip
    settled = select(
        a.c.effective_date, literal(1), a.c.id, _text(a.c.kind), i.c.number, -a.c.item_minor, i.c.id,
        a.c.source_bank_transaction_id,
    ).join(i, i.c.id == a.c.target_item_id).where(mine, i.c.cancelled_at.is_(None))  # fmt: skip
    drawn = select(
        a.c.effective_date, literal(2), a.c.id, _text(a.c.kind), i.c.number, a.c.item_minor, i.c.id,
        a.c.source_bank_transaction_id,
    ).join(i, i.c.id == a.c.source_item_id).where(mine, i.c.cancelled_at.is_(None))  # fmt: skip
    return union_all(documents, settled, drawn)  # type: ignore[return-value]


def _text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a word as plain text, so that words of several sets may stand in one column."""
    return cast(column, TEXT)
