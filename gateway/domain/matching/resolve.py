"""Which items the words of a credit mean together.

A whole number must be part of the answer. A short form counts where it meets the customer that something else points
at, or where its item fits the amount exactly. Where words have several readings, the amount decides, if only one
choice fits.
"""

from collections.abc import Iterable
from itertools import product
from math import prod
from typing import NamedTuple

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.explain import Fit, fit
from gateway.domain.matching.model import Policy
from gateway.domain.matching.tokens import Grade, Slots, Word

_CHOICES_MAX = 256
_FITS_MAX = 2  # Two that fit are as good as many.


class Named(NamedTuple):
    """What the words say. Slots are sorted; a set counts once however many words name it."""

    fits: tuple[Fit, ...] = ()  # Sets that explain the amount.
    sure: Slots = ()  # All that the words name, where each has one reading.
    guess: Slots = ()  # The same with the first readings.
    settled: Slots = ()  # Named, and settled before.
    unknown: tuple[Word, ...] = ()  # Looks like a number of ours.
    short: Slots = ()  # Short forms that meet a customer who is pointed at.
    is_cut: bool = False  # More readings than can be tried.


_NOTHING = Named()


class _Pointers(NamedTuple):
    must: list[tuple[Slots, ...]]
    may: list[tuple[Slots, ...]]
    short: list[tuple[Slots, ...]]  # Those of ``may`` that have digits enough to mean something.
    settled: set[int]
    unknown: list[Word]


def resolve(evidence: Evidence, policy: Policy) -> Named:
    """Read the words of a credit: what they name, and which of it explains the amount."""
    if not evidence.words:
        return _NOTHING
    only = _only(evidence)
    if only:
        found = fit(only, evidence.credit, evidence.index, policy)
        return Named((found,) if found else (), only, only)
    pointers = _sort(evidence)
    must, may = pointers.must, pointers.may
    named = must or pointers.short
    guess = _union(readings[0] for readings in named)
    sure = guess if all(len(readings) == 1 for readings in named) else ()
    rest = (tuple(sorted(pointers.settled)), tuple(pointers.unknown))
    if prod(map(len, must)) * prod(len(readings) + 1 for readings in may) > _CHOICES_MAX:
        return Named((), sure, guess, *rest, is_cut=True)
    fits = _fitting(product(*must, *[(*readings, ()) for readings in may]), evidence, policy)
    return Named(fits, sure, guess, *rest, _union(slots for readings in pointers.short for slots in readings))


def _only(evidence: Evidence) -> Slots:
    """Return the one open item that all words name, written in full: most credits say no more."""
    first = evidence.words[0]
    for word in evidence.words:
        if word.grade is not Grade.WHOLE or word.readings != first.readings:
            return ()
    slots = first.readings[0]
    is_open = len(first.readings) == 1 and all(evidence.index.open[slot] for slot in slots)
    return slots if is_open else ()


def _fitting(choices: Iterable[tuple[Slots, ...]], evidence: Evidence, policy: Policy) -> tuple[Fit, ...]:
    fits: dict[Slots, Fit] = {}
    for choice in choices:
        slots = _union(choice)
        found = fit(slots, evidence.credit, evidence.index, policy) if slots and slots not in fits else None
        if found:
            fits[slots] = found
            if len(fits) == _FITS_MAX:
                break
    return tuple(fits.values())


def weakest(words: Iterable[Word], slots: Slots) -> Grade:
    """Return how sure it is that the words name these items: the grade of the item named worst."""
    best = dict.fromkeys(slots, Grade.UNKNOWN)
    for word in words:
        for reading in word.readings:
            for slot in reading:
                if slot in best:
                    best[slot] = max(best[slot], word.grade)
    return min(best.values(), default=Grade.UNKNOWN)


def _union(readings: Iterable[Slots]) -> Slots:
    return tuple(sorted({slot for slots in readings for slot in slots}))


def _sort(evidence: Evidence) -> _Pointers:
    index, pointers = evidence.index, _Pointers([], [], [], set(), [])
    for word in evidence.words:
        if word.grade <= Grade.MISREAD:
            pointers.unknown.append(word)
        elif word.grade is Grade.WHOLE:
            _add_must(pointers, word.readings, index)
    families = {index.families[slot] for readings in pointers.must for slots in readings for slot in slots}
    short = [word for word in evidence.words if Grade.LOW <= word.grade <= Grade.LINKED]
    for word in short:
        if word.grade is Grade.LINKED:
            _add_must(pointers, _within(word.readings, families, index), index)
        else:
            _add_may(pointers, word, families or _payer_families(evidence), evidence)
    return pointers


def _add_must(pointers: _Pointers, readings: tuple[Slots, ...], index: ItemIndex) -> None:
    still_open = tuple([slots for slots in [_open(slots, index) for slots in readings] if slots])
    if still_open:
        pointers.must.append(still_open)
    else:
        pointers.settled.update(slot for slots in readings for slot in slots)


def _add_may(pointers: _Pointers, word: Word, families: set[int], evidence: Evidence) -> None:
    index, amount = evidence.index, evidence.credit.amount_minor
    meeting = _within(word.readings, families, index)
    if not meeting and word.grade is Grade.TAIL:
        meeting = tuple([slots for slots in word.readings if index.open[slots[0]] == amount])
    if not meeting or evidence.is_customer_number(word):
        return
    still_open = tuple([slots for slots in meeting if index.open[slots[0]]])
    if not still_open:
        pointers.settled.update(slot for (slot,) in meeting if index.items[slot].amount_minor == amount)
        return
    pointers.may.append(still_open)
    if word.grade is Grade.TAIL and any(index.families[slot] in families for (slot,) in still_open):
        pointers.short.append(still_open)


def _within(readings: tuple[Slots, ...], families: set[int], index: ItemIndex) -> tuple[Slots, ...]:
    return tuple([slots for slots in readings if all(index.families[slot] in families for slot in slots)])


def _open(slots: Slots, index: ItemIndex) -> Slots:
    return tuple([slot for slot in slots if index.open[slot]])


def _payer_families(evidence: Evidence) -> set[int]:
    """Return the families that a short form may belong to: by account, else by name."""
    payers = evidence.index.payers
    known = [known.customer_id for known in evidence.known_ibans] or evidence.named
    return {payers.family(customer_id) for customer_id in known}
