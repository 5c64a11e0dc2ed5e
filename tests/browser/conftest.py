"""A gateway with data and a real browser before it. Without Chromium: a loud skip, in CI a failure."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from support.chromium import chromium, chromium_path
from support.databases import IS_IN_CI, SqliteFiles
from support.desk import Desk, Desks, open_desk
from support.web import open_site

expect.set_options(timeout=20_000)  # Processes may start slowly where much else runs; what is there is seen at once.


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests; each opens a context of its own, which shares nothing with the others."""
    path = chromium_path()
    if path is None:
        reason = "NO CHROMIUM: the pages were not tried in a browser; install chromium or set GATEWAY_CHROMIUM"
        if IS_IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    async with chromium(path) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def desk(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    """A gateway with customers and invoices; its workers are real processes."""
    async with open_site(SqliteFiles(migrated_sqlite).fresh_database(tmp_path), tmp_path) as site:
        yield await open_desk(site, with_processes=True)


@pytest_asyncio.fixture(loop_scope="session")
async def quick_desk(desks: Desks, migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    """The same without processes, for tests of what happens on a page."""
    async with desks.open_copy(SqliteFiles(migrated_sqlite), tmp_path) as opened:
        yield opened
