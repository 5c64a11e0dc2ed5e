"""Bank transactions as rules concern them: those that one is tried on, what became of them, those that it decided."""

import datetime as dt
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.model import Credit
from gateway.domain.matching.rule_trial import Became
from gateway.store.accounts import BankAccount
from gateway.store.allocations import allocations, decisions
from gateway.store.bank_transactions import BankTransaction, bank_transactions
from gateway.store.columns import table_of
from gateway.store.fetch import Days, among, in_pieces, tuples_in_pieces
from gateway.store.matching_rules import rule_uses
from gateway.store.open_items import open_items
from schemas.states import BankTransactionState, IgnoreCategory

_accounts = table_of(BankAccount)
_LEFT_OUT = (BankTransactionState.SPLIT, BankTransactionState.CANCELLED_BY_BANK)
_NAMES = (
    "id", "amount_minor", "currency", "booking_date", "remittance", "entry_text", "counterparty_name",
    "counterparty_iban", "ultimate_debtor", "bank_transaction_code", "bank_account_id", "state", "category",
    "account_word", "ignored_by",
)  # fmt: skip


class Stored(NamedTuple):
    """A bank transaction as rules see it, and what became of it; who decided it is not looked up yet."""

    credit: Credit
    became: Became


async def count_since(session: AsyncSession, *, company_id: int, since_date: dt.date) -> int:
    """Return how many bank transactions of the company were booked since a day."""
    accounts = select(_accounts.c.id).where(_accounts.c.company_id == company_id)
    t = bank_transactions.c
    query = select(func.count()).where(t.bank_account_id.in_(accounts), t.booking_date >= since_date)
    return int((await session.execute(query)).scalar_one())


async def stored_since(session: AsyncSession, *, company_id: int, since_date: dt.date) -> AsyncIterator[list[Stored]]:
    """Yield what was booked since a day, account by account, each from its latest day."""
    accounts = select(_accounts.c.id).where(_accounts.c.company_id == company_id).order_by(_accounts.c.id)
    t, days = bank_transactions.c, Days()
    for account_id in list((await session.execute(accounts)).scalars()):
        wanted: list[ColumnElement[bool]] = [
            t.bank_account_id == account_id, t.booking_date >= since_date, t.is_provisional.is_(False),
            t.state.not_in([state.value for state in _LEFT_OUT]),
        ]  # fmt: skip
        query = select(*[t[name] for name in _NAMES]).where(*wanted).order_by(t.booking_date.desc(), t.id.desc())
        async for rows in tuples_in_pieces(session, query):
            yield [_stored(row, days) for row in rows]


def _stored(row: tuple[Any, ...], days: Days) -> Stored:
    (
        key, amount, currency, day, remittance, entry_text, name, iban, ultimate, code, account_id, state, category,
        account_word, by,
    ) = row  # fmt: skip
    booking_date = days[day]
    credit = Credit(
        key, amount, currency, booking_date or dt.date.min, remittance or entry_text, name=name, iban=iban,
        ultimate_debtor=ultimate, bank_transaction_code=code, bank_account_id=account_id,
    )  # fmt: skip
    became = Became(BankTransactionState(state), IgnoreCategory(category) if category else None, account_word, by)
    return Stored(credit, became)


async def decided_last(session: AsyncSession, *, rule_id: int, limit: int) -> Sequence[BankTransaction]:
    """Return the bank transactions that a rule decided last and that were not taken back, the latest first."""
    u = rule_uses.c
    query = (
        select(BankTransaction)
        .join(rule_uses, u.bank_transaction_id == bank_transactions.c.id)
        .where(u.rule_id == rule_id, u.taken_back_at.is_(None))
        .order_by(u.recorded_at.desc(), u.id.desc())
    )
    return (await session.execute(query.limit(limit))).scalars().all()


async def decided_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, tuple[str, frozenset[int]]]:
    """Return of some bank transactions how they were booked (a rule, or user), and to items of which customers."""
    by: dict[int, str] = {}
    customers: defaultdict[int, set[int]] = defaultdict(set)
    d, a, i = decisions.c, allocations.c, open_items.c
    for piece in in_pieces(ids):
        query = (
            select(d.bank_transaction_id, d.booked_by, d.rule, i.party_id)
            .outerjoin(allocations, (a.decision_id == d.id) & a.reverses_id.is_(None))
            .outerjoin(open_items, i.id == func.coalesce(a.target_item_id, a.opened_item_id))
            .where(among(session, d.bank_transaction_id, piece), d.undone_at.is_(None))
        )
        for key, booked_by, rule, party_id in await session.execute(query):
            by[key] = rule if booked_by == "rule" else "user"
            if party_id is not None:
                customers[key].add(party_id)
    return {key: (word, frozenset(customers[key])) for key, word in by.items()}
