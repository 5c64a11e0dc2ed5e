"""Scratch space of a worker: rows of one statement, written once, read as often as needed, in lists.

It holds rows that this process made itself, in a folder that only it can read, and is gone with the job.
"""

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

Rows = list[tuple[Any, ...]]


class Spool:
    """Rows of one statement on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self.count = 0

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add a list of rows."""
        if rows:
            pickle.dump(rows, self._file, protocol=pickle.HIGHEST_PROTOCOL)
            self.count += len(rows)

    def reopen(self) -> None:
        """Go on writing after ``close``."""
        self._file = self._path.open("ab")

    def close(self) -> None:
        """Finish writing."""
        self._file.close()

    def read(self) -> Iterator[Rows]:
        """Yield the lists of rows as they were written."""
        with self._path.open("rb") as file:
            while True:
                try:
                    yield pickle.load(file)  # noqa: S301 - our own bytes, see above.
                except EOFError:
                    return
