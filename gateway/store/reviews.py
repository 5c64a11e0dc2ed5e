"""The review queue: questions to clerks, with the explanations that were found and what people said."""

import datetime as dt
from typing import Any

from sqlalchemy import Index
from sqlalchemy import text as sql

from gateway.store import columns
from gateway.store.columns import Row
from gateway.store.keys import of_company, owned, points
from schemas.states import ReviewReason, ReviewState


class ReviewItem(Row, table=True):
    """One question: how to explain a bank transaction. At most one is open per bank transaction."""

    __tablename__ = "review_item"
    __table_args__ = (
        Index(
            "uq_review_item_open",
            "bank_transaction_id",
            unique=True,
            sqlite_where=sql("state = 'open'"),
            postgresql_where=sql("state = 'open'"),
        ),
        Index("ix_review_item_queue", "company_id", "state", "reason", "amount_minor", "id"),
        Index("ix_review_item_age", "company_id", "state", "opened_at", "id"),
        of_company(),
        owned(),
        points("bank_transaction_id", "bank_transaction"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_transaction_id: int = columns.key(index=True)
    state: ReviewState = columns.enum(ReviewState, default=ReviewState.OPEN)
    reason: ReviewReason = columns.enum(ReviewReason)
    amount_minor: int = columns.minor()  # As the bank transaction; for sorting.
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
        of_company(),
        points("review_item_id", "review_item"),
        points("open_item_id", "open_item"),
    )

    review_item_id: int = columns.key(primary=True)
    open_item_id: int = columns.key(primary=True)
    company_id: int = columns.key()


class Comment(Row, table=True):
    """What a person noted beside a review item."""

    __tablename__ = "comment"
    __table_args__ = (of_company(), points("review_item_id", "review_item"))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    review_item_id: int = columns.key(index=True)
    words: str = columns.text()
    actor_id: int | None = columns.key(nullable=True)
    recorded_at: dt.datetime = columns.moment()
