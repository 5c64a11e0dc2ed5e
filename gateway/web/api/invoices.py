"""The API of invoices and what else is owed: list, create, read with history, change, dispute, cancel."""

from typing import cast

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.open_item import item_state, open_minor
from gateway.services import manage_invoices
from gateway.services.manage_invoices import ItemChanges
from gateway.store import item_lists, open_items, parties, transaction_history
from gateway.store.database import ReadSession
from gateway.store.item_lists import ItemFilter, ItemLine, ItemOrder
from gateway.store.open_items import OpenItem, OpenItemVersion
from gateway.store.parties import Party
from gateway.store.transaction_history import Booked
from gateway.web.api.item_changes import change_shape
from gateway.web.context import Call
from gateway.web.match_again import match_soon
from gateway.web.routing import api
from schemas.errors import NotFound
from schemas.payloads.common import Reason
from schemas.payloads.invoices import (
    DisputeBody,
    InvoiceChange,
    InvoiceChanged,
    InvoiceFilter,
    InvoiceHistory,
    InvoiceLine,
    InvoiceList,
    InvoiceShape,
    ItemAllocationShape,
    ItemVersionShape,
    NewInvoice,
)
from schemas.states import ItemState
from schemas.tables import InvoiceRow

_DETAILS = tuple(name for name in InvoiceShape.model_fields if name not in InvoiceLine.model_fields)


class NoSuchItem(NotFound):
    """There is no such item in this company."""

    code = "no_such_item"


async def list_invoices(call: Call) -> web.StreamResponse:
    """List items of every kind."""
    asked = call.query(InvoiceFilter)
    wanted = ItemFilter(
        states=(asked.state,) if asked.state else (),
        kinds=(asked.kind,) if asked.kind else (),
        customer_id=asked.customer_id,
        search=asked.search,
        due_from=asked.due_from,
        due_until=asked.due_to,
        currency=asked.currency or "",
    )
    async with call.gateway.database.read() as session:
        page = await item_lists.list_items(
            session, company_id=call.company_id, wanted=wanted, order=ItemOrder(asked.sort),
            descending=asked.descending, cursor=asked.cursor or "", limit=asked.limit,
        )  # fmt: skip
    return call.answer(InvoiceList(items=[_listed(row) for row in page.rows], next_cursor=page.next_cursor))


def _listed(row: ItemLine) -> InvoiceLine:
    return InvoiceLine(
        id=str(row.id),
        kind=row.kind,
        number=row.number,
        customer_id=str(row.customer_id),
        customer_number=row.customer_number,
        customer_name=row.customer_name,
        currency=row.currency,
        amount_minor=row.amount_minor,
        open_minor=row.open_minor,
        settled_minor=row.settled_minor,
        disputed_minor=row.disputed_minor,
        state=row.state,
        issue_date=row.issue_date,
        due_date=row.due_date,
    )


def item_line(item: OpenItem, customer: Party) -> InvoiceLine:
    """Return an item of a customer as a list shows it."""
    is_cancelled = item.cancelled_at is not None
    return InvoiceLine(
        id=str(item.id),
        kind=item.kind,
        number=item.number,
        customer_id=str(customer.id),
        customer_number=customer.number,
        customer_name=customer.name,
        currency=item.currency,
        amount_minor=item.amount_minor,
        open_minor=open_minor(
            amount_minor=item.amount_minor, settled_minor=item.settled_minor, is_cancelled=is_cancelled
        ),
        settled_minor=item.settled_minor,
        disputed_minor=item.disputed_minor,
        state=_state(item),
        issue_date=item.issue_date,
        due_date=item.due_date,
    )


def _state(item: OpenItem) -> ItemState:
    return item_state(
        amount_minor=item.amount_minor,
        settled_minor=item.settled_minor,
        disputed_minor=item.disputed_minor,
        is_cancelled=item.cancelled_at is not None,
    )


async def create_invoice(call: Call) -> web.StreamResponse:
    """Store a new item."""
    body = await call.json(NewInvoice)
    async with call.begin() as work:
        item_id = await manage_invoices.add_item(work, row=InvoiceRow(row=0, **dict(body)))
        answer = await call.created(work, await _shape(work.session, call, item_id))
    match_soon(call)
    return answer


async def _shape(session: ReadSession, call: Call, item_id: int) -> InvoiceShape:
    item = await open_items.get_item(session, company_id=call.company_id, item_id=item_id)
    if item is None:
        raise NoSuchItem(f"there is no item {item_id}")
    customer = await parties.get_customer(session, company_id=call.company_id, customer_id=item.party_id)
    if customer is None:
        raise NoSuchItem(f"the customer of item {item_id} is gone")
    return InvoiceShape(**dict(item_line(item, customer)), **{name: getattr(item, name) for name in _DETAILS})


