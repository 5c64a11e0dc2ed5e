"""Bank transactions: what came in and went out, each once, over formats, channels and batch splits."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row
from gateway.store.digest import cover_table
from gateway.store.keys import of_company, owned, points
from gateway.store.open_items import WITHIN
from schemas.states import BankTransactionState, IgnoreCategory


class BankTransaction(Row, table=True):
    """One payment on one account.

    ``entry_key`` with ``occurrence`` is the identity of the entry it belongs to, ``part`` its place in the entry
    (0: the entry is not divided). ``allocated_minor`` is a guard beside the allocations (INV-2, INV-3).
    """

    __tablename__ = "bank_transaction"
    __table_args__ = (
        UniqueConstraint("bank_account_id", "entry_key", "occurrence", "part"),
        CheckConstraint(WITHIN.format("allocated_minor"), name="allocated_within_amount"),
        Index("ix_bank_transaction_state", "company_id", "state", "id"),
        Index("ix_bank_transaction_account", "bank_account_id", "booking_date", "id"),
        Index("ix_bank_transaction_reference", "bank_account_id", "bank_reference"),
        of_company(),
        owned(),
        points("bank_account_id", "bank_account"),
        points("statement_id", "statement"),
        points("split_from_id", "bank_transaction"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_account_id: int = columns.key()
    statement_id: int = columns.key(index=True)
    position: int = columns.number()  # Place of the entry in the statement, from 1.
    entry_key: str = columns.text()
    occurrence: int = columns.number()
    part: int = columns.number()
    state: BankTransactionState = columns.enum(BankTransactionState, default=BankTransactionState.NEW)
    is_provisional: bool = columns.flag(default=False)
    version: int = columns.number(default=1)
    amount_minor: int = columns.minor()
    allocated_minor: int = columns.minor(default=0)
    currency: str = columns.text()
    booking_date: dt.date = columns.day()
    value_date: dt.date | None = columns.day(nullable=True)
    is_reversal: bool = columns.flag(default=False)
    bank_transaction_code: str | None = columns.text(nullable=True)
    bank_reference: str | None = columns.text(nullable=True)
    entry_reference: str | None = columns.text(nullable=True)
    entry_text: str = columns.text(default="")
    end_to_end_id: str | None = columns.text(nullable=True)
    mandate_reference: str | None = columns.text(nullable=True)
    creditor_identifier: str | None = columns.text(nullable=True)
    counterparty_name: str | None = columns.text(nullable=True)
    counterparty_iban: str | None = columns.text(nullable=True)
    counterparty_bic: str | None = columns.text(nullable=True)
    ultimate_debtor: str | None = columns.text(nullable=True)
    ultimate_creditor: str | None = columns.text(nullable=True)
    creditor_reference: str | None = columns.text(nullable=True)
    remittance: str = columns.text(default="")
    return_reason: str | None = columns.text(nullable=True)
    original_amount_minor: int | None = columns.minor(nullable=True)
    charges_minor: int | None = columns.minor(nullable=True)
    charges_included: bool | None = columns.flag(nullable=True)
    instructed_minor: int | None = columns.minor(nullable=True)
    instructed_currency: str | None = columns.text(nullable=True)
    exchange_rate: str | None = columns.text(nullable=True)
    message_id: str | None = columns.text(nullable=True)
    payment_information_id: str | None = columns.text(nullable=True)
    batch_count: int | None = columns.number(nullable=True)
    line: int | None = columns.number(nullable=True)
    split_from_id: int | None = columns.key(nullable=True)
    category: IgnoreCategory | None = columns.enum(IgnoreCategory, nullable=True)
    account_word: str = columns.text(default="")
    ignored_by: str = columns.text(default="")
    journal_id: int = columns.key()


cover_table(
    "bank_transaction",
    "id",
    "bank_account_id",
    "entry_key",
    "occurrence",
    "part",
    "amount_minor",
    "currency",
    "booking_date",
)
