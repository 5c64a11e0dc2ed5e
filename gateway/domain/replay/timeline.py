"""From what is stored to what happens in a replay: the items as they were at the start, and the steps from there.

Left out is what rules booked of the bank transactions that are decided again: that is what the replay finds anew.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from gateway.domain.matching.model import OpenItem, SettledItem
from gateway.domain.replay.past import Past, PastFlight, PastMove, PastQuestion, PastVersion
from gateway.domain.replay.steps import Advises, Came, InHand, Moved, Ruled, Said, Settles, Step, Withdrawn
from schemas.states import OpenItemKind

_BROUGHT = (OpenItemKind.INVOICE, OpenItemKind.CREDIT_NOTE)  # The others come of what is decided.


class Start(NamedTuple):
    """The items at the start: open ones and those to come (with nothing open yet), and those settled lately.

    ``to_come`` are the keys of those to come.
    """

    items: list[OpenItem]
    settled: list[SettledItem]
    to_come: list[int]


class Standing(NamedTuple):
    """What rules and people booked of each bank transaction, and what of it was taken back as wrong.

    ``set_aside`` by a rule, and asked about since, were some.
    """

    by_rule: Mapping[int, Settles]
    by_people: Mapping[int, Settles]
    wrong: Mapping[int, frozenset[Settles]]
    set_aside: frozenset[int]


def start_of(past: Past) -> Start:
    """Return the items as they were when the period began."""
    settled_since = _sums(past.moves)
    first = _first_versions(past)
    flying = {one.item_id: one.collection_date for one in past.flights if _is_flying(one, past.begin)}
    start = Start([], [], [])
    for one in past.items:
        item, version = one.item, first.get(one.item.id)
        amount = version.amount_minor if version else item.amount_minor
        # What was settled then is settled now, less what moved since.
        open_minor = amount - (item.amount_minor - item.open_minor) + settled_since.get(item.id, 0)
        was_there = one.created_at < past.begin
        then = item._replace(
            amount_minor=amount,
            open_minor=open_minor if was_there else 0,
            disputed_minor=version.disputed_minor if version else item.disputed_minor,
            in_flight_date=flying.get(item.id),
        )
        if was_there and not open_minor and one.settled_date is not None:
            start.settled.append(SettledItem(then, one.settled_date))
        else:
            start.items.append(then)
        if not was_there:
            start.to_come.append(item.id)
    return start


def _sums(moves: list[PastMove]) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for move in moves:
        sums[move.item_id] += move.minor
    return sums


def _first_versions(past: Past) -> dict[int, PastVersion]:
    """Return what each item that changed said when the period began, or first, if it came later."""
    first: dict[int, PastVersion] = {}
    for version in past.versions:
        if version.at < past.begin or version.item_id not in first:
            first[version.item_id] = version
    return first


def _is_flying(flight: PastFlight, moment: dt.datetime) -> bool:
    before = [is_asking for at, _, is_asking in flight.moves if at < moment]
    return bool(before) and before[-1]


def standing_of(past: Past) -> Standing:
    """Return what stands of the decisions on the bank transactions of the period."""
    lines: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for move in past.moves:
        if move.decision_id is not None and not move.is_reversal:
            lines[move.decision_id][move.item_id] += move.minor
    settles = {key: tuple(sorted(of.items())) for key, of in lines.items()}
    people: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    by_rule: dict[int, Settles] = {}
    wrong: dict[int, set[Settles]] = defaultdict(set)
    for one in past.decisions:
        if one.was_wrong:
            wrong[one.bank_transaction_id].add(settles.get(one.id, ()))
        if one.is_by_rule:
            by_rule.setdefault(one.bank_transaction_id, settles.get(one.id, ()))
        elif one.undone_at is None:
            of_people = people[one.bank_transaction_id]
            for item_id, minor in settles.get(one.id, ()):
                of_people[item_id] += minor
    return Standing(
        by_rule,
        {key: tuple(sorted(of.items())) for key, of in people.items()},
        {key: frozenset(of) for key, of in wrong.items()},
        frozenset(key for key, asked in past.questions.items() if key not in by_rule and _was_set_aside(asked)),
    )


def _was_set_aside(asked: Sequence[PastQuestion]) -> bool:
    """Return whether a rule set a bank transaction aside, before anybody was asked about it or since."""
    return asked[0].is_undone or any(one.set_aside_at and not one.is_by_person for one in asked)


def other_steps(past: Past) -> Iterator[Step]:
    """Yield what people did, and what else moved or changed items, policy and advices."""
    yield from chain(_people(past), _moves(past), _items(past), _flights(past), _others(past))


def _people(past: Past) -> Iterator[Step]:
    """Yield when people took bank transactions in hand; what they booked are moves of their own."""
    for one in past.decisions:
        if not one.is_by_rule:
            yield Step(one.recorded_at, one.id, InHand(one.bank_transaction_id))
    for question in chain.from_iterable(past.questions.values()):
        if question.is_undone:
            yield Step(question.asked_at, question.key, InHand(question.bank_transaction_id))
        if question.set_aside_at and question.is_by_person:
            yield Step(question.set_aside_at, question.key, InHand(question.bank_transaction_id))


def _moves(past: Past) -> Iterator[Step]:
    by_rule = {one.id: one.bank_transaction_id for one in past.decisions if one.is_by_rule}
    for move in past.moves:
        transaction_id = by_rule.get(move.decision_id) if move.decision_id is not None else None
        if transaction_id is None:
            yield Step(move.at, move.key, Moved(move.item_id, move.minor))
        elif move.is_reversal:
            yield Step(move.at, move.key, InHand(transaction_id))


def _items(past: Past) -> Iterator[Step]:
    """Yield items that came, changed or were cancelled."""
    first = _first_versions(past)
    for one in past.items:
        item = one.item
        if one.created_at >= past.begin:
            amount = first[item.id].amount_minor if item.id in first else item.amount_minor
            yield Step(one.created_at, item.id, Came(item.id, amount, is_made=item.kind not in _BROUGHT))
        if one.cancelled_at is not None and one.cancelled_at >= past.begin:
            yield Step(one.cancelled_at, item.id, Withdrawn(item.id, item.amount_minor))  # Whatever is open of it.
    for version in past.versions:
        if version.at >= past.begin and version is not first[version.item_id]:
            facts = {"amount_minor": version.amount_minor, "disputed_minor": version.disputed_minor}
            yield Step(version.at, version.key, Said(version.item_id, facts))


def _others(past: Past) -> Iterator[Step]:
    """Yield when the policy changed, and when advices came; those that came before wait for their looks."""
    for at, _ in past.policies:
        if at >= past.begin:
            yield Step(at, 0, Ruled())
    for one in past.advices:
        yield Step(one.at, one.advised.id, Advises(one.bank_transaction_id, one.advised))


def _flights(past: Past) -> Iterator[Step]:
    for flight in past.flights:
        for at, key, is_asking in flight.moves:
            if at >= past.begin:
                date = flight.collection_date if is_asking else None
                yield Step(at, key, Said(flight.item_id, {"in_flight_date": date}))
