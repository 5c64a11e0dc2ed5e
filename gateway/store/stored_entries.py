"""Entries that are stored, parts joined, as a new statement is compared with them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.bank_entry import EntryFacts, fold_text
from gateway.store.bank_transactions import bank_transactions
from schemas.states import BankTransactionState

_NEAR = dt.timedelta(days=7)


class StoredEntry(NamedTuple):
    """An entry that is stored: what identifies it, and its rows."""

    facts: EntryFacts
    ids: tuple[int, ...]
    is_provisional: bool
    has_details: bool
    state: BankTransactionState
    statement_id: int


async def stored_entries(
    session: AsyncSession, *, bank_account_id: int, from_date: dt.date, to_date: dt.date
) -> list[StoredEntry]:
    """Return the entries of an account booked in some days (both inclusive), parts joined.

    What was only announced may be booked some days later or earlier, so it is returned from the days around as well.
    An entry that details divided later is its parts, and booked if it was: the same details may come again.
    """
    table = bank_transactions
    query = (
        select(*[table.c[name] for name in _ENTRY_NAMES])
        .where(
            table.c.bank_account_id == bank_account_id,
            or_(
                table.c.booking_date.between(from_date, to_date),
                and_(table.c.is_provisional, table.c.booking_date.between(from_date - _NEAR, to_date + _NEAR)),
            ),
        )
        .order_by(table.c.booking_date, table.c.id)
    )
    groups: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in await session.execute(query):
        groups[row.entry_key, row.occurrence].append(row)
    return [_stored_entry(rows) for rows in groups.values()]


_ENTRY_NAMES = (
    "id", "entry_key", "occurrence", "part", "state", "is_provisional", "statement_id", "booking_date", "amount_minor",
    "currency", "bank_reference", "end_to_end_id", "payment_information_id", "creditor_reference", "remittance",
    "entry_text", "batch_count", "counterparty_name", "counterparty_iban",
)  # fmt: skip
DETAIL_NAMES = ("end_to_end_id", "creditor_reference", "remittance", "counterparty_name", "counterparty_iban")


def _stored_entry(rows: list[Any]) -> StoredEntry:
    divided = [row for row in rows if row.state is BankTransactionState.SPLIT]
    rows = [row for row in rows if row not in divided] or divided
    first = rows[0]
    facts = EntryFacts(
        entry_key=first.entry_key,
        occurrence=first.occurrence,
        booking_date=first.booking_date,
        amount_minor=sum(row.amount_minor for row in rows),
        currency=first.currency,
        bank_reference=first.bank_reference,
        end_to_end_id=first.end_to_end_id,
        batch_reference=first.payment_information_id,
        text=fold_text(first.creditor_reference or first.remittance or first.entry_text),
    )
    return StoredEntry(
        facts=facts,
        ids=tuple(row.id for row in rows),
        is_provisional=any(row.is_provisional for row in divided or rows),
        has_details=first.part > 0 or any(getattr(first, name) for name in DETAIL_NAMES),
        state=first.state,
        statement_id=first.statement_id,
    )


async def references_known(
    session: AsyncSession, *, bank_account_id: int, references: Sequence[str]
) -> list[EntryFacts]:
    """Return the stored entries (not provisional) that carry one of these bank references."""
    table = bank_transactions
    found: list[EntryFacts] = []
    for start in range(0, len(references), 500):
        query = (
            select(*[table.c[name] for name in _ENTRY_NAMES])
            .where(
                table.c.bank_account_id == bank_account_id,
                table.c.bank_reference.in_(references[start : start + 500]),
                table.c.split_from_id.is_(None),
                table.c.is_provisional.is_(False),
            )
            .order_by(table.c.id)
        )
        groups: dict[tuple[str, int], list[Any]] = defaultdict(list)
        for row in await session.execute(query):
            groups[row.entry_key, row.occurrence].append(row)
        found.extend(_stored_entry(rows).facts for rows in groups.values())
    return found
