"""Remittance advices: what customers said that their transfers pay, the credit of each, and bringing one in."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.open_item import number_key
from gateway.services.receive_advice import AdviceFile, AdviceReceipt
from gateway.store import advices, customer_account, transaction_history
from gateway.store.advices import RemittanceAdvice
from gateway.store.database import ReadSession
from gateway.store.open_items import OpenItem
from gateway.web.bodies import Upload
from gateway.web.context import Call
from gateway.web.downloads import BYTES, download
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from schemas.advice import AdviceLine
from schemas.errors import NotFound
from schemas.states import AdviceState


class NoSuchAdvice(NotFound):
    """There is no such remittance advice in this company."""


class AdviceQuery(PageQuery):
    """Which advices are listed."""

    state: AdviceState | None = None


class ShownLine(NamedTuple):
    """A line of an advice with the item of ours that bears its number, if one does."""

    line: AdviceLine
    item: OpenItem | None


async def show_advices(call: Call) -> web.StreamResponse:
    """Show the advices, the newest first."""
    query = call.query(AdviceQuery)
    async with call.gateway.database.read() as session:
        found = await advices.advices_page(session, company_id=call.company_id, state=query.state, cursor=query.cursor)
        waiting = await advices.waiting_count(session, company_id=call.company_id)
    return call.page("advices/list.html", query=query, view=found, waiting=waiting, states=AdviceState)


async def upload(call: Call) -> web.StreamResponse:
    """Read the files that were chosen; of one, show what became of it."""
    receipts = [await receive(call, file, channel="page") async for file in call.uploads()]
    if not receipts:
        return call.redirect("/advices", say=call._("Choose at least one file."))
    known = sum(not receipt.is_new for receipt in receipts)
    say = call.count("%(num)s file was known already.", "%(num)s files were known already.", known) if known else ""
    path = f"/advices/{receipts[0].advice_id}" if len(receipts) == 1 else "/advices"
    return call.redirect(path, say=say)


async def receive(call: Call, file: Upload, *, channel: str) -> AdviceReceipt:
    """Keep the bytes of an advice and have it read. Raises TooLarge."""
    kept = await call.gateway.originals.keep(file.pieces)
    wanted = AdviceFile(call.company_id, kept.sha256, kept.size, file.filename, channel, call.gateway.advice_days)
    return await call.gateway.workers.receive_advice(wanted, call.actor)


async def show_advice(call: Call) -> web.StreamResponse:
    """Show one advice, its lines beside its credit."""
    async with call.gateway.database.read() as session:
        row = await find(session, call)
        lines = (await advices.lines_of(session, [row.id]))[row.id]
        items = await _items(session, call, lines)
        origin = None
        if row.bank_transaction_id is not None:
            origin = await transaction_history.get_origin(
                session, company_id=call.company_id, bank_transaction_id=row.bank_transaction_id
            )
        question = await advices.open_question(session, row.bank_transaction_id)
    shown = [ShownLine(line, _item(line, items)) for line in lines]
    return call.page("advices/one.html", advice=row, lines=shown, origin=origin, question=question)


async def find(session: ReadSession, call: Call) -> RemittanceAdvice:
    """Return the advice that the address names. Raises NoSuchAdvice."""
    row = await advices.get(session, company_id=call.company_id, advice_id=call.key())
    if row is None:
        raise NoSuchAdvice(f"there is no remittance advice {call.key()}")
    return row


async def _items(session: ReadSession, call: Call, lines: Sequence[AdviceLine]) -> Mapping[str, OpenItem]:
    keys = {number_key(word) for line in lines for word in _words(line)} - {""}
    found = await customer_account.items_by_number(session, company_id=call.company_id, number_keys=sorted(keys))
    return {item.number_key: item for item in found}


def _item(line: AdviceLine, items: Mapping[str, OpenItem]) -> OpenItem | None:
    return next((items[key] for word in _words(line) if (key := number_key(word)) in items), None)


def _words(line: AdviceLine) -> list[str]:
    return [line.written, *line.written.split()]


async def send_original(call: Call) -> web.StreamResponse:
    """Send the bytes as they came; the look is journaled, for there may be whole account numbers in them."""
    async with call.gateway.database.read() as session:
        row = await find(session, call)
    async with call.begin(ids=10) as work:
        work.say("see_original", f"advice:{row.id}")
    return web.FileResponse(call.gateway.originals.path_of(row.sha256), headers=download(row.name, BYTES))


ROUTES = (
    page("GET", "/advices", Right.SEE, show_advices),
    page("POST", "/advices", Right.IMPORT, upload),
    page("GET", "/advices/{id}", Right.SEE, show_advice),
    page("POST", "/advices/{id}/original", Right.SEE_IBAN, send_original),
)
