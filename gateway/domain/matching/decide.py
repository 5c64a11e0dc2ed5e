"""Book, ask or ignore: the rules of matching.

Explanations are sought from the strongest evidence down. One is booked when it stands alone and nothing of any kind
points elsewhere; everything else is a question with ranked explanations. Nothing is booked by a guess.
"""

from collections.abc import Sequence

from gateway.domain.matching.advice import with_advice
from gateway.domain.matching.bookings import decide_incoming, decide_outgoing
from gateway.domain.matching.by_user_rule import obey, set_aside_by_rule
from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.case import Case, Obstacle
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.explain import Fit, agreeing_sign, fit_late, pay_in_part, settle
from gateway.domain.matching.habits import (
    Usual,
    habit_of,
    is_proven,
    oldest_first,
    payable_slots,
    usuals_of_named,
)
from gateway.domain.matching.model import Ask, Book, Credit, Decision, Explanation, Ignore, Policy, Rule, Sign, Strength
from gateway.domain.matching.obstacles import (
    NEED_PAYER,
    against_confirmed,
    against_habit,
    against_named,
    against_part,
    is_confirmed,
    mistyped_words,
    paid_already,
)
from gateway.domain.matching.plain import book_at_sight, book_plain
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.proposals import deducted, propose
from gateway.domain.matching.resolve import resolve
from gateway.domain.matching.sets import FoundSets, completing, fits_less_discount, sets_of
from gateway.domain.matching.tokens import Slots
from schemas.states import HabitKind, ReviewReason

_UNKNOWN = Ask(ReviewReason.NO_KNOWN_REFERENCE, ())


def decide(credit: Credit, index: ItemIndex, policy: Policy) -> Decision:
    """Return what becomes of a bank transaction. The index is not changed; `ItemIndex.apply` does that."""
    if credit.amount_minor < 0:
        return _unless_ruled(decide_outgoing(credit, index, policy), credit, index)
    if credit.amount_minor == 0:
        return _UNKNOWN
    if index.advices and credit.id in index.advices:
        return _advised(Evidence(credit, index), policy)
    quick = decide_incoming(credit, index) or book_at_sight(credit, index, policy)
    if quick:
        return quick if index.rules is None else _unless_ruled(quick, credit, index)
    return _by_evidence(Evidence(credit, index), policy)


def _by_evidence(evidence: Evidence, policy: Policy) -> Decision:
    plain = book_plain(evidence, policy)
    if plain:
        return plain
    index = evidence.index
    evidence.rule = index.rules.find(evidence.credit) if index.rules else None
    found = look_closer(evidence, policy)
    return obey(evidence.rule, evidence, policy, found) if evidence.rule else found


def _unless_ruled(decision: Decision, credit: Credit, index: ItemIndex) -> Decision:
    """Let a rule of the company say what money is that is set aside, or about which nothing is known."""
    if index.rules is None or not (isinstance(decision, Ignore) or decision == _UNKNOWN):
        return decision
    return set_aside_by_rule(credit, index, decision)


def _advised(evidence: Evidence, policy: Policy) -> Decision:
    incoming = decide_incoming(evidence.credit, evidence.index)
    if incoming:
        return _unless_ruled(incoming, evidence.credit, evidence.index)
    return with_advice(_by_evidence(evidence, policy), evidence, policy)


def look_closer(evidence: Evidence, policy: Policy) -> Book | Ask:
    """Apply the rules to money that may be a payment."""
    named = resolve(evidence, policy)
    case = Case(evidence.credit, evidence.index, policy, evidence, named)
    if named.is_cut or len(named.fits) > 1:
        return _ask(case, ReviewReason.SEVERAL_EXPLANATIONS)
    if named.fits:
        return _named(case, named.fits[0])
    fitting = _confirmed_items(case)
    obstacle = against_confirmed(case, (fitting[0],)) if len(fitting) == 1 else None
    if len(fitting) == 1 and obstacle is None:
        return Book(Rule.CONFIRMED_PAYER, _explain_confirmed(case, (fitting[0],), Sign(SignCode.ONLY_ITEM, {})))
    if named.guess:
        return _other_amount(case, named.sure or named.guess)
    if named.settled:
        return _stopped(case, paid_already(case, named.settled[0]))
    if obstacle:
        return _stopped(case, obstacle)
    return _ask(case, ReviewReason.SEVERAL_EXPLANATIONS) if fitting else _no_single_fit(case)


