"""Bank accounts of ours: added, found by what banks write, changed, closed."""

from typing import Any

import pytest

from gateway.domain.account import AccountExists
from gateway.services.manage_accounts import (
    AccountIsClosed,
    AccountIsEmpty,
    add_account,
    change_account,
    close_account,
    reopen_account,
    waiting_statements,
)
from gateway.store import accounts
from gateway.store.accounts import BankAccount
from gateway.store.database import Database
from gateway.store.statements import Statement, StatementFile
from schemas.errors import NotFound
from schemas.identifiers import InvalidBic, InvalidIban
from schemas.money import InvalidCurrency
from schemas.statement import StatementKind
from schemas.states import HoldReason, StatementFileState, StatementState
from support.master_data import CLERK, NOW, add_company

GERMAN, DUTCH = "DE89370400440532013000", "NL91ABNA0417164300"


async def add(database: Database, company_id: int, account: str, **values: Any) -> BankAccount:
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        return await add_account(work, account=account, **values)


async def change(database: Database, company_id: int, account_id: int, **changes: Any) -> BankAccount:
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        return await change_account(work, account_id=account_id, **changes)


async def find(database: Database, text: str, currency: str | None = None) -> int | None:
    async with database.read() as session:
        account = await accounts.find_account(session, text=text, currency=currency)
    return account.id if account else None


async def hold(database: Database, company_id: int, text: str, currency: str = "EUR") -> int:
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        file = StatementFile(
            id=work.new_id(), company_id=company_id, sha256=text + currency, name="a", size=1, channel="test",
            companies=[company_id], state=StatementFileState.READ, warnings=[], received_at=NOW, received_by="",
            journal_id=work.journal_id,
        )  # fmt: skip
        work.add(file)
        await work.flush()
        row = Statement(
            id=work.new_id(), company_id=company_id, file_id=file.id, position=1, kind=StatementKind.STATEMENT,
            account=text, currency=currency, booked_sum_minor=0, entry_count=0, state=StatementState.HELD,
            hold_reason=HoldReason.UNKNOWN_ACCOUNT, warnings=[], recorded_at=NOW, journal_id=work.journal_id,
        )  # fmt: skip
        work.add(row)
        work.say("hold", f"statement:{row.id}")
    return row.id


async def test_an_account_is_found_by_what_its_bank_writes(database: Database) -> None:
    company_id = await add_company(database)

    german = await add(database, company_id, "DE89 3704 0044 0532 0130 00")
    dutch = await add(database, company_id, DUTCH, name="Betaalrekening")

    assert (german.iban, german.bic, german.currency, german.name) == (
        GERMAN, "COBADEFFXXX", "EUR", "DE89 **** **** 3000",
    )  # fmt: skip
    assert await find(database, GERMAN, "EUR") == german.id
    assert await find(database, "37040044/532013000EUR") == german.id
    assert await find(database, "COBADEFF/532013000", "EUR") == german.id
    assert await find(database, "0417164300", "EUR") == dutch.id
    assert await find(database, "DE02500105170532013000", "EUR") is None


async def test_the_currency_belongs_to_the_account(database: Database) -> None:
    company_id = await add_company(database)

    euros = await add(database, company_id, "1700.59.308EUR")
    assert await find(database, "1700.59.308") == euros.id
    dollars = await add(database, company_id, "1700.59.308USD")

    assert (euros.currency, dollars.currency) == ("EUR", "USD")
    assert await find(database, "1700.59.308", "USD") == dollars.id
    assert await find(database, "1700.59.308EUR", "EUR") == euros.id
    assert await find(database, "1700.59.308", "GBP") is None
    assert await find(database, "1700.59.308EUR", "USD") is None
    assert await find(database, "1700.59.308") is None, "either may be meant"


async def test_an_account_whose_currency_nobody_said_has_statements_in_any(database: Database) -> None:
    company_id = await add_company(database)
    swiss = await add(database, company_id, "CH9300762011623852957")
    assert (swiss.currency, swiss.any_currency) == ("CHF", True)
    assert await find(database, "CH9300762011623852957", "EUR") == swiss.id
    with pytest.raises(AccountExists):
        await add(database, company_id, "CH9300762011623852957", currency="EUR")

    await change(database, company_id, swiss.id, currency="CHF")
    euros = await add(database, company_id, "CH9300762011623852957", currency="EUR")

    assert await find(database, "CH9300762011623852957", "CHF") == swiss.id
    assert await find(database, "CH9300762011623852957", "EUR") == euros.id
    assert await find(database, "CH9300762011623852957", "USD") is None


