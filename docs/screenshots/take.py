"""Take the pictures of this folder: the demo company, in three languages, light and dark, on a desk and on a phone.

Run by ``make screenshots``. Needs Chromium.
"""

import asyncio
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Browser, Page, async_playwright

from gateway.services.fill_demo import PASSWORD

FOLDER = Path(__file__).parent
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PAGES = {
    "dashboard": "/dashboard",
    "review": "/review",
    "statements": "/statements",
    "invoices": "/invoices",
    "customers": "/customers",
    "settings": "/settings",
}
_READY_S = 180


class Look(NamedTuple):
    """How a picture is taken: language, theme, size."""

    name: str
    locale: str
    theme: str
    width: int
    height: int


LOOKS = (
    Look("en-light", "en-GB", "light", 1440, 900),
    Look("fr-dark", "fr-FR", "dark", 1440, 900),
    Look("de-phone", "de-DE", "light", 390, 844),
)


async def main() -> None:
    """Serve the demo and take every page in every look."""
    with tempfile.TemporaryDirectory() as data:
        port = _free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "gateway", "serve", "--demo", "--port", str(port), "--data", data],
            stderr=subprocess.DEVNULL,
        )
        try:
            await _ready(f"http://127.0.0.1:{port}")
            async with async_playwright() as playwright:
                path = shutil.which("chromium") or shutil.which("google-chrome")
                browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
                for look in LOOKS:
                    await _take(browser, f"http://127.0.0.1:{port}", look)
                await browser.close()
        finally:
            server.terminate()
            server.wait()


async def _take(browser: Browser, base: str, look: Look) -> None:
    theme = "dark" if look.theme == "dark" else "light"
    context = await browser.new_context(
        viewport={"width": look.width, "height": look.height}, locale=look.locale, color_scheme=theme
    )
    page: Page = await context.new_page()
    await page.goto(f"{base}/log-in")
    await page.fill("input[name=login]", "clara")
    await page.fill("input[name=password]", PASSWORD)
    await page.click("button.main")
    for name, path in PAGES.items():
        await page.goto(base + path)
        await page.wait_for_load_state("networkidle")
        await page.screenshot(path=FOLDER / f"{name}-{look.name}.png")
        print(f"{name}-{look.name}.png", flush=True)
    await context.close()


async def _ready(base: str) -> None:
    for _ in range(_READY_S * 2):
        try:
            await asyncio.to_thread(urllib.request.urlopen, f"{base}/healthz")
        except urllib.error.URLError:
            await asyncio.sleep(0.5)
        else:
            return
    raise SystemExit("the demo did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    asyncio.run(main())
