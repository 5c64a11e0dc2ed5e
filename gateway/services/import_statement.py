"""Import a file that was received: read it, store each statement in a unit of its own, match what is new.

Each step can be repeated after a crash. A statement that waits for a person does not hold back the others.
"""

import datetime as dt
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.services.decide_ahead import Ahead
from gateway.services.match_transactions import match_transactions
from gateway.services.receive_bank_report import apply_received
from gateway.services.spool_statements import SpooledStatement, spool_statements
from gateway.services.store_entries import MovedSince
from gateway.services.store_statement import Taken, store_statement
from gateway.store import accounts, statements
from gateway.store.accounts import BankAccount
from gateway.store.database import Database
from gateway.store.originals import Originals
from gateway.store.presence import Presence
from gateway.store.statements import Statement, StatementFile
from gateway.store.work import SYSTEM, Actor, Work
from parsers.detect import open_file
from schemas.errors import FileRefused, GatewayError
from schemas.statement import StatementStream
from schemas.states import HoldReason, StatementFileState, StatementState

LEASE = dt.timedelta(minutes=2)
CRASHES_MAX = 2
LARGE_BYTES = 4 * 2**20  # From here on a second process pays.
_IDS_DECIDED = 8  # Keys that a bank transaction with its decision, allocations and question may need.
_PROGRESS_S = 0.5


class NotHeld(GatewayError):
    """The statement does not wait for a person (any more)."""

    code = "not_held"


class CannotBeTaken(GatewayError):
    """A statement of an unknown account cannot be taken; add the account, then it imports itself."""

    code = "cannot_be_taken"


@dataclass(frozen=True, slots=True)
class Gate:
    """What importing needs: the store, the originals, a clock, a place for scratch files, and a sign of life."""

    database: Database
    originals: Originals
    now: Callable[[], dt.datetime]
    scratch: Path
    presence: Presence

    async def close(self) -> None:
        """Close the store and go."""
        await self.database.close()
        self.presence.end()


async def import_file(gate: Gate, *, file_id: int, token: str) -> None:
    """Import a received file, if nobody else does it already. What is wrong with it is written to its row.

    ``token`` is random text by which this attempt holds its lease.
    """
    async with gate.database.begin(actor=SYSTEM, now=gate.now()) as work:
        file = await statements.lease_file(
            work, file_id=file_id, token=token, presence=gate.presence, until=gate.now() + LEASE
        )
    if file is None:
        return
    if file.crashes >= CRASHES_MAX:
        error = FileRefused("the reader broke off twice on this file", code="reader_crashed")
        await _finish(gate, file, token, state=StatementFileState.REFUSED, **_fault(error))
        return
    try:
        await _import_leased(gate, file, token)
    except FileRefused as error:
        await _finish(gate, file, token, state=StatementFileState.REFUSED, **_fault(error))


def _fault(error: FileRefused) -> dict[str, Any]:
    return {"error_code": error.code, "error_message": str(error), "error_line": error.line}


async def _import_leased(gate: Gate, file: StatementFile, token: str) -> None:
    with tempfile.TemporaryDirectory(dir=gate.scratch, prefix="import-") as folder:
        opened = open_file(gate.originals.path_of(file.sha256))
        if not isinstance(opened, StatementStream):
            told = await apply_received(gate.database, file, token, opened, now=gate.now, lease=LEASE)
            values = {"format": opened.format, "warnings": [told, *opened.warnings]}
            await _finish(gate, file, token, state=StatementFileState.READ, **values)
            return
        done = {row.position for row in await _stored(gate, file.id)}
        with ExitStack() as at_end:
            spooled, ahead = await _read(gate, file, token, opened, Path(folder), at_end)
            await _stage(gate, file, token, stage="storing", done=0, total=len(spooled), format=opened.format)
            for statement in spooled:
                if statement.position not in done:
                    await _store(gate, file, token, statement, ahead, _told(statement, spooled))
    await match_file(gate, file, token)
    await _finish(gate, file, token, state=StatementFileState.READ, warnings=list(opened.warnings))


def _told(stored: SpooledStatement, spooled: Sequence[SpooledStatement]) -> dict[str, Any]:
    """Return what is said of a file once a statement of it is stored: matching begins behind the last."""
    if stored is spooled[-1]:
        return {"stage": "matching", "done": 0, "total": 0}
    return {"done": stored.position}


