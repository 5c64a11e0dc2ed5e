"""Accept or refuse what another person proposed: accounts that we collect from or pay to, creditors, limits.

Nobody accepts what he proposed himself, nor what a token of his proposed. A machine decides nothing. Who proposed may
withdraw it while it waits.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence

from gateway.services import amend_mandates, change_collection_policy, manage_creditors, propose_refund
from gateway.services.identify_caller import Caller
from gateway.services.use_second_factor import SecondFactor, count_code_attempt, use_code
from gateway.store import protected_changes, sessions
from gateway.store.database import Database, ReadSession
from gateway.store.protected_changes import ProtectedChange
from gateway.store.work import Work
from schemas.errors import Conflict, NotAllowed, NotFound
from schemas.states import ProposalState, ProtectedKind

WITHDRAWN = "withdrawn"
Applier = Callable[[Work, ProtectedChange], Awaitable[None]]
# What each kind does when it is accepted. A kind that is not here cannot be proposed yet.
APPLIERS: Mapping[ProtectedKind, Applier] = {
    ProtectedKind.MANDATE_IBAN: amend_mandates.apply_account,
    ProtectedKind.CREDITOR_ACCOUNT: manage_creditors.apply_account,
    ProtectedKind.CREDITOR_IDENTIFIER: manage_creditors.apply_identifier,
    ProtectedKind.REFUND_IBAN: propose_refund.apply_account,
    ProtectedKind.APPROVAL_LIMIT: change_collection_policy.apply_limit,
}


class NoSuchChange(NotFound):
    """There is no such change."""


class ChangeDecided(Conflict):
    """This was decided already."""

    code = "change_decided"


class ForeignProposal(NotAllowed):
    """Only who proposed this may withdraw it."""

    code = "foreign_proposal"


class OwnProposal(NotAllowed):
    """Another person has to decide this, not the one who proposed it."""

    code = "own_proposal"


async def confirm_changes(
    database: Database, factor: SecondFactor, *, caller: Caller, ids: Sequence[int], code: str, now: dt.datetime
) -> int:
    """Accept proposals with the second factor and return how many; what is accepted moves money elsewhere.

    Raises WrongCode, TooManyAttempts or what accept_changes raises.
    """
    if caller.actor.kind != "user" or caller.company is None:
        raise OwnProposal
    await count_code_attempt(database, caller.user_id, now=now, rules=factor.rules)
    room = 200 + 4 * len(ids)
    async with database.begin(actor=caller.actor, now=now, company_id=caller.company.id, ids=room) as work:
        await use_code(work, factor.key, user_id=caller.user_id, code=code)
        return await accept_changes(work, ids=ids)


async def accept_changes(work: Work, *, ids: Sequence[int]) -> int:
    """Apply proposals, all or none, and return how many. Raises ChangeDecided, OwnProposal or what applying raises."""
    changes = await _to_decide(work, ids)
    for change in changes:
        await APPLIERS[change.kind](work, change)
    await _close(work, changes, ProposalState.ACCEPTED, "")
    work.say("accept_change", _subject(changes), changed=len(changes))
    return len(changes)


async def refuse_changes(work: Work, *, ids: Sequence[int], reason: str) -> int:
    """Refuse proposals and return how many; the old values stay. Raises ChangeDecided or OwnProposal (machine)."""
    changes = await _to_decide(work, ids, may_be_own=True)  # Who thinks better of it may take it back.
    await _close(work, changes, ProposalState.REFUSED, reason)
    work.say("refuse_change", _subject(changes), reason=reason, changed=len(changes))
    return len(changes)


async def withdraw_proposals(work: Work, *, ids: Sequence[int]) -> int:
    """Withdraw one's own proposals, or those of one's tokens, and return how many; they never take effect.

    Raises ChangeDecided or ForeignProposal.
    """
    changes = await _waiting(work, ids)
    for word in {change.proposed_by for change in changes}:
        if work.actor.word not in await owners_of(work.session, word):
            raise ForeignProposal
    await _close(work, changes, ProposalState.REFUSED, WITHDRAWN)
    work.say("withdraw_change", _subject(changes), changed=len(changes))
    return len(changes)


async def owners_of(session: ReadSession, proposed_by: str) -> tuple[str, str]:
    """Return who may withdraw what was proposed: who did, and who made the token that did (else nobody)."""
    return proposed_by, await _behind(session, proposed_by)


async def _waiting(work: Work, ids: Sequence[int]) -> list[ProtectedChange]:
    changes = await protected_changes.lock_open_changes(work, ids=ids)
    if not changes or len(changes) < len(set(ids)):
        raise ChangeDecided
    return changes


async def _to_decide(work: Work, ids: Sequence[int], *, may_be_own: bool = False) -> list[ProtectedChange]:
    if work.actor.kind != "user" or work.actor.id is None:
        raise OwnProposal
    changes = await _waiting(work, ids)
    if not may_be_own:
        for word in {change.proposed_by for change in changes}:
            if work.actor.word in await owners_of(work.session, word):
                raise OwnProposal
    return changes


async def _behind(session: ReadSession, word: str) -> str:
    """Return who made the token that proposed something."""
    kind, _, key = word.partition(":")
    if kind != "token":
        return ""
    return await sessions.maker_of_token(session, token_id=int(key)) or ""


async def _close(work: Work, changes: Sequence[ProtectedChange], state: ProposalState, reason: str) -> None:
    await protected_changes.close_changes(work, ids=[change.id for change in changes], state=state, reason=reason)


def _subject(changes: Sequence[ProtectedChange]) -> str:
    return SUBJECTS[changes[0].kind].format(changes[0].subject_id)


SUBJECTS: Mapping[ProtectedKind, str] = {
    ProtectedKind.MANDATE_IBAN: "mandate:{}",
    ProtectedKind.REFUND_IBAN: "refund:{}",
    ProtectedKind.CREDITOR_ACCOUNT: "creditor:{}",
    ProtectedKind.CREDITOR_IDENTIFIER: "creditor:{}",
    ProtectedKind.APPROVAL_LIMIT: "company:{}",
}
