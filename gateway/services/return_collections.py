"""Debits that came back: each opens again what it had settled, goes into the unpaid register, and its reason decides.

The allocations are those of the booking itself (design section 4: a return is no correction). A debit that a report had
rejected before, and that the bank credited all the same, has its row already.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.domain.matching.model import Explanation
from gateway.domain.returns import ReturnPolicy, kind_after
from gateway.services.attach_fees import attach_to_rows, decide_fees, fees_about, forget_fees
from gateway.services.claim_fee import FeeClaim, claim_fee
from gateway.services.register_unpaid import CameBack, policy_for, reason_of, register_unpaid
from gateway.store import collection_answers, collections_found, counters, unpaid_fees, unpaid_writes
from gateway.store.bank_transactions import Unexplained
from gateway.store.collections import Collection
from gateway.store.counters import UsedSince
from gateway.store.unpaid import Unpaid, unpaid
from gateway.store.work import Work
from schemas.codes.bookings import booking_kind
from schemas.codes.reason_actions import ReturnKind
from schemas.states import AllocationKind, CollectionState

_S = CollectionState
_NO_CODE = frozenset({"", "UNKNOWN"})  # The bank returned it and gave no code.


async def return_collections(work: Work, booked: Sequence[tuple[Unexplained, Explanation]]) -> None:
    """Take the debits of some bookings back, which are locked: money that went out, one debit each."""
    if not booked:
        return
    by_debit = {explanation.collections[0]: (one, explanation) for one, explanation in booked}
    rows = await collections_found.collections_by_id(work.session, by_debit)
    said = await unpaid_writes.booked_by_bank(work.session, [one.credit.id for one, _ in booked])
    known = await unpaid_writes.rows_of_collections(
        work.session, [row.id for row in rows.values() if row.state is _S.REJECTED]
    )
    policy = await policy_for(work)
    asked = await _asked_already(work, known) if policy.fee_claim_minor else frozenset()
    new: list[CameBack] = []
    for key, row in rows.items():
        one, explanation = by_debit[key]
        back = _came_back(row, one, explanation, said[one.credit.id])
        if back.fee_minor and policy.rebills_fee and key not in asked:
            back = back._replace(fee_item_id=await _claim_fee(work, row, back, policy))
        if key in known:
            await _complete(work, known[key], back)
        else:
            new.append(back)
    await collection_answers.move_collections(
        work, [row.id for row in rows.values()], from_states=[_S.SETTLED], to_state=_S.RETURNED
    )
    await register_unpaid(work, new)
    work.say("return_collections", f"collections:{len(rows)}", returned=len(rows))
    work.reach("collections_returned")


def _came_back(row: Collection, one: Unexplained, explanation: Explanation, said: tuple[Any, ...]) -> CameBack:
    _, code, remittance, entry_text, _, bank_code, currency, amount_minor, *_ = said
    reason = "" if (code or "") in _NO_CODE else str(code)
    settled_date = row.settled_date or row.collection_date
    kind = kind_after(
        reason,
        booking_kind(bank_code, amount_minor, None),  # With a reason it is any debit that came back.
        scheme=row.local_instrument,
        settled_date=settled_date,
        occurred_date=one.effective_date,
    )
    return CameBack(
        party_id=row.party_id,
        collection_id=row.id,
        mandate_id=row.mandate_id,
        kind=kind,
        reason=reason,
        words=remittance or entry_text,
        amount_minor=row.amount_minor,
        currency=currency,
        occurred_date=one.effective_date,
        fee_minor=explanation.compensation_minor - explanation.bank_fee_minor,
        compensation_minor=-explanation.compensation_minor,
        bank_transaction_id=one.credit.id,
    )


async def register_others(work: Work, booked: Sequence[tuple[Unexplained, Explanation]]) -> None:
    """Register returned debits that another system sent: what they open again was booked from its statement."""
    back = [
        (one, explanation)
        for one, explanation in booked
        if one.credit.mandate_reference
        and explanation.customer_id
        and any(line.kind is AllocationKind.RETURN for line in explanation.lines)
    ]
    if not back:
        return
    said = await unpaid_writes.booked_by_bank(work.session, [one.credit.id for one, _ in back])
    await register_unpaid(work, [_other(one, explanation, said[one.credit.id]) for one, explanation in back])


def _other(one: Unexplained, explanation: Explanation, said: tuple[Any, ...]) -> CameBack:
    _, code, remittance, entry_text, _, _, currency, amount_minor, *_ = said
    reason = "" if (code or "") in _NO_CODE else str(code)
    return CameBack(
        party_id=explanation.customer_id or 0,
        collection_id=None,
        mandate_id=None,
        kind=ReturnKind.RETURN,
        reason=reason,
        words=remittance or entry_text,
        amount_minor=explanation.bank_fee_minor - amount_minor,
        currency=currency,
        occurred_date=one.effective_date,
        fee_minor=-explanation.bank_fee_minor,
        bank_transaction_id=one.credit.id,
    )


async def _complete(work: Work, known: Unpaid, back: CameBack) -> None:
    """Add to the row of a rejected debit what the statement says of it; a fee booked apart may be in it already."""
    await unpaid_writes.change_row(
        work, row_id=known.id, version=None, bank_transaction_id=back.bank_transaction_id,
        fee_minor=unpaid.c.fee_minor + back.fee_minor, compensation_minor=back.compensation_minor,
        fee_item_id=back.fee_item_id,
    )  # fmt: skip
    await attach_to_rows(work, [known.id])


async def _asked_already(work: Work, known: Mapping[int, Unpaid]) -> frozenset[int]:
    """Return those of some debits whose customer is asked for a fee that was booked apart."""
    ties = await unpaid_fees.fees_of(work.session, row_ids=[row.id for row in known.values()])
    claimed = {tie.unpaid_id for tie in ties if tie.fee_item_id}
    return frozenset(key for key, row in known.items() if row.id in claimed)


async def _claim_fee(work: Work, row: Collection, back: CameBack, policy: ReturnPolicy) -> int:
    minor = policy.fee_claim_minor or back.fee_minor
    return await claim_fee(work, FeeClaim(row.party_id, minor, back.currency, back.occurred_date, row.end_to_end_id))


async def undo_returns(work: Work, bank_transaction_ids: Sequence[int]) -> None:
    """Put everything back as it was before some debits were booked as returns. Raises UsedSince.

    A debit that was asked for again since, or a fee that was paid, is taken back first. Fees booked apart are set aside
    without a debit then, unless it is rejected all the same.
    """
    rows = await unpaid_writes.rows_of_transactions(work.session, bank_transaction_ids, lock=True)
    if not rows:
        return
    ids = [row.collection_id for row in rows if row.collection_id]
    before = await collections_found.collections_by_id(work.session, ids)
    rejected = {key for key, one in before.items() if one.state is _S.REJECTED}
    gone = [row for row in rows if row.collection_id not in rejected]
    await _check_unused(work, gone)
    fees = await fees_about(work, [row.id for row in rows], besides=bank_transaction_ids)
    await forget_fees(work, [row.id for row in gone])
    await counters.close_opened_items(work, [row.fee_item_id for row in rows if row.fee_item_id])
    await collection_answers.move_collections(
        work, ids, from_states=[_S.RETURNED], to_state=_S.SETTLED, reason="undone"
    )
    for row in gone:
        collection = before.get(row.collection_id or 0)
        if collection is not None and collection.mandate_id is not None:
            await collection_answers.move_mandates_back(work, [collection.mandate_id], reason=reason_of(row.id))
    await unpaid_writes.forget_rows(work, [row.id for row in gone])
    await _only_rejected(work, [row.id for row in rows if row.collection_id in rejected])
    await decide_fees(work, fees)
    work.reach("returns_undone")


async def _only_rejected(work: Work, row_ids: Sequence[int]) -> None:
    """Let rows say nothing of the statement any more, but the fees that were booked apart."""
    apart = Counter(dict.fromkeys(row_ids, 0))
    for tie in await unpaid_fees.fees_of(work.session, row_ids=row_ids):
        apart[tie.unpaid_id] += tie.amount_minor
    for key in row_ids:
        await unpaid_writes.change_row(
            work, row_id=key, version=None, bank_transaction_id=None, fee_minor=apart[key], compensation_minor=0,
            fee_item_id=None,
        )  # fmt: skip


async def _check_unused(work: Work, rows: Sequence[Unpaid]) -> None:
    live = await collections_found.collections_by_id(work.session, [row.retry_id for row in rows if row.retry_id])
    if any(row.state is not _S.CANCELLED for row in live.values()):
        raise UsedSince("the debit was presented again since; cancel that first")
