"""Every page as a clerk asks for it, with the demo and with 100 000 invoices and 20 000 questions, on both databases.

The times are those of whole answers on the loopback interface. The next question is measured in a real browser, from
the key to the moment at which the page shows it; without Chromium it says so.
"""

import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import aiohttp

from bench.lists import fill_desk
from bench.server import databases, ready, run, serving

if TYPE_CHECKING:
    from playwright.async_api import Page

_PORT = 8975
_BASE = f"http://127.0.0.1:{_PORT}"
_PASSWORD = "try the gateway"
_ROUNDS = 10
_READING_MS = 700  # A person reads at least so long; meanwhile the next question is fetched.
# From the moment of the key to the frame in which the next question is drawn, by the browser's own clock.
_WATCH = """() => { window.shownAfter = new Promise((resolve) => addEventListener("keydown", (event) => {
    const before = location.href;
    const look = () => location.href === before ? requestAnimationFrame(look)
        : requestAnimationFrame(() => resolve(performance.now() - event.timeStamp));
    look();
}, { once: true, capture: true })); }"""
_LISTS = (
    "/dashboard", "/review", "/review?sort=age", "/statements", "/invoices", "/invoices?which=paid",
    "/invoices?which=all",
    "/customers", "/search?q=RG-2026-0077", "/search?q=1500", "/search?q=Bau", "/settings", "/audit",
)  # fmt: skip
# A page, and the pattern of the first address on it that is opened.
_FIRST = (
    ("/review", r'href="(/review/\d+)'),
    ("/statements", r'href="(/statements/\d+)'),
    ("/statements", r'href="(/statements/files/\d+)'),
    ("/invoices", r'href="(/invoices/\d+)'),
    ("/customers", r'href="(/customers/\d+)'),
    ("/invoices?which=paid", r'href="(/invoices/\d+)'),
)


class Case(NamedTuple):
    """How much is behind the pages, and what is demanded, in milliseconds."""

    name: str
    page_ms: int
    next_ms: int


DEMO = Case("demo", 200, 100)
LARGE = Case("100 000 invoices, 20 000 questions", 500, 300)


def main(invoices: int = 100_000, questions: int = 20_000) -> None:
    """Print the median and the worst of ten answers of each page, and of the way to the next question."""
    for kind, url in databases():
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            with serving(place, url, "--demo", port=_PORT):
                _measure(kind, DEMO)
            fill_desk(place, url, invoices, questions)
            run(place, url, "match")
            with serving(place, url, port=_PORT):
                _measure(kind, LARGE)


def _measure(kind: str, case: Case) -> None:
    asyncio.run(_ask_pages(kind, case))
    asyncio.run(_press_keys(kind, case))


async def _ask_pages(kind: str, case: Case) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:  # The host is an address.
        await ready(session, _BASE)
        await _log_in(session)
        addresses = [*_LISTS, *[await _first(session, *one) for one in _FIRST]]
        for address in dict.fromkeys(one for one in addresses if one):
            times = [await _one(session, address) for _ in range(_ROUNDS)]
            _print(f"{kind}, {case.name}: {address}", times, case.page_ms)


async def _log_in(session: aiohttp.ClientSession) -> None:
    """Log in as the clerk of the demo, who is also in the large case."""
    async with session.get(f"{_BASE}/log-in") as answer:
        token = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
    assert token
    form = {"csrf": token[1], "next": "/review", "login": "clara", "password": _PASSWORD}
    async with session.post(f"{_BASE}/log-in", data=form, headers={"Origin": _BASE}) as answer:
        if answer.status != 200 or "/log-in" in str(answer.url):
            raise SystemExit(f"log-in failed: HTTP {answer.status}")


async def _first(session: aiohttp.ClientSession, page: str, pattern: str) -> str:
    async with session.get(_BASE + page) as answer:
        found = re.search(pattern, await answer.text())
    return found[1] if found else ""


async def _one(session: aiohttp.ClientSession, address: str) -> float:
    started = time.perf_counter()
    async with session.get(_BASE + address) as answer:
        await answer.read()
        if answer.status not in (200, 403):
            raise SystemExit(f"{address}: HTTP {answer.status}")
    return time.perf_counter() - started


async def _press_keys(kind: str, case: Case) -> None:
    """Go from question to question and set some aside, in a real browser."""
    from support.chromium import chromium, chromium_path

    path = chromium_path()
    if path is None:
        print("NO CHROMIUM: the way to the next question was not measured")
        return
    async with chromium(path) as browser:
        page = await browser.new_page(base_url=_BASE)
        await page.goto("/log-in?next=/review")
        await page.get_by_label("Name").fill("clara")
        await page.get_by_label("Password").fill(_PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#who")
        for keys in (("j",), ("z", "Enter")):
            times = [await _next(page, keys) for _ in range(_ROUNDS)]
            _print(f"{kind}, {case.name}: next question by {' '.join(keys)}", times, case.next_ms)


async def _next(page: "Page", keys: Sequence[str]) -> float:
    """Return the seconds from the last key to the next question; it is pressed after what a person needs to read."""
    await page.wait_for_timeout(_READING_MS)
    for key in keys[:-1]:
        await page.keyboard.press(key)
    await page.evaluate(_WATCH)
    await page.keyboard.press(keys[-1])
    return float(await page.evaluate("() => window.shownAfter")) / 1000


def _print(what: str, times: list[float], most_ms: int) -> None:
    median, worst = statistics.median(times) * 1000, max(times) * 1000
    mark = "" if worst <= most_ms else "  TOO SLOW"
    print(f"  {what}: median {median:.0f} ms, worst {worst:.0f} ms (at most {most_ms}){mark}", flush=True)


if __name__ == "__main__":
    main()
