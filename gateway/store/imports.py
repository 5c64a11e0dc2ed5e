"""Saved column mappings, and answers kept for requests that may be repeated."""

import datetime as dt
from typing import Any

from sqlalchemy import UniqueConstraint, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.keys import of_company
from gateway.store.work import Work


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


_mappings = table_of(SavedMapping)


async def mappings_of(session: AsyncSession, *, company_id: int, kind: str) -> list[SavedMapping]:
    """Return the saved mappings for one kind of table, the latest first."""
    query = (
        select(SavedMapping)
        .where(_mappings.c.company_id == company_id, _mappings.c.kind == kind)
        .order_by(_mappings.c.recorded_at.desc(), _mappings.c.id.desc())
    )
    return list((await session.execute(query)).scalars())


async def put_mapping(work: Work, *, kind: str, name: str, mapping: dict[str, Any]) -> None:
    """Save a mapping under a name, in place of one that has it."""
    values = {
        "id": work.new_id(),
        "company_id": work.company_id,
        "kind": kind,
        "name": name,
        "mapping": mapping,
        "recorded_at": work.now,
    }
    insert = (sqlite.insert if work.is_sqlite else postgresql.insert)(_mappings).values(**values)
    changed = {"mapping": insert.excluded.mapping, "recorded_at": insert.excluded.recorded_at}
    names = ["company_id", "kind", "name"]
    await work.session.execute(insert.on_conflict_do_update(index_elements=names, set_=changed))


async def drop_mapping(work: Work, *, kind: str, name: str) -> bool:
    """Delete a saved mapping; return whether there was one."""
    found = (_mappings.c.company_id == work.company_id, _mappings.c.kind == kind, _mappings.c.name == name)
    result = await work.session.execute(delete(_mappings).where(*found))
    return int(result.rowcount) == 1  # type: ignore[attr-defined]
