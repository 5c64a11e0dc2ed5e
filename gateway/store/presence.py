"""Whether a process of this machine still lives, told by a lock that the kernel gives back when the process ends.

A worker that was killed cannot say so; whoever finds its lease tries the lock instead of waiting for the lease's end.
"""

import fcntl
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

_KEPT_S = 86_400  # Longer than any lease: what a process left that ended without a word is then swept away.


class Presence:
    """The sign of life of this process: a locked file in a folder that all processes of the machine share."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        self.name = secrets.token_hex(8)
        self._path = folder / self.name
        self._file = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def has_gone(self, name: str) -> bool:
        """Tell whether the process of that name has surely ended; one of another machine is unknown here."""
        return _is_left(self._path.with_name(name))

    def end(self) -> None:
        """Take the sign away."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)


def _is_left(path: Path) -> bool:
    """Tell whether a file is there and nobody holds its lock."""
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # Somebody else swept it.
            if path.stat().st_mtime < time.time() - _KEPT_S and _is_left(path):
                path.unlink()
