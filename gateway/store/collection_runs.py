"""Runs: the files that we send, their blocks, who approved them and how they left."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.lifecycle import COLLECTION_RUN, RUN_SUBMISSION
from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.digest import cover_table
from gateway.store.journal import Move
from gateway.store.keys import index_where, of_company, owned, points
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.work import Work
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.errors import NotFound
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


async def get_run(session: AsyncSession, *, company_id: int, run_id: int) -> CollectionRun | None:
    """Return a run of the company."""
    query = select(CollectionRun).where(runs.c.company_id == company_id, runs.c.id == run_id)
    return (await session.execute(query)).scalar_one_or_none()


async def lock_run(work: Work, run_id: int) -> CollectionRun:
    """Lock a run and return it as it is now. Raises NotFound."""
    query = select(CollectionRun).where(runs.c.company_id == work.company_id, runs.c.id == run_id)
    run = (
        await work.session.execute(query.with_for_update().execution_options(populate_existing=True))
    ).scalar_one_or_none()
    if run is None:
        raise NotFound(f"there is no run {run_id}")
    return run


async def move_run(work: Work, run: CollectionRun, to_state: RunState, *, reason: str = "") -> None:
    """Move a run that is locked along its life cycle and write the move down. Raises ImpossibleMove."""
    from_state = run.state
    run.state = COLLECTION_RUN.move(from_state, to_state)
    run.version += 1
    work.add(_move(work, "collection_run", run.id, run.version, from_state.value, to_state.value, reason))
    work.session.add(run)


async def move_submission(work: Work, row: RunSubmission, to_state: SubmissionState, *, reason: str = "") -> None:
    """Move an attempt along its life cycle and write the move down. Raises ImpossibleMove."""
    from_state = row.state
    row.state = RUN_SUBMISSION.move(from_state, to_state)
    row.version += 1
    work.add(_move(work, "run_submission", row.id, row.version, from_state.value, to_state.value, reason))
    work.session.add(row)


def _move(work: Work, table: str, key: int, position: int, from_state: str, to_state: str, reason: str) -> Move:
    return Move(
        id=work.new_id(), company_id=work.company_id, subject_table=table, subject_id=key, position=position,
        from_state=from_state, to_state=to_state, at=work.now, actor=work.actor.word, reason=reason,
        journal_id=work.journal_id,
    )  # fmt: skip


async def batches_of(session: AsyncSession, *, company_id: int, run_id: int) -> list[CollectionBatch]:
    """Return the blocks of a run in the order of its file."""
    query = select(CollectionBatch).where(batches.c.company_id == company_id, batches.c.run_id == run_id)
    return list((await session.execute(query.order_by(batches.c.id))).scalars())


async def approvals_of(session: AsyncSession, *, company_id: int, run_id: int) -> list[RunApproval]:
    """Return who approved a run, the first first."""
    query = select(RunApproval).where(approvals.c.company_id == company_id, approvals.c.run_id == run_id)
    return list((await session.execute(query.order_by(approvals.c.id))).scalars())


async def submissions_of(session: AsyncSession, *, company_id: int, run_id: int) -> list[RunSubmission]:
    """Return the attempts to hand a file to the bank, the first first."""
    query = select(RunSubmission).where(submissions.c.company_id == company_id, submissions.c.run_id == run_id)
    return list((await session.execute(query.order_by(submissions.c.id))).scalars())


async def list_runs(
    session: AsyncSession,
    *,
    company_id: int,
    states: Sequence[RunState] = (),
    kind: RunKind | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Page[CollectionRun]:
    """Return a page of runs, the newest first. Raises InvalidCursor."""
    limit = limited(limit)
    query = select(CollectionRun).where(runs.c.company_id == company_id)
    if states:
        query = query.where(runs.c.state.in_(states))
    if kind is not None:
        query = query.where(runs.c.kind == kind)
    if cursor:
        query = query.where(runs.c.id < read_cursor(cursor, (int,))[0])
    rows = list((await session.execute(query.order_by(runs.c.id.desc()).limit(limit + 1))).scalars())
    more = write_cursor((rows[limit - 1].id,)) if len(rows) > limit else None
    return Page(tuple(rows[:limit]), more)


async def open_submissions(session: AsyncSession, *, channel: str) -> list[tuple[int, int]]:
    """Return (company, run) of the attempts over a channel that are open."""
    s = submissions.c
    query = select(s.company_id, s.run_id).where(s.channel == channel, s.state == SubmissionState.SENDING)
    return [(row[0], row[1]) for row in await session.execute(query.order_by(s.id))]
