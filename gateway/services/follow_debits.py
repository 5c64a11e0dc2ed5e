"""What a booking means for our debits and refunds: those that it settles and the one that it takes back move with it.

Used by matching for many and by clerks for one, and when a decision is taken back.
"""

from collections.abc import Sequence
from typing import TypeAlias

from gateway.domain.matching.model import Explanation
from gateway.services.attach_fees import undo_fees
from gateway.services.confirm_mandates import confirm_drafts
from gateway.services.follow_refunds import fits_refund, follow_refunds, name_refunds, undo_refunds
from gateway.services.return_collections import register_others, return_collections, undo_returns
from gateway.services.settle_collections import settle_collections, undo_settlements
from gateway.store import collection_answers, counters, refund_answers
from gateway.store.bank_transactions import Unexplained
from gateway.store.work import Work
from schemas.states import CollectionState

Explained: TypeAlias = tuple[Unexplained, Explanation]
_S = CollectionState


async def only_as_seen(work: Work, booked: Sequence[Explained]) -> tuple[list[Explained], list[int]]:
    """Lock the items, debits and refunds of what is to be booked; return what fits still, and the bank transactions of
    the rest.

    Refunds come first, then items, as everywhere where these are locked. What a person booked gets the refunds that it
    pays.
    """
    booked = await name_refunds(work, booked)
    if not any(explanation.collections or explanation.refunds for _, explanation in booked):
        return list(booked), []
    paid = await refund_answers.lock_by_id(work, {key for _, explanation in booked for key in explanation.refunds})
    ids = [key for _, explanation in booked for key in explanation.collections]
    await counters.hold_items(work, sorted({line.item_id for _, one in booked for line in one.lines}))
    await collection_answers.lock_items_of(work, ids)
    now = await collection_answers.lock_collections(work, ids)
    good: list[Explained] = []
    unfit: list[int] = []
    taken: set[int] = set()
    for one, explanation in booked:
        wanted = explanation.collections + explanation.refunds  # Keys are unique over all tables.
        minor = one.credit.amount_minor
        allowed = all(key in now and _fits(now[key], minor) for key in explanation.collections)
        allowed = allowed and all(fits_refund(paid.get(key), minor) for key in explanation.refunds)
        if allowed and taken.isdisjoint(wanted):
            taken.update(wanted)
            good.append((one, explanation))
        else:
            unfit.append(one.credit.id)
    return good, unfit


def _fits(now: tuple[CollectionState, bool], amount_minor: int) -> bool:
    """Tell whether a debit may be settled (or credited although rejected), or taken back."""
    state, has_money = now
    if amount_minor > 0:
        return state is _S.SUBMITTED or (state is _S.REJECTED and not has_money)
    return state is _S.SETTLED or (state is _S.REJECTED and has_money)


async def follow_debits(work: Work, booked: Sequence[Explained]) -> None:
    """Move debits and refunds of what was booked: money in settles or confirms, money out takes back or pays out."""
    await confirm_drafts(work, booked)
    about = [pair for pair in booked if pair[1].collections]
    await settle_collections(work, [pair for pair in about if pair[0].credit.amount_minor > 0])
    await return_collections(work, [pair for pair in about if pair[0].credit.amount_minor < 0])
    await register_others(
        work, [pair for pair in booked if not pair[1].collections and pair[0].credit.amount_minor < 0]
    )
    await follow_refunds(work, booked)


async def undo_debits(work: Work, ids: Sequence[int], *, item_ids: Sequence[int]) -> None:
    """Put debits, refunds and fees of some bank transactions, whose decisions are taken back, where they were.

    ``item_ids`` are the items that these decisions settled. Raises UsedSince.
    """
    await undo_refunds(work, ids)
    await counters.hold_items(work, sorted(set(item_ids)))
    await undo_fees(work, ids)
    await undo_returns(work, ids)
    await undo_settlements(work, ids)
