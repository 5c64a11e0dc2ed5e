"""Shapes of a replay: which past payments are decided again, under which change, and what it would do."""

from typing import Annotated

from pydantic import Field, StrictBool

from schemas.payloads.common import Body, Currency, Day, Key, Minor, Shape, Word
from schemas.states import ReplayEffect

Value = StrictBool | Annotated[int, Field(strict=True, ge=0, lt=10**9)]


class ReplayBody(Body):
    """Booking dates, inclusive; values of rules as `GET /policy` names them, the others as they hold now.

    Without ``rules`` those of each day hold. ``without_rules`` are rules of the company as if they were off, the others
    as they are now; ``forget`` accounts of payers and ``forget_habits`` habits as if they had never been learned.
    """

    from_date: Day
    to_date: Day
    rules: dict[str, Value] = Field(default_factory=dict)
    without_rules: list[Key] = Field(default_factory=list, max_length=500)
    forget_habits: list[Key] = Field(default_factory=list, max_length=50)
    forget: list[Word] = Field(default_factory=list, max_length=50)


class VerdictShape(Shape):
    """What is decided: ``booked``, ``asked`` or ``ignored``, by which rule or for which reason, and what it settles."""

    outcome: str
    word: str
    settles: list["SettledShape"]


class SettledShape(Shape):
    """How much of an item is settled, signed as the item."""

    item_id: Key
    number: str
    minor: Minor


class FindingShape(Shape):
    """One bank transaction that is decided otherwise; ``people`` is what a person decided, if one did."""

    bank_transaction_id: Key
    booking_date: Day
    amount_minor: Minor
    currency: Currency
    before: VerdictShape
    after: VerdictShape
    people: VerdictShape | None


class EffectShape(Shape):
    """What a change does in one way, in one currency, with the largest 50 of all currencies."""

    effect: ReplayEffect
    currency: Currency
    bank_transactions: int
    amount_minor: Minor
    largest: list[FindingShape]


class ReplayShape(Shape):
    """What a change would do to bank transactions that were matched.

    ``booked_before`` and ``booked_after`` of the ``payments`` are booked by rules. ``unlike`` are decided otherwise
    than they were even without the change; ``own_debits`` are left out: the money of our own debits and refunds.
    """

    bank_transactions: int
    payments: int
    booked_before: int
    booked_after: int
    own_debits: int
    unlike: int
    effects: list[EffectShape]
