"""What people do with rows of the unpaid register: give them to somebody, note something, close them with a reason."""

from collections.abc import Sequence

from gateway.services.plan_retry import NoSuchUnpaid, accept_retry
from gateway.store import unpaid_writes, users_queries
from gateway.store.work import Work
from schemas.errors import Conflict, NotFound
from schemas.states import UnpaidState

_NOTE_MAX = 500


class AlreadyClosed(Conflict):
    """Somebody closed this row, or it was paid."""

    code = "already_closed"


async def assign(work: Work, *, row_ids: Sequence[int], owner_id: int | None) -> int:
    """Give rows to a colleague, or to nobody; return how many. Raises NotFound."""
    if owner_id is not None:
        people = await users_queries.users_of(work.session, work.company_id)
        if owner_id not in {user.id for user, _ in people}:
            raise NotFound(f"there is no user {owner_id} in this company")
    count = 0
    for row_id in row_ids:
        count += await unpaid_writes.change_row(work, row_id=row_id, version=None, owner_id=owner_id)
    _check_found(count, row_ids)
    work.say("assign_unpaid", f"unpaid:{row_ids[0]}", assigned=count)
    return count


async def note(work: Work, *, row_id: int, text: str) -> None:
    """Note something beside a row."""
    count = await unpaid_writes.change_row(work, row_id=row_id, version=None, note=text.strip()[:_NOTE_MAX])
    _check_found(int(count), [row_id])
    work.say("note_unpaid", f"unpaid:{row_id}")


async def close(work: Work, *, row_ids: Sequence[int], reason: str) -> int:
    """Close rows by a person's word: nothing more is done about them. What is open stays open. Raises AlreadyClosed."""
    count = 0
    for row_id in row_ids:
        row = await unpaid_writes.lock_row(work, row_id)
        if row is None:
            raise NoSuchUnpaid(f"there is no row {row_id} in the unpaid register")
        if row.state not in (UnpaidState.OPEN, UnpaidState.RETRIED):
            raise AlreadyClosed(f"row {row_id} is {row.state} already")
        count += await unpaid_writes.change_row(
            work, row_id=row_id, version=row.version, state=UnpaidState.CLOSED, closed_at=work.now,
            closed_by=work.actor.name, note=reason.strip()[:_NOTE_MAX],
        )  # fmt: skip
    work.say("close_unpaid", f"unpaid:{row_ids[0]}", reason=reason.strip()[:_NOTE_MAX], closed=count)
    return count


async def accept_retries(work: Work, *, row_ids: Sequence[int]) -> int:
    """Accept the proposed day of each row, all or none. Raises what ``accept_retry`` raises."""
    for row_id in row_ids:
        await accept_retry(work, row_id=row_id)
    return len(row_ids)


def _check_found(count: int, row_ids: Sequence[int]) -> None:
    if count != len(row_ids):
        raise NoSuchUnpaid(f"{len(row_ids) - count} of these rows are not in the unpaid register")
