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
_MAILS_MAX = 50  # That are taken at once.
BYTES_MAX = 30_000_000  # Larger mails are left unseen for a person.
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


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

    uid: str
    subject: str
    data: bytes


def unseen_mails(mailbox: Mailbox) -> list[Mail]:
    """Return the mails that nobody has seen, the oldest first. Raises MailboxFails."""
    with _opened(mailbox) as server:
        answer, found = server.uid("SEARCH", "UNSEEN")
        _expect(answer, "search")
        uids = found[0].split()[:_MAILS_MAX] if found and found[0] else []
        return [mail for uid in uids if (mail := _fetch(server, uid.decode())) is not None]


def mark_seen(mailbox: Mailbox, uid: str) -> None:
    """Mark a mail as seen. Raises MailboxFails."""
    with _opened(mailbox) as server:
        answer, _ = server.uid("STORE", uid, "+FLAGS", r"(\Seen)")
        _expect(answer, "mark a mail as seen")


def _fetch(server: imaplib.IMAP4, uid: str) -> Mail | None:
    answer, sizes = server.uid("FETCH", uid, "(RFC822.SIZE)")
    _expect(answer, "ask for the size of a mail")
    size = _SIZE.search(b" ".join(part for part in sizes if isinstance(part, bytes)))
    if size is None or int(size[1]) > BYTES_MAX:
        return None
    answer, parts = server.uid("FETCH", uid, "(BODY.PEEK[])")
    _expect(answer, "fetch a mail")
    data = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    subject = str(email.message_from_bytes(data[:20_000], policy=default).get("Subject", "") or "")
    return Mail(uid, subject, data)


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
