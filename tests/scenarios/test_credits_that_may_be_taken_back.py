"""What matching is told beside the open items, also of very many bank transactions at once."""

import datetime as dt
from pathlib import Path

import pytest

from gateway.domain.matching.model import Credit
from gateway.store.database import Database
from gateway.store.match_facts import booked_credits
from support.bank import camt, payment
from support.gateways import Bench, open_bench
from support.master_data import customer, imported, invoice
from support.templates import CopyOf

DAY = dt.date(2026, 11, 20)


def taken_back(key: int, end_to_end_id: str) -> Credit:
    """Return a debit that takes a credit with an end-to-end id back."""
    return Credit(key, -10_000, "EUR", DAY, "", end_to_end_id, return_reason="AC04")


async def with_two_paid(database: Database, folder: Path) -> Bench:
    bench = await open_bench(database, folder)
    await imported(bench.database, bench.company_id, customer("C1"), customer("C2"))
    await imported(
        bench.database,
        bench.company_id,
        invoice("RG-2026-0001", 10_000),
        invoice("RG-2026-0002", 20_000, customer="C2"),
    )
    first = payment(10_000, "RG-2026-0001", end_to_end_id="E2E-1")
    await bench.upload(camt(first, payment(20_000, "RG-2026-0002", end_to_end_id="NOTPROVIDED")))
    return bench


@pytest.fixture
async def paid(copy_of: CopyOf) -> Bench:
    """A company whose one invoice was paid by a credit with an end-to-end id, another by one without."""
    return await copy_of(with_two_paid)


async def found(bench: Bench, debits: list[Credit]) -> list[tuple[str | None, int]]:
    """Return the credits that some debits may take back, each with what it settled."""
    async with bench.database.read() as session:
        credits = await booked_credits(session, company_id=bench.company_id, debits=debits)
    return [(one.end_to_end_id, sum(line.amount_minor for line in one.lines)) for one in credits]


async def test_a_credit_is_found_by_what_a_debit_repeats_of_it(paid: Bench) -> None:
    assert await found(paid, [taken_back(1, "E2E-1"), taken_back(2, "E2E-2")]) == [("E2E-1", 10_000)]


async def test_a_debit_that_names_no_id_means_no_credit_without_one(paid: Bench) -> None:
    assert await found(paid, [taken_back(1, "NOTPROVIDED")]) == []


async def test_more_debits_come_back_at_once_than_a_query_takes_values(paid: Bench) -> None:
    many = [taken_back(key, f"E2E-{key}") for key in range(1, 40_000)]

    assert await found(paid, many) == [("E2E-1", 10_000)]
