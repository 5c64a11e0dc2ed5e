"""What every test may ask for: a database of each kind, migrated, empty, fast to have."""

import datetime as dt
import gc
import os
import sys
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from gateway.store.database import Database, open_database, sqlite_url
from support import statements  # noqa: F401 It is enough to know it.
from support.databases import IS_IN_CI, KINDS, Databases, Postgres, databases_of, memory_folder, postgres_or_reason
from support.desk import Desks
from support.figures import IS_PROVING, IS_WHOLE
from support.templates import CopyOf, Make, Templates, Thing

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)

# Hundreds of processes and databases are started: what is compiled once stays so, whatever the environment says.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# The folders of the tests, with their databases, lie in memory where there is room.
if folder := memory_folder():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave whole stories to CI and to ``PROVE=1``, and each page on each kind of database to ``PROVE=1``."""
    left = [item for item in items if _is_left(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        kept = set(items).difference(left)
        items[:] = [item for item in items if item in kept]


def _is_left(item: pytest.Item) -> bool:
    if not IS_WHOLE and item.get_closest_marker("whole"):
        return True
    call = getattr(item, "callspec", None)
    kind = call.params.get("page_databases") if call else None
    if IS_PROVING or not IS_WHOLE or kind is None:
        return False
    # In CI the kinds of database take turns: about half of the pages are shown on each.
    name = item.nodeid.replace(kind, "")
    return KINDS.index(kind) != zlib.crc32(name.encode()) % len(KINDS)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported and collected, as it stays to the end; it may also look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server: the one of the test tools, else GATEWAY_TEST_PG_URL, else a loud skip (a failure in CI)."""
    server, reason = postgres_or_reason()
    if server is None:
        if IS_IN_CI:
            pytest.fail(f"PostgreSQL is needed in CI: {reason}")
        pytest.skip(f"NO POSTGRESQL: {reason}")
    with server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    import asyncio

    folder = tmp_path_factory.mktemp("template")

    async def make() -> None:
        await (await open_database(sqlite_url(folder), now=NOW)).close()

    asyncio.run(make())
    return folder / "gateway.db"


@pytest.fixture(params=KINDS)
def databases(request: pytest.FixtureRequest) -> Databases:
    """What makes databases of a kind; the test runs once on each kind."""
    return databases_of(request)


@pytest.fixture
def database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database; the test runs once on each kind."""
    url = databases.fresh_database(tmp_path)
    yield url
    databases.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, migrated, empty database of each kind."""
    opened = Database(database_url)
    await opened.check()
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Desks:
    """Desks that were made once, to open copies of."""
    return Desks(lambda: tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """What was made once, to open copies of."""
    return Templates(lambda: tmp_path_factory.mktemp("made"))


@pytest.fixture
async def copy_of(templates: Templates, databases: Databases, tmp_path: Path) -> AsyncIterator[CopyOf]:
    """Open a copy of what a function makes in an empty database; the test runs once on each kind."""
    async with AsyncExitStack() as stack:

        async def opened(make: Make[Thing]) -> Thing:
            return await stack.enter_async_context(templates.open_copy(make, databases, tmp_path))

        yield opened


# Machines differ in speed and are busy at times: what a property finds must not depend on that.
settings.register_profile("gateway", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("gateway")
