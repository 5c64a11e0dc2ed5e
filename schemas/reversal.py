"""What we ask a bank to give back to debtors: one message (pain.007) of reversals of collections that were settled.

A reversal gives back the whole amount, from the day of settlement to five days after it (EPC016-06 4.4).
"""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from schemas.bank_profile import DirectDebitVersion
from schemas.direct_debit import BatchKey, DirectDebit
from schemas.identifiers import EndToEndId, MessageId, OwnId, PaymentInformationId


class ReversalReason(StrEnum):
    """Why we give back (ISO 20022 ExternalReversalReason1Code). SEPA practice is AM05 or MS02."""

    DUPLICATE = "AM05"
    UNSPECIFIED = "MS02"
    UNSPECIFIED_BY_BANK = "MS03"
    SHOULD_NOT_HAVE_COLLECTED = "MD05"
    WRONG_OPERATION_CODE = "AG02"
    ACCOUNT_CLOSED = "AC04"
    NO_MANDATE = "MD01"
    TOO_LATE = "TM01"


class Reversal(NamedTuple):
    """One collection that is given back, as it was sent."""

    reversal_id: OwnId
    original: DirectDebit
    reason: ReversalReason

    @property
    def end_to_end_id(self) -> EndToEndId:
        """The id of the collection."""
        return self.original.end_to_end_id

    @property
    def amount_minor(self) -> int:
        """What is given back: all of it, in cents."""
        return self.original.amount_minor


class ReversalBlock(NamedTuple):
    """The reversals of one payment block that we sent. Count and sum are those of the reversals."""

    original_payment_information_id: PaymentInformationId
    key: BatchKey  # Of the block, as it was sent.
    reversal_count: int
    sum_minor: int
    reversals: Iterable[Reversal]


class ReversalMessage(NamedTuple):
    """One pain.007 about one pain.008. ``created_at`` is aware; it is written as a whole second in UTC."""

    message_id: MessageId
    created_at: dt.datetime
    initiating_party: str
    original_message_id: MessageId
    original_version: DirectDebitVersion
    blocks: Iterable[ReversalBlock]
    reversal_count: int
    sum_minor: int
    initiating_party_id: str = ""
