"""Writes pain.008: what we ask a bank to collect, block by block, in the element order of its schema (sepa-rules 3.1).

Collections are written as they are asked for, so memory does not grow with the file, and each part is checked against
the XSD before it is given out. The same message gives the same bytes. What SEPA forbids is not written: type of
payment or creditor identifier of a single collection, tax, reporting, other accounts.
"""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from generators.order_parts import (
    OrderParts,
    account,
    batch_booking,
    code,
    document,
    element,
    scheme_identification,
    structured_reference,
    totals,
)
from generators.order_schema import check_part
from generators.orders import (
    Block,
    Envelope,
    LineWriter,
    Tally,
    UnwritableOrder,
    WrittenOrder,
    euro_text,
    identifier,
    save,
    write_message,
)
from schemas.bank_profile import BankProfile, DirectDebitVersion
from schemas.direct_debit import (
    NO_ADDRESS,
    NO_AMENDMENT,
    Amendment,
    BatchKey,
    DirectDebit,
    DirectDebitMessage,
    PaymentBlock,
)

__all__ = ["UnwritableOrder", "WrittenOrder", "save_direct_debits", "write_direct_debits"]

_ROOT = "CstmrDrctDbtInitn"


def save_direct_debits(message: DirectDebitMessage, profile: BankProfile, file: BinaryIO) -> WrittenOrder:
    """Write a message into a file; return its hash, size, count and sum. Raises UnwritableOrder; then discard it."""
    return save(write_direct_debits(message, profile), file, Tally(message.collection_count, message.sum_minor))


def write_direct_debits(message: DirectDebitMessage, profile: BankProfile) -> Iterator[bytes]:
    """Yield a pain.008 in the version and with the habits of a bank (UTF-8, one collection a line).

    Raises UnwritableOrder for what cannot be written, naming the collection or the block; what was given out before
    is to be discarded.
    """
    is_old = profile.direct_debit_version is DirectDebitVersion.V02
    parts = OrderParts(profile, bic_name="BIC" if is_old else "BICFI")
    announced = Tally(message.collection_count, message.sum_minor)
    head = document(profile.direct_debit_version, _ROOT, parts.group_header(message, announced))
    envelope = Envelope(message.message_id, head, f"</{_ROOT}></Document>\n", announced)
    blocks = (_block(block, profile, parts) for block in message.blocks)
    yield from write_message(envelope, blocks, partial(check_part, profile.direct_debit_version))


def _block(block: PaymentBlock, profile: BankProfile, parts: OrderParts) -> Block:
    key, announced = block.key, Tally(block.collection_count, block.sum_minor)
    content = (
        identifier("PmtInfId", block.payment_information_id),
        "<PmtMtd>DD</PmtMtd>",
        batch_booking(key.is_batch_booked),
        totals(announced),
        type_of_payment(key),
        element("ReqdColltnDt", key.collection_date.isoformat()),
        _creditor(key, profile, parts),
        account("CdtrAcct", key.creditor_iban),
        parts.agent("CdtrAgt", key.creditor_bic),
        parts.ultimate("UltmtCdtr", key.ultimate_creditor),
        "<ChrgBr>SLEV</ChrgBr>",
        element("CdtrSchmeId", scheme_identification(key.creditor_identifier)),
    )
    lines = LineWriter(
        "collection",
        ("EndToEndId", "InstrId", "MndtId", "IBAN"),
        lambda order: (order.end_to_end_id, order.instruction_id, order.mandate.reference, order.debtor_iban),
        partial(_collection, parts=parts, is_belgian=key.creditor_iban.startswith("BE")),
    ).write(block.collections)
    return Block(block.payment_information_id, f"<PmtInf>{''.join(content)}\n", lines, "</PmtInf>\n", announced)


def _collection(collection: DirectDebit, *, parts: OrderParts, is_belgian: bool) -> str:
    """Return one collection. Its identifiers are right already."""
    mandate, instruction_id, ultimate = collection.mandate, collection.instruction_id, collection.ultimate_debtor
    return (
        f"<DrctDbtTxInf><PmtId>{f'<InstrId>{instruction_id}</InstrId>' if instruction_id else ''}"
        f"<EndToEndId>{collection.end_to_end_id}</EndToEndId></PmtId>"
        f'<InstdAmt Ccy="EUR">{euro_text(collection.amount_minor)}</InstdAmt>'
        f"<DrctDbtTx><MndtRltdInf><MndtId>{mandate.reference}</MndtId>"
        f"<DtOfSgntr>{mandate.signature_date.isoformat()}</DtOfSgntr>"
        f"{amendment(mandate.amendment, parts)}</MndtRltdInf></DrctDbtTx>"
        f"{parts.agent('DbtrAgt', collection.debtor_bic)}{parts.party('Dbtr', collection.debtor)}"
        f"<DbtrAcct><Id><IBAN>{collection.debtor_iban}</IBAN></Id></DbtrAcct>"
        f"{parts.ultimate('UltmtDbtr', ultimate) if ultimate else ''}"
        f"{code('Purp', collection.purpose) if collection.purpose else ''}"
        f"{remittance(collection, parts, is_belgian=is_belgian)}</DrctDbtTxInf>\n"
    )


def remittance(collection: DirectDebit, parts: OrderParts, *, is_belgian: bool) -> str:
    """Return what a collection is for, as a text or as a reference. Raises UnwritableOrder for both at once."""
    if not collection.creditor_reference:
        return parts.remittance(collection.remittance) if collection.remittance else ""
    if collection.remittance:
        raise UnwritableOrder("it has remittance information of both kinds, SEPA takes one", element="RmtInf")
    return structured_reference(collection.creditor_reference, is_belgian=is_belgian)


def type_of_payment(key: BatchKey) -> str:
    """Return service level, scheme, sequence type and category purpose of a block."""
    return element(
        "PmtTpInf",
        "<SvcLvl><Cd>SEPA</Cd></SvcLvl>",
        element("LclInstrm", element("Cd", key.local_instrument)),
        element("SeqTp", key.sequence_type),
        code("CtgyPurp", key.category_purpose),
    )


def _creditor(key: BatchKey, profile: BankProfile, parts: OrderParts) -> str:
    """Return the creditor, with its address where the bank demands it. Raises UnwritableOrder."""
    if key.creditor.identification:
        raise UnwritableOrder("a creditor of direct debits has a creditor identifier only", element="Cdtr/Id")
    party = key.creditor if profile.has_creditor_address else key.creditor._replace(address=NO_ADDRESS)
    if profile.has_creditor_address and not parts.address(party.address):
        raise UnwritableOrder(f"{profile.code} wants the creditor's town and country", element="Cdtr/PstlAdr")
    return parts.party("Cdtr", party)


def amendment(changed: Amendment, parts: OrderParts) -> str:
    """Return what of a mandate changed (sepa-rules 1.6): SMNDA stands at the account, since 20 November 2016."""
    if changed is NO_AMENDMENT:
        return ""
    identification = changed.original_creditor_identifier
    original_creditor = (
        parts.text("Nm", changed.original_creditor_name, 70),
        scheme_identification(identification) if identification else "",
    )
    details = element(
        "AmdmntInfDtls",
        identifier("OrgnlMndtId", changed.original_reference or ""),
        element("OrgnlCdtrSchmeId", *original_creditor),
        "<OrgnlDbtrAcct><Id><Othr><Id>SMNDA</Id></Othr></Id></OrgnlDbtrAcct>" if changed.is_new_account else "",
    )
    return f"<AmdmntInd>true</AmdmntInd>{details}" if details else ""
