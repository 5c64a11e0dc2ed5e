"""A rule is tried on what is stored before it is kept: what it would take, and what was decided otherwise."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.domain.matching.rule_trial import Verdict
from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule
from gateway.services import resolve_review
from gateway.services.manage_rules import add_rule
from gateway.services.try_rule import Tried, TryWanted, try_rule
from gateway.store.database import Database
from gateway.store.matching_rules import MatchingRuleUse
from gateway.store.parties import Party
from gateway.store.progress import Progress, ProgressNote
from gateway.store.reviews import ReviewItem
from schemas.states import IgnoreCategory, RuleAction, TextMatch
from support.bank import DAY, camt, payment
from support.gateways import Bench, open_bench
from support.master_data import customer, imported, invoice
from support.templates import CopyOf

STRIPE = UserRule(
    0, "Stripe", Conditions(texts=(TextCondition(TextMatch.CONTAINS, "stripe"),)), RuleAction.SET_ASIDE,
    IgnoreCategory.BANK_FEE,
)  # fmt: skip
OLD = DAY - dt.timedelta(days=200)


async def with_five_payments(database: Database, folder: Path) -> Bench:
    bench = await open_bench(database, folder)
    await imported(bench.database, bench.company_id, customer("C1", "Adler GmbH"))
    await imported(bench.database, bench.company_id, invoice("FA-2026-0001", 10_000, customer="C1"))
    await imported(bench.database, bench.company_id, invoice("FA-2026-0002", 70_000, customer="C1"))
    await bench.upload(
        camt(payment(77, "stripe old", reference="S0", day=OLD), number="1", day=OLD, message_id="M0", opening=0)
    )
    await bench.upload(
        camt(
            payment(10_000, "Stripe FA-2026-0001", reference="S1"), payment(2_000, "STRIPE payout", reference="S2"),
            payment(3_000, "Stripe payout", reference="S3"), payment(4_000, "Miete", reference="S4"),
            payment(5_000, "Stripe FA-2026-0002", reference="S5"),
        )
    )  # fmt: skip
    transactions = {row.bank_reference: row.id for row in await bench.transactions()}
    questions = {row.bank_transaction_id: row.id for row in await bench.rows(ReviewItem)}
    async with bench.begin() as work:
        key = questions[transactions["S2"]]
        await resolve_review.ignore(work, review_item_id=key, category=IgnoreCategory.OTHER)
    return bench


@pytest.fixture
async def firm(copy_of: CopyOf) -> Bench:
    """A company with a payment by reference, one set aside by hand, two questions, and an old one."""
    return await copy_of(with_five_payments)


async def tried(bench: Bench, rule: UserRule, note: ProgressNote | None = None) -> Tried:
    wanted = TryWanted(bench.company_id, rule, DAY - dt.timedelta(days=90), note)
    return await try_rule(bench.database, wanted)


async def test_what_people_decided_otherwise_is_told_first_and_what_references_decided_last(
    firm: Bench, tmp_path: Path
) -> None:
    note = ProgressNote(tmp_path / "notes" / "trying")

    found = await tried(firm, STRIPE, note)

    assert (found.looked_at, found.taken) == (5, 1)
    assert found.counts == Counter({Verdict.OTHERWISE: 1, Verdict.NAMED: 1, Verdict.NEW: 1, Verdict.ASKED: 1})
    assert found.sums == Counter({"EUR": 3_000})
    assert [(one.text, one.by) for one in found.examples] == [
        ("STRIPE payout", "user"), ("Stripe payout", ""), ("Stripe FA-2026-0002", ""),
        ("Stripe FA-2026-0001", "exact_reference"),
    ]  # fmt: skip
    assert found.examples[0].booking_date == DAY
    assert note.read() == Progress("trying", 5, 5)


async def test_money_of_the_same_customer_agrees(firm: Bench) -> None:
    [adler] = await firm.rows(Party)
    rule = replace(STRIPE, action=RuleAction.CUSTOMER, customer_id=adler.id)

    found = await tried(firm, rule)

    assert found.counts == Counter({Verdict.OTHERWISE: 1, Verdict.ASKED: 2, Verdict.SAME: 1})


async def test_what_a_rule_before_it_takes_is_left_to_that(firm: Bench) -> None:
    async with firm.begin() as work:
        earlier = await add_rule(work, rule=replace(STRIPE, name="earlier"))

    behind, itself = await tried(firm, STRIPE), await tried(firm, replace(STRIPE, id=earlier.id))

    assert behind.counts == Counter({Verdict.EARLIER: 4})
    assert itself.counts[Verdict.EARLIER] == 0


async def test_trying_changes_nothing(firm: Bench) -> None:
    before = [(row.id, row.state, row.version) for row in await firm.transactions()]

    await tried(firm, STRIPE)

    assert [(row.id, row.state, row.version) for row in await firm.transactions()] == before
    assert await firm.rows(MatchingRuleUse) == []
