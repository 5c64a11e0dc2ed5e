"""What a bank wants of files is set per account; the next run follows it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.store.accounts import BankAccount, list_accounts
from schemas.states import Role
from support.databases import Databases
from support.desk import Desk, Desks, words_of


@pytest.fixture
async def desk(databases: Databases, desks: Desks, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desks.open_copy(databases, tmp_path) as opened:
        yield opened


async def account(desk: Desk) -> BankAccount:
    company = await desk.site.company()
    async with desk.site.gateway.database.read() as session:
        return (await list_accounts(session, company_id=company.id))[0]


async def test_an_account_follows_a_bank_and_differs_where_it_was_said(desk: Desk) -> None:
    administrator = await desk.site.sign_in(Role.ADMINISTRATOR)
    path = f"/banks/{(await account(desk)).id}/profile"

    first = await administrator.post(path, {"profile": "example_es"})
    second = await administrator.post(path, {"profile": "example_es", "lead_days_core": "3", "cut_off": "11:00"})

    assert (first.status, second.status) == (303, 303)
    row = await account(desk)
    assert (row.bank_profile, row.profile_changes) == ("example_es", {"lead_days_core": 3})


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        pytest.param("lead_days_core", "40", "40 is not from 0 to 14", id="too many days"),
        pytest.param("zone", "Mars/Base", "is no time zone", id="no zone"),
        pytest.param("file_name", "../{message_id}", "is no file name", id="a path"),
        pytest.param("file_name", "same.xml", "is no file name", id="one name for all"),
        pytest.param("cut_off", "25:00", "cannot be used", id="no time"),
        pytest.param("address_mode", "lines", "cannot be used", id="no mode"),
    ],
)
async def test_what_no_bank_can_want_is_refused(desk: Desk, field: str, value: str, said: str) -> None:
    administrator = await desk.site.sign_in(Role.ADMINISTRATOR)

    answer = await administrator.post(f"/banks/{(await account(desk)).id}/profile", {"profile": "", field: value})

    assert answer.status == 422
    assert said in words_of(answer.text)
