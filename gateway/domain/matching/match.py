"""A whole statement: the decisions of all its credits, together."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import groupby

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.decide import decide
from gateway.domain.matching.model import Ask, Book, Credit, Decision, Policy, Rule
from schemas.states import ReviewReason


def match_statement(credits_: Iterable[Credit], index: ItemIndex, policy: Policy) -> list[Decision]:
    """Return the decisions in the order of the credits, and take each over into the index.

    The order in which credits are given does not matter: of two that compete for one item the one booked first by the
    bank (date, then its own reference) comes first, and the other one sees what it left. Within a day those that name
    items come before those that only an account explains. A credit that found several explanations is looked at again
    at the end, when the others have taken theirs.
    """
    given = list(credits_)
    in_order = sorted(range(len(given)), key=lambda place: _rank(given[place]))
    decisions: list[Decision] = [Ask(ReviewReason.NO_KNOWN_REFERENCE, ())] * len(given)
    for _, day in groupby(in_order, key=lambda place: given[place].booking_date):
        _match_day(list(day), given, decisions, index, policy)
    for place in in_order:
        first = decisions[place]
        if isinstance(first, Ask) and first.reason is ReviewReason.SEVERAL_EXPLANATIONS:
            index.undo(first, given[place])
            decisions[place] = decide(given[place], index, policy)
            index.apply(decisions[place], given[place])
    return decisions


def _match_day(
    day: Sequence[int], given: Sequence[Credit], decisions: list[Decision], index: ItemIndex, policy: Policy
) -> None:
    silent: list[int] = []
    for place in day:
        decision = decisions[place] = decide(given[place], index, policy)
        if isinstance(decision, Book) and decision.rule is Rule.CONFIRMED_PAYER:
            silent.append(place)
        else:
            index.apply(decision, given[place])
    if not silent:
        return
    held = frozenset(silent)
    moved = {family for place in day if place not in held for family in _families(decisions[place], index)}
    for place in silent:
        if not moved.isdisjoint(_families(decisions[place], index)):
            decisions[place] = decide(given[place], index, policy)
        index.apply(decisions[place], given[place])
        moved.update(_families(decisions[place], index))


def _families(decision: Decision, index: ItemIndex) -> set[int]:
    """Return the families whose items a decision moves."""
    if not isinstance(decision, Book):
        return set()
    slots = [index.slot_of(line.item_id) for line in decision.explanation.lines]
    return {index.families[slot] for slot in slots if slot is not None}


def _rank(credit: Credit) -> tuple[dt.date, tuple[str, str, int, int], int]:
    return credit.booking_date, credit.order, credit.id
