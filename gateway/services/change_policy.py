"""Change what matching may book by itself: a new version, never a change of one that was."""

import dataclasses

from gateway.domain.matching.model import Policy
from gateway.domain.matching.policy import changes, check_policy
from gateway.store import companies
from gateway.store.companies import PolicyVersion
from gateway.store.work import Work
from schemas.errors import Conflict


class PolicyChangedMeanwhile(Conflict):
    """Somebody else changed the rules meanwhile, so yours are not saved yet; see what changed, then save again."""

    code = "policy_changed_meanwhile"


async def change_policy(work: Work, *, policy: Policy, seen: int, reason: str = "") -> bool:
    """Make a policy the one that holds from now on, and tell whether it differs from the one before.

    ``seen`` is the position of the version that the person saw, 0 for the defaults. Raises PolicyOutOfRange, or
    PolicyChangedMeanwhile when another version came after it.
    """
    check_policy(policy)
    await companies.lock_company(work)
    last = await companies.policy_versions(work.session, work.company_id, limit=1)
    position = last[0].position if last else 0
    if position != seen:
        raise PolicyChangedMeanwhile
    changed = changes(Policy(**last[0].record) if last else Policy(), policy)
    if not changed:
        return False
    version = PolicyVersion(
        id=work.new_id(),
        company_id=work.company_id,
        position=position + 1,
        record=dataclasses.asdict(policy),
        recorded_at=work.now,
        actor=work.actor.word,
        reason=reason,
        journal_id=work.journal_id,
    )
    work.add(version)
    work.say("set_policy", f"policy:{version.position}", reason=reason, changed=len(changed))
    return True
