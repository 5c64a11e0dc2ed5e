"""Recognizes a bank file by its content: exactly one reader, or the file is refused with what was found instead.

A new format is one reader with ``recognizes(head)`` and ``read(path)``, and one line in `READERS`.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from parsers import camt, mt940, pain002
from parsers.xml_door import HEAD_BYTES, beginning_of, looks_like_xml
from schemas.errors import FileRefused
from schemas.statement import StatementPart, StatementStart, StatementStream
from schemas.status_report import StatusReport


class Reader(NamedTuple):
    """One format: what it is called, whether a file that begins like this is one, and how it is read."""

    name: str
    recognizes: Callable[[bytes], bool]
    read: Callable[[Path], StatementStream | StatusReport]


READERS = (
    Reader("camt.052/.053/.054", camt.recognizes, camt.read),
    Reader("pain.002", pain002.recognizes, pain002.read),
    Reader("MT940/MT942", mt940.recognizes, mt940.read),
)

STATEMENTS_MAX = 10_000  # Of one file, pages joined: each is stored by itself.
EXPECTED = "a statement (camt.052, camt.053, camt.054, MT940, MT942) or a status report (pain.002) was expected"
# What else ISO 20022 sends between customer and bank, by the element of the message.
_OTHER_MESSAGES = {
    "CstmrCdtTrfInitn": "a payment order (pain.001)",
    "CstmrDrctDbtInitn": "a direct debit order (pain.008)",
    "CstmrPmtRvsl": "a reversal order (pain.007)",
    "MndtInitnReq": "a mandate request (pain.009)",
    "CstmrPmtCxlReq": "a cancellation request (camt.055)",
    "FIToFIPmtCxlReq": "a cancellation request between banks (camt.056)",
    "RsltnOfInvstgtn": "the answer to a cancellation request (camt.029)",
    "FIToFICstmrCdtTrf": "a transfer between banks (pacs.008)",
    "FIToFIPmtStsRpt": "a status report between banks (pacs.002)",
    "PmtRtr": "a return between banks (pacs.004)",
    "AcctRptgReq": "a request for statements (camt.060)",
}
_OLD_ORDER = re.compile(r"pain\.00[18]\.\d{3}\.\d{2}")
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE | re.DOTALL)
# The first bytes of files that are no text.
_MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive, which is only read where archives are asked for"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)


def open_statements(path: Path) -> StatementStream:
    """Return the statements of a file. Raises FileRefused, also for a status report."""
    opened = open_file(path)
    if isinstance(opened, StatusReport):
        raise FileRefused(f"this is a status report ({opened.format}), not a statement", code="not_a_statement")
    return opened


def open_file(path: Path) -> StatementStream | StatusReport:
    """Return the statements or the status report of a file, by its content. Raises FileRefused."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    _refuse_other_files(head)
    found = [reader for reader in READERS if reader.recognizes(head)]
    if len(found) == 1:
        opened = found[0].read(path)
        return opened._replace(parts=_bounded(opened.parts)) if isinstance(opened, StatementStream) else opened
    if found:
        names = " and ".join(reader.name for reader in found)
        raise FileRefused(f"the file can be read as {names}; it must be one of them", code="ambiguous_format")
    raise _unknown(head)


def _bounded(parts: Iterator[StatementPart]) -> Iterator[StatementPart]:
    """Yield the parts of a file. Raises FileRefused where it has more statements than a bank puts into one."""
    count, page = 0, None
    for part in parts:
        if isinstance(part, StatementStart):
            count += page is None or part.page != page + 1
            page = part.page
            if count > STATEMENTS_MAX:
                raise FileRefused(f"more than {STATEMENTS_MAX} statements", code="too_large", line=part.line)
        yield part


def _refuse_other_files(head: bytes) -> None:
    if not head.strip(b"\0 \t\r\n"):
        raise FileRefused(f"the file is empty; {EXPECTED}", code="empty_file")
    for magic, what in _MAGIC:
        if head.startswith(magic):
            code = "archive" if "archive" in what else "not_a_bank_file"
            raise FileRefused(f"this is {what}; {EXPECTED}", code=code)
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise _web_page()
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"<" not in head[:64]:
        raise FileRefused("this is text in UTF-16; text must be UTF-8 or an 8-bit encoding", code="encoding", line=1)


def _unknown(head: bytes) -> FileRefused:
    """Say what a file is that no reader takes."""
    if not looks_like_xml(head):
        return FileRefused(f"the format is not known; {EXPECTED}", code="unknown_format")
    beginning = beginning_of(head, _OTHER_MESSAGES)
    if beginning.found:
        what = _OTHER_MESSAGES[beginning.found.name]
        return FileRefused(f"this is {what}; {EXPECTED}", code="not_a_statement")
    if _OLD_ORDER.search(beginning.root.namespace or ""):
        return FileRefused(f"this is an order in an old version; {EXPECTED}", code="not_a_statement")
    name = beginning.root.name[:40]
    if name.lower() == "html":
        return _web_page()
    return FileRefused(
        f"this is XML that begins with {name}, but it is cut or holds no message that we know; {EXPECTED}",
        code="unknown_format",
    )


def _web_page() -> FileRefused:
    return FileRefused(f"this is a web page (HTML), perhaps a log-in page of the bank; {EXPECTED}", code="html")
