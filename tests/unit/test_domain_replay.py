"""What a change would have done to one bank transaction, and the steps that lead there."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.model import Policy
from gateway.domain.replay.change import NoSuchSetting, NoSuchValue, ReplayChange, policy_with, read_values
from gateway.domain.replay.compare import effect_of, said_then
from gateway.domain.replay.past import PastTransaction
from gateway.domain.replay.steps import Moved, Said
from gateway.domain.replay.timeline import Standing
from gateway.domain.replay.world import Outcome, Verdict, World
from schemas.states import ReplayEffect
from support.matching import CUSTOMERS, PAYERS, TODAY, invoice, money

NOW = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
ASKED = Verdict(Outcome.ASKED, "weak_evidence")
IGNORED = Verdict(Outcome.IGNORED, "outgoing")
ONE, OTHER = ((1, 100),), ((2, 100),)
BOOKED, OTHERWISE = Verdict(Outcome.BOOKED, "partial", ONE), Verdict(Outcome.BOOKED, "partial", OTHER)
NOBODY = Standing({}, {}, {}, frozenset())


def standing(**facts: Any) -> Standing:
    return NOBODY._replace(**{name: {7: value} for name, value in facts.items()})


def transaction(ignored_by: str = "") -> PastTransaction:
    return PastTransaction(7, 1, NOW, TODAY, 100, "EUR", ignored_by)


@pytest.mark.parametrize(
    ("before", "after", "stands", "ignored_by", "effect"),
    [
        pytest.param(ASKED, ASKED, NOBODY, "", None, id="asked before and after"),
        pytest.param(BOOKED, BOOKED._replace(word="tolerance"), NOBODY, "", None, id="the same by another rule"),
        pytest.param(ASKED, BOOKED, NOBODY, "", ReplayEffect.GAINED, id="booked, nobody decided"),
        pytest.param(ASKED, IGNORED, NOBODY, "", ReplayEffect.GAINED, id="set aside, nobody decided"),
        pytest.param(ASKED, BOOKED, standing(by_people=ONE), "", ReplayEffect.CONFIRMED, id="as a person did"),
        pytest.param(ASKED, IGNORED, NOBODY, "user", ReplayEffect.CONFIRMED, id="set aside as a person did"),
        pytest.param(ASKED, BOOKED, standing(by_people=OTHER), "", ReplayEffect.NEWLY_WRONG, id="unlike a person"),
        pytest.param(ASKED, BOOKED, NOBODY, "user", ReplayEffect.NEWLY_WRONG, id="a person set it aside"),
        pytest.param(ASKED, BOOKED, standing(wrong=frozenset([ONE])), "", ReplayEffect.NEWLY_WRONG, id="known as wrong"),
        pytest.param(BOOKED, ASKED, NOBODY, "", ReplayEffect.LOST, id="asked"),
        pytest.param(IGNORED, ASKED, NOBODY, "outgoing", ReplayEffect.LOST, id="asked, was set aside"),
        pytest.param(BOOKED, ASKED, standing(wrong=frozenset([ONE])), "", ReplayEffect.SPARED, id="asked, was wrong"),
        pytest.param(BOOKED, ASKED, standing(by_people=OTHER), "", ReplayEffect.SPARED, id="asked, a person changed it"),
        pytest.param(BOOKED, OTHERWISE, NOBODY, "", ReplayEffect.DIFFERENT, id="otherwise, nobody knows"),
        pytest.param(BOOKED, IGNORED, NOBODY, "", ReplayEffect.DIFFERENT, id="set aside instead"),
        pytest.param(BOOKED, OTHERWISE, standing(by_people=OTHER), "", ReplayEffect.DIFFERENT, id="otherwise and right"),
    ],
)  # fmt: skip
def test_what_a_change_does_is_measured_by_what_people_decided(
    before: Verdict, after: Verdict, stands: Standing, ignored_by: str, effect: ReplayEffect | None
) -> None:
    assert effect_of(before, after, transaction(ignored_by), stands) is effect


@pytest.mark.parametrize(
    ("stands", "ignored_by", "outcome"),
    [
        pytest.param(standing(by_rule=ONE), "", Outcome.BOOKED, id="a rule booked it"),
        pytest.param(NOBODY, "outgoing", Outcome.IGNORED, id="a rule set it aside"),
        pytest.param(NOBODY._replace(set_aside=frozenset([7])), "user", Outcome.IGNORED, id="set aside and taken back"),
        pytest.param(NOBODY, "user", Outcome.ASKED, id="a person set it aside"),
        pytest.param(standing(by_people=ONE), "", Outcome.ASKED, id="a person booked it"),
    ],
)
def test_what_matching_said_is_known_whatever_people_did(stands: Standing, ignored_by: str, outcome: Outcome) -> None:
    assert said_then(transaction(ignored_by), stands).outcome is outcome


def world(*amounts: int) -> tuple[World, ItemIndex]:
    items = [invoice(place, f"FA-2026-{place:06}", minor) for place, minor in enumerate(amounts, start=1)]
    index = ItemIndex(items, CUSTOMERS, PAYERS)
    return World(index, lambda _at: Policy(), today=TODAY), index


@pytest.mark.parametrize(
    ("minor", "left"),
    [(400, 600), (1_000, 0), (5_000, 0), (-300, 1_000)],
    ids=["part", "all", "more", "less than none"],
)
def test_an_item_is_never_settled_beyond_what_is_owed(minor: int, left: int) -> None:
    books, index = world(1_000)

    books.move(Moved(1, minor))
    books.move(Moved(99, minor))

    assert index.open_of(1) == left


def test_an_item_that_changes_its_amount_keeps_what_was_settled() -> None:
    books, index = world(1_000)
    books.move(Moved(1, 400))

    books.say(Said(1, {"amount_minor": 1_500, "disputed_minor": 100}))
    books.say(Said(99, {"amount_minor": 1_500}))

    assert (index.open_of(1), index.items[0].disputed_minor) == (1_100, 100)


def test_what_a_person_takes_in_hand_is_given_back_once_and_not_decided_again() -> None:
    books, index = world(1_000)
    payment = money(1_000, "FA-2026-000001")
    books.look([payment], NOW)
    assert index.open_of(1) == 0

    books.in_hand(payment.id)
    books.in_hand(payment.id)
    books.look([payment], NOW)

    assert index.open_of(1) == 1_000
    assert books.verdicts[payment.id].outcome is Outcome.BOOKED


def test_what_stands_is_taken_over_where_only_a_question_is_found_and_given_back_when_it_was_taken_back() -> None:
    books, index = world(1_000)
    short = money(900, "ohne Text")
    books.look([short], NOW)

    books.take_over(short.id, ((1, 900),))
    assert (index.open_of(1), books.verdicts[short.id].outcome) == (100, Outcome.ASKED)

    books.in_hand(short.id)
    assert index.open_of(1) == 1_000


def test_a_policy_is_read_field_by_field() -> None:
    policy = policy_with(Policy(), read_values({"tolerance_minor": "5", "book_partial": "off", "book_discount": "on"}))

    assert policy == Policy(tolerance_minor=5, book_partial=False)
    assert (ReplayChange().is_nothing, ReplayChange(policy=policy).is_nothing) == (True, False)


@pytest.mark.parametrize(
    ("field", "text", "error"),
    [("colour", "5", NoSuchSetting), ("tolerance_minor", "-5", NoSuchValue), ("book_partial", "1", NoSuchValue)],
)
def test_what_is_no_rule_or_no_value_is_refused(field: str, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        policy_with(Policy(), read_values({field: text}))
