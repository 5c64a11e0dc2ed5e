"""Files and statements as people look at them: what arrived last, what became of it, and what is missing between.

What is counted here is counted for the rows of one page only.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.accounts import BankAccount
from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import table_of
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.statements import Statement, StatementFile
from schemas.statement import StatementKind
from schemas.states import BankTransactionState, StatementState

_files, _statements = table_of(StatementFile), table_of(Statement)
_accounts, _transactions = table_of(BankAccount), table_of(BankTransaction)


class FileOutcome(NamedTuple):
    """What became of a file: its statements, and how many bank transactions are in which state now."""

    statements: tuple[Statement, ...]
    counts: Mapping[BankTransactionState, int]

    @property
    def entries(self) -> int:
        """Entries in all statements of the file."""
        return sum(statement.entry_count for statement in self.statements)

    @property
    def stored(self) -> tuple[Statement, ...]:
        """The statements that do not wait and were not rejected."""
        return tuple(row for row in self.statements if row.state is StatementState.IMPORTED)

    @property
    def held(self) -> tuple[Statement, ...]:
        """The statements that wait for a person."""
        return tuple(row for row in self.statements if row.state is StatementState.HELD)


class AccountStatement(NamedTuple):
    """A statement, the account it belongs to, if one is known, and the one before it in the chain."""

    statement: Statement
    account: BankAccount | None
    previous: Statement | None


async def files_page(
    session: AsyncSession, *, company_id: int, cursor: str = "", limit: int = 10
) -> Page[StatementFile]:
    """Return the files that arrived, the latest first. Raises InvalidCursor."""
    query = select(StatementFile).where(_files.c.company_id == company_id).order_by(_files.c.id.desc())
    if cursor:
        query = query.where(_files.c.id < read_cursor(cursor, (int,))[0])
    rows = list((await session.execute(query.limit(limited(limit) + 1))).scalars())
    more = write_cursor((rows[limit - 1].id,)) if len(rows) > limit else None
    return Page(tuple(rows[:limit]), more)


async def get_file(session: AsyncSession, *, company_id: int, file_id: int) -> StatementFile | None:
    """Return a file of the company."""
    query = select(StatementFile).where(_files.c.company_id == company_id, _files.c.id == file_id)
    return (await session.execute(query)).scalar_one_or_none()


async def outcomes(session: AsyncSession, *, company_id: int, file_ids: Sequence[int]) -> dict[int, FileOutcome]:
    """Return what became of some files, as far as it concerns the company."""
    query = (
        select(Statement)
        .where(_statements.c.company_id == company_id, _statements.c.file_id.in_(file_ids))
        .order_by(_statements.c.file_id, _statements.c.position)
    )
    rows = list((await session.execute(query)).scalars())
    counts = await states_of_statements(session, [row.id for row in rows])
    found: dict[int, FileOutcome] = {}
    for file_id in file_ids:
        own = tuple(row for row in rows if row.file_id == file_id)
        total: dict[BankTransactionState, int] = defaultdict(int)
        for row in own:
            for state, count in counts[row.id].items():
                total[state] += count
        found[file_id] = FileOutcome(own, dict(total))
    return found


async def states_of_statements(
    session: AsyncSession, statement_ids: Sequence[int]
) -> dict[int, dict[BankTransactionState, int]]:
    """Return how many bank transactions of some statements are in which state; those that were divided do not count."""
    t = _transactions
    query = (
        select(t.c.statement_id, t.c.state, func.count())
        .where(t.c.statement_id.in_(statement_ids), t.c.state != BankTransactionState.SPLIT)
        .group_by(t.c.statement_id, t.c.state)
    )
    found: dict[int, dict[BankTransactionState, int]] = {key: {} for key in statement_ids}
    for statement_id, state, count in await session.execute(query):
        found[statement_id][state] = count
    return found


async def statements_page(
    session: AsyncSession,
    *,
    company_id: int,
    account_id: int | None = None,
    state: StatementState | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Page[AccountStatement]:
    """Return statements, the latest first, with the one before each in its account's chain. Raises InvalidCursor."""
    s = _statements
    wanted: list[ColumnElement[bool]] = [s.c.company_id == company_id]
    if account_id is not None:
        wanted.append(s.c.bank_account_id == account_id)
    if state is not None:
        wanted.append(s.c.state == state)
    if cursor:
        wanted.append(s.c.id < read_cursor(cursor, (int,))[0])
    limit = limited(limit)
    query = select(Statement).where(*wanted).order_by(s.c.id.desc()).limit(limit + 1)
    rows = list((await session.execute(query)).scalars())
    more = write_cursor((rows[limit - 1].id,)) if len(rows) > limit else None
    shown = rows[:limit]
    accounts = await accounts_of(session, company_id=company_id)
    found = [
        AccountStatement(row, accounts.get(row.bank_account_id or 0), await previous_of(session, row)) for row in shown
    ]
    return Page(tuple(found), more)


