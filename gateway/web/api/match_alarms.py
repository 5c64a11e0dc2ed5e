"""The API of alarms when matching books less than before: list them, mark one as seen."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.meter import Share
from gateway.services.raise_alarms import see_alarm
from gateway.store import match_alarms
from gateway.store.match_figures import MatchAlarm
from gateway.web.context import Call
from gateway.web.routing import api
from schemas.payloads.common import Page
from schemas.payloads.match_figures import AlarmList, AlarmShape, CountShare


async def list_alarms(call: Call) -> web.StreamResponse:
    """List the alarms, the latest first."""
    asked = call.query(Page)
    async with call.gateway.database.read() as session:
        page = await match_alarms.list_alarms(
            session, company_id=call.company_id, cursor=asked.cursor or "", limit=asked.limit
        )
    return call.answer(AlarmList(items=[_shape(row) for row in page.rows], next_cursor=page.next_cursor))


async def mark_seen(call: Call) -> web.StreamResponse:
    """Mark an alarm as seen."""
    async with call.begin(ids=10) as work:
        alarm = await see_alarm(work, alarm_id=call.key())
    return call.answer(_shape(alarm))


def _shape(row: MatchAlarm) -> AlarmShape:
    return AlarmShape(
        id=str(row.id),
        account_id=str(row.bank_account_id) if row.bank_account_id else None,
        bank=row.bank,
        from_date=row.from_date,
        to_date=row.to_date,
        payments=_share(row.booked_count, row.payment_count),
        payments_before=_share(row.before_booked_count, row.before_count),
        format=row.format,
        format_before=row.format_before,
        raised_at=row.raised_at,
        seen_at=row.seen_at,
        seen_by=row.seen_by,
    )


def _share(part: int, whole: int) -> CountShare:
    return CountShare(by_itself=part, all=whole, share=Share(part, whole).basis_points)


ROUTES = (
    api(
        "GET", "/matching/alarms", Right.SEE, list_alarms, summary="List alarms that matching books less than before",
        query=Page, gives=AlarmList,
    ),
    api(
        "POST", "/matching/alarms/{id}/seen", Right.WORK, mark_seen, summary="Mark an alarm as seen", gives=AlarmShape,
    ),
)  # fmt: skip
