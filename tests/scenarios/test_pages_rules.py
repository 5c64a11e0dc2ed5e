"""Settings, Rules: written with a form, tried before they are kept, moved, switched, and told beside what they decided."""

import asyncio
import re

import pytest

from gateway.services.try_rule import Tried, TryWanted
from gateway.web import background
from gateway.web.slow_work import SlowWork
from schemas.states import Role
from support.bank import camt, payment
from support.desk import Desk, words_of
from support.web import Browser

FEES = {
    "name": "Stripe fees", "text1": "stripe", "text1_how": "word", "direction": "in", "action": "set_aside",
    "category": "bank_fee", "account_word": "6278", "reason": "Board of 12 May",
}  # fmt: skip
STRIPE = payment(4_990, "STRIPE PAYOUT 81", name="Stripe", iban="DE02500105170137075030", reference="S1")


@pytest.fixture
async def approver(light_desk: Desk) -> Browser:
    return await light_desk.site.sign_in(Role.APPROVER)


async def write(approver: Browser, **changed: str) -> str:
    """Write a rule and return its page."""
    answer = await approver.post("/settings/rules", FEES | changed)
    assert (answer.status, answer.location) == (303, "/settings/rules"), words_of(answer.text)
    await background.finished()
    return re.findall(r'href="(/settings/rules/\d+)"', (await approver.get("/settings/rules")).text)[-1]


async def decided_by(approver: Browser, rule: str) -> list[str]:
    """Return the bank transactions that the page of a rule says it decided last."""
    return re.findall(r'href="(/bank-transactions/\d+)"', (await approver.get(rule)).text)


async def list_of(approver: Browser) -> str:
    return words_of((await approver.get("/settings/rules")).text)


async def test_a_rule_is_a_sentence_in_the_list_and_decides_what_comes(light_desk: Desk, approver: Browser) -> None:
    rule = await write(approver)

    await light_desk.upload(camt(STRIPE))
    [decided] = await decided_by(approver, rule)

    page = await list_of(approver)
    assert "If the text has the word “stripe” and money comes in: it is set aside as “Bank fee”, account 6278." in page
    assert "1 rule is on" in page
    shown = words_of((await approver.get(decided)).text)
    assert "Set aside as: Bank fee · account 6278 (by your rule “Stripe fees”)" in shown


async def test_money_that_a_rule_books_says_so_in_its_history(light_desk: Desk, approver: Browser) -> None:
    rule = await write(approver, action="on_account", customer="C3")

    await light_desk.upload(camt(STRIPE))
    [decided] = await decided_by(approver, rule)
    shown = words_of((await approver.get(decided)).text)

    assert "Booked by your rule “Stripe fees”" in shown
    assert "Gamma SARL" in shown


async def test_the_form_says_at_the_field_what_cannot_be(approver: Browser) -> None:
    answers = {
        "words": await approver.post("/settings/rules", FEES | {"text1": "!"}),
        "amount": await approver.post("/settings/rules", FEES | {"least": "abc"}),
        "customer": await approver.post("/settings/rules", FEES | {"action": "customer", "customer": "C99"}),
        "nothing": await approver.post("/settings/rules", FEES | {"text1": ""}),
        "action": await approver.post("/settings/rules", FEES | {"action": "lottery"}),
    }

    assert {answer.status for answer in answers.values()} == {422}
    said = {name: words_of(answer.text) for name, answer in answers.items()}
    assert "must have 2 to 100 letters and digits" in said["words"]
    assert "is not an amount such as 1234.50" in said["amount"]
    assert "There is no customer with the number C99." in said["customer"]
    assert "A rule needs a text, a name, an account, an amount or a code" in said["nothing"]
    assert "Choose what the rule does." in said["action"]
    assert 'value="Stripe fees"' in answers["words"].text


async def test_an_amount_without_its_currency_is_in_that_of_the_company(approver: Browser) -> None:
    await write(approver, least="10", most="10")

    assert "the amount is 10.00 EUR" in await list_of(approver)


async def test_a_change_is_a_version_and_nobody_overwrites_another(approver: Browser) -> None:
    page = await write(approver)
    changed = FEES | {"name": "Fees", "seen": "1", "account_word": "", "reason": "no word"}

    saved = await approver.post(page, changed)
    late = await approver.post(page, changed | {"name": "Mine"})
    same = await approver.post(page, changed | {"seen": "2"})

    assert (saved.status, late.status, same.status) == (303, 409, 303)
    assert "Somebody else changed this rule meanwhile" in late.text
    shown = words_of((await approver.get(page)).text)
    assert shown.count("Place 1, switched on") == 2
    assert "Board of 12 May" in shown
    assert "no word" in shown


async def test_rules_are_moved_and_switched(approver: Browser) -> None:
    await write(approver, name="first")
    second = await write(approver, name="second")

    await approver.post(f"{second}/move", {"way": "up"})
    await approver.post(f"{second}/switch", {"to": "off"})
    page = (await approver.get("/settings/rules")).text

    assert re.findall(r'<a href="/settings/rules/\d+">(\w+)</a>', page) == ["second", "first"]
    assert "1 rule is on" in words_of(page)
    assert "Switch on" in page


async def test_a_rule_that_was_wrong_twice_says_so(light_desk: Desk, approver: Browser) -> None:
    rule = await write(approver)
    other = payment(5_990, "STRIPE 82", name="Stripe", reference="S2")
    await light_desk.upload(camt(STRIPE, other))

    for decided in await decided_by(approver, rule):
        await light_desk.clerk.post(f"{decided}/undo", {"reason": "wrong"})
        await background.finished()

    page = await list_of(approver)
    assert "0 rules are on" in page
    assert "The gateway switched it off: 2 of its decisions were taken back as wrong." in page


