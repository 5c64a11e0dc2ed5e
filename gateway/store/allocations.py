"""Allocations: what settles what. Rows are never changed or deleted; a mistake is corrected by a reversing row."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row
from gateway.store.digest import cover_table
from gateway.store.keys import of_company, owned, points
from schemas.states import AllocationKind


class Decision(Row, table=True):
    """One act that explained a bank transaction: by a rule or by a person, with its proof."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_bank_transaction", "bank_transaction_id", "id"),
        of_company(),
        owned(),
        points("bank_transaction_id", "bank_transaction"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_transaction_id: int = columns.key()
    batch_id: int | None = columns.key(nullable=True, index=True)  # Decisions taken together: one bulk accept.
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
        UniqueConstraint("reverses_id"),
        CheckConstraint("source_bank_transaction_id IS NULL OR source_item_id IS NULL", name="one_source"),
        CheckConstraint(
            "source_bank_transaction_id IS NOT NULL OR source_item_id IS NOT NULL OR outside_reason <> ''",
            name="has_source",
        ),
        CheckConstraint("(target_item_id IS NULL) <> (target_category = '')", name="one_target"),
        Index("ix_allocation_bank_transaction", "source_bank_transaction_id"),
        Index("ix_allocation_target_item", "target_item_id"),
        of_company(),
        owned(),
        points("source_bank_transaction_id", "bank_transaction"),
        points("source_item_id", "open_item"),
        points("target_item_id", "open_item"),
        points("opened_item_id", "open_item"),
        points("reverses_id", "allocation"),
        points("decision_id", "decision"),
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
