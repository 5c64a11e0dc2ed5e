"""Bank days: when euro payments are settled. No holidays of single countries, because banks book on them."""

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

_T2 = holidays.financial_holidays("XECB")


def is_closed(date: dt.date) -> bool:
    """Tell whether T2, and with it every bank, is closed on a day that may be a working day elsewhere.

    ECB, long-term calendar of closing days: New Year, Good Friday, Easter Monday, 1 May, 25 and 26 December.
    """
    return date in _T2


def is_weekend(date: dt.date) -> bool:
    """Tell whether a day is a Saturday or a Sunday."""
    return date.weekday() >= 5


def is_bank_day(date: dt.date) -> bool:
    """Tell whether banks book on a day."""
    return not is_weekend(date) and not is_closed(date)


_DAYS_KEPT = 4096


@lru_cache(_DAYS_KEPT)
def next_bank_day(date: dt.date) -> dt.date:
    """Return the day itself, or the first bank day after it: when a debit due on it is settled."""
    while not is_bank_day(date):
        date += dt.timedelta(days=1)
    return date


@lru_cache(_DAYS_KEPT)
def bank_days_before(date: dt.date, count: int) -> dt.date:
    """Return the bank day that lies so many bank days before a day."""
    for _ in range(count):
        date -= dt.timedelta(days=1)
        while not is_bank_day(date):
            date -= dt.timedelta(days=1)
    return date


@lru_cache(_DAYS_KEPT)
def bank_days_after(date: dt.date, count: int) -> dt.date:
    """Return the bank day that lies so many bank days after a day."""
    for _ in range(count):
        date = next_bank_day(date + dt.timedelta(days=1))
    return date


def latest_submission(date: dt.date, *, lead_days: int, cut_off: dt.time, zone: str) -> dt.datetime:
    """Return the moment (UTC) until which the bank takes a file for this day: its cut-off, so many bank days before.

    sepa-rules 1.2: the file reaches the debtor's bank one bank day before, and our own bank earlier, by its own clock.
    """
    day = bank_days_before(date, lead_days)
    return dt.datetime.combine(day, cut_off, ZoneInfo(zone)).astimezone(dt.UTC)


def first_reachable(*, now: dt.datetime, lead_days: int, cut_off: dt.time, zone: str) -> dt.date:
    """Return the first bank day for which a file that leaves now still comes in time."""
    date = next_bank_day(now.astimezone(ZoneInfo(zone)).date())
    while latest_submission(date, lead_days=lead_days, cut_off=cut_off, zone=zone) <= now:
        date = bank_days_after(date, 1)
    return date


def refund_end(date: dt.date) -> dt.date:
    """Return the last day on which a Core debit of a day may still arrive as a refund without question.

    EPC016-06: eight weeks after the debit; its refund reaches the creditor up to two bank days later.
    """
    return bank_days_after(date + dt.timedelta(weeks=8), 2)
