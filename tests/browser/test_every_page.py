"""What must hold on every page: nothing for axe to say, a quiet console, a layout that takes longer texts, keys."""

import re
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page

from gateway.domain.access import Right
from gateway.web.routes import ROUTES
from support.databases import SqliteFiles
from support.desk import Desks
from support.every_page import MORE_STOPS, STOPS, Stop, Tour, Who, open_tour
from support.figures import IS_PROVING, IS_WHOLE
from support.longer_texts import longer_texts
from support.web import open_site

pytestmark = [pytest.mark.browser, pytest.mark.prove, pytest.mark.asyncio(loop_scope="session")]  # The browser's loop.
TELLING = {"/dashboard", "{question}", "{question}/split", "/statements", "/invoices", "{user}", "{run}", "{active}"}
ALL_STOPS = STOPS + MORE_STOPS
# What takes long is shown on telling pages each time, on every page in CI, and with other rows on it under PROVE=1.
SOME_STOPS = (
    ALL_STOPS if IS_PROVING
    else STOPS if IS_WHOLE
    else tuple(stop for stop in ALL_STOPS if stop.path in TELLING and stop.who is Who.EVERYBODY)
)  # fmt: skip
TURNS = {"fr": slice(0, None, 2), "de": slice(1, None, 2)}  # Of the pages in CI; under PROVE=1 each is seen in both.
WIDTHS = (360, 768, 1280, 1920) if IS_WHOLE else (360, 768)
NO_PAGES = {
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/static/{name}",
    "/review/undo",
    "/review/{id}/here",
    "/collections/announcements/{id}/letters",
    "/collections/freezing",  # Only while it takes long.
    "/settings/rules/tried/{word}",
    "/mandates/export.csv",
    "/mandates/export.xlsx",
    "/unpaid/export.csv",
    "/unpaid/export.xlsx",
    "/api/v1/openapi.json",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def two_gateways(
    browser: Browser, desks: Desks, migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Tour]:
    databases, used, unused = (
        SqliteFiles(migrated_sqlite),
        *(tmp_path_factory.mktemp(name) for name in ("used", "unused")),
    )
    async with (
        desks.open_copy(databases, used) as desk,
        open_site(databases.fresh_database(unused), unused) as empty,
        open_tour(browser, desk, empty) as opened,
    ):
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def tour(two_gateways: Tour) -> AsyncIterator[Tour]:
    """Pages that say nothing on the console and ask nobody but the gateway."""
    yield two_gateways
    assert (two_gateways.said, two_gateways.asked) == ([], [])


async def test_each_page_is_on_the_tour(tour: Tour) -> None:
    paths = {tour.path_of(stop) for stop in ALL_STOPS}
    routes = {
        route.path for route in ROUTES if route.method == "GET" and (not route.is_api or route.right is Right.PUBLIC)
    }

    missed = {route for route in routes - NO_PAGES if not any(_leads_to(route, path) for path in paths)}

    assert missed == set()


def _leads_to(route: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), path) is not None


@pytest.mark.parametrize("language", ["en", "fr", "de"] if IS_WHOLE else ["en"])
async def test_axe_finds_nothing(tour: Tour, language: str) -> None:
    faults: dict[str, list[str]] = {}

    for stop in taking_turns(SOME_STOPS, language):
        await tour.go(stop, language=language)
        await tour.page.evaluate(AXE_SCRIPT)
        # Colours are the same in all languages.
        found = await violations(
            tour.page, {} if language == "en" else {"rules": {"color-contrast": {"enabled": False}}}
        )
        if language == "en":
            await tour.page.emulate_media(color_scheme="dark")
            found += await violations(tour.page, {"runOnly": ["color-contrast"]})
            await tour.page.emulate_media(color_scheme="light")
        note(faults, stop, "", found)

    assert faults == {}


def taking_turns(stops: tuple[Stop, ...], language: str) -> tuple[Stop, ...]:
    """Return the pages that are shown in a language."""
    return stops if IS_PROVING else stops[TURNS.get(language, slice(None))]


async def violations(page: Page, options: dict[str, object]) -> list[str]:
    """Return what axe, which is on the open page, finds there."""
    asked = {"resultTypes": ["violations"], **options}
    found = await page.evaluate("(options) => axe.run(options).then((found) => found.violations)", asked)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def note(faults: dict[str, list[str]], stop: Stop, where: str, found: list[str]) -> None:
    """Note what was found on a page, by what it is: the frame is the same on many."""
    for fault in found:
        faults.setdefault(fault, []).append(f"{stop.path} {stop.who.name.lower()} {where}")


@pytest.mark.parametrize("language", ["longer", "de"] if IS_WHOLE else ["longer"])
async def test_longer_texts_break_no_layout_from_phone_to_wide_screen(tour: Tour, language: str) -> None:
    faults: dict[str, list[str]] = {}

    with ExitStack() as stack:
        if language == "longer":
            for site in set(tour.sites.values()):
                stack.enter_context(longer_texts(site))
        for stop in taking_turns(SOME_STOPS, language):
            await tour.go(stop, language="en" if language == "longer" else language)
            for width in WIDTHS:
                await tour.page.set_viewport_size({"width": width, "height": 900})
                note(faults, stop, f"at {width} px", await tour.page.evaluate("layoutFaults()"))

    assert faults == {}


async def test_every_link_button_and_field_is_reached_by_the_tab_key_and_shows_that_it_is(tour: Tour) -> None:
    await tour.page.set_viewport_size({"width": 1280, "height": 800})
    faults: dict[str, list[str]] = {}

    for stop in SOME_STOPS if IS_PROVING or not IS_WHOLE else SOME_STOPS[1::2]:
        await tour.go(stop)
        note(faults, stop, "", await keys_faults(tour.page) + await focus_faults(tour.page))

    assert faults == {}


async def keys_faults(page: Page) -> list[str]:
    """Open the list of the keys of a page and close it; return what went wrong."""
    start = page.locator(".side .brand")
    if not await start.count():
        return []  # Before log-in there are none.
    await start.focus()
    await page.keyboard.press("?")
    faults = [] if await page.locator("#keys[open]").count() else ["? does not open the list of keys"]
    await page.keyboard.press("Escape")
    if await page.locator("#keys[open]").count():
        faults.append("Escape does not close the list of keys")
    return faults if await page.evaluate("document.activeElement.matches('.side .brand')") else [*faults, "focus lost"]


async def focus_faults(page: Page) -> list[str]:
    """Press Tab through a page; return what was not reached or did not show it."""
    count = await page.evaluate("watchFocus()")
    for presses in range(2 * count + 20):  # A field of a date takes several.
        await page.keyboard.press("Tab")
        if presses >= count - 1 and presses % 5 == 0 and await page.evaluate("isAllReached()"):
            break
    found: list[str] = await page.evaluate("focusFaults()")
    return found