async def _read(
    gate: Gate, file: StatementFile, token: str, stream: StatementStream, folder: Path, at_end: ExitStack
) -> tuple[list[SpooledStatement], Ahead | None]:
    spooled: list[SpooledStatement] = []
    ahead: Ahead | None = None
    told = time.monotonic()
    is_large = file.size >= LARGE_BYTES and not file.crashes
    for count in spool_statements(stream.parts, folder, spooled):
        if is_large and ahead is None:
            ahead = await _decide_ahead(gate, file, spooled[-1], at_end)
            is_large = False
        if time.monotonic() - told > _PROGRESS_S:
            await _stage(gate, file, token, done=count)
            told = time.monotonic()
    if not spooled:
        raise FileRefused("the file holds no statement", code="no_statement")
    return spooled, ahead


async def _decide_ahead(gate: Gate, file: StatementFile, spooled: SpooledStatement, at_end: ExitStack) -> Ahead | None:
    account = await _account(gate, file, spooled)
    if account is None:
        return None
    ahead = Ahead(gate.database.url, account.company_id, account.id, spooled.spool.path)
    at_end.callback(ahead.close)
    return ahead


async def _store(
    gate: Gate, file: StatementFile, token: str, spooled: SpooledStatement, ahead: Ahead | None, told: dict[str, Any]
) -> None:
    try:
        row = await _store_one(gate, file, token, spooled, ahead, told)
    except MovedSince:
        row = await _store_one(gate, file, token, spooled, None, told)
    if row.hold_reason is HoldReason.MISSING_PAGE:
        await _join_pages(gate, row)


async def _store_one(
    gate: Gate, file: StatementFile, token: str, spooled: SpooledStatement, ahead: Ahead | None, told: dict[str, Any]
) -> Statement:
    account = await _account(gate, file, spooled)
    company_id = account.company_id if account else file.company_id
    ids = spooled.spool.count * (_IDS_DECIDED if ahead else 1) + 100
    actor = Actor("system", None, file.received_by)
    async with gate.database.begin(actor=actor, now=gate.now(), company_id=company_id, ids=ids) as work:
        await statements.keep_lease(work, file_id=file.id, token=token, lease_until=work.now + LEASE, **told)
        return await store_statement(work, file=file, spooled=spooled, account=account, ahead=ahead)


async def _join_pages(gate: Gate, held: Statement) -> None:
    """Import the pages of one statement that came in several files, once all of them are here."""
    async with gate.database.read() as session:
        pages = await statements.held_pages(
            session, company_id=held.company_id, account=held.account, number=held.number
        )
        files = [await statements.file_by_id(session, page.file_id) for page in pages]
    if len(pages) < 2:
        return
    with tempfile.TemporaryDirectory(dir=gate.scratch, prefix="pages-") as folder:
        whole = None
        for place, (page, file) in enumerate(zip(pages, files, strict=True)):
            part_folder = Path(folder) / str(place)
            part_folder.mkdir()
            part = _read_one(gate, _must(file), page.position, part_folder)
            if whole is None:
                whole = part
            elif whole.last_page is None or part.first_page == whole.last_page + 1:
                whole.append(part)
        if whole is None or not whole.is_complete:
            return
        await _store_joined(gate, pages, _must(files[0]), whole)


async def _store_joined(gate: Gate, pages: list[Statement], file: StatementFile, whole: SpooledStatement) -> None:
    account = await _account(gate, file, whole)
    ids = whole.spool.count + 100
    company_id = pages[0].company_id
    async with gate.database.begin(actor=SYSTEM, now=gate.now(), company_id=company_id, ids=ids) as work:
        row = await statements.held(work.session, pages[0].id)
        if row is None:
            return
        await store_statement(work, file=file, spooled=whole, account=account, row=row)
        if row.state is StatementState.IMPORTED:
            await statements.join_pages(work, first_id=row.id, others=[page.id for page in pages[1:]])


def _must(file: StatementFile | None) -> StatementFile:
    if file is None:
        raise NotHeld("the file of a held statement is gone")
    return file


