"""Show how well matching did in some months: all together, and by month, account, rule and evidence."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.domain.meter import BY_RULE, Figure, Key, Meter, meters_by, read_meter
from gateway.store import match_figures
from gateway.store.database import ReadSession
from schemas.states import MatchEvidence, MatchOutcome

MONTHS_MAX = 60


class Source(NamedTuple):
    """An account, and the format in which its statements came."""

    bank_account_id: int
    format: str


@dataclass(frozen=True, slots=True)
class FiguresShown:
    """The figures of some months. Those of rules and evidence are of what rules decided only."""

    counted_at: dt.datetime | None
    total: Meter
    months: Mapping[str, Meter]  # Each month that was asked for, also one in which nothing came.
    sources: Mapping[Source, Meter]
    rules: Mapping[str, Meter]
    evidence: Mapping[MatchEvidence, Meter]
    reasons: Sequence[tuple[str, int]]  # Why a person was asked, with how many bank transactions; the most first.


async def show_figures(
    session: ReadSession, *, company_id: int, first: dt.date, last: dt.date, bank_account_id: int | None = None
) -> FiguresShown:
    """Return the figures of the months from ``first`` to ``last`` (first days), of one account if one is given."""
    months = months_between(first, last)
    figures = await match_figures.figures_of(
        session, company_id=company_id, from_date=first, to_date=_end_of(last), bank_account_id=bank_account_id
    )
    by_month = meters_by(figures, lambda one: one.month)
    by_rule = [one for one in figures if one.outcome in BY_RULE]
    booked = [one for one in by_rule if one.evidence is not MatchEvidence.NONE]
    return FiguresShown(
        counted_at=await match_figures.counted_at(session, company_id=company_id),
        total=read_meter(figures),
        months={month: by_month.get(month) or read_meter(()) for month in months},
        sources=_sorted(meters_by(figures, lambda one: Source(one.bank_account_id, one.format))),
        rules=_sorted(meters_by(by_rule, lambda one: one.why)),
        evidence=_sorted(meters_by(booked, lambda one: one.evidence)),
        reasons=_reasons(figures),
    )


def months_between(first: dt.date, last: dt.date) -> list[str]:
    """Return the months from one first day to another, as in ``2026-11``."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [f"{date:%Y-%m}" for date in (month_after(first, step) for step in range(count))]


def month_after(first: dt.date, count: int) -> dt.date:
    """Return the first day of the month that is some months after another."""
    months = first.year * 12 + first.month - 1 + count
    return dt.date(months // 12, months % 12 + 1, 1)


def _end_of(first: dt.date) -> dt.date:
    return month_after(first, 1) - dt.timedelta(days=1)


def _sorted(meters: Mapping[Key, Meter]) -> dict[Key, Meter]:
    """Return the largest first."""
    return dict(sorted(meters.items(), key=lambda pair: (-pair[1].lines.whole, str(pair[0]))))


def _reasons(figures: Sequence[Figure]) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for one in figures:
        if one.outcome is MatchOutcome.ASKED:
            counts[one.why] += one.line_count
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