async def test_a_rule_is_tried_before_it_is_kept(light_desk: Desk, approver: Browser) -> None:
    await light_desk.upload(camt(STRIPE, payment(10_000, "FA-1001 stripe", name="Alpha Werke GmbH", reference="R1")))

    tried = await approver.post("/settings/rules/try", FEES | {"months": "3"})

    page = words_of(tried.text)
    assert tried.status == 200
    assert "it takes 1 of 2 bank transactions" in page
    assert "1 names an invoice and was decided by that; the rule changes nothing there" in page
    assert "49.90 EUR; 0 were decided so already, 1 is new" in page
    assert "names an invoice reference and exact amount" in page
    assert 'value="Stripe fees"' in tried.text
    assert "No rules yet" in await list_of(approver)


async def test_trying_says_at_the_field_what_cannot_be(approver: Browser) -> None:
    tried = await approver.post("/settings/rules/try", FEES | {"text1": "x"})

    assert tried.status == 422
    assert "must have 2 to 100 letters and digits" in tried.text


async def test_trying_that_takes_long_says_how_far_it_is(
    light_desk: Desk, approver: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, go_on = light_desk.site.gateway, asyncio.Event()
    at_once = gateway.workers.try_rule

    async def slowly(wanted: TryWanted) -> Tried:
        assert wanted.note is not None
        wanted.note.write("trying", 5, 20)
        await go_on.wait()
        return await at_once(wanted)

    monkeypatch.setattr(gateway.workers, "try_rule", slowly)
    monkeypatch.setattr(gateway, "slow_work", SlowWork(soon_s=0.1))
    sent = await approver.post("/settings/rules/try", FEES)
    waits = words_of((await approver.get(sent.location)).text)
    go_on.set()
    monkeypatch.setattr(gateway.slow_work, "_soon_s", 20.0)
    done = words_of((await approver.get(sent.location)).text)
    gone = await approver.get(sent.location)

    assert "Trying the rule 5 of 20" in waits
    assert "it takes 0 of 0 bank transactions" in done
    assert gone.location == "/settings/rules"


class TestOfAQuestion:
    """A rule that a question fills in."""

    async def test_it_is_filled_with_words_account_and_direction(self, light_desk: Desk, approver: Browser) -> None:
        await light_desk.upload(camt(STRIPE))
        question = await light_desk.question("STRIPE")

        told = (await approver.get(question)).text
        form = (await approver.get(f"/settings/rules/new?question={question.rsplit('/', 1)[1]}")).text

        assert f"/settings/rules/new?question={question.rsplit('/', 1)[1]}" in told
        assert 'name="text1" value="STRIPE PAYOUT"' in form
        assert 'name="account" type="text" value="DE02 **** **** 5030"' in form
        assert '<option value="in" selected>' in form
        assert "DE02500105170137075030" not in form

    async def test_the_account_that_was_shown_masked_is_meant(self, light_desk: Desk, approver: Browser) -> None:
        await light_desk.upload(camt(STRIPE))
        key = (await light_desk.question("STRIPE")).rsplit("/", 1)[1]

        page = await write(approver, account="DE02 **** **** 5030", question=key)
        again = await approver.post(page, FEES | {"account": "DE02 **** **** 5030", "seen": "1"})
        unknown = await approver.post("/settings/rules", FEES | {"account": "DE02 **** **** 9999", "question": key})

        assert again.status == 303
        assert unknown.status == 422
        assert "Type the whole account." in unknown.text
        assert "the other account is DE02 **** **** 5030" in await list_of(approver)

    async def test_a_clerk_is_told_that_an_approver_can_write_one(self, light_desk: Desk) -> None:
        await light_desk.upload(camt(STRIPE))
        question = await light_desk.question("STRIPE")

        page = words_of((await light_desk.clerk.get(f"{question}/remember")).text)

        assert "An approver can write one from this question." in page
        assert "Make a rule of this" not in page


async def test_who_may_not_set_the_policy_sees_rules_and_changes_none(light_desk: Desk, approver: Browser) -> None:
    page = await write(approver)

    listed = (await light_desk.clerk.get("/settings/rules")).text
    shown = await light_desk.clerk.get(page)
    refused = [
        await light_desk.clerk.post("/settings/rules", FEES), await light_desk.clerk.post(f"{page}/switch", {"to": "off"}),
        await light_desk.clerk.post(f"{page}/move", {"way": "up"}), await light_desk.clerk.get("/settings/rules/new"),
    ]  # fmt: skip

    assert "An approver can write and change rules." in listed
    assert "Switch off" not in listed
    assert re.search(r'name="name"[^>]* value="Stripe fees"[^>]* disabled', shown.text)
    assert [answer.status for answer in refused] == [403] * 4


async def test_the_journal_tells_of_rules_by_name(light_desk: Desk, approver: Browser) -> None:
    page = await write(approver)
    await approver.post(f"{page}/switch", {"to": "off"})
    auditor = await light_desk.site.sign_in(Role.AUDITOR)

    journal = words_of((await auditor.get("/audit")).text)

    assert "wrote the rule Stripe fees" in journal
    assert "switched the rule Stripe fees off" in journal


async def test_a_reader_reads_rules_in_his_language(approver: Browser) -> None:
    await write(approver, least="1000", currency="EUR")
    await approver.post("/account/preferences", {"language": "de"})

    page = await list_of(approver)

    assert "Wenn der Text das Wort „stripe“ hat und Geld eingeht und der Betrag mindestens 1.000,00 EUR ist: " in page
    assert "wird es als „Bankentgelt“ beiseitegelegt, Konto 6278." in page
