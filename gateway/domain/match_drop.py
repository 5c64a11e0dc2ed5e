"""Whether matching books clearly less than in the weeks before: a drop that chance does not explain.

The payments of the last days are compared with those before by Fisher's exact test: how likely is it that so few of
them are booked at once, if nothing changed? Small counts are likely to differ and so raise nothing. Where days differ
among themselves by more than chance, counts weigh less by as much. A new format of the statements is a moment at which
a drop is to be expected, so less has to speak for it then.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import product
from math import exp, lgamma
from typing import NamedTuple

BEFORE_DAYS = 56  # With so many days the last ones are compared.
SINCE_DROP_DAYS = 21  # With these as well after a drop was told, so that what recovered is watched again.
RECENT_DAYS = (1, 5, 15)  # Days on which payments came: the last one, a week of the bank, three weeks.
FORMAT_DAYS = 20  # So many days on which payments came a format is new.
BEFORE_DATES_MIN = 10  # With fewer days before nothing is known of what is usual.
POINTS_MIN = 10  # Per cent points; less is not told, however certain it is.
CHANCE_MAX, CHANCE_NEW_FORMAT_MAX = 1e-5, 1e-3
STALE_DAYS = 14  # What ended before is no news.


class DayCount(NamedTuple):
    """Payments of a day that came in one format, and how many of them rules booked at once."""

    date: dt.date
    format: str
    payment_count: int
    booked_count: int


class Drop(NamedTuple):
    """Less was booked from a day on than in the days before; ``format`` came anew then, if it is not empty."""

    from_date: dt.date
    to_date: dt.date
    payment_count: int
    booked_count: int
    before_count: int
    before_booked_count: int
    format: str = ""
    format_before: str = ""


def find_drop(days: Iterable[DayCount], *, today: dt.date, since: dt.date | None = None) -> Drop | None:
    """Return the drop that chance explains least, or None. What was before ``since`` (an earlier drop) is left out."""
    known = sorted([day for day in days if day.payment_count and (since is None or day.date >= since)])
    dates = sorted({day.date for day in known})
    if not dates or dates[-1] < today - dt.timedelta(days=STALE_DAYS):
        return None
    changed = _new_format_date(known, dates)
    starts = {dates[-count]: CHANCE_MAX for count in RECENT_DAYS if count <= len(dates)}
    if changed is not None:
        starts[changed] = CHANCE_NEW_FORMAT_MAX
    lengths = (BEFORE_DAYS,) if since is None else (BEFORE_DAYS, SINCE_DROP_DAYS)
    found: list[tuple[float, Drop]] = []
    for (start, limit), length in product(starts.items(), lengths):
        before = [day for day in known if start - dt.timedelta(days=length) <= day.date < start]
        drop = _drop(before, [day for day in known if day.date >= start])
        if drop is not None and (chance := _chance(drop, _dispersion(before))) <= limit:
            found.append((chance / limit, drop))
    return min(found)[1] if found else None


def _new_format_date(days: Sequence[DayCount], dates: Sequence[dt.date]) -> dt.date | None:
    """Return since when statements come in a format that they did not have before, if that is not long ago."""
    first: dict[str, dt.date] = {}
    for day in days:
        first.setdefault(day.format, day.date)
    newest = max(first.values())
    return newest if newest > dates[0] and newest in dates[-FORMAT_DAYS:] else None


def _drop(before: Sequence[DayCount], recent: Sequence[DayCount]) -> Drop | None:
    """Return how the last days compare with those before; None where they are too few, or hardly less was booked."""
    if len({day.date for day in before}) < BEFORE_DATES_MIN:
        return None
    count, booked = _sums(recent)
    before_count, before_booked = _sums(before)
    if 100 * (before_booked * count - booked * before_count) < POINTS_MIN * count * before_count:
        return None
    came, was = _main_format(recent), _main_format(before)
    formats = (came, was) if came not in {day.format for day in before} else ("", "")
    return Drop(recent[0].date, recent[-1].date, count, booked, before_count, before_booked, *formats)


def _sums(days: Sequence[DayCount]) -> tuple[int, int]:
    return sum([day.payment_count for day in days]), sum([day.booked_count for day in days])


def _main_format(days: Sequence[DayCount]) -> str:
    counts: Counter[str] = Counter()
    for day in days:
        counts[day.format] += day.payment_count
    return max(counts, key=lambda form: (counts[form], form))


def _dispersion(days: Sequence[DayCount]) -> float:
    """Return by how much days differ among themselves, 1 being what chance explains (Pearson, per degree)."""
    count, booked = _sums(days)
    usual = booked / count
    sums: dict[dt.date, list[int]] = defaultdict(lambda: [0, 0])
    for day in days:
        sums[day.date][0] += day.payment_count
        sums[day.date][1] += day.booked_count
    if not 0 < usual < 1:
        return 1.0
    spread = sum([(part - whole * usual) ** 2 / (whole * usual * (1 - usual)) for whole, part in sums.values()])
    return max(1.0, spread / (len(sums) - 1))


def _chance(drop: Drop, dispersion: float = 1.0) -> float:
    """Return how likely so few or fewer of the last payments are booked, if all are alike (hypergeometric tail)."""
    count, booked = round(drop.payment_count / dispersion), round(drop.booked_count / dispersion)
    total = count + round(drop.before_count / dispersion)
    total_booked = booked + round(drop.before_booked_count / dispersion)
    asked = total - total_booked
    term = exp(_ways(total_booked, booked) + _ways(asked, count - booked) - _ways(total, count))
    chance = 0.0
    for least in range(booked, max(0, count - asked) - 1, -1):
        chance += term
        if term <= chance * 1e-9:
            break
        term *= least * (asked - count + least) / ((total_booked - least + 1) * (count - least + 1))
    return chance


def _ways(whole: int, part: int) -> float:
    """Return the logarithm of how many ways there are to take a part of a whole."""
    return lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1)
