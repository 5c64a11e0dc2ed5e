"""Refunds: what is kept for customers goes back to them. Proposed by one person, approved by another, sent in a run."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.services.freeze_refunds import freeze_refunds
from gateway.services.freeze_run import maker_of
from gateway.services.propose_refund import (
    RefundWanted,
    approve_refund,
    cancel_refund,
    propose_account,
    propose_refund,
    refundable_minor,
)
from gateway.store import parties, refunds, run_lists, transaction_history
from gateway.store.open_items import OpenItem
from gateway.store.parties import PayerIban
from gateway.store.refunds import Refund
from gateway.web.context import Call
from gateway.web.errors import status_of
from gateway.web.faults import at, faults_of
from gateway.web.pages.invoices import find_item
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.typed import read_amount
from schemas.errors import GatewayError
from schemas.identifiers import Bic, Iban
from schemas.states import RefundState

_OTHER = "other"


class Which(StrEnum):
    """Which refunds a chip of the list shows."""

    WAITING = "waiting"
    SENT = "sent"
    ENDED = "ended"
    ALL = "all"


_STATES: Mapping[Which, tuple[RefundState, ...]] = {
    Which.WAITING: (RefundState.PROPOSED, RefundState.APPROVED, RefundState.BATCHED),
    Which.SENT: (RefundState.SUBMITTED,),
    Which.ENDED: (RefundState.SETTLED, RefundState.FAILED, RefundState.CANCELLED),
    Which.ALL: (),
}


class RefundQuery(PageQuery):
    """Which refunds are listed."""

    which: Which = Which.WAITING


class RefundLine(NamedTuple):
    """One refund as the list shows it."""

    row: Refund
    customer: str
    number: str
    who: str
    source: str  # Where its account is known from; empty when somebody typed it.
    is_own: bool
    is_shaken: bool
    ended: str


async def show_refunds(call: Call) -> web.StreamResponse:
    """Show the list."""
    return await _list(call)


async def _list(call: Call, *, fault: str = "", status: int = 200) -> web.StreamResponse:
    query, company_id = call.query(RefundQuery), call.company_id
    async with call.gateway.database.read() as session:
        found = await refunds.page_of_refunds(
            session, company_id=company_id, states=_STATES[query.which], cursor=query.cursor
        )
        people = [row.party_id for row in found.rows]
        names = await run_lists.names_of_parties(session, company_id=company_id, ids=people)
        known = await parties.ibans_of_customers(session, company_id=company_id, customer_ids=people)
        numbers = await run_lists.numbers_of_items(
            session, company_id=company_id, ids=[row.open_item_id for row in found.rows]
        )
        who = await transaction_history.names_of(session, [row.proposed_by for row in found.rows])
        ends = await refunds.ends_of(session, [row.id for row in found.rows])
        untils = await refunds.refundable_untils(
            session, company_id=company_id, party_ids=people, today=call.now.date()
        )
        shaken = {
            key
            for state in (RefundState.PROPOSED, RefundState.APPROVED)
            for key in await refunds.shaken_refunds(session, company_id=company_id, state=state)
        }
        approved = await refunds.count_refunds(session, company_id=company_id, state=RefundState.APPROVED)
        proposed = await refunds.count_refunds(session, company_id=company_id, state=RefundState.PROPOSED)
    lines = [
        RefundLine(
            row, names.get(row.party_id, ("", ""))[0], numbers.get(row.open_item_id, ""),
            who.get(row.proposed_by, row.proposed_by), _source(row, known[row.party_id]),
            row.proposed_by == call.actor.word, row.id in shaken, ends.get(row.id, ""),
        )
        for row in found.rows
    ]  # fmt: skip
    return call.page(
        "refunds/list.html", status=status, query=query, lines=lines, next_cursor=found.next_cursor, untils=untils,
        approved=approved, proposed=proposed, fault=fault, kinds=tuple(Which),
    )  # fmt: skip


def _source(row: Refund, known: Sequence[PayerIban]) -> str:
    return next((one.source for one in known if one.iban == row.creditor_iban), "")


async def show_form(call: Call) -> web.StreamResponse:
    """Show what is kept, and where it may go."""
    return await _form(call)


async def _form(call: Call, *, error: GatewayError | None = None) -> web.StreamResponse:
    typed = await call.form() if error else {}
    async with call.gateway.database.read() as session:
        item = await find_item(session, call)
        customer = await parties.get_customer(session, company_id=call.company_id, customer_id=item.party_id)
        known = await parties.ibans_of_customers(session, company_id=call.company_id, customer_ids=[item.party_id])
        untils = await refunds.refundable_untils(
            session, company_id=call.company_id, party_ids=[item.party_id], today=call.now.date()
        )
    return call.page(
        "refunds/new.html", status=status_of(error) if error else 200, item=item, customer=customer,
        left=refundable_minor(item), accounts=_distinct(known[item.party_id]), until=untils.get(item.party_id),
        typed=typed, faults=faults_of(error) if error else {}, other=_OTHER,
    )  # fmt: skip


def _distinct(known: Sequence[PayerIban]) -> list[PayerIban]:
    """Return each account once; what pays for several customers is none of his."""
    return list({one.iban: one for one in reversed(known) if one.source != "collector"}.values())


async def propose(call: Call) -> web.StreamResponse:
    """Propose a refund."""
    form = await call.form()
    try:
        async with call.gateway.database.read() as session:
            item = await find_item(session, call)
            known = await parties.ibans_of_customers(session, company_id=call.company_id, customer_ids=[item.party_id])
        wanted = _wanted(call, form, item, known[item.party_id])
        async with call.begin() as work:
            await propose_refund(work, wanted, reason=form.get("reason", "").strip()[:200])
    except GatewayError as error:
        return await _form(call, error=error)
    return call.redirect("/refunds", say=call._("Proposed. Another person approves it."))


def _wanted(call: Call, form: Mapping[str, str], item: OpenItem, known: Sequence[PayerIban]) -> RefundWanted:
    chosen = next((one for one in known if str(one.id) == form.get("account", "")), None)
    with at("amount"):
        minor = read_amount(form.get("amount", ""), "EUR", call.language)
    text = " ".join(form.get("remittance", "").split())[:140]
    if chosen is not None:
        return RefundWanted(item.id, minor, Iban(chosen.iban), Bic(chosen.bic) if chosen.bic else None, text)
    iban, bic = _account(form)
    return RefundWanted(item.id, minor, iban, bic, text)


def _account(form: Mapping[str, str]) -> tuple[Iban, Bic | None]:
    bic = form.get("bic", "").strip()
    return Iban.parse(form.get("iban", "")), Bic.parse(bic) if bic else None


async def approve(call: Call) -> web.StreamResponse:
    """Approve a refund of somebody else."""
    await call.form()
    try:
        async with call.begin() as work:
            await approve_refund(work, refund_id=call.key())
    except GatewayError as error:
        return await _list(call, fault=str(error), status=status_of(error))
    return call.redirect("/refunds", say=call._("Approved. It will be in the next file of refunds."))


async def cancel(call: Call) -> web.StreamResponse:
    """Cancel a refund that is in no file."""
    form = await call.form()
    try:
        async with call.begin() as work:
            await cancel_refund(work, refund_id=call.key(), reason=form.get("reason", ""))
    except GatewayError as error:
        return await _list(call, fault=str(error), status=status_of(error))
    return call.redirect("/refunds", say=call._("Cancelled. The money stays kept for the customer."))


async def change_account(call: Call) -> web.StreamResponse:
    """Propose another account for a refund."""
    form = await call.form()
    try:
        iban, bic = _account(form)
        async with call.begin() as work:
            await propose_account(work, refund_id=call.key(), iban=iban, bic=bic, reason=form.get("reason", ""))
    except GatewayError as error:
        return await _list(call, fault=str(error), status=status_of(error))
    return call.redirect("/refunds", say=call._("Proposed. It holds once an approver accepts it under Changes."))


async def freeze(call: Call) -> web.StreamResponse:
    """Freeze the approved refunds into a file."""
    await call.form()
    try:
        maker = await maker_of(call.gateway.database, call.actor)
        run_id = await freeze_refunds(call.collecting, company_id=call.company_id, maker=maker)
    except GatewayError as error:
        return await _list(call, fault=str(error), status=status_of(error))
    say = call.count("Frozen: %(num)s file waits for the approval of another person.",
                     "Frozen: %(num)s files wait for the approval of another person.", 1)  # fmt: skip
    return call.redirect(f"/collections/runs/{run_id}", say=say)


ROUTES = (
    page("GET", "/refunds", Right.SEE, show_refunds),
    page("GET", "/invoices/{id}/refund", Right.WORK, show_form),
    page("POST", "/invoices/{id}/refund", Right.WORK, propose),
    page("POST", "/refunds/{id}/approve", Right.APPROVE, approve),
    page("POST", "/refunds/{id}/cancel", Right.WORK, cancel),
    page("POST", "/refunds/{id}/account", Right.WORK, change_account),
    page("POST", "/refunds/freeze", Right.WORK, freeze),
)
