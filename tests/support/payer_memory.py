"""Payer memory in the store, and payments that teach it."""

import datetime as dt
from typing import Any

from gateway.domain.matching.lessons import Lesson
from gateway.services.manage_accounts import add_account
from gateway.store import parties
from gateway.store.bank_transactions import BankTransaction
from gateway.store.database import Database
from gateway.store.habits import add_lesson
from gateway.store.statements import Statement, StatementFile
from gateway.store.work import Actor
from schemas.statement import StatementKind
from schemas.states import HabitKind, StatementFileState, StatementState
from support.master_data import CLERK, NOW, add_company, customer, imported

OURS = "DE89370400440532013000"


class Memory:
    """A company with two customers, and what it knows of payers."""

    def __init__(self, database: Database, company_id: int, customers: dict[str, int]) -> None:
        self.database = database
        self.company_id = company_id
        self.customers = customers
        self._statement: tuple[int, int] | None = None
        self._count = 0
        self._now = NOW

    async def paid(self, iban: str | None, amount: int = 100) -> int:
        """Store a bank transaction of a payer and return its key."""
        self._count += 1
        async with self.database.begin(actor=CLERK, now=NOW, company_id=self.company_id) as work:
            if self._statement is None:
                self._statement = await self._add_statement(work)
            account_id, statement_id = self._statement
            row = BankTransaction(
                id=work.new_id(), company_id=self.company_id, bank_account_id=account_id, statement_id=statement_id,
                position=self._count, entry_key=f"K{self._count}", occurrence=1, part=0, amount_minor=amount,
                currency="EUR", booking_date=dt.date(2026, 11, 20), counterparty_iban=iban, journal_id=work.journal_id,
            )  # fmt: skip
            work.add(row)
            work.say("add", "bank_transaction")
        return row.id

    async def _add_statement(self, work: Any) -> tuple[int, int]:
        account = await add_account(work, account=OURS)
        file = StatementFile(
            id=work.new_id(), company_id=self.company_id, sha256="0", name="a", size=1, channel="test",
            companies=[self.company_id], state=StatementFileState.READ, warnings=[], received_at=NOW, received_by="",
            journal_id=work.journal_id,
        )  # fmt: skip
        work.add(file)
        await work.flush()
        statement = Statement(
            id=work.new_id(), company_id=self.company_id, file_id=file.id, position=1, kind=StatementKind.REPORT,
            bank_account_id=account.id, account=OURS, currency="EUR", booked_sum_minor=0, entry_count=0,
            state=StatementState.IMPORTED, warnings=[], recorded_at=NOW, journal_id=work.journal_id,
        )  # fmt: skip
        work.add(statement)
        await work.flush()
        return account.id, statement.id

    async def decided(self, paid: int, number: str, *, actor: Actor = CLERK) -> None:
        """Let somebody decide whose payment it is."""
        async with self.database.begin(actor=actor, now=NOW, company_id=self.company_id) as work:
            await parties.remember_payer(work, bank_transaction_id=paid, party_id=self.customers[number])

    async def undone(self, paid: int, number: str) -> None:
        """Take a decision back."""
        async with self.database.begin(actor=CLERK, now=NOW, company_id=self.company_id) as work:
            await parties.unlearn_payer(work, bank_transaction_id=paid, party_id=self.customers[number])

    async def teaches(self, number: str, *rights: bool, kind: HabitKind = HabitKind.ROUNDS) -> list[int]:
        """Let decisions agree with a habit of a customer or not, an hour after each other; return the payments."""
        payments = [await self.paid(None) for _ in rights]
        for payment, is_right in zip(payments, rights, strict=True):
            self._now += dt.timedelta(hours=1)
            async with self.database.begin(actor=CLERK, now=self._now, company_id=self.company_id) as work:
                lesson = Lesson(kind, 0, is_right)
                party_id = self.customers[number]
                await add_lesson(work, customer_id=party_id, bank_transaction_id=payment, lesson=lesson)
        return payments

    async def known(self) -> dict[tuple[str, int], bool]:
        async with self.database.read() as session:
            found = await parties.load_known_ibans(session, self.company_id)
            some = await parties.known_ibans_of(session, company_id=self.company_id, ibans=[one.iban for one in found])
        assert sorted(found) == sorted(some)
        return {(one.iban, one.customer_id): one.is_confirmed for one in found}


async def open_memory(database: Database, code: str = "MAIN") -> Memory:
    """Store a company with two customers of whose payments nothing is known."""
    company_id = await add_company(database, code)
    await imported(database, company_id, customer("C1"), customer("C2"))
    async with database.read() as session:
        customers = await parties.ids_by_number(session, company_id=company_id, numbers=["C1", "C2", "C9"])
    return Memory(database, company_id, customers)
