"""Changes that two persons make together: proposed by one, accepted or refused by another."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Index, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store import columns
from gateway.store.bulk import insert_rows
from gateway.store.columns import Row, table_of
from gateway.store.fetch import among, in_pieces
from gateway.store.keys import index_where, of_company
from gateway.store.work import Work
from schemas.states import ProposalState, ProtectedKind


class ProtectedChange(Row, table=True):
    """One change that waits or was decided. Until it is accepted the old value stays in use.

    ``record`` has the old and the new values; ``batch_id`` ties those of one import, which are decided as one set.
    """

    __tablename__ = "protected_change"
    __table_args__ = (
        index_where("uq_protected_change_open", "kind", "subject_id", where="state = 'open'", unique=True),
        Index("ix_protected_change_state", "company_id", "state", "id"),
        of_company(),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    kind: ProtectedKind = columns.enum(ProtectedKind)
    subject_id: int = columns.key()
    state: ProposalState = columns.enum(ProposalState, default=ProposalState.OPEN)
    record: dict[str, Any] = columns.facts()
    reason: str = columns.text(default="")
    batch_id: int | None = columns.key(nullable=True, index=True)
    proposed_by_id: int | None = columns.key(nullable=True)
    proposed_by: str = columns.text()
    proposed_at: dt.datetime = columns.moment()
    decided_by_id: int | None = columns.key(nullable=True)
    decided_by: str = columns.text(default="")
    decided_at: dt.datetime | None = columns.moment(nullable=True)
    decided_reason: str = columns.text(default="")
    version: int = columns.number(default=1)


protected_changes = table_of(ProtectedChange)
_NEW = (
    "id", "company_id", "kind", "subject_id", "record", "reason", "batch_id", "proposed_by_id", "proposed_by",
    "proposed_at",
)  # fmt: skip


class NewChange(NamedTuple):
    """A change to propose: of what, and the old and the new values."""

    kind: ProtectedKind
    subject_id: int
    record: dict[str, Any]
    reason: str = ""
    batch_id: int | None = None


async def insert_changes(work: Work, new: Sequence[NewChange]) -> list[int]:
    """Store proposals; return their keys."""
    person = work.actor.id if work.actor.kind == "user" else None
    ids = work.new_ids(len(new))
    rows = [
        (key, work.company_id, one.kind, one.subject_id, one.record, one.reason, one.batch_id, person,
         work.actor.word, work.now)
        for key, one in zip(ids, new, strict=True)
    ]  # fmt: skip
    await insert_rows(work, protected_changes, _NEW, rows)
    return ids


async def open_changes_of(
    session: AsyncSession, *, company_id: int, kind: ProtectedKind, subject_ids: Iterable[int]
) -> dict[int, ProtectedChange]:
    """Return the changes of some things that wait, by the thing."""
    t, found = protected_changes.c, dict[int, ProtectedChange]()
    for piece in in_pieces(subject_ids):
        query = select(ProtectedChange).where(
            t.company_id == company_id, t.kind == kind, t.state == ProposalState.OPEN,
            among(session, t.subject_id, piece),
        )  # fmt: skip
        found |= {row.subject_id: row for row in (await session.execute(query)).scalars()}
    return found


async def waiting_changes(
    session: AsyncSession, *, company_id: int, kinds: Sequence[ProtectedKind] = (), limit: int = 500
) -> list[ProtectedChange]:
    """Return the changes that wait, the oldest first, those of one set together."""
    t = protected_changes.c
    query = select(ProtectedChange).where(t.company_id == company_id, t.state == ProposalState.OPEN)
    if kinds:
        query = query.where(t.kind.in_(kinds))
    query = query.order_by(func.coalesce(t.batch_id, t.id), t.id).limit(limit)
    return list((await session.execute(query)).scalars())


async def count_waiting(session: AsyncSession, *, company_id: int) -> int:
    """Return how many changes wait."""
    t = protected_changes.c
    query = select(func.count()).where(t.company_id == company_id, t.state == ProposalState.OPEN)
    return (await session.execute(query)).scalar_one()


async def decided_changes(
    session: AsyncSession, *, company_id: int, kind: ProtectedKind, subject_id: int
) -> list[ProtectedChange]:
    """Return all changes that were ever proposed of a thing, the latest first."""
    t = protected_changes.c
    query = select(ProtectedChange).where(t.company_id == company_id, t.kind == kind, t.subject_id == subject_id)
    return list((await session.execute(query.order_by(t.id.desc()))).scalars())


async def is_known(session: AsyncSession, *, company_id: int, change_id: int) -> bool:
    """Tell whether a company has a change with this key, decided or not."""
    t = protected_changes.c
    query = select(t.id).where(t.company_id == company_id, t.id == change_id)
    return (await session.execute(query)).first() is not None


async def lock_open_changes(work: Work, *, ids: Iterable[int]) -> list[ProtectedChange]:
    """Lock changes of the company that still wait, in the order of their keys."""
    t, found = protected_changes.c, list[ProtectedChange]()
    for piece in in_pieces(ids):
        query = select(ProtectedChange).where(
            t.company_id == work.company_id, t.state == ProposalState.OPEN, among(work.session, t.id, piece)
        )
        found += (await work.session.execute(query.order_by(t.id).with_for_update())).scalars()
    return found


async def ids_of_batch(session: AsyncSession, *, company_id: int, batch_id: int) -> list[int]:
    """Return the keys of the changes of one set that still wait."""
    t = protected_changes.c
    query = select(t.id).where(t.company_id == company_id, t.batch_id == batch_id, t.state == ProposalState.OPEN)
    return list((await session.execute(query.order_by(t.id))).scalars())


async def close_changes(work: Work, *, ids: Iterable[int], state: ProposalState, reason: str) -> None:
    """Write down who decided."""
    t = protected_changes.c
    person = work.actor.id if work.actor.kind == "user" else None
    for piece in in_pieces(ids):
        statement = update(protected_changes).where(t.company_id == work.company_id, among(work.session, t.id, piece))
        await work.session.execute(
            statement.values(
                state=state,
                decided_by_id=person,
                decided_by=work.actor.word,
                decided_at=work.now,
                decided_reason=reason,
                version=t.version + 1,
            )
        )
