"""Collections and refunds to write: sound values to start from, the schemas beside this checkout, files as plain pairs."""

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from lxml import etree

from schemas.bank_profile import BankProfile
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.credit_transfer import CreditTransfer, CreditTransferMessage, TransferBlock
from schemas.direct_debit import BatchKey, DirectDebit, DirectDebitMessage, MandateFactsSent, PaymentBlock
from schemas.identifiers import CreditorIdentifier, EndToEndId, Iban, MandateReference, MessageId, PaymentInformationId
from schemas.parties import PaymentParty

NOON = dt.datetime(2026, 11, 21, 12, 30, 15, 999_999, tzinfo=dt.timezone(dt.timedelta(hours=1)))
DAY = dt.date(2026, 12, 1)
CREDITOR_IDENTIFIER = CreditorIdentifier("DE98ZZZ09999999999")
PROFILE = BankProfile("example", "Example bank")
IBANS = tuple(
    Iban(text)
    for text in (
        "DE89370400440532013000 FR1420041010050500013M02606 BE68539007547034 NL91ABNA0417164300"
        " ES9121000418450200051332 IT60X0542811101000000123456 AT611904300234573201 LU280019400644750000"
    ).split()
)
DEBIT = DirectDebit(
    EndToEndId("E2E-1"),
    12_345,
    MandateFactsSent(MandateReference("M-1"), dt.date(2026, 1, 31)),
    PaymentParty("Erika Mustermann"),
    IBANS[1],
    remittance="Invoice 2026-0815",
)
TRANSFER = CreditTransfer(
    EndToEndId("R-1"), 1_250, PaymentParty("Erika Mustermann"), IBANS[1], remittance="Refund of invoice 2026-0815"
)
KEY = BatchKey(
    DAY,
    LocalInstrument.CORE,
    SequenceType.RECURRENT,
    PaymentParty("Example Company"),
    IBANS[0],
    None,
    CREDITOR_IDENTIFIER,
)
_SCHEMAS = Path(os.environ.get("GATEWAY_XSD", Path(__file__).resolve().parents[3] / "shared" / "xsd"))


def block_of(*collections: DirectDebit, number: int = 1, key: BatchKey = KEY) -> PaymentBlock:
    """Return a block whose count and sum are right."""
    total = sum(each.amount_minor for each in collections)
    return PaymentBlock(PaymentInformationId(f"PMT-{number}"), key, len(collections), total, collections)


def message_of(*blocks: PaymentBlock) -> DirectDebitMessage:
    """Return a message whose count and sum are right."""
    count, total = sum(block.collection_count for block in blocks), sum(block.sum_minor for block in blocks)
    return DirectDebitMessage(MessageId("MSG-1"), NOON, "Example Company", blocks, count, total)


def pairs(data: bytes, *left_out: str) -> list[tuple[str, str]]:
    """Return every text and attribute of a file with its path, in document order, without the paths left out."""
    return [(path, text) for path, text in _walk(etree.fromstring(data), "") if not path.endswith(left_out)]


def _walk(found: etree._Element, above: str) -> Iterator[tuple[str, str]]:
    path = f"{above}/{etree.QName(found).localname}"
    yield from ((f"{path}@{name}", str(value)) for name, value in sorted(found.attrib.items()))
    if len(found) == 0:
        yield path, found.text or ""
    for child in found:
        yield from _walk(child, path)


def under(data: bytes, path: str) -> list[tuple[str, str]]:
    """Return the pairs under the first elements of a path, the path left out."""
    return [(found.partition(path + "/")[2], text) for found, text in pairs(data) if path + "/" in found]


def official_schema(message_name: str) -> etree.XMLSchema:
    """Return the schema of a message from beside the checkout (GATEWAY_XSD); skip loudly where it is not at hand."""
    path = _SCHEMAS / f"{message_name}.xsd"
    if not path.is_file():
        pytest.skip(f"NO SCHEMA {message_name} on this machine (GATEWAY_XSD)")
    return etree.XMLSchema(file=str(path))


def joined(pieces: Iterator[bytes]) -> bytes:
    """Return a file as one."""
    return b"".join(pieces)


def texts(found: Sequence[tuple[str, str]], name: str) -> list[str]:
    """Return the texts of the pairs whose path ends with a name."""
    return [text for path, text in found if path.endswith(name)]


def transfer_block_of(*transfers: CreditTransfer, number: int = 1) -> TransferBlock:
    """Return a block of refunds whose count and sum are right."""
    total = sum(each.amount_minor for each in transfers)
    id_of_block = PaymentInformationId(f"PMT-{number}")
    return TransferBlock(id_of_block, DAY, KEY.creditor, IBANS[0], None, len(transfers), total, transfers)


def transfer_message_of(*blocks: TransferBlock) -> CreditTransferMessage:
    """Return a message of refunds whose count and sum are right."""
    count, total = sum(block.transfer_count for block in blocks), sum(block.sum_minor for block in blocks)
    return CreditTransferMessage(MessageId("MSG-1"), NOON, "Example Company", blocks, count, total)
