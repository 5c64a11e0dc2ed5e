"""The statement settles our refunds; money of one that comes back is kept for the customer again."""

import datetime as dt
from pathlib import Path
from typing import Any, Self

import pytest

from gateway.domain.matching.model import Line
from gateway.services.freeze_refunds import freeze_refunds
from gateway.services.propose_refund import RefundWanted, approve_refund, propose_refund
from gateway.services.resolve_review import accept, allocate
from gateway.services.undo_decision import undo_decision
from gateway.store.counters import UsedSince
from gateway.store.database import Database
from gateway.store.journal import Move
from gateway.store.open_items import OpenItem
from gateway.store.refunds import Refund, ends_of, refunds
from gateway.store.reviews import ReviewItem
from schemas.identifiers import Iban
from schemas.states import AllocationKind, BankTransactionState, ReviewReason, ReviewState, RunState
from support.gateways import Bench, make_gate
from support.sent import DUE, Booked, answer, bank_statement, block_answer, booked, items_now, pain002, part
from support.templates import CopyOf
from support.treasury import Treasury, make_treasury, told_invoice

TO = Iban("DE02120300000000202051")
OUT, BACK = "PMNT-ICDT-ESCT", "PMNT-ICDT-RRTN"
OWED = {"GS-1": ("C1", 5_000), "GS-2": ("C2", 3_000)}
TOTAL = 8_000
NEXT = DUE + dt.timedelta(days=1)


class Sent:
    """Two refunds of two customers that the bank has, in one file, and the desk where its statements come in."""

    def __init__(self, treasury: Treasury, bench: Bench) -> None:
        self.treasury, self.bench, self.run_id = treasury, bench, 0

    def moved_to(self, database: Database, folder: Path) -> Self:
        """Return the same in copies of the database and the folder."""
        moved = type(self)(self.treasury.moved_to(database, folder), self.bench.moved_to(database, folder))
        moved.run_id = self.run_id
        return moved

    async def send(self) -> None:
        """Propose, approve and send both."""
        for number, (_, minor) in OWED.items():
            item = await self.treasury.item(number)
            async with self.treasury.work("clara") as work:
                row = await propose_refund(work, RefundWanted(item.id, minor, TO))
            async with self.treasury.work("anna") as work:
                await approve_refund(work, refund_id=row.id)
        maker = self.treasury.maker("clara")
        self.run_id = await freeze_refunds(self.treasury.place, company_id=self.treasury.company_id, maker=maker)
        await self.treasury.approve("anna", self.run_id)
        await self.treasury.begin(self.run_id)
        await self.treasury.end(self.run_id)

    async def ids(self) -> list[str]:
        """Return the end-to-end ids, the first refund's first."""
        return [row.end_to_end_id for row in await self.treasury.rows(Refund)]

    async def states(self) -> tuple[str, ...]:
        """Return the states of both refunds and of their run."""
        rows = await self.treasury.rows(Refund)
        return (*[row.state.value for row in rows], (await self.treasury.run(self.run_id)).state.value)

    async def items(self) -> list[tuple[int, int, dt.date | None]]:
        """Return what of both items is settled and asked for, and the day of that."""
        now = await items_now(self.bench)
        return [(now[name].settled_minor, now[name].collecting_minor, now[name].in_flight_date) for name in OWED]

    async def question(self) -> ReviewItem:
        """Return the one question that is open."""
        (found,) = [row for row in await self.bench.rows(ReviewItem) if row.state is ReviewState.OPEN]
        assert isinstance(found, ReviewItem)
        return found


async def two_sent(database: Database, folder: Path) -> Sent:
    treasury = await make_treasury(database, folder, customers=2)
    rows = [told_invoice(number, -minor, customer=whose) for number, (whose, minor) in OWED.items()]
    await treasury.add_invoices(*rows)
    made = Sent(treasury, Bench(make_gate(database, folder), treasury.company_id))
    await made.send()
    return made


@pytest.fixture
async def sent(copy_of: CopyOf) -> Sent:
    return await copy_of(two_sent)


def out(minor: int, **facts: Any) -> Booked:
    """One transfer of ours."""
    return booked(-minor, code=OUT, **facts)


def nameless(minor: int, day: dt.date) -> Booked:
    """Money that went out to nobody whom the bank names."""
    one = out(minor, day=day)
    return one._replace(xml=one.xml.replace("<Nm>Kunde</Nm>", ""))