def _ask(case: Case, reason: ReviewReason, counter: Sign | None = None) -> Ask:
    return Ask(reason, propose(case, counter))


def _stopped(case: Case, obstacle: Obstacle) -> Ask:
    return _ask(case, obstacle.reason, obstacle.sign)


def _named(case: Case, found: Fit) -> Book | Ask:
    """Rules (a) and (b): the credit names items, and what is open of them fits, less what may be deducted."""
    obstacle = against_named(case, found)
    if obstacle:
        return _stopped(case, obstacle)
    if not _is_allowed(found.rule, case.policy):
        return _ask(case, ReviewReason.WEAK_EVIDENCE)
    slot = found.slots[0]
    customer_id = case.item_index.items[slot].customer_id
    is_payer = found.rule in NEED_PAYER or is_confirmed(case.evidence, slot)
    signs = (agreeing_sign(case.evidence, customer_id),) if is_payer else ()
    return Book(found.rule, settle(case.evidence, found, strength=Strength.STRONG, signs=signs))


def _is_allowed(rule: Rule, policy: Policy) -> bool:
    if rule is Rule.DISCOUNT:
        return policy.book_discount
    return rule in (Rule.TOLERANCE, Rule.FEE_LIMIT) or policy.book_exact_reference


def _confirmed_items(case: Case) -> list[int]:
    """Rule (d), one item: those of the confirmed payer of which exactly the amount is open."""
    payer, credit = case.evidence.confirmed, case.credit
    if payer is None:
        return []
    return case.item_index.fitting_slots(payer.customer_id, credit.amount_minor, credit.currency)


def _explain_confirmed(case: Case, slots: Slots, only: Sign) -> Explanation:
    payer = agreeing_sign(case.evidence, case.item_index.items[slots[0]].customer_id)
    mistyped = [
        Sign(SignCode.MISTYPED, {"written": word.key, "number": case.item_index.items[slots[0]].number})
        for word in mistyped_words(case, slots[0])
    ]
    found = Fit(slots, Rule.EXACT_REFERENCE)
    return settle(case.evidence, found, strength=Strength.STRONG, signs=(payer, *mistyped, only))


def _no_single_fit(case: Case) -> Book | Ask:
    """Rule (d), several items: the only set of the confirmed payer's items with this sum."""
    payer = case.evidence.confirmed
    sums = sets_of(case, payer.customer_id) if payer else None
    if not sums or not sums.sets:
        return _unexplained(case, sums)
    if not sums.is_only or sums.is_by_chance:
        return Ask(ReviewReason.SEVERAL_EXPLANATIONS, propose(case, sums=sums))
    slots = sums.sets[0]
    obstacle = against_confirmed(case, slots)
    if obstacle:
        return Ask(obstacle.reason, propose(case, obstacle.sign, sums))
    return Book(Rule.CONFIRMED_PAYER, _explain_confirmed(case, slots, Sign(SignCode.ONLY_SET, {"count": len(slots)})))


def _other_amount(case: Case, slots: Slots) -> Book | Ask:
    """Rule (c) and its questions: the credit names items, but the amount is another."""
    index, credit = case.item_index, case.credit
    if any(index.items[slot].currency != credit.currency for slot in slots):
        return _ask(case, ReviewReason.OTHER_CURRENCY, _currency_sign(case, slots))
    missing = sum(index.open[slot] for slot in slots) - credit.amount_minor
    if case.named.settled:
        return _stopped(case, paid_already(case, case.named.settled[0]))
    if usuals := usuals_of_named(case, slots):
        return _usual(case, slots, usuals, missing)
    if missing < 0:
        return _ask(case, ReviewReason.MORE_THAN_OPEN)
    if fit_late(slots, credit, index, case.policy):
        return _ask(case, ReviewReason.DISCOUNT_LATE)
    if _may_be_charges(credit, missing):
        return _ask(case, ReviewReason.CHARGES_DEDUCTED)
    if slots != case.named.sure or len(slots) != 1 or completing(case, slots, missing):
        return _ask(case, ReviewReason.AMOUNT_DIFFERS)
    obstacle = against_part(case, slots[0])
    if obstacle:
        return _stopped(case, obstacle)
    if not case.policy.book_partial:
        return _ask(case, ReviewReason.AMOUNT_DIFFERS)
    sign = agreeing_sign(case.evidence, index.items[slots[0]].customer_id)
    return Book(Rule.PARTIAL, pay_in_part(case.evidence, slots, strength=Strength.STRONG, signs=(sign,)))


