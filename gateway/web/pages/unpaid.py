"""The unpaid register: debits that were rejected or came back, why, what was done, and what a person does next."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.retry import explain_retry
from gateway.services import manage_unpaid
from gateway.services.plan_retry import Chance, NoSuchUnpaid, accept_retry, chance_of
from gateway.services.write_table import write_csv, write_xlsx
from gateway.store import bank_reports, collections_found, parties, unpaid_fees, unpaid_lists, users_queries
from gateway.store.bank_reports import ReportedStatus
from gateway.store.collections import Collection
from gateway.store.database import ReadSession
from gateway.store.parties import Party
from gateway.store.unpaid_fees import FeeShown
from gateway.store.unpaid_lists import EXPORT_COLUMNS, UnpaidFilter, UnpaidLine
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.downloads import CSV, XLSX, download
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.typed import read_date
from schemas.codes.reason_actions import NextAction, ReturnKind
from schemas.errors import GatewayError
from schemas.states import Role, UnpaidState

_CHOSEN_MAX = 200


class Which(StrEnum):
    """Which rows a chip of the list shows."""

    OPEN = "open"
    RETRIED = "retried"
    PAID = "paid"
    CLOSED = "closed"
    ALL = "all"


_STATES: Mapping[Which, tuple[UnpaidState, ...]] = {
    Which.OPEN: (UnpaidState.OPEN,),
    Which.RETRIED: (UnpaidState.RETRIED,),
    Which.PAID: (UnpaidState.PAID,),
    Which.CLOSED: (UnpaidState.CLOSED, UnpaidState.WRITTEN_OFF),
    Which.ALL: (),
}


class UnpaidQuery(PageQuery):
    """Which rows are listed."""

    which: Which = Which.OPEN
    kind: ReturnKind | None = None
    action: NextAction | None = None
    reason: str = ""
    customer: int | None = None
    mine: bool = False
    q: str = ""

    def wanted(self, user_id: int | None) -> UnpaidFilter:
        """Return the rows that are meant."""
        owner_id = user_id if self.mine else None
        return UnpaidFilter(
            _STATES[self.which], self.kind, self.action, self.reason[:10], self.customer, owner_id, self.q
        )


class UnpaidView(NamedTuple):
    """One row with all that is known of it."""

    line: UnpaidLine
    collection: Collection | None
    retry: Collection | None
    statuses: Sequence[ReportedStatus]
    chance: Chance | None
    chance_words: str
    fees: Sequence[FeeShown]  # Those that the bank booked apart.


async def show_unpaid(call: Call) -> web.StreamResponse:
    """Show the list, with what the filtered rows come to."""
    return await _list(call)


async def _list(call: Call, *, fault: str = "") -> web.StreamResponse:
    query = call.query(UnpaidQuery)
    wanted = query.wanted(call.actor.id)
    async with call.gateway.database.read() as session:
        found = await unpaid_lists.list_unpaid(session, company_id=call.company_id, wanted=wanted, cursor=query.cursor)
        look = partial(unpaid_lists.total_unpaid, session, company_id=call.company_id, wanted=wanted)
        sums = await call.gateway.kept.ask(session, call.company_id, ("unpaid", wanted), look)
        return call.page(
            "unpaid/list.html",
            status=422 if fault else 200,
            query=query,
            found=found,
            sums=sums,
            customer=await _customer(session, call, query.customer),
            colleagues=await _colleagues(session, call),
            reports=await bank_reports.count_unmatched(session, company_id=call.company_id),
            today=call.now.date(),
            fault=fault,
        )


async def _customer(session: ReadSession, call: Call, key: int | None) -> Party | None:
    if key is None:
        return None
    return await parties.get_customer(session, company_id=call.company_id, customer_id=key)


async def _colleagues(session: ReadSession, call: Call) -> list[tuple[int, str]]:
    people = await users_queries.users_of(session, call.company_id)
    return [(user.id, user.name) for user, roles in people if Role.CLERK in roles and user.is_active]


async def act_on_many(call: Call) -> web.StreamResponse:
    """Do one thing with all rows that were chosen: give them to somebody, accept their retries, close them."""
    form, query = await call.form(), call.query(UnpaidQuery)
    keys = _keys(form.getall("id", []))
    here = query.url("/unpaid")
    if not keys:
        return call.redirect(here, say=call._("Nothing was chosen."))
    try:
        async with call.begin(ids=20 * len(keys) + 100) as work:
            say = await _act(call, work, form, keys)
    except GatewayError as error:
        return await _list(call, fault=str(error))
    return call.redirect(here, say=say)


def _keys(texts: Sequence[str]) -> list[int]:
    return sorted({int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19})[:_CHOSEN_MAX]


async def _act(call: Call, work: Any, form: Any, keys: Sequence[int]) -> str:
    what = form.get("what", "")
    if what == "retry":
        count = await manage_unpaid.accept_retries(work, row_ids=keys)
        return call.count("%(num)s debit is planned again.", "%(num)s debits are planned again.", count)
    if what == "close":
        reason = str(form.get("reason", "")).strip()
        if not reason:
            raise ReasonMissing
        count = await manage_unpaid.close(work, row_ids=keys, reason=reason)
        return call.count("%(num)s row is closed.", "%(num)s rows are closed.", count)
    owner = str(form.get("owner", ""))
    count = await manage_unpaid.assign(work, row_ids=keys, owner_id=int(owner) if owner.isdigit() else None)
    return call.count("%(num)s row has a new owner.", "%(num)s rows have a new owner.", count)


class ReasonMissing(GatewayError):
    """Say in a few words why."""

    code = "reason_missing"


async def show_one(call: Call) -> web.StreamResponse:
    """Show one row."""
    return await _answer(call)


async def _answer(call: Call, *, fault: str = "") -> web.StreamResponse:
    async with call.gateway.database.read() as session:
        view = await _view(session, call)
        colleagues = await _colleagues(session, call)
    return call.page(
        "unpaid/one.html",
        status=422 if fault else 200,
        view=view,
        colleagues=colleagues,
        today=call.now.date(),
        fault=fault,
    )


async def _view(session: ReadSession, call: Call) -> UnpaidView:
    line = await unpaid_lists.get_unpaid(session, company_id=call.company_id, row_id=call.key())
    if line is None:
        raise NoSuchUnpaid(f"there is no row {call.key()} in the unpaid register")
    row = line.row
    ids = [key for key in (row.collection_id, row.retry_id) if key is not None]
    known = await collections_found.collections_by_id(session, ids)
    said: Sequence[ReportedStatus] = ()
    if row.collection_id is not None:
        said = await bank_reports.statuses_of(session, company_id=call.company_id, collection_id=row.collection_id)
    is_open = row.state is UnpaidState.OPEN and row.collection_id is not None
    chance = await chance_of(session, row, today=call.now.date()) if is_open else None
    words = explain_retry(chance.plan, call.language, day=lambda date: _weekday(call, date)) if chance else ""
    fees = await unpaid_fees.shown_fees(session, company_id=call.company_id, row_id=row.id)
    return UnpaidView(line, known.get(row.collection_id or 0), known.get(row.retry_id or 0), said, chance, words, fees)


def _weekday(call: Call, date: dt.date) -> str:
    return formats.weekday(date, call.language)


async def act_on_one(call: Call) -> web.StreamResponse:
    """Do something with one row: plan its retry, give it to somebody, note something, close it."""
    form, key = await call.form(), call.key()
    what = str(form.get("what", ""))
    try:
        async with call.begin(ids=100) as work:
            if what == "retry":
                date = read_date(str(form.get("retry_date", "")))
                await accept_retry(work, row_id=key, retry_date=date)
                say = call._("The debit is planned again; the next run takes it.")
            elif what == "note":
                await manage_unpaid.note(work, row_id=key, text=str(form.get("note", "")))
                say = call._("Saved.")
            else:
                say = await _act(call, work, form, [key])
    except GatewayError as error:
        return await _answer(call, fault=str(error))
    return call.redirect(f"/unpaid/{key}", say=say)


async def export(call: Call) -> web.StreamResponse:
    """Send exactly the rows of the list as a table."""
    query = call.query(UnpaidQuery)
    is_csv = call.request.path.endswith(".csv")
    async with call.gateway.database.read() as session:
        rows = unpaid_lists.export_unpaid_rows(session, company_id=call.company_id, wanted=query.wanted(call.actor.id))
        data = await write_csv(EXPORT_COLUMNS, rows) if is_csv else await write_xlsx(EXPORT_COLUMNS, rows)
    kind = "csv" if is_csv else "xlsx"
    return web.Response(
        body=data,
        headers=download(f"unpaid.{kind}", CSV if is_csv else XLSX),
    )


async def count_unpaid(call: Call) -> str:
    """Return how many rows wait, for the sidebar."""
    async with call.gateway.database.read() as session:
        count = await unpaid_lists.count_open(session, company_id=call.company_id)
    return str(count) if count else ""


ROUTES = (
    page("GET", "/unpaid", Right.SEE, show_unpaid),
    page("POST", "/unpaid", Right.WORK, act_on_many),
    page("GET", "/unpaid/export.csv", Right.SEE, export),
    page("GET", "/unpaid/export.xlsx", Right.SEE, export),
    page("GET", "/unpaid/{id}", Right.SEE, show_one),
    page("POST", "/unpaid/{id}", Right.WORK, act_on_one),
)