def back(minor: int, end_to_end_id: str, **facts: Any) -> Booked:
    """One transfer of ours that came back."""
    return booked(minor, code=BACK, end_to_end_id=end_to_end_id, **{"reason": "AC04", **facts})


async def bookings(sent: Sent, name: str) -> list[Booked]:
    first, second = await sent.ids()
    run = await sent.treasury.run(sent.run_id)
    message_id, day = run.message_id, run.first_date
    return {
        "each by its id": [out(5_000, end_to_end_id=first), out(3_000, end_to_end_id=second)],
        "the block by its id": [out(TOTAL, block=f"{message_id}-B1", count=2)],
        "the block by the id of its message": [out(TOTAL, message_id=message_id, count=2)],
        "the block without a name": [out(TOTAL, count=2, day=day)],
        "the sum of the block without anything": [nameless(TOTAL, day)],
        "the block with its details": [
            out(TOTAL, block=f"{message_id}-B1", count=2, parts=[part(-5_000, first), part(-3_000, second)])
        ],
        "under a code that says nothing": [
            booked(-5_000, code="XTND-NTAV-NTAV", end_to_end_id=first), out(3_000, end_to_end_id=second),
        ],
    }[name]  # fmt: skip


async def statement_of(sent: Sent, way: str) -> bytes:
    return bank_statement(*await bookings(sent, way), day=(await sent.treasury.run(sent.run_id)).first_date)


WAYS = [
    "each by its id", "the block by its id", "the block by the id of its message", "the block with its details",
    "the block without a name", "the sum of the block without anything", "under a code that says nothing",
]  # fmt: skip
PAID = [(-5_000, 0, None), (-3_000, 0, None)]


@pytest.mark.parametrize("way", WAYS)
async def test_the_booking_settles_the_refunds_and_frees_their_items(sent: Sent, way: str) -> None:
    await sent.bench.upload(await statement_of(sent, way))

    assert await sent.states() == ("settled", "settled", "closed")
    assert await sent.items() == PAID
    assert {row.state for row in await sent.bench.transactions()} == {BankTransactionState.ALLOCATED}
    assert await sent.bench.rows(ReviewItem) == []
    assert await sent.bench.broken() == []


@pytest.mark.parametrize("way", ["each by its id", "the block by its id", "the block without a name"])
async def test_taking_the_booking_back_restores_all_as_it_was(sent: Sent, way: str) -> None:
    before = (await sent.states(), await sent.items())
    await sent.bench.upload(await statement_of(sent, way))
    ids = [row.id for row in await sent.bench.transactions()]

    async with sent.bench.begin() as work:
        await undo_decision(work, bank_transaction_ids=ids, reason="wrong")

    assert (await sent.states(), await sent.items()) == before
    assert (await sent.treasury.run(sent.run_id)).closed_at is None
    assert {row.settled_by_id for row in await sent.treasury.rows(Refund)} == {None}
    assert await sent.bench.broken() == []


async def test_a_run_waits_until_each_of_its_refunds_ended(sent: Sent) -> None:
    first, second = await sent.ids()
    await sent.bench.upload(bank_statement(out(5_000, end_to_end_id=first)))
    assert await sent.states() == ("settled", "submitted", "submitted")

    message_id = (await sent.treasury.run(sent.run_id)).message_id
    report = block_answer(answer(second, code="AC04"), block=f"{message_id}-B1")
    await sent.bench.upload(pain002(report, original=message_id).replace(b"pain.008.001.08", b"pain.001.001.09"))

    assert await sent.states() == ("settled", "failed", "closed")
    assert await sent.items() == [(-5_000, 0, None), (0, 0, None)]
    assert await sent.bench.broken() == []


async def test_what_the_bank_rejected_is_not_awaited_in_the_sum_of_the_block(sent: Sent) -> None:
    _, second = await sent.ids()
    message_id = (await sent.treasury.run(sent.run_id)).message_id
    report = block_answer(answer(second, code="AC04"), block=f"{message_id}-B1")
    await sent.bench.upload(pain002(report, original=message_id))

    await sent.bench.upload(bank_statement(out(5_000, block=f"{message_id}-B1", count=1)))

    assert await sent.states() == ("settled", "failed", "closed")
    assert await sent.bench.broken() == []


