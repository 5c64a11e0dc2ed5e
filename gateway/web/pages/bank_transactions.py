"""One bank transaction with all that happened to it, and taking back what was decided on it."""

from collections.abc import Sequence
from typing import NamedTuple

from aiohttp import web
from multidict import MultiMapping

from gateway.domain.access import Right
from gateway.domain.matching.record import from_record, signs_from
from gateway.services import undo_decision
from gateway.services.undo_decision import NothingToUndo
from gateway.store import (
    allocations,
    customer_account,
    matching_rules,
    review_queue,
    reviews,
    transaction_history,
    unpaid_fees,
)
from gateway.store.allocations import Decision
from gateway.store.database import ReadSession
from gateway.store.match_rate import WRONG
from gateway.store.transaction_history import Booked, Origin
from gateway.web.context import Call
from gateway.web.routing import page
from gateway.web.views.explanations import Card, card_of, proof_of
from schemas.errors import GatewayError, NotFound
from schemas.states import BankTransactionState

DECIDED = frozenset(
    {BankTransactionState.ALLOCATED, BankTransactionState.PARTLY_ALLOCATED, BankTransactionState.IGNORED}
)
_BOOKED_SHOWN = 200
UNDO_REASONS = (WRONG, "asked", "test")


class NoSuchBankTransaction(NotFound):
    """There is no such bank transaction in this company."""


class Told(NamedTuple):
    """One decision with the first that it booked, of how many; its proof is what the rule or the person saw."""

    decision: Decision
    proof: Sequence[tuple[str, bool]]
    booked: Sequence[Booked]
    total: int


async def show_bank_transaction(call: Call) -> web.StreamResponse:
    """Show a bank transaction with its history."""
    async with call.gateway.database.read() as session:
        origin = await find_origin(session, call)
        decisions = await allocations.history_of_transaction(session, origin.transaction.id)
        told = await _told(session, call, decisions)
        expected = await _expected(session, call, origin)
        fees = await unpaid_fees.shown_fees(
            session, company_id=call.company_id, bank_transaction_id=origin.transaction.id
        )
        uses = await matching_rules.uses_of_transaction(session, origin.transaction.id)
        moves = await transaction_history.moves_of_transaction(session, origin.transaction.id)
        questions = await review_queue.questions_of_transaction(session, origin.transaction.id)
        notes = await review_queue.notes_of(session, [question.id for question in questions])
    return call.page(
        "bank_transactions/one.html",
        origin=origin,
        told=told,
        expected=expected,
        fees=fees,
        moves=moves,
        uses=uses,
        question=next((question for question in questions if question.closed_at is None), None),
        notes=notes,
        can_undo=origin.transaction.state in DECIDED and call.may(Right.WORK),
        whole_iban="",
    )


async def find_origin(session: ReadSession, call: Call) -> Origin:
    """Return the bank transaction that the address names. Raises NoSuchBankTransaction."""
    key = call.key()
    origin = await transaction_history.get_origin(session, company_id=call.company_id, bank_transaction_id=key)
    if origin is None:
        raise NoSuchBankTransaction(f"there is no bank transaction {key}")
    return origin


async def _expected(session: ReadSession, call: Call, origin: Origin) -> list[Card]:
    """Return how matching explains what is only announced."""
    transaction = origin.transaction
    explanations = [from_record(record) for record in (transaction.expected or []) if transaction.is_provisional]
    ids = [line.item_id for explanation in explanations for line in explanation.lines]
    items = await customer_account.items_by_id(session, company_id=call.company_id, ids=ids)
    return [
        card_of(explanation, items, place=place, currency=transaction.currency, language=call.language)
        for place, explanation in enumerate(explanations)
    ]


async def _told(session: ReadSession, call: Call, decisions: Sequence[Decision]) -> list[Told]:
    totals = await allocations.counts_of_decisions(session, [decision.id for decision in decisions])
    return [
        Told(
            decision,
            proof_of(signs_from(decision.proof[0]), call.language) if decision.proof else (),
            await transaction_history.booked_of_decision(session, decision.id, limit=_BOOKED_SHOWN),
            totals.get(decision.id, 0),
        )
        for decision in decisions
    ]


async def show_undo(call: Call) -> web.StreamResponse:
    """Say what would be taken back."""
    async with call.gateway.database.read() as session:
        origin = await find_origin(session, call)
        return await _show_undo(session, call, origin)


async def _show_undo(
    session: ReadSession, call: Call, origin: Origin, *, fault: str = "", status: int = 200
) -> web.StreamResponse:
    decisions = await allocations.open_decisions(session, [origin.transaction.id])
    told = await _told(session, call, decisions)
    batch_id = next((decision.batch_id for decision in decisions if decision.batch_id), None)
    together = (
        await transaction_history.transactions_of_batch(session, company_id=call.company_id, batch_id=batch_id)
        if batch_id
        else []
    )
    return call.page(
        "bank_transactions/undo.html",
        status=status,
        origin=origin,
        told=told,
        fees=await unpaid_fees.shown_fees(
            session, company_id=call.company_id, bank_transaction_id=origin.transaction.id
        ),
        decisions=decisions,
        batch_id=batch_id,
        together=len(together),
        reasons=UNDO_REASONS,
        is_decided=origin.transaction.state in DECIDED,
        fault=fault,
    )


async def undo(call: Call) -> web.StreamResponse:
    """Take back what was decided; the question opens again and is shown."""
    reason = undo_reason(await call.form())
    async with call.gateway.database.read() as session:
        origin = await find_origin(session, call)
        if not reason:
            fault = call._("Choose why it is taken back.")
            return await _show_undo(session, call, origin, fault=fault, status=422)
        ids = await undo_decision.ids_to_undo(session, [origin.transaction.id])
    try:
        async with call.begin(ids=ids) as work:
            await undo_decision.undo_decision(work, bank_transaction_ids=[origin.transaction.id], reason=reason)
    except NothingToUndo:
        say = call._("Nothing to take back: it was done already.")
        return call.redirect(f"/bank-transactions/{origin.transaction.id}", say=say)
    except GatewayError as error:
        async with call.gateway.database.read() as session:
            return await _show_undo(session, call, origin, fault=str(error), status=422)
    async with call.gateway.database.read() as session:
        item = await reviews.last_of_transaction(session, origin.transaction.id)
    path = f"/review/{item.id}" if item else f"/bank-transactions/{origin.transaction.id}"
    return call.redirect(path, say=call._("Taken back; the question is open again."))


def undo_reason(form: MultiMapping[str]) -> str:
    """Return the reason of an undo: a word of ours, and what the person added; empty where none was chosen."""
    word, words = form.get("reason", ""), form.get("words", "").strip()[:200]
    if word not in UNDO_REASONS:
        return ""
    return f"{word}: {words}" if words else word


async def show_iban(call: Call) -> web.StreamResponse:
    """Show the whole account number of the other side; the look is journaled."""
    async with call.gateway.database.read() as session:
        origin = await find_origin(session, call)
    async with call.begin(ids=10) as work:
        work.say("see_iban", f"bank_transaction:{origin.transaction.id}")
    return call.page("bank_transactions/iban.html", origin=origin)


ROUTES = (
    page("GET", "/bank-transactions/{id}", Right.SEE, show_bank_transaction),
    page("GET", "/bank-transactions/{id}/undo", Right.WORK, show_undo),
    page("POST", "/bank-transactions/{id}/undo", Right.WORK, undo),
    page("POST", "/bank-transactions/{id}/iban", Right.SEE_IBAN, show_iban),
)
