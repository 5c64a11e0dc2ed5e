"""The API of requests to the bank about a run. A machine writes them and fetches cancellations; never reversals."""

from typing import Any

from aiohttp import hdrs, web

from gateway.domain.access import Right
from gateway.services.ask_bank import Wanted, ask_bank, confirm_cancelled, hand_out_request
from gateway.services.read_run import run_of
from gateway.services.use_second_factor import SecondFactor
from gateway.store import run_requests
from gateway.web.context import Call
from gateway.web.routing import api
from schemas.cancellation import CancellationReason
from schemas.payloads.run_requests import (
    CancelledBody,
    CancelledShape,
    NewCancellation,
    NewReversal,
    RequestList,
    RequestShape,
)
from schemas.reversal import ReversalReason


async def list_requests(call: Call) -> web.StreamResponse:
    """List what the bank was asked about a run, the latest first."""
    await run_of(call.collecting, company_id=call.company_id, run_id=call.key())
    return call.answer(RequestList(items=await _shapes(call)))


async def _shapes(call: Call) -> list[RequestShape]:
    async with call.gateway.database.read() as session:
        found = await run_requests.requests_of_run(session, company_id=call.company_id, run_id=call.key())
    return [
        RequestShape(
            kind="reversal" if one.kind == run_requests.REVERSAL else "cancellation", sha256=one.sha256,
            made_at=one.at, made_by=one.actor, collections=one.collection_count, amount_minor=one.sum_minor,
        )
        for one in found
    ]  # fmt: skip


async def _asked(call: Call, ids: Any, reason: CancellationReason | ReversalReason) -> web.StreamResponse:
    wanted = Wanted(call.key(), [int(key) for key in ids], reason)
    sha256 = await ask_bank(call.collecting, company_id=call.company_id, wanted=wanted, actor=call.actor)
    return call.answer(next(one for one in await _shapes(call) if one.sha256 == sha256), status=201)


async def cancel(call: Call) -> web.StreamResponse:
    """Write a request not to collect."""
    body = await call.json(NewCancellation)
    return await _asked(call, body.collection_ids, CancellationReason(body.reason))


async def reverse(call: Call) -> web.StreamResponse:
    """Write a request to give back."""
    body = await call.json(NewReversal)
    return await _asked(call, body.collection_ids, ReversalReason(body.reason))


async def read_file(call: Call) -> web.StreamResponse:
    """Hand out the file of a request for cancellation; that of a reversal needs a person."""
    factor = SecondFactor(call.gateway.key, call.gateway.log_in_rules)
    path = await hand_out_request(
        call.collecting, factor, caller=call.caller, run_id=call.key(), sha256=call.word("sha256"), code=""
    )
    return web.FileResponse(path, headers={hdrs.CONTENT_TYPE: "application/xml"})


async def confirm(call: Call) -> web.StreamResponse:
    """Note that the bank cancelled debits."""
    body = await call.json(CancelledBody)
    ids = [int(key) for key in body.collection_ids]
    async with call.begin(ids=4 * len(ids) + 100) as work:
        count = await confirm_cancelled(work, run_id=call.key(), collection_ids=ids, proof=body.proof)
    return call.answer(CancelledShape(cancelled=count))


ROUTES = (
    api(
        "GET", "/collection-runs/{id}/requests", Right.SEE, list_requests, gives=RequestList,
        summary="List what the bank was asked about a run",
    ),
    api(
        "POST", "/collection-runs/{id}/cancellations", Right.WORK, cancel, takes=NewCancellation, gives=RequestShape,
        status=201, summary="Write a request not to collect debits that the bank has (camt.055)",
    ),
    api(
        "POST", "/collection-runs/{id}/reversals", Right.WORK, reverse, takes=NewReversal, gives=RequestShape,
        status=201, summary="Write a request to give debits back (pain.007); a person hands its file out",
    ),
    api(
        "GET", "/collection-runs/{id}/requests/{sha256}", Right.WORK, read_file, produces="application/xml",
        summary="Take the file of a request for cancellation to the bank",
    ),
    api(
        "POST", "/collection-runs/{id}/cancelled", Right.WORK, confirm, takes=CancelledBody, gives=CancelledShape,
        summary="Note that the bank cancelled debits; what they asked for is free again",
    ),
)  # fmt: skip
