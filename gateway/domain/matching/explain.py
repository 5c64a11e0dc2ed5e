"""How a set of items explains an amount: the lines that settle them, and the proof.

Pure construction: whether it may be booked is decided elsewhere.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.model import Credit, Explanation, KnownIban, Line, Policy, Rule, Sign, Strength
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.terms import discounts, highest_discount, late_discounts, part_of, share
from gateway.domain.matching.tokens import Slots, Source, Word
from schemas.money import minor_digits
from schemas.states import AllocationKind, IbanSource

# Bound here because looking up a member of an enum costs as much as a call, and this runs for every credit.
_IBAN_CONFIRMED, _BY_DECISION, _PAYMENT = SignCode.IBAN_CONFIRMED, IbanSource.DECISION, AllocationKind.PAYMENT
_AMOUNT_EXACT = SignCode.AMOUNT_EXACT


class Fit(NamedTuple):
    """Items that the amount settles whole, by which rule, and what of each is deducted instead of paid."""

    slots: Slots
    rule: Rule
    deducted_as: AllocationKind = AllocationKind.DISCOUNT
    deductions: tuple[int, ...] = ()
    is_late: bool = False  # A discount after its date: proposed, never booked.
    basis_points: int = 0  # Of a discount that nobody agreed: proposed, and booked by habit only.


def fit(slots: Slots, credit: Credit, index: ItemIndex, policy: Policy) -> Fit | None:
    """Return how the amount settles all of these items, or None. Items of another currency never fit."""
    missing = -credit.amount_minor
    for slot in slots:
        if index.items[slot].currency != credit.currency:
            return None
        missing += index.open[slot]
    if missing == 0:
        return Fit(slots, Rule.EXACT_REFERENCE)
    if missing < 0:
        return None
    return _reported(slots, missing, credit, index) or _agreed(slots, missing, credit, index, policy)


def _reported(slots: Slots, missing: int, credit: Credit, index: ItemIndex) -> Fit | None:
    is_deducted = credit.charges_minor == missing and credit.charges_included is not False
    return _less(slots, missing, Rule.REPORTED_CHARGES, AllocationKind.DEDUCTED_CHARGE, index) if is_deducted else None


def _agreed(slots: Slots, missing: int, credit: Credit, index: ItemIndex, policy: Policy) -> Fit | None:
    on_date, grace, rounding = credit.booking_date, policy.discount_grace_days, policy.discount_rounding_minor
    highest = sum([highest_discount(index.items[slot], index.open[slot], on_date, grace_days=grace) for slot in slots])
    if highest and missing <= highest + rounding:
        options = [discounts(index.items[slot], index.open[slot], on_date, grace_days=grace) for slot in slots]
        if shares := share(options, missing, rounding=rounding):
            return Fit(slots, Rule.DISCOUNT, AllocationKind.DISCOUNT, shares)
    if missing <= policy.tolerance_minor:
        return _less(slots, missing, Rule.TOLERANCE, AllocationKind.WRITE_OFF, index)
    if missing <= policy.fee_limit_minor:
        return _less(slots, missing, Rule.FEE_LIMIT, AllocationKind.DEDUCTED_CHARGE, index)
    return None


def _less(slots: Slots, missing: int, rule: Rule, kind: AllocationKind, index: ItemIndex) -> Fit | None:
    """Deduct a difference from the largest item, if it is larger."""
    largest = max(slots, key=lambda slot: (index.open[slot], -slot))
    if index.open[largest] <= missing:
        return None
    return Fit(slots, rule, kind, tuple([missing if slot == largest else 0 for slot in slots]))


def fit_late(slots: Slots, credit: Credit, index: ItemIndex, policy: Policy) -> Fit | None:
    """Return how the amount would settle these items with discounts whose date has passed."""
    on_date, grace = credit.booking_date, policy.discount_grace_days
    missing = sum(index.open[slot] for slot in slots) - credit.amount_minor
    options = [late_discounts(index.items[slot], index.open[slot], on_date, grace_days=grace) for slot in slots]
    shares = share(options, missing, rounding=policy.discount_rounding_minor)
    return Fit(slots, Rule.DISCOUNT, AllocationKind.DISCOUNT, shares, is_late=True) if shares else None


def fit_charged(slots: Slots, credit: Credit, index: ItemIndex) -> Fit | None:
    """Return how the amount would settle these items if what is missing were charges of a bank."""
    missing = sum(index.open[slot] for slot in slots) - credit.amount_minor
    return _less(slots, missing, Rule.FEE_LIMIT, AllocationKind.DEDUCTED_CHARGE, index) if missing > 0 else None


def fit_deducted(slots: Slots, basis_points: int, credit: Credit, index: ItemIndex) -> Fit | None:
    """Return how the amount would settle these items less a share of each, rounded by item or in the sum."""
    opened = [index.open[slot] for slot in slots]
    shares = [part_of(minor, basis_points) for minor in opened]
    difference = sum(opened) - credit.amount_minor - sum(shares)
    highest = shares.index(max(shares))
    shares[highest] += difference
    if abs(difference) > 1 or min(shares) <= 0:
        return None
    return Fit(slots, Rule.DISCOUNT, AllocationKind.DISCOUNT, tuple(shares), basis_points=basis_points)


def fit_rounded(slots: Slots, credit: Credit, index: ItemIndex) -> Fit | None:
    """Return how the amount would settle these items if it were rounded down to whole units of the currency."""
    missing = sum(index.open[slot] for slot in slots) - credit.amount_minor
    unit = 10 ** minor_digits(credit.currency)
    if credit.amount_minor % unit or not 0 < missing < unit:
        return None
    return _less(slots, missing, Rule.HABIT, AllocationKind.WRITE_OFF, index)


def settle(evidence: Evidence, found: Fit, *, strength: Strength, signs: Iterable[Sign] = ()) -> Explanation:
    """Return the explanation that settles the items of a fit; its proof begins with what names them."""
    naming = naming_signs(evidence, found.slots)
    return settle_named(naming, found, evidence.credit, evidence.index, strength=strength, signs=signs)


def settle_named(
    naming: Iterable[Sign], found: Fit, credit: Credit, index: ItemIndex, *, strength: Strength, signs: Iterable[Sign]
) -> Explanation:
    """Return the explanation that settles the items of a fit, with the signs that name them and further ones."""
    lines = _deducting_lines(found, index) if found.deductions else _paying_lines(found.slots, index)
    proof = (*naming, _amount_sign(found, credit, index), *signs)
    return Explanation(index.items[found.slots[0]].customer_id, lines, 0, strength, proof)


def _paying_lines(slots: Slots, index: ItemIndex) -> tuple[Line, ...]:
    return tuple([Line(index.items[slot].id, _PAYMENT, index.open[slot]) for slot in slots])


def _deducting_lines(found: Fit, index: ItemIndex) -> tuple[Line, ...]:
    lines: list[Line] = []
    for slot, deduction in zip(found.slots, found.deductions, strict=True):
        item_id = index.items[slot].id
        lines.append(Line(item_id, AllocationKind.PAYMENT, index.open[slot] - deduction))
        if deduction:
            lines.append(Line(item_id, found.deducted_as, deduction))
    return tuple(lines)


def _amount_sign(found: Fit, credit: Credit, index: ItemIndex) -> Sign:
    if found.deductions:
        return _deduction_sign(found, credit, index)
    facts: dict[str, str | int] = {"currency": credit.currency, "amount_minor": credit.amount_minor}
    if len(found.slots) == 1:
        return Sign(_AMOUNT_EXACT, facts)
    return Sign(SignCode.SUM_EXACT, facts | {"count": len(found.slots)})


def _deduction_sign(found: Fit, credit: Credit, index: ItemIndex) -> Sign:
    facts: dict[str, str | int] = {"currency": credit.currency}
    missing = sum(found.deductions)
    if found.basis_points:
        facts |= {"discount_minor": missing, "percent": f"{found.basis_points / 100:g}"}
        return Sign(SignCode.DISCOUNT_UNAGREED, facts, supports=False)
    if found.rule is Rule.DISCOUNT:
        until = max(terms.until_date for slot in found.slots for terms in index.items[slot].discounts)
        facts |= {"discount_minor": missing, "until_date": until.isoformat()}
        return Sign(SignCode.DISCOUNT_LATE if found.is_late else SignCode.DISCOUNT, facts, supports=not found.is_late)
    if found.rule is Rule.REPORTED_CHARGES:
        return Sign(SignCode.CHARGES_REPORTED, facts | {"charges_minor": missing})
    if found.rule is Rule.HABIT:
        return Sign(SignCode.ROUNDED, facts | {"rest_minor": missing}, supports=False)
    if found.rule is Rule.TOLERANCE:
        return Sign(SignCode.WITHIN_TOLERANCE, facts | {"rest_minor": missing})
    return Sign(SignCode.CHARGES_SUPPOSED, facts | {"charges_minor": missing}, supports=False)


def pay_in_part(evidence: Evidence, slots: Slots, *, strength: Strength, signs: Iterable[Sign] = ()) -> Explanation:
    """Return the explanation that pays less than is open, the oldest item first; the rest stays open."""
    index, credit = evidence.index, evidence.credit
    left, lines = credit.amount_minor, []
    for slot in sorted(slots, key=lambda slot: (index.items[slot].due_date or dt.date.max, slot)):
        paid = min(left, index.open[slot])
        left -= paid
        if paid:
            lines.append(Line(index.items[slot].id, AllocationKind.PAYMENT, paid))
    rest = sum(index.open[slot] for slot in slots) - credit.amount_minor
    sign = Sign(SignCode.REST_OPEN, {"rest_minor": rest, "currency": credit.currency})
    proof = (*naming_signs(evidence, slots), sign, *signs)
    return Explanation(index.items[slots[0]].customer_id, tuple(lines), 0, strength, proof)


def keep_rest(
    evidence: Evidence, slots: Slots, customer_id: int, *, strength: Strength, signs: Iterable[Sign] = ()
) -> Explanation:
    """Return the explanation that settles these items and keeps what is over on the customer's account."""
    index, credit = evidence.index, evidence.credit
    lines = _paying_lines(slots, index)
    over = credit.amount_minor - sum(line.amount_minor for line in lines)
    kept = Sign(SignCode.KEPT_ON_ACCOUNT, {"on_account_minor": over, "currency": credit.currency})
    return Explanation(customer_id, lines, over, strength, (*naming_signs(evidence, slots), kept, *signs))


