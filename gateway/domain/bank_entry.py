"""The identity of a bank entry: how one booking is known again, whatever file brings it.

An entry is known by a fingerprint of what it says and by its number among equals, so two truly equal payments of
one day stay two. Between formats and channels, where texts differ, entries are paired by reference, then by what
else they share, never by amount alone.
"""

import datetime as dt
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from schemas.statement import BankEntry

_NOT_WORD = re.compile(r"[\W_]+")
_UNIT = "\x1f"  # Between the parts of a fingerprint.
NO_REFERENCES = frozenset({"", "NONREF", "NOTPROVIDED", "NOREF"})


class EntryFacts(NamedTuple):
    """One entry, for comparing: the key of its fingerprint, its place among equals, and what identifies it."""

    entry_key: str
    occurrence: int
    booking_date: dt.date
    amount_minor: int
    currency: str
    bank_reference: str | None
    end_to_end_id: str | None
    batch_reference: str | None
    text: str  # Folded: capital letters and digits.


def fold_text(text: str) -> str:
    """Return letters and digits in lower case: what is left of a text when a bank wraps it differently."""
    return _NOT_WORD.sub("", text).casefold()


def known_reference(text: str | None) -> str | None:
    """Return a bank's reference, or None where the text only says that there is none."""
    return None if text is None or text.strip().upper() in NO_REFERENCES else text.strip()


def fingerprint(entry: BankEntry, booking_date: dt.date | None) -> str:
    """Return the fingerprint of an entry: its booking date, and 24 hexadecimal digits over all that it says.

    The date comes first so that the keys of one day lie together in the database.
    """
    first = entry.transactions[0]
    parts = (
        str(entry.value_date),
        str(entry.amount_minor),
        entry.currency,
        known_reference(entry.reference) or "",
        first.end_to_end_id or "",
        first.mandate_reference or "",
        fold_text(first.creditor_reference or first.remittance or entry.text),
    )
    return f"{booking_date}-{hashlib.blake2b(_UNIT.join(parts).encode(), digest_size=12).hexdigest()}"


def pair(incoming: Sequence[EntryFacts], known: Sequence[EntryFacts]) -> dict[int, int]:
    """Pair incoming entries with known ones (positions), strongest sign first; nobody is paired twice."""
    pairs: dict[int, int] = {}
    for sign in _SIGNS:
        left = _by_sign(sign, enumerate(known), set(pairs.values()))
        for place, facts in enumerate(incoming):
            if place in pairs:
                continue
            waiting = left.get(sign(facts)) if sign(facts) is not None else None
            if waiting:
                pairs[place] = waiting.pop(0)
    return pairs


def _by_sign(
    sign: Callable[[EntryFacts], Hashable], known: Iterable[tuple[int, EntryFacts]], taken: set[int]
) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = defaultdict(list)
    for place, facts in known:
        if place not in taken and sign(facts) is not None:
            found[sign(facts)].append(place)
    return found


def _by_key(facts: EntryFacts) -> Hashable:
    return facts.entry_key, facts.occurrence


def _by_reference(facts: EntryFacts) -> Hashable:
    return (facts.bank_reference, facts.amount_minor, facts.currency) if facts.bank_reference else None


def _by_end_to_end_id(facts: EntryFacts) -> Hashable:
    return (
        (facts.end_to_end_id, facts.amount_minor, facts.currency, facts.booking_date) if facts.end_to_end_id else None
    )


def _by_batch(facts: EntryFacts) -> Hashable:
    return (facts.batch_reference, facts.amount_minor, facts.currency) if facts.batch_reference else None


def _by_text(facts: EntryFacts) -> Hashable:
    return (facts.text[:40], facts.amount_minor, facts.currency, facts.booking_date) if facts.text else None


_SIGNS = (_by_key, _by_reference, _by_end_to_end_id, _by_batch, _by_text)


def conflicts(incoming: Iterable[EntryFacts], known: Iterable[EntryFacts], *, compare_dates: bool) -> tuple[str, ...]:
    """Return a sentence for each reference that is known with other content (INV-9).

    A reference that stands more than once on one side identifies nothing at this bank and is left out.
    """
    before, after = _by_unique_reference(known), _by_unique_reference(incoming)
    found: list[str] = []
    for reference, facts in after.items():
        other = before.get(reference)
        if other is None:
            continue
        if other.amount_minor != facts.amount_minor or other.currency != facts.currency:
            found.append(
                f"reference {reference} is known with {other.amount_minor} {other.currency} (minor units), "
                f"here it has {facts.amount_minor} {facts.currency}"
            )
        elif compare_dates and other.booking_date != facts.booking_date:
            found.append(
                f"reference {reference} is known from {other.booking_date}, here it is of {facts.booking_date}"
            )
    return tuple(found[:20])


def _by_unique_reference(entries: Iterable[EntryFacts]) -> dict[str, EntryFacts]:
    groups: dict[str, list[EntryFacts]] = defaultdict(list)
    for facts in entries:
        if facts.bank_reference:
            groups[facts.bank_reference].append(facts)
    return {reference: group[0] for reference, group in groups.items() if len(group) == 1}
