"""What the pretended bank takes and answers: orders as it reads them, reports and statements as it writes them.

Values between its reader (`parsers.fake_bank_orders`), its books (`gateway.fake_bank`) and its writers
(`generators.fake_bank`). It shares none of the product's readers and writers, so that a common mistake cannot hide.
"""

import datetime as dt
from typing import NamedTuple

from schemas.errors import GatewayError


class Unreadable(GatewayError):
    """The bank cannot read the order at all."""

    code = "unreadable_order"


class TakenCollection(NamedTuple):
    """A collection as it stands in the order: texts, empty where nothing stands."""

    end_to_end_id: str
    instruction_id: str
    amount: str
    currency: str
    mandate_reference: str
    signature_date: str
    is_amended: bool
    original_reference: str
    original_creditor_identifier: str
    original_creditor_name: str
    original_account: str  # SMNDA, or an old IBAN.
    debtor_name: str
    debtor_iban: str
    debtor_bic: str
    address_lines: int
    town: str
    country: str
    remittance: str


class TakenBlock(NamedTuple):
    """A payment block as it stands in the order."""

    payment_information_id: str
    stated_count: str
    stated_sum: str
    service_level: str
    scheme: str
    sequence_type: str
    charge_bearer: str
    collection_date: str
    is_batch_booked: bool
    creditor_name: str
    creditor_iban: str
    creditor_identifier: str
    collections: tuple[TakenCollection, ...]


class TakenOrder(NamedTuple):
    """A whole pain.008, with what its schema finds in it."""

    format: str
    message_id: str
    stated_count: str
    stated_sum: str
    blocks: tuple[TakenBlock, ...]
    schema_fault: str


class TakenRequest(NamedTuple):
    """A request about collections sent before: a reversal (pain.007) or a cancellation (camt.055)."""

    is_reversal: bool
    end_to_end_ids: tuple[str, ...]
    block_ids: tuple[str, ...] = ()  # Whole blocks.
    message_ids: tuple[str, ...] = ()  # Whole messages.


class CollectionStatus(NamedTuple):
    """What a report says of one collection. ``is_by_debtor`` names the debtor as the one who refused."""

    end_to_end_id: str
    instruction_id: str
    status: str
    reason: str
    amount_minor: int
    mandate_reference: str
    is_by_debtor: bool = False
    debtor_name: str = ""


class BlockStatus(NamedTuple):
    """What a report says of one block."""

    payment_information_id: str
    status: str
    reason: str
    collections: tuple[CollectionStatus, ...]


class Report(NamedTuple):
    """One pain.002. Empty statuses are left out."""

    report_id: str
    created_at: dt.datetime
    original_message_id: str
    original_format: str
    status: str
    reason: str
    text: str
    blocks: tuple[BlockStatus, ...]


class Detail(NamedTuple):
    """One collection inside a booking. ``amount_minor`` is signed, positive to the creditor."""

    amount_minor: int
    end_to_end_id: str
    mandate_reference: str
    creditor_identifier: str
    debtor_name: str
    debtor_iban: str
    remittance: str
    payment_information_id: str
    message_id: str
    reason: str = ""
    original_minor: int = 0  # What was collected, where the booked amount differs.
    fee_minor: int = 0  # Inside the amount.


class Booking(NamedTuple):
    """One entry of a statement. ``kind`` is an ISO bank transaction code such as PMNT-IDDT-ESDD."""

    amount_minor: int
    reference: str
    kind: str
    details: tuple[Detail, ...]
    payment_information_id: str = ""  # Of a batch; with its message and count.
    message_id: str = ""
    is_reversal: bool = False
    text: str = ""


class DayStatement(NamedTuple):
    """The statement of one account for one day."""

    account: str
    bank_bic: str
    owner: str
    number: int
    previous_date: dt.date
    date: dt.date
    opening_minor: int
    closing_minor: int
    bookings: tuple[Booking, ...]
