"""Settings, Try a change on the past: what other rules would have booked, and what would have been got wrong."""

import asyncio
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule
from gateway.domain.replay.result import Replayed
from gateway.services.load_past import PeriodTooLong
from gateway.services.manage_customers import set_iban
from gateway.services.manage_rules import add_rule
from gateway.services.replay_in_worker import ReplayWanted
from gateway.store import check, parties
from gateway.store.work import SYSTEM
from gateway.web import format as formats
from gateway.web.slow_work import SlowWork
from schemas.identifiers import Iban
from schemas.states import Role, RuleAction, TextMatch
from support.bank import camt, payment
from support.desk import FEE, KNOWN, STRANGER, Desk, open_desk, words_of
from support.web import Answer, Browser, Site

PAGE = "/settings/replay"
DAYS = {"from_date": "2026-11-01", "to_date": "2026-11-30"}
RULES = {
    "rules": "1", "seen": "0", "book_exact_reference": "on", "book_discount": "on", "book_partial": "on",
    "book_confirmed_payer": "on", "ignore_outgoing": "on", "tolerance_minor": "0.00", "fee_limit_minor": "0.00",
    "discount_rounding_minor": "0.01", "discount_grace_days": "0", "combination_items_max": "12",
    "combination_steps_max": "20,000", "book_habit": "on", "book_advice": "on", "habit_right_min": "3",
}  # fmt: skip
IBAN = "DE02700100800030876808"
SHORT = payment(29_980, "FA-1003", name="Beta Handel AG", reference="R5", iban=None)


def path(**changed: str) -> str:
    """The address of a replay of November with some fields changed; nothing unticks a rule."""
    return f"{PAGE}?{urlencode({name: text for name, text in (DAYS | RULES | changed).items() if text})}"


async def test_the_first_look_asks_for_days_and_rules_and_replays_nothing(quiet_desk: Desk) -> None:
    page = await quiet_desk.clerk.get(PAGE)

    assert page.status == 200
    assert "What would other rules have done?" in page.text
    assert 'name="tolerance_minor" value="0.00"' in page.text
    assert "What would change" not in page.text


async def test_what_differs_is_said_with_figures_and_the_payments_that_it_concerns(quiet_desk: Desk) -> None:
    await quiet_desk.upload(camt(KNOWN, SHORT))

    page = words_of((await quiet_desk.clerk.get(path(tolerance_minor="0.50", book_exact_reference=""))).text)

    assert "No payment would be booked otherwise than a person decided." in page
    assert "Booked by rules so far 100 % 2 of 2 payments With the change 50 % 1 of 2 payments" in page
    assert "Reference and exact amount on → off Tolerance 0.00 EUR → 0.50 EUR" in page
    assert "Lost A person would be asked about what a rule booked. 1 100.00 EUR" in page
    assert (
        "Alpha Werke GmbH 16 Nov 2026 100.00 EUR FA-1001 Reference and exact amount A person is asked Weak evidence"
        in page
    )
    assert "Beta Handel AG 16 Nov 2026 299.80 EUR FA-1003 Reference, paid in part by the customer FA-1003" in page


async def test_a_payment_leads_to_its_page(quiet_desk: Desk) -> None:
    await quiet_desk.upload(camt(KNOWN))

    page = (await quiet_desk.clerk.get(path(book_exact_reference=""))).text
    links = re.findall(r'href="(/bank-transactions/\d+|/invoices/\d+)"', page)

    assert [(await quiet_desk.clerk.get(link)).status for link in links] == [200, 200]


async def test_without_a_change_nothing_would_change_and_nothing_is_written(quiet_desk: Desk) -> None:
    await quiet_desk.upload(camt(KNOWN, STRANGER))
    before = await journal_end(quiet_desk.site)

    page = words_of((await quiet_desk.clerk.get(path())).text)

    assert "Nothing would change." in page
    assert await journal_end(quiet_desk.site) == before


async def journal_end(site: Site) -> int:
    from gateway.store import journal

    company = await site.company()
    async with site.gateway.database.read() as session:
        assert [sentence async for sentence in check.broken_invariants(session)] == []
        return await journal.end_of(session, company.id)


