"""What becomes of each entry of a statement when some are stored already: new, known, confirmed or divided.

The statement decides what is booked: it confirms what intraday reports and notifications announced. Details that
arrive later divide an entry that was booked as one sum.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.domain.bank_entry import EntryFacts, pair


class IncomingEntry(NamedTuple):
    """An entry of the statement: its position from 1, what identifies it, and whether it says who paid, or what for."""

    position: int
    facts: EntryFacts
    has_details: bool
    is_provisional: bool


class KnownEntry(NamedTuple):
    """A stored entry: a handle of the caller, what identifies it, whether it has details and whether it is booked."""

    handle: int
    facts: EntryFacts
    has_details: bool
    is_provisional: bool


class EntryPlan(NamedTuple):
    """Positions that are not stored again, handles that the statement confirms, entries that it divides (position →
    handle), and the numbers among equals of entries whose equals are stored (position → occurrence)."""

    known: frozenset[int]
    confirmed: tuple[int, ...]
    divided: dict[int, int]
    occurrences: dict[int, int]


NOTHING_KNOWN = EntryPlan(frozenset(), (), {}, {})


def plan_entries(
    incoming: Sequence[IncomingEntry], known: Sequence[KnownEntry], *, decides: bool, is_taken: bool
) -> EntryPlan:
    """Plan the entries of a statement.

    A statement that ``decides`` is compared with provisional entries only: what is booked from its neighbours is
    another booking. One that a person took in spite of an overlap, and a report, are compared with all.
    """
    candidates = [entry for entry in known if entry.is_provisional or is_taken or not decides]
    pairs = pair([entry.facts for entry in incoming], [entry.facts for entry in candidates])
    divided, confirmed = {}, []
    for place, other in pairs.items():
        entry, stored = incoming[place], candidates[other]
        if decides and stored.is_provisional and not entry.is_provisional:
            confirmed.append(stored.handle)
        if entry.has_details and not stored.has_details:
            divided[entry.position] = stored.handle
    paired = frozenset(incoming[place].position for place in pairs)
    return EntryPlan(paired - divided.keys(), tuple(confirmed), divided, _occurrences(incoming, known, paired))


def _occurrences(
    incoming: Sequence[IncomingEntry], known: Sequence[KnownEntry], paired: frozenset[int]
) -> dict[int, int]:
    last: dict[str, int] = {}
    for stored in known:
        last[stored.facts.entry_key] = max(last.get(stored.facts.entry_key, 0), stored.facts.occurrence)
    given: dict[int, int] = {}
    for entry in incoming:
        if entry.position not in paired and entry.facts.entry_key in last:
            last[entry.facts.entry_key] += 1
            given[entry.position] = last[entry.facts.entry_key]
    return given
