"""Collections of another system are imported, so that their returns are understood after a move."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.domain.import_step import Outcome
from gateway.services.import_tables import RowsUnreadable, Table
from gateway.store.check import broken_invariants
from gateway.store.collections import Collection, lines_of
from gateway.store.database import Database
from gateway.store.mandates import Mandate
from gateway.store.open_items import OpenItem
from parsers.tabular import read_rows, standard_mapping
from schemas.identifiers import MandateReference
from schemas.states import CollectionState
from schemas.tables import CollectionRow, RowError, TableKind
from support.master_data import add_company, customer, german_iban, imported, invoice, mandate

PAST, COMING = dt.date(2026, 11, 2), dt.date(2026, 11, 30)
COLUMNS = "end_to_end_id,invoice_number,customer_number,mandate_reference,amount,currency,collection_date\n"


def line(end_to_end_id: str, number: str, minor: int, **values: Any) -> CollectionRow:
    defaults = {"collection_date": PAST, "mandate_reference": MandateReference("M-1"), "customer_number": "C1"}
    return CollectionRow(2, end_to_end_id, number, amount_minor=minor, currency="EUR", **(defaults | values))


def table(*rows: CollectionRow) -> Table:
    numbered = [row._replace(row=place) for place, row in enumerate(rows, start=2)]
    return Table(TableKind.COLLECTIONS, frozenset({"end_to_end_id"}), numbered)


@pytest.fixture
async def company_id(database: Database) -> int:
    found = await add_company(database)
    await imported(database, found, customer("C1", "Alpha"))
    await imported(database, found, mandate("M-1", iban=german_iban(1)))
    await imported(
        database, found, invoice("FA-1", 10_000), invoice("FA-2", 5_000), invoice("GS-1", -1_000), invoice("FA-3", 700)
    )
    return found


async def stored(database: Database) -> dict[str, Collection]:
    async with database.read() as session:
        return {row.end_to_end_id: row for row in (await session.execute(select(Collection))).scalars()}


async def broken(database: Database) -> list[str]:
    async with database.read() as session:
        return [sentence async for sentence in broken_invariants(session)]


async def test_rows_of_one_id_are_lines_of_one_collection(database: Database, company_id: int) -> None:
    rows = (line("E-1", "FA-1", 10_000), line("E-2", "FA-2", 5_000), line("E-1", "GS-1", -1_000))

    done = await imported(database, company_id, table(*rows))
    again = await imported(database, company_id, table(*rows))

    found = await stored(database)
    async with database.read() as session:
        lines = await lines_of(session, collection_id=found["E-1"].id)
        [known] = (await session.execute(select(Mandate))).scalars().all()
    assert (done.counts, again.counts) == ({Outcome.NEW: 2}, {Outcome.UNCHANGED: 2})
    first = found["E-1"]
    assert (first.amount_minor, first.state, first.is_foreign) == (9_000, CollectionState.SETTLED, True)
    assert (first.settled_date, first.mandate_id, first.debtor_iban) == (PAST, known.id, german_iban(1))
    assert sorted(amount for _, amount in lines) == [-1_000, 10_000]
    assert await broken(database) == []


async def test_a_debit_of_a_coming_day_holds_its_invoice(database: Database, company_id: int) -> None:
    await imported(database, company_id, table(line("E-1", "FA-1", 6_000, collection_date=COMING)))

    with pytest.raises(RowsUnreadable, match="what is open"):
        await imported(database, company_id, table(line("E-2", "FA-1", 6_000, collection_date=COMING)))

    async with database.read() as session:
        items = {row.number: row for row in (await session.execute(select(OpenItem))).scalars()}
    assert (await stored(database))["E-1"].state is CollectionState.SUBMITTED
    assert (items["FA-1"].collecting_minor, items["FA-1"].in_flight_date) == (6_000, COMING)
    assert await broken(database) == []


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        pytest.param([line("E-1", "FA-9", 100)], "invoice_number", id="an invoice that is not there"),
        pytest.param([line("E-1", "FA-1", 100, customer_number="C9")], "customer_number", id="nobody"),
        pytest.param([line("E-1", "GS-1", -100)], "amount", id="a credit note alone"),
        pytest.param([line("E-1", "FA-1", 100)._replace(currency="CHF")], "currency", id="another currency"),
        pytest.param(
            [line("E-1", "FA-1", 100), line("E-1", "FA-2", 100, collection_date=COMING)], "collection_date",
            id="two days in one collection",
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_an_error_of_its_row(
    database: Database, company_id: int, rows: list[CollectionRow], column: str
) -> None:
    with pytest.raises(RowsUnreadable) as refused:
        await imported(database, company_id, table(*rows))

    assert [error.column for error in refused.value.plan.errors] == [column]
    assert await stored(database) == {}


async def test_an_id_is_used_once(database: Database, company_id: int) -> None:
    await imported(database, company_id, table(line("E-1", "FA-1", 100)))

    with pytest.raises(RowsUnreadable, match="end_to_end_id"):
        await imported(database, company_id, table(line("E-1", "FA-1", 200)))


async def test_a_mandate_that_is_not_known_is_no_fault(database: Database, company_id: int) -> None:
    row = line("E-1", "FA-3", 700, mandate_reference=MandateReference("OLD-9"), customer_number=None)

    await imported(database, company_id, table(row))

    found = (await stored(database))["E-1"]
    assert (found.mandate_id, found.mandate_reference) == (None, "OLD-9")


def test_the_columns_of_the_documentation_are_read(tmp_path: Path) -> None:
    path = tmp_path / "collections.csv"
    path.write_text(COLUMNS + "E-1,FA-1,C1,M-1,100.00,EUR,2026-11-02\n")

    [row] = read_rows(path, standard_mapping(path, TableKind.COLLECTIONS))

    assert not isinstance(row, RowError)
    assert row == line("E-1", "FA-1", 10_000)
