"""The journal: who did what to what, when and why; and checking that it is whole and that everything holds."""

import asyncio
import datetime as dt
import re
from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.store import companies, journal_lists, sessions, users_queries
from gateway.store.database import ReadSession
from gateway.store.journal_lists import FOR_ALL, JournalFilter
from gateway.store.journal_subjects import Named, named
from gateway.web import background
from gateway.web.context import Call
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.views import journal as views

_WAIT_S = 60.0  # As long as an upload waits for its import.
_EXACT = re.compile(r"[a-z_]{1,30}:[0-9]{1,18}", re.ASCII)
_checking: set[int] = set()  # Gateways in which a check is under way.


class AuditQuery(PageQuery):
    """Which rows are shown. ``about`` is a kind of thing, or one thing such as ``open_item:12``."""

    who: str = ""
    verb: str = ""
    about: str = ""
    from_date: dt.date | None = None
    until_date: dt.date | None = None
    access: bool = False  # Log-ins and what else concerns people in all companies.

    @property
    def one(self) -> str:
        """The one thing that is asked about."""
        return self.about if _EXACT.fullmatch(self.about) else ""


class Checked(NamedTuple):
    """What a check found; None where it broke off."""

    broken: list[str] | None
    is_shown: bool  # The sentences name rows of every company, so only who sees all of them reads them.


async def show_audit(call: Call) -> web.StreamResponse:
    """Show the journal."""
    return await _answer(call)


async def _answer(call: Call, *, checked: Checked | None = None, status: int = 200) -> web.StreamResponse:
    query = call.query(AuditQuery)
    async with call.gateway.database.read() as session:
        people = await _people(session, call)
        found = await journal_lists.list_journal(
            session,
            chain_id=FOR_ALL if query.access else call.company_id,
            wanted=await _wanted(session, call, query, people),
            cursor=query.cursor,
        )
        words = views.words_in(found.rows) | {query.one}
        known = await named(session, company_id=call.company_id, words=words)
    return call.page(
        "audit/list.html",
        status=status,
        query=query,
        lines=[views.line_of(call, row, known) for row in found.rows],
        next_cursor=found.next_cursor,
        people=people,
        verbs=views.choices(call),
        kinds=views.KINDS,
        one=_label(call, query.one, known),
        checked=checked,
    )


async def _people(session: ReadSession, call: Call) -> dict[str, str]:
    """Return who may have acted: people and machines of the company, by the words of the journal."""
    users = await users_queries.users_of(session, call.company_id)
    tokens = await sessions.tokens_of(session, call.company_id)
    return {f"user:{user.id}": user.name for user, _ in users} | {f"token:{one.id}": one.name for one in tokens}


async def _wanted(session: ReadSession, call: Call, query: AuditQuery, people: dict[str, str]) -> JournalFilter:
    trail = query.one and await journal_lists.trail_of(session, company_id=call.company_id, subject=query.one)
    return JournalFilter(
        actor=query.who,
        verb=query.verb,
        kind=query.about if query.about in views.KINDS else "",
        trail=trail or None,
        people=list(people) if query.access else None,
        from_at=_midnight(call, query.from_date),
        until_at=_midnight(call, query.until_date, days=1),
    )


def _midnight(call: Call, date: dt.date | None, *, days: int = 0) -> dt.datetime | None:
    """Return when a day begins where the installation is; moments are shown in its zone."""
    if date is None or not 1900 <= date.year < 9999:  # Beyond that lies nothing, and no moment in every zone.
        return None
    begins = dt.datetime.combine(date + dt.timedelta(days), dt.time(), call.gateway.pages.zone)
    return begins.astimezone(dt.UTC)


def _label(call: Call, one: str, known: dict[str, Named]) -> str:
    return views.label(call, known[one]) if one in known else one


async def check_now(call: Call) -> web.StreamResponse:
    """Check the journal and everything that must always hold, in a process of its own; who asked is journaled."""
    if id(call.gateway) in _checking:
        return call.redirect("/audit", say=call._("A check is under way already; its outcome will be written here."))
    found: list[list[str]] = []
    _checking.add(id(call.gateway))
    task = background.start(_check(call, found), name="check")
    done, _ = await asyncio.wait([task], timeout=_WAIT_S)
    if not done:
        return call.redirect("/audit", say=call._("The check takes longer; its outcome will be written here."))
    async with call.gateway.database.read() as session:
        all_companies = {company.id for company in await companies.all_companies(session)}
    is_shown = all_companies <= {company.id for company in call.caller.companies}
    return await _answer(call, checked=Checked(found[0] if found else None, is_shown))


async def _check(call: Call, found: list[list[str]]) -> None:
    try:
        broken = await call.gateway.workers.check()
        async with call.begin(ids=10) as work:
            work.say("check", "journal", broken=len(broken))
        found.append(broken)
    finally:
        _checking.discard(id(call.gateway))


ROUTES = (
    page("GET", "/audit", Right.SEE_AUDIT, show_audit),
    page("POST", "/audit/check", Right.SEE_AUDIT, check_now),
)
