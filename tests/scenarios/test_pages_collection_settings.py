"""How we collect: rules with their history, what becomes of each reason, and a limit that two persons change."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from gateway.domain.access import Right
from gateway.domain.collecting.policy import collect_policy
from gateway.domain.returns import rule_of
from gateway.services.decide_changes import OwnProposal, accept_changes
from gateway.store import check, creditors
from gateway.store.columns import table_of
from gateway.store.journal import Journal
from gateway.store.work import Actor
from schemas.codes.reason_actions import MandateAction, NextAction, Retry
from schemas.states import Role
from support.desk import words_of
from support.web import Browser, Site

RULES = {
    "seen": "0", "notice_days": "14", "later_days": "0", "is_bundled": "on", "nets_credits": "on", "retries_max": "2",
    "retry_after_bank_days": "5", "fee_claim_minor": "0.00", "new_account_rest_days": "1",
    "second_approval_minor": "0.00", "mandate_reference_rule": "{customer}-{number}",
}  # fmt: skip
HERE = "/settings/collections"


async def save(browser: Browser, **changed: str) -> Any:
    """Send the form with some fields changed; nothing unticks a rule."""
    return await browser.post(HERE, {name: text for name, text in (RULES | changed).items() if text != "unticked"})


async def record(site: Site) -> dict[str, Any]:
    async with site.gateway.database.read() as session:
        return await creditors.collection_policy_of(session, (await site.company()).id)


async def broken(site: Site) -> list[str]:
    async with site.gateway.database.read() as session:
        return [sentence async for sentence in check.broken_invariants(session)]


async def verbs(site: Site) -> set[str]:
    async with site.gateway.database.read() as session:
        return set((await session.execute(select(table_of(Journal).c.verb))).scalars())


async def test_a_change_makes_a_version_that_says_who_and_from_what_to_what(site: Site) -> None:
    keeper = await site.sign_in(Role.ADMINISTRATOR)

    saved = await save(keeper, notice_days="5", is_bundled="unticked", fee_claim_minor="7.50", reason="Contract 2027")
    page = words_of((await keeper.get(HERE)).text)

    assert saved.status == 303
    assert "Notice: 14 → 5 One debit for a day: on → off Amount of the fee: 0.00 EUR → 7.50 EUR Contract 2027" in page
    policy = collect_policy(await record(site))
    assert (policy.collect.notice_days, policy.collect.is_bundled, policy.returns.fee_claim_minor) == (5, False, 750)
    assert await broken(site) == []


async def test_saving_what_holds_already_makes_no_version(light_site: Site) -> None:
    keeper = await light_site.sign_in(Role.ADMINISTRATOR)

    await save(keeper)

    assert "Nothing differed." in words_of((await keeper.get(HERE)).text)
    assert await record(light_site) == {}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        pytest.param("notice_days", "0", "Type a value from 1 to 60.", id="no notice at all"),
        pytest.param("retries_max", "3", "Type a value from 0 to 2.", id="more attempts than the schemes advise"),
        pytest.param("retry_after_bank_days", "4", "Type a value from 5 to 60.", id="in haste"),
        pytest.param("fee_claim_minor", "5000", "Type a value from 0.00 to 1,000.00.", id="a slip of the hand"),
        pytest.param("new_account_rest_days", "soon", "Type a whole number.", id="no number"),
        pytest.param("mandate_reference_rule", "M-{number}", "is no rule such as", id="the same for two customers"),
        pytest.param("mandate_reference_rule", "{customer}{year}", "is no rule such as", id="an unknown place"),
    ],
)
async def test_a_wrong_field_says_so_and_all_that_was_typed_is_kept(
    light_site: Site, field: str, typed: str, said: str
) -> None:
    keeper = await light_site.sign_in(Role.ADMINISTRATOR)

    answer = await save(keeper, **{"reason": "kept", "nets_credits": "unticked", field: typed})

    assert answer.status == 422
    assert said in words_of(answer.text)
    assert re.search(rf'name="{field}" value="{re.escape(typed)}"[^>]*aria-invalid', answer.text)
    assert 'value="kept"' in answer.text
    assert 'name="nets_credits">' in answer.text  # Not ticked.


async def test_of_two_who_save_at_once_the_later_is_told(light_site: Site) -> None:
    first, later = await light_site.sign_in(Role.ADMINISTRATOR), await light_site.sign_in(Role.ADMINISTRATOR)

    await save(first, notice_days="7")
    refused = await save(later, notice_days="9")
    again = await save(later, notice_days="9", seen="1")

    assert (refused.status, again.status) == (409, 303)
    assert "Somebody else changed the rules meanwhile" in refused.text


async def test_the_approval_limit_holds_once_another_person_accepts_it(site: Site) -> None:
    anna = await site.add_user(Role.APPROVER)
    keeper, approver = await site.sign_in(Role.ADMINISTRATOR), await site.sign_in(user=anna)

    saved = await save(keeper, second_approval_minor="25,000.00", notice_days="7", reason="Board")
    before = await record(site)
    waiting = words_of((await keeper.get(HERE)).text)
    twice = await save(keeper, second_approval_minor="30,000.00", notice_days="7", seen="1")
    page = (await approver.get("/changes")).text
    [change] = re.findall(r'name="change" value="(\d+)"', page)
    accepted = await approver.post("/changes", {"change": change, "decision": "accept", "code": site.code(anna)})

    assert [answer.status for answer in (saved, twice, accepted)] == [303, 409, 303]
    assert (before["second_approval_minor"], before["notice_days"]) == (0, 7)
    assert "Two approvers from 25,000.00 EUR on: waits until an approver accepts it under Changes." in waiting
    assert "one approver is always enough" in words_of(page)
    assert "two approvers from 25,000.00 EUR on" in words_of(page)
    assert (await record(site))["second_approval_minor"] == 2_500_000
    assert "Two approvers: 0.00 EUR → 25,000.00 EUR Board" in words_of((await keeper.get(HERE)).text)
    assert await broken(site) == []


async def test_an_administrator_withdraws_what_he_proposed(site: Site) -> None:
    keeper, other = await site.sign_in(Role.ADMINISTRATOR), await site.sign_in(Role.ADMINISTRATOR)
    await save(keeper, second_approval_minor="25,000.00")
    own = (await keeper.get("/changes")).text
    [change] = re.findall(r'name="change" value="(\d+)"', own)

    foreign = await other.post("/changes/withdraw", {"change": change})
    withdrawn = await keeper.post("/changes/withdraw", {"change": change})
    late = await keeper.post("/changes/withdraw", {"change": change})
    approver = await site.sign_in(Role.APPROVER)
    accepted = await approver.post("/changes", {"change": change, "decision": "accept", "code": "000000"})

    assert "You may withdraw it; then it never takes effect." in words_of(own)
    assert "Nothing waits" in (await other.get("/changes")).text  # Only what he proposed himself.
    assert [answer.status for answer in (foreign, withdrawn, late, accepted)] == [403, 303, 409, 422]
    assert "second_approval_minor" not in await record(site)
    assert "waits until an approver" not in (await keeper.get(HERE)).text
    assert await verbs(site) >= {"withdraw_change"}
    assert (await save(keeper, second_approval_minor="30,000.00")).status == 303
    assert await broken(site) == []


async def test_nobody_raises_the_limit_alone(site: Site) -> None:
    user = await site.add_user(Role.ADMINISTRATOR)
    keeper = await site.sign_in(user=user)
    await save(keeper, second_approval_minor="1.00")
    approver = await site.sign_in(Role.APPROVER)
    [change] = re.findall(r'name="change" value="(\d+)"', (await approver.get("/changes")).text)

    with pytest.raises(OwnProposal):
        async with site.gateway.database.begin(
            actor=Actor("user", user.id, user.name), now=site.clock(), company_id=(await site.company()).id, ids=100
        ) as work:
            await accept_changes(work, ids=[int(change)])

    assert await record(site) == {}


async def test_what_becomes_of_a_reason_is_chosen_and_taken_back(site: Site) -> None:
    keeper = await site.sign_in(Role.ADMINISTRATOR)
    rule = {"code": "AM04", "retry": "no", "mandate": "suspend", "action": "ask_debtor"}

    saved = await keeper.post(f"{HERE}/reason", {"seen": "0", "reason": "too many", **rule})
    page = words_of((await keeper.get(HERE)).text)
    held = rule_of("AM04", collect_policy(await record(site)).returns)
    reset = await keeper.post(f"{HERE}/reason", {"seen": "1", "code": "AM04", "reset": "1"})

    assert (saved.status, reset.status) == (303, 303)
    assert held == (Retry.NO, MandateAction.SUSPEND, NextAction.ASK_DEBTOR)
    assert "AM04: presented again later; the mandate stays; remind, and collect again later → never presented" in page
    assert (await record(site))["reasons"] == {}


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        pytest.param({"retry": "later"}, 422, "never presented again by itself", id="against the schemes"),
        pytest.param({"retry": ""}, 422, "Say whether the debit is presented again", id="nothing chosen"),
        pytest.param({"seen": "7"}, 409, "Somebody else changed the rules", id="an old page"),
        pytest.param({"code": "no code"}, 404, "is not a reason code such as AM04", id="no code"),
    ],
)
async def test_a_rule_about_a_reason_that_cannot_be_is_refused(
    light_site: Site, fields: dict[str, str], status: int, said: str
) -> None:
    keeper = await light_site.sign_in(Role.ADMINISTRATOR)
    rule = {"seen": "0", "code": "MD01", "retry": "no", "mandate": "keep", "action": "ask_debtor"}

    answer = await keeper.post(f"{HERE}/reason", {**rule, **fields})

    assert answer.status == status
    assert said in words_of(answer.text)
    assert await record(light_site) == {}


@pytest.mark.parametrize("role", [Role.CLERK, Role.APPROVER, Role.AUDITOR, Role.VIEWER])
async def test_others_read_the_rules_and_change_nothing(light_site: Site, role: Role) -> None:
    reader = await light_site.sign_in(role)

    page, refused = await reader.get(HERE), await save(reader, notice_days="7")

    assert (page.status, refused.status) == (200, 403)
    assert "Save the rules" not in page.text
    assert page.text.count(" disabled") == len(RULES) - 1 + 3  # All fields but the hidden one; three more are off.


async def test_a_machine_reads_the_rules(light_site: Site) -> None:
    machine, keeper = await light_site.machine(Right.SEE), await light_site.sign_in(Role.ADMINISTRATOR)

    before = (await machine.get("/collection-policy")).json()
    await save(keeper, rebills_fee="on")
    after = (await machine.get("/collection-policy")).json()

    assert (before["version"], before["changed_at"], before["rebills_fee"]) == (0, None, False)
    assert (after["version"], after["rebills_fee"], after["reasons"]) == (1, True, {})
