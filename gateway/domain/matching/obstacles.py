"""What stands against booking: anything that points elsewhere, and what a person must see first."""

from collections.abc import Iterable
from operator import attrgetter

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.case import Case, Obstacle
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.explain import Fit
from gateway.domain.matching.hits import slots_of
from gateway.domain.matching.mistyped import is_near, near_numbers
from gateway.domain.matching.model import Rule, Sign
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.resolve import weakest
from gateway.domain.matching.sets import fits_otherwise
from gateway.domain.matching.tokens import Grade, Slots, Source, Word
from gateway.domain.matching.words import called_otherwise, find_misread
from schemas.references import reference_key
from schemas.states import ReviewReason

_NEAR_BY_CHANCE = 3  # As many items with near numbers may have one amount by accident.
_BY_GRADE = attrgetter("grade")
# Rules under which less than the open amount came in: who paid must be sure.
NEED_PAYER = frozenset({Rule.DISCOUNT, Rule.TOLERANCE, Rule.FEE_LIMIT})


def against_named(case: Case, found: Fit) -> Obstacle | None:
    """Return what stands against booking items that the credit names and whose amounts fit."""
    slots, named, index = found.slots, case.named, case.item_index
    if named.settled:
        return paid_already(case, named.settled[0])
    if obstacle := against_items(case, slots):
        return obstacle
    if len(slots) > 1 and len({index.families[slot] for slot in slots}) > 1:
        return Obstacle(ReviewReason.PAYER_DIFFERS, _customer_sign(case, slots[-1]))
    if others := [slot for slot in named.short if slot not in slots]:
        return Obstacle(ReviewReason.SEVERAL_EXPLANATIONS, _number_sign(SignCode.NAMES_OTHER, others[0], index))
    if not _payer_may_be(case, found):
        return Obstacle(ReviewReason.PAYER_DIFFERS, _customer_sign(case, slots[0]))
    contested = [slot for slot in slots if index.items[slot].disputed_minor]
    if contested and found.rule is not Rule.EXACT_REFERENCE:
        return disputed(case, contested[0])
    payer = index.items[slots[0]].customer_id
    if _is_doubtful(case, slots) and (obstacle := rival(case, slots, case.evidence.points_elsewhere(payer))):
        return obstacle
    return _near_rival(case, slots)


def _payer_may_be(case: Case, found: Fit) -> bool:
    """Whoever pays may name a whole number; a short form or a deduction needs the customer to be the payer."""
    evidence, slot = case.evidence, found.slots[0]
    if found.rule in NEED_PAYER:
        return evidence.payer_agrees(slot)
    if min(evidence.words, key=_BY_GRADE).grade is Grade.WHOLE:
        return True
    grade = weakest(evidence.words, found.slots)
    if grade >= Grade.LINKED or evidence.payer_agrees(slot):
        return True
    return grade is Grade.TAIL and not evidence.known_payers and not called_otherwise(case.credit.text, evidence.words)


def _is_doubtful(case: Case, slots: Slots) -> bool:
    """Return whether other payers must be looked up: the confirmed account of the items' customer settles it."""
    if not case.item_index.has_amount(case.credit.amount_minor, besides=slots):
        return False
    return case.credit.ultimate_debtor is not None or not is_confirmed(case.evidence, slots[0])


def _near_rival(case: Case, slots: Slots) -> Obstacle | None:
    """Return one of several items of the same amount whose numbers are one mistake away, where nobody knows the payer.

    The amount is a usual price then: it does not tell them apart, and a stranger may have mistyped.
    """
    index, evidence = case.item_index, case.evidence
    for slot in slots:
        if not index.has_amount(index.open[slot], besides=(slot,)) or _names_by_reference(evidence, slot):
            continue
        if evidence.pointed_at.intersection(index.payers.members(index.items[slot].customer_id)):
            return None
        near = [other for other in _near_slots(slot, index) if other not in slots]
        if len(near) > _NEAR_BY_CHANCE:
            return Obstacle(ReviewReason.SEVERAL_EXPLANATIONS, _number_sign(SignCode.NEAR_OTHER, near[0], index))
    return None


def _near_slots(slot: int, index: ItemIndex) -> list[int]:
    """Return the items of as much open whose number differs from this one's by one mistake."""
    amount, currency = index.open[slot], index.items[slot].currency
    hits = [index.numbers.find_whole(number, []) for number in near_numbers(index.numbers.keys[slot])]
    near = [other for hit in hits for other in slots_of(hit) if index.open[other] == amount]
    return [other for other in near if index.items[other].currency == currency]


