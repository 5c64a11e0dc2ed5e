"""Refunds: transfers back to customers of what is kept on account for them."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store import columns
from gateway.store.collections import collections
from gateway.store.columns import Row, table_of
from gateway.store.fetch import among
from gateway.store.journal import Move
from gateway.store.keys import of_company, owned, points
from gateway.store.open_items import open_items
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.protected_changes import protected_changes
from gateway.store.work import Work
from schemas.errors import NotFound
from schemas.states import CollectionState, ProposalState, ProtectedKind, RefundState


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


refunds, _moves = table_of(Refund), table_of(Move)


async def get_refund(work: Work, refund_id: int) -> Refund:
    """Lock a refund of the company and return it. Raises NotFound."""
    query = select(Refund).where(refunds.c.company_id == work.company_id, refunds.c.id == refund_id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    row = (await work.session.execute(locked)).scalar_one_or_none()
    if row is None:
        raise NotFound(f"there is no refund {refund_id}")
    return row


async def find_refund(session: AsyncSession, *, company_id: int, refund_id: int) -> Refund | None:
    """Return a refund of the company by its key."""
    query = select(Refund).where(refunds.c.company_id == company_id, refunds.c.id == refund_id)
    return (await session.execute(query)).scalar_one_or_none()


async def list_refunds(
    session: AsyncSession, *, company_id: int, states: Sequence[RefundState] = (), limit: int = 200
) -> list[Refund]:
    """Return refunds of the company, the newest first; of some states only."""
    query = select(Refund).where(refunds.c.company_id == company_id)
    if states:
        query = query.where(refunds.c.state.in_(states))
    return list((await session.execute(query.order_by(refunds.c.id.desc()).limit(limit))).scalars())


async def page_of_refunds(
    session: AsyncSession, *, company_id: int, states: Sequence[RefundState] = (), cursor: str = "", limit: int = 50
) -> Page[Refund]:
    """Return a page of refunds, the newest first. Raises InvalidCursor."""
    limit = limited(limit)
    query = select(Refund).where(refunds.c.company_id == company_id)
    if states:
        query = query.where(refunds.c.state.in_(states))
    if cursor:
        query = query.where(refunds.c.id < read_cursor(cursor, (int,))[0])
    rows = list((await session.execute(query.order_by(refunds.c.id.desc()).limit(limit + 1))).scalars())
    return Page(tuple(rows[:limit]), write_cursor((rows[limit - 1].id,)) if len(rows) > limit else None)


async def count_refunds(session: AsyncSession, *, company_id: int, state: RefundState) -> tuple[int, int]:
    """Return how many refunds are in a state, and their sum in cents."""
    query = select(func.count(), func.coalesce(func.sum(refunds.c.amount_minor), 0)).where(
        refunds.c.company_id == company_id, refunds.c.state == state
    )
    count, total = (await session.execute(query)).one()
    return int(count), int(total)


async def ends_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, str]:
    """Return why refunds were cancelled or came back: the reason of the last move of each."""
    if not ids:
        return {}
    query = select(_moves.c.subject_id, _moves.c.reason).where(
        _moves.c.subject_table == "refund", among(session, _moves.c.subject_id, sorted(ids))
    )
    return {row[0]: row[1] for row in await session.execute(query.order_by(_moves.c.subject_id, _moves.c.position))}


def is_shaken() -> ColumnElement[bool]:
    """Return the condition that a refund may not leave as it is: less is kept than it pays, or its account changes."""
    i = open_items.c
    used = select(i.id).where(
        i.id == refunds.c.open_item_id,
        or_(i.cancelled_at.is_not(None), func.abs(i.collecting_minor) > func.abs(i.amount_minor - i.settled_minor)),
    )
    return or_(used.exists(), account_waits())


def account_waits() -> ColumnElement[bool]:
    """Return the condition that another account for a refund waits for a second person."""
    p = protected_changes.c
    is_open = and_(p.kind == ProtectedKind.REFUND_IBAN, p.state == ProposalState.OPEN)
    return select(p.id).where(p.subject_id == refunds.c.id, is_open).exists()


async def shaken_refunds(session: AsyncSession, *, company_id: int, state: RefundState) -> set[int]:
    """Return the refunds of a state that may not leave as they are."""
    query = select(refunds.c.id).where(refunds.c.company_id == company_id, refunds.c.state == state, is_shaken())
    return set((await session.execute(query)).scalars())


async def lock_refunds(work: Work, *, state: RefundState) -> list[Refund]:
    """Lock the refunds of the company in a state, the first first."""
    query = select(Refund).where(refunds.c.company_id == work.company_id, refunds.c.state == state)
    locked = query.order_by(refunds.c.id).with_for_update().execution_options(populate_existing=True)
    return list((await work.session.execute(locked)).scalars())


async def refundable_untils(
    session: AsyncSession, *, company_id: int, party_ids: Iterable[int], today: dt.date
) -> dict[int, dt.date]:
    """Return until when banks may still take settled debits of customers back, by the customer."""
    c, ids = collections.c, sorted(set(party_ids))
    if not ids:
        return {}
    query = select(c.party_id, func.max(c.refundable_until_date)).where(
        c.company_id == company_id, among(session, c.party_id, ids), c.state == CollectionState.SETTLED,
        c.refundable_until_date >= today,
    )  # fmt: skip
    return {row[0]: row[1] for row in await session.execute(query.group_by(c.party_id))}
