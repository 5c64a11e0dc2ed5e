"""What a process of heavy work may take, and when it ends: set by itself, first of all."""

import ctypes
import gc
import multiprocessing
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ADDRESS_SPACE = 3 * 1024**3
_PR_SET_PDEATHSIG = 1
_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3  # Of glibc's malloc.
_GARBAGE_AFTER = 50_000  # Values made: files become very many small ones, hardly any of them in a circle.
_NICE = 5  # Pages and answers come before it.


class OutOfTime(BaseException):
    """The work took longer than it may. Not an Exception: libraries catch those and go on."""


@contextmanager
def limit_time(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in what is done here after so many seconds of a processor. For the main thread of a process."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def limit_process() -> None:
    """Limit this process, which ends when the one that asked for it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_GARBAGE_AFTER)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    os.nice(max(0, _NICE - os.nice(0)))
    if (libc := _libc()) and hasattr(libc, "mallopt"):
        # Its threads hand values to each other; heaps of their own would keep a tenth of all memory.
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.mallopt(_M_MMAP_THRESHOLD, 1 << 15)
    end_with_parent()
    asked_by = multiprocessing.parent_process()
    if asked_by is None or not asked_by.is_alive():
        raise SystemExit("the parent is gone")


def end_with_parent() -> None:
    """Let the system end this process when the one that started it ends, however that is."""
    if libc := _libc():
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if os.uname().sysname == "Linux" else None
