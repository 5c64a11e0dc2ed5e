"""The API of replays: a machine asks what a change of rules would have done."""

from typing import Any

import pytest

from support.api import Firm
from support.bank import payment

pytestmark = pytest.mark.asyncio(loop_scope="session")
DAYS = {"from_date": "2026-11-01", "to_date": "2026-11-30"}


async def test_a_change_is_answered_with_what_it_would_do(firm: Firm) -> None:
    await firm.add_customer()
    invoice = await firm.add_invoice("FA-77", 10_000)
    await firm.upload(firm.statement(payment(10_000, "FA-77")))
    [transaction] = (await firm.get("/bank-transactions"))["items"]

    found = await firm.post("/replays", {**DAYS, "rules": {"book_exact_reference": False}})

    assert (found["bank_transactions"], found["payments"]) == (1, 1)
    assert (found["booked_before"], found["booked_after"], found["unlike"]) == (1, 0, 0)
    [effect] = found["effects"]
    assert (effect["effect"], effect["bank_transactions"], effect["amount_minor"]) == ("lost", 1, 10_000)
    [one] = effect["largest"]
    assert (one["bank_transaction_id"], one["people"]) == (transaction["id"], None)
    settles = [{"item_id": invoice["id"], "number": "FA-77", "minor": 10_000}]
    assert one["before"] == {"outcome": "booked", "word": "exact_reference", "settles": settles}
    assert (one["after"]["outcome"], one["after"]["settles"]) == ("asked", [])


async def test_an_account_is_named_and_a_forgotten_one_books_nothing(firm: Firm) -> None:
    iban = "DE02120300000000202051"
    await firm.add_customer(iban=iban)
    await firm.add_invoice("FA-78", 12_300)
    await firm.upload(firm.statement(payment(12_300, "Danke", iban=iban)))

    found = await firm.post("/replays", {**DAYS, "forget": [iban]})

    assert [effect["effect"] for effect in found["effects"]] == ["lost"]


async def test_another_company_is_not_replayed(firm: Firm, other_firm: Firm) -> None:
    await firm.add_customer()
    await firm.upload(firm.statement(payment(10_000, "FA-79")))

    assert (await other_firm.post("/replays", DAYS))["bank_transactions"] == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"rules": {"colour": 1}}, "no_such_setting", id="no setting"),
        pytest.param({"rules": {"tolerance_minor": True}}, "no_such_value", id="no number"),
        pytest.param({"rules": {"book_partial": 1}}, "no_such_value", id="no flag"),
        pytest.param({"rules": {"tolerance_minor": 99_999}}, "policy_out_of_range", id="beyond its limits"),
        pytest.param({"to_date": "2026-10-31"}, "invalid_body", id="ends before it begins"),
        pytest.param({"from_date": "November"}, "invalid_body", id="no day"),
    ],
)
async def test_what_cannot_be_tried_is_refused(firm: Firm, body: dict[str, Any], code: str) -> None:
    answer = await firm.machine.post("/replays", {**DAYS, **body})

    assert (answer.status, answer.json()["code"]) == (422, code), answer.text
