"""Search over everything: what a text finds, grouped by kind; the only thing that is found is opened at once."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.search import cleaned, wanted_of
from gateway.store import customer_lists, parties, search
from gateway.store.database import ReadSession
from gateway.store.parties import Party, PayerIban
from gateway.store.search import Group
from gateway.web.context import Call
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.typed import TypedAmount, read_amount
from gateway.web.views.found import Line, line_of
from schemas.states import Language

_CURRENCY = re.compile(r"^(?:EUR|€)\s*|\s*(?:EUR|€)$", re.IGNORECASE)


_PEEKED = 4  # Of each kind, while it is being typed.


class SearchQuery(PageQuery):
    """What is looked for."""

    q: str = ""


class FoundGroup(NamedTuple):
    """What was found of one kind, and the lines that show it."""

    group: Group
    lines: Sequence[Line]


async def show_found(call: Call) -> web.StreamResponse:
    """Show what a text finds, or open the only thing that it finds."""
    text = cleaned(call.query(SearchQuery).q)
    wanted = wanted_of(text, minor=_minor(text, call.language), may_see_iban=call.may(Right.SEE_IBAN))
    async with call.gateway.database.read() as session:
        groups = await search.find_everything(session, company_id=call.company_id, wanted=wanted)
        found = await _lines(session, call, groups)
    paths = [line.path for one in found for line in one.lines]
    if len(paths) == 1 and not call.is_ahead:  # Then it is still being typed.
        return call.redirect(paths[0])
    return call.page(
        "search/found.html",
        text=text,
        found=found,
        shown=search.SHOWN,
        counted=search.COUNTED,
        latest=search.LATEST,
        peeked=_PEEKED,
    )


def _minor(text: str, language: Language) -> int | None:
    """Return the amount that a text is: as its reader writes amounts, else as somebody else does."""
    bare = _CURRENCY.sub("", text)
    for one in (language, *Language):
        try:
            return read_amount(bare, "EUR", one) or None
        except TypedAmount:
            continue
    return None


async def _lines(session: ReadSession, call: Call, groups: Sequence[Group]) -> list[FoundGroup]:
    rows = [row for group in groups for row in group.rows]
    payers = [row.party_id for row in rows if isinstance(row, PayerIban)]
    names = await parties.names_of(session, company_id=call.company_id, ids=payers)
    customers = [row.id for row in rows if isinstance(row, Party)]
    balances = await customer_lists.balances_of(
        session, company_id=call.company_id, customer_ids=customers, today=call.now.date()
    )
    return [FoundGroup(group, [line_of(row, names=names, balances=balances) for row in group.rows]) for group in groups]


ROUTES = (page("GET", "/search", Right.SEE, show_found),)
