"""What the demo company collects: invoices of the customers with mandates, due in the weeks after the last day.

Some were announced in time, one was not, and one customer has no mandate, so that the plan has something to say.
"""

import datetime as dt
from typing import NamedTuple

from generators.demo_dice import Dice
from generators.demo_rows import CustomerRow, MandateRow

PURPOSES = ("Wartungsvertrag", "Monatsmiete Geräte", "Serviceabo", "Lieferung frei Haus")
_FIRST_NUMBER = 2001
_FROZEN_DAYS, _LATER_DAYS = (17, 18), (20, 27)  # Days after the last one on which invoices are due.


class DebitInvoice(NamedTuple):
    """An invoice to be collected."""

    number: str
    customer_number: str
    amount_minor: int
    due_date: dt.date
    notified_date: dt.date | None
    text: str


class DemoCollections(NamedTuple):
    """What is collected, and until when the first run reaches."""

    invoices: tuple[DebitInvoice, ...]
    until_date: dt.date


def make_collections(
    *, seed: int, last_date: dt.date, mandates: tuple[MandateRow, ...], customers: tuple[CustomerRow, ...]
) -> DemoCollections:
    """Return what the demo company collects after its last day."""
    dice = Dice(f"{seed}/collections")
    payers = [row.customer_number for row in mandates]
    invoices = [
        _invoice(dice, place, payers[place % len(payers)], last_date, days)
        for place, days in enumerate([*_FROZEN_DAYS * len(payers), *_LATER_DAYS * 2])
    ]
    invoices[-1] = invoices[-1]._replace(notified_date=None)
    without = next(row.number for row in customers if row.number not in payers and row.payment_method == "transfer")
    invoices.append(_invoice(dice, len(invoices), without, last_date, _LATER_DAYS[0]))
    until = last_date + dt.timedelta(days=_FROZEN_DAYS[-1])
    return DemoCollections(tuple(invoices), until)


def _invoice(dice: Dice, place: int, customer_number: str, last_date: dt.date, days: int) -> DebitInvoice:
    return DebitInvoice(
        f"LS-{last_date.year}-{_FIRST_NUMBER + place}", customer_number, dice.number(4_500, 189_000),
        last_date + dt.timedelta(days=days), last_date, PURPOSES[place % len(PURPOSES)],
    )  # fmt: skip
