"""Original bytes of what arrived: kept under their hash, never edited, never named by a stranger.

Bytes are hashed while they are written and lie safe on the disk before anything is understood.
"""

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, Protocol, TypeVar

from schemas.errors import GatewayError

_PIECE = 256 * 1024


class TooLarge(GatewayError):
    """The file is larger than the gateway takes."""

    code = "too_large"


class Original(NamedTuple):
    """A kept file: its SHA-256 in hexadecimal digits and its size in bytes."""

    sha256: str
    size: int


class Made(Protocol):
    """What is known of bytes that were written: at least their SHA-256."""

    @property
    def sha256(self) -> str:
        """In hexadecimal digits."""


Written = TypeVar("Written", bound=Made)


class Originals:
    """The folder of originals. Several processes may use it at once."""

    def __init__(self, folder: Path, *, size_max: int) -> None:
        self.folder = folder
        self.size_max = size_max
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path_of(self, sha256: str) -> Path:
        """Return where the bytes with this hash lie."""
        return self.folder / sha256[:2] / sha256

    async def keep(self, pieces: AsyncIterator[bytes]) -> Original:
        """Keep bytes as they come. Raises TooLarge as soon as they pass the limit; then nothing is kept."""
        draft = self.folder / f"draft-{secrets.token_hex(8)}"
        digest, size = hashlib.sha256(), 0
        try:
            with draft.open("xb") as file:
                async for piece in pieces:
                    size += len(piece)
                    if size > self.size_max:
                        raise TooLarge(f"the file has more than {self.size_max:,} bytes, which is the limit")
                    await asyncio.to_thread(_add, file, digest, piece)
                await asyncio.to_thread(_settle, file)
            await asyncio.to_thread(self._place, draft, digest.hexdigest())
        finally:
            draft.unlink(missing_ok=True)
        return Original(digest.hexdigest(), size)

    def keep_made(self, write: Callable[[BinaryIO], Written]) -> Written:
        """Keep bytes that a function writes into a file, and return what it says of them. It blocks: use a thread."""
        draft = self.folder / f"draft-{secrets.token_hex(8)}"
        try:
            with draft.open("xb") as file:
                written = write(file)
                _settle(file)
            self._place(draft, written.sha256)
        finally:
            draft.unlink(missing_ok=True)
        return written

    def hash_of_kept(self, sha256: str) -> str:
        """Return the SHA-256 of the bytes that lie where those with a hash should; empty when there are none."""
        try:
            return self.hash_of(self.path_of(sha256))
        except FileNotFoundError:
            return ""

    def hash_of(self, path: Path) -> str:
        """Return the SHA-256 of a file."""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def settle_folder(self, folder: Path) -> None:
        """Flush a folder to the disk, so that the names in it stay."""
        _settle_folder(folder)

    def _place(self, draft: Path, sha256: str) -> None:
        target = self.path_of(sha256)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        if not target.exists():
            draft.replace(target)
            _settle_folder(target.parent)


async def pieces_of(path: Path) -> AsyncIterator[bytes]:
    """Yield the bytes of a file in pieces."""
    pieces = _read(path)
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _add(file: IO[bytes], digest: "hashlib._Hash", piece: bytes) -> None:
    digest.update(piece)
    file.write(piece)


def _settle(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
