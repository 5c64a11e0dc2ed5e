"""Every rule of the check finds the row that breaks it, and says nothing of rows that do not."""

from pathlib import Path
from typing import NamedTuple, Self

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.services.manage_accounts import add_account
from gateway.store.check import broken_invariants
from gateway.store.database import Database
from support.master_data import CLERK, NOW, add_company, customer, imported, invoice, mandate
from support.templates import CopyOf

ACCOUNT = "DE89370400440532013000"
MOMENT = "2026-11-21T09:00:00.000000+00:00"
FILE = (
    "INSERT INTO statement_file (id, company_id, sha256, name, size, channel, companies, state, warnings, received_at,"
    " received_by, journal_id) VALUES (9001, :company, 'x', 'a', 1, 'test', '[]', 'read', '[]', :now, '', 1)"
)
STATEMENT = (
    "INSERT INTO statement (id, company_id, file_id, position, kind, bank_account_id, account, currency, opening_minor,"
    " closing_minor, booked_sum_minor, entry_count, state, warnings, recorded_at, journal_id) VALUES (9002, :company,"
    " 9001, 1, 'statement', :account, 'x', 'EUR', 0, 500, 500, 1, 'imported', '[]', :now, 1)"
)
TRANSACTION = (
    "INSERT INTO bank_transaction (id, company_id, bank_account_id, statement_id, position, entry_key, occurrence,"
    " part, amount_minor, currency, booking_date, journal_id) VALUES"
    " (9003, :company, :account, 9002, 1, 'K', 1, 0, 500, 'EUR', '2026-11-20', 1)"
)
ALLOCATION = (
    "INSERT INTO allocation (id, company_id, kind, source_bank_transaction_id, target_item_id, bank_minor,"
    " bank_currency, item_minor, item_currency, effective_date, recorded_at, booked_by, reverses_id, journal_id)"
    " VALUES ({}, :company, 'payment', 9003, :item, {}, 'EUR', {}, 'EUR', '2026-11-20', :now, 'user', {}, 1)"
)
REVIEW = (
    "INSERT INTO review_item (id, company_id, bank_transaction_id, reason, amount_minor, explanations, opened_at)"
    " VALUES (9009, :company, 9003, 'undone', 500, '[]', :now)"
)
MOVE = (
    "INSERT INTO move (id, company_id, subject_table, subject_id, position, from_state, to_state, at, actor, reason,"
    " journal_id) VALUES ({}, :company, '{}', {}, {}, '{}', '{}', :now, 'user:1', '', 1)"
)
BREAKS = {
    "nothing": ([], []),
    "more settled than its rows say": (
        ["UPDATE open_item SET settled_minor = 10000 WHERE id = :item"],
        ["open_item {item} says 10000 are settled, its rows say 0 (INV-3)"],
    ),
    "less settled than its rows say": (
        [ALLOCATION.format(9004, 400, 400, "NULL")],
        [
            "bank_transaction 9003 says 0 are allocated, its rows say 400 (INV-3)",
            "open_item {item} says 0 are settled, its rows say 400 (INV-3)",
        ],
    ),
    "more allocated than there is": (
        [ALLOCATION.format(9004, 400, 20_000, "NULL"), ALLOCATION.format(9005, 400, 0, "NULL")],
        [
            "bank_transaction 9003: 800 of 500 minor units are allocated (INV-2)",
            "bank_transaction 9003 says 0 are allocated, its rows say 800 (INV-3)",
            "open_item {item}: 20000 of 10000 minor units are settled (INV-2)",
            "open_item {item} says 0 are settled, its rows say 20000 (INV-3)",
        ],
    ),
    "a reversal takes itself off": (
        [ALLOCATION.format(9004, 400, 400, "NULL"), ALLOCATION.format(9005, -400, -400, 9004)],
        [],
    ),
    "a reversal that is not the opposite": (
        [ALLOCATION.format(9004, 400, 0, "NULL"), ALLOCATION.format(9005, -300, 0, 9004),
         "UPDATE bank_transaction SET allocated_minor = 100, state = 'partly_allocated'"],
        ["allocation 9005 reverses 9004, but is not its opposite (INV-5)"],
    ),
    "a state that the sum does not bear": (
        ["UPDATE bank_transaction SET state = 'allocated'"],
        ["bank_transaction 9003 is allocated, but 0 of 500 are allocated (INV-3)"],
    ),
    "in review, and nobody is asked": (
        ["UPDATE bank_transaction SET state = 'in_review'"],
        ["bank_transaction 9003 is in review, but nobody is asked about it (INV-17)"],
    ),
    "in review, and somebody is asked": (["UPDATE bank_transaction SET state = 'in_review'", REVIEW], []),
    "a statement that does not add up": (
        ["UPDATE statement SET closing_minor = 501"],
        ["statement 9002 is imported without a reason, but 0 plus 500 is not 501 (INV-4)"],
    ),
    "a statement without balance": (
        ["UPDATE statement SET opening_minor = NULL"],
        ["statement 9002 is imported without a reason, but None plus 500 is not 500 (INV-4)"],
    ),
    "a statement that a person took": (["UPDATE statement SET closing_minor = 501, take_reason = 'Bank'"], []),
    "the second of two equal entries without the first": (
        ["UPDATE bank_transaction SET occurrence = 2"],
        ["bank_transaction 9003 is number 2 of equal ones, the one before is missing (INV-8)"],
    ),
    "a cancelled item that something settles": (
        ["UPDATE open_item SET cancelled_at = :now, settled_minor = 400 WHERE id = :item",
         "UPDATE bank_transaction SET allocated_minor = 400, state = 'partly_allocated'",
         ALLOCATION.format(9004, 400, 400, "NULL")],
        ["open_item {item} is cancelled, but something settles it (INV-3)"],
    ),
    "an item changed without a version": (
        ["UPDATE open_item SET due_date = '2027-01-01' WHERE id = :item"],
        ["open_item {item} is not what its last version says (INV-20)"],
    ),
    "a mandate changed without a move": (
        [MOVE.format(9006, "mandate", ":mandate", 1, "active", "suspended")],
        ["mandate {mandate} is active, but it moved to suspended (INV-17)"],
    ),
    "moves that do not follow each other": (
        [MOVE.format(9006, "mandate", ":mandate", 1, "active", "suspended"),
         MOVE.format(9007, "mandate", ":mandate", 2, "draft", "active")],
        ["mandate {mandate} left draft, but it was suspended (INV-17)"],
    ),
    "moves that no life cycle knows": (
        [MOVE.format(9006, "review_item", 5, 1, "resolved", "open"), MOVE.format(9007, "statement", 5, 1, "a", "b"),
         MOVE.format(9008, "anything", 5, 1, "a", "b"), MOVE.format(9010, "statement", 6, 1, "held", "held")],
        ["review_item 5 went from resolved to open, which is no move (INV-17)",
         "statement 5 went from a to b, which is no move (INV-17)"],
    ),
    "a payer known from a mandate that ended": (
        ["UPDATE mandate SET state = 'revoked'"],
        ["payer_iban {payer} is known from a mandate, but none is active (INV-16)"],
    ),
}  # fmt: skip


