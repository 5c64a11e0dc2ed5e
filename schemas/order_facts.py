"""What an order to a bank (pain.008, pain.001) says, as it is written: texts that nobody checked yet.

None means that an element is not there. The rules of the scheme (`gateway.domain.scheme_rules`) judge these facts,
those that a file holds as well as those that our own collections would become. "The party" is the one who orders
(creditor of a collection, debtor of a transfer), "the counterparty" the other side.
"""

from enum import StrEnum
from typing import NamedTuple, TypeAlias


class OrderKind(StrEnum):
    """The two orders that a creditor sends."""

    COLLECTIONS = "pain.008"
    TRANSFERS = "pain.001"


class Oddities(NamedTuple):
    """Elements below one place that are no facts, by their paths as written."""

    empty: tuple[str, ...] = ()  # Without any text or element inside.
    repeated: tuple[str, ...] = ()  # A second time where SEPA has one; the first counts.
    forbidden: tuple[str, ...] = ()  # In the schema, but not in the scheme.
    unused: tuple[str, ...] = ()  # Anything else that SEPA does not use.


NO_ODDITIES = Oddities()


class AddressFacts(NamedTuple):
    """A postal address. ``others`` holds the texts of further structured elements (floor, district …)."""

    country: str | None = None
    town: str | None = None
    postcode: str | None = None
    street: str | None = None
    building: str | None = None
    lines: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class PartyFacts(NamedTuple):
    """A party: name, address, its own id."""

    name: str | None = None
    address: AddressFacts | None = None
    identification: str | None = None
    lei: str | None = None


class AgentFacts(NamedTuple):
    """A bank: its BIC, or another id such as NOTPROVIDED."""

    bic: str | None = None
    other: str | None = None


class AccountFacts(NamedTuple):
    """An account: its IBAN, or another number."""

    iban: str | None = None
    other: str | None = None
    currency: str | None = None


class SchemeFacts(NamedTuple):
    """A creditor scheme identification: the creditor identifier and what it says it is."""

    identifiers: tuple[str, ...] = ()
    scheme_names: tuple[str, ...] = ()
    name: str | None = None
    has_organisation: bool = False  # An id of an organisation, where only that of a "private" one may stand.


class TypeFacts(NamedTuple):
    """Payment type information; ``own_`` texts are proprietary codes."""

    service_levels: tuple[str, ...] = ()
    own_service_levels: tuple[str, ...] = ()
    local_instrument: str | None = None
    own_local_instrument: str | None = None
    sequence_type: str | None = None
    category_purpose: str | None = None
    own_category_purpose: str | None = None


class MandateFacts(NamedTuple):
    """What a collection says of its mandate, with the values that were changed."""

    reference: str | None = None
    signature_date: str | None = None
    amendment_indicator: str | None = None
    original_reference: str | None = None
    original_scheme: SchemeFacts | None = None
    original_account: AccountFacts | None = None
    original_agent: AgentFacts | None = None


class StructuredFacts(NamedTuple):
    """One structured remittance. ``length`` counts the characters of all its texts."""

    type_code: str | None = None
    own_type: str | None = None
    issuer: str | None = None
    reference: str | None = None
    length: int = 0


class InstructionFacts(NamedTuple):
    """One collection or one transfer. ``line`` is the line of the file, counted from 1."""

    line: int | None = None
    end_to_end_id: str | None = None
    instruction_id: str | None = None
    uetr: str | None = None
    amount: str | None = None
    currency: str | None = None
    type: TypeFacts | None = None
    charge_bearer: str | None = None
    mandate: MandateFacts | None = None
    creditor_scheme: SchemeFacts | None = None
    ultimate_party: PartyFacts | None = None
    counterparty: PartyFacts | None = None
    counterparty_account: AccountFacts | None = None
    counterparty_agent: AgentFacts | None = None
    ultimate_counterparty: PartyFacts | None = None
    purpose: str | None = None
    own_purpose: str | None = None
    unstructured: tuple[str, ...] = ()
    structured: tuple[StructuredFacts, ...] = ()
    odd: Oddities = NO_ODDITIES


class BlockFacts(NamedTuple):
    """One payment block: what its collections or transfers share."""

    line: int | None = None
    payment_information_id: str | None = None
    method: str | None = None
    batch_booking: str | None = None
    stated_count: str | None = None
    stated_sum: str | None = None
    type: TypeFacts | None = None
    date: str | None = None  # Of collection or of execution.
    party: PartyFacts | None = None
    account: AccountFacts | None = None
    agent: AgentFacts | None = None
    ultimate_party: PartyFacts | None = None
    charge_bearer: str | None = None
    creditor_scheme: SchemeFacts | None = None
    odd: Oddities = NO_ODDITIES


class OrderFacts(NamedTuple):
    """The header of an order. ``format`` is such as pain.008.001.08, or the kind alone where nothing says more."""

    kind: OrderKind
    format: str
    line: int | None = None
    has_byte_order_mark: bool = False
    encoding: str = "utf-8"
    message_id: str | None = None
    created_at: str | None = None
    stated_count: str | None = None
    stated_sum: str | None = None
    initiating_party: PartyFacts | None = None
    odd: Oddities = NO_ODDITIES


OrderPart: TypeAlias = OrderFacts | BlockFacts | InstructionFacts
