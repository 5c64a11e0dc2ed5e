"""Runs: all of them, and one of them, which answers one question: where is the money?"""

from functools import partial
from typing import Any

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.collecting.model import LeftOutReason
from gateway.services.approve_run import RunHasTrouble
from gateway.services.collect_in_worker import FreezeWanted
from gateway.services.discard_run import discard_run, ids_for, keep_collections
from gateway.services.freeze_run import maker_of
from gateway.services.read_run import check_bytes, run_of
from gateway.services.submit_run import begin_submission, end_submission
from gateway.store import collection_runs, refunds_in_runs, run_lists, run_requests, runs_in_work, transaction_history
from gateway.store.accounts import get_account
from gateway.store.collection_runs import CollectionRun
from gateway.store.database import ReadSession
from gateway.store.refunds import Refund
from gateway.store.run_requests import RunRequest
from gateway.store.runs_in_work import Troubles
from gateway.web.context import Call
from gateway.web.downloads import XML, download
from gateway.web.errors import status_of
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from schemas.cancellation import CancellationReason
from schemas.errors import Conflict, GatewayError
from schemas.reversal import ReversalReason
from schemas.states import RunKind, RunState, SubmissionState

_TROUBLES_SHOWN = 50
_OPEN = (SubmissionState.SENDING, SubmissionState.UNKNOWN)


class FileNotOut(Conflict):
    """The file is handed out after the approval, once an attempt to send it is begun."""

    code = "file_not_out"


async def list_runs(call: Call) -> web.StreamResponse:
    """Show all runs, the newest first."""
    query = call.query(PageQuery)
    async with call.gateway.database.read() as session:
        rows = await collection_runs.list_runs(session, company_id=call.company_id, cursor=query.cursor)
    return call.page("collections/runs.html", runs=rows, query=query)


async def show_run(call: Call) -> web.StreamResponse:
    """Show one run."""
    return await answer_with(call)


async def answer_with(call: Call, *, fault: str = "", status: int = 200) -> web.StreamResponse:
    """Show a run, with what could not be done."""
    run = await run_of(call.collecting, company_id=call.company_id, run_id=call.key())
    query = call.query(PageQuery)
    reasons = {reason.value: reason for reason in LeftOutReason}
    values: dict[str, Any] = {"run": run, "query": query, "fault": fault, "reasons": reasons}
    company_id, run_id = call.company_id, run.id
    async with call.gateway.database.read() as session:
        values["account"] = await get_account(session, company_id=company_id, account_id=run.bank_account_id)
        values["sums"] = await call.gateway.kept.ask(
            session, company_id, ("sums", run_id), lambda: run_lists.sums_by_state(session, run)
        )
        values["approvals"] = await collection_runs.approvals_of(session, company_id=company_id, run_id=run_id)
        values["actors"] = await transaction_history.names_of(session, [one.actor for one in values["approvals"]])
        attempts = await collection_runs.submissions_of(session, company_id=company_id, run_id=run_id)
        values["collections"] = await run_lists.collections_page(
            session, company_id=company_id, run_id=run_id, cursor=query.cursor
        )
        values["refunds"] = await _refunds(session, run)
        values["requests"] = await _requests(session, run)
        makers = [one.actor for one in values["requests"]]
        values["actors"] |= await transaction_history.names_of(session, makers)
        values["troubles"] = await troubles_shown(call, session, run)
        names = [one.party_id for one in values["troubles"].rows] + [one["party_id"] for one in run.left_out[:50]]
        values["names"] = await run_lists.names_of_parties(session, company_id=company_id, ids=names)
    values |= {"attempts": attempts, "cancellations": CancellationReason, "reversals": ReversalReason}
    values["attempt"] = next((one for one in attempts if one.state in _OPEN), None)
    values["is_maker"] = run.made_by_id is not None and run.made_by_id == call.actor.id
    return call.page("collections/run.html", status=status, **values)


async def _refunds(session: Any, run: CollectionRun) -> list[Refund]:
    if run.kind is not RunKind.REFUND:
        return []
    return await refunds_in_runs.refunds_page_of_run(session, company_id=run.company_id, run_id=run.id)


async def _requests(session: Any, run: CollectionRun) -> list[RunRequest]:
    if run.kind is not RunKind.DIRECT_DEBIT or run.state not in (RunState.SUBMITTED, RunState.CLOSED):
        return []
    return await run_requests.requests_of_run(session, company_id=run.company_id, run_id=run.id)


async def troubles_shown(call: Call, session: ReadSession, run: CollectionRun) -> Troubles:
    """Return what is no longer as it was frozen; approving and sending look at it again."""
    if run.state not in (RunState.FROZEN, RunState.APPROVED):
        return Troubles(0, [])
    look = partial(runs_in_work.troubles_of, session, company_id=run.company_id, run_id=run.id, limit=_TROUBLES_SHOWN)
    return await call.gateway.kept.ask(session, run.company_id, ("troubles", run.id), look)


