"""Reads entries that look like earlier ones without parsing them again.

A bank writes its entries in few shapes: the same tags in the same order around other texts. The XML parser reads the
first ones of each shape; from them a pattern is made of the tags, literally, with text between them. An entry that
matches is well-formed for the same reason as those were, and its texts belong to the same names, which are found by
reading one of them again with numbers in place of its texts. Whatever does not match goes to the parser.

The pattern takes only text that needs no parser: no ``<`` or ``>``, no control character, no blank at its ends, and
``&`` only as one of the five references that every XML has.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import NamedTuple

from parsers.xml_found import BLANKS, Found

AFTER_ENTRIES = 200  # In a short file patterns cost more than they save.
SEEN_MIN = 2
SEEN_MAX = 512
SHAPES_MAX = 64
ALIKE_MAX = 8  # Shapes of one number of tags: each is tried.
LENGTH_MAX = 10_000
MISSES_MAX = 1_000  # Beyond that, and more than one in four: this bank's entries are too different.

_TAG = re.compile(r"(<[^<>]*>)")
_PLAIN_TAG = re.compile(r"""</?[A-Za-z][A-Za-z0-9]*( Ccy="[A-Z]{3}")?/?>""")
_CHARS = "[^<>\\x00-\\x1f\\ufffe\\uffff]"
_UNREAD = f"{_CHARS}*+"
_TEXT = f"((?! ){_CHARS}++(?<! ))"
_UNKNOWN_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")
_REFERENCES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


class _Plan(NamedTuple):
    """Which group of a pattern is which text of a `Found`; ``pick`` takes the groups of ``names``."""

    names: tuple[str, ...]
    pick: Callable[[tuple[str, ...]], tuple[str, ...]]
    amounts: tuple[tuple[str, int, str | None], ...]
    lists: tuple[tuple[str, tuple[int, ...]], ...]
    groups: tuple[tuple[str, tuple["_Plan", ...]], ...]


class _Shape(NamedTuple):
    pattern: re.Pattern[str]
    plan: _Plan


class Shapes:
    """The shapes of the entries of one file. ``parse`` reads one entry by the XML parser."""

    def __init__(self, parse: Callable[[str], Found]) -> None:
        self._parse = parse
        self._by_tag_count: dict[int, list[_Shape]] = {}
        self._seen: Counter[str] = Counter()
        self._count = 0
        self.entries = 0
        self.misses = 0

    @property
    def is_worth_it(self) -> bool:
        """Whether the file is long enough, and its entries are alike enough."""
        return self.entries >= AFTER_ENTRIES and (self.misses < MISSES_MAX or self.misses * 4 < self.entries)

    def read(self, entry: str) -> Found | None:
        """Return what an entry says, None where its shape is not known."""
        self.entries += 1
        for shape in self._by_tag_count.get(entry.count("<"), ()):
            match = shape.pattern.fullmatch(entry)
            if match:
                texts: tuple[str, ...] = match.groups()
                if "&" in entry:
                    if _UNKNOWN_REFERENCE.search(entry):
                        break
                    texts = tuple(_resolve(text) if "&" in text else text for text in texts)
                return _fill(shape.plan, texts)
        self.misses += 1
        return None

    def learn(self, entry: str) -> None:
        """Make a pattern from an entry that the parser read, if its shape was seen before."""
        if self._count >= SHAPES_MAX or len(self._seen) >= SEEN_MAX:
            return
        if len(entry) > LENGTH_MAX:
            return
        parts = _TAG.split(entry)
        tags = parts[1::2]
        key = "".join(tags)
        self._seen[key] += 1
        if self._seen[key] == SEEN_MIN and all(map(_PLAIN_TAG.fullmatch, tags)):
            alike = self._by_tag_count.setdefault(len(tags), [])
            shape = self._make(parts) if len(alike) < ALIKE_MAX else None
            if shape is not None:
                alike.append(shape)
                self._count += 1

    def _make(self, parts: list[str]) -> _Shape | None:
        """Return the shape of an entry in parts: texts at even places, tags between them."""
        leaves = {place for place in range(2, len(parts) - 1, 2) if _is_leaf(parts, place)}
        numbered = list(parts)
        for place in leaves:
            numbered[place] = str(place)
        if any(part.strip(BLANKS) for place, part in enumerate(parts) if place % 2 == 0 and place not in leaves):
            return None
        found = self._parse("".join(numbered))
        kept = {place: group for group, place in enumerate(sorted(map(int, _texts(found))))}
        pattern = [
            re.escape(part) for part in parts
        ]  # With the line ends between tags as they are: a machine wrote them.
        for place in leaves:
            pattern[place] = _TEXT if place in kept else _UNREAD
        return _Shape(re.compile("".join(pattern)), _plan(found, kept))


def _is_leaf(parts: list[str], place: int) -> bool:
    """Tell whether a text that is not blank stands between the start and the end of one element."""
    before, after = parts[place - 1], parts[place + 1]
    return bool(parts[place].strip(BLANKS)) and before[1] != "/" and before[-2] != "/" and after[1] == "/"


def _resolve(text: str) -> str:
    for reference, char in _REFERENCES:
        text = text.replace(reference, char)
    return text


def _texts(found: Found) -> Iterable[str]:
    yield from found.texts.values()
    yield from (text for text, _ in found.amounts.values())
    for texts in found.lists.values():
        yield from texts
    for group in found.groups.values():
        for inside in group:
            yield from _texts(inside)


def _plan(found: Found, kept: dict[int, int]) -> _Plan:
    """Return the plan of what was found in an entry whose texts are the numbers of their places."""
    groups = [kept[int(text)] for text in found.texts.values()]
    return _Plan(
        tuple(found.texts),
        itemgetter(*groups) if len(groups) > 1 else lambda texts: tuple(texts[group] for group in groups),
        tuple((name, kept[int(text)], currency) for name, (text, currency) in found.amounts.items()),
        tuple((name, tuple(kept[int(text)] for text in texts)) for name, texts in found.lists.items()),
        tuple((name, tuple(_plan(inside, kept) for inside in group)) for name, group in found.groups.items()),
    )


def _fill(plan: _Plan, texts: tuple[str, ...]) -> Found:
    names, pick, amounts, lists, groups = plan
    found = Found(dict(zip(names, pick(texts), strict=True)))
    # Loops, because a comprehension is a call, and this is the hot path.
    for name, group, currency in amounts:
        found.amounts[name] = (texts[group], currency)
    for name, chosen in lists:
        found.lists[name] = [texts[group] for group in chosen]
    for name, plans in groups:
        found.groups[name] = [_fill(inside, texts) for inside in plans]
    return found
