"""Companies and what is set for each: the unit of isolation and of rights."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row
from schemas.states import Language


class Company(Row, table=True):
    """A legal entity."""

    __tablename__ = "company"
    __table_args__ = (UniqueConstraint("code"),)

    id: int = columns.key(primary=True)
    code: str = columns.text()
    name: str = columns.text()
    language: Language = columns.enum(Language, default=Language.EN)
    currency: str = columns.text(default="EUR")
    closed_until_date: dt.date | None = columns.day(nullable=True)
    created_at: dt.datetime = columns.moment()


class PolicyVersion(Row, table=True):
    """What matching may book by itself, from a moment on."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("company_id", "position"), ForeignKeyConstraint(["company_id"], ["company.id"]))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    position: int = columns.number()
    record: dict[str, Any] = columns.facts()
    recorded_at: dt.datetime = columns.moment()
    actor: str = columns.text()
    reason: str = columns.text()
    journal_id: int = columns.key()