@pytest.mark.parametrize("by_hand", [False, True], ids=["the offer is accepted", "put together by hand"])
async def test_a_booking_without_our_id_settles_the_refund_once_a_person_says_what_it_is(
    sent: Sent, by_hand: bool
) -> None:
    await sent.bench.upload(bank_statement(out(5_000, text="GS-1")))
    question = await sent.question()
    assert (await sent.states())[0] == "submitted"

    item = await sent.treasury.item("GS-1")
    async with sent.bench.begin() as work:
        if by_hand:
            line = Line(item.id, AllocationKind.PAYMENT, -5_000)
            await allocate(work, review_item_id=question.id, lines=[line])
        else:
            await accept(work, review_item_id=question.id)

    assert await sent.states() == ("settled", "submitted", "submitted")
    assert (await sent.items())[0] == (-5_000, 0, None)
    assert {row.state for row in await sent.bench.transactions()} == {BankTransactionState.ALLOCATED}
    assert await sent.bench.broken() == []


@pytest.mark.parametrize(
    ("minor", "reason"),
    [
        pytest.param(4_999, ReviewReason.AMOUNT_DIFFERS, id="less"),
        pytest.param(5_001, ReviewReason.AMOUNT_DIFFERS, id="more"),
    ],
)
async def test_another_amount_is_asked_about(sent: Sent, minor: int, reason: ReviewReason) -> None:
    (first, _) = await sent.ids()

    await sent.bench.upload(bank_statement(out(minor, end_to_end_id=first)))

    assert (await sent.question()).reason is reason
    assert await sent.states() == ("submitted", "submitted", "submitted")


async def test_a_second_booking_of_one_refund_is_asked_about(sent: Sent) -> None:
    (first, _) = await sent.ids()
    await sent.bench.upload(bank_statement(out(5_000, end_to_end_id=first), out(5_000, end_to_end_id=first)))

    assert (await sent.question()).reason is ReviewReason.PAID_ALREADY
    assert (await sent.items())[0] == (-5_000, 0, None)
    assert await sent.bench.broken() == []


async def test_what_was_used_meanwhile_the_customer_owes_once_a_person_agrees(sent: Sent) -> None:
    (first, _) = await sent.ids()
    received = booked(2_000, code="PMNT-RCDT-ESCT", text="nothing known", day=DUE - dt.timedelta(1))
    await sent.bench.upload(bank_statement(received, day=DUE - dt.timedelta(1)))
    invoice, note = await sent.treasury.item("FA-1"), await sent.treasury.item("GS-1")
    async with sent.bench.begin() as work:
        lines = [
            Line(invoice.id, AllocationKind.PAYMENT, 4_000), Line(note.id, AllocationKind.PAYMENT, -2_000)
        ]  # fmt: skip
        await allocate(work, review_item_id=(await sent.question()).id, lines=lines)

    await sent.bench.upload(bank_statement(out(5_000, end_to_end_id=first), number=2, opening_minor=2_000))
    question = await sent.question()
    assert question.reason is ReviewReason.MORE_THAN_OPEN
    async with sent.bench.begin() as work:
        await accept(work, review_item_id=question.id)
    assert (await sent.states())[0] == "settled"
    owed = [row.amount_minor for row in await sent.bench.rows(OpenItem) if row.number.startswith("OA-")]
    assert owed == [2_000]

    returned = bank_statement(back(5_000, first, day=NEXT), number=3, day=NEXT, opening_minor=-3_000)
    await sent.bench.upload(returned)
    async with sent.bench.begin() as work:  # It is not certain where it was kept, so it is kept on account.
        await accept(work, review_item_id=(await sent.question()).id)

    assert (await sent.states())[0] == "failed"
    owed = [row.amount_minor for row in await sent.bench.rows(OpenItem) if row.number.startswith("OA-")]
    assert owed == [2_000, -5_000]
    assert await sent.bench.broken() == []


async def paid_and_back(sent: Sent, *, same_day: bool = False) -> None:
    first, second = await sent.ids()
    paid = [out(5_000, end_to_end_id=first), out(3_000, end_to_end_id=second)]
    if same_day:
        await sent.bench.upload(bank_statement(back(5_000, first), *paid))
        return
    await sent.bench.upload(bank_statement(*paid))
    again = bank_statement(back(5_000, first, day=NEXT), number=2, day=NEXT, opening_minor=-TOTAL)
    await sent.bench.upload(again)


