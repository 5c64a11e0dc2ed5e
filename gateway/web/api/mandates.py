"""The API of mandates: list, create, read, change, sign, move, another account or reference."""

from typing import Any

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.lifecycle import MANDATE
from gateway.domain.mandate import MandateEntry, expiry_date, is_collectable
from gateway.services import amend_mandates, manage_mandates
from gateway.services.amend_mandates import NewAccount
from gateway.services.manage_mandates import NoSuchMandate
from gateway.store import mandate_lists, mandate_papers, mandates, parties, protected_changes
from gateway.store.database import ReadSession
from gateway.store.mandate_lists import MandateFilter as Wanted
from gateway.store.mandates import Mandate
from gateway.store.parties import Party
from gateway.web.context import Call
from gateway.web.match_again import match_soon
from gateway.web.routing import api
from gateway.web.views.mandates import shown_value
from schemas.codes.lists import LocalInstrument
from schemas.errors import GatewayError, NotFound
from schemas.identifiers import Bic, Iban, mask_account
from schemas.national_accounts import national_check_warning
from schemas.payloads.mandates import (
    AmendmentShape,
    MandateAccount,
    MandateChange,
    MandateDetails,
    MandateFacts,
    MandateFilter,
    MandateList,
    MandateMove,
    MandateMoveShape,
    MandateReferenceChange,
    MandateShape,
    MandateSignature,
    NewMandate,
)
from schemas.states import MandateState, ProtectedKind
from schemas.tables import MandateType

BY_PERSON = frozenset({MandateState.ACTIVE, MandateState.SUSPENDED, MandateState.REVOKED})


class MoveNotByHand(GatewayError):
    """Mandates expire and are consumed by themselves; a person suspends, activates or revokes them."""

    code = "move_not_by_hand"


async def list_mandates(call: Call) -> web.StreamResponse:
    """List mandates by reference."""
    asked = call.query(MandateFilter)
    wanted = Wanted((asked.state,) if asked.state else (), asked.search, asked.customer_id)
    async with call.gateway.database.read() as session:
        page = await mandate_lists.list_mandate_lines(
            session, company_id=call.company_id, wanted=wanted, cursor=asked.cursor or "", limit=asked.limit
        )
    items = [MandateShape(**_facts(call, one.mandate, one.customer_number, one.customer_name)) for one in page.rows]
    return call.answer(MandateList(items=items, next_cursor=page.next_cursor))


def _facts(call: Call, row: Mandate, customer_number: str, customer_name: str) -> dict[str, Any]:
    today = call.now.date()
    names = set(MandateShape.model_fields) & set(Mandate.model_fields)
    obstacle = is_collectable(row, today)
    signed = row.signature_date
    is_over = MANDATE.is_final(row.state)
    return {name: getattr(row, name) for name in names} | {
        "id": str(row.id),
        "customer_id": str(row.party_id),
        "customer_number": customer_number,
        "customer_name": customer_name,
        "scheme": LocalInstrument(row.scheme),
        "type": MandateType(row.type),
        "iban": mask_account(row.iban),
        "obstacle": obstacle.value if obstacle else None,
        "expiry_date": expiry_date(signed, row.last_collected_date) if signed and not is_over else None,
    }


async def create_mandate(call: Call) -> web.StreamResponse:
    """Store a new mandate."""
    body = await call.json(NewMandate)
    async with call.begin() as work:
        customer = await parties.customer_by_number(
            work.session, company_id=call.company_id, number=body.customer_number
        )
        if customer is None:
            raise NotFound(f"there is no customer {body.customer_number}")
        name = body.debtor_name or customer.name
        row = await manage_mandates.add_mandate(
            work,
            customer_id=customer.id,
            entry=_entry(body, body.iban, name),
            reference=body.reference,
            creditor_identifier=body.creditor_identifier,
        )
        await work.session.refresh(row)
        answer = await call.created(work, await _details(work.session, call, row))
    match_soon(call)
    return answer


def _entry(body: MandateFacts, iban: str, debtor_name: str) -> MandateEntry:
    said = {name: getattr(body, name) for name in MandateFacts.model_fields}
    said["bic"] = Bic.parse(body.bic) if body.bic else None
    return MandateEntry(iban=Iban.parse(iban), debtor_name=debtor_name, **said)


async def read_mandate(call: Call) -> web.StreamResponse:
    """Read a mandate with its history."""
    async with call.gateway.database.read() as session:
        row = await mandates.get_mandate(session, company_id=call.company_id, mandate_id=call.key())
        if row is None:
            raise NoSuchMandate(f"there is no mandate {call.key()}")
        return call.answer(await _details(session, call, row))