async def _account(gate: Gate, file: StatementFile, spooled: SpooledStatement) -> BankAccount | None:
    """Return the account of a statement, if it belongs to a company that the sender may import for."""
    async with gate.database.read() as session:
        account = await accounts.find_account(session, text=spooled.start.account, currency=spooled.currency)
    return account if account and account.company_id in file.companies else None


async def match_file(gate: Gate, file: StatementFile, token: str) -> None:
    """Match what the statements of a file brought."""

    async def progress(done: int, total: int) -> None:
        await _stage(gate, file, token, stage="matching", done=done, total=total)

    async def guard(work: Work) -> None:
        await statements.keep_lease(work, file_id=file.id, token=token, lease_until=work.now + LEASE)

    companies = {row.company_id for row in await _stored(gate, file.id) if row.state is StatementState.IMPORTED}
    for company_id in sorted(companies):
        await match_transactions(
            gate.database, company_id=company_id, actor=SYSTEM, now=gate.now, progress=progress, guard=guard
        )


async def _stored(gate: Gate, file_id: int) -> list[Statement]:
    async with gate.database.read() as session:
        return await statements.statements_of_file(session, file_id)


async def _stage(gate: Gate, file: StatementFile, token: str, **values: Any) -> None:
    async with gate.database.begin(actor=SYSTEM, now=gate.now()) as work:
        await statements.keep_lease(work, file_id=file.id, token=token, lease_until=work.now + LEASE, **values)


async def _finish(gate: Gate, file: StatementFile, token: str, **values: Any) -> None:
    async with gate.database.begin(actor=SYSTEM, now=gate.now(), company_id=file.company_id) as work:
        await statements.keep_lease(
            work, file_id=file.id, token=token, stage="done", lease_until=None, lease_token="", **values
        )
        verb = "refuse_file" if values["state"] is StatementFileState.REFUSED else "read_file"
        work.say(verb, f"file:{file.id}", reason=values.get("error_code", ""))


async def take_statement(gate: Gate, *, statement_id: int, actor: Actor, reason: str) -> None:
    """Take a held statement in spite of what speaks against it, with a reason that stays with it; match it.

    Without a reason it is only decided again (its account was added, its other pages arrived). Raises NotHeld,
    CannotBeTaken or FileRefused.
    """
    async with gate.database.read() as session:
        held = await statements.held(session, statement_id)
        file = await statements.file_by_id(session, held.file_id) if held else None
    if held is None or file is None:
        raise NotHeld(f"statement {statement_id} does not wait for a person")
    with tempfile.TemporaryDirectory(dir=gate.scratch, prefix="take-") as folder:
        spooled = _read_one(gate, file, held.position, Path(folder))
        account = await _account(gate, file, spooled)
        if account is None and reason:
            raise CannotBeTaken(f"account {held.account} is not one of ours; add it, then the statement imports itself")
        company_id = account.company_id if account else held.company_id
        taken = Taken(actor.name, reason) if reason else None
        ids = spooled.spool.count + 100
        async with gate.database.begin(actor=actor, now=gate.now(), company_id=company_id, ids=ids) as work:
            row = await statements.held(work.session, statement_id)
            if row is None:
                raise NotHeld(f"statement {statement_id} was decided a moment ago")
            row.company_id = company_id
            await store_statement(work, file=file, spooled=spooled, account=account, row=row, taken=taken)
            if taken:
                work.entry.reason = reason
    await match_transactions(gate.database, company_id=company_id, actor=SYSTEM, now=gate.now)


def _read_one(gate: Gate, file: StatementFile, position: int, folder: Path) -> SpooledStatement:
    opened = open_file(gate.originals.path_of(file.sha256))
    if not isinstance(opened, StatementStream):
        raise FileRefused("the file holds no statement", code="no_statement")
    spooled: list[SpooledStatement] = []
    for _ in spool_statements(opened.parts, folder, spooled):
        pass
    return spooled[position - 1]


async def reject_statement(work: Work, *, statement_id: int, reason: str) -> None:
    """Reject a held statement for good. Raises NotHeld."""
    if not await statements.reject(work, statement_id):
        raise NotHeld(f"statement {statement_id} does not wait for a person")
    work.say("reject_statement", f"statement:{statement_id}", reason=reason)
