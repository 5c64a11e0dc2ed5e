"""One bank transaction with all that happened to it, and what a decision would give back if it were undone."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.accounts import BankAccount
from gateway.store.allocations import Allocation, Decision
from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import table_of
from gateway.store.journal import Journal, Move
from gateway.store.open_items import OpenItem
from gateway.store.parties import Party
from gateway.store.statements import Statement, StatementFile
from gateway.store.users import ApiToken, User
from schemas.states import BankTransactionState

_transactions, _accounts = table_of(BankTransaction), table_of(BankAccount)
_statements, _files = table_of(Statement), table_of(StatementFile)
_allocations, _decisions, _moves = table_of(Allocation), table_of(Decision), table_of(Move)
_items, _parties, _journal = table_of(OpenItem), table_of(Party), table_of(Journal)
_people = {"user": table_of(User), "token": table_of(ApiToken)}


class Origin(NamedTuple):
    """A bank transaction with where it comes from: account, statement and file."""

    transaction: BankTransaction
    account: BankAccount
    statement: Statement
    file: StatementFile


class Booked(NamedTuple):
    """One allocation with the item and the customer that it concerns; ``is_live`` unless a row took it back.

    ``transaction_id`` is the bank transaction whose decision made it, ``rule`` how it was booked, ``by`` who did it.
    """

    allocation: Allocation
    item: OpenItem | None
    customer: Party | None
    is_live: bool
    transaction_id: int | None
    rule: str
    by: str


class Moved(NamedTuple):
    """A move of a bank transaction that a person made."""

    from_state: str
    to_state: str
    name: str
    reason: str
    at: dt.datetime


async def get_origin(session: AsyncSession, *, company_id: int, bank_transaction_id: int) -> Origin | None:
    """Return a bank transaction of the company with where it comes from."""
    t = _transactions
    query = (
        select(BankTransaction, BankAccount, Statement, StatementFile)
        .join(_accounts, _accounts.c.id == t.c.bank_account_id)
        .join(_statements, _statements.c.id == t.c.statement_id)
        .join(_files, _files.c.id == _statements.c.file_id)
        .where(t.c.company_id == company_id, t.c.id == bank_transaction_id)
    )
    row = (await session.execute(query)).one_or_none()
    return Origin(*row) if row else None


async def booked_of_decision(session: AsyncSession, decision_id: int, *, limit: int) -> list[Booked]:
    """Return the first allocations that a decision made, reversed ones too, oldest first."""
    return await _booked(session, _allocations.c.decision_id == decision_id, limit=limit)


async def booked_of_item(session: AsyncSession, *, company_id: int, open_item_id: int) -> list[Booked]:
    """Return all allocations that target an item or draw from it, reversed ones too, oldest first."""
    a = _allocations
    mine = (a.c.target_item_id == open_item_id) | (a.c.source_item_id == open_item_id)
    return await _booked(session, (a.c.company_id == company_id) & mine)


async def _booked(session: AsyncSession, wanted: object, *, limit: int | None = None) -> list[Booked]:
    reversing = _allocations.alias("reversing")
    query = (
        select(
            Allocation, OpenItem, Party, reversing.c.id, _decisions.c.bank_transaction_id, _decisions.c.rule,
            _journal.c.actor,
        )
        .outerjoin(_items, _items.c.id == func.coalesce(_allocations.c.target_item_id, _allocations.c.opened_item_id))
        .outerjoin(_parties, _parties.c.id == _items.c.party_id)
        .outerjoin(reversing, reversing.c.reverses_id == _allocations.c.id)
        .outerjoin(_decisions, _decisions.c.id == _allocations.c.decision_id)
        .join(_journal, _journal.c.id == _allocations.c.journal_id)
        .where(wanted)  # type: ignore[arg-type]
        .order_by(_allocations.c.id)
        .limit(limit)
    )  # fmt: skip
    rows = (await session.execute(query)).all()
    names = await names_of(session, [by for *_, by in rows])
    return [
        Booked(row, item, party, row.reverses_id is None and reversed_by is None, key, rule or "", names.get(by, by))
        for row, item, party, reversed_by, key, rule, by in rows
    ]


async def moves_of_transaction(session: AsyncSession, bank_transaction_id: int) -> list[Moved]:
    """Return the moves that people made with a bank transaction, oldest first."""
    m = _moves
    query = (
        select(m.c.from_state, m.c.to_state, m.c.actor, m.c.reason, m.c.at)
        .where(m.c.subject_table == "bank_transaction", m.c.subject_id == bank_transaction_id)
        .order_by(m.c.position, m.c.id)
    )
    rows = (await session.execute(query)).all()
    names = await names_of(session, [actor for _, _, actor, _, _ in rows])
    return [Moved(before, after, names.get(actor, actor), reason, at) for before, after, actor, reason, at in rows]


async def names_of(session: AsyncSession, words: Sequence[str]) -> dict[str, str]:
    """Return the names of the people and machines whom the journal calls by words such as ``user:12``."""
    found: dict[str, str] = {}
    for kind, table in _people.items():
        keys = {int(word.partition(":")[2]) for word in words if word.startswith(f"{kind}:")}
        query = select(table.c.id, table.c.name).where(table.c.id.in_(sorted(keys)))
        found |= {f"{kind}:{key}": name for key, name in await session.execute(query)} if keys else {}
    return found


async def last_decided_by(session: AsyncSession, *, company_id: int, actor: str) -> int | None:
    """Return the bank transaction that a person decided last and that still stands; ``actor`` is his journal word."""
    m, t = _moves, _transactions
    decided = (
        BankTransactionState.ALLOCATED, BankTransactionState.PARTLY_ALLOCATED, BankTransactionState.IGNORED,
    )  # fmt: skip
    query = (
        select(m.c.subject_id)
        .join(t, t.c.id == m.c.subject_id)
        .where(
            m.c.subject_table == "bank_transaction",
            m.c.actor == actor,
            m.c.company_id == company_id,
            m.c.to_state.in_([state.value for state in decided]),
            t.c.company_id == company_id,
            t.c.state.in_(decided),
        )
        .order_by(m.c.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def transactions_of_batch(session: AsyncSession, *, company_id: int, batch_id: int) -> list[int]:
    """Return the bank transactions that were decided together and whose decision still stands, oldest first."""
    d = _decisions
    query = (
        select(d.c.bank_transaction_id)
        .where(d.c.company_id == company_id, d.c.batch_id == batch_id, d.c.undone_at.is_(None))
        .order_by(d.c.bank_transaction_id)
    )
    return list((await session.execute(query)).scalars())


class LiveSum(NamedTuple):
    """What decisions moved in one currency: how many allocations, over how many items, and the money in them."""

    currency: str
    allocations: int
    items: int
    amount_minor: int


async def live_sums(session: AsyncSession, *, company_id: int, ids: Sequence[int]) -> list[LiveSum]:
    """Return what the live decisions on some bank transactions moved, one value for each currency."""
    a, d = _allocations, _decisions
    reversing = a.alias("reversing")
    sums: dict[str, LiveSum] = {}
    for start in range(0, len(ids), 500):
        query = (
            select(
                a.c.bank_currency, func.count(), func.count(func.distinct(a.c.target_item_id)), func.sum(a.c.bank_minor)
            )
            .join(d, d.c.id == a.c.decision_id)
            .outerjoin(reversing, reversing.c.reverses_id == a.c.id)
            .where(
                d.c.company_id == company_id,
                d.c.bank_transaction_id.in_(ids[start : start + 500]),
                a.c.reverses_id.is_(None),
                reversing.c.id.is_(None),
            )
            .group_by(a.c.bank_currency)
            .order_by(a.c.bank_currency)
        )
        for currency, count, items, minor in await session.execute(query):
            before = sums.get(currency, LiveSum(currency, 0, 0, 0))
            sums[currency] = LiveSum(
                currency, before.allocations + count, before.items + items, before.amount_minor + int(minor)
            )
    return list(sums.values())
