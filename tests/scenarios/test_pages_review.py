"""The review queue over HTTP: a clerk clears it, takes one back, and loses nothing when a colleague is quicker."""

import re

import pytest

from gateway.store.allocations import Allocation
from gateway.store.bank_transactions import BankTransaction
from gateway.store.check import broken_invariants
from schemas.states import BankTransactionState, Role
from support.desk import Desk, words_of
from support.web import Answer


@pytest.fixture
def desk(asked_desk: Desk) -> Desk:
    return asked_desk


async def state_of(desk: Desk, path: str) -> BankTransactionState:
    """Return the state of the bank transaction that a page is about."""
    async with desk.site.gateway.database.read() as session:
        row = await session.get(BankTransaction, int(path.rsplit("/", 1)[1]))
    assert row is not None
    return row.state


async def origin_of(desk: Desk, question: str) -> str:
    """Return the address of the bank transaction behind a question."""
    found = re.search(r'href="(/bank-transactions/\d+)"', (await desk.clerk.get(question)).text)
    assert found is not None
    return found[1]


async def item_keys(desk: Desk, question: str, search: str) -> dict[str, str]:
    """Return the keys of the open items that split shows for a search, by number."""
    page = (await desk.clerk.post(f"{question}/split", {"q": search, "do": "look"})).text
    return {number: key for key, number in re.findall(r'for="take-(\d+)">([^<]+)<', page)}


async def test_the_queue_is_grouped_by_reason_with_counts_and_sums(desk: Desk) -> None:
    page = (await desk.clerk.get("/review")).text

    assert "3 to review, 769.90 EUR" in words_of(page)
    groups = re.findall(r'<h2 class="group">(.*?)</h2>', page)
    assert [words_of(group) for group in groups] == [
        "Another payer1 · 250.00 EUR",
        "No known reference2 · 519.90 EUR",
    ]
    assert "<mark>FA-1003</mark>" in (await desk.clerk.get(await desk.question("FA-1003"))).text


async def test_accepting_books_and_goes_on_to_the_next_question(desk: Desk) -> None:
    question = await desk.question("FA-1003")
    origin = await origin_of(desk, question)

    answer = await desk.clerk.post(f"{question}/accept", {"place": "1"})
    history = words_of((await desk.clerk.get(origin)).text)

    assert answer.status == 303
    assert re.fullmatch(r"/review/\d+", answer.location)
    assert answer.location != question
    assert await state_of(desk, origin) is BankTransactionState.ALLOCATED
    assert "Booked by Person 1: explanation accepted" in history
    assert "FA-1003" in history


async def test_a_decision_that_comes_too_late_is_told_who_was_faster(desk: Desk) -> None:
    question = await desk.question("FA-1003")
    colleague = await desk.site.sign_in(Role.CLERK)
    await colleague.post(f"{question}/accept", {"place": "1"})

    late = await desk.clerk.post(f"{question}/accept", {"place": "1"})
    page = await desk.clerk.get(late.location)

    assert late.status == 303
    assert "Person 2 decided this a moment ago; nothing was changed." in page.text


async def test_what_is_no_customer_payment_is_set_aside_with_its_word(desk: Desk) -> None:
    question = await desk.question("Danke")
    origin = await origin_of(desk, question)

    await desk.clerk.post(f"{question}/ignore", {"category": "interest", "account_word": "7100"})

    page = words_of((await desk.clerk.get(origin)).text)
    assert "Set aside as: Interest · account 7100" in page


async def test_a_category_that_is_none_changes_nothing(desk: Desk) -> None:
    question = await desk.question("Danke")

    answer = await desk.clerk.post(f"{question}/ignore", {"category": "lottery"})

    assert answer.status == 422
    assert "Choose what the bank transaction is" in answer.text
    assert await desk.question("Danke") == question


