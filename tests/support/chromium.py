"""A real Chromium for browser tests: where it is, how it is started, or why there is none."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from support.desk import Desk
from support.web import Browser as Person

_PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
_ARGUMENTS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-gpu",
)  # fmt: skip

whole_story = pytest.mark.whole  # A story from end to end, whose single steps have quicker tests.


def chromium_path() -> str | None:
    """Return where Chromium is, from GATEWAY_CHROMIUM or its usual places, or None."""
    named = os.environ.get("GATEWAY_CHROMIUM")
    return next((place for place in ([named] if named else _PLACES) if Path(place).is_file()), None)


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    """Run a Chromium without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def page_of_clerk(browser: Browser, desk: Desk, **options: Any) -> AsyncIterator[Page]:
    """Open a page of the clerk of a desk, who is logged in."""
    async with page_of(browser, desk, desk.clerk, **options) as page:
        yield page


@asynccontextmanager
async def page_of(browser: Browser, desk: Desk, who: Person, **options: Any) -> AsyncIterator[Page]:
    """Open a page of somebody who is logged in; he shares nothing with the others."""
    context = await browser.new_context(**{"locale": "en-GB", "base_url": desk.site.url, **options})
    if who.cookie:
        await context.add_cookies([{"name": "gateway", "value": who.cookie, "url": desk.site.url}])
    page = await context.new_page()
    page.set_default_timeout(10_000)
    yield page
    await context.close()
