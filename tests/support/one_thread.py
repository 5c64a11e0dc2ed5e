"""A process that needs no second thread: databases answer at once, where they are asked.

The same statements run in the same order; only the hops between threads are saved, which cost more than the work.
For tests that do one thing after another.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import aiosqlite.core
import pytest


class _Queue:
    """Takes the place of the queue of a connection's thread: what is put in is done."""

    def put_nowait(self, asked: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        answer, function = asked
        try:
            result = function()
        except BaseException as error:
            if answer:
                answer.set_exception(error)
        else:
            if answer:
                answer.set_result(result)


class _Thread:
    """Takes the place of the thread of a connection."""

    def __init__(self, **_: Any) -> None:
        pass

    def start(self) -> None:
        """Do nothing: there is nothing left to do."""


class _Here(ThreadPoolExecutor):
    """Does at once what ``asyncio.to_thread`` would give to a thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, SQLite and ``asyncio.to_thread`` work in the thread of the running loop."""
    asyncio.get_running_loop().set_default_executor(_Here())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aiosqlite.core, "SimpleQueue", _Queue)
        patch.setattr(aiosqlite.core, "Thread", _Thread)
        yield
