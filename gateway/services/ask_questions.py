"""Questions to clerks: what is asked about a bank transaction, with the explanations that were found, best first."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gateway.domain.matching.model import Ask, Explanation
from gateway.store import reviews
from gateway.store.bank_transactions import Unexplained
from gateway.store.bulk import insert_rows
from gateway.store.columns import Json, table_of
from gateway.store.reviews import CANDIDATE_NAMES, RANKS, REVIEW_NAMES, ReviewCandidate, ReviewItem, weight
from gateway.store.work import Work
from schemas.states import ReviewReason, ReviewState

_EXPLANATIONS_MAX = 5


class Question(NamedTuple):
    """One question: amount and currency as the bank transaction, ``strength`` of the best explanation."""

    bank_transaction_id: int
    amount_minor: int
    currency: str
    reason: ReviewReason
    strength: str
    explanations: Sequence[Explanation] | Json
    item_ids: tuple[int, ...]  # What the explanations propose.


def question_of(one: Unexplained, ask: Ask) -> Question:
    """Return the question to ask about a bank transaction."""
    explanations = ask.explanations[:_EXPLANATIONS_MAX]
    strength = explanations[0].strength.value if explanations else ""
    items = {line.item_id for explanation in explanations for line in explanation.lines}
    credit = one.credit
    return Question(
        credit.id, credit.amount_minor, credit.currency, ask.reason, strength, explanations, tuple(sorted(items))
    )


async def ask_questions(work: Work, questions: Sequence[Question], known: Mapping[int, ReviewItem]) -> list[int]:
    """Open questions, or renew those that are ``known`` by their bank transaction; return what was asked about anew."""
    rows: list[tuple[Any, ...]] = []
    candidates: list[tuple[int, int, int]] = []
    renewed: list[int] = []
    for question in questions:
        transaction_id, amount_minor, currency, reason, strength, explanations, item_ids = question
        asked = known.get(transaction_id)
        key = asked.id if asked else work.new_id()
        if asked is not None:
            values = {"reason": reason, "strength": strength, "explanations": explanations}
            await reviews.move(work, review_item_id=key, version=asked.version, **values)
            renewed.append(key)
        else:
            rows.append(
                (key, work.company_id, transaction_id, ReviewState.OPEN, reason, RANKS[reason], amount_minor,
                 weight(amount_minor), currency, strength, explanations, work.now)
            )  # fmt: skip
        candidates += [(key, item_id, work.company_id) for item_id in item_ids]
    await reviews.forget_candidates(work, renewed)
    await insert_rows(work, table_of(ReviewItem), REVIEW_NAMES, rows)
    await insert_rows(work, table_of(ReviewCandidate), CANDIDATE_NAMES, candidates)
    return [row[2] for row in rows]
