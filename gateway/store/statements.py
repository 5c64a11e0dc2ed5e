"""Files that arrived and the statements in them."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row
from gateway.store.digest import cover_table
from gateway.store.keys import of_company, owned, points
from schemas.statement import StatementKind
from schemas.states import HoldReason, StatementFileState, StatementState


class StatementFile(Row, table=True):
    """A file as it came. Its bytes lie under its hash; the same bytes again are an answer, not a row."""

    __tablename__ = "statement_file"
    __table_args__ = (UniqueConstraint("company_id", "sha256"), of_company(), owned())

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    sha256: str = columns.text()
    name: str = columns.text()
    size: int = columns.key()
    format: str = columns.text(default="")
    channel: str = columns.text()
    state: StatementFileState = columns.enum(StatementFileState)
    stage: str = columns.text(default="received")  # received, reading, storing, matching, done
    done: int = columns.number(default=0)
    total: int = columns.number(default=0)
    lease_token: str = columns.text(default="")
    lease_until: dt.datetime | None = columns.moment(nullable=True)
    attempts: int = columns.number(default=0)
    error_code: str = columns.text(default="")
    error_message: str = columns.text(default="")
    error_line: int | None = columns.number(nullable=True)
    warnings: list[str] = columns.facts()
    received_at: dt.datetime = columns.moment()
    received_by: str = columns.text()
    journal_id: int = columns.key()


class Statement(Row, table=True):
    """One account, one period, pages joined. ``position`` is its place in the file, from 1."""

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("file_id", "position"),
        Index("ix_statement_account", "company_id", "bank_account_id", "to_date", "id"),
        Index("ix_statement_state", "company_id", "state", "id"),
        of_company(),
        owned(),
        points("file_id", "statement_file"),
        points("bank_account_id", "bank_account"),
        points("same_as_id", "statement"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    file_id: int = columns.key(index=True)
    position: int = columns.number()
    kind: StatementKind = columns.enum(StatementKind)
    bank_account_id: int | None = columns.key(nullable=True)
    account: str = columns.text()
    currency: str = columns.text()
    statement_id: str | None = columns.text(nullable=True)
    number: str | None = columns.text(nullable=True)
    first_page: int | None = columns.number(nullable=True)
    last_page: int | None = columns.number(nullable=True)
    is_complete: bool = columns.flag(default=True)
    from_date: dt.date | None = columns.day(nullable=True)
    to_date: dt.date | None = columns.day(nullable=True)
    opening_minor: int | None = columns.minor(nullable=True)
    closing_minor: int | None = columns.minor(nullable=True)
    booked_sum_minor: int = columns.minor()
    entry_count: int = columns.number()
    new_count: int = columns.number(default=0)
    state: StatementState = columns.enum(StatementState)
    hold_reason: HoldReason | None = columns.enum(HoldReason, nullable=True)
    hold_detail: str = columns.text(default="")
    take_reason: str = columns.text(default="")
    taken_by: str = columns.text(default="")
    same_as_id: int | None = columns.key(nullable=True)
    text: str = columns.text(default="")
    warnings: list[str] = columns.facts()
    recorded_at: dt.datetime = columns.moment()
    journal_id: int = columns.key()


cover_table(
    "statement",
    "id",
    "file_id",
    "position",
    "kind",
    "opening_minor",
    "closing_minor",
    "booked_sum_minor",
    "entry_count",
)
