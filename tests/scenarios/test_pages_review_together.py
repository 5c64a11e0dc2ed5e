"""Two clerks on one queue: each sees the other, nobody books what he did not see, and nothing is lost."""

import datetime as dt
import re

import pytest

from schemas.states import Role
from support.desk import Desk, words_of
from support.web import Browser


@pytest.fixture
def desk(asked_desk: Desk) -> Desk:
    return asked_desk


@pytest.fixture
async def colleague(desk: Desk) -> Browser:
    return await desk.site.sign_in(Role.CLERK)


async def here(browser: Browser, question: str) -> str:
    """Return what the part that renews itself says."""
    return words_of((await browser.get(f"{question}/here", **{"X-Poll": "1"})).text)


async def test_a_colleague_on_the_same_question_is_named_there_and_in_the_list(desk: Desk, colleague: Browser) -> None:
    question = await desk.question("Danke")

    await colleague.get(question)
    page = words_of((await desk.clerk.get(question)).text)
    told = await here(colleague, question)

    assert "Person 2 looks at this question too." in page
    assert "Danke16 Nov Person 2" in page
    assert "Person 1 looks at this question too." in told


async def test_a_question_that_was_only_fetched_ahead_is_looked_at_by_nobody(desk: Desk, colleague: Browser) -> None:
    question = await desk.question("Danke")

    await colleague.get(question, **{"X-Ahead": "1"})

    assert "looks at this question" not in (await desk.clerk.get(question)).text


async def test_who_closed_the_page_is_soon_no_longer_named(desk: Desk, colleague: Browser) -> None:
    question = await desk.question("Danke")
    await colleague.get(question)

    desk.site.clock.now += dt.timedelta(minutes=2)

    assert "looks at this question" not in await here(desk.clerk, question)


async def test_a_decision_of_a_colleague_is_told_while_one_still_reads(desk: Desk, colleague: Browser) -> None:
    question = await desk.question("FA-1003")
    await desk.clerk.get(question)

    await colleague.post(f"{question}/accept", {"place": "1"})

    assert "Decided by Person 2 on" in await here(desk.clerk, question)


async def test_the_part_that_renews_itself_is_no_page_of_its_own(desk: Desk) -> None:
    question = await desk.question("Danke")

    assert (await desk.clerk.get(f"{question}/here")).location == question


async def test_what_was_shown_is_booked_or_nothing(desk: Desk) -> None:
    question = await desk.question("FA-1003")
    page = (await desk.clerk.get(question)).text
    shown = re.findall(r'name="place" value="(\d+)"><input type="hidden" name="seen" value="(\w+)"', page)

    other = await desk.clerk.post(f"{question}/accept", {"place": "0", "seen": "0" * 16})
    same = await desk.clerk.post(f"{question}/accept", {"place": "0", "seen": shown[1][1]})

    assert other.status == 422
    assert "has changed since it was found" in other.text
    assert same.status == 303
    history = words_of((await desk.clerk.get("/invoices?q=FA-1003")).text)
    assert "50.00 EUR" in history


async def test_accepting_together_refuses_what_was_not_listed(desk: Desk) -> None:
    key = (await desk.question("FA-1003")).rsplit("/", 1)[1]

    refused = await desk.clerk.post("/review/chosen", [("id", key), ("seen", f"{key}-{'0' * 16}")])

    assert "Nothing was booked" in refused.text
    assert await desk.question("FA-1003")


async def test_who_looked_up_another_customer_starts_from_an_empty_split(desk: Desk) -> None:
    question = await desk.question("FA-1003")

    probable = words_of((await desk.clerk.get(f"{question}/split")).text)
    other = words_of((await desk.clerk.get(f"{question}/split?other=1")).text)

    assert "Pay FA-1003" in (await desk.clerk.get(f"{question}/split")).text
    assert "FA-1004 Beta Handel AG" in probable
    assert "No open items to choose from" in other


async def test_a_question_sleeps_until_the_day_of_the_button(desk: Desk) -> None:
    question = await desk.question("Danke")

    await desk.clerk.post(f"{question}/snooze", {"nap": "2026-12-01", "until": ""})

    assert "until 1 Dec 2026" in words_of((await desk.clerk.get("/review?asleep=1")).text)
