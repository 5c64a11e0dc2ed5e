"""An alarm is raised when matching books clearly less than before, is told once, and somebody marks it as seen."""

import datetime as dt

import pytest

from gateway.store.journal import Journal
from gateway.store.match_figures import MatchAlarm
from schemas.states import Role
from support.api import Firm
from support.desk import Desk, words_of
from support.gateways import Bench
from support.match_alarms import NEW, OLD, TODAY, add_account_at, count_at, write_days
from support.web import Site

PAGE = "/reports/matching"


async def account_of(bench: Bench, name: str = "Konto", bic: str = "COBADEFFXXX") -> int:
    return await add_account_at(bench.database, bench.company_id, name, bic)


async def test_a_drop_after_a_change_of_format_is_told_once(bench: Bench) -> None:
    account_id = await account_of(bench)
    await write_days(bench.database, bench.company_id, account_id)

    for day in (TODAY, TODAY, TODAY + dt.timedelta(days=1)):
        await count_at(bench.database, bench.company_id, day)

    (alarm,) = await bench.rows(MatchAlarm)
    assert (alarm.bank_account_id, alarm.bank) == (account_id, "COBADEFF")
    assert (alarm.format, alarm.format_before) == (NEW, OLD)
    assert (alarm.from_date, alarm.payment_count, alarm.booked_count) == (TODAY - dt.timedelta(days=1), 40, 4)
    told = [(row.verb, row.subject) for row in await bench.rows(Journal, Journal.seq)]
    assert told.count(("raise_alarm", f"bank_account:{account_id}")) == 1
    assert await bench.broken() == []


async def test_without_a_drop_nobody_is_told(bench: Bench) -> None:
    await write_days(bench.database, bench.company_id, await account_of(bench), bad=0)

    await count_at(bench.database, bench.company_id)

    assert await bench.rows(MatchAlarm) == []


async def test_accounts_with_few_payments_show_it_together_with_the_others_at_their_bank(bench: Bench) -> None:
    for place in range(6):
        account_id = await account_of(bench, f"Konto {place}", f"COBADEFF00{place}")
        await write_days(bench.database, bench.company_id, account_id, count=2, bad=1)
    await write_days(bench.database, bench.company_id, await account_of(bench, "Other", "INGDDEFFXXX"), count=2, bad=1)

    for _ in range(2):
        await count_at(bench.database, bench.company_id)

    (alarm,) = await bench.rows(MatchAlarm)
    assert (alarm.bank_account_id, alarm.bank, alarm.payment_count) == (None, "COBADEFF", 12)


async def test_an_account_that_shows_it_by_itself_speaks_for_its_bank(bench: Bench) -> None:
    account_id = await account_of(bench)
    await write_days(bench.database, bench.company_id, account_id)
    await write_days(bench.database, bench.company_id, await account_of(bench, "Small"), count=2)

    for _ in range(2):
        await count_at(bench.database, bench.company_id)

    assert [alarm.bank_account_id for alarm in await bench.rows(MatchAlarm)] == [account_id]


@pytest.mark.asyncio(loop_scope="session")
async def test_an_alarm_is_listed_and_marked_as_seen(firm: Firm, other_firm: Firm) -> None:
    database = firm.site.gateway.database
    await write_days(database, firm.company_id, firm.account_id)
    await count_at(database, firm.company_id)
    (alarm,) = (await firm.get("/matching/alarms"))["items"]

    seen = await firm.post(f"/matching/alarms/{alarm['id']}/seen")
    again = await firm.post(f"/matching/alarms/{alarm['id']}/seen")

    assert alarm["account_id"] == str(firm.account_id)
    assert alarm["payments"] == {"by_itself": 4, "all": 40, "share": 1_000}
    assert alarm["payments_before"]["share"] == 9_500
    assert (alarm["format"], alarm["format_before"], alarm["seen_at"]) == (NEW, OLD, None)
    assert seen["seen_by"] == "ERP"
    assert again == seen
    assert (await other_firm.get("/matching/alarms"))["items"] == []


async def alarmed(desk: Desk) -> None:
    company = await desk.site.company()
    database = desk.site.gateway.database
    account_id = await add_account_at(database, company.id, "Konto", "COBADEFFXXX")
    await write_days(database, company.id, account_id)
    await count_at(database, company.id)


async def test_a_person_sees_the_alarm_and_marks_it_as_seen(asked_desk: Desk) -> None:
    await alarmed(asked_desk)
    clerk = asked_desk.clerk
    sentence = "matching books less of Konto: 10 % of 40 payments at once, 95 % in the weeks before"

    dashboard, page = (await clerk.get("/dashboard")).text, (await clerk.get(PAGE)).text
    action = page.split(f'action="{PAGE}/alarms/')[1].split('"')[0]
    marked = await clerk.post(f"{PAGE}/alarms/{action}")
    after = (await clerk.get(PAGE)).text

    assert sentence in words_of(dashboard)
    assert sentence in words_of(page)
    assert f"the statements come as {NEW}, before as {OLD}" in words_of(page)
    assert marked.status == 303
    assert sentence not in words_of((await clerk.get("/dashboard")).text)
    assert "Alarms of before" in after
    assert "/alarms/" not in after


async def test_who_only_reads_cannot_mark_it(asked_desk: Desk) -> None:
    await alarmed(asked_desk)
    reader = await asked_desk.site.sign_in(Role.VIEWER)

    page = await reader.get(PAGE)

    assert "matching books less of Konto" in words_of(page.text)
    assert "Mark as seen" not in page.text
    assert (await reader.post(f"{PAGE}/alarms/1")).status == 403


async def test_an_alarm_that_is_not_there_is_not_found(light_site: Site) -> None:
    clerk = await light_site.sign_in(Role.CLERK)

    assert (await clerk.post(f"{PAGE}/alarms/1")).status == 404
