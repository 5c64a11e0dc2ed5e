"""Remember: what a question teaches is shown as a sentence with what follows from it, and kept when a clerk says so."""

from collections.abc import Sequence
from typing import NamedTuple

from aiohttp import web
from multidict import MultiMapping

from gateway.domain.access import Right
from gateway.services import remember_from_review
from gateway.services.resolve_review import DecidedAlready
from gateway.store import parties, payer_search
from gateway.store.database import ReadSession
from gateway.store.parties import Party
from gateway.store.review_context import Alike
from gateway.store.reviews import ReviewItem
from gateway.web import background
from gateway.web.context import Call
from gateway.web.pages.review import STRONG_MAX, ReviewQuery, find_question
from gateway.web.pages.review_decide import go_on
from gateway.web.pages.review_split import SplitQuery, find_customer
from gateway.web.routing import page
from gateway.web.views.questions import Question, alike, load_question
from schemas.errors import GatewayError
from schemas.states import IgnoreCategory, ReviewState

_CUSTOMERS_SHOWN = 8


class ChooseFirst(GatewayError):
    """Choose first what is to be remembered."""

    code = "choose_first"


class Lesson(NamedTuple):
    """What could be remembered: the account is the customer's; texts like this are no customers' money."""

    question: Question
    customers: Sequence[Party]  # That a search found.
    customer: Party | None
    also: Sequence[str]  # Other customers for whom the account is known.
    waiting: Sequence[Alike]  # Questions with a text like this, this one not counted.

    @property
    def sums(self) -> dict[str, int]:
        """What this question and those like it amount to, by currency."""
        transaction = self.question.origin.transaction
        sums = {transaction.currency: self.question.item.amount_minor}
        for one in self.waiting:
            sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
        return sums


async def show_lesson(call: Call) -> web.StreamResponse:
    """Show what can be remembered, as sentences."""
    return await _answer(call)


async def _answer(call: Call, *, fault: str = "", status: int = 200) -> web.StreamResponse:
    query = call.query(SplitQuery)
    async with call.gateway.database.read() as session:
        item = await find_question(session, call)
        lesson = await _lesson(session, call, query, item)
    return call.page(
        "review/remember.html",
        status=status,
        lesson=lesson,
        query=query,
        categories=list(IgnoreCategory),
        can_set_aside=item.state is ReviewState.OPEN,
        fault=fault,
        today=call.now.date(),
        names={},
    )


async def _lesson(session: ReadSession, call: Call, query: SplitQuery, item: ReviewItem) -> Lesson:
    company_id = call.company_id
    question = await load_question(session, item, language=call.language, today=call.now.date())
    customer = await find_customer(session, company_id, query, question)
    found = await payer_search.find_customers(session, company_id=company_id, text=query.q, limit=_CUSTOMERS_SHOWN)
    waiting = await alike(session, item, question.origin, state=ReviewState.OPEN)
    return Lesson(
        question,
        found,
        customer,
        await _also(session, company_id, question.origin.transaction.counterparty_iban, customer),
        waiting[: STRONG_MAX - 1],
    )


async def _also(session: ReadSession, company_id: int, iban: str | None, customer: Party | None) -> list[str]:
    known = await parties.known_ibans_of(session, company_id=company_id, ibans=[iban] if iban else [])
    ids = {one.customer_id for one in known} - ({customer.id} if customer else set())
    return sorted((await parties.names_of(session, company_id=company_id, ids=ids)).values())


async def keep_account(call: Call) -> web.StreamResponse:
    """Keep whose account it is: one customer's, or of somebody who pays for several."""
    form = await call.form()
    customer_id = _number(form.get("customer", ""))
    keep = (
        remember_from_review.remember_collector
        if form.get("as") == "collector"
        else remember_from_review.remember_account
    )
    try:
        if customer_id is None:
            raise ChooseFirst
        async with call.begin(ids=20) as work:
            await keep(work, review_item_id=call.key(), customer_id=customer_id)
    except GatewayError as error:
        return await _answer(call, fault=str(error), status=422)
    await _explain_again(call)
    say = call._("Kept. It stands on the customer's page, where it can be forgotten.")
    return call.redirect(call.query(ReviewQuery).url(f"/review/{call.key()}"), say=say)


async def _explain_again(call: Call) -> None:
    async with call.gateway.database.read() as session:
        item = await find_question(session, call)
    again = call.gateway.workers.explain_again(call.company_id, [item.bank_transaction_id])
    background.start(again, name="explain_again")


async def keep_text(call: Call) -> web.StreamResponse:
    """Set this question and those like it that were listed aside."""
    form = await call.form()
    try:
        category = _category(form)
        keys = _chosen(form, call.key())
        async with call.begin(ids=10 * len(keys) + 20) as work:
            await remember_from_review.set_aside_alike(
                work,
                review_item_ids=keys,
                category=category,
                account_word=form.get("account_word", "").strip()[:40],
            )
    except DecidedAlready as late:
        return await _answer(call, fault=str(late), status=409)
    except GatewayError as error:
        return await _answer(call, fault=str(error), status=422)
    return await go_on(call, say=call.count("%(num)s is set aside.", "%(num)s are set aside.", len(keys)))


def _category(form: MultiMapping[str]) -> IgnoreCategory:
    word = form.get("category", "")
    if word not in set(IgnoreCategory):
        raise ChooseFirst
    return IgnoreCategory(word)


def _chosen(form: MultiMapping[str], own: int) -> list[int]:
    """Return this question and those of the list that were sent with it."""
    keys = {key for text in form.getall("id", []) if (key := _number(text)) is not None}
    return sorted(keys | {own})[:STRONG_MAX]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


ROUTES = (
    page("GET", "/review/{id}/remember", Right.WORK, show_lesson),
    page("POST", "/review/{id}/remember/account", Right.WORK, keep_account),
    page("POST", "/review/{id}/remember/text", Right.WORK, keep_text),
)
