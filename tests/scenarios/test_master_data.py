"""People manage customers, invoices and what is proposed about them."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.open_item import item_state
from gateway.services import manage_customers, manage_invoices
from gateway.services.decide_item_change import accept_item_change
from gateway.services.manage_accounts import add_account
from gateway.services.manage_customers import CustomerExists, InvalidCustomer
from gateway.services.manage_invoices import Changed, InvalidItem, ItemExists, ItemInUse, ItemIsCancelled
from gateway.store import counters, item_writes, open_items, parties
from gateway.store.check import broken_invariants
from gateway.store.database import Database
from gateway.store.item_writes import OutsideSettlement
from gateway.store.open_items import OpenItem
from gateway.store.work import Work
from schemas.errors import NotFound
from schemas.money import InvalidCurrency
from schemas.states import AllocationKind, IbanSource, ItemState, OpenItemKind
from support.master_data import CLERK, NOW, add_company, customer, german_iban, imported, invoice, mandate


class Office:
    """A company and those who work in it."""

    def __init__(self, database: Database, company_id: int) -> None:
        self.database = database
        self.company_id = company_id

    async def do(self, service: Any, **values: Any) -> Any:
        """Run a service in a unit of work of its own."""
        async with self.database.begin(actor=CLERK, now=NOW, company_id=self.company_id) as work:
            return await service(work, **values)

    async def item(self, item_id: int) -> OpenItem:
        async with self.database.read() as session:
            found = await open_items.get_item(session, company_id=self.company_id, item_id=item_id)
        assert found is not None
        return found

    async def settle(self, item_id: int, minor: int) -> None:
        """Settle a part of an item outside the bank."""

        async def service(work: Work) -> None:
            settlement = OutsideSettlement(item_id, AllocationKind.PAYMENT, minor, "EUR", "bar", NOW.date())
            await item_writes.insert_outside_settlements(work, [settlement])
            await counters.settle_items(work, {item_id: minor})
            work.say("settle", "item")

        await self.do(service)

    async def known(self) -> dict[str, bool]:
        async with self.database.read() as session:
            found = await parties.load_known_ibans(session, self.company_id)
        return {one.iban: one.is_confirmed for one in found}

    async def broken(self) -> list[str]:
        async with self.database.read() as session:
            return [sentence async for sentence in broken_invariants(session)]


@pytest.fixture
async def office(database: Database) -> Office:
    found = Office(database, await add_company(database))
    await found.do(manage_customers.add_customer, row=customer("C1", "Alpha"))
    return found


async def test_an_invoice_is_added_once(office: Office) -> None:
    item_id = await office.do(manage_invoices.add_item, row=invoice("FA-1", 10_000, open_minor=4_000))

    row = await office.item(item_id)
    assert (row.amount_minor, row.settled_minor, row.version) == (10_000, 6_000, 1)
    with pytest.raises(ItemExists, match="FA-1"):
        await office.do(manage_invoices.add_item, row=invoice("FA-1", 1))
    with pytest.raises(NotFound, match="C9"):
        await office.do(manage_invoices.add_item, row=invoice("FA-2", 1, customer="C9"))
    with pytest.raises(InvalidItem, match="open_amount"):
        await office.do(manage_invoices.add_item, row=invoice("FA-2", 1, open_minor=2))
    assert await office.broken() == []


async def test_a_free_item_changes_at_once_and_keeps_its_versions(office: Office) -> None:
    item_id = await office.do(manage_invoices.add_item, row=invoice("FA-1", 10_000))

    changed = await office.do(manage_invoices.change_item, item_id=item_id, due_date=None, text="Rate 1")
    same = await office.do(manage_invoices.change_item, item_id=item_id, text="Rate 1")

    assert (changed, same) == (Changed(True), Changed(False))
    async with office.database.read() as session:
        versions = await open_items.versions_of_item(session, company_id=office.company_id, item_id=item_id)
    assert [(one.position, one.due_date, one.record.get("text")) for one in versions] == [
        (1, dt.date(2026, 12, 1), None), (2, None, "Rate 1"),
    ]  # fmt: skip


async def test_a_change_of_a_settled_item_is_proposed_once(office: Office) -> None:
    item_id = await office.do(manage_invoices.add_item, row=invoice("FA-1", 10_000, open_minor=4_000))

    first = await office.do(manage_invoices.change_item, item_id=item_id, amount_minor=9_000)
    again = await office.do(manage_invoices.change_item, item_id=item_id, amount_minor=9_000)

    assert first == again
    assert (first.is_applied, (await office.item(item_id)).amount_minor) == (False, 10_000)
    await office.do(accept_item_change, change_id=first.change_id)
    assert (await office.item(item_id)).amount_minor == 9_000
    assert await office.broken() == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"amount_minor": -1}, InvalidItem, id="an invoice becomes a credit note"),
        pytest.param({"amount_minor": 5_999}, InvalidItem, id="less than is settled"),
        pytest.param({"currency": "USD"}, ItemInUse, id="another currency after money came"),
        pytest.param({"currency": "Euro"}, InvalidCurrency, id="no currency"),
        pytest.param({"party_id": 999}, NotFound, id="a customer who is nobody"),
    ],
)
async def test_what_an_item_cannot_become_is_refused(
    office: Office, changes: dict[str, Any], error: type[Exception]
) -> None:
    item_id = await office.do(manage_invoices.add_item, row=invoice("FA-1", 10_000, open_minor=4_000))

    with pytest.raises(error):
        await office.do(manage_invoices.change_item, item_id=item_id, **changes)

    assert (await office.item(item_id)).version == 1


async def test_a_proposal_that_no_longer_fits_is_refused(office: Office) -> None:
    item_id = await office.do(manage_invoices.add_item, row=invoice("FA-1", 10_000, open_minor=4_000))
    change = await office.do(manage_invoices.change_item, item_id=item_id, amount_minor=7_000)
    await office.settle(item_id, 4_000)

    with pytest.raises(InvalidItem, match=r"100\.00"):
        await office.do(accept_item_change, change_id=change.change_id)

    async with office.database.read() as session:
        assert len(await open_items.waiting_changes(session, company_id=office.company_id, item_id=item_id)) == 1


async def test_a_settlement_that_is_more_than_open_meanwhile_is_refused(office: Office) -> None:
    item_id = await office.do(manage_invoices.add_item, row=invoice("FA-1", 10_000))
    await imported(office.database, office.company_id, invoice("FA-1", 10_000, open_minor=0))
    async with office.database.read() as session:
        [change] = await open_items.waiting_changes(session, company_id=office.company_id)
    await office.settle(item_id, 1)

    with pytest.raises(counters.MoreThanOpen):
        await office.do(accept_item_change, change_id=change.id)

    assert (await office.item(item_id)).settled_minor == 1
    assert await office.broken() == []


async def test_an_item_in_a_debit_keeps_its_amount(office: Office) -> None:
    item_id = await office.do(manage_invoices.add_item, row=invoice("FA-1", 10_000))
    async with office.database.begin(actor=CLERK, now=NOW, company_id=office.company_id) as work:
        row = await work.session.get(OpenItem, item_id)
        assert row is not None
        row.in_flight_date = dt.date(2026, 12, 1)
        work.session.add(row)

    with pytest.raises(ItemInUse, match="in flight"):
        await office.do(manage_invoices.change_item, item_id=item_id, amount_minor=9_000)
    with pytest.raises(ItemInUse, match="in flight"):
        await office.do(manage_invoices.cancel_item, item_id=item_id, reason="doppelt")
    proposed = await office.do(manage_invoices.change_item, item_id=item_id, text="Rate")

    assert not proposed.is_applied


async def test_a_cancelled_item_owes_nothing_and_stays_cancelled(office: Office) -> None:
    item_id = await office.do(manage_invoices.add_item, row=invoice("FA-1", 10_000))
    await office.do(manage_invoices.dispute_item, item_id=item_id, disputed_minor=100, reason="Menge")
    await office.do(manage_invoices.change_item, item_id=item_id, text="x")

    await office.do(manage_invoices.cancel_item, item_id=item_id, reason="doppelt erfasst")

    row = await office.item(item_id)
    assert (row.cancelled_at, row.disputed_minor) == (NOW, 0)
    with pytest.raises(ItemIsCancelled):
        await office.do(manage_invoices.change_item, item_id=item_id, text="y")
    async with office.database.read() as session:
        assert await open_items.load_open_items(session, office.company_id) == []
        assert await open_items.waiting_changes(session, company_id=office.company_id) == []
        last = (await open_items.versions_of_item(session, company_id=office.company_id, item_id=item_id))[-1]
    assert last.record["is_cancelled"] is True
    assert await office.broken() == []


async def test_a_change_proposed_before_cancelling_cannot_be_accepted(office: Office) -> None:
    item_id = await office.do(manage_invoices.add_item, row=invoice("FA-1", 10_000, open_minor=4_000))

    with pytest.raises(ItemInUse, match="allocated"):
        await office.do(manage_invoices.cancel_item, item_id=item_id, reason="doppelt")
    with pytest.raises(NotFound):
        await office.do(manage_invoices.cancel_item, item_id=999, reason="doppelt")


@pytest.mark.parametrize(
    ("disputed", "state"),
    [
        pytest.param(3_000, ItemState.DISPUTED, id="a part"),
        pytest.param(10_000, ItemState.DISPUTED, id="all"),
        pytest.param(0, ItemState.OPEN, id="settled again"),
        pytest.param(10_001, None, id="more than is open"),
        pytest.param(-1, None, id="with another sign"),
    ],
)
async def test_what_is_open_may_be_disputed(office: Office, disputed: int, state: ItemState | None) -> None:
    item_id = await office.do(manage_invoices.add_item, row=invoice("FA-1", 10_000))
    dispute = {"item_id": item_id, "disputed_minor": disputed, "reason": "Mängel"}

    if state is None:
        with pytest.raises(InvalidItem, match=r"at most 100\.00"):
            await office.do(manage_invoices.dispute_item, **dispute)
        return
    await office.do(manage_invoices.dispute_item, **dispute)

    row = await office.item(item_id)
    found = item_state(
        amount_minor=row.amount_minor, settled_minor=row.settled_minor, disputed_minor=row.disputed_minor
    )
    assert found is state


async def test_a_credit_note_names_the_invoice_it_is_for(office: Office) -> None:
    item_id = await office.do(manage_invoices.add_item, row=invoice("FA-1", 10_000))
    credit = {"item_id": item_id, "number": "GS-1", "issue_date": dt.date(2026, 11, 20)}

    credit_id = await office.do(manage_invoices.credit_item, amount_minor=-2_500, text="Nachlass", **credit)

    row = await office.item(credit_id)
    assert (row.kind, row.amount_minor, row.original_number, row.text) == (
        OpenItemKind.CREDIT_NOTE, -2_500, "FA-1", "Nachlass",
    )  # fmt: skip
    with pytest.raises(ItemExists):
        await office.do(manage_invoices.credit_item, amount_minor=-1, **credit)
    for amount in (0, 100, -10_001):
        with pytest.raises(InvalidItem, match=r"-100\.00"):
            await office.do(manage_invoices.credit_item, amount_minor=amount, **{**credit, "number": "GS-2"})
    assert await office.broken() == []


async def test_a_customer_is_added_once_and_changes_with_versions(office: Office) -> None:
    customer_id = await office.do(
        manage_customers.add_customer, row=customer("C2", "Beta", parent_number="C1", iban=german_iban(2))
    )

    assert await office.do(manage_customers.change_customer, customer_id=customer_id, name="Beta AG", email="a@b.de")
    assert not await office.do(manage_customers.change_customer, customer_id=customer_id, name="Beta AG")

    async with office.database.read() as session:
        row = await parties.customer_by_number(session, company_id=office.company_id, number="C2")
        parent = await parties.customer_by_number(session, company_id=office.company_id, number="C1")
        versions = await parties.versions_of_customer(session, company_id=office.company_id, customer_id=customer_id)
    assert row is not None
    assert parent is not None
    assert (row.name, row.name_folded, row.email, row.parent_id) == ("Beta AG", "beta ag", "a@b.de", parent.id)
    assert [one.record["name"] for one in versions] == ["Beta", "Beta AG"]
    with pytest.raises(CustomerExists):
        await office.do(manage_customers.add_customer, row=customer("C2"))
    with pytest.raises(NotFound):
        await office.do(manage_customers.change_customer, customer_id=999, name="x")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"name": " "}, "name", id="no name"),
        pytest.param({"parent_number": "C9"}, "parent", id="a parent who is nobody"),
        pytest.param({"parent_number": "C1"}, "not below", id="his own parent"),
    ],
)
async def test_a_customer_record_that_cannot_be_is_refused(
    office: Office, changes: dict[str, Any], message: str
) -> None:
    async with office.database.read() as session:
        row = await parties.customer_by_number(session, company_id=office.company_id, number="C1")
    assert row is not None

    with pytest.raises(InvalidCustomer, match=message):
        await office.do(manage_customers.change_customer, customer_id=row.id, **changes)


async def test_a_person_says_which_accounts_pay_for_a_customer(office: Office) -> None:
    customer_id = await office.do(manage_customers.add_customer, row=customer("C2", iban=german_iban(1)))

    await office.do(manage_customers.set_iban, customer_id=customer_id, iban=german_iban(2))
    assert await office.known() == {german_iban(2): True}
    await office.do(manage_customers.mark_collector, customer_id=customer_id, iban=german_iban(2))
    assert await office.known() == {german_iban(2): False}
    forget = {"customer_id": customer_id, "iban": german_iban(2)}
    await office.do(manage_customers.forget_iban, source=IbanSource.COLLECTOR, **forget)
    assert await office.known() == {german_iban(2): True}
    await office.do(manage_customers.set_iban, customer_id=customer_id, iban=None)

    assert await office.known() == {}
    with pytest.raises(NotFound):
        await office.do(manage_customers.forget_iban, source=IbanSource.CUSTOMER_RECORD, **forget)
    await imported(office.database, office.company_id, mandate("M-1", customer="C2", iban=german_iban(3)))
    with pytest.raises(InvalidCustomer, match="mandate"):
        await office.do(manage_customers.forget_iban, source=IbanSource.MANDATE, **forget)
    assert await office.broken() == []


async def test_an_account_of_ours_pays_for_nobody(office: Office) -> None:
    customer_id = await office.do(manage_customers.add_customer, row=customer("C2"))
    await office.do(add_account, account=german_iban(9))

    with pytest.raises(InvalidCustomer, match="account of ours"):
        await office.do(manage_customers.set_iban, customer_id=customer_id, iban=german_iban(9))
