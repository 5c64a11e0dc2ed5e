"""What may be deducted by agreement: the cash discount of each item until its date, and how a sum of them is shared."""

import datetime as dt
from collections.abc import Sequence
from itertools import product

from gateway.domain.matching.model import OpenItem

_CHOICES_MAX = 64


def discounts(item: OpenItem, open_minor: int, on_date: dt.date, *, grace_days: int = 0) -> list[int]:
    """Return the discounts that may be taken from what is open on a day, the highest first (half a cent rounds up)."""
    if not item.discounts or open_minor <= 0:
        return []
    last_date = on_date - dt.timedelta(days=grace_days) if grace_days else on_date
    return _falling([part_of(open_minor, points) for points, until in item.discounts if last_date <= until])


def highest_discount(item: OpenItem, open_minor: int, on_date: dt.date, *, grace_days: int = 0) -> int:
    """Return the highest discount that may be taken from what is open on a day; 0 for none."""
    if open_minor <= 0:
        return 0
    last_date = on_date - dt.timedelta(days=grace_days) if grace_days else on_date
    highest = 0
    for points, until in item.discounts:
        if points > highest and last_date <= until:
            highest = points
    return part_of(open_minor, highest)


def late_discounts(item: OpenItem, open_minor: int, on_date: dt.date, *, grace_days: int = 0) -> list[int]:
    """Return the discounts whose date has passed, the highest first."""
    if not item.discounts or open_minor <= 0:
        return []
    last_date = on_date - dt.timedelta(days=grace_days)
    return _falling([part_of(open_minor, points) for points, until in item.discounts if last_date > until])


def _falling(amounts: list[int]) -> list[int]:
    return sorted(set(amounts), reverse=True) if len(amounts) > 1 else amounts


def part_of(open_minor: int, basis_points: int) -> int:
    """Return a share of what is open, half a minor unit rounded up."""
    return (open_minor * basis_points + 5000) // 10_000


def share(options: Sequence[Sequence[int]], deduction: int, *, rounding: int) -> tuple[int, ...] | None:
    """Share a deduction out to items by the discounts that each may have; None if it is not their sum.

    Payers deduct from every item that allows it; a deduction from some of them is taken if only one choice adds up to
    the cent. A rounding difference of the whole goes to the highest discount.
    """
    highest_of_all = sum([own[0] for own in options if own])
    if not 0 < deduction <= highest_of_all + rounding or not highest_of_all:
        return None
    for choice in (tuple([own[0] if own else 0 for own in options]), tuple([own[-1] if own else 0 for own in options])):
        difference = deduction - sum(choice)
        if abs(difference) <= rounding:
            highest = choice.index(max(choice))
            return (*choice[:highest], choice[highest] + difference, *choice[highest + 1 :])
    return _exact_choice(options, deduction)


def _exact_choice(options: Sequence[Sequence[int]], deduction: int) -> tuple[int, ...] | None:
    count = 1
    for own in options:
        count *= len(own) + 1
    if count > _CHOICES_MAX:
        return None
    fitting = [choice for choice in product(*[(0, *own) for own in options]) if sum(choice) == deduction]
    return fitting[0] if len(fitting) == 1 else None
