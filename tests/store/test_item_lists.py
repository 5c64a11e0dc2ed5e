"""Lists of open items and customers: filtered, sorted, in pages; and the few items that a question may concern."""

import datetime as dt

import pytest
from sqlalchemy import update

from gateway.services.manage_invoices import cancel_item, dispute_item
from gateway.store import customer_lists, item_lists, open_items, parties
from gateway.store.customer_lists import CustomerFilter, CustomerOrder
from gateway.store.database import Database
from gateway.store.item_lists import ItemFilter, ItemOrder
from gateway.store.paging import InvalidCursor, read_cursor, write_cursor
from schemas.states import ItemState, OpenItemKind
from support.master_data import CLERK, NOW, add_company, customer, imported, invoice

OPEN, PARTLY, PAID, DISPUTED, CANCELLED, OVERPAID = (
    ItemState.OPEN, ItemState.PARTLY_PAID, ItemState.PAID, ItemState.DISPUTED, ItemState.CANCELLED, ItemState.OVERPAID,
)  # fmt: skip
TODAY = dt.date(2026, 11, 21)
CUSTOMERS = [
    customer("C1", "Müller GmbH", town="Köln"), customer("C2", "Zebra AG", parent_number="C1", email="x@zebra.de"),
    customer("C3", "Anders & Söhne"),
]  # fmt: skip
INVOICES = [
    invoice("FA-1", 10_000, due_date=dt.date(2026, 11, 1), creditor_reference="RF18 5390 0754 7034"),
    invoice("FA-2", 20_000, due_date=dt.date(2026, 12, 1), open_minor=5_000),
    invoice("FA-3", 30_000, customer="C2", due_date=None),
    invoice("FA-4", 40_000, customer="C2", due_date=dt.date(2026, 12, 1), open_minor=0),
    invoice("GS-5", -5_000, due_date=None),
    invoice("FA-6", 60_000, customer="C2", due_date=dt.date(2026, 10, 1), currency="USD"),
    invoice("FA-7", 70_000, due_date=dt.date(2027, 1, 1)),
]


@pytest.fixture
async def company_id(database: Database) -> int:
    """A company with an item in each state; another company has some too."""
    found, other = await add_company(database), await add_company(database, "OTHER")
    for each in (found, other):
        await imported(database, each, *CUSTOMERS)
        await imported(database, each, *INVOICES)
    async with database.read() as session:
        rows = await open_items.items_by_number(session, company_id=found, numbers=["FA-6", "FA-7"])
    keys = {row.number: row.id for row in rows}
    async with database.begin(actor=CLERK, now=NOW, company_id=found) as work:
        await dispute_item(work, item_id=keys["FA-6"], disputed_minor=1_000, reason="Menge")
        await cancel_item(work, item_id=keys["FA-7"], reason="doppelt")
    return found


async def pages(database: Database, company_id: int, limit: int = 50, **values: object) -> list[str]:
    """Return the numbers of all pages of a list."""
    numbers: list[str] = []
    cursor: str | None = ""
    async with database.read() as session:
        while cursor is not None:
            page = await item_lists.list_items(
                session,
                company_id=company_id,
                cursor=cursor,
                limit=limit,
                **{"wanted": ItemFilter(), **values},  # type: ignore[arg-type]
            )
            assert len(page.rows) <= limit
            numbers += [line.number for line in page.rows]
            cursor = page.next_cursor
    return numbers


ORDERS = {
    (ItemOrder.DUE, False): "FA-6 FA-1 FA-2 FA-4 FA-7 FA-3 GS-5",
    (ItemOrder.DUE, True): "FA-7 FA-4 FA-2 FA-1 FA-6 GS-5 FA-3",
    (ItemOrder.NUMBER, False): "FA-1 FA-2 FA-3 FA-4 FA-6 FA-7 GS-5",
    (ItemOrder.AMOUNT, True): "FA-7 FA-6 FA-4 FA-3 FA-2 FA-1 GS-5",
    (ItemOrder.ENTERED, True): "FA-7 FA-6 GS-5 FA-4 FA-3 FA-2 FA-1",
}


async def test_pages_follow_each_other_in_every_order(database: Database, company_id: int) -> None:
    for (order, descending), numbers in ORDERS.items():
        for limit in (1, 2, 3, 50):
            found = await pages(database, company_id, limit, order=order, descending=descending)

            assert found == numbers.split(), f"{order} in pages of {limit}"


