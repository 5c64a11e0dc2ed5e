"""Money that goes back: a debit that takes back one of our direct debits, or another credit that was booked."""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from gateway.domain.matching.model import Ask, Book, BookedCredit, Credit, Explanation, Line, Rule, Sign, Strength
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.sent import NO_ID, SentDebit, SentDebits
from schemas.states import AllocationKind, CollectionState, ReviewReason

_SHOWN_MAX = 5
Facts: TypeAlias = dict[str, str | int]


class Original(NamedTuple):
    """The credit that a debit takes back, what it was found by, and what the banks kept."""

    booked: BookedCredit
    found_by: str
    fee_minor: int


class BookedCredits:
    """Booked credits by what a return repeats of them."""

    __slots__ = ("_by_key",)

    def __init__(self, booked: Iterable[BookedCredit]) -> None:
        self._by_key: dict[tuple[str, str], list[BookedCredit]] = {}
        for credit in booked:
            for name, key in (
                ("end-to-end id", credit.end_to_end_id),
                ("mandate", credit.mandate_reference),
                ("bank reference", credit.bank_reference),
                ("account", credit.iban),
            ):
                if key and key not in NO_ID:
                    self._by_key.setdefault((name, key), []).append(credit)

    def original_of(self, debit: Credit) -> Original | None:
        """Find the one credit that a returned debit takes back, by the surest thing that it repeats.

        The amount must be the same, or the same with the charges that the statement reports; two that fit are none.
        """
        repeats = [("end-to-end id", debit.end_to_end_id), ("mandate", debit.mandate_reference)]
        repeats += [("bank reference", word) for word in debit.text.split()]
        repeats += [("account", debit.iban)]
        for name, key in repeats:
            known = self._by_key.get((name, key or ""), [])
            fitting = [original for one in known if (original := _fitting(one, name, debit))]
            if fitting:
                return fitting[0] if len(fitting) == 1 else None
        return None


def _fitting(booked: BookedCredit, found_by: str, debit: Credit) -> Original | None:
    fee_minor = -debit.amount_minor - booked.amount_minor
    is_known_fee = fee_minor == debit.charges_minor and debit.charges_included is not False
    if booked.currency != debit.currency or (fee_minor and not is_known_fee):
        return None
    return Original(booked, found_by, fee_minor)


def explain_return(original: Original) -> Explanation:
    """Return the explanation that opens again what the original credit had settled."""
    booked, found_by, fee_minor = original
    lines = tuple(
        Line(line.item_id, AllocationKind.RETURN, -line.amount_minor)
        for line in booked.lines
        if line.kind is AllocationKind.PAYMENT
    )
    facts = {"booking_date": booked.booking_date.isoformat(), "found_by": found_by}
    proof = [Sign(SignCode.RETURN_OF, facts)]
    if fee_minor:
        proof.append(Sign(SignCode.RETURN_FEE, {"fee_minor": fee_minor, "currency": booked.currency}))
    strength = Strength.POSSIBLE if found_by == "account" else Strength.STRONG
    return Explanation(
        booked.customer_id, lines, -booked.on_account_minor, strength, tuple(proof), bank_fee_minor=-fee_minor
    )


class Costs(NamedTuple):
    """What a returned debit is more than the direct debit was, and whether the bank says why (minor units)."""

    fee_minor: int
    compensation_minor: int
    is_explained: bool

    @property
    def sum_minor(self) -> int:
        """All of it."""
        return self.fee_minor + self.compensation_minor


def decide_back(debit: Credit, sent: SentDebits) -> Book | Ask | None:
    """Return which of our direct debits is taken back: by its end-to-end id, else mandate and amount. None: none."""
    named = sent.with_id(debit.end_to_end_id)
    if named is not None:
        return _takes_back(debit, named, sent)
    of_mandate = [one for one in sent.of_mandate(debit.mandate_reference) if sent.may_come_back(one)]
    fitting = [one for one in of_mandate if _fits_amount(debit, one)]
    if len(fitting) == 1:
        return _takes_back(debit, fitting[0], sent)
    if fitting:
        explained = [_explain_back(debit, one, SignCode.MAY_BE_DEBIT) for one in fitting[:_SHOWN_MAX]]
        return Ask(ReviewReason.RETURNED_DEBIT, tuple(one._replace(strength=Strength.POSSIBLE) for one in explained))
    return None


