"""Invoices and what else is owed: the list, one item with its history, and what a person does with it."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.collecting.model import Part
from gateway.domain.open_item import is_overdue, item_state, open_minor
from gateway.services import decide_item_change, manage_invoices
from gateway.services.plan_instalments import plan_instalments
from gateway.services.propose_refund import refundable_minor
from gateway.store import instalments, item_lists, open_items, parties, transaction_history
from gateway.store.database import ReadSession
from gateway.store.item_lists import ItemFilter, ItemOrder
from gateway.store.open_items import ItemChange, OpenItem, OpenItemVersion
from gateway.store.parties import Party
from gateway.store.transaction_history import Booked
from gateway.store.work import Work
from gateway.web.context import Call
from gateway.web.faults import faults_of
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.typed import read_amount, read_date
from gateway.web.views.instalments import PARTS_SHOWN, typed_parts
from schemas.errors import GatewayError, NotFound
from schemas.states import ItemState, OpenItemKind

Act = Callable[[Work, OpenItem], Awaitable[str]]
_FORMS = frozenset({"dispute", "credit", "cancel", "instalments"})


class NoSuchItem(NotFound):
    """There is no such item in this company."""


class Which(StrEnum):
    """Which items a chip of the list shows."""

    OPEN = "open"
    OVERDUE = "overdue"
    PARTLY_PAID = "partly_paid"
    DISPUTED = "disputed"
    PAID = "paid"
    CANCELLED = "cancelled"
    ALL = "all"


_LIVE = (ItemState.OPEN, ItemState.PARTLY_PAID, ItemState.DISPUTED)
_STATES: dict[Which, tuple[ItemState, ...]] = {
    Which.OPEN: _LIVE,
    Which.OVERDUE: _LIVE,
    Which.PARTLY_PAID: (ItemState.PARTLY_PAID,),
    Which.DISPUTED: (ItemState.DISPUTED,),
    Which.PAID: (ItemState.PAID,),
    Which.CANCELLED: (ItemState.CANCELLED,),
    Which.ALL: (),
}
_OWED = (OpenItemKind.INVOICE, OpenItemKind.FEE_CLAIM)
_FALLING = frozenset({ItemOrder.AMOUNT, ItemOrder.ENTERED})


class ItemQuery(PageQuery):
    """Which items are listed."""

    which: Which = Which.OPEN
    kind: OpenItemKind | None = None
    customer: int | None = None
    q: str = ""
    sort: ItemOrder = ItemOrder.DUE

    def wanted(self, today: dt.date) -> ItemFilter:
        """Return the items that are meant."""
        is_late = self.which is Which.OVERDUE
        return ItemFilter(
            states=_STATES[self.which],
            kinds=(self.kind,) if self.kind else _OWED if is_late else (),
            customer_id=self.customer,
            search=self.q,
            due_until=today - dt.timedelta(days=1) if is_late else None,
        )


class ItemView(NamedTuple):
    """One item with all that is known of it."""

    item: OpenItem
    customer: Party | None
    state: ItemState
    open_minor: int
    is_overdue: bool
    booked: Sequence[Booked]
    origins: dict[int, transaction_history.Origin]
    versions: Sequence[OpenItemVersion]
    names: dict[str, str]  # Of those who made the versions.
    changes: Sequence[ItemChange]
    refundable_minor: int
    parts: Sequence[Part]


async def show_items(call: Call) -> web.StreamResponse:
    """Show the list, with what the filtered items come to."""
    query = call.query(ItemQuery)
    wanted = query.wanted(call.now.date())
    async with call.gateway.database.read() as session:
        found = await item_lists.list_items(
            session,
            company_id=call.company_id,
            wanted=wanted,
            order=query.sort,
            descending=query.sort in _FALLING,
            cursor=query.cursor,
        )
        sums = await item_lists.total_items(session, company_id=call.company_id, wanted=wanted)
        customer = (
            await parties.get_customer(session, company_id=call.company_id, customer_id=query.customer)
            if query.customer is not None
            else None
        )
    return call.page(
        "invoices/list.html",
        query=query,
        items=found,
        sums=sums,
        customer=customer,
        today=call.now.date(),
    )


def state_of(item: OpenItem) -> ItemState:
    """Return what the state of an item is called."""
    return item_state(
        amount_minor=item.amount_minor,
        settled_minor=item.settled_minor,
        disputed_minor=item.disputed_minor,
        is_cancelled=item.cancelled_at is not None,
    )


def open_of(item: OpenItem) -> int:
    """Return what is still open of an item."""
    return open_minor(
        amount_minor=item.amount_minor, settled_minor=item.settled_minor, is_cancelled=item.cancelled_at is not None
    )


async def show_item(call: Call) -> web.StreamResponse:
    """Show one item with its history."""
    return await _answer(call)


async def _answer(call: Call, *, error: GatewayError | None = None) -> web.StreamResponse:
    async with call.gateway.database.read() as session:
        view = await _view(session, call, await find_item(session, call))
    values: dict[str, Any] = {"doing": "", "typed": {}, "wrong": {}}
    if error:  # The form that was sent is open again, with what was typed.
        doing = call.request.path.rpartition("/")[2]
        wrong = faults_of(error) if doing in _FORMS else {"": str(error)}
        values = {"doing": doing, "typed": await call.form(), "wrong": wrong}
    today = call.now.date()
    coming = [part for part in view.parts if part.due_date >= today]
    return call.page(
        "invoices/one.html", status=422 if error else 200, view=view, today=today, coming=coming,
        parts_shown=PARTS_SHOWN, **values,
    )  # fmt: skip


async def find_item(session: ReadSession, call: Call) -> OpenItem:
    """Return the item that the address names. Raises NoSuchItem."""
    item = await open_items.get_item(session, company_id=call.company_id, item_id=call.key())
    if item is None:
        raise NoSuchItem(f"there is no item {call.key()}")
    return item


async def _view(session: ReadSession, call: Call, item: OpenItem) -> ItemView:
    company_id, left = call.company_id, open_of(item)
    booked = await transaction_history.booked_of_item(session, company_id=company_id, open_item_id=item.id)
    origins: dict[int, transaction_history.Origin] = {}
    for key in {row.transaction_id for row in booked if row.transaction_id is not None}:
        origin = await transaction_history.get_origin(session, company_id=company_id, bank_transaction_id=key)
        if origin is not None:
            origins[key] = origin
    versions = await open_items.versions_of_item(session, company_id=company_id, item_id=item.id)
    return ItemView(
        item=item,
        customer=await parties.get_customer(session, company_id=company_id, customer_id=item.party_id),
        state=state_of(item),
        open_minor=left,
        is_overdue=is_overdue(due_date=item.due_date, today=call.now.date(), open_minor=left),
        booked=booked,
        origins=origins,
        versions=versions,
        names=await transaction_history.names_of(session, [version.actor for version in versions]),
        changes=await open_items.waiting_changes(session, company_id=company_id, item_id=item.id),
        refundable_minor=refundable_minor(item),
        parts=await instalments.parts_of(session, company_id=company_id, item_id=item.id),
    )


async def _do(call: Call, act: Act) -> web.StreamResponse:
    """Do something with an item; where it cannot be done, show why beside it."""
    try:
        async with call.gateway.database.read() as session:
            item = await find_item(session, call)
        async with call.begin() as work:
            say = await act(work, item)
    except NoSuchItem:
        raise
    except GatewayError as error:
        return await _answer(call, error=error)
    return call.redirect(f"/invoices/{item.id}", say=say)


async def dispute(call: Call) -> web.StreamResponse:
    """Say how much of what is open is in dispute; nothing ends the dispute."""
    form = await call.form()

    async def act(work: Work, item: OpenItem) -> str:
        minor = read_amount(form.get("amount", ""), item.currency, call.language)
        reason = form.get("reason", "").strip()[:200]
        await manage_invoices.dispute_item(work, item_id=item.id, disputed_minor=minor, reason=reason)
        return call._("In dispute.") if minor else call._("The dispute is over.")

    return await _do(call, act)


async def plan_parts(call: Call) -> web.StreamResponse:
    """Let an invoice be paid in instalments; rows that are empty do not count, and none makes it due as a whole."""
    form = await call.form()

    async def act(work: Work, item: OpenItem) -> str:
        parts = typed_parts(call, form, item.currency)
        reason = form.get("reason", "").strip()[:200]
        await plan_instalments(work, item_id=item.id, parts=parts, reason=reason)
        return call._("Instalments planned.") if parts else call._("Due as a whole again.")

    return await _do(call, act)


async def cancel(call: Call) -> web.StreamResponse:
    """Cancel an item that was never owed."""
    form = await call.form()

    async def act(work: Work, item: OpenItem) -> str:
        await manage_invoices.cancel_item(work, item_id=item.id, reason=form.get("reason", "").strip()[:200])
        return call._("Cancelled.")

    return await _do(call, act)


async def credit(call: Call) -> web.StreamResponse:
    """Write a credit note for an item."""
    form = await call.form()

    async def act(work: Work, item: OpenItem) -> str:
        minor = read_amount(form.get("amount", ""), item.currency, call.language)
        await manage_invoices.credit_item(
            work,
            item_id=item.id,
            number=form.get("number", "").strip(),
            amount_minor=-abs(minor),
            issue_date=read_date(form.get("issue_date", "")) or call.now.date(),
            text=form.get("text", "").strip()[:200],
        )
        return call._("The credit note is stored.")

    return await _do(call, act)


async def decide_change(call: Call) -> web.StreamResponse:
    """Accept or dismiss a change that an import proposed."""
    form = await call.form()
    change_id = int(call.word("change")) if call.word("change").isdigit() else 0

    async def act(work: Work, item: OpenItem) -> str:
        if form.get("decision") == "accept":
            day: dt.date | None = read_date(form.get("effective_date", ""))
            await decide_item_change.accept_item_change(work, change_id=change_id, effective_date=day)
            return call._("The change is applied.")
        await decide_item_change.dismiss_item_change(work, change_id=change_id)
        return call._("The item stays as it is.")

    return await _do(call, act)


ROUTES = (
    page("GET", "/invoices", Right.SEE, show_items),
    page("GET", "/invoices/{id}", Right.SEE, show_item),
    page("POST", "/invoices/{id}/dispute", Right.WORK, dispute),
    page("POST", "/invoices/{id}/instalments", Right.WORK, plan_parts),
    page("POST", "/invoices/{id}/cancel", Right.WORK, cancel),
    page("POST", "/invoices/{id}/credit", Right.WORK, credit),
    page("POST", "/invoices/{id}/changes/{change}", Right.WORK, decide_change),
)
