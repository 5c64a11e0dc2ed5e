"""Reads payment status reports: pain.002 .03, .10, later versions and national variants (sepa-rules section 4).

What a status means, and that one of a group or payment holds for all below it, is decided by whoever takes the report.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from parsers.xml_door import (
    HEAD_BYTES,
    Element,
    ElementFeed,
    Tag,
    beginning_of,
    blank_lines,
    drop_comments,
    encoding_of,
    looks_like_xml,
)
from parsers.xml_found import Found, Paths, amount, collect, compiled, group, many, once
from schemas.errors import FileRefused
from schemas.money import InvalidAmount, InvalidCurrency, parse_amount, parse_currency
from schemas.status_report import PaymentStatus, StatusReason, StatusReport, TransactionStatus

MESSAGES = frozenset(("CstmrPmtStsRpt",))
TRANSACTIONS_MAX = 200_000
_CHUNK_BYTES = 1 << 16
_NAME = re.compile(r"pain\.002\.[0-9]{3}\.([0-9]{2})(?:\.[a-z]{2,3}\.[0-9]{2})?")
_LAST_VERSION = 15

_REASON: Paths = {
    "Orgtr/Nm": "name",
    "Orgtr/Id/OrgId/AnyBIC": "bic",
    "Orgtr/Id/OrgId/BICOrBEI": "bic",
    "Orgtr/Id/OrgId/Othr/Id": "id",
    "Orgtr/Id/PrvtId/Othr/Id": "id",
    "Rsn/Cd": "code",
    "Rsn/Prtry": "proprietary",
    "AddtlInf": many("lines"),
}
_REASONS = group("reasons", _REASON)
_HEADER: Paths = {"MsgId": "message_id"}
_GROUP: Paths = {
    "OrgnlMsgId": "message_id",
    "OrgnlMsgNmId": "message_name",
    "GrpSts": once("status"),
    "StsRsnInf": _REASONS,
}
_PAYMENT: Paths = {"OrgnlPmtInfId": "id", "PmtInfSts": once("status"), "StsRsnInf": _REASONS}
_TRANSACTION: Paths = {
    "OrgnlEndToEndId": "end_to_end_id",
    "OrgnlInstrId": "instruction_id",
    "TxSts": once("status"),
    "StsRsnInf": _REASONS,
    "OrgnlTxRef/Amt/InstdAmt": amount("instructed"),
    "OrgnlTxRef/Amt/EqvtAmt/Amt": amount("equivalent"),
    "OrgnlTxRef/MndtRltdInf/MndtId": "mandate_reference",
    "OrgnlTxRef/MndtRltdInf/DrctDbtMndt/MndtId": "mandate_reference",
}


def recognizes(head: bytes) -> bool:
    """Tell whether a file that begins like this is a pain.002. Raises FileRefused for XML that is not safe."""
    return looks_like_xml(head) and beginning_of(head, MESSAGES).found is not None


def read_status_report(path: Path) -> StatusReport:
    """Return the report that a file holds. Raises FileRefused."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        message = beginning_of(head, MESSAGES).found
        if message is None:
            raise FileRefused("the file holds no pain.002 message", code="unknown_format")
        blanks, lines = blank_lines(head)
        encoding_of(head[blanks:])
        reader = _Reader(message, lines)
        file.seek(blanks)
        while chunk := file.read(_CHUNK_BYTES):
            reader.feed(chunk)
    return reader.close()


read = read_status_report


