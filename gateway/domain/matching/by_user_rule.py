"""What becomes of a bank transaction that fits a rule of the company.

A rule is asked before anything that only account and amount say, and never against a reference: money that names
something open is decided as if there were no rule, and where that is a question, the question says so. Whatever else
points elsewhere makes a question too, with what the rule says on top.
"""

from dataclasses import replace

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.case import Case, Obstacle
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.explain import Fit, keep_rest, settle
from gateway.domain.matching.model import Ask, Book, Credit, Decision, Explanation, Ignore, Policy, Rule, Sign, Strength
from gateway.domain.matching.obstacles import against_confirmed, mistyped_words
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.resolve import resolve
from gateway.domain.matching.tokens import Grade
from gateway.domain.matching.user_rules import UserRule
from gateway.domain.matching.words import called_otherwise
from schemas.states import ReviewReason, RuleAction

_SEVERAL = ReviewReason.SEVERAL_EXPLANATIONS
_SAME_AMOUNT_MAX = 50  # More items of one amount are not compared with the text.
_NAMING = (Grade.LINKED, Grade.WHOLE)


def set_aside_by_rule(money: Credit, index: ItemIndex, otherwise: Decision) -> Decision:
    """Decide about money that is certainly no payment of a customer: a rule may say better what it is.

    What names an open item is decided as if there were no rule: it may be the fee for the debit of that item.
    """
    rule = index.rules.find(money) if index.rules else None
    if rule is None or rule.customer_id is not None:
        return otherwise
    slots = [
        slot
        for word in Evidence(money, index).words
        if word.grade in _NAMING
        for slots in word.readings
        for slot in slots
    ]
    named = next((slot for slot in slots if index.open[slot]), None)
    if named is None:
        return _ignore(rule)
    return _against(otherwise, _stopped_sign(rule, named, index)) if isinstance(otherwise, Ask) else otherwise


def obey(rule: UserRule, evidence: Evidence, policy: Policy, found: Book | Ask) -> Decision:
    """Decide about money that may be a payment and fits a rule; ``found`` is what matching says without the rule."""
    case = Case(evidence.credit, evidence.index, policy, evidence, resolve(evidence, policy))
    named = _named_slot(case)
    if named is not None:
        return _stopped(case, rule, found, named)
    customer_id = rule.customer_id
    if customer_id is None:
        return _set_aside(case, rule, found)
    if customer_id not in case.item_index.payers.customers:
        return found
    other = _other_customer(case, customer_id, found)
    if other is not None:
        return _propose(case, rule, customer_id, found, _points_at(case, other))
    if rule.action is RuleAction.ON_ACCOUNT:
        return _keep(case, rule, customer_id, found)
    return found if isinstance(found, Book) else _pay(case, rule, customer_id, found)


def _named_slot(case: Case) -> int | None:
    """Return an item that the text names, or nearly names and fits the amount."""
    named, index = case.named, case.item_index
    slots = (named.fits[0].slots if named.fits else ()) or named.guess or named.settled
    if slots:
        return slots[0]
    of_amount = index.with_amount(case.credit.amount_minor, case.credit.currency)[:_SAME_AMOUNT_MAX]
    return next((slot for slot in of_amount if mistyped_words(case, slot)), None)


def _stopped(case: Case, rule: UserRule, found: Book | Ask, slot: int) -> Book | Ask:
    """Let the reference decide; a rule that speaks of the same customer is proof beside it."""
    index = case.item_index
    if isinstance(found, Book) or rule.customer_id in index.payers.members(index.items[slot].customer_id):
        return found
    return _against(found, _stopped_sign(rule, slot, index))


def _set_aside(case: Case, rule: UserRule, found: Book | Ask) -> Ask | Ignore:
    """Set money aside, unless its confirmed payer owes exactly that."""
    payer, credit = case.evidence.confirmed, case.credit
    if isinstance(found, Book):
        return _against(Ask(_SEVERAL, (found.explanation,)), _differs(rule))
    if payer and case.item_index.fitting_slots(payer.customer_id, credit.amount_minor, credit.currency):
        return _against(found, _differs(rule))
    return _ignore(rule)


def _other_customer(case: Case, customer_id: int, found: Book | Ask) -> int | None:
    """Return another customer, of another family, whom account, name, number or what was found point at."""
    payers = case.item_index.payers
    others = case.evidence.points_elsewhere(customer_id)
    if isinstance(found, Book) and found.explanation.customer_id is not None:
        others |= {found.explanation.customer_id}
    family = payers.family(customer_id)
    return next((one for one in sorted(others) if payers.family(one) != family and one in payers.customers), None)


