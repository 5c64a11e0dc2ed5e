"""The credit of a statement settles our debits; what is short is asked, with the sets that would explain it."""

import datetime as dt

import pytest

from gateway.services.resolve_review import accept
from gateway.services.undo_decision import undo_decision
from gateway.store.allocations import Allocation
from gateway.store.collection_runs import CollectionRun
from gateway.store.collections import Collection
from gateway.store.open_items import OpenItem
from gateway.store.reviews import ReviewItem
from schemas.states import OpenItemKind, ReviewReason, ReviewState, RunState
from support.gateways import Bench
from support.sent import (
    DEBITS,
    DUE,
    TOTAL,
    Booked,
    Debit,
    answer,
    bank_statement,
    block_answer,
    booked,
    debtors,
    items_now,
    pain002,
    part,
    pay,
    send,
    states,
    three_sent,
)
from support.templates import CopyOf

ALL_SETTLED = {"E2E-1": "settled", "E2E-2": "settled", "E2E-3": "settled"}


@pytest.fixture
async def sent(copy_of: CopyOf) -> Bench:
    """Three debits that the bank has, in one block."""
    return await copy_of(three_sent)


def single(place: int, minor: int = 0, **facts: str) -> Booked:
    """The credit of one of the debits."""
    debit = DEBITS[place]
    return booked(minor or sum(debit.items.values()), end_to_end_id=debit.end_to_end_id, **facts)


CREDITS = {
    "a block by its id": [booked(TOTAL, block="PMT-1", count=3)],
    "a block by its id, without count": [booked(TOTAL, block="PMT-1")],
    "a block by the id of its message": [booked(TOTAL, message_id="MSG-1", count=3)],
    "a block by sum and count": [booked(TOTAL, count=3)],
    "a block with its details": [
        booked(TOTAL, block="PMT-1", count=3, parts=[
            part(15_050, "E2E-1"), part(20_000, "E2E-2"), part(7_777, "E2E-3"),
        ])
    ],
    "single debits by their ids": [single(0), single(1), single(2)],
    "single debits by mandate and amount": [
        booked(15_050, mandate="M-C1"), booked(20_000, mandate="m-c2"), booked(7_777, mandate="M-C3"),
    ],
    "a later day than was asked for": [booked(TOTAL, block="PMT-1", count=3, day=DUE + dt.timedelta(3))],
}  # fmt: skip


@pytest.mark.parametrize("entries", [pytest.param(entries, id=name) for name, entries in CREDITS.items()])
async def test_the_credit_settles_the_debits_and_their_items(sent: Bench, entries: list[Booked]) -> None:
    day = max(DUE + dt.timedelta(3) if "later" in name else DUE for name, one in CREDITS.items() if one is entries)
    await sent.upload(bank_statement(*entries, day=day))

    assert await states(sent) == ALL_SETTLED
    for number, item in (await items_now(sent)).items():
        assert (number, item.collecting_minor, item.in_flight_date) == (number, 0, None)
    assert [item.settled_minor for item in (await items_now(sent)).values()] == [10_000, 5_050, 20_000, 7_777]
    assert {row.settled_date for row in await sent.rows(Collection)} == {day}
    assert {row.state for row in await sent.rows(CollectionRun)} == {RunState.CLOSED}
    assert await sent.rows(ReviewItem) == []
    assert await sent.broken() == []


async def test_a_core_debit_may_come_back_for_eight_weeks_and_two_bank_days(sent: Bench) -> None:
    await sent.upload(bank_statement(single(0)))

    row = next(row for row in await sent.rows(Collection) if row.end_to_end_id == "E2E-1")
    assert row.refundable_until_date == dt.date(2027, 1, 14)


async def test_known_rejects_explain_a_credit_that_is_short(sent: Bench) -> None:
    await sent.upload(pain002(block_answer(answer("E2E-2"))))

    await sent.upload(bank_statement(booked(TOTAL - 20_000, block="PMT-1", count=2)))

    assert await states(sent) == ALL_SETTLED | {"E2E-2": "rejected"}
    assert (await items_now(sent))["FA-3"].settled_minor == 0
    assert await sent.broken() == []


async def test_a_rejected_debit_may_be_credited_and_taken_back_by_a_booking(sent: Bench) -> None:
    await sent.upload(pain002(block_answer(answer("E2E-2"))))

    await sent.upload(
        bank_statement(booked(TOTAL, block="PMT-1", count=3), booked(-20_000, end_to_end_id="E2E-2", reason="AM04"))
    )

    assert await states(sent) == ALL_SETTLED | {"E2E-2": "rejected"}
    assert (await items_now(sent))["FA-3"].settled_minor == 0
    assert await sent.rows(ReviewItem) == []
    assert await sent.broken() == []


async def test_a_credit_with_some_of_the_rejected_debits_is_asked_with_those_that_explain_it(sent: Bench) -> None:
    await sent.upload(pain002(block_answer(answer("E2E-2"), answer("E2E-3"))))
    await sent.upload(bank_statement(booked(TOTAL - 20_000, block="PMT-1", count=2)))

    (question,) = await sent.rows(ReviewItem)
    assert question.reason is ReviewReason.OWN_COLLECTION
    assert len(question.explanations) == 1
    async with sent.begin() as work:
        await accept(work, review_item_id=question.id, place=0)
    next_day = DUE + dt.timedelta(days=1)
    await sent.upload(bank_statement(booked(-7_777, end_to_end_id="E2E-3", reason="AM04", day=next_day), day=next_day))

    assert await states(sent) == {"E2E-1": "settled", "E2E-2": "rejected", "E2E-3": "rejected"}
    assert (await items_now(sent))["FA-4"].settled_minor == 0
    assert await sent.broken() == []


