"""What the text of a credit names: numbers of ours and structured references, but nothing inside an account.

A reference with wrong check digits is kept as a word that nobody has: weak evidence, or a hint at something else.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.tokens import Grade, Source, Word, has_digit, tokenize
from gateway.domain.matching.words import find_words
from schemas.identifiers import find_ibans
from schemas.references import FoundReference, find_near_references, find_references, may_hold_reference

Span = tuple[int, int]


def text_words(text: str, index: ItemIndex) -> list[Word]:
    """Return the words of a text that are, or look like, numbers or references of ours, in their order."""
    if not has_digit(text):
        return []
    words = find_words(text, index.numbers)
    if words and (accounts := find_ibans(text)):
        words = _outside(words, [_tokens_of(text, start, end) for start, end in accounts])
    if not may_hold_reference(text):
        return words
    references = find_references(text)
    if references:
        return _with_references(text, words, references, index)
    if index.has_references and not any(word.grade is Grade.WHOLE for word in words):
        return _with_near(text, words, index)
    return words


def _with_references(
    text: str, words: list[Word], references: Iterable[FoundReference], index: ItemIndex
) -> list[Word]:
    """Let a structured reference take the place of the digits in it."""
    found: list[Word] = []
    for reference in references:
        readings = tuple((slot,) for slot in index.with_reference(reference.key))
        if readings or index.has_references:
            found += _word_of(text, reference, Grade.WHOLE if readings else Grade.UNKNOWN, readings)
    taken = [word for word in found if word.readings]
    # Of several readings of one reference the one that an item has is meant.
    unknown = [word for word in found if not word.readings and not any(one.first == word.first for one in taken)]
    return sorted(_outside(words, [(one.first, one.last) for one in taken]) + taken + unknown[:1])


def _with_near(text: str, words: list[Word], index: ItemIndex) -> list[Word]:
    """Add a reference with wrong check digits that is as long as ours, or but for one sign."""
    lengths = index.reference_lengths
    near = [one for one in find_near_references(text) if len(one.key) in lengths]
    if not near:
        return words
    found = [word for one in near[-1:] for word in _word_of(text, one, Grade.UNKNOWN, ())]
    return sorted(_outside(words, [(one.first, one.last) for one in found]) + found)


def _word_of(
    text: str, reference: FoundReference, grade: Grade, readings: tuple[tuple[int, ...], ...]
) -> Iterator[Word]:
    first, last = _tokens_of(text, reference.start, reference.end)
    if first <= last:
        yield Word(first, last, reference.key, grade, readings, Source.REFERENCE)


def _tokens_of(text: str, start: int, end: int) -> Span:
    """Return the first and last token that ends within text[start:end]; they cross where there is none."""
    ends = list(accumulate(len(gap) + len(run) for gap, run in tokenize(text)))
    inside = [place for place, place_end in enumerate(ends) if start < place_end <= end]
    return (inside[0], inside[-1]) if inside else (0, -1)


def _outside(words: Iterable[Word], spans: Iterable[Span]) -> list[Word]:
    taken = list(spans)
    return [word for word in words if not any(first <= word.first and word.last <= last for first, last in taken)]
