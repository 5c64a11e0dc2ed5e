"""The key of this installation: a file made at first start, that never lies in the database or its backups.

Secrets that only the gateway needs to know are derived from it, so a copy of the database opens nothing. The file
is not replaced silently: without it, second factors have to be set up again.
"""

import contextlib
import hmac
import os
import secrets
from pathlib import Path

from schemas.errors import GatewayError

_BYTES = 32


class UnsafeKey(GatewayError):
    """The key file of this installation cannot be used as it is."""

    code = "unsafe_key"


class InstallationKey:
    """Derives secrets. The key itself is never shown."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def derive(self, purpose: str, salt: str, size: int) -> bytes:
        """Return up to 32 bytes for a purpose and a salt (RFC 5869, one block of its expansion with SHA-256)."""
        info = f"{purpose}|{salt}".encode()
        return hmac.digest(self._key, info + b"\x01", "sha256")[:size]


def installation_key(path: Path) -> InstallationKey:
    """Read the key, or make it when there is none. Raises UnsafeKey when others can read it or it is cut."""
    with contextlib.suppress(FileExistsError):
        _make(path)
    if path.stat().st_mode & 0o077:
        raise UnsafeKey(f"{path} can be read by others: set its mode to 0600")
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise UnsafeKey(f"{path} has {len(key)} bytes, it must have {_BYTES}: put the file back from its copy")
    return InstallationKey(key)


def _make(path: Path) -> None:
    """Write a new key whole or not at all: a second process sees either no file or the finished one."""
    if path.exists():
        raise FileExistsError(path)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_bytes(_BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
