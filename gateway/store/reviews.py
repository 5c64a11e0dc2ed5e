"""The review queue: questions to clerks, with the explanations that were found and what people said."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Index, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.fetch import among, in_pieces
from gateway.store.keys import index_where, owned, points
from gateway.store.work import Work
from schemas.states import ReviewReason, ReviewState

_R = ReviewReason
# What can be decided soonest stands first, what needs a search last. Stored as rank: another order needs a migration.
REASONS = (
    _R.UNDONE, _R.AMOUNT_DIFFERS, _R.MORE_THAN_OPEN, _R.DISCOUNT_LATE, _R.CHARGES_DEDUCTED, _R.SEVERAL_EXPLANATIONS,
    _R.PAYER_DIFFERS, _R.WEAK_EVIDENCE, _R.PAID_ALREADY, _R.DISPUTED, _R.DEBIT_IN_FLIGHT, _R.OWN_COLLECTION,
    _R.RETURNED_DEBIT, _R.RETURNED_TRANSFER, _R.REVERSAL, _R.OTHER_CURRENCY, _R.NO_KNOWN_REFERENCE,
)  # fmt: skip
RANKS = {reason: rank for rank, reason in enumerate(REASONS)}
# All that is asked of every question that waits, so that the sums are read from an index.
_COUNTED = ("currency", "snoozed_until", "assigned_to", "opened_at", "amount_minor")


class ReviewItem(Row, table=True):
    """One question: how to explain a bank transaction. At most one is open per bank transaction."""

    __tablename__ = "review_item"
    __table_args__ = (
        index_where("uq_review_item_open", "bank_transaction_id", where="state = 'open'", unique=True),
        Index("ix_review_item_queue", "company_id", "state", "rank", "weight_minor", "id"),
        Index("ix_review_item_age", "company_id", "state", "rank", "opened_at", "id"),
        Index("ix_review_item_strong", "company_id", "state", "strength", "weight_minor", "id"),
        Index("ix_review_item_count", "company_id", "state", "reason", *_COUNTED),
        owned(),
        points("bank_transaction_id", "bank_transaction"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_transaction_id: int = columns.key(index=True)
    state: ReviewState = columns.enum(ReviewState, default=ReviewState.OPEN)
    reason: ReviewReason = columns.enum(ReviewReason)
    rank: int = columns.number(default=0)  # Of the reason.
    amount_minor: int = columns.minor()  # As the bank transaction, like the currency.
    weight_minor: int = columns.minor(default=0)
    currency: str = columns.text(default="")
    strength: str = columns.text(default="")  # Of the best explanation.
    explanations: list[Any] = columns.facts()
    assigned_to: int | None = columns.key(nullable=True)
    snoozed_until: dt.date | None = columns.day(nullable=True)
    version: int = columns.number(default=1)
    opened_at: dt.datetime = columns.moment()
    closed_at: dt.datetime | None = columns.moment(nullable=True)
    closed_by: str = columns.text(default="")


class ReviewCandidate(Row, table=True):
    """An open item that a review item proposes; tells whom a decision about the item concerns."""

    __tablename__ = "review_candidate"
    __table_args__ = (
        Index("ix_review_candidate_item", "open_item_id", "review_item_id"),
        points("review_item_id", "review_item"),
        points("open_item_id", "open_item"),
    )

    review_item_id: int = columns.key(primary=True)
    open_item_id: int = columns.key(primary=True)
    company_id: int = columns.key()


class Comment(Row, table=True):
    """What a person noted beside a review item."""

    __tablename__ = "comment"
    __table_args__ = (points("review_item_id", "review_item"),)

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    review_item_id: int = columns.key(index=True)
    words: str = columns.text()
    actor_id: int | None = columns.key(nullable=True)
    recorded_at: dt.datetime = columns.moment()


review_items, review_candidates = table_of(ReviewItem), table_of(ReviewCandidate)
REVIEW_NAMES = (
    "id", "company_id", "bank_transaction_id", "state", "reason", "rank", "amount_minor", "weight_minor", "currency",
    "strength", "explanations", "opened_at",
)  # fmt: skip
CANDIDATE_NAMES = ("review_item_id", "open_item_id", "company_id")


def weight(amount_minor: int) -> int:
    """Return by what a question stands in the queue: its amount without the sign, below zero, the heaviest first."""
    return -abs(amount_minor)


async def get(session: AsyncSession, *, company_id: int, review_item_id: int) -> ReviewItem | None:
    """Return a review item of the company."""
    query = select(ReviewItem).where(review_items.c.company_id == company_id, review_items.c.id == review_item_id)
    return (await session.execute(query)).scalar_one_or_none()


async def explanations_of(session: AsyncSession, *, company_id: int, ids: Sequence[int]) -> list[list[Any]]:
    """Return all explanations of some questions of the company."""
    r = review_items.c
    query = select(r.explanations).where(r.company_id == company_id, among(session, r.id, list(ids)))
    return [record for records in (await session.execute(query)).scalars() for record in records]


async def last_of_transaction(session: AsyncSession, bank_transaction_id: int) -> ReviewItem | None:
    """Return the open question about a bank transaction, else the latest. Keys of several processes have no order."""
    query = (
        select(ReviewItem)
        .where(review_items.c.bank_transaction_id == bank_transaction_id)
        .order_by(review_items.c.closed_at.is_not(None), review_items.c.opened_at.desc(), review_items.c.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def open_of_transactions(session: AsyncSession, ids: Sequence[int]) -> dict[int, ReviewItem]:
    """Return the open questions about some bank transactions, by bank transaction."""
    found: dict[int, ReviewItem] = {}
    for piece in in_pieces(ids):
        query = select(ReviewItem).where(
            among(session, review_items.c.bank_transaction_id, piece),
            review_items.c.state == ReviewState.OPEN,
        )
        found |= {row.bank_transaction_id: row for row in (await session.execute(query)).scalars()}
    return found


async def close_open(work: Work, ids: Sequence[int], state: ReviewState) -> int:
    """Close the open questions about some bank transactions; return how many there were."""
    count = 0
    for piece in in_pieces(ids):
        result = await work.session.execute(
            update(review_items)
            .where(
                among(work.session, review_items.c.bank_transaction_id, piece),
                review_items.c.state == ReviewState.OPEN,
            )
            .values(state=state, closed_at=work.now, closed_by=work.actor.name, version=review_items.c.version + 1)
        )
        count += int(result.rowcount)  # type: ignore[attr-defined]
    return count


async def move(work: Work, *, review_item_id: int, version: int | None, **values: Any) -> bool:
    """Change an open question if nobody changed it since it was seen (None: if it is open). Tell if it was changed."""
    statement = update(review_items).where(
        review_items.c.id == review_item_id, review_items.c.state == ReviewState.OPEN
    )
    if version is not None:
        statement = statement.where(review_items.c.version == version)
    if "reason" in values:
        values["rank"] = RANKS[values["reason"]]
    if "amount_minor" in values:
        values["weight_minor"] = weight(values["amount_minor"])
    result = await work.session.execute(statement.values(version=review_items.c.version + 1, **values))
    return int(result.rowcount) == 1  # type: ignore[attr-defined]


async def concerned_by(session: AsyncSession, *, company_id: int, item_ids: Sequence[int]) -> list[int]:
    """Return the bank transactions of open questions that propose one of these items."""
    found: set[int] = set()
    for start in range(0, len(item_ids), 500):
        query = (
            select(review_items.c.bank_transaction_id)
            .join(review_candidates, review_candidates.c.review_item_id == review_items.c.id)
            .where(
                review_items.c.company_id == company_id,
                review_candidates.c.open_item_id.in_(item_ids[start : start + 500]),
                review_items.c.state == ReviewState.OPEN,
            )
        )
        found |= set((await session.execute(query)).scalars())
    return sorted(found)


async def forget_candidates(work: Work, review_item_ids: Sequence[int]) -> None:
    """Forget which items some questions propose, before they propose others."""
    for start in range(0, len(review_item_ids), 500):
        wanted = review_candidates.c.review_item_id.in_(review_item_ids[start : start + 500])
        await work.session.execute(delete(review_candidates).where(wanted))
