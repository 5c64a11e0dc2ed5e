"""What a clerk decides is booked once, can be taken back whole, and a late decision is refused kindly."""

import datetime as dt
from collections.abc import Sequence

import pytest

from gateway.domain.matching.model import Line
from gateway.services import resolve_review
from gateway.services.resolve_review import DecidedAlready, ItemsMoved, NoSuchExplanation, WrongSum
from gateway.services.undo_decision import NothingToUndo, undo_decision
from gateway.store.allocations import Allocation, Decision
from gateway.store.counters import UsedSince
from gateway.store.open_items import OpenItem, OpenItemVersion
from gateway.store.parties import Party
from gateway.store.reviews import ReviewItem
from schemas.states import (
    AllocationKind,
    BankTransactionState,
    IgnoreCategory,
    OpenItemKind,
    ReviewReason,
    ReviewState,
)
from support.bank import camt, payment
from support.gateways import CLERK, NOW, Bench

PAYMENT = AllocationKind.PAYMENT


async def customer_with(bench: Bench, *amounts: int) -> tuple[int, list[int]]:
    """Add a customer with open items of some amounts."""
    async with bench.begin() as work:
        party = Party(
            id=work.new_id(), company_id=bench.company_id, number="C1", name="Alpha", name_folded="alpha",
            created_at=NOW,
        )  # fmt: skip
        work.add(party)
        await work.flush()
        keys = [_add_item(work, bench, party.id, place, amount) for place, amount in enumerate(amounts, start=1)]
        work.say("add_items", f"party:{party.id}")
    return party.id, keys


def _add_item(work, bench: Bench, party_id: int, place: int, amount: int) -> int:  # type: ignore[no-untyped-def]
    kind = OpenItemKind.INVOICE if amount > 0 else OpenItemKind.CREDIT_NOTE
    item = OpenItem(
        id=work.new_id(), company_id=bench.company_id, kind=kind, number=f"XQ-{place}", number_key=f"XQ{place}",
        party_id=party_id, currency="EUR", amount_minor=amount, created_at=NOW,
    )  # fmt: skip
    version = OpenItemVersion(
        id=work.new_id(), company_id=bench.company_id, open_item_id=item.id, position=1, amount_minor=amount,
        party_id=party_id, record={}, recorded_at=NOW, actor="test", journal_id=work.journal_id,
    )  # fmt: skip
    work.add(item, version)
    return item.id


async def asked(bench: Bench, *amounts: int) -> list[ReviewItem]:
    """Bring payments that nobody can explain; return the questions about them."""
    entries = [payment(amount, f"unklar {place}", reference=f"A{place}", iban=None, name=None)
               for place, amount in enumerate(amounts)]  # fmt: skip
    await bench.upload(camt(*entries))
    return list(await bench.rows(ReviewItem))


async def settled(bench: Bench) -> list[int]:
    return [item.settled_minor for item in await bench.rows(OpenItem) if item.kind is not OpenItemKind.ON_ACCOUNT]


async def split(bench: Bench, question: ReviewItem, *lines: tuple[int, int], **more: int) -> None:
    async with bench.begin() as work:
        chosen = [Line(item_id, PAYMENT, amount) for item_id, amount in lines]
        await resolve_review.allocate(work, review_item_id=question.id, lines=chosen, **more)


async def test_a_split_settles_items_and_closes_the_question(bench: Bench) -> None:
    _, (first, second) = await customer_with(bench, 10_000, 5_000)
    (question,) = await asked(bench, 12_000)

    await split(bench, question, (first, 10_000), (second, 2_000))

    (transaction,) = await bench.transactions()
    assert (transaction.state, transaction.allocated_minor) == (BankTransactionState.ALLOCATED, 12_000)
    assert await settled(bench) == [10_000, 2_000]
    assert (await bench.rows(ReviewItem))[0].state is ReviewState.RESOLVED
    assert await bench.broken() == []


