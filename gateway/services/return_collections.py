"""Debits that came back: each opens again what it had settled, goes into the unpaid register, and its reason decides.

The allocations are those of the booking itself (design section 4: a return is no correction). A debit that a report had
rejected before, and that the bank credited all the same, has its row already.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from gateway.domain.matching.model import Explanation
from gateway.domain.returns import ReturnPolicy, kind_after
from gateway.services.register_unpaid import CameBack, policy_for, reason_of, register_unpaid
from gateway.store import collection_answers, collections_found, counters, unpaid_writes
from gateway.store.bank_transactions import Unexplained
from gateway.store.collections import Collection
from gateway.store.counters import UsedSince
from gateway.store.open_items import OpenItem, OpenItemVersion
from gateway.store.unpaid import Unpaid
from gateway.store.work import Work
from schemas.codes.bookings import booking_kind
from schemas.codes.reason_actions import ReturnKind
from schemas.states import AllocationKind, CollectionState, OpenItemKind

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
    new: list[CameBack] = []
    for key, row in rows.items():
        one, explanation = by_debit[key]
        back = _came_back(row, one, explanation, said[one.credit.id])
        if back.fee_minor and policy.rebills_fee:
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
    """Add to the row of a rejected debit what the statement says of it."""
    await unpaid_writes.change_row(
        work, row_id=known.id, version=None, bank_transaction_id=back.bank_transaction_id,
        fee_minor=back.fee_minor, compensation_minor=back.compensation_minor, fee_item_id=back.fee_item_id,
    )  # fmt: skip


async def _claim_fee(work: Work, row: Collection, back: CameBack, policy: ReturnPolicy) -> int:
    """Open the item by which the customer is asked for the fee of his returned debit; return its key."""
    item_id = work.new_id()
    number = f"FEE-{item_id}"
    minor = policy.fee_claim_minor or back.fee_minor
    due_date = back.occurred_date + dt.timedelta(days=14)
    work.add(
        OpenItem(
            id=item_id,
            company_id=work.company_id,
            kind=OpenItemKind.FEE_CLAIM,
            number=number,
            number_key=number.replace("-", ""),
            party_id=row.party_id,
            currency=back.currency,
            amount_minor=minor,
            issue_date=back.occurred_date,
            due_date=due_date,
            original_number=row.end_to_end_id,
            created_at=work.now,
        ),
        OpenItemVersion(
            id=work.new_id(),
            company_id=work.company_id,
            open_item_id=item_id,
            position=1,
            amount_minor=minor,
            due_date=due_date,
            party_id=row.party_id,
            record={},
            recorded_at=work.now,
            actor=work.actor.name,
            journal_id=work.journal_id,
        ),
    )
    await work.flush()
    return item_id


async def undo_returns(work: Work, bank_transaction_ids: Sequence[int]) -> None:
    """Put everything back as it was before some debits were booked as returns. Raises UsedSince.

    A debit that was asked for again since, or a fee that was paid, is taken back first.
    """
    rows = await unpaid_writes.rows_of_transactions(work.session, bank_transaction_ids, lock=True)
    if not rows:
        return
    await _check_unused(work, rows)
    await counters.close_opened_items(work, [row.fee_item_id for row in rows if row.fee_item_id])
    ids = [row.collection_id for row in rows if row.collection_id]
    await collection_answers.move_collections(
        work, ids, from_states=[_S.RETURNED], to_state=_S.SETTLED, reason="undone"
    )
    found = await collections_found.collections_by_id(work.session, ids)
    for row in rows:
        collection = found.get(row.collection_id or 0)
        if row.report_id is None and collection is not None and collection.mandate_id is not None:
            await collection_answers.move_mandates_back(work, [collection.mandate_id], reason=reason_of(row.id))
    await unpaid_writes.forget_rows(work, [row.id for row in rows if row.report_id is None])
    for row in rows:
        if row.report_id is not None:  # The report still says that it was rejected.
            await unpaid_writes.change_row(
                work, row_id=row.id, version=None, bank_transaction_id=None, fee_minor=0, compensation_minor=0,
                fee_item_id=None,
            )  # fmt: skip
    work.reach("returns_undone")


async def _check_unused(work: Work, rows: Sequence[Unpaid]) -> None:
    retried = [row.retry_id for row in rows if row.retry_id and row.report_id is None]
    live = await collections_found.collections_by_id(work.session, retried)
    if any(row.state is not _S.CANCELLED for row in live.values()):
        raise UsedSince("the debit was presented again since; cancel that first")
