"""The API of refunds. A machine proposes and freezes them; persons approve the refund, its account and the run."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.domain.access import Right
from gateway.services.freeze_refunds import freeze_refunds
from gateway.services.freeze_run import maker_of
from gateway.services.propose_refund import RefundWanted, cancel_refund, propose_account, propose_refund
from gateway.store import refunds
from gateway.store.refunds import Refund
from gateway.web.context import Call
from gateway.web.routing import api
from schemas.errors import NotFound
from schemas.identifiers import Bic, Iban, mask_account
from schemas.payloads.collections import FrozenShape
from schemas.payloads.common import Reason
from schemas.payloads.refunds import NewRefund, RefundAccount, RefundFilter, RefundList, RefundShape


async def list_refunds(call: Call) -> web.StreamResponse:
    """List refunds, the newest first."""
    asked = call.query(RefundFilter)
    async with call.gateway.database.read() as session:
        found = await refunds.page_of_refunds(
            session, company_id=call.company_id, states=[asked.state] if asked.state else (),
            cursor=asked.cursor or "", limit=asked.limit,
        )  # fmt: skip
        items = await _shapes(session, call, found.rows)
    return call.answer(RefundList(items=items, next_cursor=found.next_cursor))


async def _shapes(session: Any, call: Call, rows: Any) -> list[RefundShape]:
    ends = await refunds.ends_of(session, [row.id for row in rows])
    parties = [row.party_id for row in rows]
    untils = await refunds.refundable_untils(
        session, company_id=call.company_id, party_ids=parties, today=call.now.date()
    )
    return [RefundShape(**_facts(row, ends), refundable_until=untils.get(row.party_id)) for row in rows]


def _facts(row: Refund, ends: Mapping[int, str]) -> dict[str, Any]:
    names = ("state", "amount_minor", "remittance", "end_to_end_id", "proposed_by", "approved_by", "created_at")
    keys = {"id": str(row.id), "customer_id": str(row.party_id), "invoice_id": str(row.open_item_id)}
    said = {"account": mask_account(row.creditor_iban), "name": row.creditor_name}
    return {name: getattr(row, name) for name in names} | keys | said | {"ended_because": ends.get(row.id, "")}


async def _read(session: Any, call: Call, refund_id: int) -> RefundShape:
    found = await refunds.find_refund(session, company_id=call.company_id, refund_id=refund_id)
    if found is None:
        raise NotFound(f"there is no refund {refund_id}")
    return (await _shapes(session, call, [found]))[0]


async def read_refund(call: Call) -> web.StreamResponse:
    """Read one refund."""
    async with call.gateway.database.read() as session:
        return call.answer(await _read(session, call, call.key()))


async def propose(call: Call) -> web.StreamResponse:
    """Propose a refund."""
    body = await call.json(NewRefund)
    wanted = RefundWanted(
        int(body.invoice_id), body.amount_minor, Iban.parse(body.iban), Bic.parse(body.bic) if body.bic else None,
        (body.remittance or "")[:140],
    )  # fmt: skip
    async with call.begin() as work:
        row = await propose_refund(work, wanted, reason=body.reason)
        await work.flush()
        return await call.created(work, await _read(work.session, call, row.id))


async def cancel(call: Call) -> web.StreamResponse:
    """Cancel a refund that is in no file."""
    body = await call.json(Reason)
    async with call.begin() as work:
        await cancel_refund(work, refund_id=call.key(), reason=body.reason)
    return await read_refund(call)


async def account(call: Call) -> web.StreamResponse:
    """Propose another account for a refund."""
    body = await call.json(RefundAccount)
    bic = Bic.parse(body.bic) if body.bic else None
    async with call.begin() as work:
        await propose_account(work, refund_id=call.key(), iban=Iban.parse(body.iban), bic=bic, reason=body.reason)
    return await read_refund(call)


async def freeze(call: Call) -> web.StreamResponse:
    """Freeze the approved refunds into a run."""
    maker = await maker_of(call.gateway.database, call.actor)
    run_id = await freeze_refunds(call.collecting, company_id=call.company_id, maker=maker)
    return call.answer(FrozenShape(run_ids=[str(run_id)]), status=201)


ROUTES = (
    api("GET", "/refunds", Right.SEE, list_refunds, summary="List refunds", query=RefundFilter, gives=RefundList),
    api("GET", "/refunds/{id}", Right.SEE, read_refund, summary="Read a refund", gives=RefundShape),
    api(
        "POST", "/refunds", Right.WORK, propose, takes=NewRefund, gives=RefundShape, status=201, creates=True,
        summary="Propose to pay back what is kept for a customer; another person approves it",
    ),
    api(
        "POST", "/refunds/{id}/cancel", Right.WORK, cancel, takes=Reason, gives=RefundShape,
        summary="Cancel a refund that is in no file",
    ),
    api(
        "POST", "/refunds/{id}/account", Right.WORK, account, takes=RefundAccount, gives=RefundShape,
        summary="Propose another account for a refund; it waits for a second person",
    ),
    api(
        "POST", "/refund-runs", Right.WORK, freeze, gives=FrozenShape, status=201,
        summary="Freeze the approved refunds into a run, which waits for the approval of a person",
    ),
)  # fmt: skip
