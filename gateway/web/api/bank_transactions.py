"""The API of bank transactions: list, read with decisions and proof, undo."""

from typing import Any

from aiohttp import web

from gateway.domain.access import Right
from gateway.services.undo_decision import ids_to_undo, undo_decision
from gateway.store import allocations, bank_transactions, matching_rules, transaction_history, unpaid_fees
from gateway.store.allocations import Decision
from gateway.store.bank_transactions import BankTransaction
from gateway.store.database import ReadSession
from gateway.store.matching_rules import Use
from gateway.store.transaction_history import Booked, Origin
from gateway.web.api.explanations import explanation_shape
from gateway.web.api.unpaid import fee_apart
from gateway.web.context import Call
from gateway.web.errors import BadRequest
from gateway.web.routing import api
from schemas.errors import NotFound
from schemas.identifiers import mask_account
from schemas.payloads.bank_transactions import (
    AllocationShape,
    BankTransactionFilter,
    BankTransactionHistory,
    BankTransactionList,
    BankTransactionShape,
    DecisionShape,
    RuleUseShape,
    UndoneShape,
)
from schemas.payloads.common import Reason

_ALLOCATIONS_MAX = 1_000  # Of one decision.


class NoSuchBankTransaction(NotFound):
    """There is no such bank transaction in this company."""

    code = "no_such_bank_transaction"


async def list_bank_transactions(call: Call) -> web.StreamResponse:
    """List bank transactions, newest first."""
    asked = call.query(BankTransactionFilter)
    if asked.cursor and not (asked.cursor.isascii() and asked.cursor.isdigit() and len(asked.cursor) <= 18):
        raise BadRequest("the cursor is not one that a list of bank transactions gave")
    async with call.gateway.database.read() as session:
        rows = await bank_transactions.list_bank_transactions(
            session, company_id=call.company_id, state=asked.state, bank_account_id=asked.bank_account_id,
            from_date=asked.from_date, to_date=asked.to_date,
            before_id=int(asked.cursor) if asked.cursor else None, limit=asked.limit + 1,
        )  # fmt: skip
    page = rows[: asked.limit]
    cursor = str(page[-1].id) if len(rows) > asked.limit else None
    return call.answer(BankTransactionList(items=[transaction_shape(row) for row in page], next_cursor=cursor))


def transaction_shape(row: BankTransaction) -> BankTransactionShape:
    """Return a bank transaction as the API says it."""
    return BankTransactionShape(
        id=str(row.id),
        bank_account_id=str(row.bank_account_id),
        statement_id=str(row.statement_id),
        state=row.state.value,
        provisional=row.is_provisional,
        amount_minor=row.amount_minor,
        allocated_minor=row.allocated_minor,
        currency=row.currency,
        booking_date=row.booking_date,
        value_date=row.value_date,
        bank_reference=row.bank_reference,
        end_to_end_id=row.end_to_end_id,
        mandate_reference=row.mandate_reference,
        creditor_reference=row.creditor_reference,
        counterparty_name=row.counterparty_name,
        counterparty_iban=mask_account(row.counterparty_iban) if row.counterparty_iban else None,
        remittance=row.remittance or row.entry_text,
        return_reason=row.return_reason,
        category=row.category.value if row.category else None,
    )


async def read_bank_transaction(call: Call) -> web.StreamResponse:
    """Read a bank transaction with its decisions, their proof, and its allocations."""
    async with call.gateway.database.read() as session:
        origin = await _origin(session, call)
        decisions = await allocations.history_of_transaction(session, call.key())
        totals = await allocations.counts_of_decisions(session, [decision.id for decision in decisions])
        booked = [
            one
            for decision in decisions
            for one in await transaction_history.booked_of_decision(session, decision.id, limit=_ALLOCATIONS_MAX)
        ]
        fees = await unpaid_fees.shown_fees(session, company_id=call.company_id, bank_transaction_id=call.key())
        uses = await matching_rules.uses_of_transaction(session, call.key())
    history = BankTransactionHistory(
        bank_transaction=transaction_shape(origin.transaction),
        expected=[explanation_shape(record, call.language) for record in _expected(origin)],
        decisions=[_decision_shape(decision, call) for decision in decisions],
        allocations=[_allocation_shape(one) for one in booked],
        allocation_count=sum(totals.values()),
        fees_apart=[fee_apart(fee) for fee in fees],
        rules=[_use_shape(use) for use in uses],
    )
    return call.answer(history)


def _use_shape(use: Use) -> RuleUseShape:
    return RuleUseShape(
        id=str(use.rule_id), name=use.name, recorded_at=use.recorded_at, taken_back_at=use.taken_back_at
    )


def _expected(origin: Origin) -> list[Any]:
    return origin.transaction.expected or [] if origin.transaction.is_provisional else []


async def _origin(session: ReadSession, call: Call) -> Origin:
    origin = await transaction_history.get_origin(session, company_id=call.company_id, bank_transaction_id=call.key())
    if origin is None:
        raise NoSuchBankTransaction(f"there is no bank transaction {call.key()}")
    return origin


def _decision_shape(row: Decision, call: Call) -> DecisionShape:
    return DecisionShape(
        id=str(row.id),
        booked_by=row.booked_by,
        rule=row.rule,
        actor=row.actor,
        recorded_at=row.recorded_at,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undo_reason=row.undo_reason,
        explanation=explanation_shape(row.proof[0], call.language) if row.proof else None,
    )


def _allocation_shape(one: Booked) -> AllocationShape:
    row = one.allocation
    return AllocationShape(
        id=str(row.id),
        kind=row.kind.value,
        item_id=str(row.target_item_id) if row.target_item_id else None,
        item_number=one.item.number if one.item else None,
        bank_minor=row.bank_minor,
        item_minor=row.item_minor,
        effective_date=row.effective_date,
        recorded_at=row.recorded_at,
        booked_by=row.booked_by,
        reverses_id=str(row.reverses_id) if row.reverses_id else None,
        live=one.is_live,
    )


async def undo(call: Call) -> web.StreamResponse:
    """Take back what was decided on a bank transaction, with a reason."""
    body = await call.json(Reason)
    async with call.gateway.database.read() as session:
        ids = await ids_to_undo(session, [call.key()])
    async with call.begin(ids=ids) as work:
        await _origin(work.session, call)
        undone = await undo_decision(work, bank_transaction_ids=[call.key()], reason=body.reason)
    return call.answer(UndoneShape(bank_transactions=undone.bank_transactions, allocations=undone.allocations))


ROUTES = (
    api(
        "GET", "/bank-transactions", Right.SEE, list_bank_transactions, summary="List bank transactions",
        query=BankTransactionFilter, gives=BankTransactionList,
    ),
    api(
        "GET", "/bank-transactions/{id}", Right.SEE, read_bank_transaction,
        summary="Read a bank transaction with decisions, proof and allocations", gives=BankTransactionHistory,
    ),
    api(
        "POST", "/bank-transactions/{id}/undo", Right.WORK, undo, summary="Take a decision back", takes=Reason,
        gives=UndoneShape,
    ),
)  # fmt: skip