def _names_by_reference(evidence: Evidence, slot: int) -> bool:
    """Return whether a structured reference names an item: its check digits tell most mistakes."""
    return any((slot,) in word.readings for word in evidence.words if word.source is Source.REFERENCE)


def is_confirmed(evidence: Evidence, slot: int) -> bool:
    """Return whether the confirmed account of an item's customer, or of its family, paid."""
    payer, index = evidence.confirmed, evidence.index
    return payer is not None and index.payers.family(payer.customer_id) == index.families[slot]


def against_confirmed(case: Case, slots: Slots) -> Obstacle | None:
    """Return what stands against booking items that only the confirmed account and the amount point at."""
    index, evidence = case.item_index, case.evidence
    if not case.policy.book_confirmed_payer:
        return Obstacle(ReviewReason.WEAK_EVIDENCE, Sign(SignCode.NO_REFERENCE, {}, supports=False))
    if obstacle := against_items(case, slots):
        return obstacle
    for word in evidence.words:
        if obstacle := _against_word(case, word, slots):
            return obstacle
    for slot in slots:
        if index.items[slot].disputed_minor:
            return disputed(case, slot)
    payer = index.items[slots[0]].customer_id
    if fits_otherwise(case, payer, slots):
        return Obstacle(ReviewReason.SEVERAL_EXPLANATIONS, Sign(SignCode.SETS_FIT, {}, supports=False))
    if not index.has_amount(case.credit.amount_minor, besides=slots):
        return None
    customers = evidence.points_elsewhere(payer).union(index.payers.members(payer))
    return rival(case, slots, customers, in_family=True)


def against_part(case: Case, slot: int) -> Obstacle | None:
    """Return what stands against booking less than is open of one named item."""
    index, evidence = case.item_index, case.evidence
    item, paid = index.items[slot], case.credit.amount_minor
    if obstacle := against_items(case, (slot,)):
        return obstacle
    if not evidence.payer_agrees(slot):
        return Obstacle(ReviewReason.PAYER_DIFFERS, _customer_sign(case, slot))
    if obstacle := _other_numbers(case, (slot,)):
        return obstacle
    if item.disputed_minor and paid != index.open[slot] - item.disputed_minor:
        return disputed(case, slot)
    if not evidence.confirmed and (called := called_otherwise(case.credit.text, evidence.words)):
        facts = {"written": called[1].key, "called": called[0]}
        return Obstacle(ReviewReason.WEAK_EVIDENCE, Sign(SignCode.CALLED_OTHERWISE, facts, supports=False))
    if not index.has_amount(paid, besides=(slot,)):
        return None
    return rival(case, (slot,), evidence.known_payers.union([item.customer_id]), in_family=True)


def against_habit(case: Case, slots: Slots) -> Obstacle | None:
    """Return what stands against booking named items as their customer, who pays, usually pays."""
    index = case.item_index
    if obstacle := against_items(case, slots) or _other_numbers(case, slots):
        return obstacle
    for slot in slots:
        if index.items[slot].disputed_minor:
            return disputed(case, slot)
    if not index.has_amount(case.credit.amount_minor, besides=slots):
        return None
    customers = case.evidence.known_payers.union([index.items[slots[0]].customer_id])
    return rival(case, slots, customers, in_family=True)


def _other_numbers(case: Case, slots: Slots) -> Obstacle | None:
    """Return a number beside these items: a short form of another, or one that nobody has."""
    named, index = case.named, case.item_index
    if others := [slot for slot in named.short if slot not in slots]:
        return Obstacle(ReviewReason.SEVERAL_EXPLANATIONS, _number_sign(SignCode.NAMES_OTHER, others[0], index))
    if unknown := [word for word in named.unknown if word.grade is Grade.UNKNOWN]:
        sign = Sign(SignCode.NAMES_UNKNOWN, {"written": unknown[0].key}, supports=False)
        return Obstacle(ReviewReason.WEAK_EVIDENCE, sign)
    return None


