"""What people do in a simulated year: they write invoices, plan, approve, send, change mandates, answer questions.

They are careful and know nothing of the bank's books; what a person sees is in the database.
"""

import datetime as dt
from contextlib import suppress

from sqlalchemy import select

from gateway.domain.matching.model import Line, Strength
from gateway.domain.matching.record import from_record
from gateway.fake_bank import Outcome, Transfer, calendar
from gateway.services.approve_run import RunHasTrouble
from gateway.services.cancel_collection import cancel_collection
from gateway.services.discard_run import take_out
from gateway.services.freeze_run import NothingToCollect
from gateway.services.match_transactions import match_transactions
from gateway.services.plan_retry import RetryNotAllowed, accept_retry
from gateway.services.reject_collections import reject_by_person
from gateway.services.resolve_review import accept, allocate
from gateway.store.bank_transactions import BankTransaction
from gateway.store.collection_runs import RunSubmission, submissions
from gateway.store.collections import Collection, collections, lines
from gateway.store.open_items import open_items
from gateway.store.reviews import ReviewItem, review_items
from gateway.store.runs_in_work import of_run
from gateway.store.unpaid import Unpaid, unpaid
from gateway.store.work import SYSTEM
from schemas.errors import Conflict
from schemas.states import (
    AllocationKind,
    BankTransactionState,
    CollectionState,
    ReviewState,
    RunState,
    SubmissionState,
    UnpaidState,
)
from support.master_data import imported, invoice, table
from support.simulation_model import Debt
from support.simulation_world import Customer, World
from support.treasury import INVOICE_COLUMNS

PREFIX = "Rechnung "
_WAITING = (BankTransactionState.NEW, BankTransactionState.IN_REVIEW)


async def write_invoices(world: World) -> None:
    """Write the invoices of a month, and some credit notes; some customers will pay by themselves."""
    dice, today = world.dice, world.today
    debts: list[Debt] = []
    usual = dice.choice([16, 24])
    for one in world.customers:
        for _ in range(dice.choice([0, 1, 1, 2])):
            world.numbers += 1
            due = today + dt.timedelta(days=usual if dice.random() < 0.9 else 20)
            is_credit = dice.random() < 0.12
            amount = -dice.randint(100, 4_000) if is_credit else dice.randint(2_000, 90_000)
            number = f"{'GS' if is_credit else 'FA'}-2027-{world.numbers:05}"
            debts.append(Debt(number, one.number, amount, due))
            if not is_credit and dice.random() < one.pays_himself:
                pay(world, debts[-1], one, due + dt.timedelta(days=dice.randint(-12, 4)))
    rows = [
        invoice(debt.number, debt.amount_minor, customer=debt.customer, issue_date=today, due_date=debt.due_date,
                notified_date=today)
        for debt in debts
    ]  # fmt: skip
    if rows:
        world.model.owe(*debts)
        treasury = world.treasury
        given = table(*rows, columns=INVOICE_COLUMNS)
        await imported(treasury.database, treasury.company_id, given, now=lambda: treasury.now)


def pay(world: World, debt: Debt, one: Customer, date: dt.date) -> None:
    """Let a customer pay a debt by transfer on a day."""
    if debt.number not in world.model.transfers:
        world.model.transfers[debt.number] = debt.amount_minor
        paid = Transfer(world.accounts[0], debt.amount_minor, f"Kunde {one.number}", one.iban, PREFIX + debt.number)
        world.bank.take_transfer(paid, max(date, world.today + dt.timedelta(days=1)))


async def freeze(world: World) -> list[int]:
    """Freeze what is due in the next days into runs."""
    try:
        frozen = await world.treasury.freeze(until=world.today + dt.timedelta(days=world.dice.choice([10, 14, 18])))
    except NothingToCollect:
        return []
    return list(frozen.run_ids)


