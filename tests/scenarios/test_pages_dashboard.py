"""The first page: first steps on an empty installation, then what waits; and the bank accounts."""

from schemas.states import Role
from support.bank import camt, payment
from support.desk import Desk, open_desk, words_of
from support.web import Site


async def test_an_empty_installation_shows_the_next_step(light_site: Site) -> None:
    clerk = await light_site.sign_in(Role.CLERK)

    start = await clerk.get("/")
    page = (await clerk.get("/dashboard")).text

    assert start.location == "/dashboard"
    assert "First steps" in page
    assert 'href="/imports/customers"' in page


async def test_the_dashboard_says_what_waits_and_how_much_explains_itself(asked_desk: Desk) -> None:
    page = words_of((await asked_desk.clerk.get("/dashboard")).text)

    assert "3 to review" in page
    assert "Another payer 1 250.00 EUR" in page
    assert "Payments 4 1 25 %" in page
    assert "4 entries, 1 matched, 3 to review" in page


async def test_a_statement_that_waits_for_its_account_is_read_when_the_account_is_added(light_site: Site) -> None:
    clerk, keeper = await light_site.sign_in(Role.CLERK), await light_site.sign_in(Role.ADMINISTRATOR)
    desk = await open_desk(light_site)
    other = "DE02100500000054540402"
    await desk.upload(camt(payment(5_000, "x"), account=other))
    held = words_of((await clerk.get("/statements")).text)

    added = await keeper.post("/banks", {"account": other, "name": "Savings"})
    said = (await keeper.get("/banks")).text
    again = await keeper.post("/banks", {"account": other})
    page = words_of((await clerk.get("/statements")).text)

    assert "It is of an account that is not known here" in held
    assert (added.status, again.status) == (303, 422)
    assert "Savings 41" in page
    assert "1 statement that waited for it is read now" in said


async def test_an_account_is_changed_closed_and_opened_again(light_site: Site) -> None:
    keeper = await light_site.sign_in(Role.ADMINISTRATOR)
    await keeper.post("/banks", {"account": "DE89370400440532013000", "name": "Main"})
    page = (await keeper.get("/banks")).text
    path = page.split('action="/banks/')[1].split('"')[0]

    changed = await keeper.post(f"/banks/{path}", {"name": "House bank", "notification_decides": "on"})
    closed = await keeper.post(f"/banks/{path}/close", {"do": "close"})
    twice = await keeper.post(f"/banks/{path}/close", {"do": "close"})
    opened = await keeper.post(f"/banks/{path}/close", {"do": "reopen"})

    assert [answer.status for answer in (changed, closed, twice, opened)] == [303, 303, 422, 303]
    assert "House bank" in (await keeper.get("/banks")).text
