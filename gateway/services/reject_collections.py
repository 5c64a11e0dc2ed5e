"""Reject debits that the bank will not settle: free again, told again what they carried, in the unpaid register.

A status report says so; where it was lost, a person who asked the bank does, with what it answered as proof.
"""

from collections.abc import Mapping
from typing import NamedTuple

from gateway.domain.returns import kind_before
from gateway.services.discard_run import said
from gateway.services.register_unpaid import CameBack, register_unpaid
from gateway.store import collection_answers, collections_found
from gateway.store.collections import Collection
from gateway.store.work import Work
from schemas.errors import Conflict
from schemas.states import CollectionState


class Rejection(NamedTuple):
    """Why one debit is rejected: the bank's code, empty when it gave none, and its words."""

    reason: str
    words: str = ""


class NotWithTheBank(Conflict):
    """Only a debit that waits for the bank's answer can be rejected."""

    code = "not_with_the_bank"


async def reject_by_person(work: Work, *, collection_id: int, reason: str, proof: str) -> None:
    """Reject a debit because a person learned it from the bank. Raises ReasonMissing or NotWithTheBank."""
    words = said(proof)
    rejection = Rejection(reason.strip().upper(), words)
    if not await reject_collections(work, {collection_id: rejection}, because=words):
        raise NotWithTheBank
    work.say("reject_collection", f"collection:{collection_id}", reason=words, rejected=1)


async def reject_collections(
    work: Work, rejected: Mapping[int, Rejection], *, because: str, report_id: int | None = None
) -> list[int]:
    """Reject what waits for the bank's answer, by key; what was settled or ended already is left as it is."""
    await collection_answers.lock_items_of(work, rejected)
    ids = await collection_answers.move_collections(
        work,
        rejected,
        from_states=[CollectionState.SUBMITTED],
        to_state=CollectionState.REJECTED,
        reason=because,
    )
    await collection_answers.free_items(work, ids)
    await collection_answers.release_amendments(work, ids)
    await collection_answers.free_one_offs(work, ids)
    work.reach("collections_rejected")
    found = await collections_found.collections_by_id(work.session, ids)
    await register_unpaid(work, [_came_back(work, found[key], rejected[key], report_id) for key in ids])
    await collection_answers.close_ended_runs(work, ids)
    return ids


def _came_back(work: Work, row: Collection, rejection: Rejection, report_id: int | None) -> CameBack:
    return CameBack(
        party_id=row.party_id,
        collection_id=row.id,
        mandate_id=row.mandate_id,
        kind=kind_before(rejection.reason),
        reason=rejection.reason,
        words=rejection.words,
        amount_minor=row.amount_minor,
        currency=row.currency,
        occurred_date=work.now.date(),
        report_id=report_id,
    )