async def test_split_says_the_difference_before_it_books_and_keeps_the_rest_on_account(desk: Desk) -> None:
    question = await desk.question("Sammelzahlung")
    origin = await origin_of(desk, question)
    keys = await item_keys(desk, question, "Beta Handel")
    customers = (await desk.clerk.post(f"{question}/split", {"q": "Beta", "do": "look"})).text
    picked = re.search(r'name="pick" value="(\d+)"', customers)
    assert (keys, picked is not None) == ({}, True)
    choice = {"pick": picked[1]} if picked else {}

    shown = await desk.clerk.post(f"{question}/split", choice)
    keys = {number: key for key, number in re.findall(r'for="take-(\d+)">([^<]+)<', shown.text)}
    form = {"customer": choice["pick"], f"take-{keys['FA-1003']}": "on", f"pay-{keys['FA-1004']}": "100,00"}
    summed = words_of((await desk.clerk.post(f"{question}/split", {**form, "do": "look"})).text)
    rest = words_of((await desk.clerk.post(f"{question}/split", {**form, "rest": "on_account"})).text)
    booked = await desk.clerk.post(f"{question}/split", {**form, "on_account": "100.00", "do": "book"})

    assert set(keys) == {"FA-1003", "FA-1004"}
    assert "Given to items 400.00 EUR Remaining 100.00 EUR" in summed
    assert "Pay 2 items, keep 100.00 EUR on account" in rest
    assert booked.status == 303
    assert await state_of(desk, origin) is BankTransactionState.ALLOCATED
    history = words_of((await desk.clerk.get(origin)).text)
    assert "FA-1004 Beta Handel AG Payment 100.00 EUR" in history
    assert "Kept on account 100.00 EUR" in history


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        pytest.param("400.00", "more than is open", id="more than the invoice"),
        pytest.param("12.3.4", "not an amount", id="no number"),
        pytest.param("", "This does not fit yet", id="nothing chosen"),
    ],
)
async def test_a_split_that_does_not_fit_books_nothing(desk: Desk, amount: str, said: str) -> None:
    question = await desk.question("Sammelzahlung")
    origin = await origin_of(desk, question)
    keys = await item_keys(desk, question, "FA-1003")

    answer = await desk.clerk.post(f"{question}/split", {f"pay-{keys['FA-1003']}": amount, "do": "book"})

    assert answer.status == 422
    assert said in answer.text
    assert await state_of(desk, origin) is BankTransactionState.IN_REVIEW


async def test_what_a_split_leaves_stays_in_the_queue(desk: Desk) -> None:
    question = await desk.question("Sammelzahlung")
    keys = await item_keys(desk, question, "FA-1003")

    answer = await desk.clerk.post(f"{question}/split", {f"take-{keys['FA-1003']}": "on", "do": "book"})
    page = words_of((await desk.clerk.get(question)).text)

    assert answer.location == question
    assert "Still to explain 200.00 EUR" in page


async def undo_last(desk: Desk) -> Answer:
    """Go where u leads."""
    return await desk.clerk.get((await desk.clerk.get("/review/undo")).location)


async def test_undo_says_what_it_takes_back_and_opens_the_question_again(desk: Desk) -> None:
    question = await desk.question("FA-1003")
    origin = await origin_of(desk, question)
    await desk.clerk.post(f"{question}/accept", {"place": "1"})

    said = words_of((await undo_last(desk)).text)
    without_reason = await desk.clerk.post(f"{origin}/undo", {"words": "hm"})
    done = await desk.clerk.post(f"{origin}/undo", {"reason": "wrong", "words": "another customer"})
    history = words_of((await desk.clerk.get(origin)).text)
    again = await desk.clerk.post(f"{origin}/undo", {"reason": "wrong"})

    assert "FA-1003 (Beta Handel AG) is open again by 250.00 EUR" in said
    assert without_reason.status == 422
    assert re.fullmatch(r"/review/\d+", done.location)
    assert done.location != question
    assert "Taken back by Person 1: It was wrong: another customer" in history
    assert again.location == origin
    async with desk.site.gateway.database.read() as session:
        assert [sentence async for sentence in broken_invariants(session)] == []


async def test_undo_of_what_was_set_aside_brings_it_back(desk: Desk) -> None:
    question = await desk.question("Danke")
    await desk.clerk.post(f"{question}/ignore", {"category": "bank_fee"})

    said = words_of((await undo_last(desk)).text)

    assert "It is no longer set aside as: Bank fee" in said


async def test_without_a_decision_of_ones_own_there_is_nothing_to_undo(desk: Desk) -> None:
    answer = await desk.clerk.get("/review/undo")

    assert answer.location == "/review"
    assert "There is no decision of yours to take back." in (await desk.clerk.get("/review")).text


