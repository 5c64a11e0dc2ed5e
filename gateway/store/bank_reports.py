"""Status reports of banks (pain.002), and what each said of a collection or refund; cash is never booked by them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Index, UniqueConstraint, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.bank_report import Said
from gateway.store import columns
from gateway.store.bulk import insert_rows
from gateway.store.columns import Row, table_of
from gateway.store.fetch import among, in_pieces
from gateway.store.keys import of_company, owned, points
from gateway.store.work import Work
from schemas.states import ReportState


class BankReport(Row, table=True):
    """One pain.002 message. ``record`` is what was read of it (schemas.status_report)."""

    __tablename__ = "bank_report"
    __table_args__ = (
        UniqueConstraint("company_id", "sha256"),
        Index("ix_bank_report_state", "company_id", "state", "id"),
        of_company(),
        owned(),
        points("run_id", "collection_run"),
        points("file_id", "statement_file"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    file_id: int | None = columns.key(nullable=True)
    run_id: int | None = columns.key(nullable=True)
    state: ReportState = columns.enum(ReportState)
    sha256: str = columns.text()
    message_id: str = columns.text()
    original_message_id: str = columns.text()
    group_status: str = columns.text(default="")
    record: dict[str, Any] = columns.facts()
    tried: list[Any] = columns.facts()  # Of what fits nothing: what was looked for.
    note: str = columns.text(default="")
    recorded_at: dt.datetime = columns.moment()


class ReportedStatus(Row, table=True):
    """What a bank said of one collection: the same again is one row."""

    __tablename__ = "reported_status"
    __table_args__ = (
        UniqueConstraint("collection_id", "status", "reason"),
        of_company(),
        points("collection_id", "collection"),
        points("report_id", "bank_report"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    collection_id: int = columns.key()
    report_id: int = columns.key(index=True)
    status: str = columns.text()
    reason: str = columns.text(default="")
    originator: str = columns.text(default="")
    words: str = columns.text(default="")
    recorded_at: dt.datetime = columns.moment()


reports, reported = table_of(BankReport), table_of(ReportedStatus)
_REPORTED = (
    "id", "company_id", "collection_id", "report_id", "status", "reason", "originator", "words", "recorded_at",
)  # fmt: skip


async def report_with_hash(session: AsyncSession, *, companies: Sequence[int], sha256: str) -> BankReport | None:
    """Return the report of some companies that has these bytes."""
    query = select(BankReport).where(reports.c.company_id.in_(companies), reports.c.sha256 == sha256)
    return (await session.execute(query.order_by(reports.c.id).limit(1))).scalar_one_or_none()


async def get_report(session: AsyncSession, *, company_id: int, report_id: int) -> BankReport | None:
    """Return a report of the company."""
    query = select(BankReport).where(reports.c.company_id == company_id, reports.c.id == report_id)
    return (await session.execute(query)).scalar_one_or_none()


async def reports_of_files(session: AsyncSession, *, company_id: int, file_ids: Sequence[int]) -> dict[int, BankReport]:
    """Return the reports that some files were, by the key of the file."""
    query = select(BankReport).where(reports.c.company_id == company_id, reports.c.file_id.in_(file_ids))
    return {row.file_id or 0: row for row in (await session.execute(query.order_by(reports.c.id))).scalars()}


async def reports_in_state(
    session: AsyncSession, *, company_id: int, state: ReportState, limit: int = 50
) -> list[BankReport]:
    """Return reports in a state, the latest first."""
    query = select(BankReport).where(reports.c.company_id == company_id, reports.c.state == state)
    return list((await session.execute(query.order_by(reports.c.id.desc()).limit(limit))).scalars())


async def count_unmatched(session: AsyncSession, *, company_id: int) -> int:
    """Return how many reports fit nothing and wait for a person."""
    query = select(func.count()).where(reports.c.company_id == company_id, reports.c.state == ReportState.UNMATCHED)
    return int((await session.execute(query)).scalar_one())


async def close_report(work: Work, *, report_id: int, note: str) -> bool:
    """Note that a person looked at a report that fits nothing; return whether it waited."""
    statement = update(reports).where(
        reports.c.company_id == work.company_id, reports.c.id == report_id, reports.c.state == ReportState.UNMATCHED
    )
    result = await work.session.execute(statement.values(state=ReportState.CLOSED, note=note))
    return int(result.rowcount) == 1  # type: ignore[attr-defined]


async def add_reported(work: Work, *, report_id: int, said: Sequence[Said]) -> list[Said]:
    """Write down what a report says of collections, and return what is new of it: the same again is one row."""
    known: set[tuple[int, str, str]] = set()
    for piece in in_pieces(one.collection_id for one in said):
        query = select(reported.c.collection_id, reported.c.status, reported.c.reason).where(
            reported.c.company_id == work.company_id, among(work.session, reported.c.collection_id, piece)
        )
        known |= {(row[0], row[1], row[2]) for row in await work.session.execute(query)}
    new = [one for one in said if (one.collection_id, one.status, one.reason) not in known]
    rows = [
        (key, work.company_id, one.collection_id, report_id, one.status, one.reason, one.originator, one.words[:500],
         work.now)
        for key, one in zip(work.new_ids(len(new)), new, strict=True)
    ]  # fmt: skip
    await insert_rows(work, reported, _REPORTED, rows)
    return new


async def statuses_of(session: AsyncSession, *, company_id: int, collection_id: int) -> list[ReportedStatus]:
    """Return what the banks said of a collection, oldest first."""
    query = select(ReportedStatus).where(reported.c.company_id == company_id, reported.c.collection_id == collection_id)
    return list((await session.execute(query.order_by(reported.c.id))).scalars())
