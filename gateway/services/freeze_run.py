"""Freeze what is planned into files: ids first, then the bytes, then one transaction that makes all of it so.

The bytes are made from the same values as the rows, and lie safely on the disk before the rows name their hash. What
changed meanwhile is noticed under lock: the file is then made again without it. A run that broke off stays open and
has no collections; it is discarded when the next one is frozen.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from gateway.domain.collecting.grouping import files_of, schemes_of
from gateway.domain.collecting.model import FilePlan, LeftOut, LeftOutReason, Plan, Seen
from gateway.domain.collecting.plan import restricted
from gateway.domain.collecting.profiles import file_name, profile_record
from gateway.services.plan_collections import plan_collections
from gateway.services.prepare_run import (
    BadCollection,
    PreparedFile,
    bad_by,
    new_message_id,
    prepare_file,
    submission_until,
    without,
    write_file,
)
from gateway.services.store_run import ChangedMeanwhile, store_run
from gateway.store import collection_runs, runs_in_work, sessions
from gateway.store.collection_runs import CollectionRun
from gateway.store.creditor_terms import Profiles
from gateway.store.database import Database
from gateway.store.originals import Originals
from gateway.store.work import Actor
from generators.orders import UnwritableOrder, WrittenOrder
from schemas.errors import GatewayError
from schemas.states import RunState

_TRIES = 5  # Each leaves out what changed meanwhile; after so many the data does not come to rest.
_LEFT_OUT_KEPT = 1_000
Progress = Callable[[str, int, int], None]


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """Say nothing."""


class NothingToCollect(GatewayError):
    """Nothing that is due until then can be collected; the plan says why."""

    code = "nothing_to_collect"


class NotAtRest(GatewayError):
    """What is collected changed again and again while the file was written; try once more."""

    code = "not_at_rest"


@dataclass(frozen=True, slots=True)
class CollectPlace:
    """What collecting needs: the store, the place of files, a clock, and the habits of banks."""

    database: Database
    originals: Originals
    now: Callable[[], dt.datetime]
    profiles: Profiles = field(default_factory=dict)


class Maker(NamedTuple):
    """Who makes a run. A machine counts as the person who gave it its token."""

    actor: Actor
    user_id: int | None


async def maker_of(database: Database, actor: Actor) -> Maker:
    """Return an actor as a maker; behind a token stands whoever made the token."""
    if actor.kind != "token" or actor.id is None:
        return Maker(actor, actor.id if actor.kind == "user" else None)
    async with database.read() as session:
        return Maker(actor, await sessions.owner_of_token(session, actor.id))


class Frozen(NamedTuple):
    """What came of freezing: the runs, and what could not be collected."""

    run_ids: tuple[int, ...]
    left_out: tuple[LeftOut, ...]


async def freeze_runs(
    place: CollectPlace,
    *,
    company_id: int,
    until_date: dt.date,
    maker: Maker,
    only_items: Iterable[int] | None = None,
    without_items: Iterable[int] = (),
    progress: Progress = no_progress,
) -> Frozen:
    """Freeze what is due until a day into runs, one for each file. Raises NothingToCollect or NotAtRest."""
    await discard_broken_off(place, company_id=company_id, maker=maker)
    progress("planning", 0, 0)
    async with place.database.read() as session:
        plan = await plan_collections(
            session, company_id=company_id, until_date=until_date, now=place.now(), profiles=place.profiles
        )
    plan = _chosen(plan, only_items, frozenset(without_items))
    run_ids: list[int] = []
    done, total = 0, len(plan.collections)
    for file in files_of(plan.collections):
        told = partial(_told, progress, done, total)
        run_id = await freeze_file(place, file, plan.seen, company_id=company_id, maker=maker, told=told)
        done += file.collection_count
        if run_id is not None:
            run_ids.append(run_id)
    progress("done", done, total)
    if not run_ids:
        raise NothingToCollect
    return Frozen(tuple(run_ids), plan.left_out)


def _told(progress: Progress, before: int, total: int, stage: str, done: int) -> None:
    progress(stage, before + done, total)


def _not_told(_stage: str, _done: int) -> None:
    """Say nothing."""


def _chosen(plan: Plan, only_items: Iterable[int] | None, without_items: frozenset[int]) -> Plan:
    if only_items is not None:
        plan = restricted(plan, only_items)
    if not without_items:
        return plan
    kept = [one for one in plan.collections if without_items.isdisjoint(line.item_id for line in one.lines)]
    return plan._replace(collections=tuple(kept))


async def freeze_file(
    place: CollectPlace,
    file: FilePlan,
    seen: Mapping[int, Seen],
    *,
    company_id: int,
    maker: Maker,
    told: Callable[[str, int], None] = _not_told,
) -> int | None:
    """Freeze one file; return its run, or None when nothing of it was left, which the discarded run then says.

    ``told`` hears the stage, and of how many collections it is done.
    """
    told("checking", 0)
    run_id, prepared = await _open_run(place, file, company_id, maker)
    created_at = place.now()
    for _ in range(_TRIES):
        if not prepared.blocks:
            await _give_up(place, run_id, prepared, company_id, maker)
            return None
        try:
            written = await asyncio.to_thread(
                place.originals.keep_made,
                lambda out, what=prepared: write_file(what, created_at, out, partial(told, "writing")),
            )
            told("storing", 0)
            await _store(place, run_id, prepared, written, seen, company_id, maker, partial(told, "storing"))
        except UnwritableOrder as error:
            prepared = without(prepared, bad_by(error, prepared))
        except ChangedMeanwhile as error:
            prepared = without(prepared, _changed(error, prepared))
        else:
            return run_id
    raise NotAtRest


async def _open_run(place: CollectPlace, file: FilePlan, company_id: int, maker: Maker) -> tuple[int, PreparedFile]:
    """Write down which file will be made, under which id, before it is made."""
    prepared = await asyncio.to_thread(prepare_file, file, new_message_id(), today=place.now().date())
    async with place.database.begin(actor=maker.actor, now=place.now(), company_id=company_id, ids=10) as work:
        run = CollectionRun(
            id=work.new_id(),
            company_id=company_id,
            bank_account_id=file.creditor.account_id,
            message_id=prepared.message_id,
            format=prepared.profile.direct_debit_version.value,
            profile=profile_record(prepared.profile),
            collection_count=prepared.collection_count,
            sum_minor=prepared.sum_minor,
            left_out=[],
            made_by_id=maker.user_id,
            made_by=maker.actor.name,
            created_at=work.now,
        )
        work.add(run)
        work.say("open_run", f"run:{run.id}", collections=run.collection_count)
    return run.id, prepared


async def _store(
    place: CollectPlace,
    run_id: int,
    prepared: PreparedFile,
    written: WrittenOrder,
    seen: Mapping[int, Seen],
    company_id: int,
    maker: Maker,
    told: Callable[[int], None],
) -> None:
    ids = runs_in_work.ids_needed(
        prepared.collection_count, sum([len(one.planned.lines) for _, one in prepared.collections()])
    )
    async with place.database.begin(actor=maker.actor, now=place.now(), company_id=company_id, ids=ids) as work:
        run = await collection_runs.lock_run(work, run_id)
        work.reach("run_locked")
        await store_run(work, run, prepared, seen, told)
        dates = [block.key.collection_date for block in prepared.blocks]
        scheme = "-".join(schemes_of(prepared.plan))
        run.sha256, run.byte_count = written.sha256, written.size_bytes
        run.collection_count, run.sum_minor = written.order_count, written.sum_minor
        run.first_date, run.last_date = min(dates), max(dates)
        run.file_name = file_name(
            prepared.profile.file_name, message_id=prepared.message_id, date=work.now.date(), scheme=scheme
        )
        run.latest_submission_at = submission_until(prepared)
        run.left_out = [_said(bad) for bad in prepared.bad[:_LEFT_OUT_KEPT]]
        run.frozen_at = work.now
        await collection_runs.move_run(work, run, RunState.FROZEN)
        work.say(
            "freeze_run", f"run:{run.id}", collections=run.collection_count, cents=run.sum_minor,
            left_out=len(prepared.bad),
        )  # fmt: skip


async def _give_up(place: CollectPlace, run_id: int, prepared: PreparedFile, company_id: int, maker: Maker) -> None:
    async with place.database.begin(actor=maker.actor, now=place.now(), company_id=company_id, ids=10) as work:
        run = await collection_runs.lock_run(work, run_id)
        run.left_out = [_said(bad) for bad in prepared.bad[:_LEFT_OUT_KEPT]]
        run.discard_reason = "nothing of it can be collected"
        run.collection_count = run.sum_minor = 0
        await collection_runs.move_run(work, run, RunState.DISCARDED, reason=run.discard_reason)
        work.say("discard_run", f"run:{run.id}", reason=run.discard_reason)


def _said(bad: BadCollection) -> dict[str, object]:
    """Return what was left out as plain values: keys only, no names, no accounts."""
    return {
        "reason": bad.reason.value,
        "party_id": bad.planned.party_id,
        "mandate_id": bad.planned.mandate.id,
        "item_ids": [line.item_id for line in bad.planned.lines],
        "amount_minor": bad.planned.amount_minor,
        "detail": bad.detail,
    }


def _changed(error: ChangedMeanwhile, prepared: PreparedFile) -> dict[str, BadCollection]:
    """Return the collections whose items or mandates are no longer as they were planned."""
    return {
        one.debit.end_to_end_id: BadCollection(one.planned, LeftOutReason.CHANGED_MEANWHILE, "")
        for _, one in prepared.collections()
        if one.planned.mandate.id in error.mandate_ids
        or any(line.item_id in error.item_ids for line in one.planned.lines)
    }


async def discard_broken_off(place: CollectPlace, *, company_id: int, maker: Maker) -> int:
    """Discard runs that were begun an hour ago and never frozen: whoever wrote them is gone. Return how many."""
    before = place.now() - dt.timedelta(hours=1)
    async with place.database.read() as session:
        old = await runs_in_work.opened_before(session, company_id=company_id, before=before)
    for run_id in old:
        async with place.database.begin(actor=maker.actor, now=place.now(), company_id=company_id, ids=10) as work:
            run = await collection_runs.lock_run(work, run_id)
            if run.state is RunState.OPEN:
                run.discard_reason = "it broke off while it was written"
                await collection_runs.move_run(work, run, RunState.DISCARDED, reason=run.discard_reason)
                work.say("discard_run", f"run:{run.id}", reason=run.discard_reason)
    return len(old)
