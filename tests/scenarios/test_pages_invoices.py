"""Invoices and customers over HTTP: lists, one item with its history, what a person changes, the ledger."""

import re

import pytest

from schemas.states import Role
from support.desk import Desk, day_statement, words_of


@pytest.fixture
def desk(quiet_desk: Desk) -> Desk:
    return quiet_desk


async def path_of(desk: Desk, number: str) -> str:
    """Return the address of an item."""
    page = (await desk.clerk.get(f"/invoices?which=all&q={number}")).text
    found = re.search(rf'href="(/invoices/\d+)">{number}<', page)
    assert found is not None
    return found[1]


async def customer_path(desk: Desk, name: str) -> str:
    """Return the address of a customer."""
    found = re.search(rf'href="(/customers/\d+)">{name}', (await desk.clerk.get("/customers")).text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        pytest.param("", ["FA-1003", "FA-1001", "FA-1004", "FA-1002", "GS-0001", "FA-1005"], id="open, by due date"),
        pytest.param("?which=overdue", ["FA-1003", "FA-1001"], id="overdue"),
        pytest.param("?kind=credit_note", ["GS-0001"], id="credit notes"),
        pytest.param("?q=beta", ["FA-1003", "FA-1004"], id="by customer"),
        pytest.param("?q=1005&which=all", ["FA-1005"], id="by number"),
        pytest.param("?which=paid", [], id="nothing paid yet"),
        pytest.param(
            "?sort=amount", ["FA-1003", "FA-1002", "FA-1004", "FA-1001", "FA-1005", "GS-0001"], id="by amount"
        ),
    ],
)
async def test_the_list_shows_what_its_address_says(desk: Desk, query: str, numbers: list[str]) -> None:
    page = (await desk.clerk.get(f"/invoices{query}")).text

    assert re.findall(r'href="/invoices/\d+">([^<]+)<', page) == numbers


async def test_the_foot_of_the_list_has_the_sums_of_what_is_filtered(desk: Desk) -> None:
    page = words_of((await desk.clerk.get("/invoices?which=overdue")).text)

    assert "All 2 items of this list 400.00 EUR 400.00 EUR" in page


@pytest.mark.parametrize("query", ["?cursor=nonsense", "?which=lost", "?sort=colour"])
async def test_an_address_that_makes_no_sense_is_answered_calmly(desk: Desk, query: str) -> None:
    assert (await desk.clerk.get(f"/invoices{query}")).status == 422


async def test_an_item_shows_what_settled_it_back_to_the_bank_transaction(desk: Desk) -> None:
    await desk.upload(day_statement())

    page = (await desk.clerk.get(await path_of(desk, "FA-1001"))).text

    assert "paid" in words_of(page)
    assert "Alpha Werke GmbH, 100.00 EUR" in words_of(page)
    assert re.search(r'href="/bank-transactions/\d+"', page)


async def test_a_new_invoice_is_stored_once(desk: Desk) -> None:
    form = {"number": "FA-2000", "customer": "C1", "kind": "invoice", "amount": "1,234.50", "currency": "EUR",
            "issue_date": "2026-11-01", "due_date": "2026-11-30"}  # fmt: skip

    stored = await desk.clerk.post("/invoices/new", form)
    again = await desk.clerk.post("/invoices/new", form)
    page = words_of((await desk.clerk.get(stored.location)).text)

    assert (stored.status, again.status) == (303, 422)
    assert "FA-2000 exists already" in again.text
    assert "Amount 1,234.50 EUR" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"amount": "12.3.4"}, "not an amount", id="no amount"),
        pytest.param({"customer": "C99"}, "There is no customer with the number C99.", id="no customer"),
        pytest.param({"currency": "EURO"}, "not three capital letters", id="no currency"),
        pytest.param({"due_date": "31.11.2026"}, "not a date", id="no date"),
        pytest.param({"number": " "}, "An invoice has a number.", id="no number"),
    ],
)
async def test_a_wrong_invoice_is_shown_again_with_what_is_wrong(
    desk: Desk, changed: dict[str, str], said: str
) -> None:
    form = {"number": "FA-2000", "customer": "C1", "amount": "10", "currency": "EUR"} | changed

    answer = await desk.clerk.post("/invoices/new", form)

    assert answer.status == 422
    assert said in answer.text