async def test_a_credit_note_is_taken_with_a_payment(bench: Bench) -> None:
    _, (invoice, credit_note) = await customer_with(bench, 10_000, -1_000)
    (question,) = await asked(bench, 9_000)

    await split(bench, question, (invoice, 10_000), (credit_note, -1_000))

    assert await settled(bench) == [10_000, -1_000]
    assert await bench.broken() == []


async def test_what_is_not_allocated_stays_in_the_queue(bench: Bench) -> None:
    _, (invoice,) = await customer_with(bench, 10_000)
    (question,) = await asked(bench, 12_000)

    await split(bench, question, (invoice, 10_000))

    (left,) = await bench.rows(ReviewItem)
    assert (left.state, left.amount_minor) == (ReviewState.OPEN, 2_000)
    assert (await bench.transactions())[0].state is BankTransactionState.PARTLY_ALLOCATED


async def test_the_rest_is_kept_on_account_as_an_item_of_its_own(bench: Bench) -> None:
    customer_id, (invoice,) = await customer_with(bench, 10_000)
    (question,) = await asked(bench, 12_000)

    await split(bench, question, (invoice, 10_000), on_account_minor=2_000, customer_id=customer_id)

    kept = [item for item in await bench.rows(OpenItem) if item.kind is OpenItemKind.ON_ACCOUNT]
    assert [(item.amount_minor, item.settled_minor, item.party_id) for item in kept] == [(-2_000, 0, customer_id)]
    assert await bench.broken() == []


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        pytest.param([(0, 13_000)], WrongSum, id="more than came in"),
        pytest.param([(0, -500)], WrongSum, id="the other sign"),
        pytest.param([], WrongSum, id="nothing"),
        pytest.param([(0, 11_000)], ItemsMoved, id="more than is open"),
    ],
)
async def test_what_does_not_fit_is_refused_and_changes_nothing(
    bench: Bench, lines: Sequence[tuple[int, int]], error: type[Exception]
) -> None:
    _, items = await customer_with(bench, 10_000)
    (question,) = await asked(bench, 12_000)

    with pytest.raises(error):
        await split(bench, question, *[(items[place], amount) for place, amount in lines])

    assert await settled(bench) == [0]
    assert await bench.rows(Decision) == []


async def test_a_late_decision_is_refused_with_who_decided(bench: Bench) -> None:
    _, (invoice,) = await customer_with(bench, 10_000)
    (question,) = await asked(bench, 10_000)
    await split(bench, question, (invoice, 10_000))

    with pytest.raises(DecidedAlready, match="Clara Becker"):
        await split(bench, question, (invoice, 10_000))


async def test_two_payments_cannot_settle_one_item_twice(bench: Bench) -> None:
    _, (invoice,) = await customer_with(bench, 10_000)
    first, second = await asked(bench, 10_000, 10_000)
    await split(bench, first, (invoice, 10_000))

    with pytest.raises(ItemsMoved):
        await split(bench, second, (invoice, 10_000))

    assert await settled(bench) == [10_000]


async def test_an_explanation_that_is_not_there_cannot_be_accepted(bench: Bench) -> None:
    (question,) = await asked(bench, 10_000)

    with pytest.raises(NoSuchExplanation):
        async with bench.begin() as work:
            await resolve_review.accept(work, review_item_id=question.id, place=9)


async def test_undo_restores_what_was_open_and_asks_again(bench: Bench) -> None:
    _, (invoice,) = await customer_with(bench, 10_000)
    (question,) = await asked(bench, 10_000)
    await split(bench, question, (invoice, 10_000))
    (transaction,) = await bench.transactions()

    async with bench.begin() as work:
        undone = await undo_decision(work, bank_transaction_ids=[transaction.id], reason="was wrong")

    assert undone == (1, 1)
    assert await settled(bench) == [0]
    (after,) = await bench.transactions()
    assert (after.state, after.allocated_minor) == (BankTransactionState.IN_REVIEW, 0)
    assert [(row.state, row.reason) for row in await bench.rows(ReviewItem)][-1] == (
        ReviewState.OPEN, ReviewReason.UNDONE,
    )  # fmt: skip
    first, second = await bench.rows(Allocation)
    assert (second.reverses_id, second.item_minor, second.effective_date) == (first.id, -10_000, first.effective_date)
    assert await bench.broken() == []