async def hand_over(world: World, run_id: int) -> None:
    """Let Anna approve a run and Clara bring it to the bank; what changed meanwhile is taken out first."""
    treasury = world.treasury
    run = await treasury.run(run_id)
    try:
        if run.state is RunState.FROZEN:
            await treasury.approve(run_id=run_id)
        await treasury.begin(run_id)
    except RunHasTrouble as error:
        try:
            again = await take_out(
                treasury.place, company_id=treasury.company_id, run_id=run_id, maker=treasury.maker(),
                collection_ids=[trouble.collection_id for trouble in error.troubles], reason="it changed meanwhile",
            )  # fmt: skip
        except NothingToCollect:
            return
        world.events["taken out of a run"] += len(error.troubles)
        for other in again.run_ids:
            await hand_over(world, other)
        return
    await _bring(world, run_id)


async def _bring(world: World, run_id: int) -> None:
    """Bring a file to the bank; now and then nobody knows whether it arrived, and then somebody asks the bank."""
    treasury = world.treasury
    chance = world.dice.random()
    if chance < 0.05 or chance > 0.95:
        world.events["unknown submission"] += 1
    if chance < 0.05:  # The line broke before the bank had it.
        await treasury.end(run_id, SubmissionState.UNKNOWN, "the page hung")
        await treasury.end(run_id, SubmissionState.NOT_SENT, "the bank knows no such file")
        await treasury.begin(run_id)
    await _note_what_left(world, run_id)
    run = await treasury.run(run_id)
    world.bank.take_order(treasury.place.originals.path_of(run.sha256).read_bytes(), treasury.now)
    if chance > 0.95:  # The line broke after it.
        await treasury.end(run_id, SubmissionState.UNKNOWN, "the page hung")
    else:
        await treasury.end(run_id)


async def _note_what_left(world: World, run_id: int) -> None:
    query = (
        select(collections.c.end_to_end_id, open_items.c.number, lines.c.amount_minor)
        .join(lines, lines.c.collection_id == collections.c.id)
        .join(open_items, open_items.c.id == lines.c.open_item_id)
        .where(of_run(run_id))
    )
    async with world.treasury.database.read() as session:
        for end_to_end_id, number, amount in await session.execute(query):
            world.model.debits.setdefault(end_to_end_id, {})[number] = amount


async def look_after_attempts(world: World) -> None:
    """Resolve attempts of which nobody knew how they ended: the bank says on the telephone that it has the file."""
    for attempt in await world.treasury.rows(RunSubmission, submissions.c.state == SubmissionState.UNKNOWN):
        await world.treasury.end(attempt.run_id, SubmissionState.SENT, "the bank has it, on the telephone")


async def answer_questions(world: World) -> None:
    """Look again at what waits, then answer what is asked: again and again, as one answer may explain the next."""
    treasury = world.treasury
    for _ in range(3):
        if not await _questions(world):
            return
        await match_transactions(
            treasury.database, company_id=treasury.company_id, actor=SYSTEM, now=lambda: treasury.now, states=_WAITING
        )
        answered = [await _answer(world, *asked) for asked in await _questions(world)]
        if not any(answered):
            return


async def _questions(world: World) -> list[tuple[int, str, int]]:
    query = (
        select(ReviewItem.id, BankTransaction.remittance, BankTransaction.amount_minor)  # type: ignore[call-overload]
        .join(BankTransaction, BankTransaction.id == ReviewItem.bank_transaction_id)
        .where(ReviewItem.state == ReviewState.OPEN)
        .order_by(ReviewItem.id)
    )
    async with world.treasury.database.read() as session:
        return [tuple(row) for row in await session.execute(query)]


