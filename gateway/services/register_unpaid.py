"""Write debits that were rejected or came back into the unpaid register, and do what the policy says of each reason.

The mandate is suspended or ended, a day for a new attempt is proposed; what is left is a person's.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from gateway.domain.lifecycle import MANDATE
from gateway.domain.retry import propose_retry
from gateway.domain.returns import ReasonRule, ReturnPolicy, return_policy, treat
from gateway.services.attach_fees import attach_to_rows
from gateway.services.plan_retry import accept_retry
from gateway.store import collections_found, creditors, mandates, unpaid_writes
from gateway.store.mandates import MandateMove
from gateway.store.work import Work
from schemas.codes.reason_actions import MandateAction, Retry, ReturnKind
from schemas.errors import GatewayError
from schemas.states import MandateState


class CameBack(NamedTuple):
    """One debit that will not be, or is no longer, money. Amounts are minor units above zero."""

    party_id: int
    collection_id: int | None
    mandate_id: int | None
    kind: ReturnKind
    reason: str
    words: str
    amount_minor: int
    currency: str
    occurred_date: dt.date
    fee_minor: int = 0
    compensation_minor: int = 0
    bank_transaction_id: int | None = None
    report_id: int | None = None
    fee_item_id: int | None = None


_BY_ITSELF = frozenset({Retry.LATER, Retry.LATER_ONCE})
_ENDS = {
    MandateAction.SUSPEND: MandateState.SUSPENDED,
    MandateAction.DECIDE: MandateState.SUSPENDED,  # Until a person decides.
    MandateAction.CANCEL: MandateState.REVOKED,
}


async def policy_for(work: Work) -> ReturnPolicy:
    """Return what the company does about debits that come back."""
    return return_policy(await creditors.collection_policy_of(work.session, work.company_id))


async def register_unpaid(work: Work, back: Sequence[CameBack]) -> list[int]:
    """Write rows with what is done about each, move the mandates; return the keys of the rows."""
    policy = await policy_for(work)
    tries = await collections_found.tries_of(work.session, [one.collection_id for one in back if one.collection_id])
    paid = await unpaid_writes.paid_dates_of(work.session, {one.party_id for one in back})
    rules = [treat(one.reason, policy, tries=tries.get(one.collection_id or 0, 0)) for one in back]
    keys = work.new_ids(len(back))
    rows = []
    for key, one, rule in zip(keys, back, rules, strict=True):
        plan = propose_retry(
            rule, policy, tries=tries.get(one.collection_id or 0, 0), occurred_date=one.occurred_date,
            paid_dates=paid.get(one.party_id, ()),
        )  # fmt: skip
        rows.append(
            (key, work.company_id, one.party_id, one.collection_id, one.bank_transaction_id, one.report_id, one.kind,
             one.reason, one.words[:500], one.amount_minor, one.fee_minor, one.compensation_minor, one.currency,
             one.occurred_date, rule.retry, rule.mandate, rule.action, plan.retry_date, one.fee_item_id, work.now)
        )  # fmt: skip
    await work.flush()
    await unpaid_writes.insert_unpaid(work, rows)
    await attach_to_rows(work, keys)
    work.reach("unpaid_written")
    await _move_mandates(work, list(zip(keys, back, rules, strict=True)))
    work.reach("mandates_treated")
    if policy.presents_again:
        await _present_again(work, [key for key, rule in zip(keys, rules, strict=True) if rule.retry in _BY_ITSELF])
    return keys


async def _present_again(work: Work, keys: Sequence[int]) -> None:
    """Plan the proposed retries as the policy says; what cannot be planned is left to a person."""
    for key in keys:
        savepoint = await work.session.begin_nested()
        try:
            await accept_retry(work, row_id=key)
        except GatewayError:
            await savepoint.rollback()
        else:
            await savepoint.commit()


async def _move_mandates(work: Work, treated: Sequence[tuple[int, CameBack, ReasonRule]]) -> None:
    wanted = {
        one.mandate_id: (key, _ENDS[rule.mandate])
        for key, one, rule in treated
        if one.mandate_id and rule.mandate in _ENDS
    }
    now = await unpaid_writes.lock_mandates(work, [key for key in wanted if key])
    moves = [
        MandateMove(key, found.state, wanted[key][1], reason_of(wanted[key][0]))
        for key, found in now.items()
        if MANDATE.allows(found.state, wanted[key][1])
    ]
    await mandates.move_mandates(work, moves)
    await mandates.sync_mandate_ibans(work, {now[move.mandate_id].party_id for move in moves})


def reason_of(unpaid_id: int) -> str:
    """Return the reason of a move that a row of the register made, as the journal names it."""
    return f"unpaid:{unpaid_id}"
