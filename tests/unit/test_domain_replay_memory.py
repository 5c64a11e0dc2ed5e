"""What was known at each moment of the past: payers' accounts, habits, rules of the company, and what waited."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.model import Ask, Credit
from gateway.domain.matching.user_rules import Conditions, UserRule
from gateway.domain.party import PayerFact
from gateway.domain.replay.habits import habits_then
from gateway.domain.replay.past import (
    Past,
    PastDraw,
    PastHabit,
    PastLesson,
    PastPayer,
    PastRule,
    PastTaught,
    PastWait,
)
from gateway.domain.replay.payers import payers_then
from gateway.domain.replay.rules import rules_then
from gateway.domain.replay.steps import Learned, Ruled, Step, Usual, Waits
from gateway.domain.replay.waiting import Waiting, wait_steps
from schemas.states import HabitKind, IbanSource, ReviewReason, RuleAction

IBAN, C1, C2 = "DE02120300000000202051", 1, 2
BEGIN = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
EMPTY = Past(BEGIN, {}, [], {}, [], [], [], [], [], [], [], [], [], [], [], [], [])
ASKED = Ask(ReviewReason.NO_KNOWN_REFERENCE, ())


def at(day: int) -> dt.datetime:
    """A moment so many days after the period began, or before it."""
    return BEGIN + dt.timedelta(days=day)


def payer(
    *, decisions: int = 0, source: IbanSource = IbanSource.DECISION, day: int = -50, forgotten: int | None = None
) -> PastPayer:
    fact = PayerFact(IBAN, C1, source, decisions)
    return PastPayer(900, fact, at(day), None if forgotten is None else at(forgotten))


def taught(
    key: int, day: int, undone: int | None = None, *, is_wrong: bool = False, by_rule: bool = False
) -> PastTaught:
    return PastTaught(key, IBAN, C1, by_rule, at(day), None if undone is None else at(undone), is_wrong)


def confirmed(steps: list[Step]) -> list[tuple[int, bool | None]]:
    """On which days the account was confirmed (None: not known) from then on."""
    told = [(step.at, step.act) for step in steps]
    return [
        ((moment - BEGIN).days, act.known[0].is_confirmed if act.known else None)
        for moment, act in told
        if isinstance(act, Learned)
    ]


@pytest.mark.parametrize(
    ("payers", "decisions", "start", "steps"),
    [
        pytest.param([payer(decisions=2)], [taught(1, -9), taught(2, -8)], [True], [], id="confirmed before"),
        pytest.param([payer(decisions=2)], [taught(1, -9), taught(2, 1)], [False], [(1, True)], id="confirmed since"),
        pytest.param([payer(decisions=1, day=1)], [taught(1, 1)], [], [(1, False)], id="first noted since"),
        pytest.param([payer(decisions=1)], [taught(1, -9), taught(2, -8, 3)], [True], [(3, False)], id="taken back"),
        pytest.param(
            [payer(decisions=0, forgotten=3)], [taught(1, -9), taught(2, -8, 3, is_wrong=True)], [True],
            [(3, None), (3, None)], id="a wrong one takes all away",
        ),
        pytest.param(
            [payer(decisions=1)], [taught(1, -9), taught(2, -8), taught(3, -7, 2, is_wrong=True, by_rule=True),
             taught(4, 5)], [True], [(2, None), (5, False)], id="a wrong booking of a rule too, then it begins again",
        ),
        pytest.param([payer(decisions=2)], [], [True], [], id="a person said so"),
        pytest.param([payer(decisions=2, day=4)], [], [], [(4, True)], id="a person said so since"),
        pytest.param([payer(decisions=2, forgotten=4)], [], [True], [(4, None)], id="forgotten since"),
        pytest.param([payer(decisions=2, forgotten=-4)], [], [], [], id="forgotten before"),
        pytest.param(
            [payer(decisions=1)], [taught(1, -9), taught(2, -8)], [False], [], id="what was forgotten counts no more"
        ),
        pytest.param([payer(source=IbanSource.CUSTOMER_RECORD)], [], [True], [], id="on the record"),
        pytest.param([payer(source=IbanSource.CUSTOMER_RECORD, day=2)], [], [], [(2, True)], id="on the record since"),
    ],
)  # fmt: skip
def test_whose_account_it_was_is_known_at_each_moment(
    payers: list[PastPayer], decisions: list[PastTaught], start: list[bool], steps: list[tuple[int, bool | None]]
) -> None:
    then = payers_then(EMPTY._replace(payers=payers, taught=decisions))

    assert [one.is_confirmed for one in then.known] == start
    assert confirmed(then.steps) == steps


OLDEST = PastHabit(70, C1, HabitKind.OLDEST_FIRST, 0, None)


def lesson(key: int, day: int, back: int | None = None, *, is_right: bool = True) -> PastLesson:
    return PastLesson(key, 70, is_right, at(day), None if back is None else at(back))


@pytest.mark.parametrize(
    ("habit", "lessons", "start", "steps"),
    [
        pytest.param(OLDEST, [lesson(1, -3), lesson(2, -2)], [(2, 0, 2)], [], id="shown before"),
        pytest.param(OLDEST, [lesson(1, -3), lesson(2, 2)], [(1, 0, 1)], [(2, 2, 0, 2)], id="shown again"),
        pytest.param(OLDEST, [lesson(1, 2)], [], [(2, 1, 0, 1)], id="shown first"),
        pytest.param(OLDEST, [lesson(1, -3, 2)], [(1, 0, 1)], [(2,)], id="taken back"),
        pytest.param(
            OLDEST, [lesson(1, -3), lesson(2, 2, is_right=False), lesson(3, 4)], [(1, 0, 1)], [(2,), (4, 2, 1, 1)],
            id="wrong, and right again",
        ),
        pytest.param(OLDEST._replace(off_at=at(1)), [lesson(1, -3), lesson(2, 2)], [(1, 0, 1)], [(1,), (2,)], id="off"),
        pytest.param(OLDEST, [], [], [], id="never shown"),
    ],
)  # fmt: skip
def test_how_a_customer_usually_pays_is_known_at_each_moment(
    habit: PastHabit, lessons: list[PastLesson], start: list[Any], steps: list[Any]
) -> None:
    then = habits_then(EMPTY._replace(habits=[habit], lessons=lessons))

    assert [(one.right, one.wrong, one.lately) for one in then.known] == start
    acts = [((step.at - BEGIN).days, step.act) for step in then.steps if isinstance(step.act, Usual)]
    assert [
        (day, *[figure for one in act.habits for figure in (one.right, one.wrong, one.lately)]) for day, act in acts
    ] == steps


def version(key: int, day: int, rule_id: int, place: int, *, is_on: bool = True) -> PastRule:
    rule = UserRule(rule_id, f"rule {rule_id}", Conditions(), RuleAction.SET_ASIDE)
    return PastRule(at(day), key, rule, is_on, place)


def test_rules_of_the_company_hold_from_their_day_on_in_the_order_of_that_day() -> None:
    versions = [
        version(1, -9, 1, 1), version(2, -8, 2, 2), version(3, 1, 2, 1), version(4, 2, 1, 2, is_on=False),
        version(5, 3, 3, 3),
    ]  # fmt: skip

    then = rules_then(EMPTY._replace(rules=versions))

    told = [step.act.rules for step in then.steps if isinstance(step.act, Ruled)]
    assert [rule.id for rule in then.known] == [1, 2]
    assert [[rule.id for rule in rules or ()] for rules in told] == [[2, 1], [2], [2, 3]]


def light(key: int, minor: int = 1_000, *, day: int = 0, iban: str = IBAN) -> Credit:
    return Credit(key, minor, "EUR", dt.date(2026, 3, 1) + dt.timedelta(day), "", iban=iban)


def test_what_was_asked_about_waits_with_what_is_left_of_it_until_it_is_closed() -> None:
    waits = [PastWait(light(7, 300), 1, at(1), at(5)), PastWait(light(7, 300), 2, at(6), None)]
    draws = [PastDraw(3, at(2), 7, 700), PastDraw(4, at(4), 7, -0), PastDraw(5, at(3), 99, 100)]

    steps = sorted(wait_steps(EMPTY._replace(waits=waits, draws=draws)), key=lambda step: step[:2])

    said = [(step.at, step.act.credit) for step in steps if isinstance(step.act, Waits)]
    assert [((moment - BEGIN).days, credit.amount_minor if credit else 0) for moment, credit in said] == [
        (1, 1_000), (2, 300), (4, 300), (5, 0), (6, 300),
    ]  # fmt: skip


def test_a_new_run_knows_the_oldest_of_equal_questions_and_only_money_that_came() -> None:
    index = ItemIndex([])
    waiting = Waiting(index)
    old, new, paid_out = light(1, day=-5), light(2), light(3, -1_000)
    for credit in (new, old, paid_out):
        waiting.put(ASKED, credit)

    waiting.renew()
    first = index.waiting_twin(light(9))
    waiting.drop(old.id)
    waiting.drop(77)
    waiting.renew()
    second = index.waiting_twin(light(9))
    waiting.put(ASKED, new._replace(amount_minor=400))
    waiting.renew()

    assert (first and first.id, second and second.id) == (old.id, new.id)
    assert index.waiting_twin(light(9)) is None
    assert index.waiting_twin(light(9, 400)) is not None
    assert index.waiting_twin(light(9, -1_000)) is None
