"""Refunds: transfers back to customers of what is kept on account for them."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store import columns
from gateway.store.collections import collections
from gateway.store.columns import Row, table_of
from gateway.store.keys import of_company, owned, points
from gateway.store.work import Work
from schemas.errors import NotFound
from schemas.states import CollectionState, RefundState


class Refund(Row, table=True):
    """One transfer back. It needs two persons: who proposed it never approves it."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("end_to_end_id"),
        CheckConstraint("amount_minor > 0", name="amount_above_zero"),
        Index("ix_refund_state", "company_id", "state", "id"),
        Index("ix_refund_item", "open_item_id"),
        of_company(),
        owned(),
        points("party_id", "party"),
        points("open_item_id", "open_item"),
        points("batch_id", "collection_batch"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    party_id: int = columns.key()
    open_item_id: int = columns.key()
    batch_id: int | None = columns.key(nullable=True)
    state: RefundState = columns.enum(RefundState, default=RefundState.PROPOSED)
    end_to_end_id: str = columns.text()
    amount_minor: int = columns.minor()
    currency: str = columns.text(default="EUR")
    creditor_name: str = columns.text()
    creditor_iban: str = columns.text()
    creditor_bic: str = columns.text(default="")
    remittance: str = columns.text(default="")
    warning: str = columns.text(default="")  # That the debtor's bank may still take the debit back, until when.
    proposed_by_id: int | None = columns.key(nullable=True)
    proposed_by: str = columns.text(default="")
    approved_by_id: int | None = columns.key(nullable=True)
    approved_by: str = columns.text(default="")
    settled_by_id: int | None = columns.key(nullable=True)  # The bank transaction that took the money.
    version: int = columns.number(default=1)
    created_at: dt.datetime = columns.moment()


refunds = table_of(Refund)


async def get_refund(work: Work, refund_id: int) -> Refund:
    """Lock a refund of the company and return it. Raises NotFound."""
    query = select(Refund).where(refunds.c.company_id == work.company_id, refunds.c.id == refund_id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    row = (await work.session.execute(locked)).scalar_one_or_none()
    if row is None:
        raise NotFound(f"there is no refund {refund_id}")
    return row


async def list_refunds(
    session: AsyncSession, *, company_id: int, states: Sequence[RefundState] = (), limit: int = 200
) -> list[Refund]:
    """Return refunds of the company, the newest first; of some states only."""
    query = select(Refund).where(refunds.c.company_id == company_id)
    if states:
        query = query.where(refunds.c.state.in_(states))
    return list((await session.execute(query.order_by(refunds.c.id.desc()).limit(limit))).scalars())


async def lock_refunds(work: Work, *, state: RefundState) -> list[Refund]:
    """Lock the refunds of the company in a state, the first first."""
    query = select(Refund).where(refunds.c.company_id == work.company_id, refunds.c.state == state)
    locked = query.order_by(refunds.c.id).with_for_update().execution_options(populate_existing=True)
    return list((await work.session.execute(locked)).scalars())


async def refundable_until(session: AsyncSession, *, company_id: int, party_id: int, today: dt.date) -> dt.date | None:
    """Return until when the debtor's bank may still take a settled debit of a customer back without asking."""
    c = collections.c
    query = select(func.max(c.refundable_until_date)).where(
        c.company_id == company_id, c.party_id == party_id, c.state == CollectionState.SETTLED,
        c.refundable_until_date >= today,
    )  # fmt: skip
    found: dt.date | None = (await session.execute(query)).scalar_one()
    return found
