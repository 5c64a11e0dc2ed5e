"""What was said and decided around a question: earlier questions about the same payer, notes about the customer."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import table_of
from gateway.store.open_items import OpenItem
from gateway.store.review_queue import Note
from gateway.store.reviews import Comment, ReviewCandidate, ReviewItem
from gateway.store.users import User
from schemas.states import IgnoreCategory, ReviewState

_items, _transactions = table_of(ReviewItem), table_of(BankTransaction)
_comments, _users = table_of(Comment), table_of(User)
_candidates, _open_items = table_of(ReviewCandidate), table_of(OpenItem)


class Alike(NamedTuple):
    """A question of the same payer: its text, and as what people set it aside, if they did."""

    id: int
    amount_minor: int
    currency: str
    text: str
    category: IgnoreCategory | None
    account_word: str


async def of_payer(
    session: AsyncSession, payer: BankTransaction, *, state: ReviewState, since: dt.datetime, limit: int = 200
) -> list[Alike]:
    """Return questions in a state about money of one payer (his account, else his name), the latest first."""
    t = _transactions.c
    unnamed = and_(t.counterparty_iban.is_(None), t.counterparty_name.is_not_distinct_from(payer.counterparty_name))
    same = t.counterparty_iban == payer.counterparty_iban if payer.counterparty_iban else unnamed
    query = (
        select(_items.c.id, _items.c.amount_minor, t.currency, t.remittance, t.entry_text, t.category, t.account_word)
        .join(_transactions, t.id == _items.c.bank_transaction_id)
        .where(_items.c.company_id == payer.company_id, _items.c.state == state, _items.c.opened_at >= since, same)
        .order_by(_items.c.opened_at.desc(), _items.c.id.desc())
        .limit(limit)
    )
    return [
        Alike(key, minor, currency, remittance or entry_text, category, word)
        for key, minor, currency, remittance, entry_text, category, word in await session.execute(query)
    ]


async def notes_about_customer(
    session: AsyncSession, *, company_id: int, customer_id: int, besides: Sequence[int], limit: int
) -> list[Note]:
    """Return what people wrote beside other questions that proposed items of a customer, the latest first."""
    proposed = (
        select(_candidates.c.review_item_id)
        .join(_open_items, _open_items.c.id == _candidates.c.open_item_id)
        .where(_open_items.c.company_id == company_id, _open_items.c.party_id == customer_id)
    )
    query = (
        select(_comments.c.words, _users.c.name, _comments.c.recorded_at)
        .outerjoin(_users, _users.c.id == _comments.c.actor_id)
        .where(_comments.c.review_item_id.in_(proposed), _comments.c.review_item_id.not_in(besides))
        .order_by(_comments.c.id.desc())
        .limit(limit)
    )
    return [Note(words, name or "", at) for words, name, at in await session.execute(query)]
