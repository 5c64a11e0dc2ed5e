"""The review queue in a real browser, by keyboard alone: item to item without waiting, and the focus is never lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Route, expect

from support.bank import camt, payment
from support.chromium import page_of_clerk
from support.desk import STRANGER, UNKNOWN, Desk, day_statement

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]  # The loop of the browser.
QUESTIONS = 25


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, quick_desk: Desk) -> AsyncIterator[Page]:
    """A page of a clerk; what it says on the console fails the test."""
    said: list[str] = []
    async with page_of_clerk(browser, quick_desk, viewport={"width": 1280, "height": 800}) as opened:
        opened.set_default_timeout(10_000)
        opened.on("console", lambda message: None if _is_expected(message) else said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        yield opened
    assert said == []


def _is_expected(message: ConsoleMessage) -> bool:
    """Tell whether the browser only says that an answer was a refusal, or that none came."""
    return message.text.startswith("Failed to load resource") and message.location["url"].endswith("/accept")


async def press(page: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        await page.keyboard.press(key)


async def fetched_ahead(page: Page) -> None:
    """Wait until nothing is on its way: the next question is there, the last decision is answered."""
    await page.wait_for_load_state("networkidle")


async def test_each_action_has_its_key_and_keeps_the_focus(page: Page, quick_desk: Desk) -> None:
    await quick_desk.upload(day_statement())
    await page.goto("/review")
    await expect(page.locator("#who")).to_be_focused()

    # To and fro.
    await press(page, "j")
    await expect(page.locator("#list li [aria-current=true]")).to_contain_text("Niemand")
    await expect(page.locator("#who")).to_have_text("Niemand")
    await press(page, "k")
    await expect(page.locator("#who")).to_have_text("Holding X")
    await expect(page.locator("#who")).to_be_focused()

    # The keys of the page.
    await press(page, "?")
    await expect(page.get_by_role("dialog", name="Keys of this page")).to_be_visible()
    await press(page, "Escape")

    # Comment and owner stay with the question.
    await press(page, "c")
    await page.keyboard.type("asked Mrs Lang")
    await press(page, "Control+Enter")
    await expect(page.locator(".notes")).to_contain_text("asked Mrs Lang")
    await expect(page.locator("#who")).to_be_focused()
    await press(page, "o", "ArrowDown", "Enter")
    await expect(page.locator("#list li [aria-current=true]")).to_contain_text("Person")
    await expect(page.locator("#who")).to_be_focused()

    # Chosen in the list, accepted together, taken back.
    await press(page, "x", "A")
    await expect(page.locator(".head")).to_contain_text("1 explanation, 250.00 EUR")
    await page.wait_for_load_state("load")
    await press(page, "a")
    await expect(page.locator("#toasts")).to_contain_text("Accepted 1 explanation.")
    await page.wait_for_load_state("load")
    await press(page, "u")
    await expect(page.get_by_text("is open again by 250.00 EUR")).to_be_visible()
    await page.wait_for_load_state("load")
    await press(page, "Space", "Enter")
    await expect(page.locator("#toasts")).to_contain_text("Taken back; the question is open again.")
    await page.wait_for_load_state("load")

    # Another customer: search him, take his item, the rest on account.
    await press(page, "r")
    await expect(page.get_by_label("Customer or invoice")).to_be_focused()
    await page.wait_for_load_state("load")
    await page.keyboard.type("Gamma")
    await expect(page.get_by_role("button", name="Gamma SARL")).to_be_visible()
    await press(page, "Tab", "Tab", "Enter")
    await expect(page.get_by_label("Pay FA-1005", exact=True)).to_be_focused()
    await press(page, "Space")
    await expect(page.locator("#sums")).to_contain_text("175.00 EUR")
    await press(page, "o")
    await expect(page.get_by_role("button", name="Pay 1 item, keep 175.00 EUR on account")).to_be_visible()
    await press(page, "a")

    # Snooze, then remember that such texts are never ours: the end of the queue.
    await expect(page.locator("#who")).to_have_text("Niemand")
    await page.wait_for_load_state("load")
    await press(page, "z", "Enter")
    await expect(page.locator("#who")).to_have_text("Irgendwer")
    await press(page, "m")
    await expect(page.get_by_text("Texts like this from Irgendwer are no customer payments.")).to_be_visible()
    await page.wait_for_load_state("load")
    await press(page, "3")
    await expect(page.get_by_role("heading", name="Nothing waits for you here")).to_be_focused()
    await expect(page.locator("#work")).to_contain_text("Asleep until")


async def test_a_queue_is_cleared_by_keyboard_and_the_next_question_is_there_at_once(
    page: Page, quick_desk: Desk
) -> None:
    bookings = [
        payment(1_000 + number, f"Bareinzahlung {number}", name=f"Payer {number:03}", reference=f"H{number}", iban=None)
        for number in range(QUESTIONS)
    ]
    await quick_desk.upload(camt(*bookings))
    await page.goto("/review")
    may_answer = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_answer.wait()
        await route.continue_()

    for number in reversed(range(QUESTIONS)):
        await expect(page.locator("#who")).to_have_text(f"Payer {number:03}")
        await press(page, "i")
        if number == 2:
            await fetched_ahead(page)
            await page.route("**/*", hold)
        await press(page, "Enter")
        if number == 2:
            await expect(page.locator("#who")).to_have_text("Payer 001")  # Though no answer has come.
            may_answer.set()

    await expect(page.get_by_role("heading", name="Nothing waits for you here")).to_be_focused()
    await expect(page.locator("#work")).to_contain_text(f"{QUESTIONS} by you")


async def test_what_is_refused_comes_back_with_its_reason(page: Page, quick_desk: Desk) -> None:
    await quick_desk.upload(camt(STRANGER, UNKNOWN))
    await page.goto("/review")
    await fetched_ahead(page)
    await page.locator("input[name=seen]").first.evaluate("(field) => { field.value = 'another'; }")

    await press(page, "a")

    await expect(page.get_by_role("alert")).to_contain_text("has changed since it was found")
    await expect(page.locator("#who")).to_have_text("Holding X")
    await expect(page.locator("#who")).to_be_focused()


async def test_a_lost_connection_is_said_and_the_question_is_still_there(page: Page, quick_desk: Desk) -> None:
    await quick_desk.upload(camt(STRANGER, UNKNOWN))
    await page.goto("/review")
    await fetched_ahead(page)
    address = page.url
    await page.route("**/accept", lambda route: route.abort())

    await press(page, "a")

    await expect(page.locator("#toasts")).to_contain_text(
        "The gateway does not answer. Nothing was changed; try again."
    )
    await expect(page.locator("#who")).to_have_text("Holding X")
    assert page.url == address
