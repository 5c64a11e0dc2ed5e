"""Shapes of invoices and what else is owed: open items of every kind, their history, and proposed changes.

Amounts are minor units of the item's currency, signed: a credit note is negative.
"""

import datetime as dt
from typing import Literal, Self

from pydantic import model_validator

from schemas.payloads.common import (
    BasisPoints,
    Body,
    Currency,
    Day,
    Key,
    KeyNumber,
    Minor,
    Number,
    Page,
    Sentence,
    Shape,
    Text,
    Word,
)
from schemas.states import AllocationKind, ItemState, OpenItemKind, PaymentMethod


class InvoiceFilter(Page):
    """Which items to list. ``search`` is a part of a number or of a customer's name, a reference, or an amount."""

    state: ItemState | None = None
    kind: OpenItemKind | None = None
    customer_id: KeyNumber | None = None
    due_from: Day | None = None
    due_to: Day | None = None
    currency: Currency | None = None
    search: Text = ""
    sort: Literal["due", "number", "amount", "entered"] = "due"
    descending: bool = False


class InvoiceLine(Shape):
    """One item in a list."""

    id: Key
    kind: OpenItemKind
    number: str
    customer_id: Key
    customer_number: str
    customer_name: str
    currency: str
    amount_minor: int
    open_minor: int
    settled_minor: int
    disputed_minor: int
    state: ItemState
    issue_date: dt.date | None
    due_date: dt.date | None


class InvoiceList(Shape):
    """A page of items."""

    items: list[InvoiceLine]
    next_cursor: str | None


class InvoiceShape(InvoiceLine):
    """One item with all that its document says. Discounts are basis points: 2 % is 200."""

    creditor_reference: str | None
    order_reference: str | None
    original_number: str | None
    discount_basis_points: int | None
    discount_until_date: dt.date | None
    discount2_basis_points: int | None
    discount2_until_date: dt.date | None
    tax_minor: int | None
    text: str
    payment_method: PaymentMethod | None
    notified_date: dt.date | None
    in_flight_date: dt.date | None
    cancelled_at: dt.datetime | None
    version: int
    created_at: dt.datetime


class ItemAllocationShape(Shape):
    """One allocation that settles the item, or (``is_source``) draws from it. What was taken back is not live."""

    id: Key
    kind: AllocationKind
    is_source: bool
    bank_transaction_id: Key | None
    item_minor: int
    currency: str
    effective_date: dt.date
    recorded_at: dt.datetime
    booked_by: str
    outside_reason: str
    reverses_id: Key | None
    live: bool


class ItemVersionShape(Shape):
    """What the item said from a moment on; ``facts`` are the other facts that say something."""

    position: int
    customer_id: Key
    amount_minor: int
    disputed_minor: int
    due_date: dt.date | None
    facts: dict[str, str | int | bool]
    recorded_at: dt.datetime
    actor: str


class FactChange(Shape):
    """A fact that would be other than it is. ``settle_minor`` would be settled outside the bank."""

    name: str
    before: str | int | None
    after: str | int | None


class ItemChangeShape(Shape):
    """A change of an item that somebody relies on: proposed, for a person to accept or dismiss."""

    id: Key
    item_id: Key
    kind: OpenItemKind
    number: str
    customer_id: Key
    changes: list[FactChange]
    source: str
    proposed_at: dt.datetime
    state: Literal["waiting", "accepted", "dismissed", "superseded"]
    decided_at: dt.datetime | None
    decided_by: str


class ItemChangeList(Shape):
    """A page of changes that wait, oldest first."""

    items: list[ItemChangeShape]
    next_cursor: str | None


class InvoiceHistory(Shape):
    """One item with what settles it, its versions, and the changes that wait for a person."""

    invoice: InvoiceShape
    allocations: list[ItemAllocationShape]
    versions: list[ItemVersionShape]
    waiting_changes: list[ItemChangeShape]


class NewInvoice(Body):
    """An item to store: an invoice or fee claim with a positive amount, or a credit note with a negative one.

    An ``open_minor`` other than the amount says that the rest was settled before.
    """

    number: Number
    customer_number: Number
    kind: Literal[OpenItemKind.INVOICE, OpenItemKind.CREDIT_NOTE, OpenItemKind.FEE_CLAIM] = OpenItemKind.INVOICE
    currency: Currency
    amount_minor: Minor
    open_minor: Minor | None = None
    issue_date: Day | None = None
    due_date: Day | None = None
    creditor_reference: Word | None = None
    order_reference: Word | None = None
    original_number: Word | None = None
    discount_basis_points: BasisPoints | None = None
    discount_until_date: Day | None = None
    discount2_basis_points: BasisPoints | None = None
    discount2_until_date: Day | None = None
    tax_minor: Minor | None = None
    text: Text | None = None
    payment_method: PaymentMethod | None = None
    notified_date: Day | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Refuse what contradicts itself, as the import of a table does."""
        is_credit = self.kind is OpenItemKind.CREDIT_NOTE
        if self.amount_minor == 0 or (self.amount_minor < 0) is not is_credit:
            raise ValueError(f"amount_minor is {'below' if is_credit else 'above'} 0 for kind {self.kind.value}")
        if self.issue_date is None and self.due_date is None:
            raise ValueError("a due_date or an issue_date is needed")
        for points, until in ((self.discount_basis_points, self.discount_until_date),
                              (self.discount2_basis_points, self.discount2_until_date)):  # fmt: skip
            if points and until is None:
                raise ValueError("a discount has a last day")
        low, high = sorted((0, self.amount_minor))
        if self.tax_minor is not None and not low <= self.tax_minor <= high:
            raise ValueError("tax_minor is a part of amount_minor")
        return self


_NEVER_NULL = frozenset({"customer_id", "currency", "amount_minor"})


class InvoiceChange(Body):
    """What an item says from now on; what is left out stays, null clears (not customer, currency or amount)."""

    customer_id: Key | None = None
    currency: Currency | None = None
    amount_minor: Minor | None = None
    due_date: Day | None = None
    issue_date: Day | None = None
    creditor_reference: Word | None = None
    order_reference: Word | None = None
    original_number: Word | None = None
    discount_basis_points: BasisPoints | None = None
    discount_until_date: Day | None = None
    discount2_basis_points: BasisPoints | None = None
    discount2_until_date: Day | None = None
    tax_minor: Minor | None = None
    text: Text | None = None
    payment_method: PaymentMethod | None = None
    notified_date: Day | None = None

    @model_validator(mode="after")
    def _keep(self) -> Self:
        for name in sorted(_NEVER_NULL & self.model_fields_set):
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be cleared")
        return self


class InvoiceChanged(Shape):
    """What became of a change: applied, proposed under ``change_id`` because somebody relies on the item, or nothing
    differed."""

    outcome: Literal["applied", "proposed", "unchanged"]
    change_id: Key | None
    invoice: InvoiceShape


class DisputeBody(Body):
    """How much of what is open is in dispute, signed as the item; 0 ends the dispute."""

    disputed_minor: Minor
    reason: Sentence


class AcceptChange(Body):
    """When a proposed settlement takes effect (today, when empty), and why it is accepted."""

    effective_date: Day | None = None
    reason: Text = ""


class DismissChange(Body):
    """Why a proposed change is dismissed."""

    reason: Text = ""
