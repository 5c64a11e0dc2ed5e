"""A table of mandates is imported; the payer accounts known from mandates are those of the active ones."""

import datetime as dt

import pytest
from sqlalchemy import select

from gateway.domain.import_step import Outcome
from gateway.domain.lifecycle import ImpossibleMove
from gateway.services.import_tables import RowsUnreadable
from gateway.services.manage_mandates import move_mandate
from gateway.store import mandates, parties
from gateway.store.check import broken_invariants
from gateway.store.companies import Company
from gateway.store.database import Database
from gateway.store.journal import Move
from gateway.store.mandates import Mandate
from schemas.errors import NotFound
from schemas.identifiers import CreditorIdentifier
from schemas.states import IbanSource, MandateState
from support.master_data import CLERK, NOW, add_company, customer, german_iban, imported, mandate

CREDITOR = "DE98ZZZ09999999999"
NEW, CHANGED, PROPOSED, UNCHANGED = Outcome.NEW, Outcome.CHANGED, Outcome.PROPOSED, Outcome.UNCHANGED


@pytest.fixture
async def company_id(database: Database) -> int:
    found = await add_company(database)
    await imported(database, found, customer("C1", "Alpha"), customer("C2", "Beta"))
    return found


async def stored(database: Database) -> dict[str, Mandate]:
    async with database.read() as session:
        return {row.reference: row for row in (await session.execute(select(Mandate))).scalars()}


async def known(database: Database, company_id: int) -> dict[str, tuple[IbanSource, bool]]:
    async with database.read() as session:
        found = await parties.load_known_ibans(session, company_id)
    return {one.iban: (one.source, one.is_confirmed) for one in found}


async def move(database: Database, company_id: int, mandate_id: int, to_state: MandateState) -> None:
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        await move_mandate(work, mandate_id=mandate_id, to_state=to_state, reason="Kunde hat gekündigt")


async def broken(database: Database) -> list[str]:
    async with database.read() as session:
        return [sentence async for sentence in broken_invariants(session)]


async def test_mandates_are_stored_and_their_accounts_are_confirmed_payers(database: Database, company_id: int) -> None:
    done = await imported(
        database, company_id,
        mandate("M-1"), mandate("M-2", customer="C2", iban=german_iban(2), status=MandateState.DRAFT),
    )  # fmt: skip

    rows = await stored(database)
    assert done.counts == {NEW: 2}
    assert (rows["M-1"].state, rows["M-1"].debtor_name, rows["M-1"].scheme) == (MandateState.ACTIVE, "Alpha", "CORE")
    assert rows["M-2"].state is MandateState.DRAFT
    assert await known(database, company_id) == {german_iban(1): (IbanSource.MANDATE, True)}
    assert await broken(database) == []


async def test_importing_again_changes_what_may_change(database: Database, company_id: int) -> None:
    await imported(database, company_id, mandate("M-1"))

    again = await imported(database, company_id, mandate("m-1"))
    later = mandate("M-1", last_collected_date=dt.date(2026, 10, 1), debtor_town="Bonn")
    changed = await imported(database, company_id, later)

    row = (await stored(database))["M-1"]
    assert (again.counts, changed.counts) == ({UNCHANGED: 1}, {CHANGED: 1})
    assert (row.last_collected_date, row.debtor_town, row.version) == (dt.date(2026, 10, 1), "Bonn", 2)


async def test_another_account_is_not_applied(database: Database, company_id: int) -> None:
    await imported(database, company_id, mandate("M-1"))

    done = await imported(database, company_id, mandate("M-1", iban=german_iban(2)))

    assert done.counts == {PROPOSED: 1}
    assert done.rows[0].differences[0].after == german_iban(2).masked
    assert (await stored(database))["M-1"].iban == german_iban(1)


async def test_a_mandate_that_ended_over_there_ends_here(database: Database, company_id: int) -> None:
    await imported(database, company_id, mandate("M-1"))

    done = await imported(database, company_id, mandate("M-1", status=MandateState.REVOKED))

    async with database.read() as session:
        [written] = (await session.execute(select(Move))).scalars().all()
    assert done.counts == {CHANGED: 1}
    assert (written.from_state, written.to_state, written.actor) == ("active", "revoked", "user:7")
    assert await known(database, company_id) == {}
    with pytest.raises(RowsUnreadable, match="revoked"):
        await imported(database, company_id, mandate("M-1", status=MandateState.ACTIVE))
    assert await broken(database) == []


async def test_a_suspended_mandate_proves_no_payer_until_it_is_active_again(
    database: Database, company_id: int
) -> None:
    await imported(database, company_id, mandate("M-1"))
    mandate_id = (await stored(database))["M-1"].id

    await move(database, company_id, mandate_id, MandateState.SUSPENDED)
    assert await known(database, company_id) == {}
    await move(database, company_id, mandate_id, MandateState.ACTIVE)

    assert await known(database, company_id) == {german_iban(1): (IbanSource.MANDATE, True)}
    with pytest.raises(ImpossibleMove):
        await move(database, company_id, mandate_id, MandateState.DRAFT)
    with pytest.raises(NotFound):
        await move(database, company_id, 999, MandateState.REVOKED)
    assert await broken(database) == []


async def test_a_mandate_without_identifier_is_the_companys(database: Database, company_id: int) -> None:
    await imported(database, company_id, mandate("M-1"))
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        company = await work.session.get(Company, company_id)
        assert company is not None
        company.creditor_identifier = CREDITOR
        work.session.add(company)

    done = await imported(database, company_id, mandate("M-1"))
    other = mandate("M-1", creditor_identifier=CreditorIdentifier.parse("NL79ZZZ999999990000"))
    again = await imported(database, company_id, mandate("M-1"), other)

    assert (done.counts, again.counts) == ({CHANGED: 1}, {UNCHANGED: 1, NEW: 1})
    async with database.read() as session:
        found = await mandates.list_mandates(session, company_id=company_id)
    assert [row.creditor_identifier for row in found.rows] == [CREDITOR, "NL79ZZZ999999990000"]


async def test_mandates_of_nobody_are_errors(database: Database, company_id: int) -> None:
    with pytest.raises(RowsUnreadable, match="customer_number"):
        await imported(database, company_id, mandate("M-1", customer="C9"))

    assert await stored(database) == {}


async def test_mandates_are_listed_in_pages(database: Database, company_id: int) -> None:
    rows = [mandate(f"M-{place}", iban=german_iban(place)) for place in range(5)]
    await imported(database, company_id, *rows, mandate("X-1", customer="C2", status=MandateState.DRAFT))

    async with database.read() as session:
        first = await mandates.list_mandates(session, company_id=company_id, limit=4)
        second = await mandates.list_mandates(session, company_id=company_id, limit=4, cursor=first.next_cursor or "")
        drafts = await mandates.list_mandates(session, company_id=company_id, states=[MandateState.DRAFT])
        mine = await mandates.list_mandates(session, company_id=company_id, customer_id=drafts.rows[0].party_id)

    assert [row.reference for row in (*first.rows, *second.rows)] == ["M-0", "M-1", "M-2", "M-3", "M-4", "X-1"]
    assert second.next_cursor is None
    assert [row.reference for row in drafts.rows] == [row.reference for row in mine.rows] == ["X-1"]
