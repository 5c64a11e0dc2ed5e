"""Collections: the plan as a timeline, what cannot be collected and why, and freezing it into runs."""

import datetime as dt
from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.collecting.model import NOTICE_REASONS, LeftOut, LeftOutReason
from gateway.services.cancel_collection import collect_despite_notice
from gateway.services.collect_in_worker import FreezeWanted, PlanWanted
from gateway.services.freeze_run import Frozen, maker_of
from gateway.services.show_plan import PlanShown
from gateway.store import run_lists
from gateway.store.progress import Progress, ProgressNote
from gateway.web.context import Call
from gateway.web.errors import status_of
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.typed import read_date
from gateway.web.views.collections import action_of
from schemas.errors import GatewayError
from schemas.states import NoticeKind

_AHEAD = dt.timedelta(days=21)
_ITEMS_SHOWN = 3
_PLAN_KEPT_S, _FROZEN_KEPT_S = 10, 600  # A plan grows old; what became of a run is told when somebody asks.


class PlanQuery(PageQuery):
    """Until when, and what of the rest is shown."""

    until: dt.date | None = None
    reason: LeftOutReason | None = None
    letters: int | None = None  # The announcement whose letters are to be printed.


class LeftOutLine(NamedTuple):
    """One line of what is not collected, in the reader's words."""

    one: LeftOut
    customer: str
    numbers: list[str]
    more: int
    action: str
    action_path: str
    may_decide: bool


async def show_plan(call: Call) -> web.StreamResponse:
    """Show what will be collected and what will not."""
    return await answer_with(call, call.query(PlanQuery))


async def answer_with(call: Call, query: PlanQuery, *, fault: str = "", status: int = 200) -> web.StreamResponse:
    """Show the plan, with what could not be done."""
    until = query.until or call.now.date() + _AHEAD
    plan = await _plan(call, until, query.reason, is_asked_again=not fault)
    if plan is None:
        path = query.url("/collections", until=until)
        return call.page("collections/wait.html", path=path, progress=Progress("planning"))
    async with call.gateway.database.read() as session:
        waiting = await run_lists.waiting_runs(session, company_id=call.company_id)
    return call.page(
        "collections/plan.html", status=status, plan=plan, query=query, until=until, waiting=waiting, fault=fault,
        left_out=await _lines(call, plan), today=call.now.date(), sends_mail=call.gateway.mailer is not None,
        kinds=tuple(NoticeKind), held=sum(one.collection_count for one in plan.reasons if one.reason in NOTICE_REASONS),
    )  # fmt: skip


async def _plan(call: Call, until: dt.date, reason: LeftOutReason | None, *, is_asked_again: bool) -> PlanShown | None:
    """Return the plan, or None while it is made, where the page asks for it again."""
    wanted = PlanWanted(call.company_id, until, call.gateway.profiles, reason)
    if not is_asked_again:
        return await call.gateway.workers.show_plan(wanted)
    key, slow = ("plan", call.company_id, until, reason), call.gateway.slow_work
    if not slow.is_known(key):
        slow.begin(key, lambda: call.gateway.workers.show_plan(wanted), kept_s=_PLAN_KEPT_S)
    plan: PlanShown | None = await slow.take(key)
    return plan


async def _lines(call: Call, plan: PlanShown) -> list[LeftOutLine]:
    item_ids = [line.item_id for one in plan.left_out for line in one.lines[:_ITEMS_SHOWN]]
    async with call.gateway.database.read() as session:
        numbers = await run_lists.numbers_of_items(session, company_id=call.company_id, ids=item_ids)
        names = await run_lists.names_of_parties(
            session, company_id=call.company_id, ids=[one.party_id for one in plan.left_out]
        )
    return [_line(call, one, numbers, names) for one in plan.left_out]


