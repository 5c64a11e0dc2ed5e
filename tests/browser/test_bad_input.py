"""What goes wrong for people: a mistyped form, a lost connection, a session that ended. Nothing they did is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from schemas.states import Role
from support.bank import camt
from support.chromium import page_of, page_of_clerk, whole_story
from support.desk import STRANGER, UNKNOWN, Desk, day_statement
from support.web import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]  # The loop of the browser.


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, quick_desk: Desk) -> AsyncIterator[Page]:
    async with page_of_clerk(browser, quick_desk) as opened:
        yield opened


@whole_story
async def test_a_form_keeps_what_was_typed_and_says_at_the_field_what_is_wrong(page: Page) -> None:
    # A new invoice: an amount that is none, then a customer whom nobody knows.
    await page.goto("/invoices/new")
    await page.get_by_label("Number", exact=True).fill("FA-2001")
    await page.get_by_label("Customer number").fill("C99")
    await page.get_by_label("Amount").fill("12.3.4")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("Not saved yet: see the fields that are marked.")
    await expect(page.get_by_label("Amount")).to_have_accessible_description(
        "'12.3.4' is not an amount such as 1234.50"
    )
    await expect(page.get_by_label("Number", exact=True)).to_have_value("FA-2001")
    await page.get_by_label("Amount").fill("1,234.50")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Customer number")).to_have_accessible_description(
        "There is no customer with the number C99."
    )
    await expect(page.get_by_label("Amount")).to_have_value("1,234.50")
    await page.get_by_label("Customer number").fill("C1")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="FA-2001")).to_be_visible()

    # What is done with it: the form that was refused is open again.
    await page.locator("summary", has_text="In dispute").click()
    await page.get_by_label("Amount in dispute").fill("9999")
    await page.get_by_label("Reason").fill("goods were broken")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Amount in dispute")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Amount in dispute")).to_have_value("9999")
    await expect(page.get_by_label("Reason")).to_have_value("goods were broken")

    # A customer: a number that is taken, and an account that is none.
    await page.goto("/customers/new")
    await page.get_by_label("Number", exact=True).fill("C1")
    await page.get_by_label("Name").fill("Delta SA")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Number", exact=True)).to_have_accessible_description("Customer C1 exists already")
    await expect(page.get_by_label("Name")).to_have_value("Delta SA")
    await page.get_by_label("Number", exact=True).fill("C4")
    await page.get_by_role("button", name="Save").click()
    await page.locator("summary", has_text="Add an account").click()
    await page.get_by_label("IBAN").fill("DE89 3704 0044 0532 0130 01")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("IBAN")).to_be_focused()
    await expect(page.locator("#h-iban")).to_contain_text("has wrong check digits")
    await expect(page.get_by_label("IBAN")).to_have_value("DE89 3704 0044 0532 0130 01")


@whole_story
async def test_an_account_that_is_none_is_said_where_it_was_typed(browser: Browser, quick_desk: Desk) -> None:
    async with page_of(browser, quick_desk, await quick_desk.site.sign_in(Role.ADMINISTRATOR)) as page:
        await page.goto("/banks")
        new = page.get_by_role("region", name="Add an account")
        await new.get_by_label("IBAN", exact=True).fill("DE89 3704 0044 0532 0130 01")
        await new.get_by_label("Name").fill("Savings")
        await new.get_by_role("button", name="Add").click()
        await expect(new.get_by_label("IBAN", exact=True)).to_have_attribute("aria-invalid", "true")
        await expect(new.get_by_label("Name")).to_have_value("Savings")


async def test_a_lost_connection_keeps_what_was_typed_and_the_files_that_were_chosen(
    page: Page, quick_desk: Desk, tmp_path: Path
) -> None:
    await quick_desk.upload(camt(STRANGER, UNKNOWN))
    await page.goto("/review")
    await page.wait_for_load_state("networkidle")

    # A comment.
    await page.context.set_offline(True)
    await page.locator("summary", has_text="Comment").click()
    await page.locator("#words").fill("asked Mrs Lang")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#toasts")).to_contain_text(
        "The gateway does not answer. Nothing was changed; try again."
    )
    await expect(page.locator("#words")).to_have_value("asked Mrs Lang")
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".notes")).to_contain_text("asked Mrs Lang")

    # A file.
    file = tmp_path / "monday.xml"
    file.write_bytes(day_statement())
    await page.goto("/statements")
    await page.context.set_offline(True)
    await page.get_by_label("Bring bank files in").set_input_files(file)
    await page.get_by_role("button", name="Upload").click()
    await expect(page.locator("#toasts")).to_contain_text(
        "The gateway does not answer. Nothing was changed; try again."
    )
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Upload").click()
    await expect(page.locator("#files tbody tr")).to_have_count(2)


@pytest.mark.parametrize(
    "with_script", [True, pytest.param(False, marks=whole_story)], ids=["with script", "without script"]
)
async def test_a_session_that_ended_comes_back_to_the_same_place(
    browser: Browser, quick_desk: Desk, with_script: bool
) -> None:
    user = await quick_desk.site.add_user(Role.CLERK)
    await quick_desk.upload(camt(STRANGER, UNKNOWN))
    clerk = await quick_desk.site.sign_in(user=user)
    async with page_of(browser, quick_desk, clerk, java_script_enabled=with_script) as page:
        await page.goto("/review?sort=age")
        await page.locator("#list a", has_text="Niemand").click()
        await expect(page.locator("#who")).to_have_text("Niemand")
        address = page.url

        # A decision that came too late for the session.
        await page.context.clear_cookies()
        await page.locator("summary", has_text="Not a payment").click()
        await page.get_by_role("button", name="Set aside").click()
        await page.get_by_label("Name").fill(user.login)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.locator("#who")).to_have_text("Niemand")
        assert page.url == address

        # Another page, by its link.
        await page.context.clear_cookies()
        await page.goto("/invoices?which=overdue")
        await page.get_by_label("Name").fill(user.login)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("link", name="Overdue")).to_have_attribute("aria-current", "true")


async def test_a_tab_from_before_the_log_in_says_so_and_is_opened_again(
    browser: Browser, page: Page, quick_desk: Desk
) -> None:
    await quick_desk.upload(camt(STRANGER, UNKNOWN))
    await page.goto("/review")
    again = await quick_desk.site.sign_in(Role.CLERK)  # In another tab of the same browser.
    await page.context.add_cookies([{"name": "gateway", "value": again.cookie, "url": quick_desk.site.url}])

    await page.keyboard.press("a")

    await expect(page.get_by_role("alert")).to_contain_text("open the page again and send it from there")
    await page.get_by_role("link", name="Open the page again").click()
    await expect(page.locator("#who")).to_have_text("Holding X")


@whole_story
async def test_a_second_factor_comes_back_to_the_same_place_too(browser: Browser, quick_desk: Desk) -> None:
    user = await quick_desk.site.add_user(Role.APPROVER)
    async with page_of(browser, quick_desk, quick_desk.site.browser()) as page:
        await page.goto("/statements?state=held")
        await page.get_by_label("Name").fill(user.login)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Log in").click()
        await page.get_by_label("Code").fill(quick_desk.site.code(user))
        await page.get_by_role("button", name="Go on").click()

        await expect(page.get_by_role("heading", name="Statements", level=1)).to_be_visible()
        assert page.url.endswith("/statements?state=held")
