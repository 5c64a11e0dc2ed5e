"""The review queue and bank transactions over the API: questions with proof, decisions, undo."""

import asyncio
from typing import Any

import pytest

from gateway.store import check
from gateway.web import background
from support.api import Firm
from support.bank import payment

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAID = payment(10_000, "Rechnung FA-1001", name="Alpha Werke GmbH", reference="R1")
PART = payment(25_000, "FA-1003 Teilzahlung", name="Holding X", iban="DE02500105170137075030", reference="R2")
UNKNOWN = payment(50_000, "Sammelzahlung", name="Niemand", iban="DE02701500000000594937", reference="R3")


async def open_day(firm: Firm, *entries: Any) -> dict[str, Any]:
    """Store customers and invoices, upload a day, and return the questions by their text."""
    await firm.add_customer("C1", "Alpha Werke GmbH")
    await firm.add_customer("C2", "Beta Handel AG")
    await firm.add_invoice("FA-1001", 10_000)
    await firm.add_invoice("FA-1003", 30_000, customer_number="C2")
    await firm.add_invoice("FA-1004", 15_000, customer_number="C2")
    await background.finished()  # The matching that invoices ask for must not renew questions while a test reads them.
    answer = await firm.upload(firm.statement(*(entries or (PAID, PART, UNKNOWN))))
    assert answer.status == 201
    return {line["text"]: line for line in (await firm.get("/review-items"))["items"]}


async def item_id(firm: Firm, number: str) -> str:
    [line] = (await firm.get(f"/invoices?search={number}"))["items"]
    return str(line["id"])


async def test_what_explains_itself_is_booked_with_its_proof(firm: Firm) -> None:
    await open_day(firm)

    [booked] = (await firm.get("/bank-transactions?state=allocated"))["items"]
    history = await firm.get(f"/bank-transactions/{booked['id']}")

    assert history["bank_transaction"] == booked
    [decision] = history["decisions"]
    [allocation] = history["allocations"]
    assert (decision["booked_by"], decision["explanation"]["lines"][0]["amount_minor"]) == ("rule", 10_000)
    assert [sign["sentence"] for sign in decision["explanation"]["proof"]]
    assert (allocation["item_number"], allocation["item_minor"], allocation["live"]) == ("FA-1001", 10_000, True)
    assert booked["counterparty_iban"] == "DE02 **** **** 2051"


async def test_questions_are_listed_and_read_with_explanations(firm: Firm) -> None:
    questions = await open_day(firm)

    question = await firm.get(f"/review-items/{questions['FA-1003 Teilzahlung']['id']}")
    of_reason = await firm.get(f"/review-items?reason={question['reason']}&sort=age")

    assert set(questions) == {"FA-1003 Teilzahlung", "Sammelzahlung"}
    assert (question["state"], question["amount_minor"]) == ("open", 25_000)
    assert question["explanations"][0]["lines"][0]["item_id"] == await item_id(firm, "FA-1003")
    assert question["id"] in [line["id"] for line in of_reason["items"]]


async def test_an_explanation_is_accepted_once(firm: Firm) -> None:
    path = f"/review-items/{(await open_day(firm))['FA-1003 Teilzahlung']['id']}"
    question = await firm.get(path)
    [place] = [at for at, one in enumerate(question["explanations"]) if len(one["lines"]) == 1]

    nowhere = await firm.machine.post(f"{path}/accept", {"place": 40})
    renewed = await firm.machine.post(f"{path}/accept", {"place": place, "version": question["version"] + 1})
    accepted = await firm.post(f"{path}/accept", {"place": place, "version": question["version"]})
    again = await firm.machine.post(f"{path}/accept", {"place": place})

    assert (nowhere.status, nowhere.json()["code"]) == (422, "no_such_explanation")
    assert (renewed.status, renewed.json()["code"]) == (409, "items_moved")
    assert (accepted["state"], accepted["closed_by"]) == ("resolved", "ERP")
    assert (again.status, again.json()["code"]) == (409, "decided_already")
    [line] = (await firm.get("/invoices?search=FA-1003"))["items"]
    assert (line["state"], line["open_minor"]) == ("partly_paid", 5_000)


async def test_an_amount_is_split_over_items_and_kept_on_account(firm: Firm) -> None:
    question = (await open_day(firm))["Sammelzahlung"]
    lines = [
        {"item_id": await item_id(firm, "FA-1003"), "amount_minor": 30_000},
        {"item_id": await item_id(firm, "FA-1004"), "amount_minor": 15_000},
    ]
    path = f"/review-items/{question['id']}/allocate"

    too_much = await firm.machine.post(path, {"lines": lines, "on_account_minor": 5_001})
    split = await firm.post(path, {"lines": lines, "on_account_minor": 5_000, "customer_id": await customer(firm)})

    assert (too_much.status, too_much.json()["code"]) == (422, "wrong_sum")
    assert split["state"] == "resolved"
    states = {line["number"]: line["state"] for line in (await firm.get("/invoices?state=paid"))["items"]}
    assert states == {"FA-1001": "paid", "FA-1003": "paid", "FA-1004": "paid"}
    [on_account] = (await firm.get("/invoices?kind=on_account"))["items"]
    assert (on_account["amount_minor"], on_account["open_minor"]) == (-5_000, -5_000)


async def customer(firm: Firm) -> str:
    [found] = (await firm.get("/customers?search=Beta"))["items"]
    return str(found["id"])


