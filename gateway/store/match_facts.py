"""What matching needs to know beside the open items: what was settled lately, and booked credits that may come back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.candidates import NO_PAYMENT
from gateway.domain.matching.model import BookedCredit, Credit, Line, OpenItem, SettledItem
from gateway.domain.matching.sent import NO_ID
from gateway.store.allocations import Allocation, is_live_allocation
from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import table_of
from gateway.store.fetch import among, in_pieces
from gateway.store.mandates import Mandate
from gateway.store.open_items import OpenItem as ItemRow
from gateway.store.reviews import review_candidates, review_items
from schemas.states import AllocationKind, BankTransactionState, OpenItemKind, ReviewReason, ReviewState

_items, _allocations, _transactions = table_of(ItemRow), table_of(Allocation), table_of(BankTransaction)
_mandates = table_of(Mandate)
_CREDIT = (
    "id", "amount_minor", "currency", "booking_date", "end_to_end_id", "mandate_reference", "bank_reference",
    "counterparty_iban",
)  # fmt: skip
_BOOKED = (BankTransactionState.ALLOCATED, BankTransactionState.PARTLY_ALLOCATED)


async def settled_lately(session: AsyncSession, *, company_id: int, since_date: dt.date) -> list[SettledItem]:
    """Return items that are settled whole by money that came since a day; paying them again is noticed."""
    names = ("id", "party_id", "kind", "number", "currency", "amount_minor", "issue_date", "due_date")
    more = ("creditor_reference", "order_reference")
    query = (
        select(
            *[_items.c[name] for name in (*names, *more)],
            func.max(_allocations.c.effective_date),
        )
        .join(_allocations, _allocations.c.target_item_id == _items.c.id)
        .where(
            _items.c.company_id == company_id,
            _items.c.settled_minor == _items.c.amount_minor,
            _allocations.c.effective_date >= since_date,
            _allocations.c.reverses_id.is_(None),
        )
        .group_by(*[_items.c[name] for name in (*names, *more)])
        .order_by(_items.c.id)
    )
    return [_settled(row) for row in await session.execute(query)]


def _settled(row: Sequence[Any]) -> SettledItem:
    (key, party_id, kind, number, currency, amount, issue_date, due_date, reference, order, date) = row
    item = OpenItem(
        key, party_id, OpenItemKind(kind), number, currency, amount, 0, issue_date, due_date, reference, order
    )
    day = dt.date.fromisoformat(date) if isinstance(date, str) else date
    return SettledItem(item, day)


async def waiting_credits(session: AsyncSession, *, company_id: int) -> list[Credit]:
    """Return the payments that people are asked about and that may be for an open item: their amount and payer only."""
    t, r = _transactions.c, review_items.c
    proposes = exists().where(review_candidates.c.review_item_id == r.id)
    query = (
        select(
            t.id,
            t.amount_minor - t.allocated_minor,
            t.currency,
            t.booking_date,
            t.counterparty_iban,
            t.counterparty_name,
        )
        .join(review_items, r.bank_transaction_id == t.id)
        .where(r.company_id == company_id, r.state == ReviewState.OPEN, r.amount_minor > 0)
        .where(r.reason.not_in(sorted(NO_PAYMENT)), or_(r.reason != ReviewReason.PAID_ALREADY, proposes))
        .order_by(t.booking_date, t.id)
    )
    return [
        Credit(key, minor, currency, date, "", iban=iban, name=name)
        for key, minor, currency, date, iban, name in await session.execute(query)
    ]


async def booked_credits(session: AsyncSession, *, company_id: int, debits: Iterable[Credit]) -> list[BookedCredit]:
    """Return booked credits that some returned debits may take back: same end-to-end id, mandate or account."""
    returned = list(debits)
    if not returned:
        return []
    signs = {
        "end_to_end_id": {debit.end_to_end_id for debit in returned if debit.end_to_end_id} - NO_ID,
        "mandate_reference": {debit.mandate_reference for debit in returned if debit.mandate_reference} - NO_ID,
        "counterparty_iban": {debit.iban for debit in returned if debit.iban},
    }
    t = _transactions.c
    wanted: list[ColumnElement[bool]] = [
        among(session, t[name], sorted(values)) for name, values in signs.items() if values
    ]
    if not wanted:
        return []
    query = (
        select(*[t[name] for name in _CREDIT])
        .where(t.company_id == company_id, t.amount_minor > 0, t.state.in_(_BOOKED), or_(*wanted))
        .order_by(t.id)
    )
    rows = list(await session.execute(query))
    drawn = await _drawn_from(session, [row.id for row in rows])
    return [_booked(row, drawn[row.id]) for row in rows]


class _Drawn(NamedTuple):
    """What was drawn from a bank transaction: for an item of a customer, or for none."""

    kind: AllocationKind
    item_id: int | None
    customer_id: int | None
    bank_minor: int
    item_minor: int


async def _drawn_from(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[_Drawn]]:
    a = _allocations.c
    found: dict[int, list[_Drawn]] = defaultdict(list)
    for piece in in_pieces(ids):
        query = (
            select(
                a.source_bank_transaction_id, a.kind, a.target_item_id, _items.c.party_id, a.bank_minor, a.item_minor
            )
            .outerjoin(_items, _items.c.id == a.target_item_id)
            .where(among(session, a.source_bank_transaction_id, piece), *is_live_allocation())
            .order_by(a.id)
        )
        for key, *values in await session.execute(query):
            found[key].append(_Drawn(*values))
    return found


def _booked(row: Any, drawn: Sequence[_Drawn]) -> BookedCredit:
    paid = [one for one in drawn if one.item_id is not None]
    customers = {one.customer_id for one in paid}
    return BookedCredit(
        id=row.id,
        customer_id=customers.pop() if len(customers) == 1 else None,
        amount_minor=row.amount_minor,
        currency=row.currency,
        booking_date=row.booking_date,
        lines=tuple(Line(one.item_id or 0, one.kind, one.item_minor) for one in paid),
        on_account_minor=sum(one.bank_minor for one in drawn if one.kind is AllocationKind.ON_ACCOUNT),
        end_to_end_id=row.end_to_end_id,
        mandate_reference=row.mandate_reference,
        bank_reference=row.bank_reference,
        iban=row.counterparty_iban,
    )


async def mandate_customers(session: AsyncSession, *, company_id: int) -> dict[str, int]:
    """Return the customer of each mandate reference."""
    query = select(_mandates.c.reference, _mandates.c.party_id).where(_mandates.c.company_id == company_id)
    return {row.reference: row.party_id for row in await session.execute(query.order_by(_mandates.c.id))}
