"""The review queue as a clerk sees it: groups with counts and sums, lines in order, what comes before and after.

Questions that sleep are left out until their day. Every list is limited to a company and read in pages.
"""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import moment_text, table_of
from gateway.store.paging import InvalidCursor, Page, limited, read_cursor, write_cursor
from gateway.store.reviews import RANKS, Comment, ReviewItem, weight
from gateway.store.users import User
from gateway.store.work import SYSTEM
from schemas.states import ReviewReason, ReviewState

_items, _transactions = table_of(ReviewItem), table_of(BankTransaction)
_comments, _users = table_of(Comment), table_of(User)


class Sort(StrEnum):
    """In which order questions of one reason stand."""

    VALUE = "value"  # The highest amount first.
    AGE = "age"  # The oldest question first.


class Queue(NamedTuple):
    """Which questions are meant, and in which order."""

    company_id: int
    today: dt.date
    sort: Sort = Sort.VALUE
    reason: ReviewReason | None = None
    assigned_to: int | None = None
    is_asleep: bool = False


class Group(NamedTuple):
    """How many questions of one reason wait, how many of them long, and their sum in one currency."""

    reason: ReviewReason
    currency: str
    question_count: int
    amount_minor: int
    old_count: int  # Opened before a moment that was named.


class Line(NamedTuple):
    """One question in the list."""

    id: int
    reason: ReviewReason
    amount_minor: int
    currency: str
    name: str | None
    text: str
    booking_date: dt.date
    opened_at: dt.datetime
    assigned_to: int | None
    snoozed_until: dt.date | None
    strength: str


class Note(NamedTuple):
    """What a person wrote beside a question."""

    words: str
    name: str
    recorded_at: dt.datetime


def _where(queue: Queue, *, of_reason: bool = True) -> list[ColumnElement[bool]]:
    sleeps = _items.c.snoozed_until > queue.today
    wanted = [
        _items.c.company_id == queue.company_id,
        _items.c.state == ReviewState.OPEN,
        sleeps if queue.is_asleep else or_(_items.c.snoozed_until.is_(None), ~sleeps),
    ]
    if of_reason and queue.reason is not None:
        wanted.append(_items.c.reason == queue.reason)
    if queue.assigned_to is not None:
        wanted.append(_items.c.assigned_to == queue.assigned_to)
    return wanted


async def groups(session: AsyncSession, queue: Queue, *, old_before: dt.datetime) -> list[Group]:
    """Return the groups of the queue in their order, all reasons, one for each currency."""
    is_old = _items.c.opened_at < old_before
    sums = (func.count(), func.sum(_items.c.amount_minor), func.count().filter(is_old))
    query = (
        select(_items.c.reason, _items.c.currency, *sums)
        .where(*_where(queue, of_reason=False))
        .group_by(_items.c.reason, _items.c.currency)
        .order_by(_items.c.reason, _items.c.currency)
    )
    found = [
        Group(reason, currency, count, int(total), old_count)
        for reason, currency, count, total, old_count in await _all(session, query)
    ]
    return sorted(found, key=lambda group: RANKS[group.reason])


async def count_waiting(
    session: AsyncSession, *, company_id: int, today: dt.date, assigned_to: int | None = None
) -> int:
    """Return how many questions wait."""
    query = select(func.count()).where(*_where(Queue(company_id, today, assigned_to=assigned_to)))
    return int((await session.execute(query)).scalar_one())


def _order(queue: Queue) -> tuple[ColumnElement[Any], ...]:
    return _items.c.rank, _items.c.weight_minor if queue.sort is Sort.VALUE else _items.c.opened_at, _items.c.id


def _place(queue: Queue, item: ReviewItem | Line) -> tuple[int, int | dt.datetime, int]:
    return RANKS[item.reason], weight(item.amount_minor) if queue.sort is Sort.VALUE else item.opened_at, item.id


async def page_of(session: AsyncSession, queue: Queue, *, cursor: str = "", limit: int = 50) -> Page[Line]:
    """Return a page of the queue: by reason, then by value or age. Raises InvalidCursor."""
    limit = limited(limit)
    order = _order(queue)
    query = _lines().where(*_where(queue)).order_by(*order).limit(limit + 1)
    if cursor:
        query = query.where(_beyond(order, _read_cursor(queue, cursor)))
    lines = [_line(row) for row in await _all(session, query)]
    more = _write_cursor(queue, lines[limit - 1]) if len(lines) > limit else None
    return Page(tuple(lines[:limit]), more)


