"""Writes camt.055: the request not to make collections that a bank has but did not settle yet.

It names single collections, whole blocks, or the whole message that was sent. No installed package has its schema, so
it is checked by the table below.
"""

from collections.abc import Iterable, Iterator
from functools import cache, partial
from typing import BinaryIO

from generators.order_parts import OrderParts, document, element, totals
from generators.order_structure import Structure, check_structure, read_structure
from generators.orders import (
    Block,
    Envelope,
    Lines,
    LineWriter,
    Tally,
    UnwritableOrder,
    WrittenOrder,
    euro_text,
    identifier,
    moment_text,
    save,
    write_message,
)
from schemas.bank_profile import BankProfile, CancellationVersion
from schemas.cancellation import Cancellation, CancellationBlock, CancellationMessage, CancellationReason
from schemas.parties import PaymentParty

__all__ = ["UnwritableOrder", "WrittenOrder", "save_cancellations", "write_cancellations"]

_ROOT = "CstmrPmtCxlReq"
_OLD_REASONS = frozenset(
    (CancellationReason.DUPLICATE, CancellationReason.BY_CUSTOMER, CancellationReason.UNJUSTIFIED)
)  # The others are no codes of CancellationReason4Code.
_REASON = """
      CxlRsnInf?
        Orgtr
          Nm name
        Rsn
          Cd code"""


@cache
def _structure(version: CancellationVersion) -> Structure:
    bic = "BIC? old_bic" if version is CancellationVersion.V01 else "BICFI? bic"
    return read_structure(f"""
CstmrPmtCxlReq
  Assgnmt
    Id id
    Assgnr
      Pty
        Nm name
        Id?
          OrgId
            Othr
              Id id
    Assgne
      Agt
        FinInstnId
          {bic}
          Othr?
            Id =NOTPROVIDED
    CreDtTm moment
  CtrlData
    NbOfTxs count
    CtrlSum amount
  Undrlyg
    OrgnlGrpInfAndCxl
      OrgnlMsgId id
      OrgnlMsgNmId id
      NbOfTxs? count
      CtrlSum? amount
      GrpCxl flag{_REASON}
    OrgnlPmtInfAndCxl*
      OrgnlPmtInfId id
      NbOfTxs count
      CtrlSum amount
      PmtInfCxl flag{_REASON}
      TxInf*
        CxlId id
        OrgnlInstrId? id
        OrgnlEndToEndId id
        OrgnlInstdAmt euro
        OrgnlReqdColltnDt date
        CxlRsnInf
          Orgtr
            Nm name
          Rsn
            Cd code
""")


def save_cancellations(message: CancellationMessage, profile: BankProfile, file: BinaryIO) -> WrittenOrder:
    """Write a message into a file; return its hash, size, count and sum. Raises UnwritableOrder; then discard it."""
    return save(write_cancellations(message, profile), file, Tally(message.cancellation_count, message.sum_minor))


def write_cancellations(message: CancellationMessage, profile: BankProfile) -> Iterator[bytes]:
    """Yield a camt.055 in the version and with the habits of a bank (UTF-8, one collection a line).

    Raises UnwritableOrder for what cannot be written, naming the collection or the block.
    """
    writer = _Writer(message, profile)
    announced = Tally(message.cancellation_count, message.sum_minor)
    envelope = Envelope(message.message_id, writer.head(), f"</Undrlyg></{_ROOT}></Document>\n", announced)
    check = partial(check_structure, _structure(profile.cancellation_version))
    yield from write_message(envelope, writer.blocks(), check)


