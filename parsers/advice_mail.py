"""A mail with a remittance advice: the parts that may hold it, the surest first. What else it holds is left alone.

Anybody may send one, so what it may cost is bounded before and while it is taken apart: bytes, lines, parts, headers.
"""

import email
import re
from collections.abc import Iterator
from email.message import EmailMessage, Message, MIMEPart
from email.policy import EmailPolicy
from itertools import count
from pathlib import Path
from typing import NamedTuple

from parsers.advice_page import page_text
from schemas.errors import FileRefused

_BYTES_MAX = 30_000_000
_LINES_MAX = 600_000  # Thirty megabytes in lines of base64 are 400 000.
_PARTS_MAX = 200  # With those that only hold others.
_HEADER_MAX = 4_000
_NAME_MAX = 80
_PAGE_MAX = 2_000_000
_BEGINS = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{0,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")
_FIRST = re.compile(rb"^(?:from|received|return-path|message-id|mime-version|subject|date|to|delivered-to):", re.I)


class MailPart(NamedTuple):
    """A part of a mail: its name as it may be shown and its bytes; ``is_body`` where it is the text itself."""

    name: str
    data: bytes
    is_body: bool


class _Headers(EmailPolicy):
    """Keeps the headers that say what a part is, and these only while they are short: reading them is dear."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return name and value of a header. Raises FileRefused."""
        name, value = super().header_source_parse(sourcelines)
        if not name.lower().startswith("content-"):
            return name, ""
        if len(value) > _HEADER_MAX:
            raise FileRefused(f"the header {name[:40]} of the mail has {len(value):,} characters", code="too_large")
        return name, value


def is_mail(head: bytes) -> bool:
    """Return whether a file that begins like this is a mail as it travels (RFC 5322)."""
    return _FIRST.match(head) is not None and _BEGINS.match(head.replace(b"\r\n", b"\n")) is not None


def mail_parts(path: Path) -> list[MailPart]:
    """Return the attachments of a mail, then its text and that of mails in it. Raises FileRefused."""
    if path.stat().st_size > _BYTES_MAX:
        raise FileRefused(f"the mail has more than {_BYTES_MAX:,} bytes, which is the limit", code="too_large")
    data = path.read_bytes()
    if data.count(b"\n") > _LINES_MAX:
        raise FileRefused(f"the mail has more than {_LINES_MAX:,} lines, which is the limit", code="too_large")
    try:
        message = email.message_from_bytes(data, policy=_Headers(message_factory=_factory()))
        assert isinstance(message, EmailMessage)  # Of that factory.
        return list(_parts(message))
    except FileRefused:
        raise
    except Exception as damage:  # Its parts may be anything, and so may be what the library says of them.
        raise FileRefused(f"the mail cannot be read: {type(damage).__name__}", code="damaged") from damage


def _factory() -> "type[EmailMessage]":
    """Return what makes the parts of one mail, and not too many of them."""
    made = count(1)

    class Part(EmailMessage):
        def __init__(self, policy: EmailPolicy | None = None) -> None:
            if next(made) > _PARTS_MAX:
                raise FileRefused(f"the mail has more than {_PARTS_MAX} parts, which is the limit", code="too_large")
            super().__init__(policy)

    return Part


def _parts(message: EmailMessage) -> Iterator[MailPart]:
    every = list(message.walk())
    for part in every:
        if not part.is_multipart() and (part.get_filename() or part.get_content_maintype() != "text"):
            yield MailPart(_shown(part), _bytes(part), is_body=False)
    inner = [
        part.get_payload(0) for part in every if part.get_content_type() == "message/rfc822" and part.is_multipart()
    ]
    for one in (message, *inner):
        body = one.get_body(("plain", "html")) if isinstance(one, EmailMessage) else None
        if body is not None and not body.get_filename():
            yield MailPart("", _text(body).encode(errors="replace"), is_body=True)


def _shown(part: Message) -> str:
    name = "".join(char for char in part.get_filename() or "" if char.isprintable())
    return name.replace("/", "_")[:_NAME_MAX] or "without a name"


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _text(part: MIMEPart) -> str:
    try:
        content = str(part.get_content())
    except LookupError:  # A character set that nobody knows; digits are the same in nearly all.
        content = _bytes(part).decode("latin-1")
    if part.get_content_subtype() != "html":
        return content
    if len(content) > _PAGE_MAX:
        raise FileRefused(f"the mail as a web page has more than {_PAGE_MAX:,} characters", code="too_large")
    return page_text(content)
