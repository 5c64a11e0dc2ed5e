"""Which mandate of a customer a debit uses, or why none does."""

import datetime as dt
from collections.abc import Sequence

from gateway.domain.collecting.model import LeftOutReason, MandateTerms
from gateway.domain.mandate import MandateObstacle, is_collectable

# The mildest first: what a person has to do least about.
_MILD = (
    MandateObstacle.RESTS,
    MandateObstacle.NOT_CONFIRMED,
    MandateObstacle.NOT_SIGNED,
    MandateObstacle.SUSPENDED,
    MandateObstacle.UNUSED_TOO_LONG,
    MandateObstacle.USED_ALREADY,
    MandateObstacle.ENDED,
)


def choose_mandate(mandates: Sequence[MandateTerms], date: dt.date) -> tuple[MandateTerms | None, LeftOutReason | None]:
    """Return the mandate for a debit on a day, or the nearest one and what stands against it.

    Of several that can be used the newest counts when they are for the same account and creditor, else the one that
    was used last; where neither says it, a person has to.
    """
    if not mandates:
        return None, LeftOutReason.NO_MANDATE
    if len(mandates) == 1:
        obstacle = is_collectable(mandates[0], date)
        return mandates[0], None if obstacle is None else LeftOutReason(obstacle.value)
    judged = [(is_collectable(one, date), one) for one in mandates]
    good = [one for obstacle, one in judged if obstacle is None]
    if good:
        return _one_of(good)
    obstacle, nearest = min(
        ((obstacle, one) for obstacle, one in judged if obstacle is not None),
        key=lambda pair: (_MILD.index(pair[0]), -pair[1].id),
    )
    return nearest, LeftOutReason(obstacle.value)


def _one_of(good: Sequence[MandateTerms]) -> tuple[MandateTerms | None, LeftOutReason | None]:
    if len({(one.iban, one.creditor_identifier, one.scheme, one.type) for one in good}) == 1:
        return max(good, key=lambda one: (one.signature_date or dt.date.min, one.id)), None
    used = sorted(
        (one for one in good if one.last_collected_date is not None),
        key=lambda one: one.last_collected_date or dt.date.min,
    )
    if used and (len(used) == 1 or used[-1].last_collected_date != used[-2].last_collected_date):
        return used[-1], None
    return None, LeftOutReason.SEVERAL_MANDATES
