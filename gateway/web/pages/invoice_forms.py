"""Forms for one item: a new invoice or credit note, and changing what one says."""

import datetime as dt
from collections.abc import Mapping

from aiohttp import web
from multidict import MultiMapping

from gateway.domain.access import Right
from gateway.services import manage_invoices
from gateway.store import companies, parties
from gateway.store.database import ReadSession
from gateway.store.open_items import OpenItem
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.faults import FieldFault, at, faults_of
from gateway.web.filters import percent
from gateway.web.match_again import match_soon
from gateway.web.pages.invoices import find_item
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.typed import read_amount, read_date
from schemas.errors import GatewayError, NotFound
from schemas.money import parse_currency
from schemas.states import OpenItemKind, PaymentMethod
from schemas.tables import InvoiceRow

_POINTS = "EUR"  # A per cent has two decimals, as this currency.


class NewItemQuery(PageQuery):
    """Whose invoice it will be."""

    customer: str = ""


async def show_new(call: Call) -> web.StreamResponse:
    """Show an empty form."""
    values = {"customer": call.query(NewItemQuery).customer, "issue_date": call.now.date().isoformat()}
    return await _form(call, values, item=None)


async def _form(
    call: Call, values: Mapping[str, str], *, item: OpenItem | None, error: GatewayError | None = None
) -> web.StreamResponse:
    async with call.gateway.database.read() as session:
        company = await companies.company_by_id(session, call.company_id)
    currency = item.currency if item else company.currency if company else "EUR"
    return call.page(
        "invoices/form.html",
        status=422 if error else 200,
        values={"currency": currency, **values},
        item=item,
        faults=faults_of(error) if error else {},
        methods=list(PaymentMethod),
    )


async def create(call: Call) -> web.StreamResponse:
    """Store a new invoice or credit note."""
    form = await call.form()
    try:
        row = _row(call, form)
        async with call.begin() as work:
            item_id = await manage_invoices.add_item(work, row=row)
    except NotFound:
        return await _form(call, form, item=None, error=_no_customer(call, _word(form, "customer")))
    except GatewayError as error:
        return await _form(call, form, item=None, error=error)
    match_soon(call)
    return call.redirect(f"/invoices/{item_id}", say=call._("Stored."))


def _row(call: Call, form: MultiMapping[str]) -> InvoiceRow:
    number = _word(form, "number")
    if not number:
        raise FieldFault("number", call._("An invoice has a number."))
    currency = parse_currency(_word(form, "currency").upper())
    minor = read_amount(form.get("amount", ""), currency, call.language)
    kind = OpenItemKind.CREDIT_NOTE if form.get("kind") == "credit_note" else OpenItemKind.INVOICE
    if not minor:
        raise FieldFault("amount", call._("An invoice has an amount."))
    return InvoiceRow(
        row=0,
        number=number,
        customer_number=_word(form, "customer"),
        currency=currency,
        amount_minor=-abs(minor) if kind is OpenItemKind.CREDIT_NOTE else minor,
        kind=kind,
        issue_date=_day(form, "issue_date"),
        due_date=_day(form, "due_date"),
        creditor_reference=_word(form, "creditor_reference") or None,
        discount_basis_points=_points(call, form),
        discount_until_date=_day(form, "discount_until"),
        text=_word(form, "text") or None,
        order_reference=_word(form, "order_reference") or None,
        payment_method=PaymentMethod(form["payment_method"]) if form.get("payment_method") in _METHODS else None,
    )


_METHODS = frozenset(method.value for method in PaymentMethod)


def _word(form: MultiMapping[str], name: str) -> str:
    return form.get(name, "").strip()[:500]


def _no_customer(call: Call, number: str) -> FieldFault:
    return FieldFault("customer", call._("There is no customer with the number %(number)s.", number=number))


def _points(call: Call, form: MultiMapping[str]) -> int | None:
    with at("discount_percent"):
        return read_amount(form.get("discount_percent", ""), _POINTS, call.language) or None


def _day(form: MultiMapping[str], field: str) -> dt.date | None:
    with at(field):
        return read_date(form.get(field, ""))


async def show_change(call: Call) -> web.StreamResponse:
    """Show what an item says, to be changed."""
    async with call.gateway.database.read() as session:
        item = await find_item(session, call)
        values = await _values(session, call, item)
    return await _form(call, values, item=item)


async def _values(session: ReadSession, call: Call, item: OpenItem) -> dict[str, str]:
    customer = await parties.get_customer(session, company_id=call.company_id, customer_id=item.party_id)
    return {
        "number": item.number,
        "customer": customer.number if customer else "",
        "amount": formats.amount(item.amount_minor, item.currency, call.language),
        "issue_date": item.issue_date.isoformat() if item.issue_date else "",
        "due_date": item.due_date.isoformat() if item.due_date else "",
        "creditor_reference": item.creditor_reference or "",
        "order_reference": item.order_reference or "",
        "discount_percent": percent(item.discount_basis_points, call.language) if item.discount_basis_points else "",
        "discount_until": item.discount_until_date.isoformat() if item.discount_until_date else "",
        "payment_method": item.payment_method.value if item.payment_method else "",
        "text": item.text,
    }


async def change(call: Call) -> web.StreamResponse:
    """Change what an item says, or propose it where money was allocated already."""
    form = await call.form()
    async with call.gateway.database.read() as session:
        item = await find_item(session, call)
        number = _word(form, "customer")
        customer = await parties.customer_by_number(session, company_id=call.company_id, number=number)
    try:
        if customer is None:
            raise _no_customer(call, number)
        async with call.begin() as work:
            changed = await manage_invoices.change_item(
                work,
                item_id=item.id,
                party_id=customer.id,
                amount_minor=read_amount(form.get("amount", ""), item.currency, call.language),
                issue_date=_day(form, "issue_date"),
                due_date=_day(form, "due_date"),
                creditor_reference=_word(form, "creditor_reference") or None,
                order_reference=_word(form, "order_reference") or None,
                discount_basis_points=_points(call, form),
                discount_until_date=_day(form, "discount_until"),
                text=_word(form, "text"),
                payment_method=PaymentMethod(form["payment_method"])
                if form.get("payment_method") in _METHODS
                else None,
            )
    except GatewayError as error:
        return await _form(call, form, item=item, error=error)
    if changed.change_id is not None:
        say = call._("Somebody relies on this item, so the change is proposed; accept it below.")
    else:
        say = call._("Saved.") if changed.is_applied else call._("Nothing differed.")
    return call.redirect(f"/invoices/{item.id}", say=say)


ROUTES = (
    page("GET", "/invoices/new", Right.WORK, show_new),
    page("POST", "/invoices/new", Right.WORK, create),
    page("GET", "/invoices/{id}/change", Right.WORK, show_change),
    page("POST", "/invoices/{id}/change", Right.WORK, change),
)
