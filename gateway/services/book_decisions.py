"""Write what was decided: decisions with their proof, allocations, and the counters that guard them.

Used by matching for many at once and by clerks for one. Everything is checked again under lock: what moved since
it was decided is left out and named, so that it can be decided anew.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from gateway.domain.allocation import AllocationPlan, plan_allocations
from gateway.domain.matching.model import Explanation
from gateway.domain.matching.record import to_record
from gateway.store import counters
from gateway.store.allocations import ALLOCATION_NAMES, DECISION_NAMES, Allocation, Decision
from gateway.store.bulk import insert_rows
from gateway.store.columns import table_of
from gateway.store.counters import LockedItem, LockedTransaction
from gateway.store.open_items import OpenItem, OpenItemVersion
from gateway.store.work import Work
from schemas.errors import GatewayError
from schemas.states import AllocationKind, BankTransactionState, OpenItemKind

_OPEN_STATES = frozenset(
    {BankTransactionState.NEW, BankTransactionState.IN_REVIEW, BankTransactionState.PARTLY_ALLOCATED}
)


class NoCustomer(GatewayError):
    """Money can be kept on account for a known customer only."""

    code = "no_customer"


class Booking(NamedTuple):
    """One decision to write. ``effective_date`` is the booking date of the bank transaction (value date if none)."""

    bank_transaction_id: int
    explanation: Explanation
    rule: str
    effective_date: dt.date


class Outcome(NamedTuple):
    """What was written, and which bank transactions were left because something moved."""

    booked: tuple[int, ...]
    moved: tuple[int, ...]


async def book_decisions(
    work: Work,
    bookings: Sequence[Booking],
    *,
    booked_by: str,
    batch_id: int | None = None,
    locked: dict[int, LockedTransaction] | None = None,
) -> Outcome:
    """Book what still fits; name what does not. Raises MoreThanOpen when the database refuses a sum.

    ``locked`` are their bank transactions, where the caller has locked them already.
    """
    ids = [booking.bank_transaction_id for booking in bookings]
    transactions = await counters.lock_transactions(work, ids) if locked is None else locked
    item_ids = [line.item_id for booking in bookings for line in booking.explanation.lines]
    items = await counters.lock_items(work, item_ids)
    left = {key: item.open_minor for key, item in items.items()}
    good: list[tuple[Booking, tuple[AllocationPlan, ...]]] = []
    moved: list[int] = []
    for booking in bookings:
        rows = plan_allocations(booking.explanation)
        if _fits(booking, rows, transactions, items, left):
            good.append((booking, rows))
            for row in rows:
                if row.item_id is not None:
                    left[row.item_id] -= row.item_minor
        else:
            moved.append(booking.bank_transaction_id)
    await _write(work, good, transactions, booked_by=booked_by, batch_id=batch_id)
    return Outcome(tuple(booking.bank_transaction_id for booking, _ in good), tuple(moved))


def _fits(
    booking: Booking,
    rows: Sequence[AllocationPlan],
    transactions: dict[int, LockedTransaction],
    items: dict[int, LockedItem],
    left: dict[int, int],
) -> bool:
    found = transactions.get(booking.bank_transaction_id)
    if found is None or found.state not in _OPEN_STATES or not rows:
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
    is_return = any(row.kind is AllocationKind.RETURN for row in rows)
    return is_return or all(_within(minor, left[key]) for key, minor in wanted.items())


def _within(part: int, whole: int) -> bool:
    return 0 <= part <= whole if whole >= 0 else whole <= part <= 0


async def _write(
    work: Work,
    good: Sequence[tuple[Booking, tuple[AllocationPlan, ...]]],
    transactions: dict[int, LockedTransaction],
    *,
    booked_by: str,
    batch_id: int | None,
) -> None:
    decisions: list[tuple[Any, ...]] = []
    rows: list[tuple[Any, ...]] = []
    drawn: dict[int, int] = defaultdict(int)
    settled: dict[int, int] = defaultdict(int)
    for booking, plans in good:
        key = booking.bank_transaction_id
        decision_id = work.new_id()
        proof = [to_record(booking.explanation)]
        decisions.append(
            (decision_id, work.company_id, key, batch_id, booked_by, booking.rule, work.actor.name, proof, work.now)
        )
        currency = transactions[key].currency
        for plan in plans:
            is_kept = plan.kind is AllocationKind.ON_ACCOUNT
            opened = _open_on_account(work, booking, plan, currency) if is_kept else None
            rows.append(_row(work, booking, plan, currency, decision_id, opened, booked_by))
            drawn[key] += plan.bank_minor
            if plan.item_id is not None:
                settled[plan.item_id] += plan.item_minor
    await work.flush()
    await insert_rows(work, table_of(Decision), DECISION_NAMES, decisions)
    work.reach("decisions_written")
    await insert_rows(work, table_of(Allocation), ALLOCATION_NAMES, rows)
    work.reach("allocations_written")
    await counters.draw_from_transactions(work, drawn)
    await counters.settle_items(work, settled)
    work.reach("counters_moved")


def _row(
    work: Work,
    booking: Booking,
    plan: AllocationPlan,
    currency: str,
    decision_id: int,
    opened_item_id: int | None,
    booked_by: str,
) -> tuple[Any, ...]:
    is_outside = plan.bank_minor == 0 and plan.item_id is not None
    return (
        work.new_id(),
        work.company_id,
        plan.kind,
        None if is_outside else booking.bank_transaction_id,
        plan.item_id,
        "" if plan.item_id is not None else plan.kind.value,
        opened_item_id,
        plan.kind.value if is_outside else "",
        plan.kind.value if is_outside else "",
        None,
        plan.bank_minor,
        currency,
        plan.item_minor,
        currency,
        booking.effective_date,
        work.now,
        booked_by,
        None,
        decision_id,
        work.journal_id,
    )


def _open_on_account(work: Work, booking: Booking, plan: AllocationPlan, currency: str) -> int:
    """Open the item that holds what the customer has to his credit; negative, for we owe it."""
    customer_id = booking.explanation.customer_id
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
            currency=currency,
            amount_minor=-plan.bank_minor,
            issue_date=booking.effective_date,
            created_at=work.now,
        ),
        OpenItemVersion(
            id=work.new_id(),
            company_id=work.company_id,
            open_item_id=item_id,
            position=1,
            amount_minor=-plan.bank_minor,
            party_id=customer_id,
            record={},
            recorded_at=work.now,
            actor=work.actor.name,
            journal_id=work.journal_id,
        ),
    )
    return item_id
