"""Shapes of what was learned from decisions of people: accounts that pay for customers, and habits of these."""

import datetime as dt

from schemas.payloads.common import Body, Key, KeyNumber, Page, Shape
from schemas.states import HabitKind, IbanSource


class LearnedFilter(Page):
    """Of which customer; of all if none is named."""

    customer_id: KeyNumber | None = None


class TeacherShape(Shape):
    """A payment that taught something. ``is_right``: what was decided agreed with it."""

    bank_transaction_id: Key
    booking_date: dt.date
    amount_minor: int
    currency: str
    is_right: bool
    decided_by: str
    decided_at: dt.datetime


class LearnedAccountShape(Shape):
    """An account, masked, that people's decisions know. ``is_confirmed``: it books by itself what fits exactly."""

    id: Key
    customer_id: Key
    customer_number: str
    iban: str
    source: IbanSource
    right: int
    wrong: int
    is_confirmed: bool
    recorded_at: dt.datetime


class LearnedAccountDetails(LearnedAccountShape):
    """An account with the latest fifty payments that taught it."""

    payments: list[TeacherShape]


class LearnedAccountList(Shape):
    """A page of accounts, the latest first."""

    items: list[LearnedAccountShape]
    next_cursor: str | None


class HabitShape(Shape):
    """How a customer usually pays. ``right_since_wrong`` decides whether it books by itself (``is_proven``)."""

    id: Key
    customer_id: Key
    customer_number: str
    kind: HabitKind
    basis_points: int
    right: int
    wrong: int
    right_since_wrong: int
    is_proven: bool
    is_off: bool
    last_at: dt.datetime


class HabitDetails(HabitShape):
    """A habit with the latest fifty payments that taught it."""

    payments: list[TeacherShape]


class HabitList(Shape):
    """A page of habits, the latest first."""

    items: list[HabitShape]
    next_cursor: str | None


class HabitChange(Body):
    """Whether a habit is switched off."""

    is_off: bool
