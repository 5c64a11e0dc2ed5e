"""Allocations: what settles what. Rows are never changed or deleted; a mistake is corrected by a reversing row."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKeyConstraint, Index, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.digest import cover_table
from gateway.store.fetch import among, in_pieces
from gateway.store.keys import BY_STATEMENT, index_where, points
from gateway.store.work import Work
from schemas.states import AllocationKind


class Decision(Row, table=True):
    """One act that explained a bank transaction: by a rule or by a person, with its proof."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_bank_transaction", "bank_transaction_id", "id"),
        index_where("ix_decision_batch_id", "batch_id", where="batch_id IS NOT NULL"),
        points("bank_transaction_id", "bank_transaction", by_statement=True),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_transaction_id: int = columns.key()
    batch_id: int | None = columns.key(nullable=True)  # Decisions taken together: one bulk accept.
    booked_by: str = columns.text()  # rule or user
    rule: str = columns.text(default="")
    actor: str = columns.text()
    proof: list[Any] = columns.facts()
    recorded_at: dt.datetime = columns.moment()
    undone_at: dt.datetime | None = columns.moment(nullable=True)
    undone_by: str = columns.text(default="")
    undo_reason: str = columns.text(default="")


class Allocation(Row, table=True):
    """An amount from one source to one target.

    The source is a bank transaction, an open item, or (both empty) a settlement outside the bank with its
    ``outside_reason``. The target is an open item or a category. ``bank_minor`` is signed as the bank transaction,
    ``item_minor`` as the item. An item is settled by the rows that target it, less those it is the source of.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        index_where("uq_allocation_reverses_id", "reverses_id", where="reverses_id IS NOT NULL", unique=True),
        CheckConstraint("source_bank_transaction_id IS NULL OR source_item_id IS NULL", name="one_source"),
        CheckConstraint(
            "source_bank_transaction_id IS NOT NULL OR source_item_id IS NOT NULL OR outside_reason <> ''",
            name="has_source",
        ),
        CheckConstraint("(target_item_id IS NULL) <> (target_category = '')", name="one_target"),
        Index("ix_allocation_bank_transaction", "source_bank_transaction_id"),
        Index("ix_allocation_target_item", "target_item_id"),
        points("source_bank_transaction_id", "bank_transaction", by_statement=True),
        points("source_item_id", "open_item"),
        points("target_item_id", "open_item", by_statement=True),
        points("opened_item_id", "open_item"),
        ForeignKeyConstraint(["reverses_id"], ["allocation.id"]),
        ForeignKeyConstraint(["decision_id"], ["decision.id"], info={BY_STATEMENT: True}),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    kind: AllocationKind = columns.enum(AllocationKind)
    source_bank_transaction_id: int | None = columns.key(nullable=True)
    source_item_id: int | None = columns.key(nullable=True)
    outside_reason: str = columns.text(default="")
    target_item_id: int | None = columns.key(nullable=True)
    target_category: str = columns.text(default="")
    opened_item_id: int | None = columns.key(nullable=True)  # The on_account item that this row opened.
    account_word: str = columns.text(default="")
    bank_minor: int = columns.minor(default=0)
    bank_currency: str = columns.text()
    item_minor: int = columns.minor(default=0)
    item_currency: str = columns.text()
    effective_date: dt.date = columns.day()
    recorded_at: dt.datetime = columns.moment()
    booked_by: str = columns.text()  # rule or user
    reverses_id: int | None = columns.key(nullable=True)
    decision_id: int | None = columns.key(nullable=True, index=True)
    journal_id: int = columns.key()


cover_table(
    "allocation",
    "id",
    "kind",
    "source_bank_transaction_id",
    "source_item_id",
    "target_item_id",
    "bank_minor",
    "bank_currency",
    "item_minor",
    "item_currency",
    "effective_date",
    "reverses_id",
)

allocations, decisions = table_of(Allocation), table_of(Decision)
ALLOCATION_NAMES = (
    "id", "company_id", "kind", "source_bank_transaction_id", "target_item_id", "target_category", "opened_item_id",
    "outside_reason", "account_word", "source_item_id", "bank_minor", "bank_currency", "item_minor", "item_currency",
    "effective_date", "recorded_at", "booked_by", "reverses_id", "decision_id", "journal_id",
)  # fmt: skip
DECISION_NAMES = (
    "id", "company_id", "bank_transaction_id", "batch_id", "booked_by", "rule", "actor", "proof", "recorded_at",
)  # fmt: skip


def is_live_allocation() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that an allocation reverses nothing and nothing reversed it."""
    reversing = allocations.alias("reversing")
    reversed_by = select(reversing.c.id).where(reversing.c.reverses_id == allocations.c.id)
    return allocations.c.reverses_id.is_(None), ~reversed_by.exists()


async def rows_of_decisions(session: AsyncSession, ids: Sequence[int]) -> list[Allocation]:
    """Return the live allocations of some decisions, also those without a bank side, oldest first."""
    found: list[Allocation] = []
    for start in range(0, len(ids), 500):
        query = (
            select(Allocation)
            .where(allocations.c.decision_id.in_(ids[start : start + 500]), *is_live_allocation())
            .order_by(allocations.c.id)
        )
        found.extend((await session.execute(query)).scalars())
    return found


async def open_decisions(session: AsyncSession, ids: Sequence[int]) -> list[Decision]:
    """Return the decisions on some bank transactions that were not undone, oldest first."""
    found: list[Decision] = []
    for start in range(0, len(ids), 500):
        query = (
            select(Decision)
            .where(decisions.c.bank_transaction_id.in_(ids[start : start + 500]), decisions.c.undone_at.is_(None))
            .order_by(decisions.c.id)
        )
        found.extend((await session.execute(query)).scalars())
    return found


async def counts_of_decisions(session: AsyncSession, ids: Sequence[int]) -> dict[int, int]:
    """Return how many allocations each of some decisions made, reversed ones too."""
    found: dict[int, int] = {}
    for piece in in_pieces(ids):
        key = allocations.c.decision_id
        query = select(key, func.count()).where(among(session, key, piece)).group_by(key)
        found |= {row[0]: row[1] for row in await session.execute(query)}
    return found


async def history_of_transaction(session: AsyncSession, bank_transaction_id: int) -> list[Decision]:
    """Return all decisions on a bank transaction, oldest first."""
    query = select(Decision).where(decisions.c.bank_transaction_id == bank_transaction_id).order_by(decisions.c.id)
    return list((await session.execute(query)).scalars())


async def history_of_item(session: AsyncSession, *, company_id: int, open_item_id: int) -> list[Allocation]:
    """Return all allocations of an item, reversed ones too, oldest first."""
    query = (
        select(Allocation)
        .where(
            allocations.c.company_id == company_id,
            or_(allocations.c.target_item_id == open_item_id, allocations.c.source_item_id == open_item_id),
        )
        .order_by(allocations.c.id)
    )
    return list((await session.execute(query)).scalars())


async def mark_undone(work: Work, ids: Sequence[int], *, reason: str) -> None:
    """Say of some decisions that they were taken back, by whom, when and why."""
    for start in range(0, len(ids), 500):
        await work.session.execute(
            update(decisions)
            .where(decisions.c.id.in_(ids[start : start + 500]), decisions.c.undone_at.is_(None))
            .values(undone_at=work.now, undone_by=work.actor.name, undo_reason=reason)
        )
