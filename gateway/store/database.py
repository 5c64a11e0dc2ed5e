"""The database: how it is opened, checked, and how one unit of work is begun and committed.

A unit of work is one function and one transaction. On SQLite every write transaction begins IMMEDIATE and runs under
an asyncio lock and a lock file, so writers of one or several processes queue fairly; reads use connections of their
own that cannot write. On PostgreSQL rows are locked first, in the order bank transactions, open items, journal.
"""

import asyncio
import datetime as dt
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import IO, TypeAlias, TypeVar

from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from gateway.store import journal
from gateway.store.columns import Row
from gateway.store.engines import check_settings, engine_for
from gateway.store.ids import BLOCK, IdPool, reserve
from gateway.store.work import Actor, CrashPoints, Work, no_crash_points

ReadSession: TypeAlias = AsyncSession  # For reading only; services name it by this word.
T = TypeVar("T")
RETRIES_MAX = 5
_RETRIED_SQLSTATES = frozenset({"40001", "40P01"})


class Database:
    """The store of one installation. Open it with ``open_database``; close it at the end."""

    def __init__(self, url: str, *, crash_points: CrashPoints = no_crash_points) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.crash_points = crash_points
        self._writer: AsyncEngine = engine_for(url)
        self._reader: AsyncEngine = engine_for(url, read_only=True) if self.is_sqlite else self._writer
        self._turn = asyncio.Lock()
        self._ids = IdPool()

    async def check(self) -> None:
        """Read the settings of the database back. Raises UnsafeDatabase when one differs from what is needed."""
        async with self._writer.connect() as connection:
            await check_settings(connection, is_sqlite=self.is_sqlite)

    @asynccontextmanager
    async def begin(
        self, *, actor: Actor, now: dt.datetime, company_id: int | None = None, ids: int = BLOCK
    ) -> AsyncIterator[Work]:
        """Begin one unit of work; commit it at the end, with its journal row, or roll all of it back.

        ``ids`` is how many new keys the work may need; they are reserved before it begins.
        """
        await self._reserve(ids)
        async with self._write_turn(), AsyncSession(self._writer, expire_on_commit=False) as session:
            work = Work(session, self._ids, actor, now, company_id, self.crash_points, is_sqlite=self.is_sqlite)
            async with session.begin():
                yield work
                await work.flush()
                work.reach("before_journal")
                await journal.append(work)
                work.reach("before_commit")
        work.reach("after_commit")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a session for reading; on SQLite its connection cannot write."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    async def close(self) -> None:
        """Close all connections."""
        await self._writer.dispose()
        await self._reader.dispose()

    async def _reserve(self, count: int) -> None:
        if self._ids.has(count):
            return
        async with self._write_turn(), AsyncSession(self._writer) as session, session.begin():
            block = await reserve(session, max(count, BLOCK))
        self._ids.add(block)

    @asynccontextmanager
    async def _write_turn(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if self.is_sqlite:
                await stack.enter_async_context(self._turn)
                await stack.enter_async_context(_file_lock(_lock_path(self.url)))
            yield


async def retried(unit_of_work: Callable[[], Awaitable[T]]) -> T:
    """Run a unit of work again, from its start, when the database says it collided (at most five times)."""
    for _ in range(RETRIES_MAX - 1):
        try:
            return await unit_of_work()
        except DBAPIError as error:
            if not _collided(error):
                raise
    return await unit_of_work()


def is_outage(error: Exception) -> bool:
    """Tell whether an error is of the database or the machine, not of what was to be stored."""
    return isinstance(error, (OSError, OperationalError, InterfaceError))


def _collided(error: DBAPIError) -> bool:
    sqlstate = getattr(error.orig, "sqlstate", None)
    return sqlstate in _RETRIED_SQLSTATES or "database is locked" in str(error.orig)


def _lock_path(url: str) -> Path:
    return Path(url.split("///", 1)[1]).parent / "writer.lock"


@asynccontextmanager
async def _file_lock(path: Path) -> AsyncIterator[None]:
    with path.open("a") as file:
        await asyncio.to_thread(_lock, file)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


def _lock(file: IO[str]) -> None:
    fcntl.flock(file, fcntl.LOCK_EX)


async def open_database(url: str, *, now: dt.datetime, crash_points: CrashPoints = no_crash_points) -> Database:
    """Migrate, open and check a database. Raises MigrationFailed or UnsafeDatabase."""
    from gateway.store.migrate import migrate  # Here, because workers, which never migrate, do without its library.

    await migrate(url, now=now)
    database = Database(url, crash_points=crash_points)
    await database.check()
    return database


def sqlite_url(folder: Path) -> str:
    """Return the address of the embedded database in a data folder."""
    return f"sqlite+aiosqlite:///{os.fspath(folder.resolve() / 'gateway.db')}"


def collides_with(error: BaseException, constraint: str) -> bool:
    """Tell whether a database error is the named unique constraint (SQLite names its columns instead)."""
    if not isinstance(error, IntegrityError):
        return False
    text = str(error.orig)
    return constraint in text or _columns_of(constraint) in text


def _columns_of(constraint: str) -> str:
    for table in Row.metadata.tables.values():
        for unique in table.constraints:
            if isinstance(unique, UniqueConstraint) and unique.name == constraint:
                return ", ".join(f"{table.name}.{column.name}" for column in unique.columns)
    return constraint
