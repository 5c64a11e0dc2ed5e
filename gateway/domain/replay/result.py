"""What a replay found, in the size of a page: counts, sums, and the largest of each kind."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gateway.domain.replay.compare import Finding, effect_of, right_of, said_then
from gateway.domain.replay.past import PastTransaction
from gateway.domain.replay.timeline import Standing
from gateway.domain.replay.world import Outcome, Verdict
from schemas.states import ReplayEffect

FINDINGS_MAX = 50


class EffectSum(NamedTuple):
    """How many bank transactions a change concerns in one way, and their sum in one currency (minor units)."""

    effect: ReplayEffect
    currency: str
    transaction_count: int
    sum_minor: int


class Replayed(NamedTuple):
    """What a replay found.

    ``payments`` came in, ``booked_before`` and ``booked_after`` of them by rules. ``unlike_count`` are decided
    otherwise than they were, without the change; ``own_count`` stand as they are: the money of our own debits and
    refunds. Of each list of findings the largest are here.
    """

    looked: int
    payments: int
    booked_before: int
    booked_after: int
    sums: tuple[EffectSum, ...]
    findings: tuple[Finding, ...]
    unlike_count: int
    unlike: tuple[Finding, ...]
    own_count: int


NOTHING = Replayed(0, 0, 0, 0, (), (), 0, (), 0)


def result_of(
    transactions: Mapping[int, PastTransaction],
    standing: Standing,
    before: Mapping[int, Verdict],
    after: Mapping[int, Verdict],
    *,
    own_count: int,
) -> Replayed:
    """Compare the verdicts without a change and under it, for some bank transactions."""
    findings: list[Finding] = []
    unlike: list[Finding] = []
    for key, one in transactions.items():
        effect = effect_of(before[key], after[key], one, standing)
        if effect is not None:
            findings.append(Finding(effect, one, before[key], after[key], right_of(one, standing)))
        then = said_then(one, standing)
        if not before[key].is_as(then):
            unlike.append(Finding(None, one, then, before[key]))
    payments = [one.id for one in transactions.values() if one.amount_minor > 0]
    return Replayed(
        looked=len(transactions),
        payments=len(payments),
        booked_before=_booked(payments, before),
        booked_after=_booked(payments, after),
        sums=_sums(findings),
        findings=tuple(one for effect in ReplayEffect for one in _largest(findings, effect)),
        unlike_count=len(unlike),
        unlike=_largest(unlike, None),
        own_count=own_count,
    )


def _booked(payments: Iterable[int], verdicts: Mapping[int, Verdict]) -> int:
    return sum(verdicts[key].outcome is Outcome.BOOKED for key in payments)


def _sums(findings: Sequence[Finding]) -> tuple[EffectSum, ...]:
    together: dict[tuple[ReplayEffect, str], list[int]] = defaultdict(list)
    for one in findings:
        if one.effect is not None:
            together[one.effect, one.transaction.currency].append(abs(one.transaction.amount_minor))
    order = list(ReplayEffect)
    keys = sorted(together, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(EffectSum(*key, len(together[key]), sum(together[key])) for key in keys)


def _largest(findings: Sequence[Finding], effect: ReplayEffect | None) -> tuple[Finding, ...]:
    of_effect = [one for one in findings if one.effect is effect]
    of_effect.sort(key=lambda one: (-abs(one.transaction.amount_minor), one.transaction.id))
    return tuple(of_effect[:FINDINGS_MAX])
