"""The API of customers: list, create, read with what pays for them, change."""

from collections.abc import Sequence
from typing import Any, cast

from aiohttp import web

from gateway.domain.access import Right
from gateway.services import manage_customers
from gateway.services.manage_customers import CustomerChanges
from gateway.store import customer_account, customer_lists, parties
from gateway.store.customer_account import Balance
from gateway.store.customer_lists import CustomerFilter as Wanted
from gateway.store.customer_lists import CustomerOrder
from gateway.store.database import ReadSession
from gateway.store.parties import Party, PayerIban
from gateway.web.api.invoices import item_line
from gateway.web.context import Call
from gateway.web.match_again import match_soon
from gateway.web.routing import api
from schemas.errors import NotFound
from schemas.identifiers import Bic, Iban, mask_account
from schemas.payloads.customers import (
    BalanceShape,
    CustomerChange,
    CustomerDetails,
    CustomerFilter,
    CustomerIban,
    CustomerList,
    CustomerShape,
    NewCustomer,
    PayerIbanShape,
)
from schemas.tables import CustomerRow

_ITEMS_SHOWN = 100
_KEPT = frozenset({"payment_method", "parent_number"})  # What is cleared by null; the others by an empty text.


class NoSuchCustomer(NotFound):
    """There is no such customer in this company."""

    code = "no_such_customer"


async def list_customers(call: Call) -> web.StreamResponse:
    """List customers by name or number, with what is open of each."""
    asked = call.query(CustomerFilter)
    async with call.gateway.database.read() as session:
        page = await customer_lists.list_customers(
            session,
            company_id=call.company_id,
            wanted=Wanted(asked.search, asked.parent_id, asked.only_with_open_items),
            order=CustomerOrder(asked.sort),
            descending=asked.descending,
            cursor=asked.cursor or "",
            limit=asked.limit,
        )
        balances = await customer_lists.balances_of(
            session, company_id=call.company_id, customer_ids=[row.id for row in page.rows], today=call.now.date()
        )
    items = [_shape(row, balances.get(row.id, ())) for row in page.rows]
    return call.answer(CustomerList(items=items, next_cursor=page.next_cursor))


def _shape(row: Party, balances: Sequence[Balance]) -> CustomerShape:
    return CustomerShape(
        id=str(row.id),
        number=row.number,
        name=row.name,
        street=row.street,
        postcode=row.postcode,
        town=row.town,
        country=row.country,
        email=row.email,
        phone=row.phone,
        language=row.language,
        legal_id=row.legal_id,
        vat_number=row.vat_number,
        ledger_account=row.ledger_account,
        payment_method=row.payment_method,
        parent_id=str(row.parent_id) if row.parent_id else None,
        version=row.version,
        created_at=row.created_at,
        balances=[
            BalanceShape(
                currency=one.currency,
                open_minor=one.open_minor,
                overdue_minor=one.overdue_minor,
                item_count=one.item_count,
            )
            for one in balances
        ],
    )


async def create_customer(call: Call) -> web.StreamResponse:
    """Store a new customer."""
    body = await call.json(NewCustomer)
    said: dict[str, Any] = {name: value or None for name, value in body}
    said["iban"] = Iban.parse(body.iban) if body.iban else None
    said["bic"] = Bic.parse(body.bic) if body.bic else None
    row = CustomerRow(row=0, **said)
    async with call.begin() as work:
        customer_id = await manage_customers.add_customer(work, row=row)
        answer = await call.created(work, await _details(work.session, call, customer_id))
    match_soon(call)
    return answer


async def read_customer(call: Call) -> web.StreamResponse:
    """Read a customer with the accounts that pay for him and his open items."""
    async with call.gateway.database.read() as session:
        return call.answer(await _details(session, call, call.key()))


async def _details(session: ReadSession, call: Call, customer_id: int) -> CustomerDetails:
    company_id = call.company_id
    row = await parties.get_customer(session, company_id=company_id, customer_id=customer_id)
    if row is None:
        raise NoSuchCustomer(f"there is no customer {customer_id}")
    balances = await customer_account.balances(
        session, company_id=company_id, party_id=row.id, today=call.now.date()
    )  # fmt: skip
    ibans = await parties.ibans_of_customers(session, company_id=company_id, customer_ids=[row.id])
    items = await customer_account.open_items_of(session, company_id=company_id, party_id=row.id, limit=_ITEMS_SHOWN)
    return CustomerDetails(
        **dict(_shape(row, balances)),
        ibans=[_iban_shape(one) for one in ibans[row.id]],
        open_items=[item_line(item, row) for item in items],
    )


def _iban_shape(row: PayerIban) -> PayerIbanShape:
    return PayerIbanShape(
        iban=mask_account(row.iban),
        bic=row.bic,
        source=row.source,
        decisions=row.decisions,
        recorded_at=row.recorded_at,
    )


async def change_customer(call: Call) -> web.StreamResponse:
    """Change what a customer's record says."""
    body = await call.json(CustomerChange)
    said = {name: getattr(body, name) for name in body.model_fields_set}
    changes = {name: value if name in _KEPT else value or "" for name, value in said.items()}
    async with call.begin() as work:
        await manage_customers.change_customer(work, customer_id=call.key(), **cast(CustomerChanges, changes))
    match_soon(call)
    return await read_customer(call)


async def set_iban(call: Call) -> web.StreamResponse:
    """Put an account on a customer's record in place of the one that is there, or take it off."""
    body = await call.json(CustomerIban)
    iban, bic = Iban.parse(body.iban) if body.iban else None, Bic.parse(body.bic) if body.bic else None
    async with call.begin() as work:
        await manage_customers.set_iban(work, customer_id=call.key(), iban=iban, bic=bic)
    match_soon(call)
    return await read_customer(call)


ROUTES = (
    api(
        "GET", "/customers", Right.SEE, list_customers, summary="List customers", query=CustomerFilter,
        gives=CustomerList,
    ),
    api(
        "POST", "/customers", Right.WORK, create_customer, summary="Create a customer", takes=NewCustomer,
        gives=CustomerDetails, status=201, creates=True,
    ),
    api(
        "GET", "/customers/{id}", Right.SEE, read_customer,
        summary="Read a customer with open items and the accounts that pay for him", gives=CustomerDetails,
    ),
    api(
        "PATCH", "/customers/{id}", Right.WORK, change_customer, summary="Change a customer's record",
        takes=CustomerChange, gives=CustomerDetails,
    ),
    api(
        "PUT", "/customers/{id}/iban", Right.WORK, set_iban, summary="Set the account on a customer's record",
        takes=CustomerIban, gives=CustomerDetails,
    ),
)  # fmt: skip
