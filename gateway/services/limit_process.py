"""What a process of heavy work may take, and when it ends: set by itself, first of all."""

import ctypes
import gc
import os
import resource
import signal

_ADDRESS_SPACE = 3 * 1024**3
_PR_SET_PDEATHSIG = 1
_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3  # Of glibc's malloc.
_GARBAGE_AFTER = 50_000  # Values made: files become very many small ones, hardly any of them in a circle.
_NICE = 5  # Pages and answers come before it.


def limit_process(parent: int) -> None:
    """Limit this process, which ends when its parent (a process id) does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_GARBAGE_AFTER)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    os.nice(max(0, _NICE - os.nice(0)))
    if hasattr(ctypes, "CDLL") and os.uname().sysname == "Linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if hasattr(libc, "mallopt"):
            # Its threads hand values to each other; heaps of their own would keep a tenth of all memory.
            libc.mallopt(_M_ARENA_MAX, 1)
            libc.mallopt(_M_MMAP_THRESHOLD, 1 << 15)
    if os.getppid() != parent:
        raise SystemExit("the parent is gone")
