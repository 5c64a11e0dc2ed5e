"""Audit: the journal in words and pages, the way from an amount to its bytes, and the check on request."""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.services import import_rows
from gateway.store.run_requests import CANCELLATION, REVERSAL
from gateway.store.work import SYSTEM
from gateway.web.views.journal import SENTENCES
from schemas.states import Role
from support.bank import camt, payment
from support.desk import KNOWN, Desk, day_statement, words_of
from support.web import Browser, Site

ROOT = Path(__file__).resolve().parents[2]


def lines_of(page: str) -> list[str]:
    """Return the sentences of the rows on a page."""
    rows = re.findall(r"<tr><td class=\"nowrap\">.*?</td><td>(.*?)</td>", page, re.DOTALL)
    return [words_of(row) for row in rows]


def link_in(page: str, pattern: str) -> str:
    """Return the first address on a page that fits."""
    found = re.search(rf'href="({pattern})"', page)
    assert found is not None, pattern
    return found[1]


def verbs_in_code() -> set[str]:
    """Return the verbs that services and pages write into the journal."""
    found = {importer.verb for importer in import_rows.IMPORTERS.values()}
    for path in (ROOT / "gateway").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            is_said = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "say" and len(node.args) > 1
            if is_said and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found | {"read_file", "refuse_file", CANCELLATION, REVERSAL}  # Chosen where they are said.


def test_every_verb_of_the_journal_has_its_sentence() -> None:
    assert verbs_in_code() == set(SENTENCES)


async def test_each_row_says_who_did_what_to_what(asked_desk: Desk) -> None:
    auditor = await asked_desk.site.sign_in(Role.AUDITOR)
    question = await asked_desk.question("FA-1003")
    await asked_desk.clerk.post(f"{question}/accept", {"place": "1"})

    page = (await auditor.get("/audit")).text

    lines = lines_of(page)
    assert lines[0] == "Person 1 booked Holding X, 250.00 EUR"
    assert "The gateway matched 4 bank transactions" in lines
    assert "Person 1 brought the file statement.xml" in lines
    assert "The gateway added FA-1001" in lines
    assert re.search(r'<a href="/bank-transactions/\d+">Holding X', page)
    assert re.search(r'<a href="/statements/\d+">statement', page)


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        pytest.param("verb=add_account", 1, id="what"),
        pytest.param("about=open_item", 1, id="a kind of thing"),
        pytest.param("who=user:0", 0, id="nobody"),
        pytest.param("verb=add_account&from_date=2026-11-21&until_date=2026-11-21", 1, id="that day"),
        pytest.param("verb=add_account&from_date=2026-11-22", 0, id="later"),
        pytest.param("verb=add_account&until_date=2026-11-20", 0, id="before"),
        pytest.param("verb=add_account&from_date=0001-01-01&until_date=9999-12-31", 1, id="any day there is"),
        pytest.param("about=nothing:1", 0, id="nothing of the kind"),
    ],
)
async def test_filters_live_in_the_address(quiet_desk: Desk, query: str, lines: int) -> None:
    auditor = await quiet_desk.site.sign_in(Role.AUDITOR)

    page = await auditor.get(f"/audit?{query}")

    assert (page.status, len(lines_of(page.text))) == (200, lines)


@pytest.mark.parametrize("query", ["from_date=soon", "cursor=x"])
async def test_an_address_that_makes_no_sense_is_answered_calmly(light_desk: Desk, query: str) -> None:
    auditor = await light_desk.site.sign_in(Role.AUDITOR)

    assert (await auditor.get(f"/audit?{query}")).status == 422


async def test_a_long_journal_comes_in_pages_and_no_row_is_lost(light_desk: Desk) -> None:
    site = light_desk.site
    company_id = (await site.company()).id
    for number in range(60):
        async with site.gateway.database.begin(actor=SYSTEM, now=site.clock(), company_id=company_id) as work:
            work.say("export", f"list {number}")
    auditor = await site.sign_in(Role.AUDITOR)

    first = (await auditor.get("/audit?verb=export")).text
    following = link_in(first, r"/audit\?[^\"]*cursor=[^\"]*").replace("&amp;", "&")
    second = (await auditor.get(following)).text

    assert [len(lines_of(first)), len(lines_of(second))] == [50, 10]
    assert len({*lines_of(first), *lines_of(second)}) == 60


