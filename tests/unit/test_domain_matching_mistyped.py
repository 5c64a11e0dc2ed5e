"""Numbers that are one mistake away from each other."""

import pytest

from gateway.domain.matching.mistyped import is_near, near_numbers


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("FA2026000124", id="one digit wrong"),
        pytest.param("FA2026000132", id="two swapped"),
        pytest.param("FA202600123", id="one missing"),
        pytest.param("FA20260001123", id="one doubled"),
        pytest.param("FA20260001235", id="one too many at the end"),
    ],
)
def test_each_mistake_of_one_digit_is_among_the_near_numbers(written: str) -> None:
    assert written in set(near_numbers("FA2026000123"))


def test_all_near_numbers_are_another_one_and_one_mistake_away() -> None:
    near = set(near_numbers("FA2026000123"))

    assert "FA2026000123" not in near
    assert all(is_near(number, "FA2026000123") for number in near)
    assert len(near) > 150
