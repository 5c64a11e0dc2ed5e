"""The API of creditor identifiers, and of the changes that wait for a second person."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.services import manage_creditors
from gateway.services.decide_changes import NoSuchChange, withdraw_proposals
from gateway.services.manage_creditors import CreditorRecord
from gateway.store import accounts, creditors, protected_changes
from gateway.store.creditors import Creditor
from gateway.web.context import Call
from gateway.web.routing import api
from gateway.web.views.mandates import before_and_after
from schemas.errors import NotFound
from schemas.payloads.mandates import (
    CreditorAccount,
    CreditorFacts,
    CreditorIdentifierChange,
    CreditorList,
    CreditorShape,
    NewCreditor,
    ProtectedChangeList,
    ProtectedChangeShape,
)


async def list_creditors(call: Call) -> web.StreamResponse:
    """List the creditor identifiers, that of new mandates first."""
    async with call.gateway.database.read() as session:
        rows = await creditors.list_creditors(session, company_id=call.company_id)
    return call.answer(CreditorList(items=[_shape(row) for row in rows]))


def _shape(row: Creditor) -> CreditorShape:
    names = set(CreditorShape.model_fields) - {"id", "bank_account_id"}
    return CreditorShape(
        id=str(row.id),
        bank_account_id=str(row.bank_account_id) if row.bank_account_id else None,
        **{name: getattr(row, name) for name in names},
    )


def _record(body: CreditorFacts) -> CreditorRecord:
    return CreditorRecord(body.name, body.street, body.postcode, body.town, body.country)


async def create_creditor(call: Call) -> web.StreamResponse:
    """Add a creditor identifier."""
    body = await call.json(NewCreditor)
    async with call.begin() as work:
        row = await manage_creditors.add_creditor(
            work,
            identifier=body.identifier,
            record=_record(body),
            bank_account_id=int(body.bank_account_id) if body.bank_account_id else None,
            is_default=body.is_default,
        )
        return await call.created(work, _shape(row))


async def change_creditor(call: Call) -> web.StreamResponse:
    """Change name and address of a creditor identifier, or let new mandates carry it."""
    body = await call.json(CreditorFacts)
    async with call.begin() as work:
        await manage_creditors.change_creditor(
            work, creditor_id=call.key(), record=_record(body), is_default=body.is_default
        )
    return await _read(call)


async def set_account(call: Call) -> web.StreamResponse:
    """Say where collections of a creditor are credited."""
    body = await call.json(CreditorAccount)
    async with call.begin() as work:
        await manage_creditors.set_account(
            work, creditor_id=call.key(), bank_account_id=int(body.bank_account_id), reason=body.reason
        )
    return await _read(call)


async def propose_identifier(call: Call) -> web.StreamResponse:
    """Propose another identifier for a creditor and its mandates."""
    body = await call.json(CreditorIdentifierChange)
    async with call.begin() as work:
        await manage_creditors.propose_identifier(
            work, creditor_id=call.key(), identifier=body.identifier, reason=body.reason
        )
    return await _read(call)


async def _read(call: Call) -> web.StreamResponse:
    async with call.gateway.database.read() as session:
        row = await creditors.get_creditor(session, company_id=call.company_id, creditor_id=call.key())
    if row is None:
        raise NotFound(f"there is no creditor {call.key()}")
    return call.answer(_shape(row))


async def list_changes(call: Call) -> web.StreamResponse:
    """List the changes that wait for a second person, the oldest first."""
    async with call.gateway.database.read() as session:
        rows = await protected_changes.waiting_changes(session, company_id=call.company_id)
        ours = await accounts.list_accounts(session, company_id=call.company_id)
    names = {str(account.id): account.name for account in ours}
    return call.answer(ProtectedChangeList(items=[_change(row, names) for row in rows]))


async def withdraw_change(call: Call) -> web.StreamResponse:
    """Withdraw a change that the caller proposed; it never takes effect."""
    async with call.begin() as work:
        if not await protected_changes.is_known(work.session, company_id=call.company_id, change_id=call.key()):
            raise NoSuchChange(f"there is no change {call.key()}")
        await withdraw_proposals(work, ids=[call.key()])
    return await list_changes(call)


def _change(row: protected_changes.ProtectedChange, names: dict[str, str]) -> ProtectedChangeShape:
    before, after = before_and_after(row.kind, row.record, names)
    return ProtectedChangeShape(
        id=str(row.id),
        kind=row.kind,
        subject_id=str(row.subject_id),
        before=before,
        after=after,
        reason=row.reason,
        batch_id=str(row.batch_id) if row.batch_id else None,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        state=row.state,
    )


ROUTES = (
    api("GET", "/creditors", Right.SEE, list_creditors, summary="List creditor identifiers", gives=CreditorList),
    api(
        "POST", "/creditors", Right.MANAGE_ACCOUNTS, create_creditor, summary="Add a creditor identifier",
        takes=NewCreditor, gives=CreditorShape, status=201, creates=True,
    ),
    api(
        "PUT", "/creditors/{id}", Right.MANAGE_ACCOUNTS, change_creditor,
        summary="Change name and address of a creditor identifier", takes=CreditorFacts, gives=CreditorShape,
    ),
    api(
        "POST", "/creditors/{id}/account", Right.MANAGE_ACCOUNTS, set_account,
        summary="Say where collections are credited; another account waits for a second person", takes=CreditorAccount,
        gives=CreditorShape,
    ),
    api(
        "POST", "/creditors/{id}/identifier", Right.MANAGE_ACCOUNTS, propose_identifier,
        summary="Propose another identifier; it waits for a second person", takes=CreditorIdentifierChange,
        gives=CreditorShape,
    ),
    api(
        "GET", "/protected-changes", Right.SEE, list_changes, summary="List the changes that wait for a second person",
        gives=ProtectedChangeList,
    ),
    api(
        "POST", "/protected-changes/{id}/withdraw", Right.SEE, withdraw_change, gives=ProtectedChangeList,
        summary="Withdraw a change that the caller proposed; answers what still waits",
    ),
)  # fmt: skip
