"""Scratch space of a worker: rows of one statement, written once, read as often as needed, in lists.

It holds rows that our own processes made, in a folder that only they can read, and is gone with the job. Each list lies
in a frame: its length in eight bytes, then its bytes. An empty frame says that the writer closed, so a second process
can follow while the first still writes.
"""

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

Rows = list[tuple[Any, ...]]
_HEAD = 8


class Spool:
    """Rows of one statement on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")
        self.count = 0

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add a list of rows."""
        if rows:
            self._add(pickle.dumps(rows, protocol=pickle.HIGHEST_PROTOCOL))
            self.count += len(rows)

    def reopen(self) -> None:
        """Go on writing after ``close``."""
        self._file = self.path.open("ab")

    def close(self) -> None:
        """Finish writing."""
        if not self._file.closed:
            self._add(b"")
            self._file.close()

    def read(self) -> Iterator[Rows]:
        """Yield the lists of rows as they were written."""
        with self.path.open("rb") as file:
            while (frame := _frame(file)) is not None:
                if frame:
                    yield pickle.loads(frame)  # noqa: S301 - our own bytes, see above.

    def _add(self, frame: bytes) -> None:
        self._file.write(len(frame).to_bytes(_HEAD, "big"))
        self._file.write(frame)
        self._file.flush()


def follow(path: Path) -> Iterator[Rows | None]:
    """Yield the lists that another process writes, None as often as there is no further one yet; end when it closed."""
    with path.open("rb") as file:
        while (frame := _frame(file)) != b"":
            yield None if frame is None else pickle.loads(frame)  # noqa: S301 - our own bytes, see above.


def _frame(file: IO[bytes]) -> bytes | None:
    """Return the next frame, or None, at the same place, where it is not whole (yet)."""
    start = file.tell()
    head = file.read(_HEAD)
    length = int.from_bytes(head, "big")
    frame = file.read(length)
    if len(head) == _HEAD and len(frame) == length:
        return frame
    file.seek(start)
    return None
