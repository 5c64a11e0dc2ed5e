"""The lines of a remittance advice as items of ours: which number means which, and which are nobody's."""

from typing import NamedTuple

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.tokens import Grade
from gateway.domain.matching.words import find_words
from schemas.advice import Advice, AdviceLine
from schemas.references import reference_key


class Part(NamedTuple):
    """What an advice says of one item, its lines added up. Amounts signed as the item."""

    slot: int
    paid_minor: int
    discount_minor: int
    deducted_minor: int


class Listed(NamedTuple):
    """What an advice says of our items. ``total_minor`` is what its lines pay together, the unknown ones too."""

    parts: tuple[Part, ...]
    unknown: tuple[AdviceLine, ...]
    total_minor: int
    looks_like_ours: bool  # A number that is nobody's is made like ours.


def listed_of(advice: Advice, evidence: Evidence) -> Listed:
    """Find the items of an advice. Short forms count where they meet the customer of the others and the amount fits."""
    index = evidence.index
    sure = [_named_whole(line, index) for line in advice.lines]
    families = {index.families[slot] for slot in sure if slot is not None}
    families |= {index.payers.family(one) for one in evidence.known_payers}
    slots = [
        _named_short(line, index, families, advice.currency) if slot is None else slot
        for line, slot in zip(advice.lines, sure, strict=True)
    ]
    parts: dict[int, Part] = {}
    for line, slot in zip(advice.lines, slots, strict=True):
        if slot is not None:
            parts[slot] = _added(parts.get(slot, Part(slot, 0, 0, 0)), line, index)
    unknown = tuple([line for line, slot in zip(advice.lines, slots, strict=True) if slot is None])
    total = sum(part.paid_minor for part in parts.values()) + sum(line.paid_minor for line in unknown)
    return Listed(tuple(parts.values()), unknown, total, any(_looks_like_ours(line, index) for line in unknown))


def _added(part: Part, line: AdviceLine, index: ItemIndex) -> Part:
    """Add a line; what is paid of a credit note is taken off, however it was written."""
    is_ours = index.items[part.slot].amount_minor < 0 < line.paid_minor
    sign = -1 if is_ours else 1
    return Part(
        part.slot,
        part.paid_minor + sign * line.paid_minor,
        part.discount_minor + sign * line.discount_minor,
        part.deducted_minor + sign * line.deducted_minor,
    )


def _named_whole(line: AdviceLine, index: ItemIndex) -> int | None:
    by_reference = index.with_reference(reference_key(line.written))
    if len(by_reference) == 1:
        return by_reference[0]
    words = [word for word in find_words(line.written, index.numbers) if word.grade is Grade.WHOLE]
    slots = {slot for word in words for reading in word.readings if len(reading) == 1 for slot in reading}
    if len(slots) > 1:  # Numbers may be used again, for another customer or year: the open one is meant.
        slots = {slot for slot in slots if index.open[slot]}
    return slots.pop() if len(slots) == 1 else None


def _named_short(line: AdviceLine, index: ItemIndex, families: set[int], currency: str) -> int | None:
    words = [word for word in find_words(line.written, index.numbers) if word.grade >= Grade.LOW]
    settled = line.paid_minor + line.discount_minor + line.deducted_minor
    slots = {
        slot
        for word in words
        for reading in word.readings
        if len(reading) == 1
        for slot in reading
        if index.families[slot] in families
        and index.items[slot].currency == currency
        and abs(index.open[slot]) == abs(settled)
    }
    return slots.pop() if len(slots) == 1 else None


def _looks_like_ours(line: AdviceLine, index: ItemIndex) -> bool:
    return bool(find_words(line.written, index.numbers))