FILTERS = {
    "open": (ItemFilter(states=[OPEN]), "FA-1 FA-3 GS-5"),
    "partly paid": (ItemFilter(states=[PARTLY]), "FA-2"),
    "paid": (ItemFilter(states=[PAID]), "FA-4"),
    "disputed": (ItemFilter(states=[DISPUTED]), "FA-6"),
    "cancelled": (ItemFilter(states=[CANCELLED]), "FA-7"),
    "overpaid, which the database refuses": (ItemFilter(states=[OVERPAID]), ""),
    "something is open": (ItemFilter(states=[OPEN, PARTLY, DISPUTED]), "FA-6 FA-1 FA-2 FA-3 GS-5"),
    "all states": (ItemFilter(states=list(ItemState)), "FA-6 FA-1 FA-2 FA-4 FA-7 FA-3 GS-5"),
    "credit notes": (ItemFilter(kinds=[OpenItemKind.CREDIT_NOTE]), "GS-5"),
    "in dollars": (ItemFilter(currency="USD"), "FA-6"),
    "due until a day": (ItemFilter(due_until=dt.date(2026, 11, 1)), "FA-6 FA-1"),
    "due from a day": (ItemFilter(due_from=dt.date(2026, 12, 1)), "FA-2 FA-4 FA-7"),
    "a part of the number": (ItemFilter(search="a-3"), "FA-3"),
    "a part of the customer's name": (ItemFilter(search=" MULLER "), "FA-1 FA-2 FA-7 GS-5"),
    "the customer's number": (ItemFilter(search="C2"), "FA-6 FA-4 FA-3"),
    "the reference": (ItemFilter(search="rf18539007547034"), "FA-1"),
    "what is open, or the amount, of either sign": (ItemFilter(search="50,00"), "FA-2 GS-5"),
    "a sign that means something to the database": (ItemFilter(search="100%"), ""),
    "only a sign": (ItemFilter(search="&"), ""),
    "nothing": (ItemFilter(search="nobody"), ""),
}


async def test_a_filter_finds_what_it_says(database: Database, company_id: int) -> None:
    found = {name: await pages(database, company_id, wanted=wanted) for name, (wanted, _) in FILTERS.items()}

    assert found == {name: numbers.split() for name, (_, numbers) in FILTERS.items()}


async def test_a_line_says_what_the_item_is(database: Database, company_id: int) -> None:
    async with database.read() as session:
        page = await item_lists.list_items(
            session, company_id=company_id, wanted=ItemFilter(), order=ItemOrder.NUMBER, limit=10_000
        )

    found = {line.number: (line.state, line.open_minor, line.customer_name) for line in page.rows}
    assert found == {
        "FA-1": (OPEN, 10_000, "Müller GmbH"), "FA-2": (PARTLY, 5_000, "Müller GmbH"),
        "FA-3": (OPEN, 30_000, "Zebra AG"), "FA-4": (PAID, 0, "Zebra AG"),
        "GS-5": (OPEN, -5_000, "Müller GmbH"), "FA-6": (DISPUTED, 60_000, "Zebra AG"),
        "FA-7": (CANCELLED, 0, "Müller GmbH"),
    }  # fmt: skip


async def test_items_of_one_customer_are_found(database: Database, company_id: int) -> None:
    async with database.read() as session:
        keys = await parties.ids_by_number(session, company_id=company_id, numbers=["C2"])

    assert await pages(database, company_id, wanted=ItemFilter(customer_id=keys["C2"])) == ["FA-6", "FA-4", "FA-3"]


async def test_totals_are_those_of_the_filter(database: Database, company_id: int) -> None:
    async with database.read() as session:
        all_ = await item_lists.total_items(session, company_id=company_id, wanted=ItemFilter())
        none = await item_lists.total_items(session, company_id=company_id, wanted=ItemFilter(search="nobody"))

    assert [tuple(total) for total in all_] == [("EUR", 6, 165_000, 40_000), ("USD", 1, 60_000, 60_000)]
    assert none == []


WRONG_CURSORS = {
    "no cursor": "%%%",
    "not a list": "e30",
    "too short": "W10",
    "another kind of value": write_cursor([1, 2]),
    "no date": write_cursor(["2026-13-01", 2]),
    "a key beyond 64 bits": write_cursor(["2026-12-01", 2**63]),
    "beyond ASCII": "ü",
    "endless": "W1tb" * 20_000,
}


async def test_a_cursor_from_elsewhere_is_refused(database: Database) -> None:
    async with database.read() as session:
        for name, cursor in WRONG_CURSORS.items():
            with pytest.raises(InvalidCursor):
                await item_lists.list_items(session, company_id=1, wanted=ItemFilter(), cursor=cursor)
                pytest.fail(name)


def test_a_cursor_comes_back_as_it_was_written() -> None:
    assert read_cursor(write_cursor(["Zoë", None, 5]), (str, str, int)) == ("Zoë", None, 5)


