"""Habits: they rank first, book once they were right often enough, and never against anything that points elsewhere."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.matching.lessons import Lesson, lessons_of
from gateway.domain.matching.model import Credit, Discount, Explanation, Habit, Line, OpenItem, Policy, Strength
from schemas.states import AllocationKind, HabitKind, OpenItemKind
from support.matching import ANNA, ANNA_KOCH, STRANGER, TODAY, credit_note, invoice, money
from support.stories import Story

FIRST = invoice(1, "FA-2026-000101", 12_000, due_date=TODAY - dt.timedelta(20))
SECOND = invoice(2, "FA-2026-000102", 25_075, due_date=TODAY - dt.timedelta(10))
THIRD = invoice(3, "FA-2026-000103", 40_000)
OPEN = (FIRST, SECOND, THIRD)
DEDUCTS, ROUNDS, OLDEST = HabitKind.DEDUCTS, HabitKind.ROUNDS, HabitKind.OLDEST_FIRST


def habit(kind: HabitKind, lately: int = 3, points: int = 0, wrong: int = 0) -> dict[str, Any]:
    """The facts of an index with one habit of Anna's, right so often since it was last wrong."""
    return {"habits": [Habit(1, kind, points, lately, wrong, lately)]}


@pytest.mark.parametrize(
    ("facts", "payment", "pays", "others"),
    [
        pytest.param(
            habit(DEDUCTS, points=200), money(11_760, "FA-2026-000101", iban=ANNA), {"FA-2026-000101": 11_760},
            {"FA-2026-000101": 240}, id="deducts from one",
        ),
        pytest.param(
            habit(DEDUCTS, points=250), money(36_148, "FA-2026-000101, 102", iban=ANNA),
            {"FA-2026-000101": 11_700, "FA-2026-000102": 24_448}, {"FA-2026-000101": 300, "FA-2026-000102": 627},
            id="deducts from two",
        ),
        pytest.param(
            habit(ROUNDS), money(25_000, "FA-2026-000102", name="Anna Koch"), {"FA-2026-000102": 25_000},
            {"FA-2026-000102": 75}, id="rounds down",
        ),
        pytest.param(
            habit(ROUNDS), money(25_100, "FA-2026-000102", iban=ANNA), {"FA-2026-000102": 25_075}, {}, id="rounds up",
        ),
        pytest.param(
            habit(OLDEST), money(15_000, "a conto", iban=ANNA), {"FA-2026-000101": 12_000, "FA-2026-000102": 3_000},
            {}, id="oldest first",
        ),
    ],
)  # fmt: skip
def test_a_habit_books_once_it_was_right_often_enough(
    facts: dict[str, Any], payment: Credit, pays: dict[str, int], others: dict[str, int]
) -> None:
    proven = Story(*OPEN, **facts).receives_together(payment)[0]
    young = Story(*OPEN, habits=[one._replace(lately=2) for one in facts["habits"]]).receives_together(payment)[0]

    assert proven.outcome == "habit"
    assert proven.pays == pays
    assert {**proven.lets_go(AllocationKind.DISCOUNT), **proven.lets_go(AllocationKind.WRITE_OFF)} == others
    assert not young.is_booked
    assert (young.pays, young.kept_minor) == (pays, proven.kept_minor)
    assert "not yet booked by itself: 1× right are still missing" in young.says


