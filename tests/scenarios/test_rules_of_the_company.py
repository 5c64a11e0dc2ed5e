"""Rules that an approver writes: what comes is decided by them, they can be moved and switched, and wrong ones stop."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule
from gateway.domain.matching.written_rules import RULES_MAX, InvalidRule
from gateway.services import manage_rules, resolve_review
from gateway.services.manage_rules import NoSuchRule, RuleChangedMeanwhile, SwitchedOnByPersonsOnly, TooManyRules
from gateway.services.match_transactions import match_transactions
from gateway.services.undo_decision import undo_decision
from gateway.store.allocations import Decision
from gateway.store.bank_transactions import BankTransaction
from gateway.store.database import Database
from gateway.store.matching_rules import MatchingRule, MatchingRuleUse, MatchingRuleVersion
from gateway.store.open_items import OpenItem
from gateway.store.parties import Party
from gateway.store.reviews import ReviewItem
from gateway.store.work import SYSTEM, Actor
from schemas.states import (
    BankTransactionState,
    IgnoreCategory,
    OpenItemKind,
    ReviewReason,
    ReviewState,
    RuleAction,
    TextMatch,
)
from support.bank import camt, payment
from support.gateways import NOW, Bench, open_bench
from support.master_data import customer, imported, invoice
from support.templates import CopyOf

APPROVER = Actor("user", 8, "Anna Weber")
MACHINE = Actor("token", 9, "ERP")
STRIPE = payment(4_990, "STRIPE PAYOUT 81", name="Stripe", iban=None, reference="S1")
RENT = payment(88_000, "Mietzahlung", name="Adler GmbH", iban=None, reference="M1")
ASIDE, KEPT = RuleAction.SET_ASIDE, RuleAction.ON_ACCOUNT


def rule(word: str = "stripe", action: RuleAction = ASIDE, **facts: Any) -> UserRule:
    """A rule named as the word that it asks for in the text."""
    conditions = Conditions(texts=(TextCondition(TextMatch.CONTAINS, word),))
    return UserRule(facts.pop("key", 0), word, conditions, action, **facts)


FEES = rule(category=IgnoreCategory.BANK_FEE, account_word="6278")


async def with_two_customers(database: Database, folder: Path) -> Bench:
    bench = await open_bench(database, folder)
    await imported(bench.database, bench.company_id, customer("C1", "Adler GmbH"), customer("C2", "Birke AG"))
    await imported(bench.database, bench.company_id, invoice("FA-2026-0001", 88_000, customer="C1"))
    return bench


@pytest.fixture
async def firm(copy_of: CopyOf) -> Bench:
    """A company with two customers and an invoice of one."""
    return await copy_of(with_two_customers)


async def add(bench: Bench, written: UserRule, actor: Actor = APPROVER) -> int:
    async with bench.begin(actor) as work:
        return (await manage_rules.add_rule(work, rule=written, reason="Board of 12 May")).id


async def customer_id(bench: Bench, number: str) -> int:
    return next(row.id for row in await bench.rows(Party) if row.number == number)


async def rules(bench: Bench) -> dict[str, MatchingRule]:
    return {row.name: row for row in await bench.rows(MatchingRule)}


async def match_again(bench: Bench) -> None:
    states = (BankTransactionState.NEW, BankTransactionState.IN_REVIEW)
    await match_transactions(bench.database, company_id=bench.company_id, actor=SYSTEM, now=lambda: NOW, states=states)


async def only(bench: Bench) -> BankTransaction:
    (transaction,) = await bench.transactions()
    return transaction


async def test_what_comes_is_set_aside_by_a_rule_with_its_account_word(firm: Bench) -> None:
    key = await add(firm, FEES)

    await firm.upload(camt(STRIPE))

    transaction = await only(firm)
    assert (transaction.state, transaction.category) == (BankTransactionState.IGNORED, IgnoreCategory.BANK_FEE)
    assert (transaction.ignored_by, transaction.account_word) == ("user_rule", "6278")
    assert [(use.rule_id, use.bank_transaction_id) for use in await firm.rows(MatchingRuleUse)] == [
        (key, transaction.id)
    ]
    assert await firm.broken() == []


async def test_what_waits_is_decided_by_a_rule_that_is_written_later(firm: Bench) -> None:
    await firm.upload(camt(STRIPE))
    await add(firm, rule(action=RuleAction.NOT_OURS))

    await match_again(firm)

    assert (await only(firm)).category is IgnoreCategory.NOT_OURS
    assert [question.state for question in await firm.rows(ReviewItem)] == [ReviewState.DISMISSED]
    assert await firm.broken() == []


async def test_all_of_it_is_kept_on_account_and_can_be_taken_back(firm: Bench) -> None:
    await add(firm, rule("stripe", KEPT, customer_id=await customer_id(firm, "C2")))

    await firm.upload(camt(STRIPE))
    kept = [item for item in await firm.rows(OpenItem) if item.kind is OpenItemKind.ON_ACCOUNT]
    decisions = await firm.rows(Decision)
    async with firm.begin() as work:
        await undo_decision(work, bank_transaction_ids=[(await only(firm)).id], reason="asked")

    assert [(item.amount_minor, item.party_id) for item in kept] == [(-4_990, await customer_id(firm, "C2"))]
    assert [(decision.booked_by, decision.rule) for decision in decisions] == [("rule", "user_rule")]
    assert ["user_rule", {"rule": "stripe"}, True] in decisions[0].proof[0][4]
    [use] = await firm.rows(MatchingRuleUse)
    assert (use.taken_back_at, use.was_wrong) == (NOW, False)
    assert (await rules(firm))["stripe"].wrong_count == 0
    assert await firm.broken() == []


async def test_the_one_item_of_a_customer_is_paid_where_the_rule_says_so(firm: Bench) -> None:
    key = await add(firm, rule("mietz", RuleAction.CUSTOMER, customer_id=await customer_id(firm, "C1")))
    await firm.upload(camt(RENT))
    [question] = await firm.rows(ReviewItem)
    asked = question.explanations[0]

    books = rule("mietz", RuleAction.CUSTOMER, customer_id=await customer_id(firm, "C1"), books_exact=True, key=key)
    async with firm.begin(APPROVER) as work:
        assert await manage_rules.change_rule(work, rule=books, seen=1)
    await match_again(firm)

    assert asked[0] == await customer_id(firm, "C1")
    assert ["user_rule", {"rule": "mietz"}, True] in asked[4]
    assert [item.settled_minor for item in await firm.rows(OpenItem)] == [88_000]
    assert await firm.broken() == []


async def test_two_decisions_taken_back_as_wrong_switch_a_rule_off_with_a_note(firm: Bench) -> None:
    key = await add(firm, FEES)
    await firm.upload(camt(STRIPE, payment(5_990, "STRIPE PAYOUT 82", name="Stripe", reference="S2")))
    first, second = [transaction.id for transaction in await firm.transactions()]

    async with firm.begin() as work:
        await undo_decision(work, bank_transaction_ids=[first], reason="wrong: a customer")
    once = (await rules(firm))["stripe"]
    async with firm.begin() as work:
        await undo_decision(work, bank_transaction_ids=[second], reason="wrong")
    twice = (await rules(firm))["stripe"]

    assert (once.is_on, once.wrong_count, once.version) == (True, 1, 1)
    assert (twice.is_on, twice.wrong_count, twice.version) == (False, 2, 2)
    *_, last = await firm.rows(MatchingRuleVersion)
    assert (last.rule_id, last.is_on, last.actor, last.reason) == (key, False, "system", "wrong")
    assert [question.reason for question in await firm.rows(ReviewItem)] == [ReviewReason.UNDONE] * 2
    assert await firm.broken() == []


async def test_what_was_taken_back_is_not_given_to_the_rule_again(firm: Bench) -> None:
    await add(firm, FEES)
    await firm.upload(camt(STRIPE))
    async with firm.begin() as work:
        await undo_decision(work, bank_transaction_ids=[(await only(firm)).id], reason="wrong")

    await match_again(firm)

    assert (await only(firm)).state is BankTransactionState.IN_REVIEW


async def test_switching_a_rule_on_again_gives_it_another_chance(firm: Bench) -> None:
    key = await add(firm, FEES)
    await firm.upload(camt(STRIPE))
    async with firm.begin() as work:
        await undo_decision(work, bank_transaction_ids=[(await only(firm)).id], reason="wrong")

    for is_on in (False, True):
        async with firm.begin(APPROVER) as work:
            assert await manage_rules.switch_rule(work, rule_id=key, is_on=is_on)
    async with firm.begin(APPROVER) as work:
        assert not await manage_rules.switch_rule(work, rule_id=key, is_on=True)

    assert (await rules(firm))["stripe"].wrong_count == 0


async def test_a_rule_that_is_off_decides_nothing(firm: Bench) -> None:
    key = await add(firm, FEES)
    async with firm.begin(APPROVER) as work:
        await manage_rules.switch_rule(work, rule_id=key, is_on=False)

    await firm.upload(camt(STRIPE))

    assert (await only(firm)).state is BankTransactionState.IN_REVIEW


async def test_the_first_rule_that_fits_decides_and_rules_can_be_moved(firm: Bench) -> None:
    await add(firm, rule("payout", category=IgnoreCategory.OTHER))
    later = await add(firm, FEES)

    async with firm.begin(APPROVER) as work:
        assert await manage_rules.move_rule(work, rule_id=later, is_up=True, reason="fees first")
    async with firm.begin(APPROVER) as work:
        assert not await manage_rules.move_rule(work, rule_id=later, is_up=True)
    await firm.upload(camt(STRIPE))

    assert (await only(firm)).category is IgnoreCategory.BANK_FEE
    assert {name: row.place for name, row in (await rules(firm)).items()} == {"payout": 2, "stripe": 1}


async def test_each_change_is_a_version_that_says_who_and_why(firm: Bench) -> None:
    key = await add(firm, FEES)
    changed = rule(category=IgnoreCategory.INTEREST, key=key)

    async with firm.begin(APPROVER) as work:
        await manage_rules.change_rule(work, rule=changed, seen=1, reason="no fees")
    async with firm.begin(APPROVER) as work:
        assert not await manage_rules.change_rule(work, rule=changed, seen=2)
    with pytest.raises(RuleChangedMeanwhile):
        async with firm.begin(APPROVER) as work:
            await manage_rules.change_rule(work, rule=replace(FEES, id=key), seen=1)

    versions = await firm.rows(MatchingRuleVersion)
    assert [(one.position, one.actor, one.reason) for one in versions] == [
        (1, "user:8", "Board of 12 May"), (2, "user:8", "no fees"),
    ]  # fmt: skip
    assert [one.record["category"] for one in versions] == ["bank_fee", "interest"]
    assert versions[0].record["conditions"] == {"texts": [["contains", "stripe"]]}
    assert await firm.broken() == []


async def test_what_a_machine_writes_or_changes_is_off_until_an_approver_switches_it_on(firm: Bench) -> None:
    written, ours = await add(firm, rule("payout"), MACHINE), await add(firm, FEES)

    async with firm.begin(MACHINE) as work:
        await manage_rules.move_rule(work, rule_id=ours, is_up=True)
    with pytest.raises(SwitchedOnByPersonsOnly):
        async with firm.begin(MACHINE) as work:
            await manage_rules.switch_rule(work, rule_id=written, is_on=True)

    assert {name: row.is_on for name, row in (await rules(firm)).items()} == {"payout": False, "stripe": False}


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(rule("x"), id="a single letter"),
        pytest.param(rule(action=KEPT, customer_id=999), id="a customer of nobody"),
        pytest.param(UserRule(0, "own", Conditions(bank_account_id=999), ASIDE), id="an account of nobody"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused(firm: Bench, written: UserRule) -> None:
    with pytest.raises(InvalidRule):
        await add(firm, written)

    assert await firm.rows(MatchingRule) == []


async def test_what_is_not_there_is_not_found(firm: Bench) -> None:
    for begin in (manage_rules.move_rule, manage_rules.switch_rule):
        with pytest.raises(NoSuchRule):
            async with firm.begin(APPROVER) as work:
                await begin(work, rule_id=999, **{"is_up" if begin is manage_rules.move_rule else "is_on": True})


async def test_a_company_has_only_so_many_rules(firm: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert RULES_MAX >= 50
    monkeypatch.setattr(manage_rules, "RULES_MAX", 1)
    await add(firm, FEES)

    with pytest.raises(TooManyRules):
        await add(firm, FEES)


async def test_a_person_may_set_aside_as_not_ours(firm: Bench) -> None:
    await firm.upload(camt(STRIPE))
    [question] = await firm.rows(ReviewItem)

    async with firm.begin() as work:
        await resolve_review.ignore(work, review_item_id=question.id, category=IgnoreCategory.NOT_OURS)

    assert (await only(firm)).category is IgnoreCategory.NOT_OURS
