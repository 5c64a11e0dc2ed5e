"""Whatever rules and clerks decided, taking it back leaves what matching sees as it was, on each kind of database."""

import datetime as dt
from random import Random
from typing import NamedTuple

import pytest

from gateway.domain.matching.model import Customer, KnownIban, Line, OpenItem
from gateway.services import resolve_review
from gateway.services.manage_customers import add_customer
from gateway.services.manage_invoices import add_item
from gateway.services.resolve_review import ItemsMoved
from gateway.services.undo_decision import undo_decision
from gateway.store import open_items, parties
from gateway.store.bank_transactions import BankTransaction
from gateway.store.counters import UsedSince
from gateway.store.reviews import ReviewItem
from schemas.identifiers import Iban
from schemas.states import AllocationKind, BankTransactionState, IgnoreCategory, OpenItemKind, ReviewState
from schemas.tables import CustomerRow, InvoiceRow
from support.bank import camt, payment
from support.figures import count, note
from support.gateways import Bench

pytestmark = pytest.mark.prove

ROUNDS = count(full=25, small=2)
ACCOUNTS = ("DE02120300000000202051", "DE02500105170137075030", "DE02701500000000594937", "DE02100500000054540402")
CUSTOMERS = (("C1", "Alpha Werke GmbH"), ("C2", "Beta Handel AG"), ("C3", "Gamma SARL"))
AMOUNTS = (10_000, 10_000, 20_000, 15_000, 7_500, -2_500, 12_345)
DECIDED = (BankTransactionState.ALLOCATED, BankTransactionState.PARTLY_ALLOCATED, BankTransactionState.IGNORED)


class State(NamedTuple):
    """All that matching sees, and what is drawn from each bank transaction."""

    items: list[OpenItem]
    ibans: list[KnownIban]
    customers: list[Customer]
    drawn: dict[int, int]


async def state_of(bench: Bench) -> State:
    async with bench.database.read() as session:
        return State(
            await open_items.load_open_items(session, bench.company_id),
            sorted(await parties.load_known_ibans(session, bench.company_id)),
            await parties.load_customers(session, bench.company_id),
            {one.id: one.allocated_minor for one in await bench.transactions() if one.allocated_minor},
        )


async def open_books(bench: Bench) -> None:
    """Add customers, one of them with an account on his record, and what they owe."""
    async with bench.begin() as work:
        for place, (number, name) in enumerate(CUSTOMERS):
            iban = Iban.parse(ACCOUNTS[0]) if place == 0 else None
            await add_customer(work, row=CustomerRow(0, number, name, iban=iban))
    async with bench.begin() as work:
        for place, minor in enumerate(AMOUNTS * 3):
            kind = OpenItemKind.INVOICE if minor > 0 else OpenItemKind.CREDIT_NOTE
            day = dt.date(2026, 10, 1) + dt.timedelta(place)
            customer = CUSTOMERS[place % 3][0]
            await add_item(work, row=InvoiceRow(0, f"FA-2026-{place:06d}", customer, "EUR", minor, kind, day, day))


def some_payments(random: Random, number: int) -> bytes:
    entries = [
        payment(
            random.choice([10_000, 20_000, 7_500, 12_345, 9_800, 5_000, 33_333]),
            random.choice([f"FA-2026-{random.randrange(21):06d}", "Danke", f"FA-2026-{random.randrange(21):06d} Rate"]),
            name=random.choice([name for _, name in CUSTOMERS]),
            iban=random.choice(ACCOUNTS),
            reference=f"R{number}-{place}",
        )
        for place in range(8)
    ]
    return camt(
        *entries, number=str(number), message_id=f"MSG-{number}", day=dt.date(2026, 1, 1) + dt.timedelta(number)
    )


async def answer(bench: Bench, question: ReviewItem, random: Random) -> bool:
    """Decide a question somehow, unless what it proposes was paid since."""
    try:
        await decide(bench, question, random)
    except ItemsMoved:
        return False
    return True


async def decide(bench: Bench, question: ReviewItem, random: Random) -> None:
    state = await state_of(bench)
    open_debts = [item for item in state.items if item.open_minor > 0]
    async with bench.begin() as work:
        way = random.choice(["accept", "accept", "split", "keep", "ignore"])
        if way == "accept" and question.explanations:
            place = random.randrange(len(question.explanations))
            await resolve_review.accept(work, review_item_id=question.id, place=place)
        elif way == "ignore":
            await resolve_review.ignore(work, review_item_id=question.id, category=IgnoreCategory.SUPPLIER_REFUND)
        elif way == "split" and open_debts:
            item = random.choice(open_debts)
            line = Line(item.id, AllocationKind.PAYMENT, min(item.open_minor, question.amount_minor))
            await resolve_review.allocate(work, review_item_id=question.id, lines=[line])
        else:
            await resolve_review.allocate(
                work, review_item_id=question.id, lines=[], on_account_minor=question.amount_minor,
                customer_id=random.choice(state.customers).id,
            )  # fmt: skip


async def undo(bench: Bench, transaction_id: int) -> bool:
    """Take back what was decided, unless what it kept on account was used since."""
    try:
        async with bench.begin() as work:
            await undo_decision(work, bank_transaction_ids=[transaction_id], reason="asked")
    except UsedSince:
        return False
    return True


async def open_questions(bench: Bench) -> list[ReviewItem]:
    return [one for one in await bench.rows(ReviewItem) if one.state is ReviewState.OPEN]


async def decided(bench: Bench) -> list[BankTransaction]:
    return [one for one in await bench.transactions() if one.state in DECIDED]


async def test_what_rules_and_clerks_decided_is_taken_back_without_a_trace(bench: Bench) -> None:
    random, taken_back = Random(17), 0
    await open_books(bench)
    untouched = await state_of(bench)

    for round_ in range(1, ROUNDS + 1):
        await bench.upload(some_payments(random, round_))
        for question in await open_questions(bench):
            before = await state_of(bench)
            if await answer(bench, question, random) and random.random() < 0.5:
                assert await undo(bench, question.bank_transaction_id)
                assert await state_of(bench) == before
        while rows := await decided(bench):
            taken_back += sum([await undo(bench, one.id) for one in random.sample(rows, len(rows))])
        assert await state_of(bench) == untouched

    assert await bench.broken() == []
    note("decisions taken back without a trace", str(taken_back), 17)
