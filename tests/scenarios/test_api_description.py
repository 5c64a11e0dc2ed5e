"""The description of the API: valid, complete, and true of what is answered."""

from typing import Any

import pytest

from gateway.domain.access import Right
from gateway.web.routes import ROUTES
from support.api import Firm
from support.bank import payment
from support.openapi import faults_of, misfits
from support.web import Answer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def description(firm: Firm) -> dict[str, Any]:
    return dict(await firm.get("/openapi.json"))


async def test_the_description_is_valid(firm: Firm) -> None:
    assert faults_of(await description(firm)) == []


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        pytest.param(("openapi",), "3.0.3", "openapi is not 3.1.x", id="older version"),
        pytest.param(("components", "schemas", "Lost"), {"$ref": "#/nowhere"}, "Lost: #/nowhere leads", id="lost"),
        pytest.param(("components", "schemas", "Odd"), {"type": "money"}, "Odd: money is no type", id="no type"),
        pytest.param(("components", "schemas", "Odd"), {"nullable": True}, "Odd: nullable is no", id="of 3.0"),
        pytest.param(("components", "schemas", "Odd"), {"required": ["a"]}, "Odd: a required", id="missing property"),
    ],
)
async def test_the_judge_of_descriptions_finds_faults(
    firm: Firm, path: tuple[str, ...], value: Any, fault: str
) -> None:
    document = await description(firm)
    place = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value

    assert [sentence for sentence in faults_of(document) if sentence.startswith(fault)]


async def test_every_call_is_described_with_its_right(firm: Firm) -> None:
    described = {
        (method.upper(), path): operation
        for path, item in (await description(firm))["paths"].items()
        for method, operation in item.items()
    }

    calls = [route for route in ROUTES if route.is_api]
    assert {(route.method, route.path) for route in calls} == set(described)
    for route in calls:
        operation = described[route.method, route.path]
        assert operation["summary"], route.name
        if route.right is not Right.PUBLIC:
            assert f"`{route.right.value}`" in operation["description"], route.name
        has_key = "Idempotency-Key" in [one["name"] for one in operation["parameters"]]
        assert has_key is route.creates, route.name


async def test_every_creating_call_takes_an_idempotency_key(firm: Firm) -> None:
    creating = {route.path for route in ROUTES if route.is_api and route.creates}

    names = (
        "customers",
        "invoices",
        "bank-accounts",
        "review-items/accept",
        "mandates",
        "creditors",
        "collection-runs",
        "collections/announce",
        "refunds",
        "matching-rules",
    )
    assert creating == {f"/api/v1/{name}" for name in names}


def schema_of(document: dict[str, Any], method: str, path: str, status: int) -> Any:
    answers = document["paths"][f"/api/v1{path}"][method]["responses"]
    return next(iter(answers[str(status)]["content"].values()))["schema"]


async def test_what_is_answered_is_what_is_described(firm: Firm) -> None:
    document = await description(firm)
    customer = await firm.add_customer("C1", "Alpha", iban="DE02120300000000202051")
    invoice = await firm.add_invoice("FA-1", 10_000, open_minor=9_000)
    await firm.machine.ask("PATCH", f"/invoices/{invoice['id']}", json={"due_date": "2026-12-31"})
    file = await firm.upload(firm.statement(payment(100, "?", reference="R1"), payment(200, "FA-1", reference="R2")))
    [statement] = file.json()["statements"]
    [first, *_] = (await firm.get("/review-items"))["items"]
    table = await firm.machine.ask("POST", "/imports/customers", data=b"number,name\nC1,Beta\n")
    days = {"from_date": "2026-11-01", "to_date": "2026-11-30", "rules": {"book_exact_reference": False}}
    read: dict[tuple[str, str], Answer] = {
        ("post", "/imports/customers"): table, ("post", "/statements"): file,
        ("post", "/replays"): await firm.machine.post("/replays", days),
    }  # fmt: skip
    keys = {
        "/customers/{id}": customer["id"], "/invoices/{id}": invoice["id"], "/statements/{id}": statement["id"],
        "/review-items/{id}": first["id"], "/bank-accounts/{id}": str(firm.account_id),
        "/files/{id}": file.json()["id"],
        "/bank-transactions/{id}": (await firm.get("/bank-transactions"))["items"][0]["id"],
    }  # fmt: skip
    for path in ("/customers", "/invoices", "/item-changes", "/statements", "/bank-transactions", "/review-items",
                 "/bank-accounts", "/imports/mappings", "/policy", "/collection-policy", *keys):  # fmt: skip
        read["get", path] = await firm.machine.get(path.replace("{id}", keys.get(path, "")))
    refused = await firm.machine.post("/customers", {"name": 1})

    for (method, path), answer in read.items():
        schema = schema_of(document, method, path, answer.status)
        assert list(misfits(document, schema, answer.json())) == [], path
    problem = {"$ref": "#/components/schemas/Problem"}
    assert list(misfits(document, problem, refused.json())) == []


async def test_people_can_read_it(firm: Firm) -> None:
    page = await firm.machine._browser.get("/api/docs")

    assert page.status == 200
    for path in ("/customers", "/invoices", "/imports/invoices", "/exports/allocations", "/item-changes"):
        assert f"/api/v1{path}" in page.text
