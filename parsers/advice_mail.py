"""A mail with a remittance advice: the parts that may hold it, the surest first. What else it holds is left alone."""

import email
import re
from email.message import EmailMessage, Message, MIMEPart
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from schemas.errors import FileRefused

BYTES_MAX = 30_000_000
_PARTS_MAX = 100
_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{0,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")
_HEADERS = re.compile(rb"^(?:from|received|return-path|message-id|mime-version|subject|date|to|delivered-to):", re.I)


class MailPart(NamedTuple):
    """A part of a mail: its name as it may be shown and its bytes; ``is_body`` where it is the text itself."""

    name: str
    data: bytes
    is_body: bool


def is_mail(head: bytes) -> bool:
    """Return whether a file that begins like this is a mail as it travels (RFC 5322)."""
    return _HEADERS.match(head) is not None and _HEADER.match(head.replace(b"\r\n", b"\n")) is not None


def mail_parts(path: Path) -> list[MailPart]:
    """Return the attachments of a mail, then its text. Raises FileRefused."""
    if path.stat().st_size > BYTES_MAX:
        raise FileRefused(f"the mail has more than {BYTES_MAX:,} bytes, which is the limit", code="too_large")
    try:
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)  # Of this policy.
        return _parts(message)
    except (LookupError, ValueError, RecursionError, AttributeError, TypeError) as damage:
        raise FileRefused(f"the mail cannot be read: {type(damage).__name__}", code="damaged") from damage


def _parts(message: EmailMessage) -> list[MailPart]:
    leaves = [part for part in message.walk() if not part.is_multipart()]
    if len(leaves) > _PARTS_MAX:
        raise FileRefused(f"the mail has {len(leaves)} parts", code="too_large")
    attached = [
        MailPart(part.get_filename() or "", _bytes(part), is_body=False)
        for part in leaves
        if part.get_filename() or part.get_content_maintype() != "text"
    ]
    body = message.get_body(("plain", "html"))
    return [*attached, MailPart("", _text(body).encode(), is_body=True)] if body else attached


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _text(part: MIMEPart) -> str:
    content = str(part.get_content())
    if part.get_content_subtype() != "html":
        return content
    reader = _Rows()
    reader.feed(content)
    return "".join(reader.parts)


class _Rows(HTMLParser):
    """The text of a page, a line for each row or paragraph, cells apart."""

    _LINES = frozenset("p div tr br li h1 h2 h3 h4 table".split())

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line or a cell."""
        self._hidden += tag in ("script", "style")
        self.parts.append("\n" if tag in self._LINES else "   " if tag in ("td", "th") else "")

    def handle_endtag(self, tag: str) -> None:
        """End what is not shown."""
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        """Take shown text, its line ends as blanks."""
        if self._hidden <= 0:
            self.parts.append(re.sub(r"[\r\n\t]+", " ", data))