class _Reader:
    """Takes a file in pieces and gives its report."""

    def __init__(self, message: Tag, lines_before: int) -> None:
        prefix = f"{{{message.namespace}}}" if message.namespace else ""
        self._message = message
        self._message_tag = prefix + message.name
        self._payment_tag, self._transaction_tag = prefix + "OrgnlPmtInfAndSts", prefix + "TxInfAndSts"
        self._branches = {
            prefix + name: compiled(paths, prefix)
            for name, paths in (
                ("GrpHdr", _HEADER),
                ("OrgnlGrpInfAndSts", _GROUP),
                ("OrgnlPmtInfAndSts", _PAYMENT),
                ("TxInfAndSts", _TRANSACTION),
            )
        }
        self._feed = ElementFeed(self._branches)
        self._feed.lines_before = lines_before
        self._header: Found | None = None
        self._group: Found | None = None
        self._payments: list[PaymentStatus] = []
        self._transactions: list[TransactionStatus] = []
        self._count = 0
        self._warnings: list[str] = []

    def feed(self, data: bytes) -> None:
        """Take one piece. Raises FileRefused."""
        self._take_all(self._feed.feed(data))

    def close(self) -> StatusReport:
        """Return the report after the last piece. Raises FileRefused."""
        self._take_all(self._feed.close())
        if self._group is None and not self._payments:
            raise FileRefused("the report says nothing about a message of ours", code="no_status")
        return self._report(self._header or Found(), self._group or Found())

    def _take_all(self, elements: Iterable[Element]) -> None:
        for element in elements:
            self._take(element)

    def _take(self, element: Element) -> None:
        try:
            drop_comments(element)
            found = Found()
            collect(element, self._branches[element.tag], found)
            self._keep(element, found)
        except FileRefused as error:
            error.line = error.line or self._feed.line_of(element)
            raise

    def _keep(self, element: Element, found: Found) -> None:
        """Keep what an element of the report says; what stands elsewhere is not of the report."""
        above = element.getparent()
        is_top = above is not None and above.tag == self._message_tag
        if element.tag == self._transaction_tag:
            if not is_top and (above is None or above.tag != self._payment_tag):
                return
            self._count_one()
            self._transactions.append(self._transaction(found))
            self._feed.forget(element, self._transaction_tag)
        elif is_top and element.tag == self._payment_tag:
            self._count_one()
            texts = found.texts
            self._payments.append(
                PaymentStatus(texts.get("id"), texts.get("status"), _reasons(found), tuple(self._transactions))
            )
            self._transactions = []
            self._feed.forget(element, self._payment_tag)
        elif is_top and element.tag.endswith("GrpHdr"):
            self._header = found
        elif is_top:
            if self._group is not None:
                raise FileRefused("the file holds more than one report", code="mixed_messages")
            self._group = found

    def _count_one(self) -> None:
        self._count += 1
        if self._count > TRANSACTIONS_MAX:
            raise FileRefused(f"the report has more than {TRANSACTIONS_MAX} statuses", code="too_large")

    def _transaction(self, found: Found) -> TransactionStatus:
        texts = found.texts
        minor, currency = self._amount(found)
        return TransactionStatus(
            texts.get("end_to_end_id"),
            texts.get("instruction_id"),
            texts.get("status"),
            _reasons(found),
            minor,
            currency,
            texts.get("mandate_reference"),
        )

    def _amount(self, found: Found) -> tuple[int | None, str | None]:
        """Return the original amount. It decides nothing, so one that cannot be read is left out and told of."""
        text, currency = found.amounts.get("instructed") or found.amounts.get("equivalent") or (None, None)
        if text is None:
            return None, None
        try:
            code = parse_currency(currency)
            return parse_amount(text, code), code
        except (InvalidAmount, InvalidCurrency) as error:
            self._warnings.append(f"an original amount is left out: {error}")
            return None, None

    def _report(self, header: Found, original: Found) -> StatusReport:
        name, warnings = _name_of(self._message)
        if self._transactions:  # Outside of a payment, as no version since .03 has them.
            self._payments.append(PaymentStatus(None, None, (), tuple(self._transactions)))
            warnings.append(f"{len(self._transactions)} statuses of payments stand outside of a payment block")
        if "message_id" not in original.texts:
            warnings.append("the report does not say which message it is about")
        return StatusReport(
            name,
            header.texts.get("message_id", ""),
            original.texts.get("message_id", ""),
            original.texts.get("message_name"),
            original.texts.get("status"),
            _reasons(original),
            tuple(self._payments),
            (*warnings, *dict.fromkeys(self._warnings)),
        )


def _reasons(found: Found) -> tuple[StatusReason, ...]:
    return tuple(
        StatusReason(
            reason.texts.get("code") or reason.texts.get("proprietary"),
            reason.texts.get("name") or reason.texts.get("bic") or reason.texts.get("id"),
            " ".join(line.strip() for line in reason.lists.get("lines", ())),
        )
        for reason in found.groups.get("reasons", ())
    )


def _name_of(message: Tag) -> tuple[str, list[str]]:
    """Return the name of the format and what is odd about it."""
    if not message.namespace:
        return "pain.002", ["the report has no namespace; it is read as pain.002"]
    match = _NAME.search(message.namespace)
    if match is None:
        return "pain.002", [f"the namespace {message.namespace[:80]!r} is not known; the report is read as pain.002"]
    if int(match[1]) > _LAST_VERSION:
        return match[0], [f"{match[0]} is later than the versions known; it is read like them"]
    return match[0], []
