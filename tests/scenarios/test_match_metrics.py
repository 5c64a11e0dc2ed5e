"""How well matching does, for Prometheus: by company, account and outcome; nothing where nothing is known."""

import pytest

from gateway.domain.access import Right
from support.api import Firm
from support.bank import DAY, payment
from support.gateways import make_company
from support.match_alarms import count_at, write_days
from support.web import Site

_SHARED = pytest.mark.asyncio(loop_scope="session")


async def told(firm: Firm) -> list[str]:
    """Return what a token of the company reads of matching."""
    machine = await firm.machine_with(Right.SEE_METRICS)
    answer = await firm.site.browser().get("/metrics", Authorization=f"Bearer {machine.token}")
    assert answer.status == 200
    return [line for line in answer.text.splitlines() if line.startswith("gateway_matching")]


@_SHARED
async def test_outcomes_of_the_last_days_are_told_by_account(firm: Firm) -> None:
    await firm.add_customer()
    await firm.add_invoice("FA-1", 10_000)
    paid, unknown = payment(10_000, "FA-1", reference="R1"), payment(30_000, "Danke", reference="R2")
    await firm.upload(firm.statement(paid, unknown, payment(-500, "", code="PMNT-ICDT-ESCT", reference="R3")))
    await count_at(firm.site.gateway.database, firm.company_id, DAY)

    lines = await told(firm)

    mine = f'account="{firm.account_id}",company="{firm.code}"'
    assert f'gateway_matching_payments{{{mine},outcome="booked"}} 1.0' in lines
    assert f'gateway_matching_payments{{{mine},outcome="asked"}} 1.0' in lines
    assert f'gateway_matching_bank_transactions{{{mine},outcome="set_aside"}} 1.0' in lines
    assert f'gateway_matching_value_minor{{{mine},currency="EUR",outcome="asked"}} 30000.0' in lines
    assert f'gateway_matching_alarms{{company="{firm.code}"}} 0.0' in lines
    assert not any("DE" in line for line in lines)


@_SHARED
async def test_an_alarm_is_told_until_it_is_seen(firm: Firm) -> None:
    database = firm.site.gateway.database
    await write_days(database, firm.company_id, firm.account_id)
    await count_at(database, firm.company_id)
    alarm = f'gateway_matching_alarms{{company="{firm.code}"}}'

    raised = await told(firm)
    [row] = (await firm.get("/matching/alarms"))["items"]
    await firm.post(f"/matching/alarms/{row['id']}/seen")

    assert f"{alarm} 1.0" in raised
    assert f"{alarm} 0.0" in await told(firm)


@_SHARED
async def test_a_token_reads_its_own_company_only(firm: Firm, other_firm: Firm) -> None:
    await other_firm.upload(other_firm.statement(payment(500, "x", reference="R1")))
    await count_at(other_firm.site.gateway.database, other_firm.company_id, DAY)

    lines = await told(firm)

    assert lines == [f'gateway_matching_alarms{{company="{firm.code}"}} 0.0']


async def test_this_machine_reads_all_companies(light_site: Site) -> None:
    await make_company(light_site.gateway.database, "SECOND")

    text = (await light_site.browser().get("/metrics")).text

    assert 'gateway_matching_alarms{company="SECOND"} 0.0' in text
