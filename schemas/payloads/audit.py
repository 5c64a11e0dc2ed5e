"""Shapes of the journal: what was done, by whom, and the hashes that chain it."""

import datetime as dt

from pydantic import AwareDatetime, BaseModel, Field

from schemas.payloads.common import Page, Word


class AuditFilter(Page):
    """Which rows are listed; what is left out does not count. ``until_at`` is no longer in it."""

    actor: Word = Field(default="", description="As the rows say it, such as user:12 or system")
    verb: Word = ""
    about: Word = Field(default="", description="One thing with its whole trail, such as bank_transaction:12")
    from_at: AwareDatetime | None = None
    until_at: AwareDatetime | None = None


class JournalRow(BaseModel):
    """One unit of work. ``hash`` covers the row and ``prev``, the hash of the row before it."""

    seq: int
    at: dt.datetime
    actor: str
    verb: str
    subject: str
    reason: str
    counts: dict[str, int]
    digest: str = Field(description="SHA-256 over the immutable rows that the work wrote")
    prev: str
    hash: str


class JournalList(BaseModel):
    """A page of the journal, the latest first."""

    items: list[JournalRow]
    next_cursor: str | None


class Verified(BaseModel):
    """Whether the journal is whole and all rules hold; else a sentence for each row that breaks one."""

    holds: bool
    broken: list[str]
