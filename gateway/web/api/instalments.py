"""The API of instalments: the parts in which an invoice is paid."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.collecting.model import Part
from gateway.services.plan_instalments import plan_instalments
from gateway.store import instalments, open_items
from gateway.web.context import Call
from gateway.web.routing import api
from schemas.errors import NotFound
from schemas.payloads.instalments import InstalmentPlan, InstalmentShape, NewInstalments


async def read_instalments(call: Call) -> web.StreamResponse:
    """Read the parts in which an invoice is paid."""
    async with call.gateway.database.read() as session:
        if await open_items.get_item(session, company_id=call.company_id, item_id=call.key()) is None:
            raise NotFound(f"there is no open item {call.key()}")
        parts = await instalments.parts_of(session, company_id=call.company_id, item_id=call.key())
    return call.answer(InstalmentPlan(instalments=[InstalmentShape(**part._asdict()) for part in parts]))


async def set_instalments(call: Call) -> web.StreamResponse:
    """Let an invoice be paid in parts, or as a whole again."""
    body = await call.json(NewInstalments)
    parts = [Part(one.due_date, one.amount_minor) for one in body.instalments]
    async with call.begin(ids=100) as work:
        await plan_instalments(work, item_id=call.key(), parts=parts, reason=body.reason)
    return await read_instalments(call)


ROUTES = (
    api(
        "GET", "/invoices/{id}/instalments", Right.SEE, read_instalments, gives=InstalmentPlan,
        summary="Read the parts in which an invoice is paid",
    ),
    api(
        "PUT", "/invoices/{id}/instalments", Right.WORK, set_instalments, takes=NewInstalments, gives=InstalmentPlan,
        summary="Let an invoice be paid in parts that come to what is open; none makes it due as a whole",
    ),
)  # fmt: skip