NAME, NUMBER = CustomerOrder.NAME, CustomerOrder.NUMBER
LISTS = {
    "by name": (CustomerFilter(), NAME, False, "C3 C1 C2"),
    "by name, the last first": (CustomerFilter(), NAME, True, "C2 C1 C3"),
    "by number": (CustomerFilter(), NUMBER, False, "C1 C2 C3"),
    "name without accents": (CustomerFilter(search="sohne"), NAME, False, "C3"),
    "town": (CustomerFilter(search="köln"), NAME, False, "C1"),
    "mail": (CustomerFilter(search="ZEBRA.de"), NAME, False, "C2"),
    "number": (CustomerFilter(search="c3"), NAME, False, "C3"),
    "a sign of the database": (CustomerFilter(search="_"), NAME, False, ""),
    "who owes": (CustomerFilter(only_with_open_items=True), NAME, False, "C1 C2"),
}


async def test_customers_are_listed(database: Database, company_id: int) -> None:
    found = {
        name: await customer_pages(database, company_id, wanted, order, descending)
        for name, (wanted, order, descending, _) in LISTS.items()
    }

    assert found == {name: numbers.split() for name, (*_, numbers) in LISTS.items()}


async def customer_pages(
    database: Database, company_id: int, wanted: CustomerFilter, order: CustomerOrder, descending: bool
) -> list[str]:
    found: list[str] = []
    cursor: str | None = ""
    async with database.read() as session:
        while cursor is not None:
            page = await customer_lists.list_customers(
                session,
                company_id=company_id,
                wanted=wanted,
                order=order,
                descending=descending,
                cursor=cursor,
                limit=1,
            )
            found += [row.number for row in page.rows]
            cursor = page.next_cursor
    return found


async def test_customers_have_families_and_balances(database: Database, company_id: int) -> None:
    async with database.read() as session:
        keys = await parties.ids_by_number(session, company_id=company_id, numbers=["C1", "C2", "C3"])
        children = await customer_lists.list_customers(
            session, company_id=company_id, wanted=CustomerFilter(parent_id=keys["C1"])
        )
        balances = await customer_lists.balances_of(
            session, company_id=company_id, customer_ids=keys.values(), today=TODAY
        )

    assert [row.number for row in children.rows] == ["C2"]
    assert {number: [tuple(one)[:3] for one in balances.get(key, [])] for number, key in keys.items()} == {
        "C1": [("EUR", 10_000, 10_000)], "C2": [("EUR", 30_000, 0), ("USD", 60_000, 60_000)], "C3": [],
    }  # fmt: skip


async def test_a_question_finds_the_open_items_that_it_may_concern(database: Database, company_id: int) -> None:
    async with database.read() as session:
        keys = await parties.ids_by_number(session, company_id=company_id, numbers=["C2"])
        [first] = await open_items.items_by_number(session, company_id=company_id, numbers=["FA-1"])

        async def found(**questions: object) -> list[str]:
            items = await open_items.find_open_items(session, company_id=company_id, **questions)  # type: ignore[arg-type]
            return [item.number for item in items]

        assert await found() == []
        assert await found(item_ids=[first.id, 999_999]) == ["FA-1"]
        assert await found(customer_ids=[keys["C2"]]) == ["FA-3", "FA-6"]
        assert await found(reference_keys=["RF18539007547034"]) == ["FA-1"]
        assert await found(number_keys=["FA2", "FA4", "FA7"]) == ["FA-2"]
        assert await found(open_amounts=[5_000, 20_000, 30_000, 70_000]) == ["FA-2", "FA-3"]
        assert await found(open_amounts=[-5_000], customer_ids=[keys["C2"]]) == ["FA-3", "GS-5", "FA-6"]
        all_ = await open_items.load_open_items(session, company_id)
        assert [item.number for item in all_] == ["FA-1", "FA-2", "FA-3", "GS-5", "FA-6"]


async def test_discounts_and_flights_reach_matching(database: Database, company_id: int) -> None:
    late = invoice(
        "FA-8", 1_000, discount_basis_points=300, discount_until_date=TODAY, discount2_basis_points=100,
        discount2_until_date=dt.date(2026, 11, 30), order_reference="B-7",
    )  # fmt: skip
    await imported(database, company_id, late)
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        table = open_items.open_items
        await work.session.execute(update(table).where(table.c.number == "FA-8").values(in_flight_date=TODAY))

    async with database.read() as session:
        [item] = [one for one in await open_items.load_open_items(session, company_id) if one.number == "FA-8"]
        [same] = await open_items.find_open_items(session, company_id=company_id, number_keys=["FA8"])

    assert item == same
    assert [tuple(discount) for discount in item.discounts] == [(300, TODAY), (100, dt.date(2026, 11, 30))]
    assert (item.order_reference, item.in_flight_date, item.kind) == ("B-7", TODAY, OpenItemKind.INVOICE)
