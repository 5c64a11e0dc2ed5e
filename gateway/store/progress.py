"""How far long work is that another process does: a note in a file, for whoever waits. It is shown and decides nothing.

Done and total count the same things; without a total nobody knows how much there is.
"""

import os
from pathlib import Path
from typing import NamedTuple


class Progress(NamedTuple):
    """A stage of some work, and how much of it is done."""

    stage: str
    done: int = 0
    total: int = 0


class ProgressNote(NamedTuple):
    """The note of one piece of work. It travels to the process that works."""

    path: Path

    def write(self, stage: str, done: int, total: int) -> None:
        """Say how far the work is."""
        self.path.parent.mkdir(exist_ok=True, mode=0o700)
        draft = self.path.with_suffix(f".{os.getpid()}")
        draft.write_text(f"{stage} {done} {total}")
        draft.replace(self.path)

    def read(self) -> Progress | None:
        """Return how far the work is; None before it said so."""
        try:
            stage, done, total = self.path.read_text().split()
        except FileNotFoundError:
            return None
        return Progress(stage, int(done), int(total))

    def end(self) -> None:
        """Take the note away."""
        self.path.unlink(missing_ok=True)
