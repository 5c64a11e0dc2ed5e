"""A status report (pain.002) arrives by the same door as statements: find what it is about, and apply it once."""

import asyncio
import datetime as dt
from collections.abc import Callable

from gateway.services.apply_bank_report import apply_bank_report, find_meant, keep_unmatched, sentence_of, tried_for
from gateway.services.match_transactions import Guard, no_guard
from gateway.store import statements
from gateway.store.database import Database
from gateway.store.originals import Originals
from gateway.store.statements import StatementFile
from gateway.store.work import Actor, Work
from parsers.detect import open_file
from schemas.errors import NotFound
from schemas.status_report import StatusReport


class NoReport(NotFound):
    """This file is no status report."""

    code = "no_report"


_IDS = 12  # Keys that a debit may need: what the bank said, its move, its row, the mandate's move, a retry.


async def apply_received(
    database: Database,
    file: StatementFile,
    token: str,
    report: StatusReport,
    *,
    now: Callable[[], dt.datetime],
    lease: dt.timedelta,
) -> str:
    """Apply a report that was leased, in a unit of work of its own, and say what became of it.

    A crash after it changes nothing more.
    """

    async def guard(work: Work) -> None:
        await statements.keep_lease(work, file_id=file.id, token=token, lease_until=work.now + lease)

    return await _apply(database, file, report, now=now(), actor=Actor("system", None, file.received_by), guard=guard)


async def apply_again(
    database: Database, originals: Originals, file: StatementFile, *, now: dt.datetime, actor: Actor
) -> str:
    """Look again what a report is about that fitted nothing: what it speaks of may be known by now."""
    opened = await asyncio.to_thread(open_file, originals.path_of(file.sha256))
    if not isinstance(opened, StatusReport):
        raise NoReport(f"file {file.id} is no status report")
    return await _apply(database, file, opened, now=now, actor=actor)


async def _apply(
    database: Database,
    file: StatementFile,
    report: StatusReport,
    *,
    now: dt.datetime,
    actor: Actor,
    guard: Guard = no_guard,
) -> str:
    async with database.read() as session:
        meant = await find_meant(session, report, companies=file.companies)
    company_id = meant.company_id if meant else file.company_id
    count = len(meant.sent) + len(meant.others) if meant else 0
    async with database.begin(actor=actor, now=now, company_id=company_id, ids=_IDS * count + 100) as work:
        await guard(work)
        file_id = file.id if company_id == file.company_id else None
        if meant is None:
            tried = tried_for(report)
            row = await keep_unmatched(work, report=report, sha256=file.sha256, file_id=file_id, tried=tried)
        else:
            row = await apply_bank_report(work, report=report, meant=meant, sha256=file.sha256, file_id=file_id)
    return sentence_of(row)
