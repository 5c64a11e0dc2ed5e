"""Shapes of how well matching does. A share of nothing is null, never 0."""

import datetime as dt
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.payloads.common import Key, KeyNumber, Shape
from schemas.states import MatchEvidence

Month = Annotated[str, StringConstraints(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$")]
_Share = Annotated[int | None, Field(description="Hundredths of a per cent, rounded down")]


class FiguresFilter(Shape):
    """Which months, and of which account; the last twelve months of all accounts when nothing is given."""

    from_month: Month | None = None
    to_month: Month | None = None
    account_id: KeyNumber | None = None


class CountShare(Shape):
    """How many of all there were a rule decided by itself."""

    by_itself: int
    all: int
    share: _Share


class ValueShare(Shape):
    """The same in minor units of a currency."""

    currency: str
    by_itself_minor: int
    all_minor: int
    share: _Share


class WrongShare(Shape):
    """How much of what rules decided a person took back as wrong; ``one_in`` is null where it is none."""

    wrong: int
    decided: int
    one_in: int | None
    taken_back: Annotated[int, Field(description="Taken back for another reason")]


class MeterShape(Shape):
    """How well matching did: by payment, by line, by value, and what was wrong, always together.

    Payments are money that came in and is a customer's; lines are bank transactions of every kind.
    """

    payments: CountShare
    payments_booked_later: Annotated[int, Field(description="Of the payments by itself: after it had been asked about")]
    payments_nothing_found: int
    lines: CountShare
    values: list[ValueShare]
    wrong: WrongShare


class MonthMeter(MeterShape):
    """One month."""

    month: str


class AccountMeter(MeterShape):
    """One account, in one format of its statements. ``bank`` is its BIC, as far as it is known."""

    account_id: Key
    bank: str
    format: str


class RuleMeter(Shape):
    """What one rule decided, with the value of the payments among it."""

    rule: str
    lines: int
    values: list[ValueShare]
    wrong: WrongShare


class EvidenceMeter(Shape):
    """What was booked by one kind of evidence, the strongest of each booking."""

    evidence: MatchEvidence
    lines: int
    values: list[ValueShare]
    wrong: WrongShare


class AskedShape(Shape):
    """Why a person was asked, and about how many bank transactions; an empty reason: nobody asked him."""

    reason: str
    lines: int


class MatchFigures(Shape):
    """How well matching did in some months, as counted at a moment (null: not yet)."""

    counted_at: dt.datetime | None
    from_month: str
    to_month: str
    total: MeterShape
    months: list[MonthMeter]
    accounts: list[AccountMeter]
    rules: list[RuleMeter]
    evidence: list[EvidenceMeter]
    asked: list[AskedShape]


class AlarmShape(Shape):
    """Matching booked less of an account, or (without one) of all accounts at a bank, than in the weeks before.

    The counts are payments, and those of them that rules booked at once. ``format`` came anew when it began, in place
    of ``format_before``; both are empty where the format did not change.
    """

    id: Key
    account_id: Key | None
    bank: str
    from_date: dt.date
    to_date: dt.date
    payments: CountShare
    payments_before: CountShare
    format: str
    format_before: str
    raised_at: dt.datetime
    seen_at: dt.datetime | None
    seen_by: str


class AlarmList(Shape):
    """A page of alarms, the latest first."""

    items: list[AlarmShape]
    next_cursor: str | None
