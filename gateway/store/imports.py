"""Saved column mappings, and answers kept for requests that may be repeated."""

import datetime as dt
from typing import Any

from sqlalchemy import UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row
from gateway.store.keys import of_company


class SavedMapping(Row, table=True):
    """How the columns of somebody's CSV or XLSX are read, by a name."""

    __tablename__ = "saved_mapping"
    __table_args__ = (UniqueConstraint("company_id", "kind", "name"), of_company())

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    kind: str = columns.text()
    name: str = columns.text()
    mapping: dict[str, Any] = columns.facts()
    recorded_at: dt.datetime = columns.moment()


class IdempotencyKey(Row, table=True):
    """A creating request that may come again, and its answer, stored with the effect."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("caller", "route", "key"),)

    id: int = columns.key(primary=True)
    caller: str = columns.text()
    route: str = columns.text()
    key: str = columns.text()
    request_hash: str = columns.text()
    status: int | None = columns.number(nullable=True)
    answer: str | None = columns.text(nullable=True)
    created_at: dt.datetime = columns.moment()
