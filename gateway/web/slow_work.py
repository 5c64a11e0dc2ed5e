"""Work that may outlast a request: one request begins it, a later one takes what came of it.

It is kept in this process only. What a restart ends has left nothing behind and is begun again by a person.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

SOON_S = 0.4  # Small work is done by then, so most people never wait for a second page.


class SlowWork:
    """What is being worked on, or is done and was not taken yet."""

    def __init__(self, *, soon_s: float = SOON_S) -> None:
        self._soon_s = soon_s
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}

    def begin(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, Any]], *, kept_s: float) -> None:
        """Begin some work unless the same is going on; what came of an earlier one is forgotten.

        What comes of it is kept for some seconds.
        """
        if key in self._tasks and not self._tasks[key].done():
            return
        task = asyncio.create_task(work())
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._keep(key, task, kept_s))

    def is_known(self, key: Hashable) -> bool:
        """Tell whether such work is going on, or done and not taken."""
        return key in self._tasks

    async def take(self, key: Hashable) -> Any:
        """Return what came of some work and forget it; None while it goes on. Raises what the work raised."""
        task = self._tasks[key]
        await asyncio.wait([task], timeout=self._soon_s)
        if not task.done():
            return None
        self._forget(key, task)
        return task.result()

    async def end(self) -> None:
        """Stop waiting for what is going on; for the end of the process."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()

    def _keep(self, key: Hashable, task: "asyncio.Task[Any]", kept_s: float) -> None:
        if not task.cancelled():
            task.exception()  # Whoever takes it is told; where nobody does, it is not reported as unseen.
        asyncio.get_running_loop().call_later(kept_s, self._forget, key, task)

    def _forget(self, key: Hashable, task: "asyncio.Task[Any]") -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]
