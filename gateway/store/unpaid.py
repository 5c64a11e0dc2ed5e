"""Debits that were rejected or came back: the unpaid register, and the fees that the bank booked apart for them."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.keys import index_where, of_company, owned, points
from schemas.codes.reason_actions import MandateAction, NextAction, Retry, ReturnKind
from schemas.states import UnpaidState


class Unpaid(Row, table=True):
    """One reject, refusal, return, refund or reversal of a collection (an R-transaction).

    ``amount_minor`` is what the debit was for; ``fee_minor`` what the banks kept, inside it or booked apart, and
    ``compensation_minor`` the interest that the debtor's bank claimed. A debit that another system sent and nobody
    imported has no collection.
    """

    __tablename__ = "unpaid"
    __table_args__ = (
        index_where(
            "uq_unpaid_transaction", "bank_transaction_id", where="bank_transaction_id IS NOT NULL", unique=True
        ),
        Index("ix_unpaid_collection", "collection_id"),
        Index("ix_unpaid_state", "company_id", "state", "occurred_date", "id"),
        Index("ix_unpaid_list", "company_id", "occurred_date", "id"),
        Index("ix_unpaid_party", "party_id", "occurred_date"),
        of_company(),
        owned(),
        points("collection_id", "collection"),
        points("party_id", "party"),
        points("bank_transaction_id", "bank_transaction"),
        points("report_id", "bank_report"),
        points("retry_id", "collection"),
        points("fee_item_id", "open_item"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    party_id: int = columns.key()
    collection_id: int | None = columns.key(nullable=True)
    bank_transaction_id: int | None = columns.key(nullable=True)
    report_id: int | None = columns.key(nullable=True)
    kind: ReturnKind = columns.enum(ReturnKind)
    state: UnpaidState = columns.enum(UnpaidState, default=UnpaidState.OPEN)
    reason: str = columns.text(default="")  # The code; empty when the bank gave none.
    words: str = columns.text(default="")  # The bank's own.
    amount_minor: int = columns.minor()
    fee_minor: int = columns.minor(default=0)
    compensation_minor: int = columns.minor(default=0)
    currency: str = columns.text(default="EUR")
    occurred_date: dt.date = columns.day()
    retry: Retry = columns.enum(Retry)
    mandate_action: MandateAction = columns.enum(MandateAction)
    next_action: NextAction = columns.enum(NextAction)
    retry_date: dt.date | None = columns.day(nullable=True)  # Proposed.
    retry_id: int | None = columns.key(nullable=True)  # The new collection.
    fee_item_id: int | None = columns.key(nullable=True)  # The fee that the customer is asked for.
    owner_id: int | None = columns.key(nullable=True)
    note: str = columns.text(default="")
    closed_at: dt.datetime | None = columns.moment(nullable=True)
    closed_by: str = columns.text(default="")
    version: int = columns.number(default=1)
    recorded_at: dt.datetime = columns.moment()


class UnpaidFee(Row, table=True):
    """What of a fee that the bank booked apart belongs to a row of the register: in its ``fee_minor`` already."""

    __tablename__ = "unpaid_fee"
    __table_args__ = (
        UniqueConstraint("bank_transaction_id", "unpaid_id"),
        CheckConstraint("amount_minor > 0", name="amount_above_zero"),
        Index("ix_unpaid_fee_unpaid", "unpaid_id"),
        of_company(),
        points("unpaid_id", "unpaid"),
        points("bank_transaction_id", "bank_transaction"),
        points("fee_item_id", "open_item"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    unpaid_id: int = columns.key()
    bank_transaction_id: int = columns.key()
    amount_minor: int = columns.minor()
    fee_item_id: int | None = columns.key(nullable=True)  # By which the customer is asked for it.
    recorded_at: dt.datetime = columns.moment()


unpaid, unpaid_fees = table_of(Unpaid), table_of(UnpaidFee)
