"""What a clerk does with a question: accept, set aside, snooze, assign, comment; then the next one is there.

A decision that comes too late is answered kindly, with who decided; nothing is lost.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.matching.record import from_record
from gateway.services import resolve_review
from gateway.services.resolve_review import DecidedAlready, ItemsMoved
from gateway.store import review_queue, reviews, transaction_history
from gateway.store.reviews import ReviewItem
from gateway.store.work import Work
from gateway.web.context import Call
from gateway.web.pages.review import ReviewQuery, answer_question, find_question
from gateway.web.routing import page
from gateway.web.typed import read_date
from gateway.web.views.explanations import fingerprint
from schemas.errors import GatewayError
from schemas.states import IgnoreCategory, ReviewState

Decide = Callable[[Work], Awaitable[object]]


class NoSuchCategory(GatewayError):
    """Choose what the bank transaction is."""

    code = "no_such_category"


async def accept(call: Call) -> web.StreamResponse:
    """Book the explanation that was chosen, if it is still what was shown."""
    form = await call.form()
    place, seen = form.get("place", "0"), form.get("seen", "")

    async def decide(work: Work) -> None:
        item = await resolve_review.open_question(work, call.key())
        chosen = place_of(item, seen) if seen else int(place) if place.isdigit() else -1
        await resolve_review.accept(work, review_item_id=item.id, place=chosen)

    async with call.gateway.database.read() as session:
        ids = await resolve_review.ids_to_accept(session, company_id=call.company_id, review_item_ids=[call.key()])
    return await decided(call, decide, say=call._("Accepted."), ids=ids)


def place_of(item: ReviewItem, seen: str) -> int:
    """Return where the explanation that was shown stands now. Raises ItemsMoved when it is no longer there."""
    known = [fingerprint(from_record(record)) for record in item.explanations]
    if seen not in known:
        raise ItemsMoved
    return known.index(seen)


async def ignore(call: Call) -> web.StreamResponse:
    """Set aside what is no customer payment."""
    form = await call.form()
    word = form.get("category", "")
    account_word = form.get("account_word", "").strip()[:40]

    async def decide(work: Work) -> None:
        if word not in set(IgnoreCategory):
            raise NoSuchCategory
        category = IgnoreCategory(word)
        await resolve_review.ignore(work, review_item_id=call.key(), category=category, account_word=account_word)

    return await decided(call, decide, say=call._("Set aside."))


async def snooze(call: Call) -> web.StreamResponse:
    """Let a question sleep until a day, or wake it."""
    form = await call.form()
    text = form.get("nap", form.get("until", ""))  # A day on a button, or the one that was typed.

    async def decide(work: Work) -> None:
        await resolve_review.snooze(work, review_item_id=call.key(), until_date=read_date(text))

    return await decided(call, decide, say=call._("Snoozed.") if text else call._("Awake again."))


async def assign(call: Call) -> web.StreamResponse:
    """Give a question to a colleague."""
    text = (await call.form()).get("user", "")
    user_id = int(text) if text.isdigit() and len(text) < 19 else None

    async def decide(work: Work) -> None:
        await resolve_review.assign(work, review_item_id=call.key(), user_id=user_id)

    return await decided(call, decide, say=call._("Assigned.") if user_id else call._("Nobody's question."), stay=True)


async def comment(call: Call) -> web.StreamResponse:
    """Note something beside a question."""
    words = (await call.form()).get("words", "")

    async def decide(work: Work) -> None:
        await resolve_review.comment(work, review_item_id=call.key(), words=words)

    return await decided(call, decide, say=call._("Saved."), stay=True)


async def decided(call: Call, decide: Decide, *, say: str, stay: bool = False, ids: int = 100) -> web.StreamResponse:
    """Decide, and go to the next question; where it cannot be done, show why beside the question."""
    try:
        async with call.begin(ids=ids) as work:
            await decide(work)
    except DecidedAlready as late:
        return await too_late(call, str(late))
    except GatewayError as error:
        return await answer_question(call, fault=str(error), status=422)
    return await go_on(call, say=say, stay=stay)


async def go_on(call: Call, *, say: str, stay: bool = False) -> web.StreamResponse:
    """Go to the question after this one; stay where it is still open and asked for, or only answered in part."""
    query = call.query(ReviewQuery)
    async with call.gateway.database.read() as session:
        item = await find_question(session, call)
        is_left = item.state is ReviewState.OPEN and (item.snoozed_until or call.now.date()) <= call.now.date()
        next_id = item.id if stay or is_left else await review_queue.next_after(session, query.queue(call), item)
    path = "/review" if next_id is None else f"/review/{next_id}"
    return call.redirect(query.url(path, cursor=query.cursor), say=say)


async def too_late(call: Call, fault: str = "") -> web.StreamResponse:
    """Say who decided before, and go to the next question; where the question is still open, show why beside it."""
    async with call.gateway.database.read() as session:
        item = await reviews.get(session, company_id=call.company_id, review_item_id=call.key())
    if item is None or item.closed_at is None:
        return await answer_question(call, fault=fault, status=409)
    if item.closed_by == call.actor.name:
        return await go_on(call, say=call._("You decided this already."))
    return await go_on(call, say=call._("%(who)s decided this a moment ago; nothing was changed.", who=item.closed_by))


async def undo_last(call: Call) -> web.StreamResponse:
    """Go to what would be taken back if the caller's last decision were."""
    async with call.gateway.database.read() as session:
        key = await transaction_history.last_decided_by(session, company_id=call.company_id, actor=call.actor.word)
    if key is None:
        return call.redirect("/review", say=call._("There is no decision of yours to take back."))
    return call.redirect(f"/bank-transactions/{key}/undo")


ROUTES = (
    page("POST", "/review/{id}/accept", Right.WORK, accept),
    page("POST", "/review/{id}/ignore", Right.WORK, ignore),
    page("POST", "/review/{id}/snooze", Right.WORK, snooze),
    page("POST", "/review/{id}/assign", Right.WORK, assign),
    page("POST", "/review/{id}/comment", Right.WORK, comment),
    page("GET", "/review/undo", Right.WORK, undo_last),
)
