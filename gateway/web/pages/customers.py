"""Customers: the list, one with open items, ledger accounts that pay for him, and forms."""

import datetime as dt
from collections.abc import Mapping

from aiohttp import web
from multidict import MultiMapping

from gateway.domain.access import Right
from gateway.domain.matching.habits import is_proven
from gateway.services import manage_customers
from gateway.services.load_candidates import load_policy
from gateway.store import customer_account, customer_lists, customer_timeline, habits, parties, transaction_history
from gateway.store.customer_lists import CustomerFilter
from gateway.store.database import ReadSession
from gateway.store.journal_subjects import named
from gateway.store.parties import Party
from gateway.web.context import Call
from gateway.web.faults import FieldFault, faults_of
from gateway.web.match_again import match_soon
from gateway.web.pages.invoices import open_of, state_of
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.views import timeline
from gateway.web.views.questions import load_context
from gateway.web.views.timeline import TimelineLine
from schemas.errors import GatewayError, NotFound
from schemas.identifiers import Iban
from schemas.states import IbanSource, PaymentMethod
from schemas.tables import CustomerRow

_ITEMS_SHOWN = 50
_EVENTS_SHOWN = 20
_METHODS = frozenset(method.value for method in PaymentMethod)
_TEXTS = ("street", "postcode", "town", "country", "email", "phone", "language", "legal_id", "vat_number",
          "ledger_account")  # fmt: skip


class NoSuchCustomer(NotFound):
    """There is no such customer in this company."""


class CustomerQuery(PageQuery):
    """Which customers are listed."""

    q: str = ""


class LedgerQuery(PageQuery):
    """Which part of the ledger is shown: in one currency, to the end of a day."""

    currency: str = ""
    until: dt.date | None = None


async def show_customers(call: Call) -> web.StreamResponse:
    """Show the list."""
    query = call.query(CustomerQuery)
    async with call.gateway.database.read() as session:
        found = await customer_lists.list_customers(
            session, company_id=call.company_id, wanted=CustomerFilter(query.q), cursor=query.cursor
        )
        balances = await customer_lists.balances_of(
            session, company_id=call.company_id, customer_ids=[row.id for row in found.rows], today=call.now.date()
        )
    return call.page("customers/list.html", query=query, customers=found, balances=balances)


async def show_customer(call: Call) -> web.StreamResponse:
    """Show one customer."""
    return await _answer(call)


async def _answer(
    call: Call, *, fault: str = "", status: int = 200, typed: Mapping[str, str] | None = None
) -> web.StreamResponse:
    query = call.query(LedgerQuery)
    async with call.gateway.database.read() as session:
        customer = await _find(session, call)
        context = await load_context(
            session, company_id=call.company_id, customer_id=customer.id, today=call.now.date()
        )
        currencies = [balance.currency for balance in context.balances] if context else []
        currency = query.currency or (currencies[0] if currencies else "EUR")
        versions = await parties.versions_of_customer(session, company_id=call.company_id, customer_id=customer.id)
        names = await transaction_history.names_of(session, [version.actor for version in versions[-1:]])
        return call.page(
            "customers/one.html",
            status=status,
            query=query,
            customer=customer,
            parent=await _parent(session, call, customer),
            context=context,
            items=await customer_account.open_items_of(
                session, company_id=call.company_id, party_id=customer.id, limit=_ITEMS_SHOWN
            ),
            ledger=await customer_account.ledger_page(
                session,
                company_id=call.company_id,
                party_id=customer.id,
                currency=currency,
                until=query.until,
                cursor=query.cursor,
            ),
            balance_minor=await _balance(session, call, customer, currency, query.until),
            currency=currency,
            currencies=currencies,
            versions=versions,
            events=await _events(session, call, customer),
            names=names,
            habits=await habits.habits_of(session, company_id=call.company_id, customer_id=customer.id),
            policy=await load_policy(session, call.company_id),
            is_proven=is_proven,
            state_of=state_of,
            open_of=open_of,
            today=call.now.date(),
            fault="" if typed else fault,
            typed=typed or {},
            faults={"iban": fault} if typed else {},
        )


async def _balance(
    session: ReadSession, call: Call, customer: Party, currency: str, until: dt.date | None
) -> int | None:
    if until is None:
        return None
    return await customer_account.balance_on(
        session, company_id=call.company_id, party_id=customer.id, currency=currency, day=until
    )


async def _events(session: ReadSession, call: Call, customer: Party) -> list[TimelineLine]:
    found = await customer_timeline.timeline_of(
        session, company_id=call.company_id, customer_id=customer.id, limit=_EVENTS_SHOWN
    )
    known = await named(session, company_id=call.company_id, words=timeline.words_in(found))
    return [timeline.line_of(call, event, known) for event in found]


async def _find(session: ReadSession, call: Call) -> Party:
    customer = await parties.get_customer(session, company_id=call.company_id, customer_id=call.key())
    if customer is None:
        raise NoSuchCustomer(f"there is no customer {call.key()}")
    return customer


async def _parent(session: ReadSession, call: Call, customer: Party) -> Party | None:
    if customer.parent_id is None:
        return None
    return await parties.get_customer(session, company_id=call.company_id, customer_id=customer.parent_id)


async def show_new(call: Call) -> web.StreamResponse:
    """Show an empty form."""
    return _form(call, {}, customer=None)