async def read_invoice(call: Call) -> web.StreamResponse:
    """Read an item with what settles it, its versions and the changes that wait."""
    item_id, company_id = call.key(), call.company_id
    async with call.gateway.database.read() as session:
        shape = await _shape(session, call, item_id)
        booked = await transaction_history.booked_of_item(session, company_id=company_id, open_item_id=item_id)
        versions = await open_items.versions_of_item(session, company_id=company_id, item_id=item_id)
        item = await open_items.get_item(session, company_id=company_id, item_id=item_id)
        changes = await open_items.waiting_changes(session, company_id=company_id, item_id=item_id)
    history = InvoiceHistory(
        invoice=shape,
        allocations=[_allocation(one, item_id) for one in booked],
        versions=[_version(row) for row in versions],
        waiting_changes=[change_shape(row, item) for row in changes if item],
    )
    return call.answer(history)


def _allocation(one: Booked, item_id: int) -> ItemAllocationShape:
    row = one.allocation
    return ItemAllocationShape(
        id=str(row.id),
        kind=row.kind,
        is_source=row.source_item_id == item_id,
        bank_transaction_id=str(one.transaction_id) if one.transaction_id else None,
        item_minor=row.item_minor,
        currency=row.item_currency,
        effective_date=row.effective_date,
        recorded_at=row.recorded_at,
        booked_by=row.booked_by,
        outside_reason=row.outside_reason,
        reverses_id=str(row.reverses_id) if row.reverses_id else None,
        live=one.is_live,
    )


def _version(row: OpenItemVersion) -> ItemVersionShape:
    return ItemVersionShape(
        position=row.position,
        customer_id=str(row.party_id),
        amount_minor=row.amount_minor,
        disputed_minor=row.disputed_minor,
        due_date=row.due_date,
        facts=row.record,
        recorded_at=row.recorded_at,
        actor=row.actor,
    )


async def change_invoice(call: Call) -> web.StreamResponse:
    """Change what an item says, or propose it where somebody relies on the item already (202)."""
    body = await call.json(InvoiceChange)
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    if "customer_id" in changes:
        changes["party_id"] = int(changes.pop("customer_id"))
    if "text" in changes:
        changes["text"] = changes["text"] or ""
    async with call.begin() as work:
        changed = await manage_invoices.change_item(work, item_id=call.key(), **cast(ItemChanges, changes))
        shape = await _shape(work.session, call, call.key())
    if changed.change_id is not None:
        answer = InvoiceChanged(outcome="proposed", change_id=str(changed.change_id), invoice=shape)
        return call.answer(answer, status=202)
    outcome = "applied" if changed.is_applied else "unchanged"
    return call.answer(InvoiceChanged(outcome=outcome, change_id=None, invoice=shape))


async def dispute(call: Call) -> web.StreamResponse:
    """Say how much of what is open is in dispute."""
    body = await call.json(DisputeBody)
    async with call.begin() as work:
        await manage_invoices.dispute_item(
            work, item_id=call.key(), disputed_minor=body.disputed_minor, reason=body.reason
        )
        shape = await _shape(work.session, call, call.key())
    return call.answer(shape)


async def cancel(call: Call) -> web.StreamResponse:
    """Cancel an item that was never owed."""
    body = await call.json(Reason)
    async with call.begin() as work:
        await manage_invoices.cancel_item(work, item_id=call.key(), reason=body.reason)
        shape = await _shape(work.session, call, call.key())
    return call.answer(shape)


ROUTES = (
    api(
        "GET", "/invoices", Right.SEE, list_invoices, summary="List open items of every kind", query=InvoiceFilter,
        gives=InvoiceList,
    ),
    api(
        "POST", "/invoices", Right.WORK, create_invoice, summary="Create an invoice, credit note or fee claim",
        takes=NewInvoice, gives=InvoiceShape, status=201, creates=True,
    ),
    api(
        "GET", "/invoices/{id}", Right.SEE, read_invoice,
        summary="Read an item with its allocations, versions and waiting changes", gives=InvoiceHistory,
    ),
    api(
        "PATCH", "/invoices/{id}", Right.WORK, change_invoice,
        summary="Change an item (200), or propose it where somebody relies on it (202)", takes=InvoiceChange,
        gives=InvoiceChanged, also=(202,),
    ),
    api(
        "POST", "/invoices/{id}/dispute", Right.WORK, dispute, summary="Say how much is in dispute", takes=DisputeBody,
        gives=InvoiceShape,
    ),
    api(
        "POST", "/invoices/{id}/cancel", Right.WORK, cancel, summary="Cancel an item that was never owed",
        takes=Reason, gives=InvoiceShape,
    ),
)  # fmt: skip
