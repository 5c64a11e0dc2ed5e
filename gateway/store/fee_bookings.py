"""Fees that the bank booked apart, and the debits that each may name: by a word of theirs, or by its day and amount."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.return_fees import FeeBooking, FeeDebit, amounts_of, words_of
from gateway.store.bank_transactions import IS_FEE, bank_transactions
from gateway.store.collection_runs import batches
from gateway.store.collections import collections
from gateway.store.fetch import among, in_pieces
from gateway.store.keys import unindexed
from gateway.store.mandates import mandates
from gateway.store.unpaid import unpaid
from schemas.states import BankTransactionState, CollectionState, UnpaidState

_CAME_BACK = (CollectionState.REJECTED, CollectionState.RETURNED)


async def fees_by_id(session: AsyncSession, ids: Iterable[int]) -> list[FeeBooking]:
    """Return those of some bank transactions that are set aside as fees of the bank."""
    found: list[FeeBooking] = []
    for piece in in_pieces(ids):
        found += await _fees(session, among(session, bank_transactions.c.id, piece))
    return found


async def fees_between(session: AsyncSession, *, company_id: int, first: dt.date, last: dt.date) -> list[FeeBooking]:
    """Return the fees of the bank that were booked in some days, both included."""
    t = bank_transactions.c
    return await _fees(session, t.company_id == company_id, t.booking_date.between(first, last))


async def _fees(session: AsyncSession, *conditions: ColumnElement[bool]) -> list[FeeBooking]:
    t = bank_transactions.c
    # What was ordered is the debit itself, where a bank says it of its fee.
    ordered = case((t.instructed_currency == t.currency, t.instructed_minor))
    query = select(
        t.id, t.bank_account_id, -t.amount_minor, t.currency, t.booking_date, t.remittance, t.entry_text,
        t.end_to_end_id, t.mandate_reference, t.payment_information_id, t.bank_reference,
        func.coalesce(t.original_amount_minor, ordered),
    ).where(*conditions, text(IS_FEE), t.state == BankTransactionState.IGNORED, t.amount_minor < 0)  # fmt: skip
    rows = [tuple(row) for row in await session.execute(query.order_by(t.id))]
    return [FeeBooking._make((*row[:5], f"{row[5]} {row[6]}".strip(), *row[7:])) for row in rows]


async def debits_named(session: AsyncSession, *, company_id: int, fees: Sequence[FeeBooking]) -> list[FeeDebit]:
    """Return all debits that some fees may name, and those with their end-to-end ids that did not come back."""
    words = sorted({word for fee in fees for word in words_of(fee)})
    sent = await _collections_with(session, company_id, collections.c.end_to_end_id, words)
    keys = await _rows_of(session, company_id, fees, words, list(sent))
    debits = await debits_of_rows(session, keys)
    back = {word for debit in debits for word in debit.end_to_end_ids}
    return debits + [
        FeeDebit(None, minor, currency, day, frozenset({end_to_end_id}))
        for end_to_end_id, minor, currency, day in sent.values()
        if end_to_end_id not in back
    ]


async def _collections_with(
    session: AsyncSession, company_id: int, column: ColumnElement[Any], values: Sequence[Any], *conditions: Any
) -> dict[int, tuple[Any, ...]]:
    c = collections.c
    found: dict[int, tuple[Any, ...]] = {}
    for piece in in_pieces(values):
        query = select(c.id, c.end_to_end_id, c.amount_minor, c.currency, c.collection_date)
        query = query.where(unindexed(c.company_id) == company_id, among(session, column, piece), *conditions)
        found |= {row[0]: tuple(row[1:]) for row in await session.execute(query)}
    return found


async def _rows_of(
    session: AsyncSession, company_id: int, fees: Sequence[FeeBooking], words: Sequence[str], sent: Sequence[int]
) -> set[int]:
    """Return the keys of the rows that some fees may name: by a word of theirs, or by their day."""
    is_back = collections.c.state.in_(_CAME_BACK)
    m = mandates.c
    of_mandates = await _ids(session, m.id, m.reference_key, map(str.upper, words), m.company_id == company_id)
    of_blocks = await _ids(session, batches.c.id, batches.c.payment_information_id, words)
    mine = [*sent]
    for column, ids in ((collections.c.mandate_id, of_mandates), (collections.c.batch_id, of_blocks)):
        mine += await _collections_with(session, company_id, column, ids, is_back)
    keys = set(await _ids(session, unpaid.c.id, unpaid.c.collection_id, mine))
    t = bank_transactions.c
    accounts = {fee.bank_account_id for fee in fees}
    booked = await _ids(session, t.id, t.bank_reference, words, t.bank_account_id.in_(accounts))
    keys |= set(await _ids(session, unpaid.c.id, unpaid.c.bank_transaction_id, booked))
    return keys | await _rows_of_days(session, company_id, fees)


async def _ids(
    session: AsyncSession, wanted: ColumnElement[int], column: ColumnElement[Any], values: Iterable[Any], *more: Any
) -> list[int]:
    found: list[int] = []
    for piece in in_pieces(values):
        found += (await session.execute(select(wanted).where(among(session, column, piece), *more))).scalars()
    return found


async def _rows_of_days(session: AsyncSession, company_id: int, fees: Sequence[FeeBooking]) -> set[int]:
    """Return the rows of the days of fees that name an amount."""
    days = sorted({fee.booking_date for fee in fees if amounts_of(fee)})
    u = unpaid.c
    found: set[int] = set()
    for start in range(0, len(days), 100):
        # By all states, so that the index is used.
        query = select(u.id).where(
            u.company_id == company_id, u.state.in_(list(UnpaidState)), u.occurred_date.in_(days[start : start + 100])
        )
        found |= set((await session.execute(query)).scalars())
    return found


async def debits_of_rows(session: AsyncSession, keys: Iterable[int]) -> list[FeeDebit]:
    """Return rows of the register by what a fee may name of them."""
    found: list[FeeDebit] = []
    for piece in in_pieces(keys):
        rows = await session.execute(_debits().where(among(session, unpaid.c.id, piece)).order_by(unpaid.c.id))
        found += [_debit(tuple(row)) for row in rows]
    return found


def _debits() -> Select[Any]:
    u, c, b, t = unpaid.c, collections.c, batches.c, bank_transactions.c
    rows = (
        unpaid.outerjoin(collections, c.id == u.collection_id)
        .outerjoin(batches, b.id == c.batch_id)
        .outerjoin(bank_transactions, t.id == u.bank_transaction_id)
    )
    return select(
        u.id, u.amount_minor, u.currency, u.occurred_date, c.end_to_end_id, c.mandate_reference, c.collection_date,
        b.payment_information_id, t.end_to_end_id, t.mandate_reference, t.bank_reference, t.bank_account_id,
    ).select_from(rows)  # fmt: skip


def _debit(row: tuple[Any, ...]) -> FeeDebit:
    key, minor, currency, day, own_id, own_mandate, asked_date, block, said_id, said_mandate, reference, account = row
    if account is None and asked_date is not None:
        day = min(day, asked_date)  # The day of a report is when it came in, not when the bank rejected.
    return FeeDebit(
        key,
        minor,
        currency,
        day,
        _words(own_id, said_id),
        _words(own_mandate and own_mandate.upper(), said_mandate and said_mandate.upper()),
        _words(block),
        _words(reference),
        account,
    )


def _words(*words: str | None) -> frozenset[str]:
    return frozenset(word for word in words if word)
