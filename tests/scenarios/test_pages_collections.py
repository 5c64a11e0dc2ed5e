"""The pages of collections: a clerk plans and freezes, an approver looks and approves, the bank gets the file once."""

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from gateway.services.collect_in_worker import FreezeWanted
from gateway.services.freeze_run import Frozen
from gateway.store.collection_runs import CollectionRun, runs
from gateway.store.columns import table_of
from gateway.store.companies import Company
from gateway.store.mandates import mandates
from gateway.web.pages import collection_runs
from gateway.web.slow_work import SlowWork
from schemas.states import PaymentMethod, Role
from support.databases import Databases
from support.desk import Desk, open_desk, words_of
from support.master_data import customer, german_iban, imported, mandate, table
from support.treasury import CREDITOR, CUSTOMER_COLUMNS, INVOICE_COLUMNS, told_invoice
from support.web import Answer, open_site

DUE = dt.date(2026, 12, 15)


@pytest.fixture
async def desk(databases: Databases, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose customers C8 and C9 pay by direct debit; only C8 has a mandate."""
    async with open_site(databases.fresh_database(tmp_path), tmp_path) as site:
        made = await open_desk(site)
        company = await site.company()
        database = site.gateway.database
        async with database.begin(actor=made_actor(), now=site.clock(), company_id=company.id) as work:
            await work.session.execute(update(table_of(Company)).values(creditor_identifier=CREDITOR))
        rows = [customer(f"C{n}", f"Debit {n} GmbH", payment_method=PaymentMethod.DIRECT_DEBIT) for n in (7, 8, 9)]
        await imported(database, company.id, table(*rows, columns=CUSTOMER_COLUMNS))
        signed = [mandate(f"M-{n}", customer=f"C{n}", iban=german_iban(n)) for n in (7, 8)]
        await imported(database, company.id, *signed)
        invoices = [
            told_invoice("DD-7", 7_000, customer="C7", notified_date=None),
            told_invoice("DD-8", 12_500, customer="C8"),
            told_invoice("DD-9", 9_900, customer="C9"),
        ]
        await imported(database, company.id, table(*invoices, columns=INVOICE_COLUMNS))
        yield made


def made_actor() -> object:
    from gateway.store.work import SYSTEM

    return SYSTEM


async def frozen_run(desk: Desk) -> str:
    answer = await desk.clerk.post("/collections/freeze", {"until": "2026-12-31"})
    assert answer.status == 303, words_of(answer.text)
    return answer.location


async def last_run(desk: Desk) -> CollectionRun:
    async with desk.site.gateway.database.read() as session:
        return (await session.execute(select(CollectionRun).order_by(runs.c.id.desc()).limit(1))).scalar_one()


async def test_the_plan_says_what_will_be_collected_and_what_not_with_the_way_to_mend_it(desk: Desk) -> None:
    page = await desk.clerk.get("/collections?until=2026-12-31")

    said = words_of(page.text)
    assert page.status == 200
    assert "Tue 15 Dec Mon 2 Nov" in said
    assert "14 Dec 2026, 10:00" in said
    assert "Debit 9 GmbH DD-9 15 Dec 2026 99.00 EUR No mandate See the customer" in said
    assert "The debtor was not told" in said
    assert "Collect it in the next run" in said


async def test_a_plan_that_takes_long_says_so_and_is_shown_when_it_is_there(desk: Desk) -> None:
    desk.site.gateway.slow_work = SlowWork(soon_s=0)

    first = await desk.clerk.get("/collections?until=2026-12-31")
    later = await asked_until(desk, "/collections?until=2026-12-31", lambda page: 'id="wait"' not in page.text)

    assert 'data-poll="2"' in first.text
    assert "Looking at what is due" in words_of(first.text)
    assert "Debit 8 GmbH" not in words_of(first.text)
    assert "Tue 15 Dec Mon 2 Nov" in words_of(later.text)


async def test_freezing_that_takes_long_says_how_far_it_is_and_leads_to_its_run(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, may_go_on = desk.site.gateway, asyncio.Event()
    gateway.slow_work, freeze = SlowWork(soon_s=0), gateway.workers.freeze

    async def freeze_slowly(wanted: FreezeWanted) -> Frozen:
        assert wanted.note is not None
        wanted.note.write("writing", 5_000, 100_000)
        await may_go_on.wait()
        return await freeze(wanted)

    monkeypatch.setattr(gateway.workers, "freeze", freeze_slowly)

    answer = await desk.clerk.post("/collections/freeze", {"until": "2026-12-31"})
    again = await desk.clerk.post("/collections/freeze", {"until": "2026-12-31"})
    waiting = await desk.clerk.get("/collections/freezing")
    may_go_on.set()
    done = await asked_until(desk, "/collections/freezing", lambda page: page.status == 303)

    assert [answer.location, again.location] == ["/collections/freezing"] * 2
    assert "Writing the file 5,000 of 100,000" in words_of(waiting.text)
    assert done.location == f"/collections/runs/{(await last_run(desk)).id}"
    assert (await desk.clerk.get("/collections/freezing")).location == "/collections/runs"


async def test_a_run_names_the_first_debits_that_changed_and_says_how_many_there_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = await desk.site.company()
    more = told_invoice("DD-71", 5_000, customer="C7", due_date=dt.date(2026, 12, 17))
    await imported(desk.site.gateway.database, company.id, table(more, columns=INVOICE_COLUMNS))
    path = await frozen_run(desk)
    async with desk.site.gateway.database.begin(actor=made_actor(), now=desk.site.clock()) as work:
        await work.session.execute(update(mandates).values(version=mandates.c.version + 1))
    monkeypatch.setattr(collection_runs, "_TROUBLES_SHOWN", 1)

    page = await desk.clerk.get(path)

    assert "The first 1 of 2; the next are shown once these are decided." in words_of(page.text)
    assert page.text.count('name="collection"') == 1


async def test_freezing_that_takes_long_and_finds_nothing_says_so(desk: Desk) -> None:
    desk.site.gateway.slow_work = SlowWork(soon_s=0)

    await desk.clerk.post("/collections/freeze", {"until": "2026-11-30"})
    page = await asked_until(desk, "/collections/freezing", lambda page: 'id="wait"' not in page.text)

    assert page.status == 422
    assert "Nothing that is due until then can be collected" in words_of(page.text)


async def asked_until(desk: Desk, path: str, is_there: Callable[[Answer], bool]) -> Answer:
    for _ in range(600):
        page = await desk.clerk.get(path)
        if is_there(page):
            return page
        await asyncio.sleep(0.05)
    raise AssertionError(f"{path} still waits")


async def test_a_clerk_decides_that_a_debit_goes_without_a_notice(desk: Desk) -> None:
    page = (await desk.clerk.get("/collections?until=2026-12-31")).text
    key = re.search(r'name="mandate" value="(\d+)"', page)
    assert key is not None

    answer = await desk.clerk.post(
        "/collections/despite-notice",
        {"mandate": key[1], "due_date": "2026-12-15", "until": "2026-12-31", "reason": "told by phone"},
    )

    assert answer.status == 303, words_of(answer.text)
    await frozen_run(desk)
    assert (await last_run(desk)).sum_minor == 19_500


async def test_a_run_goes_from_the_plan_to_the_bank(desk: Desk) -> None:
    path = await frozen_run(desk)
    user = await desk.site.add_user(Role.APPROVER)
    approver = await desk.site.sign_in(Role.APPROVER, user=user)
    page = (await approver.get(f"{path}/approve")).text
    run = await last_run(desk)
    assert run.sha256 in page
    assert "New and changed accounts" in page

    form = {"sha256": run.sha256, "sum": run.sum_minor, "count": run.collection_count}
    await desk.site.clock.pass_time(seconds=60)
    answer = await approver.post(f"{path}/approve", {**form, "code": desk.site.code(user)})
    assert answer.status == 303, words_of(answer.text)
    assert (await desk.clerk.post(f"{path}/file")).status == 409
    await desk.clerk.post(f"{path}/submit")
    file = await desk.clerk.post(f"{path}/file")
    ended = await desk.clerk.post(f"{path}/end", {"outcome": "sent", "proof": "order 4711"})

    assert f"<MsgId>{run.message_id}</MsgId>" in file.text
    assert run.message_id in file.headers["Content-Disposition"]
    assert ended.status == 303
    said = words_of((await desk.clerk.get(path)).text)
    assert "The bank has the file" in said
    assert "order 4711" in said


async def sent_run(desk: Desk) -> str:
    """Bring a run to the bank and return the path of its page."""
    path = await frozen_run(desk)
    user = await desk.site.add_user(Role.APPROVER)
    approver = await desk.site.sign_in(Role.APPROVER, user=user)
    run = await last_run(desk)
    form = {"sha256": run.sha256, "sum": run.sum_minor, "count": run.collection_count}
    await desk.site.clock.pass_time(seconds=60)
    await approver.post(f"{path}/approve", {**form, "code": desk.site.code(user)})
    await desk.clerk.post(f"{path}/submit")
    ended = await desk.clerk.post(f"{path}/end", {"outcome": "sent", "proof": "order 4711"})
    assert ended.status == 303, words_of(ended.text)
    return path


async def test_the_bank_is_asked_not_to_collect_and_the_request_is_a_file_to_hand_out(desk: Desk) -> None:
    path = await sent_run(desk)

    asked = await desk.clerk.post(f"{path}/ask", {"what": "cancel", "cancellation": "CUST"})
    page = (await desk.clerk.get(path)).text
    found = re.search(r'name="sha256" value="([0-9a-f]{64})"', page)
    assert found is not None
    file = await desk.clerk.post(f"{path}/request", {"sha256": found[1]})

    assert asked.status == 303, words_of(asked.text)
    assert "Requests to the bank" in page
    assert "camt.055" in file.text
    assert f"<OrgnlMsgId>{(await last_run(desk)).message_id}</OrgnlMsgId>" in file.text


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({"cancellation": "CUST", "collection": "12 or so"}, id="no debit"),
        pytest.param({"cancellation": "CUST", "collection": "9" * 30}, id="no key"),
        pytest.param({"cancellation": "WHY?"}, id="no reason"),
    ],
)
async def test_a_request_that_is_not_understood_is_about_no_debit_at_all(desk: Desk, form: dict[str, str]) -> None:
    path = await sent_run(desk)

    refused = await desk.clerk.post(f"{path}/ask", {"what": "cancel", **form})

    assert refused.status == 422
    assert "is none that the page offers" in words_of(refused.text)
    assert "Requests to the bank" not in refused.text


async def test_a_clerk_does_not_see_the_approval_and_cannot_send_what_is_not_approved(desk: Desk) -> None:
    path = await frozen_run(desk)

    assert (await desk.clerk.get(f"{path}/approve")).status == 403
    assert (await desk.clerk.post(f"{path}/approve", {"code": "000000"})).status == 403
    assert (await desk.clerk.post(f"{path}/submit")).status == 409


async def test_a_wrong_code_is_refused_on_the_page(desk: Desk) -> None:
    path = await frozen_run(desk)
    approver = await desk.site.sign_in(Role.APPROVER)
    run = await last_run(desk)

    answer = await approver.post(
        f"{path}/approve",
        {"sha256": run.sha256, "sum": run.sum_minor, "count": run.collection_count, "code": "000000"},
    )

    assert answer.status == 422
    assert "The code is not right" in words_of(answer.text)


async def test_a_run_is_discarded_with_a_reason(desk: Desk) -> None:
    path = await frozen_run(desk)

    assert (await desk.clerk.post(f"{path}/discard", {"reason": " "})).status == 422
    answer = await desk.clerk.post(f"{path}/discard", {"reason": "wrong month"})

    assert answer.status == 303
    assert "wrong month" in words_of((await desk.clerk.get(path)).text)
    assert (await desk.clerk.get("/collections/runs")).status == 200
