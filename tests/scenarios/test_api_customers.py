"""Customers over the API: created, found, changed, with the accounts that pay for them."""

import pytest

from support.api import Firm

pytestmark = pytest.mark.asyncio(loop_scope="session")

IBAN = "DE02120300000000202051"


async def test_a_customer_is_created_and_read(firm: Firm) -> None:
    created = await firm.add_customer(
        "C1", "  Bäckerei   Süß ", street="Weg 1", country="DE", iban=IBAN, payment_method="transfer"
    )  # fmt: skip

    read = await firm.get(f"/customers/{created['id']}")

    assert read == created
    assert isinstance(read["id"], str)
    assert (read["number"], read["name"], read["country"]) == ("C1", "Bäckerei Süß", "DE")
    assert [(one["iban"], one["source"]) for one in read["ibans"]] == [("DE02 **** **** 2051", "customer_record")]


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        pytest.param({"number": "C1", "name": "Again"}, 409, "C1", id="number taken"),
        pytest.param({"number": "C2"}, 422, "name", id="no name"),
        pytest.param({"number": "C2", "name": "A", "iban": IBAN[:-1] + "2"}, 422, "check digits", id="wrong IBAN"),
        pytest.param({"number": "C2", "name": "A", "bic": "NOBIC"}, 422, "BIC", id="wrong BIC"),
        pytest.param({"number": "C2", "name": "A", "parent_number": "C77"}, 422, "C77", id="unknown parent"),
        pytest.param({"number": "C2", "name": "A", "colour": "red"}, 422, "colour", id="unknown field"),
    ],
)
async def test_a_record_that_cannot_be_is_refused(firm: Firm, body: dict[str, str], status: int, where: str) -> None:
    await firm.add_customer()

    answer = await firm.machine.post("/customers", body)

    assert answer.status == status
    assert where in answer.text
    assert len((await firm.get("/customers"))["items"]) == 1


async def test_an_account_of_ours_is_no_account_of_a_customer(firm: Firm) -> None:
    customer = await firm.add_customer()

    answer = await firm.machine.ask("PUT", f"/customers/{customer['id']}/iban", json={"iban": firm.iban})

    assert (answer.status, answer.json()["code"]) == (422, "invalid_customer")
    assert firm.iban not in answer.text


async def test_a_change_says_only_what_differs(firm: Firm) -> None:
    await firm.add_customer("P1", "Mutter AG")
    customer = await firm.add_customer("C1", "Muster GmbH", street="Weg 1", town="Köln")
    path = f"/customers/{customer['id']}"

    moved = await firm.machine.ask("PATCH", path, json={"street": None, "town": "Bonn", "parent_number": "P1"})
    nameless = await firm.machine.ask("PATCH", path, json={"name": None})
    circle = await firm.machine.ask("PATCH", path, json={"parent_number": "C1"})

    assert (moved.json()["street"], moved.json()["town"], moved.json()["name"]) == ("", "Bonn", "Muster GmbH")
    assert moved.json()["parent_id"] is not None
    assert moved.json()["version"] == 2
    assert (nameless.status, circle.status) == (422, 422)


async def test_the_account_on_the_record_is_replaced_and_taken_off(firm: Firm) -> None:
    customer = await firm.add_customer(iban=IBAN)
    path = f"/customers/{customer['id']}/iban"

    replaced = await firm.machine.ask("PUT", path, json={"iban": "DE02500105170137075030"})
    gone = await firm.machine.ask("PUT", path, json={"iban": None})

    assert [one["iban"] for one in replaced.json()["ibans"]] == ["DE02 **** **** 5030"]
    assert gone.json()["ibans"] == []


async def test_customers_are_found_with_what_is_open(firm: Firm) -> None:
    await firm.add_customer("C1", "Müller & Söhne", town="Köln")
    await firm.add_customer("C2", "Alpha")
    await firm.add_invoice("FA-1", 11_900, due_date="2026-11-01")
    await firm.add_invoice("FA-2", 5_000, due_date="2026-12-24")

    by_name = (await firm.get("/customers?search=MULLER"))["items"]
    owing = (await firm.get("/customers?only_with_open_items=true"))["items"]
    falling = (await firm.get("/customers?sort=number&descending=true"))["items"]

    assert [one["number"] for one in by_name] == ["C1"]
    assert [one["number"] for one in owing] == ["C1"]
    assert [one["number"] for one in falling] == ["C2", "C1"]
    balance = {"currency": "EUR", "open_minor": 16_900, "overdue_minor": 11_900, "item_count": 2}
    assert by_name[0]["balances"] == [balance]
    details = await firm.get(f"/customers/{by_name[0]['id']}")
    assert [one["number"] for one in details["open_items"]] == ["FA-1", "FA-2"]
