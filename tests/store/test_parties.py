"""Payer memory in the store: what people's decisions teach, and what is taken back."""

import pytest

from gateway.store import parties
from gateway.store.database import Database
from gateway.store.work import SYSTEM
from schemas.identifiers import Bic
from schemas.states import IbanSource
from support.master_data import CLERK, NOW, german_iban
from support.payer_memory import Memory, open_memory

DECISION = IbanSource.DECISION


@pytest.fixture
async def memory(database: Database) -> Memory:
    return await open_memory(database)


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
