"""Reads the unseen mails of one folder of an IMAP server (RFC 3501), over TLS. It blocks: use a thread.

Mails stay where they are; those that were taken are marked as seen.
"""

import email
import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.policy import default
from typing import NamedTuple

from schemas.errors import GatewayError

_TIMEOUT_S = 30
_HEAD = 50_000  # Bytes among which the subject is.
_MAILS_MAX = 50  # That are taken at once.
BYTES_MAX = 30_000_000  # Larger mails are left unseen for a person.
_SUBJECT_MAX = 1_000
_SUBJECT = re.compile(rb"^Subject:[^\n]{0,%d}" % _SUBJECT_MAX, re.IGNORECASE | re.MULTILINE)


class MailboxFails(GatewayError):
    """The mailbox of remittance advices cannot be read."""

    code = "mailbox_fails"


class Mailbox(NamedTuple):
    """Where the mails lie. ``security``: tls, or none, which settings allow on a loopback host only."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    security: str


class Mail(NamedTuple):
    """One mail as it came."""

    subject: str
    data: bytes


class Unseen(NamedTuple):
    """Mails that nobody has seen, by their UIDs, the oldest first; and how many are too large to be taken."""

    uids: tuple[str, ...]
    large_count: int


def find_unseen(mailbox: Mailbox) -> Unseen:
    """Return what nobody has seen, some at once. Raises MailboxFails."""
    with _opened(mailbox) as server:
        uids = _search(server, "SMALLER", BYTES_MAX + 1)
        return Unseen(tuple(uids[:_MAILS_MAX]), len(_search(server, "LARGER", BYTES_MAX)))


def fetch_mail(mailbox: Mailbox, uid: str) -> Mail:
    """Return a mail without marking it. Raises MailboxFails."""
    with _opened(mailbox) as server:
        answer, parts = server.uid("FETCH", uid, "(BODY.PEEK[])")
        _expect(answer, "fetch a mail")
        data = next((part[1] for part in parts if isinstance(part, tuple)), b"")
        return Mail(_subject(data), data)


def mark_seen(mailbox: Mailbox, uid: str) -> None:
    """Mark a mail as seen. Raises MailboxFails."""
    with _opened(mailbox) as server:
        answer, _ = server.uid("STORE", uid, "+FLAGS", r"(\Seen)")
        _expect(answer, "mark a mail as seen")


def _search(server: imaplib.IMAP4, size: str, limit: int) -> list[str]:
    answer, found = server.uid("SEARCH", "UNSEEN", size, str(limit))
    _expect(answer, "search")
    return found[0].decode("ascii").split() if found and found[0] else []


def _subject(data: bytes) -> str:
    """Return the first line of the subject, within what is cheap to read."""
    line = _SUBJECT.search(data[:_HEAD])
    return str(email.message_from_bytes(line[0], policy=default).get("Subject", "")) if line else ""


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    try:
        if mailbox.security == "tls":
            context = ssl.create_default_context()
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                mailbox.host, mailbox.port, ssl_context=context, timeout=_TIMEOUT_S
            )
        else:
            server = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=_TIMEOUT_S)
        try:
            server.login(mailbox.user, mailbox.password)
            answer, _ = server.select(_quoted(mailbox.folder))
            _expect(answer, f"open the folder {mailbox.folder}")
            yield server
        finally:
            server.shutdown()
    except (imaplib.IMAP4.error, OSError) as error:
        # What a server answers to a log-in may repeat it: only what kind of fault it was is said.
        raise MailboxFails(f"the mailbox on {mailbox.host} cannot be read: {type(error).__name__}") from None


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _expect(answer: str, what: str) -> None:
    if answer != "OK":
        raise MailboxFails(f"the mail server refused to {what}")
