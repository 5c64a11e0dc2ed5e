"""The approval of a run: what the other person has to see before he answers for it, and his second factor."""

from functools import partial

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.collecting.rules import approvals_needed
from gateway.services.approve_run import SeenRun, approve_run
from gateway.services.log_in import TooManyAttempts
from gateway.services.read_run import run_of
from gateway.services.use_second_factor import SecondFactor
from gateway.store import collection_runs, creditor_terms, refunds_in_runs, run_lists, runs_in_work
from gateway.store.accounts import get_account
from gateway.web.context import Call
from gateway.web.errors import status_of
from gateway.web.pages.collection_runs import troubles_shown
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from schemas.errors import GatewayError


async def show(call: Call) -> web.StreamResponse:
    """Show what is to be approved."""
    return await _answer(call)


async def _answer(call: Call, *, fault: str = "", status: int = 200) -> web.StreamResponse:
    run = await run_of(call.collecting, company_id=call.company_id, run_id=call.key())
    company_id, run_id, query = call.company_id, run.id, call.query(PageQuery)
    async with call.gateway.database.read() as session:
        rules = await creditor_terms.rules_of(session, company_id)
        given = await collection_runs.approvals_of(session, company_id=company_id, run_id=run_id)
        look = partial(run_lists.new_accounts, session, company_id=company_id, run_id=run_id)
        new, changed, accounts = await call.gateway.kept.ask(session, company_id, ("new accounts", run_id), look)
        deciders = await runs_in_work.deciders_of(session, run_id=run_id)
        values = {
            "account": await get_account(session, company_id=company_id, account_id=run.bank_account_id),
            "batches": await collection_runs.batches_of(session, company_id=company_id, run_id=run_id),
            "before": await run_lists.run_before(session, run),
            "collections": await run_lists.collections_page(
                session, company_id=company_id, run_id=run_id, cursor=query.cursor
            ),
            "refunds": await refunds_in_runs.refunds_page_of_run(session, company_id=company_id, run_id=run_id),
            "troubles": await troubles_shown(call, session, run),
        }
    is_maker = call.actor.id == run.made_by_id or call.actor.word in deciders
    return call.page(
        "collections/approve.html", status=status, run=run, query=query, fault=fault, given=given,
        needed=approvals_needed(rules, run.sum_minor), new_count=new, changed_count=changed, accounts=accounts,
        is_maker=is_maker, has_approved=any(one.user_id == call.actor.id for one in given), **values,
    )  # fmt: skip


async def approve(call: Call) -> web.StreamResponse:
    """Approve exactly what was shown."""
    form = await call.form()
    seen = SeenRun(form.get("sha256", ""), _number(form.get("sum", "")), _number(form.get("count", "")))
    factor = SecondFactor(call.gateway.key, call.gateway.log_in_rules)
    try:
        is_approved = await approve_run(
            call.collecting, factor, caller=call.caller, run_id=call.key(), seen=seen, code=form.get("code", "")
        )
    except TooManyAttempts as error:
        return await _answer(call, fault=str(error), status=429)
    except GatewayError as error:
        return await _answer(call, fault=str(error), status=status_of(error))
    say = (
        call._("Approved. The file may go to the bank.")
        if is_approved
        else call._("Approved. A second person is needed.")
    )
    return call.redirect(f"/collections/runs/{call.key()}", say=say)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else -1


ROUTES = (
    page("GET", "/collections/runs/{id}/approve", Right.APPROVE, show),
    page("POST", "/collections/runs/{id}/approve", Right.APPROVE, approve),
)
