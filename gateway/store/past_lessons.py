"""What was learned and which rules of the company held at each moment of the past, for a replay. It only reads."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.model import BY_PAYER
from gateway.domain.party import PayerFact
from gateway.domain.replay.past import PastAdvice, PastHabit, PastLesson, PastPayer, PastRule, PastTaught
from gateway.store import advices, matching_rules
from gateway.store.allocations import allocations, decisions
from gateway.store.bank_transactions import bank_transactions
from gateway.store.columns import table_of
from gateway.store.fetch import Moments, among, fetch_tuples, in_pieces, tuples_in_pieces
from gateway.store.habits import habit_lessons, learned_habits
from gateway.store.match_rate import WRONG
from gateway.store.matching_rules import MatchingRuleVersion
from gateway.store.open_items import open_items
from gateway.store.parties import payer_ibans
from schemas.states import HabitKind, IbanSource

_versions = table_of(MatchingRuleVersion)


async def payers_of(session: AsyncSession, *, company_id: int) -> list[PastPayer]:
    """Return what is known of payers' accounts, what was forgotten too."""
    p = payer_ibans.c
    names = (p.id, p.iban, p.party_id, p.source, p.decisions, p.recorded_at, p.last_actor, p.forgotten_at)
    rows = await fetch_tuples(session, select(*names).where(p.company_id == company_id).order_by(p.id))
    moments = Moments()
    found: list[PastPayer] = []
    for key, iban, party_id, source, count, recorded_at, by, forgotten_at in rows:
        at = moments[recorded_at]
        fact = PayerFact(iban, party_id, IbanSource(source), count, at.date(), by)
        found.append(PastPayer(key, fact, at, moments[forgotten_at] if forgotten_at else None))
    return found


async def taught(session: AsyncSession, *, company_id: int) -> list[PastTaught]:
    """Return all decisions that said whose account paid, where one customer was meant: those of people, and those of
    rules that went by the account and were taken back as wrong."""
    d, t, a, i = decisions.c, bank_transactions.c, allocations.c, open_items.c
    names = (d.id, t.counterparty_iban, i.party_id, d.booked_by, d.recorded_at, d.undone_at, d.undo_reason)
    query = (
        select(*names)
        .join(bank_transactions, t.id == d.bank_transaction_id)
        .join(allocations, a.decision_id == d.id)
        .join(open_items, i.id == a.target_item_id)
        .where(
            d.company_id == company_id, t.amount_minor > 0, t.counterparty_iban.is_not(None),
            a.reverses_id.is_(None), or_(d.booked_by == "user", d.rule.in_(sorted(BY_PAYER))),
        )
        .distinct()
        .order_by(d.id, i.party_id)
    )  # fmt: skip
    moments = Moments()
    found: dict[int, PastTaught | None] = {}
    async for piece in tuples_in_pieces(session, query):
        for row in piece:
            found[row[0]] = None if row[0] in found else _taught(row, moments)
    return [one for one in found.values() if one is not None and (not one.is_by_rule or one.was_wrong)]


def _taught(row: tuple[Any, ...], moments: Moments) -> PastTaught:
    key, iban, customer_id, booked_by, recorded_at, undone_at, reason = row
    undone = moments[undone_at] if undone_at else None
    return PastTaught(
        key, iban, customer_id, booked_by == "rule", moments[recorded_at], undone, reason.startswith(WRONG)
    )


async def habits_of(session: AsyncSession, *, company_id: int) -> list[PastHabit]:
    """Return the habits that were ever learned."""
    h = learned_habits.c
    query = select(h.id, h.party_id, h.kind, h.basis_points, h.off_at).where(h.company_id == company_id)
    moments = Moments()
    rows = await fetch_tuples(session, query.order_by(h.id))
    return [
        PastHabit(key, customer_id, HabitKind(kind), points, moments[off_at] if off_at else None)
        for key, customer_id, kind, points, off_at in rows
    ]


async def lessons_of(session: AsyncSession, *, company_id: int) -> list[PastLesson]:
    """Return what decisions said of habits, also where that was taken back."""
    n = habit_lessons.c
    names = (n.id, n.habit_id, n.is_right, n.recorded_at, n.taken_back_at)
    moments = Moments()
    rows = await fetch_tuples(session, select(*names).where(n.company_id == company_id).order_by(n.id))
    return [
        PastLesson(key, habit_id, bool(is_right), moments[at], moments[back_at] if back_at else None)
        for key, habit_id, is_right, at, back_at in rows
    ]


async def rules_of(session: AsyncSession, *, company_id: int) -> list[PastRule]:
    """Return all versions of the rules of the company, the first one first."""
    query = select(MatchingRuleVersion).where(_versions.c.company_id == company_id)
    rows = (await session.execute(query.order_by(_versions.c.recorded_at, _versions.c.id))).scalars()
    return [
        PastRule(row.recorded_at, row.id, matching_rules.rule_of_version(row), row.is_on, row.place) for row in rows
    ]


async def advices_of(session: AsyncSession, ids: Iterable[int]) -> list[PastAdvice]:
    """Return the advices that are linked to some bank transactions, with when they came."""
    found: list[PastAdvice] = []
    table = advices.advices.c
    for piece in in_pieces(ids):
        linked = await advices.linked_to(session, piece)
        query = select(table.id, table.received_at).where(among(session, table.id, [one.id for one in linked.values()]))
        came = dict((await session.execute(query)).tuples().all()) if linked else {}
        found += [PastAdvice(came[advised.id], key, advised) for key, advised in linked.items()]
    return found
