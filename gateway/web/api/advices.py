"""The API of remittance advices: bring one in, list and read them, their bytes as they came."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.services.receive_advice import AdviceFile
from gateway.store import advices
from gateway.store.advices import RemittanceAdvice
from gateway.store.database import ReadSession
from gateway.web.api import received
from gateway.web.context import Call
from gateway.web.downloads import BYTES, download
from gateway.web.routing import api
from schemas.errors import NotFound
from schemas.identifiers import mask_account
from schemas.payloads.advices import AdviceError, AdviceFilter, AdviceLineShape, AdviceList, AdviceShape
from schemas.states import AdviceState


class NoSuchAdvice(NotFound):
    """There is no such remittance advice in this company."""

    code = "no_such_advice"


async def upload(call: Call) -> web.StreamResponse:
    """Take an advice as raw body or as the one file of a form, and read it."""
    came = await received.one_file(call)
    kept = await call.gateway.originals.keep(came.pieces)
    file = AdviceFile(call.company_id, kept.sha256, kept.size, came.name, "api", call.gateway.advice_days)
    receipt = await call.gateway.workers.receive_advice(file, call.actor)
    async with call.gateway.database.read() as session:
        shape = await _shape(session, await _find(session, call, receipt.advice_id))
    refused = shape.state is AdviceState.REFUSED
    return call.answer(shape, status=422 if refused else 201 if receipt.is_new else 200)


async def list_advices(call: Call) -> web.StreamResponse:
    """List advices, the newest first."""
    asked = call.query(AdviceFilter)
    async with call.gateway.database.read() as session:
        found = await advices.advices_page(
            session, company_id=call.company_id, state=asked.state, cursor=asked.cursor or "", limit=asked.limit
        )
        items = [await _shape(session, row) for row in found.rows]
    return call.answer(AdviceList(items=items, next_cursor=found.next_cursor))


async def read_advice(call: Call) -> web.StreamResponse:
    """Read one advice."""
    async with call.gateway.database.read() as session:
        return call.answer(await _shape(session, await _find(session, call, call.key())))


async def read_original(call: Call) -> web.StreamResponse:
    """Give the bytes of an advice as they came."""
    async with call.gateway.database.read() as session:
        row = await _find(session, call, call.key())
    return web.FileResponse(call.gateway.originals.path_of(row.sha256), headers=download(row.sha256, BYTES))


async def _find(session: ReadSession, call: Call, advice_id: int) -> RemittanceAdvice:
    row = await advices.get(session, company_id=call.company_id, advice_id=advice_id)
    if row is None:
        raise NoSuchAdvice(f"there is no remittance advice {advice_id}")
    return row


async def _shape(session: ReadSession, row: RemittanceAdvice) -> AdviceShape:
    lines = (await advices.lines_of(session, [row.id]))[row.id]
    return AdviceShape(
        id=str(row.id),
        sha256=row.sha256,
        name=row.name,
        channel=row.channel,
        state=row.state,
        wait=row.wait,
        sign=row.sign,
        bank_transaction_id=str(row.bank_transaction_id) if row.bank_transaction_id else None,
        error=AdviceError(code=row.error_code, message=row.error_message) if row.error_code else None,
        format=row.format,
        currency=row.currency,
        total_minor=row.total_minor,
        stated_minor=row.stated_minor,
        payment_date=row.payment_date,
        payer_name=row.payer_name,
        customer_number=row.customer_number,
        accounts=[mask_account(iban) for iban in row.ibans],
        received_at=row.received_at,
        lines=[AdviceLineShape(**line._asdict()) for line in lines],
    )


ROUTES = (
    api(
        "POST", "/advices", Right.IMPORT, upload,
        summary="Bring a remittance advice in: a mail, PDF, CSV or XLSX that lists what one transfer pays",
        consumes=received.KINDS, gives=AdviceShape, status=201, also=(200, 422),
    ),
    api("GET", "/advices", Right.SEE, list_advices, summary="List advices", query=AdviceFilter, gives=AdviceList),
    api("GET", "/advices/{id}", Right.SEE, read_advice, summary="Read an advice", gives=AdviceShape),
    api(
        "GET", "/advices/{id}/original", Right.SEE_IBAN, read_original, summary="The advice's bytes as they came",
        produces="application/octet-stream",
    ),
)  # fmt: skip