async def statements_since(
    session: AsyncSession, *, company_id: int, account_id: int, since: dt.date
) -> list[Statement]:
    """Return the statements of an account, imported or held, that end on a day or later, and the last one before it."""
    s = _statements
    query = select(Statement).where(
        s.c.company_id == company_id,
        s.c.bank_account_id == account_id,
        s.c.kind == StatementKind.STATEMENT,
        s.c.state.in_((StatementState.IMPORTED, StatementState.HELD)),
        s.c.same_as_id.is_(None),
    )
    before = query.where(s.c.to_date < since).order_by(s.c.to_date.desc(), s.c.id.desc()).limit(1)
    after = query.where(s.c.to_date >= since).order_by(s.c.to_date, s.c.id)
    return [row for one in (before, after) for row in (await session.execute(one)).scalars()]


async def get_statement(session: AsyncSession, *, company_id: int, statement_id: int) -> Statement | None:
    """Return a statement of the company."""
    query = select(Statement).where(_statements.c.company_id == company_id, _statements.c.id == statement_id)
    return (await session.execute(query)).scalar_one_or_none()


async def accounts_of(session: AsyncSession, *, company_id: int) -> dict[int, BankAccount]:
    """Return the accounts of the company by key."""
    query = select(BankAccount).where(_accounts.c.company_id == company_id)
    return {row.id: row for row in (await session.execute(query)).scalars()}


async def previous_of(session: AsyncSession, statement: Statement) -> Statement | None:
    """Return the imported statement before one in the chain of its account; None for reports and for the first."""
    return await _beside(session, statement, is_before=True)


async def following_of(session: AsyncSession, statement: Statement) -> Statement | None:
    """Return the imported statement after one in the chain of its account."""
    return await _beside(session, statement, is_before=False)


async def _beside(session: AsyncSession, statement: Statement, *, is_before: bool) -> Statement | None:
    s = _statements
    if statement.bank_account_id is None or statement.to_date is None:
        return None
    here = (statement.to_date, statement.id)
    place = tuple_(s.c.to_date, s.c.id)
    query = select(Statement).where(
        s.c.company_id == statement.company_id,
        s.c.bank_account_id == statement.bank_account_id,
        s.c.state == StatementState.IMPORTED,
        s.c.kind == statement.kind,
        s.c.same_as_id.is_(None),
        place < here if is_before else place > here,
    )
    order = (s.c.to_date.desc(), s.c.id.desc()) if is_before else (s.c.to_date, s.c.id)
    return (await session.execute(query.order_by(*order).limit(1))).scalar_one_or_none()


async def count_held(session: AsyncSession, *, company_id: int) -> int:
    """Return how many statements wait for a person."""
    s = _statements
    query = select(func.count()).where(s.c.company_id == company_id, s.c.state == StatementState.HELD)
    return int((await session.execute(query)).scalar_one())


async def entries_page(
    session: AsyncSession, *, company_id: int, statement_id: int, cursor: str = "", limit: int = 50
) -> Page[BankTransaction]:
    """Return the bank transactions of a statement in the order of the file. Raises InvalidCursor."""
    t = _transactions
    limit = limited(limit)
    query = select(BankTransaction).where(t.c.company_id == company_id, t.c.statement_id == statement_id)
    if cursor:
        query = query.where(tuple_(t.c.position, t.c.part, t.c.id) > tuple(read_cursor(cursor, (int, int, int))))
    query = query.order_by(t.c.position, t.c.part, t.c.id).limit(limit + 1)
    rows: list[Any] = list((await session.execute(query)).scalars())
    last = rows[limit - 1] if len(rows) > limit else None
    more = write_cursor((last.position, last.part, last.id)) if last is not None else None
    return Page(tuple(rows[:limit]), more)


async def decided_of_file(session: AsyncSession, *, company_id: int, file_id: int) -> list[int]:
    """Return the bank transactions of a file on which something was decided, oldest first."""
    t, s = _transactions, _statements
    decided = (
        BankTransactionState.ALLOCATED, BankTransactionState.PARTLY_ALLOCATED, BankTransactionState.IGNORED,
    )  # fmt: skip
    query = (
        select(t.c.id)
        .join(s, s.c.id == t.c.statement_id)
        .where(t.c.company_id == company_id, s.c.file_id == file_id, t.c.state.in_(decided))
        .order_by(t.c.id)
    )
    return list((await session.execute(query)).scalars())
