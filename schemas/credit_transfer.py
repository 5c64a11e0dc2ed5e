"""What we ask a bank to pay back: one message (pain.001) of refunds to customers (SEPA credit transfers)."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from schemas.identifiers import Bic, EndToEndId, Iban, MessageId, PaymentInformationId
from schemas.parties import PaymentParty


class CreditTransfer(NamedTuple):
    """One refund as it is written. ``amount_minor`` is whole cents of euro, above zero."""

    end_to_end_id: EndToEndId
    amount_minor: int
    creditor: PaymentParty
    creditor_iban: Iban
    creditor_bic: Bic | None = None
    remittance: str = ""
    purpose: str = ""


class TransferBlock(NamedTuple):
    """One ``PmtInf`` of transfers: one account of ours, one day."""

    payment_information_id: PaymentInformationId
    execution_date: dt.date
    debtor: PaymentParty
    debtor_iban: Iban
    debtor_bic: Bic | None
    transfer_count: int
    sum_minor: int
    transfers: Iterable[CreditTransfer]
    is_batch_booked: bool | None = True
    category_purpose: str = ""


class CreditTransferMessage(NamedTuple):
    """One pain.001. ``created_at`` is aware; it is written as a whole second in UTC."""

    message_id: MessageId
    created_at: dt.datetime
    initiating_party: str
    blocks: Iterable[TransferBlock]
    transfer_count: int
    sum_minor: int
    initiating_party_id: str = ""