def naming_signs(evidence: Evidence, slots: Slots) -> list[Sign]:
    """Return for each item the best word that names it."""
    words = evidence.words
    if len(words) == 1 and words[0].readings == (slots,):
        return [naming_sign(words[0], slots[0], evidence.index)]
    best: dict[int, Word] = {}
    wanted = frozenset(slots)
    for word in words:
        for reading in word.readings:
            for slot in reading:
                if slot in wanted and (slot not in best or word.grade > best[slot].grade):
                    best[slot] = word
    return [naming_sign(word, slot, evidence.index) for slot, word in best.items()]


def naming_sign(word: Word, slot: int, index: ItemIndex) -> Sign:
    """Return how a word names an item."""
    facts: dict[str, str | int] = {"number": index.items[slot].number}
    if word.source is Source.REFERENCE:
        return Sign(SignCode.NAMES_REFERENCE, facts | {"written": word.key})
    if word.source is Source.END_TO_END_ID:
        return Sign(SignCode.NAMES_IN_END_TO_END_ID, facts)
    if word.key == index.numbers.keys[slot]:
        return Sign(SignCode.NAMES_ITEM, facts)
    if slot in index.numbers.with_alias(word.key):
        code = SignCode.NAMES_ALIAS
    else:
        code = SignCode.NAMES_SHORT if (slot,) in word.readings else SignCode.NAMES_RANGE
    return Sign(code, facts | {"written": word.key})


