"""Bank days: the closing days of T2 as the ECB published them."""

import datetime as dt

import pytest

from gateway.domain.calendar import is_bank_day, is_closed

CLOSED = {
    2025: ["01-01", "04-18", "04-21", "05-01", "12-25", "12-26"],
    2026: ["01-01", "04-03", "04-06", "05-01", "12-25", "12-26"],
    2027: ["01-01", "03-26", "03-29", "05-01", "12-25", "12-26"],
}


@pytest.mark.parametrize("year", CLOSED)
def test_closing_days_are_those_of_t2(year: int) -> None:
    days = [dt.date(year, 1, 1) + dt.timedelta(place) for place in range(365)]

    assert [f"{day:%m-%d}" for day in days if is_closed(day)] == CLOSED[year]


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
