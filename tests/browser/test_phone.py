"""The queue on a phone, where the list and the question take turns."""

import pytest
from playwright.async_api import Browser, expect

from support.chromium import page_of_clerk
from support.desk import Desk, day_statement

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]  # The loop of the browser.


async def test_a_question_is_opened_from_the_list_and_left_again(browser: Browser, quick_desk: Desk) -> None:
    await quick_desk.upload(day_statement())
    said: list[str] = []
    async with page_of_clerk(browser, quick_desk, viewport={"width": 390, "height": 844}) as page:
        page.on("console", lambda message: said.append(message.text))
        await page.goto("/review")
        await expect(page.locator("#who")).to_be_hidden()

        await page.locator("#list a", has_text="Niemand").click()
        await expect(page.locator("#who")).to_have_text("Niemand")
        await expect(page.locator("#who")).to_be_visible()
        await expect(page.locator("#list")).to_be_hidden()

        await page.get_by_role("link", name="Back to the list").click()
        await expect(page.locator("#list")).to_be_visible()
    assert said == []
