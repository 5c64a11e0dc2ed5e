"""The plain case, for speed: one item named, written whole or by its payer in short, and exactly what is open of it,
or that less the agreed discount.

Most credits are plain. The rules in `decide` give the same answer, only slower; a test compares the two.
"""

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.explain import account_sign, fit, naming_sign, settle_named
from gateway.domain.matching.model import Book, Credit, Explanation, KnownIban, Line, Policy, Rule, Sign, Strength
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.sent import NO_ID
from gateway.domain.matching.tokens import Grade, Word, has_digit
from gateway.domain.matching.words import find_plain
from schemas.references import reference_key
from schemas.states import AllocationKind

# Bound here because looking up a member of an enum costs as much as a call, and this runs for every credit.
_NAMES_ITEM, _NAMES_SHORT, _NAMES_REFERENCE = SignCode.NAMES_ITEM, SignCode.NAMES_SHORT, SignCode.NAMES_REFERENCE
_AMOUNT_EXACT = SignCode.AMOUNT_EXACT
_WHOLE, _TAIL, _LOW = Grade.WHOLE, Grade.TAIL, Grade.LOW
_PAYMENT, _STRONG = AllocationKind.PAYMENT, Strength.STRONG
_EXACT_REFERENCE, _DISCOUNT = Rule.EXACT_REFERENCE, Rule.DISCOUNT
_new = tuple.__new__  # Makes a value of all its fields in half the time.


def book_at_sight(credit: Credit, index: ItemIndex, policy: Policy) -> Book | None:
    """Book a credit that holds one number and no other: a structured reference, or one in its text as printed or short.

    Its text may hold a date besides, and no other digit.
    """
    if credit.end_to_end_id and credit.end_to_end_id not in NO_ID:
        return None
    if credit.creditor_reference:
        return _book_reference(credit, index, policy, credit.creditor_reference)
    found = find_plain(credit.text, index.numbers)
    if found is None:
        return None
    payer = index.payers.account(credit.iban).confirmed
    if isinstance(found, int):
        return _book_named(
            credit, index, policy, payer, found, Sign(_NAMES_ITEM, {"number": index.items[found].number})
        )
    slot = found.readings[0][0]
    if not _is_theirs(found, payer, index) or index.payers.customer_numbers.hold(index.numbers.series[slot].start):
        return None  # It may stand inside a customer number.
    named = Sign(_NAMES_SHORT, {"number": index.items[slot].number, "written": found.key})
    return _book(credit, index, policy, payer, slot, named)


def _book_reference(credit: Credit, index: ItemIndex, policy: Policy, reference: str) -> Book | None:
    key = reference_key(reference)
    slots = index.with_reference(key)
    if len(slots) != 1 or has_digit(credit.text):
        return None
    payer, slot = index.payers.account(credit.iban).confirmed, slots[0]
    named = Sign(_NAMES_REFERENCE, {"number": index.items[slot].number, "written": key})
    return _book_named(credit, index, policy, payer, slot, named)


def _book_named(
    credit: Credit, index: ItemIndex, policy: Policy, payer: KnownIban | None, slot: int, named: Sign
) -> Book | None:
    book = _book if index.open[slot] == credit.amount_minor else _book_discount
    return book(credit, index, policy, payer, slot, named)


def book_plain(evidence: Evidence, policy: Policy) -> Book | None:
    """Book a credit all of whose words name one item, but for short forms that mean nothing; or one short form."""
    named: Word | None = None
    for word in evidence.words:
        if word.grade is not _WHOLE:
            continue
        if len(word.readings) != 1 or (named is not None and word.readings != named.readings):
            return None
        named = named or word
    named = named or _only_short(evidence)
    if named is None or len(named.readings[0]) != 1:
        return None
    index, slot = evidence.index, named.readings[0][0]
    if len(evidence.words) > 1 and not all(_means_nothing(word, slot, evidence) for word in evidence.words):
        return None
    if index.open[slot] == evidence.credit.amount_minor:
        book = _book
    elif len(evidence.words) == 1 and named.grade is _WHOLE:
        book = _book_discount
    else:
        return None
    return book(evidence.credit, index, policy, evidence.confirmed, slot, naming_sign(named, slot, index))


def _book_discount(
    credit: Credit, index: ItemIndex, policy: Policy, payer: KnownIban | None, slot: int, named: Sign
) -> Book | None:
    """Rule (b) where its customer pays one item for sure: what is missing is the agreed discount."""
    item = index.items[slot]
    if payer is None or credit.ultimate_debtor or not item.discounts or item.disputed_minor or item.in_flight_date:
        return None
    if index.payers.family(payer.customer_id) != index.families[slot] or index.waiting_twin(credit):
        return None
    found = fit((slot,), credit, index, policy) if policy.book_discount else None
    if found is None or found.rule is not _DISCOUNT:
        return None
    signs = (account_sign(payer, index, item.customer_id),)
    return Book(_DISCOUNT, settle_named((named,), found, credit, index, strength=_STRONG, signs=signs))


def _only_short(evidence: Evidence) -> Word | None:
    """Return the only word, if it is a short form of one item of the payer whose account is confirmed."""
    words = evidence.words
    if len(words) != 1 or not _is_theirs(words[0], evidence.confirmed, evidence.index):
        return None
    return None if evidence.is_customer_number(words[0]) else words[0]


def _is_theirs(word: Word, payer: KnownIban | None, index: ItemIndex) -> bool:
    """Return whether a word is a short form of one item of the customer who pays for sure, or of his family."""
    if payer is None or len(word.readings) != 1 or not _LOW <= word.grade <= _TAIL:
        return False
    return index.families[word.readings[0][0]] == index.payers.family(payer.customer_id)


def _means_nothing(word: Word, slot: int, evidence: Evidence) -> bool:
    """Return whether a word beside the number may be passed over: it means at most others' items of other amounts."""
    index, amount = evidence.index, evidence.credit.amount_minor
    if word.grade is _WHOLE:
        return True
    return word.grade <= _TAIL and all(
        index.families[other] != index.families[slot] and index.open[other] != amount
        for slots in word.readings
        for other in slots
    )


def _book(
    credit: Credit, index: ItemIndex, policy: Policy, payer: KnownIban | None, slot: int, named: Sign
) -> Book | None:
    item, amount = index.items[slot], credit.amount_minor
    if index.open[slot] != amount or item.currency != credit.currency or item.in_flight_date:
        return None
    if not policy.book_exact_reference or index.waiting_twin(credit):
        return None
    is_payer = payer is not None and (
        payer.customer_id == item.customer_id or index.payers.family(payer.customer_id) == index.families[slot]
    )
    if (not is_payer or credit.ultimate_debtor) and index.has_amount(amount, besides=(slot,)):
        return None
    exact = _new(Sign, (_AMOUNT_EXACT, {"currency": credit.currency, "amount_minor": amount}, True))
    payer_signs = (account_sign(payer, index, item.customer_id),) if payer is not None and is_payer else ()
    lines = (_new(Line, (item.id, _PAYMENT, amount)),)
    explanation = Explanation(item.customer_id, lines, 0, _STRONG, (named, exact, *payer_signs))
    return _new(Book, (_EXACT_REFERENCE, explanation, None))
