"""How the make of numbers is learned."""

import pytest

from gateway.domain.matching.shapes import Shapes


@pytest.mark.parametrize(
    ("numbers", "prefix", "head", "serial", "foot"),
    [
        pytest.param(["FA-2026-000123", "FA-2026-000124"], "FA", "2026", 123, "", id="letters, year, serial"),
        pytest.param(["R2026/17", "R2025/18", "R2026/19"], "R", "2026", 17, "", id="unpadded"),
        pytest.param(["INV20260012", "INV20260013"], "INV", "2026", 12, "", id="glued year"),
        pytest.param(["40012345", "40098765"], "", "", 12345, "", id="digits only: the constant start is no part"),
        pytest.param(["40012345"], "", "", 40012345, "", id="one number of digits only"),
        pytest.param(["FV 12/2026", "FV 13/2026"], "FV", "", 12, "2026", id="serial first"),
        pytest.param(["FV 12/2026"], "FV", "", 12, "2026", id="one number: a year is no serial"),
        pytest.param(["2026-0012-A", "2026-0013-A"], "", "2026", 12, "A", id="letter at the end"),
        pytest.param(["A1B-0012", "A1B-0013"], "AB", "1", 12, "", id="digits inside the letters"),
        pytest.param(["2612345", "2698765"], "", "", 12345, "", id="year of two digits, glued"),
        pytest.param(["12345"], "", "", 12345, "", id="short"),
        pytest.param(["9" * 40, "1" * 40], "", "", int("9" * 18), "", id="longer than any number"),
    ],
)
def test_a_number_is_taken_apart(numbers: list[str], prefix: str, head: str, serial: int, foot: str) -> None:
    parsed = Shapes(numbers).parse(numbers[0])

    assert parsed is not None
    assert (parsed.series.prefix, parsed.series.head, parsed.serial, parsed.series.foot) == (prefix, head, serial, foot)


def test_a_number_without_digits_is_none() -> None:
    assert Shapes(["FA-1"]).parse("Miete Mai") is None
    assert Shapes(["FA-1"]).parse("²") is None


def test_a_number_of_a_make_never_seen_is_learned_when_it_comes() -> None:
    shapes = Shapes(["FA-2026-000123"])

    parsed = shapes.parse("2026/17/X")

    assert parsed is not None
    assert (parsed.key, parsed.serial, parsed.series.foot) == ("202617X", 17, "X")


def test_numbers_counted_together_share_one_series() -> None:
    shapes = Shapes(["FA-2026-000123", "FA-2026-000124", "FA-2025-000001"])

    first, second, other = (shapes.parse(number) for number in ("FA-2026-000123", "fa-2026-000124", "FA-2025-000001"))

    assert first is not None
    assert second is not None
    assert other is not None
    assert first.series is second.series
    assert first.series is not other.series


def test_starts_of_many_kinds_are_no_years() -> None:
    numbers = [f"{year}{place:04d}" for place, year in enumerate(range(1980, 2020))]

    parsed = Shapes(numbers).parse("19800000")

    assert parsed is not None
    assert parsed.series.head == ""


def test_a_number_shorter_than_its_glued_year_is_taken_whole() -> None:
    shapes = Shapes(["INV20260012", "INV20260013"])
    shapes.parse("INV20260012")

    parsed = shapes.parse("INV77")

    assert parsed is not None
    assert parsed.serial == 77