@pytest.mark.parametrize(
    ("facts", "payment", "more", "reason"),
    [
        pytest.param(
            habit(DEDUCTS, points=200), money(11_760, "FA-2026-000101", iban=STRANGER), [], "payer_differs",
            id="a stranger pays",
        ),
        pytest.param(
            habit(DEDUCTS, points=200), money(11_760, "FA-2026-000101 FA-2025-000001", iban=ANNA), [],
            "weak_evidence", id="another number",
        ),
        pytest.param(
            habit(DEDUCTS, points=200), money(11_760, "FA-2026-000101", iban=ANNA), [credit_note(9, "GS-1", 240)],
            "amount_differs", id="a credit note makes it fit",
        ),
        pytest.param(
            habit(DEDUCTS, points=200), money(11_760, "FA-2026-000101", iban=ANNA), [invoice(9, "X-9", 11_760)],
            "several_explanations", id="another item fits",
        ),
        pytest.param(habit(DEDUCTS, points=200), money(11_760, "", iban=ANNA), [], "weak_evidence", id="no reference"),
        pytest.param(
            habit(OLDEST), money(15_000, "FA-2026-000103", iban=ANNA), [], "partial", id="another item is named",
        ),
        pytest.param(
            habit(OLDEST), money(15_000, "FA-2025-000077", iban=ANNA), [], "no_known_reference",
            id="a number of nobody",
        ),
        pytest.param(
            habit(OLDEST), money(15_000, "", iban=ANNA), [credit_note(9, "GS-1", 777)], "no_known_reference",
            id="a credit note is open",
        ),
        pytest.param(
            habit(OLDEST), money(15_000, "", iban=ANNA), [invoice(9, "X-9", 700, disputed_minor=1)],
            "no_known_reference", id="a dispute",
        ),
        pytest.param(
            habit(OLDEST), money(24_574, "", iban=ANNA), [], "weak_evidence", id="one item less two per cent",
        ),
        pytest.param(
            habit(OLDEST), money(15_000, "", name="Anna Koch"), [], "no_known_reference", id="known by name only",
        ),
        pytest.param(habit(OLDEST), money(77_075, "", iban=ANNA), [], "confirmed_payer", id="all is paid"),
    ],
)  # fmt: skip
def test_a_habit_never_books_against_what_points_elsewhere(
    facts: dict[str, Any], payment: Credit, more: list[OpenItem], reason: str
) -> None:
    (told,) = Story(*OPEN, *more, **facts).receives_together(payment)

    assert told.outcome == reason


def test_a_habit_of_deducting_is_a_rival_of_an_exact_item() -> None:
    exact = invoice(9, "X-9", 11_760)

    without = Story(*OPEN, exact).receives(11_760, "", iban=ANNA)
    with_habit = Story(*OPEN, exact, **habit(DEDUCTS, lately=1, points=200)).receives(11_760, "", iban=ANNA)

    assert without.outcome == "confirmed_payer"
    assert with_habit.outcome == "several_explanations"


@pytest.mark.parametrize("policy", [Policy(book_habit=False), Policy(habit_right_min=4)])
def test_the_policy_says_whether_and_when_a_habit_books(policy: Policy) -> None:
    told = Story(*OPEN, policy=policy, **habit(ROUNDS)).receives(25_000, "FA-2026-000102", iban=ANNA)

    assert told.outcome == "amount_differs"
    assert told.lets_go(AllocationKind.WRITE_OFF) == {"FA-2026-000102": 75}
    assert "customer C0001 usually rounds: right 3×, wrong 0×" in told.says


def test_two_habits_that_explain_one_payment_differently_are_a_question() -> None:
    both = [Habit(1, DEDUCTS, 200, 5, 0, 5), Habit(1, ROUNDS, 0, 5, 0, 5)]

    told = Story(invoice(1, "FA-2026-000101", 1_224), SECOND, habits=both).receives(1_200, "FA-2026-000101", iban=ANNA)

    assert told.outcome == "amount_differs"
    assert told.offers[:2] == [{"FA-2026-000101": 1_200}] * 2


PAYMENT, DISCOUNT, WRITE_OFF = AllocationKind.PAYMENT, AllocationKind.DISCOUNT, AllocationKind.WRITE_OFF


def decided(*lines: tuple[int, AllocationKind, int], kept: int = 0) -> Explanation:
    return Explanation(1, tuple(Line(*line) for line in lines), kept, Strength.STRONG, ())