def _usual(case: Case, slots: Slots, usuals: Sequence[Usual], missing: int) -> Book | Ask:
    """Book named items as their customer usually pays, if that was right often enough and nothing else explains it."""
    obstacle = against_habit(case, slots)
    if obstacle:
        return _stopped(case, obstacle)
    is_alone = len(usuals) == 1 and slots == case.named.sure and not completing(case, slots, missing)
    if is_alone and is_proven(usuals[0].habit, case.policy) and not _may_be_charges(case.credit, missing):
        return Book(Rule.HABIT, usuals[0].explanation._replace(strength=Strength.STRONG))
    if missing < 0:
        return _ask(case, ReviewReason.MORE_THAN_OPEN)
    is_late = fit_late(slots, case.credit, case.item_index, case.policy) is not None
    return _ask(case, ReviewReason.DISCOUNT_LATE if is_late else ReviewReason.AMOUNT_DIFFERS)


def _may_be_charges(credit: Credit, missing: int) -> bool:
    """Return whether the statement hints at charges without explaining the difference by them."""
    is_instructed = credit.instructed_currency in (None, credit.currency)
    is_reported = bool(credit.charges_minor) and credit.charges_included is not False
    return is_reported or (is_instructed and credit.instructed_minor == credit.amount_minor + missing)


def _currency_sign(case: Case, slots: Slots) -> Sign:
    item = next(item for slot in slots if (item := case.item_index.items[slot]).currency != case.credit.currency)
    facts = {"number": item.number, "item_currency": item.currency, "currency": case.credit.currency}
    return Sign(SignCode.OTHER_CURRENCY, facts, supports=False)


def _unexplained(case: Case, sums: FoundSets | None) -> Book | Ask:
    """Ask about a credit that no rule explains, unless a habit does; how many fit it decides what is asked."""
    if sums and not sums.is_cut and (paid := _oldest_paid(case)):
        return Book(Rule.HABIT, paid)
    explanations = propose(case, sums=sums)
    fitting = [one for one in explanations if one.lines and not _is_part(one)]
    if len(fitting) > 1:
        return Ask(ReviewReason.SEVERAL_EXPLANATIONS, explanations)
    return Ask(ReviewReason.WEAK_EVIDENCE if fitting else ReviewReason.NO_KNOWN_REFERENCE, explanations)


def _oldest_paid(case: Case) -> Explanation | None:
    """Return how the amount pays the oldest items, if that is the proven habit of the payer and nothing else may be."""
    index, payer = case.item_index, case.evidence.confirmed
    habit = habit_of(case, payer.customer_id, HabitKind.OLDEST_FIRST) if payer else None
    if payer is None or habit is None or not is_proven(habit, case.policy):
        return None
    found = oldest_first(case, payer.customer_id)
    if found is None or len(payable_slots(case, payer.customer_id)) < len(case.evidence.open_slots(payer.customer_id)):
        return None  # Beside debts there are credit notes, a dispute, a debit in flight: a person looks.
    slots = tuple(slot for line in found.lines if (slot := index.slot_of(line.item_id)) is not None)
    if against_confirmed(case, slots) or fits_less_discount(case, payer.customer_id):
        return None
    if any(deducted(case, (slot,)) for slot in payable_slots(case, payer.customer_id)):
        return None
    return found._replace(strength=Strength.STRONG)


def _is_part(explanation: Explanation) -> bool:
    return any(sign.code == SignCode.REST_OPEN for sign in explanation.proof)
