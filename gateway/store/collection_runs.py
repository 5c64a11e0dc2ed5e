"""Runs: the files that we send, their blocks, who approved them and how they left."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.digest import cover_table
from gateway.store.keys import index_where, of_company, owned, points
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.states import RunKind, RunState, SubmissionState


class CollectionRun(Row, table=True):
    """One message: pain.008, or pain.001 of refunds. Bytes lie among the originals under ``sha256`` (INV-14).

    ``made_by_id`` froze it and can never approve it (INV-18). ``profile`` is the bank's as it was at the freeze.
    """

    __tablename__ = "collection_run"
    __table_args__ = (
        UniqueConstraint("message_id"),
        Index("ix_collection_run_state", "company_id", "state", "id"),
        of_company(),
        owned(),
        points("bank_account_id", "bank_account"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_account_id: int = columns.key()
    kind: RunKind = columns.enum(RunKind, default=RunKind.DIRECT_DEBIT)
    state: RunState = columns.enum(RunState, default=RunState.OPEN)
    message_id: str = columns.text()
    format: str = columns.text(default="")
    profile: dict[str, Any] = columns.facts()
    file_name: str = columns.text(default="")
    sha256: str = columns.text(default="")
    byte_count: int = columns.number(default=0)
    collection_count: int = columns.number(default=0)
    sum_minor: int = columns.minor(default=0)
    first_date: dt.date | None = columns.day(nullable=True)
    last_date: dt.date | None = columns.day(nullable=True)
    latest_submission_at: dt.datetime | None = columns.moment(nullable=True)
    left_out: list[Any] = columns.facts()  # What was to be in it and is not, each with its reason.
    made_by_id: int | None = columns.key(nullable=True)
    made_by: str = columns.text(default="")
    frozen_at: dt.datetime | None = columns.moment(nullable=True)
    submitted_at: dt.datetime | None = columns.moment(nullable=True)
    closed_at: dt.datetime | None = columns.moment(nullable=True)
    discard_reason: str = columns.text(default="")
    bank_status: str = columns.text(default="")
    version: int = columns.number(default=1)
    created_at: dt.datetime = columns.moment()


class CollectionBatch(Row, table=True):
    """One payment block (``PmtInf``), which the bank may book as one sum. It is never changed."""

    __tablename__ = "collection_batch"
    __table_args__ = (
        UniqueConstraint("payment_information_id"),
        Index("ix_collection_batch_run", "run_id"),
        of_company(),
        owned(),
        points("run_id", "collection_run"),
        points("bank_account_id", "bank_account"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    run_id: int = columns.key()
    bank_account_id: int = columns.key()
    payment_information_id: str = columns.text()
    collection_date: dt.date = columns.day()
    local_instrument: LocalInstrument | None = columns.enum(LocalInstrument, nullable=True)  # None: refunds.
    sequence_type: SequenceType | None = columns.enum(SequenceType, nullable=True)
    creditor_identifier: str = columns.text(default="")
    creditor_name: str = columns.text(default="")
    ultimate_creditor: str = columns.text(default="")
    category_purpose: str = columns.text(default="")
    is_batch_booked: bool | None = columns.flag(nullable=True)
    collection_count: int = columns.number()
    sum_minor: int = columns.minor()
    journal_id: int = columns.key()


class RunApproval(Row, table=True):
    """Who approved which bytes: bound to hash, sum, count and days. It is never changed."""

    __tablename__ = "run_approval"
    __table_args__ = (UniqueConstraint("run_id", "user_id"), of_company(), points("run_id", "collection_run"))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    run_id: int = columns.key()
    user_id: int = columns.key()
    sha256: str = columns.text()
    sum_minor: int = columns.minor()
    collection_count: int = columns.number()
    first_date: dt.date = columns.day()
    last_date: dt.date = columns.day()
    actor: str = columns.text()
    recorded_at: dt.datetime = columns.moment()
    journal_id: int = columns.key()


class RunSubmission(Row, table=True):
    """One attempt to hand a file to the bank. At most one of a run is open or succeeded (INV-15)."""

    __tablename__ = "run_submission"
    __table_args__ = (
        index_where("uq_run_submission_open", "run_id", where="state <> 'not_sent'", unique=True),
        of_company(),
        points("run_id", "collection_run"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    run_id: int = columns.key()
    state: SubmissionState = columns.enum(SubmissionState, default=SubmissionState.SENDING)
    channel: str = columns.text()  # download: a person takes the file to the bank.
    sha256: str = columns.text()
    actor: str = columns.text()
    started_at: dt.datetime = columns.moment()
    ended_at: dt.datetime | None = columns.moment(nullable=True)
    proof: str = columns.text(default="")  # What the bank or a person said of it.
    version: int = columns.number(default=1)


runs, batches = table_of(CollectionRun), table_of(CollectionBatch)
approvals, submissions = table_of(RunApproval), table_of(RunSubmission)
cover_table("collection_batch", "id", "run_id", "payment_information_id", "collection_date", "sum_minor")
cover_table("run_approval", "id", "run_id", "user_id", "sha256", "sum_minor", "collection_count")
