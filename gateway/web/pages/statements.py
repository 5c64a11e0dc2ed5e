"""Statements: files that arrive, how far each is, what became of it, and the statements of each account."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.services.receive_archive import Archive, is_archive
from gateway.services.receive_file import Receipt, receive_file
from gateway.store import bank_reports, statement_lists
from gateway.store.accounts import BankAccount
from gateway.store.bank_reports import BankReport
from gateway.store.database import ReadSession
from gateway.store.originals import pieces_of
from gateway.store.paging import Page
from gateway.store.statement_lists import AccountStatement, FileOutcome
from gateway.store.statements import StatementFile
from gateway.web import background
from gateway.web.bodies import Upload
from gateway.web.context import Call
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.views.calendar_strip import Strip, load_strips
from gateway.web.views.gaps import Gap, gap_of
from schemas.errors import FileRefused
from schemas.states import StatementFileState, StatementState

_SOON_S = 1.0  # Small files are done by then, so most people never see them unfinished.


class StatementQuery(PageQuery):
    """Which statements are listed. ``again`` are files of this upload that were known already."""

    account: int | None = None
    state: StatementState | None = None
    files: str = ""  # The cursor of the list of files.
    again: str = ""

    @property
    def known_again(self) -> frozenset[str]:
        """The files of this upload whose bytes came before."""
        return frozenset(self.again.split("-"))


class FileLine(NamedTuple):
    """A file with what became of it."""

    file: StatementFile
    outcome: FileOutcome
    report: BankReport | None = None  # It was a status report on something that we sent.

    @property
    def is_unfinished(self) -> bool:
        """Whether it is still being read."""
        return self.file.state is StatementFileState.RECEIVED


class StatementLine(NamedTuple):
    """A statement in the list, with what is missing before it."""

    row: AccountStatement
    gap: Gap | None


class Overview(NamedTuple):
    """All that the page shows."""

    files: Page[StatementFile]
    lines: Sequence[FileLine]
    statements: Page[AccountStatement]
    rows: Sequence[StatementLine]
    accounts: Mapping[int, BankAccount]
    held_count: int
    strips: Sequence[Strip]


async def show_statements(call: Call) -> web.StreamResponse:
    """Show what arrived, and the statements of each account."""
    return await _answer(call)


async def _answer(call: Call, *, fault: str = "", status: int = 200) -> web.StreamResponse:
    query = call.query(StatementQuery)
    async with call.gateway.database.read() as session:
        overview = await _overview(session, call, query)
    return call.page("statements/list.html", status=status, query=query, view=overview, fault=fault)


async def _overview(session: ReadSession, call: Call, query: StatementQuery) -> Overview:
    files = await statement_lists.files_page(session, company_id=call.company_id, cursor=query.files)
    found = await statement_lists.statements_page(
        session, company_id=call.company_id, account_id=query.account, state=query.state, cursor=query.cursor
    )
    accounts = await statement_lists.accounts_of(session, company_id=call.company_id)
    strips = await load_strips(
        session,
        company_id=call.company_id,
        accounts=[account for key, account in accounts.items() if query.account in (None, key)],
        today=call.now.date(),
    )
    return Overview(
        files=files,
        lines=await file_lines(session, call, files.rows),
        statements=found,
        rows=[StatementLine(row, gap_of(row.statement, row.previous)) for row in found.rows],
        accounts=accounts,
        held_count=await statement_lists.count_held(session, company_id=call.company_id),
        strips=strips,
    )


async def file_lines(session: ReadSession, call: Call, files: Sequence[StatementFile]) -> list[FileLine]:
    """Return files with what became of each."""
    ids = [file.id for file in files]
    found = await statement_lists.outcomes(session, company_id=call.company_id, file_ids=ids)
    reports = await bank_reports.reports_of_files(session, company_id=call.company_id, file_ids=ids)
    return [FileLine(file, found[file.id], reports.get(file.id)) for file in files]


async def upload(call: Call) -> web.StreamResponse:
    """Keep the files that were chosen and have them read; then show how far they are."""
    receipts: list[Receipt] = []
    try:
        async for file in call.uploads():
            receipts += await _receive(call, file)
    except FileRefused as error:
        return await _answer(call, fault=str(error), status=422)
    finally:
        await _start(call, [receipt.file_id for receipt in receipts if receipt.is_new])
    if not receipts:
        return call.redirect("/statements", say=call._("Choose at least one file."))
    again = "-".join(str(receipt.file_id) for receipt in receipts if not receipt.is_new)
    return call.redirect(f"/statements?again={again}" if again else "/statements")


async def _receive(call: Call, file: Upload) -> list[Receipt]:
    """Receive one file, or the members of an archive where the person asked for it. Raises FileRefused, TooLarge."""
    gateway, pieces = call.gateway, file.pieces
    if "unpack" in await call.form():  # The tick stands before the files in the form, so it is known by now.
        kept = await gateway.originals.keep(pieces)
        path = gateway.originals.path_of(kept.sha256)
        if await asyncio.to_thread(is_archive, path):
            archive = Archive(kept.sha256, "page", call.company_id, _companies(call))
            return await gateway.workers.receive_archive(archive, call.actor)
        pieces = pieces_of(path)
    receipt = await receive_file(
        gateway.database,
        gateway.originals,
        name=file.filename,
        pieces=pieces,
        channel="page",
        company_id=call.company_id,
        companies=_companies(call),
        actor=call.actor,
        now=call.now,
    )
    return [receipt]


def _companies(call: Call) -> list[int]:
    """The companies whose statements may be among the files: those where the caller has a role."""
    return [company.id for company in call.caller.companies]


async def _start(call: Call, file_ids: Sequence[int]) -> None:
    """Have files read in the background, and wait a moment for the small ones."""
    tasks = [background.start(call.gateway.workers.import_file(file_id), name="import_file") for file_id in file_ids]
    if tasks:
        await asyncio.wait(tasks, timeout=_SOON_S)


ROUTES = (
    page("GET", "/statements", Right.SEE, show_statements),
    page("POST", "/statements", Right.IMPORT, upload),
)
