"""Passwords: what a good one is, and its argon2id hash, made in a thread with at most two at a time."""

import asyncio
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from schemas.errors import GatewayError

LENGTH_MIN = 12
LENGTH_MAX = 256
_OWN_MIN = 8  # Characters that must stay when the words of names are taken out.
_DIFFERENT_MIN = 5
_AT_ONCE = 2  # Each hash takes about 64 MiB.


class WeakPassword(GatewayError):
    """The password is too easy to guess."""

    code = "weak_password"


class Passwords:
    """Makes and compares hashes. ``refused`` holds passwords, casefolded, that the operator does not want."""

    def __init__(self, hasher: PasswordHasher | None = None, refused: frozenset[str] = frozenset()) -> None:
        self._hasher = hasher or PasswordHasher()
        self._refused = refused
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._nobodys = self._hasher.hash("a password that nobody has")

    async def hash(self, password: str) -> str:
        """Return the hash of a password that was checked."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def is_right(self, password_hash: str, password: str) -> bool:
        """Tell whether a password fits a hash; it takes as long when there is no hash, and is then never right."""
        async with self._turn:
            fits = await asyncio.to_thread(self._fits, password_hash or self._nobodys, _normal(password[:LENGTH_MAX]))
        return fits and bool(password_hash)

    def check(self, password: str, *, names: Iterable[str]) -> None:
        """Check a new password against its length, names and the operator's list. Raises WeakPassword saying why."""
        text = _normal(password)
        if len(text) < LENGTH_MIN:
            raise WeakPassword(f"the password has {len(text)} characters, it needs {LENGTH_MIN}")
        if len(password) > LENGTH_MAX:
            raise WeakPassword(f"the password has more than {LENGTH_MAX} characters")
        if len(set(text)) < _DIFFERENT_MIN:
            raise WeakPassword(f"the password needs at least {_DIFFERENT_MIN} different characters")
        if text.casefold() in self._refused:
            raise WeakPassword("the password is in the list of passwords that are not taken here")
        if len(_without(text.casefold(), names)) < _OWN_MIN:
            raise WeakPassword("the password is little more than your name or the company's")

    def _fits(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _without(text: str, names: Iterable[str]) -> str:
    words = {word for name in names for word in [name, *name.replace("@", " ").replace(".", " ").split()]}
    for word in sorted((_normal(word).casefold() for word in words if len(word) >= 4), key=len, reverse=True):
        text = text.replace(word, "")
    return text
