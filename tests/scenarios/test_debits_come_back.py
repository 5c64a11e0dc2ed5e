"""A debit that came back opens exactly its invoices again, goes into the register, and its reason decides."""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from gateway.domain.returns import ReturnPolicyOutOfRange, return_policy
from gateway.services import import_statement
from gateway.services.import_statement import LARGE_BYTES, import_file
from gateway.services.import_tables import Table
from gateway.services.undo_decision import undo_decision
from gateway.store.allocations import Allocation
from gateway.store.collection_runs import CollectionRun
from gateway.store.collections import Collection
from gateway.store.counters import UsedSince
from gateway.store.creditors import CollectionPolicy
from gateway.store.database import Database
from gateway.store.open_items import OpenItem
from gateway.store.reviews import ReviewItem
from gateway.store.unpaid import Unpaid
from schemas.codes.reason_actions import MandateAction, NextAction, Retry, ReturnKind
from schemas.identifiers import MandateReference
from schemas.states import AllocationKind, OpenItemKind, ReviewReason, RunState, UnpaidState
from schemas.tables import CollectionRow, TableKind
from support.bank import camt, payment
from support.gateways import NOW, Bench
from support.master_data import german_iban, imported, invoice
from support.sent import (
    DEBITS,
    DUE,
    TOTAL,
    Booked,
    bank_statement,
    booked,
    debtors,
    items_now,
    mandate_states,
    part,
    pay,
    register,
    send,
    states,
    three_settled,
)
from support.templates import CopyOf

BACK = DUE + dt.timedelta(2)
LATER = BACK + dt.timedelta(1)
SETTLED = {"E2E-1": "settled", "E2E-2": "settled", "E2E-3": "settled"}


@pytest.fixture
async def settled(copy_of: CopyOf) -> Bench:
    """Three debits whose money came as one sum."""
    return await copy_of(three_settled)


async def come_back(bench: Bench, *entries: Booked, number: int = 2, day: dt.date = BACK) -> None:
    """Upload the statement of a later day."""
    opening = sum(row.amount_minor for row in await bench.transactions())
    await bench.upload(bank_statement(*entries, number=number, day=day, opening_minor=opening))


def back(minor: int, **facts: Any) -> Booked:
    """A debit on our account, two days later."""
    return booked(minor, **({"day": BACK} | facts))


ONE = {
    "by its end-to-end id": ([back(-20_000, end_to_end_id="E2E-2", reason="AM04")], 0, 0),
    "by mandate and amount": ([back(-20_000, mandate="M-C2", reason="AM04")], 0, 0),
    "by mandate in other letters": ([back(-20_000, mandate="m-c2", reason="AM04")], 0, 0),
    "with a fee inside the amount": (
        [back(-20_350, end_to_end_id="E2E-2", reason="AM04", charges_minor=350)], 350, 0,
    ),
    "with a fee and interest": (
        [back(-20_412, end_to_end_id="E2E-2", reason="AM04", charges_minor=350, original_minor=20_000)], 350, 62,
    ),
    "with a fee apart": (
        [back(-20_000, end_to_end_id="E2E-2", reason="AM04"), back(-350, code="PMNT-MDOP-CHRG")], 0, 0,
    ),
    "as a reversal of the bank's own booking": (
        [back(-20_000, end_to_end_id="E2E-2", reason="AM04", reversal=True)], 0, 0,
    ),
    "without a code that means a return": (
        [back(-20_000, end_to_end_id="E2E-2", reason="AM04", code="PMNT-NTAV-NTAV")], 0, 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "fee", "compensation"), [pytest.param(*case, id=name) for name, case in ONE.items()]
)
async def test_it_opens_exactly_its_items_again(
    settled: Bench, entries: list[Booked], fee: int, compensation: int
) -> None:
    before = await items_now(settled)

    await come_back(settled, *entries)

    assert await states(settled) == SETTLED | {"E2E-2": "returned"}
    after = await items_now(settled)
    assert {number for number in after if after[number] != before[number]} == {"FA-3"}
    assert after["FA-3"].settled_minor == 0
    (row,) = await register(settled)
    assert (row.kind, row.reason, row.amount_minor) == (ReturnKind.RETURN, "AM04", 20_000)
    assert (row.fee_minor, row.compensation_minor) == (fee, compensation)
    assert (row.occurred_date, row.state) == (BACK, UnpaidState.OPEN)
    returned = [one for one in await settled.rows(Allocation) if one.kind is AllocationKind.RETURN]
    assert [(one.item_minor, one.effective_date) for one in returned] == [(-20_000, BACK)]
    assert await settled.rows(ReviewItem) == []
    assert {run.state for run in await settled.rows(CollectionRun)} == {RunState.CLOSED}
    assert await settled.broken() == []


