"""The unit of work on both databases: what is committed, what is refused, what the journal says."""

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from gateway.store import journal
from gateway.store.bulk import insert_rows
from gateway.store.columns import table_of
from gateway.store.companies import Company, PolicyVersion
from gateway.store.database import Database
from gateway.store.migrate import differences
from gateway.store.work import SYSTEM, Work

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


async def add_company(database: Database, code: str = "MAIN") -> int:
    async with database.begin(actor=SYSTEM, now=NOW) as work:
        company = Company(id=work.new_id(), code=code, name="Beispiel Handel GmbH", created_at=NOW)
        work.add(company)
        work.say("add_company", f"company:{company.id}")
    return company.id


def policy(work: Work, position: int) -> PolicyVersion:
    return PolicyVersion(
        id=work.new_id(),
        company_id=work.company_id,
        position=position,
        record={"tolerance_minor": 5},
        recorded_at=NOW,
        actor="system",
        reason="",
        journal_id=work.journal_id,
    )


async def broken_links(database: Database) -> list[str]:
    async with database.read() as session:
        return [sentence async for sentence in journal.verify(session)]


async def test_the_row_classes_and_the_migrated_tables_agree(database: Database) -> None:
    async with database._writer.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_unit_of_work_is_stored_with_its_journal_row(database: Database) -> None:
    company_id = await add_company(database)

    async with database.read() as session:
        rows = (await session.execute(select(journal.Journal))).scalars().all()
        found = (await session.execute(select(Company))).scalars().one()

    assert [(row.verb, row.subject, row.seq) for row in rows] == [("add_company", f"company:{company_id}", 1)]
    assert (found.created_at, found.currency) == (NOW, "EUR")
    assert await broken_links(database) == []


async def test_an_error_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        async with database.begin(actor=SYSTEM, now=NOW) as work:
            work.add(Company(id=work.new_id(), code="HALF", name="Half", created_at=NOW))
            raise RuntimeError("stop")

    async with database.read() as session:
        assert (await session.execute(select(Company))).scalars().all() == []


async def test_immutable_rows_cannot_be_written_in_silence(database: Database) -> None:
    company_id = await add_company(database)

    with pytest.raises(RuntimeError, match="without saying"):
        async with database.begin(actor=SYSTEM, now=NOW, company_id=company_id) as work:
            await insert_rows(
                work,
                table_of(journal.Move),
                ["id", "company_id", "subject_table", "subject_id", "position", "from_state", "to_state", "at",
                 "actor", "reason", "journal_id"],
                [(work.new_id(), company_id, "mandate", 5, 1, "draft", "active", NOW, "user:1", "", work.journal_id)],
            )  # fmt: skip


@pytest.mark.parametrize("statement", ["UPDATE policy_version SET reason = 'x'", "DELETE FROM policy_version"])
async def test_the_database_refuses_to_change_immutable_rows(database: Database, statement: str) -> None:
    company_id = await add_company(database)
    async with database.begin(actor=SYSTEM, now=NOW, company_id=company_id) as work:
        work.add(policy(work, 1))
        work.say("set_policy", "policy")

    with pytest.raises(DBAPIError, match="never change"):
        async with database.begin(actor=SYSTEM, now=NOW, company_id=company_id) as work:
            await work.session.execute(text(statement))


async def test_a_changed_covered_row_breaks_the_digest(database: Database) -> None:
    async with database.begin(actor=SYSTEM, now=NOW) as work:
        move = journal.Move(
            id=work.new_id(), subject_table="user_account", subject_id=1, position=1, from_state="a", to_state="b",
            at=NOW, actor="system", reason="", journal_id=work.journal_id,
        )  # fmt: skip
        work.add(move)
        work.say("move", "user:1")
    assert await broken_links(database) == []

    trigger = "move_never_update" if database.is_sqlite else "move_never_changes ON move"
    async with database.begin(actor=SYSTEM, now=NOW) as work:
        await work.session.execute(text(f"DROP TRIGGER {trigger}"))
        await work.session.execute(text("UPDATE move SET to_state = 'c'"))

    assert await broken_links(database) == ["journal 0/1: the rows it wrote were changed since"]


async def test_a_cut_journal_is_noticed(database: Database) -> None:
    await add_company(database, "ONE")
    await add_company(database, "TWO")
    trigger = "journal_never_delete" if database.is_sqlite else "journal_never_changes ON journal"

    async with database.begin(actor=SYSTEM, now=NOW) as work:
        await work.session.execute(text(f"DROP TRIGGER {trigger}"))
        await work.session.execute(text("DELETE FROM journal WHERE seq = 2"))

    assert await broken_links(database) == ["journal 0 does not end where its head says (row 2)"]


async def test_reading_sessions_cannot_write_on_sqlite(database: Database) -> None:
    if not database.is_sqlite:
        return
    with pytest.raises(DBAPIError, match="readonly"):
        async with database.read() as session:
            await session.execute(text("DELETE FROM company"))


async def test_money_columns_take_whole_numbers_only(database: Database) -> None:
    if not database.is_sqlite:
        return
    async with database._writer.connect() as connection:
        with pytest.raises(IntegrityError, match="integer"):
            await connection.execute(
                text("INSERT INTO open_item_version VALUES (1, 1, 1, 1, 10.5, 0, NULL, 1, '{}', '', '', 1)")
            )


async def test_keys_are_given_once_over_two_processes(database: Database) -> None:
    other = Database(database.url)

    first, second = await add_company(database, "ONE"), None
    async with other.begin(actor=SYSTEM, now=NOW) as work:
        second = work.new_id()
    await other.close()

    assert first != second


async def test_a_company_cannot_point_to_rows_of_another(database: Database) -> None:
    from gateway.store.parties import Party, PayerIban
    from schemas.states import IbanSource

    own, foreign = await add_company(database, "OWN"), await add_company(database, "FOREIGN")
    async with database.begin(actor=SYSTEM, now=NOW, company_id=foreign) as work:
        party = Party(id=work.new_id(), company_id=foreign, number="C1", name="A", name_folded="a", created_at=NOW)
        work.add(party)
        work.say("add_customer", "party")

    with pytest.raises(IntegrityError):
        async with database.begin(actor=SYSTEM, now=NOW, company_id=own) as work:
            row = PayerIban(
                id=work.new_id(), company_id=own, party_id=party.id, iban="DE89370400440532013000",
                source=IbanSource.CUSTOMER_RECORD, recorded_at=NOW,
            )  # fmt: skip
            work.add(row)
            work.say("add_iban", "party")


async def test_bulk_rows_come_back_as_they_were_given(database: Database) -> None:
    company_id = await add_company(database)

    async with database.begin(actor=SYSTEM, now=NOW, company_id=company_id) as work:
        names = ["id", "company_id", "position", "record", "recorded_at", "actor", "reason", "journal_id"]
        rows = [
            (work.new_id(), company_id, place, {"a": place}, NOW, "system", "", work.journal_id) for place in (1, 2)
        ]
        await insert_rows(work, table_of(PolicyVersion), names, rows)
        work.say("set_policy", "policy")

    async with database.read() as session:
        found = (await session.execute(select(PolicyVersion).order_by(table_of(PolicyVersion).c.position))).scalars()
        assert [(row.record, row.recorded_at) for row in found] == [({"a": 1}, NOW), ({"a": 2}, NOW)]
