"""The API of mandates and creditors: what is entered, changed and moved, and what waits for a second person."""

from typing import Any

import pytest
import pytest_asyncio

from gateway.domain.access import Right
from support.api import Firm
from support.master_data import german_iban

pytestmark = pytest.mark.asyncio(loop_scope="session")
CREDITOR = {"identifier": "DE98ZZZ09999999999", "name": "Quellbrunn GmbH"}
MANDATE = {"customer_number": "C1", "iban": german_iban(701), "signature_date": "2026-11-02"}


@pytest_asyncio.fixture(loop_scope="session")
async def ready(firm: Firm) -> Firm:
    await firm.add_customer("C1", "Alpha")
    await firm.post("/creditors", CREDITOR, status=201)
    return firm


async def add(firm: Firm, **more: Any) -> Any:
    return await firm.post("/mandates", {**MANDATE, **more}, status=201)


async def change(firm: Firm, path: str, body: Any) -> Any:
    answer = await firm.machine.ask("PATCH", path, json=body)
    assert answer.status == 200, answer.text
    return answer.json()


async def test_a_mandate_is_created_read_and_listed(ready: Firm) -> None:
    made = await add(ready)

    read, listed = await ready.get(f"/mandates/{made['id']}"), await ready.get("/mandates?state=active&search=alpha")

    assert (made["reference"], made["state"], made["debtor_name"]) == ("C1-1", "active", "Alpha")
    assert (made["obstacle"], made["expiry_date"], made["iban"]) == (None, "2029-11-02", german_iban(701).masked)
    assert read == made
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    assert (await ready.get("/mandates?state=draft"))["items"] == []


async def test_a_draft_is_changed_and_signed_and_moves_on(ready: Firm) -> None:
    path = f"/mandates/{(await add(ready, signature_date=None))['id']}"

    changed = await change(ready, path, {"debtor_town": "Bonn", "iban": german_iban(702)})
    signed = await ready.post(f"{path}/sign", {"signature_date": "2026-11-20", "place": "Bonn"})
    held = await ready.post(f"{path}/move", {"to_state": "suspended", "reason": "AC04 von der Bank"})
    wrong = await ready.machine.post(f"{path}/move", {"to_state": "expired", "reason": "einfach so"})

    assert (changed["debtor_town"], changed["iban"]) == ("Bonn", german_iban(702).masked)
    assert (signed["state"], held["obstacle"], wrong.status) == ("active", "suspended", 422)
    assert [one["to_state"] for one in held["moves"]] == ["active", "suspended"]


async def test_another_account_waits(ready: Firm) -> None:
    made = await add(ready)

    body = {"iban": german_iban(703), "reason": "neue Bank"}
    proposed = await ready.post(f"/mandates/{made['id']}/account", body)
    [waiting] = (await ready.get("/protected-changes"))["items"]
    refused = await ready.machine.ask("PATCH", f"/mandates/{made['id']}", json={"iban": german_iban(703)})

    assert (proposed["iban"], proposed["waiting_iban"]) == (german_iban(701).masked, german_iban(703).masked)
    assert (waiting["kind"], waiting["before"]) == ("mandate_iban", german_iban(701).masked)
    assert (refused.status, refused.json()["code"]) == (422, "invalid_mandate")


async def test_who_proposed_another_account_withdraws_it(ready: Firm) -> None:
    made = await add(ready)
    await ready.post(f"/mandates/{made['id']}/account", {"iban": german_iban(703), "reason": "neue Bank"})
    [waiting] = (await ready.get("/protected-changes"))["items"]
    path = f"/protected-changes/{waiting['id']}/withdraw"

    foreign = await (await ready.machine_with(Right.SEE, Right.WORK)).post(path)
    left = await ready.post(path)
    again = await ready.machine.post(path)
    mandate = await ready.get(f"/mandates/{made['id']}")

    assert (foreign.status, foreign.json()["code"]) == (403, "foreign_proposal")
    assert left["items"] == []
    assert (again.status, again.json()["code"]) == (409, "change_decided")
    assert (mandate["iban"], mandate["waiting_iban"]) == (german_iban(701).masked, None)


async def test_a_reference_is_changed_once_per_creditor(ready: Firm) -> None:
    first, second = await add(ready), await add(ready)

    body = {"reference": "NEU-1", "reason": "neues System"}
    changed = await ready.post(f"/mandates/{first['id']}/reference", body)
    taken = await ready.machine.post(f"/mandates/{second['id']}/reference", body)

    assert (changed["reference"], changed["amendments"][0]["original"]) == ("NEU-1", "C1-1")
    assert (taken.status, taken.json()["code"]) == (409, "mandate_exists")


async def test_a_creditor_gets_its_first_account_at_once_and_another_later(ready: Firm) -> None:
    [creditor] = (await ready.get("/creditors"))["items"]
    path = f"/creditors/{creditor['id']}"

    first = await ready.post(f"{path}/account", {"bank_account_id": str(ready.account_id), "reason": "Hausbank"})
    other = await ready.machine.post(f"{path}/account", {"bank_account_id": "1", "reason": "fremdes Konto"})
    await ready.post(f"{path}/identifier", {"identifier": "NL79ZZZ999999990000", "reason": "Umzug"})
    again = await ready.machine.post(f"{path}/identifier", {"identifier": "NL79ZZZ999999990000", "reason": "Umzug"})
    renamed = await ready.machine.ask("PUT", path, json={"name": "Neu GmbH", "town": "Bonn"})

    assert first["bank_account_id"] == str(ready.account_id)
    assert (other.status, again.status, renamed.json()["name"]) == (422, 409, "Neu GmbH")
    assert renamed.json()["identifier"] == CREDITOR["identifier"]


async def test_who_may_only_see_enters_nothing(ready: Firm) -> None:
    viewer = await ready.machine_with(Right.SEE)

    assert (await viewer.get("/mandates")).status == 200
    assert (await viewer.post("/mandates", MANDATE)).status == 403


async def test_what_is_not_there_is_said(ready: Firm) -> None:
    nobody = await ready.machine.post("/mandates", {**MANDATE, "customer_number": "C9"})
    nothing = await ready.machine.get("/mandates/123456")

    assert (nobody.status, nothing.status, nothing.json()["code"]) == (404, 404, "no_such_mandate")
