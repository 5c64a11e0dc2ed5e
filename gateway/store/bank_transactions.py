"""Bank transactions: what came in and went out, each once, over formats, channels and batch splits."""

import datetime as dt
from collections.abc import Sequence
from sys import intern
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.model import Credit
from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.digest import cover_table
from gateway.store.fetch import among, in_pieces
from gateway.store.keys import index_where, owned, points
from gateway.store.matching_rules import add_uses
from gateway.store.open_items import WITHIN
from gateway.store.work import Work
from schemas.states import BankTransactionState, IgnoreCategory

IS_FEE = "category = 'bank_fee'"  # As an index and a query both have to say it.


class BankTransaction(Row, table=True):
    """One payment on one account.

    ``entry_key`` with ``occurrence`` is the identity of the entry it belongs to, ``part`` its place in the entry
    (0: the entry is not divided). ``allocated_minor`` is a guard beside the allocations (INV-2, INV-3).
    """

    __tablename__ = "bank_transaction"
    __table_args__ = (
        UniqueConstraint("bank_account_id", "entry_key", "occurrence", "part"),
        CheckConstraint(WITHIN.format("allocated_minor"), name="allocated_within_amount"),
        Index("ix_bank_transaction_state", "company_id", "state", "id"),
        Index("ix_bank_transaction_account", "bank_account_id", "booking_date", "id"),
        Index("ix_bank_transaction_amount", "company_id", "amount_minor", "id"),
        Index("ix_bank_transaction_reference", "bank_account_id", "bank_reference"),
        index_where("ix_bank_transaction_fee", "company_id", "booking_date", where=IS_FEE),
        owned(),
        points("bank_account_id", "bank_account", by_statement=True),
        points("statement_id", "statement", by_statement=True),
        points("split_from_id", "bank_transaction"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_account_id: int = columns.key()
    statement_id: int = columns.key(index=True)
    position: int = columns.number()  # Place of the entry in the statement, from 1.
    entry_key: str = columns.text()
    occurrence: int = columns.number()
    part: int = columns.number()
    state: BankTransactionState = columns.enum(BankTransactionState, default=BankTransactionState.NEW)
    is_provisional: bool = columns.flag(default=False)
    version: int = columns.number(default=1)
    amount_minor: int = columns.minor()
    allocated_minor: int = columns.minor(default=0)
    currency: str = columns.text()
    booking_date: dt.date = columns.day()
    value_date: dt.date | None = columns.day(nullable=True)
    is_reversal: bool = columns.flag(default=False)
    bank_transaction_code: str | None = columns.text(nullable=True)
    bank_reference: str | None = columns.text(nullable=True)
    entry_reference: str | None = columns.text(nullable=True)
    entry_text: str = columns.text(default="")
    end_to_end_id: str | None = columns.text(nullable=True)
    mandate_reference: str | None = columns.text(nullable=True)
    creditor_identifier: str | None = columns.text(nullable=True)
    counterparty_name: str | None = columns.text(nullable=True)
    counterparty_iban: str | None = columns.text(nullable=True)
    counterparty_bic: str | None = columns.text(nullable=True)
    ultimate_debtor: str | None = columns.text(nullable=True)
    ultimate_creditor: str | None = columns.text(nullable=True)
    creditor_reference: str | None = columns.text(nullable=True)
    remittance: str = columns.text(default="")
    return_reason: str | None = columns.text(nullable=True)
    transaction_reference: str | None = columns.text(nullable=True)  # The bank's own for this payment of an entry.
    original_amount_minor: int | None = columns.minor(nullable=True)
    charges_minor: int | None = columns.minor(nullable=True)
    charges_included: bool | None = columns.flag(nullable=True)
    instructed_minor: int | None = columns.minor(nullable=True)
    instructed_currency: str | None = columns.text(nullable=True)
    exchange_rate: str | None = columns.text(nullable=True)
    message_id: str | None = columns.text(nullable=True)
    payment_information_id: str | None = columns.text(nullable=True)
    purpose: str | None = columns.text(nullable=True)
    batch_count: int | None = columns.number(nullable=True)
    line: int | None = columns.number(nullable=True)
    split_from_id: int | None = columns.key(nullable=True)
    category: IgnoreCategory | None = columns.enum(IgnoreCategory, nullable=True)
    account_word: str = columns.text(default="")
    ignored_by: str = columns.text(default="")
    expected: list[Any] | None = columns.facts(nullable=True)  # How matching explains what is only announced.
    journal_id: int = columns.key()


cover_table(
    "bank_transaction",
    "id",
    "bank_account_id",
    "entry_key",
    "occurrence",
    "part",
    "amount_minor",
    "currency",
    "booking_date",
)

bank_transactions = table_of(BankTransaction)


async def confirm(work: Work, *, ids: Sequence[int], statement_id: int) -> None:
    """Let a statement confirm provisional rows: from now on they are booked."""
    table = bank_transactions
    for start in range(0, len(ids), 500):
        await work.session.execute(
            update(table)
            .where(table.c.id.in_(ids[start : start + 500]))
            .values(is_provisional=False, statement_id=statement_id, version=table.c.version + 1)
        )


async def set_state(
    work: Work, *, ids: Sequence[int], state: BankTransactionState, version: int | None = None, **values: Any
) -> int:
    """Move bank transactions to a state; with ``version`` only the one that was seen. Returns how many moved."""
    table = bank_transactions
    statement = update(table).where(table.c.id.in_(ids)).values(state=state, version=table.c.version + 1, **values)
    if version is not None:
        statement = statement.where(table.c.version == version)
    return int((await work.session.execute(statement)).rowcount)  # type: ignore[attr-defined]


CREDIT_NAMES = (
    "id", "amount_minor", "allocated_minor", "bank_account_id", "currency", "booking_date", "value_date", "remittance",
    "entry_text", "end_to_end_id", "mandate_reference", "creditor_reference", "counterparty_name", "counterparty_iban",
    "ultimate_debtor", "return_reason", "charges_minor", "charges_included", "instructed_minor",
    "instructed_currency", "bank_transaction_code", "is_reversal", "batch_count", "part", "payment_information_id",
    "message_id", "original_amount_minor", "bank_reference", "entry_key", "occurrence",
)  # fmt: skip


# By day, then by the bank's own reference, then by content: a file may have the bookings of a day in any order.
AS_BOOKED = (
    bank_transactions.c.booking_date, func.coalesce(bank_transactions.c.bank_reference, ""),
    bank_transactions.c.entry_key, bank_transactions.c.occurrence, bank_transactions.c.part, bank_transactions.c.id,
)  # fmt: skip


class Unexplained(NamedTuple):
    """A bank transaction that is to be matched, its state, and the date on which its allocations take effect."""

    credit: Credit
    effective_date: dt.date
    state: BankTransactionState


async def waiting_ids(
    session: AsyncSession, *, company_id: int, states: Sequence[BankTransactionState], ids: Sequence[int] | None = None
) -> list[int]:
    """Return the booked bank transactions of some states (or some of them) in the order in which they were booked."""
    table = bank_transactions
    query = (
        select(table.c.id)
        .where(table.c.company_id == company_id, table.c.state.in_(states), table.c.is_provisional.is_(False))
        .order_by(*AS_BOOKED)
    )
    if ids is not None:
        query = query.where(among(session, table.c.id, ids))
    return list((await session.execute(query)).scalars())


async def announced_ids(session: AsyncSession, *, company_id: int) -> list[int]:
    """Return the bank transactions that are only announced, in the order in which they are to be booked."""
    table = bank_transactions
    query = (
        select(table.c.id)
        .where(table.c.company_id == company_id, table.c.is_provisional, table.c.state == BankTransactionState.NEW)
        .order_by(*AS_BOOKED)
    )
    return list((await session.execute(query)).scalars())


async def set_expected(work: Work, rows: Sequence[tuple[int, Sequence[Any]]]) -> None:
    """Note how matching explains bank transactions that are only announced: (key, explanations)."""
    table = bank_transactions
    statement = update(table).where(table.c.id == bindparam("key")).values(expected=bindparam("explanations"))
    values = [{"key": key, "explanations": list(explanations)} for key, explanations in rows]
    if values:
        await (await work.session.connection()).execute(statement, values)


async def unexplained(session: AsyncSession, ids: Sequence[int]) -> list[Unexplained]:
    """Return bank transactions as matching sees them, in the order in which they were booked."""
    table = bank_transactions
    query = (
        select(*[table.c[name] for name in CREDIT_NAMES], table.c.state)
        .where(among(session, table.c.id, ids))
        .order_by(*AS_BOOKED)
    )
    return [unexplained_of(row) for row in await session.execute(query)]


async def last_booking_date(session: AsyncSession, ids: Sequence[int]) -> dt.date:
    """Return the last booking date of bank transactions that ``waiting_ids`` gave."""
    query = select(bank_transactions.c.booking_date).where(bank_transactions.c.id == ids[-1])
    found: dt.date = (await session.execute(query)).scalar_one()
    return found


async def returned_debits(session: AsyncSession, ids: Sequence[int]) -> list[Credit]:
    """Return those of some bank transactions that take money back with a return reason."""
    table = bank_transactions
    found: list[Credit] = []
    for piece in in_pieces(ids):
        query = select(table.c.id).where(
            among(session, table.c.id, piece), table.c.amount_minor < 0, table.c.return_reason.is_not(None)
        )
        returned = list((await session.execute(query)).scalars())
        found += [one.credit for one in await unexplained(session, returned)]
    return found


def unexplained_of(row: Sequence[Any]) -> Unexplained:
    """Return a bank transaction as matching sees it from its ``CREDIT_NAMES`` and its state."""
    (
        key, amount, allocated, account_id, currency, booking_date, value_date, remittance, entry_text, end_to_end_id,
        mandate, reference, name, iban, ultimate, reason, charges, included, instructed, instructed_currency, code,
        is_reversal, batch_count, part, block_id, message_id, original, bank_reference, entry_key, occurrence, state,
    ) = row  # fmt: skip
    currency, code = intern(currency), intern(code) if code else None  # One text for all rows, not one for each.
    credit = Credit(
        key, amount - allocated, currency, booking_date, remittance or entry_text, end_to_end_id, mandate, reference,
        name, iban, ultimate, reason, charges, included, instructed, instructed_currency, code, is_reversal,
        (batch_count or 0) > 1 and part == 0, batch_count, block_id, message_id, original,
        (bank_reference or "", entry_key, occurrence, part), account_id,
    )  # fmt: skip
    return Unexplained(credit, booking_date or value_date, state)


class SetAside(NamedTuple):
    """A bank transaction that is no customer payment: its category, and by whom it was set aside (a rule, or user)."""

    id: int
    category: IgnoreCategory
    by: str
    account_word: str = ""
    user_rule_id: int | None = None


async def ignore(work: Work, rows: Sequence[SetAside]) -> None:
    """Set bank transactions aside as no customer payments."""
    table = bank_transactions
    statement = (
        update(table)
        .where(table.c.id == bindparam("key"))
        .values(
            state=BankTransactionState.IGNORED,
            category=bindparam("why"),
            ignored_by=bindparam("rule"),
            account_word=bindparam("word"),
            version=table.c.version + 1,
        )
    )
    values = [{"key": key, "why": category, "rule": by, "word": word} for key, category, by, word, _ in rows]
    if values:
        await (await work.session.connection()).execute(statement, values)
        await add_uses(work, [(one.user_rule_id, one.id) for one in rows])


async def set_state_many(work: Work, *, ids: Sequence[int], state: BankTransactionState) -> None:
    """Move many bank transactions to a state."""
    table = bank_transactions
    for piece in in_pieces(ids):
        statement = update(table).where(among(work.session, table.c.id, piece))
        await work.session.execute(statement.values(state=state, version=table.c.version + 1))


async def list_bank_transactions(
    session: AsyncSession,
    *,
    company_id: int,
    state: BankTransactionState | None,
    bank_account_id: int | None,
    from_date: dt.date | None,
    to_date: dt.date | None,
    before_id: int | None,
    limit: int,
) -> list[BankTransaction]:
    """Return bank transactions of the company, newest first, below a key; dates are booking dates, inclusive."""
    table = bank_transactions
    query = select(BankTransaction).where(table.c.company_id == company_id)
    if state is not None:
        query = query.where(table.c.state == state)
    if bank_account_id is not None:
        query = query.where(table.c.bank_account_id == bank_account_id)
    if from_date is not None:
        query = query.where(table.c.booking_date >= from_date)
    if to_date is not None:
        query = query.where(table.c.booking_date <= to_date)
    if before_id is not None:
        query = query.where(table.c.id < before_id)
    return list((await session.execute(query.order_by(table.c.id.desc()).limit(limit))).scalars())
