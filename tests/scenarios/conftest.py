"""A company with one bank account, on each kind of database."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.store.database import sqlite_url
from gateway.web import background, match_again
from support.api import Firm, open_firm
from support.databases import KINDS, Databases, Postgres, SqliteFiles, databases_of
from support.desk import Desk, Desks, day_statement
from support.figures import IS_WHOLE
from support.gateways import Bench, open_bench
from support.in_process import HereWorkers
from support.templates import CopyOf
from support.web import Site, open_site

match_again.PAUSE_S = 0.02  # Each test waits for what it began.


@pytest.fixture
async def bench(copy_of: CopyOf) -> Bench:
    """A gateway without web whose company knows one account."""
    return await copy_of(open_bench)


@pytest.fixture
async def site(database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A gateway that listens, on each kind of database, with workers that need no process."""
    async with open_site(database_url, tmp_path) as opened:
        opened.gateway.workers = HereWorkers(opened)
        yield opened


# Pages ask their questions through the services, whose tests and those of the API run on both kinds each time.
@pytest.fixture(params=KINDS if IS_WHOLE else KINDS[:1])
def page_databases(request: pytest.FixtureRequest) -> Databases:
    """What makes databases for tests of pages: of SQLite, in CI of either kind in turns, under PROVE=1 of each."""
    return databases_of(request)


@pytest.fixture
async def quiet_desk(desks: Desks, page_databases: Databases, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk to which no file was brought yet, on each kind of database that pages are shown on."""
    async with desks.open_copy(page_databases, tmp_path) as opened:
        yield opened


@pytest.fixture
async def light_desk(desks: Desks, migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk to which no file was brought yet, on SQLite only."""
    async with desks.open_copy(SqliteFiles(migrated_sqlite), tmp_path) as opened:
        yield opened


@pytest.fixture
async def asked_desk(desks: Desks, page_databases: Databases, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with a payment that explained itself and three questions, on each kind of database that pages are shown on."""
    async with desks.open_copy(page_databases, tmp_path, day_statement()) as opened:
        yield opened


@pytest.fixture
async def light_site(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Site]:
    """A gateway that listens, on SQLite only: for rules of the door, which do not depend on the database."""
    shutil.copy(migrated_sqlite, tmp_path / "gateway.db")
    async with open_site(sqlite_url(tmp_path), tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def api_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The database and the folder of the gateway that all tests of the API share, on each kind."""
    folder = tmp_path_factory.mktemp("api")
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.fresh_database(), folder
    shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "gateway.db")
    return sqlite_url(folder), folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def api_gateway(api_database: tuple[str, Path]) -> AsyncIterator[Site]:
    """One gateway with real workers for all tests of the API: each test has a company of its own."""
    # Every machine of every test comes from one address and keeps its connections for a while.
    async with open_site(*api_database, connections_per_address_max=2000) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def api_site(api_gateway: Site) -> AsyncIterator[Site]:
    """The gateway of all tests of the API; what a test began in it is done before a test in another loop begins."""
    yield api_gateway
    await background.finished()


@pytest_asyncio.fixture(loop_scope="session")
async def firm(api_site: Site) -> Firm:
    """A company of its own for a test of the API."""
    return await open_firm(api_site)


@pytest_asyncio.fixture(loop_scope="session")
async def other_firm(api_site: Site) -> Firm:
    """Another company, of whose data the first must not know."""
    return await open_firm(api_site)