def _against_word(case: Case, word: Word, slots: Slots) -> Obstacle | None:
    """A word may name one of these items with a mistake; any other number of ours points elsewhere."""
    index = case.item_index
    if any(slot in reading for reading in word.readings for slot in slots):
        return None
    family = index.families[slots[0]]
    own = [slot for reading in word.readings for slot in reading if index.families[slot] == family]
    if own and not index.open[own[0]]:
        return paid_already(case, own[0])
    if own:
        return Obstacle(ReviewReason.SEVERAL_EXPLANATIONS, _number_sign(SignCode.NAMES_OTHER, own[0], index))
    if word.grade in (Grade.LOW, Grade.TAIL) or (len(slots) == 1 and mistyped_words(case, slots[0])):
        return None
    return Obstacle(ReviewReason.WEAK_EVIDENCE, Sign(SignCode.NAMES_UNKNOWN, {"written": word.key}, supports=False))


def mistyped_words(case: Case, slot: int) -> list[Word]:
    """Return the words that are the number or reference of an item but for one mistake, or once O is read as 0."""
    index = case.item_index
    near = [word for word in case.evidence.words if is_mistyped(word, slot, index)]
    return near + [word for word in find_misread(case.credit.text, index.numbers) if (slot,) in word.readings]


def is_mistyped(word: Word, slot: int, index: ItemIndex) -> bool:
    """Return whether a word is the number or reference of an item but for one mistake."""
    reference = index.items[slot].creditor_reference
    if word.source is Source.REFERENCE and reference:
        return is_near(word.key, reference_key(reference))
    key, series = index.numbers.keys[slot], index.numbers.series[slot]
    written = (key, key.removeprefix(series.prefix), key.removesuffix(series.foot))
    return any(is_near(word.key, number) for number in written)


def against_items(case: Case, slots: Iterable[int]) -> Obstacle | None:
    """Return what stands against touching these items at all without a person."""
    for slot in slots:
        item = case.item_index.items[slot]
        if item.in_flight_date:
            facts = {"number": item.number, "collection_date": item.in_flight_date.isoformat()}
            return Obstacle(ReviewReason.DEBIT_IN_FLIGHT, Sign(SignCode.IN_FLIGHT, facts, supports=False))
    twin = case.item_index.waiting_twin(case.credit)
    if twin:
        facts = {"booking_date": twin.booking_date.isoformat()}
        return Obstacle(ReviewReason.SEVERAL_EXPLANATIONS, Sign(SignCode.TWIN_WAITS, facts, supports=False))
    return None


def rival(case: Case, slots: Slots, customers: Iterable[int], *, in_family: bool = False) -> Obstacle | None:
    """Return another item that fits exactly, of one of these customers (of the same family only if ``in_family``)."""
    index, credit = case.item_index, case.credit
    family = index.families[slots[0]]
    for customer_id in customers:
        if not in_family and index.payers.family(customer_id) == family:
            continue
        for slot in index.fitting_slots(customer_id, credit.amount_minor, credit.currency):
            if slot not in slots:
                return Obstacle(ReviewReason.SEVERAL_EXPLANATIONS, _number_sign(SignCode.OTHERS_FIT, slot, index))
    return None


def paid_already(case: Case, slot: int) -> Obstacle:
    """Return that a named item was settled before."""
    number = case.item_index.items[slot].number
    settled_date = case.item_index.settled_date(slot)
    if settled_date is None:
        return Obstacle(ReviewReason.PAID_ALREADY, Sign(SignCode.NOTHING_OPEN, {"number": number}, supports=False))
    facts = {"number": number, "settled_date": settled_date.isoformat()}
    return Obstacle(ReviewReason.PAID_ALREADY, Sign(SignCode.PAID_ALREADY, facts, supports=False))


def disputed(case: Case, slot: int) -> Obstacle:
    """Return that part of an item is in dispute."""
    item = case.item_index.items[slot]
    facts: dict[str, str | int] = {
        "number": item.number,
        "disputed_minor": item.disputed_minor,
        "currency": item.currency,
    }
    return Obstacle(ReviewReason.DISPUTED, Sign(SignCode.DISPUTED, facts, supports=False))


def _number_sign(code: SignCode, slot: int, index: ItemIndex) -> Sign:
    return Sign(code, {"number": index.items[slot].number}, supports=False)


def _customer_sign(case: Case, slot: int) -> Sign:
    customer = case.item_index.payers.customers.get(case.item_index.items[slot].customer_id)
    shown = customer.number if customer else str(case.item_index.items[slot].customer_id)
    return Sign(SignCode.PAYER_DIFFERS, {"customer": shown}, supports=False)
