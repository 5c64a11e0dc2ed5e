"""Open items: invoices, credit notes and what else is owed, with the versions of what may change in them."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row
from gateway.store.digest import cover_table
from gateway.store.keys import of_company, owned, points
from schemas.states import OpenItemKind, PaymentMethod

WITHIN = (
    "(amount_minor >= 0 AND {0} BETWEEN 0 AND amount_minor) OR (amount_minor < 0 AND {0} BETWEEN amount_minor AND 0)"
)


class OpenItem(Row, table=True):
    """One item. ``settled_minor`` is a guard beside the allocations: their sum, never beyond the amount (INV-2, 3)."""

    __tablename__ = "open_item"
    __table_args__ = (
        UniqueConstraint("company_id", "kind", "number"),
        CheckConstraint(WITHIN.format("settled_minor"), name="settled_within_amount"),
        Index("ix_open_item_due", "company_id", "due_date", "id"),
        Index("ix_open_item_number", "company_id", "number_key"),
        Index("ix_open_item_reference", "company_id", "reference_key"),
        of_company(),
        owned(),
        points("party_id", "party"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    kind: OpenItemKind = columns.enum(OpenItemKind)
    number: str = columns.text()
    number_key: str = columns.text()
    party_id: int = columns.key(index=True)
    currency: str = columns.text()
    amount_minor: int = columns.minor()
    settled_minor: int = columns.minor(default=0)
    disputed_minor: int = columns.minor(default=0)
    issue_date: dt.date | None = columns.day(nullable=True)
    due_date: dt.date | None = columns.day(nullable=True)
    creditor_reference: str | None = columns.text(nullable=True)
    reference_key: str | None = columns.text(nullable=True)
    order_reference: str | None = columns.text(nullable=True)
    original_number: str | None = columns.text(nullable=True)
    discount_basis_points: int | None = columns.number(nullable=True)
    discount_until_date: dt.date | None = columns.day(nullable=True)
    discount2_basis_points: int | None = columns.number(nullable=True)
    discount2_until_date: dt.date | None = columns.day(nullable=True)
    tax_minor: int | None = columns.minor(nullable=True)
    text: str = columns.text(default="")
    payment_method: PaymentMethod | None = columns.enum(PaymentMethod, nullable=True)
    notified_date: dt.date | None = columns.day(nullable=True)
    in_flight_date: dt.date | None = columns.day(nullable=True)
    cancelled_at: dt.datetime | None = columns.moment(nullable=True)
    version: int = columns.number(default=1)
    created_at: dt.datetime = columns.moment()


class OpenItemVersion(Row, table=True):
    """What an item said from a moment on; ``record`` holds what is not a column here."""

    __tablename__ = "open_item_version"
    __table_args__ = (UniqueConstraint("open_item_id", "position"), of_company(), points("open_item_id", "open_item"))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    open_item_id: int = columns.key()
    position: int = columns.number()
    amount_minor: int = columns.minor()
    disputed_minor: int = columns.minor(default=0)
    due_date: dt.date | None = columns.day(nullable=True)
    party_id: int = columns.key()
    record: dict[str, Any] = columns.facts()
    recorded_at: dt.datetime = columns.moment()
    actor: str = columns.text()
    journal_id: int = columns.key()


class ItemChange(Row, table=True):
    """A change of an item that has allocations: proposed by an import, decided by a person."""

    __tablename__ = "item_change"
    __table_args__ = (of_company(), points("open_item_id", "open_item"))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    open_item_id: int = columns.key(index=True)
    record: dict[str, Any] = columns.facts()
    source: str = columns.text()
    proposed_at: dt.datetime = columns.moment()
    decided_at: dt.datetime | None = columns.moment(nullable=True)
    decided_by: str = columns.text(default="")
    outcome: str = columns.text(default="")


cover_table(
    "open_item_version", "id", "open_item_id", "position", "amount_minor", "disputed_minor", "due_date", "party_id"
)
