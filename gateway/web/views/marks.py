"""Which words of a bank's text were recognized, so that a page can mark them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

_RUNS = re.compile(r"[0-9]+|[^\W\d_]+")
_BETWEEN = r"[\W_]{0,3}"
_FACTS = ("written", "number")


class Part(NamedTuple):
    """A part of a text, and whether it was recognized."""

    text: str
    is_marked: bool


def recognized(facts: Iterable[Mapping[str, str | int]]) -> list[str]:
    """Return the words that the facts of some signs say were seen."""
    words = [str(fact[name]) for fact in facts for name in _FACTS if name in fact]
    return list(dict.fromkeys(words))


def split(text: str, words: Iterable[str]) -> list[Part]:
    """Return a text in parts; a word is found also with other separators, letter case or leading zeros."""
    patterns = [pattern for word in sorted(words, key=len, reverse=True) if (pattern := _pattern(word))]
    if not patterns:
        return [Part(text, False)]
    return [part for part in _parts(text, re.compile("|".join(patterns), re.IGNORECASE)) if part.text]


def _parts(text: str, wanted: re.Pattern[str]) -> Iterator[Part]:
    place = 0
    for match in wanted.finditer(text):
        yield Part(text[place : match.start()], False)
        yield Part(match[0], True)
        place = match.end()
    yield Part(text[place:], False)


def _pattern(word: str) -> str:
    runs = _RUNS.findall(word)
    if sum(map(len, runs)) < 2:
        return ""
    wanted = [f"0*{run.lstrip('0') or '0'}" if run.isdigit() else re.escape(run) for run in runs]
    return r"(?<![^\W_])" + _BETWEEN.join(wanted) + r"(?![^\W_])"
