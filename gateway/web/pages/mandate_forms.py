"""Forms of mandates: a new one, changing one, another account or reference."""

import datetime as dt
from collections.abc import Mapping

from aiohttp import web
from multidict import MultiMapping

from gateway.domain.access import Right
from gateway.domain.mandate import MandateEntry
from gateway.services import amend_mandates, manage_mandates
from gateway.services.amend_mandates import NewAccount
from gateway.store import creditors, parties
from gateway.store.mandates import Mandate
from gateway.store.parties import Party
from gateway.store.work import Work
from gateway.web.context import Call
from gateway.web.faults import FieldFault, at, faults_of
from gateway.web.match_again import match_soon
from gateway.web.pages.mandates import act_on, find_mandate
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.typed import read_date
from gateway.web.words import mark
from schemas.codes.lists import LocalInstrument
from schemas.errors import GatewayError
from schemas.identifiers import Bic, Iban
from schemas.states import MandateState
from schemas.tables import MandateType

_TEXTS = ("signature_place", "debtor_street", "debtor_postcode", "debtor_town", "ultimate_debtor")
_DATES = ("signature_date", "b2b_confirmed_date")


class NewMandateQuery(PageQuery):
    """For whom a new mandate is."""

    customer: str = ""


async def show_new(call: Call) -> web.StreamResponse:
    """Show an empty form, with what is known of the customer."""
    number = call.query(NewMandateQuery).customer
    values = {"customer": number}
    async with call.gateway.database.read() as session:
        customer = await parties.customer_by_number(session, company_id=call.company_id, number=number)
    if customer is not None:
        values |= {"debtor_name": customer.name} | {
            f"debtor_{field}": getattr(customer, field) for field in ("street", "postcode", "town", "country")
        }
    return await _form(call, values)


async def _form(
    call: Call, values: Mapping[str, str], *, mandate: Mandate | None = None, error: GatewayError | None = None
) -> web.StreamResponse:
    async with call.gateway.database.read() as session:
        known = await creditors.list_creditors(session, company_id=call.company_id)
    return call.page(
        "mandates/form.html",
        status=422 if error else 200,
        values=values,
        mandate=mandate,
        creditors=known,
        faults=faults_of(error) if error else {},
        schemes=list(LocalInstrument),
        types=list(MandateType),
        today=call.now.date(),
    )


async def create(call: Call) -> web.StreamResponse:
    """Store a new mandate."""
    form = await call.form()
    try:
        customer = await _customer(call, _word(form, "customer"))
        entry = _entry(form, name=_word(form, "debtor_name") or customer.name)
        async with call.begin() as work:
            row = await manage_mandates.add_mandate(
                work,
                customer_id=customer.id,
                entry=entry,
                reference=_word(form, "reference"),
                creditor_identifier=_word(form, "creditor_identifier"),
            )
    except GatewayError as error:
        return await _form(call, form, error=error)
    match_soon(call)
    return call.redirect(f"/mandates/{row.id}", say=call._("Stored."))


async def _customer(call: Call, number: str) -> Party:
    async with call.gateway.database.read() as session:
        found = await parties.customer_by_number(session, company_id=call.company_id, number=number)
    if found is None:
        raise FieldFault("customer", f"there is no customer {number}")
    return found


def _entry(form: MultiMapping[str], *, name: str, iban: str = "") -> MandateEntry:
    texts = {field: _word(form, field) for field in _TEXTS}
    return MandateEntry(
        scheme=LocalInstrument.B2B if form.get("scheme") == LocalInstrument.B2B else LocalInstrument.CORE,
        type=MandateType.ONE_OFF if form.get("type") == MandateType.ONE_OFF else MandateType.RECURRENT,
        iban=Iban.parse(iban or _word(form, "iban")),
        bic=Bic.parse(_word(form, "bic")) if _word(form, "bic") else None,
        debtor_name=name,
        signature_date=_date(form, "signature_date"),
        b2b_confirmed_date=_date(form, "b2b_confirmed_date"),
        debtor_country=_word(form, "debtor_country").upper(),
        **texts,
    )


def _date(form: MultiMapping[str], field: str) -> dt.date | None:
    with at(field):
        return read_date(form.get(field, ""))


def _word(form: Mapping[str, str], name: str) -> str:
    return " ".join(form.get(name, "").split())[:200]


async def show_change(call: Call) -> web.StreamResponse:
    """Show what a mandate says, to be changed."""
    async with call.gateway.database.read() as session:
        row = await find_mandate(session, call)
    names = (*_TEXTS, "debtor_country", "debtor_name", "scheme", "type", "bic")
    values = {name: getattr(row, name) for name in names} | {"iban": Iban(row.iban).printed}
    values |= {name: getattr(row, name).isoformat() if getattr(row, name) else "" for name in _DATES}
    return await _form(call, values, mandate=row)


async def change(call: Call) -> web.StreamResponse:
    """Change what a mandate says; the account of a signed one stays."""
    form = await call.form()
    async with call.gateway.database.read() as session:
        row = await find_mandate(session, call)
    try:
        entry = _entry(form, name=_word(form, "debtor_name"), iban="" if row.state == MandateState.DRAFT else row.iban)
        async with call.begin() as work:
            await manage_mandates.change_mandate(work, mandate_id=row.id, entry=entry)
    except GatewayError as error:
        return await _form(call, form, mandate=row, error=error)
    match_soon(call)
    return call.redirect(f"/mandates/{row.id}", say=call._("Saved."))


async def _account(work: Work, row: Mandate, form: Mapping[str, str]) -> str:
    bic = Bic.parse(_word(form, "bic")) if _word(form, "bic") else None
    account = NewAccount(row.id, Iban.parse(_word(form, "iban")), bic)
    if await amend_mandates.propose_account(work, account=account, reason=_word(form, "reason")):
        return mark("Proposed. The old account is used until a second person accepts the new one.")
    return mark("Saved.")


async def _reference(work: Work, row: Mandate, form: Mapping[str, str]) -> str:
    await amend_mandates.change_reference(
        work, mandate_id=row.id, reference=_word(form, "reference"), reason=_word(form, "reason")
    )
    return mark("Saved. The next debit tells the debtor's bank.")


ROUTES = (
    page("GET", "/mandates/new", Right.WORK, show_new),
    page("POST", "/mandates/new", Right.WORK, create),
    page("GET", "/mandates/{id}/change", Right.WORK, show_change),
    page("POST", "/mandates/{id}/change", Right.WORK, change),
    page("POST", "/mandates/{id}/account", Right.WORK, act_on(_account)),
    page("POST", "/mandates/{id}/reference", Right.WORK, act_on(_reference)),
)
