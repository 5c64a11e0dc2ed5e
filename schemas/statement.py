"""The normalized bank statement: what every reader of camt and MT files yields.

A reader yields, for each statement (each page of it), one StatementStart, then its entries in lists of bounded
length, then one StatementEnd, so memory does not grow with the file. Signs are decided by the reader: positive is
money coming to us. Amounts are integer minor units of the currency beside them. Values are checked by the reader;
nobody checks them again.
"""

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple, TypeAlias


class StatementKind(StrEnum):
    """What a statement decides: only ``STATEMENT`` books (camt.053, MT940)."""

    STATEMENT = "statement"
    REPORT = "report"  # camt.052, MT942: intraday
    NOTIFICATION = "notification"  # camt.054


class EntryStatus(StrEnum):
    """Status of an entry (ISO 20022 ExternalEntryStatus1Code)."""

    BOOKED = "BOOK"
    PENDING = "PDNG"
    INFORMATION = "INFO"
    FUTURE = "FUTR"
    UNKNOWN = "UNKNOWN"


class BankTransaction(NamedTuple):
    """One payment inside an entry (``TxDtls``), or the whole entry when the bank gives no details."""

    amount_minor: int
    currency: str
    end_to_end_id: str | None = None
    mandate_reference: str | None = None
    creditor_identifier: str | None = None
    counterparty_name: str | None = None
    counterparty_iban: str | None = None  # The account of the other side as the bank wrote it, without blanks.
    counterparty_bic: str | None = None
    ultimate_debtor: str | None = None
    ultimate_creditor: str | None = None
    creditor_reference: str | None = None
    remittance: str = ""
    return_reason: str | None = None  # Presence means: this is a return or reject.
    bank_reference: str | None = None
    instructed_minor: int | None = None
    instructed_currency: str | None = None
    exchange_rate: str | None = None  # Decimal text as the bank wrote it.
    original_amount_minor: int | None = None  # Of a return: what had been collected or paid.
    charges_minor: int | None = None  # Unsigned sum of the charges reported for this payment.
    charges_included: bool | None = None  # Whether the charges are inside amount_minor.
    payment_information_id: str | None = None
    message_id: str | None = None
    bank_transaction_code: str | None = None
    purpose: str | None = None


class Batch(NamedTuple):
    """The batch that the bank booked as one sum (``Btch``)."""

    message_id: str | None
    payment_information_id: str | None
    transaction_count: int | None


class BankEntry(NamedTuple):
    """One booking on the account (``Ntry`` or ``:61:`` with its ``:86:``)."""

    booking_date: dt.date | None
    value_date: dt.date | None
    amount_minor: int
    currency: str
    status: str  # An EntryStatus value, or the bank's own text where we do not know it.
    is_reversal: bool
    bank_transaction_code: str | None  # camt: PMNT-RCDT-ESCT; MT940: the GVC or the SWIFT type, such as 166 or NTRF.
    reference: str | None  # The account servicer's reference (AcctSvcrRef, or // of :61:).
    entry_reference: str | None  # The number inside the statement (NtryRef, or the customer reference of :61:).
    text: str  # AddtlNtryInf, or the booking text of :86:.
    charges_minor: int | None
    batch: Batch | None
    transactions: tuple[BankTransaction, ...]  # Never empty. Their sum is amount_minor, or there is exactly one.
    line: int | None  # Line of the file where the entry starts, counted from 1.


class StatementStart(NamedTuple):
    """Opens a statement, or one page of it."""

    kind: StatementKind
    account: str  # IBAN or other account text as the bank wrote it, without blanks.
    currency: str | None
    id: str | None  # Stmt/Id or :20:.
    number: str | None  # ElctrncSeqNb (else LglSeqNb) or the number of :28C:.
    page: int | None
    copy: bool  # A copy or duplicate, as the bank marks it (CpyDplctInd).
    message_id: str | None
    servicer_bic: str | None
    line: int | None


class StatementEnd(NamedTuple):
    """Closes a statement, or one page of it, with what was found in it."""

    last_page: bool | None  # None: the bank does not number pages.
    currency: str | None
    from_date: dt.date | None
    to_date: dt.date | None
    opening_minor: int | None
    closing_minor: int | None
    booked_sum_minor: int  # Signed sum of booked entries.
    entry_count: int
    balanced: bool | None  # None: it has no opening or closing balance to check against.
    text: str  # Text for the whole statement (:86: after :62F:, AddtlStmtInf).
    warnings: tuple[str, ...]


Entries: TypeAlias = list[BankEntry]
StatementPart: TypeAlias = StatementStart | Entries | StatementEnd


class StatementStream(NamedTuple):
    """A recognized bank file: its format, and its parts, read as they are asked for.

    Reading ``parts`` raises FileRefused where the file breaks its format. ``warnings`` fills while parts are read and
    holds what concerns the whole file.
    """

    format: str  # camt.053.001.08, MT940, ...
    parts: Iterator[StatementPart]
    warnings: list[str]


def account_key(text: str) -> str:
    """Return an account number as it is compared: capital letters and digits only."""
    if text.isalnum() and text.isupper():
        return text  # Most are written so.
    return "".join(char for char in text.upper() if char.isalnum())
