"""Writes pain.007: reversals of settled collections, each with the data of its collection as it was sent.

The 2019 version that the EPC guidelines name (.09) has no public schema; what is written here is the same in .08, and
checked by the table below. Amendments and addresses of the original are not repeated.
"""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from generators.order_parts import OrderParts, account, document, element, scheme_identification
from generators.order_structure import check_structure, read_structure
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
from generators.pain008 import remittance, type_of_payment
from schemas.bank_profile import BankProfile
from schemas.direct_debit import NO_ADDRESS, BatchKey, DirectDebit
from schemas.parties import PaymentParty
from schemas.reversal import Reversal, ReversalBlock, ReversalMessage

__all__ = ["UnwritableOrder", "WrittenOrder", "save_reversals", "write_reversals"]

_ROOT = "CstmrPmtRvsl"
_AGENT = """
          FinInstnId
            BICFI? bic
            Othr?
              Id =NOTPROVIDED"""
_PARTY = """
          Pty
            Nm name
            Id?
              PrvtId
                Othr
                  Id id"""
_STRUCTURE = read_structure(f"""
CstmrPmtRvsl
  GrpHdr
    MsgId id
    CreDtTm moment
    NbOfTxs count
    CtrlSum amount
    GrpRvsl =false
    InitgPty
      Nm name
      Id?
        OrgId
          Othr
            Id id
  OrgnlGrpInf
    OrgnlMsgId id
    OrgnlMsgNmId id
  OrgnlPmtInfAndRvsl+
    OrgnlPmtInfId id
    PmtInfRvsl =false
    TxInf+
      RvslId id
      OrgnlInstrId? id
      OrgnlEndToEndId id
      OrgnlInstdAmt euro
      RvsdInstdAmt euro
      ChrgBr =SLEV
      RvslRsnInf
        Orgtr
          Nm name
        Rsn
          Cd code
      OrgnlTxRef
        ReqdColltnDt date
        CdtrSchmeId
          Id
            PrvtId
              Othr
                Id id
                SchmeNm
                  Prtry =SEPA
        PmtTpInf
          SvcLvl
            Cd =SEPA
          LclInstrm
            Cd code
          SeqTp code
          CtgyPurp?
            Cd code
        MndtRltdInf
          MndtId id
          DtOfSgntr date
        RmtInf?
          Ustrd? text
          Strd?
            CdtrRefInf
              Tp
                CdOrPrtry
                  Cd =SCOR
                Issr? =BBA
              Ref id
        UltmtDbtr?
          Pty
            Nm name
        Dbtr{_PARTY}
        DbtrAcct
          Id
            IBAN iban
        DbtrAgt{_AGENT}
        CdtrAgt{_AGENT}
        Cdtr
          Pty
            Nm name
        CdtrAcct
          Id
            IBAN iban
        UltmtCdtr?
          Pty
            Nm name
""")


def save_reversals(message: ReversalMessage, profile: BankProfile, file: BinaryIO) -> WrittenOrder:
    """Write a message into a file; return its hash, size, count and sum. Raises UnwritableOrder; then discard it."""
    return save(write_reversals(message, profile), file, Tally(message.reversal_count, message.sum_minor))


def write_reversals(message: ReversalMessage, profile: BankProfile) -> Iterator[bytes]:
    """Yield a pain.007 in the version and with the habits of a bank (UTF-8, one reversal a line).

    Raises UnwritableOrder for what cannot be written, naming the reversal or the block.
    """
    parts, announced = OrderParts(profile), Tally(message.reversal_count, message.sum_minor)
    header = parts.group_header(message, announced, "<GrpRvsl>false</GrpRvsl>")
    original = identifier("OrgnlMsgId", message.original_message_id) + element("OrgnlMsgNmId", message.original_version)
    head = document(profile.reversal_version, _ROOT, header, element("OrgnlGrpInf", original))
    envelope = Envelope(message.message_id, head, f"</{_ROOT}></Document>\n", announced)
    blocks = (_block(block, parts, message.initiating_party) for block in message.blocks)
    yield from write_message(envelope, blocks, partial(check_structure, _STRUCTURE))


def _block(block: ReversalBlock, parts: OrderParts, sender: str) -> Block:
    head = identifier("OrgnlPmtInfId", block.original_payment_information_id) + "<PmtInfRvsl>false</PmtInfRvsl>"
    originator = element("Orgtr", parts.text("Nm", sender, 70))
    lines = LineWriter(
        "reversal",
        ("RvslId", "OrgnlEndToEndId", "OrgnlInstrId", "MndtId", "IBAN"),
        _identifiers,
        partial(_reversal, key=block.key, parts=parts, originator=originator),
    ).write(block.reversals)
    announced = Tally(block.reversal_count, block.sum_minor)
    tail = "</OrgnlPmtInfAndRvsl>\n"
    return Block(block.original_payment_information_id, f"<OrgnlPmtInfAndRvsl>{head}\n", lines, tail, announced)


def _identifiers(order: Reversal) -> tuple[str, ...]:
    original = order.original
    return (
        order.reversal_id,
        original.end_to_end_id,
        original.instruction_id,
        original.mandate.reference,
        original.debtor_iban,
    )


def _reversal(reversal: Reversal, *, key: BatchKey, parts: OrderParts, originator: str) -> str:
    """Return one reversal. Its identifiers are right already."""
    amount = euro_text(reversal.amount_minor)
    return (
        f"<TxInf><RvslId>{reversal.reversal_id}</RvslId>{identifier('OrgnlInstrId', reversal.original.instruction_id)}"
        f"<OrgnlEndToEndId>{reversal.end_to_end_id}</OrgnlEndToEndId>"
        f'<OrgnlInstdAmt Ccy="EUR">{amount}</OrgnlInstdAmt><RvsdInstdAmt Ccy="EUR">{amount}</RvsdInstdAmt>'
        f"<ChrgBr>SLEV</ChrgBr><RvslRsnInf>{originator}<Rsn><Cd>{reversal.reason}</Cd></Rsn></RvslRsnInf>"
        f"{_original(reversal.original, key, parts)}</TxInf>\n"
    )


def _original(original: DirectDebit, key: BatchKey, parts: OrderParts) -> str:
    """Return the collection as it was sent (the guidelines want a copy), in the order of the schema."""
    signature_date = element("DtOfSgntr", original.mandate.signature_date.isoformat())
    return element(
        "OrgnlTxRef",
        element("ReqdColltnDt", key.collection_date.isoformat()),
        element("CdtrSchmeId", scheme_identification(key.creditor_identifier)),
        type_of_payment(key),
        element("MndtRltdInf", identifier("MndtId", original.mandate.reference), signature_date),
        remittance(original, parts, is_belgian=key.creditor_iban.startswith("BE")),
        element("UltmtDbtr", parts.ultimate("Pty", original.ultimate_debtor)),
        element("Dbtr", parts.party("Pty", _without_address(original.debtor))),
        account("DbtrAcct", original.debtor_iban),
        parts.agent("DbtrAgt", original.debtor_bic),
        parts.agent("CdtrAgt", key.creditor_bic),
        element("Cdtr", parts.party("Pty", _without_address(key.creditor))),
        account("CdtrAcct", key.creditor_iban),
        element("UltmtCdtr", parts.ultimate("Pty", key.ultimate_creditor)),
    )


def _without_address(party: PaymentParty) -> PaymentParty:
    return party._replace(address=NO_ADDRESS)
