"""The API of replays: a machine asks what a change of rules would have done."""

from typing import Any

import pytest

from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule
from gateway.services.manage_rules import add_rule
from gateway.store.work import SYSTEM
from schemas.states import RuleAction, TextMatch
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


async def test_a_rule_of_the_company_as_if_it_were_off(firm: Firm) -> None:
    database, now = firm.site.gateway.database, firm.site.clock()
    asked = Conditions(texts=(TextCondition(TextMatch.CONTAINS, "Danke"),))
    async with database.begin(actor=SYSTEM, now=now, company_id=firm.company_id) as work:
        rule = await add_rule(work, rule=UserRule(0, "Thanks", asked, RuleAction.SET_ASIDE))
    await firm.upload(firm.statement(payment(1_990, "Danke")))

    found = await firm.post("/replays", {**DAYS, "without_rules": [str(rule.id)]})

    [effect] = found["effects"]
    assert (effect["effect"], effect["largest"][0]["before"]["outcome"]) == ("lost", "ignored")


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
        pytest.param({"without_rules": ["1"]}, "no_such_rule", id="no rule of the company"),
        pytest.param({"forget_habits": ["1"]}, "no_such_habit", id="no habit"),
        pytest.param({"to_date": "2026-10-31"}, "invalid_body", id="ends before it begins"),
        pytest.param({"from_date": "November"}, "invalid_body", id="no day"),
    ],
)
async def test_what_cannot_be_tried_is_refused(firm: Firm, body: dict[str, Any], code: str) -> None:
    answer = await firm.machine.post("/replays", {**DAYS, **body})

    assert answer.status in (404, 422)
    assert answer.json()["code"] == code, answer.text
