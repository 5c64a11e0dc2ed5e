"""Refunds that we sent: the booking that pays one or a whole block of them, and the money of one that comes back.

A refund is known by its end-to-end id, a block by its id or that of its message, or by being the only one with this
sum, count and day; the amount must be exact. What else names them is asked, with what is known.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gateway.domain.matching.model import Ask, Book, Credit, Explanation, Kept, Line, Rule, Sign, Strength
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.sent import NO_ID
from schemas.states import AllocationKind, RefundState, ReviewReason

if TYPE_CHECKING:
    from gateway.domain.matching.candidates import ItemIndex

_ENDED = {
    RefundState.BATCHED: SignCode.REFUND_NOT_SENT,
    RefundState.SUBMITTED: SignCode.REFUND_NOT_PAID,
    RefundState.SETTLED: SignCode.REFUND_PAID,
    RefundState.FAILED: SignCode.REFUND_FAILED,
}
_LATE_DAYS = dt.timedelta(days=10)  # Banks book up to so much later than they were asked, without any id.
_SHOWN_MAX = 5
_LIVE = frozenset({RefundState.BATCHED, RefundState.SUBMITTED})
_NEXT = {RefundState.SUBMITTED: RefundState.SETTLED, RefundState.SETTLED: RefundState.FAILED}


class SentRefund(NamedTuple):
    """One refund, as matching sees it; the amount is above zero, in minor units.

    ``is_whole``: what was paid out for it was taken from its item alone, so that it can be put back there.
    """

    id: int
    customer_id: int
    item_id: int
    state: RefundState
    end_to_end_id: str
    amount_minor: int
    currency: str
    payment_information_id: str
    message_id: str
    execution_date: dt.date
    is_whole: bool = False


class SentRefunds:
    """Refunds by what a statement repeats of them; it knows what was taken in this pass."""

    __slots__ = ("_by_id", "_by_reference", "_live_blocks", "_taken", "end_to_end_ids")

    def __init__(self, refunds: Iterable[SentRefund] = ()) -> None:
        self._by_id = {refund.end_to_end_id: refund for refund in refunds}
        self._by_reference: dict[str, list[SentRefund]] = defaultdict(list)
        self._taken: set[int] = set()
        self.end_to_end_ids = frozenset(self._by_id)
        for refund in self._by_id.values():
            for word in {refund.payment_information_id, refund.message_id}:
                self._by_reference[word].append(refund)
        live = {refund.payment_information_id for refund in self._by_id.values() if refund.state in _LIVE}
        self._live_blocks = tuple(tuple(self._by_reference[word]) for word in sorted(live))

    def with_id(self, end_to_end_id: str | None) -> SentRefund | None:
        """Return the refund with an end-to-end id."""
        return self._by_id.get(end_to_end_id) if end_to_end_id and end_to_end_id not in NO_ID else None

    def of_block(self, references: Iterable[str]) -> list[SentRefund]:
        """Return the refunds of the block that one of some references names; each file has one block."""
        return next((found for word in sorted(references) if (found := self._by_reference.get(word))), [])

    def live_blocks(self) -> Iterator[tuple[Sequence[SentRefund], list[SentRefund]]]:
        """Yield each block of which the bank may have yet to pay something, with what that is."""
        for block in self._live_blocks:
            left = [one for one in block if self.state_of(one) in _LIVE]
            if left:
                yield block, left

    def state_of(self, refund: SentRefund) -> RefundState:
        """Return where a refund is after all that was taken in this pass."""
        return _NEXT.get(refund.state, refund.state) if refund.id in self._taken else refund.state

    def is_waiting(self, refund: SentRefund) -> bool:
        """Tell whether the bank has yet to pay a refund."""
        return self.state_of(refund) is RefundState.SUBMITTED

    def may_come_back(self, refund: SentRefund) -> bool:
        """Tell whether the money of a refund may still come back."""
        return refund.state is RefundState.SETTLED and refund.id not in self._taken

    def take(self, ids: Iterable[int]) -> None:
        """Remember that something of this pass paid some refunds, or brought them back."""
        self._taken.update(ids)


def decide_paid_out(debit: Credit, index: "ItemIndex") -> Book | Ask | None:
    """Return which of our refunds a debit pays: one by its id, or all of a block by its sum. None: none of them."""
    sent = index.refunds
    named = sent.with_id(debit.end_to_end_id)
    if named is not None and not debit.is_batch:
        if sent.is_waiting(named):
            return _pays(debit, [named], index, _sign_of(named))
        state = sent.state_of(named)
        reason = ReviewReason.PAID_ALREADY if state is RefundState.SETTLED else ReviewReason.WEAK_EVIDENCE
        return _only_said(reason, named.customer_id, _sign_of(named), _ended(named, state))
    block = sent.of_block(debit.batch_references)
    if not block:
        return None
    waiting = [one for one in block if sent.is_waiting(one)]
    sign = Sign(SignCode.REFUND_BATCH, {"block": block[0].payment_information_id, "count": len(waiting or block)})
    if not waiting:
        return _only_said(ReviewReason.PAID_ALREADY, None, sign, _ended(block[0], sent.state_of(block[0])))
    return _pays(debit, waiting, index, sign)


def decide_unnamed_block(debit: Credit, index: "ItemIndex") -> Book | Ask | None:
    """Return which block of refunds a debit pays that names nothing: the only one with this sum, count and day.

    Two that fit are asked. None: none of them, or money to somebody.
    """
    is_to_somebody = not debit.is_batch and (debit.name or debit.iban)
    if is_to_somebody or debit.end_to_end_id not in (None, *NO_ID):
        return None
    fitting = [left for block, left in index.refunds.live_blocks() if _fits_block(debit, block, left)]
    if not fitting:
        return None
    decisions = [_unnamed(debit, left, index) for left in fitting]
    if len(fitting) == 1:
        return decisions[0]
    offered = [
        one._replace(strength=Strength.POSSIBLE) if one.refunds else one
        for decision in decisions
        for one in ((decision.explanation,) if isinstance(decision, Book) else decision.explanations)
    ]
    return Ask(ReviewReason.SEVERAL_EXPLANATIONS, tuple(offered[:_SHOWN_MAX]))


def _fits_block(debit: Credit, block: Sequence[SentRefund], left: Sequence[SentRefund]) -> bool:
    first = left[0]
    is_on_time = first.execution_date <= debit.booking_date <= first.execution_date + _LATE_DAYS
    is_sum = (-debit.amount_minor, debit.currency) == (sum(one.amount_minor for one in left), first.currency)
    # Where no count is said, a single transfer of this amount may be anything.
    counts = {len(left), len(block)} if debit.batch_count else {None} if len(left) > 1 else set()
    return is_on_time and is_sum and debit.batch_count in counts


def _unnamed(debit: Credit, left: Sequence[SentRefund], index: "ItemIndex") -> Book | Ask:
    sign = Sign(SignCode.REFUND_UNNAMED, {"block": left[0].payment_information_id, "count": len(left)})
    unsent = next((one for one in left if not index.refunds.is_waiting(one)), None)
    if unsent is not None:
        return _only_said(ReviewReason.WEAK_EVIDENCE, None, sign, _ended(unsent, index.refunds.state_of(unsent)))
    return _pays(debit, left, index, sign)


def _pays(debit: Credit, refunds: Sequence[SentRefund], index: "ItemIndex", sign: Sign) -> Book | Ask:
    total = sum(one.amount_minor for one in refunds)
    currency = refunds[0].currency
    if (-debit.amount_minor, debit.currency) != (total, currency):
        was = Sign(SignCode.REFUND_AMOUNT, {"amount_minor": total, "currency": currency}, supports=False)
        customer_id = refunds[0].customer_id if len(refunds) == 1 else None
        return _only_said(ReviewReason.AMOUNT_DIFFERS, customer_id, sign, was)
    explanation = _explain(refunds, index, sign)
    if explanation.on_account_minor or explanation.kept:
        return Ask(ReviewReason.MORE_THAN_OPEN, (explanation._replace(strength=Strength.POSSIBLE),))
    return Book(Rule.OWN_REFUND, explanation)


def _explain(refunds: Sequence[SentRefund], index: "ItemIndex", sign: Sign) -> Explanation:
    """Return the explanation that pays some refunds out of their items; what is more than is kept, customers owe."""
    paid: dict[int, int] = {}
    over: dict[int, int] = {}
    for one in refunds:
        before = paid.get(one.item_id, 0)
        taken = max(-one.amount_minor, min(index.open_of(one.item_id) - before, 0))
        paid[one.item_id] = before + taken
        if taken != -one.amount_minor:
            over[one.customer_id] = over.get(one.customer_id, 0) - one.amount_minor - taken
    customers = {one.customer_id for one in refunds}
    customer_id = customers.pop() if len(customers) == 1 else None
    over_minor = sum(over.values())
    facts: dict[str, str | int] = {"over_minor": -over_minor, "currency": refunds[0].currency}
    more = (Sign(SignCode.REFUND_OVER, facts, supports=False),) if over else ()
    return Explanation(
        customer_id=customer_id,
        lines=tuple(Line(key, AllocationKind.REFUND, minor) for key, minor in paid.items() if minor),
        on_account_minor=over_minor if customer_id is not None else 0,
        strength=Strength.STRONG,
        proof=(sign, *more),
        kept=() if customer_id is not None else tuple(Kept(*one) for one in sorted(over.items())),
        refunds=tuple(one.id for one in refunds),
    )


def decide_came_back(credit: Credit, index: "ItemIndex") -> Book | Ask | None:
    """Return which of our refunds came back: by its end-to-end id. None: none of them.

    Booked when all of it came back. What is less is asked, with the rest as a charge of the banks.
    """
    named = index.refunds.with_id(credit.end_to_end_id)
    if named is None:
        return None
    sign = Sign(SignCode.REFUND_BACK, _sign_of(named).facts)
    proof = (sign, Sign(SignCode.BACK_REASON, {"code": credit.return_reason})) if credit.return_reason else (sign,)
    missing = named.amount_minor - credit.amount_minor
    if not index.refunds.may_come_back(named):
        return _only_said(
            ReviewReason.RETURNED_TRANSFER, named.customer_id, *proof, _ended(named, index.refunds.state_of(named))
        )
    if missing < 0 or credit.currency != named.currency:
        was: dict[str, str | int] = {"amount_minor": named.amount_minor, "currency": named.currency}
        said = (*proof, Sign(SignCode.REFUND_AMOUNT, was, supports=False))
        return _only_said(ReviewReason.RETURNED_TRANSFER, named.customer_id, *said)
    explanation = _explain_back(named, missing, proof)
    if missing or not named.is_whole:
        return Ask(ReviewReason.RETURNED_TRANSFER, (explanation._replace(strength=Strength.POSSIBLE),))
    return Book(Rule.RETURNED_REFUND, explanation)


def _explain_back(named: SentRefund, missing: int, proof: tuple[Sign, ...]) -> Explanation:
    """Return the explanation that keeps the money again: where it was kept, or on account if that is not certain."""
    fee: dict[str, str | int] = {"fee_minor": missing, "currency": named.currency}
    line = Line(named.item_id, AllocationKind.RETURN, named.amount_minor)
    return Explanation(
        customer_id=named.customer_id,
        lines=(line,) if named.is_whole else (),
        on_account_minor=0 if named.is_whole else named.amount_minor,
        strength=Strength.STRONG,
        proof=(*proof, Sign(SignCode.RETURN_FEE, fee)) if missing else proof,
        bank_fee_minor=-missing,
        refunds=(named.id,),
    )


def _sign_of(refund: SentRefund) -> Sign:
    facts = {"end_to_end_id": refund.end_to_end_id, "execution_date": refund.execution_date.isoformat()}
    return Sign(SignCode.REFUND_OF, facts)


def _ended(refund: SentRefund, state: RefundState) -> Sign:
    return Sign(_ENDED[state], {"end_to_end_id": refund.end_to_end_id}, supports=False)


def _only_said(reason: ReviewReason, customer_id: int | None, *proof: Sign) -> Ask:
    return Ask(reason, (Explanation(customer_id, (), 0, Strength.WEAK, proof),))
