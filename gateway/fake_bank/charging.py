"""Fees of the pretended bank that stand apart: when each is booked, and by what it names its collection."""

import datetime as dt

from gateway.fake_bank import calendar
from gateway.fake_bank.books import Held, Outcome, State
from gateway.fake_bank.fates import FEE_MINOR, FeeMode, FeeName, FeeTime
from gateway.fake_bank.habits import Habits
from schemas.fake_bank import Booking, Detail

_FEE, _WORDS = "ACMT-MDOP-CHRG", "FEE FOR RETURNED DIRECT DEBIT"
_LATER_DAYS = 3  # T2 days.
_FRIDAY = 4
_NAMED_MAX = 10  # Collections in one sum; a text holds no more.


def plan_fee(state: State, habits: Habits, held: Held, back_date: dt.date) -> None:
    """Put a fee that is not booked on the day of its return on the agenda of its own day."""
    days = {FeeTime.LATER: _LATER_DAYS, FeeTime.EARLIER: -1}.get(held.fate.fee_time)
    if held.fate.fee is FeeMode.APART and days and not habits.sums_fees:
        state.plan(calendar.shifted(back_date, days), "fee", held.end_to_end_id)


def charge_on_its_day(state: State, held: Held, bookings: dict[str, list[Booking]]) -> None:
    """Book a fee on a day of its own, if its collection comes back or came back for its fate."""
    is_back = held.outcome in (Outcome.RETURNED, Outcome.REFUNDED)
    if is_back or (held.outcome is Outcome.SETTLED and held.fate.fee_time is FeeTime.EARLIER):
        _book(state, held, bookings)


def charge(state: State, habits: Habits, held: Held, time: FeeTime, bookings: dict[str, list[Booking]]) -> None:
    """Book the fee of a collection that comes back, if this is the time; a bank that sums them up only notes it."""
    if held.fate.fee is not FeeMode.APART:
        return
    if habits.sums_fees and time is FeeTime.AFTER:
        state.fees_due.setdefault(held.creditor_iban, []).append(held.end_to_end_id)
    elif not habits.sums_fees and held.fate.fee_time is time:
        _book(state, held, bookings)


def _book(state: State, held: Held, bookings: dict[str, list[Booking]]) -> None:
    held.fee_minor += FEE_MINOR
    details: tuple[Detail, ...] = ()
    if held.fate.fee_name is FeeName.FIELD:
        names = (held.end_to_end_id, held.mandate_reference, held.creditor_identifier)
        details = (Detail(-FEE_MINOR, *names, "", "", _WORDS, "", ""),)
    by_booking = held.fate.fee_name is FeeName.BOOKING and held.back_reference
    name = held.back_reference if by_booking else held.end_to_end_id
    text = "" if details else f"{_WORDS} {name}"
    booking = Booking(-FEE_MINOR, state.reference(), _FEE, details, text=text)
    bookings.setdefault(held.creditor_iban, []).append(booking)


def charge_together(state: State, day: dt.date, bookings: dict[str, list[Booking]]) -> None:
    """Book on a Friday the fees that are due, in sums that name all."""
    if day.weekday() != _FRIDAY:
        return
    for iban, names in state.fees_due.items():
        for start in range(0, len(names), _NAMED_MAX):
            some = names[start : start + _NAMED_MAX]
            for name in some:
                state.held[name].fee_minor += FEE_MINOR
            each = f"{FEE_MINOR // 100}.{FEE_MINOR % 100:02d}"
            text = f"{len(some)} X {each} {_WORDS} {' '.join(some)}"
            booking = Booking(-FEE_MINOR * len(some), state.reference(), _FEE, (), text=text)
            bookings.setdefault(iban, []).append(booking)
    state.fees_due.clear()
