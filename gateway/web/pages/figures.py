"""How well matching does: the shares together with what was wrong, over the months, by account, rule and evidence."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import IntEnum
from itertools import dropwhile

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.meter import Meter
from gateway.services.count_figures import count_figures
from gateway.services.raise_alarms import see_alarm
from gateway.services.show_figures import FiguresShown, month_after, show_figures
from gateway.store import first_steps, match_alarms, statement_lists
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.views.charts import Chart, Series, draw_lines
from schemas.states import ReviewReason

PATH = "/reports/matching"


class Period(IntEnum):
    """How many months are shown."""

    QUARTER = 3
    YEAR = 12
    TWO_YEARS = 24


class FiguresQuery(PageQuery):
    """Which months, and of which account."""

    months: Period = Period.YEAR
    account: int | None = None


async def show(call: Call) -> web.StreamResponse:
    """Show the figures as they were counted last."""
    query = call.query(FiguresQuery)
    last = call.now.date().replace(day=1)
    first = month_after(last, 1 - query.months)
    async with call.gateway.database.read() as session:
        shown = await show_figures(
            session, company_id=call.company_id, first=first, last=last, bank_account_id=query.account
        )
        known = await statement_lists.accounts_of(session, company_id=call.company_id)
        unseen = await match_alarms.unseen_alarms(session, company_id=call.company_id)
        alarms = await match_alarms.list_alarms(session, company_id=call.company_id)
        steps = await first_steps.first_steps(session, company_id=call.company_id)
    months = _since_first(shown.months)
    return call.page(
        "reports/matching.html",
        query=query,
        periods=list(Period),
        shown=shown,
        months=months,
        chart=_chart(call, shown, [meter for _, meter in months]),
        names=[formats.month_name(date, call.language) for date, _ in months],
        wrong=[meter.wrong.part if meter.wrong.whole else None for _, meter in months],
        accounts=known,
        unseen=unseen,
        past=[alarm for alarm in alarms.rows if alarm.seen_at],
        reasons=[(ReviewReason(reason) if reason else None, count) for reason, count in shown.reasons],
        has_files=steps.has_files,
    )


def _since_first(months: Mapping[str, Meter]) -> list[tuple[dt.date, Meter]]:
    """Return the months by their first days, without those before anything was booked."""
    dated = [(dt.date.fromisoformat(f"{month}-01"), meter) for month, meter in months.items()]
    return list(dropwhile(lambda pair: not pair[1].lines.whole, dated))


def _chart(call: Call, shown: FiguresShown, meters: Sequence[Meter]) -> Chart:
    currency = max(shown.total.values, key=lambda one: shown.total.values[one].whole, default="")
    values = [meter.values[currency].basis_points if currency in meter.values else None for meter in meters]
    return draw_lines(
        [
            Series(call._("Payments"), "--accent", [meter.payments.basis_points for meter in meters]),
            Series(call._("Bank transactions"), "--warn", [meter.lines.basis_points for meter in meters], "6 4"),
            Series(call._("Value in %(currency)s", currency=currency), "--ink", values, "2 3"),
        ],
        call.language,
    )


async def count_now(call: Call) -> web.StreamResponse:
    """Count what changed since it was counted last."""
    query = call.query(FiguresQuery)
    await count_figures(call.gateway.database, company_id=call.company_id, now=call.now, actor=call.actor)
    return call.redirect(query.url(PATH), say=call._("Counted."))


async def mark_seen(call: Call) -> web.StreamResponse:
    """Mark an alarm as seen."""
    async with call.begin(ids=10) as work:
        await see_alarm(work, alarm_id=call.key())
    return call.redirect(PATH, say=call._("Marked as seen."))


ROUTES = (
    page("GET", PATH, Right.SEE, show),
    page("POST", PATH, Right.WORK, count_now),
    page("POST", PATH + "/alarms/{id}", Right.WORK, mark_seen),
)
