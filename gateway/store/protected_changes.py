"""Changes that two persons make together: proposed by one, accepted or refused by another."""

import datetime as dt
from typing import Any

from sqlalchemy import Index

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.keys import index_where, of_company
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
