"""A drop is told when chance does not explain it, soon after a new format, and never because of small counts."""

import datetime as dt
import random
from collections.abc import Sequence

import pytest

from gateway.domain.match_drop import DayCount, Drop, find_drop

FIRST = dt.date(2026, 8, 3)
DAYS = 40


def days(counts: Sequence[tuple[int, int]], *, form: str = "MT940", first: dt.date = FIRST) -> list[DayCount]:
    """Return bank days with (payments, booked at once)."""
    return [
        DayCount(first + dt.timedelta(days=place * 7 // 5), form, count, booked)
        for place, (count, booked) in enumerate(counts)
    ]


def then(before: Sequence[DayCount], counts: Sequence[tuple[int, int]], *, form: str = "MT940") -> list[DayCount]:
    """Return some days, and those that follow."""
    return [*before, *days(counts, form=form, first=before[-1].date + dt.timedelta(days=1))]


USUAL = days([(20, 18), (18, 17)] * (DAYS // 2))
FEW = days([(1, 1), (2, 2), (1, 0), (2, 2)] * (DAYS // 4))
STRANGE = days([(40, 40), (40, 8)] * (DAYS // 2))


def drop_of(known: Sequence[DayCount], since: dt.date | None = None) -> Drop | None:
    return find_drop(known, today=known[-1].date, since=since)


@pytest.mark.parametrize(
    "known",
    [
        pytest.param([], id="nothing"),
        pytest.param(USUAL, id="all as usual"),
        pytest.param(then(USUAL, [(20, 15)]), id="a bad day"),
        pytest.param(then(USUAL, [(2, 0)]), id="a quiet day of which nothing is booked"),
        pytest.param(then(FEW, [(2, 0), (1, 0)]), id="few payments"),
        pytest.param(then(FEW, [(2, 1), (1, 0)], form="camt.053.001.08"), id="few payments in a new format"),
        pytest.param(then(USUAL, [(20, 18)] * 3, form="camt.053.001.08"), id="a new format that changes nothing"),
        pytest.param(then(days([(2_000, 1_800)] * DAYS), [(2_000, 1_700)] * 5), id="five points less, of very many"),
        pytest.param(then(STRANGE, [(40, 8)]), id="days that always differ"),
        pytest.param(then(USUAL[:4], [(20, 0)] * 3), id="nothing is known of what is usual"),
        pytest.param(then(days([(20, 2)] * DAYS), [(20, 18)] * 5), id="more than before"),
        pytest.param(days([(20, 0)] * DAYS), id="never anything"),
    ],
)
def test_no_alarm_is_raised_without_a_reason(known: Sequence[DayCount]) -> None:
    assert (drop_of(known) if known else find_drop([], today=FIRST)) is None


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(then(USUAL, [(20, 2)]), id="a day on which hardly anything is booked"),
        pytest.param(then(USUAL, [(20, 12)] * 5), id="a week that is worse"),
        pytest.param(then(FEW, [(2, 0), (1, 0)] * 8), id="three weeks of few payments"),
        pytest.param(then(STRANGE, [(40, 0)] * 15), id="days that always differ, and then all are bad"),
        pytest.param(then(days([(900, 900)] * DAYS), [(900, 0)]), id="always all and then nothing"),
    ],
)
def test_a_drop_that_chance_does_not_explain_is_told(known: Sequence[DayCount]) -> None:
    assert drop_of(known) is not None


def test_a_drop_says_since_when_and_how_much() -> None:
    known = then(USUAL, [(20, 2)])

    drop = drop_of(known)

    day = known[-1].date
    sums = (sum(one.payment_count for one in USUAL), sum(one.booked_count for one in USUAL))
    assert drop is not None
    assert (drop.from_date, drop.to_date, drop.payment_count, drop.booked_count) == (day, day, 20, 2)
    assert (drop.before_count, drop.before_booked_count) == sums
    assert (drop.format, drop.format_before) == ("", "")


def test_a_new_format_makes_a_drop_known_that_is_too_small_otherwise() -> None:
    worse = [(5, 2), (4, 2)]
    usual = days([(5, 5), (4, 4), (5, 4)] * 13)

    same, changed = drop_of(then(usual, worse)), drop_of(then(usual, worse, form="camt.053.001.08"))

    assert same is None
    assert changed is not None
    assert (changed.format, changed.format_before) == ("camt.053.001.08", "MT940")
    assert changed.from_date == then(usual, worse)[-2].date


def test_a_second_format_beside_the_first_is_compared_since_it_came() -> None:
    known = then(USUAL, [(20, 18)] * 4)
    beside = [DayCount(day.date, "camt.053.001.08", 15, 0) for day in known[-4:]]

    drop = drop_of([*known, *beside])

    assert drop is not None
    assert (drop.from_date, drop.payment_count) == (known[-4].date, 140)


def test_a_drop_is_told_once() -> None:
    known = then(USUAL, [(20, 2)])
    drop = drop_of(known)
    assert drop is not None

    for _ in range(30):
        known = then(known, [(20, 3)])
        assert drop_of(known, since=drop.from_date) is None

    again = then(then(known, [(20, 19)] * 20), [(20, 0)] * 3)
    assert drop_of(again, since=drop.from_date) is not None


def test_what_ended_long_ago_is_no_news() -> None:
    known = then(USUAL, [(20, 2)])

    assert find_drop(known, today=known[-1].date + dt.timedelta(days=15)) is None


@pytest.mark.parametrize(("volume", "spread"), [(3, 0.0), (20, 0.05), (200, 0.05)])
def test_years_in_which_nothing_happens_raise_hardly_an_alarm(volume: int, spread: float) -> None:
    chance = random.Random(f"{volume}/{spread}")
    alarms = 0
    for _ in range(3):
        known: list[DayCount] = []
        for place in range(150):
            count = chance.randint(0, 2 * volume)
            rate = min(1.0, max(0.0, chance.gauss(0.9, spread)))
            booked = sum(chance.random() < rate for _ in range(count))
            known.append(DayCount(FIRST + dt.timedelta(days=place * 7 // 5), "MT940", count, booked))
            alarms += find_drop(known[-60:], today=known[-1].date) is not None

    assert alarms <= 1
