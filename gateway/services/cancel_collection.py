"""Single collections by the hand of a person: planned although the notice came late, planned again, cancelled."""

import datetime as dt

from gateway.domain.collecting.model import NOTICE_REASONS, LeftOut
from gateway.services.discard_run import said
from gateway.services.freeze_run import CollectPlace
from gateway.services.plan_collections import plan_collections
from gateway.store import collection_writes, plan_again
from gateway.store.collections import get_collection, lines_of
from gateway.store.mandates import get_mandate
from gateway.store.plan_again import PlannedByHand
from gateway.store.work import Work
from schemas.codes.lists import LocalInstrument
from schemas.errors import Conflict, NotFound
from schemas.states import CollectionState


class NotWaiting(Conflict):
    """There is no debit of this mandate on that day that only its notice holds back."""

    code = "not_waiting"


async def collect_despite_notice(
    work: Work, place: CollectPlace, *, mandate_id: int, due_date: dt.date, reason: str
) -> int:
    """Plan a debit although its notice is missing, late or for something else: a person decides, with a reason.

    Returns the key of the planned collection, which the next run takes. Raises ReasonMissing or NotWaiting.
    """
    why = said(reason)
    mandate = await get_mandate(work.session, company_id=work.company_id, mandate_id=mandate_id)
    if mandate is None:
        raise NotFound(f"there is no mandate {mandate_id}")
    plan = await plan_collections(
        work.session, company_id=work.company_id, until_date=due_date, now=work.now, profiles=place.profiles,
        party_id=mandate.party_id,
    )  # fmt: skip
    held = [one for one in plan.left_out if _is_held(one, mandate_id, due_date)]
    if not held or held[0].collection_date is None:
        raise NotWaiting
    wanted = PlannedByHand(
        mandate.party_id, mandate.id, mandate.reference, LocalInstrument(mandate.scheme), due_date,
        held[0].collection_date, [(line.item_id, line.amount_minor) for line in held[0].lines], held[0].remittance,
        late_notice_by=work.actor.word, late_notice_reason=why,
    )  # fmt: skip
    key = await plan_again.plan_collection(work, wanted)
    work.say("collect_despite_notice", f"collection:{key}", reason=why)
    return key


def _is_held(one: LeftOut, mandate_id: int, due_date: dt.date) -> bool:
    return one.mandate_id == mandate_id and one.due_date == due_date and one.reason in NOTICE_REASONS


async def plan_retry(work: Work, *, collection_id: int, collection_date: dt.date, reason: str) -> int:
    """Plan a debit again that was rejected or came back; return the key of the new one, which names the old.

    Raises ReasonMissing, NotFound, or Conflict when it did not come back, was tried again already or is not open.
    """
    why = said(reason)
    old = await get_collection(work.session, company_id=work.company_id, collection_id=collection_id)
    if old is None or old.mandate_id is None:
        raise NotFound(f"there is no collection {collection_id} with a mandate of ours")
    if old.state not in (CollectionState.REJECTED, CollectionState.RETURNED):
        raise Conflict(f"collection {old.end_to_end_id} is {old.state}; only what came back is tried again")
    asked = await lines_of(work.session, collection_id=old.id)
    wanted = PlannedByHand(
        old.party_id, old.mandate_id, old.mandate_reference, old.local_instrument, old.due_date, collection_date,
        asked, old.remittance, retry_of_id=old.id,
    )  # fmt: skip
    key = await plan_again.plan_collection(work, wanted)
    work.say("plan_retry", f"collection:{key}", reason=why)
    return key


async def cancel_collection(work: Work, *, collection_id: int, reason: str) -> None:
    """Cancel a planned collection; its items are free again. One in a run is taken out of it instead.

    Raises ReasonMissing, NotFound or Conflict.
    """
    why = said(reason)
    row = await get_collection(work.session, company_id=work.company_id, collection_id=collection_id)
    if row is None:
        raise NotFound(f"there is no collection {collection_id}")
    if row.state not in (CollectionState.PLANNED, CollectionState.NOTIFIED):
        raise Conflict(f"collection {row.end_to_end_id} is {row.state}; take it out of its run instead")
    await collection_writes.free_items(work, collection_writes.only(collection_id))
    await collection_writes.move_collections(
        work, collection_writes.within([collection_id]), from_state=row.state, to_state=CollectionState.CANCELLED,
        reason=why,
    )  # fmt: skip
    work.say("cancel_collection", f"collection:{collection_id}", reason=why)
