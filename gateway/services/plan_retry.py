"""Present a debit again that came back: the day that is proposed, and the new collection that names the old one."""

import datetime as dt
from typing import NamedTuple

from gateway.domain.calendar import bank_days_after, next_bank_day
from gateway.domain.mandate import is_collectable
from gateway.domain.retry import RetryPlan, propose_retry
from gateway.domain.returns import NEVER_AGAIN, ReturnPolicy, return_policy, treat
from gateway.store import collections_found, creditors, mandates, plan_again, unpaid_writes
from gateway.store.collections import Collection
from gateway.store.database import ReadSession
from gateway.store.plan_again import PlannedByHand
from gateway.store.unpaid import Unpaid
from gateway.store.work import Work
from schemas.errors import Conflict, GatewayError, NotFound
from schemas.states import CollectionState, UnpaidState

_CAME_BACK = frozenset({CollectionState.REJECTED, CollectionState.RETURNED})


class NoSuchUnpaid(NotFound):
    """There is no such row in the unpaid register."""

    code = "no_such_unpaid"


class RetryNotAllowed(GatewayError):
    """This debit may not be presented again."""

    code = "retry_not_allowed"


class NothingLeft(Conflict):
    """Nothing of it is open any more, or it is asked for already."""

    code = "nothing_left"


class Chance(NamedTuple):
    """What a new attempt would be: the plan with its reason, and how often the debt was presented again before."""

    plan: RetryPlan
    tries: int


async def chance_of(session: ReadSession, row: Unpaid, *, today: dt.date) -> Chance:
    """Return the day that is proposed for a row now, or why there is none."""
    policy = return_policy(await creditors.collection_policy_of(session, row.company_id))
    tries = await _tries(session, row)
    paid = await unpaid_writes.paid_dates_of(session, [row.party_id])
    plan = propose_retry(
        treat(row.reason, policy, tries=tries), policy, tries=tries, occurred_date=row.occurred_date,
        paid_dates=paid.get(row.party_id, ()), not_before_date=today + dt.timedelta(days=1),
    )  # fmt: skip
    return Chance(plan, tries)


async def _tries(session: ReadSession, row: Unpaid) -> int:
    if row.collection_id is None:
        return 0
    return (await collections_found.tries_of(session, [row.collection_id]))[row.collection_id]


async def accept_retry(work: Work, *, row_id: int, retry_date: dt.date | None = None) -> int:
    """Plan a new debit of what is still open; return its key. Without a date the proposed one is taken.

    Raises NoSuchUnpaid, RetryNotAllowed, NothingLeft or Conflict.
    """
    row = await unpaid_writes.lock_row(work, row_id)
    if row is None:
        raise NoSuchUnpaid(f"there is no row {row_id} in the unpaid register")
    old = await _last_of(work, row)
    policy = return_policy(await creditors.collection_policy_of(work.session, work.company_id))
    date = await _check(work, row, old, policy, retry_date or row.retry_date)
    wanted = PlannedByHand(
        old.party_id, old.mandate_id or 0, old.mandate_reference, old.local_instrument, old.due_date, date,
        await _left_of(work, old), old.remittance, retry_of_id=old.id,
    )  # fmt: skip
    key = await plan_again.plan_collection(work, wanted)
    await unpaid_writes.change_row(
        work, row_id=row.id, version=None, state=UnpaidState.RETRIED, retry_id=key, retry_date=date
    )
    work.say("plan_retry", f"unpaid:{row.id}", retried=1)
    work.reach("retry_planned")
    return key


async def _last_of(work: Work, row: Unpaid) -> Collection:
    """Return the debit that is to be presented again: the one that came back, or a retry of it that was cancelled."""
    keys = [key for key in (row.collection_id, row.retry_id) if key is not None]
    found = await collections_found.collections_by_id(work.session, keys)
    old = found.get(row.collection_id or 0)
    if old is None or old.mandate_id is None:
        raise RetryNotAllowed("it was sent by another system, so there is no mandate here to present it again with")
    retry = found.get(row.retry_id or 0)
    if retry is not None and retry.state is not CollectionState.CANCELLED:
        raise Conflict(f"it is presented again already, on {retry.collection_date}")
    if row.state not in (UnpaidState.OPEN, UnpaidState.RETRIED) or old.state not in _CAME_BACK:
        raise Conflict(f"this row is {row.state}; only what is open is presented again")
    return retry or old


async def _check(
    work: Work, row: Unpaid, old: Collection, policy: ReturnPolicy, wanted_date: dt.date | None
) -> dt.date:
    """Return the bank day on which it is presented again. Raises RetryNotAllowed with the limit that it breaks."""
    tries = await _tries(work.session, row)
    if row.reason in NEVER_AGAIN:
        raise RetryNotAllowed(f"a debit that came back with {row.reason} is not presented again")
    if tries >= policy.retries_max:
        raise RetryNotAllowed(f"this debt was presented again {tries} times already, {policy.retries_max} are allowed")
    first = bank_days_after(row.occurred_date, policy.retry_after_bank_days)
    date = next_bank_day(wanted_date or first)
    if date < first:
        raise RetryNotAllowed(f"{date} is too early, the first day is {first}")
    if date <= work.now.date():
        raise RetryNotAllowed(f"{date} has passed, choose a later day")
    mandate = await mandates.get_mandate(work.session, company_id=work.company_id, mandate_id=old.mandate_id or 0)
    obstacle = is_collectable(mandate, date) if mandate else None
    if mandate is None or obstacle is not None:
        raise RetryNotAllowed(f"the mandate {old.mandate_reference} cannot be collected on {date}: {obstacle}")
    return date


async def _left_of(work: Work, old: Collection) -> list[tuple[int, int]]:
    """Return what of the old debit is still open and asked for by nobody, signed as each item."""
    room = await unpaid_writes.room_of_lines(work, old.id)
    lines = [(key, min(asked, free) if asked > 0 else max(asked, free)) for key, asked, free in room]
    left = [(key, minor) for key, minor in lines if minor]
    if sum(minor for _, minor in left) <= 0:
        raise NothingLeft
    return left