def _line(call: Call, one: LeftOut, numbers: dict[int, str], names: dict[int, tuple[str, str]]) -> LeftOutLine:
    shown = one.lines[:_ITEMS_SHOWN]
    label, path = action_of(one)
    may_decide = one.reason in NOTICE_REASONS and call.may(Right.WORK)
    return LeftOutLine(
        one, names.get(one.party_id, ("", ""))[0], [numbers.get(line.item_id, "") for line in shown],
        len(one.lines) - len(shown), label, path, may_decide,
    )  # fmt: skip


async def freeze(call: Call) -> web.StreamResponse:
    """Freeze what is due until a day; go to the run, or to all of them, or to where it is said how far it is."""
    form = await call.form()
    until = read_date(form.get("until", ""))
    try:
        if until is None:
            raise NoDay
        maker = await maker_of(call.gateway.database, call.actor)
        wanted = FreezeWanted(call.company_id, maker, call.gateway.profiles, until_date=until, note=_note(call))
        call.gateway.slow_work.begin(_freezing(call), lambda: _freeze(call, wanted), kept_s=_FROZEN_KEPT_S)
        frozen: Frozen | None = await call.gateway.slow_work.take(_freezing(call))
    except GatewayError as error:
        return await answer_with(call, PlanQuery(until=until), fault=str(error), status=status_of(error))
    return call.redirect("/collections/freezing") if frozen is None else _go_to_runs(call, frozen)


async def show_freezing(call: Call) -> web.StreamResponse:
    """Show how far freezing is; when it is done, go to what came of it."""
    if not call.gateway.slow_work.is_known(_freezing(call)):
        return call.redirect("/collections/runs")
    try:
        frozen: Frozen | None = await call.gateway.slow_work.take(_freezing(call))
    except GatewayError as error:
        return await answer_with(call, PlanQuery(), fault=str(error), status=status_of(error))
    if frozen is not None:
        return _go_to_runs(call, frozen)
    progress = _note(call).read() or Progress("planning")
    return call.page("collections/wait.html", path="/collections/freezing", progress=progress)


async def _freeze(call: Call, wanted: FreezeWanted) -> Frozen:
    try:
        return await call.gateway.workers.freeze(wanted)
    finally:
        _note(call).end()


def _freezing(call: Call) -> tuple[str, int]:
    return "freezing", call.company_id


def _note(call: Call) -> ProgressNote:
    return ProgressNote(call.gateway.data_dir / "progress" / f"freezing-{call.company_id}")


def _go_to_runs(call: Call, frozen: Frozen) -> web.StreamResponse:
    path = f"/collections/runs/{frozen.run_ids[0]}" if len(frozen.run_ids) == 1 else "/collections/runs"
    say = call.count("Frozen: %(num)s file waits for the approval of another person.",
                     "Frozen: %(num)s files wait for the approval of another person.", len(frozen.run_ids))  # fmt: skip
    return call.redirect(path, say=say)


class NoDay(GatewayError):
    """A day such as 2026-12-31 is needed."""

    code = "no_day"


async def despite_notice(call: Call) -> web.StreamResponse:
    """Plan a debit although its notice is missing or late: a person decides."""
    form = await call.form()
    until, due_date = read_date(form.get("until", "")), read_date(form.get("due_date", ""))
    mandate = form.get("mandate", "")
    try:
        if due_date is None or not mandate.isdigit():
            raise NoDay
        async with call.begin(ids=200) as work:
            await collect_despite_notice(
                work, call.collecting, mandate_id=int(mandate), due_date=due_date, reason=form.get("reason", "")
            )
    except GatewayError as error:
        return await answer_with(call, PlanQuery(until=until), fault=str(error), status=status_of(error))
    path = f"/collections?until={until}" if until else "/collections"
    return call.redirect(path, say=call._("It will be in the next run."))


ROUTES = (
    page("GET", "/collections", Right.SEE, show_plan),
    page("POST", "/collections/freeze", Right.WORK, freeze),
    page("GET", "/collections/freezing", Right.WORK, show_freezing),
    page("POST", "/collections/despite-notice", Right.WORK, despite_notice),
)
