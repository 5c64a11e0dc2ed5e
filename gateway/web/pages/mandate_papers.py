"""Papers of a mandate: its form, the signed scan, other documents, the evidence, the export, and links to sign with."""

from collections.abc import Mapping

from aiohttp import web

from gateway.domain.access import Right
from gateway.services import mandate_papers, sign_mandate_online
from gateway.services.mandate_papers import Papers
from gateway.services.receive_file import shown_name
from gateway.services.write_table import write_csv, write_xlsx
from gateway.store import mandate_lists
from gateway.store import mandate_papers as shelf
from gateway.store.mandates import Mandate
from gateway.store.work import Work
from gateway.web.context import Call
from gateway.web.downloads import CSV, PDF, XLSX, ZIP, download
from gateway.web.pages.mandates import MandateQuery, act_on, answer_with, find_mandate
from gateway.web.routing import page
from gateway.web.words import mark
from schemas.errors import GatewayError, NotFound
from schemas.states import DocumentKind, Language

_LANGUAGES = frozenset(language.value for language in Language)
_KINDS = (DocumentKind.SCAN, DocumentKind.OTHER)


class NoSuchDocument(NotFound):
    """There is no such document of this mandate."""


def papers_of(call: Call) -> Papers:
    """Return where papers lie, and the template of the form."""
    return Papers(call.gateway.originals, call.gateway.templates["mandate"])


async def send_form(call: Call) -> web.StreamResponse:
    """Send the form as PDF; the look is journaled, for the account stands whole in it."""
    asked = call.request.query.get("language", "")
    language = Language(asked) if asked in _LANGUAGES else call.language
    async with call.gateway.database.read() as session:
        row = await find_mandate(session, call)
        form = await mandate_papers.form_of(session, row, language=language, dated=call.now.date())
    data = await mandate_papers.write_form(papers_of(call), form)
    await _note(call, row, DocumentKind.FORM)
    return _file(data, f"{row.reference}.pdf", PDF)


async def send_evidence(call: Call) -> web.StreamResponse:
    """Send all that proves the mandate as one zip."""
    async with call.gateway.database.read() as session:
        row = await find_mandate(session, call)
        form = await mandate_papers.form_of(session, row, language=call.language, dated=call.now.date())
        data = await mandate_papers.evidence_of(session, papers_of(call), row, form=form)
    await _note(call, row, DocumentKind.OTHER)
    return _file(data, f"{row.reference}.zip", ZIP)


async def send_document(call: Call) -> web.StreamResponse:
    """Send a document as it was kept."""
    async with call.gateway.database.read() as session:
        row = await find_mandate(session, call)
        found = await shelf.get_document(session, company_id=call.company_id, document_id=call.key("document"))
    if found is None or found.mandate_id != row.id:
        raise NoSuchDocument(f"there is no document {call.key('document')}")
    await _note(call, row, found.kind)
    headers = download(found.name, found.media_type)
    return web.FileResponse(call.gateway.originals.path_of(found.sha256), headers=headers)


async def _note(call: Call, row: Mandate, kind: DocumentKind) -> None:
    async with call.begin(ids=10) as work:
        work.say("see_document", f"mandate:{row.id}", reason=kind.value)


def _file(data: bytes, name: str, media_type: str) -> web.Response:
    return web.Response(body=data, headers=download(name, media_type))


async def keep(call: Call) -> web.StreamResponse:
    """Keep an uploaded document."""
    kept, name = None, ""
    try:
        async for file in call.uploads(files_max=1):
            kept = await mandate_papers.keep_bytes(call.gateway.originals, file.pieces)
            name = shown_name(file.filename)
        form = await call.form()
        if kept is None:
            raise mandate_papers.UnknownDocument
        kind = DocumentKind(form["kind"]) if form.get("kind") in {one.value for one in _KINDS} else DocumentKind.SCAN
        async with call.gateway.database.read() as session:
            row = await find_mandate(session, call)
        async with call.begin() as work:
            await mandate_papers.keep_document(
                work, mandate_id=row.id, kind=kind, name=name, media_type=kept[1], kept=kept[0]
            )
    except NotFound:
        raise
    except GatewayError as error:
        return await answer_with(call, error=error)
    return call.redirect(f"/mandates/{row.id}", say=call._("Kept."))


async def make_link(call: Call) -> web.StreamResponse:
    """Make a link with which the debtor signs, and show it once."""
    form = await call.form()
    language = form.get("language", "")
    try:
        async with call.gateway.database.read() as session:
            row = await find_mandate(session, call)
        async with call.begin() as work:
            secret = await sign_mandate_online.make_signing_link(
                work,
                mandate_id=row.id,
                email=form.get("email", "").strip(),
                language=Language(language) if language in _LANGUAGES else call.language,
            )
    except NotFound:
        raise
    except GatewayError as error:
        return await answer_with(call, error=error)
    return await answer_with(call, secret=f"{call.gateway.address.url}/sign/{secret}")


async def _withdraw(work: Work, row: Mandate, form: Mapping[str, str]) -> str:
    await sign_mandate_online.withdraw_signing_links(work, mandate_id=row.id)
    return mark("The link does not work any more.")


async def show_code(call: Call) -> web.StreamResponse:
    """Show the code that the debtor asked for, to be read to him on the phone where no mail is sent."""
    async with call.gateway.database.read() as session:
        row = await find_mandate(session, call)
        links = await shelf.links_of(session, company_id=call.company_id, mandate_id=row.id)
    link = links[0] if links and call.gateway.mailer is None else None
    is_asked = link and sign_mandate_online.works(link, call.now) and sign_mandate_online.is_code_fresh(link, call.now)
    code = sign_mandate_online.code_of(call.gateway.key, link) if link and is_asked else ""
    return await answer_with(call, code=code or "-")


async def export(call: Call) -> web.StreamResponse:
    """Send the mandates of the list as a table, with whole accounts; the look is journaled."""
    query = call.query(MandateQuery)
    is_csv = call.request.path.endswith(".csv")
    async with call.begin(ids=10) as work:
        work.say("export", "mandates")
    async with call.gateway.database.read() as session:
        rows = mandate_lists.export_mandate_rows(
            session, company_id=call.company_id, wanted=query.wanted(call.now.date())
        )
        columns = mandate_lists.EXPORT_COLUMNS
        data = await write_csv(columns, rows) if is_csv else await write_xlsx(columns, rows)
    media_type = CSV if is_csv else XLSX
    return _file(data, f"mandates.{'csv' if is_csv else 'xlsx'}", media_type)


ROUTES = (
    page("GET", "/mandates/export.csv", Right.SEE_IBAN, export),
    page("GET", "/mandates/export.xlsx", Right.SEE_IBAN, export),
    page("POST", "/mandates/{id}/form", Right.SEE_IBAN, send_form),
    page("POST", "/mandates/{id}/evidence", Right.SEE_IBAN, send_evidence),
    page("POST", "/mandates/{id}/documents", Right.WORK, keep),
    page("POST", "/mandates/{id}/documents/{document}", Right.SEE_IBAN, send_document),
    page("POST", "/mandates/{id}/link", Right.WORK, make_link),
    page("POST", "/mandates/{id}/withdraw", Right.WORK, act_on(_withdraw)),
    page("POST", "/mandates/{id}/code", Right.WORK, show_code),
)
