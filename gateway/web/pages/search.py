"""Search over everything: what a text finds, grouped by kind; the only thing that is found is opened at once."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.store import search
from gateway.web.context import Call
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.views.found import lines_of, wanted_by

_PEEKED = 4  # Of each kind, while it is being typed.


class SearchQuery(PageQuery):
    """What is looked for."""

    q: str = ""


async def show_found(call: Call) -> web.StreamResponse:
    """Show what a text finds, or open the only thing that it finds."""
    wanted = wanted_by(call, call.query(SearchQuery).q)
    async with call.gateway.database.read() as session:
        groups = await search.find_everything(session, company_id=call.company_id, wanted=wanted)
        found = await lines_of(session, call, groups)
    paths = [line.path for one in found for line in one.lines]
    if len(paths) == 1 and not call.is_ahead:  # Then it is still being typed.
        return call.redirect(paths[0])
    return call.page(
        "search/found.html",
        text=wanted.text,
        found=found,
        shown=search.SHOWN,
        counted=search.COUNTED,
        latest=search.LATEST,
        peeked=_PEEKED,
    )


ROUTES = (page("GET", "/search", Right.SEE, show_found),)
