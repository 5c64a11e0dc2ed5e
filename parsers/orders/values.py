"""From facts to the vocabulary: an order read back as the values that it was written from.

For orders that keep to the rules, as ours do: anything else is refused by the first value that is not right.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias, TypeVar

from parsers.orders.stream import read_order
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.credit_transfer import CreditTransfer, CreditTransferMessage, TransferBlock
from schemas.direct_debit import (
    NO_ADDRESS,
    Amendment,
    BatchKey,
    DirectDebit,
    DirectDebitMessage,
    MandateFactsSent,
    PaymentBlock,
)
from schemas.errors import FileRefused
from schemas.identifiers import (
    Bic,
    CreditorIdentifier,
    EndToEndId,
    Iban,
    MandateReference,
    MessageId,
    PaymentInformationId,
)
from schemas.money import parse_amount
from schemas.order_facts import (
    AccountFacts,
    AgentFacts,
    BlockFacts,
    InstructionFacts,
    MandateFacts,
    OrderFacts,
    OrderKind,
    PartyFacts,
    SchemeFacts,
    TypeFacts,
)
from schemas.parties import PaymentParty, PostalAddress

_Value = TypeVar("_Value")
_NO_PARTY, _NO_TYPE, _NO_SCHEME, _NO_MANDATE = PartyFacts(), TypeFacts(), SchemeFacts(), MandateFacts()
_FLAGS = {None: None, "true": True, "1": True, "false": False, "0": False}


def read_collections(path: Path) -> DirectDebitMessage:
    """Return a whole pain.008, its blocks and collections as tuples. Raises FileRefused, and what its values raise."""
    header, blocks = _whole(path)
    return DirectDebitMessage(
        MessageId.parse(header.message_id or ""),
        _moment(header.created_at),
        (header.initiating_party or _NO_PARTY).name or "",
        tuple(_payment_block(block, instructions) for block, instructions in blocks),
        int(header.stated_count or 0),
        parse_amount(header.stated_sum, "EUR"),
        (header.initiating_party or _NO_PARTY).identification or "",
    )


def read_transfers(path: Path) -> CreditTransferMessage:
    """Return a whole pain.001, its blocks and transfers as tuples. Raises FileRefused, and what its values raise."""
    header, blocks = _whole(path)
    return CreditTransferMessage(
        MessageId.parse(header.message_id or ""),
        _moment(header.created_at),
        (header.initiating_party or _NO_PARTY).name or "",
        tuple(_transfer_block(block, instructions) for block, instructions in blocks),
        int(header.stated_count or 0),
        parse_amount(header.stated_sum, "EUR"),
        (header.initiating_party or _NO_PARTY).identification or "",
    )


def direct_debit_of(facts: InstructionFacts) -> DirectDebit:
    """Return the collection that facts tell of. Raises what its values raise."""
    return DirectDebit(
        EndToEndId.parse(facts.end_to_end_id or ""),
        _amount(facts),
        _mandate(facts.mandate or _NO_MANDATE),
        _party(facts.counterparty),
        _iban(facts.counterparty_account),
        _bic(facts.counterparty_agent),
        (facts.ultimate_counterparty or _NO_PARTY).name or "",
        "".join(facts.unstructured[:1]),
        _creditor_reference(facts),
        facts.purpose or "",
        facts.instruction_id or "",
    )


def credit_transfer_of(facts: InstructionFacts) -> CreditTransfer:
    """Return the transfer that facts tell of. Raises what its values raise."""
    return CreditTransfer(
        EndToEndId.parse(facts.end_to_end_id or ""),
        _amount(facts),
        _party(facts.counterparty),
        _iban(facts.counterparty_account),
        _bic(facts.counterparty_agent),
        "".join(facts.unstructured[:1]),
        facts.purpose or "",
    )


def batch_key_of(block: BlockFacts, scheme: SchemeFacts | None = None) -> BatchKey:
    """Return what the collections of a block share. Raises what its values raise."""
    kind = block.type or _NO_TYPE
    return BatchKey(
        dt.date.fromisoformat(block.date or ""),
        LocalInstrument(kind.local_instrument or ""),
        SequenceType(kind.sequence_type or ""),
        _party(block.party),
        _iban(block.account),
        _bic(block.agent),
        CreditorIdentifier.parse("".join((block.creditor_scheme or scheme or _NO_SCHEME).identifiers)),
        (block.ultimate_party or _NO_PARTY).name or "",
        kind.category_purpose or "",
        _FLAGS[block.batch_booking],
    )


_Blocks: TypeAlias = list[tuple[BlockFacts, list[InstructionFacts]]]


def _whole(path: Path) -> tuple[OrderFacts, _Blocks]:
    header, blocks = OrderFacts(OrderKind.COLLECTIONS, ""), list[tuple[BlockFacts, list[InstructionFacts]]]()
    for part in read_order(path):
        if isinstance(part, OrderFacts):
            header = part
        elif isinstance(part, BlockFacts):
            blocks.append((part, []))
        else:
            blocks[-1][1].append(part)
    return header, blocks


def _payment_block(block: BlockFacts, instructions: list[InstructionFacts]) -> PaymentBlock:
    scheme = instructions[0].creditor_scheme if instructions else None
    return PaymentBlock(
        PaymentInformationId.parse(block.payment_information_id or ""),
        batch_key_of(block, scheme),
        int(block.stated_count or len(instructions)),
        parse_amount(block.stated_sum, "EUR") if block.stated_sum else sum(map(_amount, instructions)),
        tuple(map(direct_debit_of, instructions)),
    )


def _transfer_block(block: BlockFacts, instructions: list[InstructionFacts]) -> TransferBlock:
    return TransferBlock(
        PaymentInformationId.parse(block.payment_information_id or ""),
        dt.date.fromisoformat((block.date or "")[:10]),
        _party(block.party),
        _iban(block.account),
        _bic(block.agent),
        int(block.stated_count or len(instructions)),
        parse_amount(block.stated_sum, "EUR") if block.stated_sum else sum(map(_amount, instructions)),
        tuple(map(credit_transfer_of, instructions)),
        _FLAGS[block.batch_booking],
        (block.type or _NO_TYPE).category_purpose or "",
    )


def _mandate(facts: MandateFacts) -> MandateFactsSent:
    scheme = facts.original_scheme or _NO_SCHEME
    return MandateFactsSent(
        MandateReference.parse(facts.reference or ""),
        dt.date.fromisoformat(facts.signature_date or ""),
        Amendment(
            _known(facts.original_reference, MandateReference.parse),
            _known("".join(scheme.identifiers), CreditorIdentifier.parse),
            scheme.name or "",
            (facts.original_account or AccountFacts()).other == "SMNDA",
        ),
    )


def _moment(text: str | None) -> dt.datetime:
    return dt.datetime.fromisoformat(text or "")


def _amount(facts: InstructionFacts) -> int:
    if facts.currency != "EUR":
        raise FileRefused(f"currency {facts.currency!r} where SEPA has EUR", code="invalid_currency", line=facts.line)
    return parse_amount(facts.amount, "EUR")


def _iban(account: AccountFacts | None) -> Iban:
    return Iban.parse((account or AccountFacts()).iban or "")


def _bic(agent: AgentFacts | None) -> Bic | None:
    return _known((agent or AgentFacts()).bic, Bic.parse)


def _known(text: str | None, parse: Callable[[str], _Value]) -> _Value | None:
    return parse(text) if text else None


def _party(facts: PartyFacts | None) -> PaymentParty:
    known = facts or _NO_PARTY
    address = known.address
    lived = NO_ADDRESS
    if address is not None:
        lived = PostalAddress(
            address.country or "",
            address.town or "",
            address.postcode or "",
            address.street or "",
            address.building or "",
            address.lines,
        )
    return PaymentParty(known.name or "", lived, known.identification or "")


def _creditor_reference(facts: InstructionFacts) -> str:
    return next((found.reference for found in facts.structured if found.reference), "")