def _lines() -> Select[Any]:
    t = _transactions
    return select(
        _items.c.id, _items.c.reason, _items.c.amount_minor, t.c.currency, t.c.counterparty_name, t.c.ultimate_debtor,
        t.c.remittance, t.c.entry_text, t.c.booking_date, _items.c.opened_at, _items.c.assigned_to,
        _items.c.snoozed_until, _items.c.strength,
    ).join(t, t.c.id == _items.c.bank_transaction_id)  # fmt: skip


def _line(row: Any) -> Line:
    key, reason, minor, currency, name, ultimate, remittance, entry_text, *rest = row
    return Line(key, reason, minor, currency, name or ultimate, remittance or entry_text, *rest)


def _beyond(order: Sequence[ColumnElement[Any]], place: Sequence[Any]) -> ColumnElement[bool]:
    values = [literal(value, part.type) for value, part in zip(place, order, strict=True)]
    return tuple_(*order) > tuple_(*values)


def _write_cursor(queue: Queue, line: Line) -> str:
    rank, second, key = _place(queue, line)
    return write_cursor((rank, moment_text(second) if isinstance(second, dt.datetime) else second, key))


def _read_cursor(queue: Queue, cursor: str) -> tuple[Any, ...]:
    rank, second, key = read_cursor(cursor, (int, int if queue.sort is Sort.VALUE else str, int))
    return rank, _moment(second) if isinstance(second, str) else second, key


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidCursor("the cursor belongs to another list")


async def next_after(session: AsyncSession, queue: Queue, item: ReviewItem | Line) -> int | None:
    """Return the question that follows one, which may be decided by now; after the last one the first, or None."""
    order = _order(queue)
    query = select(_items.c.id).where(*_where(queue), _items.c.id != item.id).order_by(*order).limit(1)
    after = (await session.execute(query.where(_beyond(order, _place(queue, item))))).scalar_one_or_none()
    return after if after is not None else (await session.execute(query)).scalar_one_or_none()


async def strong_ones(session: AsyncSession, queue: Queue, *, limit: int) -> list[ReviewItem]:
    """Return waiting questions with exactly one explanation, which is strong; the highest amounts first.

    What a person took back is looked at one by one.
    """
    query = (
        select(ReviewItem)
        .where(*_where(queue, of_reason=False), _items.c.strength == "strong", _items.c.reason != ReviewReason.UNDONE)
        .order_by(_items.c.weight_minor, _items.c.id)
        .limit(limit)
    )
    return [item for item in (await session.execute(query)).scalars() if len(item.explanations) == 1]


async def notes_of(session: AsyncSession, review_item_ids: Sequence[int]) -> list[Note]:
    """Return what people wrote beside some questions, oldest first."""
    query = (
        select(_comments.c.words, _users.c.name, _comments.c.recorded_at)
        .outerjoin(_users, _users.c.id == _comments.c.actor_id)
        .where(_comments.c.review_item_id.in_(review_item_ids))
        .order_by(_comments.c.id)
    )
    return [Note(words, name or "", at) for words, name, at in await _all(session, query)]


async def questions_of_transaction(session: AsyncSession, bank_transaction_id: int) -> list[ReviewItem]:
    """Return all questions about a bank transaction, oldest first."""
    query = select(ReviewItem).where(_items.c.bank_transaction_id == bank_transaction_id).order_by(_items.c.id)
    return list((await session.execute(query)).scalars())


async def _all(session: AsyncSession, query: Select[Any]) -> list[Any]:
    return list(await session.execute(query))


class Done(NamedTuple):
    """How many questions people closed since a moment: you, and all of you."""

    by_you: int
    by_all: int


async def done_since(session: AsyncSession, queue: Queue, *, since: dt.datetime, name: str) -> Done:
    """Return what was done in a company since a moment; ``name`` is yours as questions name who closed them."""
    query = select(func.count().filter(_items.c.closed_by == name), func.count()).where(
        _items.c.company_id == queue.company_id,
        _items.c.state != ReviewState.OPEN,
        _items.c.closed_at >= since,
        _items.c.closed_by != SYSTEM.name,
    )
    return Done(*(await session.execute(query)).one())


class Asleep(NamedTuple):
    """How many questions sleep, and when the first wakes."""

    question_count: int
    until_date: dt.date | None


async def next_awake(session: AsyncSession, queue: Queue) -> Asleep:
    """Return how many questions of the company sleep, and until when the first does."""
    query = select(func.count(), func.min(_items.c.snoozed_until)).where(
        *_where(Queue(queue.company_id, queue.today, is_asleep=True))
    )
    return Asleep(*(await session.execute(query)).one())