def _points_at(case: Case, customer_id: int) -> Obstacle:
    facts = {"customer": case.item_index.payers.customers[customer_id].number}
    return Obstacle(_SEVERAL, Sign(SignCode.POINTS_ELSEWHERE, facts, supports=False))


def _keep(case: Case, rule: UserRule, customer_id: int, found: Book | Ask) -> Book | Ask:
    """Keep all of it on the customer's account, unless the text holds what looks like a number of ours.

    What the text calls an order is none: money in advance names its order.
    """
    unknown = [word for word in case.named.unknown if word.grade is Grade.UNKNOWN]
    unexplained = next((word for word in unknown if not called_otherwise(case.credit.text, [word])), None)
    if unexplained:
        sign = Sign(SignCode.NAMES_UNKNOWN, {"written": unexplained.key}, supports=False)
        return _propose(case, rule, customer_id, found, Obstacle(ReviewReason.WEAK_EVIDENCE, sign))
    return Book(Rule.USER_RULE, _kept(case, rule, customer_id, Strength.STRONG), rule.id)


def _pay(case: Case, rule: UserRule, customer_id: int, found: Ask) -> Book | Ask:
    """Pay the only item of the customer of exactly this amount, where the rule allows it; else propose him."""
    credit = case.credit
    slots = tuple(case.item_index.fitting_slots(customer_id, credit.amount_minor, credit.currency))
    if not rule.books_exact or len(slots) != 1:
        return _propose(case, rule, customer_id, found)
    allowing = case._replace(policy=replace(case.policy, book_confirmed_payer=True))
    obstacle = against_confirmed(allowing, slots)
    if obstacle:
        return _propose(case, rule, customer_id, found, obstacle)
    signs, exact = (_by(rule), Sign(SignCode.ONLY_ITEM, {})), Fit(slots, Rule.EXACT_REFERENCE)
    return Book(Rule.USER_RULE, settle(case.evidence, exact, strength=Strength.STRONG, signs=signs), rule.id)


def _propose(case: Case, rule: UserRule, customer_id: int, found: Book | Ask, obstacle: Obstacle | None = None) -> Ask:
    """Ask, with what the rule's customer may have paid on top; the obstacle is why nothing was booked."""
    known = (found.explanation,) if isinstance(found, Book) else found.explanations
    own = [one for one in known if one.customer_id == customer_id and one.lines]
    kept = _kept(case, rule, customer_id, Strength.POSSIBLE)
    on_top = [kept, *own] if rule.action is RuleAction.ON_ACCOUNT else [*own, kept]
    others = [one for one in known if one.customer_id != customer_id]
    if obstacle is None:
        return Ask(_SEVERAL if isinstance(found, Book) else found.reason, (*on_top, *others))
    return _against(Ask(obstacle.reason, (*on_top, *others)), obstacle.sign)


def _kept(case: Case, rule: UserRule, customer_id: int, strength: Strength) -> Explanation:
    return keep_rest(case.evidence, (), customer_id, strength=strength, signs=(_by(rule),))


def _ignore(rule: UserRule) -> Ignore:
    return Ignore(Rule.USER_RULE, rule.category, rule.account_word, rule.id)


def _against(ask: Ask, sign: Sign) -> Ask:
    """Say against the first explanation what a person must see; where there is none, say only that."""
    if not ask.explanations:
        return ask._replace(explanations=(_only(sign),))
    first, *others = ask.explanations
    return ask._replace(explanations=(first._replace(proof=(*first.proof, sign)), *others))


def _only(sign: Sign) -> Explanation:
    return Explanation(None, (), 0, Strength.WEAK, (sign,))


def _by(rule: UserRule) -> Sign:
    return Sign(SignCode.USER_RULE, {"rule": rule.name})


def _differs(rule: UserRule) -> Sign:
    return Sign(SignCode.USER_RULE_DIFFERS, {"rule": rule.name}, supports=False)


def _stopped_sign(rule: UserRule, slot: int, index: ItemIndex) -> Sign:
    facts = {"rule": rule.name, "number": index.items[slot].number}
    return Sign(SignCode.USER_RULE_STOPPED, facts, supports=False)