@pytest.mark.parametrize(
    ("payment", "decision", "known", "lessons"),
    [
        pytest.param(
            money(11_760, "FA-2026-000101"), decided((1, PAYMENT, 11_760), (1, DISCOUNT, 240)), [],
            [(DEDUCTS, 200, True)], id="two per cent are let go",
        ),
        pytest.param(
            money(11_761, "ohne Zweck"), decided((1, PAYMENT, 11_761), (1, DISCOUNT, 239)), [], [(DEDUCTS, 200, True)],
            id="a cent less, without a word",
        ),
        pytest.param(
            money(11_760, "FA-2026-000101"), decided((1, PAYMENT, 11_760)), [(DEDUCTS, 200)], [(DEDUCTS, 200, False)],
            id="the rest stays open against the habit",
        ),
        pytest.param(
            money(11_760, "FA-2026-000101"), decided((1, PAYMENT, 11_760)), [(DEDUCTS, 300)], [],
            id="the habit had no answer",
        ),
        pytest.param(
            money(8_000, "FA-2026-000101"), decided((1, PAYMENT, 8_000), (1, DISCOUNT, 4_000)), [], [],
            id="a third is no usual discount",
        ),
        pytest.param(
            money(25_000, "FA-2026-000102"), decided((2, PAYMENT, 25_000), (2, WRITE_OFF, 75)), [],
            [(ROUNDS, 0, True)], id="rounded down",
        ),
        pytest.param(
            money(25_100, "FA-2026-000102"), decided((2, PAYMENT, 25_075), kept=25), [], [(ROUNDS, 0, True)],
            id="rounded up",
        ),
        pytest.param(
            money(25_000, "FA-2026-000102"), decided((2, PAYMENT, 25_000)), [(ROUNDS, 0)], [(ROUNDS, 0, False)],
            id="cents stay open against the habit",
        ),
        pytest.param(
            money(15_000, "a conto"), decided((1, PAYMENT, 12_000), (2, PAYMENT, 3_000)), [], [(OLDEST, 0, True)],
            id="oldest first",
        ),
        pytest.param(
            money(15_000, "a conto"), decided((3, PAYMENT, 15_000)), [(OLDEST, 0)], [(OLDEST, 0, False)],
            id="another item against the habit",
        ),
        pytest.param(money(15_000, "a conto"), decided((3, PAYMENT, 15_000)), [], [], id="no habit at all"),
        pytest.param(money(15_000, "a conto"), decided(kept=15_000), [(OLDEST, 0)], [], id="nothing is paid"),
        pytest.param(
            money(12_000, "a conto"), decided((1, PAYMENT, 12_000)), [], [], id="an item of exactly that amount",
        ),
        pytest.param(
            money(37_075, "a conto"), decided((1, PAYMENT, 12_000), (2, PAYMENT, 25_075)), [], [],
            id="a sum of exactly that amount",
        ),
        pytest.param(
            money(12_000, "FA-2026-000101"), decided((1, PAYMENT, 12_000)), [(OLDEST, 0)], [], id="it explains itself",
        ),
        pytest.param(
            money(15_000, "FA-2026-000103"), decided((3, PAYMENT, 15_000)), [(OLDEST, 0)], [], id="another one is named",
        ),
        pytest.param(money(15_000), decided((77, PAYMENT, 15_000)), [(OLDEST, 0)], [], id="an item of somebody else"),
    ],
)  # fmt: skip
def test_decisions_teach_what_a_habit_would_have_said(
    payment: Credit, decision: Explanation, known: list[tuple[HabitKind, int]], lessons: list[tuple[Any, ...]]
) -> None:
    habits = [Habit(1, kind, points, 1, 0, 1) for kind, points in known]

    taught = lessons_of(payment, decision, customer=ANNA_KOCH, items=OPEN, known=habits)

    assert taught == [Lesson(*lesson) for lesson in lessons]


def test_an_agreed_discount_in_time_shows_no_habit() -> None:
    agreed = FIRST._replace(discounts=(Discount(200, TODAY),))
    late = FIRST._replace(discounts=(Discount(200, TODAY - dt.timedelta(1)),))
    decision = decided((1, PAYMENT, 11_760), (1, DISCOUNT, 240))

    taught = [
        lessons_of(money(11_760, "FA-2026-000101"), decision, customer=ANNA_KOCH, items=[one], known=[])
        for one in (agreed, late)
    ]

    assert taught == [[], [Lesson(DEDUCTS, 200, True)]]


def test_a_fee_claim_is_an_item_like_another_for_the_oldest_first() -> None:
    fee = invoice(9, "MG-1", 500, kind=OpenItemKind.FEE_CLAIM, due_date=TODAY - dt.timedelta(40))

    told = Story(*OPEN, fee, **habit(OLDEST)).receives(5_000, "", iban=ANNA)

    assert told.pays == {"MG-1": 500, "FA-2026-000101": 4_500}
