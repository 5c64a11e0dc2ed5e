"""The rules of one statement: may it be stored, is it known already, or must a person look first.

A statement (camt.053, MT940) must add up and follow from its neighbours without overlap. A gap never holds it. An
intraday report or a notification is never held for its sums: it decides nothing.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from schemas.money import amount_text
from schemas.statement import StatementKind
from schemas.states import HoldReason


class StatementFacts(NamedTuple):
    """What is known of one statement, pages joined. Dates are never empty here: without any, the entries give them."""

    kind: StatementKind
    currency: str
    number: str | None
    from_date: dt.date | None
    to_date: dt.date | None
    opening_minor: int | None
    closing_minor: int | None
    booked_sum_minor: int
    entry_count: int
    is_complete: bool = True
    other_currencies: tuple[str, ...] = ()  # Of entries that are not in the currency of the account.


class Neighbour(NamedTuple):
    """An imported statement of the same account."""

    id: int
    facts: StatementFacts


class KnownEntries(NamedTuple):
    """How the entries of the statement compare with those that are stored for its account."""

    known_count: int = 0  # Entries stored already from a statement.
    are_amounts_known: bool = True  # For each entry one of its amount is stored.
    conflicts: tuple[str, ...] = ()  # Sentences: a known reference with other content.


class Store(NamedTuple):
    """Store the statement with its entries."""


class Known(NamedTuple):
    """It is stored already, perhaps in another format; nothing is new."""

    same_as_id: int | None


class Hold(NamedTuple):
    """A person decides first."""

    reason: HoldReason
    detail: str


Admission = Store | Known | Hold


def admit(
    facts: StatementFacts, *, has_account: bool, neighbours: Sequence[Neighbour], entries: KnownEntries
) -> Admission:
    """Decide what becomes of a statement (design section 6, INV-4 and INV-6 to INV-10)."""
    if not has_account:
        return Hold(HoldReason.UNKNOWN_ACCOUNT, "none of our bank accounts is written like this")
    if facts.kind is not StatementKind.STATEMENT:
        return Store()
    if not facts.is_complete:
        return Hold(HoldReason.MISSING_PAGE, "not all pages of this statement are here yet")
    return _hold_for_entries(facts, neighbours, entries) or _hold_for_sum(facts) or _place(facts, neighbours, entries)


def _hold_for_entries(
    facts: StatementFacts, neighbours: Sequence[Neighbour], entries: KnownEntries
) -> Hold | Known | None:
    if entries.conflicts:
        return Hold(HoldReason.CONFLICT, "; ".join(entries.conflicts))
    alike = [other for other in neighbours if is_same(facts, other.facts)]
    same = next((other for other in alike if not have_different_numbers(facts.number, other.facts.number)), None)
    if alike and not same and entries.known_count < facts.entry_count:
        return Hold(
            HoldReason.OVERLAP,
            f"it has the day and the balances of statement {alike[0].facts.number}, but other entries; "
            "whoever takes it adds what is not stored yet",
        )
    same = same or next(iter(alike), None)
    if same and not entries.are_amounts_known:
        number = same.facts.number or same.facts.to_date
        return Hold(HoldReason.CONFLICT, f"it has the balances of statement {number}, but entries of other amounts")
    return Known(same.id) if same else None


def _hold_for_sum(facts: StatementFacts) -> Hold | None:
    if facts.other_currencies:
        others = ", ".join(facts.other_currencies)
        return Hold(HoldReason.UNBALANCED, f"it has entries in {others} on an account in {facts.currency}")
    if facts.opening_minor is None or facts.closing_minor is None:
        which = "opening" if facts.opening_minor is None else "closing"
        return Hold(HoldReason.UNBALANCED, f"it has no {which} balance, so its entries cannot be checked")
    reached = facts.opening_minor + facts.booked_sum_minor
    if reached == facts.closing_minor:
        return None
    said = amount_text(facts.closing_minor, facts.currency)
    return Hold(
        HoldReason.UNBALANCED,
        f"opening {amount_text(facts.opening_minor, facts.currency)} plus entries "
        f"{amount_text(facts.booked_sum_minor, facts.currency)} is {amount_text(reached, facts.currency)}, "
        f"the bank says {said}",
    )


def _place(facts: StatementFacts, neighbours: Sequence[Neighbour], entries: KnownEntries) -> Admission:
    overlapping = [other for other in neighbours if overlaps(facts, other.facts)]
    if overlapping and facts.entry_count and entries.known_count == facts.entry_count:
        return Known(None)
    if overlapping:
        number = overlapping[0].facts.number or overlapping[0].facts.to_date
        return Hold(HoldReason.OVERLAP, f"its days overlap with statement {number}, which is imported")
    if entries.known_count and not any(follows(facts, other.facts) for other in neighbours):
        return Hold(HoldReason.OVERLAP, f"{entries.known_count} of its entries are stored from another statement")
    return Store()


def is_same(one: StatementFacts, other: StatementFacts) -> bool:
    """Tell whether two readings, perhaps of two formats, are the same statement: same end, balances and sum."""
    return (
        one.to_date == other.to_date
        and one.opening_minor == other.opening_minor
        and one.closing_minor == other.closing_minor
        and one.booked_sum_minor == other.booked_sum_minor
        and one.currency == other.currency
        and None not in (one.opening_minor, one.closing_minor)
    )


def have_different_numbers(one: str | None, other: str | None) -> bool:
    """Tell whether two statements are numbered, and differently: an account that is emptied each evening has the same
    balances all day.

    One bank writes a statement as 2026041 in one format and as 00041 in the other, so the end of the longer counts.
    """
    if not one or not other:
        return False
    short, long = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
    return not long.endswith(short)


def follows(one: StatementFacts, other: StatementFacts) -> bool:
    """Tell whether one statement begins where the other ends, or ends where it begins."""
    if None in (one.to_date, other.to_date):
        return False
    after = one.opening_minor == other.closing_minor and one.to_date >= other.to_date  # type: ignore[operator]
    before = one.closing_minor == other.opening_minor and one.to_date <= other.to_date  # type: ignore[operator]
    return after or before


def overlaps(one: StatementFacts, other: StatementFacts) -> bool:
    """Tell whether two statements claim the same days without following from each other.

    MT940 dates a statement from the day of the balance before it, so meeting on one day is no overlap, unless both
    begin with the same balance.
    """
    start, end, other_start, other_end = one.from_date, one.to_date, other.from_date, other.to_date
    if start is None or end is None or other_start is None or other_end is None or follows(one, other):
        return False
    if start > other_end or end < other_start:
        return False
    if start == other_end < end or end == other_start < other_end:
        return one.opening_minor == other.opening_minor
    return True


def gap_before(facts: StatementFacts, previous: StatementFacts | None) -> int | None:
    """Return the amount (minor units) that is missing between two statements in a row, or None if they meet."""
    if previous is None or facts.opening_minor is None or previous.closing_minor is None:
        return None
    difference = facts.opening_minor - previous.closing_minor
    return difference or None
