"""Lines over months: whole coordinates, a gap where nothing is known, names that do not stand on each other."""

from itertools import pairwise

from gateway.web.views.charts import HEIGHT, Series, draw_lines
from schemas.states import Language


def test_a_month_without_a_value_leaves_a_gap() -> None:
    chart = draw_lines([Series("a", "--ink", [9_000, 8_000, None, 7_000, 7_500])], Language.EN)

    (line,) = chart.lines
    assert [piece.count(",") for piece in line.pieces] == [2, 2]
    assert len(line.points) == 4


def test_more_stands_higher() -> None:
    (line,) = draw_lines([Series("a", "--ink", [10_000, 5_000, 0])], Language.EN).lines
    full, half, none = [point.y for point in line.points]

    assert full < half < none < HEIGHT
    assert none - half == half - full


def test_a_line_of_which_nothing_is_known_is_left_out() -> None:
    chart = draw_lines([Series("a", "--ink", [None, None]), Series("b", "--ok", [None, 1])], Language.EN)

    assert [line.name for line in chart.lines] == ["b"]


def test_names_of_equal_lines_stand_apart_and_above_the_axis() -> None:
    for share in (0, 5_000, 10_000):
        series = [Series(name, "--ink", [share]) for name in "abc"]

        chart = draw_lines(series, Language.DE)

        places = [line.label.y for line in chart.lines]
        assert [after - before >= 16 for before, after in pairwise(places)] == [True, True]
        assert places[-1] <= chart.bottom + 4


def test_nothing_at_all_is_a_chart_without_lines() -> None:
    assert draw_lines([], Language.EN).lines == ()