async def _details(session: ReadSession, call: Call, row: Mandate) -> MandateDetails:
    company_id = call.company_id
    customer: Party | None = await parties.get_customer(session, company_id=company_id, customer_id=row.party_id)
    changes = await mandate_papers.amendments_of(session, company_id=company_id, mandate_ids=[row.id])
    waiting = await protected_changes.open_changes_of(
        session, company_id=company_id, kind=ProtectedKind.MANDATE_IBAN, subject_ids=[row.id]
    )
    moves = await mandates.moves_of(session, mandate_id=row.id)
    number, name = (customer.number, customer.name) if customer else ("", "")
    return MandateDetails(
        **_facts(call, row, number, name),
        waiting_iban=mask_account(waiting[row.id].record["iban"]) if waiting else None,
        warning=national_check_warning(Iban(row.iban)),
        amendments=[
            AmendmentShape(
                kind=one.kind,
                original=shown_value(one.kind, one.original),
                changed_to=shown_value(one.kind, one.changed_to),
                is_done=one.is_done,
                carried_by_id=str(one.carried_by_id) if one.carried_by_id else None,
                recorded_at=one.recorded_at,
            )
            for one in changes.get(row.id, [])
        ],
        moves=[
            MandateMoveShape(
                from_state=MandateState(one.from_state),
                to_state=MandateState(one.to_state),
                at=one.at,
                actor=one.actor,
                reason=one.reason,
            )
            for one in moves
        ],
    )


async def change_mandate(call: Call) -> web.StreamResponse:
    """Change what a mandate says."""
    body = await call.json(MandateChange)
    said = {name: getattr(body, name) for name in body.model_fields_set if getattr(body, name) is not None}
    if "iban" in said:
        said["iban"] = Iban.parse(said["iban"])
    if "bic" in said:
        said["bic"] = Bic.parse(said["bic"]) if said["bic"] else None
    async with call.begin() as work:
        row = await manage_mandates.open_mandate(work, call.key())
        entry = manage_mandates.entry_of(row)._replace(**said)
        await manage_mandates.change_mandate(work, mandate_id=row.id, entry=entry)
    match_soon(call)
    return await read_mandate(call)


async def sign_mandate(call: Call) -> web.StreamResponse:
    """Say that a draft was signed: it becomes active."""
    body = await call.json(MandateSignature)
    async with call.begin() as work:
        await manage_mandates.sign_mandate(
            work, mandate_id=call.key(), signature_date=body.signature_date, place=body.place
        )
    match_soon(call)
    return await read_mandate(call)


async def move_mandate(call: Call) -> web.StreamResponse:
    """Suspend a mandate, let it be active again, or revoke it for good."""
    body = await call.json(MandateMove)
    if body.to_state not in BY_PERSON:
        raise MoveNotByHand
    async with call.begin() as work:
        await manage_mandates.move_mandate(work, mandate_id=call.key(), to_state=body.to_state, reason=body.reason)
    match_soon(call)
    return await read_mandate(call)


async def propose_account(call: Call) -> web.StreamResponse:
    """Propose another account; a draft gets it at once."""
    body = await call.json(MandateAccount)
    account = NewAccount(call.key(), Iban.parse(body.iban), Bic.parse(body.bic) if body.bic else None)
    async with call.begin() as work:
        await amend_mandates.propose_account(work, account=account, reason=body.reason)
    return await read_mandate(call)


async def change_reference(call: Call) -> web.StreamResponse:
    """Give a mandate another reference."""
    body = await call.json(MandateReferenceChange)
    async with call.begin() as work:
        await amend_mandates.change_reference(work, mandate_id=call.key(), reference=body.reference, reason=body.reason)
    return await read_mandate(call)


ROUTES = (
    api(
        "GET", "/mandates", Right.SEE, list_mandates, summary="List mandates", query=MandateFilter, gives=MandateList
    ),
    api(
        "POST", "/mandates", Right.WORK, create_mandate,
        summary="Create a mandate: active when it was signed, else a draft", takes=NewMandate, gives=MandateDetails,
        status=201, creates=True,
    ),
    api("GET", "/mandates/{id}", Right.SEE, read_mandate, summary="Read a mandate", gives=MandateDetails),
    api(
        "PATCH", "/mandates/{id}", Right.WORK, change_mandate, summary="Change what a mandate says",
        takes=MandateChange, gives=MandateDetails,
    ),
    api(
        "POST", "/mandates/{id}/sign", Right.WORK, sign_mandate, summary="Say that a draft was signed",
        takes=MandateSignature, gives=MandateDetails,
    ),
    api(
        "POST", "/mandates/{id}/move", Right.WORK, move_mandate, summary="Suspend, activate or revoke a mandate",
        takes=MandateMove, gives=MandateDetails,
    ),
    api(
        "POST", "/mandates/{id}/account", Right.WORK, propose_account,
        summary="Propose another account; a second person accepts it", takes=MandateAccount, gives=MandateDetails,
    ),
    api(
        "POST", "/mandates/{id}/reference", Right.WORK, change_reference, summary="Give a mandate another reference",
        takes=MandateReferenceChange, gives=MandateDetails,
    ),
)  # fmt: skip
