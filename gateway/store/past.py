"""What is stored of the decisions of a period and of all that moved open items since, for a replay. It only reads.

A moment and a key tell the order. Rows come straight from the driver: a hundred thousand of them are usual.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.candidates import NO_PAYMENT
from gateway.domain.matching.model import Credit
from gateway.domain.replay.past import (
    PastDecision,
    PastDraw,
    PastFlight,
    PastMove,
    PastQuestion,
    PastTransaction,
    PastVersion,
    PastWait,
)
from gateway.store.accounts import BankAccount
from gateway.store.allocations import allocations, decisions
from gateway.store.bank_transactions import AS_BOOKED, CREDIT_NAMES, bank_transactions, unexplained_of
from gateway.store.collections import collections, lines
from gateway.store.columns import table_of
from gateway.store.fetch import Days, Moments, among, fetch_tuples, tuples_in_pieces
from gateway.store.journal import Move
from gateway.store.match_rate import WRONG
from gateway.store.open_items import item_versions
from gateway.store.reviews import review_candidates, review_items
from gateway.store.statements import statements
from schemas.states import BankTransactionState, CollectionState, ReviewReason, ReviewState

_S = BankTransactionState
_NEVER_MATCHED = (_S.NEW, _S.SPLIT, _S.CANCELLED_BY_BANK)
_ASKS = (CollectionState.PLANNED, CollectionState.NOTIFIED, CollectionState.BATCHED, CollectionState.SUBMITTED)
_accounts, _moves = table_of(BankAccount), table_of(Move)


def _in_period(company_id: int, from_date: dt.date, to_date: dt.date) -> ColumnElement[bool]:
    """Return the condition that a bank transaction of the company was booked in a period, and matching looked at it."""
    t = bank_transactions.c
    mine = select(_accounts.c.id).where(_accounts.c.company_id == company_id)
    return and_(
        t.bank_account_id.in_(mine),
        t.booking_date.between(from_date, to_date),
        t.is_provisional.is_(False),
        t.state.not_in(_NEVER_MATCHED),
    )


async def count_of(session: AsyncSession, *, company_id: int, from_date: dt.date, to_date: dt.date) -> int:
    """Return how many bank transactions of a period were matched."""
    query = select(func.count()).where(_in_period(company_id, from_date, to_date))
    return int((await session.execute(query)).scalar_one())


async def transactions_of(
    session: AsyncSession, *, company_id: int, from_date: dt.date, to_date: dt.date
) -> dict[int, PastTransaction]:
    """Return the bank transactions of a period that were matched, by key, in the order in which they were booked.

    Dates are booking dates, inclusive.
    """
    t, s = bank_transactions.c, statements.c
    query = (
        select(t.id, s.file_id, s.recorded_at, t.booking_date, t.amount_minor, t.currency, t.ignored_by)
        .join(statements, s.id == t.statement_id)
        .where(_in_period(company_id, from_date, to_date))
        .order_by(*AS_BOOKED)
    )
    moments, days = Moments(), Days()
    return {
        row[0]: PastTransaction(row[0], row[1], moments[row[2]], _must(days[row[3]]), *row[4:])
        async for piece in tuples_in_pieces(session, query)
        for row in piece
    }


def _must(day: dt.date | None) -> dt.date:
    if day is None:
        raise ValueError("a bank transaction has no booking date")
    return day


async def decisions_of(
    session: AsyncSession, *, company_id: int, from_date: dt.date, to_date: dt.date
) -> list[PastDecision]:
    """Return all decisions on the bank transactions of a period, in their order."""
    return await _decisions(session, _decided().where(_in_period(company_id, from_date, to_date)))


def _decided() -> Select[Any]:
    d, t = decisions.c, bank_transactions.c
    names = (d.id, d.bank_transaction_id, d.booked_by, d.rule, d.recorded_at, d.undone_at, d.undo_reason)
    return select(*names).join(bank_transactions, t.id == d.bank_transaction_id)


async def _decisions(session: AsyncSession, query: Select[Any]) -> list[PastDecision]:
    moments = Moments()
    rows = await fetch_tuples(session, query.order_by(decisions.c.recorded_at, decisions.c.id))
    return [
        PastDecision(
            row[0], row[1], row[2] == "rule", row[3], moments[row[4]], moments[row[5]] if row[5] else None,
            row[6].startswith(WRONG),
        )
        for row in rows
    ]  # fmt: skip


async def questions_of(
    session: AsyncSession, *, company_id: int, from_date: dt.date, to_date: dt.date
) -> dict[int, list[PastQuestion]]:
    """Return the questions about each bank transaction of a period, and when each of them ended in setting it aside."""
    r, t, m = review_items.c, bank_transactions.c, _moves.c
    # A person's act is a move at that moment. The reason does not tell: it changes while a question is open.
    of_person = exists().where(m.subject_table == "bank_transaction", m.subject_id == t.id)
    begun, ended = of_person.where(m.at == r.opened_at), of_person.where(m.at == r.closed_at)
    query = (
        select(r.bank_transaction_id, r.opened_at, r.id, begun, r.state, r.closed_at, ended)
        .join(bank_transactions, t.id == r.bank_transaction_id)
        .where(_in_period(company_id, from_date, to_date))
        .order_by(r.opened_at, r.id)
    )
    moments = Moments()
    found: dict[int, list[PastQuestion]] = defaultdict(list)
    for key, opened_at, review_id, is_undone, state, closed_at, is_by_person in await fetch_tuples(session, query):
        set_aside_at = moments[closed_at] if state == ReviewState.DISMISSED else None
        question = PastQuestion(key, moments[opened_at], review_id, bool(is_undone), set_aside_at, bool(is_by_person))
        found[key].append(question)
    return found


async def waits_since(session: AsyncSession, *, company_id: int, since: dt.datetime) -> list[PastWait]:
    """Return the questions that waited at a moment or since, about payments that may be for an open item."""
    t, r = bank_transactions.c, review_items.c
    names = (
        t.id, t.amount_minor - t.allocated_minor, t.currency, t.booking_date, t.counterparty_iban, t.counterparty_name,
        r.id, r.opened_at, r.closed_at,
    )  # fmt: skip
    query = select(*names).join(review_items, r.bank_transaction_id == t.id).where(_waited(company_id, since))
    moments, days = Moments(), Days()
    return [
        PastWait(
            Credit(key, minor, currency, _must(days[day]), "", iban=iban, name=name),
            question_id, moments[opened_at], moments[closed_at] if closed_at else None,
        )
        async for piece in tuples_in_pieces(session, query.order_by(r.opened_at, r.id))
        for key, minor, currency, day, iban, name, question_id, opened_at, closed_at in piece
        if day
    ]  # fmt: skip


def _waited(company_id: int, since: dt.datetime) -> ColumnElement[bool]:
    """Return the condition of `match_facts.waiting_credits`, for any moment since one."""
    r = review_items.c
    proposes = exists().where(review_candidates.c.review_item_id == r.id)
    return and_(
        r.company_id == company_id,
        bank_transactions.c.amount_minor > 0,
        or_(r.state == ReviewState.OPEN, r.closed_at >= since),
        r.reason.not_in(sorted(NO_PAYMENT)),
        or_(r.reason != ReviewReason.PAID_ALREADY, proposes),
    )


async def draws_since(session: AsyncSession, *, company_id: int, since: dt.datetime) -> list[PastDraw]:
    """Return what was drawn since a moment from the bank transactions of `waits_since`."""
    a, r = allocations.c, review_items.c
    asked = select(r.bank_transaction_id).join(bank_transactions, bank_transactions.c.id == r.bank_transaction_id)
    query = select(a.id, a.recorded_at, a.source_bank_transaction_id, a.bank_minor).where(
        a.company_id == company_id,
        a.recorded_at >= since,
        a.source_bank_transaction_id.in_(asked.where(_waited(company_id, since))),
    )
    moments = Moments()
    return [
        PastDraw(key, moments[at], transaction_id, minor)
        async for piece in tuples_in_pieces(session, query.order_by(a.recorded_at, a.id))
        for key, at, transaction_id, minor in piece
    ]


async def moves_since(session: AsyncSession, *, company_id: int, since: dt.datetime) -> list[PastMove]:
    """Return what settled items or opened them again since a moment."""
    a = allocations.c
    names = (a.id, a.recorded_at, a.target_item_id, a.source_item_id, a.item_minor, a.decision_id, a.reverses_id)
    query = select(*names).where(a.company_id == company_id, a.recorded_at >= since).order_by(a.recorded_at, a.id)
    moments = Moments()
    return [
        move async for piece in tuples_in_pieces(session, query) for row in piece for move in _moves_of(row, moments)
    ]


def _moves_of(row: Sequence[Any], moments: Moments) -> Iterator[PastMove]:
    key, at, target_id, source_id, minor, decision_id, reverses_id = row
    if target_id is not None:
        yield PastMove(key, moments[at], target_id, minor, decision_id, reverses_id is not None)
    if source_id is not None:
        yield PastMove(key, moments[at], source_id, -minor, decision_id, reverses_id is not None)


async def versions_since(session: AsyncSession, *, company_id: int, since: dt.datetime) -> list[PastVersion]:
    """Return the versions of the items that changed since a moment, the first ones too."""
    v = item_versions.c
    changed = select(v.open_item_id).where(v.company_id == company_id, v.recorded_at >= since, v.position > 1)
    query = select(v.id, v.recorded_at, v.open_item_id, v.amount_minor, v.disputed_minor).where(
        v.company_id == company_id, v.open_item_id.in_(changed)
    )
    moments = Moments()
    rows = await fetch_tuples(session, query.order_by(v.open_item_id, v.position))
    return [PastVersion(row[0], moments[row[1]], *row[2:]) for row in rows]


async def flights_since(session: AsyncSession, *, company_id: int, since: dt.datetime) -> list[PastFlight]:
    """Return the debits that asked for items at a moment or since, with when they began and ceased to."""
    c, m = collections.c, _moves.c
    since_moved = select(m.subject_id).where(m.subject_table == "collection", m.at >= since)
    wanted = and_(c.company_id == company_id, or_(c.state.in_(_ASKS), c.created_at >= since, c.id.in_(since_moved)))
    moments, days = Moments(), Days()
    turns: dict[int, list[tuple[dt.datetime, int, bool]]] = defaultdict(list)
    moved = select(m.subject_id, m.at, m.id, m.to_state).where(
        m.subject_table == "collection", m.subject_id.in_(select(c.id).where(wanted))
    )
    for key, at, move_id, state in await fetch_tuples(session, moved.order_by(m.subject_id, m.position)):
        turns[key].append((moments[at], move_id, CollectionState(state) in _ASKS))
    query = (
        select(lines.c.open_item_id, c.id, c.collection_date, c.created_at)
        .join(lines, lines.c.collection_id == c.id)
        .where(wanted)
        .order_by(lines.c.id)
    )
    return [
        PastFlight(item_id, _must(days[date]), ((moments[created_at], key, True), *turns.get(key, ())))
        for item_id, key, date, created_at in await fetch_tuples(session, query)
    ]


_WHOLE = [literal(0) if name == "allocated_minor" else bank_transactions.c[name] for name in CREDIT_NAMES]


async def whole_credits(session: AsyncSession, ids: Sequence[int]) -> list[Credit]:
    """Return some bank transactions as matching sees them before anything is decided about them."""
    t = bank_transactions.c
    query = select(*_WHOLE, t.state).where(among(session, t.id, ids)).order_by(*AS_BOOKED)
    return [unexplained_of(row).credit for row in await session.execute(query)]
