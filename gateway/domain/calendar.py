"""Bank days: when euro payments are settled. No holidays of single countries, because banks book on them."""

import datetime as dt

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
