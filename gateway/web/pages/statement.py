"""One statement: its entries, or why it is held, what speaks for and against it, and the decision of a person."""

from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.statement import follows
from gateway.services.import_statement import reject_statement
from gateway.store import statement_lists
from gateway.store.database import ReadSession
from gateway.store.statements import Statement, facts_of
from gateway.web.context import Call
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.views.gaps import gap_of
from schemas.errors import GatewayError, NotFound
from schemas.states import HoldReason, StatementState


class NoSuchStatement(NotFound):
    """There is no such statement in this company."""


class Signs(NamedTuple):
    """What speaks for and against a held statement; None where it cannot be said."""

    adds_up: bool | None
    reached_minor: int | None
    is_account_known: bool
    is_complete: bool
    meets_previous: bool | None
    meets_following: bool | None
    previous: Statement | None
    following: Statement | None


async def show_statement(call: Call) -> web.StreamResponse:
    """Show a statement with its entries."""
    return await _answer(call)


async def _answer(call: Call, *, fault: str = "", status: int = 200) -> web.StreamResponse:
    query = call.query(PageQuery)
    async with call.gateway.database.read() as session:
        statement = await _find(session, call)
        accounts = await statement_lists.accounts_of(session, company_id=call.company_id)
        previous = await statement_lists.previous_of(session, statement)
        same = statement.same_as_id and await statement_lists.get_statement(
            session, company_id=call.company_id, statement_id=statement.same_as_id
        )
        return call.page(
            "statements/one.html",
            status=status,
            query=query,
            statement=statement,
            account=accounts.get(statement.bank_account_id or 0),
            file=await statement_lists.get_file(session, company_id=call.company_id, file_id=statement.file_id),
            same=same or None,
            gap=gap_of(statement, previous),
            signs=await _signs(session, statement, previous),
            lines=await statement_lists.entries_page(
                session, company_id=call.company_id, statement_id=statement.id, cursor=query.cursor
            ),
            can_be_taken=statement.hold_reason is not HoldReason.UNKNOWN_ACCOUNT,
            fault=fault,
        )


async def _find(session: ReadSession, call: Call) -> Statement:
    key = call.key()
    statement = await statement_lists.get_statement(session, company_id=call.company_id, statement_id=key)
    if statement is None:
        raise NoSuchStatement(f"there is no statement {key}")
    return statement


async def _signs(session: ReadSession, statement: Statement, previous: Statement | None) -> Signs:
    following = await statement_lists.following_of(session, statement)
    facts = facts_of(statement)
    reached = None if facts.opening_minor is None else facts.opening_minor + facts.booked_sum_minor
    return Signs(
        adds_up=None if reached is None or facts.closing_minor is None else reached == facts.closing_minor,
        reached_minor=reached,
        is_account_known=statement.bank_account_id is not None,
        is_complete=statement.is_complete,
        meets_previous=None if previous is None else follows(facts, facts_of(previous)),
        meets_following=None if following is None else follows(facts, facts_of(following)),
        previous=previous,
        following=following,
    )


async def take(call: Call) -> web.StreamResponse:
    """Take a held statement in spite of what speaks against it; the reason stays with it."""
    reason = (await call.form()).get("reason", "").strip()[:500]
    async with call.gateway.database.read() as session:
        statement = await _find(session, call)
    if not reason:
        return await _answer(call, fault=call._("Say why it can be taken."), status=422)
    try:
        await call.gateway.workers.take_statement(statement.id, call.actor, reason)
    except GatewayError as error:
        return await _answer(call, fault=str(error), status=409)
    return call.redirect(f"/statements/{statement.id}", say=call._("Taken; your reason stays with it."))


async def reject(call: Call) -> web.StreamResponse:
    """Reject a held statement for good."""
    reason = (await call.form()).get("reason", "").strip()[:500]
    async with call.gateway.database.read() as session:
        statement = await _find(session, call)
    if not reason:
        return await _answer(call, fault=call._("Say why it is rejected."), status=422)
    try:
        async with call.begin(ids=10) as work:
            await reject_statement(work, statement_id=statement.id, reason=reason)
    except GatewayError as error:
        return await _answer(call, fault=str(error), status=409)
    return call.redirect(f"/statements/{statement.id}", say=call._("Rejected."))


def is_held(statement: Statement) -> bool:
    """Tell whether a statement waits for a person."""
    return statement.state is StatementState.HELD


ROUTES = (
    page("GET", "/statements/{id}", Right.SEE, show_statement),
    page("POST", "/statements/{id}/take", Right.TAKE_STATEMENT, take),
    page("POST", "/statements/{id}/reject", Right.TAKE_STATEMENT, reject),
)
