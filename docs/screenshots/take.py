"""Take the pictures of this folder: the demo company, in three languages, light and dark, on a desk and on a phone.

Run by ``make screenshots``; with names, such as ``take.py unpaid run``, only these pages. Needs Chromium.
"""

import asyncio
import base64
import datetime as dt
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

from gateway.domain.one_time_code import code_at, step_at
from gateway.services.fill_demo import PASSWORD

FOLDER = Path(__file__).parent
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class Shot(NamedTuple):
    """One page: who sees it, where it begins, and the links that lead to it from there."""

    name: str
    login: str
    path: str
    follow: tuple[str, ...] = ()


SHOTS = (
    Shot("log-in", "", "/log-in"),
    Shot("dashboard", "clara", "/dashboard"),
    Shot("review", "clara", "/review"),
    Shot("review-split", "clara", "/review", ("#list li a", "a[data-key~=s]")),
    Shot("review-remember", "clara", "/review?sort=age", ("#list li a", "a[data-key~=m]")),
    Shot("review-strong", "clara", "/review/strong"),
    Shot("statements", "clara", "/statements"),
    Shot("statement", "clara", "/statements?state=imported", ("#statements tbody th a",)),
    Shot("statement-held", "clara", "/statements?state=held", ("#statements tbody th a",)),
    Shot("file", "clara", "/statements", ("#files tbody th a",)),
    Shot("file-undo", "clara", "/statements", ("#files tbody th a", "a[href$='/undo']")),
    Shot("bank-transaction", "clara", "/invoices?which=paid", ("tbody th a", "main a[href^='/bank-transactions/']")),
    Shot("invoices", "clara", "/invoices"),
    Shot("invoice", "clara", "/invoices?which=paid", ("tbody th a",)),
    Shot("invoice-new", "clara", "/invoices/new"),
    Shot("customers", "clara", "/customers"),
    Shot("customer", "clara", "/invoices?which=paid", ("tbody th a", "main a[href^='/customers/']")),
    Shot("mandates", "clara", "/mandates"),
    Shot("mandate", "clara", "/mandates", ("#mandates tbody th a",)),
    Shot("mandate-new", "clara", "/mandates/new?customer=10041"),
    Shot("mandate-sign", "clara", "/mandates/new?customer=10041"),
    Shot("collections", "clara", "/collections"),
    Shot("runs", "clara", "/collections/runs"),
    Shot("run", "clara", "/collections/runs", ("#runs tbody th a",)),
    Shot("unpaid", "clara", "/unpaid?which=all"),
    Shot("unpaid-debit", "clara", "/unpaid?which=all", ("#unpaid tbody th a",)),
    Shot("refunds", "clara", "/refunds"),
    Shot("import-debits", "clara", "/imports/collections"),
    Shot("search", "clara", "/search?q=RE-2026-008"),
    Shot("import-upload", "clara", "/imports/invoices"),
    Shot("import-table", "clara", "/imports/invoices"),
    Shot("account", "clara", "/account"),
    Shot("parts", "clara", "/parts"),
    Shot("run-approve", "anna", "/collections/runs", ("#runs tr:has(.warn) th a", "a[href$='/approve']")),
    Shot("changes", "anna", "/changes"),
    Shot("audit", "otto", "/audit"),
    Shot("settings", "ada", "/settings"),
    Shot("users", "ada", "/users"),
    Shot("users-invite", "ada", "/users/invite"),
    Shot("banks", "ada", "/banks"),
    Shot("creditors", "ada", "/settings/creditors"),
    Shot("collection-settings", "ada", "/settings/collections"),
)
# A list as a French system writes it, with one wrong line.
LIST = """Numéro de pièce;Code client;Date facture;Échéance;Devise;Montant TTC
FA-9001;10041;16/11/2026;16/12/2026;EUR;1 234,56
FA-9002;10041;17/11/2026;17/12/2026;EUR;980,00
FA-9003;10041;18/11/2026;31/02/2027;EUR;75,10
"""
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
                seeds: dict[str, bytes] = {}
                for look in LOOKS:
                    await _take(browser, f"http://127.0.0.1:{port}", look, seeds)
                await browser.close()
        finally:
            server.terminate()
            server.wait()


async def _take(browser: Browser, base: str, look: Look, seeds: dict[str, bytes]) -> None:
    theme = "dark" if look.theme == "dark" else "light"
    shots = [shot for shot in SHOTS if shot.name in (sys.argv[1:] or [shot.name])]
    for login in dict.fromkeys(shot.login for shot in shots):
        context = await browser.new_context(
            viewport={"width": look.width, "height": look.height}, locale=look.locale, color_scheme=theme, base_url=base
        )
        page = await context.new_page()
        if login:
            await _log_in(page, login, seeds)
        for shot in shots:
            if shot.login == login:
                await _open(page, shot)
                await page.screenshot(path=FOLDER / f"{shot.name}-{look.name}.png")
                print(f"{shot.name}-{look.name}.png", flush=True)
        await context.close()


async def _log_in(page: Page, login: str, seeds: dict[str, bytes]) -> None:
    """Log in; who needs a second factor sets it up the first time."""
    await page.goto("/log-in")
    await page.fill("input[name=login]", login)
    await page.fill("input[name=password]", PASSWORD)
    await page.click("button.main")
    if not await page.locator("input[name=code]").count():
        return
    if await page.locator(".secret").count():
        seeds[login] = base64.b32decode((await page.inner_text(".secret")).replace(" ", ""))
        step = step_at(dt.datetime.now(dt.UTC)) - 1  # A code is good once: what comes next uses the present one.
    else:
        step = step_at(dt.datetime.now(dt.UTC))
    await page.fill("input[name=code]", code_at(seeds[login], step))
    await page.click("button.main")


async def _open(page: Page, shot: Shot) -> None:
    await page.goto(shot.path)
    for link in shot.follow:
        await page.locator(link).first.click()
        await page.wait_for_load_state("networkidle")
    if shot.name == "import-table":
        table = {"name": "factures.csv", "mimeType": "text/csv", "buffer": LIST.encode("cp1252")}
        await page.set_input_files("input[type=file]", table)  # type: ignore[arg-type]
        await page.locator("form:has(input[type=file]) button").click()
    if shot.name == "mandate-sign":
        await _make_link(page)
    if shot.name == "collections":
        await page.wait_for_selector("#will")  # The first plan may take a moment.
    await page.wait_for_load_state("networkidle")


async def _make_link(page: Page) -> None:
    """Enter a mandate that is not signed yet, and open the link that its debtor gets."""
    await page.fill("input[name=iban]", "DE02120300000000202051")
    await page.locator("main form button.main").click()
    await page.locator("details:has(input[name=email]) summary").click()
    await page.fill("input[name=email]", "debtor@example.org")
    await page.select_option("select[name=language]", await page.get_attribute("html", "lang"))
    await page.locator("form:has(input[name=email]) button").click()
    await page.goto(await page.locator(".secret").inner_text())


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
