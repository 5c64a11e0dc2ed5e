"""What will become of a collection: by magic amounts (the cents say it) or by dice of a seed.

The same collection has the same fate however often it is asked, whatever comes before it.
"""

import random
from enum import StrEnum
from typing import NamedTuple

from schemas.codes.reason_actions import ReturnKind
from schemas.codes.reasons import REASONS

FEE_MINOR, COMPENSATION_MINOR = 300, 17
REFUND_DAYS = 56  # Eight weeks, no questions asked.


class Event(StrEnum):
    """The kinds of fate."""

    SETTLE = "settle"
    REJECT = "reject"  # At once.
    REJECT_LATE = "reject_late"  # The day before settlement.
    REFUSE = "refuse"  # By the debtor, the day before settlement.
    RETURN = "return"  # Some T2 days after settlement.
    REFUND = "refund"  # Some calendar days after settlement.
    REJECT_BLOCK = "reject_block"
    REJECT_FILE = "reject_file"
    MOVE = "move"  # Settled a T2 day later than asked.
    LOSE_REPORT = "lose_report"
    REPEAT_REPORT = "repeat_report"
    DELAY_REPORT = "delay_report"


class FeeMode(StrEnum):
    """Where the fee of a return stands."""

    NONE = "none"
    INSIDE = "inside"
    APART = "apart"


class FeeTime(StrEnum):
    """When a fee is booked that stands apart."""

    AFTER = "after"  # Its return, in the same statement.
    BEFORE = "before"  # Its return, in the same statement.
    LATER = "later"  # Some T2 days.
    EARLIER = "earlier"  # A T2 day.


class FeeName(StrEnum):
    """By what a fee that stands apart names the collection."""

    TEXT = "text"  # The end-to-end id in the text.
    FIELD = "field"  # The end-to-end id in its own field.
    BOOKING = "booking"  # The bank's reference of the return, in the text; the id where that is booked later.


class Fate(NamedTuple):
    """What will happen. ``days`` are T2 days for a return, calendar days for a refund."""

    event: Event = Event.SETTLE
    reason: str = ""
    days: int = 0
    fee: FeeMode = FeeMode.NONE
    compensation_minor: int = 0
    fee_time: FeeTime = FeeTime.AFTER
    fee_name: FeeName = FeeName.TEXT


SETTLES = Fate()
_RETURNS = [code for code, reason in REASONS.items() if ReturnKind.RETURN in reason.kinds]
_REJECTS = [code for code, reason in REASONS.items() if reason.kinds == {ReturnKind.REJECT}]
_FIRST_RETURN, _FIRST_REJECT = 20, 54
# Cents of the amount: 00 to 19 and all that stand nowhere here settle.
MAGIC: dict[int, Fate] = {
    **{_FIRST_RETURN + place: Fate(Event.RETURN, code, 2) for place, code in enumerate(_RETURNS)},
    **{_FIRST_REJECT + place: Fate(Event.REJECT, code) for place, code in enumerate(_REJECTS)},
    78: Fate(Event.REJECT_LATE, "AM04"),
    79: Fate(Event.REJECT_LATE, "MS03"),
    80: Fate(Event.REFUSE, "MS02"),
    81: Fate(Event.REFUND, "MD06", 20),
    82: Fate(Event.REFUND, "MD06", REFUND_DAYS - 3, compensation_minor=COMPENSATION_MINOR),
    83: Fate(Event.REFUND, "MD01", 200),
    84: Fate(Event.REFUND, "MD01", 390),
    85: Fate(Event.RETURN, "AM04", 1, FeeMode.INSIDE),
    86: Fate(Event.RETURN, "AM04", 1, FeeMode.APART),
    87: Fate(Event.REJECT_BLOCK, "FF05"),
    88: Fate(Event.REJECT_FILE, "FF01"),
    89: Fate(Event.MOVE),
    90: Fate(Event.LOSE_REPORT),
    91: Fate(Event.REPEAT_REPORT),
    92: Fate(Event.DELAY_REPORT),
}


def magic_fate(amount_minor: int) -> Fate:
    """Return the fate that the cents of an amount say."""
    return MAGIC.get(amount_minor % 100, SETTLES)


def dice_fate(seed: int, end_to_end_id: str) -> Fate:
    """Return the fate that the dice of a seed give to a collection: nine of ten settle."""
    fate = _dice_event(seed, end_to_end_id)
    if fate.fee is not FeeMode.APART:
        return fate
    dice = random.Random(f"{seed}/fee/{end_to_end_id}")  # noqa: S311 - as below.
    return fate._replace(fee_time=dice.choice(tuple(FeeTime)), fee_name=dice.choice(tuple(FeeName)))


def _dice_event(seed: int, end_to_end_id: str) -> Fate:
    dice = random.Random(f"{seed}/{end_to_end_id}")  # noqa: S311 - a pretended bank throws honest dice.
    throw = dice.random()
    fee = dice.choice(tuple(FeeMode))
    if throw < 0.02:
        return Fate(Event.REJECT, dice.choice(_RETURNS))
    if throw < 0.03:
        return Fate(Event.REJECT_LATE, dice.choice(_RETURNS))
    if throw < 0.035:
        return Fate(Event.REFUSE, "MS02")
    if throw < 0.075:
        return Fate(Event.RETURN, dice.choice(_RETURNS), dice.randint(1, 3), fee)
    if throw < 0.09:
        compensation = dice.choice((0, 0, COMPENSATION_MINOR))
        return Fate(Event.REFUND, "MD06", dice.randint(1, REFUND_DAYS - 4), fee, compensation)
    if throw < 0.095:
        return Fate(Event.REFUND, "MD01", dice.randint(1, 390), fee)
    return Fate(Event.MOVE) if throw < 0.1 else SETTLES


def dice_post(seed: int, name: str) -> Event | None:
    """Return what happens to a report on its way, mostly nothing."""
    throw = random.Random(f"{seed}/post/{name}").random()  # noqa: S311 - as above.
    if throw < 0.02:
        return Event.LOSE_REPORT
    if throw < 0.06:
        return Event.REPEAT_REPORT
    return Event.DELAY_REPORT if throw < 0.12 else None


def magic_words() -> list[str]:
    """Return the table of magic cents as sentences, for people."""
    words = {
        Event.REJECT: "rejected at once, {reason}",
        Event.REJECT_LATE: "rejected the day before settlement, {reason}",
        Event.REFUSE: "refused by the debtor the day before settlement, {reason}",
        Event.RETURN: "returned after {days} bank days, {reason}, fee {fee}",
        Event.REFUND: "refunded after {days} days, {reason}, {compensation_minor} cents of compensation",
        Event.REJECT_BLOCK: "its whole block is rejected, {reason}",
        Event.REJECT_FILE: "its whole file is rejected, {reason}",
        Event.MOVE: "settled a bank day later",
        Event.LOSE_REPORT: "settled; the report on its file is lost",
        Event.REPEAT_REPORT: "settled; the report on its file comes twice",
        Event.DELAY_REPORT: "settled; the report on its file comes a day late",
    }
    return [f".{cents:02d} {words[fate.event].format(**fate._asdict())}" for cents, fate in sorted(MAGIC.items())]
