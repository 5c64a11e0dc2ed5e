"""How well matching did: what came in since a day, how much of it a rule booked, and how much of that was wrong."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.accounts import BankAccount
from gateway.store.allocations import Decision
from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import table_of
from gateway.store.keys import unindexed
from schemas.states import BankTransactionState

_transactions, _decisions, _accounts = table_of(BankTransaction), table_of(Decision), table_of(BankAccount)
WRONG = "wrong"  # The reason of an undo that says that the decision was wrong; only this counts as wrong.
_NOT_COUNTED = (BankTransactionState.IGNORED, BankTransactionState.SPLIT, BankTransactionState.CANCELLED_BY_BANK)


class MatchRate(NamedTuple):
    """Payments that came in: their number and value, those that a rule booked, and how many of these were wrong."""

    payment_count: int
    by_rule: int
    value_minor: int
    by_rule_minor: int
    wrong: int

    @property
    def per_mille(self) -> int | None:
        """The share that a rule booked, in thousandths of the payments; None where nothing came in."""
        return self.by_rule * 1000 // self.payment_count if self.payment_count else None

    @property
    def value_per_mille(self) -> int | None:
        """The same by value."""
        return self.by_rule_minor * 1000 // self.value_minor if self.value_minor else None


async def match_rate(session: AsyncSession, *, company_id: int, currency: str, since: dt.date) -> MatchRate:
    """Return the match rate of the money in one currency that was booked by the bank since a day."""
    t, d = _transactions, _decisions
    mine = select(_accounts.c.id).where(_accounts.c.company_id == company_id)
    by_rule = select(d.c.id).where(d.c.bank_transaction_id == t.c.id, d.c.booked_by == "rule")
    is_live = by_rule.where(d.c.undone_at.is_(None)).exists()
    is_wrong = by_rule.where(d.c.undo_reason.startswith(WRONG)).exists()
    rows = (
        select(t.c.amount_minor, is_live.label("is_live"), is_wrong.label("is_wrong"))
        .where(
            t.c.bank_account_id.in_(mine),
            t.c.booking_date >= since,
            unindexed(t.c.amount_minor) > 0,  # Half of all rows are above 0; the days are few.
            t.c.currency == currency,
            t.c.is_provisional.is_(False),
            t.c.state.not_in(_NOT_COUNTED),
        )
        .subquery()
    )
    amount, live, wrong = rows.c
    counts = (func.count(), _count(live), func.sum(amount), func.sum(case((live, amount), else_=0)), _count(wrong))
    found = (await session.execute(select(*counts))).one()
    return MatchRate(*[int(count or 0) for count in found])


def _count(claim: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((claim, 1), else_=0))
