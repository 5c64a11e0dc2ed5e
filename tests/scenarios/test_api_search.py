"""Search over the API finds what the page finds."""

import pytest

from support.api import Firm
from support.bank import payment

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_text_finds_things_of_each_kind(firm: Firm) -> None:
    await firm.add_customer()
    invoice = await firm.add_invoice("FA-77", 10_000)
    await firm.upload(firm.statement(payment(10_000, "FA-77", reference="BANK-77")))

    by_number = await firm.get("/search?q=fa77")
    by_amount = await firm.get("/search?q=100.00")

    [group] = by_number["groups"]
    assert (group["kind"], group["is_exact"], group["total"]) == ("items", True, 1)
    [found] = group["items"]
    assert (found["id"], found["page"]) == (invoice["id"], f"/invoices/{invoice['id']}")
    assert (found["amount_minor"], found["currency"], found["open_minor"]) == (10_000, "EUR", 0)
    assert {group["kind"] for group in by_amount["groups"]} == {"items", "bank_transactions"}


async def test_another_company_finds_nothing_of_it(firm: Firm, other_firm: Firm) -> None:
    await firm.add_customer()
    await firm.add_invoice("FA-78", 10_000)

    assert await other_firm.get("/search?q=FA-78") == {"groups": []}


async def test_a_text_that_is_too_long_is_refused(firm: Firm) -> None:
    answer = await firm.machine.get(f"/search?q={'x' * 101}")

    assert answer.status in (400, 422)