async def test_returns_inside_a_batch_come_back_one_by_one(settled: Bench) -> None:
    parts = [part(-15_050, "E2E-1", reason="MD06"), part(-7_777, "E2E-3", reason="AC04")]

    await come_back(settled, back(-22_827, count=2, parts=parts))

    assert await states(settled) == {"E2E-1": "returned", "E2E-2": "settled", "E2E-3": "returned"}
    refunded, closed = await register(settled)
    assert (refunded.kind, refunded.next_action) == (ReturnKind.REFUND, NextAction.ASK_DEBTOR)
    assert (closed.kind, closed.mandate_action) == (ReturnKind.RETURN, MandateAction.SUSPEND)
    assert (await items_now(settled))["FA-1"].settled_minor == 0
    assert (await items_now(settled))["FA-2"].settled_minor == 0
    assert await settled.broken() == []


@pytest.mark.parametrize(
    ("code", "mandate", "retry", "action"),
    [
        pytest.param("AM04", "active", Retry.LATER, NextAction.PRESENT_AGAIN, id="no funds"),
        pytest.param("MS03", "active", Retry.LATER_ONCE, NextAction.PRESENT_AGAIN, id="no reason given"),
        pytest.param("AC04", "suspended", Retry.NO, NextAction.ASK_ACCOUNT, id="account closed"),
        pytest.param("MD07", "revoked", Retry.NO, NextAction.ESTATE, id="died"),
        pytest.param("MD01", "suspended", Retry.NO, NextAction.NEW_MANDATE, id="no mandate"),
        pytest.param("XY99", "active", Retry.NO, NextAction.READ_TEXT, id="a code that nobody knows"),
    ],
)
async def test_its_reason_decides(settled: Bench, code: str, mandate: str, retry: Retry, action: NextAction) -> None:
    await come_back(settled, back(-20_000, end_to_end_id="E2E-2", reason=code))

    (row,) = await register(settled)
    assert (row.reason, row.retry, row.next_action) == (code, retry, action)
    assert (await mandate_states(settled))["M-C2"] == mandate
    assert (row.retry_date is not None) is (retry in (Retry.LATER, Retry.LATER_ONCE))
    if row.retry_date:
        assert row.retry_date >= dt.date(2026, 11, 26)  # Five bank days later.
    assert await settled.broken() == []


async def set_policy(bench: Bench, **record: Any) -> None:
    """Set how the company collects."""
    async with bench.begin() as work:
        row = CollectionPolicy(
            id=work.new_id(), company_id=bench.company_id, position=1, record=record, recorded_at=work.now,
            actor="user:7", reason="", journal_id=work.journal_id,
        )  # fmt: skip
        work.add(row)
        work.say("set_policy", "policy:1")


async def test_the_policy_re_bills_the_fee_and_changes_a_reason(settled: Bench) -> None:
    rule = {"retry": "no", "mandate": "suspend", "action": "ask_debtor"}
    await set_policy(settled, rebills_fee=True, reasons={"AM04": rule})

    await come_back(settled, back(-20_350, end_to_end_id="E2E-2", reason="AM04", charges_minor=350))

    (row,) = await register(settled)
    (fee,) = [item for item in await settled.rows(OpenItem) if item.kind is OpenItemKind.FEE_CLAIM]
    assert (row.fee_item_id, fee.amount_minor, fee.original_number) == (fee.id, 350, "E2E-2")
    assert row.next_action is NextAction.ASK_DEBTOR
    assert (await mandate_states(settled))["M-C2"] == "suspended"
    assert await settled.broken() == []