async def test_a_change_of_an_item_with_money_is_proposed_and_then_decided(desk: Desk) -> None:
    await desk.upload(day_statement())
    question = await desk.question("FA-1003")
    await desk.clerk.post(f"{question}/accept", {"place": "1"})
    path = await path_of(desk, "FA-1003")
    form = {"customer": "C2", "amount": "320.00", "due_date": "2026-11-01", "issue_date": "2026-10-01"}

    changed = await desk.clerk.post(f"{path}/change", form)
    page = (await desk.clerk.get(path)).text
    change = re.search(rf'action="({path}/changes/\d+)"', page)
    assert change is not None
    applied = await desk.clerk.post(change[1], {"decision": "accept"})
    again = await desk.clerk.post(change[1], {"decision": "dismiss"})

    assert changed.status == 303
    assert "A change is proposed" in page
    assert (applied.status, again.status) == (303, 422)
    assert "Amount 320.00 EUR" in words_of((await desk.clerk.get(path)).text)


async def test_a_free_item_is_changed_at_once_with_a_version(desk: Desk) -> None:
    path = await path_of(desk, "FA-1005")

    await desk.clerk.post(f"{path}/change", {"customer": "C3", "amount": "80.00", "due_date": "2026-12-20"})
    page = words_of((await desk.clerk.get(path)).text)

    assert "Amount 80.00 EUR" in page
    assert page.count("75.00 EUR") == 1  # The version before.


async def test_dispute_credit_note_and_cancellation(desk: Desk) -> None:
    path = await path_of(desk, "FA-1004")

    disputed = await desk.clerk.post(f"{path}/dispute", {"amount": "50", "reason": "broken"})
    too_much = await desk.clerk.post(f"{path}/dispute", {"amount": "500"})
    await desk.clerk.post(f"{path}/dispute", {"amount": ""})
    credited = await desk.clerk.post(f"{path}/credit", {"number": "GS-9", "amount": "20", "issue_date": ""})
    cancelled = await desk.clerk.post(f"{path}/cancel", {"reason": "double"})
    after = await desk.clerk.post(f"{path}/cancel", {"reason": "again"})

    assert [answer.status for answer in (disputed, too_much, credited, cancelled, after)] == [303, 422, 303, 303, 422]
    assert "cancelled" in words_of((await desk.clerk.get(path)).text)
    assert "−20.00 EUR" in words_of((await desk.clerk.get(await path_of(desk, "GS-9"))).text)


async def test_a_customer_has_open_items_a_ledger_and_known_accounts(desk: Desk) -> None:
    await desk.upload(day_statement())
    path = await customer_path(desk, "Alpha Werke GmbH")

    await desk.clerk.post(f"{path}/accounts", {"iban": "DE89 3704 0044 0532 0130 00"})
    added = await desk.clerk.post(f"{path}/accounts", {"iban": "DE02120300000000202051"})
    page = (await desk.clerk.get(path)).text
    forget = re.search(r'name="key" value="(\d+)"', page)
    assert forget is not None
    forgotten = await desk.clerk.post(f"{path}/accounts/forget", {"source": "customer_record", "key": forget[1]})

    words = words_of(page)
    assert "open 175.00 EUR" in words
    assert "Payment FA-1001 −100.00 EUR 175.00 EUR" in words
    assert "DE02 **** **** 2051" in words
    assert (added.status, forgotten.status) == (303, 303)
    assert "None is known" in (await desk.clerk.get(path)).text


async def test_what_a_rule_booked_comes_back_explained_when_it_is_taken_back(desk: Desk) -> None:
    await desk.upload(day_statement())
    path = await customer_path(desk, "Alpha Werke GmbH")
    paid = re.search(r'href="(/bank-transactions/\d+)"', (await desk.clerk.get(path)).text)
    assert paid is not None
    said = words_of((await desk.clerk.get(f"{paid[1]}/undo")).text)

    done = await desk.clerk.post(f"{paid[1]}/undo", {"reason": "wrong"})
    question = words_of((await desk.clerk.get(done.location)).text)

    assert "Decided by The gateway on" in said
    assert "1 explanation · Taken back Pays FA-1001" in question
    assert "FA-1001" not in (await desk.clerk.get("/review/strong")).text  # It is accepted only by itself.


