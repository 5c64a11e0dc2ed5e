"""How the pretended bank works: its cut-off, how it books, what it charges, whether its post is reliable."""

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Habits(NamedTuple):
    """The habits of one pretended bank. Without a seed the cents of an amount say what happens."""

    bic: str = "FAKEDEFFXXX"
    seed: int | None = None
    cut_off: dt.time = dt.time(12, 0)
    zone: str = "Europe/Berlin"
    lead_days_core: int = 1
    lead_days_b2b: int = 1
    days_ahead_max: int = 60
    accounts: tuple[str, ...] = ()  # Ours; without any, an account is opened when it is first named.
    sends_positive: bool = True  # Reports also what it accepts.
    is_gross: bool = False  # Late rejects are in the batch credit and come back apart.
    books_each: bool = False  # One booking for each collection, whatever the order says.
    sums_fees: bool = False  # Fees that stand apart are booked on Fridays in one sum, which names all.
    has_bad_post: bool = False  # With a seed: reports are lost, repeated, late; statements repeated, late.

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone of its clock."""
        return ZoneInfo(self.zone)
