"""The pages of refunds: proposed out of what is kept, approved by another person, sent in a run of their own."""

import re

import pytest

from gateway.domain.access import Right
from schemas.states import Role
from support.desk import Desk, words_of
from support.treasury import CREDITOR
from support.web import Browser

IBAN = "DE02 1203 0000 0000 2020 51"
FIELDS = {"amount": "25.00", "account": "other", "iban": IBAN, "reason": "he asked for it", "remittance": "GS-0001"}


async def credit_note(desk: Desk) -> str:
    """Return the address of the credit note of 25.00."""
    page = (await desk.clerk.get("/invoices?kind=credit_note")).text
    found = re.search(r'href="(/invoices/\d+)">GS-0001', page)
    assert found is not None
    return found[1]


async def proposed(desk: Desk) -> str:
    """Propose the refund, and return its address."""
    answer = await desk.clerk.post(f"{await credit_note(desk)}/refund", FIELDS)
    assert answer.status == 303, words_of(answer.text)
    found = re.search(r'action="(/refunds/\d+)/cancel"', (await desk.clerk.get("/refunds")).text)
    assert found is not None
    return found[1]


async def name_account(desk: Desk) -> None:
    """Say from which account refunds are paid."""
    keeper = await desk.site.sign_in(Role.ADMINISTRATOR)
    account = re.search(r'<option value="(\d+)">Main account', (await keeper.get("/settings/creditors")).text)
    assert account is not None
    form = {"identifier": CREDITOR, "name": "Beispiel GmbH", "account": account[1]}
    assert (await keeper.post("/settings/creditors", form)).status == 303


async def approve_run(desk: Desk, run: str) -> str:
    user = await desk.site.add_user(Role.APPROVER)
    browser = await desk.site.sign_in(user=user)
    page = (await browser.get(f"{run}/approve")).text
    seen = dict(re.findall(r'type="hidden" name="(sha256|sum|count)" value="(\w+)"', page))
    assert (await browser.post(f"{run}/approve", {**seen, "code": desk.site.code(user)})).status == 303
    return words_of(page)


async def test_a_refund_is_proposed_approved_and_sent_by_forms(quiet_desk: Desk) -> None:
    desk, approver = quiet_desk, await quiet_desk.site.sign_in(Role.APPROVER)
    await name_account(desk)

    item = await credit_note(desk)
    offered = words_of((await desk.clerk.get(item)).text)
    refund = await proposed(desk)
    listed = words_of((await approver.get("/refunds")).text)
    approved = await approver.post(f"{refund}/approve")
    frozen = await desk.clerk.post("/refunds/freeze")
    shown = await approve_run(desk, frozen.location)
    assert (await desk.clerk.post(f"{frozen.location}/submit")).status == 303
    file = (await desk.clerk.post(f"{frozen.location}/file")).text
    await desk.clerk.post(f"{frozen.location}/end", {"outcome": "sent", "proof": "order 4711"})
    run = words_of((await desk.clerk.get(frozen.location)).text)

    assert "Pay it back" in offered
    assert "typed by a person, not known from elsewhere" in listed
    assert (approved.status, frozen.status) == (303, 303)
    assert "Alpha Werke GmbH DE02" in shown
    assert '<InstdAmt Ccy="EUR">25.00</InstdAmt>' in file
    assert "Alpha Werke GmbH" in run
    assert "The bank has the file." in run
    assert "at the bank" in words_of((await desk.clerk.get("/refunds?which=sent")).text)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        pytest.param({"amount": "25.01"}, 422, "2500 cents can be paid back", id="more than is kept"),
        pytest.param({"amount": "much"}, 422, "is not an amount such as", id="no amount"),
        pytest.param({"iban": ""}, 422, "Not saved yet: see the fields that are marked", id="no account"),
    ],
)
async def test_what_cannot_be_paid_back_is_refused_in_words(
    light_desk: Desk, fields: dict[str, str], status: int, said: str
) -> None:
    answer = await light_desk.clerk.post(f"{await credit_note(light_desk)}/refund", {**FIELDS, **fields})

    assert answer.status == status
    assert said in words_of(answer.text)
    assert 'value="he asked for it"' in answer.text


async def test_an_account_that_is_known_is_offered_with_where_it_is_known_from(light_desk: Desk) -> None:
    item = await credit_note(light_desk)
    customer = re.search(r"/customers/\d+", (await light_desk.clerk.get(item)).text)
    assert customer is not None
    await light_desk.clerk.post(f"{customer[0]}/accounts", {"iban": IBAN})

    page = (await light_desk.clerk.get(f"{item}/refund")).text
    account = re.search(r'name="account" value="(\d+)"', page)
    assert account is not None
    await light_desk.clerk.post(f"{item}/refund", {**FIELDS, "account": account[1], "iban": ""})

    assert "known from:" in words_of(page)
    assert "typed by a person" not in words_of((await light_desk.clerk.get("/refunds")).text)


async def test_another_account_waits_and_a_refund_is_cancelled(quiet_desk: Desk) -> None:
    clerk, refund = quiet_desk.clerk, await proposed(quiet_desk)
    approver = await quiet_desk.site.sign_in(Role.APPROVER)

    other = await clerk.post(f"{refund}/account", {"iban": "DE89370400440532013000", "reason": "he wrote"})
    held = await approver.post(f"{refund}/approve")
    waiting = words_of((await approver.get("/changes")).text)
    cancelled = await clerk.post(f"{refund}/cancel", {"reason": "he wants it kept"})

    assert [answer.status for answer in (other, held, cancelled)] == [303, 409, 303]
    assert "Account that we pay to" in waiting
    assert "he wants it kept" in words_of((await clerk.get("/refunds?which=ended")).text)


async def test_a_clerk_approves_none(light_desk: Desk) -> None:
    refund = await proposed(light_desk)

    assert (await light_desk.clerk.post(f"{refund}/approve")).status == 403
    assert (await nothing_to_freeze(light_desk.clerk)) == 422


async def nothing_to_freeze(browser: Browser) -> int:
    return (await browser.post("/refunds/freeze")).status


async def test_a_machine_proposes_and_cancels_a_refund(light_desk: Desk) -> None:
    machine = await light_desk.site.machine(Right.SEE, Right.WORK)
    invoice_id = (await credit_note(light_desk)).rpartition("/")[2]
    body = {"invoice_id": invoice_id, "amount_minor": 2_500, "iban": IBAN, "reason": "he asked for it"}

    made = await machine.post("/refunds", body)
    more = await machine.post("/refunds", body)
    key = made.json()["id"]
    waits = await machine.post(f"/refunds/{key}/account", {"iban": "DE89370400440532013000", "reason": "he wrote"})
    cancelled = await machine.post(f"/refunds/{key}/cancel", {"reason": "he wants it kept"})
    listed = (await machine.get("/refunds?state=cancelled")).json()["items"]

    assert (made.status, more.status, more.json()["code"]) == (201, 422, "not_refundable")
    assert (made.json()["state"], made.json()["account"]) == ("proposed", "DE02 **** **** 2051")
    assert waits.json()["account"] == "DE02 **** **** 2051"
    assert cancelled.json()["ended_because"] == "he wants it kept"
    assert [one["id"] for one in listed] == [key]
