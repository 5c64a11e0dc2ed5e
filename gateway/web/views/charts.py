"""Lines over months as SVG: whole coordinates that a template writes down; the colours are those of the style sheet.

A month without a value leaves a gap. Each line has its name at its end, so no legend is needed.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.web.filters import percent
from schemas.states import Language

WIDTH, HEIGHT = 920, 232
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 176, 12, 52
_FULL = 10_000
_GRID = (0, 2_500, 5_000, 7_500, 10_000)
_LABEL_HEIGHT = 16


class Series(NamedTuple):
    """A line: its name, its colour (a property of the style sheet), shares in hundredths of a per cent, its dashes."""

    name: str
    colour: str
    values: Sequence[int | None]
    dashes: str = ""


class Point(NamedTuple):
    """A value with its place."""

    x: int
    y: int
    text: str


class Drawn(NamedTuple):
    """A line that is drawn: its pieces, its points and where its name stands."""

    name: str
    colour: str
    dashes: str
    pieces: tuple[str, ...]
    points: tuple[Point, ...]
    label: Point


class Chart(NamedTuple):
    """Lines over an axis: steps from 0 to 100 %, places of the months."""

    steps: tuple[Point, ...]
    places: tuple[int, ...]
    lines: tuple[Drawn, ...]
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def draw_lines(series: Sequence[Series], language: Language) -> Chart:
    """Return a chart of lines that are equally long; a line without any value is left out."""
    length = max([len(one.values) for one in series], default=0)
    width = WIDTH - _LEFT - _RIGHT
    places = tuple([_LEFT + (2 * place + 1) * width // (2 * length) for place in range(length)])
    steps = tuple([Point(_LEFT, _y(step), f"{percent(step, language)} %") for step in _GRID])
    shown = [one for one in series if any(value is not None for value in one.values)]
    lines = [_draw(one, places, language) for one in shown]
    return Chart(steps, places, tuple(_apart(lines)))


def _y(share: int) -> int:
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (_FULL - share) // _FULL


def _draw(one: Series, places: Sequence[int], language: Language) -> Drawn:
    points: list[Point] = []
    pieces: list[list[Point]] = [[]]
    for x, value in zip(places, one.values, strict=True):
        if value is None:
            pieces.append([])
            continue
        points.append(Point(x, _y(value), f"{percent(value, language)} %"))
        pieces[-1].append(points[-1])
    last = points[-1]
    label = Point(last.x + 10, last.y + 4, f"{one.name} {last.text}")
    texts = [" ".join([f"{point.x},{point.y}" for point in piece]) for piece in pieces if len(piece) > 1]
    return Drawn(one.name, one.colour, one.dashes, tuple(texts), tuple(points), label)


def _apart(lines: Sequence[Drawn]) -> list[Drawn]:
    """Move names that would stand on each other downwards; those above the axis end stay above it."""
    found: list[Drawn] = []
    lowest = HEIGHT - _BOTTOM - _LABEL_HEIGHT * (len(lines) - 1)
    for place, line in enumerate(sorted(lines, key=lambda one: one.label.y)):
        above = found[-1].label.y + _LABEL_HEIGHT if found else 0
        y = max(min(line.label.y, lowest + _LABEL_HEIGHT * place), above)
        found.append(line._replace(label=line.label._replace(y=y)))
    return found
