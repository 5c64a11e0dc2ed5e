"""Shapes of bank transactions: what came in and went out, and how it was explained."""

import datetime as dt

from schemas.payloads.common import Day, Key, KeyNumber, Page, Shape
from schemas.payloads.reviews import ExplanationShape
from schemas.payloads.unpaid import FeeApart
from schemas.states import BankTransactionState


class BankTransactionFilter(Page):
    """Which bank transactions to list."""

    state: BankTransactionState | None = None
    bank_account_id: KeyNumber | None = None
    from_date: Day | None = None
    to_date: Day | None = None


class BankTransactionShape(Shape):
    """One bank transaction; minor units of ``currency``, positive is money coming to us. IBANs are masked."""

    id: Key
    bank_account_id: Key
    statement_id: Key
    state: str
    provisional: bool
    amount_minor: int
    allocated_minor: int
    currency: str
    booking_date: dt.date
    value_date: dt.date | None
    bank_reference: str | None
    end_to_end_id: str | None
    mandate_reference: str | None
    creditor_reference: str | None
    counterparty_name: str | None
    counterparty_iban: str | None
    remittance: str
    return_reason: str | None
    category: str | None


class BankTransactionList(Shape):
    """A page of bank transactions, newest first."""

    items: list[BankTransactionShape]
    next_cursor: str | None


class AllocationShape(Shape):
    """One allocation. A row that was taken back, and the row that took it back, are not live."""

    id: Key
    kind: str
    item_id: Key | None
    item_number: str | None
    bank_minor: int
    item_minor: int
    effective_date: dt.date
    recorded_at: dt.datetime
    booked_by: str
    reverses_id: Key | None
    live: bool


class DecisionShape(Shape):
    """One act that explained the bank transaction, with its proof."""

    id: Key
    booked_by: str
    rule: str
    actor: str
    recorded_at: dt.datetime
    undone_at: dt.datetime | None
    undone_by: str
    undo_reason: str
    explanation: ExplanationShape | None


class RuleUseShape(Shape):
    """A rule of the company that decided it, until somebody took that back."""

    id: Key
    name: str
    recorded_at: dt.datetime
    taken_back_at: dt.datetime | None


class BankTransactionHistory(Shape):
    """A bank transaction with its decisions and allocations; of one that is only announced, what explains it.

    ``fees_apart`` says which returned debits it is the fee for.
    """

    bank_transaction: BankTransactionShape
    expected: list[ExplanationShape]
    decisions: list[DecisionShape]
    allocations: list[AllocationShape]
    allocation_count: int
    fees_apart: list[FeeApart]
    rules: list[RuleUseShape]


class UndoneShape(Shape):
    """What was taken back."""

    bank_transactions: int
    allocations: int