async def test_what_happened_with_a_customer_is_told_the_latest_first(desk: Desk) -> None:
    await desk.upload(day_statement())
    path = await customer_path(desk, "Alpha Werke GmbH")
    await desk.clerk.post(f"{path}/accounts", {"iban": "DE02120300000000202051"})
    paid = re.search(r'href="(/bank-transactions/\d+)"', (await desk.clerk.get(path)).text)
    assert paid is not None
    await desk.clerk.post(f"{paid[1]}/undo", {"reason": "wrong", "words": "other customer"})

    story = words_of((await desk.clerk.get(path)).text).partition("What happened")[2]

    told = (
        "The booking of a payment of 100.00\xa0EUR was taken back: It was wrong: other customer",
        "A payment of 100.00\xa0EUR was booked",
        "FA-1001 over 100.00\xa0EUR was added",
        "The account DE02 **** **** 2051 is known to pay",
        "The customer was added",
    )
    places = [story.find(" ".join(one.split())) for one in told]
    assert -1 not in places, story
    assert places == sorted(places)


async def test_the_ledger_pages_keep_the_running_balance(desk: Desk) -> None:
    for place in range(60):
        await desk.clerk.post(
            "/invoices/new", {"number": f"X-{place:03}", "customer": "C3", "amount": "1.00", "currency": "EUR"}
        )
    path = await customer_path(desk, "Gamma SARL")

    first = (await desk.clerk.get(path)).text
    after = re.search(rf'rel="next" href="({path}[^"]+)"', first)
    assert after is not None
    second = words_of((await desk.clerk.get(after[1].replace("&amp;", "&"))).text)

    assert "Invoice X-059 1.00 EUR 135.00 EUR" in words_of(first)
    assert "Invoice FA-1005 75.00 EUR 75.00 EUR" in second


async def test_the_ledger_shows_the_balance_of_a_past_day(desk: Desk) -> None:
    await desk.upload(day_statement())
    path = await customer_path(desk, "Alpha Werke GmbH")

    before = words_of((await desk.clerk.get(f"{path}?until=2026-11-15")).text)
    after = words_of((await desk.clerk.get(f"{path}?until=2026-11-16")).text)
    long_ago = words_of((await desk.clerk.get(f"{path}?until=2020-01-01")).text)
    no_day = await desk.clerk.get(f"{path}?until=yesterday")

    assert "Balance at the end of 15 Nov 2026: 275.00 EUR" in before
    assert "Payment FA-1001" not in before
    assert "Balance at the end of 16 Nov 2026: 175.00 EUR" in after
    assert "No document and no payment in EUR until then." in long_ago
    assert no_day.status == 422


async def test_a_customer_is_added_and_changed(desk: Desk) -> None:
    added = await desk.clerk.post("/customers/new", {"number": "C9", "name": "Delta <AG>", "country": "de"})
    wrong = await desk.clerk.post("/customers/new", {"number": "C10", "name": "E", "iban": "DE00"})
    nameless = await desk.clerk.post("/customers/new", {"number": "C11", "name": ""})
    changed = await desk.clerk.post(f"{added.location}/change", {"name": "Delta AG", "town": "Ulm", "country": "DE"})
    page = (await desk.clerk.get(added.location)).text

    assert (added.status, wrong.status, nameless.status, changed.status) == (303, 422, 422, 303)
    assert "Delta AG" in page
    assert "DE Ulm" in words_of(page)


async def test_a_viewer_changes_nothing(desk: Desk) -> None:
    viewer = await desk.site.sign_in(Role.VIEWER)
    path = await path_of(desk, "FA-1004")

    answers = [
        await viewer.post("/invoices/new", {}), await viewer.post(f"{path}/cancel", {}),
        await viewer.post("/customers/new", {}), await viewer.get("/imports/invoices"),
    ]  # fmt: skip

    assert [answer.status for answer in answers] == [403] * 4
    assert (await viewer.get(path)).status == 200
