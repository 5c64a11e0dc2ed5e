"""Hand an approved file to the bank: the attempt is written down first, its end with a proof (INV-15).

Here a person carries the file, or it is put into a folder. Whoever does not know whether the bank has it says so:
unknown blocks every other attempt, until a person or the bank's answer resolves it. Nothing sends by itself again.
"""

import asyncio
import os
from pathlib import Path

from gateway.services.approve_run import check_troubles
from gateway.services.discard_run import ReasonMissing, said
from gateway.services.freeze_run import CollectPlace
from gateway.services.read_run import check_bytes, run_of
from gateway.store import collection_runs, collection_writes, refunds_in_runs, runs_in_work
from gateway.store.collection_runs import CollectionRun, RunSubmission
from gateway.store.work import SYSTEM, Actor, Work
from schemas.errors import Conflict, GatewayError
from schemas.states import CollectionState, RunKind, RunState, SubmissionState

DOWNLOAD, FOLDER = "download", "folder"
__all__ = ["ReasonMissing"]


class NotApproved(Conflict):
    """Only an approved run leaves."""

    code = "not_approved"


class AttemptOpen(Conflict):
    """An attempt to send this file is open; first say how it ended."""

    code = "attempt_open"


class OtherFileThere(GatewayError):
    """Another file with this name lies in the folder already; nothing was written over it."""

    code = "other_file_there"


async def begin_submission(
    place: CollectPlace, *, company_id: int, run_id: int, actor: Actor, channel: str = DOWNLOAD
) -> RunSubmission:
    """Begin an attempt to send an approved run. Raises BytesDiffer, NotApproved, AttemptOpen or RunHasTrouble."""
    run = await run_of(place, company_id=company_id, run_id=run_id)
    await check_bytes(place, run, actor)
    async with place.database.begin(actor=actor, now=place.now(), company_id=company_id, ids=10) as work:
        run = await collection_runs.lock_run(work, run_id)
        if run.state is not RunState.APPROVED:
            raise NotApproved(f"run {run.message_id} is {run.state}; only an approved run leaves")
        await _check_approvals(work, run)
        tried = await collection_runs.submissions_of(work.session, company_id=company_id, run_id=run_id)
        if any(attempt.state is not SubmissionState.NOT_SENT for attempt in tried):
            raise AttemptOpen
        await check_troubles(work, run)
        row = RunSubmission(
            id=work.new_id(), company_id=company_id, run_id=run_id, channel=channel, sha256=run.sha256,
            actor=actor.word, started_at=work.now,
        )  # fmt: skip
        work.add(row)
        work.say("begin_submission", f"run:{run_id}", reason=channel)
    return row


async def _check_approvals(work: Work, run: CollectionRun) -> None:
    """Check that those who approved approved these bytes, and not their own."""
    given = await collection_runs.approvals_of(work.session, company_id=work.company_id, run_id=run.id)
    good = [one for one in given if one.sha256 == run.sha256 and one.sum_minor == run.sum_minor]
    deciders = await runs_in_work.deciders_of(work.session, run_id=run.id)
    others = [one for one in good if one.user_id != run.made_by_id and f"user:{one.user_id}" not in deciders]
    if not others or len(others) != len(given):
        raise NotApproved(f"run {run.message_id} has no approval of another person for exactly these bytes")


async def end_submission(work: Work, *, run_id: int, outcome: SubmissionState, proof: str) -> None:
    """Say how the open attempt of a run ended. Sent and not sent need a proof: what the bank or its page said.

    Raises ReasonMissing, Conflict when no attempt is open, or ImpossibleMove.
    """
    text = said(proof) if outcome is not SubmissionState.UNKNOWN else " ".join(proof.split())[:500]
    run = await collection_runs.lock_run(work, run_id)
    row = await _open_attempt(work, run_id)
    row.proof, row.ended_at = text, work.now
    await collection_runs.move_submission(work, row, outcome, reason=text)
    work.reach("attempt_ended")
    if outcome is SubmissionState.SENT:
        await _sent(work, run)
    work.say("end_submission", f"run:{run_id}", reason=f"{outcome.value}: {text}")


async def _open_attempt(work: Work, run_id: int) -> RunSubmission:
    tried = await collection_runs.submissions_of(work.session, company_id=work.company_id, run_id=run_id)
    for attempt in tried:
        if attempt.state in (SubmissionState.SENDING, SubmissionState.UNKNOWN):
            return attempt
    raise Conflict("no attempt to send this file is open")


async def _sent(work: Work, run: CollectionRun) -> None:
    run.submitted_at = work.now
    await collection_runs.move_run(work, run, RunState.SUBMITTED)
    if run.kind is RunKind.REFUND:
        await refunds_in_runs.submit_refunds(work, run_id=run.id)
        return
    await collection_writes.move_collections(
        work, runs_in_work.of_run(run.id), from_state=CollectionState.BATCHED, to_state=CollectionState.SUBMITTED
    )
    await runs_in_work.mark_presented(work, run_id=run.id)
    work.reach("collections_submitted")


async def send_to_folder(place: CollectPlace, *, company_id: int, run_id: int, actor: Actor, folder: Path) -> Path:
    """Put an approved file into a folder that a bank's program empties; the attempt ends as sent.

    Raises OtherFileThere, and what ``begin_submission`` raises. What breaks off in between becomes unknown.
    """
    row = await begin_submission(place, company_id=company_id, run_id=run_id, actor=actor, channel=FOLDER)
    run = await run_of(place, company_id=company_id, run_id=run_id)
    source = await check_bytes(place, run, actor)
    target = folder / run.file_name
    try:
        await asyncio.to_thread(_put, place, source, target, run.sha256)
    except OtherFileThere as error:
        await _end(place, run, actor, SubmissionState.NOT_SENT, str(error))
        raise
    except OSError as error:
        await _end(place, run, actor, SubmissionState.UNKNOWN, f"{type(error).__name__} while writing")
        raise
    await _end(place, run, actor, SubmissionState.SENT, f"attempt {row.id}: {target.name} lies in the folder")
    return target


async def _end(place: CollectPlace, run: CollectionRun, actor: Actor, outcome: SubmissionState, proof: str) -> None:
    ids = 2 * run.collection_count + 100
    async with place.database.begin(actor=actor, now=place.now(), company_id=run.company_id, ids=ids) as work:
        await end_submission(work, run_id=run.id, outcome=outcome, proof=proof)


def _put(place: CollectPlace, source: Path, target: Path, sha256: str) -> None:
    """Write, flush, rename without overwriting, flush the folder (reliability section 4)."""
    part = target.with_name(target.name + ".part")
    with part.open("wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, target)  # Unlike a rename it never writes over a file.
    except FileExistsError:
        if place.originals.hash_of(target) != sha256:
            raise OtherFileThere(f"{target.name} lies there with other content") from None
    finally:
        part.unlink(missing_ok=True)
    place.originals.settle_folder(target.parent)


async def resolve_broken_off(place: CollectPlace) -> int:
    """At start-up: what was being written into a folder when the process died is unknown now. Return how many."""
    async with place.database.read() as session:
        open_ones = await collection_runs.open_submissions(session, channel=FOLDER)
    for company_id, run_id in open_ones:
        async with place.database.begin(actor=SYSTEM, now=place.now(), company_id=company_id, ids=10) as work:
            await end_submission(
                work, run_id=run_id, outcome=SubmissionState.UNKNOWN, proof="the gateway stopped while it was sending"
            )
    return len(open_ones)
