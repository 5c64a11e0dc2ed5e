"""Which statement of an account is missing: what is known of each day, from the statements that are there."""

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from gateway.domain.calendar import is_bank_day, is_closed, is_weekend
from gateway.domain.statement import StatementFacts, gap_before

_DAY = dt.timedelta(days=1)


class DayState(StrEnum):
    """What is known of one day of an account."""

    THERE = "there"
    HELD = "held"
    MISSING = "missing"
    QUIET = "quiet"  # No statement, and none is missing: the balances before and after meet.
    WEEKEND = "weekend"
    CLOSED = "closed"
    AWAITED = "awaited"  # Today: its statement comes tomorrow.
    UNKNOWN = "unknown"  # Before the first statement, or still to come.


class KnownStatement(NamedTuple):
    """A statement of the account that was imported or is held."""

    id: int
    is_held: bool
    facts: StatementFacts


class StatementDay(NamedTuple):
    """One day with its statements and how many entries they have."""

    date: dt.date
    state: DayState
    statement_ids: tuple[int, ...] = ()
    entry_count: int = 0
    is_today: bool = False


def days_of(
    statements: Sequence[KnownStatement], *, first: dt.date, count: int, today: dt.date
) -> tuple[StatementDay, ...]:
    """Return so many days of an account; ``statements`` are in the order of their days, from one before the first."""
    return tuple(_day(first + place * _DAY, statements, today) for place in range(count))


def _day(date: dt.date, statements: Sequence[KnownStatement], today: dt.date) -> StatementDay:
    ending = [one for one in statements if one.facts.to_date == date]
    mine = ending or [one for one in statements if is_bank_day(date) and _covers(one.facts, date)]
    if not mine:
        return StatementDay(date, _without(date, statements, today), is_today=date == today)
    state = DayState.HELD if any(one.is_held for one in mine) else DayState.THERE
    entry_count = sum(one.facts.entry_count for one in mine)
    return StatementDay(date, state, tuple(one.id for one in mine), entry_count, date == today)


def _covers(facts: StatementFacts, date: dt.date) -> bool:
    """Tell whether a statement is about a day before its last.

    MT940 dates a statement from the day of the balance before it. So one that ends on the next bank day is about that
    day alone.
    """
    if facts.from_date is None or facts.to_date is None or not facts.from_date <= date < facts.to_date:
        return False
    between = (facts.to_date - facts.from_date).days - 1
    return any(is_bank_day(facts.from_date + place * _DAY) for place in range(1, between + 1))


def _without(date: dt.date, statements: Iterable[KnownStatement], today: dt.date) -> DayState:
    if is_weekend(date) or is_closed(date):
        return DayState.WEEKEND if is_weekend(date) else DayState.CLOSED
    imported = [one.facts for one in statements if not one.is_held and one.facts.to_date is not None]
    before = [facts for facts in imported if facts.to_date < date]  # type: ignore[operator]
    after = [facts for facts in imported if facts.to_date > date]  # type: ignore[operator]
    if date >= today:
        return DayState.AWAITED if date == today and before else DayState.UNKNOWN
    if not before:
        return DayState.UNKNOWN
    if after and gap_before(after[0], before[-1]) is None:
        return DayState.QUIET
    return DayState.MISSING
