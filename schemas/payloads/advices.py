"""Shapes of remittance advices: what customers said that their transfers pay."""

import datetime as dt

from schemas.advice import AdviceFormat
from schemas.payloads.common import Key, Page, Shape
from schemas.states import AdviceSign, AdviceState, AdviceWait


class AdviceError(Shape):
    """Why an advice was refused."""

    code: str
    message: str


class AdviceLineShape(Shape):
    """What is paid of one item, in minor units; a credit note is negative. ``row`` is its line in the file."""

    row: int
    written: str
    paid_minor: int
    discount_minor: int
    deducted_minor: int


class AdviceShape(Shape):
    """One advice. ``total_minor`` is what was transferred by its word; ``accounts`` are masked.

    ``wait`` says why it has no credit yet, ``sign`` what showed that the credit is its own.
    """

    id: Key
    sha256: str
    name: str
    channel: str
    state: AdviceState
    wait: AdviceWait | None
    sign: AdviceSign | None
    bank_transaction_id: Key | None
    error: AdviceError | None
    format: AdviceFormat | None
    currency: str
    total_minor: int
    stated_minor: int | None
    payment_date: dt.date | None
    payer_name: str
    customer_number: str
    accounts: list[str]
    received_at: dt.datetime
    lines: list[AdviceLineShape]


class AdviceFilter(Page):
    """Which advices to list."""

    state: AdviceState | None = None


class AdviceList(Shape):
    """A page of advices, the newest first."""

    items: list[AdviceShape]
    next_cursor: str | None
