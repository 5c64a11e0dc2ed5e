"""What was decided on rows before they are stored: plain values, so that they travel between processes quickly."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gateway.domain.matching.collections import is_about_debits
from gateway.domain.matching.model import Ask, Book, Decision
from gateway.services.ask_questions import Question, question_of
from gateway.services.book_decisions import Booking, booking_of
from gateway.store.bank_transactions import SetAside, Unexplained
from gateway.store.columns import Json, facts_text
from schemas.states import BankTransactionState, IgnoreCategory, ReviewReason

Values = tuple[Any, ...]


class Foresight(NamedTuple):
    """What was decided on one list of rows, each named by its place in the list; the others are still new.

    ``bookings``, ``questions`` and ``ignored`` are the values of their classes, proof as text. ``left_open`` says what
    is open then of each item that is booked (minor units, signed as the item).
    """

    bookings: Sequence[Values]
    questions: Sequence[Values]
    ignored: Sequence[Values]
    left_open: Mapping[int, int]

    def states(self, count: int) -> list[tuple[BankTransactionState, int]]:
        """Return the state and what is allocated (minor units) of each of so many rows."""
        states = [(BankTransactionState.NEW, 0)] * count
        for place, left_minor, _, _, plans, *_ in self.bookings:
            drawn = sum([bank_minor for _, _, bank_minor, _, _ in plans])
            is_whole = drawn == left_minor
            states[place] = (
                BankTransactionState.ALLOCATED if is_whole else BankTransactionState.PARTLY_ALLOCATED,
                drawn,
            )
        for place, *_ in self.questions:
            states[place] = (BankTransactionState.IN_REVIEW, 0)
        return states

    def bookings_of(self, keys: Sequence[int]) -> list[Booking]:
        """Return what is to be booked, for rows with these keys."""
        return [
            Booking(keys[place], left, currency, customer_id, plans, Json(proof), *rest)
            for place, left, currency, customer_id, plans, proof, *rest in self.bookings
        ]

    def questions_of(self, keys: Sequence[int]) -> list[Question]:
        """Return what is to be asked, for rows with these keys."""
        return [
            Question(keys[place], amount, currency, ReviewReason(reason), strength, Json(explanations), items)
            for place, amount, currency, reason, strength, explanations, items in self.questions
        ]

    def ignored_of(self, keys: Sequence[int]) -> list[SetAside]:
        """Return what is set aside, for rows with these keys."""
        return [SetAside(keys[place], IgnoreCategory(category), *rest) for place, category, *rest in self.ignored]


NOTHING = Foresight((), (), (), {})


def foresee(decided: Sequence[tuple[int, Unexplained, Decision]], left_open: Mapping[int, int]) -> Foresight:
    """Return the foresight of one list: (place, bank transaction, decision); returns are left for later."""
    bookings: list[Values] = []
    questions: list[Values] = []
    ignored: list[Values] = []
    for place, one, decision in decided:
        if is_about_debits(decision):
            continue  # Decided once all others are stored: what it needs to know of our debits is in the store.
        if isinstance(decision, Book):
            booking = booking_of(one, decision.explanation, decision.rule, decision.user_rule_id)
            if booking.plans:
                bookings.append(_booking(place, booking))
        elif isinstance(decision, Ask):
            questions.append(_question(place, question_of(one, decision)))
        else:
            by, category = decision.rule.value, decision.category.value
            ignored.append((place, category, by, decision.account_word, decision.user_rule_id))
    items = {item_id for booking in bookings for _, item_id, _, _, _ in booking[4] if item_id is not None}
    return Foresight(bookings, questions, ignored, {item_id: left_open[item_id] for item_id in items})


def _booking(place: int, booking: Booking) -> Values:
    _, left_minor, currency, customer_id, plans, proof, rule, day, user_rule_id = booking
    plain = tuple([(kind.value, *rest) for kind, *rest in plans])
    return (place, left_minor, currency, customer_id, plain, facts_text(proof), str(rule), day, user_rule_id)


def _question(place: int, question: Question) -> Values:
    _, amount_minor, currency, reason, strength, explanations, item_ids = question
    return (place, amount_minor, currency, reason.value, strength, facts_text(explanations), item_ids)
