"""What a clerk puts together by hand: amounts typed beside open items, the rest on account or left in the queue.

The form is read the same way when the sum is only looked at and when it is booked.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.domain.matching.model import Line
from gateway.store.open_items import OpenItem
from gateway.web import format as formats
from gateway.web.typed import TypedAmount, read_amount
from schemas.errors import GatewayError
from schemas.states import AllocationKind, Language

PAY, TAKE = "pay-", "take-"


class SplitRow(NamedTuple):
    """One open item with what was typed beside it; ``fault`` says why that cannot be."""

    item: OpenItem
    open_minor: int
    is_taken: bool
    typed: str
    minor: int
    fault: str


class Split(NamedTuple):
    """What was put together, and what it comes to (minor units of the bank transaction)."""

    rows: tuple[SplitRow, ...]
    on_account: str
    on_account_minor: int
    on_account_fault: str
    customer_id: int | None
    wanted_minor: int

    @property
    def taken(self) -> tuple[SplitRow, ...]:
        """The items that something is paid of."""
        return tuple(row for row in self.rows if row.is_taken and row.minor)

    @property
    def paid_minor(self) -> int:
        """What the items take."""
        return sum(row.minor for row in self.taken)

    @property
    def left_minor(self) -> int:
        """What is still to be given a place."""
        return self.wanted_minor - self.paid_minor - self.on_account_minor

    @property
    def is_readable(self) -> bool:
        """Whether every amount could be read and fits its item."""
        return not self.on_account_fault and not any(row.fault for row in self.rows)

    @property
    def fits(self) -> bool:
        """Whether this can be booked: something is used, and no more than came in."""
        used = self.wanted_minor - self.left_minor
        within = 0 < used <= self.wanted_minor or self.wanted_minor <= used < 0
        return self.is_readable and within and (not self.on_account_minor or self.customer_id is not None)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines to book."""
        return tuple(Line(row.item.id, AllocationKind.PAYMENT, row.minor) for row in self.taken)


def taken_ids(form: Mapping[str, str]) -> list[int]:
    """Return the items that were ticked in a form, or have an amount."""
    keys = [name.removeprefix(TAKE) for name in form if name.startswith(TAKE)]
    keys += [name.removeprefix(PAY) for name, text in form.items() if name.startswith(PAY) and text.strip()]
    return [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]


def read_split(
    form: Mapping[str, str],
    items: Sequence[OpenItem],
    *,
    wanted_minor: int,
    customer_id: int | None,
    currency: str,
    language: Language,
) -> Split:
    """Return what was typed. An item with an amount is taken; one ticked without an amount takes all that fits."""
    rows: list[SplitRow] = []
    left = wanted_minor
    for item in items:
        row = _row(form, item, left, language)
        left -= row.minor if row.is_taken else 0
        rows.append(row)
    text = form.get("on_account", "")
    minor, fault = _amount(text, currency, language)
    if form.get("rest") == "on_account":
        minor, text = left, formats.amount(left, currency, language)
    if not (0 <= minor <= wanted_minor or wanted_minor <= minor <= 0):
        fault = fault or "more than came in"
    return Split(tuple(rows), text, minor, fault, customer_id, wanted_minor)


def _row(form: Mapping[str, str], item: OpenItem, left: int, language: Language) -> SplitRow:
    open_minor = item.amount_minor - item.settled_minor
    text = form.get(f"{PAY}{item.id}", "").strip()
    is_taken = bool(text) or f"{TAKE}{item.id}" in form
    minor, fault = _amount(text, item.currency, language)
    if not text:
        minor = open_minor if abs(open_minor) <= abs(left) or open_minor * left < 0 else left
    if not fault and not (0 <= minor <= open_minor or open_minor <= minor <= 0):
        fault = "more than is open"
    shown = text or (formats.amount(minor, item.currency, language) if is_taken else "")
    return SplitRow(item, open_minor, is_taken, shown, minor if is_taken else 0, fault if is_taken else "")


def _amount(text: str, currency: str, language: Language) -> tuple[int, str]:
    try:
        return read_amount(text, currency, language), ""
    except (TypedAmount, GatewayError):
        return 0, "not an amount"
