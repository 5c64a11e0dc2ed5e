"""Fees that our bank booked apart: each is added to the debit that it names, and the customer is asked for it.

What belongs to what follows from the fees and the debits that are there, not from the order in which they came: when
one comes or goes, whatever it may concern is decided anew. A fee that belongs to no debit stays set aside.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection as Several
from collections.abc import Iterable, Sequence

from gateway.domain.matching.return_fees import EARLY_DAYS, LATE_DAYS, FeeBooking, FeeDebit, may_name, shares_of
from gateway.domain.returns import ReturnPolicy, return_policy
from gateway.services.claim_fee import FeeClaim, claim_fee
from gateway.store import collections_found, counters, creditors, fee_bookings, unpaid_fees, unpaid_writes
from gateway.store.counters import UsedSince
from gateway.store.unpaid import Unpaid, UnpaidFee
from gateway.store.work import Work


async def attach_fees(work: Work, bank_transaction_ids: Sequence[int]) -> None:
    """Add fees that were set aside to the debits that they name, where that is certain."""
    if not bank_transaction_ids:
        return
    await unpaid_fees.hold_fees(work)
    if await unpaid_fees.has_rows(work.session, work.company_id):
        await decide_fees(work, await fee_bookings.fees_by_id(work.session, bank_transaction_ids))


async def attach_to_rows(work: Work, row_ids: Sequence[int]) -> None:
    """Add the fees that wait for rows of the register, which are new or say more than before."""
    if row_ids:
        await unpaid_fees.hold_fees(work)
        await decide_fees(work, await fees_about(work, row_ids))


async def fees_about(work: Work, row_ids: Sequence[int], *, besides: Several[int] = ()) -> list[FeeBooking]:
    """Return the fees that are set aside and may be for some rows, but for some bank transactions."""
    debits = await fee_bookings.debits_of_rows(work.session, row_ids)
    if not debits:
        return []
    days = [debit.occurred_date for debit in debits]
    fees = await fee_bookings.fees_between(
        work.session,
        company_id=work.company_id,
        first=min(days) - dt.timedelta(EARLY_DAYS),
        last=max(days) + dt.timedelta(LATE_DAYS),
    )
    return [fee for fee in fees if fee.id not in besides and may_name(fee, debits)]


async def decide_fees(work: Work, fees: Sequence[FeeBooking]) -> None:
    """Let each fee belong to the rows that it names now. Where the customer paid it or pays it, it stays as it is."""
    if not fees:
        return
    debits = await fee_bookings.debits_named(work.session, company_id=work.company_id, fees=fees)
    ties = await unpaid_fees.fees_of(work.session, fee_ids=[fee.id for fee in fees])
    used = await unpaid_fees.used_items(work.session, [tie.fee_item_id for tie in ties if tie.fee_item_id])
    fixed = {tie.bank_transaction_id for tie in ties if tie.fee_item_id in used}
    wanted = _wanted([fee for fee in fees if fee.id not in fixed], debits)
    now = {(tie.bank_transaction_id, tie.unpaid_id): tie.amount_minor for tie in ties}
    gone = [tie for tie in ties if tie.bank_transaction_id not in fixed and not _is_wanted(tie, wanted)]
    new = [(*key, minor) for key, minor in wanted.items() if now.get(key) != minor]
    await _take_off(work, gone)
    keys = await _add(work, new)
    await _ask_for(work, {tie.unpaid_id for tie in gone} | {row_id for _, row_id, _ in new}, keys)
    work.reach("fees_attached")


def _wanted(fees: Iterable[FeeBooking], debits: Sequence[FeeDebit]) -> dict[tuple[int, int], int]:
    return {(fee.id, share.unpaid_id): share.amount_minor for fee in fees for share in shares_of(fee, debits)}


def _is_wanted(tie: UnpaidFee, wanted: dict[tuple[int, int], int]) -> bool:
    return wanted.get((tie.bank_transaction_id, tie.unpaid_id)) == tie.amount_minor


async def undo_fees(work: Work, bank_transaction_ids: Sequence[int]) -> None:
    """Take fees off their debits that are not set aside any more. Raises UsedSince when a customer paid one."""
    await _take_back(work, await unpaid_fees.fees_of(work.session, fee_ids=bank_transaction_ids))


async def forget_fees(work: Work, row_ids: Sequence[int]) -> None:
    """Take all fees off some rows, which are to be deleted. Raises UsedSince when a customer paid one."""
    await _take_back(work, await unpaid_fees.fees_of(work.session, row_ids=row_ids))


async def _take_back(work: Work, ties: Sequence[UnpaidFee]) -> None:
    if ties:
        await unpaid_fees.hold_fees(work)
        if await unpaid_fees.used_items(work.session, [tie.fee_item_id for tie in ties if tie.fee_item_id]):
            raise UsedSince("the customer paid this fee since, or it is being collected; take that back first")
        await _take_off(work, ties)
        await _ask_for(work, {tie.unpaid_id for tie in ties}, ())


async def _take_off(work: Work, ties: Sequence[UnpaidFee]) -> None:
    await unpaid_fees.delete_fees(work, ties)
    await counters.close_opened_items(work, [tie.fee_item_id for tie in ties if tie.fee_item_id])


async def _add(work: Work, new: Sequence[tuple[int, int, int]]) -> list[int]:
    keys = work.new_ids(len(new))
    await unpaid_fees.insert_fees(work, [(key, *one) for key, one in zip(keys, new, strict=True)])
    return keys


async def _ask_for(work: Work, row_ids: Several[int], new_keys: Several[int]) -> None:
    """Ask customers for their fees as the policy says: for each new one, or for one amount per debit."""
    policy = return_policy(await creditors.collection_policy_of(work.session, work.company_id))
    if not row_ids or not policy.rebills_fee:
        return
    ties: dict[int, list[UnpaidFee]] = defaultdict(list)
    for tie in await unpaid_fees.fees_of(work.session, row_ids=row_ids):
        ties[tie.unpaid_id].append(tie)
    rows = {row.id: row for row in await unpaid_writes.rows_by_id(work.session, ties)}
    asked = [tie for key in sorted(rows) for tie in _to_ask(rows[key], ties[key], policy, new_keys)]
    fees = await fee_bookings.fees_by_id(work.session, [tie.bank_transaction_id for tie in asked])
    days = {fee.id: fee.booking_date for fee in fees}
    debits = await collections_found.collections_by_id(
        work.session, [key for row in rows.values() if (key := row.collection_id)]
    )
    for tie in asked:
        row = rows[tie.unpaid_id]
        minor = policy.fee_claim_minor or tie.amount_minor
        day = days.get(tie.bank_transaction_id, row.occurred_date)
        claim = FeeClaim(row.party_id, minor, row.currency, day, debits[row.collection_id or 0].end_to_end_id)
        await unpaid_fees.set_fee_item(work, tie_id=tie.id, item_id=await claim_fee(work, claim))


def _to_ask(
    row: Unpaid, ties: Sequence[UnpaidFee], policy: ReturnPolicy, new_keys: Several[int]
) -> Sequence[UnpaidFee]:
    if row.collection_id is None:
        return []  # Another system's debit: what it agreed with the customer is not known.
    if not policy.fee_claim_minor:
        return [tie for tie in ties if tie.id in new_keys]
    is_asked = row.fee_item_id is not None or any(tie.fee_item_id for tie in ties)
    return [] if is_asked else ties[:1]
