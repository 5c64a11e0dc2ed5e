"""The plan as a page shows it: days with their dates, reasons with their sums, and the first of what is left out."""

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from gateway.domain.calendar import latest_submission, refund_end
from gateway.domain.collecting.model import LeftOut, LeftOutReason, Plan, PlannedCollection
from gateway.services.freeze_run import CollectPlace
from gateway.services.plan_collections import plan_collections
from schemas.codes.lists import LocalInstrument


class PlannedDay(NamedTuple):
    """What is collected on one day under one scheme, on the way from the notice to the end of refunds."""

    collection_date: dt.date
    scheme: LocalInstrument
    collection_count: int
    sum_minor: int
    last_notice_date: dt.date | None  # The latest of the notices; None when a person decided without one.
    submit_until: dt.datetime
    refunds_until: dt.date | None  # None for B2B: an authorised debit cannot be refunded.


class LeftOutSum(NamedTuple):
    """How much is left out for one reason."""

    reason: LeftOutReason
    collection_count: int
    sum_minor: int


class PlanShown(NamedTuple):
    """A plan in the size of a page."""

    days: tuple[PlannedDay, ...]
    reasons: tuple[LeftOutSum, ...]
    left_out: tuple[LeftOut, ...]
    collection_count: int
    sum_minor: int


async def show_plan(
    place: CollectPlace, *, company_id: int, until_date: dt.date, reason: LeftOutReason | None = None, limit: int = 50
) -> PlanShown:
    """Return the plan until a day, with the first of what is left out: for one reason, or for all."""
    async with place.database.read() as session:
        plan = await plan_collections(
            session, company_id=company_id, until_date=until_date, now=place.now(), profiles=place.profiles
        )
    shown = [one for one in plan.left_out if reason is None or one.reason is reason]
    return PlanShown(_days(plan), _reasons(plan), tuple(shown[:limit]), len(plan.collections), plan.sum_minor)


def _days(plan: Plan) -> tuple[PlannedDay, ...]:
    together: defaultdict[tuple[dt.date, LocalInstrument], list[PlannedCollection]] = defaultdict(list)
    for one in plan.collections:
        together[one.collection_date, one.scheme].append(one)
    return tuple(_day(date, scheme, together[date, scheme]) for date, scheme in sorted(together))


def _day(date: dt.date, scheme: LocalInstrument, collections: list[PlannedCollection]) -> PlannedDay:
    profile = collections[0].creditor.profile
    is_b2b = scheme is LocalInstrument.B2B
    lead = profile.lead_days_b2b if is_b2b else profile.lead_days_core
    told = [one.notified_date for one in collections if one.notified_date is not None]
    return PlannedDay(
        date, scheme, len(collections), sum(one.amount_minor for one in collections), max(told, default=None),
        latest_submission(date, lead_days=lead, cut_off=profile.cut_off, zone=profile.zone),
        None if is_b2b else refund_end(date),
    )  # fmt: skip


def _reasons(plan: Plan) -> tuple[LeftOutSum, ...]:
    together: defaultdict[LeftOutReason, list[int]] = defaultdict(list)
    for one in plan.left_out:
        together[one.reason].append(one.amount_minor)
    return tuple(LeftOutSum(reason, len(sums), sum(sums)) for reason, sums in sorted(together.items()))