async def test_what_a_person_decided_otherwise_is_newly_wrong_and_stands_first(quiet_desk: Desk) -> None:
    approver = await quiet_desk.site.sign_in(Role.APPROVER)
    await approver.post("/settings/policy", {name: text for name, text in RULES.items() if name != "book_partial"})
    await quiet_desk.upload(camt(SHORT))
    question = await quiet_desk.question("Beta Handel AG")
    await quiet_desk.clerk.post(f"{question}/ignore", {"category": "other"})

    page = words_of((await quiet_desk.clerk.get(path(tolerance_minor="0.50"))).text)

    assert "1 payment would be booked otherwise than a person decided. Look at it before" in page
    assert "Newly wrong A rule would book otherwise than a person decided. 1 299.80 EUR" in page
    assert re.search(r"FA-1003 Within the tolerance Set aside", page)


async def test_rules_typed_in_settings_are_tried_before_they_are_saved(quiet_desk: Desk) -> None:
    approver = await quiet_desk.site.sign_in(Role.APPROVER)
    await quiet_desk.upload(camt(KNOWN))
    typed = {name: text for name, text in RULES.items() if name not in ("rules", "book_exact_reference")}

    sent = await approver.post(PAGE, typed | {"seen": "0", "reason": "secret"})
    asked = parse_qs(urlsplit(sent.location).query)
    page = words_of((await approver.get(sent.location)).text)

    assert (sent.status, "csrf" in asked, "reason" in asked) == (303, False, False)
    assert (asked["tolerance_minor"], "book_exact_reference" in asked) == (["0.00"], False)
    assert "Lost A person would be asked" in page


async def test_an_approver_keeps_the_rules_that_were_tried_and_a_clerk_cannot(quiet_desk: Desk) -> None:
    approver = await quiet_desk.site.sign_in(Role.APPROVER)
    await quiet_desk.upload(camt(KNOWN))
    address = path(tolerance_minor="0.50")

    shown = await approver.get(address)
    form = shown.text.partition('action="/settings/policy"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    saved = await approver.post("/settings/policy", fields)

    assert saved.status == 303
    assert "Tolerance: 0.00 EUR → 0.50 EUR" in words_of((await approver.get("/settings")).text)
    assert "Keep these rules" not in (await quiet_desk.clerk.get(address)).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"tolerance_minor": "500"}, "Type a value from 0.00 to 100.00.", id="beyond its limits"),
        pytest.param({"tolerance_minor": "1.2.3"}, "not an amount such as", id="no amount"),
        pytest.param({"to_date": "2026-10-31"}, "Type a day that is not before the first one.", id="ends first"),
    ],
)
async def test_what_cannot_be_tried_is_said_beside_its_field(
    quiet_desk: Desk, changed: dict[str, str], said: str
) -> None:
    answer = await quiet_desk.clerk.get(path(**changed))

    assert (answer.status, said in words_of(answer.text)) == (422, True)
    assert "What would change" not in answer.text


async def test_days_without_payments_say_so(quiet_desk: Desk) -> None:
    page = await quiet_desk.clerk.get(path(from_date="2020-01-01", to_date="2020-01-31"))

    assert "No payment in these days" in page.text


async def account_of(site: Site, number: str) -> int:
    """Put an account on the record of a customer; return the key of what is known of it."""
    company = await site.company()
    async with site.gateway.database.begin(actor=SYSTEM, now=site.clock(), company_id=company.id) as work:
        customer = await parties.customer_by_number(work.session, company_id=company.id, number=number)
        assert customer is not None
        await set_iban(work, customer_id=customer.id, iban=Iban.parse(IBAN))
    async with site.gateway.database.read() as session:
        known = await parties.ibans_of_customers(session, company_id=company.id, customer_ids=[customer.id])
    return known[customer.id][0].id


