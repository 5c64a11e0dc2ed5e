"""Refunds: what is kept for a customer goes back to him. One person proposes, another approves, a run carries it.

A debit may still be taken back by the debtor's bank; whoever pays it back then pays twice, so that is said first.
"""

from typing import NamedTuple

from gateway.services.amend_mandates import SameAccount
from gateway.services.discard_run import said
from gateway.services.prepare_run import new_message_id
from gateway.services.propose_changes import propose_change
from gateway.store import parties, refunds, refunds_in_runs
from gateway.store.open_items import OpenItem, get_item
from gateway.store.protected_changes import NewChange, ProtectedChange
from gateway.store.refunds import Refund
from gateway.store.work import Work
from schemas.errors import Conflict, GatewayError, NotAllowed, NotFound
from schemas.identifiers import Bic, Iban
from schemas.states import OpenItemKind, ProtectedKind, RefundState

REFUNDED = frozenset({OpenItemKind.ON_ACCOUNT, OpenItemKind.CREDIT_NOTE})


class NotRefundable(GatewayError):
    """Only what is kept for a customer in euro can be paid back, and no more than is left of it."""

    code = "not_refundable"


class ProposerIsNotChecker(NotAllowed):
    """Whoever proposed a refund cannot approve it; another person has to."""

    code = "proposer_is_not_checker"


class RefundShaken(Conflict):
    """Less is kept for the customer than this refund pays, or another account for it waits for a second person."""

    code = "refund_shaken"


class RefundWanted(NamedTuple):
    """What goes back: of which item, how many cents, to which account."""

    item_id: int
    amount_minor: int
    iban: Iban
    bic: Bic | None = None
    remittance: str = ""


def refundable_minor(item: OpenItem) -> int:
    """Return how many cents of an item can be paid back: what is kept, less what live refunds ask of it."""
    if item.kind not in REFUNDED or item.currency != "EUR" or item.cancelled_at is not None:
        return 0
    # What we owe is below zero, and so is what is asked of it already.
    return max(item.collecting_minor - (item.amount_minor - item.settled_minor), 0)


async def propose_refund(work: Work, wanted: RefundWanted, *, reason: str = "") -> Refund:
    """Propose a refund; until it is approved nothing happens. Raises NotFound, NotRefundable or Conflict."""
    item = await get_item(work.session, company_id=work.company_id, item_id=wanted.item_id)
    if item is None:
        raise NotFound(f"there is no item {wanted.item_id}")
    left = refundable_minor(item)
    if not 0 < wanted.amount_minor <= left:
        raise NotRefundable(f"of {item.number} {left} cents can be paid back, not {wanted.amount_minor}")
    customer = await parties.get_customer(work.session, company_id=work.company_id, customer_id=item.party_id)
    await refunds_in_runs.ask_for_refund(work, item_id=item.id, amount_minor=wanted.amount_minor, day=work.now.date())
    untils = await refunds.refundable_untils(
        work.session, company_id=work.company_id, party_ids=[item.party_id], today=work.now.date()
    )
    until = untils.get(item.party_id)
    row = Refund(
        id=work.new_id(), company_id=work.company_id, party_id=item.party_id, open_item_id=item.id,
        end_to_end_id=f"{new_message_id()}-R", amount_minor=wanted.amount_minor,
        creditor_name=customer.name if customer else "", creditor_iban=wanted.iban, creditor_bic=wanted.bic or "",
        remittance=wanted.remittance or item.number,
        warning=f"the debtor's bank may still take a debit back until {until}" if until else "",
        proposed_by_id=work.actor.id if work.actor.kind == "user" else None, proposed_by=work.actor.word,
        created_at=work.now,
    )  # fmt: skip
    work.add(row)
    work.say("propose_refund", f"refund:{row.id}", reason=reason, cents=row.amount_minor)
    return row


async def approve_refund(work: Work, *, refund_id: int) -> None:
    """Approve a refund that another person proposed. Raises NotFound, ProposerIsNotChecker or Conflict."""
    row = await refunds.get_refund(work, refund_id)
    if row.state is not RefundState.PROPOSED:
        raise Conflict(f"refund {row.end_to_end_id} is {row.state}, it does not wait for an approval")
    if work.actor.kind != "user" or work.actor.word == row.proposed_by:
        raise ProposerIsNotChecker
    if row.id in await refunds.shaken_refunds(work.session, company_id=work.company_id, state=row.state):
        raise RefundShaken
    row.approved_by_id, row.approved_by = work.actor.id, work.actor.word
    await refunds_in_runs.move_refunds(work, [row], from_state=RefundState.PROPOSED, to_state=RefundState.APPROVED)
    work.say("approve_refund", f"refund:{refund_id}", cents=row.amount_minor)


async def propose_account(work: Work, *, refund_id: int, iban: Iban, bic: Bic | None, reason: str) -> None:
    """Propose another account for a refund that is in no file; it holds once another person accepts it.

    Raises NotFound, Conflict, ReasonMissing, SameAccount or ChangeWaits.
    """
    why = said(reason)
    row = await _in_no_file(work, refund_id)
    if row.creditor_iban == iban:
        raise SameAccount
    record = {"iban": str(iban), "bic": bic or "", "before": row.creditor_iban}
    await propose_change(work, NewChange(ProtectedKind.REFUND_IBAN, row.id, record, why))
    work.say("propose_refund_account", f"refund:{refund_id}", reason=why)


async def apply_account(work: Work, change: ProtectedChange) -> None:
    """Let a refund go to the account that was accepted. Raises NotFound or Conflict."""
    row = await _in_no_file(work, change.subject_id)
    row.creditor_iban, row.creditor_bic = change.record["iban"], change.record["bic"]
    work.session.add(row)


async def _in_no_file(work: Work, refund_id: int) -> Refund:
    row = await refunds.get_refund(work, refund_id)
    if row.state not in (RefundState.PROPOSED, RefundState.APPROVED):
        raise Conflict(f"refund {row.end_to_end_id} is {row.state}; discard its run instead")
    return row


async def cancel_refund(work: Work, *, refund_id: int, reason: str) -> None:
    """Cancel a refund that is in no file; the money stays kept for the customer. Raises ReasonMissing or Conflict."""
    why = said(reason)
    row = await _in_no_file(work, refund_id)
    await refunds_in_runs.free_item(work, item_id=row.open_item_id, amount_minor=row.amount_minor)
    await refunds_in_runs.move_refunds(work, [row], from_state=row.state, to_state=RefundState.CANCELLED, reason=why)
    work.say("cancel_refund", f"refund:{refund_id}", reason=why)
