"""The search field in a real browser: what is typed is answered beside it, before it is sent."""

import pytest
from playwright.async_api import Browser, expect

from support.chromium import page_of_clerk
from support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]  # The loop of the browser.


async def test_what_is_typed_is_found_while_typing_and_opened_by_keyboard(browser: Browser, quick_desk: Desk) -> None:
    async with page_of_clerk(browser, quick_desk) as page:
        await page.goto("/dashboard")
        at = page.url

        await page.keyboard.press("/")
        await page.keyboard.type("fa1003")
        await expect(page.locator("#hits")).to_contain_text("FA-1003")
        await expect(page.locator("#search")).to_be_focused()
        assert page.url == at  # Though it is the only thing that is found.

        await page.keyboard.press("Escape")
        await expect(page.locator("#hits")).to_be_hidden()
        await page.keyboard.press("/")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="FA-1003")).to_be_visible()


async def test_what_is_found_by_nothing_is_said(browser: Browser, quick_desk: Desk) -> None:
    async with page_of_clerk(browser, quick_desk) as page:
        await page.goto("/dashboard")

        await page.keyboard.press("/")
        await page.keyboard.type("nothing like it")

        await expect(page.locator("#hits")).to_contain_text("Nothing is found by “nothing like it”")
