"""How well matching did, as sums by account and day, so that nobody counts bank transactions to show it.

The sums are derived: each night the months in which something changed are counted anew (`match_counting`).
"""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint, extract, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.meter import Figure
from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.keys import index_where, of_company, points
from gateway.store.work import Work
from schemas.states import MatchEvidence, MatchOutcome

_FATE = ("format", "currency", "outcome", "why", "evidence", "is_payment")


def _once(name: str, column: str, *, where: str) -> Index:
    """Say that a drop of one thing is told once."""
    return index_where(f"uq_match_alarm_{name}", "company_id", column, "from_date", where=where, unique=True)


class MatchFigure(Row, table=True):
    """Bank transactions of one account, day and fate: how many, and their sum without its sign."""

    __tablename__ = "match_figure"
    __table_args__ = (
        Index("uq_match_figure_fate", "company_id", "booking_date", "bank_account_id", *_FATE, unique=True),
        of_company(),
        points("bank_account_id", "bank_account"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_account_id: int = columns.key()
    booking_date: dt.date = columns.day()
    format: str = columns.text()  # Of the file in which the statement came.
    currency: str = columns.text()
    outcome: MatchOutcome = columns.enum(MatchOutcome)
    why: str = columns.text()  # The rule, or the reason of the question.
    evidence: str = columns.text()  # A word of MatchEvidence; the set may grow without a migration.
    is_payment: bool = columns.flag()
    line_count: int = columns.number()
    amount_minor: int = columns.minor()


class MatchFigureMonth(Row, table=True):
    """A month of an account that was counted, with how many bank transactions it had and how often they had moved."""

    __tablename__ = "match_figure_month"
    __table_args__ = (
        UniqueConstraint("bank_account_id", "first_date"),
        of_company(),
        points("bank_account_id", "bank_account"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_account_id: int = columns.key()
    first_date: dt.date = columns.day()
    line_count: int = columns.number()
    version_sum: int = columns.key()


class MatchFigureNight(Row, table=True):
    """A night in which a company was counted (reliability INV-22)."""

    __tablename__ = "match_figure_night"
    __table_args__ = (UniqueConstraint("company_id", "night_date"), of_company())

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    night_date: dt.date = columns.day()
    counted_at: dt.datetime = columns.moment()


class MatchAlarm(Row, table=True):
    """Matching booked less of an account, or of all accounts at a bank, than in the weeks before.

    The counts are payments: all, and those that rules booked at once, since ``from_date`` and before it.
    """

    __tablename__ = "match_alarm"
    __table_args__ = (
        _once("account", "bank_account_id", where="bank_account_id IS NOT NULL"),
        _once("bank", "bank", where="bank_account_id IS NULL"),
        Index("ix_match_alarm_list", "company_id", "id"),
        of_company(),
        points("bank_account_id", "bank_account"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_account_id: int | None = columns.key(nullable=True)  # None: of all accounts at the bank.
    bank: str = columns.text()
    from_date: dt.date = columns.day()
    to_date: dt.date = columns.day()
    payment_count: int = columns.number()
    booked_count: int = columns.number()
    before_count: int = columns.number()
    before_booked_count: int = columns.number()
    format: str = columns.text(default="")  # A format that came anew when the drop began; empty where none did.
    format_before: str = columns.text(default="")
    raised_at: dt.datetime = columns.moment()
    seen_at: dt.datetime | None = columns.moment(nullable=True)
    seen_by: str = columns.text(default="")


figures, figure_months = table_of(MatchFigure), table_of(MatchFigureMonth)
figure_nights, match_alarms = table_of(MatchFigureNight), table_of(MatchAlarm)


async def figures_of(
    session: AsyncSession, *, company_id: int, from_date: dt.date, to_date: dt.date, bank_account_id: int | None = None
) -> list[Figure]:
    """Return the figures of some days, both included, added up by month."""
    f = figures.c
    year_month = (extract("year", f.booking_date) * 100 + extract("month", f.booking_date)).label("year_month")
    fate = (year_month, f.bank_account_id, f.format, f.currency, f.outcome, f.why, f.evidence, f.is_payment)
    query = (
        select(*fate, func.sum(f.line_count), func.sum(f.amount_minor))
        .where(f.company_id == company_id, f.booking_date.between(from_date, to_date))
        .group_by(*fate)
        .order_by(*fate)
    )
    if bank_account_id is not None:
        query = query.where(f.bank_account_id == bank_account_id)
    found = await session.execute(query)
    return [
        Figure(
            f"{int(year_month) // 100}-{int(year_month) % 100:02}", account_id, form, currency, outcome, why,
            MatchEvidence(evidence), is_payment, int(count), int(amount),
        )
        for year_month, account_id, form, currency, outcome, why, evidence, is_payment, count, amount in found
    ]  # fmt: skip


async def fates_since(session: AsyncSession, *, company_id: int, since: dt.date) -> list[Figure]:
    """Return the figures since a day, added up by account, currency and outcome, without what else they tell."""
    f = figures.c
    fate = (f.bank_account_id, f.currency, f.outcome, f.is_payment)
    query = (
        select(*fate, func.sum(f.line_count), func.sum(f.amount_minor))
        .where(f.company_id == company_id, f.booking_date >= since)
        .group_by(*fate)
        .order_by(*fate)
    )
    none = MatchEvidence.NONE
    return [
        Figure("", account_id, "", currency, outcome, "", none, is_payment, int(count), int(amount))
        for account_id, currency, outcome, is_payment, count, amount in await session.execute(query)
    ]


async def counted_at(session: AsyncSession, *, company_id: int) -> dt.datetime | None:
    """Return when a company was counted last."""
    query = select(figure_nights.c.counted_at).where(figure_nights.c.company_id == company_id)
    return (await session.execute(query.order_by(figure_nights.c.night_date.desc()).limit(1))).scalar_one_or_none()


async def was_counted(session: AsyncSession, company_id: int, night_date: dt.date) -> bool:
    """Tell whether a company was counted in a night."""
    n = figure_nights.c
    query = select(n.id).where(n.company_id == company_id, n.night_date == night_date)
    return (await session.execute(query)).first() is not None


async def note_night(work: Work) -> None:
    """Note that the company of this work is counted now; a person may let it be counted again the same day."""
    n, night = figure_nights.c, work.now.date()
    seen = update(figure_nights).where(n.company_id == work.company_id, n.night_date == night)
    result = await work.session.execute(seen.values(counted_at=work.now))
    if result.rowcount == 0:  # type: ignore[attr-defined]
        row = MatchFigureNight(
            id=work.new_id(), company_id=work.company_id, night_date=night, counted_at=work.now
        )  # fmt: skip
        work.add(row)
