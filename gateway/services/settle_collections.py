"""Settle the debits whose money came: they ask for nothing any more, and may be taken back until a day.

The allocations are those of the booking itself; here the debits, their mandates and their runs move.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from gateway.domain.matching.model import Explanation
from gateway.domain.returns import refundable_until
from gateway.store import collection_answers, mandates, settled_debits, unpaid_writes
from gateway.store.bank_transactions import Unexplained
from gateway.store.counters import UsedSince
from gateway.store.mandates import MandateMove
from gateway.store.settled_debits import AwaitedDebit, Settled
from gateway.store.work import Work
from schemas.states import CollectionState, MandateState
from schemas.tables import MandateType

_S = CollectionState
_USED = "one-off debit settled"


async def settle_collections(work: Work, booked: Sequence[tuple[Unexplained, Explanation]]) -> None:
    """Settle the debits of some bookings, which are locked. A rejected one that was credited only notes its money."""
    brought: dict[int, tuple[int, dt.date]] = {
        key: (one.credit.id, one.effective_date) for one, explanation in booked for key in explanation.collections
    }
    if not brought:
        return
    debits = await settled_debits.awaited_debits(work.session, brought)
    awaited = [one for one in debits if one.state is _S.SUBMITTED]
    await settled_debits.settle(work, [_settled(one, brought) for one in awaited], [one.version for one in awaited])
    others = [one for one in debits if one.state is not _S.SUBMITTED]
    await settled_debits.note_money(work, [_settled(one, brought) for one in others])
    ids = [one.id for one in awaited]
    await collection_answers.free_items(work, ids)
    await collection_answers.finish_amendments(work, ids)
    await _consume(work, [one.mandate_id for one in awaited if one.mandate_id])
    await collection_answers.close_ended_runs(work, ids)
    work.say("settle_collections", f"collections:{len(debits)}", settled=len(ids))
    work.reach("collections_settled")


def _settled(one: AwaitedDebit, brought: Mapping[int, tuple[int, dt.date]]) -> Settled:
    bank_transaction_id, day = brought[one.id]
    return Settled(one.id, bank_transaction_id, day, refundable_until(one.local_instrument, day))


async def _consume(work: Work, mandate_ids: Sequence[int]) -> None:
    """A one-off mandate is used up by the debit that settled."""
    now = await unpaid_writes.lock_mandates(work, mandate_ids, type_=MandateType.ONE_OFF)
    used = [
        MandateMove(key, one.state, MandateState.CONSUMED, _USED)
        for key, one in now.items()
        if one.state in (MandateState.ACTIVE, MandateState.SUSPENDED)
    ]
    await mandates.move_mandates(work, used)
    await mandates.sync_mandate_ibans(work, {now[move.mandate_id].party_id for move in used})


async def undo_settlements(work: Work, bank_transaction_ids: Sequence[int]) -> None:
    """Let the debits wait again whose money was not theirs. Raises UsedSince when one came back meanwhile."""
    rows = await collection_answers.settled_by(work, bank_transaction_ids)
    if not rows:
        return
    if any(row.state is _S.RETURNED for row in rows):
        raise UsedSince("a debit that this money settled came back since; take that back first")
    settled = [row.id for row in rows if row.state is _S.SETTLED]
    await collection_answers.unsettle(work, rows)
    await collection_answers.ask_items_again(work, settled)
    await collection_answers.finish_amendments(work, settled, is_done=False)
    await collection_answers.open_runs_again(work, settled)
    mandate_ids = [row.mandate_id for row in rows if row.mandate_id]
    await collection_answers.move_mandates_back(work, mandate_ids, reason=_USED)
    work.reach("collections_wait_again")
