"""What is exported, row by row: bank transactions with what they settle, and the open items."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Select, and_, literal, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.accounts import BankAccount
from gateway.store.allocations import Allocation, Decision
from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import table_of
from gateway.store.fetch import streamed
from gateway.store.open_items import OpenItem
from gateway.store.parties import Party
from gateway.store.reviews import ReviewItem
from schemas.states import BankTransactionState, ReviewState

_transactions, _allocations, _decisions = table_of(BankTransaction), table_of(Allocation), table_of(Decision)
_items, _parties, _accounts, _reviews = table_of(OpenItem), table_of(Party), table_of(BankAccount), table_of(ReviewItem)

ALLOCATION_COLUMNS = (
    "bank_reference", "booking_date", "amount_minor", "currency", "state", "reason", "invoice_number",
    "allocated_minor", "kind", "booked_by", "allocation_id", "bank_transaction_id", "account", "value_date",
    "customer_number", "payer_name", "effective_date", "recorded_at", "reverses", "account_word",
)  # fmt: skip
BANK_TRANSACTION_COLUMNS = (
    "bank_transaction_id", "account", "booking_date", "value_date", "amount_minor", "allocated_minor", "currency",
    "state", "category", "bank_reference", "end_to_end_id", "mandate_reference", "creditor_reference", "payer_name",
    "payer_account", "remittance", "return_reason", "bank_transaction_code", "provisional", "statement_id",
)  # fmt: skip
INVOICE_COLUMNS = (
    "number", "customer_number", "kind", "issue_date", "due_date", "currency", "amount_minor", "settled_minor",
    "open_minor", "creditor_reference", "order_reference", "original_number", "cancelled_at",
)  # fmt: skip


async def allocation_rows(session: AsyncSession, *, company_id: int, history: bool) -> AsyncIterator[tuple[Any, ...]]:
    """Yield one row per allocation, or one without invoice columns for a bank transaction that has none.

    Live rows only; with ``history`` also the reversed ones and what reversed them.
    """
    for query in (_of_transactions(company_id, history=history), _outside_the_bank(company_id, history=history)):
        async for row in streamed(session, query):
            yield row


def _of_transactions(company_id: int, *, history: bool) -> Select[Any]:
    t, a, d, i = _transactions, _allocations, _decisions, _items
    decided = d.c.bank_transaction_id == t.c.id
    if not history:
        decided = and_(decided, d.c.undone_at.is_(None))
    rows = (
        t.outerjoin(d, decided)
        .outerjoin(a, and_(a.c.decision_id == d.c.id, *([] if history else _live())))
        .outerjoin(i, i.c.id == a.c.target_item_id)
        .outerjoin(_parties, _parties.c.id == i.c.party_id)
        .outerjoin(_reviews, and_(_reviews.c.bank_transaction_id == t.c.id, _reviews.c.state == ReviewState.OPEN))
        .join(_accounts, _accounts.c.id == t.c.bank_account_id)
    )
    wanted = select(
        t.c.bank_reference, t.c.booking_date, t.c.amount_minor, t.c.currency, t.c.state, _reviews.c.reason,
        i.c.number, a.c.item_minor, a.c.kind, a.c.booked_by, a.c.id, t.c.id.label("transaction_key"),
        _accounts.c.account, t.c.value_date, _parties.c.number.label("party_number"), t.c.counterparty_name,
        a.c.effective_date, a.c.recorded_at, a.c.reverses_id, a.c.account_word,
    )  # fmt: skip
    return (
        wanted.select_from(rows)
        .where(t.c.company_id == company_id, t.c.state != BankTransactionState.SPLIT)
        .order_by(t.c.id, a.c.id)
    )


def _outside_the_bank(company_id: int, *, history: bool) -> Select[Any]:
    a, i = _allocations, _items
    wanted = select(
        literal(""), a.c.effective_date, literal(0), a.c.item_currency, literal(""), a.c.outside_reason, i.c.number,
        a.c.item_minor, a.c.kind, a.c.booked_by, a.c.id, null(), literal(""), null(),
        _parties.c.number.label("party_number"), literal(""), a.c.effective_date.label("effective"), a.c.recorded_at,
        a.c.reverses_id, a.c.account_word,
    )  # fmt: skip
    return (
        wanted.select_from(a.join(i, i.c.id == a.c.target_item_id).join(_parties, _parties.c.id == i.c.party_id))
        .where(a.c.company_id == company_id, a.c.decision_id.is_(None), *([] if history else _live()))
        .order_by(a.c.id)
    )


def _live() -> tuple[Any, ...]:
    reversing = _allocations.alias("reversing")
    reversed_by = select(reversing.c.id).where(reversing.c.reverses_id == _allocations.c.id)
    return _allocations.c.reverses_id.is_(None), ~reversed_by.exists()


async def bank_transaction_rows(session: AsyncSession, *, company_id: int) -> AsyncIterator[tuple[Any, ...]]:
    """Yield one row per bank transaction, in the order in which they were stored."""
    t = _transactions
    query = (
        select(
            t.c.id,
            _accounts.c.account,
            t.c.booking_date,
            t.c.value_date,
            t.c.amount_minor,
            t.c.allocated_minor,
            t.c.currency,
            t.c.state,
            t.c.category,
            t.c.bank_reference,
            t.c.end_to_end_id,
            t.c.mandate_reference,
            t.c.creditor_reference,
            t.c.counterparty_name,
            t.c.counterparty_iban,
            t.c.remittance,
            t.c.return_reason,
            t.c.bank_transaction_code,
            t.c.is_provisional,
            t.c.statement_id,
        )
        .join(_accounts, _accounts.c.id == t.c.bank_account_id)
        .where(t.c.company_id == company_id)
        .order_by(t.c.id)
    )
    async for row in streamed(session, query):
        yield row


async def invoice_rows(session: AsyncSession, *, company_id: int) -> AsyncIterator[tuple[Any, ...]]:
    """Yield one row per open item of every kind, settled ones too, by number."""
    i = _items
    query = (
        select(
            i.c.number,
            _parties.c.number.label("party_number"),
            i.c.kind,
            i.c.issue_date,
            i.c.due_date,
            i.c.currency,
            i.c.amount_minor,
            i.c.settled_minor,
            (i.c.amount_minor - i.c.settled_minor).label("open_minor"),
            i.c.creditor_reference,
            i.c.order_reference,
            i.c.original_number,
            i.c.cancelled_at,
        )
        .join(_parties, _parties.c.id == i.c.party_id)
        .where(i.c.company_id == company_id)
        .order_by(i.c.number, i.c.id)
    )
    async for row in streamed(session, query):
        yield row
