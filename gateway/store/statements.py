"""Files that arrived and the statements in them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.statement import Neighbour, StatementFacts
from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.digest import cover_table
from gateway.store.keys import of_company, owned, points
from gateway.store.presence import Presence
from gateway.store.work import Work
from schemas.errors import GatewayError
from schemas.statement import StatementKind
from schemas.states import HoldReason, StatementFileState, StatementState


class StatementFile(Row, table=True):
    """A file as it came. Its bytes lie under its hash; the same bytes again are an answer, not a row."""

    __tablename__ = "statement_file"
    __table_args__ = (UniqueConstraint("company_id", "sha256"), of_company(), owned())

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    sha256: str = columns.text()
    name: str = columns.text()
    size: int = columns.key()
    format: str = columns.text(default="")
    channel: str = columns.text()
    companies: list[int] = columns.facts()  # The companies that the sender may import for.
    state: StatementFileState = columns.enum(StatementFileState)
    stage: str = columns.text(default="received")  # received, reading, storing, matching, done
    done: int = columns.number(default=0)
    total: int = columns.number(default=0)
    lease_token: str = columns.text(default="")
    lease_holder: str = columns.text(default="")  # The presence of the process that has the lease.
    lease_until: dt.datetime | None = columns.moment(nullable=True)
    crashes: int = columns.number(default=0)  # How often a worker broke off on it.
    error_code: str = columns.text(default="")
    error_message: str = columns.text(default="")
    error_line: int | None = columns.number(nullable=True)
    warnings: list[str] = columns.facts()
    received_at: dt.datetime = columns.moment()
    received_by: str = columns.text()
    journal_id: int = columns.key()


class Statement(Row, table=True):
    """One account, one period, pages joined. ``position`` is its place in the file, from 1."""

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("file_id", "position"),
        Index("ix_statement_account", "company_id", "bank_account_id", "to_date", "id"),
        Index("ix_statement_state", "company_id", "state", "id"),
        of_company(),
        owned(),
        ForeignKeyConstraint(["file_id"], ["statement_file.id"]),
        points("bank_account_id", "bank_account"),
        points("same_as_id", "statement"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    file_id: int = columns.key(index=True)
    position: int = columns.number()
    kind: StatementKind = columns.enum(StatementKind)
    bank_account_id: int | None = columns.key(nullable=True)
    account: str = columns.text()
    currency: str = columns.text()
    statement_id: str | None = columns.text(nullable=True)
    number: str | None = columns.text(nullable=True)
    first_page: int | None = columns.number(nullable=True)
    last_page: int | None = columns.number(nullable=True)
    is_complete: bool = columns.flag(default=True)
    from_date: dt.date | None = columns.day(nullable=True)
    to_date: dt.date | None = columns.day(nullable=True)
    opening_minor: int | None = columns.minor(nullable=True)
    closing_minor: int | None = columns.minor(nullable=True)
    booked_sum_minor: int = columns.minor()
    entry_count: int = columns.number()
    new_count: int = columns.number(default=0)
    state: StatementState = columns.enum(StatementState)
    hold_reason: HoldReason | None = columns.enum(HoldReason, nullable=True)
    hold_detail: str = columns.text(default="")
    take_reason: str = columns.text(default="")
    taken_by: str = columns.text(default="")
    same_as_id: int | None = columns.key(nullable=True)
    text: str = columns.text(default="")
    warnings: list[str] = columns.facts()
    recorded_at: dt.datetime = columns.moment()
    journal_id: int = columns.key()


cover_table("statement", "id", "file_id", "position", "kind")

files, statements = table_of(StatementFile), table_of(Statement)


class LeaseLost(GatewayError):
    """Another worker took this file over."""

    code = "lease_lost"


async def file_by_hash(session: AsyncSession, *, company_id: int, sha256: str) -> StatementFile | None:
    """Return the file with these bytes, if it came before."""
    query = select(StatementFile).where(files.c.company_id == company_id, files.c.sha256 == sha256)
    return (await session.execute(query)).scalar_one_or_none()


async def lease_file(
    work: Work, *, file_id: int, token: str, presence: Presence, until: dt.datetime
) -> StatementFile | None:
    """Take a received file for reading, if nobody else who lives has it."""
    query = select(files.c.lease_token, files.c.lease_holder).where(files.c.id == file_id)
    seen = (await work.session.execute(query)).one()
    free = or_(files.c.lease_until.is_(None), files.c.lease_until < work.now)
    if seen.lease_holder and presence.has_gone(seen.lease_holder):
        free = or_(free, files.c.lease_token == seen.lease_token)
    statement = (
        update(files)
        .where(files.c.id == file_id, files.c.state == StatementFileState.RECEIVED, free)
        .values(lease_token=token, lease_holder=presence.name, lease_until=until, stage="reading")
    )
    if _changed(await work.session.execute(statement)) == 0:
        return None
    return (await work.session.execute(select(StatementFile).where(files.c.id == file_id))).scalar_one()


async def keep_lease(work: Work, *, file_id: int, token: str, **values: Any) -> None:
    """Change a leased file (stage, progress, outcome). Raises LeaseLost when the lease is not ours any more."""
    statement = update(files).where(files.c.id == file_id, files.c.lease_token == token).values(**values)
    if _changed(await work.session.execute(statement)) == 0:
        raise LeaseLost(f"file {file_id} was taken over by another worker")


async def count_crash(work: Work, *, file_id: int, token: str) -> None:
    """Note that the worker with this lease broke off, and give its lease back."""
    statement = update(files).where(files.c.id == file_id, files.c.lease_token == token)
    await work.session.execute(statement.values(lease_until=None, lease_token="", crashes=files.c.crashes + 1))


async def unfinished_files(session: AsyncSession) -> list[int]:
    """Return the files (of any company) that were received and are not read yet, oldest first."""
    query = select(files.c.id).where(files.c.state == StatementFileState.RECEIVED).order_by(files.c.id)
    return list((await session.execute(query)).scalars())


async def statements_of_file(session: AsyncSession, file_id: int) -> list[Statement]:
    """Return the statements of a file in their order."""
    query = select(Statement).where(statements.c.file_id == file_id).order_by(statements.c.position)
    return list((await session.execute(query)).scalars())


async def neighbours(
    session: AsyncSession, *, bank_account_id: int, from_date: dt.date, to_date: dt.date
) -> list[Neighbour]:
    """Return the imported statements of an account that touch some days, and the next one on each side."""
    imported = (
        statements.c.bank_account_id == bank_account_id,
        statements.c.state == StatementState.IMPORTED,
        statements.c.kind == StatementKind.STATEMENT,
        statements.c.same_as_id.is_(None),
    )
    touching = select(Statement).where(*imported, statements.c.to_date >= from_date, statements.c.from_date <= to_date)
    before = (
        select(Statement)
        .where(*imported, statements.c.to_date < from_date)
        .order_by(statements.c.to_date.desc(), statements.c.id.desc())
    )
    after = (
        select(Statement)
        .where(*imported, statements.c.from_date > to_date)
        .order_by(statements.c.to_date, statements.c.id)
    )
    found: list[Neighbour] = []
    for query in (touching.order_by(statements.c.to_date, statements.c.id), before.limit(1), after.limit(1)):
        found.extend(Neighbour(row.id, facts_of(row)) for row in (await session.execute(query)).scalars())
    return found


def facts_of(row: Statement) -> StatementFacts:
    """Return what is compared of a stored statement."""
    return StatementFacts(
        kind=row.kind,
        currency=row.currency,
        number=row.number,
        from_date=row.from_date,
        to_date=row.to_date,
        opening_minor=row.opening_minor,
        closing_minor=row.closing_minor,
        booked_sum_minor=row.booked_sum_minor,
        entry_count=row.entry_count,
        is_complete=row.is_complete,
    )


async def held_pages(session: AsyncSession, *, company_id: int, account: str, number: str | None) -> list[Statement]:
    """Return pages that are held because others of the same statement are missing, in the order of pages."""
    query = (
        select(Statement)
        .where(
            statements.c.company_id == company_id,
            statements.c.state == StatementState.HELD,
            statements.c.hold_reason == HoldReason.MISSING_PAGE,
            statements.c.account == account,
            statements.c.number == number,
        )
        .order_by(statements.c.first_page, statements.c.id)
    )
    return list((await session.execute(query)).scalars())


async def held_for_account(session: AsyncSession, *, company_id: int) -> list[Statement]:
    """Return the statements that wait for their account to be known."""
    query = (
        select(Statement)
        .where(
            statements.c.company_id == company_id,
            statements.c.state == StatementState.HELD,
            statements.c.hold_reason == HoldReason.UNKNOWN_ACCOUNT,
        )
        .order_by(statements.c.id)
    )
    return list((await session.execute(query)).scalars())


def _changed(result: Any) -> int:
    return int(result.rowcount)


async def file_by_id(session: AsyncSession, file_id: int) -> StatementFile | None:
    """Return a file."""
    return (await session.execute(select(StatementFile).where(files.c.id == file_id))).scalar_one_or_none()


async def held(session: AsyncSession, statement_id: int) -> Statement | None:
    """Return a statement if it waits for a person."""
    query = select(Statement).where(statements.c.id == statement_id, statements.c.state == StatementState.HELD)
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def reject(work: Work, statement_id: int) -> bool:
    """Reject a held statement of the company; return whether it was held."""
    statement = (
        update(statements)
        .where(
            statements.c.id == statement_id,
            statements.c.company_id == work.company_id,
            statements.c.state == StatementState.HELD,
        )
        .values(state=StatementState.REJECTED)
    )
    return _changed(await work.session.execute(statement)) == 1


async def join_pages(work: Work, *, first_id: int, others: Sequence[int]) -> None:
    """Say of held pages that another statement stands for them now."""
    statement = update(statements).where(statements.c.id.in_(others))
    await work.session.execute(statement.values(state=StatementState.IMPORTED, same_as_id=first_id))


async def statement_by_id(session: AsyncSession, *, company_id: int, statement_id: int) -> Statement | None:
    """Return a statement of the company."""
    query = select(Statement).where(statements.c.company_id == company_id, statements.c.id == statement_id)
    return (await session.execute(query)).scalar_one_or_none()


async def list_statements(
    session: AsyncSession,
    *,
    company_id: int,
    state: StatementState | None,
    bank_account_id: int | None,
    before_id: int | None,
    limit: int,
) -> list[Statement]:
    """Return statements of the company, newest first, below a key."""
    query = select(Statement).where(statements.c.company_id == company_id)
    if state is not None:
        query = query.where(statements.c.state == state)
    if bank_account_id is not None:
        query = query.where(statements.c.bank_account_id == bank_account_id)
    if before_id is not None:
        query = query.where(statements.c.id < before_id)
    return list((await session.execute(query.order_by(statements.c.id.desc()).limit(limit))).scalars())
