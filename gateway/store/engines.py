"""How connections are made and what they must say of themselves before the gateway trusts them."""

import datetime as dt
import sqlite3
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from schemas.errors import GatewayError

_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: an acknowledged commit survives a loss of power.
    "foreign_keys": 1,
    "busy_timeout": 30000,
    "trusted_schema": 0,
    "cell_size_check": 1,
}
_POSTGRES = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_SQLITE_OLDEST = (3, 37, 0)
_CACHE = "cache_size=-32768"  # KiB of a connection that writes: large statements touch many pages more than once.


# Bulk rows go to the driver as they are, so it must know how a date is written.
sqlite3.register_adapter(dt.date, dt.date.isoformat)


class UnsafeDatabase(GatewayError):
    """The database is not set up so that committed work is safe."""

    code = "unsafe_database"


def engine_for(url: str, *, read_only: bool = False) -> AsyncEngine:
    """Return an engine whose connections have our settings; on SQLite transactions begin IMMEDIATE."""
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    engine = create_async_engine(url, pool_size=10, max_overflow=0)
    event.listen(engine.sync_engine, "connect", _on_connect_read_only if read_only else _on_connect_writing)
    event.listen(engine.sync_engine, "begin", _begin_deferred if read_only else _begin_immediate)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: we say BEGIN IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    for name, value in _PRAGMAS.items():
        cursor.execute(f"PRAGMA {name}={value}")
    cursor.close()


def _on_connect_writing(connection: Any, record: Any) -> None:
    _on_connect(connection, record)
    connection.execute(f"PRAGMA {_CACHE}")


def _on_connect_read_only(connection: Any, record: Any) -> None:
    _on_connect(connection, record)
    connection.execute("PRAGMA query_only=ON")


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


async def check_settings(connection: AsyncConnection, *, is_sqlite: bool) -> None:
    """Read the settings back. Raises UnsafeDatabase naming the setting, what it is and what it must be."""
    if is_sqlite:
        version = (await connection.execute(text("SELECT sqlite_version()"))).scalar_one()
        if tuple(map(int, version.split("."))) < _SQLITE_OLDEST:
            raise UnsafeDatabase(f"SQLite {version} is too old: 3.37 or later is needed")
    command, wanted = ("PRAGMA ", _PRAGMAS) if is_sqlite else ("SHOW ", _POSTGRES)
    for name, value in wanted.items():
        found = (await connection.execute(text(command + name))).scalar_one()
        if found != value:
            raise UnsafeDatabase(f"database setting {name} is {found!r}, it must be {value!r}")


def warns_of_old_sqlite(version: str) -> str | None:
    """Return a warning for SQLite versions with the write-ahead-log reset fault (before 3.51.3), or None."""
    if tuple(map(int, version.split("."))) < (3, 51, 3):
        return f"SQLite {version} can lose commits when two processes write and checkpoint at once; 3.51.3 mends it"
    return None
