"""What we ask a bank not to collect: one message (camt.055) about a message that we sent and that is not settled yet.

The bank answers with a camt.029; until then nothing is cancelled.
"""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from schemas.bank_profile import DirectDebitVersion
from schemas.identifiers import Bic, EndToEndId, MessageId, OwnId, PaymentInformationId


class CancellationReason(StrEnum):
    """Why we cancel (ISO 20022 ExternalCancellationReason1Code, those that a creditor can mean)."""

    DUPLICATE = "DUPL"
    BY_CUSTOMER = "CUST"
    UNJUSTIFIED = "UPAY"
    TECHNICAL = "TECH"
    FRAUD = "FRAD"
    WRONG_AMOUNT = "AM09"
    WRONG_ACCOUNT = "AC02"
    WRONG_DATE = "DT01"


class Cancellation(NamedTuple):
    """One collection that shall not be made. ``amount_minor`` is whole cents of euro, as it was sent."""

    cancellation_id: OwnId
    end_to_end_id: EndToEndId
    amount_minor: int
    collection_date: dt.date
    reason: CancellationReason
    instruction_id: str = ""


class CancellationBlock(NamedTuple):
    """Collections of one payment block that we sent, or the whole block: then it has a reason and no cancellations.

    Count and sum are those of what shall be cancelled, either way.
    """

    original_payment_information_id: PaymentInformationId
    cancellation_count: int
    sum_minor: int
    cancellations: Iterable[Cancellation] = ()
    whole_reason: CancellationReason | None = None


class CancellationMessage(NamedTuple):
    """One camt.055 about one pain.008, or about the whole of it: then it has a reason and no blocks.

    ``created_at`` is aware; it is written as a whole second in UTC.
    """

    message_id: MessageId
    created_at: dt.datetime
    initiating_party: str
    bank_bic: Bic | None
    original_message_id: MessageId
    original_version: DirectDebitVersion
    cancellation_count: int
    sum_minor: int
    blocks: Iterable[CancellationBlock] = ()
    whole_reason: CancellationReason | None = None
    initiating_party_id: str = ""
