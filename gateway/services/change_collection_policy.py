"""Change how a company collects: a new version, never a change of one that was.

From which sum on two approvers are needed is changed by two persons (design section 8): it is proposed, and a version
of its own once another person accepts it.
"""

from typing import NamedTuple

from gateway.domain.collecting.policy import APPROVAL_LIMIT, CollectPolicy, changes, collect_policy, record_of
from gateway.services.change_policy import PolicyChangedMeanwhile
from gateway.services.propose_changes import propose_change
from gateway.store import companies, creditors
from gateway.store.creditors import CollectionPolicy
from gateway.store.protected_changes import NewChange, ProtectedChange
from gateway.store.work import Work
from schemas.states import ProtectedKind


class PolicySaved(NamedTuple):
    """What saving did: a new version, and whether another approval limit waits for a second person."""

    is_new: bool
    waits: bool


async def change_collection_policy(work: Work, *, policy: CollectPolicy, seen: int, reason: str = "") -> PolicySaved:
    """Make a policy the one that holds from now on; another approval limit in it is proposed.

    ``seen`` is the position of the version that the person saw, 0 for the defaults. Raises PolicyChangedMeanwhile when
    another version came after it, ChangeWaits when another limit waits already, or what a policy out of range raises.
    """
    wanted = record_of(collect_policy(record_of(policy)))
    position, record = await _last(work)
    if position != seen:
        raise PolicyChangedMeanwhile
    held = record_of(collect_policy(record))
    limit, limit_now = wanted[APPROVAL_LIMIT], held[APPROVAL_LIMIT]
    if limit != limit_now:
        change = {"before": str(limit_now), "after": str(limit)}
        await propose_change(work, NewChange(ProtectedKind.APPROVAL_LIMIT, work.company_id, change, reason))
        work.say("propose_approval_limit", f"company:{work.company_id}", reason=reason)
    wanted[APPROVAL_LIMIT] = limit_now
    changed = changes(collect_policy(held), collect_policy(wanted))
    if changed:
        _add_version(work, wanted, position=position + 1, reason=reason)
        work.say("set_collection_policy", f"collection_policy:{position + 1}", reason=reason, changed=len(changed))
    return PolicySaved(bool(changed), limit != limit_now)


async def apply_limit(work: Work, change: ProtectedChange) -> None:
    """Let two approvers be needed from another sum on."""
    position, record = await _last(work)
    wanted = record_of(collect_policy(record)) | {APPROVAL_LIMIT: int(change.record["after"])}
    _add_version(work, record_of(collect_policy(wanted)), position=position + 1, reason=change.reason)


async def _last(work: Work) -> tuple[int, dict[str, object]]:
    """Return the position and the record of the version that holds, while the company is locked."""
    await companies.lock_company(work)
    last = await creditors.collection_policy_versions(work.session, work.company_id, limit=1)
    return (last[0].position, last[0].record) if last else (0, {})


def _add_version(work: Work, record: dict[str, object], *, position: int, reason: str) -> None:
    work.add(
        CollectionPolicy(
            id=work.new_id(), company_id=work.company_id, position=position, record=record, recorded_at=work.now,
            actor=work.actor.word, reason=reason, journal_id=work.journal_id,
        )
    )  # fmt: skip
