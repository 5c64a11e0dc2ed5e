"""Rules of the company over the API: what a machine writes is off until a person switches it on."""

from typing import Any

import pytest

from gateway.domain.access import Right
from gateway.services.manage_rules import switch_rule
from gateway.store.work import Actor
from schemas.statement import BankEntry
from support.api import Firm
from support.bank import payment

pytestmark = pytest.mark.asyncio(loop_scope="session")

APPROVER = Actor("user", 8, "Anna Weber")
IBAN = "DE02120300000000202051"
STRIPE = payment(4_990, "STRIPE PAYOUT 81", name="Stripe", iban=IBAN, reference="S1")
FEES = {
    "name": "Stripe fees", "conditions": {"texts": [{"words": "stripe"}], "direction": "in"}, "action": "set_aside",
    "category": "bank_fee", "account_word": "6278",
}  # fmt: skip


async def written(firm: Firm, **changed: Any) -> Any:
    return await firm.post("/matching-rules", FEES | changed, status=201)


async def bring(firm: Firm, *entries: BankEntry) -> None:
    """Upload a statement and wait until it is matched."""
    answer = await firm.upload(firm.statement(*entries))
    assert answer.status in (201, 202), answer.text
    await firm.until(
        "/bank-transactions", lambda read: all(one["state"] != "new" for one in read["items"] or [{"state": "new"}])
    )


async def switched_on(firm: Firm, rule: Any) -> None:
    """Let a person switch a rule on."""
    database, now = firm.site.gateway.database, firm.site.clock()
    async with database.begin(actor=APPROVER, now=now, company_id=firm.company_id) as work:
        await switch_rule(work, rule_id=int(rule["id"]), is_on=True)


async def test_a_rule_is_stored_off_and_read_as_a_sentence(firm: Firm) -> None:
    made = await written(firm)

    assert (made["is_on"], made["place"], made["version"]) == (False, 1, 1)
    assert made["sentence"] == (
        "If the text contains “stripe” and money comes in: it is set aside as “Bank fee”, account 6278."
    )
    assert await firm.get(f"/matching-rules/{made['id']}") == made
    assert (await firm.get("/matching-rules"))["items"] == [made]


async def test_once_a_person_switched_it_on_it_decides_and_is_counted(firm: Firm) -> None:
    made = await written(firm)
    await switched_on(firm, made)

    await bring(firm, STRIPE)
    [transaction] = (await firm.get("/bank-transactions"))["items"]
    history = await firm.get(f"/bank-transactions/{transaction['id']}")

    assert (transaction["state"], transaction["category"]) == ("ignored", "bank_fee")
    assert [(one["id"], one["name"]) for one in history["rules"]] == [(made["id"], "Stripe fees")]
    assert (await firm.get(f"/matching-rules/{made['id']}"))["decided_in_90_days"] == 1


async def test_a_machine_cannot_switch_a_rule_on_but_off(firm: Firm) -> None:
    made = await written(firm)
    path = f"/matching-rules/{made['id']}/switch"

    refused = await firm.machine.post(path, {"is_on": True})
    await switched_on(firm, made)
    off = await firm.post(path, {"is_on": False})

    assert (refused.status, refused.json()["code"]) == (422, "switched_on_by_persons_only")
    assert off["is_on"] is False


async def test_what_a_machine_changes_or_moves_is_off(firm: Firm) -> None:
    first, second = await written(firm), await written(firm, name="second")
    await switched_on(firm, first)
    await switched_on(firm, second)

    changed = await firm.machine.ask(
        "PUT", f"/matching-rules/{first['id']}", json=FEES | {"name": "Fees", "version": 2}
    )
    moved = await firm.post(f"/matching-rules/{second['id']}/move", {"way": "up"})

    assert (changed.status, changed.json()["name"], changed.json()["is_on"]) == (200, "Fees", False)
    assert (moved["place"], moved["is_on"]) == (1, False)
    assert [rule["name"] for rule in (await firm.get("/matching-rules"))["items"]] == ["second", "Fees"]


async def test_a_change_of_what_somebody_changed_meanwhile_is_refused(firm: Firm) -> None:
    made = await written(firm)
    await switched_on(firm, made)

    answer = await firm.machine.ask("PUT", f"/matching-rules/{made['id']}", json=FEES | {"version": 1})

    assert (answer.status, answer.json()["code"]) == (409, "rule_changed_meanwhile")


async def test_an_account_is_answered_masked_and_kept_when_it_is_sent_back_so(firm: Firm) -> None:
    made = await written(firm, conditions={"account": IBAN})

    kept = made["conditions"] | {"direction": "in"}
    changed = await firm.machine.ask(
        "PUT", f"/matching-rules/{made['id']}", json=FEES | {"conditions": kept, "version": 1}
    )
    await switched_on(firm, made)
    await bring(firm, STRIPE)

    assert made["conditions"]["account"] == changed.json()["conditions"]["account"] == "DE02 **** **** 2051"
    assert (await firm.get("/bank-transactions"))["items"][0]["state"] == "ignored"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"conditions": {}}, "invalid_rule", id="fits everything"),
        pytest.param({"action": "customer", "customer_id": "999"}, "invalid_rule", id="a customer of nobody"),
        pytest.param({"conditions": {"texts": [{"how": "regex", "words": "a.*"}]}}, "invalid_body", id="a pattern"),
        pytest.param({"conditions": {"least_minor": 5}}, "invalid_rule", id="an amount without its currency"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused(firm: Firm, changed: dict[str, Any], code: str) -> None:
    answer = await firm.machine.post("/matching-rules", FEES | changed)

    assert (answer.status, answer.json()["code"]) == (422, code)


async def test_a_rule_is_tried_on_what_is_stored(firm: Firm) -> None:
    await bring(firm, STRIPE, payment(1_000, "Miete", reference="S2"))

    tried = await firm.post("/matching-rules/try", FEES | {"months": 24})

    assert (tried["looked_at"], tried["taken"], tried["counts"]) == (2, 1, {"new": 1})
    assert tried["sums_minor"] == {"EUR": 4_990}
    assert [(one["text"], one["verdict"]) for one in tried["examples"]] == [("STRIPE PAYOUT 81", "new")]
    assert (await firm.get("/matching-rules"))["items"] == []


async def test_who_may_only_see_writes_nothing(firm: Firm) -> None:
    reader = await firm.machine_with(Right.SEE)

    answers = [await reader.post("/matching-rules", FEES), await reader.post("/matching-rules/try", FEES)]

    assert [answer.status for answer in answers] == [403, 403]
    assert (await reader.get("/matching-rules")).status == 200