async def test_the_trail_of_a_payment_leads_from_its_file_to_its_last_decision(asked_desk: Desk) -> None:
    auditor = await asked_desk.site.sign_in(Role.AUDITOR)
    question = await asked_desk.question("FA-1003")
    await asked_desk.clerk.post(f"{question}/accept", {"place": "1"})
    transaction = link_in((await auditor.get("/audit")).text, r"/bank-transactions/\d+")
    await asked_desk.clerk.post(f"{transaction}/undo", {"reason": "wrong", "words": "other customer"})

    journal = link_in((await auditor.get(transaction)).text, r"/audit\?about=bank_transaction:\d+")
    page = (await auditor.get(journal)).text

    assert lines_of(page) == [
        "Person 1 took back what was decided on Holding X, 250.00 EUR",
        "Person 1 booked Holding X, 250.00 EUR",
        "The gateway read the file statement.xml",
        "The gateway stored statement 41",
        "Person 1 brought the file statement.xml",
    ]
    assert "It was wrong: other customer" in words_of(page)


async def test_three_clicks_lead_from_an_invoice_to_the_bytes_behind_it(quiet_desk: Desk) -> None:
    await quiet_desk.upload(camt(KNOWN))
    auditor = await quiet_desk.site.sign_in(Role.AUDITOR)
    listed = (await auditor.get("/invoices?which=all&q=FA-1001")).text

    invoice = (await auditor.get(link_in(listed, r"/invoices/\d+"))).text
    transaction = (await auditor.get(link_in(invoice, r"/bank-transactions/\d+"))).text
    file = (await auditor.get(link_in(transaction, r"/statements/files/\d+"))).text

    sha256 = re.search(r"<code>([0-9a-f]{64})</code>", file)
    assert sha256 is not None
    assert "a rule: reference and exact amount" in words_of(invoice)
    assert "Booked by rule: reference and exact amount" in words_of(transaction)
    assert "The text names FA-1001" in words_of(transaction)
    assert sha256[1] in transaction
    assert "Original file" in file


async def test_log_ins_are_shown_of_the_people_of_this_company_only(light_site: Site) -> None:
    user, stranger = await light_site.add_user(Role.CLERK), await light_site.add_user()
    for one in (user, stranger):
        await light_site.browser().log_in(one.login)
    auditor = await light_site.sign_in(Role.AUDITOR)

    assert lines_of((await auditor.get("/audit?access=1")).text) == [f"{user.name} logged in"]


async def test_the_check_says_that_everything_holds_and_is_journaled(asked_desk: Desk) -> None:
    auditor = await asked_desk.site.sign_in(Role.AUDITOR)

    checked = await auditor.post("/audit/check")

    assert checked.status == 200
    assert "Everything holds" in checked.text
    assert lines_of(checked.text)[0] == "Person 2 checked the journal and what must always hold"


async def test_the_check_names_what_was_changed_behind_the_back(asked_desk: Desk) -> None:
    database = asked_desk.site.gateway.database
    async with database._writer.begin() as connection:
        await connection.execute(text("UPDATE bank_transaction SET allocated_minor = 1 WHERE state = 'allocated'"))
    auditor = await asked_desk.site.sign_in(Role.AUDITOR)

    checked = await auditor.post("/audit/check")

    assert "thing does not hold" in checked.text or "things do not hold" in checked.text
    assert "1 of 10000 are allocated" in checked.text


@pytest.mark.parametrize("role", [Role.CLERK, Role.APPROVER, Role.ADMINISTRATOR, Role.VIEWER])
async def test_only_an_auditor_reads_the_journal(light_site: Site, role: Role) -> None:
    browser: Browser = await light_site.sign_in(role)

    answers = [await browser.get("/audit"), await browser.post("/audit/check")]

    assert [answer.status for answer in answers] == [403, 403]


async def test_the_journal_of_another_company_stays_there(light_desk: Desk) -> None:
    await light_desk.upload(day_statement())
    await light_desk.upload(camt(payment(100, "x", reference="R7")))
    auditor = await light_desk.site.sign_in(Role.AUDITOR)
    async with light_desk.site.gateway.database._writer.begin() as connection:
        await connection.execute(text("INSERT INTO company (id, code, name, created_at) "
                                      "VALUES (999999, 'OTHER', 'Other', '2026-11-21T09:00:00.000000+00:00')"))  # fmt: skip
        await connection.execute(text("UPDATE user_role SET company_id = 999999 WHERE role = 'auditor'"))

    page = await auditor.get("/audit")
    about = await auditor.get("/audit?about=bank_transaction:1")

    assert (page.status, lines_of(page.text), lines_of(about.text)) == (200, [], [])