def _fits_amount(debit: Credit, one: SentDebit) -> bool:
    costs = costs_of(debit, one.amount_minor)
    return one.currency == debit.currency and costs.sum_minor >= 0 and costs.is_explained


def costs_of(debit: Credit, amount_minor: int) -> Costs:
    """Return what a debit takes beyond a direct debit of an amount.

    sepa-rules 1.10: charges come inside the amount or apart; a refund may carry interest. What the bank names as the
    original amount makes the rest costs.
    """
    over_minor = -debit.amount_minor - amount_minor
    charges_minor = abs(debit.charges_minor or 0) if debit.charges_included is not False else 0
    if over_minor <= 0:
        return Costs(over_minor, 0, over_minor == 0)
    if over_minor == charges_minor:
        return Costs(over_minor, 0, is_explained=True)
    is_original = debit.original_minor is not None and abs(debit.original_minor) == amount_minor
    fee_minor = min(charges_minor, over_minor) if is_original else over_minor
    return Costs(fee_minor, over_minor - fee_minor, is_explained=is_original)


def _takes_back(debit: Credit, one: SentDebit, sent: SentDebits) -> Book | Ask:
    costs = costs_of(debit, one.amount_minor)
    if not sent.may_come_back(one):
        is_back = one.state is CollectionState.RETURNED or one.has_money
        return _only_said(one, SignCode.BACK_ALREADY if is_back else SignCode.NO_MONEY_YET)
    if costs.sum_minor < 0 or one.currency != debit.currency:
        return _only_said(one, SignCode.LESS_THAN_DEBIT, {"less_minor": -costs.sum_minor, "currency": one.currency})
    explanation = _explain_back(debit, one, SignCode.TAKES_BACK)
    is_whole = sum(minor for _, minor in one.paid) + one.kept_minor == one.amount_minor
    if not costs.is_explained or not is_whole:
        return Ask(ReviewReason.RETURNED_DEBIT, (explanation._replace(strength=Strength.POSSIBLE),))
    return Book(Rule.RETURNED_DEBIT, explanation)


def _only_said(one: SentDebit, code: SignCode, facts: Facts | None = None) -> Ask:
    proof = (
        _sign_of(one, SignCode.TAKES_BACK),
        Sign(code, facts or {"end_to_end_id": one.end_to_end_id}, supports=False),
    )
    return Ask(ReviewReason.RETURNED_DEBIT, (Explanation(one.customer_id, (), 0, Strength.WEAK, proof),))


def _sign_of(one: SentDebit, code: SignCode) -> Sign:
    facts = {"end_to_end_id": one.end_to_end_id, "collection_date": one.collection_date.isoformat()}
    return Sign(code, facts)


def _explain_back(debit: Credit, one: SentDebit, code: SignCode) -> Explanation:
    """Return the explanation that opens again exactly what the direct debit had settled."""
    costs = costs_of(debit, one.amount_minor)
    proof = [_sign_of(one, code)]
    if debit.return_reason:
        proof.append(Sign(SignCode.BACK_REASON, {"code": debit.return_reason}))
    if not costs.is_explained and costs.sum_minor > 0:
        more: Facts = {"more_minor": costs.sum_minor, "currency": one.currency}
        proof.append(Sign(SignCode.MORE_THAN_DEBIT, more, supports=False))
    elif costs.fee_minor:
        proof.append(Sign(SignCode.RETURN_FEE, {"fee_minor": costs.fee_minor, "currency": one.currency}))
    if costs.compensation_minor:
        interest: Facts = {"compensation_minor": costs.compensation_minor, "currency": one.currency}
        proof.append(Sign(SignCode.COMPENSATION, interest))
    return Explanation(
        customer_id=one.customer_id,
        lines=tuple(Line(item_id, AllocationKind.RETURN, -minor) for item_id, minor in one.paid if minor),
        on_account_minor=-one.kept_minor,
        strength=Strength.STRONG,
        proof=tuple(proof),
        bank_fee_minor=-costs.sum_minor,
        collections=(one.id,),
        compensation_minor=-costs.compensation_minor,
    )
