"""Bank days: the closing days of T2 against a library that lists them."""

import datetime as dt

import holidays
import pytest

from gateway.domain.calendar import is_bank_day, is_closed

T2 = holidays.financial_holidays("XECB", years=range(2015, 2061))


def test_closing_days_are_those_of_t2() -> None:
    days = [dt.date(2015, 1, 1) + dt.timedelta(place) for place in range(45 * 365)]

    assert [day for day in days if is_closed(day)] == [day for day in days if day in T2]


@pytest.mark.parametrize(
    ("date", "is_open"),
    [
        pytest.param(dt.date(2026, 11, 16), True, id="Monday"),
        pytest.param(dt.date(2026, 11, 14), False, id="Saturday"),
        pytest.param(dt.date(2026, 10, 4), False, id="Sunday"),
        pytest.param(dt.date(2026, 4, 3), False, id="Good Friday"),
        pytest.param(dt.date(2026, 5, 14), True, id="a holiday of some countries"),
    ],
)
def test_banks_book_on_working_days_without_closing_days(date: dt.date, is_open: bool) -> None:
    assert is_bank_day(date) is is_open