async def _done(call: Call, say: str, path: str = "") -> web.StreamResponse:
    return call.redirect(path or f"/collections/runs/{call.key()}", say=say)


async def discard(call: Call) -> web.StreamResponse:
    """Discard a run; its invoices are free again."""
    form = await call.form()
    run = await run_of(call.collecting, company_id=call.company_id, run_id=call.key())
    try:
        async with call.begin(ids=ids_for(run)) as work:
            await discard_run(work, run_id=run.id, reason=form.get("reason", ""))
    except GatewayError as error:
        return await answer_with(call, fault=str(error), status=status_of(error))
    return await _done(call, call._("Discarded. What is due can be collected again."))


async def decide(call: Call) -> web.StreamResponse:
    """Take collections out of a run, which makes a new file, or keep them in it with a reason."""
    form = await call.form()
    chosen = tuple(int(text) for text in form.getall("collection", []) if text.isdigit() and len(text) <= 18)
    try:
        if form.get("do") == "keep":
            async with call.begin(ids=10) as work:
                await keep_collections(work, run_id=call.key(), collection_ids=chosen, reason=form.get("reason", ""))
            return await _done(call, call._("Kept."))
        if not chosen:
            raise NoDebitMarked
        maker = await maker_of(call.gateway.database, call.actor)
        frozen = await call.gateway.workers.freeze(
            FreezeWanted(
                call.company_id, maker, call.gateway.profiles, run_id=call.key(), without_ids=chosen,
                reason=form.get("reason", ""),
            )
        )  # fmt: skip
    except GatewayError as error:
        return await answer_with(call, fault=str(error), status=status_of(error))
    path = f"/collections/runs/{frozen.run_ids[0]}" if frozen.run_ids else "/collections/runs"
    return await _done(call, call._("Taken out. The rest is a new file, which needs a new approval."), path)


class NoDebitMarked(GatewayError):
    """Mark at least one debit, or say how it ended."""

    code = "no_debit_marked"


async def begin_sending(call: Call) -> web.StreamResponse:
    """Begin an attempt: from now on the file is handed out, until somebody says how it ended."""
    await call.form()
    try:
        await begin_submission(call.collecting, company_id=call.company_id, run_id=call.key(), actor=call.actor)
    except RunHasTrouble as error:
        return await answer_with(call, fault=str(error), status=409)
    except GatewayError as error:
        return await answer_with(call, fault=str(error), status=status_of(error))
    return await _done(call, call._("Download the file, upload it at your bank, then say here how it ended."))


async def end_sending(call: Call) -> web.StreamResponse:
    """Say how the attempt ended."""
    form = await call.form()
    run = await run_of(call.collecting, company_id=call.company_id, run_id=call.key())
    try:
        outcome = SubmissionState(form.get("outcome", ""))
        async with call.begin(ids=2 * run.collection_count + 100) as work:
            await end_submission(work, run_id=run.id, outcome=outcome, proof=form.get("proof", ""))
    except ValueError:
        return await answer_with(call, fault=str(NoDebitMarked()), status=422)
    except GatewayError as error:
        return await answer_with(call, fault=str(error), status=status_of(error))
    return await _done(call, call._("Written down."))


async def send_file(call: Call) -> web.StreamResponse:
    """Hand out the file of a run that is being sent or was sent; its bytes are compared with the hash first."""
    await call.form()
    run = await run_of(call.collecting, company_id=call.company_id, run_id=call.key())
    async with call.gateway.database.read() as session:
        attempts = await collection_runs.submissions_of(session, company_id=call.company_id, run_id=run.id)
    try:
        if all(attempt.state is SubmissionState.NOT_SENT for attempt in attempts):
            raise FileNotOut
        path = await check_bytes(call.collecting, run, call.actor)
    except GatewayError as error:
        return await answer_with(call, fault=str(error), status=status_of(error))
    async with call.begin(ids=5) as work:
        work.say("hand_out_file", f"run:{run.id}", reason=run.sha256)
    return web.FileResponse(path, headers=download(run.file_name, XML))


ROUTES = (
    page("GET", "/collections/runs", Right.SEE, list_runs),
    page("GET", "/collections/runs/{id}", Right.SEE, show_run),
    page("POST", "/collections/runs/{id}/discard", Right.WORK, discard),
    page("POST", "/collections/runs/{id}/decide", Right.WORK, decide),
    page("POST", "/collections/runs/{id}/submit", Right.WORK, begin_sending),
    page("POST", "/collections/runs/{id}/end", Right.WORK, end_sending),
    page("POST", "/collections/runs/{id}/file", Right.WORK, send_file),
)
