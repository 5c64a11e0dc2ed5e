"""A whole statement: the decisions of all its credits, together."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import chain

from gateway.domain.matching.candidates import ItemIndex, payer_key
from gateway.domain.matching.decide import decide
from gateway.domain.matching.model import BY_PAYER, Ask, Book, Credit, Decision, Line, Policy, Rule
from schemas.states import ReviewReason

# Bound here because looking up a member of an enum costs as much as a call, and this runs for every credit.
_EXACT_REFERENCE = Rule.EXACT_REFERENCE
_NO_KNOWN_REFERENCE, _SEVERAL_EXPLANATIONS = ReviewReason.NO_KNOWN_REFERENCE, ReviewReason.SEVERAL_EXPLANATIONS


def match_statement(credits_: Iterable[Credit], index: ItemIndex, policy: Policy) -> list[Decision]:
    """Return the decisions in the order of the credits, and take each over into the index.

    The order in which credits are given does not matter: of two that compete for one item the one booked first by the
    bank (date, then its own reference) comes first, and the other one sees what it left. Within a day those that name
    items come before those that only an account explains, unless one payer pays the same items twice. A credit that
    found several explanations is looked at again at the end, when the others have taken theirs.
    """
    given = list(credits_)
    days = _days(given)
    decisions: list[Decision] = [Ask(_NO_KNOWN_REFERENCE, ())] * len(given)
    for day in days:
        _match_day(day, given, decisions, index, policy)
    for place in [place for day in days for place in day if _is_torn(decisions[place])]:
        index.undo(decisions[place], given[place])
        decisions[place] = decide(given[place], index, policy)
        index.apply(decisions[place], given[place])
    return decisions


def _is_torn(decision: Decision) -> bool:
    return isinstance(decision, Ask) and decision.reason is _SEVERAL_EXPLANATIONS


def _days(given: Sequence[Credit]) -> list[list[int]]:
    """Return the places of the credits of each day, in the order in which the bank booked them."""
    days: dict[dt.date, list[int]] = {}
    ids = [credit.id for credit in given]
    for place in sorted(range(len(given)), key=ids.__getitem__):
        days.setdefault(given[place].booking_date, []).append(place)
    orders = [credit.order for credit in given]
    return [sorted(days[day], key=orders.__getitem__) for day in sorted(days)]


def _silent_twin(
    place: int, equal: Iterable[int], given: Sequence[Credit], decisions: Sequence[Decision]
) -> int | None:
    """Return, of payments of one amount that name nothing, one of the same payer for the same items as this one.

    An invoice was paid twice: the first pays it, the second is asked about.
    """
    decision, payer = decisions[place], payer_key(given[place])
    for other in equal:
        lines = _lines(decisions[other])
        if lines and lines == _lines(decision) and payer_key(given[other]) == payer:
            return other
    return None


def _lines(decision: Decision) -> tuple[Line, ...]:
    return decision.explanation.lines if isinstance(decision, Book) else ()


def _match_day(
    day: Sequence[int], given: Sequence[Credit], decisions: list[Decision], index: ItemIndex, policy: Policy
) -> None:
    silent: dict[int, list[int]] = {}  # Their places, by amount.
    index.begin_day()
    for place in day:
        decision = decisions[place] = decide(given[place], index, policy)
        if isinstance(decision, Book) and decision.rule is not _EXACT_REFERENCE and decision.rule in BY_PAYER:
            silent.setdefault(given[place].amount_minor, []).append(place)
            continue
        equal = silent.get(given[place].amount_minor)
        twin = _silent_twin(place, equal, given, decisions) if equal else None
        if equal and twin is not None:
            equal.remove(twin)
            index.apply(decisions[twin], given[twin])
            decision = decisions[place] = decide(given[place], index, policy)
        index.apply(decision, given[place])
    left = frozenset(chain(*silent.values()))
    for place in day if left else ():
        if place not in left:
            continue
        if index.has_moved(decisions[place]):
            decisions[place] = decide(given[place], index, policy)
        index.apply(decisions[place], given[place])
