"""Cash discounts: when, how much, and on which item."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.matching.model import Discount
from gateway.domain.matching.terms import discounts, late_discounts, share
from support.matching import TODAY, invoice

TWO_TIERS = (Discount(300, TODAY), Discount(200, TODAY + dt.timedelta(10)))


@pytest.mark.parametrize(
    ("days", "in_time", "late"),
    [
        pytest.param(0, [300, 200], [], id="first tier on its last day"),
        pytest.param(1, [200], [300], id="second tier"),
        pytest.param(11, [], [300, 200], id="too late"),
    ],
)
def test_a_discount_may_be_taken_until_its_date(days: int, in_time: list[int], late: list[int]) -> None:
    item = invoice(1, "FA-1", 10_000, discounts=TWO_TIERS)
    day = TODAY + dt.timedelta(days)

    assert discounts(item, 10_000, day) == in_time
    assert late_discounts(item, 10_000, day) == late


def test_days_of_grace_are_added() -> None:
    item = invoice(1, "FA-1", 10_000, discounts=TWO_TIERS[:1])

    assert discounts(item, 10_000, TODAY + dt.timedelta(3), grace_days=3) == [300]
    assert discounts(item, 10_000, TODAY + dt.timedelta(4), grace_days=3) == []


def test_half_a_cent_rounds_up_and_credit_notes_have_no_discount() -> None:
    item = invoice(1, "FA-1", 10_025, discounts=(Discount(200, TODAY),))

    assert discounts(item, 10_025, TODAY) == [201]
    assert discounts(item, -10_025, TODAY) == []


@pytest.mark.parametrize(
    ("options", "deduction", "expected"),
    [
        pytest.param([[200]], 200, (200,), id="to the cent"),
        pytest.param([[200]], 201, (201,), id="a cent more"),
        pytest.param([[200]], 199, (199,), id="a cent less"),
        pytest.param([[200]], 202, None, id="two cents more"),
        pytest.param([[300, 200]], 200, (200,), id="the lower of two tiers"),
        pytest.param([[200], [50]], 251, (201, 50), id="rounding goes to the highest"),
        pytest.param([[200], []], 200, (200, 0), id="one item allows none"),
        pytest.param([[200], [50], [70]], 120, (0, 50, 70), id="from some items, one choice only"),
        pytest.param([[100], [100]], 100, None, id="from some items, two choices"),
        pytest.param([[place] for place in range(100, 107)], 303, None, id="too many choices"),
        pytest.param([[200]], 0, None, id="nothing missing"),
        pytest.param([[], []], 100, None, id="no discounts"),
    ],
)
def test_a_deduction_is_shared_out_exactly(
    options: list[list[int]], deduction: int, expected: tuple[int, ...] | None
) -> None:
    assert share(options, deduction, rounding=1) == expected


@given(
    options=st.lists(st.lists(st.integers(1, 500), max_size=2, unique=True), min_size=1, max_size=5),
    deduction=st.integers(1, 2_000),
)
def test_shares_add_up_to_the_deduction(options: list[list[int]], deduction: int) -> None:
    falling = [sorted(own, reverse=True) for own in options]

    shares = share(falling, deduction, rounding=1)

    assert shares is None or (sum(shares) == deduction and min(shares) >= 0)
