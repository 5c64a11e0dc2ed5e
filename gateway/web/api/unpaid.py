"""The API of the unpaid register: list, read, present again, give to somebody, close."""

from typing import Any

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.retry import explain_retry
from gateway.services import manage_unpaid
from gateway.services.plan_retry import NoSuchUnpaid, accept_retry, chance_of
from gateway.store import unpaid_fees, unpaid_lists
from gateway.store.unpaid_fees import FeeShown
from gateway.store.unpaid_lists import UnpaidFilter as Wanted
from gateway.store.unpaid_lists import UnpaidLine
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.routing import api
from schemas.codes import REASON_WORDS, words_of
from schemas.codes.reason_actions import ACTION_WORDS
from schemas.payloads.unpaid import (
    CloseBody,
    FeeApart,
    OwnerBody,
    RetryBody,
    RetryProposal,
    UnpaidDetails,
    UnpaidFilter,
    UnpaidItem,
    UnpaidList,
    UnpaidShape,
)
from schemas.states import UnpaidState

_PLAIN = (
    "kind", "state", "reason", "amount_minor", "fee_minor", "compensation_minor", "currency", "occurred_date", "retry",
    "mandate_action", "next_action", "retry_date", "note", "closed_at", "closed_by", "version",
)  # fmt: skip
_KEYS = ("id", "collection_id", "bank_transaction_id", "retry_id", "fee_item_id", "owner_id")


async def list_unpaid(call: Call) -> web.StreamResponse:
    """List debits that were rejected or came back, the last first."""
    asked = call.query(UnpaidFilter)
    states = (asked.state,) if asked.state else ()
    wanted = Wanted(states, asked.kind, asked.action, asked.reason, asked.customer_id, None, asked.search)
    async with call.gateway.database.read() as session:
        page = await unpaid_lists.list_unpaid(
            session, company_id=call.company_id, wanted=wanted, cursor=asked.cursor or "", limit=asked.limit
        )
    items = [UnpaidShape(**_facts(call, line)) for line in page.rows]
    return call.answer(UnpaidList(items=items, next_cursor=page.next_cursor))


def _facts(call: Call, line: UnpaidLine) -> dict[str, Any]:
    row = line.row
    keys = {name: None if getattr(row, name) is None else str(getattr(row, name)) for name in _KEYS}
    return (
        {name: getattr(row, name) for name in _PLAIN}
        | keys
        | {
            "customer_id": str(row.party_id),
            "customer_number": line.customer_number,
            "customer_name": line.customer_name,
            "end_to_end_id": line.end_to_end_id,
            "reason_text": words_of(REASON_WORDS, row.reason, call.language) if row.reason else "",
            "bank_text": row.words,
            "next_action_text": words_of(ACTION_WORDS, row.next_action, call.language),
            "items": [UnpaidItem(item_id=str(key), number=number) for key, number in line.items],
        }
    )


async def read_unpaid(call: Call) -> web.StreamResponse:
    """Read one row with what is proposed for it."""
    return call.answer(await _details(call))


async def _details(call: Call) -> UnpaidDetails:
    async with call.gateway.database.read() as session:
        line = await unpaid_lists.get_unpaid(session, company_id=call.company_id, row_id=call.key())
        if line is None:
            raise NoSuchUnpaid(f"there is no row {call.key()} in the unpaid register")
        proposal = None
        if line.row.state is UnpaidState.OPEN and line.row.collection_id is not None:
            plan = (await chance_of(session, line.row, today=call.now.date())).plan
            words = explain_retry(plan, call.language, day=lambda date: formats.day(date, call.language))
            proposal = RetryProposal(retry_date=plan.retry_date, first_date=plan.first_date, explanation=words)
        fees = await unpaid_fees.shown_fees(session, company_id=call.company_id, row_id=line.row.id)
    return UnpaidDetails(**_facts(call, line), retry_proposal=proposal, fees_apart=[fee_apart(fee) for fee in fees])


def fee_apart(shown: FeeShown) -> FeeApart:
    """Return a fee that was booked apart as the API says it."""
    tie = shown.tie
    return FeeApart(
        unpaid_id=str(tie.unpaid_id),
        bank_transaction_id=str(tie.bank_transaction_id),
        booking_date=shown.booking_date,
        amount_minor=tie.amount_minor,
        fee_item_id=str(tie.fee_item_id) if tie.fee_item_id else None,
    )


async def present_again(call: Call) -> web.StreamResponse:
    """Plan a new debit of what is still open."""
    body = await call.json(RetryBody)
    async with call.begin(ids=100) as work:
        await accept_retry(work, row_id=call.key(), retry_date=body.retry_date)
    return call.answer(await _details(call))


async def assign(call: Call) -> web.StreamResponse:
    """Give the row to somebody, or to nobody."""
    body = await call.json(OwnerBody)
    async with call.begin() as work:
        owner_id = int(body.owner_id) if body.owner_id else None
        await manage_unpaid.assign(work, row_ids=[call.key()], owner_id=owner_id)
    return call.answer(await _details(call))


async def close(call: Call) -> web.StreamResponse:
    """Close the row with a reason; what is open stays open."""
    body = await call.json(CloseBody)
    async with call.begin() as work:
        await manage_unpaid.close(work, row_ids=[call.key()], reason=body.reason)
    return call.answer(await _details(call))


ROUTES = (
    api(
        "GET", "/unpaid", Right.SEE, list_unpaid, summary="List debits that were rejected or came back",
        query=UnpaidFilter, gives=UnpaidList,
    ),
    api("GET", "/unpaid/{id}", Right.SEE, read_unpaid, summary="Read one row of the register", gives=UnpaidDetails),
    api(
        "POST", "/unpaid/{id}/retry", Right.WORK, present_again, summary="Present a debit again",
        takes=RetryBody, gives=UnpaidDetails,
    ),
    api(
        "POST", "/unpaid/{id}/assign", Right.WORK, assign, summary="Give a row to somebody", takes=OwnerBody,
        gives=UnpaidDetails,
    ),
    api(
        "POST", "/unpaid/{id}/close", Right.WORK, close, summary="Close a row with a reason", takes=CloseBody,
        gives=UnpaidDetails,
    ),
)  # fmt: skip