async def test_an_account_is_ours_once_in_the_whole_installation(database: Database) -> None:
    company_id, other_id = await add_company(database), await add_company(database, "OTHER")
    await add(database, company_id, GERMAN)

    with pytest.raises(AccountExists):
        await add(database, other_id, "37040044/0532013000")

    async with database.read() as session:
        assert len(await accounts.list_accounts(session, company_id=company_id)) == 1
        assert await accounts.list_accounts(session, company_id=other_id) == []
        assert await accounts.own_ibans(session, company_id=company_id) == {GERMAN}


async def test_a_number_that_two_accounts_share_finds_neither_until_a_person_says_more(database: Database) -> None:
    company_id = await add_company(database)
    one = await add(database, company_id, GERMAN)
    assert await find(database, "532013000") == one.id

    other = await add(database, company_id, "DE02500105170532013000", as_written=True)
    assert await find(database, "532013000") == one.id, "the second is no IBAN, so its number is not known apart"
    await change(database, company_id, other.id, also_written=("532013000",))

    assert await find(database, "532013000") == other.id


@pytest.mark.parametrize(
    ("account", "options", "error"),
    [
        pytest.param("DE89370400440532013001", {}, InvalidIban, id="mistyped IBAN"),
        pytest.param("///", {}, AccountIsEmpty, id="no letter or digit"),
        pytest.param(GERMAN, {"bic": "COBA"}, InvalidBic, id="no BIC"),
        pytest.param(GERMAN, {"currency": "Euro"}, InvalidCurrency, id="no currency"),
    ],
)
async def test_what_is_no_account_is_refused(
    database: Database, account: str, options: dict[str, Any], error: type[Exception]
) -> None:
    company_id = await add_company(database)

    with pytest.raises(error):
        await add(database, company_id, account, **options)

    async with database.read() as session:
        assert await accounts.list_accounts(session, company_id=company_id) == []


async def test_what_a_bank_really_writes_is_taken_as_it_stands(database: Database) -> None:
    company_id = await add_company(database)

    odd = await add(database, company_id, "LV12TEST000000000001", as_written=True, currency="EUR")

    assert (odd.iban, await find(database, "LV12 TEST 0000 0000 0001", "EUR")) == (None, odd.id)


async def test_a_changed_account_keeps_what_was_not_said(database: Database) -> None:
    company_id = await add_company(database)
    account = await add(database, company_id, GERMAN, name="Haupt")

    changed = await change(
        database, company_id, account.id, also_written=("37040044/0532013000888",), notification_decides=True, bic=""
    )

    assert (changed.name, changed.notification_decides, changed.report_decides) == ("Haupt", True, False)
    assert await find(database, "37040044/0532013000888", "EUR") == account.id
    assert await find(database, "COBADEFF/532013000", "EUR") is None, "the BIC was taken away"
    changed = await change(database, company_id, account.id, bic="cobadeff", name=" ", also_written=())
    assert (changed.bic, changed.name) == ("COBADEFF", "Haupt")
    assert await find(database, "37040044/0532013000888", "EUR") is None
    assert await find(database, "COBADEFF/532013000", "EUR") == account.id


async def test_a_closed_account_is_still_found(database: Database) -> None:
    company_id, other_id = await add_company(database), await add_company(database, "OTHER")
    account = await add(database, company_id, GERMAN)

    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        await close_account(work, account_id=account.id)
    with pytest.raises(AccountIsClosed):
        async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
            await close_account(work, account_id=account.id)
    with pytest.raises(NotFound):
        async with database.begin(actor=CLERK, now=NOW, company_id=other_id) as work:
            await close_account(work, account_id=account.id)

    assert await find(database, GERMAN, "EUR") == account.id
    async with database.read() as session:
        assert await accounts.list_accounts(session, company_id=company_id, with_closed=False) == []
    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        await reopen_account(work, account_id=account.id)
    async with database.read() as session:
        assert len(await accounts.list_accounts(session, company_id=company_id, with_closed=False)) == 1


async def test_statements_that_waited_for_the_account_are_named(database: Database) -> None:
    company_id, other_id = await add_company(database), await add_company(database, "OTHER")
    waiting = [await hold(database, company_id, text) for text in (GERMAN, "37040044/532013000EUR")]
    await hold(database, company_id, DUTCH)
    await hold(database, company_id, GERMAN, "USD")
    await hold(database, other_id, "370400440532013000")

    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        account = await add_account(work, account=GERMAN, currency="EUR")
        found = await waiting_statements(work, account=account)

    assert [one.statement_id for one in found] == waiting


async def test_an_account_in_any_currency_is_waited_for_in_any(database: Database) -> None:
    company_id = await add_company(database)
    waiting = [await hold(database, company_id, GERMAN, currency) for currency in ("EUR", "USD")]

    async with database.begin(actor=CLERK, now=NOW, company_id=company_id) as work:
        account = await add_account(work, account=GERMAN)
        found = await waiting_statements(work, account=account)

    assert [one.statement_id for one in found] == waiting
