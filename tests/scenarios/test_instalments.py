"""Instalments: entered on the page of an invoice or by a machine, collected each on its day, refused when wrong."""

import datetime as dt
import re
from pathlib import Path

import pytest

from gateway.domain.access import Right
from gateway.domain.collecting.model import Part
from gateway.domain.collecting.parts import due_parts
from gateway.services.manage_invoices import ItemInUse
from gateway.services.plan_instalments import InvalidInstalments, plan_instalments
from gateway.store.database import Database
from gateway.store.due_items import due_items
from support.desk import Desk, words_of
from support.templates import CopyOf
from support.treasury import Treasury, make_treasury, told_invoice

PARTS = {"due-1": "2026-12-10", "part-1": "40.00", "due-2": "2027-01-11", "part-2": "35.00", "reason": "on the phone"}


async def invoice(desk: Desk) -> str:
    """Return the address of an invoice of 75.00."""
    found = re.search(r'href="(/invoices/\d+)[^"]*">FA-1005', (await desk.clerk.get("/invoices")).text)
    assert found is not None
    return found[1]


async def test_instalments_are_entered_shown_and_taken_back(quiet_desk: Desk) -> None:
    clerk, path = quiet_desk.clerk, await invoice(quiet_desk)

    saved = await clerk.post(f"{path}/instalments", PARTS)
    page = await clerk.get(path)
    gone = await clerk.post(f"{path}/instalments", {"reason": "as a whole"})

    assert (saved.status, gone.status) == (303, 303)
    assert "40.00" in words_of(page.text).partition("Instalments")[2][:60]
    assert 'name="part-2"' in page.text
    assert 'value="35.00"' in page.text
    assert "Due as a whole again." in words_of((await clerk.get(path)).text)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"part-2": "30.00"}, "The instalments come to 70.00", id="less than is open"),
        pytest.param({"due-2": "2026-12-10"}, "Each instalment is due after the one before it", id="the same day"),
        pytest.param({"due-1": "2026-01-10"}, "which is over", id="in the past"),
        pytest.param({"part-2": ""}, "Instalment 2 needs a day and an amount", id="half a row"),
        pytest.param({"due-2": "", "part-2": "", "part-1": "75.00"}, "There are 1 instalments", id="only one"),
        pytest.param({"part-1": "much"}, "is not an amount such as", id="no amount"),
    ],
)
async def test_instalments_that_cannot_be_are_refused_in_words(
    light_desk: Desk, fields: dict[str, str], said: str
) -> None:
    answer = await light_desk.clerk.post(f"{await invoice(light_desk)}/instalments", {**PARTS, **fields})

    assert answer.status == 422
    assert said in words_of(answer.text)
    assert 'value="on the phone"' in answer.text


async def test_a_machine_sets_and_reads_instalments(light_desk: Desk) -> None:
    machine = await light_desk.site.machine(Right.SEE, Right.WORK)
    path = await invoice(light_desk)
    parts = [{"due_date": "2026-12-10", "amount_minor": 4_000}, {"due_date": "2027-01-11", "amount_minor": 3_500}]

    made = await machine.ask("PUT", f"{path}/instalments", json={"instalments": parts, "reason": "on the phone"})
    wrong = await machine.ask("PUT", f"{path}/instalments", json={"instalments": parts[:1], "reason": "on the phone"})

    assert (made.status, made.json()["instalments"]) == (200, parts)
    assert (wrong.status, wrong.json()["code"]) == (422, "invalid_instalments")
    assert (await machine.get(f"{path}/instalments")).json()["instalments"] == parts


async def with_one_customer(database: Database, folder: Path) -> Treasury:
    return await make_treasury(database, folder, customers=1)


@pytest.fixture
async def treasury(copy_of: CopyOf) -> Treasury:
    """A company whose customer owes 100.00."""
    return await copy_of(with_one_customer)


async def plan(treasury: Treasury, number: str, *parts: tuple[dt.date, int]) -> None:
    item = await treasury.item(number)
    async with treasury.work("clara") as work:
        await plan_instalments(work, item_id=item.id, parts=[Part(*part) for part in parts], reason="on the phone")


async def test_what_was_paid_before_is_no_instalment_again(treasury: Treasury) -> None:
    await treasury.add_invoices(told_invoice("FA-9", 9_000))
    await treasury.execute("UPDATE open_item SET settled_minor = 3000 WHERE number = 'FA-9'")
    days = dt.date(2026, 12, 14), dt.date(2027, 1, 14)

    await plan(treasury, "FA-9", (days[0], 2_000), (days[1], 4_000))

    item = await treasury.item("FA-9")
    assert await due(treasury, item.id, days[0]) == [Part(days[0], 2_000)]
    assert await due(treasury, item.id, days[1]) == [Part(days[0], 2_000), Part(days[1], 4_000)]


async def due(treasury: Treasury, item_id: int, until: dt.date) -> list[Part]:
    async with treasury.database.read() as session:
        found = await due_items(session, company_id=treasury.company_id, until_date=until)
    return due_parts(next(one for one in found if one.id == item_id), until)


async def test_no_instalments_while_a_debit_is_in_flight(treasury: Treasury) -> None:
    await treasury.freeze()

    with pytest.raises(ItemInUse):
        await plan(treasury, "FA-1", (dt.date(2026, 12, 14), 1), (dt.date(2027, 1, 14), 1))
    await treasury.add_invoices(told_invoice("GS-9", -9_000))
    with pytest.raises(InvalidInstalments):
        await plan(treasury, "GS-9", (dt.date(2026, 12, 14), 1), (dt.date(2027, 1, 14), 1))
