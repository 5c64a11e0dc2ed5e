"""Mandates: the list, one with its history, and moving it along its life."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.lifecycle import MANDATE
from gateway.domain.mandate import WARNED_MONTHS, expires_soon, is_collectable, months_after
from gateway.services import manage_mandates
from gateway.services.manage_mandates import NoSuchMandate
from gateway.store import (
    collections_of_mandates,
    mandate_lists,
    mandate_papers,
    mandates,
    parties,
    protected_changes,
    transaction_history,
)
from gateway.store.collections import Collection, Notice
from gateway.store.database import ReadSession
from gateway.store.journal import Move
from gateway.store.mandate_lists import MandateFilter
from gateway.store.mandate_papers import MandateAmendment, MandateDocument, SigningLink
from gateway.store.mandates import Mandate
from gateway.store.parties import Party
from gateway.store.protected_changes import ProtectedChange
from gateway.store.work import Work
from gateway.web.context import Call
from gateway.web.faults import faults_of
from gateway.web.match_again import match_soon
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.typed import read_date
from gateway.web.views.mandates import shown_value
from gateway.web.words import mark
from schemas.errors import GatewayError
from schemas.identifiers import Iban
from schemas.national_accounts import national_check_warning
from schemas.states import MandateState, ProtectedKind

Act = Callable[[Work, Mandate, Mapping[str, str]], Awaitable[str]]
_COLLECTIONS_SHOWN = 50


class Which(StrEnum):
    """Which mandates a chip of the list shows."""

    ACTIVE = "active"
    DRAFT = "draft"
    SUSPENDED = "suspended"
    ENDING = "ending"
    ENDED = "ended"
    ALL = "all"


_STATES: Mapping[Which, tuple[MandateState, ...]] = {
    Which.ACTIVE: (MandateState.ACTIVE,),
    Which.DRAFT: (MandateState.DRAFT,),
    Which.SUSPENDED: (MandateState.SUSPENDED,),
    Which.ENDING: (MandateState.ACTIVE, MandateState.SUSPENDED),
    Which.ENDED: (MandateState.REVOKED, MandateState.EXPIRED, MandateState.CONSUMED),
    Which.ALL: (),
}


class MandateQuery(PageQuery):
    """Which mandates are listed."""

    which: Which = Which.ACTIVE
    customer: int | None = None
    q: str = ""

    def wanted(self, today: dt.date) -> MandateFilter:
        """Return the mandates that are meant; a search looks among all."""
        is_ending = self.which is Which.ENDING
        since = months_after(today, -WARNED_MONTHS) if is_ending else None
        return MandateFilter(_STATES[self.which], self.q, self.customer, since)


class MandateView(NamedTuple):
    """One mandate with all that is known of it."""

    mandate: Mandate
    customer: Party | None
    moves: Sequence[Move]
    amendments: Sequence[MandateAmendment]
    documents: Sequence[MandateDocument]
    collections: Sequence[Collection]
    notices: Sequence[Notice]
    links: Sequence[SigningLink]
    waiting: ProtectedChange | None
    names: Mapping[str, str]


async def show_mandates(call: Call) -> web.StreamResponse:
    """Show the list."""
    query, today = call.query(MandateQuery), call.now.date()
    async with call.gateway.database.read() as session:
        found = await mandate_lists.list_mandate_lines(
            session, company_id=call.company_id, wanted=query.wanted(today), cursor=query.cursor
        )
        customer = (
            await parties.get_customer(session, company_id=call.company_id, customer_id=query.customer)
            if query.customer is not None
            else None
        )
        waiting = await protected_changes.count_waiting(session, company_id=call.company_id)
    return call.page(
        "mandates/list.html",
        query=query,
        found=found,
        customer=customer,
        waiting=waiting,
        obstacles={one.mandate.id: is_collectable(one.mandate, today) for one in found.rows},
        ends={one.mandate.id: expires_soon(one.mandate, today) for one in found.rows},
    )


async def show_mandate(call: Call) -> web.StreamResponse:
    """Show one mandate."""
    return await answer_with(call)


async def answer_with(call: Call, *, error: GatewayError | None = None, **more: Any) -> web.StreamResponse:
    """Show one mandate, with the form that was refused open again, or with something that is shown once."""
    async with call.gateway.database.read() as session:
        view = await view_of(session, call, await find_mandate(session, call))
    values: dict[str, Any] = {"doing": "", "typed": {}, "wrong": {}}
    if error:
        values = {
            "doing": call.request.path.rpartition("/")[2],
            "typed": await call.form(),
            "wrong": faults_of(error),
        }
    today, row = call.now.date(), view.mandate
    return call.page(
        "mandates/one.html",
        status=422 if error else 200,
        view=view,
        obstacle=is_collectable(row, today),
        ends=expires_soon(row, today),
        is_over=MANDATE.is_final(row.state),
        odd=national_check_warning(Iban(row.iban)),
        shown_value=shown_value,
        today=today,
        now=call.now,
        sends_mail=call.gateway.mailer is not None,
        **{"secret": "", "code": "", **values, **more},
    )


async def find_mandate(session: ReadSession, call: Call) -> Mandate:
    """Return the mandate that the address names. Raises NoSuchMandate."""
    row = await mandates.get_mandate(session, company_id=call.company_id, mandate_id=call.key())
    if row is None:
        raise NoSuchMandate(f"there is no mandate {call.key()}")
    return row


async def view_of(session: ReadSession, call: Call, row: Mandate) -> MandateView:
    """Return a mandate with all that is known of it."""
    company_id = call.company_id
    moves = await mandates.moves_of(session, mandate_id=row.id)
    changes = await mandate_papers.amendments_of(session, company_id=company_id, mandate_ids=[row.id])
    waiting = await protected_changes.open_changes_of(
        session, company_id=company_id, kind=ProtectedKind.MANDATE_IBAN, subject_ids=[row.id]
    )
    documents = await mandate_papers.documents_of(session, company_id=company_id, mandate_id=row.id)
    links = await mandate_papers.links_of(session, company_id=company_id, mandate_id=row.id)
    words = [*(one.actor for one in moves), *(one.actor for one in changes.get(row.id, []))]
    words += [*(one.actor for one in documents), *(one.proposed_by for one in waiting.values())]
    return MandateView(
        mandate=row,
        customer=await parties.get_customer(session, company_id=company_id, customer_id=row.party_id),
        moves=moves,
        amendments=changes.get(row.id, []),
        documents=documents,
        collections=await collections_of_mandates.list_collections_of(
            session, company_id=company_id, mandate_id=row.id, limit=_COLLECTIONS_SHOWN
        ),
        notices=await collections_of_mandates.list_notices_of(
            session, company_id=company_id, mandate_id=row.id, limit=_COLLECTIONS_SHOWN
        ),
        links=links,
        waiting=waiting.get(row.id),
        names=await transaction_history.names_of(session, words),
    )


def act_on(act: Act) -> Callable[[Call], Awaitable[web.StreamResponse]]:
    """Return the handler of a form that does something with a mandate and says why where it cannot be done."""

    async def handle(call: Call) -> web.StreamResponse:
        form = await call.form()
        try:
            async with call.gateway.database.read() as session:
                row = await find_mandate(session, call)
            async with call.begin() as work:
                say = await act(work, row, form)
        except NoSuchMandate:
            raise
        except GatewayError as error:
            return await answer_with(call, error=error)
        match_soon(call)
        return call.redirect(f"/mandates/{row.id}", say=call._(say))

    return handle


def _word(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").strip()[:200]


async def _sign(work: Work, row: Mandate, form: Mapping[str, str]) -> str:
    day = read_date(form.get("signature_date", "")) or work.now.date()
    await manage_mandates.sign_mandate(work, mandate_id=row.id, signature_date=day, place=_word(form, "place"))
    return mark("Signed; it may be collected now.")


async def _suspend(work: Work, row: Mandate, form: Mapping[str, str]) -> str:
    await _move(work, row, MandateState.SUSPENDED, form)
    return mark("Suspended; nothing is collected until it is active again.")


async def _activate(work: Work, row: Mandate, form: Mapping[str, str]) -> str:
    await _move(work, row, MandateState.ACTIVE, form)
    return mark("Active again.")


async def _revoke(work: Work, row: Mandate, form: Mapping[str, str]) -> str:
    await _move(work, row, MandateState.REVOKED, form)
    return mark("Revoked for good.")


async def _move(work: Work, row: Mandate, to_state: MandateState, form: Mapping[str, str]) -> None:
    await manage_mandates.move_mandate(work, mandate_id=row.id, to_state=to_state, reason=_word(form, "reason"))


async def _confirm(work: Work, row: Mandate, form: Mapping[str, str]) -> str:
    day = read_date(form.get("b2b_confirmed_date", "")) or work.now.date()
    await manage_mandates.confirm_to_bank(work, mandate_id=row.id, confirmed_date=day)
    return mark("Noted: the debtor confirmed it to his bank.")


async def show_iban(call: Call) -> web.StreamResponse:
    """Show the whole account number; the look is journaled."""
    async with call.gateway.database.read() as session:
        row = await find_mandate(session, call)
    async with call.begin(ids=10) as work:
        work.say("see_iban", f"mandate:{row.id}")
    return call.page("mandates/iban.html", iban=row.iban, back=f"/mandates/{row.id}", name=row.debtor_name)


ROUTES = (
    page("GET", "/mandates", Right.SEE, show_mandates),
    page("GET", "/mandates/{id}", Right.SEE, show_mandate),
    page("POST", "/mandates/{id}/sign", Right.WORK, act_on(_sign)),
    page("POST", "/mandates/{id}/suspend", Right.WORK, act_on(_suspend)),
    page("POST", "/mandates/{id}/activate", Right.WORK, act_on(_activate)),
    page("POST", "/mandates/{id}/revoke", Right.WORK, act_on(_revoke)),
    page("POST", "/mandates/{id}/confirm", Right.WORK, act_on(_confirm)),
    page("POST", "/mandates/{id}/iban", Right.SEE_IBAN, show_iban),
)
