"""Writes pain.001: what we ask a bank to pay back to customers, as SEPA credit transfers (sepa-rules 3.4).

Built like pain.008, of the same parts: streamed, each part checked against the XSD, the same message the same bytes.
"""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from generators.order_parts import OrderParts, account, batch_booking, code, document, element, totals
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
from schemas.bank_profile import BankProfile, CreditTransferVersion
from schemas.credit_transfer import CreditTransfer, CreditTransferMessage, TransferBlock

__all__ = ["UnwritableOrder", "WrittenOrder", "save_credit_transfers", "write_credit_transfers"]

_ROOT = "CstmrCdtTrfInitn"


def save_credit_transfers(message: CreditTransferMessage, profile: BankProfile, file: BinaryIO) -> WrittenOrder:
    """Write a message into a file; return its hash, size, count and sum. Raises UnwritableOrder; then discard it."""
    return save(write_credit_transfers(message, profile), file, Tally(message.transfer_count, message.sum_minor))


def write_credit_transfers(message: CreditTransferMessage, profile: BankProfile) -> Iterator[bytes]:
    """Yield a pain.001 in the version and with the habits of a bank (UTF-8, one transfer a line).

    Raises UnwritableOrder for what cannot be written, naming the transfer or the block; what was given out before is
    to be discarded.
    """
    is_old = profile.credit_transfer_version is CreditTransferVersion.V03
    parts = OrderParts(profile, bic_name="BIC" if is_old else "BICFI")
    announced = Tally(message.transfer_count, message.sum_minor)
    head = document(profile.credit_transfer_version, _ROOT, parts.group_header(message, announced))
    envelope = Envelope(message.message_id, head, f"</{_ROOT}></Document>\n", announced)
    blocks = (_block(block, parts, is_old=is_old) for block in message.blocks)
    yield from write_message(envelope, blocks, partial(check_part, profile.credit_transfer_version))


def _block(block: TransferBlock, parts: OrderParts, *, is_old: bool) -> Block:
    announced, day = Tally(block.transfer_count, block.sum_minor), block.execution_date.isoformat()
    content = (
        identifier("PmtInfId", block.payment_information_id),
        "<PmtMtd>TRF</PmtMtd>",
        batch_booking(block.is_batch_booked),
        totals(announced),
        element("PmtTpInf", "<SvcLvl><Cd>SEPA</Cd></SvcLvl>", code("CtgyPurp", block.category_purpose)),
        element("ReqdExctnDt", day if is_old else f"<Dt>{day}</Dt>"),
        parts.party("Dbtr", block.debtor, "OrgId"),
        account("DbtrAcct", block.debtor_iban),
        parts.agent("DbtrAgt", block.debtor_bic),
        "<ChrgBr>SLEV</ChrgBr>",
    )
    lines = LineWriter(
        "transfer",
        ("EndToEndId", "IBAN"),
        lambda order: (order.end_to_end_id, order.creditor_iban),
        partial(_transfer, parts=parts),
    ).write(block.transfers)
    return Block(block.payment_information_id, f"<PmtInf>{''.join(content)}\n", lines, "</PmtInf>\n", announced)


def _transfer(transfer: CreditTransfer, *, parts: OrderParts) -> str:
    """Return one transfer. Its identifiers are right already; without a BIC no bank is named (IBAN only)."""
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{transfer.end_to_end_id}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="EUR">{euro_text(transfer.amount_minor)}</InstdAmt></Amt>'
        f"{parts.agent('CdtrAgt', transfer.creditor_bic) if transfer.creditor_bic else ''}"
        f"{parts.party('Cdtr', transfer.creditor)}"
        f"<CdtrAcct><Id><IBAN>{transfer.creditor_iban}</IBAN></Id></CdtrAcct>"
        f"{code('Purp', transfer.purpose)}{parts.remittance(transfer.remittance)}</CdtTrfTxInf>\n"
    )
