"""The API of collections and their runs. A machine plans, freezes and carries files; it never approves."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.services.collect_in_worker import FreezeWanted, PlanWanted
from gateway.services.discard_run import discard_run, ids_for
from gateway.services.freeze_run import maker_of
from gateway.services.read_run import check_bytes, run_of
from gateway.services.show_plan import PlanShown
from gateway.services.submit_run import begin_submission, end_submission
from gateway.store import collection_runs, run_lists
from gateway.store.collection_runs import CollectionRun, RunSubmission
from gateway.store.run_lists import CollectionLineShown
from gateway.web.context import Call
from gateway.web.downloads import XML, download
from gateway.web.pages.collection_runs import FileNotOut
from gateway.web.pages.notices import announce_for
from gateway.web.routing import api
from schemas.identifiers import mask_account
from schemas.payloads.collections import (
    AnnouncementShape,
    AttemptShape,
    BadCollectionShape,
    CollectionFilter,
    CollectionList,
    CollectionShape,
    FrozenShape,
    LeftOutShape,
    NewAnnouncement,
    NewRuns,
    PlanFilter,
    PlannedDayShape,
    PlanShape,
    RunDetail,
    RunFilter,
    RunList,
    RunShape,
    Submission,
)
from schemas.payloads.common import Reason
from schemas.states import SubmissionState


async def read_plan(call: Call) -> web.StreamResponse:
    """Say what can be collected until a day."""
    asked = call.query(PlanFilter)
    plan = await call.gateway.workers.show_plan(PlanWanted(call.company_id, asked.until, call.gateway.profiles))
    days = [
        PlannedDayShape(
            collection_date=day.collection_date, scheme=day.scheme, collections=day.collection_count,
            amount_minor=day.sum_minor, last_notice_date=day.last_notice_date, submit_until=day.submit_until,
            refunds_until=day.refunds_until,
        )
        for day in plan.days
    ]  # fmt: skip
    body = PlanShape(
        until=asked.until, collections=plan.collection_count, amount_minor=plan.sum_minor, days=days,
        left_out=_left_out(plan),
    )  # fmt: skip
    return call.answer(body)


def _left_out(plan: PlanShown) -> list[LeftOutShape]:
    return [
        LeftOutShape(reason=one.reason.value, count=one.collection_count, amount_minor=one.sum_minor)
        for one in plan.reasons
    ]


async def freeze(call: Call) -> web.StreamResponse:
    """Freeze what is due until a day into runs."""
    body = await call.json(NewRuns)
    maker = await maker_of(call.gateway.database, call.actor)
    frozen = await call.gateway.workers.freeze(
        FreezeWanted(call.company_id, maker, call.gateway.profiles, until_date=body.until)
    )
    return call.answer(FrozenShape(run_ids=[str(key) for key in frozen.run_ids]), status=201)


async def announce(call: Call) -> web.StreamResponse:
    """Announce to debtors what only its notice holds back."""
    body = await call.json(NewAnnouncement)
    chosen = [(int(one.mandate_id), one.due_date) for one in body.debits]
    done = await announce_for(call, body.until, chosen, only_letters=body.only_letters)
    shape = AnnouncementShape(
        id=str(done.id) if done.id else None, mails=done.mails, letters=done.letters, waiting=done.waiting,
        not_told=[str(one.party_id) for one in done.failed],
    )  # fmt: skip
    return call.answer(shape, status=201)


async def list_runs(call: Call) -> web.StreamResponse:
    """List runs, the newest first."""
    asked = call.query(RunFilter)
    async with call.gateway.database.read() as session:
        page = await collection_runs.list_runs(
            session, company_id=call.company_id, states=[asked.state] if asked.state else (), kind=asked.kind,
            cursor=asked.cursor or "", limit=asked.limit,
        )  # fmt: skip
    return call.answer(RunList(items=[RunShape(**_facts(row)) for row in page.rows], next_cursor=page.next_cursor))


def _facts(row: CollectionRun) -> dict[str, object]:
    names = (
        "kind", "state", "message_id", "format", "file_name", "sha256", "first_date", "last_date",
        "latest_submission_at", "made_by", "created_at", "frozen_at", "submitted_at", "closed_at", "discard_reason",
    )  # fmt: skip
    counts = {"id": str(row.id), "collections": row.collection_count, "amount_minor": row.sum_minor}
    return counts | {name: getattr(row, name) for name in names}


async def read_run(call: Call) -> web.StreamResponse:
    """Read one run: where its money is."""
    return call.answer(await _detail(call))


async def _detail(call: Call) -> RunDetail:
    run = await run_of(call.collecting, company_id=call.company_id, run_id=call.key())
    async with call.gateway.database.read() as session:
        sums = await run_lists.sums_by_state(session, run)
        given = await collection_runs.approvals_of(session, company_id=call.company_id, run_id=run.id)
        tried = await collection_runs.submissions_of(session, company_id=call.company_id, run_id=run.id)
    return RunDetail(
        **_facts(run),
        approvals=len(given),
        attempts=[_attempt(row) for row in tried],
        by_state={one.state: one.sum_minor for one in sums},
        left_out=[
            BadCollectionShape(
                reason=one["reason"], customer_id=str(one["party_id"]), amount_minor=one["amount_minor"],
                invoice_ids=[str(key) for key in one["item_ids"]], detail=one["detail"],
            )
            for one in run.left_out
        ],
    )  # fmt: skip


def _attempt(row: RunSubmission) -> AttemptShape:
    return AttemptShape(
        state=row.state, channel=row.channel, started_at=row.started_at, ended_at=row.ended_at, proof=row.proof
    )


async def list_collections(call: Call) -> web.StreamResponse:
    """List the collections of a run in the order of its file."""
    asked = call.query(CollectionFilter)
    async with call.gateway.database.read() as session:
        page = await run_lists.collections_page(
            session, company_id=call.company_id, run_id=int(asked.run_id), cursor=asked.cursor or "",
            limit=asked.limit,
        )  # fmt: skip
    return call.answer(CollectionList(items=[_collection(one) for one in page.rows], next_cursor=page.next_cursor))


def _collection(one: CollectionLineShown) -> CollectionShape:
    return CollectionShape(
        id=str(one.id), end_to_end_id=one.end_to_end_id, customer_id=str(one.party_id),
        amount_minor=one.amount_minor, collection_date=one.collection_date, state=one.state,
        account=mask_account(one.debtor_iban), remittance=one.remittance,
    )  # fmt: skip


async def read_file(call: Call) -> web.StreamResponse:
    """Hand out the file of a run that is being sent or was sent; its bytes are compared with the hash first."""
    run = await run_of(call.collecting, company_id=call.company_id, run_id=call.key())
    async with call.gateway.database.read() as session:
        tried = await collection_runs.submissions_of(session, company_id=call.company_id, run_id=run.id)
    if all(attempt.state is SubmissionState.NOT_SENT for attempt in tried):
        raise FileNotOut
    path = await check_bytes(call.collecting, run, call.actor)
    async with call.begin(ids=5) as work:
        work.say("hand_out_file", f"run:{run.id}", reason=run.sha256)
    return web.FileResponse(path, headers=download(run.file_name, XML))


async def submit(call: Call) -> web.StreamResponse:
    """Begin an attempt to send an approved run."""
    await begin_submission(call.collecting, company_id=call.company_id, run_id=call.key(), actor=call.actor)
    return call.answer(await _detail(call))


async def end(call: Call) -> web.StreamResponse:
    """Say how the attempt to send a run ended."""
    body = await call.json(Submission)
    run = await run_of(call.collecting, company_id=call.company_id, run_id=call.key())
    async with call.begin(ids=2 * run.collection_count + 100) as work:
        await end_submission(work, run_id=run.id, outcome=SubmissionState(body.outcome), proof=body.proof)
    return call.answer(await _detail(call))


async def discard(call: Call) -> web.StreamResponse:
    """Discard a run that did not leave."""
    body = await call.json(Reason)
    run = await run_of(call.collecting, company_id=call.company_id, run_id=call.key())
    async with call.begin(ids=ids_for(run)) as work:
        await discard_run(work, run_id=run.id, reason=body.reason)
    return call.answer(await _detail(call))


ROUTES = (
    api(
        "GET", "/collections/plan", Right.SEE, read_plan, summary="Say what can be collected until a day, and what not",
        query=PlanFilter, gives=PlanShape,
    ),
    api(
        "GET", "/collections", Right.SEE, list_collections, summary="List the collections of a run",
        query=CollectionFilter, gives=CollectionList,
    ),
    api(
        "POST", "/collection-runs", Right.WORK, freeze, takes=NewRuns, gives=FrozenShape, status=201, creates=True,
        summary="Freeze what is due into runs, which wait for the approval of a person",
    ),
    api(
        "POST", "/collections/announce", Right.WORK, announce, takes=NewAnnouncement, gives=AnnouncementShape,
        status=201, creates=True, summary="Tell debtors of the debits that only their notice holds back",
    ),
    api("GET", "/collection-runs", Right.SEE, list_runs, summary="List runs", query=RunFilter, gives=RunList),
    api("GET", "/collection-runs/{id}", Right.SEE, read_run, summary="Read a run", gives=RunDetail),
    api(
        "GET", "/collection-runs/{id}/file", Right.WORK, read_file, summary="Take the file of a run to the bank",
        produces="application/xml",
    ),
    api(
        "POST", "/collection-runs/{id}/submit", Right.WORK, submit, gives=RunDetail,
        summary="Begin an attempt to send an approved run; its file is handed out from then on",
    ),
    api(
        "POST", "/collection-runs/{id}/end", Right.WORK, end, summary="Say how the attempt ended", takes=Submission,
        gives=RunDetail,
    ),
    api(
        "POST", "/collection-runs/{id}/discard", Right.WORK, discard, summary="Discard a run that did not leave",
        takes=Reason, gives=RunDetail,
    ),
)  # fmt: skip
