"""The review queue: a list, the question that is worked on, and the customer beside it."""

import datetime as dt
from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.store import review_queue, reviews, users_queries
from gateway.store.database import ReadSession
from gateway.store.paging import Page
from gateway.store.review_queue import Group, Line, Queue, Sort
from gateway.store.reviews import ReviewItem
from gateway.web.context import Call
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.views.ending import load_ending
from gateway.web.views.lookers import lookers_of
from gateway.web.views.questions import Question, load_question
from schemas.errors import NotFound
from schemas.states import IgnoreCategory, ReviewReason, ReviewState, Role

OLD = dt.timedelta(days=2)
STRONG_MAX = 100


class NoSuchQuestion(NotFound):
    """There is no such question in this company."""


class ReviewQuery(PageQuery):
    """Which part of the queue is looked at, and in which order."""

    sort: Sort = Sort.VALUE
    reason: ReviewReason | None = None
    mine: bool = False
    asleep: bool = False

    def queue(self, call: Call) -> Queue:
        """Return the part of the queue that is meant."""
        assigned_to = call.caller.user_id if self.mine else None
        return Queue(call.company_id, call.now.date(), self.sort, self.reason, assigned_to, self.asleep)


class QueueView(NamedTuple):
    """The list of the queue as it is shown beside every question."""

    query: ReviewQuery
    groups: list[Group]
    lines: Page[Line]
    waiting_count: int
    old_count: int
    strong_count: int

    @property
    def sums(self) -> dict[str, int]:
        """What the whole queue amounts to, by currency."""
        sums: dict[str, int] = {}
        for group in self.groups:
            sums[group.currency] = sums.get(group.currency, 0) + group.amount_minor
        return sums

    def lines_of(self, reason: ReviewReason) -> list[Line]:
        """Return the lines of a reason that are on this page."""
        return [line for line in self.lines.rows if line.reason is reason]

    @property
    def reasons(self) -> list[ReviewReason]:
        """The reasons in their order, each once."""
        return list(dict.fromkeys(group.reason for group in self.groups))


async def load_queue(session: ReadSession, call: Call, query: ReviewQuery) -> QueueView:
    """Read the list of the queue."""
    queue = query.queue(call)
    groups = await review_queue.groups(session, queue, old_before=call.now - OLD)
    return QueueView(
        query=query,
        groups=groups,
        lines=await review_queue.page_of(session, queue, cursor=query.cursor),
        waiting_count=sum(group.question_count for group in groups),
        old_count=sum(group.old_count for group in groups),
        strong_count=len(await review_queue.strong_ones(session, queue, limit=STRONG_MAX)),
    )


async def find_question(session: ReadSession, call: Call) -> ReviewItem:
    """Return the question that the address names. Raises NoSuchQuestion."""
    item = await reviews.get(session, company_id=call.company_id, review_item_id=call.key())
    if item is None:
        raise NoSuchQuestion(f"there is no question {call.key()}")
    return item


async def show_queue(call: Call) -> web.StreamResponse:
    """Show the queue with its first question."""
    query = call.query(ReviewQuery)
    async with call.gateway.database.read() as session:
        view = await load_queue(session, call, query)
        if not view.lines.rows:
            return await _show_end(session, call, view)
        first = await reviews.get(session, company_id=call.company_id, review_item_id=view.lines.rows[0].id)
        return await _show(session, call, view, first, is_chosen=False)


async def show_question(call: Call) -> web.StreamResponse:
    """Show the queue with one question, decided or not."""
    return await answer_question(call)


async def answer_question(call: Call, *, fault: str = "", status: int = 200) -> web.StreamResponse:
    """Answer with one question; ``fault`` says why what was asked was not done."""
    query = call.query(ReviewQuery)
    async with call.gateway.database.read() as session:
        item = await find_question(session, call)
        view = await load_queue(session, call, query)
        return await _show(session, call, view, item, is_chosen=True, fault=fault, status=status)


async def show_here(call: Call) -> web.StreamResponse:
    """Say who else looks at a question, or that somebody decided it: a part of the page that renews itself."""
    if "X-Poll" not in call.request.headers:
        return call.redirect(call.query(ReviewQuery).url(f"/review/{call.key()}"))
    async with call.gateway.database.read() as session:
        item = await find_question(session, call)
    others = _look(call, item.id)
    return call.page("review/here.html", item=item, others=others.get(item.id, []), query=call.query(ReviewQuery))


def _look(call: Call, review_item_id: int | None) -> dict[int, list[str]]:
    """Note that the caller looks at a question; return who else looks at which."""
    lookers = lookers_of(call.gateway.database)
    if review_item_id is not None and call.actor.id is not None and not call.is_ahead:
        lookers.look(call.actor.id, call.actor.name, review_item_id, now=call.now)
    return lookers.others(call.actor.id, now=call.now)


async def _show(
    session: ReadSession,
    call: Call,
    view: QueueView,
    item: ReviewItem | None,
    *,
    is_chosen: bool,
    fault: str = "",
    status: int = 200,
) -> web.StreamResponse:
    today = call.now.date()
    question = await load_question(session, item, language=call.language, today=today) if item else None
    next_id = await review_queue.next_after(session, view.query.queue(call), item) if item else None
    colleagues = await _colleagues(session, call)
    return call.page(
        "review/queue.html",
        status=status,
        view=view,
        query=view.query,
        question=question,
        next_id=next_id,
        looked_at=_look(call, item.id if item else None),
        is_chosen=is_chosen,
        can_decide=_can_decide(call, question),
        colleagues=colleagues,
        names=dict(colleagues),
        categories=list(IgnoreCategory),
        today=today,
        naps=naps(today),
        fault=fault,
    )


def _can_decide(call: Call, question: Question | None) -> bool:
    is_open = question is not None and question.item.state is ReviewState.OPEN
    return is_open and call.may(Right.WORK)


async def _colleagues(session: ReadSession, call: Call) -> list[tuple[int, str]]:
    people = await users_queries.users_of(session, call.company_id)
    return [(user.id, user.name) for user, roles in people if Role.CLERK in roles and user.is_active]


def naps(today: dt.date) -> list[dt.date]:
    """Return until when a question mostly sleeps: the next working day, the next Monday, the one after it."""
    tomorrow = today + dt.timedelta(days=1)
    monday = today + dt.timedelta(days=7 - today.weekday())
    return sorted({tomorrow if tomorrow.weekday() < 5 else monday, monday, monday + dt.timedelta(days=7)})


async def _show_end(session: ReadSession, call: Call, view: QueueView) -> web.StreamResponse:
    _look(call, 0)
    ending = await load_ending(session, view.query.queue(call), now=call.now, name=call.actor.name)
    return call.page("review/end.html", view=view, query=view.query, ending=ending)


ROUTES = (
    page("GET", "/review", Right.SEE, show_queue),
    page("GET", "/review/{id}", Right.SEE, show_question),
    page("GET", "/review/{id}/here", Right.SEE, show_here),
)
