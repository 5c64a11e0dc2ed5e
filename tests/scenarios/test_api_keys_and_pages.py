"""What holds for every resource: calls that may be repeated, and lists that are read to their end."""

import asyncio
import datetime as dt
from typing import Any

import pytest
import pytest_asyncio

from support.api import INVOICE, Firm, open_firm
from support.bank import DAY, payment
from support.web import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEY = {"Idempotency-Key": "key-1"}
NEW = [
    pytest.param("/customers", {"number": "C7", "name": "Neu"}, {"number": "C7", "name": "Anders"}, id="customer"),
    pytest.param(
        "/invoices", {**INVOICE, "number": "FA-7", "amount_minor": 700},
        {**INVOICE, "number": "FA-7", "amount_minor": 701}, id="invoice",
    ),
    pytest.param("/bank-accounts", {"account": "KONTO"}, {"account": "KONTO", "name": "Giro"}, id="bank account"),
]  # fmt: skip


def own(firm: Firm, body: dict[str, Any]) -> dict[str, Any]:
    """Return a body for this company only: an account number belongs to one."""
    return body | ({"account": f"{body['account']}{firm.company_id}K"} if "account" in body else {})


@pytest.mark.parametrize(("path", "body", "other"), NEW)
async def test_the_same_key_and_body_get_the_same_answer(
    firm: Firm, path: str, body: dict[str, Any], other: dict[str, Any]
) -> None:
    await firm.add_customer()

    first = await firm.machine.post(path, own(firm, body), **KEY)
    again = await firm.machine.post(path, own(firm, body), **KEY)
    changed = await firm.machine.post(path, own(firm, other), **KEY)
    listed = (await firm.get(path))["items"]

    assert (first.status, again.status, again.text) == (201, 201, first.text)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (changed.status, changed.json()["code"]) == (422, "idempotency_key_reused")
    assert [one["id"] for one in listed].count(first.json()["id"]) == 1


@pytest.mark.parametrize(("path", "body", "other"), NEW)
async def test_parallel_calls_with_one_key_happen_once(
    firm: Firm, path: str, body: dict[str, Any], other: dict[str, Any]
) -> None:
    await firm.add_customer()
    before = len((await firm.get(path))["items"])

    answers = await asyncio.gather(*[firm.machine.post(path, own(firm, body), **KEY) for _ in range(12)])

    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.text for answer in answers if answer.status == 201}) == 1
    assert {answer.json()["code"] for answer in answers if answer.status == 409} <= {"in_progress"}
    assert len((await firm.get(path))["items"]) == before + 1


async def test_a_refused_call_gives_its_key_back(firm: Firm) -> None:
    body = {**INVOICE, "number": "FA-7", "amount_minor": 700}

    early = await firm.machine.post("/invoices", body, **KEY)
    await firm.add_customer()
    late = await firm.machine.post("/invoices", body, **KEY)

    assert (early.status, late.status) == (404, 201)


async def test_a_key_belongs_to_its_caller(firm: Firm, other_firm: Firm) -> None:
    body = {"number": "C7", "name": "Neu"}

    answers = [await one.machine.post("/customers", body, **KEY) for one in (firm, other_firm)]

    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


async def test_without_keys_parallel_calls_make_one_of_each_number(firm: Firm) -> None:
    await firm.add_customer()
    body = {**INVOICE, "number": "FA-7", "amount_minor": 700}

    answers = await asyncio.gather(*[firm.machine.post("/invoices", body) for _ in range(12)])

    assert sorted(answer.status for answer in answers) == [201] + [409] * 11


async def test_many_calls_at_once_are_all_served(firm: Firm) -> None:
    await firm.add_customer()
    bodies = [
        {**INVOICE, "number": f"FA-{number}", "amount_minor": 100 + number} for number in range(60)
    ]  # Thrice the pool.

    answers = await asyncio.gather(*[firm.machine.post("/invoices", body) for body in bodies])

    assert {answer.status for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 60


_filled: dict[str, Firm] = {}  # A company for each gateway, filled once: reading changes nothing.


@pytest_asyncio.fixture(loop_scope="session")
async def full(api_site: Site) -> Firm:
    """A company with seven of everything."""
    if api_site.url not in _filled:
        firm = _filled[api_site.url] = await open_firm(api_site)
        await fill(firm)
    return _filled[api_site.url]


async def fill(firm: Firm) -> None:
    bodies: list[tuple[str, bytes]] = []
    rows = "\n".join(f"C{n},{'Same name' if n < 4 else f'Name {n}'}" for n in range(7))
    bodies.append(("/imports/customers", f"number,name\n{rows}\n".encode()))
    header = "number,customer_number,due_date,currency,amount,open_amount"
    due = ["2026-11-30", "2026-11-30", "", "", "2026-12-01", "2026-12-02", "2026-12-02"]
    lines = [f"FA-{n},C{n},{due[n]},EUR,{100 + n % 3}.00,50.00,2026-11-01" for n in range(7)]
    table = "\n".join([f"{header},issue_date", *lines]) + "\n"
    bodies.append(("/imports/invoices", table.encode()))
    for number in range(7):
        day = DAY + dt.timedelta(days=number)
        entry = payment(9_000 + number % 2, f"unknown {number}", reference=f"R{number}", name=None, iban=None, day=day)
        opening = 10_000 + 9_000 * number + number // 2
        data = firm.statement(entry, number=str(50 + number), opening=opening, message_id=f"M{number}", day=day)
        bodies.append(("/statements", data))
    for path, body in bodies:
        assert (await firm.machine.ask("POST", path, data=body)).status in {200, 201}
    for line in (await firm.get("/invoices"))["items"]:
        await firm.machine.ask("PATCH", f"/invoices/{line['id']}", json={"due_date": "2027-01-31"})


@pytest.mark.parametrize(
    "path",
    [
        "/customers", "/customers?sort=number", "/customers?descending=true", "/invoices", "/invoices?descending=true",
        "/invoices?sort=number", "/invoices?sort=amount&descending=true", "/invoices?sort=entered",
        "/invoices?state=partly_paid", "/statements", "/bank-transactions", "/review-items", "/review-items?sort=age",
        "/item-changes",
    ],
)  # fmt: skip
@pytest.mark.parametrize("limit", [1, 3])
async def test_a_list_is_read_to_its_end_without_doubles(full: Firm, path: str, limit: int) -> None:
    mark = "&" if "?" in path else "?"
    whole = [one["id"] for one in (await full.get(path))["items"]]

    pages = await full.pages(f"{path}{mark}limit={limit}")

    assert [one["id"] for page in pages for one in page] == whole
    assert len(whole) >= 5
    assert all(len(page) == limit for page in pages[:-1])


async def test_a_cursor_belongs_to_its_list(full: Firm) -> None:
    cursor = (await full.get("/customers?limit=1"))["next_cursor"]

    answers = [await full.machine.get(f"{path}cursor={cursor}") for path in ("/invoices?sort=amount&", "/statements?")]

    assert [answer.status for answer in answers] == [422, 400]
