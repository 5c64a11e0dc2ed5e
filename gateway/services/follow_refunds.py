"""Move our refunds with what a statement books: money out pays them, money in brings one back.

The allocations are those of the booking itself; here the refunds, the guards of their items and their runs move.
"""

from collections.abc import Sequence
from typing import TypeAlias

from gateway.domain.matching.model import Explanation
from gateway.store import refund_answers, refunds_in_runs
from gateway.store.bank_transactions import Unexplained
from gateway.store.counters import UsedSince
from gateway.store.refunds import Refund
from gateway.store.work import Work
from schemas.states import AllocationKind, RefundState

Explained: TypeAlias = tuple[Unexplained, Explanation]
_Z = RefundState
_PAYS = frozenset({AllocationKind.REFUND, AllocationKind.PAYMENT})


async def name_refunds(work: Work, booked: Sequence[Explained]) -> list[Explained]:
    """Return bookings with the refunds that they pay, where a person said only which item money out was taken from.

    It is the refund out of that item that waits with exactly this amount; two such are none.
    """
    items = {line.item_id for pair in booked if _is_bare(pair) for line in pair[1].lines if line.kind in _PAYS}
    waiting = await refund_answers.waiting_for_items(work, items) if items else []
    return [_named(pair, waiting) if _is_bare(pair) else pair for pair in booked] if waiting else list(booked)


def _is_bare(pair: Explained) -> bool:
    return pair[0].credit.amount_minor < 0 and not (pair[1].refunds or pair[1].collections)


def _named(pair: Explained, waiting: Sequence[Refund]) -> Explained:
    one, explanation = pair
    found: list[int] = []
    for line in explanation.lines:
        fitting = [
            row.id for row in waiting if (row.open_item_id, -row.amount_minor) == (line.item_id, line.amount_minor)
        ]
        found += fitting if len(fitting) == 1 and line.kind in _PAYS else []
    return one, explanation._replace(refunds=tuple(dict.fromkeys(found)))


def fits_refund(row: Refund | None, amount_minor: int) -> bool:
    """Tell whether a refund may be paid by money out, or come back with money in."""
    return row is not None and row.state is (_Z.SUBMITTED if amount_minor < 0 else _Z.SETTLED)


async def follow_refunds(work: Work, booked: Sequence[Explained]) -> None:
    """Settle the refunds that some bookings paid; let those fail whose money came back."""
    about = [pair for pair in booked if pair[1].refunds]
    if not about:
        return
    rows = await refund_answers.lock_by_id(work, {key for _, one in about for key in one.refunds})
    paid = {key: one.credit.id for one, why in about if one.credit.amount_minor < 0 for key in why.refunds}
    if paid:
        await refund_answers.settle(work, [rows[key] for key in sorted(paid)], paid)
        work.say("settle_refunds", f"refunds:{len(paid)}", settled=len(paid))
        work.reach("refunds_settled")
    back = {key: one for one, why in about if one.credit.amount_minor > 0 for key in why.refunds}
    for key, one in sorted(back.items()):
        await refunds_in_runs.move_refunds(
            work, [rows[key]], from_state=_Z.SETTLED, to_state=_Z.FAILED, reason=one.credit.return_reason or ""
        )
        work.touched_items.add(rows[key].open_item_id)
    if back:
        work.say("return_refunds", f"refunds:{len(back)}", returned=len(back))
        work.reach("refunds_returned")


async def undo_refunds(work: Work, bank_transaction_ids: Sequence[int]) -> None:
    """Put refunds back where they were before some bookings, which are taken back. Raises UsedSince."""
    back = await refund_answers.brought_back_by(work, bank_transaction_ids)
    await refunds_in_runs.move_refunds(work, back, from_state=_Z.FAILED, to_state=_Z.SETTLED, reason="undone")
    await work.flush()
    rows = await refund_answers.paid_by(work, bank_transaction_ids)
    if any(row.state is _Z.FAILED for row in rows):
        raise UsedSince("a refund that this money paid came back since; take that back first")
    if rows:
        await refund_answers.unsettle(work, rows)
        work.reach("refunds_wait_again")
