"""A gateway without web: the store, the originals and what a test asks of them."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import select

from gateway.services.import_statement import Gate, import_file
from gateway.services.manage_accounts import add_account
from gateway.services.receive_file import Receipt, receive_file
from gateway.store import check
from gateway.store.bank_transactions import BankTransaction, bank_transactions
from gateway.store.companies import Company
from gateway.store.database import Database
from gateway.store.originals import Originals
from gateway.store.presence import Presence
from gateway.store.statements import Statement, StatementFile, statements
from gateway.store.work import SYSTEM, Actor, Work
from support.bank import OUR_IBAN

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
CLERK = Actor("user", 7, "Clara Becker")


class Bench:
    """A company with one account, and the ways a test uses it."""

    def __init__(self, gate: Gate, company_id: int) -> None:
        self.gate = gate
        self.database = gate.database
        self.company_id = company_id
        self._tokens = 0

    def moved_to(self, database: Database, folder: Path) -> Self:
        """Return the same company in copies of its database and its folder."""
        moved = type(self)(make_gate(database, folder), self.company_id)
        moved._tokens = self._tokens
        return moved

    def begin(self, actor: Actor = CLERK) -> AbstractAsyncContextManager[Work]:
        """Begin a unit of work of the company."""
        return self.database.begin(actor=actor, now=NOW, company_id=self.company_id)

    async def receive(self, data: bytes, name: str = "statement.xml") -> Receipt:
        """Receive bytes as an upload does."""
        return await receive_file(
            self.database, self.gate.originals, name=name, pieces=pieces(data), channel="test",
            company_id=self.company_id, companies=[self.company_id], actor=CLERK, now=NOW,
        )  # fmt: skip

    async def upload(self, data: bytes, name: str = "statement.xml") -> StatementFile:
        """Receive bytes and import them; return the file's row."""
        receipt = await self.receive(data, name)
        self._tokens += 1
        await import_file(self.gate, file_id=receipt.file_id, token=f"token-{self._tokens}")
        return await self.file(receipt.file_id)

    async def file(self, file_id: int) -> StatementFile:
        """Return a file's row."""
        async with self.database.read() as session:
            found = await session.get(StatementFile, file_id)
        assert found is not None
        return found

    async def statements(self) -> list[Statement]:
        """Return all statements in the order in which they came."""
        async with self.database.read() as session:
            return list((await session.execute(select(Statement).order_by(statements.c.id))).scalars())

    async def transactions(self) -> list[BankTransaction]:
        """Return all bank transactions in the order in which they were stored."""
        async with self.database.read() as session:
            query = select(BankTransaction).order_by(bank_transactions.c.id)
            return list((await session.execute(query)).scalars())

    async def rows(self, row: type[Any], order: Any = None) -> Sequence[Any]:
        """Return all rows of a table, in the order of their keys unless another is given."""
        async with self.database.read() as session:
            return (await session.execute(select(row).order_by(row.id if order is None else order))).scalars().all()

    async def broken(self) -> list[str]:
        """Return what ``check`` says: nothing, when all is well."""
        async with self.database.read() as session:
            return [sentence async for sentence in check.broken_invariants(session)]


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    """Yield bytes in small pieces."""
    for start in range(0, len(data), 1000):
        yield data[start : start + 1000]


async def make_company(database: Database, code: str = "MAIN") -> int:
    """Add a company."""
    async with database.begin(actor=SYSTEM, now=NOW) as work:
        company = Company(id=work.new_id(), code=code, name="Beispiel Handel GmbH", created_at=NOW)
        work.add(company)
        work.say("add_company", f"company:{company.id}")
    return company.id


async def open_bench(database: Database, folder: Path) -> Bench:
    """Add a company with one account."""
    bench = Bench(make_gate(database, folder), await make_company(database))
    async with bench.begin() as work:
        await add_account(work, account=OUR_IBAN, name="Main account")
    return bench


def make_gate(database: Database, folder: Path) -> Gate:
    """Return what importing needs, in a folder of the test."""
    scratch = folder / "scratch"
    scratch.mkdir()
    return Gate(
        database,
        Originals(folder / "originals", size_max=1_000_000_000),
        lambda: NOW,
        scratch,
        Presence(folder / "alive"),
    )
