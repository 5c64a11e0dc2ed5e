"""Bookings that are no customer's transfer: returns, debits of our own, fees, own transfers, money that went out.

What is certain is ignored under its category; the money of our debits and refunds settles them, or takes them back;
what else concerns a customer is asked, never matched as a payment.
"""

from enum import IntEnum
from functools import lru_cache

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.collections import decide_collection, explain_nothing
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.model import Ask, Book, Credit, Explanation, Ignore, Line, Policy, Rule, Sign, Strength
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.refunds import decide_came_back, decide_paid_out, decide_unnamed_block
from gateway.domain.matching.return_fees import is_called_fee
from gateway.domain.matching.returns import decide_back, explain_return
from schemas.codes.booking_kinds import BookingKind
from schemas.codes.bookings import booking_kind
from schemas.states import AllocationKind, IgnoreCategory, ReviewReason

_BANK_CATEGORIES = {
    BookingKind.FEE: IgnoreCategory.BANK_FEE,
    BookingKind.INTEREST: IgnoreCategory.INTEREST,
}
# Bound here because looking up a member of an enum costs as much as a call, and this runs for every credit.
_INCOMING, _REVERSAL = BookingKind.INCOMING_TRANSFER, BookingKind.REVERSAL
_CAME_BACK = frozenset({BookingKind.RETURNED_TRANSFER, BookingKind.SUPPLIER_DEBIT_RETURN})
_TAKEN_BACK = frozenset(
    {BookingKind.RETURNED_DEBIT, BookingKind.RECALLED_TRANSFER, BookingKind.OWN_COLLECTION_REVERSAL}
)
_MAY_PAY_OUT = frozenset({BookingKind.OUTGOING_TRANSFER, BookingKind.UNKNOWN})
_SUPPLIERS = frozenset({BookingKind.OUTGOING_TRANSFER, BookingKind.SUPPLIER_DEBIT})


def decide_incoming(credit: Credit, index: ItemIndex) -> Book | Ask | Ignore | None:
    """Decide about money that came in and is no transfer of a customer; None if it may be one."""
    kind = _kind(credit.bank_transaction_code, credit.return_reason)
    is_own = index.payers.is_own(credit.iban)
    if credit.is_reversal or kind is _REVERSAL:
        return Ask(ReviewReason.REVERSAL, ())
    is_back = credit.return_reason or (kind is not _INCOMING and kind in _CAME_BACK)  # An enum is slow to look up.
    if is_back or credit.end_to_end_id in index.refunds.end_to_end_ids:
        return decide_came_back(credit, index) or Ask(ReviewReason.RETURNED_TRANSFER, ())
    if credit.mandate_reference or kind is not _INCOMING or credit.end_to_end_id in index.own_end_to_end_ids:
        if _is_collection(credit, kind, index):
            return decide_collection(credit, index)
        return _no_business(kind, is_own=is_own)
    return Ignore(Rule.OWN_ACCOUNT, IgnoreCategory.OWN_TRANSFER) if is_own else None


class Phase(IntEnum):
    """When a bank transaction is decided: money of our debits after payments, what takes money back last."""

    OTHERS = 0
    COLLECTIONS = 1
    RETURNS = 2


def phase_of(
    *, amount_minor: int, code: str | None, return_reason: str | None, mandate_reference: str | None,
    is_ours: bool, is_batch: bool,
) -> Phase:  # fmt: skip
    """Return when to decide; ``is_ours``: one of our debits or blocks has its end-to-end id or batch reference, or a
    refund that may have come back has its id.

    Each phase finds in the store what the one before it booked.
    """
    if amount_minor < 0:
        kind = booking_kind(code, amount_minor, return_reason)
        takes_back = bool(return_reason or mandate_reference) or is_ours or kind in _TAKEN_BACK
        return Phase.RETURNS if takes_back else Phase.OTHERS
    kind = _kind(code, return_reason)
    is_collection = kind is BookingKind.OWN_COLLECTION or (is_batch and kind is not _INCOMING)
    return Phase.COLLECTIONS if is_collection or mandate_reference or is_ours else Phase.OTHERS


@lru_cache(maxsize=4096)
def _kind(code: str | None, return_reason: str | None) -> BookingKind:
    return booking_kind(code, 1, return_reason)


def _is_collection(credit: Credit, kind: BookingKind, index: ItemIndex) -> bool:
    """Money that comes in under a mandate, or in a batch that is no batch of transfers, was collected by us."""
    return (
        kind is BookingKind.OWN_COLLECTION
        or (credit.is_batch and kind is not BookingKind.INCOMING_TRANSFER)
        or bool(credit.mandate_reference)
        or credit.end_to_end_id in index.own_end_to_end_ids
    )