async def test_chosen_questions_are_accepted_and_taken_back_together(desk: Desk) -> None:
    question = await desk.question("FA-1003")
    key = question.rsplit("/", 1)[1]
    origin = await origin_of(desk, question)

    listed = words_of((await desk.clerk.get(f"/review/chosen?id={key}&id=999&id=x")).text)
    accepted = await desk.clerk.post("/review/chosen", [("id", key)])
    batch = re.search(r"/review/batches/(\d+)/undo", (await desk.clerk.get(f"{origin}/undo")).text)

    assert "1 explanation, 250.00 EUR" in listed
    assert accepted.location == "/review"
    assert await state_of(desk, origin) is BankTransactionState.ALLOCATED
    assert batch is None  # One alone needs no button for all.


async def test_nothing_chosen_is_said(desk: Desk) -> None:
    answer = await desk.clerk.post("/review/chosen", [])

    assert answer.location == "/review"
    assert "Nothing was chosen." in (await desk.clerk.get("/review")).text


async def test_a_snoozed_question_is_asleep_until_its_day(desk: Desk) -> None:
    question = await desk.question("Danke")

    await desk.clerk.post(f"{question}/snooze", {"until": "2026-12-01"})
    waiting = words_of((await desk.clerk.get("/review")).text)
    asleep = words_of((await desk.clerk.get("/review?asleep=1")).text)
    wrong_date = await desk.clerk.post(f"{question}/snooze", {"until": "tomorrow"})

    assert "2 to review" in waiting
    assert "until 1 Dec 2026" in asleep
    assert wrong_date.status == 422


async def test_a_comment_and_an_owner_stay_with_the_question(desk: Desk) -> None:
    question = await desk.question("Danke")
    mine = re.search(r'name="user" value="(\d+)"><span>Person 1<', (await desk.clerk.get(question)).text)
    assert mine is not None

    await desk.clerk.post(f"{question}/comment", {"words": "asked Mrs <b>Lang</b>"})
    await desk.clerk.post(f"{question}/assign", {"user": mine[1]})
    page = (await desk.clerk.get(question)).text

    assert "asked Mrs &lt;b&gt;Lang&lt;/b&gt;" in page
    assert "1 to review" in words_of((await desk.clerk.get("/review?mine=1")).text)


async def test_a_viewer_sees_the_queue_and_decides_nothing(desk: Desk) -> None:
    question = await desk.question("FA-1003")
    viewer = await desk.site.sign_in(Role.VIEWER)

    page = await viewer.get(question)
    answer = await viewer.post(f"{question}/accept", {"place": "1"})

    assert page.status == 200
    assert "/accept" not in page.text
    assert answer.status == 403


async def test_the_whole_iban_is_shown_on_demand_and_journaled(desk: Desk) -> None:
    origin = await origin_of(desk, await desk.question("FA-1003"))

    masked = await desk.clerk.get(origin)
    whole = await desk.clerk.post(f"{origin}/iban")

    assert "DE02 **** **** 5030" in masked.text
    assert "DE02 5001" not in masked.text
    assert "DE02 5001 0517 0137 0750 30" in whole.text


async def test_the_end_of_the_queue_says_what_was_done(desk: Desk) -> None:
    for text in ("Danke", "Sammelzahlung", "FA-1003"):
        await desk.clerk.post(f"{await desk.question(text)}/ignore", {"category": "other"})

    page = words_of((await desk.clerk.get("/review")).text)

    assert "Nothing waits for you here" in page
    assert "Answered today 3 3 by you" in page
    assert "Matched by itself, 30 days 100 % 1 of 1 payments, 100 % of the value" in page
    assert "Asleep 0 nothing comes back by itself" in page


async def test_allocations_of_the_day_are_those_that_were_decided(desk: Desk) -> None:
    await desk.clerk.post(f"{await desk.question('FA-1003')}/accept", {"place": "1"})

    async with desk.site.gateway.database.read() as session:
        rows = (await session.execute(Allocation.__table__.select())).all()  # type: ignore[attr-defined]

    assert sorted(row.item_minor for row in rows) == [10_000, 25_000]
