"""The rules that people wrote, from the start of a replay on: what each said, which were on, and in which order."""

from typing import NamedTuple

from gateway.domain.matching.user_rules import UserRule
from gateway.domain.replay.past import Past, PastRule
from gateway.domain.replay.steps import Ruled, Step


class RulesThen(NamedTuple):
    """The rules that were on at the start, in their order, and the steps from there."""

    known: tuple[UserRule, ...]
    steps: list[Step]


def rules_then(past: Past) -> RulesThen:
    """Return the rules that held when the period began, and the steps from there."""
    now: dict[int, PastRule] = {}
    known: tuple[UserRule, ...] = ()
    steps: list[Step] = []
    for version in past.rules:
        before = now.get(version.rule.id)
        if before is not None and before.place != version.place:
            _give_way(now, version, before.place)
        now[version.rule.id] = version
        if version.at < past.begin:
            known = _on(now)
        else:
            steps.append(Step(version.at, version.key, Ruled(_on(now))))
    return RulesThen(known, steps)


def _give_way(now: dict[int, PastRule], version: PastRule, place: int) -> None:
    """Let the rule that stands where another one comes change places with it; it has no version of its own for that."""
    for key, other in now.items():
        if key != version.rule.id and other.place == version.place:
            now[key] = other._replace(place=place)


def _on(now: dict[int, PastRule]) -> tuple[UserRule, ...]:
    rules = sorted(now.values(), key=lambda one: (one.place, one.rule.id))
    return tuple(one.rule for one in rules if one.is_on)
