"""The first page: what waits, how well matching did, what arrived last; on an empty installation the first steps."""

import datetime as dt
from functools import partial

from aiohttp import web

from gateway.domain.access import Right
from gateway.store import (
    companies,
    first_steps,
    match_alarms,
    match_rate,
    open_items,
    review_queue,
    statement_lists,
    unpaid_lists,
)
from gateway.store.review_queue import Queue
from gateway.web.context import Call
from gateway.web.pages.review import OLD
from gateway.web.pages.statements import file_lines
from gateway.web.routing import page

_WINDOW = dt.timedelta(days=30)
_FILES_SHOWN = 6


async def show_dashboard(call: Call) -> web.StreamResponse:
    """Show what waits."""
    company_id, today = call.company_id, call.now.date()
    queue = Queue(company_id, today)
    async with call.gateway.database.read() as session:
        groups = await review_queue.groups(session, queue, old_before=call.now - OLD)
        company = await companies.company_by_id(session, company_id)
        currency = company.currency if company else "EUR"
        since = today - _WINDOW
        look = partial(match_rate.match_rate, session, company_id=company_id, currency=currency, since=since)
        files = await statement_lists.files_page(session, company_id=company_id, limit=_FILES_SHOWN)
        return call.page(
            "dashboard/dashboard.html",
            steps=await first_steps.first_steps(session, company_id=company_id),
            groups=groups,
            old_count=sum(group.old_count for group in groups),
            unpaid_count=await unpaid_lists.count_open(session, company_id=company_id),
            held_count=await statement_lists.count_held(session, company_id=company_id),
            changes=await open_items.waiting_changes(session, company_id=company_id, limit=20),
            rate=await call.gateway.kept.ask(session, company_id, ("match_rate", currency, since), look),
            currency=currency,
            alarms=await match_alarms.unseen_alarms(session, company_id=company_id),
            accounts=await statement_lists.accounts_of(session, company_id=company_id),
            files=await file_lines(session, call, files.rows),
        )


async def next_step(call: Call, otherwise: str) -> str:
    """Return where a person goes on: to the next of the first steps while there is nothing to match payments with."""
    async with call.gateway.database.read() as session:
        steps = await first_steps.first_steps(session, company_id=call.company_id)
    return otherwise if steps.has_items or not call.may(Right.SEE) else "/dashboard"


async def count_review(call: Call) -> str:
    """Return how many questions wait, for the sidebar."""
    async with call.gateway.database.read() as session:
        count = await review_queue.count_waiting(session, company_id=call.company_id, today=call.now.date())
    return str(count) if count else ""


async def count_held(call: Call) -> str:
    """Return how many statements are held, for the sidebar."""
    async with call.gateway.database.read() as session:
        count = await statement_lists.count_held(session, company_id=call.company_id)
    return call.count("%(num)s held", "%(num)s held", count) if count else ""


ROUTES = (page("GET", "/dashboard", Right.SEE, show_dashboard),)
