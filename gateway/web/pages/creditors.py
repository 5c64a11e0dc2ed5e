"""Creditor identifiers of the company: each with name, address, and the account that collections are credited to."""

from collections.abc import Mapping

from aiohttp import web

from gateway.domain.access import Right
from gateway.services import manage_creditors
from gateway.services.manage_creditors import CreditorRecord
from gateway.store import accounts, creditors, protected_changes
from gateway.web.context import Call
from gateway.web.errors import status_of
from gateway.web.faults import faults_of
from gateway.web.routing import page
from schemas.errors import GatewayError
from schemas.identifiers import InvalidCreditorIdentifier
from schemas.states import ProtectedKind

_TEXTS = ("name", "street", "postcode", "town", "country")
_KINDS = (ProtectedKind.CREDITOR_ACCOUNT, ProtectedKind.CREDITOR_IDENTIFIER)


async def show_creditors(call: Call) -> web.StreamResponse:
    """Show the creditor identifiers."""
    return await _answer(call)


async def _answer(
    call: Call, *, error: GatewayError | None = None, typed: Mapping[str, str] | None = None
) -> web.StreamResponse:
    async with call.gateway.database.read() as session:
        rows = await creditors.list_creditors(session, company_id=call.company_id)
        ours = await accounts.list_accounts(session, company_id=call.company_id, with_closed=False)
        waiting = await protected_changes.waiting_changes(session, company_id=call.company_id, kinds=_KINDS)
    faults = faults_of(error) if error else {}
    if isinstance(error, InvalidCreditorIdentifier):
        faults = {"identifier": str(error)}
    path = call.request.path.split("/")
    return call.page(
        "mandates/creditors.html",
        status=status_of(error) if error else 200,
        creditors=rows,
        accounts=[account for account in ours if account.iban],
        waiting={change.subject_id for change in waiting},
        faults=faults,
        typed=typed or {},
        doing=path[3] if error and len(path) > 3 else "",
    )


def _word(form: Mapping[str, str], name: str) -> str:
    return " ".join(form.get(name, "").split())[:140]


def _record(form: Mapping[str, str]) -> CreditorRecord:
    name, street, postcode, town, country = (_word(form, field) for field in _TEXTS)
    return CreditorRecord(name, street, postcode, town, country.upper()[:2])


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


async def add(call: Call) -> web.StreamResponse:
    """Add a creditor identifier."""
    form = await call.form()
    try:
        async with call.begin() as work:
            await manage_creditors.add_creditor(
                work,
                identifier=_word(form, "identifier"),
                record=_record(form),
                bank_account_id=_key(form.get("account", "")),
            )
    except GatewayError as error:
        return await _answer(call, error=error, typed=form)
    return call.redirect("/settings/creditors", say=call._("Added."))


async def change(call: Call) -> web.StreamResponse:
    """Change what a creditor identifier says; another account or identifier is proposed."""
    form, creditor_id = await call.form(), call.key()
    waits = False
    try:
        async with call.begin(ids=1000) as work:
            await manage_creditors.change_creditor(
                work, creditor_id=creditor_id, record=_record(form), is_default="is_default" in form
            )
            row = await creditors.get_creditor(work.session, company_id=call.company_id, creditor_id=creditor_id)
            account = _key(form.get("account", ""))
            if row and account is not None and account != row.bank_account_id:
                waits = await manage_creditors.set_account(work, creditor_id=creditor_id, bank_account_id=account)
            identifier = _word(form, "identifier")
            if row and identifier and identifier != row.identifier:
                await manage_creditors.propose_identifier(work, creditor_id=creditor_id, identifier=identifier)
                waits = True
    except GatewayError as error:
        return await _answer(call, error=error, typed=form)
    said = call._("Saved. What needs a second person waits for one.") if waits else call._("Saved.")
    return call.redirect("/settings/creditors", say=said)


ROUTES = (
    page("GET", "/settings/creditors", Right.SEE_SETTINGS, show_creditors),
    page("POST", "/settings/creditors", Right.MANAGE_ACCOUNTS, add),
    page("POST", "/settings/creditors/{id}", Right.MANAGE_ACCOUNTS, change),
)
