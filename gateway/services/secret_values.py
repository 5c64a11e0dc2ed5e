"""Values that only their holder knows: of sessions, links, tokens and recovery codes. Only their hashes are stored."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable

MakeSecret = Callable[[], str]


def new_secret() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def new_recovery_code() -> str:
    """Return 80 random bits as a person copies them: four groups of four letters and digits."""
    text = base64.b32encode(secrets.token_bytes(10)).decode()
    return "-".join(text[place : place + 4] for place in range(0, 16, 4))


def hashed(value: str) -> str:
    """Return what is stored of a secret. It is random and long, so a plain hash cannot be guessed back."""
    return hashlib.sha256(_bytes(value)).hexdigest()


def page_token(session_value: str) -> str:
    """Return the token of the pages of a session: whoever knows it knows the session."""
    digest = hmac.digest(_bytes(session_value), b"page token", "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _bytes(value: str) -> bytes:
    """Return the bytes of a value that a stranger sent in a header, where he may send any."""
    return value.encode("utf-8", "surrogateescape")
