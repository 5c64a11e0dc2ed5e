"""An empty installation in a real browser: the one-time link, then step by step until the first payment explains itself."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from gateway.domain.one_time_code import code_at, step_at
from gateway.web import background
from support.bank import OUR_IBAN, camt, payment
from support.chromium import whole_story
from support.databases import SqliteFiles
from support.in_process import HereWorkers
from support.web import PASSWORD, Site, open_site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]  # The loop of the browser.
CUSTOMERS = b"number,name\nC1,Alpha Werke GmbH\n"
INVOICES = b"number,customer_number,issue_date,due_date,currency,amount\nFA-1,C1,2026-11-01,2026-12-01,EUR,100.00\n"


@pytest_asyncio.fixture(loop_scope="session")
async def empty_site(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(SqliteFiles(migrated_sqlite).fresh_database(tmp_path), tmp_path) as site:
        site.gateway.workers = HereWorkers(site)
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, empty_site: Site) -> AsyncIterator[Page]:
    context = await browser.new_context(locale="en-GB", base_url=empty_site.url)
    opened = await context.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    await context.close()


async def become_administrator(page: Page, site: Site) -> None:
    """Use the one-time link of the first start, log in and set the second factor up."""
    assert site.first_link is not None
    await page.goto("/welcome/" + site.first_link.rsplit("/", 1)[1])
    await page.get_by_label("Your name").fill("Anna Admin")
    await page.get_by_label("Name to log in with").fill("anna")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.locator("#toasts")).to_contain_text("The password is set. Log in with it.")
    await page.get_by_label("Name").fill("anna")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    seed = base64.b32decode((await page.locator(".secret").inner_text()).replace(" ", ""))
    await page.get_by_label("Code that the app shows now").fill(code_at(seed, step_at(site.clock())))
    await page.get_by_role("button", name="Set up").click()
    await expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    await page.get_by_role("link", name="I have kept them").click()


async def bring(page: Page, name: str, data: bytes) -> None:
    """Choose a table on the page that is open, and import it."""
    await page.get_by_label("File").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    await page.get_by_role("button", name="Look at it").click()
    await page.get_by_role("button", name="Import").click()


@whole_story
async def test_an_empty_installation_leads_by_the_hand(page: Page, empty_site: Site) -> None:
    await become_administrator(page, empty_site)

    # The dashboard names the steps; each leads to its page.
    steps = page.get_by_role("region", name="First steps").get_by_role("listitem")
    await expect(steps).to_have_count(5)
    await steps.filter(has_text="Name the company").get_by_role("link", name="Do it now").click()
    await page.locator("form[action='/settings/company']").get_by_label("Name").fill("Kleinwerk GmbH")
    await page.locator("form[action='/settings/company']").get_by_role("button", name="Save").click()
    await expect(steps.filter(has_text="Name the company")).to_contain_text("done")
    await expect(page.locator(".top .company")).to_have_text("Kleinwerk GmbH")
    await steps.filter(has_text="Add the bank account of the company").get_by_role("link", name="Do it now").click()
    await page.get_by_label("IBAN", exact=True).fill(OUR_IBAN)
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator("#toasts")).to_contain_text("Added.")

    # The first statement: useful already, each payment is there to be explained.
    await expect(steps.filter(has_text="Add the bank account of the company")).to_contain_text("done")
    await steps.filter(has_text="Upload the first statement").get_by_role("link", name="Do it now").click()
    await page.get_by_label("Bring bank files in").set_input_files(
        {"name": "monday.xml", "mimeType": "text/xml", "buffer": camt(payment(10_000, "FA-1", name="Alpha Werke GmbH"))}
    )
    await page.get_by_role("button", name="Upload").click()
    await expect(page.locator("#files")).to_contain_text("1 entry, 1 to review")
    await expect(page.get_by_role("region", name="Which statement is missing?")).to_be_visible()

    # Customers and invoices follow, and the payment explains itself.
    await page.get_by_role("link", name="Dashboard").click()
    await steps.filter(has_text="Bring the customers in").get_by_role("link", name="Do it now").click()
    await bring(page, "customers.csv", CUSTOMERS)
    await steps.filter(has_text="Bring the open invoices in").get_by_role("link", name="Do it now").click()
    await bring(page, "invoices.csv", INVOICES)
    await expect(page.locator("#toasts")).to_contain_text("Imported: 1 new")
    await background.finished()  # What waited is matched a moment later.
    await page.get_by_role("link", name="Dashboard").click()
    await expect(page.get_by_role("region", name="First steps")).to_have_count(0)
    await expect(page.get_by_text("Nothing: every payment is explained.")).to_be_visible()