@pytest.mark.parametrize("same_day", [False, True], ids=["later", "in the same statement"])
async def test_a_refund_that_comes_back_is_kept_for_the_customer_again(sent: Sent, same_day: bool) -> None:
    await paid_and_back(sent, same_day=same_day)

    assert await sent.states() == ("failed", "settled", "closed")
    assert await sent.items() == [(0, 0, None), (-3_000, 0, None)]
    (row, _) = await sent.treasury.rows(Refund)
    async with sent.treasury.database.read() as session:
        assert (await ends_of(session, [row.id]))[row.id] == "AC04"
    assert await sent.bench.rows(ReviewItem) == []
    assert await sent.bench.broken() == []
    item = await sent.treasury.item("GS-1")
    async with sent.treasury.work("clara") as work:  # It may be tried again.
        await propose_refund(work, RefundWanted(item.id, 5_000, TO))


async def test_taking_a_return_back_makes_the_refund_paid_again(sent: Sent) -> None:
    await paid_and_back(sent)
    *paid, returned = [row.id for row in await sent.bench.transactions()]

    with pytest.raises(UsedSince):
        async with sent.bench.begin() as work:
            await undo_decision(work, bank_transaction_ids=paid, reason="wrong")
    async with sent.bench.begin() as work:
        await undo_decision(work, bank_transaction_ids=[returned], reason="wrong")

    assert await sent.states() == ("settled", "settled", "closed")
    assert await sent.items() == PAID
    assert await sent.bench.broken() == []
    async with sent.bench.begin() as work:
        await undo_decision(work, bank_transaction_ids=paid, reason="wrong")
    assert await sent.states() == ("submitted", "submitted", "submitted")
    assert [(settled, asked) for settled, asked, _ in await sent.items()] == [(0, -5_000), (0, -3_000)]
    assert await sent.bench.broken() == []


async def test_all_is_taken_back_together(sent: Sent) -> None:
    before = (await sent.states(), await sent.items())
    await paid_and_back(sent)

    async with sent.bench.begin() as work:
        ids = [row.id for row in await sent.bench.transactions()]
        await undo_decision(work, bank_transaction_ids=ids, reason="wrong")

    assert (await sent.states(), await sent.items()) == before
    assert await sent.bench.broken() == []


async def test_a_return_that_is_short_is_asked_with_the_rest_as_a_charge(sent: Sent) -> None:
    first, second = await sent.ids()
    await sent.bench.upload(bank_statement(out(5_000, end_to_end_id=first), out(3_000, end_to_end_id=second)))
    short = bank_statement(back(4_500, first, day=NEXT), number=2, day=NEXT, opening_minor=-TOTAL)
    await sent.bench.upload(short)

    question = await sent.question()
    assert question.reason is ReviewReason.RETURNED_TRANSFER
    async with sent.bench.begin() as work:
        await accept(work, review_item_id=question.id)

    assert await sent.states() == ("failed", "settled", "closed")
    assert (await sent.items())[0] == (0, 0, None)
    assert await sent.bench.broken() == []


async def test_a_return_before_the_booking_is_asked(sent: Sent) -> None:
    (first, _) = await sent.ids()
    await sent.bench.upload(bank_statement(back(5_000, first)))

    assert (await sent.question()).reason is ReviewReason.RETURNED_TRANSFER
    assert await sent.states() == ("submitted", "submitted", "submitted")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param("UPDATE refund SET settled_by_id = NULL", "is settled, paid by bank_transaction None", id="money"),
        pytest.param("UPDATE refund SET amount_minor = amount_minor + 1", "pays refunds of", id="amount"),
        pytest.param("UPDATE refund SET state = 'failed'", "was paid and failed, but no money", id="failed"),
        pytest.param("UPDATE refund SET state = 'submitted'", "is closed, its refunds are not", id="run"),
    ],
)
async def test_check_finds_a_refund_that_is_not_as_its_booking_says(sent: Sent, change: str, said: str) -> None:
    await sent.bench.upload(bank_statement(*await bookings(sent, "each by its id")))
    await sent.treasury.execute(change)

    assert any(said in sentence for sentence in await sent.bench.broken())


async def test_each_move_is_written_down(sent: Sent) -> None:
    await paid_and_back(sent)

    (row, _) = await sent.treasury.rows(Refund, refunds.c.id > 0)
    written = [
        one for one in await sent.treasury.rows(Move) if (one.subject_table, one.subject_id) == ("refund", row.id)
    ]
    assert [one.to_state for one in written] == ["approved", "batched", "submitted", "settled", "failed"]
    assert (await sent.treasury.run(sent.run_id)).state is RunState.CLOSED
