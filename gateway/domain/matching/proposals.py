"""What a person is offered: every explanation that is worth a look, best first, with proof and counter-proof.

Only credits that are asked about come here, so this may search wider than the rules that book.
"""

from collections.abc import Iterable, Iterator

from gateway.domain.matching.case import Case
from gateway.domain.matching.explain import (
    Fit,
    fit,
    fit_charged,
    fit_deducted,
    fit_late,
    fit_rounded,
    keep_rest,
    pay_in_part,
    payer_signs,
    settle,
)
from gateway.domain.matching.habits import explain_named, oldest_first, usuals_of_named
from gateway.domain.matching.model import Explanation, Rule, Sign, Strength
from gateway.domain.matching.obstacles import mistyped_words
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.sets import FoundSets, completing, sets_of
from gateway.domain.matching.tokens import Slots

_RANKS = {strength: rank for rank, strength in enumerate(Strength)}
_OFFERED_MAX = 5
_CUSTOMERS_MAX = 3
_FAMILY_MAX = 20
_SHARED_MAX = 20  # Customers of one account whose items are added up.
_SAME_AMOUNT_MAX = 100  # More items of one amount are not looked through,
_FEW = 3  # more than these are not offered without a sign.
_CHARGES_MAX = 5_000  # Minor units that a bank may have taken.
_USUAL_POINTS = (200, 300, 100, 400, 500)  # Hundredths of a per cent that payers deduct.
_WHOLE_POINTS = 10_000


def propose(case: Case, counter: Sign | None = None, sums: FoundSets | None = None) -> tuple[Explanation, ...]:
    """Return the explanations of a credit, best first.

    ``counter`` is what kept the first from being booked, ``sums`` the sets of the confirmed payer if they were sought.
    """
    offered: dict[object, Explanation] = {}
    for explanation in _all(case, sums):
        offered.setdefault((explanation.lines, explanation.on_account_minor), explanation)
        if len(offered) == _OFFERED_MAX:
            break
    ranked = sorted(offered.values(), key=lambda explanation: _RANKS[explanation.strength])
    if counter and ranked and counter not in ranked[0].proof:
        ranked[0] = ranked[0]._replace(proof=(*ranked[0].proof, counter))
    return tuple(ranked)


def _all(case: Case, sums: FoundSets | None) -> Iterator[Explanation]:
    named, index = case.named, case.item_index
    for found in named.fits:
        yield _settle(case, found, Strength.STRONG if len(named.fits) == 1 else Strength.POSSIBLE)
    if named.guess and not named.fits:
        yield from _of_named(case, named.guess)
    customers, is_named = _customers(case), bool(named.guess or named.settled)
    fitting = [one for customer_id in customers for one in _of_customer(case, customer_id)]
    yield from fitting
    if not fitting and not is_named:
        for customer_id in customers:
            known = sums if sums and _is_sure(case, customer_id) else sets_of(case, customer_id)
            yield from _sums(case, customer_id, known)
        yield from _shared_sums(case)
        yield from _less_usual(case, customers)
        yield from _of_amount(case)
    if named.settled:
        yield _on_account(case, index.items[named.settled[0]].customer_id)
    elif customers:
        yield _on_account(case, customers[0])
    if not fitting and not is_named:
        yield from _oldest_first(case)


def _settle(case: Case, found: Fit, strength: Strength, *signs: Sign) -> Explanation:
    payer = payer_signs(case.evidence, case.item_index.items[found.slots[0]].customer_id)
    return settle(case.evidence, found, strength=strength, signs=(*signs, *payer))


def _customers(case: Case) -> list[int]:
    """Return who may have paid, the surest first; namesakes of one whose account it is for sure are not asked about."""
    evidence = case.evidence
    by_account = [known.customer_id for known in evidence.known_ibans]
    payer = evidence.confirmed
    pointed_at = evidence.points_elsewhere(payer.customer_id) if payer else evidence.pointed_at
    others = sorted(pointed_at.difference(by_account), key=lambda one: (not evidence.bears_name(one), one))
    found = list(dict.fromkeys(by_account + others))[:_CUSTOMERS_MAX]
    families = [member for one in found for member in case.item_index.payers.members(one)]
    return list(dict.fromkeys(found + families))[: _CUSTOMERS_MAX + _FAMILY_MAX]


def _of_named(case: Case, slots: Slots) -> Iterator[Explanation]:
    """Offer what the credit names although the amount differs."""
    index, credit, evidence = case.item_index, case.credit, case.evidence
    slots = tuple(slot for slot in slots if index.items[slot].currency == credit.currency)
    total = sum(index.open[slot] for slot in slots)
    missing = total - credit.amount_minor
    if total <= 0 or missing == 0:
        return  # Nothing in this currency, or what we owe the customer: no payment of it.
    customer_id = index.items[slots[0]].customer_id
    signs = payer_signs(evidence, customer_id)
    yield from (usual.explanation for usual in usuals_of_named(case, slots))
    if late := fit_late(slots, credit, index, case.policy):
        yield _settle(case, late, Strength.POSSIBLE)
    elif unagreed := deducted(case, slots):
        yield _settle(case, unagreed, Strength.POSSIBLE)
    for extra in completing(case, slots, missing):
        yield _settle(case, Fit((*slots, *extra), Rule.EXACT_REFERENCE), Strength.POSSIBLE)
    if missing < 0:
        yield keep_rest(evidence, slots, customer_id, strength=Strength.POSSIBLE, signs=signs)
        return
    if rounded := fit_rounded(slots, credit, index):
        yield _settle(case, rounded, Strength.POSSIBLE)
    if 2 * missing <= credit.amount_minor and missing <= _CHARGES_MAX:
        charged = fit_charged(slots, credit, index)
        if charged:
            yield _settle(case, charged, Strength.POSSIBLE)
    if all(index.open[slot] > 0 for slot in slots):
        yield pay_in_part(evidence, slots, strength=Strength.POSSIBLE, signs=signs)