ASKED = {
    "more than the debit, without a reason": back(-20_999, end_to_end_id="E2E-2", reason="AM04"),
    "less than the debit": back(-19_999, end_to_end_id="E2E-2", reason="AM04"),
    "of nobody": back(-20_000, end_to_end_id="STRANGE", reason="AM04"),
    "without anything": back(-20_000, reason="AM04"),
    "a batch without details": back(-27_777, count=2, code="PMNT-IDDT-UPDD"),
    "of another mandate": back(-20_000, mandate="M-C9", reason="MD01"),
}


@pytest.mark.parametrize("entry", [pytest.param(entry, id=name) for name, entry in ASKED.items()])
async def test_what_fits_nothing_is_asked_with_what_was_looked_for(settled: Bench, entry: Booked) -> None:
    await come_back(settled, entry)

    (question,) = await settled.rows(ReviewItem)
    assert question.reason is ReviewReason.RETURNED_DEBIT
    assert question.explanations[0][4]
    assert await states(settled) == SETTLED
    assert await register(settled) == []


async def test_two_debits_of_one_mandate_and_amount_are_asked(bench: Bench) -> None:
    await debtors(bench)
    twins = [DEBITS[1]._replace(end_to_end_id=name, items={"FA-3": 9_000}) for name in ("TWIN-1", "TWIN-2")]
    await send(bench, *twins)
    await bench.upload(bank_statement(booked(18_000, block="PMT-1", count=2)))

    await bench.upload(
        bank_statement(back(-9_000, mandate="M-C2", reason="AM04"), number=2, day=BACK, opening_minor=18_000)
    )

    (question,) = await bench.rows(ReviewItem)
    assert len(question.explanations) == 2
    assert await states(bench) == {"TWIN-1": "settled", "TWIN-2": "settled"}


async def test_the_same_debit_comes_back_once(settled: Bench) -> None:
    await come_back(settled, back(-20_000, end_to_end_id="E2E-2", reason="AM04"))
    await come_back(settled, back(-20_000, end_to_end_id="E2E-2", reason="MD06", day=LATER), number=3, day=LATER)

    assert len(await register(settled)) == 1
    (question,) = await settled.rows(ReviewItem)
    assert question.reason is ReviewReason.RETURNED_DEBIT
    assert await settled.broken() == []


async def test_credit_and_return_on_one_day_are_both_understood(bench: Bench) -> None:
    await debtors(bench)
    await send(bench, *DEBITS)

    await bench.upload(
        bank_statement(booked(-20_000, end_to_end_id="E2E-2", reason="AM04"), booked(TOTAL, block="PMT-1", count=3))
    )

    assert await states(bench) == SETTLED | {"E2E-2": "returned"}
    assert await bench.rows(ReviewItem) == []
    assert await bench.broken() == []


async def test_a_debit_that_comes_back_after_weeks_is_a_refund(settled: Bench) -> None:
    day = DUE + dt.timedelta(50)

    await come_back(settled, back(-20_000, end_to_end_id="E2E-2", reason="MD01", day=day), day=day)

    (row,) = await register(settled)
    assert (row.kind, row.occurred_date) == (ReturnKind.REFUND, day)


GERMAN = """:20:STARTUMSE
:25:DE89370400440532013000
:28C:00002/001
:60F:C261117EUR428,27
:61:2611191119D203,50NRTINONREF
:86:109?00SEPA-DD SOLL RUECKBEL. CORE?20EREF+E2E-2?21MREF+M-C2?22CRED+DE98ZZZ09999999999?23OAMT+200,00?24COAM+3,50?25SVWZ+RUECKLASTSCHRIFT?32KUNDE C2?34914
:62F:C261119EUR224,77
-
"""


