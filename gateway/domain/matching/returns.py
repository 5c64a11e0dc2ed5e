"""Credits that were booked, for the debits that take them back."""

from collections.abc import Iterable
from typing import NamedTuple

from gateway.domain.matching.model import BookedCredit, Credit, Explanation, Line, Sign, Strength
from gateway.domain.matching.proof import SignCode
from schemas.states import AllocationKind

NO_ID = frozenset({"", "NOTPROVIDED", "NONREF"})


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
