"""Whose account was known to pay for whom, from the start of a replay on.

What people's decisions taught is counted from the first of them on; what customers' records, mandates and people said
holds from the moment at which it was noted until it was forgotten.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from gateway.domain.matching.model import KnownIban
from gateway.domain.party import PayerFact, known_ibans
from gateway.domain.replay.past import Past, PastPayer, PastTaught
from gateway.domain.replay.steps import Learned, Step
from schemas.states import IbanSource

_Key: TypeAlias = tuple[str, int]  # Account and customer.


class _Turn(NamedTuple):
    """From a moment on a fact of one source is this, or (None) not known."""

    at: dt.datetime
    key: int
    iban: str
    source: tuple[int, IbanSource]
    fact: PayerFact | None


class _Count(NamedTuple):
    """From a moment on so many decisions of people speak for an account."""

    at: dt.datetime
    key: int
    decisions: int


class PayersThen(NamedTuple):
    """What was known at the start, and what was learned and forgotten since."""

    known: list[KnownIban]
    steps: list[Step]


def payers_then(past: Past) -> PayersThen:
    """Return whose accounts were known when the period began, and the steps from there."""
    facts: dict[str, dict[tuple[int, IbanSource], PayerFact]] = defaultdict(dict)
    known: list[KnownIban] | None = None
    steps: list[Step] = []
    for turn in sorted(_turns(past), key=lambda turn: turn[:2]):
        if known is None and turn.at >= past.begin:
            known = _all_known(facts)
        if turn.fact is None:
            facts[turn.iban].pop(turn.source, None)
        else:
            facts[turn.iban][turn.source] = turn.fact
        if known is not None:
            now = tuple(known_ibans(facts[turn.iban].values()))
            steps.append(Step(turn.at, turn.key, Learned(turn.iban, now)))
    return PayersThen(_all_known(facts) if known is None else known, steps)


def _all_known(facts: Mapping[str, Mapping[tuple[int, IbanSource], PayerFact]]) -> list[KnownIban]:
    return known_ibans(fact for of_account in facts.values() for fact in of_account.values())


def _turns(past: Past) -> Iterator[_Turn]:
    counts = _counts(past.taught)
    for payer in past.payers:
        fact, source = payer.fact, (payer.fact.customer_id, payer.fact.source)
        if fact.source is IbanSource.DECISION:
            yield from _taught(payer, counts.get((fact.iban, fact.customer_id), []))
        else:
            yield _Turn(payer.recorded_at, payer.key, fact.iban, source, fact)
        if payer.forgotten_at is not None:
            yield _Turn(payer.forgotten_at, payer.key, fact.iban, source, None)


def _counts(taught: Iterable[PastTaught]) -> dict[_Key, list[_Count]]:
    """Return how many decisions spoke for each account, from each moment on; one that was wrong takes all away."""
    events: dict[_Key, list[tuple[dt.datetime, int, int]]] = defaultdict(list)  # When, key, and how many more.
    for one in taught:
        of_account = events[one.iban, one.customer_id]
        if not one.is_by_rule:
            of_account.append((one.recorded_at, one.key, 1))
        if one.undone_at is not None:
            of_account.append((one.undone_at, one.key, 0 if one.was_wrong else -1))
    counts: dict[_Key, list[_Count]] = {}
    for account, of_account in events.items():
        count, counts[account] = 0, []
        for at, key, more in sorted(of_account):
            count = max(0, count + more) if more else 0
            counts[account].append(_Count(at, key, count))
    return counts


def _taught(payer: PastPayer, counts: list[_Count]) -> Iterator[_Turn]:
    """Yield what was known of an account by decisions.

    What these do not explain was said by a person when the account was first noted.
    """
    fact, source = payer.fact, (payer.fact.customer_id, payer.fact.source)
    now = counts[-1].decisions if counts else 0
    said = max(0, fact.decisions - now)
    over = max(0, now - fact.decisions) if payer.forgotten_at is None else 0
    if said:
        yield _Turn(payer.recorded_at, payer.key, fact.iban, source, fact._replace(decisions=said))
    for count in counts:
        decisions = max(0, count.decisions + said - over)
        then = fact._replace(decisions=decisions) if decisions else None
        yield _Turn(count.at, count.key, fact.iban, source, then)
