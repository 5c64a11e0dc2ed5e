"""Discard a run that did not leave: its collections are cancelled and their items free again.

What a person had decided about a single collection (a retry, a late notice) is planned again under a new id that names
the old one. All else the next plan finds by itself.
"""

from collections.abc import Sequence

from gateway.services.freeze_run import CollectPlace, Frozen, Maker, freeze_runs
from gateway.services.read_run import run_of
from gateway.store import collection_runs, collection_writes, runs_in_work
from gateway.store.collection_runs import CollectionRun
from gateway.store.plan_again import plan_again
from gateway.store.refunds_in_runs import free_refunds
from gateway.store.work import Work
from schemas.errors import Conflict, GatewayError
from schemas.states import CollectionState, RunKind, RunState, SubmissionState


class ReasonMissing(GatewayError):
    """Say why, in a few words."""

    code = "reason_missing"


class MayHaveLeft(Conflict):
    """The file may be at the bank already; first say whether it was sent."""

    code = "may_have_left"


class CannotBeKept(Conflict):
    """A collection without an active mandate cannot be kept; take it out."""

    code = "cannot_be_kept"


def said(reason: str) -> str:
    """Return a reason that says something. Raises ReasonMissing."""
    text = " ".join(reason.split())[:500]
    if len(text) < 3:
        raise ReasonMissing
    return text


def ids_for(run: CollectionRun) -> int:
    """Return how many keys it takes to move all collections of a run, and to plan some again."""
    return 4 * run.collection_count + 100


async def discard_run(work: Work, *, run_id: int, reason: str) -> CollectionRun:
    """Discard a run. Raises NotFound, ReasonMissing, MayHaveLeft or ImpossibleMove."""
    why = said(reason)
    run = await collection_runs.lock_run(work, run_id)
    await check_not_left(work, run)
    run.discard_reason = why
    await collection_runs.move_run(work, run, RunState.DISCARDED, reason=why)
    work.reach("run_discarded")
    if run.kind is RunKind.REFUND:
        count = await free_refunds(work, run_id=run.id, reason=why)
    else:
        count = await _cancel(work, run, why)
    work.say("discard_run", f"run:{run.id}", reason=why, collections=count)
    return run


async def _cancel(work: Work, run: CollectionRun, why: str) -> int:
    await collection_writes.free_items(work, runs_in_work.ids_of_run(run.id))
    work.reach("items_freed")
    cancelled = await collection_writes.move_collections(
        work,
        runs_in_work.of_run(run.id),
        from_state=CollectionState.BATCHED,
        to_state=CollectionState.CANCELLED,
        reason=why,
    )
    work.reach("collections_cancelled")
    await plan_again(work, run_id=run.id)
    return len(cancelled)


async def check_not_left(work: Work, run: CollectionRun) -> None:
    """Check that no attempt to send a run is open or succeeded. Raises MayHaveLeft."""
    tried = await collection_runs.submissions_of(work.session, company_id=work.company_id, run_id=run.id)
    if any(attempt.state is not SubmissionState.NOT_SENT for attempt in tried):
        raise MayHaveLeft


async def keep_collections(work: Work, *, run_id: int, collection_ids: Sequence[int], reason: str) -> None:
    """Keep collections in a frozen or approved run although an item was paid or a mandate changed meanwhile.

    Approvals given before do not count any more for what is decided now: an approved run has to be frozen still.
    Raises ReasonMissing, CannotBeKept, Conflict or NotFound.
    """
    why = said(reason)
    run = await collection_runs.lock_run(work, run_id)
    if run.state not in (RunState.FROZEN, RunState.APPROVED):
        raise Conflict(f"run {run.message_id} is {run.state}; nothing is decided about it any more")
    await check_not_left(work, run)
    troubles = await runs_in_work.troubles_of(work.session, company_id=work.company_id, run_id=run_id)
    known = {trouble.collection_id: trouble for trouble in troubles.rows}
    if any(key not in known or not known[key].may_be_kept for key in collection_ids) or not collection_ids:
        raise CannotBeKept
    await runs_in_work.keep_collections(work, run_id=run_id, ids=collection_ids, reason=why)
    work.say("keep_collections", f"run:{run_id}", reason=why, collections=len(collection_ids))


async def take_out(
    place: CollectPlace, *, company_id: int, run_id: int, collection_ids: Sequence[int], maker: Maker, reason: str
) -> Frozen:
    """Take collections out of a run: it is discarded, and the rest frozen as a new file that needs a new approval.

    Raises what ``discard_run`` and ``freeze_runs`` raise.
    """
    run = await run_of(place, company_id=company_id, run_id=run_id)
    async with place.database.read() as session:
        asked = await runs_in_work.items_of_run(session, run_id=run_id)
    out = set(collection_ids)
    dropped = {item_id for collection_id, item_id in asked if collection_id in out}
    kept = {item_id for _, item_id in asked} - dropped
    begun = place.database.begin(actor=maker.actor, now=place.now(), company_id=company_id, ids=ids_for(run))
    async with begun as work:
        await discard_run(work, run_id=run_id, reason=reason)
    if not kept or run.last_date is None:
        return Frozen((), ())
    return await freeze_runs(
        place, company_id=company_id, until_date=run.last_date, maker=maker, only_items=kept, without_items=dropped
    )
