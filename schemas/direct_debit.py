"""What we ask a bank to collect: one message (pain.008), its payment blocks, and the collections in them.

Values are right when they come here: identifiers were parsed, amounts are whole cents of euro (SEPA collects nothing
else). Texts are as people wrote them; the generator folds them into the characters that a bank takes.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.identifiers import (
    Bic,
    CreditorIdentifier,
    EndToEndId,
    Iban,
    MandateReference,
    MessageId,
    PaymentInformationId,
)
from schemas.parties import NO_ADDRESS, PaymentParty, PostalAddress


class Amendment(NamedTuple):
    """What of a mandate changed since its last collection: the values that it had then (EPC016-06 4.7, AT-24).

    ``is_new_account`` writes SMNDA, which is valid whether or not the bank changed and tells nobody the old IBAN.
    """

    original_reference: MandateReference | None = None
    original_creditor_identifier: CreditorIdentifier | None = None
    original_creditor_name: str = ""
    is_new_account: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed, so that nothing is written."""
        return not any(self)


NO_AMENDMENT = Amendment()


class MandateFactsSent(NamedTuple):
    """What a collection says of its mandate."""

    reference: MandateReference
    signature_date: dt.date
    amendment: Amendment = NO_AMENDMENT


class DirectDebit(NamedTuple):
    """One collection as it is written. ``amount_minor`` is whole cents of euro, above zero.

    ``remittance`` (free text) and ``creditor_reference`` (structured) exclude each other.
    """

    end_to_end_id: EndToEndId
    amount_minor: int
    mandate: MandateFactsSent
    debtor: PaymentParty
    debtor_iban: Iban
    debtor_bic: Bic | None = None
    ultimate_debtor: str = ""
    remittance: str = ""
    creditor_reference: str = ""
    purpose: str = ""  # ISO 20022 ExternalPurpose1Code.
    instruction_id: str = ""


class BatchKey(NamedTuple):
    """What all collections of one payment block share; two that differ in any of it never share a block."""

    collection_date: dt.date
    local_instrument: LocalInstrument
    sequence_type: SequenceType
    creditor: PaymentParty
    creditor_iban: Iban
    creditor_bic: Bic | None
    creditor_identifier: CreditorIdentifier
    ultimate_creditor: str = ""
    category_purpose: str = ""
    is_batch_booked: bool | None = True  # None leaves it to the agreement with the bank.


class PaymentBlock(NamedTuple):
    """One ``PmtInf``. Count and sum are known before the collections, which may be streamed, are read."""

    payment_information_id: PaymentInformationId
    key: BatchKey
    collection_count: int
    sum_minor: int
    collections: Iterable[DirectDebit]


class DirectDebitMessage(NamedTuple):
    """One pain.008. ``created_at`` is aware; it is written as a whole second in UTC."""

    message_id: MessageId
    created_at: dt.datetime
    initiating_party: str
    blocks: Iterable[PaymentBlock]
    collection_count: int
    sum_minor: int
    initiating_party_id: str = ""


__all__ = [
    "NO_ADDRESS",
    "NO_AMENDMENT",
    "Amendment",
    "BatchKey",
    "DirectDebit",
    "DirectDebitMessage",
    "MandateFactsSent",
    "PaymentBlock",
    "PaymentParty",
    "PostalAddress",
]
