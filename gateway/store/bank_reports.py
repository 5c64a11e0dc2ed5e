"""Status reports of banks (pain.002), and what each said of a collection or refund; cash is never booked by them."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.keys import of_company, owned, points
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