class _Writer:
    """Writes the parts of one message."""

    def __init__(self, message: CancellationMessage, profile: BankProfile) -> None:
        self._message = message
        self._version = profile.cancellation_version
        self._own_id = message.initiating_party_id or profile.initiating_party_id
        is_old = self._version is CancellationVersion.V01
        self._parts = OrderParts(profile, bic_name="BIC" if is_old else "BICFI")
        self._originator = element("Orgtr", self._parts.text("Nm", message.initiating_party, 70))

    def head(self) -> str:
        """Return who asks whom, how much in all, and about which message."""
        message, announced = self._message, Tally(self._message.cancellation_count, self._message.sum_minor)
        sender = self._parts.party("Pty", PaymentParty(message.initiating_party, identification=self._own_id), "OrgId")
        assignment = element(
            "Assgnmt",
            identifier("Id", message.message_id),
            element("Assgnr", sender),
            element("Assgne", self._parts.agent("Agt", message.bank_bic)),
            f"<CreDtTm>{moment_text(message.created_at)}</CreDtTm>",
        )
        original = element(
            "OrgnlGrpInfAndCxl",
            identifier("OrgnlMsgId", message.original_message_id),
            element("OrgnlMsgNmId", message.original_version),
            self._whole("GrpCxl", announced, message.whole_reason),
        )
        control = element("CtrlData", totals(announced))
        return document(self._version, _ROOT, assignment, control, "<Undrlyg>", original)

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks; the whole message is one without an element of its own."""
        message = self._message
        if message.whole_reason:
            announced = Tally(message.cancellation_count, message.sum_minor)
            yield Block(message.original_message_id, "", [Lines([], b"", announced)], "", announced)
        for block in message.blocks:
            if message.whole_reason:
                raise UnwritableOrder(f"message {message.message_id} cancels the whole and has blocks beside it")
            yield self._block(block)

    def _block(self, block: CancellationBlock) -> Block:
        announced = Tally(block.cancellation_count, block.sum_minor)
        lines = self._lines(block.cancellations)
        if block.whole_reason:
            lines = _only(Lines([], b"", announced), lines, block.original_payment_information_id)
        flag = self._whole("PmtInfCxl", announced, block.whole_reason)
        counted = "" if block.whole_reason else totals(announced)
        id_of_block = identifier("OrgnlPmtInfId", block.original_payment_information_id)
        head, tail = f"<OrgnlPmtInfAndCxl>{id_of_block}{counted}{flag}\n", "</OrgnlPmtInfAndCxl>\n"
        return Block(block.original_payment_information_id, head, lines, tail, announced)

    def _lines(self, cancellations: Iterable[Cancellation]) -> Iterator[Lines]:
        return LineWriter[Cancellation](
            "cancellation",
            ("CxlId", "OrgnlInstrId", "OrgnlEndToEndId"),
            lambda order: (order.cancellation_id, order.instruction_id, order.end_to_end_id),
            self._cancellation,
        ).write(cancellations)

    def _cancellation(self, order: Cancellation) -> str:
        return (
            f"<TxInf><CxlId>{order.cancellation_id}</CxlId>{identifier('OrgnlInstrId', order.instruction_id)}"
            f"<OrgnlEndToEndId>{order.end_to_end_id}</OrgnlEndToEndId>"
            f'<OrgnlInstdAmt Ccy="EUR">{euro_text(order.amount_minor)}</OrgnlInstdAmt>'
            f"<OrgnlReqdColltnDt>{order.collection_date.isoformat()}</OrgnlReqdColltnDt>"
            f"{self._reason(order.reason)}</TxInf>\n"
        )

    def _whole(self, flag: str, announced: Tally, reason: CancellationReason | None) -> str:
        """Return whether the whole is cancelled, and then how much that is, and why."""
        if reason is None:
            return f"<{flag}>false</{flag}>"
        return f"{totals(announced)}<{flag}>true</{flag}>{self._reason(reason)}"

    def _reason(self, reason: CancellationReason) -> str:
        if self._version is CancellationVersion.V01 and reason not in _OLD_REASONS:
            raise UnwritableOrder(f"{self._version} has no reason {reason}", element="CxlRsnInf")
        return f"<CxlRsnInf>{self._originator}<Rsn><Cd>{reason}</Cd></Rsn></CxlRsnInf>"


def _only(whole: Lines, lines: Iterator[Lines], block_id: str) -> Iterator[Lines]:
    yield whole
    if next(lines, None):
        raise UnwritableOrder(f"block {block_id} is cancelled as a whole and has cancellations beside it")
