"""Shapes of collections: the plan, runs, what is in them, how sending ended. Accounts are masked."""

import datetime as dt
from typing import Literal

from pydantic import Field

from schemas.codes.lists import LocalInstrument
from schemas.payloads.common import Body, Day, Key, Page, Sentence, Shape
from schemas.states import CollectionState, RunKind, RunState, SubmissionState


class PlanFilter(Shape):
    """Until which due date to plan."""

    until: Day


class PlannedDayShape(Shape):
    """What is collected on one day under one scheme."""

    collection_date: dt.date
    scheme: LocalInstrument
    collections: int
    amount_minor: int
    last_notice_date: dt.date | None
    submit_until: dt.datetime
    refunds_until: dt.date | None


class LeftOutShape(Shape):
    """How much is not collected for one reason."""

    reason: str
    count: int
    amount_minor: int


class PlanShape(Shape):
    """What can be collected until a day, and what cannot, by reason."""

    until: dt.date
    collections: int
    amount_minor: int
    currency: Literal["EUR"] = "EUR"
    days: list[PlannedDayShape]
    left_out: list[LeftOutShape]


class NewRuns(Body):
    """Freeze all that is due until a day."""

    until: Day


class ChosenDebit(Body):
    """A debit that waits for its notice, by its mandate and the day when it is due."""

    mandate_id: Key
    due_date: Day


class NewAnnouncement(Body):
    """Tell debtors of what is due until a day and waits for a notice only: all of it, or some debits."""

    until: Day
    debits: list[ChosenDebit] = Field(default_factory=list, max_length=500)
    only_letters: bool = False


class AnnouncementShape(Shape):
    """What became of it. ``not_told``: customers whose mail failed; ``waiting``: how many are still to be told."""

    id: Key | None
    mails: int
    letters: int
    waiting: int
    not_told: list[Key]


class FrozenShape(Shape):
    """The runs that were frozen; each waits for the approval of another person."""

    run_ids: list[Key]


class RunFilter(Page):
    """Which runs to list."""

    state: RunState | None = None
    kind: RunKind | None = None


class BadCollectionShape(Shape):
    """What was to be in a file and could not."""

    reason: str
    customer_id: Key
    invoice_ids: list[Key]
    amount_minor: int
    detail: str


class AttemptShape(Shape):
    """One attempt to hand a file to the bank."""

    state: SubmissionState
    channel: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    proof: str


class RunShape(Shape):
    """One file for the bank."""

    id: Key
    kind: RunKind
    state: RunState
    message_id: str
    format: str
    file_name: str
    sha256: str
    collections: int
    amount_minor: int
    currency: Literal["EUR"] = "EUR"
    first_date: dt.date | None
    last_date: dt.date | None
    latest_submission_at: dt.datetime | None
    made_by: str
    created_at: dt.datetime
    frozen_at: dt.datetime | None
    submitted_at: dt.datetime | None
    closed_at: dt.datetime | None
    discard_reason: str


class RunDetail(RunShape):
    """One file with what happened to it."""

    approvals: int
    attempts: list[AttemptShape]
    by_state: dict[CollectionState, int]
    left_out: list[BadCollectionShape]


class RunList(Shape):
    """A page of runs, the newest first."""

    items: list[RunShape]
    next_cursor: str | None


class CollectionFilter(Page):
    """Of which run the collections are listed."""

    run_id: Key


class CollectionShape(Shape):
    """One debit."""

    id: Key
    end_to_end_id: str
    customer_id: Key
    amount_minor: int
    currency: Literal["EUR"] = "EUR"
    collection_date: dt.date
    state: CollectionState
    account: str
    remittance: str


class CollectionList(Shape):
    """A page of the collections of a run, in the order of its file."""

    items: list[CollectionShape]
    next_cursor: str | None


class Submission(Body):
    """How the attempt ended. Sent and not sent need a proof: what the bank says."""

    outcome: Literal["sent", "not_sent", "unknown"]
    proof: Sentence
