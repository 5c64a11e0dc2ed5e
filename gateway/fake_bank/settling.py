"""What the pretended bank does on a T2 day: late rejects, settlement, returns, refunds, reversals, and their bookings.

The balance of an account changes here only, by the same bookings that its statement shows.
"""

import datetime as dt

from gateway.fake_bank import calendar, charging
from gateway.fake_bank.books import Account, Held, Outcome, State
from gateway.fake_bank.fates import FEE_MINOR, Event, FeeMode, FeeTime
from gateway.fake_bank.habits import Habits
from gateway.fake_bank.judge import paper_key
from schemas.fake_bank import Booking, DayStatement, Detail

Bookings = dict[str, list[Booking]]
_RETURNED, _REVERSED = "PMNT-IDDT-UPDD", "PMNT-IDDT-PRDD"
_TRANSFER = "PMNT-RCDT-ESCT"
_NEVER_SETTLED = frozenset({Outcome.REJECTED, Outcome.REFUSED, Outcome.CANCELLED})
_SETTLED = {"CORE": "PMNT-IDDT-ESDD", "B2B": "PMNT-IDDT-BBDD"}


def work_through(state: State, habits: Habits, day: dt.date) -> tuple[Bookings, list[Held]]:
    """Do what stands on the agenda of a day. Returns the bookings by account, and what was rejected late."""
    bookings: Bookings = {}
    rejected: list[Held] = []
    due = sorted(date for date in state.agenda if date <= day)  # An order may have come after a day was closed.
    for what, key in [planned for date in due for planned in state.agenda.pop(date)]:
        if what == "settle":
            _settle(state, habits, day, key, bookings)
            continue
        if what == "pay_in":
            _pay_in(state, key, bookings)
            continue
        held = state.held[key]
        if what == "fee":
            charging.charge_on_its_day(state, held, bookings)
        elif what == "reject" and held.outcome is Outcome.ACCEPTED:
            _reject(state, held)
            rejected.append(held)
        elif what == "back" and held.outcome is Outcome.SETTLED:
            _send_back(state, habits, held, day, bookings)
        elif what == "reverse" and held.outcome is Outcome.SETTLED:
            held.outcome, held.back_on = Outcome.REVERSED, day
            detail = _detail(held, -held.amount_minor)
            _book(
                bookings, held, Booking(-held.amount_minor, state.reference(), _REVERSED, (detail,), is_reversal=True)
            )
    charging.charge_together(state, day, bookings)
    for iban, booked in bookings.items():
        state.accounts[iban].balance_minor += sum(booking.amount_minor for booking in booked)
    return bookings, rejected


def statement_of(account: Account, habits: Habits, day: dt.date, bookings: list[Booking]) -> DayStatement:
    """Return the next statement of an account, whose balance has the bookings in it already."""
    account.statement_number += 1
    opening_minor = account.balance_minor - sum(booking.amount_minor for booking in bookings)
    previous = account.statement_date or day
    account.statement_date = day
    return DayStatement(
        account.iban, habits.bic, account.owner, account.statement_number, previous, day, opening_minor,
        account.balance_minor, tuple(bookings),
    )  # fmt: skip


def undo_mandate(state: State, held: Held) -> None:
    """Forget what a collection that is never settled changed at its mandate; that it was presented stays known.

    What a later collection of the mandate said stays: it now follows what was before.
    """
    if held.mandate_before is not None:
        held.mandate_before.last_date = max(held.mandate_before.last_date, held.date)
    if (later := _next_of(state, held)) is not None:
        later.mandate_before, later.creditor_before = held.mandate_before, held.creditor_before
        return
    paper = paper_key(held.mandate_reference, held.debtor_iban)
    state.creditors.pop(paper, None)
    if held.creditor_before:
        state.creditors[paper] = held.creditor_before
    now = state.mandates.pop(held.mandate_key, None)
    if held.mandate_before is not None and now is not None:
        before = held.mandate_before
        before.last_date = max(before.last_date, now.last_date)
        state.mandates[held.mandate_key] = before


def _next_of(state: State, held: Held) -> Held | None:
    """Return the collection of a mandate that was accepted next after one, if it was not taken back."""
    places = list(state.held)
    later = (state.held[key] for key in places[places.index(held.end_to_end_id) + 1 :])
    return next(
        (one for one in later if one.mandate_key == held.mandate_key and one.outcome not in _NEVER_SETTLED), None
    )


