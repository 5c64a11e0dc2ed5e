"""Several questions at once: what would be booked is listed with count and sum, then accepted together."""

from collections.abc import Sequence
from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.matching.record import from_record
from gateway.services import resolve_review
from gateway.services.undo_decision import ids_to_undo, undo_decision
from gateway.store import customer_account, review_queue, reviews, transaction_history
from gateway.store.bank_transactions import BankTransaction
from gateway.store.database import ReadSession
from gateway.store.reviews import ReviewItem
from gateway.store.work import Work
from gateway.web.context import Call
from gateway.web.pages.bank_transactions import undo_reason
from gateway.web.pages.review import STRONG_MAX, ReviewQuery
from gateway.web.pages.review_decide import place_of
from gateway.web.routing import page
from gateway.web.views.explanations import Card, card_of
from schemas.errors import GatewayError
from schemas.states import ReviewState


class NothingChosen(GatewayError):
    """Choose at least one question that has an explanation."""

    code = "nothing_chosen"


class Proposal(NamedTuple):
    """A question and its first explanation."""

    item: ReviewItem
    transaction: BankTransaction
    card: Card


async def show_strong(call: Call) -> web.StreamResponse:
    """Show all questions that have exactly one explanation, a strong one."""
    query = call.query(ReviewQuery)
    async with call.gateway.database.read() as session:
        items = await review_queue.strong_ones(session, query.queue(call), limit=STRONG_MAX)
        return await _show(session, call, query, items)


async def show_chosen(call: Call) -> web.StreamResponse:
    """Show the questions that were chosen in the list."""
    query = call.query(ReviewQuery)
    async with call.gateway.database.read() as session:
        items = await _items(session, call, call.request.query.getall("id", []))
        return await _show(session, call, query, items)


async def accept_many(call: Call) -> web.StreamResponse:
    """Accept the first explanation of each as one batch, which can be taken back together."""
    form = await call.form()
    query = call.query(ReviewQuery)
    keys = _keys(form.getall("id", []))
    if not keys:
        return call.redirect("/review", say=call._("Nothing was chosen."))
    async with call.gateway.database.read() as session:
        ids = await resolve_review.ids_to_accept(session, company_id=call.company_id, review_item_ids=keys)
    try:
        async with call.begin(ids=ids) as work:
            await _check_seen(work, form.getall("seen", []), keys)
            await resolve_review.accept_many(work, review_item_ids=keys)
    except GatewayError as error:
        async with call.gateway.database.read() as session:
            items = await _items(session, call, [str(key) for key in keys])
            return await _show(session, call, query, items, fault=str(error))
    say = call.count("Accepted %(num)s explanation.", "Accepted %(num)s explanations together.", len(keys))
    return call.redirect(query.url("/review"), say=say)


async def _check_seen(work: Work, texts: Sequence[str], keys: Sequence[int]) -> None:
    """Check that the first explanation of each is still the one that was listed. Raises ItemsMoved, DecidedAlready."""
    listed = dict(text.split("-", 1) for text in texts if "-" in text)
    for key in keys:
        item = await resolve_review.open_question(work, key)
        if str(key) in listed and place_of(item, listed[str(key)]) != 0:
            raise resolve_review.ItemsMoved


def _keys(texts: Sequence[str]) -> list[int]:
    return sorted({int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19})[:STRONG_MAX]


async def _items(session: ReadSession, call: Call, texts: Sequence[str]) -> list[ReviewItem]:
    found = [await reviews.get(session, company_id=call.company_id, review_item_id=key) for key in _keys(texts)]
    return [item for item in found if item is not None and item.state is ReviewState.OPEN and item.explanations]


async def _show(
    session: ReadSession, call: Call, query: ReviewQuery, items: Sequence[ReviewItem], *, fault: str = ""
) -> web.StreamResponse:
    proposals = [await _proposal(session, call, item) for item in items]
    good = [proposal for proposal in proposals if not proposal.card.is_stale]
    sums: dict[str, int] = {}
    for proposal in good:
        currency = proposal.transaction.currency
        sums[currency] = sums.get(currency, 0) + proposal.item.amount_minor
    return call.page(
        "review/many.html",
        query=query,
        proposals=good,
        left_out=len(proposals) - len(good),
        sums=sums,
        fault=fault,
        status=422 if fault else 200,
    )


async def _proposal(session: ReadSession, call: Call, item: ReviewItem) -> Proposal:
    origin = await transaction_history.get_origin(
        session, company_id=call.company_id, bank_transaction_id=item.bank_transaction_id
    )
    if origin is None:
        raise RuntimeError(f"question {item.id} has no bank transaction")
    transaction = origin.transaction
    explanation = from_record(item.explanations[0])
    ids = [line.item_id for line in explanation.lines]
    items = await customer_account.items_by_id(session, company_id=call.company_id, ids=ids)
    card = card_of(explanation, items, place=0, currency=transaction.currency, language=call.language)
    return Proposal(item, transaction, card)


async def undo_batch(call: Call) -> web.StreamResponse:
    """Take back all that was accepted together."""
    reason = undo_reason(await call.form())
    async with call.gateway.database.read() as session:
        keys = await transaction_history.transactions_of_batch(session, company_id=call.company_id, batch_id=call.key())
        ids = await ids_to_undo(session, keys)
    if not reason or not keys:
        say = call._("Choose why it is taken back.") if keys else call._("Nothing to take back: it was done already.")
        return call.redirect(f"/bank-transactions/{keys[0]}/undo" if keys else "/review", say=say)
    try:
        async with call.begin(ids=ids) as work:
            await undo_decision(work, bank_transaction_ids=keys, reason=reason)
    except GatewayError as error:
        return call.redirect(f"/bank-transactions/{keys[0]}/undo", say=str(error))
    say = call.count("%(num)s question is open again.", "%(num)s questions are open again.", len(keys))
    return call.redirect("/review", say=say)


ROUTES = (
    page("GET", "/review/strong", Right.WORK, show_strong),
    page("GET", "/review/chosen", Right.WORK, show_chosen),
    page("POST", "/review/chosen", Right.WORK, accept_many),
    page("POST", "/review/batches/{id}/undo", Right.WORK, undo_batch),
)
