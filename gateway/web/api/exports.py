"""The API of exports: CSV as the command line prints it, sent as it is read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from gateway.domain.access import Right
from gateway.services.export_rows import Exportable, export_rows
from gateway.web.context import Call
from gateway.web.downloads import CSV, download
from gateway.web.errors import BodyTooSlow
from gateway.web.routing import Route, api
from schemas.payloads.exports import ExportFilter

_PIECE = 64 * 1024
# Accounts of payers stand whole in it: an IBAN is personal data (reliability section 8).
_RIGHTS = {Exportable.BANK_TRANSACTIONS: Right.SEE_IBAN, Exportable.MANDATES: Right.SEE_IBAN}


def _exporter(what: Exportable) -> Callable[[Call], Awaitable[web.StreamResponse]]:
    async def export(call: Call) -> web.StreamResponse:
        return await _export(call, what)

    return export


async def _export(call: Call, what: Exportable) -> web.StreamResponse:
    asked = call.query(ExportFilter)
    await _note(call, what)
    response = web.StreamResponse(headers=download(f"{what.value}.csv", CSV))
    if call.request.method == "HEAD":
        return response
    try:
        async with call.gateway.database.read() as session:
            async for piece in _pieces(
                export_rows(session, what=what, company_id=call.company_id, history=asked.history)
            ):
                await _send(call, response, piece)
        await response.write_eof()
    except BaseException:
        # What broke off must not look whole: without its end the answer is an error for whoever reads it.
        if response.prepared and call.request.transport is not None:
            call.request.transport.abort()
        raise
    return response


async def _note(call: Call, what: Exportable) -> None:
    """Write in the journal who looked at whole accounts."""
    if what in _RIGHTS:
        async with call.begin() as work:
            work.say("export", what.value)


async def _pieces(texts: AsyncIterator[str]) -> AsyncIterator[bytes]:
    piece: list[str] = []
    size = 0
    async for text in texts:
        piece.append(text)
        size += len(text)
        if size >= _PIECE:
            yield "".join(piece).encode()
            piece, size = [], 0
    yield "".join(piece).encode()


async def _send(call: Call, response: web.StreamResponse, piece: bytes) -> None:
    """Send a piece; who takes none for long is left, because he keeps a connection of the database."""
    if not response.prepared:  # Not before the first piece is there: what fails at once has an answer of its own.
        await response.prepare(call.request)
    try:
        async with asyncio.timeout(call.gateway.limits.idle_s):
            await response.write(piece)
    except TimeoutError:
        raise BodyTooSlow from None


def _route(what: Exportable) -> Route:
    return api(
        "GET", f"/exports/{what.value}", _RIGHTS.get(what, Right.SEE), _exporter(what),
        summary=f"Export {what.value.replace('-', ' ')} as CSV", query=ExportFilter, produces="text/csv",
    )  # fmt: skip


ROUTES = tuple(map(_route, Exportable))
