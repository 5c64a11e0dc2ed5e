"""Settle the debits whose money came: they ask for nothing any more, and may be taken back until a day.

The allocations are those of the booking itself; here the debits, their mandates and their runs move.
"""

import datetime as dt
from collections.abc import Sequence

from gateway.domain.matching.model import Explanation
from gateway.domain.returns import refundable_until
from gateway.store import collection_answers, collections_found, mandates, unpaid_writes
from gateway.store.bank_transactions import Unexplained
from gateway.store.collection_answers import Settled
from gateway.store.counters import UsedSince
from gateway.store.mandates import MandateMove
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
    found = await collections_found.collections_by_id(work.session, brought)
    settled = [
        Settled(
            row.id, row.version, row.state, brought[row.id][0], brought[row.id][1],
            refundable_until(row.local_instrument, brought[row.id][1]),
        )
        for row in found.values()
    ]  # fmt: skip
    await collection_answers.settle(work, settled)
    waited = [one.id for one in settled if one.state is _S.SUBMITTED]
    await collection_answers.free_items(work, waited)
    await collection_answers.finish_amendments(work, waited)
    await _consume(work, [row.mandate_id for row in found.values() if row.mandate_id and row.state is _S.SUBMITTED])
    await collection_answers.close_ended_runs(work, waited)
    work.say("settle_collections", f"collections:{len(settled)}", settled=len(waited))
    work.reach("collections_settled")


async def _consume(work: Work, mandate_ids: Sequence[int]) -> None:
    """A one-off mandate is used up by the debit that settled."""
    now = await unpaid_writes.lock_mandates(work, mandate_ids)
    used = [
        MandateMove(key, one.state, MandateState.CONSUMED, _USED)
        for key, one in now.items()
        if one.type == MandateType.ONE_OFF and one.state in (MandateState.ACTIVE, MandateState.SUSPENDED)
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