async def test_a_split_that_left_a_rest_is_taken_back_whole_and_asked_once(bench: Bench) -> None:
    _, (invoice,) = await customer_with(bench, 10_000)
    (question,) = await asked(bench, 12_000)
    await split(bench, question, (invoice, 10_000))

    async with bench.begin() as work:
        await undo_decision(work, bank_transaction_ids=[question.bank_transaction_id], reason="was wrong")

    (after,) = await bench.rows(ReviewItem)
    assert (after.state, after.reason, after.amount_minor) == (ReviewState.OPEN, ReviewReason.UNDONE, 12_000)
    assert await settled(bench) == [0]
    assert await bench.broken() == []


async def test_what_was_undone_cannot_be_undone_again(bench: Bench) -> None:
    _, (invoice,) = await customer_with(bench, 10_000)
    (question,) = await asked(bench, 10_000)
    await split(bench, question, (invoice, 10_000))
    (transaction,) = await bench.transactions()
    async with bench.begin() as work:
        await undo_decision(work, bank_transaction_ids=[transaction.id], reason="was wrong")

    with pytest.raises(NothingToUndo):
        async with bench.begin() as work:
            await undo_decision(work, bank_transaction_ids=[transaction.id], reason="again")


async def test_an_undone_decision_can_be_taken_anew(bench: Bench) -> None:
    _, (wrong, right) = await customer_with(bench, 10_000, 10_000)
    (question,) = await asked(bench, 10_000)
    await split(bench, question, (wrong, 10_000))
    (transaction,) = await bench.transactions()
    async with bench.begin() as work:
        await undo_decision(work, bank_transaction_ids=[transaction.id], reason="was wrong")

    await split(bench, (await bench.rows(ReviewItem))[-1], (right, 10_000))

    assert await settled(bench) == [0, 10_000]
    assert await bench.broken() == []


async def test_money_on_account_that_was_used_is_not_taken_back(bench: Bench) -> None:
    customer_id, _ = await customer_with(bench)
    (first,) = await asked(bench, 2_000)
    await split(bench, first, on_account_minor=2_000, customer_id=customer_id)
    (kept,) = await bench.rows(OpenItem)
    async with bench.begin() as work:
        work.session.add(kept)
        kept.settled_minor = -500

    with pytest.raises(UsedSince):
        async with bench.begin() as work:
            await undo_decision(work, bank_transaction_ids=[first.bank_transaction_id], reason="was wrong")


async def test_what_is_no_payment_is_set_aside_and_can_come_back(bench: Bench) -> None:
    (question,) = await asked(bench, 10_000)
    async with bench.begin() as work:
        await resolve_review.ignore(work, review_item_id=question.id, category=IgnoreCategory.SUPPLIER_REFUND)
    (transaction,) = await bench.transactions()
    assert (transaction.state, transaction.category) == (BankTransactionState.IGNORED, IgnoreCategory.SUPPLIER_REFUND)

    async with bench.begin() as work:
        await undo_decision(work, bank_transaction_ids=[transaction.id], reason="it was one")

    (after,) = await bench.transactions()
    assert (after.state, after.category) == (BankTransactionState.IN_REVIEW, None)


async def test_a_question_is_assigned_put_to_sleep_and_commented(bench: Bench) -> None:
    (question,) = await asked(bench, 10_000)

    async with bench.begin() as work:
        await resolve_review.assign(work, review_item_id=question.id, user_id=7)
    async with bench.begin() as work:
        await resolve_review.snooze(work, review_item_id=question.id, until_date=dt.date(2026, 12, 1))
    async with bench.begin() as work:
        await resolve_review.comment(work, review_item_id=question.id, words="called, will answer")

    (after,) = await bench.rows(ReviewItem)
    assert (after.assigned_to, after.snoozed_until, after.version) == (CLERK.id, dt.date(2026, 12, 1), 3)
