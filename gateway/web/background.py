"""Work that a page starts and does not wait for. What fails is logged; the jobs of the gateway take it up again."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

_log = structlog.get_logger("gateway.web")
_running: set[asyncio.Task[None]] = set()


def start(work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
    """Begin some work; ``name`` is how the log calls it when it fails."""
    task = asyncio.create_task(_guarded(work, name))
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task


async def _guarded(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except Exception as error:  # The outermost loop of this work: nobody waits for it.
        _log.error("background_failed", work=name, error=type(error).__name__)


async def finished() -> None:
    """Wait until all that was started is done; for tests and for the end of the process."""
    while _running:
        await asyncio.gather(*_running)
