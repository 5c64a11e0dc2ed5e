"""The API of the review queue."""

from collections.abc import Sequence

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.matching.model import Line
from gateway.services import resolve_review
from gateway.services.resolve_review import NoSuchReviewItem
from gateway.store import review_queue, reviews
from gateway.store.review_queue import Queue, Sort
from gateway.store.reviews import ReviewItem
from gateway.web.api.explanations import explanation_shape
from gateway.web.context import Call
from gateway.web.routing import api
from schemas.payloads.reviews import (
    AcceptBody,
    AcceptMany,
    AllocateBody,
    AssignBody,
    BatchShape,
    CommentBody,
    IgnoreBody,
    ReviewFilter,
    ReviewLineShape,
    ReviewList,
    ReviewShape,
    SnoozeBody,
)
from schemas.states import AllocationKind


async def list_reviews(call: Call) -> web.StreamResponse:
    """List the questions that wait: by reason, then by value or age."""
    asked = call.query(ReviewFilter)
    queue = Queue(call.company_id, call.now.date(), sort=Sort(asked.sort), reason=asked.reason, is_asleep=asked.asleep)
    async with call.gateway.database.read() as session:
        page = await review_queue.page_of(session, queue, cursor=asked.cursor or "", limit=asked.limit)
    items = [_line_shape(line) for line in page.rows]
    return call.answer(ReviewList(items=items, next_cursor=page.next_cursor or None))


def _line_shape(line: review_queue.Line) -> ReviewLineShape:
    return ReviewLineShape(
        id=str(line.id),
        reason=line.reason.value,
        amount_minor=line.amount_minor,
        currency=line.currency,
        payer_name=line.name,
        text=line.text,
        booking_date=line.booking_date,
        opened_at=line.opened_at,
        assigned_to=str(line.assigned_to) if line.assigned_to else None,
        snoozed_until=line.snoozed_until,
        strength=line.strength,
    )


async def read_review(call: Call) -> web.StreamResponse:
    """Read one question with its ranked explanations."""
    return call.answer(await _shape(call))


async def _shape(call: Call) -> ReviewShape:
    async with call.gateway.database.read() as session:
        item = await reviews.get(session, company_id=call.company_id, review_item_id=call.key())
    if item is None:
        raise NoSuchReviewItem(f"there is no question {call.key()}")
    return _review_shape(item, call)


def _review_shape(item: ReviewItem, call: Call) -> ReviewShape:
    return ReviewShape(
        id=str(item.id),
        bank_transaction_id=str(item.bank_transaction_id),
        state=item.state.value,
        version=item.version,
        reason=item.reason.value,
        amount_minor=item.amount_minor,
        explanations=[explanation_shape(record, call.language) for record in item.explanations],
        assigned_to=str(item.assigned_to) if item.assigned_to else None,
        snoozed_until=item.snoozed_until,
        closed_at=item.closed_at,
        closed_by=item.closed_by,
    )


async def accept(call: Call) -> web.StreamResponse:
    """Accept one of the explanations."""
    body = await call.json(AcceptBody)
    async with call.begin(ids=await _ids_to_accept(call, [call.key()])) as work:
        await resolve_review.accept(work, review_item_id=call.key(), place=body.place, version=body.version)
    return call.answer(await _shape(call))


async def _ids_to_accept(call: Call, keys: Sequence[int]) -> int:
    async with call.gateway.database.read() as session:
        return await resolve_review.ids_to_accept(session, company_id=call.company_id, review_item_ids=keys)


async def accept_many(call: Call) -> web.StreamResponse:
    """Accept the first explanation of several questions, all or none."""
    body = await call.json(AcceptMany)
    keys = [int(key) for key in body.review_item_ids]
    async with call.begin(ids=await _ids_to_accept(call, keys)) as work:
        batch_id = await resolve_review.accept_many(work, review_item_ids=keys)
        return await call.created(work, BatchShape(batch_id=str(batch_id), accepted=len(keys)))


async def allocate(call: Call) -> web.StreamResponse:
    """Book what a clerk put together."""
    body = await call.json(AllocateBody)
    lines = [Line(int(line.item_id), AllocationKind(line.kind), line.amount_minor) for line in body.lines]
    customer_id = int(body.customer_id) if body.customer_id else None
    async with call.begin(ids=5 * len(lines) + 100) as work:
        await resolve_review.allocate(
            work, review_item_id=call.key(), lines=lines, on_account_minor=body.on_account_minor,
            customer_id=customer_id,
        )  # fmt: skip
    return call.answer(await _shape(call))


async def ignore(call: Call) -> web.StreamResponse:
    """Set a bank transaction aside: it is no customer payment."""
    body = await call.json(IgnoreBody)
    async with call.begin() as work:
        await resolve_review.ignore(
            work, review_item_id=call.key(), category=body.category, account_word=body.account_word
        )
    return call.answer(await _shape(call))


async def assign(call: Call) -> web.StreamResponse:
    """Give the question to a colleague, or to nobody."""
    body = await call.json(AssignBody)
    async with call.begin() as work:
        user_id = int(body.user_id) if body.user_id else None
        await resolve_review.assign(work, review_item_id=call.key(), user_id=user_id)
    return call.answer(await _shape(call))


async def snooze(call: Call) -> web.StreamResponse:
    """Let the question sleep until a day, or wake it."""
    body = await call.json(SnoozeBody)
    async with call.begin() as work:
        await resolve_review.snooze(work, review_item_id=call.key(), until_date=body.until_date)
    return call.answer(await _shape(call))


async def comment(call: Call) -> web.StreamResponse:
    """Note something beside the question."""
    body = await call.json(CommentBody)
    async with call.begin() as work:
        await resolve_review.comment(work, review_item_id=call.key(), words=body.words)
    return call.answer(await _shape(call))


ROUTES = (
    api(
        "GET", "/review-items", Right.SEE, list_reviews, summary="List the review queue", query=ReviewFilter,
        gives=ReviewList,
    ),
    api("GET", "/review-items/{id}", Right.SEE, read_review, summary="Read a question", gives=ReviewShape),
    api(
        "POST", "/review-items/accept", Right.WORK, accept_many, summary="Accept the first explanation of several",
        takes=AcceptMany, gives=BatchShape, status=201, creates=True,
    ),
    api(
        "POST", "/review-items/{id}/accept", Right.WORK, accept, summary="Accept an explanation", takes=AcceptBody,
        gives=ReviewShape,
    ),
    api(
        "POST", "/review-items/{id}/allocate", Right.WORK, allocate, summary="Split an amount over items",
        takes=AllocateBody, gives=ReviewShape,
    ),
    api(
        "POST", "/review-items/{id}/ignore", Right.WORK, ignore, summary="Set aside: no customer payment",
        takes=IgnoreBody, gives=ReviewShape,
    ),
    api("POST", "/review-items/{id}/assign", Right.WORK, assign, summary="Assign", takes=AssignBody, gives=ReviewShape),
    api("POST", "/review-items/{id}/snooze", Right.WORK, snooze, summary="Snooze", takes=SnoozeBody, gives=ReviewShape),
    api(
        "POST", "/review-items/{id}/comment", Right.WORK, comment, summary="Comment", takes=CommentBody,
        gives=ReviewShape,
    ),
)  # fmt: skip
