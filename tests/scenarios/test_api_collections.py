"""The API of collections: a machine plans, freezes and carries the file; a person approves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.domain.access import Right
from gateway.services.manage_accounts import add_account
from gateway.services.manage_company import change_company
from gateway.store.work import SYSTEM
from schemas.states import PaymentMethod, Role
from support.databases import Databases
from support.in_process import HereWorkers
from support.master_data import customer, german_iban, imported, mandate, table
from support.treasury import CREDITOR, CUSTOMER_COLUMNS, INVOICE_COLUMNS, told_invoice
from support.web import Machine, Site, open_site


@pytest.fixture
async def site(databases: Databases, tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(databases.fresh_database(tmp_path), tmp_path) as site:
        site.gateway.workers = HereWorkers(site)
        company = await site.company()
        database = site.gateway.database
        async with database.begin(actor=SYSTEM, now=site.clock(), company_id=company.id) as work:
            await add_account(work, account="DE89370400440532013000")
        async with database.begin(actor=SYSTEM, now=site.clock(), company_id=company.id) as work:
            await change_company(work, name="Beispiel GmbH", creditor_identifier=CREDITOR)
        rows = [customer(f"C{n}", payment_method=PaymentMethod.DIRECT_DEBIT) for n in (1, 2)]
        await imported(database, company.id, table(*rows, columns=CUSTOMER_COLUMNS))
        await imported(database, company.id, mandate("M-1", customer="C1", iban=german_iban(1)))
        invoices = [told_invoice("FA-1", 12_500), told_invoice("FA-2", 9_900, customer="C2")]
        await imported(database, company.id, table(*invoices, columns=INVOICE_COLUMNS))
        yield site


@pytest.fixture
async def machine(site: Site) -> Machine:
    return await site.machine(Right.SEE, Right.WORK)


async def test_the_plan_is_said_in_figures(machine: Machine) -> None:
    plan = (await machine.get("/collections/plan?until=2026-12-31")).json()

    assert (plan["collections"], plan["amount_minor"]) == (1, 12_500)
    assert plan["left_out"] == [{"reason": "no_mandate", "count": 1, "amount_minor": 9_900}]
    assert plan["days"][0]["submit_until"] == "2026-12-14T09:00:00Z"


async def test_a_machine_freezes_and_a_repeated_call_freezes_once(machine: Machine) -> None:
    key = {"Idempotency-Key": "run-december"}
    first = await machine.post("/collection-runs", {"until": "2026-12-31"}, **key)
    again = await machine.post("/collection-runs", {"until": "2026-12-31"}, **key)

    assert (first.status, again.json()) == (201, first.json())
    runs = (await machine.get("/collection-runs")).json()["items"]
    assert [run["state"] for run in runs] == ["frozen"]


async def test_the_file_is_carried_after_a_person_approved_it(site: Site, machine: Machine) -> None:
    made = await machine.post("/collection-runs", {"until": "2026-12-31"})
    path = f"/collection-runs/{made.json()['run_ids'][0]}"
    assert (await machine.get(f"{path}/file")).status == 409
    assert (await machine.post(f"{path}/submit")).status == 409

    run = (await machine.get(path)).json()
    user = await site.add_user(Role.APPROVER)
    approver = await site.sign_in(Role.APPROVER, user=user)
    await site.clock.pass_time(seconds=60)
    form = {"sha256": run["sha256"], "sum": run["amount_minor"], "count": run["collections"], "code": site.code(user)}
    assert (await approver.post(f"/collections/runs/{run['id']}/approve", form)).status == 303

    assert (await machine.post(f"{path}/submit")).status == 200
    assert run["message_id"] in (await machine.get(f"{path}/file")).text
    ended = await machine.post(f"{path}/end", {"outcome": "sent", "proof": "order 4711"})
    assert (ended.json()["state"], ended.json()["by_state"]) == ("submitted", {"submitted": 12_500})


async def test_collections_of_a_run_are_listed_with_masked_accounts(machine: Machine) -> None:
    made = await machine.post("/collection-runs", {"until": "2026-12-31"})

    rows = (await machine.get(f"/collections?run_id={made.json()['run_ids'][0]}")).json()["items"]

    assert [row["amount_minor"] for row in rows] == [12_500]
    assert "****" in rows[0]["account"]


async def test_a_run_is_discarded_with_a_reason(machine: Machine) -> None:
    made = await machine.post("/collection-runs", {"until": "2026-12-31"})
    path = f"/collection-runs/{made.json()['run_ids'][0]}"

    done = await machine.post(f"{path}/discard", {"reason": "wrong month"})

    assert (done.json()["state"], done.json()["discard_reason"]) == ("discarded", "wrong month")


async def test_a_machine_has_no_call_to_approve(site: Site, machine: Machine) -> None:
    made = await machine.post("/collection-runs", {"until": "2026-12-31"})

    assert (await machine.post(f"/collection-runs/{made.json()['run_ids'][0]}/approve")).status == 404
