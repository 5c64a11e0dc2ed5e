"""Shapes of files that arrived and of the statements in them."""

import datetime as dt

from schemas.payloads.common import Key, KeyNumber, Page, Shape
from schemas.states import StatementState


class FileError(Shape):
    """Why a file was refused."""

    code: str
    message: str
    line: int | None


class StatementShape(Shape):
    """One account's statement. Amounts are minor units of ``currency``."""

    id: Key
    file_id: Key
    kind: str
    account: str
    currency: str
    number: str | None
    from_date: dt.date | None
    to_date: dt.date | None
    opening_minor: int | None
    closing_minor: int | None
    booked_sum_minor: int
    entry_count: int
    new_count: int
    state: str
    hold_reason: str | None
    hold_detail: str
    same_as_id: Key | None
    take_reason: str
    warnings: list[str]


class FileShape(Shape):
    """A file as it came, how far its import is, and what was found in it."""

    id: Key
    sha256: str
    name: str
    size: int
    format: str
    state: str
    stage: str
    done: int
    total: int
    error: FileError | None
    warnings: list[str]
    received_at: dt.datetime
    statements: list[StatementShape]


class StatementFilter(Page):
    """Which statements to list."""

    state: StatementState | None = None
    bank_account_id: KeyNumber | None = None


class StatementList(Shape):
    """A page of statements, newest first."""

    items: list[StatementShape]
    next_cursor: str | None
