"""An import that stops at any point, and is started again, ends as if it had never stopped."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from gateway.store.allocations import Allocation
from gateway.store.check import broken_invariants
from gateway.store.columns import table_of
from gateway.store.database import Database
from gateway.store.journal import Move
from gateway.store.mandates import Mandate
from gateway.store.open_items import ItemChange, OpenItem, OpenItemVersion
from gateway.store.parties import Party, PartyVersion, PayerIban
from schemas.states import MandateState
from support.figures import count
from support.master_data import add_company, customer, german_iban, imported, invoice, mandate

pytestmark = pytest.mark.prove

STEP = count(full=1, small=4)  # Every point, or every fourth.
CUSTOMERS = [customer("C1", iban=german_iban(1)), customer("C2", parent_number="C1"), customer("C3")]
INVOICES = [
    invoice("FA-1", 10_000), invoice("FA-2", 20_000, open_minor=5_000, customer="C2"), invoice("GS-1", -3_000),
]  # fmt: skip
MANDATES = [mandate("M-1", iban=german_iban(1)), mandate("M-2", customer="C2", iban=german_iban(2))]
FIRST = (CUSTOMERS, INVOICES, MANDATES)
SECOND = (
    [customer("C1", "Neu", iban=german_iban(5)), CUSTOMERS[1], customer("C4", parent_number="C3")],
    [
        invoice("FA-1", 11_000, open_minor=9_000),
        invoice("FA-2", 25_000, customer="C2"),
        INVOICES[2],
        invoice("FA-3", 1),
    ],
    [mandate("M-1", iban=german_iban(1), status=MandateState.REVOKED), MANDATES[1]._replace(debtor_town="Bonn")],
)
# What is compared of each table: all that a person could see; keys are counted on in other order after a stop.
SEEN = {
    Party: ("number", "name", "version"),
    PartyVersion: ("position", "record"),
    PayerIban: ("iban", "source", "decisions"),
    OpenItem: ("number", "amount_minor", "settled_minor", "version"),
    OpenItemVersion: ("position", "amount_minor", "record"),
    Allocation: ("kind", "item_minor", "outside_reason"),
    ItemChange: ("record", "source", "outcome"),
    Mandate: ("reference", "state", "debtor_town", "version"),
    Move: ("subject_table", "from_state", "to_state"),
}


class Stopped(Exception):
    """The process ended here."""


def stop_at(place: int) -> tuple[Callable[[str], None], list[str]]:
    """Return crash points that stop at the given one, and the names of those passed."""
    passed: list[str] = []

    def reach(name: str) -> None:
        passed.append(name)
        if len(passed) == place:
            raise Stopped(name)

    return reach, passed


async def seen(database: Database, company_id: int) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    async with database.read() as session:
        for row, names in SEEN.items():
            table = table_of(row)
            query = select(*[table.c[name] for name in names]).where(table.c.company_id == company_id)
            if row is PayerIban:
                query = query.where(table.c.forgotten_at.is_(None))
            found[table.name] = sorted(str(tuple(values)) for values in await session.execute(query))
    return found


async def run(database: Database, company_id: int, tables: tuple[list[Any], ...]) -> None:
    for rows in tables:
        await imported(database, company_id, *rows)


@pytest.mark.parametrize("second", [pytest.param(False, id="first import"), pytest.param(True, id="second import")])
async def test_an_import_may_stop_anywhere(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, second: bool
) -> None:
    monkeypatch.setattr("gateway.services.import_tables.PIECE", 3)
    model = await add_company(database, "MODEL")
    await run(database, model, FIRST)
    if second:
        await run(database, model, SECOND)
    wanted = await seen(database, model)

    names: set[str] = set()
    for place in range(1, 200, STEP):
        company_id = await add_company(database, f"C{place}")
        if second:
            await run(database, company_id, FIRST)
        reach, passed = stop_at(place)
        stopping = Database(database_url, crash_points=reach)
        try:
            await run(stopping, company_id, SECOND if second else FIRST)
        except Stopped:
            await run(database, company_id, SECOND if second else FIRST)
            assert await seen(database, company_id) == wanted, f"stopped at {passed[-1]} ({place})"
            names.add(passed[-1])
        else:
            break
        finally:
            await stopping.close()

    assert place > 20
    assert {"piece_planned", "changes_proposed", "before_journal", "before_commit", "after_commit"} & names
    async with database.read() as session:
        assert [sentence async for sentence in broken_invariants(session)] == []
