"""Shapes of refunds: transfers back to customers of what is kept for them."""

import datetime as dt

from schemas.payloads.common import Body, Key, Minor, Page, Sentence, Shape, Word
from schemas.states import RefundState


class RefundShape(Shape):
    """One refund. Amounts are cents of euro; ``account`` is masked.

    ``refundable_until``: until then the customer's bank may still take back a debit of his.
    """

    id: Key
    state: RefundState
    customer_id: Key
    invoice_id: Key
    amount_minor: int
    account: str
    name: str
    remittance: str
    end_to_end_id: str
    proposed_by: str
    approved_by: str
    ended_because: str
    refundable_until: dt.date | None
    created_at: dt.datetime


class RefundFilter(Page):
    """Which refunds to list."""

    state: RefundState | None = None


class RefundList(Shape):
    """A page of refunds, the newest first."""

    items: list[RefundShape]
    next_cursor: str | None


class NewRefund(Body):
    """Pay something kept for a customer back. ``invoice_id`` names the item on account or the credit note."""

    invoice_id: Key
    amount_minor: Minor
    iban: Word
    bic: Word | None = None
    remittance: Sentence | None = None
    reason: Sentence


class RefundAccount(Body):
    """Propose another account for a refund; a second person accepts it."""

    iban: Word
    bic: Word | None = None
    reason: Sentence
