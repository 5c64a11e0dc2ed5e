"""Shapes of the rules of the company: what they say, what they did, and what one would have taken."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from schemas.payloads.common import Body, Currency, Key, KeyNumber, Minor, Name, Shape, Text, Word
from schemas.states import Direction, IgnoreCategory, RuleAction, TextMatch

Position = Annotated[int, Field(ge=1)]


class TextAsked(Body):
    """Words that a text must have; case, accents and punctuation do not matter."""

    how: TextMatch = TextMatch.CONTAINS
    words: Name


class ConditionsShape(Body):
    """What a bank transaction must say, all of it; what is left out is not asked for."""

    texts: list[TextAsked] = Field(default_factory=list, max_length=2)
    name: TextAsked | None = Field(default=None, description="The name of the other side")
    account: Word = Field(
        default="",
        description="Of the other side: IBAN or national form; answered masked, and kept if so sent back",
    )
    least_minor: Minor | None = Field(default=None, description="Without its sign")
    most_minor: Minor | None = Field(default=None, description="Without its sign; the same as the least: exactly this")
    currency: Currency | Literal[""] = Field(default="", description="Needed with an amount")
    direction: Direction | None = None
    code: Word = Field(default="", description="The bank's code, or its first parts: PMNT-RCDT, 166")
    bank_account_id: Key | None = Field(default=None, description="An account of ours")


class RuleFacts(Body):
    """What a rule says."""

    name: Name
    conditions: ConditionsShape
    action: RuleAction
    category: IgnoreCategory = IgnoreCategory.OTHER
    account_word: Word = ""
    customer_id: Key | None = None
    books_exact: bool = Field(default=False, description="Book the one item of the customer that has this amount")


class NewRule(RuleFacts):
    """A rule to store, behind the others. What a machine stores is off until an approver switches it on."""

    reason: Text = ""


class RuleChange(RuleFacts):
    """What a rule says from now on. What a machine changes is off until an approver switches it on."""

    version: int = Field(ge=1, description="The version that was read")
    reason: Text = ""


class RuleMove(Body):
    """One place up or down."""

    way: Literal["up", "down"]
    reason: Text = ""


class RuleSwitch(Body):
    """On or off. Only a person switches a rule on."""

    is_on: bool
    reason: Text = ""


class RuleTry(RuleFacts):
    """A rule to be tried on what was booked in the last months; ``id`` where it is a change of one."""

    id: KeyNumber = 0
    months: int = Field(default=6, ge=1, le=24)


class RuleShape(RuleFacts):
    """A rule as it is. ``sentence`` is in the language that was asked for, ``wrong_count`` since it was switched on."""

    id: Key
    place: Position
    is_on: bool
    version: int
    sentence: str
    decided_in_90_days: int
    wrong_count: int


class RuleList(Shape):
    """All rules in their order: the first that fits decides."""

    items: list[RuleShape]


class TriedExample(Shape):
    """A bank transaction that fits. ``by`` is who decided it: a rule, or user; nothing where it waits."""

    bank_transaction_id: Key
    booking_date: dt.date
    amount_minor: int
    currency: str
    name: str
    text: str
    verdict: str
    by: str


class TriedShape(Shape):
    """What a rule would have taken since a day. ``counts`` are by verdict: new, same, otherwise, named, earlier,
    asked."""

    since_date: dt.date
    looked_at: int
    taken: int
    counts: dict[str, int]
    sums_minor: dict[str, int]
    examples: list[TriedExample]
