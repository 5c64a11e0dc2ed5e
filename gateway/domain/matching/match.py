"""A whole statement: the decisions of all its credits, together."""

import datetime as dt
from collections.abc import Iterable

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.decide import decide
from gateway.domain.matching.model import Ask, Credit, Decision, Policy
from schemas.states import ReviewReason


def match_statement(credits_: Iterable[Credit], index: ItemIndex, policy: Policy) -> list[Decision]:
    """Return the decisions in the order of the credits, and take each over into the index.

    The order in which credits are given does not matter: of two that compete for one item the one booked first by the
    bank (date, then its own reference) comes first, and the other one sees what it left. A credit that found several
    explanations is looked at again at the end, when the others have taken theirs.
    """
    given = list(credits_)
    in_order = sorted(range(len(given)), key=lambda place: _rank(given[place]))
    decisions: list[Decision] = [Ask(ReviewReason.NO_KNOWN_REFERENCE, ())] * len(given)
    for place in in_order:
        decisions[place] = decide(given[place], index, policy)
        index.apply(decisions[place], given[place])
    for place in in_order:
        first = decisions[place]
        if isinstance(first, Ask) and first.reason is ReviewReason.SEVERAL_EXPLANATIONS:
            index.undo(first, given[place])
            decisions[place] = decide(given[place], index, policy)
            index.apply(decisions[place], given[place])
    return decisions


def _rank(credit: Credit) -> tuple[dt.date, tuple[str, str, int, int], int]:
    return credit.booking_date, credit.order, credit.id