async def test_an_account_as_if_it_was_never_learned_is_named_by_its_key_alone(quiet_desk: Desk) -> None:
    key = await account_of(quiet_desk.site, "C3")
    await quiet_desk.upload(camt(payment(7_500, "Danke", name="Gamma SARL", iban=IBAN, reference="R6")))

    page = await quiet_desk.clerk.get(path(forget=str(key)))

    assert "Lost A person would be asked about what a rule booked. 1 75.00 EUR" in words_of(page.text)
    assert f"Never learned {formats.account(IBAN)} · Gamma SARL" in words_of(page.text)
    assert f'name="forget" value="{key}" checked' in page.text
    assert IBAN not in page.text


async def test_a_rule_of_the_company_is_switched_off_for_the_replay_alone(quiet_desk: Desk) -> None:
    company = await quiet_desk.site.company()
    asked = Conditions(texts=(TextCondition(TextMatch.CONTAINS, "Danke"),))
    wanted = UserRule(0, "Thanks", asked, RuleAction.SET_ASIDE)
    async with quiet_desk.site.gateway.database.begin(
        actor=SYSTEM, now=quiet_desk.site.clock(), company_id=company.id
    ) as work:
        rule = await add_rule(work, rule=wanted)
    await quiet_desk.upload(camt(FEE))

    shown = await quiet_desk.clerk.get(path())
    tried = words_of((await quiet_desk.clerk.get(path(own="1"))).text)

    assert f'name="rule" value="{rule.id}" checked' in shown.text
    assert "Nothing would change." in shown.text
    assert "Thanks on → off" in tried
    assert "Lost A person would be asked about what a rule booked. 1 19.90 EUR" in tried


async def test_a_key_of_no_account_of_the_company_changes_nothing(quiet_desk: Desk) -> None:
    await quiet_desk.upload(camt(KNOWN))

    page = await quiet_desk.clerk.get(path(forget="123456"))

    assert "Nothing would change." in page.text


async def until(browser: Browser, address: str, is_so: Any) -> Answer:
    for _ in range(200):
        answer = await browser.get(address)
        if is_so(answer):
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError(f"{address} never came so far")


async def test_what_takes_long_says_how_far_it_is_and_is_done_once(
    quiet_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quiet_desk.upload(camt(KNOWN))
    gateway, may_go_on, begun = quiet_desk.site.gateway, asyncio.Event(), list[ReplayWanted]()
    gateway.slow_work, replay = SlowWork(soon_s=0.01), gateway.workers.replay

    async def replay_slowly(wanted: ReplayWanted) -> Replayed:
        assert wanted.note is not None
        begun.append(wanted)
        wanted.note.write("replaying", 2_000, 5_000)
        await may_go_on.wait()
        return await replay(wanted)

    monkeypatch.setattr(gateway.workers, "replay", replay_slowly)
    await quiet_desk.clerk.get(path())
    waiting = await quiet_desk.clerk.get(path())
    may_go_on.set()
    done = await until(quiet_desk.clerk, path(), lambda page: 'id="wait"' not in page.text)
    await quiet_desk.clerk.get(path())

    assert "Deciding again 2,000 of 5,000" in words_of(waiting.text)
    assert 'data-poll="2"' in waiting.text
    assert "Nothing would change." in done.text
    assert len(begun) == 1


async def test_a_period_that_is_too_long_says_what_to_do(quiet_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_wanted: ReplayWanted) -> Replayed:
        raise PeriodTooLong("this period has 500,000 bank transactions, at most 400,000 fit; choose less")

    monkeypatch.setattr(quiet_desk.site.gateway.workers, "replay", refuse)

    page = await quiet_desk.clerk.get(path())

    assert (page.status, "at most 400,000 fit; choose less" in page.text) == (422, True)


async def test_a_process_of_its_own_replays(light_site: Site) -> None:
    desk = await open_desk(light_site, with_processes=True)
    await desk.upload(camt(KNOWN))

    done = await until(desk.clerk, path(book_exact_reference=""), lambda page: 'id="wait"' not in page.text)

    assert "Lost A person would be asked about what a rule booked. 1 100.00 EUR" in words_of(done.text)
