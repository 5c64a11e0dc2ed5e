"""Write what was decided: decisions with their proof, allocations, and the counters that guard them.

Used by matching for many at once and by clerks for one. What moved since it was decided is left out and named, so that
it can be decided anew. Many that matching decided together are first written as they were seen, in two statements that
count what they moved; only where something is not as it was seen are the rows looked at one by one under lock.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gateway.domain.allocation import AllocationPlan, plan_allocations
from gateway.domain.matching.model import Explanation
from gateway.store import counters
from gateway.store.allocations import ALLOCATION_NAMES, DECISION_NAMES, Allocation, Decision
from gateway.store.bank_transactions import Unexplained
from gateway.store.bulk import insert_rows
from gateway.store.columns import Json, table_of
from gateway.store.counters import LockedItem, LockedTransaction
from gateway.store.matching_rules import add_uses
from gateway.store.open_items import OpenItem, OpenItemVersion
from gateway.store.work import Work
from schemas.errors import GatewayError
from schemas.states import AllocationKind, BankTransactionState, OpenItemKind

_RETURN, _ON_ACCOUNT = AllocationKind.RETURN, AllocationKind.ON_ACCOUNT


class NoCustomer(GatewayError):
    """Money can be kept on account for a known customer only."""

    code = "no_customer"


class Booking(NamedTuple):
    """One decision to write.

    ``left_minor`` is what was left of the bank transaction when it was decided, in its currency; ``effective_date`` is
    its booking date (value date if none). ``proof`` is the explanation that ``plans`` come from, ``user_rule_id`` the
    rule of the company that booked it.
    """

    bank_transaction_id: int
    left_minor: int
    currency: str
    customer_id: int | None
    plans: tuple[AllocationPlan, ...]
    proof: Sequence[Explanation] | Json
    rule: str
    effective_date: dt.date
    user_rule_id: int | None = None


def booking_of(one: Unexplained, explanation: Explanation, rule: str, user_rule_id: int | None = None) -> Booking:
    """Return what is written when an explanation of a bank transaction is booked by a rule or a person's choice."""
    key, left_minor, currency, *_ = one.credit
    plans = plan_allocations(explanation)
    return Booking(
        key, left_minor, currency, explanation.customer_id, plans, [explanation], rule, one.effective_date, user_rule_id
    )


class Seen(NamedTuple):
    """What was there when all was decided: the states of the bank transactions, and of each item what would be open
    once all is booked."""

    states: Sequence[BankTransactionState]
    left_open: Mapping[int, int]


class Outcome(NamedTuple):
    """What was written, and which bank transactions were left because something moved."""

    booked: tuple[int, ...]
    moved: tuple[int, ...]


class _Sums(NamedTuple):
    """By how much each bank transaction and each item moves (minor units, signed as each is)."""

    drawn: dict[int, int]
    settled: dict[int, int]


async def book_decisions(
    work: Work,
    bookings: Sequence[Booking],
    *,
    booked_by: str,
    batch_id: int | None = None,
    seen: Seen | None = None,
) -> Outcome:
    """Book what still fits; name what does not. Raises MoreThanOpen when the database refuses a sum."""
    if seen is not None and await _move_as_seen(work, bookings, seen):
        await write_bookings(work, bookings, booked_by=booked_by, batch_id=batch_id)
        return Outcome(tuple([booking.bank_transaction_id for booking in bookings]), ())
    good, moved = await _fitting(work, bookings)
    sums = _sums(good)
    await write_bookings(work, good, booked_by=booked_by, batch_id=batch_id)
    await counters.draw_from_transactions(work, sums.drawn)
    await counters.settle_items(work, sums.settled)
    work.reach("counters_moved")
    return Outcome(tuple(booking.bank_transaction_id for booking in good), tuple(moved))


def _sums(bookings: Sequence[Booking]) -> _Sums:
    drawn: dict[int, int] = defaultdict(int)
    settled: dict[int, int] = defaultdict(int)
    for booking in bookings:
        key = booking.bank_transaction_id
        for _, item_id, bank_minor, item_minor, _ in booking.plans:
            drawn[key] += bank_minor
            if item_id is not None:
                settled[item_id] += item_minor
    return _Sums(drawn, settled)


async def _move_as_seen(work: Work, bookings: Sequence[Booking], seen: Seen) -> bool:
    """Move all counters if every row is as it was when it was decided; else change nothing and return False."""
    sums = _sums(bookings)
    is_whole = all(booking.plans for booking in bookings) and len(sums.drawn) == len(bookings)
    if not is_whole or any(plan.kind is _RETURN for booking in bookings for plan in booking.plans):
        return False
    left = {booking.bank_transaction_id: booking.left_minor for booking in bookings}
    savepoint = await work.session.begin_nested()
    is_done = await counters.draw_if_left(work, sums.drawn, left, seen.states) and await counters.settle_if_open(
        work, sums.settled, seen.left_open
    )
    await (savepoint.commit() if is_done else savepoint.rollback())
    if is_done:
        work.touched_items |= sums.settled.keys()
    return is_done


