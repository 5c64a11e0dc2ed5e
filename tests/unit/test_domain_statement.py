"""May a statement be stored: its sum, its neighbours, its entries."""

import datetime as dt

import pytest

from gateway.domain.statement import (
    Hold,
    Known,
    KnownEntries,
    Neighbour,
    StatementFacts,
    Store,
    admit,
    gap_before,
    have_different_numbers,
    overlaps,
)
from schemas.statement import StatementKind
from schemas.states import HoldReason

MONDAY = dt.date(2026, 11, 16)


def facts(
    day: int = 0, *, days: int = 1, opening: int | None = 100, total: int = 50, **values: object
) -> StatementFacts:
    start = MONDAY + dt.timedelta(day)
    closing = None if opening is None else opening + total
    base = StatementFacts(
        StatementKind.STATEMENT, "EUR", "41", start, start + dt.timedelta(days - 1), opening, closing, total, 2
    )
    return base._replace(**values)


def decide(one: StatementFacts, *others: StatementFacts, **values: object) -> object:
    neighbours = [Neighbour(place, other) for place, other in enumerate(others, start=1)]
    entries = KnownEntries(**values)  # type: ignore[arg-type]
    return admit(one, has_account=True, neighbours=neighbours, entries=entries)


def reason(admission: object) -> HoldReason:
    assert isinstance(admission, Hold)
    return admission.reason


def test_a_statement_that_adds_up_and_follows_is_stored() -> None:
    assert decide(facts(1, opening=150), facts(0)) == Store()


def test_a_gap_to_the_statement_before_never_holds() -> None:
    assert decide(facts(3, opening=900), facts(0)) == Store()


def test_an_unknown_account_holds() -> None:
    admission = admit(facts(), has_account=False, neighbours=(), entries=KnownEntries())

    assert reason(admission) is HoldReason.UNKNOWN_ACCOUNT


@pytest.mark.parametrize("kind", [StatementKind.REPORT, StatementKind.NOTIFICATION])
def test_what_decides_nothing_is_never_held_for_its_sum(kind: StatementKind) -> None:
    assert decide(facts(kind=kind, closing_minor=None), facts(0)) == Store()


def test_a_sum_that_does_not_lead_to_the_closing_balance_holds_and_says_both() -> None:
    admission = decide(facts(closing_minor=151))

    assert admission == Hold(HoldReason.UNBALANCED, "opening 1.00 plus entries 0.50 is 1.50, the bank says 1.51")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        pytest.param({"opening_minor": None}, "no opening balance", id="no opening"),
        pytest.param({"closing_minor": None}, "no closing balance", id="no closing"),
    ],
)
def test_a_statement_without_a_balance_cannot_be_checked_and_holds(changes: dict[str, None], word: str) -> None:
    admission = decide(facts(**changes))

    assert reason(admission) is HoldReason.UNBALANCED
    assert word in admission.detail  # type: ignore[attr-defined]


def test_a_missing_page_holds() -> None:
    assert reason(decide(facts(is_complete=False))) is HoldReason.MISSING_PAGE


def test_the_same_statement_in_another_format_is_known() -> None:
    mt940 = facts(from_date=MONDAY - dt.timedelta(3), number="00041")

    assert decide(mt940, facts()) == Known(1)


def test_another_statement_of_a_day_with_the_same_balances_waits_for_a_person() -> None:
    emptied = facts(opening=0, total=0)

    admission = decide(emptied._replace(number="42"), emptied)

    assert reason(admission) is HoldReason.OVERLAP


def test_of_two_statements_with_the_same_balances_the_one_with_its_number_is_the_same() -> None:
    emptied = facts(opening=0, total=0)

    assert decide(emptied._replace(number="42"), emptied, emptied._replace(number="42")) == Known(2)


def test_a_statement_under_another_number_is_known_by_its_entries() -> None:
    assert decide(facts(number="7"), facts(), known_count=2) == Known(1)


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        pytest.param("41", "42", True, id="the next"),
        pytest.param("00041", "41", False, id="filled with zeros"),
        pytest.param("2026041", "00041", False, id="with the year before it"),
        pytest.param(None, "41", False, id="not numbered"),
    ],
)
def test_numbers_that_differ(one: str | None, other: str | None, differ: bool) -> None:
    assert have_different_numbers(one, other) is differ


def test_the_same_day_with_another_sum_overlaps() -> None:
    assert reason(decide(facts(total=70), facts())) is HoldReason.OVERLAP


def test_two_statements_of_one_day_that_follow_each_other_are_both_stored() -> None:
    assert decide(facts(opening=150, total=5), facts()) == Store()


def test_a_week_over_a_stored_monday_overlaps() -> None:
    assert reason(decide(facts(days=5, total=500), facts())) is HoldReason.OVERLAP


def test_a_week_whose_entries_are_all_stored_is_known() -> None:
    assert decide(facts(days=2, total=70), facts(), facts(1, opening=150, total=20), known_count=2) == Known(None)


def test_some_known_entries_in_a_statement_that_does_not_follow_hold_it() -> None:
    assert reason(decide(facts(4, opening=900), facts(0), known_count=1)) is HoldReason.OVERLAP


def test_equal_entries_in_two_statements_that_follow_are_two_bookings() -> None:
    assert decide(facts(0, opening=150, total=5), facts(0), known_count=1) == Store()


def test_a_conflicting_reference_holds_before_all_else() -> None:
    admission = decide(facts(), facts(), conflicts=("reference A is known with 100 EUR",))

    assert admission == Hold(HoldReason.CONFLICT, "reference A is known with 100 EUR")


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        pytest.param(facts(1, opening=7), facts(0), False, id="days apart"),
        pytest.param(facts(0, days=2, opening=7), facts(0), False, id="meets on the day of the balance before"),
        pytest.param(facts(0, days=2, opening=100, total=9), facts(0), True, id="begins with the same balance"),
        pytest.param(facts(0), facts(0, days=2, opening=7), False, id="the other begins on its last day"),
        pytest.param(facts(0, opening=7), facts(0, days=1), True, id="same day, no link"),
        pytest.param(facts(from_date=None), facts(0), False, id="no dates"),
        pytest.param(facts(to_date=None), facts(0), False, id="no last day"),
    ],
)
def test_overlap(one: StatementFacts, other: StatementFacts, answer: bool) -> None:
    assert overlaps(one, other) is answer


@pytest.mark.parametrize(
    ("one", "previous", "missing"),
    [
        pytest.param(facts(1, opening=150), facts(0), None, id="meets"),
        pytest.param(facts(1, opening=170), facts(0), 20, id="20 cents are missing"),
        pytest.param(facts(1), None, None, id="the first"),
        pytest.param(facts(1, opening=None), facts(0), None, id="no balance"),
    ],
)
def test_gap_before(one: StatementFacts, previous: StatementFacts | None, missing: int | None) -> None:
    assert gap_before(one, previous) == missing
