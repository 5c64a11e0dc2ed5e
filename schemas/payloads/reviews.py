"""Shapes of the review queue: questions, their explanations with proof, and what a clerk decides."""

import datetime as dt
from typing import Literal

from pydantic import Field

from schemas.payloads.common import Body, Day, Key, Minor, Note, Page, Shape, Word
from schemas.states import IgnoreCategory, ReviewReason


class ProofShape(Shape):
    """A short sentence that speaks for an explanation, or against it; ``code`` and ``facts`` say it to machines."""

    code: str
    facts: dict[str, str | int]
    sentence: str
    supports: bool


class LineShape(Shape):
    """What an explanation does to one item; minor units, signed from the item's side."""

    item_id: Key
    kind: str
    amount_minor: int


class ExplanationShape(Shape):
    """One way to read the amount; of very many lines the first 1000 are here."""

    customer_id: Key | None
    lines: list[LineShape]
    line_count: int
    on_account_minor: int
    strength: str
    proof: list[ProofShape]


class ReviewLineShape(Shape):
    """One question in the list."""

    id: Key
    reason: str
    amount_minor: int
    currency: str
    payer_name: str | None
    text: str
    booking_date: dt.date
    opened_at: dt.datetime
    assigned_to: Key | None
    snoozed_until: dt.date | None
    strength: str


class ReviewFilter(Page):
    """Which questions to list, and in which order."""

    reason: ReviewReason | None = None
    sort: Literal["value", "age"] = "value"
    asleep: bool = False


class ReviewList(Shape):
    """A page of the queue."""

    items: list[ReviewLineShape]
    next_cursor: str | None


class ReviewShape(Shape):
    """One question with its ranked explanations."""

    id: Key
    bank_transaction_id: Key
    state: str
    version: int
    reason: str
    amount_minor: int
    explanations: list[ExplanationShape]
    assigned_to: Key | None
    snoozed_until: dt.date | None
    closed_at: dt.datetime | None
    closed_by: str


class AcceptBody(Body):
    """Which explanation is accepted: its place, the first is 0.

    ``version`` is that of the question as it was read: when its explanations were renewed since, nothing is accepted.
    """

    place: int = Field(default=0, ge=0, le=50)
    version: int | None = Field(default=None, ge=0, lt=2**31)


class AcceptMany(Body):
    """Questions whose first explanation is accepted together."""

    review_item_ids: list[Key] = Field(min_length=1, max_length=500)


class BatchShape(Shape):
    """Decisions that were taken together and can be undone together."""

    batch_id: Key
    accepted: int


class AllocateLine(Body):
    """An amount for one item: payment, or discount granted."""

    item_id: Key
    amount_minor: Minor
    kind: Literal["payment", "discount", "write_off", "deducted_charge"] = "payment"


class AllocateBody(Body):
    """What a clerk put together."""

    lines: list[AllocateLine] = Field(default_factory=list, max_length=1000)
    on_account_minor: Minor = 0
    customer_id: Key | None = None


class IgnoreBody(Body):
    """What it is, when it is no customer payment."""

    category: IgnoreCategory
    account_word: Word = ""


class AssignBody(Body):
    """Who takes the question; nobody, when empty."""

    user_id: Key | None = None


class SnoozeBody(Body):
    """Until which day the question sleeps; awake, when empty."""

    until_date: Day | None = None


class CommentBody(Body):
    """What is noted."""

    words: Note
