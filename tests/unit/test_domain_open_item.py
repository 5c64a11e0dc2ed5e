"""What is open of an item, and what its state is called."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.open_item import is_overdue, item_state, number_key, open_minor
from schemas.states import ItemState

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("amount", "settled", "disputed", "is_cancelled", "state"),
    [
        pytest.param(100, 0, 0, False, ItemState.OPEN, id="nothing came"),
        pytest.param(100, 40, 0, False, ItemState.PARTLY_PAID, id="a part came"),
        pytest.param(100, 100, 0, False, ItemState.PAID, id="all came"),
        pytest.param(100, 120, 0, False, ItemState.OVERPAID, id="more came"),
        pytest.param(100, 0, 30, False, ItemState.DISPUTED, id="in dispute"),
        pytest.param(100, 40, 30, False, ItemState.DISPUTED, id="partly paid and in dispute"),
        pytest.param(100, 100, 30, False, ItemState.PAID, id="paid in spite of the dispute"),
        pytest.param(100, 0, 0, True, ItemState.CANCELLED, id="cancelled"),
        pytest.param(-100, 0, 0, False, ItemState.OPEN, id="credit note"),
        pytest.param(-100, -40, 0, False, ItemState.PARTLY_PAID, id="credit note partly taken"),
        pytest.param(-100, -100, 0, False, ItemState.PAID, id="credit note taken"),
        pytest.param(-100, -120, 0, False, ItemState.OVERPAID, id="credit note taken twice"),
        pytest.param(0, 0, 0, False, ItemState.PAID, id="of nothing"),
    ],
)
def test_the_state_follows_from_the_sums(
    amount: int, settled: int, disputed: int, is_cancelled: bool, state: ItemState
) -> None:
    found = item_state(amount_minor=amount, settled_minor=settled, disputed_minor=disputed, is_cancelled=is_cancelled)

    assert found is state


@given(st.integers(), st.integers())
def test_what_is_open_and_what_is_settled_are_the_amount(amount: int, settled: int) -> None:
    assert open_minor(amount_minor=amount, settled_minor=settled) + settled == amount
    assert open_minor(amount_minor=amount, settled_minor=settled, is_cancelled=True) == 0


@pytest.mark.parametrize(
    ("due_date", "open_", "is_late"),
    [
        pytest.param(dt.date(2026, 11, 20), 100, True, id="due yesterday"),
        pytest.param(TODAY, 100, False, id="due today"),
        pytest.param(dt.date(2026, 11, 20), 0, False, id="paid"),
        pytest.param(dt.date(2026, 11, 20), -100, False, id="credit note"),
        pytest.param(None, 100, False, id="no due date"),
    ],
)
def test_an_item_is_overdue_while_the_customer_owes_it(due_date: dt.date | None, open_: int, is_late: bool) -> None:
    assert is_overdue(due_date=due_date, today=TODAY, open_minor=open_) is is_late


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("FA-2026-000123", "FA2026000123", id="hyphens"),
        pytest.param(" re 2026/815 ", "RE2026815", id="small letters, blanks, slash"),
        pytest.param("№ 7", "7", id="a sign that is no letter"),
        pytest.param("Größe 5", "GRSSE5", id="letters beyond A to Z"),
        pytest.param("---", "", id="only signs"),
    ],
)
def test_numbers_are_compared_by_capital_letters_and_digits(text: str, key: str) -> None:
    assert number_key(text) == key