def _of_customer(case: Case, customer_id: int) -> Iterator[Explanation]:
    """Offer the items of a customer that the amount settles alone, exactly or less what may be deducted."""
    index, credit = case.item_index, case.credit
    singles = [
        found
        for slot in case.evidence.open_slots(customer_id)
        if index.open[slot] >= credit.amount_minor and (found := fit((slot,), credit, index, case.policy))
    ]
    only = [Sign(SignCode.ONLY_ITEM, {})] if len(singles) == 1 else []
    strength = Strength.POSSIBLE if _is_sure(case, customer_id) else Strength.WEAK
    for found in singles:
        yield _settle(case, found, strength, *_mistyped_signs(case, found.slots[0]), *only)


def _sums(case: Case, customer_id: int, sums: FoundSets) -> Iterator[Explanation]:
    """Offer sets of a customer's items, where no single one fits."""
    is_strong = _is_sure(case, customer_id) and sums.is_only and not sums.is_by_chance
    for slots in sums.sets:
        sign = _sum_sign(len(slots), is_only=sums.is_only, is_cut=sums.is_cut, is_by_chance=sums.is_by_chance)
        found = Fit(tuple(sorted(slots)), Rule.EXACT_REFERENCE)
        yield _settle(case, found, Strength.POSSIBLE if is_strong else Strength.WEAK, sign)


def _shared_sums(case: Case) -> Iterator[Explanation]:
    """Offer sets of items of several customers for whom the account has paid."""
    customers = list(dict.fromkeys(known.customer_id for known in case.evidence.known_ibans))
    if 1 < len(customers) <= _SHARED_MAX:
        yield from _sums(case, customers[0], sets_of(case, *customers))


def _is_sure(case: Case, customer_id: int) -> bool:
    payer = case.evidence.confirmed
    return payer is not None and payer.customer_id == customer_id


def _sum_sign(count: int, *, is_only: bool, is_cut: bool, is_by_chance: bool) -> Sign:
    if is_cut:
        return Sign(SignCode.SEARCH_CUT, {}, supports=False)
    if is_by_chance:
        return Sign(SignCode.BY_CHANCE, {}, supports=False)
    return Sign(SignCode.ONLY_SET if is_only else SignCode.OTHER_SETS, {"count": count}, supports=is_only)


def _mistyped_signs(case: Case, slot: int) -> list[Sign]:
    facts = {"number": case.item_index.items[slot].number}
    return [Sign(SignCode.MISTYPED, facts | {"written": word.key}) for word in mistyped_words(case, slot)]


def _of_amount(case: Case) -> Iterator[Explanation]:
    """Offer items of anybody of which exactly this is open, if they are few or a word is nearly their number."""
    slots = case.item_index.with_amount(case.credit.amount_minor, case.credit.currency)[:_SAME_AMOUNT_MAX]
    signs = {slot: _mistyped_signs(case, slot) for slot in slots}
    near = [slot for slot in slots if signs[slot]]
    for slot in near or (slots if len(slots) <= _FEW else ()):
        yield _settle(case, Fit((slot,), Rule.EXACT_REFERENCE), Strength.WEAK, *signs[slot])


def deducted(case: Case, slots: Slots) -> Fit | None:
    """Return how the amount settles these items less a usual share that nobody agreed."""
    found = (fit_deducted(slots, points, case.credit, case.item_index) for points in _USUAL_POINTS)
    return next(filter(None, found), None)


def _less_usual(case: Case, customers: Iterable[int]) -> Iterator[Explanation]:
    """Offer the items of which the amount is all but a usual share, or what their customer usually makes of them."""
    index, credit = case.item_index, case.credit
    highest = (
        credit.amount_minor * _WHOLE_POINTS // (_WHOLE_POINTS - max(_USUAL_POINTS)) + 2
    )  # With a cent of rounding.
    for customer_id in customers:
        for slot in case.evidence.open_slots(customer_id):
            for habit in index.habits.get(customer_id, ()):
                if usual := explain_named(case, (slot,), habit):
                    yield usual
            if credit.amount_minor < index.open[slot] <= highest and (found := deducted(case, (slot,))):
                yield _settle(case, found, Strength.WEAK)


def _oldest_first(case: Case) -> Iterator[Explanation]:
    """Offer the oldest items of the one customer who is known by account or name, where he owes more."""
    payer = case.evidence.confirmed
    known = {payer.customer_id} if payer else case.evidence.known_payers
    if len(known) == 1:
        (customer_id,) = known
        if found := oldest_first(case, customer_id):
            yield found


def _on_account(case: Case, customer_id: int) -> Explanation:
    signs = payer_signs(case.evidence, customer_id)
    return keep_rest(case.evidence, (), customer_id, strength=Strength.WEAK, signs=signs)
