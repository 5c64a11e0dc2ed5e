"""What was learned, over the API: listed in pages, read with the payments that taught it, switched off, forgotten."""

from typing import Any

import pytest

from support.api import Firm, teach
from support.bank import payment

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def taught(firm: Firm, count: int = 1) -> list[tuple[str, str]]:
    """Teach an account and a habit of some customers by payments nobody knows; return the keys of both."""
    entries = [payment(100 + place, "?", reference=f"R{place}") for place in range(count)]
    assert (await firm.upload(firm.statement(*entries))).status == 201
    transactions = (await firm.get("/bank-transactions"))["items"]
    found: list[tuple[str, str]] = []
    for place, transaction in enumerate(transactions):
        customer = await firm.add_customer(f"C{place}", f"Muster {place} GmbH")
        found.append(await teach(firm, customer["id"], transaction["id"]))
    return found


def facts(shape: dict[str, Any], *names: str) -> list[Any]:
    return [shape[name] for name in names]


async def test_a_habit_is_read_with_the_payments_that_taught_it(firm: Firm) -> None:
    [(_, habit_id)] = await taught(firm)

    habit = await firm.get(f"/learned-habits/{habit_id}")

    assert facts(habit, "kind", "basis_points", "right", "wrong", "right_since_wrong") == ["deducts", 200, 1, 0, 1]
    assert facts(habit, "is_proven", "is_off", "customer_number") == [False, False, "C0"]
    assert [facts(one, "amount_minor", "is_right") for one in habit["payments"]] == [[100, True]]


async def test_a_habit_is_switched_off_and_forgotten(firm: Firm) -> None:
    [(_, habit_id)] = await taught(firm)

    off = await firm.machine.ask("PATCH", f"/learned-habits/{habit_id}", json={"is_off": True})
    left = await firm.post(f"/learned-habits/{habit_id}/forget")
    gone = await firm.machine.get(f"/learned-habits/{habit_id}")

    assert off.json()["is_off"] is True
    assert left["items"] == []
    assert (gone.status, gone.json()["code"]) == (404, "no_such_habit")


async def test_an_account_is_read_masked_marked_as_of_several_and_forgotten(firm: Firm) -> None:
    [(account_id, _)] = await taught(firm)

    account = await firm.get(f"/learned-accounts/{account_id}")
    marked = await firm.post(f"/learned-accounts/{account_id}/mark-collector")
    left = await firm.post(f"/learned-accounts/{account_id}/forget")
    gone = await firm.machine.get(f"/learned-accounts/{account_id}")

    assert facts(account, "iban", "source", "right", "wrong", "is_confirmed", "payments") == [
        "DE02 **** **** 2051", "decision", 1, 0, False, []
    ]  # fmt: skip
    assert marked["is_confirmed"] is False
    assert [one["source"] for one in left["items"]] == ["collector"]
    assert (gone.status, gone.json()["code"]) == (404, "no_such_learned_account")


@pytest.mark.parametrize("path", ["/learned-accounts", "/learned-habits"])
async def test_lists_come_in_pages_without_gap_or_repetition(firm: Firm, path: str) -> None:
    keys = await taught(firm, 5)

    pages = await firm.pages(f"{path}?limit=2")

    wanted = sorted((pair[path == "/learned-habits"] for pair in keys), key=int, reverse=True)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one["id"] for page in pages for one in page] == wanted
