"""Which statement is missing: each day of an account, from the statements that are there."""

import datetime as dt

import pytest

from gateway.domain.statement import StatementFacts
from gateway.domain.statement_days import DayState as S
from gateway.domain.statement_days import KnownStatement, StatementDay, days_of
from schemas.statement import StatementKind

MONDAY = dt.date(2026, 11, 16)
TODAY = dt.date(2026, 11, 20)  # A Friday.


def known(
    day: int, *, start: int | None = None, opening: int = 0, closing: int = 0, is_held: bool = False
) -> KnownStatement:
    """Return a statement that ends on a day of November."""
    date = dt.date(2026, 11, day)
    first = date.replace(day=start or day)
    facts = StatementFacts(StatementKind.STATEMENT, "EUR", None, first, date, opening, closing, closing - opening, 3)
    return KnownStatement(day, is_held, facts)


def week(*statements: KnownStatement) -> list[StatementDay]:
    return list(days_of(statements, first=MONDAY, count=7, today=TODAY))


@pytest.mark.parametrize(
    ("statements", "states"),
    [
        pytest.param((), [S.UNKNOWN] * 5, id="no statement yet"),
        pytest.param((known(18),), [S.UNKNOWN, S.UNKNOWN, S.THERE, S.MISSING, S.AWAITED], id="the first one"),
        pytest.param((known(13), known(16), known(18, opening=5)),
                     [S.THERE, S.MISSING, S.THERE, S.MISSING, S.AWAITED], id="one between"),
        pytest.param((known(13), known(16), known(18), known(19)),
                     [S.THERE, S.QUIET, S.THERE, S.THERE, S.AWAITED], id="a day without entries"),
        pytest.param((known(13), known(16), known(17, start=16, is_held=True), known(18, opening=5)),
                     [S.THERE, S.HELD, S.THERE, S.MISSING, S.AWAITED], id="one is held"),
        pytest.param((known(13), known(19, start=16)), [S.THERE] * 4 + [S.AWAITED], id="one for several days"),
        pytest.param((known(16), known(18, start=17, opening=5)),
                     [S.THERE, S.MISSING, S.THERE, S.MISSING, S.AWAITED], id="dated from the balance before it"),
        pytest.param((known(13),), [S.MISSING] * 4 + [S.AWAITED], id="none since Friday"),
        pytest.param((known(13), known(20)), [S.QUIET] * 4 + [S.THERE], id="today is there already"),
    ],
)  # fmt: skip
def test_each_day_says_what_is_known_of_it(statements: tuple[KnownStatement, ...], states: list[S]) -> None:
    days = week(*statements)

    assert [day.state for day in days] == [*states, S.WEEKEND, S.WEEKEND]


def test_a_day_names_its_statements_and_counts_their_entries() -> None:
    first, second = known(17), known(17)._replace(id=99)

    days = week(first, second)

    assert days[1] == StatementDay(dt.date(2026, 11, 17), S.THERE, (17, 99), 6)


def test_today_is_marked() -> None:
    assert [day.date for day in week() if day.is_today] == [TODAY]


def test_a_closing_day_is_no_missing_day() -> None:
    before = known(20)
    days = days_of([before], first=dt.date(2026, 12, 24), count=3, today=dt.date(2026, 12, 28))

    assert [day.state for day in days] == [S.MISSING, S.CLOSED, S.WEEKEND]


def test_a_statement_on_a_weekend_is_there() -> None:
    assert week(known(21))[5].state is S.THERE