async def test_a_german_statement_returns_a_debit_with_its_number_of_reason(settled: Bench) -> None:
    await settled.upload(GERMAN.replace("\n", "\r\n").encode(), "auszug.sta")

    (row,) = await register(settled)
    assert (row.reason, row.amount_minor, row.fee_minor + row.compensation_minor) == ("MS03", 20_000, 350)
    assert await states(settled) == SETTLED | {"E2E-2": "returned"}
    assert await settled.broken() == []


async def seen(bench: Bench) -> tuple[Any, ...]:
    """All that a return changes, without versions."""
    rows: Sequence[Unpaid] = await register(bench)
    kinds = sorted(item.number for item in await bench.rows(OpenItem) if item.cancelled_at is None)
    return await states(bench), await items_now_of(bench), await mandate_states(bench), list(rows), kinds


async def items_now_of(bench: Bench) -> dict[str, Any]:
    return {number: item for number, item in (await items_now(bench)).items() if number.startswith("FA")}


@pytest.mark.parametrize("code", ["AM04", "AC04", "MD07"])
async def test_taking_a_return_back_restores_everything(settled: Bench, code: str) -> None:
    await set_policy(settled, rebills_fee=True)
    before = await seen(settled)
    await come_back(settled, back(-20_350, end_to_end_id="E2E-2", reason=code, charges_minor=350))
    debit = (await settled.transactions())[-1]
    assert await seen(settled) != before

    async with settled.begin() as work:
        await undo_decision(work, bank_transaction_ids=[debit.id], reason="wrong")

    assert await seen(settled) == before
    assert await settled.broken() == []


async def test_a_settlement_whose_debit_came_back_cannot_be_taken_back_first(settled: Bench) -> None:
    await come_back(settled, back(-20_000, end_to_end_id="E2E-2", reason="AM04"))
    credit = (await settled.transactions())[0]

    with pytest.raises(UsedSince):
        async with settled.begin() as work:
            await undo_decision(work, bank_transaction_ids=[credit.id], reason="wrong")

    assert await settled.broken() == []


@pytest.mark.parametrize("large_bytes", [LARGE_BYTES, 0], ids=["small file", "large file"])
async def test_what_came_back_and_is_paid_by_a_payment_that_a_rule_books_is_paid_in_the_register(
    settled: Bench, monkeypatch: pytest.MonkeyPatch, large_bytes: int
) -> None:
    await come_back(settled, back(-20_000, end_to_end_id="E2E-2", reason="AM04"))
    monkeypatch.setattr(import_statement, "LARGE_BYTES", large_bytes)
    opening = sum(row.amount_minor for row in await settled.transactions())
    (item,) = [row for row in await settled.rows(OpenItem) if row.number == "FA-3"]

    paid = payment(item.amount_minor - item.settled_minor, "danke", iban=german_iban(2), day=BACK + dt.timedelta(3))
    await settled.upload(camt(paid, opening=opening, number="3", day=BACK + dt.timedelta(3)))

    (row,) = await register(settled)
    assert (row.state, row.closed_by) == (UnpaidState.PAID, "")


async def test_what_came_back_and_is_paid_later_is_paid_in_the_register(settled: Bench) -> None:
    await come_back(settled, back(-20_000, end_to_end_id="E2E-2", reason="AM04"))

    await pay(settled, "FA-3", 20_000)

    (row,) = await register(settled)
    assert (row.state, row.closed_by) == (UnpaidState.PAID, "")

    transfer = next(row for row in await settled.transactions() if row.amount_minor == 20_000)
    async with settled.begin() as work:
        await undo_decision(work, bank_transaction_ids=[transfer.id], reason="wrong")

    (row,) = await register(settled)
    assert (row.state, row.closed_at) == (UnpaidState.OPEN, None)
    assert {row.state for row in await settled.rows(Collection) if row.end_to_end_id == "E2E-2"} == {"returned"}


class Stopped(Exception):
    """The process ended here."""


