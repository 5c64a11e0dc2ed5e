"""The company's own bank accounts over the API."""

import pytest

from gateway.domain.access import Right
from support.api import Firm, german_iban
from support.bank import camt, payment

pytestmark = pytest.mark.asyncio(loop_scope="session")
REASON = {"reason": "We moved to another bank"}


async def test_accounts_are_listed_masked(firm: Firm) -> None:
    [account] = (await firm.get("/bank-accounts"))["items"]

    assert account["account"] == f"{firm.iban[:4]} **** **** {firm.iban[-4:]}"
    assert (account["name"], account["currency"], account["closed_at"]) == ("Main account", "EUR", None)
    assert await firm.get(f"/bank-accounts/{account['id']}") == account


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"account": "DE00370400440000000001"}, "invalid_iban", id="wrong check digits"),
        pytest.param({"account": " - "}, "account_is_empty", id="no letter or digit"),
        pytest.param({"account": "12345678", "currency": "EURO"}, "invalid_body", id="wrong currency"),
        pytest.param({"account": "12345678", "bic": "X"}, "invalid_bic", id="wrong BIC"),
        pytest.param({}, "invalid_body", id="no account"),
    ],
)
async def test_an_account_that_cannot_be_is_refused(firm: Firm, body: dict[str, str], code: str) -> None:
    answer = await firm.machine.post("/bank-accounts", body)

    assert (answer.status, answer.json()["code"]) == (422, code)


async def test_an_account_belongs_to_one_company(firm: Firm, other_firm: Firm) -> None:
    answer = await other_firm.machine.post("/bank-accounts", {"account": firm.iban})

    assert answer.json()["code"] == "account_exists"
    assert firm.iban not in answer.text


async def test_an_account_is_changed_closed_and_opened_again(firm: Firm) -> None:
    path = f"/bank-accounts/{firm.account_id}"

    changed = await firm.machine.ask("PATCH", path, json={"name": "Giro", "report_decides": True})
    closed = await firm.post(f"{path}/close", REASON)
    open_ones = (await firm.get("/bank-accounts?with_closed=false"))["items"]
    twice = await firm.machine.post(f"{path}/close", REASON)
    opened = await firm.post(f"{path}/reopen", REASON)

    assert (changed.json()["name"], changed.json()["report_decides"]) == ("Giro", True)
    assert closed["closed_at"] is not None
    assert open_ones == []
    assert twice.json()["code"] == "account_is_closed"
    assert opened["closed_at"] is None


async def test_another_form_of_the_number_lets_its_statements_in(firm: Firm) -> None:
    written = f"KONTO{firm.company_id}"
    [held] = (await firm.upload(camt(payment(100, "x"), account=written))).json()["statements"]

    changed = await firm.machine.ask("PATCH", f"/bank-accounts/{firm.account_id}", json={"also_written": [written]})
    after = await firm.get(f"/statements/{held['id']}")

    assert changed.status == 200
    assert (held["hold_reason"], after["state"]) == ("unknown_account", "imported")


async def test_keeping_accounts_is_a_right_of_its_own(firm: Firm) -> None:
    clerk = await firm.machine_with(Right.SEE, Right.WORK, Right.IMPORT)

    listed = await clerk.get("/bank-accounts")
    added = await clerk.post("/bank-accounts", {"account": german_iban(8_000_000_000 + firm.company_id)})

    assert (listed.status, added.status) == (200, 403)
