"""A table of invoices and credit notes is imported: new, again, changed, proposed, with rows that cannot be."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from gateway.domain.import_step import Outcome
from gateway.domain.item_import import SETTLE
from gateway.services.decide_item_change import accept_item_change, dismiss_item_change
from gateway.services.import_tables import RowsUnreadable
from gateway.store import allocations, item_writes, open_items
from gateway.store.check import broken_invariants
from gateway.store.companies import Company
from gateway.store.database import Database
from gateway.store.open_items import ItemChange, OpenItem
from schemas.errors import Conflict, NotFound
from schemas.states import AllocationKind, OpenItemKind
from support.master_data import CLERK, NOW, add_company, customer, imported, invoice, table

NEW, CHANGED, PROPOSED, UNCHANGED = Outcome.NEW, Outcome.CHANGED, Outcome.PROPOSED, Outcome.UNCHANGED
TODAY = NOW.date()


@pytest.fixture
async def company_id(database: Database) -> int:
    found = await add_company(database)
    await imported(database, found, customer("C1"), customer("C2"))
    return found


async def item(database: Database, company_id: int, number: str) -> OpenItem:
    async with database.read() as session:
        [found] = await open_items.items_by_number(session, company_id=company_id, numbers=[number])
    return found


async def changes(database: Database, company_id: int) -> list[ItemChange]:
    async with database.read() as session:
        return await open_items.waiting_changes(session, company_id=company_id)


async def decide(database: Database, company_id: int, decision: Any, change_id: int, **values: Any) -> None:
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        await decision(work, change_id=change_id, **values)


async def broken(database: Database) -> list[str]:
    async with database.read() as session:
        return [sentence async for sentence in broken_invariants(session)]


async def test_invoices_and_credit_notes_are_stored_as_they_are(database: Database, company_id: int) -> None:
    done = await imported(
        database, company_id,
        invoice("FA-1", 11_900, creditor_reference="RF18 5390 0754 7034", text="Miete", discount_basis_points=200,
                discount_until_date=dt.date(2026, 11, 11)),
        invoice("GS-1", -5_000, original_number="FA-1"),
    )  # fmt: skip

    rent, credit = await item(database, company_id, "FA-1"), await item(database, company_id, "GS-1")
    assert done.counts == {NEW: 2}
    assert (rent.number_key, rent.reference_key, rent.amount_minor) == ("FA1", "RF18539007547034", 11_900)
    assert (credit.kind, credit.amount_minor, credit.text) == (OpenItemKind.CREDIT_NOTE, -5_000, "")
    async with database.read() as session:
        loaded = await open_items.load_open_items(session, company_id)
        [version] = await open_items.versions_of_item(session, company_id=company_id, item_id=rent.id)
    assert [(one.number, one.open_minor, len(one.discounts)) for one in loaded] == [
        ("FA-1", 11_900, 1), ("GS-1", -5_000, 0),
    ]  # fmt: skip
    assert (version.position, version.amount_minor, version.record["text"]) == (1, 11_900, "Miete")
    assert await broken(database) == []


async def test_importing_again_updates_with_versions_and_never_doubles(database: Database, company_id: int) -> None:
    rows = [invoice("FA-1", 10_000), invoice("FA-2", 20_000)]
    await imported(database, company_id, *rows)

    again = await imported(database, company_id, *rows, invoice("FA-1", 10_000))
    changed = await imported(database, company_id, invoice("FA-1", 12_000, customer="C2"), rows[1])

    assert again.counts == {UNCHANGED: 2}
    assert changed.counts == {CHANGED: 1, UNCHANGED: 1}
    row = await item(database, company_id, "FA-1")
    async with database.read() as session:
        versions = await open_items.versions_of_item(session, company_id=company_id, item_id=row.id)
    assert [(one.position, one.amount_minor, one.actor) for one in versions] == [
        (1, 10_000, "user:7"), (2, 12_000, "user:7"),
    ]  # fmt: skip
    assert (row.amount_minor, row.party_id, row.version) == (12_000, versions[1].party_id, 2)
    assert await broken(database) == []


async def test_what_was_settled_before_is_an_opening_settlement_of_the_day(database: Database, company_id: int) -> None:
    await imported(
        database, company_id,
        invoice("FA-1", 10_000, open_minor=2_500), invoice("FA-2", 10_000, open_minor=0),
        invoice("FA-3", 10_000, open_minor=10_000), invoice("GS-1", -1_000, open_minor=-400),
    )  # fmt: skip

    partly = await item(database, company_id, "FA-1")
    async with database.read() as session:
        [row] = await allocations.history_of_item(session, company_id=company_id, open_item_id=partly.id)
        loaded = await open_items.load_open_items(session, company_id)
    assert (row.kind, row.item_minor, row.effective_date, row.outside_reason) == (
        AllocationKind.OPENING, 7_500, TODAY, "opening balance",
    )  # fmt: skip
    assert {one.number: one.open_minor for one in loaded} == {"FA-1": 2_500, "FA-3": 10_000, "GS-1": -400}
    assert await broken(database) == []


async def test_a_change_of_a_settled_item_waits_for_a_person(database: Database, company_id: int) -> None:
    await imported(database, company_id, invoice("FA-1", 10_000, open_minor=5_000))
    later = invoice("FA-1", 12_000, open_minor=7_000)

    first = await imported(database, company_id, later)
    again = await imported(database, company_id, later)

    assert (first.counts, again.counts) == ({PROPOSED: 1}, {UNCHANGED: 1})
    [waiting] = await changes(database, company_id)
    assert (waiting.record, waiting.source) == ({"amount_minor": 12_000}, "test.csv")
    assert (await item(database, company_id, "FA-1")).amount_minor == 10_000
    await decide(database, company_id, accept_item_change, waiting.id)
    assert (await item(database, company_id, "FA-1")).amount_minor == 12_000
    assert (await imported(database, company_id, later)).counts == {UNCHANGED: 1}
    assert await broken(database) == []


async def test_what_a_person_dismissed_is_not_asked_again(database: Database, company_id: int) -> None:
    await imported(database, company_id, invoice("FA-1", 10_000, open_minor=5_000))
    later = invoice("FA-1", 12_000, open_minor=7_000)
    await imported(database, company_id, later)
    [waiting] = await changes(database, company_id)

    await decide(database, company_id, dismiss_item_change, waiting.id, reason="Tippfehler")

    assert (await imported(database, company_id, later)).counts == {UNCHANGED: 1}
    assert await changes(database, company_id) == []
    with pytest.raises(Conflict, match="dismissed"):
        await decide(database, company_id, accept_item_change, waiting.id)
    with pytest.raises(NotFound):
        await decide(database, company_id, accept_item_change, 999)


async def test_a_change_that_the_source_takes_back_is_asked_no_more(database: Database, company_id: int) -> None:
    await imported(database, company_id, invoice("FA-1", 10_000, open_minor=5_000))
    await imported(database, company_id, invoice("FA-1", 12_000))

    done = await imported(database, company_id, invoice("FA-1", 10_000))

    assert (done.counts, await changes(database, company_id)) == ({UNCHANGED: 1}, [])


async def test_a_lower_open_amount_is_proposed_as_settled_elsewhere(database: Database, company_id: int) -> None:
    await imported(database, company_id, invoice("FA-1", 10_000))

    done = await imported(database, company_id, invoice("FA-1", 10_000, open_minor=4_000))

    [waiting] = await changes(database, company_id)
    assert (done.counts, waiting.record) == ({PROPOSED: 1}, {SETTLE: 6_000})
    assert (await item(database, company_id, "FA-1")).settled_minor == 0
    await decide(database, company_id, accept_item_change, waiting.id, effective_date=dt.date(2026, 11, 5),
                 reason="Barzahlung")  # fmt: skip
    row = await item(database, company_id, "FA-1")
    async with database.read() as session:
        [settlement] = await allocations.history_of_item(session, company_id=company_id, open_item_id=row.id)
    assert (row.settled_minor, settlement.kind, settlement.outside_reason, settlement.effective_date) == (
        6_000, AllocationKind.PAYMENT, "Barzahlung", dt.date(2026, 11, 5),
    )  # fmt: skip
    assert (await imported(database, company_id, invoice("FA-1", 10_000, open_minor=4_000))).counts == {UNCHANGED: 1}
    assert await broken(database) == []


async def test_nothing_is_settled_in_closed_books(database: Database, company_id: int) -> None:
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        company = await work.session.get(Company, company_id)
        assert company is not None
        company.closed_until_date = dt.date(2026, 10, 31)
        work.session.add(company)
    await imported(database, company_id, invoice("FA-1", 10_000))
    await imported(database, company_id, invoice("FA-1", 10_000, open_minor=0))
    [waiting] = await changes(database, company_id)

    await decide(database, company_id, accept_item_change, waiting.id, effective_date=dt.date(2026, 10, 5))

    row = await item(database, company_id, "FA-1")
    async with database.read() as session:
        [settlement] = await allocations.history_of_item(session, company_id=company_id, open_item_id=row.id)
    assert settlement.effective_date == dt.date(2026, 11, 1)
    assert "of 2026-10-05" in settlement.outside_reason


async def test_columns_that_the_file_has_not_leave_their_facts_alone(database: Database, company_id: int) -> None:
    await imported(database, company_id, invoice("FA-1", 10_000, text="Miete", order_reference="B-7"))

    few = table(invoice("FA-1", 12_000), columns="number customer_number currency amount")
    done = await imported(database, company_id, few)

    row = await item(database, company_id, "FA-1")
    assert done.counts == {CHANGED: 1}
    assert (row.amount_minor, row.text, row.due_date) == (12_000, "Miete", dt.date(2026, 12, 1))


async def test_rows_that_cannot_be_are_named_and_stop_the_others(database: Database, company_id: int) -> None:
    rows = [
        invoice("FA-1", 10_000), invoice("FA-2", 10_000, customer="C9"), invoice("FA-3", 100, open_minor=200),
        invoice("FA-4", 1), invoice("FA-4", 2),
    ]  # fmt: skip

    with pytest.raises(RowsUnreadable) as raised:
        await imported(database, company_id, *rows)

    assert [(error.row, error.column) for error in sorted(raised.value.plan.errors)] == [
        (3, "customer_number"), (4, "open_amount"), (5, "number"), (6, "number"),
    ]  # fmt: skip
    async with database.read() as session:
        assert await open_items.load_open_items(session, company_id) == []
    done = await imported(database, company_id, *rows, keep_good_rows=True)
    assert (done.counts, len(done.errors)) == ({NEW: 1}, 4)


async def test_one_number_may_be_an_invoice_and_a_credit_note(database: Database, company_id: int) -> None:
    done = await imported(database, company_id, invoice("1", 10_000), invoice("1", -10_000))

    async with database.read() as session:
        found = await open_items.items_by_number(session, company_id=company_id, numbers=["1"])
    assert (done.counts, [one.kind for one in found]) == (
        {NEW: 2}, [OpenItemKind.CREDIT_NOTE, OpenItemKind.INVOICE],
    )  # fmt: skip


async def test_pieces_are_told_as_they_are_done(
    database: Database, company_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.services.import_tables.PIECE", 2)
    told: list[tuple[int, int]] = []

    async def progress(done: int, total: int) -> None:
        told.append((done, total))

    rows = [invoice(f"FA-{place}", 100) for place in range(5)]
    done = await imported(database, company_id, *rows, progress=progress)

    assert (told, done.counts) == ([(2, 5), (4, 5), (5, 5)], {NEW: 5})
    async with database.read() as session:
        keys = [(OpenItemKind.INVOICE, row.number) for row in rows]
        known = await item_writes.known_items(session, company_id=company_id, keys=keys)
    assert len(known) == 5


async def test_two_imports_at_once_store_each_invoice_once(database: Database, company_id: int) -> None:
    import asyncio

    rows = [invoice(f"FA-{place}", 100 + place) for place in range(200)]

    done = await asyncio.gather(*[imported(database, company_id, *rows) for _ in range(3)])

    assert sum(plan.counts[NEW] for plan in done) == 200
    async with database.read() as session:
        assert len((await session.execute(select(OpenItem))).scalars().all()) == 200
    assert await broken(database) == []
