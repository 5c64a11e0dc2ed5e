"""Bank days: the closing days of T2 as the ECB published them."""

import datetime as dt

import pytest

from gateway.domain.calendar import (
    first_reachable,
    is_bank_day,
    is_closed,
    latest_submission,
    next_bank_day,
    refund_end,
)

TEN = dt.time(10)
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


@pytest.mark.parametrize(
    ("date", "settled"),
    [
        pytest.param(dt.date(2026, 11, 16), dt.date(2026, 11, 16), id="a bank day stays"),
        pytest.param(dt.date(2026, 11, 15), dt.date(2026, 11, 16), id="Sunday"),
        pytest.param(dt.date(2026, 12, 25), dt.date(2026, 12, 28), id="Christmas and a weekend"),
        pytest.param(dt.date(2028, 4, 14), dt.date(2028, 4, 18), id="Easter"),
    ],
)
def test_a_debit_is_settled_on_the_next_bank_day(date: dt.date, settled: dt.date) -> None:
    assert next_bank_day(date) == settled


@pytest.mark.parametrize(
    ("date", "lead_days", "until"),
    [
        pytest.param(dt.date(2026, 12, 2), 1, "2026-12-01T09:00:00+00:00", id="winter time"),
        pytest.param(dt.date(2026, 7, 2), 1, "2026-07-01T08:00:00+00:00", id="summer time"),
        pytest.param(dt.date(2026, 12, 28), 1, "2026-12-24T09:00:00+00:00", id="over Christmas"),
        pytest.param(dt.date(2026, 11, 30), 2, "2026-11-26T09:00:00+00:00", id="two days over a weekend"),
    ],
)
def test_a_file_comes_in_time_by_the_clock_of_the_bank(date: dt.date, lead_days: int, until: str) -> None:
    assert latest_submission(date, lead_days=lead_days, cut_off=TEN, zone="Europe/Paris").isoformat() == until


@pytest.mark.parametrize(
    ("now", "first"),
    [
        pytest.param("2026-11-23T08:59:00+00:00", dt.date(2026, 11, 24), id="before the cut-off"),
        pytest.param("2026-11-23T09:00:00+00:00", dt.date(2026, 11, 25), id="at the cut-off it is too late"),
        pytest.param(
            "2026-11-21T09:00:00+00:00", dt.date(2026, 11, 24), id="on Saturday nobody takes a file for Monday"
        ),
        pytest.param("2026-11-23T23:30:00+00:00", dt.date(2026, 11, 25), id="the day of the bank is already the next"),
    ],
)
def test_the_first_day_that_can_be_reached(now: str, first: dt.date) -> None:
    moment = dt.datetime.fromisoformat(now)

    assert first_reachable(now=moment, lead_days=1, cut_off=TEN, zone="Europe/Paris") == first


def test_refunds_come_until_eight_weeks_and_two_bank_days() -> None:
    assert refund_end(dt.date(2026, 11, 2)) == dt.date(2026, 12, 30)
