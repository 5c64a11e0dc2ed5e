"""Announcing on the plan page: a clerk tells debtors, prints the letters, and the plan collects on the day announced."""

import io
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from gateway.domain.access import Right
from gateway.services.manage_company import change_company
from gateway.store.collections import Notice
from gateway.store.parties import parties
from gateway.store.work import SYSTEM
from schemas.states import PaymentMethod, Role
from support.databases import Databases
from support.desk import Desk, open_desk, words_of
from support.mails import mail_server, mailer
from support.master_data import customer, german_iban, imported, mandate, table
from support.treasury import CREDITOR, CUSTOMER_COLUMNS, INVOICE_COLUMNS, told_invoice
from support.web import open_site

PLAN = "/collections?until=2026-12-31"
ALL = {"until": "2026-12-31", "which": "all"}


@pytest.fixture
async def desk(databases: Databases, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with two debits of which nobody was told."""
    async with open_site(databases.fresh_database(tmp_path), tmp_path) as site:
        made = await open_desk(site)
        company, database = await site.company(), site.gateway.database
        async with database.begin(actor=SYSTEM, now=site.clock(), company_id=company.id) as work:
            await change_company(work, name="Beispiel GmbH", creditor_identifier=CREDITOR)
        rows = [customer(f"D{n}", f"Debit {n} GmbH", payment_method=PaymentMethod.DIRECT_DEBIT) for n in (1, 2)]
        await imported(database, company.id, table(*rows, columns=CUSTOMER_COLUMNS))
        signed = [mandate(f"M-{n}", customer=f"D{n}", iban=german_iban(n)) for n in (1, 2)]
        await imported(database, company.id, *signed)
        invoices = [told_invoice(f"DD-{n}", 7_000 * n, customer=f"D{n}", notified_date=None) for n in (1, 2)]
        await imported(database, company.id, table(*invoices, columns=INVOICE_COLUMNS))
        yield made


async def notices(desk: Desk) -> list[Notice]:
    from sqlalchemy import select

    async with desk.site.gateway.database.read() as session:
        return list((await session.execute(select(Notice))).scalars())


async def debits(desk: Desk) -> list[str]:
    """Return what the boxes of the page stand for, in the order of the page."""
    return re.findall(r'name="debit" value="(\d+:[\d-]+)"', (await desk.clerk.get(PLAN)).text)


async def with_mail(desk: Desk, number: str) -> None:
    database, company = desk.site.gateway.database, await desk.site.company()
    async with database.begin(actor=SYSTEM, now=desk.site.clock(), company_id=company.id) as work:
        mail = update(parties).where(parties.c.number == number).values(email="debit@example.org", language="fr")
        await work.session.execute(mail)


async def test_all_are_announced_and_their_letters_printed(desk: Desk) -> None:
    before = words_of((await desk.clerk.get(PLAN)).text)
    answer = await desk.clerk.post("/collections/announce", ALL)
    page = (await desk.clerk.get(answer.location)).text
    path = re.search(r"/collections/announcements/\d+/letters", page)

    assert "2 debits wait only for their notice." in before
    assert "all get a letter to print" in before
    assert answer.status == 303, words_of(answer.text)
    assert "2 debtors told." in words_of(page)
    assert "Tue 15 Dec Sat 21 Nov" in words_of(page)
    assert "wait only for" not in words_of(page)
    assert path is not None
    async with desk.clerk.client.get(desk.site.url + path[0]) as response:
        with zipfile.ZipFile(io.BytesIO(await response.read())) as archive:
            assert archive.namelist() == ["001-D1.pdf", "002-D2.pdf"]
            assert archive.read("001-D1.pdf").startswith(b"%PDF-")


async def test_one_is_chosen_and_its_letter_comes_alone(desk: Desk) -> None:
    boxes = await debits(desk)
    form = [("until", "2026-12-31"), ("which", "chosen"), ("debit", boxes[0])]

    answer = await desk.clerk.post("/collections/announce", form)
    page = (await desk.clerk.get(answer.location)).text

    path = re.search(r"/collections/announcements/\d+/letters", page)
    assert path is not None
    assert await debits(desk) == boxes[1:]
    async with desk.clerk.client.get(desk.site.url + path[0]) as response:
        assert (await response.read()).startswith(b"%PDF-")
    assert (await desk.clerk.get("/collections/announcements/1/letters")).status == 404


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        pytest.param({"until": "2026-12-31", "which": "chosen"}, 422, "Choose the debits", id="none chosen"),
        pytest.param({"which": "all"}, 422, "A day such as", id="no day"),
        pytest.param({**ALL, "which": "chosen", "debit": "7"}, 404, "Not found", id="no such debit"),
        pytest.param({"until": "2026-11-30", "which": "all"}, 409, "waits for a notice only", id="nothing due"),
    ],
)
async def test_what_cannot_be_announced_is_said(desk: Desk, form: dict[str, str], status: int, said: str) -> None:
    answer = await desk.clerk.post("/collections/announce", form)

    assert answer.status == status
    assert said in words_of(answer.text)
    assert await notices(desk) == []


async def test_a_mail_that_fails_is_said_and_the_letters_are_there(desk: Desk) -> None:
    await with_mail(desk, "D1")
    async with mail_server(refuses=True) as server:
        desk.site.gateway.mailer = mailer(server.port)

        answer = await desk.clerk.post("/collections/announce", ALL)

    assert answer.status == 422
    assert "did not take the mail for Debit 1 GmbH" in words_of(answer.text)
    assert "Print the letters" in answer.text
    assert len(await notices(desk)) == 1


async def test_the_mandate_and_the_journal_say_what_the_debtor_was_told(desk: Desk) -> None:
    await with_mail(desk, "D1")
    async with mail_server() as server:
        desk.site.gateway.mailer = mailer(server.port)
        await desk.clerk.post("/collections/announce", ALL)
    mailed = next(one for one in await notices(desk) if one.kind.value == "mail")

    page = words_of((await desk.clerk.get(f"/mandates/{mailed.mandate_id}")).text)
    journal = words_of((await (await desk.site.sign_in(Role.AUDITOR)).get("/audit")).text)

    form = {"csrf": desk.clerk.token}
    path = f"{desk.site.url}/mandates/{mailed.mandate_id}/evidence"
    async with desk.clerk.client.post(path, data=form, headers=desk.clerk.origin) as response:
        evidence = await response.read()
    with zipfile.ZipFile(io.BytesIO(evidence)) as archive:
        kept = archive.read("notice-01.txt").decode()

    assert "To: debit@example.org" in kept
    assert "15 Dec 2026 21 Nov 2026 mail debit@example.org: DD-1 70.00 EUR" in page
    assert "told the debtor of the mandate M-1 of debits to come" in journal
    assert "Préavis" in server.mails[0] or "=?utf-8?" in server.mails[0]


async def test_a_notice_of_another_way_is_written_down(desk: Desk) -> None:
    mandate_id = (await debits(desk))[0].partition(":")[0]
    form = {"until": "2026-12-31", "mandate": mandate_id, "amount": "7000", "kind": "schedule", "day": "2026-12-15"}

    refused = await desk.clerk.post("/collections/told", {**form, "sent": "2026-11-30", "proof": "plan"})
    unproved = await desk.clerk.post("/collections/told", {**form, "sent": "2026-11-02", "proof": ""})
    answer = await desk.clerk.post("/collections/told", {**form, "sent": "2026-11-02", "proof": "plan of May"})

    assert (refused.status, unproved.status, answer.status) == (422, 422, 303)
    assert "Tue 15 Dec Mon 2 Nov" in words_of((await desk.clerk.get(PLAN)).text)
    assert len(await debits(desk)) == 1


async def test_only_who_works_may_announce(desk: Desk) -> None:
    viewer = await desk.site.sign_in(Role.VIEWER)

    assert (await viewer.post("/collections/announce", ALL)).status == 403
    assert "Announce all" not in (await viewer.get(PLAN)).text


async def test_a_machine_announces_and_a_repeated_call_announces_once(desk: Desk) -> None:
    machine = await desk.site.machine(Right.SEE, Right.WORK)
    due = (await debits(desk))[0].split(":")
    one = {"until": "2026-12-31", "debits": [{"mandate_id": due[0], "due_date": due[1]}]}

    first = await machine.post("/collections/announce", one)
    rest = await machine.post("/collections/announce", {"until": "2026-12-31", "only_letters": True})
    again = await machine.post("/collections/announce", {"until": "2026-12-31"})

    assert first.status == 201, first.text
    assert {**first.json(), "id": ""} == {"id": "", "mails": 0, "letters": 1, "waiting": 0, "not_told": []}
    assert (rest.json()["letters"], again.status) == (1, 409)
    plan = (await machine.get("/collections/plan?until=2026-12-31")).json()
    assert (plan["collections"], plan["left_out"]) == (2, [])
