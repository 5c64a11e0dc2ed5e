"""Makes a company that collects at size: mandates, a run that was credited in one sum and came back, one that waits.

Deterministic but for the ids that the gateway makes itself. All names are invented, the account numbers belong to a
published example bank.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text

from bench.pain008 import _iban
from bench.server import run
from gateway.domain.calendar import next_bank_day
from gateway.services.approve_run import add_approval, check_troubles
from gateway.services.freeze_run import CollectPlace, Maker, freeze_runs
from gateway.services.submit_run import begin_submission, end_submission
from gateway.store import collection_runs
from gateway.store.accounts import list_accounts
from gateway.store.companies import all_companies
from gateway.store.database import Database
from gateway.store.originals import Originals
from gateway.store.work import SYSTEM, Actor
from schemas.states import SubmissionState

PASSWORD = "a long password for measuring"
CREDITOR, OWN = "DE98ZZZ09999999999", "DE89370400440532013000"
_APPROVER = Actor("user", 1, "Bench")
AGO, AHEAD = dt.timedelta(days=40), dt.timedelta(days=20)
_INTO = dt.timedelta(days=10)  # From the freeze to the day of collection.


class Debit(NamedTuple):
    """A debit as the bank knows it."""

    end_to_end_id: str
    mandate_reference: str
    amount_minor: int


def add_company(place: Path, url: str, count: int, today: dt.date) -> None:
    """Bring in customers with a mandate each, and invoices that were due a month ago."""
    (place / "password").write_text(PASSWORD)
    roles = ("--role", "clerk", "--role", "approver")
    run(place, url, "users", "add", "bench", *roles, "--password-file", str(place / "password"))
    run(place, url, "accounts", "add", OWN)
    _import(place, url, "customers", "number name payment_method", _customers(count))
    columns = "reference customer_number scheme type signature_date iban debtor_name creditor_identifier"
    _import(place, url, "mandates", columns, _mandates(count, today - 3 * AGO))
    add_invoices(place, url, count, "ALT", today - 2 * AGO, today - AGO + _INTO)


def credited_on(today: dt.date) -> dt.date:
    """Return the day on which the bank credited the first invoices."""
    return next_bank_day(today - AGO + _INTO)


def add_invoices(place: Path, url: str, count: int, prefix: str, told: dt.date, due: dt.date) -> None:
    """Bring in an invoice of each customer."""
    columns = "number customer_number issue_date due_date currency amount notified_date"
    rows = ([f"{prefix}-{n}", f"K{n}", told, due, "EUR", f"{1 + n % 900}.{n % 100:02}", told] for n in range(count))
    _import(place, url, "invoices", columns, rows)


def change_accounts(place: Path, url: str, count: int, today: dt.date) -> None:
    """Import mandates with other accounts, each of which then waits for a second person."""
    columns = "reference customer_number scheme type signature_date iban debtor_name creditor_identifier"
    rows = ([*row[:5], _iban(10**6 + n), *row[6:]] for n, row in enumerate(_mandates(count, today - 3 * AGO)))
    _import(place, url, "mandates", columns, rows)


def _customers(count: int) -> Iterator[list[object]]:
    return ([f"K{n}", f"Kunde {n}", "direct_debit"] for n in range(count))


def _mandates(count: int, signed: dt.date) -> Iterator[list[object]]:
    return ([f"M-{n}", f"K{n}", "CORE", "recurrent", signed, _iban(n), f"Kunde {n}", CREDITOR] for n in range(count))


def _import(place: Path, url: str, kind: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    path = place / f"{kind}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(columns.split())
        out.writerows(rows)
    run(place, url, f"import-{kind}", str(path))


async def freeze(url: str, place: Path, at: dt.datetime, until: dt.date) -> list[int]:
    """Freeze what is due until a day into runs, as of a moment; return their keys."""
    database = Database(url)
    try:
        there = _place(database, place, at)
        company_id = await _company(database, at)
        frozen = await freeze_runs(there, company_id=company_id, until_date=until, maker=Maker(SYSTEM, None))
        return list(frozen.run_ids)
    finally:
        await database.close()


async def send(url: str, place: Path, at: dt.datetime, run_id: int) -> None:
    """Approve a run and say that it was sent; whoever approves is not asked for a second factor here."""
    database = Database(url)
    try:
        there, company_id = _place(database, place, at), await _company(database, at)
        async with database.begin(actor=_APPROVER, now=at, company_id=company_id, ids=100) as work:
            row = await collection_runs.lock_run(work, run_id)
            await check_troubles(work, row)
            await add_approval(work, row, user_id=1)
        await begin_submission(there, company_id=company_id, run_id=run_id, actor=SYSTEM)
        ids = 2 * row.collection_count + 100
        async with database.begin(actor=SYSTEM, now=at, company_id=company_id, ids=ids) as work:
            await end_submission(work, run_id=run_id, outcome=SubmissionState.SENT, proof="order 1")
    finally:
        await database.close()


def _place(database: Database, place: Path, at: dt.datetime) -> CollectPlace:
    return CollectPlace(database, Originals(place / "originals", size_max=10**10), lambda: at)


async def _company(database: Database, at: dt.datetime) -> int:
    async with database.begin(actor=SYSTEM, now=at) as work:
        company = (await all_companies(work.session))[0]
        company.creditor_identifier = CREDITOR
        [account] = await list_accounts(work.session, company_id=company.id)
        account.profile_changes = {"bytes_max": 10**9}  # So that all are in one file.
        work.session.add_all([company, account])
    return company.id


async def write_something(database: Database) -> None:
    """Write a row into the journal of the company, as all that changes it does."""
    now = dt.datetime.now(dt.UTC)
    async with database.read() as session:
        [company] = await all_companies(session)
    async with database.begin(actor=SYSTEM, now=now, company_id=company.id) as work:
        work.say("see_iban", "mandate:0")


async def sent(url: str, run_id: int) -> tuple[str, list[Debit]]:
    """Return the id of the one block of a run, and its debits."""
    database = Database(url)
    found = """SELECT b.payment_information_id, c.end_to_end_id, c.mandate_reference, c.amount_minor
        FROM collection c JOIN collection_batch b ON b.id = c.batch_id WHERE b.run_id = :run_id ORDER BY c.id"""
    async with database.read() as session:
        rows = (await session.execute(text(found), {"run_id": run_id})).all()
    await database.close()
    [block] = {row[0] for row in rows}
    return block, [Debit(*row[1:]) for row in rows]


def write_credit(path: Path, block: str, debits: Sequence[Debit], day: dt.date) -> None:
    """Write a statement in which the bank credits a block in one sum."""
    total = sum(debit.amount_minor for debit in debits)
    batch = f"<Btch><PmtInfId>{block}</PmtInfId><NbOfTxs>{len(debits)}</NbOfTxs></Btch>"
    _write(path, 1, 0, day, [(total, "ESDD", f"<NtryDtls>{batch}</NtryDtls>")])


def write_returns(path: Path, number: int, opening: int, debits: Sequence[Debit], day: dt.date) -> None:
    """Write a statement in which debits come back, each in an entry of its own."""
    entries = [
        (
            -debit.amount_minor,
            "UPDD",
            f"<NtryDtls><TxDtls><Refs><EndToEndId>{debit.end_to_end_id}</EndToEndId><MndtId>{debit.mandate_reference}"
            f"</MndtId></Refs><RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls></NtryDtls>",
        )
        for debit in debits
    ]
    _write(path, number, opening, day, entries)


def _write(path: Path, number: int, opening: int, day: dt.date, entries: Sequence[tuple[int, str, str]]) -> None:
    closing = opening + sum(minor for minor, _, _ in entries)
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        file.write('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>')
        file.write(f"<GrpHdr><MsgId>M{number}</MsgId><CreDtTm>{day}T20:00:00Z</CreDtTm></GrpHdr>")
        file.write(f"<Stmt><Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>")
        file.write(f"<Acct><Id><IBAN>{OWN}</IBAN></Id><Ccy>EUR</Ccy></Acct>")
        file.write(_balance("OPBD", opening, day) + _balance("CLBD", closing, day))
        for place, (minor, code, details) in enumerate(entries):
            file.write(
                f"<Ntry>{_amount(minor)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt>"
                f"</ValDt><AcctSvcrRef>R{number}-{place}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd>"
                f"<SubFmlyCd>{code}</SubFmlyCd></Fmly></Domn></BkTxCd>{details}</Ntry>\n"
            )
        file.write("</Stmt></BkToCstmrStmt></Document>\n")


def _balance(kind: str, minor: int, day: dt.date) -> str:
    return f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(minor)}<Dt><Dt>{day}</Dt></Dt></Bal>"


def _amount(minor: int) -> str:
    sign = "CRDT" if minor >= 0 else "DBIT"
    return f'<Amt Ccy="EUR">{abs(minor) // 100}.{abs(minor) % 100:02}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
