"""Shapes of the unpaid register: debits that were rejected or came back."""

import datetime as dt

from schemas.codes.reason_actions import MandateAction, NextAction, Retry, ReturnKind
from schemas.payloads.common import Body, Day, Key, KeyNumber, Page, Sentence, Shape
from schemas.states import UnpaidState


class UnpaidFilter(Page):
    """Which rows to list."""

    state: UnpaidState | None = None
    kind: ReturnKind | None = None
    action: NextAction | None = None
    reason: str = ""
    customer_id: KeyNumber | None = None
    search: str = ""


class UnpaidItem(Shape):
    """An invoice or credit that the debit was for."""

    item_id: Key
    number: str


class UnpaidShape(Shape):
    """One row. Amounts are minor units of ``currency``; ``reason_text`` says the code in the caller's language."""

    id: Key
    customer_id: Key
    customer_number: str
    customer_name: str
    collection_id: Key | None
    end_to_end_id: str
    bank_transaction_id: Key | None
    kind: ReturnKind
    state: UnpaidState
    reason: str
    reason_text: str
    bank_text: str
    amount_minor: int
    fee_minor: int
    compensation_minor: int
    currency: str
    occurred_date: dt.date
    retry: Retry
    mandate_action: MandateAction
    next_action: NextAction
    next_action_text: str
    retry_date: dt.date | None
    retry_id: Key | None
    fee_item_id: Key | None
    owner_id: Key | None
    note: str
    closed_at: dt.datetime | None
    closed_by: str
    items: list[UnpaidItem]
    version: int


class UnpaidList(Shape):
    """A page of rows, what came back last first."""

    items: list[UnpaidShape]
    next_cursor: str | None


class RetryProposal(Shape):
    """When a new attempt is proposed, if at all, and why."""

    retry_date: dt.date | None
    first_date: dt.date
    explanation: str


class FeeApart(Shape):
    """What of a fee that the bank booked apart belongs to a debit: minor units, in ``fee_minor`` of its row already.

    ``fee_item_id`` is the item by which the customer is asked for it.
    """

    unpaid_id: Key
    bank_transaction_id: Key
    booking_date: dt.date
    amount_minor: int
    fee_item_id: Key | None


class UnpaidDetails(UnpaidShape):
    """One row with what is proposed for it now, and the fees that were booked apart for it."""

    retry_proposal: RetryProposal | None
    fees_apart: list[FeeApart]


class RetryBody(Body):
    """On which day the debit is presented again; the proposed one when none is given."""

    retry_date: Day | None = None


class OwnerBody(Body):
    """Who takes care of it; nobody when none is given."""

    owner_id: Key | None = None


class CloseBody(Body):
    """Why nothing more is done about it."""

    reason: Sentence