async def test_a_credit_that_is_short_is_asked_with_what_may_be_missing(sent: Bench) -> None:
    await sent.upload(bank_statement(booked(TOTAL - 7_777, block="PMT-1", count=3)))

    (question,) = await sent.rows(ReviewItem)
    assert question.reason is ReviewReason.OWN_COLLECTION
    assert len(question.explanations) == 1
    assert set((await states(sent)).values()) == {"submitted"}

    async with sent.begin() as work:
        await accept(work, review_item_id=question.id, place=0)

    assert await states(sent) == ALL_SETTLED | {"E2E-3": "submitted"}
    assert (await items_now(sent))["FA-4"].collecting_minor == 7_777
    assert {row.state for row in await sent.rows(CollectionRun)} == {RunState.SUBMITTED}
    assert await sent.broken() == []


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(booked(TOTAL - 1, block="PMT-1", count=3), id="a cent less"),
        pytest.param(booked(TOTAL + 1, block="PMT-1", count=3), id="a cent more"),
        pytest.param(booked(TOTAL, count=4), id="another count"),
        pytest.param(booked(TOTAL, block="STRANGE", count=7), id="another block and count"),
        pytest.param(booked(15_051, end_to_end_id="E2E-1"), id="another amount"),
        pytest.param(booked(5, end_to_end_id="NOBODY", mandate="M-X"), id="a debit of nobody"),
    ],
)
async def test_what_fits_nothing_is_asked_with_what_was_looked_for(sent: Bench, entry: Booked) -> None:
    await sent.upload(bank_statement(entry))

    (question,) = await sent.rows(ReviewItem)
    assert (question.reason, question.state) == (ReviewReason.OWN_COLLECTION, ReviewState.OPEN)
    assert question.explanations[0][4]
    assert set((await states(sent)).values()) == {"submitted"}
    assert await sent.rows(Allocation) == []


async def test_money_that_comes_twice_for_one_debit_is_asked(sent: Bench) -> None:
    await sent.upload(bank_statement(single(0), single(0)))

    (question,) = await sent.rows(ReviewItem)
    assert question.reason is ReviewReason.OWN_COLLECTION
    assert (await items_now(sent))["FA-1"].settled_minor == 10_000


async def test_what_was_paid_by_transfer_meanwhile_is_kept_on_account(sent: Bench) -> None:
    await pay(sent, "FA-3", 20_000)
    await pay(sent, "FA-1", 4_000)

    await sent.upload(bank_statement(booked(TOTAL, block="PMT-1", count=3), number=2, day=DUE + dt.timedelta(1)))

    assert await states(sent) == ALL_SETTLED
    kept = {row.amount_minor for row in await sent.rows(OpenItem) if row.kind is OpenItemKind.ON_ACCOUNT}
    assert kept == {-20_000, -4_000}
    assert [item.settled_minor for item in (await items_now(sent)).values()][:4] == [10_000, 5_050, 20_000, 7_777]
    assert await sent.broken() == []


async def test_taking_a_settlement_back_lets_the_debits_wait_again(sent: Bench) -> None:
    before = (await states(sent), await items_now(sent))
    await sent.upload(bank_statement(booked(TOTAL, block="PMT-1", count=3)))
    (credit,) = await sent.transactions()

    async with sent.begin() as work:
        await undo_decision(work, bank_transaction_ids=[credit.id], reason="wrong")

    assert (await states(sent), await items_now(sent)) == before
    assert {row.state for row in await sent.rows(CollectionRun)} == {RunState.SUBMITTED}
    assert await sent.broken() == []


async def test_details_that_come_later_leave_a_settled_block_whole(sent: Bench) -> None:
    await sent.upload(bank_statement(booked(TOTAL, block="PMT-1", count=3)))

    parts = [part(15_050, "E2E-1"), part(20_000, "E2E-2"), part(7_777, "E2E-3")]
    again = bank_statement(booked(TOTAL, block="PMT-1", count=3, parts=parts)).replace(
        b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn"
    )
    await sent.upload(again.replace(b"camt.053", b"camt.054").replace(b"Stmt>", b"Ntfctn>"))

    assert await states(sent) == ALL_SETTLED
    assert len(await sent.transactions()) == 1
    assert await sent.broken() == []


async def test_credit_notes_are_netted_in_a_debit(bench: Bench) -> None:
    from support.master_data import imported, invoice

    await debtors(bench)
    await imported(bench.database, bench.company_id, invoice("GS-1", -3_000))
    await send(bench, Debit("E2E-9", "M-C1", {"FA-1": 10_000, "GS-1": -3_000}))

    await bench.upload(bank_statement(booked(7_000, end_to_end_id="E2E-9")))

    items = await items_now(bench)
    assert (items["FA-1"].settled_minor, items["GS-1"].settled_minor) == (10_000, -3_000)
    assert await bench.broken() == []
