"""Refunds: transfers back to customers of what is kept on account for them."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.keys import of_company, owned, points
from schemas.states import RefundState


class Refund(Row, table=True):
    """One transfer back. It needs two persons: who proposed it never approves it."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("end_to_end_id"),
        CheckConstraint("amount_minor > 0", name="amount_above_zero"),
        Index("ix_refund_state", "company_id", "state", "id"),
        Index("ix_refund_item", "open_item_id"),
        of_company(),
        owned(),
        points("party_id", "party"),
        points("open_item_id", "open_item"),
        points("batch_id", "collection_batch"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    party_id: int = columns.key()
    open_item_id: int = columns.key()
    batch_id: int | None = columns.key(nullable=True)
    state: RefundState = columns.enum(RefundState, default=RefundState.PROPOSED)
    end_to_end_id: str = columns.text()
    amount_minor: int = columns.minor()
    currency: str = columns.text(default="EUR")
    creditor_name: str = columns.text()
    creditor_iban: str = columns.text()
    creditor_bic: str = columns.text(default="")
    remittance: str = columns.text(default="")
    warning: str = columns.text(default="")  # That the debtor's bank may still take the debit back, until when.
    proposed_by_id: int | None = columns.key(nullable=True)
    proposed_by: str = columns.text(default="")
    approved_by_id: int | None = columns.key(nullable=True)
    approved_by: str = columns.text(default="")
    settled_by_id: int | None = columns.key(nullable=True)  # The bank transaction that took the money.
    version: int = columns.number(default=1)
    created_at: dt.datetime = columns.moment()


refunds = table_of(Refund)
