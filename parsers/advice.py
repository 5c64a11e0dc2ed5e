"""Remittance advices that customers send: mails, PDFs, CSV and XLSX tables, read by what they are, not by their names.

Run it in a worker: each of these is somebody else's archive.
"""

from pathlib import Path

from parsers.advice_mail import MailPart, is_mail, mail_parts
from parsers.advice_pdf import pdf_lines
from parsers.advice_sheets import read_xlsx
from parsers.advice_table import is_table, read_csv
from parsers.advice_text import only_advice, read_text
from parsers.tabular_csv import guess_encoding
from schemas.advice import Advice, AdviceFormat
from schemas.errors import FileRefused

_HEAD = 4_096
_FILE_MAX = 30_000_000
_TEXT_MAX = 5_000_000
_CONTROL_MAX = 0.02  # Of the characters of a text.
# Attachments of mails that are no advice, and no fault either: signatures, pictures, cards.
_NOT_LISTS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BEGIN:VC", b"-----BEGIN", b"0\x82", b"0\x80", b"BM", b"RIFF")
_NO_LIST = frozenset(("no_lines", "no_header", "no_text", "empty", "not_a_table"))  # Faults of what lists nothing.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an old Office file or one with a password; save it as .xlsx without password"),
    (b"{\\rtf", "a text document; send it as PDF"),
    (b"\x1f\x8b", "a compressed file"),
    (b"<?xml", "an XML file"),
)


def read_advice(path: Path, scratch: Path) -> Advice:
    """Return what a remittance advice says. ``scratch`` is an empty folder for the parts of a mail.

    Raises FileRefused.
    """
    if path.stat().st_size > _FILE_MAX:
        raise FileRefused(f"the file has more than {_FILE_MAX:,} bytes, which is the limit", code="too_large")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return _read_mail(path, scratch) if is_mail(head) else _read_file(path, head)


def _read_file(path: Path, head: bytes) -> Advice:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise FileRefused("the file is empty", code="empty")
    if start.startswith(b"%PDF-"):
        return read_text(pdf_lines(path), AdviceFormat.PDF)
    if start.startswith(b"PK\x03\x04"):
        return read_xlsx(path)
    if start.startswith(_NOT_LISTS):
        raise FileRefused("the file is no list; a mail, PDF, CSV or XLSX was expected", code="not_an_advice")
    for magic, name in _OTHERS:
        if start.startswith(magic):
            raise FileRefused(f"the file is {name}; a mail, PDF, CSV or XLSX was expected", code="not_an_advice")
    return read_csv(path) if is_table(path) else read_text(_text_lines(path), AdviceFormat.TEXT)


def _text_lines(path: Path) -> list[str]:
    if path.stat().st_size > _TEXT_MAX:
        raise FileRefused(f"the text has more than {_TEXT_MAX:,} bytes, which is the limit", code="too_large")
    text = path.read_bytes().decode(guess_encoding(path), errors="strict").removeprefix("\ufeff")
    odd = sum(not char.isprintable() and char not in "\r\n\t\f" for char in text)
    if odd > _CONTROL_MAX * len(text):
        raise FileRefused("the file is no text", code="encoding")
    return text.splitlines()


def _read_mail(path: Path, scratch: Path) -> Advice:
    """Read the attachments of a mail, else its text. Several lists may say several things: they are refused."""
    found: list[Advice] = []
    faults: list[FileRefused] = []
    into = scratch / "part"
    for part in mail_parts(path):
        if part.is_body and (found or faults):
            break
        if part.data.startswith(_NOT_LISTS) or not part.data.strip():
            continue
        into.write_bytes(part.data)
        try:
            found.append(_read_file(into, part.data[:_HEAD]))
        except FileRefused as fault:
            if fault.code not in _NO_LIST:
                faults.append(_placed(part, fault))
    if faults:
        raise faults[0]
    if not found:
        raise FileRefused("neither the mail nor what is attached lists invoices with amounts", code="no_lines")
    several = FileRefused(f"{len(found)} attachments list different payments; send one each", code="several_advices")
    return only_advice(found, several)


def _placed(part: MailPart, fault: FileRefused) -> FileRefused:
    if part.is_body:
        return FileRefused(f"the text of the mail: {fault}", code=fault.code, line=fault.line)
    return FileRefused(f"attachment {part.name}: {fault}", code=fault.code, line=fault.line)
