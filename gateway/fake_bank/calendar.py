"""The pretended bank's own calendar: T2 days by the ECB's rule, computed apart from the product's."""

import datetime as dt
from functools import lru_cache

_DAY = dt.timedelta(days=1)


@lru_cache(maxsize=64)
def _closing_days(year: int) -> frozenset[dt.date]:
    easter = _easter(year)
    fixed = [dt.date(year, month, day) for month, day in ((1, 1), (5, 1), (12, 25), (12, 26))]
    return frozenset((*fixed, easter - 2 * _DAY, easter + _DAY))


def _easter(year: int) -> dt.date:
    """Return Easter Sunday (Gregorian computus, as Butcher published it)."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return dt.date(year, month, day + 1)


def is_open(date: dt.date) -> bool:
    """Tell whether T2 is open."""
    return date.weekday() < 5 and date not in _closing_days(date.year)


def open_day(date: dt.date) -> dt.date:
    """Return the day itself, or the next one on which T2 is open."""
    while not is_open(date):
        date += _DAY
    return date


def shifted(date: dt.date, days: int) -> dt.date:
    """Return the T2 day that many T2 days after a day, or before it."""
    step = _DAY if days > 0 else -_DAY
    for _ in range(abs(days)):
        date += step
        while not is_open(date):
            date += step
    return date


def months_later(date: dt.date, months: int) -> dt.date:
    """Return the same day of a later month, or the last one it has."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    last = (dt.date(year + month // 11, (month + 1) % 12 + 1, 1) - _DAY).day
    return dt.date(year, month + 1, min(date.day, last))
