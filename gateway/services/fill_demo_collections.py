"""Fill the demo with collections: a run whose debits settled and partly came back, and one that waits for approval."""

import datetime as dt
import secrets
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from gateway.domain.calendar import bank_days_after, next_bank_day
from gateway.services import add_people
from gateway.services.approve_run import add_approval, check_troubles
from gateway.services.fill_demo_advices import fill_demo_advices
from gateway.services.fill_demo_proposals import propose_for_demo
from gateway.services.freeze_run import CollectPlace, Maker, freeze_runs
from gateway.services.import_statement import Gate, import_file
from gateway.services.manage_invoices import add_item
from gateway.services.receive_file import receive_file
from gateway.services.submit_run import begin_submission, end_submission
from gateway.store import collection_runs, collections_found, run_lists, users_queries
from gateway.store.creditor_terms import Profiles
from gateway.store.work import SYSTEM, Actor
from generators.demo import Demo
from generators.demo_advices import make_advices
from generators.demo_collections import (
    COMES_BACK,
    DebitInvoice,
    SentDebit,
    back_entry,
    block_entry,
    debit_statements,
    fee_entry,
    make_collections,
)
from schemas.statement import BankEntry
from schemas.states import OpenItemKind, PaymentMethod, SubmissionState
from schemas.tables import InvoiceRow

_SENT_DAYS = dt.timedelta(days=8)  # Before the day of collection.
_BACK_BANK_DAYS = 2  # After it; a refund takes its time.
_REFUND_BANK_DAYS = 6


class Desk(NamedTuple):
    """Where the demo collects, and who does what."""

    gate: Gate
    company_id: int
    maker: Actor
    approver: Actor
    profiles: Profiles

    def place(self, now: dt.datetime) -> CollectPlace:
        """Return the place of collecting as of a moment."""
        return CollectPlace(self.gate.database, self.gate.originals, lambda: now, self.profiles)


async def fill_demo_collections(
    gate: Gate, demo: Demo, *, seed: int, logins: Sequence[str], profiles: Profiles
) -> None:
    """Add invoices that are collected, a settled run, and a run that waits. ``logins``: who makes, who approves."""
    company_id = (await add_people.company_named(gate.database, "")).id
    maker, approver = [await _person(gate, login) for login in logins[:2]]
    desk = Desk(gate, company_id, maker, approver, profiles)
    wanted = make_collections(seed=seed, last_date=gate.now().date(), mandates=demo.mandates, customers=demo.customers)
    last_date, debited = gate.now().date(), {row.customer_number for row in demo.mandates}
    advised = make_advices(
        seed=seed, last_date=last_date, booked_date=_last_booked(wanted.collected),
        customers=[row for row in demo.customers if row.number not in debited],
    )  # fmt: skip
    await _collected(desk, wanted.collected, owner_name=demo.company_name, credit=advised.credit)
    await _add_invoices(desk, wanted.invoices)
    await freeze_runs(
        desk.place(gate.now()), company_id=company_id, until_date=wanted.until_date, maker=Maker(maker, maker.id)
    )
    await propose_for_demo(gate, company_id=company_id, maker=maker)
    await fill_demo_advices(gate, advised, company_id=company_id)


async def _person(gate: Gate, login: str) -> Actor:
    async with gate.database.read() as session:
        user = await users_queries.user_by_login(session, login)
    if user is None:
        raise RuntimeError(f"the demo has no {login}")
    return Actor("user", user.id, user.name)


async def _add_invoices(desk: Desk, invoices: Sequence[DebitInvoice]) -> list[int]:
    gate = desk.gate
    keys = []
    async with gate.database.begin(actor=SYSTEM, now=gate.now(), company_id=desk.company_id, ids=500) as work:
        for one in invoices:
            row = InvoiceRow(
                0, one.number, one.customer_number, "EUR", one.amount_minor, OpenItemKind.INVOICE,
                one.notified_date or gate.now().date(), one.due_date, text=one.text,
                payment_method=PaymentMethod.DIRECT_DEBIT, notified_date=one.notified_date,
            )  # fmt: skip
            keys.append(await add_item(work, row=row))
    return keys


