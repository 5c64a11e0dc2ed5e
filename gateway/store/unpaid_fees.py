"""Which fee that the bank booked apart belongs to which row of the unpaid register; the fee of a row contains it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.bank_transactions import bank_transactions
from gateway.store.bulk import insert_rows
from gateway.store.collections import collections
from gateway.store.columns import table_of
from gateway.store.companies import Company
from gateway.store.fetch import among, in_pieces
from gateway.store.open_items import open_items
from gateway.store.parties import parties
from gateway.store.unpaid import UnpaidFee, unpaid, unpaid_fees
from gateway.store.work import Work

_NAMES = ("id", "company_id", "unpaid_id", "bank_transaction_id", "amount_minor", "recorded_at")


class FeeShown(NamedTuple):
    """A fee beside its debit, as people see it. Amounts are minor units above zero."""

    tie: UnpaidFee
    booking_date: dt.date
    currency: str
    customer_name: str
    end_to_end_id: str


async def hold_fees(work: Work) -> None:
    """Let nobody else tie fees to debits until this work ends: of a fee and a debit that come in at once each must see
    the other."""
    company = table_of(Company).c.id
    query = select(company).where(company == work.company_id).with_for_update(key_share=True)
    await work.session.execute(query)


async def has_rows(session: AsyncSession, company_id: int) -> bool:
    """Tell whether any debit of a company came back."""
    query = select(unpaid.c.id).where(unpaid.c.company_id == company_id).limit(1)
    return (await session.execute(query)).first() is not None


async def fees_of(
    session: AsyncSession, *, fee_ids: Iterable[int] = (), row_ids: Iterable[int] = ()
) -> list[UnpaidFee]:
    """Return what ties some bank transactions to rows, or some rows to bank transactions, oldest first."""
    u = unpaid_fees.c
    found: dict[int, UnpaidFee] = {}
    for column, ids in ((u.bank_transaction_id, fee_ids), (u.unpaid_id, row_ids)):
        for piece in in_pieces(ids):
            query = select(UnpaidFee).where(among(session, column, piece)).execution_options(populate_existing=True)
            found |= {row.id: row for row in (await session.execute(query)).scalars()}
    return [found[key] for key in sorted(found)]


async def insert_fees(work: Work, new: Sequence[tuple[int, int, int, int]]) -> None:
    """Tie fees to rows, which have that much more of them: (key, bank transaction, row, minor units)."""
    rows = [(key, work.company_id, row, fee, minor, work.now) for key, fee, row, minor in new]
    await work.flush()
    await insert_rows(work, unpaid_fees, _NAMES, rows)
    await _add_to_rows(work, [(row, minor) for _, _, row, minor in new])


async def delete_fees(work: Work, gone: Sequence[UnpaidFee]) -> None:
    """Take fees off their rows."""
    for piece in in_pieces(one.id for one in gone):
        statement = delete(unpaid_fees).where(among(work.session, unpaid_fees.c.id, piece))
        await work.session.execute(statement.execution_options(synchronize_session=False))
    await _add_to_rows(work, [(one.unpaid_id, -one.amount_minor) for one in gone])


async def set_fee_item(work: Work, *, tie_id: int, item_id: int) -> None:
    """Note by which item the customer is asked for a fee."""
    statement = update(unpaid_fees).where(unpaid_fees.c.id == tie_id).values(fee_item_id=item_id)
    await work.session.execute(statement.execution_options(synchronize_session=False))


async def used_items(session: AsyncSession, ids: Iterable[int]) -> set[int]:
    """Return which of some items are settled in part, or are being collected."""
    i = open_items.c
    found: set[int] = set()
    for piece in in_pieces(ids):
        query = select(i.id).where(among(session, i.id, piece), (i.settled_minor != 0) | (i.collecting_minor != 0))
        found |= set((await session.execute(query)).scalars())
    return found


async def _add_to_rows(work: Work, added: Iterable[tuple[int, int]]) -> None:
    sums: dict[int, int] = defaultdict(int)
    for key, minor in added:
        sums[key] += minor
    for key, minor in sorted(sums.items()):
        statement = update(unpaid).where(unpaid.c.company_id == work.company_id, unpaid.c.id == key)
        values = {"fee_minor": unpaid.c.fee_minor + minor, "version": unpaid.c.version + 1}
        await work.session.execute(statement.values(**values).execution_options(synchronize_session=False))


async def shown_fees(
    session: AsyncSession, *, company_id: int, bank_transaction_id: int | None = None, row_id: int | None = None
) -> list[FeeShown]:
    """Return the fees of one bank transaction, or of one row, in the order of their bookings."""
    f, t = unpaid_fees.c, bank_transactions.c
    query = (
        select(UnpaidFee, t.booking_date, t.currency, parties.c.name, collections.c.end_to_end_id)
        .join(bank_transactions, t.id == f.bank_transaction_id)
        .join(unpaid, unpaid.c.id == f.unpaid_id)
        .join(parties, parties.c.id == unpaid.c.party_id)
        .outerjoin(collections, collections.c.id == unpaid.c.collection_id)
        .where(f.company_id == company_id)
        .order_by(t.booking_date, f.id)
    )
    if bank_transaction_id is not None:
        query = query.where(f.bank_transaction_id == bank_transaction_id)
    if row_id is not None:
        query = query.where(f.unpaid_id == row_id)
    return [
        FeeShown(tie, day, currency, name, end_to_end_id or "")
        for tie, day, currency, name, end_to_end_id in await session.execute(query)
    ]
