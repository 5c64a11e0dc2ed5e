"""One question of the review queue with all that a clerk needs to answer it: read in one go, shown on several pages."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from gateway.domain.matching.model import Explanation
from gateway.domain.matching.record import from_record
from gateway.services.remember_from_review import text_key
from gateway.store import (
    advices,
    customer_account,
    mandates,
    parties,
    payer_search,
    review_context,
    review_queue,
    transaction_history,
)
from gateway.store.advices import RemittanceAdvice
from gateway.store.customer_account import Balance, Payment
from gateway.store.database import ReadSession
from gateway.store.open_items import OpenItem
from gateway.store.parties import Party, PayerIban
from gateway.store.review_context import Alike
from gateway.store.review_queue import Note
from gateway.store.reviews import ReviewItem
from gateway.store.transaction_history import Origin
from gateway.web.filters import percent
from gateway.web.views import marks
from gateway.web.views.explanations import Card, card_of
from gateway.web.views.marks import Part
from schemas.states import IgnoreCategory, Language, MandateState, ReviewState

_OPEN_SHOWN, _PAYMENTS_SHOWN, _NOTES_SHOWN = 8, 5, 3
_REMEMBERED = dt.timedelta(days=400)  # A yearly booking is still known when it comes again.
_DISCOUNT_WORDS = ("Skonto", "escompte", "discount", "Abzug", "Rabatt")


class Context(NamedTuple):
    """The customer whom a question probably concerns."""

    customer: Party
    balances: Sequence[Balance]
    open_items: Sequence[OpenItem]
    payments: Sequence[Payment]
    ibans: Sequence[PayerIban]
    mandate: MandateState | None  # Of the mandate that can be used, else of the latest.
    notes: Sequence[Note] = ()


class Habit(NamedTuple):
    """As what people set texts like this of the same payer aside before, and how often."""

    category: IgnoreCategory
    account_word: str
    times: int


class Question(NamedTuple):
    """A question, where its money comes from, and what could explain it."""

    item: ReviewItem
    origin: Origin
    text: Sequence[Part]
    cards: Sequence[Card]
    notes: Sequence[Note]
    context: Context | None
    habit: Habit | None
    advice: RemittanceAdvice | None = None  # The payer's own list of what it pays.

    @property
    def left_minor(self) -> int:
        """What is still to be explained."""
        return self.origin.transaction.amount_minor - self.origin.transaction.allocated_minor


async def load_question(session: ReadSession, item: ReviewItem, *, language: Language, today: dt.date) -> Question:
    """Read what is shown of a question."""
    company_id = item.company_id
    origin = await transaction_history.get_origin(
        session, company_id=company_id, bank_transaction_id=item.bank_transaction_id
    )
    if origin is None:
        raise RuntimeError(f"question {item.id} has no bank transaction")
    explanations = [from_record(record) for record in item.explanations]
    ids = [line.item_id for explanation in explanations for line in explanation.lines]
    items = await customer_account.items_by_id(session, company_id=company_id, ids=ids)
    currency = origin.transaction.currency
    cards = [
        card_of(explanation, items, place=place, currency=currency, language=language)
        for place, explanation in enumerate(explanations)
    ]
    text = origin.transaction.remittance or origin.transaction.entry_text
    questions = await review_queue.questions_of_transaction(session, item.bank_transaction_id)
    keys = [question.id for question in questions]
    return Question(
        item=item,
        origin=origin,
        text=marks.split(text, _seen(explanations, cards, language)),
        cards=cards,
        notes=await review_queue.notes_of(session, keys),
        context=await _context(session, origin, cards, today, besides=keys),
        habit=await _habit(session, item, origin) if item.state is ReviewState.OPEN else None,
        advice=await advices.of_transaction(session, item.bank_transaction_id),
    )


def _seen(explanations: Sequence[Explanation], cards: Sequence[Card], language: Language) -> list[str]:
    """Return what was recognized in a text: numbers of items, of the customer, and a discount by its per cent."""
    facts = [sign.facts for explanation in explanations for sign in explanation.proof]
    found = marks.recognized(facts) + [str(one["customer"]) for one in facts if "customer" in one]
    shares = {percent(card.discount_basis_points, language) for card in cards if card.discount_basis_points}
    return found + [f"{share} {word}" for share in sorted(shares) for word in _DISCOUNT_WORDS]


async def _habit(session: ReadSession, item: ReviewItem, origin: Origin) -> Habit | None:
    past = await alike(session, item, origin, state=ReviewState.DISMISSED)
    last = next((one for one in past if one.category is not None), None)
    if last is None or last.category is None:
        return None
    return Habit(last.category, last.account_word, sum(one.category is last.category for one in past))


async def alike(session: ReadSession, item: ReviewItem, origin: Origin, *, state: ReviewState) -> list[Alike]:
    """Return questions of the same payer whose text has the same words, numbers apart; never the question itself."""
    transaction = origin.transaction
    wanted = text_key(transaction.remittance or transaction.entry_text)
    since = item.opened_at - _REMEMBERED
    found = await review_context.of_payer(session, transaction, state=state, since=since)
    return [one for one in found if one.id != item.id and text_key(one.text) == wanted]


async def _context(
    session: ReadSession, origin: Origin, cards: Sequence[Card], today: dt.date, *, besides: Sequence[int]
) -> Context | None:
    company_id = origin.transaction.company_id
    customer_id = next((card.customer_id for card in cards if card.customer_id is not None), None)
    if customer_id is None and cards and cards[0].rows:
        customer_id = cards[0].rows[0].item.party_id
    if customer_id is None and origin.transaction.counterparty_iban:
        customer_id = await payer_search.customer_of_iban(
            session, company_id=company_id, iban=origin.transaction.counterparty_iban
        )
    if customer_id is None:
        return None
    context = await load_context(session, company_id=company_id, customer_id=customer_id, today=today)
    notes = await review_context.notes_about_customer(
        session, company_id=company_id, customer_id=customer_id, besides=besides, limit=_NOTES_SHOWN
    )
    return context and context._replace(notes=notes)


async def load_context(session: ReadSession, *, company_id: int, customer_id: int, today: dt.date) -> Context | None:
    """Read what is shown of the customer beside a question."""
    customer = await parties.get_customer(session, company_id=company_id, customer_id=customer_id)
    if customer is None:
        return None
    ibans = await parties.ibans_of_customers(session, company_id=company_id, customer_ids=[customer_id])
    return Context(
        customer=customer,
        balances=await customer_account.balances(session, company_id=company_id, party_id=customer_id, today=today),
        open_items=await customer_account.open_items_of(
            session, company_id=company_id, party_id=customer_id, limit=_OPEN_SHOWN
        ),
        payments=await customer_account.last_payments(
            session, company_id=company_id, party_id=customer_id, limit=_PAYMENTS_SHOWN
        ),
        ibans=ibans[customer_id],
        mandate=await _mandate(session, company_id, customer_id),
    )


async def _mandate(session: ReadSession, company_id: int, customer_id: int) -> MandateState | None:
    page = await mandates.list_mandates(session, company_id=company_id, customer_id=customer_id, limit=20)
    states = [mandate.state for mandate in page.rows]
    return MandateState.ACTIVE if MandateState.ACTIVE in states else next(reversed(states), None)