def _pay_in(state: State, key: str, bookings: Bookings) -> None:
    paid = state.transfers[key]
    detail = Detail(paid.amount_minor, "", "", "", paid.debtor_name, paid.debtor_iban, paid.remittance, "", "")
    booking = Booking(paid.amount_minor, state.reference(), _TRANSFER, (detail,))
    bookings.setdefault(paid.creditor_iban, []).append(booking)


def _reject(state: State, held: Held) -> None:
    held.outcome = Outcome.REFUSED if held.fate.event is Event.REFUSE else Outcome.REJECTED
    held.reason = held.fate.reason
    undo_mandate(state, held)


def _settle(state: State, habits: Habits, day: dt.date, block_id: str, bookings: Bookings) -> None:
    block = state.blocks[block_id]
    due = [held for key in block.end_to_end_ids if (held := state.held[key]).date == day]
    settled = [held for held in due if held.outcome is Outcome.ACCEPTED]
    late = [held for held in due if held.outcome in (Outcome.REJECTED, Outcome.REFUSED)] if habits.is_gross else []
    credited = settled + late
    if block.is_batch_booked and len(credited) > 1:
        total = sum(held.amount_minor for held in credited)
        details = tuple(_detail(held, held.amount_minor) for held in credited)
        first = credited[0]
        batch = Booking(total, state.reference(), _SETTLED[first.scheme], details, block_id, first.message_id)
        _book(bookings, first, batch)
    else:
        for held in credited:
            detail = _detail(held, held.amount_minor)
            _book(bookings, held, Booking(held.amount_minor, state.reference(), _SETTLED[held.scheme], (detail,)))
    for held in late:
        detail = _detail(held, -held.amount_minor, reason=held.reason)
        _book(bookings, held, Booking(-held.amount_minor, state.reference(), _RETURNED, (detail,)))
    for held in settled:
        held.outcome, held.settled_on = Outcome.SETTLED, day
        _plan_back(state, habits, held, day)


def _plan_back(state: State, habits: Habits, held: Held, day: dt.date) -> None:
    if held.fate.event is Event.RETURN:
        later = calendar.shifted(day, held.fate.days)
    elif held.fate.event is Event.REFUND and not (held.scheme == "B2B" and held.fate.reason == "MD06"):
        later = calendar.open_day(day + dt.timedelta(days=held.fate.days))
    else:
        return  # A B2B debit has no refund without a reason.
    state.plan(later, "back", held.end_to_end_id)
    charging.plan_fee(state, habits, held, later)


def _send_back(state: State, habits: Habits, held: Held, day: dt.date, bookings: Bookings) -> None:
    fate = held.fate
    held.outcome = Outcome.REFUNDED if fate.event is Event.REFUND else Outcome.RETURNED
    held.reason, held.back_on, held.compensation_minor = fate.reason, day, fate.compensation_minor
    inside = FEE_MINOR if fate.fee is FeeMode.INSIDE else 0
    held.fee_minor += inside
    booked = -(held.amount_minor + inside + held.compensation_minor)
    detail = _detail(held, booked, reason=held.reason, fee_minor=inside)
    charging.charge(state, habits, held, FeeTime.BEFORE, bookings)
    held.back_reference = state.reference()
    _book(bookings, held, Booking(booked, held.back_reference, _RETURNED, (detail,)))
    charging.charge(state, habits, held, FeeTime.AFTER, bookings)


def _detail(held: Held, amount_minor: int, *, reason: str = "", fee_minor: int = 0) -> Detail:
    is_other = abs(amount_minor) != held.amount_minor
    return Detail(
        amount_minor,
        held.end_to_end_id,
        held.mandate_reference,
        held.creditor_identifier,
        held.debtor_name,
        held.debtor_iban,
        held.remittance,
        held.payment_information_id,
        held.message_id,
        reason,
        held.amount_minor if is_other else 0,
        fee_minor,
    )


def _book(bookings: Bookings, held: Held, booking: Booking) -> None:
    bookings.setdefault(held.creditor_iban, []).append(booking)