def _no_business(kind: BookingKind, *, is_own: bool) -> Ignore | None:
    if kind in _BANK_CATEGORIES:
        return Ignore(Rule.BANK_BOOKING, _BANK_CATEGORIES[kind])
    if is_own or kind is BookingKind.INTERNAL_TRANSFER:
        return Ignore(Rule.OWN_ACCOUNT, IgnoreCategory.OWN_TRANSFER)
    return None


def decide_outgoing(debit: Credit, index: ItemIndex, policy: Policy) -> Book | Ask | Ignore:
    """Decide about money that went out: a return, a fee, what we paid."""
    kind = booking_kind(debit.bank_transaction_code, debit.amount_minor, debit.return_reason)
    if _is_fee_apart(debit, index):
        return Ignore(Rule.BANK_BOOKING, IgnoreCategory.BANK_FEE)
    if kind not in _BANK_CATEGORIES and (debit.return_reason or debit.mandate_reference or _is_ours(debit, index)):
        back = decide_back(debit, index.debits)
        if back is not None:
            return back
    if debit.is_reversal or kind is BookingKind.REVERSAL:
        return Ask(ReviewReason.REVERSAL, ())
    paid_out = decide_paid_out(debit, index) if kind not in _BANK_CATEGORIES else None
    if paid_out is not None:
        return paid_out
    if debit.return_reason or kind in _TAKEN_BACK or (_is_ours(debit, index) and kind not in _BANK_CATEGORIES):
        return _ask_return(debit, kind, index)
    ignored = _no_business(kind, is_own=index.payers.is_own(debit.iban))
    if ignored:
        return ignored
    if kind in _MAY_PAY_OUT and (unnamed := decide_unnamed_block(debit, index)):
        return unnamed
    if index.has_debts_of_ours and (offered := _pay_outs(debit, index)):
        return Ask(ReviewReason.WEAK_EVIDENCE, offered)
    if kind is BookingKind.UNKNOWN and _concerns_customer(debit, index):
        return _ask_return(debit, kind, index)
    if not policy.ignore_outgoing:
        return Ask(ReviewReason.NO_KNOWN_REFERENCE, ())
    return Ignore(Rule.OUTGOING, _category(debit, kind))


def _is_fee_apart(debit: Credit, index: ItemIndex) -> bool:
    """Tell whether a debit that names one of ours is the fee for it only: less than that, and called a fee.

    Some banks give it the code or the reason of the return that it is for.
    """
    named = index.debits.with_id(debit.end_to_end_id)
    meant = [named] if named else index.debits.of_mandate(debit.mandate_reference)
    if debit.is_reversal or not meant or any(one.amount_minor <= -debit.amount_minor for one in meant):
        return False
    is_coded = booking_kind(debit.bank_transaction_code, debit.amount_minor, None) is BookingKind.FEE
    return is_coded or is_called_fee(debit.text)


def _ask_return(debit: Credit, kind: BookingKind, index: ItemIndex) -> Ask:
    original = index.booked.original_of(debit)
    is_transfer = kind is BookingKind.RECALLED_TRANSFER or (original and not original.booked.mandate_reference)
    is_debit = debit.mandate_reference or not original
    reason = ReviewReason.RETURNED_TRANSFER if is_transfer and not is_debit else ReviewReason.RETURNED_DEBIT
    if original:
        return Ask(reason, (explain_return(original),))
    is_told = index.debits.is_used and reason is ReviewReason.RETURNED_DEBIT
    return Ask(reason, (explain_nothing(debit),) if is_told else ())


def _is_ours(debit: Credit, index: ItemIndex) -> bool:
    return debit.end_to_end_id in index.own_end_to_end_ids


def _concerns_customer(debit: Credit, index: ItemIndex) -> bool:
    evidence = Evidence(debit, index)
    return bool(evidence.words or evidence.pointed_at)


def _pay_outs(debit: Credit, index: ItemIndex) -> tuple[Explanation, ...]:
    """Propose what we owe a customer and this debit names and pays exactly: a credit note, money on account."""
    words = Evidence(debit, index).words
    slots = {slot for word in words for slots in word.readings if len(slots) == 1 for slot in slots}
    owed = index.with_amount(debit.amount_minor, debit.currency)
    return tuple(_pay_out(slot, index) for slot in sorted(slots.intersection(owed)))


def _pay_out(slot: int, index: ItemIndex) -> Explanation:
    item = index.items[slot]
    line = Line(item.id, AllocationKind.REFUND, index.open[slot])
    return Explanation(
        item.customer_id, (line,), 0, Strength.STRONG, (Sign(SignCode.PAYS_OUT, {"number": item.number}),)
    )


def _category(debit: Credit, kind: BookingKind) -> IgnoreCategory:
    code = debit.bank_transaction_code or ""
    if "SALA" in code or "TAXS" in code:
        return IgnoreCategory.TAX_SALARY
    return IgnoreCategory.SUPPLIER if kind in _SUPPLIERS else IgnoreCategory.OTHER
