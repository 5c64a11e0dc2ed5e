"""What was learned, in pages for people: accounts that pay for customers, habits, and the payments that taught both."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.model import BY_PAYER, KnownIban
from gateway.store.allocations import Allocation, Decision
from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import table_of
from gateway.store.habits import KnownHabit, habit_lessons, habits_by_id, learned_habits
from gateway.store.match_rate import WRONG
from gateway.store.open_items import OpenItem
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.parties import IS_LEARNED, Party, PayerIban, known_ibans_of, parties, payer_ibans

_t, _d = table_of(BankTransaction).c, table_of(Decision).c
_a, _items = table_of(Allocation).c, table_of(OpenItem).c
_h, _l = learned_habits.c, habit_lessons.c
_SHOWN = 50
_PAYMENT = (_t.id, _t.booking_date, _t.counterparty_name, _t.remittance, _t.amount_minor, _t.currency)


class LearnedAccount(NamedTuple):
    """An account that people's decisions know, with its customer, and all that is ``known`` of both."""

    row: PayerIban
    customer: Party
    known: KnownIban


class CustomersHabit(NamedTuple):
    """A habit with its customer."""

    known: KnownHabit
    customer: Party


class Teacher(NamedTuple):
    """A payment whose decision agreed with what was learned, or not; ``rule`` booked it, or a person did."""

    bank_transaction_id: int
    booking_date: dt.date
    name: str | None
    text: str
    amount_minor: int
    currency: str
    is_right: bool
    rule: str
    by: str
    at: dt.datetime


async def list_accounts(
    session: AsyncSession, *, company_id: int, customer_id: int | None = None, cursor: str = "", limit: int = 50
) -> Page[LearnedAccount]:
    """Return a page of the accounts that people taught, the latest first. Raises InvalidCursor."""
    query = _accounts(company_id)
    if customer_id is not None:
        query = query.where(payer_ibans.c.party_id == customer_id)
    rows, next_cursor = await _page(session, query, payer_ibans.c.id, cursor, limit)
    return Page(tuple(await _with_strength(session, company_id, rows)), next_cursor)


async def get_account(session: AsyncSession, *, company_id: int, account_id: int) -> LearnedAccount | None:
    """Return an account that people taught."""
    rows = (await session.execute(_accounts(company_id).where(payer_ibans.c.id == account_id))).all()
    return next(iter(await _with_strength(session, company_id, rows)), None)


def _accounts(company_id: int) -> Select[PayerIban, Party]:
    query = select(PayerIban, Party).join(parties, parties.c.id == payer_ibans.c.party_id)
    return query.where(payer_ibans.c.company_id == company_id, text(IS_LEARNED))


async def _with_strength(session: AsyncSession, company_id: int, rows: Sequence[Any]) -> list[LearnedAccount]:
    found = await known_ibans_of(session, company_id=company_id, ibans={row.iban for row, _ in rows})
    known = {(one.iban, one.customer_id): one for one in found}
    return [LearnedAccount(row, customer, known[row.iban, row.party_id]) for row, customer in rows]


async def list_habits(
    session: AsyncSession, *, company_id: int, customer_id: int | None = None, cursor: str = "", limit: int = 50
) -> Page[CustomersHabit]:
    """Return a page of the habits of customers, the latest first. Raises InvalidCursor."""
    query = _habits(company_id)
    if customer_id is not None:
        query = query.where(_h.party_id == customer_id)
    rows, next_cursor = await _page(session, query, _h.id, cursor, limit)
    return Page(tuple(await _counted(session, company_id, rows)), next_cursor)


async def get_habit(session: AsyncSession, *, company_id: int, habit_id: int) -> CustomersHabit | None:
    """Return a habit of a customer."""
    rows = (await session.execute(_habits(company_id).where(_h.id == habit_id))).all()
    return next(iter(await _counted(session, company_id, rows)), None)


def _habits(company_id: int) -> Select[int, Party]:
    taught = select(_l.id).where(_l.habit_id == _h.id, _l.taken_back_at.is_(None)).exists()
    query = select(_h.id, Party).join(parties, parties.c.id == _h.party_id)
    return query.where(_h.company_id == company_id, _h.forgotten_at.is_(None), taught)


async def _counted(session: AsyncSession, company_id: int, rows: Sequence[Any]) -> list[CustomersHabit]:
    known = await habits_by_id(session, company_id=company_id, ids=[key for key, _ in rows])
    by_id = {one.id: one for one in known}
    return [CustomersHabit(by_id[key], customer) for key, customer in rows]


async def _page(
    session: AsyncSession, query: Any, key: ColumnElement[int], cursor: str, limit: int
) -> tuple[Sequence[Any], str | None]:
    limit = limited(limit)
    if cursor:
        query = query.where(key < read_cursor(cursor, (int,))[0])
    rows = (await session.execute(query.add_columns(key.label("place")).order_by(key.desc()).limit(limit + 1))).all()
    next_cursor = write_cursor((rows[limit - 1].place,)) if len(rows) > limit else None
    return [tuple(row)[:-1] for row in rows[:limit]], next_cursor


async def teachers_of_habit(session: AsyncSession, *, company_id: int, habit_id: int) -> list[Teacher]:
    """Return the payments whose decisions spoke of a habit, the latest first; at most 50."""
    query = (
        select(*_PAYMENT, _l.is_right, _l.actor, _l.recorded_at)
        .join_from(habit_lessons, table_of(BankTransaction), _t.id == _l.bank_transaction_id)
        .where(_l.company_id == company_id, _l.habit_id == habit_id, _l.taken_back_at.is_(None))
        .order_by(_l.recorded_at.desc(), _l.id.desc())
        .limit(_SHOWN)
    )
    return [Teacher(*row[:7], "", *row[7:]) for row in await session.execute(query)]


async def teachers_of_account(session: AsyncSession, *, company_id: int, row: PayerIban) -> list[Teacher]:
    """Return the payments from an account that people gave to its customer, or that it booked, the latest first.

    At most 50; what was taken back stands there only if it was wrong.
    """
    paid = (
        select(_a.decision_id)
        .join_from(table_of(OpenItem), table_of(Allocation), _a.target_item_id == _items.id)
        .where(_items.company_id == company_id, _items.party_id == row.party_id, _a.reverses_id.is_(None))
    )
    query = (
        select(*_PAYMENT, _d.undone_at.is_(None), _d.rule, _d.actor, _d.recorded_at)
        .join_from(table_of(Decision), table_of(BankTransaction), _t.id == _d.bank_transaction_id)
        .where(_d.company_id == company_id, _t.counterparty_iban == row.iban, _d.id.in_(paid))
        .where(or_(_d.booked_by == "user", _d.rule.in_(sorted(BY_PAYER))))
        .where(or_(_d.undone_at.is_(None), and_(_d.undone_at.is_not(None), _d.undo_reason.startswith(WRONG))))
        .order_by(_d.id.desc())
        .limit(_SHOWN)
    )
    return [Teacher(*found) for found in await session.execute(query)]
