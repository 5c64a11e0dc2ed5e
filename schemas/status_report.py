"""The normalized payment status report (pain.002): what a bank says of a file that we sent.

A report decides about collections, never about cash: only a statement books.
"""

from typing import NamedTuple


class StatusReason(NamedTuple):
    """Why a status was given: an ISO code or the bank's own, who gave it, and its free text."""

    code: str | None
    originator: str | None
    text: str


class TransactionStatus(NamedTuple):
    """Status of one collection or transfer."""

    end_to_end_id: str | None
    instruction_id: str | None
    status: str | None
    reasons: tuple[StatusReason, ...]
    amount_minor: int | None
    currency: str | None
    mandate_reference: str | None


class PaymentStatus(NamedTuple):
    """Status of one payment block (``PmtInf``) with its transactions."""

    payment_information_id: str | None
    status: str | None
    reasons: tuple[StatusReason, ...]
    transactions: tuple[TransactionStatus, ...]


class StatusReport(NamedTuple):
    """One pain.002 message."""

    format: str
    message_id: str
    original_message_id: str
    original_message_name: str | None
    group_status: str | None
    group_reasons: tuple[StatusReason, ...]
    payments: tuple[PaymentStatus, ...]
    warnings: tuple[str, ...]
