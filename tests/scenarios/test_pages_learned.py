"""What was learned, over HTTP: listed with the payments that taught it, switched off, forgotten, and journaled."""

import datetime as dt
import re

import pytest

from schemas.states import Role
from support.bank import DAY, camt, payment
from support.desk import Desk, words_of
from support.web import Browser

GAMMA = "DE02701500000000594937"
LEARNED = "/settings/learned"


@pytest.fixture
async def taught(asked_desk: Desk) -> Desk:
    """A desk whose clerk gave silent money of Gamma to its only invoice."""
    await teach(asked_desk, 1)
    return asked_desk


async def teach(desk: Desk, number: int) -> None:
    entry = payment(1_000 + number, "a conto", name="Gamma SARL", iban=GAMMA, reference=f"G{number}")
    day = DAY + dt.timedelta(days=number)
    await desk.upload(camt(entry, number=str(90 + number), message_id=f"G{number}", day=day))
    question = await desk.question(f"10.{number:02d}")
    page = (await desk.clerk.get(question)).text
    place = next(
        place
        for place, card in re.findall(r'name="place" value="(\d+)"(.*?)(?=name="place"|\Z)', page, re.DOTALL)
        if "oldest items first" in card
    )
    answer = await desk.clerk.post(f"{question}/accept", {"place": place})
    assert answer.status == 303, answer.text


async def first(browser: Browser, path: str, pattern: str) -> str:
    """Return the first address in the list of a page that fits."""
    page = (await browser.get(path)).text
    found = re.search(rf'<main.*?href="({pattern})"', page, re.DOTALL)
    assert found is not None, page
    return found[1]


async def test_what_was_learned_is_listed_with_how_often_it_was_right(taught: Desk) -> None:
    accounts = words_of((await taught.clerk.get(LEARNED)).text)
    habits = words_of((await taught.clerk.get(f"{LEARNED}?which=habits")).text)

    assert "DE02 **** **** 4937 Gamma SARL C3 decisions in review 1 0" in accounts
    assert "Pays the oldest items first Gamma SARL C3 1 0" in habits
    assert "only proposes" in accounts
    assert "only proposes" in habits


async def test_the_rules_that_people_write_are_one_click_away(taught: Desk) -> None:
    page = (await taught.clerk.get(LEARNED)).text

    assert re.search(r'<main.*?<a class="btn" href="/settings/rules">Rules</a>', page, re.DOTALL)
    assert (await taught.clerk.get("/settings/rules")).status == 200


async def test_a_habit_shows_the_payments_that_taught_it_and_what_is_still_missing(taught: Desk) -> None:
    await teach(taught, 2)

    path = await first(taught.clerk, f"{LEARNED}?which=habits", rf"{LEARNED}/habits/\d+")
    page = words_of((await taught.clerk.get(path)).text)
    payment_path = await first(taught.clerk, path, r"/bank-transactions/\d+")

    assert "When it is right 1 more time, it books by itself." in page
    assert page.index("10.02 EUR") < page.index("10.01 EUR")
    assert (await taught.clerk.get(payment_path)).status == 200


async def test_a_habit_is_switched_off_and_on_and_the_journal_says_who(taught: Desk) -> None:
    path = await first(taught.clerk, f"{LEARNED}?which=habits", rf"{LEARNED}/habits/\d+")

    await taught.clerk.post(path, {"what": "off"})
    off = words_of((await taught.clerk.get(path)).text)
    await taught.clerk.post(path, {"what": "on"})
    on = words_of((await taught.clerk.get(path)).text)

    assert "switched off" in off
    assert "It is not asked." in off
    assert "only proposes" in on
    assert "switched a habit of Gamma SARL off or on" in await journal(taught)


async def journal(desk: Desk) -> str:
    auditor = await desk.site.sign_in(Role.AUDITOR)
    return words_of((await auditor.get("/audit")).text)


async def test_what_is_forgotten_is_gone_from_the_list_and_the_customers_page(taught: Desk) -> None:
    habit = await first(taught.clerk, f"{LEARNED}?which=habits", rf"{LEARNED}/habits/\d+")
    account = await first(taught.clerk, LEARNED, rf"{LEARNED}/accounts/\d+")
    customer = await first(taught.clerk, LEARNED, r"/customers/\d+")
    before = words_of((await taught.clerk.get(customer)).text)

    await taught.clerk.post(habit, {"what": "forget"})
    await taught.clerk.post(account, {"what": "forget"})
    after = words_of((await taught.clerk.get(customer)).text)
    told = await journal(taught)

    assert "Pays the oldest items first only proposes 1× right, 0× wrong" in before
    assert "How he usually pays" not in after
    assert [(await taught.clerk.get(path)).status for path in (habit, account)] == [404, 404]
    assert "No account was learned yet" in words_of((await taught.clerk.get(LEARNED)).text)
    assert "No habit was learned yet" in words_of((await taught.clerk.get(f"{LEARNED}?which=habits")).text)
    assert "made a habit of Gamma SARL forgotten" in told
    assert "made an account of Gamma SARL forgotten" in told


async def test_an_account_of_several_only_proposes_from_then_on(taught: Desk) -> None:
    await teach(taught, 2)
    account = await first(taught.clerk, LEARNED, rf"{LEARNED}/accounts/\d+")
    confirmed = words_of((await taught.clerk.get(account)).text)

    await taught.clerk.post(account, {"what": "collector"})
    shared = words_of((await taught.clerk.get(account)).text)

    assert "books by itself" in confirmed
    assert "Right 2×" in confirmed
    assert "only proposes" in shared
    assert "As an account of several it only ever proposes." in shared


async def test_a_decision_that_was_wrong_stays_among_the_payments_of_an_account(taught: Desk) -> None:
    account = await first(taught.clerk, LEARNED, rf"{LEARNED}/accounts/\d+")
    booked = await first(taught.clerk, account, r"/bank-transactions/\d+")
    await taught.clerk.post(f"{booked}/undo", {"reason": "wrong", "words": "of another"})
    forgotten = await taught.clerk.get(account)

    await teach(taught, 2)
    page = (await taught.clerk.get(account)).text

    assert forgotten.status == 404
    assert "Right 1× Wrong 1×" in words_of(page)
    assert re.findall(r">(right|wrong)</span>", page) == ["right", "wrong"]


async def test_who_only_sees_changes_nothing(taught: Desk) -> None:
    viewer = await taught.site.sign_in(Role.VIEWER)
    habit = await first(viewer, f"{LEARNED}?which=habits", rf"{LEARNED}/habits/\d+")
    account = await first(viewer, LEARNED, rf"{LEARNED}/accounts/\d+")

    pages = [(await viewer.get(path)).text for path in (habit, account)]
    refused = [(await viewer.post(path, {"what": "forget"})).status for path in (habit, account)]

    assert not any("Forget" in words_of(page).split() for page in pages)
    assert refused == [403, 403]


async def test_the_list_of_one_customer_has_nothing_of_another(taught: Desk) -> None:
    other = await first(taught.clerk, "/customers?q=Alpha", r"/customers/\d+")

    page = words_of((await taught.clerk.get(f"{LEARNED}?customer={other.rsplit('/', 1)[1]}")).text)

    assert "Alpha Werke GmbH ×" in page
    assert "Gamma" not in page