def _form(
    call: Call, values: Mapping[str, str], *, customer: Party | None, error: GatewayError | None = None
) -> web.StreamResponse:
    return call.page(
        "customers/form.html",
        status=422 if error else 200,
        values=values,
        customer=customer,
        faults=faults_of(error) if error else {},
        methods=list(PaymentMethod),
    )


async def create(call: Call) -> web.StreamResponse:
    """Store a new customer."""
    form = await call.form()
    try:
        row = _row(call, form)
        async with call.begin() as work:
            customer_id = await manage_customers.add_customer(work, row=row)
    except GatewayError as error:
        return _form(call, form, customer=None, error=error)
    match_soon(call)
    return call.redirect(f"/customers/{customer_id}", say=call._("Stored."))


def _row(call: Call, form: MultiMapping[str]) -> CustomerRow:
    number, name = _word(form, "number"), _word(form, "name")
    if not number or not name:
        raise FieldFault("name" if number else "number", call._("A customer has a number and a name."))
    iban = _word(form, "iban")
    return CustomerRow(
        row=0,
        number=number,
        name=name,
        iban=Iban.parse(iban) if iban else None,
        parent_number=_word(form, "parent_number") or None,
        payment_method=PaymentMethod(form["payment_method"]) if form.get("payment_method") in _METHODS else None,
        street=_word(form, "street") or None,
        postcode=_word(form, "postcode") or None,
        town=_word(form, "town") or None,
        country=_word(form, "country").upper() or None,
        email=_word(form, "email") or None,
        phone=_word(form, "phone") or None,
        language=_word(form, "language").lower() or None,
        legal_id=_word(form, "legal_id") or None,
        vat_number=_word(form, "vat_number") or None,
        ledger_account=_word(form, "ledger_account") or None,
    )


def _word(form: MultiMapping[str], name: str) -> str:
    return form.get(name, "").strip()[:200]


async def show_change(call: Call) -> web.StreamResponse:
    """Show what a customer's record says, to be changed."""
    async with call.gateway.database.read() as session:
        customer = await _find(session, call)
        parent = await _parent(session, call, customer)
    values = {field: getattr(customer, field) for field in ("name", *_TEXTS)}
    values["parent_number"] = parent.number if parent else ""
    values["payment_method"] = customer.payment_method.value if customer.payment_method else ""
    return _form(call, values, customer=customer)


async def change(call: Call) -> web.StreamResponse:
    """Change what a customer's record says."""
    form = await call.form()
    async with call.gateway.database.read() as session:
        customer = await _find(session, call)
    method = form.get("payment_method")
    try:
        async with call.begin() as work:
            await manage_customers.change_customer(
                work,
                customer_id=customer.id,
                name=_word(form, "name"),
                street=_word(form, "street"),
                postcode=_word(form, "postcode"),
                town=_word(form, "town"),
                country=_word(form, "country").upper(),
                email=_word(form, "email"),
                phone=_word(form, "phone"),
                language=_word(form, "language").lower(),
                legal_id=_word(form, "legal_id"),
                vat_number=_word(form, "vat_number"),
                ledger_account=_word(form, "ledger_account"),
                payment_method=PaymentMethod(method) if method in _METHODS else None,
                parent_number=_word(form, "parent_number") or None,
            )
    except GatewayError as error:
        return _form(call, form, customer=customer, error=error)
    return call.redirect(f"/customers/{customer.id}", say=call._("Saved."))


async def set_iban(call: Call) -> web.StreamResponse:
    """Put an account on the customer's record, or say that an account pays for many."""
    form = await call.form()
    try:
        iban = Iban.parse(_word(form, "iban"))
        async with call.begin() as work:
            if form.get("as") == "collector":
                await manage_customers.mark_collector(work, customer_id=call.key(), iban=iban)
            else:
                await manage_customers.set_iban(work, customer_id=call.key(), iban=iban)
    except GatewayError as error:
        return await _answer(call, fault=str(error), status=422, typed=form)
    return call.redirect(f"/customers/{call.key()}", say=call._("Saved."))


async def forget_iban(call: Call) -> web.StreamResponse:
    """Forget that an account pays for the customer."""
    form = await call.form()
    source = form.get("source", "")
    try:
        async with call.gateway.database.read() as session:
            known = await parties.ibans_of_customers(session, company_id=call.company_id, customer_ids=[call.key()])
        row = next((row for row in known[call.key()] if str(row.id) == form.get("key")), None)
        if row is None or source not in set(IbanSource):
            raise NotFound(call._("This account is not known from there any more."))
        async with call.begin() as work:
            await manage_customers.forget_iban(work, customer_id=call.key(), iban=row.iban, source=IbanSource(source))
    except GatewayError as error:
        return await _answer(call, fault=str(error), status=422)
    return call.redirect(f"/customers/{call.key()}", say=call._("Forgotten."))


ROUTES = (
    page("GET", "/customers", Right.SEE, show_customers),
    page("GET", "/customers/new", Right.WORK, show_new),
    page("POST", "/customers/new", Right.WORK, create),
    page("GET", "/customers/{id}", Right.SEE, show_customer),
    page("GET", "/customers/{id}/change", Right.WORK, show_change),
    page("POST", "/customers/{id}/change", Right.WORK, change),
    page("POST", "/customers/{id}/accounts", Right.WORK, set_iban),
    page("POST", "/customers/{id}/accounts/forget", Right.WORK, forget_iban),
)
