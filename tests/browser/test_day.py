"""A clerk's day in a real browser, with our script and without it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from schemas.states import Role
from support.bank import mt940, payment
from support.desk import Desk, day_statement
from support.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]  # The loop of the browser.
LATER = payment(15_000, "FA-1004", name="Beta Handel AG", reference="R9")


@pytest_asyncio.fixture(params=[True, False], ids=["with script", "without script"], loop_scope="session")
async def page(request: pytest.FixtureRequest, browser: Browser, desk: Desk) -> AsyncIterator[Page]:
    context = await browser.new_context(java_script_enabled=request.param, locale="en-GB", base_url=desk.site.url)
    opened = await context.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    await context.close()


async def log_in(page: Page, desk: Desk, *roles: Role) -> None:
    user = await desk.site.add_user(*roles)
    await page.goto("/log-in")
    await page.get_by_label("Name").fill(user.login)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()


async def upload(page: Page, *files: Path) -> None:
    """Choose files and send them; with script their rows come and change by themselves, without it a link reloads."""
    await page.get_by_label("Bring bank files in").set_input_files(files)
    await page.get_by_role("button", name="Upload").click()
    await expect(page.locator("#files tbody tr")).to_have_count(len(files), timeout=20_000)
    for _ in range(80):
        if await page.locator("#files progress").count() == 0:
            return
        await page.wait_for_timeout(250)
        link = page.get_by_role("link", name="See how far it is")
        if await link.count():
            await link.click()
    raise AssertionError("the files were not read in time")


async def test_a_day(page: Page, desk: Desk, tmp_path: Path) -> None:
    first, second = tmp_path / "monday.xml", tmp_path / "tuesday.sta"
    first.write_bytes(day_statement())
    day = LATER.booking_date.replace(day=17)
    second.write_bytes(mt940(LATER._replace(booking_date=day, value_date=day), opening=96_990, number="42", day=day))

    # Two files in two formats are read, and each ends as one sentence.
    await log_in(page, desk, Role.CLERK)
    await page.goto("/statements")
    await upload(page, first, second)
    await expect(page.locator("#files")).to_contain_text("4 entries, 1 matched, 3 to review")
    await expect(page.locator("#files")).to_contain_text("1 entry, 1 matched")

    # Accept: the second explanation of the part payment; the next question is there.
    await page.goto("/review")
    await page.locator("#list a", has_text="Holding X").click()
    await expect(page.locator("#who")).to_have_text("Holding X")
    await page.get_by_role("article").nth(1).get_by_role("button", name="Accept").click()
    await expect(page.locator("#who")).not_to_have_text("Holding X")

    # Set aside: no customer payment.
    await page.locator("#list a", has_text="Irgendwer").click()
    await expect(page.locator("#who")).to_have_text("Irgendwer")
    await page.locator("summary", has_text="Not a payment").click()
    await page.get_by_role("radio", name="Interest").check()
    await page.get_by_role("button", name="Set aside").click()
    await expect(page.locator("#who")).to_have_text("Niemand")

    # Split: two invoices of two customers, the rest on account.
    await page.get_by_role("link", name="Split").click()
    await page.get_by_label("Customer or invoice").fill("FA-1002")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_label("Pay FA-1002", exact=True).check()
    await page.get_by_label("Customer or invoice").fill("Gamma")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("button", name="Gamma SARL").click()
    await page.get_by_label("Amount for FA-1005").fill("75.00")
    await page.get_by_role("button", name="Rest on account").click()
    await expect(page.locator("#sums dd").last).to_have_text("0.00 EUR")
    await page.get_by_role("button", name="Pay 2 items, keep 225.00 EUR on account").click()
    await expect(page.get_by_role("heading", name="Nothing waits for you here")).to_be_visible()

    # Undo: it says what it takes back, then the question is open again.
    await page.get_by_role("link", name="Undo my last").click()
    await expect(page.get_by_text("FA-1002 (Alpha Werke GmbH) is open again by 200.00 EUR")).to_be_visible()
    await page.get_by_label("It was wrong").check()
    await page.get_by_role("button", name="Take it back").click()
    await expect(page.locator("#who")).to_have_text("Niemand")
    await expect(page.locator("#toasts")).to_contain_text("Taken back; the question is open again.")
