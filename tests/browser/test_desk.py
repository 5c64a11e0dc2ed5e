"""What is around the queue, in a real browser: each page as a story of what a person looks for and finds."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from schemas.states import Role
from support.bank import camt, payment
from support.chromium import page_of, page_of_clerk, whole_story
from support.desk import Desk, day_statement
from support.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]  # The loop of the browser.


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, quick_desk: Desk) -> AsyncIterator[Page]:
    async with page_of_clerk(browser, quick_desk) as opened:
        yield opened


async def test_who_decided_this_is_three_clicks_from_an_amount(browser: Browser, quick_desk: Desk) -> None:
    await quick_desk.upload(day_statement(), name="monday.xml")
    async with page_of(browser, quick_desk, await quick_desk.site.sign_in(Role.AUDITOR)) as page:
        await page.goto("/invoices?which=paid")

        await page.get_by_role("link", name="FA-1001").click()
        await expect(page.get_by_role("region", name="What settled it")).to_contain_text(
            "a rule: reference and exact amount"
        )
        await page.get_by_role("link", name="Alpha Werke GmbH, 100.00").click()
        await expect(page.get_by_text("Booked by rule: reference and exact amount")).to_be_visible()
        await page.get_by_role("link", name=re.compile(r"line \d+ of monday.xml")).click()
        await expect(page.get_by_text("SHA-256")).to_be_visible()
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Original file").click()
        path = await (await download.value).path()
        assert path.read_bytes() == day_statement()

        # The look at the file stands in the journal, too.
        await page.goto("/audit")
        await expect(page.locator("#journal tbody tr").first).to_contain_text("Person 2")


@whole_story
async def test_a_filter_of_invoices_is_a_link_for_a_colleague(browser: Browser, page: Page, quick_desk: Desk) -> None:
    await page.goto("/invoices")
    await page.get_by_role("link", name="Overdue").click()
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.get_by_placeholder("Number, reference or customer").fill("Beta")
    await page.locator("#items").get_by_role("button", name="Search").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tfoot")).to_contain_text("300.00 EUR")

    async with page_of(browser, quick_desk, await quick_desk.site.sign_in(Role.VIEWER)) as other:
        await other.goto(page.url)
        await expect(other.locator("tbody tr")).to_have_count(1)
        await expect(other.get_by_role("link", name="FA-1003")).to_be_visible()
        await expect(other.get_by_role("link", name="New invoice")).to_have_count(0)


@whole_story
async def test_the_dashboard_leads_to_what_waits_and_the_ledger_says_the_balance_of_a_day(
    page: Page, quick_desk: Desk
) -> None:
    await quick_desk.upload(day_statement())
    await page.goto("/dashboard")
    await expect(page.locator("#head")).to_contain_text("3 to review")
    await page.get_by_role("region", name="What waits for you").get_by_role("link", name="Another payer").click()
    await expect(page.locator("#who")).to_have_text("Holding X")
    await page.get_by_role("article").first.get_by_role("button", name="Accept").click()
    await expect(page.locator("#toasts")).to_contain_text("Accepted.")

    # The customer's ledger runs, and the payer's account is known with its source.
    await page.goto("/customers?q=Beta")
    await page.get_by_role("link", name="Beta Handel AG").click()
    ledger = page.get_by_role("region", name="Ledger")
    await expect(ledger.locator("tbody td:last-child")).to_have_text(
        ["150.00 EUR", "200.00 EUR", "450.00 EUR", "300.00 EUR"]
    )
    await expect(page.get_by_role("button", name="Forget DE02 **** **** 5030")).to_be_visible()
    await expect(page.get_by_text("1 decision · Person 1")).to_be_visible()
    await page.get_by_label("Balance on").fill("2026-11-15")
    await ledger.get_by_role("button", name="Show").click()
    await expect(ledger.get_by_role("status")).to_contain_text("450.00 EUR")


async def test_the_slash_searches_everything(page: Page) -> None:
    await page.goto("/dashboard")
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()
    await page.keyboard.type("fa 1003")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="FA-1003")).to_be_visible()
    await page.keyboard.press("/")
    await page.keyboard.type("no such thing")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Nothing is found by “no such thing”")).to_be_visible()


@whole_story
async def test_a_rule_that_is_switched_off_says_what_follows_and_it_does(
    browser: Browser, page: Page, quick_desk: Desk
) -> None:
    async with page_of(browser, quick_desk, await quick_desk.site.sign_in(Role.APPROVER)) as other:
        await other.goto("/settings")
        rule = other.get_by_label("Book payments that name invoices and have exactly their open amount.")
        await expect(other.get_by_text("Off: each waits in Review.").first).to_be_visible()
        await rule.uncheck()
        await other.get_by_label("Why").fill("year end")
        await other.get_by_role("button", name="Save the rules").click()
        await expect(other.locator("#toasts")).to_contain_text("Saved. What waits in Review is looked at again.")
        await expect(other.get_by_role("region", name="What was changed")).to_contain_text("year end")

    await quick_desk.upload(camt(payment(10_000, "FA-1001", name="Alpha Werke GmbH")))
    await page.goto("/review")
    await expect(page.locator("#who")).to_have_text("Alpha Werke GmbH")
    await page.goto("/settings")
    await expect(page.locator("[name=book_exact_reference]")).to_be_disabled()
    await expect(page.get_by_text("An approver can change these rules.")).to_be_visible()


@whole_story
async def test_a_colleague_is_invited_by_a_link_and_given_another_role(browser: Browser, quick_desk: Desk) -> None:
    async with page_of(browser, quick_desk, await quick_desk.site.sign_in(Role.ADMINISTRATOR)) as page:
        await page.goto("/users")
        await page.get_by_role("link", name="Invite").click()
        await page.get_by_label("Name", exact=True).fill("Nina Neu")
        await page.get_by_label("Logs in as").fill("nina")
        await page.get_by_role("button", name="Make the link").click()
        link = await page.locator(".secret").inner_text()

        async with page_of(browser, quick_desk, quick_desk.site.browser()) as other:
            await other.goto("/welcome/" + link.rsplit("/", 1)[1])
            await other.get_by_label("Password").fill(PASSWORD)
            await other.get_by_role("button", name="Set the password").click()
            await other.get_by_label("Name").fill("nina")
            await other.get_by_label("Password").fill(PASSWORD)
            await other.get_by_role("button", name="Log in").click()
            await expect(other.get_by_role("heading", name="Dashboard")).to_be_visible()

            await page.goto("/users")
            await page.get_by_role("link", name="Change Nina Neu").click()
            await page.get_by_role("checkbox", name="clerk").uncheck()
            await page.get_by_role("checkbox", name="viewer").check()
            await page.get_by_role("button", name="Change roles").click()
            await expect(page.get_by_role("row", name="Nina Neu").first).to_contain_text("viewer")
            await other.reload()
            await expect(other.get_by_role("heading", name="Log in")).to_be_visible()


@whole_story
async def test_the_language_is_that_of_the_browser_until_another_is_chosen(browser: Browser, quick_desk: Desk) -> None:
    async with page_of(browser, quick_desk, quick_desk.clerk, locale="fr-FR") as page:
        await page.goto("/invoices")
        await expect(page.locator("html")).to_have_attribute("lang", "fr")
        await expect(page.get_by_role("heading", name="Factures", level=1)).to_be_visible()
        await expect(page.get_by_role("row", name="FA-1003")).to_contain_text("300,00")
        await page.locator("summary", has_text="FR").click()
        await page.get_by_role("button", name="Deutsch").click()
        await expect(page.get_by_role("heading", name="Rechnungen", level=1)).to_be_visible()
        await page.locator("summary", has_text="Person 1").click()
        await page.get_by_role("button", name="Dunkel").click()
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    # Both are the person's, on any machine.
    async with page_of(browser, quick_desk, quick_desk.clerk) as other:
        await other.goto("/invoices")
        await expect(other.locator("html")).to_have_attribute("lang", "de")
        await expect(other.locator("html")).to_have_attribute("data-theme", "dark")
