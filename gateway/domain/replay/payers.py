"""Whose account was known to pay for whom, from the start of a replay on.

What people's decisions taught is counted back; what customers' records, mandates and people said holds from the moment
at which it was noted until it was forgotten.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from gateway.domain.matching.model import KnownIban
from gateway.domain.party import PayerFact, known_ibans
from gateway.domain.replay.past import Past, PastPayer
from gateway.domain.replay.steps import Learned, Step
from schemas.states import IbanSource

_Key: TypeAlias = tuple[str, int, IbanSource]


class _Turn(NamedTuple):
    """So many decisions more or fewer at a moment, or (``is_known``) a fact that holds, or does not, from then on."""

    at: dt.datetime
    key: int
    fact: PayerFact
    decisions: int = 0
    is_known: bool | None = None


class PayersThen(NamedTuple):
    """What was known at the start, and what was learned and forgotten since."""

    known: list[KnownIban]
    steps: list[Step]


def payers_then(past: Past) -> PayersThen:
    """Return whose accounts were known when the period began, and the steps from there."""
    taught: dict[_Key, list[_Turn]] = defaultdict(list)
    for turn in _taught(past):
        taught[turn.fact.iban, turn.fact.customer_id, IbanSource.DECISION].append(turn)
    facts: dict[_Key, PayerFact] = {}
    turns: list[_Turn] = []
    for payer in past.payers:
        key = (payer.fact.iban, payer.fact.customer_id, payer.fact.source)
        at_start, later = _back(payer, taught.get(key, []), past.begin)
        turns += later
        if at_start is not None:
            facts[key] = at_start
    return PayersThen(known_ibans(facts.values()), _steps(facts, sorted(turns, key=lambda turn: turn[:2])))


def _taught(past: Past) -> Iterator[_Turn]:
    """Yield what decisions of people taught since the start, and what taking them back did."""
    customers = {one.item.id: one.item.customer_id for one in past.items}
    of_decision: dict[int, set[int]] = defaultdict(set)
    for move in past.moves:
        if move.decision_id is not None and move.item_id in customers:
            of_decision[move.decision_id].add(customers[move.item_id])
    for one in past.taught:
        known = of_decision.get(one.id, set())
        if one.iban is None or len(known) != 1:
            continue
        fact = PayerFact(one.iban, next(iter(known)), IbanSource.DECISION, 0)
        if one.recorded_at >= past.begin:
            yield _Turn(one.recorded_at, one.id, fact, 1)
        if one.undone_at is not None and one.undone_at >= past.begin:
            yield _Turn(one.undone_at, one.id, fact, -1)


def _back(payer: PastPayer, taught: list[_Turn], begin: dt.datetime) -> tuple[PayerFact | None, list[_Turn]]:
    """Return a fact as it was at the start, if it was known, and what became of it since."""
    fact, was_noted = payer.fact, payer.recorded_at < begin
    forgotten_at = payer.forgotten_at
    if forgotten_at is not None and forgotten_at < begin:
        return None, []
    end = [] if forgotten_at is None else [_Turn(forgotten_at, payer.key, fact, is_known=False)]
    if fact.source is not IbanSource.DECISION:
        come = [] if was_noted else [_Turn(payer.recorded_at, payer.key, fact, is_known=True)]
        return (fact if was_noted else None), come + end
    before = max(0, fact.decisions - sum(turn.decisions for turn in taught))
    if was_noted:
        return fact._replace(decisions=before), taught + end
    # What nobody's decision explains was said by a person when it was first noted.
    return None, [_Turn(payer.recorded_at, payer.key, fact, before), *taught, *end]


def _steps(start: Mapping[_Key, PayerFact], turns: list[_Turn]) -> list[Step]:
    """Return a step for each turn, with all that is known of its account then."""
    by_iban: dict[str, dict[_Key, PayerFact]] = defaultdict(dict)
    wanted = {turn.fact.iban for turn in turns}
    for key, fact in start.items():
        if key[0] in wanted:
            by_iban[key[0]][key] = fact
    return [Step(turn.at, turn.key, _turned(by_iban[turn.fact.iban], turn)) for turn in turns]


def _turned(facts: dict[_Key, PayerFact], turn: _Turn) -> Learned:
    fact = turn.fact
    key = (fact.iban, fact.customer_id, fact.source)
    if turn.is_known is False:
        facts.pop(key, None)
    elif turn.is_known:
        facts[key] = fact
    else:
        now = facts.get(key, fact._replace(decisions=0))
        facts[key] = now._replace(decisions=max(0, now.decisions + turn.decisions))
        if not facts[key].decisions:
            del facts[key]
    return Learned(fact.iban, tuple(known_ibans(facts.values())))
