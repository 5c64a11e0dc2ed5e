"""The API of search: what a text finds, grouped by kind, as the page shows it."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.store import search
from gateway.store.search import Found
from gateway.web.context import Call
from gateway.web.routing import api
from gateway.web.views import found
from gateway.web.views.found import Line
from schemas.payloads.search import FoundGroup, FoundList, FoundShape, SearchText


async def find(call: Call) -> web.StreamResponse:
    """Find invoices, customers, bank transactions, mandates, accounts and files."""
    wanted = found.wanted_by(call, call.query(SearchText).q)
    async with call.gateway.database.read() as session:
        groups = await search.find_everything(session, company_id=call.company_id, wanted=wanted)
        shown = await found.lines_of(session, call, groups)
    return call.answer(
        FoundList(
            groups=[
                FoundGroup(
                    kind=group.kind,
                    is_exact=group.is_exact,
                    total=group.total,
                    items=[_shape(row, line) for row, line in zip(group.rows, lines, strict=True)],
                )
                for group, lines in shown
            ]
        )
    )


def _shape(row: Found, line: Line) -> FoundShape:
    left = line.open[0] if len(line.open) == 1 else None
    money = line.amount or left
    return FoundShape(
        id=str(row.id),
        page=line.path,
        name=line.name,
        about=line.about,
        date=line.date or (line.at.date() if line.at else None),
        amount_minor=line.amount.minor if line.amount else None,
        currency=money.currency if money else None,
        open_minor=left.minor if left else None,
        state=line.state,
    )


ROUTES = (
    api(
        "GET", "/search", Right.SEE, find, summary="Find what a text means, in everything",
        query=SearchText, gives=FoundList,
    ),
)  # fmt: skip
