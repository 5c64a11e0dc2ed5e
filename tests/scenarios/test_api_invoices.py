"""Invoices and what else is owed over the API: created, listed, changed or proposed, disputed, cancelled."""

from typing import Any

import pytest

from support.api import INVOICE, Firm
from support.bank import payment

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def patch(firm: Firm, invoice: dict[str, Any], **changes: Any) -> Any:
    return await firm.machine.ask("PATCH", f"/invoices/{invoice['id']}", json=changes)


async def pay(firm: Firm, number: str, amount_minor: int) -> None:
    answer = await firm.upload(firm.statement(payment(amount_minor, number, reference=f"R-{number}")))
    assert answer.status == 201


async def test_an_invoice_is_created_and_read_with_its_history(firm: Firm) -> None:
    await firm.add_customer()
    created = await firm.add_invoice(
        "FA-1", 11_900, issue_date="2026-11-01", discount_basis_points=200, discount_until_date="2026-11-15",
        tax_minor=1_900, text="November",
    )  # fmt: skip
    await pay(firm, "FA-1", 11_900)

    read = await firm.get(f"/invoices/{created['id']}")

    assert (created["state"], created["open_minor"], created["customer_number"]) == ("open", 11_900, "C1")
    assert (read["invoice"]["state"], read["invoice"]["open_minor"]) == ("paid", 0)
    [allocation] = read["allocations"]
    assert (allocation["kind"], allocation["item_minor"], allocation["live"]) == ("payment", 11_900, True)
    assert allocation["bank_transaction_id"] is not None
    [version] = read["versions"]
    assert (version["amount_minor"], version["facts"]["discount_basis_points"]) == (11_900, 200)
    assert read["waiting_changes"] == []


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        pytest.param({"amount_minor": 100.0}, 422, "amount_minor", id="a float"),
        pytest.param({"amount_minor": 2**64}, 422, "amount_minor", id="beyond 64 bits"),
        pytest.param({"kind": "credit_note"}, 422, "amount_minor", id="a credit note above zero"),
        pytest.param({"open_minor": 101}, 422, "open_amount", id="more open than the amount"),
        pytest.param({"customer_number": "C9"}, 404, "C9", id="unknown customer"),
        pytest.param({"number": "FA-0"}, 409, "FA-0", id="number taken"),
    ],
)
async def test_an_invoice_that_cannot_be_is_refused(
    firm: Firm, changes: dict[str, Any], status: int, words: str
) -> None:
    await firm.add_customer()
    await firm.add_invoice("FA-0", 100)

    answer = await firm.machine.post("/invoices", {**INVOICE, "number": "FA-1", "amount_minor": 100, **changes})

    assert answer.status == status
    assert words in answer.text
    assert [line["number"] for line in (await firm.get("/invoices"))["items"]] == ["FA-0"]


async def test_an_amount_in_exponent_form_is_refused(firm: Firm) -> None:
    await firm.add_customer()
    body = '{"number":"FA-1","customer_number":"C1","currency":"EUR","due_date":"2026-11-30","amount_minor":1e3}'

    answer = await firm.machine.ask("POST", "/invoices", data=body, headers={"Content-Type": "application/json"})

    assert (answer.status, answer.json()["faults"][0]["where"]) == (422, "amount_minor")


async def test_items_are_listed_by_what_they_are(firm: Firm) -> None:
    await firm.add_customer()
    other = await firm.add_customer("C2", "Beta Handel AG")
    paid = await firm.add_invoice("FA-1", 10_000, due_date="2026-11-01")
    await firm.add_invoice("FA-2", 20_000, due_date="2026-12-01", customer_number="C2")
    part = await firm.add_invoice("FA-3", 30_000, open_minor=5_000)
    disputed = await firm.add_invoice("FA-4", 40_000)
    gone = await firm.add_invoice("FA-5", 50_000)
    await firm.add_invoice("GS-1", -1_000, kind="credit_note", original_number="FA-4")
    await pay(firm, "FA-1", 10_000)
    await firm.post(f"/invoices/{disputed['id']}/dispute", {"disputed_minor": 100, "reason": "Broken"})
    await firm.post(f"/invoices/{gone['id']}/cancel", {"reason": "Written twice"})

    async def numbers(query: str) -> list[str]:
        return sorted(line["number"] for line in (await firm.get(f"/invoices?{query}"))["items"])

    assert await numbers("state=paid") == [paid["number"]]
    assert await numbers("state=open") == ["FA-2", "GS-1"]
    assert await numbers("state=partly_paid") == [part["number"]]
    assert await numbers("state=disputed") == ["FA-4"]
    assert await numbers("state=cancelled") == ["FA-5"]
    assert await numbers("state=overpaid") == []
    assert await numbers("kind=credit_note") == ["GS-1"]
    assert await numbers(f"customer_id={other['id']}") == ["FA-2"]
    assert await numbers("due_from=2026-12-01") == ["FA-2"]
    assert await numbers("due_to=2026-11-01") == ["FA-1"]
    assert await numbers("search=beta") == ["FA-2"]
    assert await numbers("search=400.00") == ["FA-4"]


