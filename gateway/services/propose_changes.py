"""Propose what only two persons together may change: it waits, and until then the old value is used.

Who decides is ``decide_changes``, which also knows what each kind of change does.
"""

from collections.abc import Sequence

from gateway.store import protected_changes
from gateway.store.protected_changes import NewChange, ProtectedChange
from gateway.store.work import Work
from schemas.errors import Conflict
from schemas.states import ProposalState

REPLACED = "replaced"


class ChangeWaits(Conflict):
    """Another change of this waits already; it is decided first."""

    code = "change_waits"


async def propose_change(work: Work, change: NewChange) -> int:
    """Propose one change and return its key. Raises ChangeWaits when another one of the same thing waits."""
    waiting = await protected_changes.open_changes_of(
        work.session, company_id=work.company_id, kind=change.kind, subject_ids=[change.subject_id]
    )
    if waiting:
        raise ChangeWaits
    [key] = await propose_changes(work, [change])
    return key


async def propose_changes(work: Work, changes: Sequence[NewChange]) -> list[int]:
    """Propose changes of things of which none waits yet; return their keys."""
    return await protected_changes.insert_changes(work, changes)


async def withdraw_changes(work: Work, changes: Sequence[ProtectedChange]) -> None:
    """Take proposals back that newer ones replace."""
    ids = [change.id for change in changes]
    await protected_changes.close_changes(work, ids=ids, state=ProposalState.REFUSED, reason=REPLACED)
