"""Bring a database to the tables of this release.

On SQLite the steps run on a connection of their own with foreign keys off, in one transaction, after a backup; the
foreign keys are checked before the commit.
"""

import datetime as dt
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from gateway.store import tables
from gateway.store.keys import BY_STATEMENT
from schemas.errors import GatewayError

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x5E9A  # One number for all processes that migrate the same PostgreSQL database.


class MigrationFailed(GatewayError):
    """A step left rows that point to nothing; nothing was changed."""

    code = "migration_failed"


async def migrate(url: str, *, now: dt.datetime) -> bool:
    """Run the steps that are missing. Returns whether any ran. Raises MigrationFailed."""
    engine = create_async_engine(url)
    is_sqlite = engine.dialect.name == "sqlite"
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _without_foreign_keys)
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(_current)
        if found == _head():
            return False
        if is_sqlite:
            event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
            if found is not None:
                _back_up(Path(engine.url.database or ""), now)
        async with engine.begin() as connection:
            return await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _without_foreign_keys(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=wal")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


def _back_up(path: Path, now: dt.datetime) -> None:
    target = path.with_name(f"{path.stem}.before-{_head()}-{now:%Y%m%dT%H%M%S}.db")
    with sqlite3.connect(path) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    source.close()
    copy.close()


def _upgrade(connection: Connection) -> bool:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    before = _current(connection)
    if before == _head():
        return False
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
        if broken:
            raise MigrationFailed(f"rows point to nothing after the migration: {broken[:5]}")
    return True


def differences(connection: Connection) -> list[Any]:
    """Return what the row classes say and the migrated tables do not (for a test: it must be nothing)."""
    is_postgres = connection.dialect.name == "postgresql"

    def is_compared(item: Any, *_: Any) -> bool:
        return not (is_postgres and getattr(item, "info", {}).get(BY_STATEMENT))

    context = MigrationContext.configure(connection, opts={"include_object": is_compared})
    return list(compare_metadata(context, tables.METADATA))


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    return config