async def test_a_change_of_a_free_item_is_applied(firm: Firm) -> None:
    await firm.add_customer()
    invoice = await firm.add_invoice("FA-1", 10_000, text="Old")

    applied = await patch(firm, invoice, amount_minor=9_000, text=None)
    same = await patch(firm, invoice, amount_minor=9_000)

    assert applied.status == 200
    assert (applied.json()["outcome"], applied.json()["invoice"]["amount_minor"]) == ("applied", 9_000)
    assert applied.json()["invoice"]["text"] == ""
    assert same.json()["outcome"] == "unchanged"
    assert [one["position"] for one in (await firm.get(f"/invoices/{invoice['id']}"))["versions"]] == [1, 2]


async def test_a_change_of_a_paid_item_is_proposed_and_decided(firm: Firm) -> None:
    await firm.add_customer()
    part = await firm.add_invoice("FA-1", 10_000, open_minor=4_000)

    proposed = await patch(firm, part, due_date="2026-12-31")
    again = await patch(firm, part, due_date="2026-12-31")
    change_id = proposed.json()["change_id"]
    waiting = (await firm.get("/item-changes"))["items"]
    other = await patch(firm, part, amount_minor=12_000)
    accepted = await firm.post(f"/item-changes/{change_id}/accept", {"reason": "agreed"})
    dismissed = await firm.post(f"/item-changes/{other.json()['change_id']}/dismiss", {})
    late = await firm.machine.post(f"/item-changes/{change_id}/dismiss", {})

    assert (proposed.status, proposed.json()["outcome"]) == (202, "proposed")
    assert again.json()["change_id"] == change_id
    assert [one["id"] for one in waiting] == [change_id]
    assert waiting[0]["changes"] == [{"name": "due_date", "before": "2026-11-30", "after": "2026-12-31"}]
    assert (accepted["state"], accepted["decided_by"]) == ("accepted", "ERP")
    assert dismissed["state"] == "dismissed"
    assert late.status == 409
    read = await firm.get(f"/invoices/{part['id']}")
    assert (read["invoice"]["due_date"], read["invoice"]["amount_minor"]) == ("2026-12-31", 10_000)
    assert (await firm.get("/item-changes"))["items"] == []


async def test_an_item_moves_to_another_customer(firm: Firm) -> None:
    await firm.add_customer()
    other = await firm.add_customer("C2", "Beta Handel AG")
    invoice = await firm.add_invoice("FA-1", 10_000)

    moved = await patch(firm, invoice, customer_id=other["id"])
    nobody = await patch(firm, invoice, customer_id="999")

    assert moved.json()["invoice"]["customer_number"] == "C2"
    assert nobody.status == 404


async def test_a_dispute_and_a_cancellation_have_their_limits(firm: Firm) -> None:
    await firm.add_customer()
    invoice = await firm.add_invoice("FA-1", 10_000)
    part = await firm.add_invoice("FA-2", 10_000, open_minor=1_000)
    dispute, cancel = f"/invoices/{invoice['id']}/dispute", f"/invoices/{invoice['id']}/cancel"

    too_much = await firm.machine.post(dispute, {"disputed_minor": 10_001, "reason": "Broken"})
    disputed = await firm.post(dispute, {"disputed_minor": 2_000, "reason": "Broken"})
    ended = await firm.post(dispute, {"disputed_minor": 0, "reason": "Repaired"})
    in_use = await firm.machine.post(f"/invoices/{part['id']}/cancel", {"reason": "Written twice"})
    cancelled = await firm.post(cancel, {"reason": "Written twice"})
    late = await firm.machine.post(cancel, {"reason": "Written twice"})

    assert too_much.status == 422
    assert (disputed["state"], disputed["disputed_minor"], ended["state"]) == ("disputed", 2_000, "open")
    assert in_use.json()["code"] == "item_in_use"
    assert (cancelled["state"], cancelled["open_minor"]) == ("cancelled", 0)
    assert late.json()["code"] == "item_is_cancelled"
