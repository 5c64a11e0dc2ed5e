"""Bank accounts of ours, known by IBAN and by national forms. The account decides the company of a statement."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.account import AccountExists, OwnAccount, account_currency, account_keys, register_keys
from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.keys import of_company, owned, points
from gateway.store.statements import Statement
from gateway.store.work import Work
from schemas.states import HoldReason, StatementState


class BankAccount(Row, table=True):
    """One account of ours."""

    __tablename__ = "bank_account"
    __table_args__ = (of_company(), owned())

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    name: str = columns.text()
    iban: str | None = columns.text(nullable=True)
    account: str = columns.text()
    bic: str | None = columns.text(nullable=True)
    currency: str = columns.text(default="EUR")
    any_currency: bool = columns.flag(default=False)  # Nobody said the currency: it is the country's until then.
    also_written: list[str] = columns.facts()  # Forms that a person added.
    notification_decides: bool = columns.flag(default=False)
    report_decides: bool = columns.flag(default=False)
    bank_profile: str = columns.text(default="")  # Which habits of a bank its files follow.
    profile_changes: dict[str, Any] | None = columns.facts(nullable=True)  # What differs for this account.
    created_at: dt.datetime = columns.moment()
    closed_at: dt.datetime | None = columns.moment(nullable=True)


class BankAccountKey(Row, table=True):
    """One form in which banks write an account of ours: capital letters and digits.

    One number may stand for several accounts, one in each currency; an empty currency is any.
    """

    __tablename__ = "bank_account_key"
    __table_args__ = (
        UniqueConstraint("account_key", "currency"),
        of_company(),
        points("bank_account_id", "bank_account"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_account_id: int = columns.key(index=True)
    account_key: str = columns.text()
    currency: str = columns.text()


accounts, account_key_rows = table_of(BankAccount), table_of(BankAccountKey)
_statements = table_of(Statement)


class HeldStatement(NamedTuple):
    """A statement that waits for its account to be known."""

    statement_id: int
    file_id: int


async def get_account(session: AsyncSession, *, company_id: int, account_id: int) -> BankAccount | None:
    """Return an account of the company."""
    query = select(BankAccount).where(accounts.c.company_id == company_id, accounts.c.id == account_id)
    return (await session.execute(query)).scalar_one_or_none()


async def list_accounts(session: AsyncSession, *, company_id: int, with_closed: bool = True) -> list[BankAccount]:
    """Return the accounts of the company by name."""
    query = select(BankAccount).where(accounts.c.company_id == company_id).order_by(accounts.c.name, accounts.c.id)
    if not with_closed:
        query = query.where(accounts.c.closed_at.is_(None))
    return list((await session.execute(query)).scalars())


async def find_account(session: AsyncSession, *, text: str, currency: str | None = None) -> BankAccount | None:
    """Return the account of ours, of any company, that a bank writes like this; None if none or several can be meant.

    ``currency`` is the one of the statement; the letters behind the number say it too. An account that is said to be
    in another currency is another account.
    """
    behind = account_currency(text)
    if currency and behind not in (None, currency):
        return None
    wanted = currency or behind
    for key in account_keys(text):
        query = select(BankAccount).join(account_key_rows, account_key_rows.c.bank_account_id == accounts.c.id)
        query = query.where(account_key_rows.c.account_key == key).order_by(accounts.c.id)
        if wanted:
            query = query.where(account_key_rows.c.currency.in_((wanted, "")))
        found = (await session.execute(query)).scalars().all()
        if found:
            return found[0] if len(found) == 1 else None
    return None


async def own_ibans(session: AsyncSession, *, company_id: int) -> frozenset[str]:
    """Return the IBANs of our accounts, closed ones too: money between them is a transfer of our own."""
    query = select(accounts.c.iban).where(accounts.c.company_id == company_id, accounts.c.iban.is_not(None))
    return frozenset((await session.execute(query)).scalars())


async def keys_of(session: AsyncSession, *, account_id: int) -> tuple[str, ...]:
    """Return the forms under which an account is found."""
    rows = account_key_rows
    query = select(rows.c.account_key).where(rows.c.bank_account_id == account_id).order_by(rows.c.account_key)
    return tuple((await session.execute(query)).scalars())


async def held_for_account(
    session: AsyncSession, *, company_id: int, keys: Iterable[str], currency: str | None = None
) -> list[HeldStatement]:
    """Return the company's statements that wait for an account with one of these keys, oldest first.

    With ``currency`` only those in this currency, as ``find_account`` compares it.
    """
    table = _statements
    query = (
        select(table.c.id, table.c.file_id, table.c.account, table.c.currency)
        .where(table.c.company_id == company_id, table.c.state == StatementState.HELD)
        .where(table.c.hold_reason == HoldReason.UNKNOWN_ACCOUNT)
        .order_by(table.c.id)
    )
    wanted = frozenset(keys)
    return [
        HeldStatement(row.id, row.file_id)
        for row in await session.execute(query)
        if not wanted.isdisjoint(account_keys(row.account)) and currency in (None, row.currency)
    ]


async def write_keys(work: Work) -> None:
    """Bring the forms of all accounts of the installation up to date. Raises AccountExists when two are alike."""
    await work.flush()
    rows = (await work.session.execute(select(BankAccount).order_by(accounts.c.id))).scalars().all()
    companies = {row.id: row.company_id for row in rows}
    wanted = register_keys([_own(row) for row in rows])
    query = select(BankAccountKey).order_by(account_key_rows.c.id)
    stored = {(row.account_key, row.currency): row for row in (await work.session.execute(query)).scalars()}
    stale = [row.id for key, row in stored.items() if wanted.get(key) != row.bank_account_id]
    await work.session.execute(delete(account_key_rows).where(account_key_rows.c.id.in_(stale)))
    missing = [key for key, account_id in wanted.items() if key not in stored or stored[key].id in stale]
    work.add(*_key_rows(work, missing, wanted, companies))
    try:
        await work.flush()
    except IntegrityError as error:
        raise AccountExists("an account of ours that is written like this was added a moment ago") from error


def _own(row: BankAccount) -> OwnAccount:
    currency = "" if row.any_currency else row.currency
    return OwnAccount(row.id, row.account, currency, row.bic or "", tuple(row.also_written))


def _key_rows(
    work: Work, keys: Sequence[tuple[str, str]], wanted: dict[tuple[str, str], int], companies: dict[int, int]
) -> list[BankAccountKey]:
    return [
        BankAccountKey(
            id=work.new_id(),
            company_id=companies[wanted[key, currency]],
            bank_account_id=wanted[key, currency],
            account_key=key,
            currency=currency,
        )
        for key, currency in keys
    ]
