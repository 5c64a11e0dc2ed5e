"""The review queue in a real browser, by keyboard alone: item to item without waiting, and the focus is never lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Route, expect

from gateway.domain.matching.model import Policy
from gateway.services.change_policy import change_policy
from gateway.store.work import SYSTEM
from schemas.states import Role
from support.bank import camt, payment
from support.chromium import page_of, page_of_clerk, whole_story
from support.desk import STRANGER, UNKNOWN, Desk, day_statement
from support.figures import IS_WHOLE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]  # The loop of the browser.
QUESTIONS = 100 if IS_WHOLE else 25


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, quick_desk: Desk) -> AsyncIterator[Page]:
    """A page of a clerk; what it says on the console fails the test."""
    said: list[str] = []
    async with page_of_clerk(browser, quick_desk, viewport={"width": 1280, "height": 800}) as opened:
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
    may_answer, ahead = asyncio.Event(), set[str]()
    page.on("requestfinished", lambda request: ahead.add(request.url) if "x-ahead" in request.headers else None)

    async def hold(route: Route) -> None:
        await may_answer.wait()
        await route.continue_()

    for number in reversed(range(QUESTIONS)):
        await expect(page.locator("#who")).to_have_text(f"Payer {number:03}")
        await press(page, "i")
        if number == 2:
            await expect(page.locator("#list li")).to_have_count(3)  # What was decided before is answered,
            following = await page.locator("a[data-next]").evaluate("(link) => link.href")
            while following not in ahead:  # and the next question is there.
                await page.wait_for_event("requestfinished")
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


async def test_two_clerks_see_each_other_and_the_later_decision_is_refused_kindly(
    browser: Browser, page: Page, quick_desk: Desk
) -> None:
    await quick_desk.upload(camt(STRANGER, UNKNOWN))
    await page.goto("/review")
    async with page_of(browser, quick_desk, await quick_desk.site.sign_in(Role.CLERK)) as other:
        # Each is named where the other works.
        await other.goto("/review")
        await expect(other.locator("#here")).to_contain_text("Person 1 looks at this question too.")
        await expect(other.locator("#list li [aria-current=true]")).to_contain_text("Person 1")

        # The colleague is quicker: he is named, his decision stands, and the next question is there.
        await press(other, "a")
        await expect(other.locator("#toasts")).to_contain_text("Accepted.")
        await press(page, "i", "Enter")
        await expect(page.locator("#toasts")).to_contain_text(
            "Person 2 decided this a moment ago; nothing was changed."
        )
        await expect(page.locator("#who")).to_have_text("Niemand")
        await expect(page.locator("#list")).not_to_contain_text("Holding X")

        # Also where he put something together meanwhile.
        await press(page, "s")
        await page.get_by_label("Customer or invoice").fill("FA-1005")
        await page.get_by_label("Pay FA-1005", exact=True).check()
        await expect(page.get_by_role("button", name="Pay 1 item")).to_be_visible()
        await expect(other.locator("#who")).to_have_text("Niemand")
        await press(other, "i", "Enter")
        await expect(other.get_by_role("heading", name="Nothing waits for you here")).to_be_visible()
        await page.get_by_role("button", name="Pay 1 item").click()
        await expect(page.locator("#toasts")).to_contain_text(
            "Person 2 decided this a moment ago; nothing was changed."
        )
        await expect(page.get_by_role("heading", name="Nothing waits for you here")).to_be_visible()


async def test_two_tabs_of_one_clerk_do_not_fight(page: Page, quick_desk: Desk) -> None:
    await quick_desk.upload(camt(STRANGER, UNKNOWN))
    await page.goto("/review")
    tab = await page.context.new_page()
    await tab.goto("/review")
    await press(tab, "a")
    await expect(tab.locator("#toasts")).to_contain_text("Accepted.")

    await press(page, "a")

    await expect(page.locator("#toasts")).to_contain_text("You decided this already.")
    await expect(page.locator("#who")).to_have_text("Niemand")


@whole_story
async def test_a_question_is_given_to_a_colleague_with_a_word(browser: Browser, page: Page, quick_desk: Desk) -> None:
    await quick_desk.upload(camt(STRANGER, UNKNOWN))
    colleague = await quick_desk.site.sign_in(Role.CLERK)
    await page.goto("/review")

    await press(page, "c")
    await page.keyboard.type("is that your customer?")
    await press(page, "Control+Enter")
    await expect(page.locator(".notes")).to_contain_text("is that your customer?")
    await page.locator("summary", has_text="Assign").click()
    await page.get_by_role("radio", name="Person 2").check()
    await page.get_by_role("button", name="Assign").click()
    await expect(page.locator("#list li [aria-current=true]")).to_contain_text("Person 2")

    async with page_of(browser, quick_desk, colleague) as other:
        await other.goto("/review")
        await other.get_by_role("link", name="Mine").click()
        await expect(other.locator("#list li")).to_have_count(1)
        await expect(other.locator("#who")).to_have_text("Holding X")
        await expect(other.locator(".notes")).to_contain_text("Person 1")


async def test_all_strong_ones_are_accepted_with_one_look_and_taken_back_together(page: Page, quick_desk: Desk) -> None:
    company = await quick_desk.site.company()
    async with quick_desk.site.gateway.database.begin(
        actor=SYSTEM, now=quick_desk.site.clock(), company_id=company.id
    ) as work:
        await change_policy(work, policy=Policy(book_exact_reference=False), seen=0, reason="careful")
    await quick_desk.upload(camt(payment(30_000, "FA-1003", reference="S1"), payment(7_500, "FA-1005", reference="S2")))
    await page.goto("/review")

    # What would be booked is listed with count and sum.
    await press(page, "S")
    await expect(page.locator(".head")).to_contain_text("2 explanations, 375.00 EUR")
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.get_by_role("button", name="Accept 2 explanations").click()
    await expect(page.locator("#toasts")).to_contain_text("Accepted 2 explanations together.")
    await expect(page.get_by_role("heading", name="Nothing waits for you here")).to_be_visible()

    # Undo says what it takes back, one or all.
    await page.get_by_role("link", name="Undo my last").click()
    await expect(page.get_by_text("is open again by")).to_be_visible()
    await expect(page.get_by_text("The question comes back into the review queue")).to_be_visible()
    await page.get_by_label("It was a trial").check()
    await page.get_by_role("button", name="Take all 2 that were accepted together back").click()
    await expect(page.locator("#toasts")).to_contain_text("2 questions are open again.")
    await expect(page.locator("#list li")).to_have_count(2)
