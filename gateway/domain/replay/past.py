"""What happened in a period, as it is stored: what matching decided, what people did, and what else moved open items.

Amounts of items are minor units, signed as the item. A moment and a key together give the order in which things
happened: rows of one moment were written in the order of their keys.
"""

import datetime as dt
from typing import NamedTuple

from gateway.domain.matching.model import Advised, Credit, OpenItem, Policy
from gateway.domain.matching.user_rules import UserRule
from gateway.domain.party import PayerFact
from schemas.states import HabitKind

BY_PERSON = "user"


class PastTransaction(NamedTuple):
    """A bank transaction of the period. ``ignored_by`` is the rule that set it aside, ``user``, or empty."""

    id: int
    file_id: int
    stored_at: dt.datetime
    booking_date: dt.date
    amount_minor: int
    currency: str
    ignored_by: str

    @property
    def is_ignored_by_rule(self) -> bool:
        """Whether a rule set it aside."""
        return self.ignored_by not in ("", BY_PERSON)


class PastDecision(NamedTuple):
    """A decision on a bank transaction, by a rule or a person."""

    id: int
    bank_transaction_id: int
    is_by_rule: bool
    rule: str
    recorded_at: dt.datetime
    undone_at: dt.datetime | None
    was_wrong: bool


class PastQuestion(NamedTuple):
    """A time in which people were asked about a bank transaction, and when a person or a rule set it aside then.

    ``is_undone``: it began when a person took a decision back.
    """

    bank_transaction_id: int
    asked_at: dt.datetime
    key: int
    is_undone: bool
    set_aside_at: dt.datetime | None
    is_by_person: bool


class PastWait(NamedTuple):
    """A time in which people were asked about a payment: by its payer, and by what is left of it now."""

    credit: Credit
    key: int
    opened_at: dt.datetime
    closed_at: dt.datetime | None


class PastDraw(NamedTuple):
    """What was drawn from a bank transaction that people were asked about (minor units, signed as it)."""

    key: int
    at: dt.datetime
    bank_transaction_id: int
    minor: int


class PastMove(NamedTuple):
    """What settled an item, or opened it again (below zero for an invoice)."""

    key: int
    at: dt.datetime
    item_id: int
    minor: int
    decision_id: int | None
    is_reversal: bool


class PastItem(NamedTuple):
    """An item as it is now. ``settled_date`` is the day of the last money, where it is settled."""

    item: OpenItem
    created_at: dt.datetime
    cancelled_at: dt.datetime | None
    settled_date: dt.date | None = None


class PastVersion(NamedTuple):
    """What an item said from a moment on, of what matching looks at and what changes."""

    key: int
    at: dt.datetime
    item_id: int
    amount_minor: int
    disputed_minor: int


class PastFlight(NamedTuple):
    """A debit that asked for an item, and the moments at which it began or ceased to."""

    item_id: int
    collection_date: dt.date
    moves: tuple[tuple[dt.datetime, int, bool], ...]  # When, key, and whether it asks from then on.


class PastPayer(NamedTuple):
    """What is known of a payer's account now, since when, and when it was forgotten."""

    key: int
    fact: PayerFact
    recorded_at: dt.datetime
    forgotten_at: dt.datetime | None


class PastTaught(NamedTuple):
    """What a decision said of a payer's account: of a person, or (``is_by_rule``) of a rule and taken back as wrong."""

    key: int
    iban: str
    customer_id: int
    is_by_rule: bool
    recorded_at: dt.datetime
    undone_at: dt.datetime | None
    was_wrong: bool


class PastHabit(NamedTuple):
    """A habit of a customer, as it is now."""

    key: int
    customer_id: int
    kind: HabitKind
    basis_points: int
    off_at: dt.datetime | None


class PastLesson(NamedTuple):
    """What a decision said of a habit, until it was taken back."""

    key: int
    habit_key: int
    is_right: bool
    recorded_at: dt.datetime
    taken_back_at: dt.datetime | None


class PastRule(NamedTuple):
    """A rule of the company from a moment on: what it says, whether it is on, and its place."""

    at: dt.datetime
    key: int
    rule: UserRule
    is_on: bool
    place: int


class PastAdvice(NamedTuple):
    """A remittance advice that is linked to a bank transaction, and when it came."""

    at: dt.datetime
    bank_transaction_id: int
    advised: Advised


class Past(NamedTuple):
    """All of it. ``transactions``, ``questions`` of each, ``policies`` and ``rules`` are in their order.

    ``taught``, ``lessons`` and ``rules`` go back to the first; ``waits`` and ``draws`` are of the whole company.
    """

    begin: dt.datetime
    transactions: dict[int, PastTransaction]
    decisions: list[PastDecision]
    questions: dict[int, list[PastQuestion]]
    moves: list[PastMove]
    items: list[PastItem]
    versions: list[PastVersion]
    flights: list[PastFlight]
    payers: list[PastPayer]
    taught: list[PastTaught]
    habits: list[PastHabit]
    lessons: list[PastLesson]
    rules: list[PastRule]
    advices: list[PastAdvice]
    policies: list[tuple[dt.datetime, Policy]]
    waits: list[PastWait]
    draws: list[PastDraw]
