"""A table of customers is imported: new, again, changed, in any order, with rows that cannot be."""

import pytest
from sqlalchemy import select

from gateway.domain.import_step import Outcome
from gateway.services.import_tables import RowsUnreadable, plan_import
from gateway.services.manage_accounts import add_account
from gateway.store import parties
from gateway.store.check import broken_invariants
from gateway.store.database import Database
from gateway.store.parties import Party
from schemas.states import PaymentMethod
from schemas.tables import RowError
from support.master_data import CLERK, NOW, add_company, customer, german_iban, imported, table

NEW, CHANGED, UNCHANGED = Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED


async def stored(database: Database, company_id: int) -> dict[str, Party]:
    async with database.read() as session:
        rows = (await session.execute(select(Party).where(parties.parties.c.company_id == company_id))).scalars()
        return {row.number: row for row in rows}


async def ibans(database: Database, company_id: int, customer_id: int) -> list[str]:
    async with database.read() as session:
        found = await parties.ibans_of_customers(session, company_id=company_id, customer_ids=[customer_id])
        return [row.iban for row in found[customer_id]]


async def broken(database: Database) -> list[str]:
    async with database.read() as session:
        return [sentence async for sentence in broken_invariants(session)]


async def test_customers_are_stored_with_parents_and_accounts(database: Database) -> None:
    company_id = await add_company(database)

    done = await imported(
        database, company_id,
        customer("C3", "Filiale Süd", parent_number="C2"),
        customer("C2", "Müller GmbH", parent_number="C1", iban=german_iban(2)),
        customer("C1", "Holding", payment_method=PaymentMethod.DIRECT_DEBIT, town="Köln"),
    )  # fmt: skip

    rows = await stored(database, company_id)
    assert (done.counts, done.errors) == ({NEW: 3}, [])
    assert rows["C2"].parent_id == rows["C1"].id
    assert rows["C3"].parent_id == rows["C2"].id
    assert (rows["C2"].name_folded, rows["C1"].payment_method) == ("muller gmbh", PaymentMethod.DIRECT_DEBIT)
    assert await ibans(database, company_id, rows["C2"].id) == [german_iban(2)]
    async with database.read() as session:
        families = {one.number: one.family_id for one in await parties.load_customers(session, company_id)}
    assert set(families.values()) == {rows["C1"].id}
    assert await broken(database) == []


async def test_importing_again_updates_with_versions_and_never_doubles(database: Database) -> None:
    company_id = await add_company(database)
    rows = [customer("C1", "Alt GmbH", email="a@b.de", iban=german_iban(1)), customer("C2")]
    await imported(database, company_id, *rows)

    again = await imported(database, company_id, *rows)
    changed = await imported(database, company_id, customer("C1", "Neu GmbH", iban=german_iban(2)), customer("C2"))

    assert again.counts == {UNCHANGED: 2}
    assert changed.counts == {CHANGED: 1, UNCHANGED: 1}
    party = (await stored(database, company_id))["C1"]
    assert (party.name, party.email, party.version) == ("Neu GmbH", "a@b.de", 2)
    async with database.read() as session:
        versions = await parties.versions_of_customer(session, company_id=company_id, customer_id=party.id)
    assert [(one.position, one.record["name"], one.record["ibans"]) for one in versions] == [
        (1, "Alt GmbH", [german_iban(1)]), (2, "Neu GmbH", [german_iban(2)]),
    ]  # fmt: skip
    assert await ibans(database, company_id, party.id) == [german_iban(2)]
    assert await broken(database) == []


async def test_an_account_that_comes_back_is_known_again(database: Database) -> None:
    company_id = await add_company(database)
    for place in (1, 2, 1):
        await imported(database, company_id, customer("C1", iban=german_iban(place)))

    party = (await stored(database, company_id))["C1"]

    assert await ibans(database, company_id, party.id) == [german_iban(1)]


async def test_one_bad_row_stops_all_unless_the_person_keeps_the_good_ones(database: Database) -> None:
    company_id = await add_company(database)
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        await add_account(work, account=german_iban(9))
    unread = RowError(9, "country", "Germania", "a country")
    rows = table(
        customer("C1"), customer("C2", parent_number="X"), customer("C3", parent_number="C2"),
        customer("C4", iban=german_iban(9)), customer("C5", "one"), customer("C5", "other"), errors=[unread],
    )  # fmt: skip

    with pytest.raises(RowsUnreadable, match="6 rows") as raised:
        await imported(database, company_id, rows)
    assert await stored(database, company_id) == {}
    done = await imported(database, company_id, rows, keep_good_rows=True)

    assert sorted(error.row for error in done.errors) == [3, 4, 5, 6, 7, 9]
    assert sorted(raised.value.plan.errors) == sorted(done.errors)
    assert {error.column for error in done.errors} == {"country", "parent_number", "iban", "number"}
    assert german_iban(9) not in str(done.errors)
    assert list(await stored(database, company_id)) == ["C1"]


async def test_the_plan_says_what_would_be_and_changes_nothing(database: Database) -> None:
    company_id = await add_company(database)
    await imported(database, company_id, customer("C1"), customer("C2"))

    async with database.read() as session:
        plan = await plan_import(
            session, company_id=company_id, table=table(customer("C1", "Neu"), customer("C2"), customer("C3"))
        )

    assert plan.counts == {CHANGED: 1, UNCHANGED: 1, NEW: 1}
    assert [(row.row, row.name, row.outcome) for row in plan.rows] == [(2, "C1", CHANGED), (4, "C3", NEW)]
    assert plan.rows[0].differences[0][1:] == ("Kunde C1", "Neu")
    assert len(await stored(database, company_id)) == 2


async def test_companies_have_their_own_customers(database: Database) -> None:
    one, other = await add_company(database), await add_company(database, "OTHER")
    await imported(database, one, customer("C1", "Eins"))

    done = await imported(database, other, customer("C1", "Zwei"))

    assert done.counts == {NEW: 1}
    assert (await stored(database, one))["C1"].name == "Eins"
    with pytest.raises(RowsUnreadable):
        await imported(database, other, customer("C2", parent_number="C9"))