class Facts(NamedTuple):
    """A company with one of everything, and the keys."""

    database: Database
    keys: dict[str, int]

    def moved_to(self, database: Database, _folder: Path) -> Self:
        """Return the same in a copy of the database."""
        return self._replace(database=database)


async def one_of_each(database: Database, _folder: Path) -> Facts:
    """Make a company with one of everything."""
    company_id = await add_company(database)
    await imported(database, company_id, customer("C1"))
    await imported(database, company_id, invoice("FA-1", 10_000))
    await imported(database, company_id, mandate("M-1"))
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        account = await add_account(work, account=ACCOUNT)
    keys = {"company": company_id, "account": account.id}
    async with database.read() as session:
        for name, table in (("item", "open_item"), ("mandate", "mandate"), ("payer", "payer_iban")):
            keys[name] = (await session.execute(text(f"SELECT id FROM {table}"))).scalar_one()
    await change(database, [FILE, STATEMENT, TRANSACTION], keys)
    return Facts(database, keys)


@pytest.fixture
async def facts(copy_of: CopyOf) -> Facts:
    """A company with one of everything."""
    return await copy_of(one_of_each)


async def change(database: Database, statements: list[str], keys: dict[str, int]) -> None:
    """Write past the gateway, as a repair by hand would."""
    async with database.begin(actor=CLERK, now=NOW) as work:
        for statement in statements:
            for name, key in keys.items():
                statement = statement.replace(f":{name}", str(key))
            await work.session.execute(text(statement.replace(":now", f"'{MOMENT}'")))


async def broken(database: Database) -> list[str]:
    """What the check finds, without the journal: rows written past the gateway break it, of course."""
    async with database.read() as session:
        found = [sentence async for sentence in broken_invariants(session)]
    return [sentence for sentence in found if "journal" not in sentence]


@pytest.mark.parametrize("name", BREAKS)
async def test_each_broken_rule_names_its_row(facts: Facts, name: str) -> None:
    database, keys = facts
    statements, sentences = BREAKS[name]

    await change(database, statements, keys)

    assert sorted(await broken(database)) == sorted(sentence.format(**keys) for sentence in sentences)


async def test_an_amount_that_is_no_whole_number_is_found_where_it_can_be(facts: Facts) -> None:
    database = facts.database
    fraction = "UPDATE open_item SET disputed_minor = 0.5"
    if not database.is_sqlite:
        await change(database, [fraction], {})
        assert await broken(database) != [], "PostgreSQL rounds it, so only the version differs"
        return
    with pytest.raises(DBAPIError, match="integer"):
        await change(database, [fraction], {})

    async with database._writer.connect() as connection:
        await connection.exec_driver_sql("COMMIT")
        await connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        await connection.exec_driver_sql(fraction)

    assert [sentence for sentence in await broken(database) if "INV-1)" in sentence] == [
        f"open_item {key}: disputed_minor is no whole number of minor units (INV-1)"
        for key in await item_keys(database)
    ]


async def item_keys(database: Database) -> list[int]:
    async with database.read() as session:
        return list((await session.execute(text("SELECT id FROM open_item"))).scalars())


async def test_a_changed_journal_is_found(facts: Facts) -> None:
    async with facts.database.read() as session:
        found = [sentence async for sentence in broken_invariants(session)]

    assert facts.keys["item"] > 0
    assert any("journal" in sentence for sentence in found), "the statement was written past the gateway"