async def _fitting(work: Work, bookings: Sequence[Booking]) -> tuple[list[Booking], list[int]]:
    """Lock all rows and return what fits what is there now, and the bank transactions of the rest."""
    transactions = await counters.lock_transactions(work, [booking.bank_transaction_id for booking in bookings])
    wanted = [plan.item_id for booking in bookings for plan in booking.plans if plan.item_id]
    items = await counters.lock_items(work, wanted)
    left = {key: item.open_minor for key, item in items.items()}
    good: list[Booking] = []
    moved: list[int] = []
    for booking in bookings:
        if _fits(transactions.get(booking.bank_transaction_id), booking.plans, items, left):
            good.append(booking)
            for row in booking.plans:
                if row.item_id is not None:
                    left[row.item_id] -= row.item_minor
        else:
            moved.append(booking.bank_transaction_id)
    return good, moved


def _fits(
    found: LockedTransaction | None,
    rows: Sequence[AllocationPlan],
    items: dict[int, LockedItem],
    left: dict[int, int],
) -> bool:
    if found is None or found.state not in counters.UNDECIDED or not rows:
        return False
    if not _within(sum(row.bank_minor for row in rows), found.amount_minor - found.allocated_minor):
        return False
    wanted: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.item_id is not None:
            item = items.get(row.item_id)
            if item is None or item.is_cancelled or item.currency != found.currency:
                return False
            wanted[row.item_id] += row.item_minor
    is_return = any(row.kind is _RETURN for row in rows)
    return is_return or all(_within(minor, left[key]) for key, minor in wanted.items())


def _within(part: int, whole: int) -> bool:
    return 0 <= part <= whole if whole >= 0 else whole <= part <= 0


async def write_bookings(
    work: Work, bookings: Sequence[Booking], *, booked_by: str, batch_id: int | None = None
) -> None:
    """Write decisions and their allocations; the caller moves the counters in the same unit of work."""
    company_id, actor, now = work.company_id, work.actor.name, work.now
    keys = work.new_ids(len(bookings))
    decisions = [
        (key, company_id, booking.bank_transaction_id, batch_id, booked_by, booking.rule, actor, booking.proof, now)
        for key, booking in zip(keys, bookings, strict=True)
    ]
    rows = _rows(work, bookings, keys, booked_by)
    await work.flush()
    await insert_rows(work, table_of(Decision), DECISION_NAMES, decisions)
    work.reach("decisions_written")
    await insert_rows(work, table_of(Allocation), ALLOCATION_NAMES, rows)
    await add_uses(work, [(booking.user_rule_id, booking.bank_transaction_id) for booking in bookings])
    work.reach("allocations_written")


def _rows(
    work: Work, bookings: Sequence[Booking], decision_ids: Sequence[int], booked_by: str
) -> list[tuple[Any, ...]]:
    company_id, now, journal_id = work.company_id, work.now, work.journal_id
    keys = iter(work.new_ids(sum([len(booking.plans) for booking in bookings])))
    rows: list[tuple[Any, ...]] = []
    for booking, decision_id in zip(bookings, decision_ids, strict=True):
        transaction_id, _, currency, _, plans, _, _, day, _ = booking
        for kind, item_id, bank_minor, item_minor, customer_id in plans:
            outside = kind if bank_minor == 0 and item_id is not None else ""
            opened_id = None
            if kind == _ON_ACCOUNT:
                opened_id = _open_on_account(work, booking, bank_minor, customer_id or booking.customer_id)
            rows.append((
                next(keys), company_id, kind, None if outside else transaction_id, item_id,
                "" if item_id is not None else kind, opened_id, outside, outside, None, bank_minor, currency,
                item_minor, currency, day, now, booked_by, None, decision_id, journal_id,
            ))  # fmt: skip
    return rows


def _open_on_account(work: Work, booking: Booking, bank_minor: int, customer_id: int | None) -> int:
    """Open the item that holds what the customer has to his credit; negative, for we owe it."""
    if customer_id is None:
        raise NoCustomer("choose the customer for whom the money is kept on account")
    item_id = work.new_id()
    number = f"OA-{item_id}"
    work.add(
        OpenItem(
            id=item_id,
            company_id=work.company_id,
            kind=OpenItemKind.ON_ACCOUNT,
            number=number,
            number_key=number.replace("-", ""),
            party_id=customer_id,
            currency=booking.currency,
            amount_minor=-bank_minor,
            issue_date=booking.effective_date,
            created_at=work.now,
        ),
        OpenItemVersion(
            id=work.new_id(),
            company_id=work.company_id,
            open_item_id=item_id,
            position=1,
            amount_minor=-bank_minor,
            party_id=customer_id,
            record={},
            recorded_at=work.now,
            actor=work.actor.name,
            journal_id=work.journal_id,
        ),
    )
    return item_id
