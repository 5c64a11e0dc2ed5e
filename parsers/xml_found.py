"""From elements to named texts: what is kept of each element, and under which name.

One reader serves all versions (sepa-rules section 5.2): where versions differ, both paths lead to the same name. What
the texts mean is decided by the modules that take them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, TypeVar

from parsers.xml_door import Element
from schemas.errors import FileRefused

RawAmount: TypeAlias = tuple[str, str | None]  # Text and currency.
_Item = TypeVar("_Item")
BLANKS = " \t\r\n"  # What XML calls white space.
LIST_MAX = 10_000
DETAILS_MAX = 100_000


class Found:
    """What was found below one element: texts, amounts, repeated texts and repeated groups, each by name.

    No text is blank or has line ends inside; only repeated texts have their blanks around them.
    """

    __slots__ = ("amounts", "groups", "lists", "texts")

    def __init__(
        self,
        texts: dict[str, str] | None = None,
        amounts: dict[str, RawAmount] | None = None,
        lists: dict[str, list[str]] | None = None,
        groups: "dict[str, list[Found]] | None" = None,
    ) -> None:
        self.texts = {} if texts is None else texts
        self.amounts = {} if amounts is None else amounts
        self.lists = {} if lists is None else lists
        self.groups = {} if groups is None else groups


Action: TypeAlias = Callable[[Element, Found], None]
Branch: TypeAlias = "dict[str, str | Action | Branch]"
Make: TypeAlias = Callable[[str], Action]  # Makes an action for the namespace prefix of a file.
Paths: TypeAlias = Mapping[str, str | Make]


def clean_text(element: Element) -> str | None:
    """Return the text of an element without blanks around it, None where it is blank.

    Line ends inside are the file's layout and become blanks. Raises FileRefused where an element cuts the text.
    """
    if len(element):
        raise FileRefused(f"{_name(element)} holds elements where only text may stand", code="invalid_text")
    text = element.text
    if text is None:
        return None
    text = text.strip(BLANKS)
    return " ".join(text.split()) if "\n" in text else text or None


def collect(elements: Iterable[Element], branch: Branch, found: Found) -> None:
    """Put what elements say under its names; an element stands for those below it.

    A branch leads from tags to names, actions or deeper branches.

    Raises FileRefused where a text is cut by an element, or stands twice and decides about money.
    """
    for child in elements:
        step = branch.get(child.tag)
        if step.__class__ is str:
            text = clean_text(child)
            if text is not None:
                found.texts[step] = text
        elif step.__class__ is dict:
            collect(child, step, found)
        elif step is not None:
            step(child, found)  # type: ignore[operator]


def once(name: str) -> Make:
    """Keep a text that may stand there once only."""

    def act(element: Element, found: Found) -> None:
        if name in found.texts:
            raise _twice(element)
        text = clean_text(element)
        if text is not None:
            found.texts[name] = text

    return lambda _: act


def amount(name: str) -> Make:
    """Keep an amount with its currency; it may stand there once only."""

    def act(element: Element, found: Found) -> None:
        if name in found.amounts:
            raise _twice(element)
        text = clean_text(element)
        if text is None:
            raise FileRefused(f"the amount {_name(element)} is empty", code="invalid_amount")
        found.amounts[name] = (text, element.get("Ccy"))

    return lambda _: act


def many(name: str) -> Make:
    """Keep each of the texts, in order, with the blanks around them: a long text may have been cut there."""

    def act(element: Element, found: Found) -> None:
        text = clean_text(element)
        if text is not None:
            raw = element.text or ""
            _append(found.lists.setdefault(name, []), text if "\n" in raw else raw, LIST_MAX, element)

    return lambda _: act


def choice(name: str) -> Make:
    """Keep the text of the element, or of the one element inside it (status: text in .02, Cd or Prtry in .08)."""

    def act(element: Element, found: Found) -> None:
        text = clean_text(element[0] if len(element) == 1 else element)
        if name in found.texts:
            raise _twice(element)
        if text is not None:
            found.texts[name] = text

    return lambda _: act


def group(name: str, paths: Paths, limit: int = LIST_MAX) -> Make:
    """Keep what stands below each of the elements apart, in order."""

    def make(prefix: str) -> Action:
        branch = compiled(paths, prefix)

        def act(element: Element, found: Found) -> None:
            inside = Found()
            collect(element, branch, inside)
            _append(found.groups.setdefault(name, []), inside, limit, element)

        return act

    return make


def compiled(paths: Paths, prefix: str) -> Branch:
    """Return the tree of steps for paths such as ``Acct/Id/IBAN``, for tags that begin with a prefix."""
    root: Branch = {}
    for path, step in paths.items():
        *above, leaf = path.split("/")
        branch = root
        for name in above:
            branch = branch.setdefault(prefix + name, {})  # type: ignore[assignment]
        branch[prefix + leaf] = step if isinstance(step, str) else step(prefix)
    return root


def _append(items: list[_Item], item: _Item, limit: int, element: Element) -> None:
    if len(items) >= limit:
        raise FileRefused(f"more than {limit} elements {_name(element)} stand together", code="too_large")
    items.append(item)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _twice(element: Element) -> FileRefused:
    return FileRefused(f"{_name(element)} stands twice", code="ambiguous")
