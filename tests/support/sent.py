"""Debits that were sent: rows as a freeze and a submission leave them, and the bank's answers to them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from gateway.domain.matching.model import Line
from gateway.services.resolve_review import allocate
from gateway.store import collection_answers
from gateway.store.accounts import BankAccount
from gateway.store.collection_runs import CollectionBatch, CollectionRun, RunApproval, RunSubmission
from gateway.store.collection_writes import write_moves
from gateway.store.collections import Collection, CollectionLine
from gateway.store.columns import table_of
from gateway.store.database import Database
from gateway.store.mandates import mandates
from gateway.store.open_items import OpenItem, open_items
from gateway.store.reviews import ReviewItem
from gateway.store.unpaid import Unpaid
from gateway.store.work import Work
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.states import AllocationKind, CollectionState, ReviewState, RunState, SubmissionState
from support.camt_files import balance, details, document, encoded, entry, statement
from support.gateways import Bench, open_bench
from support.master_data import customer, german_iban, imported, invoice, mandate

DUE = dt.date(2026, 11, 17)  # A Tuesday.
CUSTOMERS = ("C1", "C2", "C3")
INVOICES = {"FA-1": ("C1", 10_000), "FA-2": ("C1", 5_050), "FA-3": ("C2", 20_000), "FA-4": ("C3", 7_777)}
SHA256 = "0" * 64
PAIN002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


class Debit(NamedTuple):
    """One debit to send: what it asks of which items, by number, in minor units."""

    end_to_end_id: str
    mandate: str
    items: dict[str, int]
    scheme: LocalInstrument = LocalInstrument.CORE


DEBITS = (
    Debit("E2E-1", "M-C1", {"FA-1": 10_000, "FA-2": 5_050}),
    Debit("E2E-2", "M-C2", {"FA-3": 20_000}),
    Debit("E2E-3", "M-C3", {"FA-4": 7_777}),
)
TOTAL = 42_827


async def debtors(bench: Bench) -> None:
    """Import three customers with mandates and four invoices."""
    await imported(bench.database, bench.company_id, *[customer(number) for number in CUSTOMERS])
    rows = [invoice(number, minor, customer=whose) for number, (whose, minor) in INVOICES.items()]
    await imported(bench.database, bench.company_id, *rows)
    made = [mandate(f"M-{whose}", customer=whose, iban=german_iban(place)) for place, whose in enumerate(CUSTOMERS, 1)]
    await imported(bench.database, bench.company_id, *made)


async def three_sent(database: Database, folder: Path) -> Bench:
    """Make a company whose three debits the bank has, in one block."""
    bench = await open_bench(database, folder)
    await debtors(bench)
    await send(bench, *DEBITS)
    return bench


async def three_settled(database: Database, folder: Path) -> Bench:
    """Make a company whose three debits came as one sum."""
    bench = await three_sent(database, folder)
    await bench.upload(bank_statement(booked(TOTAL, block="PMT-1", count=3)))
    return bench


async def send(
    bench: Bench,
    *debits: Debit,
    message_id: str = "MSG-1",
    block: str = "PMT-1",
    day: dt.date = DUE,
    state: CollectionState = CollectionState.SUBMITTED,
    run_state: RunState = RunState.SUBMITTED,
) -> dict[str, int]:
    """Store a run with one block that the bank has; return the keys of its debits by end-to-end id."""
    items, known = await _keys(bench)
    keys: dict[str, int] = {}
    has_moved = state not in (CollectionState.PLANNED, CollectionState.BATCHED)
    total = sum(sum(debit.items.values()) for debit in debits)
    async with bench.begin() as work:
        account = (await work.session.execute(select(table_of(BankAccount).c.id))).scalars().first()
        run = CollectionRun(
            id=work.new_id(), company_id=bench.company_id, bank_account_id=account, state=run_state,
            message_id=message_id, profile={}, left_out=[], collection_count=len(debits), sum_minor=total,
            sha256=SHA256, byte_count=1, first_date=day, last_date=day, created_at=work.now,
        )  # fmt: skip
        batch = CollectionBatch(
            id=work.new_id(), company_id=bench.company_id, run_id=run.id, bank_account_id=account,
            payment_information_id=block, collection_date=day, local_instrument=LocalInstrument.CORE,
            sequence_type=SequenceType.RECURRENT, is_batch_booked=True, collection_count=len(debits),
            sum_minor=total, journal_id=work.journal_id,
        )  # fmt: skip
        work.add(run)
        await work.flush()
        work.add(batch, _approval(work, run))
        if run_state is RunState.SUBMITTED:
            work.add(_submission(work, run))
        await work.flush()
        for debit in debits:
            mandate_id, party_id = known[debit.mandate]
            keys[debit.end_to_end_id] = key = work.new_id()
            work.add(
                Collection(
                    id=key, company_id=bench.company_id, party_id=party_id, mandate_id=mandate_id,
                    bank_account_id=account, batch_id=batch.id, state=state, end_to_end_id=debit.end_to_end_id,
                    amount_minor=sum(debit.items.values()), due_date=day, collection_date=day,
                    local_instrument=debit.scheme, sequence_type=SequenceType.RECURRENT,
                    mandate_reference=debit.mandate, created_at=work.now, version=2 if has_moved else 1,
                )
            )  # fmt: skip
        await work.flush()
        if has_moved:
            moved = [(key, 2) for key in keys.values()]
            await write_moves(work, "collection", moved, CollectionState.BATCHED.value, state.value)
        for debit in debits:
            for number, minor in debit.items.items():
                line = CollectionLine(
                    id=work.new_id(), company_id=bench.company_id, collection_id=keys[debit.end_to_end_id],
                    open_item_id=items[number], amount_minor=minor, journal_id=work.journal_id,
                )  # fmt: skip
                work.add(line)
        await work.flush()
        await collection_answers.ask_items_again(work, list(keys.values()))
        work.say("freeze_run", f"run:{run.id}")
    return keys


def _approval(work: Work, run: CollectionRun) -> RunApproval:
    return RunApproval(
        id=work.new_id(), company_id=run.company_id, run_id=run.id, user_id=8, sha256=run.sha256,
        sum_minor=run.sum_minor, collection_count=run.collection_count, first_date=run.first_date,
        last_date=run.last_date, actor="user:8", recorded_at=work.now, journal_id=work.journal_id,
    )  # fmt: skip


def _submission(work: Work, run: CollectionRun) -> RunSubmission:
    return RunSubmission(
        id=work.new_id(), company_id=run.company_id, run_id=run.id, state=SubmissionState.SENT, channel="download",
        sha256=run.sha256, actor="user:7", started_at=work.now,
    )  # fmt: skip


async def _keys(bench: Bench) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    async with bench.database.read() as session:
        items = {row[0]: row[1] for row in await session.execute(select(open_items.c.number, open_items.c.id))}
        query = select(mandates.c.reference, mandates.c.id, mandates.c.party_id)
        return items, {row[0]: (row[1], row[2]) for row in await session.execute(query)}


class ItemNow(NamedTuple):
    """What of an item a test looks at."""

    settled_minor: int
    collecting_minor: int
    in_flight_date: dt.date | None


async def items_now(bench: Bench) -> dict[str, ItemNow]:
    """Return the guards of all items by number."""
    c = open_items.c
    async with bench.database.read() as session:
        query = select(c.number, c.settled_minor, c.collecting_minor, c.in_flight_date).order_by(c.id)
        return {row[0]: ItemNow(*row[1:]) for row in await session.execute(query)}


async def states(bench: Bench) -> dict[str, str]:
    """Return the state of each collection by its end-to-end id."""
    return {row.end_to_end_id: row.state.value for row in await bench.rows(Collection)}


async def mandate_states(bench: Bench) -> dict[str, str]:
    """Return the state of each mandate by its reference."""
    async with bench.database.read() as session:
        query = select(mandates.c.reference, mandates.c.state).order_by(mandates.c.id)
        return {row[0]: row[1].value for row in await session.execute(query)}


async def register(bench: Bench) -> Sequence[Any]:
    """Return the unpaid register in the order in which it was written."""
    return await bench.rows(Unpaid)


def reason(code: str, *, text: str = "") -> str:
    """Return one ``StsRsnInf``."""
    words = f"<AddtlInf>{text}</AddtlInf>" if text else ""
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn>{words}</StsRsnInf>"


def answer(end_to_end_id: str, status: str = "RJCT", code: str = "AM04") -> str:
    """Return one ``TxInfAndSts``."""
    said = reason(code) if code else ""
    return f"<TxInfAndSts><OrgnlEndToEndId>{end_to_end_id}</OrgnlEndToEndId><TxSts>{status}</TxSts>{said}</TxInfAndSts>"


def block_answer(*answers: str, block: str = "PMT-1", status: str = "", code: str = "") -> str:
    """Return one ``OrgnlPmtInfAndSts``."""
    said = (f"<PmtInfSts>{status}</PmtInfSts>" if status else "") + (reason(code) if code else "")
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{block}</OrgnlPmtInfId>{said}{''.join(answers)}</OrgnlPmtInfAndSts>"


def pain002(*blocks: str, message_id: str = "R-1", original: str = "MSG-1", status: str = "", code: str = "") -> bytes:
    """Return a status report."""
    said = (f"<GrpSts>{status}</GrpSts>" if status else "") + (reason(code) if code else "")
    group = f"<OrgnlMsgId>{original}</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>{said}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{PAIN002}"><CstmrPmtStsRpt><GrpHdr>'
        f"<MsgId>{message_id}</MsgId><CreDtTm>2026-11-16T08:00:00Z</CreDtTm></GrpHdr><OrgnlGrpInfAndSts>{group}"
        f"</OrgnlGrpInfAndSts>{''.join(blocks)}</CstmrPmtStsRpt></Document>"
    ).encode()


def changed(before: dict[str, Any], after: dict[str, Any]) -> Iterable[str]:
    """Return the names under which something changed."""
    return [name for name in after if after[name] != before.get(name)]


class Booked(NamedTuple):
    """One entry of a statement: its XML and its signed amount in minor units."""

    xml: str
    minor: int


def booked(
    minor: int,
    *,
    end_to_end_id: str = "",
    mandate: str = "",
    reason: str = "",
    code: str = "",
    block: str = "",
    count: int = 0,
    message_id: str = "",
    parts: Sequence[str] = (),
    charges_minor: int = 0,
    original_minor: int = 0,
    day: dt.date = DUE,
    text: str = "",
    reversal: bool = False,
) -> Booked:
    """Return one entry: a credit, or below zero a debit; ``parts`` are the transactions of a batch."""
    sign = "CRDT" if minor > 0 else "DBIT"
    family = code or ("PMNT-IDDT-ESDD" if minor > 0 else "PMNT-IDDT-UPDD")
    domain, family_code, sub = family.split("-")
    batch = ""
    if count or block or message_id:
        ids = (f"<MsgId>{message_id}</MsgId>" if message_id else "") + (
            f"<PmtInfId>{block}</PmtInfId>" if block else ""
        )
        batch = f"<Btch>{ids}{f'<NbOfTxs>{count}</NbOfTxs>' if count else ''}</Btch>"
    inside = [*parts] or ([part(minor, end_to_end_id, mandate, reason, original_minor)] if not count else [])
    charges = (
        f'<Chrgs><Rcrd><Amt Ccy="EUR">{charges_minor / 100:.2f}</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>"
        if charges_minor
        else ""
    )
    xml = entry(
        amount=f'<Amt Ccy="EUR">{abs(minor) / 100:.2f}</Amt>',
        sign=f"<CdtDbtInd>{sign}</CdtDbtInd>",
        reversal="<RvslInd>true</RvslInd>" if reversal else "",
        booking=f"<BookgDt><Dt>{day}</Dt></BookgDt>",
        value=f"<ValDt><Dt>{day}</Dt></ValDt>",
        code=f"<Domn><Cd>{domain}</Cd><Fmly><Cd>{family_code}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn>",
        more=charges,
        details=details(*inside, batch=batch),
        text=f"<AddtlNtryInf>{text}</AddtlNtryInf>" if text else "",
    )
    return Booked(xml, minor)


def part(minor: int, end_to_end_id: str = "", mandate: str = "", reason: str = "", original_minor: int = 0) -> str:
    """Return the content of one ``TxDtls``."""
    refs = (f"<EndToEndId>{end_to_end_id}</EndToEndId>" if end_to_end_id else "") + (
        f"<MndtId>{mandate}</MndtId>" if mandate else ""
    )
    sign = "CRDT" if minor > 0 else "DBIT"
    original = (
        f'<AmtDtls><InstdAmt><Amt Ccy="EUR">{original_minor / 100:.2f}</Amt></InstdAmt></AmtDtls>'
        if original_minor
        else ""
    )
    back = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else ""
    return (
        f'<Refs>{refs}</Refs><Amt Ccy="EUR">{abs(minor) / 100:.2f}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{original}'
        f"<RltdPties><Dbtr><Pty><Nm>Kunde</Nm></Pty></Dbtr></RltdPties>{back}"
    )


def bank_statement(*entries: Booked, number: int = 1, day: dt.date = DUE, opening_minor: int = 0) -> bytes:
    """Return a camt.053 of one day."""
    closing = opening_minor + sum(one.minor for one in entries)
    balances = _balance("OPBD", opening_minor, day) + _balance("CLBD", closing, day)
    head = f"<Id>S-{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>"
    one = statement(*[booking.xml for booking in entries], head=head, balances=balances)
    return encoded(document(one, header=f"<GrpHdr><MsgId>M-{number}</MsgId></GrpHdr>"))


def _balance(kind: str, minor: int, day: dt.date) -> str:
    return balance(kind, f"{abs(minor) / 100:.2f}", sign="CRDT" if minor >= 0 else "DBIT", day=str(day))


async def pay(bench: Bench, number: str, minor: int) -> None:
    """Let a transfer come in on an old day and a clerk book it on an item, whatever is in flight for it."""
    count = len(await bench.transactions())
    day = dt.date(2026, 10, 1) + dt.timedelta(count)
    transfer = booked(minor, code="PMNT-RCDT-ESCT", text="a transfer", day=day)
    await bench.upload(bank_statement(transfer, number=10 + count, day=day))
    item = next(row for row in await bench.rows(OpenItem) if row.number == number)
    question = next(row for row in await bench.rows(ReviewItem) if row.state is ReviewState.OPEN)
    async with bench.begin() as work:
        line = Line(item.id, AllocationKind.PAYMENT, minor)
        await allocate(work, review_item_id=question.id, lines=[line])
