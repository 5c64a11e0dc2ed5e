"""Bank days: when euro payments are settled. No holidays of single countries, because banks book on them."""

import datetime as dt

_FIXED = frozenset({(1, 1), (5, 1), (12, 25), (12, 26)})
_DAY = dt.timedelta(days=1)


def is_closed(date: dt.date) -> bool:
    """Tell whether T2, and with it every bank, is closed on a day that may be a working day elsewhere.

    ECB, long-term calendar of closing days: New Year, Good Friday, Easter Monday, 1 May, 25 and 26 December.
    """
    easter = easter_sunday(date.year)
    return (date.month, date.day) in _FIXED or date in (easter - 2 * _DAY, easter + _DAY)


def is_weekend(date: dt.date) -> bool:
    """Tell whether a day is a Saturday or a Sunday."""
    return date.weekday() >= 5


def is_bank_day(date: dt.date) -> bool:
    """Tell whether banks book on a day."""
    return not is_weekend(date) and not is_closed(date)


def easter_sunday(year: int) -> dt.date:
    """Return Easter Sunday of the Gregorian calendar, by the rule of Butcher."""
    century, rest = divmod(year, 100)
    correction = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - correction - rest % 4) % 7
    late = (year % 19 + 11 * correction + 22 * weekday) // 451
    month, day = divmod(correction + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)
