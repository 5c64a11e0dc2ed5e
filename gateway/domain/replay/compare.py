"""What a change would have done: two courses of things beside each other, and beside what people decided.

A person's decision counts as right, and what was taken back as wrong counts as wrong.
"""

from typing import NamedTuple

from gateway.domain.replay.past import BY_PERSON, PastTransaction
from gateway.domain.replay.timeline import Standing
from gateway.domain.replay.world import Outcome, Verdict
from schemas.states import ReplayEffect


class Finding(NamedTuple):
    """One bank transaction that a change concerns. ``amount_minor`` is signed, in ``currency``."""

    effect: ReplayEffect | None  # None: no change, but decided otherwise than it was.
    transaction: PastTransaction
    before: Verdict
    after: Verdict
    right: Verdict | None = None  # What a person decided, if one did.

    @property
    def items(self) -> list[int]:
        """The items that are booked: before, after, or by a person."""
        verdicts = [one for one in (self.before, self.after, self.right) if one is not None]
        return [item_id for one in verdicts for item_id, _ in one.settles]


def effect_of(before: Verdict, after: Verdict, transaction: PastTransaction, standing: Standing) -> ReplayEffect | None:
    """Return what changed for a bank transaction; None if nothing did."""
    if after.is_as(before):
        return None
    key = transaction.id
    right, wrong = right_of(transaction, standing), standing.wrong.get(key, frozenset())
    if after.outcome is Outcome.ASKED:
        was_wrong = before.settles in wrong or (right is not None and not before.is_as(right))
        return ReplayEffect.SPARED if was_wrong else ReplayEffect.LOST
    if right is not None and not after.is_as(right):
        return ReplayEffect.NEWLY_WRONG
    if after.outcome is Outcome.BOOKED and after.settles in wrong:
        return ReplayEffect.NEWLY_WRONG
    if before.outcome is not Outcome.ASKED:
        return ReplayEffect.DIFFERENT
    return ReplayEffect.GAINED if right is None else ReplayEffect.CONFIRMED


def right_of(transaction: PastTransaction, standing: Standing) -> Verdict | None:
    """Return what a person decided, if one did."""
    settles = standing.by_people.get(transaction.id)
    if settles is not None:
        return Verdict(Outcome.BOOKED, BY_PERSON, settles)
    return Verdict(Outcome.IGNORED, BY_PERSON) if transaction.ignored_by == BY_PERSON else None


def said_then(transaction: PastTransaction, standing: Standing) -> Verdict:
    """Return what matching itself said of a bank transaction, whatever people decided since."""
    by_rule = standing.by_rule.get(transaction.id)
    if by_rule is not None:
        return Verdict(Outcome.BOOKED, "", by_rule)
    if transaction.is_ignored_by_rule or transaction.id in standing.set_aside:
        return Verdict(Outcome.IGNORED, transaction.ignored_by)
    return Verdict(Outcome.ASKED, "")
