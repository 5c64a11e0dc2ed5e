"""Where in a text something was recognized, so that a page can mark it."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.model import Credit
from gateway.domain.matching.tokens import Grade, Source, Tokens, Word, as_digits, tokenize
from gateway.domain.matching.words import find_misread


class MarkKind(StrEnum):
    """What a marked word is."""

    NUMBER = "number"  # An item's number, or an order, written whole.
    SHORT_FORM = "short_form"
    REFERENCE = "reference"  # A structured reference with right check digits.
    CUSTOMER_NUMBER = "customer_number"
    MISREAD = "misread"  # A number once O is read as 0, I as 1.
    UNKNOWN = "unknown"  # Looks like a number of ours, and no item has it.


class Mark(NamedTuple):
    """A recognized word: text[start:end]."""

    start: int
    end: int
    what: MarkKind


def marks(credit: Credit, index: ItemIndex) -> tuple[Mark, ...]:
    """Return what was recognized in a credit's text, in the order of the text, without overlaps."""
    evidence, text = Evidence(credit, index), credit.text
    tokens = tokenize(text)
    found = [_mark(tokens, word.first, word.last, _kind(word)) for word in evidence.words if _is_shown(word, evidence)]
    found += [_mark(tokens, one.first, one.last, MarkKind.CUSTOMER_NUMBER) for one in evidence.customer_numbers]
    corrected = tokenize(as_digits(text))
    found += [_mark(corrected, word.first, word.last, MarkKind.MISREAD) for word in find_misread(text, index.numbers)]
    return tuple(_without_overlaps(sorted(found, key=lambda mark: (_RANKS.index(mark.what), mark.start))))


_RANKS = (
    MarkKind.REFERENCE,
    MarkKind.NUMBER,
    MarkKind.CUSTOMER_NUMBER,
    MarkKind.MISREAD,
    MarkKind.SHORT_FORM,
    MarkKind.UNKNOWN,
)


def _is_shown(word: Word, evidence: Evidence) -> bool:
    """A short form of few digits is shown only where it may mean an item of a customer who is pointed at."""
    if word.first < 0 or word.grade is not Grade.LOW:
        return word.first >= 0
    families = {evidence.index.payers.family(customer_id) for customer_id in evidence.pointed_at}
    return any(evidence.index.families[slot] in families for slots in word.readings for slot in slots)


def _kind(word: Word) -> MarkKind:
    if word.grade is Grade.UNKNOWN:
        return MarkKind.UNKNOWN
    if word.source is Source.REFERENCE:
        return MarkKind.REFERENCE
    return MarkKind.NUMBER if word.grade is Grade.WHOLE else MarkKind.SHORT_FORM


def _mark(tokens: Tokens, first: int, last: int, what: MarkKind) -> Mark:
    ends = list(accumulate(len(gap) + len(run) for gap, run in tokens))
    return Mark(ends[first] - len(tokens[first][1]), ends[last], what)


def _without_overlaps(ranked: Iterable[Mark]) -> Iterator[Mark]:
    kept: list[Mark] = []
    for mark in ranked:
        if all(mark.end <= one.start or one.end <= mark.start for one in kept):
            kept.append(mark)
    yield from sorted(kept)
