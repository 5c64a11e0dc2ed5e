"""The search for sums finds what there is, counts to two, and says when it did not come to its end."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.matching.combinations import find_sets, is_chance, items_max


def brute(amounts: list[int], target: int, size_max: int) -> list[tuple[int, ...]]:
    return [
        places
        for size in range(2, size_max + 1)
        for places in combinations(range(len(amounts)), size)
        if sum(amounts[place] for place in places) == target and any(amounts[place] > 0 for place in places)
    ]


@given(
    amounts=st.lists(st.integers(-20, 40).filter(bool), max_size=12),
    target=st.integers(1, 80),
    size_max=st.integers(2, 12),
)
def test_it_finds_what_trying_everything_finds(amounts: list[int], target: int, size_max: int) -> None:
    check_found(amounts, target, size_max)


@given(
    amounts=st.lists(st.integers(-2_000, 9_000).filter(bool), min_size=25, max_size=30),
    target=st.integers(1, 20_000),
    size_max=st.integers(2, 3),
)
def test_it_finds_in_a_long_list_what_trying_everything_finds(amounts: list[int], target: int, size_max: int) -> None:
    check_found(amounts, target, size_max)


def check_found(amounts: list[int], target: int, size_max: int) -> None:
    found = find_sets(amounts, target, size_max=size_max, steps_max=1_000_000)
    everything = brute(amounts, target, size_max)

    assert found.is_complete
    assert len(found.sets) == min(2, len(everything))
    assert set(found.sets) <= set(everything)
    assert found.only == (everything[0] if len(everything) == 1 else None)


def test_all_twelve_items_of_a_list_are_a_set() -> None:
    amounts = [1_000 + 37 * place * place for place in range(12)]

    assert find_sets(amounts, sum(amounts), size_max=12, steps_max=1).only == tuple(range(12))


def test_a_search_that_is_cut_knows_no_only_set() -> None:
    found = find_sets(list(range(2, 80, 2)), 101, size_max=6, steps_max=3)

    assert not found.is_complete
    assert found.only is None


@pytest.mark.parametrize(("count", "limit"), [(6, 6), (24, 6), (25, 3), (50, 3), (51, 2), (400, 2)])
def test_fewer_items_are_allowed_in_a_longer_list(count: int, limit: int) -> None:
    assert items_max(count, 6) == limit
    assert items_max(count, 2) == 2


@pytest.mark.parametrize(
    ("amounts", "target", "size", "expected"),
    [
        pytest.param([100, 200, 400], 300, 2, False, id="all sets were tried"),
        pytest.param([10_007 * place for place in range(1, 15)], 500_000, 2, True, id="multiples of one amount"),
        pytest.param([10_000 + 613 * place for place in range(1, 15)], 31_337, 2, False, id="a pair in fourteen"),
        pytest.param([10_000 + 613 * place for place in range(1, 15)], 131_337, 6, False, id="six in fourteen"),
        pytest.param(
            [1_000 + 7 * place for place in range(1, 31)], 31_337, 2, True, id="a long list, larger sets untried"
        ),
    ],
)
def test_a_set_that_fits_by_accident_proves_nothing(amounts: list[int], target: int, size: int, expected: bool) -> None:
    assert is_chance(amounts, target, size, size_wanted=6) is expected
