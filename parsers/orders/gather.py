"""From elements to facts: which element is which fact, and what stands there that is none.

Unlike the readers of statements, nothing is passed over: what is empty, repeated or has no place in SEPA is told.
"""

from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import Any, TypeAlias

from parsers.xml_door import Element
from schemas.errors import FileRefused
from schemas.order_facts import NO_ODDITIES, Oddities

Texts: TypeAlias = dict[str, Any]
Action: TypeAlias = "Callable[[Element, Texts, Odd], None]"
Step: TypeAlias = "str | Action | dict[str, Step]"
Make: TypeAlias = Callable[[str], Action]
Paths: TypeAlias = Mapping[str, "str | Make"]
ODD_MAX = 100  # Kept of each kind below one place; nobody reads more.


class Odd:
    """Takes notice of elements that are no facts."""

    __slots__ = ("_forbidden", "_found", "_top")

    def __init__(self, top: Element, forbidden: frozenset[str]) -> None:
        self._top = top
        self._forbidden = forbidden
        self._found: tuple[list[str], ...] | None = None

    def empty(self, element: Element) -> None:
        """Tell of an element without content."""
        self._tell(0, element)

    def repeated(self, element: Element) -> None:
        """Tell of an element that may stand there once only."""
        self._tell(1, element)

    def no_fact(self, element: Element) -> None:
        """Tell of an element that SEPA does not use."""
        self._tell(2 if _name(element) in self._forbidden else 3, element)
        if not len(element) and not (element.text or "").strip():
            self.empty(element)

    def facts(self) -> Oddities:
        """Return what was noticed."""
        return NO_ODDITIES if self._found is None else Oddities(*(tuple(paths) for paths in self._found))

    def _tell(self, kind: int, element: Element) -> None:
        self._found = self._found or ([], [], [], [])
        if len(self._found[kind]) < ODD_MAX:
            self._found[kind].append(self._path(element))

    def _path(self, element: Element) -> str:
        inside = takewhile(lambda above: above is not self._top, element.iterancestors())
        return "/".join(reversed([_name(element), *map(_name, inside)]))


def gather(element: Element, branch: dict[str, Step], found: Texts, odd: Odd) -> None:
    """Put what stands below an element under its names. Raises FileRefused where an element cuts a text."""
    for child in element:
        step = branch.get(child.tag)
        if step.__class__ is str:
            text = text_of(child)
            if text is None:
                odd.empty(child)
            elif step in found:
                odd.repeated(child)
            else:
                found[step] = text
        elif step.__class__ is dict:
            if len(child):
                gather(child, step, found, odd)
            else:
                odd.empty(child)
        elif step is None:
            odd.no_fact(child)
        else:
            step(child, found, odd)  # type: ignore[operator]


def text_of(element: Element) -> str | None:
    """Return the text of an element as it is written, None where it is blank."""
    if len(element):
        raise FileRefused(f"{_name(element)} holds elements where only text may stand", code="invalid_text")
    text = element.text
    return None if text is None or not text.strip() else text


def many(name: str) -> Make:
    """Keep each of the texts, in order."""

    def act(element: Element, found: Texts, odd: Odd) -> None:
        text = text_of(element)
        if text is None:
            odd.empty(element)
        else:
            found[name] = (*found.get(name, ()), text)

    return lambda _: act


def amount(name: str, currency: str) -> Make:
    """Keep an amount and its currency."""

    def act(element: Element, found: Texts, odd: Odd) -> None:
        if name in found:
            odd.repeated(element)
            return
        found[name] = text_of(element)
        found[currency] = element.get("Ccy")
        if found[name] is None:
            odd.empty(element)

    return lambda _: act


def flag(name: str) -> Make:
    """Keep that an element is there."""

    def act(element: Element, found: Texts, odd: Odd) -> None:
        found[name] = True

    return lambda _: act


def known() -> Make:
    """Accept an element that says nothing to us. One that is empty is told of."""

    def act(element: Element, found: Texts, odd: Odd) -> None:
        if not len(element) and text_of(element) is None:
            odd.empty(element)

    return lambda _: act


def group(name: str, facts: Callable[..., Any], paths: Paths) -> Make:
    """Keep what stands below the element as facts of their own."""

    def make(prefix: str) -> Action:
        branch = compiled(paths, prefix)

        def act(element: Element, found: Texts, odd: Odd) -> None:
            if name in found:
                odd.repeated(element)
                return
            inside: Texts = {}
            gather(element, branch, inside, odd)
            if not len(element):
                odd.empty(element)
            found[name] = facts(**inside)

        return act

    return make


def groups(name: str, facts: Callable[..., Any], paths: Paths) -> Make:
    """Keep each of the elements as facts of their own, with the length of all texts in them."""

    def make(prefix: str) -> Action:
        branch = compiled(paths, prefix)

        def act(element: Element, found: Texts, odd: Odd) -> None:
            length = sum(len(text.strip()) for text in element.itertext())
            inside: Texts = {"length": length}
            gather(element, branch, inside, odd)
            if not len(element):
                odd.empty(element)
            found[name] = (*found.get(name, ()), facts(**inside))

        return act

    return make


def compiled(paths: Paths, prefix: str) -> dict[str, Step]:
    """Return the tree of steps for paths such as ``Id/IBAN``, for tags that begin with a prefix."""
    root: dict[str, Step] = {}
    for path, step in paths.items():
        *above, leaf = path.split("/")
        branch = root
        for name in above:
            branch = branch.setdefault(prefix + name, {})  # type: ignore[assignment]
        branch[prefix + leaf] = step if isinstance(step, str) else step(prefix)
    return root


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