def _last_booked(invoices: Sequence[DebitInvoice]) -> dt.date:
    """Return the day of the last statement of the account on which debits are credited."""
    return bank_days_after(next_bank_day(invoices[0].due_date), _REFUND_BANK_DAYS)


async def _collected(desk: Desk, invoices: Sequence[DebitInvoice], *, owner_name: str, credit: BankEntry) -> None:
    """Collect invoices as it was done weeks ago: made, approved, sent, credited, and partly taken back.

    ``credit`` comes with the last statement.
    """
    keys = await _add_invoices(desk, invoices)
    day = next_bank_day(invoices[0].due_date)
    place = desk.place(dt.datetime.combine(day - _SENT_DAYS, dt.time(8), dt.UTC))
    frozen = await freeze_runs(
        place, company_id=desk.company_id, until_date=day, maker=Maker(desk.maker, desk.maker.id), only_items=keys
    )
    entries = []
    for run_id in frozen.run_ids:
        await _send(desk, place, run_id)
        entries.append(await _block(desk, run_id, day))
    debits = [debit for _, found in entries for debit in found]
    back = bank_days_after(day, _BACK_BANK_DAYS)
    pairs = list(zip(debits, COMES_BACK[:-1], strict=False))
    taken = [back_entry(back, *one) for one in pairs] + [fee_entry(back, *one) for one in pairs if one[1].apart_minor]
    refunded = _last_booked(invoices)
    days = [
        (day, [entry for entry, _ in entries]),
        (back, taken),
        (refunded, [back_entry(refunded, debits[len(pairs)], COMES_BACK[-1]), credit]),
    ]
    await _import(desk, debit_statements(days, owner_name=owner_name))


async def _send(desk: Desk, place: CollectPlace, run_id: int) -> None:
    """Approve and send; the approver of the demo has set up no second factor yet, so none is asked for here."""
    database, now = place.database, place.now()
    async with database.begin(actor=desk.approver, now=now, company_id=desk.company_id, ids=100) as work:
        run = await collection_runs.lock_run(work, run_id)
        await check_troubles(work, run)
        await add_approval(work, run, user_id=desk.approver.id or 0)
    await begin_submission(place, company_id=desk.company_id, run_id=run_id, actor=desk.maker)
    async with database.begin(actor=desk.maker, now=now, company_id=desk.company_id, ids=500) as work:
        await end_submission(work, run_id=run_id, outcome=SubmissionState.SENT, proof="Im Portal der Bank hochgeladen")


async def _block(desk: Desk, run_id: int, day: dt.date) -> tuple[BankEntry, list[SentDebit]]:
    """Return how the bank books the one block of a run, and its debits."""
    company_id = desk.company_id
    async with desk.gate.database.read() as session:
        run = await collection_runs.get_run(session, company_id=company_id, run_id=run_id)
        [batch] = await collection_runs.batches_of(session, company_id=company_id, run_id=run_id)
        shown = await run_lists.collections_page(session, company_id=company_id, run_id=run_id)
        rows = await collections_found.collections_by_id(session, [line.id for line in shown.rows])
    debits = [
        SentDebit(row.end_to_end_id, row.amount_minor, row.mandate_reference, row.debtor_name, row.debtor_iban)
        for row in rows.values()
    ]
    message_id = run.message_id if run else ""
    return block_entry(day, message_id, batch.payment_information_id, debits), debits


async def _import(desk: Desk, data: bytes) -> None:
    gate = desk.gate
    receipt = await receive_file(
        gate.database, gate.originals, name="camt053-einzugskonto.xml", pieces=_pieces(data), channel="demo",
        company_id=desk.company_id, companies=[desk.company_id], actor=SYSTEM, now=gate.now(),
    )  # fmt: skip
    await import_file(gate, file_id=receipt.file_id, token=secrets.token_hex(16))


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data
