"""The API of statements: upload, list, read, the original bytes, take and reject what is held."""

import asyncio

from aiohttp import web

from gateway.domain.access import Right
from gateway.services.import_statement import reject_statement
from gateway.services.receive_file import Receipt, receive_file
from gateway.store import statements
from gateway.store.statements import Statement, StatementFile
from gateway.web.api import received
from gateway.web.context import Call
from gateway.web.downloads import BYTES, download
from gateway.web.errors import BadRequest
from gateway.web.routing import api
from schemas.errors import NotFound
from schemas.identifiers import mask_account
from schemas.payloads.common import Reason
from schemas.payloads.statements import FileError, FileShape, StatementFilter, StatementList, StatementShape
from schemas.states import StatementFileState, StatementState

WAIT_S = 60


class NoSuchStatement(NotFound):
    """There is no such statement or file in this company."""

    code = "no_such_statement"


async def upload(call: Call) -> web.StreamResponse:
    """Take a bank file as raw body or as the one file of a form; wait for its import at most a minute."""
    receipt = await _received(call)
    waiting = asyncio.create_task(call.gateway.workers.import_file(receipt.file_id))
    waiting.add_done_callback(_forget)
    await asyncio.wait([waiting], timeout=WAIT_S)
    shape = await file_shape(call, receipt.file_id)
    return call.answer(shape, status=_status(shape, is_new=receipt.is_new))


def _forget(task: "asyncio.Task[None]") -> None:
    """A failed import is taken up again by the jobs; its file says how far it came."""
    if not task.cancelled():
        task.exception()


async def _received(call: Call) -> Receipt:
    came = await received.one_file(call)
    return await receive_file(
        call.gateway.database,
        call.gateway.originals,
        name=came.name,
        pieces=came.pieces,
        channel="api",
        company_id=call.company_id,
        companies=[call.company_id],
        actor=call.actor,
        now=call.now,
    )


def _status(shape: FileShape, *, is_new: bool) -> int:
    if shape.state == StatementFileState.REFUSED:
        return 422
    if shape.state != StatementFileState.READ or any(one.state == StatementState.HELD for one in shape.statements):
        return 202
    return 201 if is_new else 200


async def file_shape(call: Call, file_id: int) -> FileShape:
    """Return a file with its statements. Raises NoSuchStatement."""
    async with call.gateway.database.read() as session:
        file = await statements.file_by_id(session, file_id)
        if file is None or file.company_id != call.company_id:
            raise NoSuchStatement(f"there is no file {file_id}")
        rows = await statements.statements_of_file(session, file_id)
    return _file_shape(file, rows)


def _file_shape(file: StatementFile, rows: list[Statement]) -> FileShape:
    error = None
    if file.error_code:
        error = FileError(code=file.error_code, message=file.error_message, line=file.error_line)
    return FileShape(
        id=str(file.id),
        sha256=file.sha256,
        name=file.name,
        size=file.size,
        format=file.format,
        state=file.state.value,
        stage=file.stage,
        done=file.done,
        total=file.total,
        error=error,
        warnings=file.warnings,
        received_at=file.received_at,
        statements=[statement_shape(row) for row in rows],
    )


def statement_shape(row: Statement) -> StatementShape:
    """Return a statement as the API says it; its account masked."""
    return StatementShape(
        id=str(row.id),
        file_id=str(row.file_id),
        kind=row.kind.value,
        account=mask_account(row.account),
        currency=row.currency,
        number=row.number,
        from_date=row.from_date,
        to_date=row.to_date,
        opening_minor=row.opening_minor,
        closing_minor=row.closing_minor,
        booked_sum_minor=row.booked_sum_minor,
        entry_count=row.entry_count,
        new_count=row.new_count,
        state=row.state.value,
        hold_reason=row.hold_reason.value if row.hold_reason else None,
        hold_detail=row.hold_detail,
        same_as_id=str(row.same_as_id) if row.same_as_id else None,
        take_reason=row.take_reason,
        warnings=row.warnings,
    )


async def list_statements(call: Call) -> web.StreamResponse:
    """List statements, newest first."""
    asked = call.query(StatementFilter)
    async with call.gateway.database.read() as session:
        rows = await statements.list_statements(
            session, company_id=call.company_id, state=asked.state, bank_account_id=asked.bank_account_id,
            before_id=_cursor(asked.cursor), limit=asked.limit + 1,
        )  # fmt: skip
    page = rows[: asked.limit]
    cursor = str(page[-1].id) if len(rows) > asked.limit else None
    return call.answer(StatementList(items=[statement_shape(row) for row in page], next_cursor=cursor))


def _cursor(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise BadRequest("the cursor is not one that a list of statements gave")
    return int(text)


async def _statement(call: Call) -> Statement:
    async with call.gateway.database.read() as session:
        row = await statements.statement_by_id(session, company_id=call.company_id, statement_id=call.key())
    if row is None:
        raise NoSuchStatement(f"there is no statement {call.key()}")
    return row


async def read_statement(call: Call) -> web.StreamResponse:
    """Read one statement."""
    return call.answer(statement_shape(await _statement(call)))


async def read_file(call: Call) -> web.StreamResponse:
    """Read how far the import of a file is, and what was found in it."""
    return call.answer(await file_shape(call, call.key()))


async def read_original(call: Call) -> web.StreamResponse:
    """Give the bytes of a statement's file as they came."""
    row = await _statement(call)
    async with call.gateway.database.read() as session:
        file = await statements.file_by_id(session, row.file_id)
    if file is None:
        raise NoSuchStatement(f"the file of statement {row.id} is gone")
    return web.FileResponse(call.gateway.originals.path_of(file.sha256), headers=download(file.sha256, BYTES))


async def take(call: Call) -> web.StreamResponse:
    """Take a held statement in spite of what speaks against it."""
    row = await _statement(call)
    body = await call.json(Reason)
    await call.gateway.workers.take_statement(row.id, call.actor, body.reason)
    return call.answer(statement_shape(await _statement(call)))


async def reject(call: Call) -> web.StreamResponse:
    """Reject a held statement for good."""
    row = await _statement(call)
    body = await call.json(Reason)
    async with call.begin() as work:
        await reject_statement(work, statement_id=row.id, reason=body.reason)
    return call.answer(statement_shape(await _statement(call)))


ROUTES = (
    api(
        "POST", "/statements", Right.IMPORT, upload,
        summary="Upload a bank file: camt.052, .053, .054, MT940, MT942 or a status report (pain.002)",
        consumes=received.KINDS, gives=FileShape, status=201, also=(200, 202, 422),
    ),
    api(
        "GET", "/statements", Right.SEE, list_statements, summary="List statements", query=StatementFilter,
        gives=StatementList,
    ),
    api("GET", "/statements/{id}", Right.SEE, read_statement, summary="Read a statement", gives=StatementShape),
    api(
        "GET", "/statements/{id}/original", Right.SEE_IBAN, read_original, summary="The file's bytes as they came",
        produces="application/octet-stream",
    ),
    api(
        "POST", "/statements/{id}/take", Right.TAKE_STATEMENT, take, summary="Take a held statement, with a reason",
        takes=Reason, gives=StatementShape,
    ),
    api(
        "POST", "/statements/{id}/reject", Right.TAKE_STATEMENT, reject, summary="Reject a held statement",
        takes=Reason, gives=StatementShape,
    ),
    api("GET", "/files/{id}", Right.SEE, read_file, summary="Read how far an import is", gives=FileShape),
)  # fmt: skip
