"""One file that arrived: what was in it, its bytes as they came, and taking back all that was decided on it."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.services.apply_bank_report import close_report
from gateway.services.receive_bank_report import apply_again
from gateway.services.undo_decision import NothingToUndo, ids_to_undo, undo_decision
from gateway.store import bank_reports, statement_lists, transaction_history
from gateway.store.database import ReadSession
from gateway.store.statements import StatementFile
from gateway.web.context import Call
from gateway.web.downloads import BYTES, download
from gateway.web.pages.bank_transactions import UNDO_REASONS, undo_reason
from gateway.web.pages.statements import file_lines
from gateway.web.routing import page
from schemas.errors import GatewayError, NotFound

_CHUNK = 1000


class NoSuchFile(NotFound):
    """There is no such file in this company."""


async def show_file(call: Call) -> web.StreamResponse:
    """Show what was in a file."""
    async with call.gateway.database.read() as session:
        file = await _find(session, call)
        line = (await file_lines(session, call, [file]))[0]
        decided = await statement_lists.decided_of_file(session, company_id=call.company_id, file_id=file.id)
    return call.page("statements/file.html", file=file, line=line, decided=len(decided))


async def _find(session: ReadSession, call: Call) -> StatementFile:
    key = call.key()
    file = await statement_lists.get_file(session, company_id=call.company_id, file_id=key)
    if file is None:
        raise NoSuchFile(f"there is no file {key}")
    return file


async def send_original(call: Call) -> web.StreamResponse:
    """Send the bytes as they came; the look is journaled, for there are whole account numbers in them."""
    async with call.gateway.database.read() as session:
        file = await _find(session, call)
    async with call.begin(ids=10) as work:
        work.say("see_original", f"file:{file.id}")
    return web.FileResponse(call.gateway.originals.path_of(file.sha256), headers=download(file.name, BYTES))


async def show_undo(call: Call) -> web.StreamResponse:
    """Say what would be taken back."""
    return await _answer(call)


async def _answer(call: Call, *, fault: str = "", status: int = 200) -> web.StreamResponse:
    async with call.gateway.database.read() as session:
        file = await _find(session, call)
        decided = await statement_lists.decided_of_file(session, company_id=call.company_id, file_id=file.id)
        sums = await transaction_history.live_sums(session, company_id=call.company_id, ids=decided)
    return call.page(
        "statements/undo.html",
        status=status,
        file=file,
        count=len(decided),
        sums=sums,
        reasons=UNDO_REASONS,
        fault=fault,
    )


async def undo_file(call: Call) -> web.StreamResponse:
    """Take back every decision on the bank transactions of a file, in pieces; the statements stay."""
    reason = undo_reason(await call.form())
    if not reason:
        return await _answer(call, fault=call._("Choose why it is taken back."), status=422)
    async with call.gateway.database.read() as session:
        file = await _find(session, call)
        decided = await statement_lists.decided_of_file(session, company_id=call.company_id, file_id=file.id)
    try:
        for start in range(0, len(decided), _CHUNK):
            piece = decided[start : start + _CHUNK]
            async with call.gateway.database.read() as session:
                ids = await ids_to_undo(session, piece)
            async with call.begin(ids=ids) as work:
                await undo_decision(work, bank_transaction_ids=piece, reason=reason)
    except NothingToUndo:
        pass  # Somebody else took the rest back meanwhile.
    except GatewayError as error:
        return await _answer(call, fault=str(error), status=422)
    say = call.count("%(num)s question is open again.", "%(num)s questions are open again.", len(decided))
    return call.redirect(f"/statements/files/{file.id}", say=say)


async def decide_report(call: Call) -> web.StreamResponse:
    """Close a status report that fits nothing with what a person found out, or look again what it is about."""
    form = await call.form()
    async with call.gateway.database.read() as session:
        file = await _find(session, call)
        reports = await bank_reports.reports_of_files(session, company_id=call.company_id, file_ids=[file.id])
    here = f"/statements/files/{file.id}"
    if file.id not in reports:
        raise NoSuchFile(f"file {file.id} is no status report")
    if form.get("what") == "again":
        await apply_again(call.gateway.database, call.gateway.originals, file, now=call.now, actor=call.actor)
        return call.redirect(here, say=call._("It was looked for again."))
    note = str(form.get("note", "")).strip()
    if not note:
        return call.redirect(here, say=call._("Say in a few words what it is about."))
    async with call.begin(ids=10) as work:
        await close_report(work, report_id=reports[file.id].id, note=note)
    return call.redirect(here, say=call._("It does not wait any more."))


ROUTES = (
    page("GET", "/statements/files/{id}", Right.SEE, show_file),
    page("POST", "/statements/files/{id}/original", Right.SEE_IBAN, send_original),
    page("POST", "/statements/files/{id}/report", Right.WORK, decide_report),
    page("GET", "/statements/files/{id}/undo", Right.WORK, show_undo),
    page("POST", "/statements/files/{id}/undo", Right.WORK, undo_file),
)
