"""Alarms when matching books less than before, and the payments of each day that they are found by."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.match_drop import DayCount, Drop
from gateway.store.match_figures import MatchAlarm, figures, match_alarms
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.work import Work
from schemas.states import MatchOutcome

_BESIDE = (MatchOutcome.WRONG, MatchOutcome.TAKEN_BACK)


async def day_counts(session: AsyncSession, *, company_id: int, since: dt.date) -> dict[int, list[DayCount]]:
    """Return the payments of each day since one, by account."""
    f = figures.c
    at_once = case((f.outcome == MatchOutcome.BOOKED, f.line_count), else_=0)
    days = (f.bank_account_id, f.booking_date, f.format)
    query = (
        select(*days, func.sum(f.line_count), func.sum(at_once))
        .where(f.company_id == company_id, f.booking_date >= since, f.is_payment, f.outcome.not_in(_BESIDE))
        .group_by(*days)
        .order_by(*days)
    )
    found: dict[int, list[DayCount]] = defaultdict(list)
    for account_id, date, form, count, booked in await session.execute(query):
        found[account_id].append(DayCount(date, form, int(count), int(booked)))
    return found


async def last_drops(session: AsyncSession, *, company_id: int) -> Mapping[tuple[int | None, str], dt.date]:
    """Return since when the last drop that was told of each account (with its bank) or bank lasts."""
    a = match_alarms.c
    query = (
        select(a.bank_account_id, a.bank, func.max(a.from_date))
        .where(a.company_id == company_id)
        .group_by(a.bank_account_id, a.bank)
    )
    return {(account_id, bank): date for account_id, bank, date in await session.execute(query)}


async def add_alarm(work: Work, *, bank_account_id: int | None, bank: str, drop: Drop) -> None:
    """Tell a drop of an account, or of all accounts at a bank; one that was told already is left alone."""
    a = match_alarms.c
    same = a.bank_account_id.is_not_distinct_from(bank_account_id)
    query = select(a.id).where(a.company_id == work.company_id, same, a.bank == bank, a.from_date == drop.from_date)
    if (await work.session.execute(query)).first() is not None:
        return
    row = MatchAlarm(
        id=work.new_id(), company_id=work.company_id, bank_account_id=bank_account_id, bank=bank, raised_at=work.now,
        **drop._asdict(),
    )  # fmt: skip
    work.add(row)
    work.say("raise_alarm", f"bank_account:{bank_account_id}" if bank_account_id else f"bank:{bank}")


async def unseen_alarms(session: AsyncSession, *, company_id: int) -> Sequence[MatchAlarm]:
    """Return the alarms that nobody marked as seen, the latest first."""
    a = match_alarms.c
    query = select(MatchAlarm).where(a.company_id == company_id, a.seen_at.is_(None)).order_by(a.id.desc())
    return (await session.execute(query)).scalars().all()


async def list_alarms(session: AsyncSession, *, company_id: int, cursor: str = "", limit: int = 20) -> Page[MatchAlarm]:
    """Return alarms, the latest first. Raises InvalidCursor."""
    a = match_alarms.c
    limit = limited(limit)
    query = select(MatchAlarm).where(a.company_id == company_id).order_by(a.id.desc()).limit(limit + 1)
    if cursor:
        query = query.where(a.id < read_cursor(cursor, (int,))[0])
    rows = (await session.execute(query)).scalars().all()
    more = write_cursor((rows[limit - 1].id,)) if len(rows) > limit else None
    return Page(tuple(rows[:limit]), more)


async def get_alarm(session: AsyncSession, *, company_id: int, alarm_id: int) -> MatchAlarm | None:
    """Return an alarm of the company."""
    a = match_alarms.c
    query = select(MatchAlarm).where(a.company_id == company_id, a.id == alarm_id)
    return (await session.execute(query)).scalar_one_or_none()


async def mark_seen(work: Work, alarm_id: int) -> bool:
    """Mark an alarm of the company as seen; return whether it was not before."""
    a = match_alarms.c
    wanted = update(match_alarms).where(a.company_id == work.company_id, a.id == alarm_id, a.seen_at.is_(None))
    result = await work.session.execute(wanted.values(seen_at=work.now, seen_by=work.actor.name))
    return bool(result.rowcount)  # type: ignore[attr-defined]