async def _answer(world: World, review_item_id: int, text: str, amount_minor: int) -> bool:
    """Answer a question, if a careful clerk would; tell whether he did."""
    _, is_transfer, number = text.partition(PREFIX)
    if is_transfer and amount_minor > 0:
        await _answer_transfer(world, review_item_id, number.strip(), amount_minor)
        return True
    row = (await world.treasury.rows(ReviewItem, review_items.c.id == review_item_id))[0]
    if not row.explanations or from_record(row.explanations[0]).strength is Strength.WEAK:
        return False
    async with world.treasury.work() as work:
        await accept(work, review_item_id=review_item_id)
    world.events["explanation accepted"] += 1
    return True


async def _answer_transfer(world: World, review_item_id: int, number: str, amount_minor: int) -> None:
    """Let a transfer pay its debt if that is open, else keep it on account."""
    item = await world.treasury.item(number)
    is_open = item.amount_minor - item.settled_minor - item.collecting_minor >= amount_minor
    lines = [Line(item.id, AllocationKind.PAYMENT, amount_minor)] if is_open else []
    kept = 0 if is_open else amount_minor
    if kept:
        world.model.on_account.add(number)
    world.events["transfer kept on account" if kept else "transfer allocated by hand"] += 1
    async with world.treasury.work() as work:
        await allocate(
            work, review_item_id=review_item_id, lines=lines, on_account_minor=kept, customer_id=item.party_id
        )


async def look_after_unpaid(world: World) -> None:
    """Work the register: what may be presented again is, else some customers pay by transfer when they are called."""
    treasury = world.treasury
    for row in await treasury.rows(Unpaid, unpaid.c.state == UnpaidState.OPEN, unpaid.c.collection_id.is_not(None)):
        if row.id in world.called:
            continue
        world.called.add(row.id)
        if row.retry_date is not None:
            await _retry(world, row)
        elif world.dice.random() < 0.5:
            (debit,) = await treasury.rows(Collection, collections.c.id == row.collection_id)
            _call(world, debit.end_to_end_id)


async def _retry(world: World, row: Unpaid) -> None:
    """Present a debit again; now and then a customer says in time that he pays otherwise."""
    date = max(row.retry_date or world.today, world.today + dt.timedelta(days=3))
    with suppress(Conflict, RetryNotAllowed):  # Paid meanwhile, or the mandate ended.
        async with world.treasury.work() as work:
            key = await accept_retry(work, row_id=row.id, retry_date=date)
        if world.dice.random() < 0.1:
            async with world.treasury.work() as work:
                await cancel_collection(work, collection_id=key, reason="the customer pays otherwise")
            world.events["retry cancelled"] += 1


async def ask_about_silence(world: World) -> None:
    """Ask the bank about debits of which nothing was heard ten days after their day: a report may be lost."""
    treasury, outcomes = world.treasury, world.bank.state.outcomes()
    long_ago = world.today - dt.timedelta(days=10)
    silent = collections.c.state == CollectionState.SUBMITTED, collections.c.collection_date < long_ago
    for row in await treasury.rows(Collection, *silent):
        outcome, reason = outcomes[row.end_to_end_id]
        if outcome in (Outcome.REJECTED, Outcome.REFUSED):
            async with treasury.work() as work:
                await reject_by_person(work, collection_id=row.id, reason=reason, proof="on the telephone")
            world.events["rejection told on the telephone"] += 1


async def give_back(world: World) -> None:
    """Give a debit of the last days back, on the page of the bank: it was asked for by mistake."""
    is_fresh = collections.c.collection_date >= world.today - dt.timedelta(days=5)
    found = await world.treasury.rows(Collection, collections.c.state == CollectionState.SETTLED, is_fresh)
    if found:
        world.bank.state.plan(calendar.shifted(world.today, 1), "reverse", world.dice.choice(found).end_to_end_id)


def _call(world: World, end_to_end_id: str) -> None:
    for number in world.model.debits[end_to_end_id]:
        debt = world.model.debts[number]
        if debt.amount_minor > 0:
            one = next(one for one in world.customers if one.number == debt.customer)
            pay(world, debt, one, world.today + dt.timedelta(days=world.dice.randint(2, 20)))