@pytest.mark.parametrize("place", range(2, 60, 3))
async def test_an_import_of_returns_that_breaks_off_anywhere_books_each_once(settled: Bench, place: int) -> None:
    passed: list[str] = []

    def stop(name: str) -> None:
        passed.append(name)
        if len(passed) == place:
            raise Stopped(name)

    await set_policy(settled, rebills_fee=True)
    entries = (
        back(-20_350, end_to_end_id="E2E-2", reason="AC04", charges_minor=350),
        back(-7_777, end_to_end_id="E2E-3", reason="AM04"),
    )
    receipt = await settled.receive(bank_statement(*entries, number=2, day=BACK, opening_minor=TOTAL))
    stopping = Database(settled.database.url, crash_points=stop)
    with contextlib.suppress(Stopped):
        await import_file(dataclasses.replace(settled.gate, database=stopping), file_id=receipt.file_id, token="first")
    await stopping.close()
    later = dataclasses.replace(settled.gate, now=lambda: NOW + dt.timedelta(hours=1))
    await import_file(later, file_id=receipt.file_id, token="second")

    assert await states(settled) == SETTLED | {"E2E-2": "returned", "E2E-3": "returned"}
    assert sorted(row.reason for row in await register(settled)) == ["AC04", "AM04"]
    assert len([item for item in await settled.rows(OpenItem) if item.kind is OpenItemKind.FEE_CLAIM]) == 1
    assert len([one for one in await settled.rows(Allocation) if one.kind is AllocationKind.RETURN]) == 2
    assert await settled.broken() == []


@pytest.mark.parametrize(
    ("open_minor", "outcome"),
    [pytest.param(0, "returned", id="paid in the old system"), pytest.param(9_000, "settled", id="still open here")],
)
async def test_a_debit_of_another_system_comes_back_after_a_move(bench: Bench, open_minor: int, outcome: str) -> None:
    await debtors(bench)
    await imported(bench.database, bench.company_id, invoice("FA-9", 9_000, customer="C2", open_minor=open_minor))
    row = CollectionRow(2, "OLD-1", "FA-9", MandateReference.parse("M-C2"), 9_000, "EUR", DUE, "C2")
    columns = frozenset("end_to_end_id invoice_number customer_number mandate_reference amount currency".split())
    table = Table(TableKind.COLLECTIONS, columns | {"collection_date"}, [row])
    await imported(bench.database, bench.company_id, table)

    await come_back(bench, back(-9_000, end_to_end_id="OLD-1", reason="AM04"), number=1)

    assert (await states(bench))["OLD-1"] == outcome
    item = next(one for one in await bench.rows(OpenItem) if one.number == "FA-9")
    assert item.settled_minor == 0 if outcome == "returned" else item.settled_minor >= 0
    assert len(await bench.rows(ReviewItem)) == (0 if outcome == "returned" else 1)
    assert await bench.broken() == []


async def test_the_policy_presents_again_by_itself_what_it_may(settled: Bench) -> None:
    await set_policy(settled, presents_again=True)

    await come_back(
        settled, back(-20_000, end_to_end_id="E2E-2", reason="AM04"), back(-7_777, end_to_end_id="E2E-3", reason="MD06")
    )

    poor, angry = await register(settled)
    assert (poor.state, angry.state) == (UnpaidState.RETRIED, UnpaidState.OPEN)
    planned = [row for row in await settled.rows(Collection) if row.retry_of_id is not None]
    assert [(row.id, row.amount_minor, row.collection_date) for row in planned] == [
        (poor.retry_id, 20_000, poor.retry_date)
    ]
    assert await settled.broken() == []


def test_a_policy_never_presents_again_what_the_schemes_forbid() -> None:
    rule = {"retry": "later", "mandate": "keep", "action": "present_again"}

    with pytest.raises(ReturnPolicyOutOfRange, match="MD06"):
        return_policy({"reasons": {"MD06": rule}})
    with pytest.raises(ReturnPolicyOutOfRange, match="retries_max"):
        return_policy({"retries_max": 3})
    with pytest.raises(ReturnPolicyOutOfRange, match="AM04"):
        return_policy({"reasons": {"AM04": {"retry": "often"}}})
