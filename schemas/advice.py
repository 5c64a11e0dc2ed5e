"""A remittance advice: a customer's own list of what one transfer of his pays.

It says what the payer says. Whether a number is one of ours, and whether the money came, is decided elsewhere. Amounts
are whole minor units from our side: an invoice paid is positive, a credit note taken with it negative.
"""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple


class AdviceFormat(StrEnum):
    """In what an advice was written."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"
    TEXT = "text"  # Of a mail without a list attached, or a text file.


class AdviceLine(NamedTuple):
    """What is paid of one item. ``row`` is the line of the file or text, from 1.

    Paid, discount and deduction together are what the payer takes for settled; a deduction is all that he does not call
    a discount.
    """

    row: int
    written: str  # The number, with what stood beside it.
    paid_minor: int
    discount_minor: int = 0
    deducted_minor: int = 0


class Advice(NamedTuple):
    """What a remittance advice says."""

    format: AdviceFormat
    currency: str
    lines: tuple[AdviceLine, ...]
    stated_minor: int | None = None  # The total that it names.
    payment_date: dt.date | None = None
    payer_name: str = ""
    customer_number: str = ""
    ibans: tuple[str, ...] = ()  # All that it prints; ours may be among them.

    @property
    def lines_minor(self) -> int:
        """What its lines pay together."""
        return sum(line.paid_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        """What was transferred by its word: the total that it names, else the sum of its lines."""
        return self.lines_minor if self.stated_minor is None else self.stated_minor