def agreeing_sign(evidence: Evidence, customer_id: int) -> Sign:
    """Return the one sign that a customer paid: its confirmed account, else its name."""
    if evidence.confirmed:
        return account_sign(evidence.confirmed, evidence.index, customer_id)
    return Sign(SignCode.NAME_AGREES, _customer_fact(evidence.index, customer_id))


def payer_signs(evidence: Evidence, customer_id: int) -> Sequence[Sign]:
    """Return what says that a customer paid, or that nothing does."""
    signs = evidence.payer_signs.get(customer_id)
    if signs is None:
        signs = evidence.payer_signs[customer_id] = _payer_signs(evidence, customer_id)
    return signs


def _payer_signs(evidence: Evidence, customer_id: int) -> list[Sign]:
    index = evidence.index
    facts, members = _customer_fact(index, customer_id), index.payers.members(customer_id)
    signs: list[Sign] = []
    known = [one for one in evidence.known_ibans if one.customer_id in members]
    if known and evidence.confirmed:
        signs.append(account_sign(evidence.confirmed, index, customer_id))
    elif known:
        is_collector = any(one.source is IbanSource.COLLECTOR for one in known)
        signs.append(Sign(SignCode.IBAN_COLLECTOR if is_collector else SignCode.IBAN_PROPOSED, facts))
    if evidence.bears_name(customer_id):
        signs.append(Sign(SignCode.NAME_AGREES, facts))
    elif evidence.bears_similar_name(customer_id):
        signs.append(Sign(SignCode.NAME_SIMILAR, facts))
    if evidence.numbered.intersection(members):
        signs.append(Sign(SignCode.CUSTOMER_NUMBER, facts))
    if evidence.mandated.intersection(members):
        signs.append(Sign(SignCode.MANDATE, facts))
    if evidence.rule and evidence.ruled.intersection(members):
        signs.append(Sign(SignCode.USER_RULE, {"rule": evidence.rule.name}))
    return signs or [Sign(SignCode.PAYER_DIFFERS, facts, supports=False)]


def account_sign(known: KnownIban, index: ItemIndex, customer_id: int) -> Sign:
    """Return the sign of a confirmed account."""
    facts = _customer_fact(index, customer_id)
    if known.source is _BY_DECISION and known.since_date:
        facts |= {"since_date": known.since_date.isoformat(), "by": known.by}
        return Sign(SignCode.IBAN_CONFIRMED_BY, facts)
    return Sign(_IBAN_CONFIRMED, facts)


def _customer_fact(index: ItemIndex, customer_id: int) -> dict[str, str | int]:
    customer = index.payers.customers.get(customer_id)
    return {"customer": customer.number if customer else str(customer_id)}
