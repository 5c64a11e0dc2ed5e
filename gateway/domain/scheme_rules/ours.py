"""Our own collections and transfers as the facts that their file will hold, so that the rules judge them at freeze.

Texts are folded and cut as the writer of the file does it; the caller brings that function.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from gateway.domain.scheme_rules.engine import check_instruction, scope_of
from gateway.domain.scheme_rules.plain import is_plain
from gateway.domain.scheme_rules.rule import Finding, Scope
from gateway.domain.scheme_rules.sides import NOT_PROVIDED
from gateway.domain.scheme_rules.texts import NAME_MAX, REMITTANCE_MAX
from schemas.credit_transfer import CreditTransfer, TransferBlock
from schemas.direct_debit import NO_AMENDMENT, Amendment, BatchKey, DirectDebit
from schemas.identifiers import Bic, CreditorIdentifier
from schemas.money import amount_text
from schemas.order_facts import (
    AccountFacts,
    AddressFacts,
    AgentFacts,
    BlockFacts,
    InstructionFacts,
    MandateFacts,
    OrderKind,
    PartyFacts,
    SchemeFacts,
    StructuredFacts,
    TypeFacts,
)
from schemas.parties import NO_ADDRESS, PaymentParty, PostalAddress

Fold: TypeAlias = Callable[[str, int], str]  # A text and the most characters it may have.
_NO_BIC = AgentFacts(other=NOT_PROVIDED)
_NEW_ACCOUNT = AccountFacts(other="SMNDA")
_TRANSFER = TypeFacts(("SEPA",))


def as_it_is(text: str, _: int) -> str:
    """Return a text unchanged: it is judged as a person wrote it."""
    return text


def check_collections(
    collections: Iterable[DirectDebit], key: BatchKey, *, today: dt.date, fold: Fold = as_it_is
) -> Iterator[Finding]:
    """Yield what breaks a rule in collections that would share a block. Ids and totals of the file are not judged."""
    scope = collection_scope(key, today=today, fold=fold)
    are_plain_right = False
    for collection in collections:
        if is_plain(collection, scope):
            if are_plain_right:
                continue
            found = check_instruction(facts_of_collection(collection, fold), scope)
            are_plain_right = not found
            yield from found
        else:
            yield from check_instruction(facts_of_collection(collection, fold), scope)


def check_transfers(
    transfers: Iterable[CreditTransfer], block: TransferBlock, *, today: dt.date, fold: Fold = as_it_is
) -> Iterator[Finding]:
    """Yield what breaks a rule in transfers that would share a block. Ids and totals of the file are not judged."""
    scope = scope_of(facts_of_transfer_block(block, fold), OrderKind.TRANSFERS, today)
    for transfer in transfers:
        yield from check_instruction(facts_of_transfer(transfer, fold), scope)


def collection_scope(key: BatchKey, *, today: dt.date, fold: Fold = as_it_is) -> Scope:
    """Return what the rules need to know of the block that collections of a key will share."""
    return scope_of(facts_of_key(key, fold), OrderKind.COLLECTIONS, today)


def facts_of_key(key: BatchKey, fold: Fold = as_it_is) -> BlockFacts:
    """Return a block of collections as it will be written, without its id and totals."""
    return BlockFacts(
        method="DD",
        type=TypeFacts(
            ("SEPA",),
            local_instrument=key.local_instrument,
            sequence_type=key.sequence_type,
            category_purpose=key.category_purpose or None,
        ),
        date=key.collection_date.isoformat(),
        party=_party(key.creditor, fold),
        account=AccountFacts(key.creditor_iban),
        agent=_agent(key.creditor_bic),
        ultimate_party=_named(key.ultimate_creditor, fold),
        charge_bearer="SLEV",
        creditor_scheme=_scheme(key.creditor_identifier),
    )


def facts_of_collection(collection: DirectDebit, fold: Fold = as_it_is) -> InstructionFacts:
    """Return a collection as it will be written."""
    reference, signature_date, amendment = collection.mandate
    mandate = MandateFacts(reference, signature_date.isoformat())
    # By position, as a hundred thousand of them are made at once.
    return InstructionFacts(
        None,
        collection.end_to_end_id,
        collection.instruction_id or None,
        None,
        amount_text(collection.amount_minor),
        "EUR",
        None,
        None,
        mandate if amendment is NO_AMENDMENT else _amended(mandate, amendment, fold),
        None,
        None,
        _party(collection.debtor, fold),
        AccountFacts(collection.debtor_iban),
        _agent(collection.debtor_bic),
        _named(collection.ultimate_debtor, fold),
        collection.purpose or None,
        None,
        _text(collection.remittance, fold),
        _reference(collection.creditor_reference),
    )


def facts_of_transfer_block(block: TransferBlock, fold: Fold = as_it_is) -> BlockFacts:
    """Return a block of transfers as it will be written."""
    return BlockFacts(
        payment_information_id=block.payment_information_id,
        method="TRF",
        type=_TRANSFER._replace(category_purpose=block.category_purpose or None),
        date=block.execution_date.isoformat(),
        party=_party(block.debtor, fold),
        account=AccountFacts(block.debtor_iban),
        agent=_agent(block.debtor_bic),
        charge_bearer="SLEV",
    )


def facts_of_transfer(transfer: CreditTransfer, fold: Fold = as_it_is) -> InstructionFacts:
    """Return a transfer as it will be written."""
    return InstructionFacts(
        end_to_end_id=transfer.end_to_end_id,
        amount=amount_text(transfer.amount_minor),
        currency="EUR",
        counterparty=_party(transfer.creditor, fold),
        counterparty_account=AccountFacts(transfer.creditor_iban),
        counterparty_agent=AgentFacts(transfer.creditor_bic) if transfer.creditor_bic else None,
        purpose=transfer.purpose or None,
        unstructured=_text(transfer.remittance, fold),
    )


def _amended(mandate: MandateFacts, amendment: Amendment, fold: Fold) -> MandateFacts:
    if amendment.is_empty:
        return mandate
    name, identifier = amendment.original_creditor_name, amendment.original_creditor_identifier
    scheme = _scheme(identifier) if identifier else SchemeFacts()
    return mandate._replace(
        amendment_indicator="true",
        original_reference=amendment.original_reference,
        original_scheme=scheme._replace(name=fold(name, NAME_MAX) if name else None) if name or identifier else None,
        original_account=_NEW_ACCOUNT if amendment.is_new_account else None,
    )


def _scheme(identifier: CreditorIdentifier) -> SchemeFacts:
    return SchemeFacts((identifier,), ("SEPA",))


def _agent(bic: Bic | None) -> AgentFacts:
    return AgentFacts(bic) if bic else _NO_BIC


def _party(party: PaymentParty, fold: Fold) -> PartyFacts:
    address = None if party.address is NO_ADDRESS or party.address.is_empty else _address(party.address, fold)
    return PartyFacts(fold(party.name, NAME_MAX) or None, address, party.identification or None)


def _address(address: PostalAddress, fold: Fold) -> AddressFacts:
    return AddressFacts(
        address.country or None,
        fold(address.town, 35) or None,
        fold(address.postcode, 16) or None,
        fold(address.street, 70) or None,
        fold(address.building, 16) or None,
        tuple(fold(line, 70) for line in address.lines),
    )


def _named(name: str, fold: Fold) -> PartyFacts | None:
    return PartyFacts(fold(name, NAME_MAX)) if name else None


def _text(text: str, fold: Fold) -> tuple[str, ...]:
    return (fold(text, REMITTANCE_MAX),) if text else ()


def _reference(text: str) -> tuple[StructuredFacts, ...]:
    return (StructuredFacts("SCOR", reference=text, length=len(text) + 4),) if text else ()
