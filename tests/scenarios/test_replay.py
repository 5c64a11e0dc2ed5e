"""Past bank transactions are decided again under a change: what it would gain, lose and get wrong. Nothing is written."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.matching.model import Policy
from gateway.domain.replay.change import HabitName, ReplayChange
from gateway.domain.replay.result import Replayed
from gateway.services.replay_matching import replay_matching
from gateway.store import matching_rules
from gateway.store.bank_transactions import BankTransaction
from gateway.store.database import Database
from gateway.store.habits import LearnedHabit
from gateway.store.journal import Journal
from gateway.store.reviews import ReviewItem
from schemas.states import BankTransactionState, ReplayEffect
from support.bank import payment
from support.courses import Course, Dice, open_course
from support.figures import count
from support.master_data import german_iban

SEEDS = range(1, 1 + count(full=60, small=4))
TOLERANT = ReplayChange(policy=Policy(tolerance_minor=100))


@pytest.fixture
async def course(database: Database, tmp_path: Path) -> Course:
    """A company whose days pass."""
    return await open_course(database, tmp_path)


async def replayed(course: Course, change: ReplayChange) -> Replayed:
    return await replay_matching(course.database, course.period, change)


def effects(found: Replayed) -> dict[int, ReplayEffect | None]:
    """What changes, by bank transaction."""
    return {one.transaction.id: one.effect for one in found.findings}


def without(**rules: Any) -> ReplayChange:
    return ReplayChange(policy=dataclasses.replace(Policy(), **rules))


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
async def test_without_a_change_all_is_decided_as_it_was_whatever_people_did(course: Course, seed: int) -> None:
    await Dice(course, seed).live(days=12)

    found = await replayed(course, ReplayChange())

    assert found.looked > 5
    assert (found.sums, found.unlike) == ((), ()), f"seed {seed}"


async def test_credits_of_one_statement_are_looked_at_in_their_order_whatever_became_of_each(course: Course) -> None:
    await course.bring_invoices(
        ("FA-2026-1001", 10_000, "C1"), ("FA-2026-1002", 10_000, "C1"), ("FA-2026-1003", 12_500, "C1")
    )
    await course.bring(course.pays(10_000, "FA-2026-1001", of="C1"))
    # The question about the second offers the other invoice as well, which is still open then.
    await course.bring(
        course.pays(300, "Danke"),
        course.pays(10_000, "FA-2026-1001", of="C1"),
        course.pays(9_997, "RE FA-2026-1002", of="C1"),
    )
    (equal,) = await course.bring(course.pays(10_000, "FA-2026-1003", of="C1"))

    found = await replayed(course, ReplayChange())

    assert equal.state is BankTransactionState.IN_REVIEW  # For an equal one of the same payer waits.
    assert (found.booked_before, found.unlike) == (2, ())


async def test_a_replay_writes_nothing(course: Course) -> None:
    await Dice(course, 1).live(days=4)
    before = [await course.rows(row) for row in (Journal, BankTransaction, ReviewItem)]

    await replayed(course, TOLERANT)

    assert [await course.rows(row) for row in (Journal, BankTransaction, ReviewItem)] == before
    assert await course.broken() == []


async def short_payment(course: Course, number: str = "FA-2026-1001") -> tuple[BankTransaction, ReviewItem]:
    """Bring a payment that is half a euro short, after its invoice."""
    await course.bring_invoices((number, 10_000, "C1"))
    (transaction,) = await course.bring(course.pays(9_950, number, of="C1"))
    if not (questions := await course.questions()):
        return transaction, ReviewItem()
    return transaction, questions[-1]


async def test_what_waits_and_would_be_booked_is_gained(course: Course) -> None:
    await course.set_policy(book_partial=False)
    short, _ = await short_payment(course)

    found = await replayed(course, without(tolerance_minor=100, book_partial=False))

    assert effects(found) == {short.id: ReplayEffect.GAINED}
    assert (found.booked_before, found.booked_after) == (0, 1)
    assert [(one.effect, one.currency, one.transaction_count, one.sum_minor) for one in found.sums] == [
        (ReplayEffect.GAINED, "EUR", 1, 9_950)
    ]


@pytest.mark.parametrize(
    ("decides", "effect"),
    [
        pytest.param("as the change would", ReplayEffect.CONFIRMED, id="a person let the rest go"),
        pytest.param("in part", ReplayEffect.NEWLY_WRONG, id="a person left the rest open"),
        pytest.param("set aside", ReplayEffect.NEWLY_WRONG, id="a person set it aside"),
    ],
)
async def test_what_people_decided_tells_whether_a_gain_is_right(
    course: Course, decides: str, effect: ReplayEffect
) -> None:
    await course.set_policy(book_partial=False)
    short, question = await short_payment(course)
    (item,) = await course.open_items()
    if decides == "set aside":
        await course.set_aside(question)
    elif decides == "in part":
        await course.allocate(question, item, 9_950)
    else:
        places = [sum(line[2] for line in one[1]) for one in question.explanations]
        await course.accept(question, places.index(10_000))

    found = await replayed(course, without(tolerance_minor=100, book_partial=False))

    assert effects(found) == {short.id: effect}


async def test_what_a_rule_booked_and_would_be_asked_is_lost_and_its_items_stay_paid(course: Course) -> None:
    await course.bring_invoices(("FA-2026-1001", 10_000, "C1"), ("FA-2026-1002", 10_000, "C1"))
    (by_account,) = await course.bring(course.pays(10_000, "FA-2026-1001", of="C1"))
    (alone,) = await course.bring(course.pays(10_000, of="C1"))

    found = await replayed(course, without(book_exact_reference=False))

    # The second payment found one open item only, because a person would have booked the first one.
    assert effects(found) == {by_account.id: ReplayEffect.LOST}
    assert alone.id not in effects(found)


async def test_what_was_booked_wrongly_and_would_be_asked_is_spared(course: Course) -> None:
    await course.bring_invoices(("FA-2026-1001", 10_000, "C1"))
    (wrong,) = await course.bring(course.pays(10_000, of="C1"))
    await course.take_back(wrong.id, "wrong")

    found = await replayed(course, without(book_confirmed_payer=False))

    assert effects(found) == {wrong.id: ReplayEffect.SPARED}


async def test_what_was_taken_back_as_wrong_is_wrong_again_where_a_change_books_it(course: Course) -> None:
    await course.set_policy(book_partial=False, tolerance_minor=100)
    short, _ = await short_payment(course)
    await course.take_back(short.id, "wrong")

    before = await replayed(course, ReplayChange())
    found = await replayed(course, without(book_partial=True))

    assert (before.unlike, before.booked_before) == ((), 1)
    assert effects(found) == {short.id: ReplayEffect.DIFFERENT}
    assert (await replayed(course, without(tolerance_minor=0, book_partial=False))).sums[
        0
    ].effect is ReplayEffect.SPARED


async def test_a_gain_takes_the_item_from_a_later_payment(course: Course) -> None:
    await course.set_policy(book_partial=False)
    first, _ = await short_payment(course)
    (second,) = await course.bring(course.pays(10_000, "FA-2026-1001", of="C1"))

    found = await replayed(course, without(tolerance_minor=100, book_partial=False))

    assert effects(found) == {first.id: ReplayEffect.GAINED, second.id: ReplayEffect.LOST}


async def test_a_payment_before_its_invoice_is_gained_once_the_invoice_came(course: Course) -> None:
    await course.set_policy(book_partial=False)
    (early,) = await course.bring(course.pays(9_950, "FA-2026-1001", of="C1"))
    await course.bring_invoices(("FA-2026-1001", 10_000, "C1"))
    await course.bring(course.pays(300, "Danke"))

    found = await replayed(course, without(tolerance_minor=100, book_partial=False))

    assert effects(found) == {early.id: ReplayEffect.GAINED}


async def test_equal_invoices_are_known_from_the_day_on_which_they_came(course: Course) -> None:
    for month in range(1, 4):
        await course.bring_invoices((f"FA-2026-{1000 + month}", 50_000, "C1"))
        await course.bring(course.pays(50_000, of="C1"))
        course.day += dt.timedelta(30)

    found = await replayed(course, ReplayChange())

    assert (found.booked_before, found.unlike) == (3, ())


async def taught(course: Course) -> list[BankTransaction]:
    """Let two decisions of people teach whose account it is, so that a rule books the third payment."""
    payments: list[BankTransaction] = []
    for place in range(1, 4):
        await course.bring_invoices((f"FA-2026-{1000 + place}", 10_000 + place, "C2"))
        payments += await course.bring(course.pays(10_000 + place, of="C2"))
        for question in await course.questions():
            await course.accept(question)
    return payments


async def test_an_account_is_known_from_the_second_decision_on(course: Course) -> None:
    await taught(course)

    found = await replayed(course, ReplayChange())

    assert (found.booked_before, found.unlike) == (1, ())


async def test_an_account_that_was_never_learned_books_nothing(course: Course) -> None:
    *_, third = await taught(course)

    found = await replayed(course, ReplayChange(forgotten=frozenset({german_iban(2)})))

    assert effects(found) == {third.id: ReplayEffect.LOST}


async def test_a_rule_of_the_company_books_from_the_day_on_which_it_was_written(course: Course) -> None:
    (before,) = await course.bring(course.pays(300, "Danke"))
    rule = await course.write_rule("Danke")
    (after,) = await course.bring(course.pays(400, "Danke"))
    await course.switch_rule(rule, is_on=False)
    (later,) = await course.bring(course.pays(500, "Danke"))

    as_it_was = await replayed(course, ReplayChange())
    without_rules = await replayed(course, ReplayChange(rules=()))
    with_rule = await replayed(course, ReplayChange(rules=(matching_rules.user_rule_of(rule),)))

    assert (as_it_was.looked, as_it_was.unlike) == (3, ())
    assert effects(without_rules) == dict.fromkeys((before.id, after.id), ReplayEffect.LOST)
    assert effects(with_rule) == {later.id: ReplayEffect.GAINED}


async def test_what_a_rule_set_aside_after_a_question_was_set_aside_whatever_people_did_since(course: Course) -> None:
    (thanks,) = await course.bring(course.pays(300, "Danke"))
    await course.write_rule("Danke")
    await course.take_back(thanks.id)
    await course.set_aside((await course.questions())[0])
    await course.bring(course.pays(400, "Danke"))

    found = await replayed(course, ReplayChange())

    assert (found.looked, found.unlike) == (2, ())


@pytest.mark.parametrize("becomes", ["to come", "cancelled"])
async def test_the_number_of_an_invoice_means_nothing_before_it_came_and_once_it_was_cancelled(
    course: Course, becomes: str
) -> None:
    await course.write_rule("Danke")
    await course.bring(course.pays(200, "Danke"))
    if becomes == "cancelled":
        await course.bring_invoices(("FA-2026-1001", 10_000, "C1"))
        await course.cancel((await course.open_items())[0])
    (early,) = await course.bring(course.pays(300, "Danke fuer FA-2026-1001"))
    if becomes == "to come":
        await course.bring_invoices(("FA-2026-1001", 10_000, "C1"))
    await course.bring(course.pays(400, "Danke"))

    found = await replayed(course, ReplayChange())

    assert early.state is BankTransactionState.IGNORED
    assert found.unlike == ()


async def habitual(course: Course) -> list[BankTransaction]:
    """Let three decisions show that C1 deducts 5 per cent, so that a fourth payment is booked by that habit."""
    payments: list[BankTransaction] = []
    for place in range(1, 5):
        number = f"FA-2026-{1000 + place}"
        await course.bring_invoices((number, 10_000 * place, "C1"))
        payments += await course.bring(course.pays(9_500 * place, number, of="C1"))
        for question in await course.questions():
            lets_go = [place for place, one in enumerate(question.explanations) if len(one[1]) == 2]
            await course.accept(question, lets_go[0])
    return payments


async def test_a_habit_books_once_it_was_shown_and_not_as_if_it_had_never_been_learned(course: Course) -> None:
    await course.set_policy(book_partial=False)
    *_, fourth = await habitual(course)
    (habit,) = await course.rows(LearnedHabit)

    as_it_was = await replayed(course, ReplayChange())
    name = HabitName(habit.party_id, habit.kind, habit.basis_points)
    found = await replayed(course, ReplayChange(forgotten_habits=frozenset({name})))

    assert (as_it_was.booked_before, as_it_was.unlike) == (1, ())
    assert effects(found) == {fourth.id: ReplayEffect.LOST}


async def test_money_that_came_back_opens_its_invoice_again_in_a_replay(course: Course) -> None:
    await course.bring_invoices(("FA-2026-1001", 10_000, "C1"))
    await course.bring(course.pays(10_000, "FA-2026-1001", of="C1", end_to_end_id="E1"))
    back = payment(-10_000, "Return", day=course.day, reference="B1", iban=german_iban(1), end_to_end_id="E1",
                   return_reason="MD06", code="PMNT-RDDT-PRDD")  # fmt: skip
    await course.bring(back)
    for question in await course.questions():
        await course.accept(question)
    (again,) = await course.bring(course.pays(10_000, "FA-2026-1001", of="C1"))

    found = await replayed(course, ReplayChange())

    assert (found.looked, found.own_count, found.unlike) == (2, 1, ())
    assert effects(
        await replayed(course, without(book_exact_reference=False, book_confirmed_payer=False))
    ) == dict.fromkeys(_ids(await course.transactions(), above=0), ReplayEffect.LOST)
    assert again.id in _ids(await course.transactions(), above=0)


def _ids(rows: Iterable[BankTransaction], *, above: int) -> list[int]:
    return [row.id for row in rows if row.amount_minor > above]


async def test_a_policy_of_today_is_compared_with_that_of_each_day(course: Course) -> None:
    await course.bring_invoices(("FA-2026-1001", 10_000, "C1"))
    (by_account,) = await course.bring(course.pays(10_000, of="C1"))
    await course.set_policy(book_confirmed_payer=False)

    assert effects(await replayed(course, ReplayChange())) == {}
    assert effects(await replayed(course, without(book_confirmed_payer=False))) == {by_account.id: ReplayEffect.LOST}


async def test_a_period_without_statements_says_so(course: Course) -> None:
    assert (await replayed(course, TOLERANT)).looked == 0
