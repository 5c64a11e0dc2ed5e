"""Search over everything through the pages: what each text finds, where one hit leads, and whose data it is."""

import datetime as dt
import re

import pytest

from schemas.states import Role
from support.bank import OUR_IBAN, camt, payment
from support.desk import Desk, words_of

MARKED = payment(
    11_111, "Danke", name="Zorn KG", reference="BANKREF77", end_to_end_id="ZK-0001", mandate_reference="MANDATE-77"
)


@pytest.fixture
def desk(asked_desk: Desk) -> Desk:
    return asked_desk


async def found(desk: Desk, text: str) -> list[str]:
    """Return the names of what a text finds, in order."""
    page = await desk.clerk.get("/search?q=" + text.replace(" ", "+"))
    return re.findall(r'<th scope="row"><a href="[^"]+" data-walk>([^<]+)<', page.text)


async def opened(desk: Desk, text: str) -> str:
    """Return the text of the page that a text opens at once."""
    answer = await desk.clerk.get("/search?q=" + text.replace(" ", "+"))
    assert answer.status == 303
    return words_of((await desk.clerk.get(answer.location)).text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("FA-1002", "FA-1002", id="number"),
        pytest.param("fa1002", "FA-1002", id="number without its marks"),
        pytest.param("C2", "Beta Handel AG", id="customer number"),
        pytest.param("gamma", "Gamma SARL", id="customer name"),
        pytest.param("200.00", "FA-1002", id="amount"),
        pytest.param("200,00 EUR", "FA-1002", id="amount as others write it"),
        pytest.param("R3", "Niemand", id="reference of the bank"),
        pytest.param("statement.xml", "statement.xml", id="file"),
        pytest.param("4937", "Niemand", id="end of a payer's account"),
    ],
)
async def test_the_only_thing_that_is_found_is_opened(desk: Desk, text: str, title: str) -> None:
    assert title in await opened(desk, text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("FA", ["FA-1001", "FA-1002", "FA-1003", "FA-1004", "FA-1005"], id="beginning of a number"),
        pytest.param("003", ["FA-1003"], id="part of a number"),
        pytest.param("100.00", ["FA-1001", "Alpha Werke GmbH"], id="amount of an invoice and of a payment"),
        pytest.param("250.00", ["Holding X"], id="amount of a payment only"),
        pytest.param("a", ["Alpha Werke GmbH", "Beta Handel AG"], id="beginnings of words"),
    ],
)
async def test_what_is_found_stands_in_groups(desk: Desk, text: str, names: list[str]) -> None:
    if len(names) > 1:
        assert await found(desk, text) == names
    else:
        assert names[0] in await opened(desk, text)


async def test_an_open_amount_finds_the_invoice_that_is_paid_in_part(desk: Desk) -> None:
    question = await desk.question("FA-1003")
    await desk.clerk.post(f"{question}/accept", {"place": "1"})

    assert "FA-1003" in await opened(desk, "50.00")


async def test_an_account_finds_the_payments_and_the_customer_that_it_pays_for(desk: Desk) -> None:
    path = (await desk.clerk.get("/search?q=C2")).location
    await desk.clerk.post(f"{path}/accounts", {"iban": "DE02500105170137075030"})

    page = words_of((await desk.clerk.get("/search?q=DE02+5001+0517+0137+0750+30")).text)

    assert "Bank transactions Holding X" in page
    assert "Payers' accounts DE02 **** **** 5030" in page
    assert "Beta Handel AG" in page


async def test_our_own_account_is_found_by_its_end(desk: Desk) -> None:
    answer = await desk.clerk.get(f"/search?q={OUR_IBAN[-4:]}")

    assert answer.location.startswith("/statements?account=")


async def test_more_than_ten_are_counted_and_listed_elsewhere(desk: Desk) -> None:
    for place in range(12):
        form = {"number": f"X-{place:03}", "customer": "C3", "amount": "1.00", "currency": "EUR"}
        await desk.clerk.post("/invoices/new", form)

    page = (await desk.clerk.get("/search?q=x-0")).text
    link = re.search(r'href="(/invoices\?which=all&amp;q=[^"]+)">([^<]+)<', page)
    assert link is not None
    listed = words_of((await desk.clerk.get(link[1].replace("&amp;", "&"))).text)

    assert len(await found(desk, "x-0")) == 10
    assert link[2] == "All 12 in Invoices"
    assert "12 items" in listed


@pytest.mark.parametrize("text", ["", "nothing of ours", "%25", "_", "'; --", "9" * 40])
async def test_what_is_not_found_says_what_can_be_searched_for(desk: Desk, text: str) -> None:
    answer = await desk.clerk.get(f"/search?q={text}")

    assert answer.status == 200
    assert "the IBAN, or its last four characters" in answer.text


async def test_a_viewer_finds_accounts_by_what_he_sees_of_them_only(desk: Desk) -> None:
    viewer = await desk.site.sign_in(Role.VIEWER)

    answers = [(await viewer.get(f"/search?q={text}")).status for text in ("4937", "94937", "594937")]

    assert answers == [303, 200, 200]


async def test_who_may_see_nothing_searches_nothing(desk: Desk) -> None:
    administrator = await desk.site.sign_in(Role.ADMINISTRATOR)

    assert (await administrator.get("/search?q=FA-1001")).status == 403
    assert "/search" not in (await administrator.get("/users")).text


async def test_every_page_has_the_field_and_one_place_for_its_key(desk: Desk) -> None:
    question = await desk.question("FA-1003")

    for path in ("/dashboard", "/invoices", "/customers", "/statements", "/search?q=FA", f"{question}/split"):
        page = (await desk.clerk.get(path)).text
        assert 'action="/search"' in page
        assert page.count('data-key="/"') == 1, path


@pytest.mark.parametrize("text", ["zk-0001", "MANDATE-77", "BANKREF77", "111.11"])
async def test_a_payment_is_found_by_each_of_its_references(desk: Desk, text: str) -> None:
    await desk.upload(camt(MARKED, opening=96_990, number="42", day=dt.date(2026, 11, 17)))

    assert "Zorn KG" in await opened(desk, text)
