"""Payer memory in the store: what people's decisions teach, and what is taken back."""

import datetime as dt
from typing import Any

import pytest

from gateway.services.manage_accounts import add_account
from gateway.store import parties
from gateway.store.bank_transactions import BankTransaction
from gateway.store.database import Database
from gateway.store.statements import Statement, StatementFile
from gateway.store.work import SYSTEM, Actor
from schemas.identifiers import Bic
from schemas.statement import StatementKind
from schemas.states import IbanSource, StatementFileState, StatementState
from support.master_data import CLERK, NOW, add_company, customer, german_iban, imported

DECISION = IbanSource.DECISION
OURS = "DE89370400440532013000"


class Memory:
    """A company with two customers, and what it knows of payers."""

    def __init__(self, database: Database, company_id: int, customers: dict[str, int]) -> None:
        self.database = database
        self.company_id = company_id
        self.customers = customers
        self._statement: tuple[int, int] | None = None
        self._count = 0

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

    async def known(self) -> dict[tuple[str, int], bool]:
        async with self.database.read() as session:
            found = await parties.load_known_ibans(session, self.company_id)
            some = await parties.known_ibans_of(session, company_id=self.company_id, ibans=[one.iban for one in found])
        assert sorted(found) == sorted(some)
        return {(one.iban, one.customer_id): one.is_confirmed for one in found}


@pytest.fixture
async def memory(database: Database) -> Memory:
    company_id = await add_company(database)
    await imported(database, company_id, customer("C1"), customer("C2"))
    async with database.read() as session:
        customers = await parties.ids_by_number(session, company_id=company_id, numbers=["C1", "C2", "C9"])
    return Memory(database, company_id, customers)


async def test_two_decisions_by_people_confirm_an_account(memory: Memory) -> None:
    key = (german_iban(1), memory.customers["C1"])

    await memory.decided(await memory.paid(german_iban(1)), "C1")
    assert await memory.known() == {key: False}
    await memory.decided(await memory.paid(german_iban(1)), "C1", actor=SYSTEM)
    assert await memory.known() == {key: False}, "a rule teaches nothing"
    await memory.decided(await memory.paid(german_iban(1)), "C1")
    assert await memory.known() == {key: True}

    async with memory.database.read() as session:
        [known] = await parties.load_known_ibans(session, memory.company_id)
    assert (known.source, known.since_date, known.by) == (DECISION, NOW.date(), "Clara Becker")


async def test_a_decision_for_another_customer_raises_doubt(memory: Memory) -> None:
    for number in ("C1", "C1", "C2"):
        await memory.decided(await memory.paid(german_iban(1)), number)

    assert set((await memory.known()).values()) == {False}


async def test_a_decision_taken_back_teaches_nothing(memory: Memory) -> None:
    first, second = await memory.paid(german_iban(1)), await memory.paid(german_iban(1))
    for paid in (first, second):
        await memory.decided(paid, "C1")

    await memory.undone(second, "C1")
    assert await memory.known() == {(german_iban(1), memory.customers["C1"]): False}
    await memory.undone(first, "C1")
    assert await memory.known() == {}
    await memory.undone(first, "C1")
    await memory.decided(first, "C1")

    assert await memory.known() == {(german_iban(1), memory.customers["C1"]): False}


async def test_what_was_forgotten_begins_again(memory: Memory) -> None:
    for _ in range(2):
        await memory.decided(await memory.paid(german_iban(1)), "C1")
    async with memory.database.begin(actor=CLERK, now=NOW, company_id=memory.company_id) as work:
        count = await parties.forget_payer_ibans(work, customer_id=memory.customers["C1"], source=DECISION)

    await memory.decided(await memory.paid(german_iban(1)), "C1")

    assert (count, await memory.known()) == (1, {(german_iban(1), memory.customers["C1"]): False})


@pytest.mark.parametrize(
    ("iban", "amount"),
    [
        pytest.param(None, 100, id="no account"),
        pytest.param("0417164300", 100, id="an account that is no IBAN"),
        pytest.param(german_iban(1), -100, id="money that went out"),
    ],
)
async def test_only_an_iban_that_paid_is_learned(memory: Memory, iban: str | None, amount: int) -> None:
    await memory.decided(await memory.paid(iban, amount), "C1")

    assert await memory.known() == {}


async def test_a_bic_that_is_known_later_is_kept(memory: Memory) -> None:
    async def add(bic: str) -> None:
        async with memory.database.begin(actor=CLERK, now=NOW, company_id=memory.company_id) as work:
            await parties.add_payer_iban(
                work, customer_id=memory.customers["C1"], iban=german_iban(1), source=DECISION, bic=bic
            )

    for bic in ("", Bic("INGDDEFFXXX"), ""):
        await add(bic)

    async with memory.database.read() as session:
        found = await parties.ibans_of_customers(
            session, company_id=memory.company_id, customer_ids=list(memory.customers.values())
        )
    assert [row.bic for row in found[memory.customers["C1"]]] == ["INGDDEFFXXX"]
    assert found[memory.customers["C2"]] == []


async def test_names_are_found_by_keys(memory: Memory) -> None:
    async with memory.database.read() as session:
        names = await parties.names_of(session, company_id=memory.company_id, ids=memory.customers.values())
        stranger = await parties.get_customer(session, company_id=99, customer_id=memory.customers["C1"])

    assert (sorted(names.values()), stranger) == (["Kunde C1", "Kunde C2"], None)
    assert "C9" not in memory.customers
