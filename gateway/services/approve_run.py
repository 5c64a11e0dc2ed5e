"""Approve a frozen run: another person, with his second factor, exactly what he saw (INV-18; reliability section 7)."""

from typing import NamedTuple

from gateway.domain.access import Right, rights_of
from gateway.domain.collecting.rules import approvals_needed
from gateway.services.freeze_run import CollectPlace
from gateway.services.identify_caller import Caller
from gateway.services.read_run import check_bytes, run_of
from gateway.services.use_second_factor import SecondFactor, count_code_attempt, use_code
from gateway.store import collection_runs, creditor_terms, runs_in_work, users_queries
from gateway.store.collection_runs import CollectionRun, RunApproval
from gateway.store.runs_in_work import Trouble
from gateway.store.work import Work
from schemas.errors import Conflict, GatewayError, NotAllowed
from schemas.states import RunState


class MakerIsNotChecker(GatewayError):
    """Whoever made a run, or decided on a collection in it, cannot approve it; another person has to."""

    code = "maker_is_not_checker"


class NotWhatYouSaw(Conflict):
    """The run is not what was shown; look at it again before you approve it."""

    code = "not_what_you_saw"


class ApprovedAlready(Conflict):
    """You approved this run already; a second person is needed."""

    code = "approved_already"


class RunHasTrouble(Conflict):
    """Something in the run changed since it was frozen; take it out, or keep it with a reason."""

    code = "run_has_trouble"

    def __init__(self, troubles: list[Trouble]) -> None:
        first = troubles[0]
        super().__init__(
            f"{len(troubles)} collections changed since the run was frozen, the first is {first.end_to_end_id}:"
            f" {first.reason}; take them out, or keep them with a reason"
        )
        self.troubles = troubles


class SeenRun(NamedTuple):
    """What the approver saw, as the page showed it to him."""

    sha256: str
    sum_minor: int
    collection_count: int


async def approve_run(
    place: CollectPlace, factor: SecondFactor, *, caller: Caller, run_id: int, seen: SeenRun, code: str
) -> bool:
    """Approve what was seen; return whether the run is approved now, or a second approver is needed.

    Raises NotAllowed, MakerIsNotChecker, NotWhatYouSaw, ApprovedAlready, RunHasTrouble, BytesDiffer, ImpossibleMove,
    WrongCode or TooManyAttempts.
    """
    if caller.actor.kind != "user" or caller.company is None:
        raise NotAllowed("a run is approved by a person with a second factor, never by a machine")
    company_id = caller.company.id
    run = await run_of(place, company_id=company_id, run_id=run_id)
    _check_seen(run, seen)
    await check_bytes(place, run, caller.actor)
    await count_code_attempt(place.database, caller.user_id, now=place.now(), rules=factor.rules)
    async with place.database.begin(actor=caller.actor, now=place.now(), company_id=company_id, ids=10) as work:
        run = await collection_runs.lock_run(work, run_id)
        _check_seen(run, seen)
        await _check_person(work, run, caller.user_id)
        await use_code(work, factor.key, user_id=caller.user_id, code=code)
        await check_troubles(work, run)
        work.reach("approval_checked")
        return await add_approval(work, run, user_id=caller.user_id)


def _check_seen(run: CollectionRun, seen: SeenRun) -> None:
    if run.state is not RunState.FROZEN:
        raise NotWhatYouSaw(f"run {run.message_id} is {run.state}, it does not wait for an approval")
    if seen != SeenRun(run.sha256, run.sum_minor, run.collection_count):
        raise NotWhatYouSaw


async def _check_person(work: Work, run: CollectionRun, user_id: int) -> None:
    """Check the person again, now: his roles may have changed since he opened the page."""
    held = await users_queries.roles_of(work.session, user_id)
    roles = [role.role for role in held if role.company_id == work.company_id]
    if Right.APPROVE not in rights_of(roles):
        raise NotAllowed("you are no approver of this company (any more)")
    if user_id == run.made_by_id or f"user:{user_id}" in await runs_in_work.deciders_of(work.session, run_id=run.id):
        raise MakerIsNotChecker
    given = await collection_runs.approvals_of(work.session, company_id=work.company_id, run_id=run.id)
    if any(approval.user_id == user_id for approval in given):
        raise ApprovedAlready


async def check_troubles(work: Work, run: CollectionRun) -> None:
    """Check that what was frozen still holds. Raises RunHasTrouble."""
    troubles = await runs_in_work.troubles_of(work.session, company_id=work.company_id, run_id=run.id)
    if troubles.rows:
        raise RunHasTrouble(troubles.rows)


async def add_approval(work: Work, run: CollectionRun, *, user_id: int) -> bool:
    """Write down who approved a locked run after all checks; return whether it is approved now."""
    if run.first_date is None or run.last_date is None:
        raise RuntimeError(f"run {run.id} is frozen without dates")
    work.add(
        RunApproval(
            id=work.new_id(), company_id=work.company_id, run_id=run.id, user_id=user_id, sha256=run.sha256,
            sum_minor=run.sum_minor, collection_count=run.collection_count, first_date=run.first_date,
            last_date=run.last_date, actor=work.actor.word, recorded_at=work.now, journal_id=work.journal_id,
        )
    )  # fmt: skip
    await work.flush()
    given = await collection_runs.approvals_of(work.session, company_id=work.company_id, run_id=run.id)
    rules = await creditor_terms.rules_of(work.session, work.company_id)
    is_enough = len({one.user_id for one in given}) >= approvals_needed(rules, run.sum_minor)
    if is_enough:
        await collection_runs.move_run(work, run, RunState.APPROVED)
    work.say("approve_run", f"run:{run.id}", reason=run.sha256, approvals=len(given), cents=run.sum_minor)
    return is_enough
