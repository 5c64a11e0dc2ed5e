"""The rules of one open item: what is still open of it, and what its state is called. Both are computed."""

import datetime as dt
import re

from schemas.states import ItemState

_NOISE = re.compile(r"[^0-9A-Z]+")


def number_key(text: str) -> str:
    """Return a document number as it is compared: capital letters A to Z and digits, nothing else."""
    return _NOISE.sub("", text.upper())


def open_minor(*, amount_minor: int, settled_minor: int, is_cancelled: bool = False) -> int:
    """Return what is still open, signed like the amount; of a cancelled item nothing is."""
    return 0 if is_cancelled else amount_minor - settled_minor


def item_state(
    *, amount_minor: int, settled_minor: int, disputed_minor: int = 0, is_cancelled: bool = False
) -> ItemState:
    """Return the state of an item. A dispute shows while something is open."""
    if is_cancelled:
        return ItemState.CANCELLED
    if abs(settled_minor) > abs(amount_minor):
        return ItemState.OVERPAID
    if settled_minor == amount_minor:
        return ItemState.PAID
    if disputed_minor:
        return ItemState.DISPUTED
    return ItemState.PARTLY_PAID if settled_minor else ItemState.OPEN


def is_overdue(*, due_date: dt.date | None, today: dt.date, open_minor: int) -> bool:
    """Tell whether an item that the customer owes is open after its due date."""
    return due_date is not None and due_date < today and open_minor > 0
