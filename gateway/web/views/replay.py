"""What a replay found as a page shows it: what a change does, with the payments that it concerns, the largest first."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.domain.replay.compare import Finding
from gateway.domain.replay.past import PastTransaction
from gateway.domain.replay.result import EffectSum, Replayed
from gateway.domain.replay.world import Outcome, Verdict
from gateway.store import replay_lists, run_lists
from gateway.store.database import ReadSession
from gateway.web.words import mark
from schemas.states import ReplayEffect, ReviewReason

_ITEMS_SHOWN = 3

MEANINGS: Mapping[ReplayEffect, str] = {
    ReplayEffect.GAINED: mark("A rule would book what waits for a person so far."),
    ReplayEffect.CONFIRMED: mark("A rule would book what a person booked, and in the same way."),
    ReplayEffect.NEWLY_WRONG: mark("A rule would book otherwise than a person decided."),
    ReplayEffect.LOST: mark("A person would be asked about what a rule booked."),
    ReplayEffect.SPARED: mark("A person would be asked about what a rule booked wrongly."),
    ReplayEffect.DIFFERENT: mark("A rule would book otherwise, and no person said which is right."),
}
COLOURS: Mapping[ReplayEffect, str] = {
    ReplayEffect.GAINED: "ok",
    ReplayEffect.CONFIRMED: "ok",
    ReplayEffect.NEWLY_WRONG: "bad",
    ReplayEffect.LOST: "warn",
    ReplayEffect.SPARED: "ok",
    ReplayEffect.DIFFERENT: "warn",
}


class Said(NamedTuple):
    """What is decided about a payment: an outcome, by which rule or why, and the first items that are booked."""

    outcome: Outcome
    word: str
    items: Sequence[tuple[int, str]]
    more: int


class FindingLine(NamedTuple):
    """One payment that a change concerns."""

    transaction: PastTransaction
    payer: str
    before: Said
    after: Said
    right: Said | None


class EffectView(NamedTuple):
    """What a change does in one way, in one currency."""

    total: EffectSum
    meaning: str
    colour: str
    lines: Sequence[FindingLine]


class ReplayView(NamedTuple):
    """All that is shown of a replay."""

    found: Replayed
    effects: Sequence[EffectView]
    unlike: Sequence[FindingLine]

    @property
    def wrong(self) -> int:
        """How many payments would be booked otherwise than a person decided."""
        sums = self.found.sums
        return sum(one.transaction_count for one in sums if one.effect is ReplayEffect.NEWLY_WRONG)


async def view_of(session: ReadSession, company_id: int, found: Replayed) -> ReplayView:
    """Return a replay with the names of who paid and the numbers of what is booked."""
    findings = (*found.findings, *found.unlike)
    ids = [item_id for one in findings for item_id in one.items]
    numbers = await run_lists.numbers_of_items(session, company_id=company_id, ids=ids)
    payers = await replay_lists.names_of_payers(
        session, company_id=company_id, ids=[one.transaction.id for one in findings]
    )
    lines = [_line(one, numbers, payers) for one in findings]
    pairs = list(zip(found.findings, lines, strict=False))
    effects = [
        EffectView(
            total,
            MEANINGS[total.effect],
            COLOURS[total.effect],
            [line for one, line in pairs if _is_of(one, total)],
        )
        for total in found.sums
    ]
    return ReplayView(found, effects, lines[len(found.findings) :])


def _is_of(finding: Finding, total: EffectSum) -> bool:
    return (finding.effect, finding.transaction.currency) == (total.effect, total.currency)


def _line(finding: Finding, numbers: Mapping[int, str], payers: Mapping[int, str]) -> FindingLine:
    right = finding.right
    return FindingLine(
        finding.transaction,
        payers.get(finding.transaction.id, ""),
        _said(finding.before, numbers),
        _said(finding.after, numbers),
        None if right is None else _said(right, numbers),
    )


def _said(verdict: Verdict, numbers: Mapping[int, str]) -> Said:
    shown = [(item_id, numbers.get(item_id, "")) for item_id, _ in verdict.settles[:_ITEMS_SHOWN]]
    word = ReviewReason(verdict.word) if verdict.outcome is Outcome.ASKED and verdict.word else verdict.word
    return Said(verdict.outcome, word, shown, len(verdict.settles) - len(shown))