async def test_what_is_no_customer_payment_is_set_aside(firm: Firm) -> None:
    question = (await open_day(firm))["Sammelzahlung"]

    ignored = await firm.post(f"/review-items/{question['id']}/ignore", {"category": "own_transfer"})

    assert ignored["state"] == "dismissed"
    [row] = (await firm.get("/bank-transactions?state=ignored"))["items"]
    assert (row["amount_minor"], row["category"]) == (50_000, "own_transfer")


async def test_a_decision_is_undone_and_the_question_is_asked_again(firm: Firm) -> None:
    await open_day(firm)
    [booked] = (await firm.get("/bank-transactions?state=allocated"))["items"]

    undone = await firm.post(f"/bank-transactions/{booked['id']}/undo", {"reason": "It was for another invoice"})
    again = await firm.machine.post(f"/bank-transactions/{booked['id']}/undo", {"reason": "Once more"})

    assert undone == {"bank_transactions": 1, "allocations": 1}
    assert again.json()["code"] == "nothing_to_undo"
    history = await firm.get(f"/bank-transactions/{booked['id']}")
    assert [row["live"] for row in history["allocations"]] == [False, False]
    assert [row["undo_reason"] for row in history["decisions"]] == ["It was for another invoice"]
    assert [line["reason"] for line in (await firm.get("/review-items?reason=undone"))["items"]] == ["undone"]


async def test_several_are_accepted_together_or_not_at_all(firm: Firm) -> None:
    other = payment(14_000, "FA-1004 Rest folgt", name="Holding X", iban="DE02500105170137075030", reference="R4")
    questions = await open_day(firm, PART, other, UNKNOWN)
    good = [questions[text]["id"] for text in ("FA-1003 Teilzahlung", "FA-1004 Rest folgt")]

    refused = await firm.machine.post(
        "/review-items/accept", {"review_item_ids": [*good, questions["Sammelzahlung"]["id"]]}
    )
    accepted = await firm.post("/review-items/accept", {"review_item_ids": good}, status=201)

    assert refused.status == 422
    assert accepted["accepted"] == 2
    assert [line["text"] for line in (await firm.get("/review-items"))["items"]] == ["Sammelzahlung"]


async def test_a_question_is_assigned_snoozed_and_commented(firm: Firm) -> None:
    question = (await open_day(firm))["Sammelzahlung"]
    path = f"/review-items/{question['id']}"

    nobody = await firm.post(f"{path}/assign", {"user_id": None})
    asleep = await firm.post(f"{path}/snooze", {"until_date": "2026-12-24"})
    sleeping = (await firm.get("/review-items?asleep=true"))["items"]
    awake = await firm.post(f"{path}/snooze", {"until_date": None})
    commented = await firm.machine.post(f"{path}/comment", {"words": "Called; they look into it.\nTomorrow again."})

    assert nobody["assigned_to"] is None
    assert asleep["snoozed_until"] == "2026-12-24"
    assert [line["id"] for line in sleeping] == [question["id"]]
    assert awake["snoozed_until"] is None
    assert commented.status == 200


async def test_an_invoice_that_comes_later_explains_what_waits(firm: Firm) -> None:
    question = (await open_day(firm))["Sammelzahlung"]
    await firm.add_customer("C9", "Niemand", iban="DE02701500000000594937")
    await firm.add_invoice("FA-2000", 50_000, customer_number="C9")

    state = await firm.until(f"/review-items/{question['id']}", lambda read: read["state"] != "open")

    assert state["state"] == "resolved"
    [line] = (await firm.get("/invoices?search=FA-2000"))["items"]
    assert line["state"] == "paid"


async def test_only_one_of_many_simultaneous_decisions_counts(firm: Firm) -> None:
    question = (await open_day(firm))["FA-1003 Teilzahlung"]
    path = f"/review-items/{question['id']}"
    ways = [("accept", {}), ("ignore", {"category": "other"})] * 6

    answers = await asyncio.gather(*[firm.machine.post(f"{path}/{way}", body) for way, body in ways])

    assert sorted(answer.status for answer in answers) == [200] + [409] * 11
    [row] = [row for row in (await firm.get("/bank-transactions"))["items"] if row["remittance"] == question["text"]]
    is_booked = row["state"] == "allocated"
    assert (row["state"], row["allocated_minor"]) == (("allocated", 25_000) if is_booked else ("ignored", 0))
    async with firm.site.gateway.database.read() as session:
        assert [sentence async for sentence in check.broken_invariants(session)] == []


@pytest.mark.parametrize("sort", ["value", "age"])
async def test_the_queue_in_small_pages_is_the_queue_by_reason_and_amount_without_its_sign(
    firm: Firm, sort: str
) -> None:
    strangers = [
        payment(minor, f"Zahlung {minor}", name="Niemand", code="PMNT-IDDT-UPDD" if minor < 0 else "PMNT-RCDT-ESCT")
        for minor in _MANY
    ]
    await open_day(firm, PART, *strangers)
    whole = [line["id"] for line in (await firm.get(f"/review-items?sort={sort}"))["items"]]
    stepwise: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await firm.get(f"/review-items?sort={sort}&limit=2&cursor={cursor}")
        stepwise += [line["id"] for line in page["items"]]
        cursor = page["next_cursor"]
    lines = {line["id"]: line for line in (await firm.get(f"/review-items?sort={sort}"))["items"]}
    by_reason: dict[str, list[int]] = {}
    for key in whole:
        by_reason.setdefault(lines[key]["reason"], []).append(abs(lines[key]["amount_minor"]))
    assert stepwise == whole
    assert len(whole) == 1 + len(_MANY)
    assert len(by_reason) == 3
    assert sort == "age" or all(minors == sorted(minors, reverse=True) for minors in by_reason.values())


_MANY = (700, -900, 500, -500, 100, 80_000, 500)
