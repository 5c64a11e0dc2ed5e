"""Split: a bank transaction is given to open items by hand, with the remaining difference always in sight."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

from aiohttp import web

from gateway.domain.access import Right
from gateway.services import resolve_review
from gateway.store import customer_account, parties, payer_search
from gateway.store.database import ReadSession
from gateway.store.open_items import OpenItem
from gateway.store.parties import Party
from gateway.store.reviews import ReviewItem
from gateway.store.work import Work
from gateway.web.context import Call
from gateway.web.pages.review import ReviewQuery, find_question
from gateway.web.pages.review_decide import decided, too_late
from gateway.web.routing import page
from gateway.web.views.questions import Question, load_question
from gateway.web.views.split import Split, read_split, taken_ids
from schemas.states import ReviewState

_CUSTOMERS_SHOWN, _ITEMS_SHOWN = 8, 100


class SplitQuery(ReviewQuery):
    """What is searched, and whose items are looked at."""

    q: str = ""
    customer: int | None = None
    other: bool = False  # It was somebody else than who seems to have paid.

    def asked(self, form: Mapping[str, str]) -> Self:
        """Return what a form searches: the customer that was picked, else the one that was looked at."""
        text, picked = form.get("q", "").strip()[:100], form.get("pick") or form.get("customer", "")
        customer = int(picked) if picked.isascii() and picked.isdigit() and len(picked) < 19 else None
        return self.model_copy(update={"q": "" if form.get("pick") else text, "customer": customer})


class Desk(NamedTuple):
    """All that the page shows: the question, what was found, and what was put together."""

    question: Question
    customers: Sequence[Party]
    customer: Party | None
    names: Mapping[int, str]
    split: Split


async def show_split(call: Call) -> web.StreamResponse:
    """Show the open items that a bank transaction can be given to."""
    query = call.query(SplitQuery)
    async with call.gateway.database.read() as session:
        item = await find_question(session, call)
        if item.state is not ReviewState.OPEN:
            return call.redirect(query.url(f"/review/{item.id}"))
        desk = await _desk(session, call, query, item, call.request.query)
    return _page(call, desk, query)


async def do_split(call: Call) -> web.StreamResponse:
    """Show what was typed with its sum, or book it."""
    form = await call.form()
    query = call.query(SplitQuery).asked(form)
    async with call.gateway.database.read() as session:
        item = await find_question(session, call)
        desk = await _desk(session, call, query, item, form) if item.state is ReviewState.OPEN else None
    if desk is None:
        return await too_late(call)
    split = desk.split
    if form.get("do") != "book" or not split.fits:
        fault = call._("This does not fit yet; look at the amounts.") if form.get("do") == "book" else ""
        return _page(call, desk, query, fault)

    async def decide(work: Work) -> None:
        await resolve_review.allocate(
            work,
            review_item_id=call.key(),
            lines=split.lines,
            on_account_minor=split.on_account_minor,
            customer_id=split.customer_id,
        )

    return await decided(call, decide, say=call._("Booked."))


def _page(call: Call, desk: Desk, query: SplitQuery, fault: str = "") -> web.StreamResponse:
    return call.page(
        "review/split.html", status=422 if fault else 200, desk=desk, query=query, fault=fault, today=call.now.date(),
        names={},
    )  # fmt: skip


async def _desk(session: ReadSession, call: Call, query: SplitQuery, item: ReviewItem, form: Mapping[str, str]) -> Desk:
    company_id = call.company_id
    question = await load_question(session, item, language=call.language, today=call.now.date())
    customer = await find_customer(session, company_id, query, question)
    named = [] if query.other else [row.item for card in question.cards for row in card.rows]
    items = await _items(
        session, company_id, query, customer, taken_ids(form), named, question.origin.transaction.currency
    )
    customers = (
        await payer_search.find_customers(session, company_id=company_id, text=query.q, limit=_CUSTOMERS_SHOWN)
        if query.q
        else []
    )
    currency = question.origin.transaction.currency
    split = read_split(
        form,
        items,
        wanted_minor=question.left_minor,
        customer_id=customer.id if customer else None,
        currency=currency,
        language=call.language,
    )
    ids = {row.item.party_id for row in split.rows} | ({split.customer_id} if split.customer_id else set())
    names = await parties.names_of(session, company_id=company_id, ids=ids)
    return Desk(question, customers, customer, names, split)


async def find_customer(session: ReadSession, company_id: int, query: SplitQuery, question: Question) -> Party | None:
    """Return the customer whose items are looked at: who was picked, else who probably paid, unless it is another."""
    if query.customer is not None:
        return await parties.get_customer(session, company_id=company_id, customer_id=query.customer)
    return question.context.customer if question.context and not query.other else None


async def _items(
    session: ReadSession,
    company_id: int,
    query: SplitQuery,
    customer: Party | None,
    taken: Sequence[int],
    named: Sequence[OpenItem],
    currency: str,
) -> list[OpenItem]:
    """Return the items to choose from in the currency of the money: taken ones, found ones, named ones, the others."""
    found = list((await customer_account.items_by_id(session, company_id=company_id, ids=taken)).values())
    if query.q:
        found += await payer_search.find_open_items(session, company_id=company_id, text=query.q, limit=20)
    found += [item for item in named if item.amount_minor != item.settled_minor and item.cancelled_at is None]
    if customer is not None:
        found += await customer_account.open_items_of(
            session, company_id=company_id, party_id=customer.id, limit=_ITEMS_SHOWN, currency=currency
        )
    return list({item.id: item for item in found if item.currency == currency}.values())


ROUTES = (
    page("GET", "/review/{id}/split", Right.WORK, show_split),
    page("POST", "/review/{id}/split", Right.WORK, do_split),
)
