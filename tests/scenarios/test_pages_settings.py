"""Settings: the rules of matching with their history, two who save at once, and the record of the company."""

import re
from typing import Any

import pytest

from gateway.domain.access import Right
from gateway.services.load_candidates import load_policy
from gateway.store import check
from schemas.states import Role
from support.bank import camt, payment
from support.desk import KNOWN, Desk, words_of
from support.web import Browser, Site

RULES = {
    "seen": "0", "book_exact_reference": "on", "book_discount": "on", "book_partial": "on",
    "book_confirmed_payer": "on", "book_advice": "on", "book_habit": "on", "ignore_outgoing": "on",
    "tolerance_minor": "0.00", "fee_limit_minor": "0.00", "habit_right_min": "3",
    "discount_rounding_minor": "0.01", "discount_grace_days": "0", "combination_items_max": "12",
    "combination_steps_max": "20,000",
}  # fmt: skip


async def save(browser: Browser, **changed: str) -> Any:
    """Send the form with some fields changed; nothing unticks a rule."""
    fields = {name: text for name, text in (RULES | changed).items() if text != "unticked"}
    return await browser.post("/settings/policy", fields)


async def test_a_change_makes_a_version_that_says_who_and_from_what_to_what(site: Site) -> None:
    approver = await site.sign_in(Role.APPROVER)

    saved = await save(approver, tolerance_minor="1.50", book_partial="unticked", reason="Board of 12 May")
    page = words_of((await approver.get("/settings")).text)

    assert saved.status == 303
    assert "Person 1 Part payments: on → off Tolerance: 0.00 EUR → 1.50 EUR Board of 12 May" in page
    async with site.gateway.database.read() as session:
        policy = await load_policy(session, (await site.company()).id)
        broken = [sentence async for sentence in check.broken_invariants(session)]
    assert (policy.tolerance_minor, policy.book_partial, policy.book_discount) == (150, False, True)
    assert broken == []


async def test_saving_what_holds_already_makes_no_version(light_site: Site) -> None:
    approver = await light_site.sign_in(Role.APPROVER)

    await save(approver)
    page = words_of((await approver.get("/settings")).text)

    assert "Nothing differed." in page
    assert "Nobody has changed the rules yet" in page


async def test_amounts_are_typed_and_shown_in_the_way_of_the_reader(light_site: Site) -> None:
    approver = await light_site.sign_in(Role.APPROVER)
    await approver.post("/account/preferences", {"language": "de"})

    await save(approver, tolerance_minor="2,50", discount_rounding_minor="0,01", combination_steps_max="20.000")
    page = (await approver.get("/settings")).text

    assert 'name="tolerance_minor" value="2,50"' in page
    assert 'name="combination_steps_max" value="20.000"' in page
    assert "Toleranz: 0,00 EUR → 2,50 EUR" in words_of(page)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        pytest.param("tolerance_minor", "1.2.3", "not an amount such as", id="no amount"),
        pytest.param("tolerance_minor", "500", "Type a value from 0.00 to 100.00.", id="more than a slip"),
        pytest.param("fee_limit_minor", "-1", "Type a value from 0.00 to 100.00.", id="negative"),
        pytest.param("fee_limit_minor", " ", "Type a value from 0.00 to 100.00.", id="nothing"),
        pytest.param("discount_grace_days", "two", "Type a whole number.", id="no number"),
        pytest.param("combination_items_max", "1", "Type a value from 2 to 12.", id="too few"),
    ],
)
async def test_a_wrong_field_says_so_and_all_that_was_typed_is_kept(
    light_site: Site, field: str, typed: str, said: str
) -> None:
    approver = await light_site.sign_in(Role.APPROVER)

    answer = await save(approver, **{"reason": "kept", "book_discount": "unticked", field: typed})

    row = re.search(rf'id="h-{field}">(.*?)</small>.*?<input[^>]*value="([^"]*)"[^>]*aria-invalid', answer.text, re.S)
    assert answer.status == 422
    assert row is not None
    assert (said in row[1], row[2]) == (True, typed)
    assert 'value="kept"' in answer.text
    assert 'name="book_discount">' in answer.text  # Not ticked.


async def test_of_two_who_save_at_once_the_later_is_told_and_loses_nothing(site: Site) -> None:
    first, later = await site.sign_in(Role.APPROVER), await site.sign_in(Role.APPROVER)

    await save(first, tolerance_minor="1.00")
    refused = await save(later, tolerance_minor="2.00")
    again = await save(later, tolerance_minor="2.00", seen="1")

    assert (refused.status, again.status) == (409, 303)
    assert "Somebody else changed the rules meanwhile" in refused.text
    assert 'name="tolerance_minor" value="2.00"' in refused.text
    assert 'name="seen" value="1"' in refused.text


async def test_looser_rules_book_what_waits_and_stricter_ones_ask(quiet_desk: Desk) -> None:
    approver = await quiet_desk.site.sign_in(Role.APPROVER)
    await save(approver, book_exact_reference="unticked")
    await quiet_desk.upload(camt(KNOWN, payment(7_500, "FA-1005", name="Gamma SARL", reference="R9")))
    asked = (await quiet_desk.clerk.get("/review")).text

    await save(approver, seen="1")
    await quiet_desk.site.clock.pass_time(seconds=1)
    booked = (await quiet_desk.clerk.get("/review")).text

    assert ("Gamma SARL" in asked, "Gamma SARL" in booked) == (True, False)


@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR, Role.VIEWER, Role.ADMINISTRATOR])
async def test_others_read_the_rules_and_change_nothing(light_site: Site, role: Role) -> None:
    reader = await light_site.sign_in(role)

    page, refused = await reader.get("/settings"), await save(reader, tolerance_minor="1.00")

    assert (page.status, refused.status) == (200, 403)
    assert "Save the rules" not in page.text
    assert page.text.count(" disabled") == 14


async def test_the_company_is_renamed_and_a_wrong_identifier_is_refused(light_site: Site) -> None:
    keeper = await light_site.sign_in(Role.ADMINISTRATOR)

    wrong = await keeper.post("/settings/company", {"name": "Neu AG", "creditor_identifier": "DE00ZZZ0"})
    nameless = await keeper.post("/settings/company", {"name": " "})
    saved = await keeper.post("/settings/company", {"name": "Neu AG", "creditor_identifier": "DE98ZZZ09999999999"})
    page = (await keeper.get("/settings")).text

    assert [answer.status for answer in (wrong, nameless, saved)] == [422, 422, 303]
    assert 'value="DE00ZZZ0"' in wrong.text
    assert 'value="Neu AG"' in page
    assert 'href="/banks"' in page


async def test_a_machine_reads_the_rules(light_site: Site) -> None:
    machine, approver = await light_site.machine(Right.SEE), await light_site.sign_in(Role.APPROVER)

    before = (await machine.get("/policy")).json()
    await save(approver, fee_limit_minor="3.00")
    after = (await machine.get("/policy")).json()

    assert (before["version"], before["changed_at"], before["fee_limit_minor"]) == (0, None, 0)
    assert (after["version"], after["currency"], after["fee_limit_minor"]) == (1, "EUR", 300)
