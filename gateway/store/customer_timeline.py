"""What happened with one customer, the latest first: his record and accounts, documents, payments, mandates, notes."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.allocations import allocations, decisions
from gateway.store.columns import table_of
from gateway.store.journal import Move
from gateway.store.mandates import mandates
from gateway.store.open_items import item_versions, open_items
from gateway.store.parties import party_versions, payer_ibans
from gateway.store.reviews import Comment, ReviewItem, review_candidates

_comments, _reviews, _moves = table_of(Comment), table_of(ReviewItem), table_of(Move)


class EventKind(StrEnum):
    """What may happen with a customer."""

    RECORD_ADDED = "record_added"
    RECORD_CHANGED = "record_changed"
    ACCOUNT_KNOWN = "account_known"
    ACCOUNT_FORGOTTEN = "account_forgotten"
    ITEM_ADDED = "item_added"
    ITEM_CHANGED = "item_changed"
    PAYMENT_BOOKED = "payment_booked"
    PAYMENT_TAKEN_BACK = "payment_taken_back"
    MANDATE_MOVED = "mandate_moved"
    NOTE = "note"


class Event(NamedTuple):
    """One thing that happened. ``actor`` and ``subject`` are words of the journal, such as ``user:12``.

    ``text``: the account, the state of the mandate, why it was taken back, or what was noted.
    """

    at: dt.datetime
    kind: EventKind
    actor: str
    subject: str = ""
    amount_minor: int | None = None
    currency: str = ""
    text: str = ""


class _Whose(NamedTuple):
    """Of which customer, and how much of each kind is looked at."""

    company_id: int
    party_id: int
    limit: int


_Finder: TypeAlias = Callable[[AsyncSession, _Whose], Awaitable[list[Event]]]


async def timeline_of(session: AsyncSession, *, company_id: int, customer_id: int, limit: int) -> list[Event]:
    """Return the latest events of a customer; of one moment, what can only come later in it is later."""
    whose = _Whose(company_id, customer_id, limit)
    found = [(place, event) for place, find in enumerate(_FINDERS) for event in await find(session, whose)]
    latest = sorted(found, key=lambda one: (one[1].at, one[0]), reverse=True)
    return [event for _, event in latest[:limit]]


async def _record(session: AsyncSession, whose: _Whose) -> list[Event]:
    v = party_versions.c
    query = select(v.recorded_at, v.position, v.actor).where(v.company_id == whose.company_id)
    rows = await session.execute(
        query.where(v.party_id == whose.party_id).order_by(v.position.desc()).limit(whose.limit)
    )
    kinds = (EventKind.RECORD_CHANGED, EventKind.RECORD_ADDED)
    return [Event(at, kinds[position == 1], actor, f"party:{whose.party_id}") for at, position, actor in rows]


async def _accounts(session: AsyncSession, whose: _Whose) -> list[Event]:
    p = payer_ibans.c
    query = select(p.iban, p.recorded_at, p.last_actor, p.forgotten_at)
    query = query.where(p.company_id == whose.company_id, p.party_id == whose.party_id)
    found = []
    for iban, known_at, actor, forgotten_at in await session.execute(query.order_by(p.id.desc()).limit(whose.limit)):
        found.append(Event(known_at, EventKind.ACCOUNT_KNOWN, actor, text=iban))
        if forgotten_at is not None:
            found.append(Event(forgotten_at, EventKind.ACCOUNT_FORGOTTEN, "", text=iban))
    return found


async def _documents(session: AsyncSession, whose: _Whose) -> list[Event]:
    v, i = item_versions.c, open_items.c
    query = (
        select(v.recorded_at, v.position, v.actor, i.id, v.amount_minor, i.currency)
        .join(open_items, i.id == v.open_item_id)
        .where(i.company_id == whose.company_id, i.party_id == whose.party_id)
        .order_by(v.id.desc())
        .limit(whose.limit)
    )
    kinds = (EventKind.ITEM_CHANGED, EventKind.ITEM_ADDED)
    return [
        Event(at, kinds[position == 1], actor, f"open_item:{key}", minor, currency)
        for at, position, actor, key, minor, currency in await session.execute(query)
    ]


async def _payments(session: AsyncSession, whose: _Whose) -> list[Event]:
    rows = await session.execute(_decided(whose, decisions.c.id))
    return [
        Event(at, EventKind.PAYMENT_BOOKED, actor, f"bank_transaction:{key}", int(minor), currency)
        for key, at, actor, _undone_at, _undone_by, _reason, currency, minor in rows
    ]


async def _taken_back(session: AsyncSession, whose: _Whose) -> list[Event]:
    undone_at = decisions.c.undone_at
    rows = await session.execute(_decided(whose, undone_at).where(undone_at.is_not(None)))
    return [
        Event(at, EventKind.PAYMENT_TAKEN_BACK, actor, f"bank_transaction:{key}", int(minor), currency, reason)
        for key, _at, _actor, at, actor, reason, currency, minor in rows
    ]


def _decided(whose: _Whose, order: ColumnElement[Any]) -> Select[Any]:
    """Return the decisions that settled items of the customer, with what they took of the bank transaction."""
    d, a, i = decisions.c, allocations.c, open_items.c
    facts = (d.bank_transaction_id, d.recorded_at, d.actor, d.undone_at, d.undone_by, d.undo_reason, a.bank_currency)
    mine = (i.company_id == whose.company_id, i.party_id == whose.party_id, a.reverses_id.is_(None))
    return (
        select(*facts, func.sum(a.bank_minor))
        .join(allocations, a.decision_id == d.id)
        .join(open_items, i.id == func.coalesce(a.target_item_id, a.opened_item_id))
        .where(*mine)
        .group_by(d.id, *facts)
        .order_by(order.desc())
        .limit(whose.limit)
    )


async def _mandates(session: AsyncSession, whose: _Whose) -> list[Event]:
    m, of = _moves.c, mandates.c
    query = (
        select(m.at, m.actor, of.id, m.to_state)
        .join(mandates, of.id == m.subject_id)
        .where(m.subject_table == "mandate", of.company_id == whose.company_id, of.party_id == whose.party_id)
        .order_by(m.id.desc())
        .limit(whose.limit)
    )
    return [
        Event(at, EventKind.MANDATE_MOVED, actor, f"mandate:{key}", text=state)
        for at, actor, key, state in await session.execute(query)
    ]


async def _notes(session: AsyncSession, whose: _Whose) -> list[Event]:
    """Find what people noted beside questions that proposed items of the customer."""
    i, c, q, n = open_items.c, review_candidates.c, _reviews.c, _comments.c
    proposed = select(c.review_item_id).join(open_items, i.id == c.open_item_id)
    proposed = proposed.where(i.company_id == whose.company_id, i.party_id == whose.party_id)
    query = (
        select(n.recorded_at, n.actor_id, q.bank_transaction_id, n.words)
        .join(_reviews, q.id == n.review_item_id)
        .where(n.company_id == whose.company_id, n.review_item_id.in_(proposed))
        .order_by(n.id.desc())
        .limit(whose.limit)
    )
    return [
        Event(at, EventKind.NOTE, f"user:{actor}" if actor else "", f"bank_transaction:{key}", text=words)
        for at, actor, key, words in await session.execute(query)
    ]


_FINDERS: Sequence[_Finder] = (_record, _accounts, _documents, _payments, _taken_back, _mandates, _notes)
