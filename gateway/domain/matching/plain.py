"""The plain case, for speed: one item named, written whole or by its payer in short, and exactly what is open of it.

Most credits are plain. The rules in `decide` give the same answer, only slower; a test compares the two.
"""

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.explain import account_sign, naming_sign
from gateway.domain.matching.model import Book, Credit, Explanation, KnownIban, Line, Policy, Rule, Sign, Strength
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.sent import NO_ID
from gateway.domain.matching.tokens import Grade, Word
from gateway.domain.matching.words import find_plain
from schemas.states import AllocationKind

# Bound here because looking up a member of an enum costs as much as a call, and this runs for every credit.
_NAMES_ITEM, _AMOUNT_EXACT = SignCode.NAMES_ITEM, SignCode.AMOUNT_EXACT
_WHOLE, _TAIL, _LOW = Grade.WHOLE, Grade.TAIL, Grade.LOW
_PAYMENT, _STRONG, _EXACT_REFERENCE = AllocationKind.PAYMENT, Strength.STRONG, Rule.EXACT_REFERENCE


def book_at_sight(credit: Credit, index: ItemIndex, policy: Policy) -> Book | None:
    """Book a credit whose text holds a number as printed and no other digit, and which names nothing elsewhere."""
    if credit.creditor_reference is not None or (credit.end_to_end_id and credit.end_to_end_id not in NO_ID):
        return None
    slot = find_plain(credit.text, index.numbers)
    if slot is None:
        return None
    payer = index.payers.account(credit.iban).confirmed
    return _book(credit, index, policy, payer, slot, Sign(_NAMES_ITEM, {"number": index.items[slot].number}))


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
    return _book(evidence.credit, index, policy, evidence.confirmed, slot, naming_sign(named, slot, index))


def _only_short(evidence: Evidence) -> Word | None:
    """Return the only word, if it is a short form of one item of the payer whose account is confirmed."""
    payer, words = evidence.confirmed, evidence.words
    if payer is None or len(words) != 1 or not _LOW <= words[0].grade <= _TAIL or len(words[0].readings) != 1:
        return None
    index, slots = evidence.index, words[0].readings[0]
    is_theirs = index.families[slots[0]] == index.payers.family(payer.customer_id)
    return words[0] if is_theirs and not evidence.is_customer_number(words[0]) else None


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
    is_payer = payer is not None and index.payers.family(payer.customer_id) == index.families[slot]
    if (not is_payer or credit.ultimate_debtor) and index.has_amount(amount, besides=(slot,)):
        return None
    proof: tuple[Sign, ...] = (named, Sign(_AMOUNT_EXACT, {"currency": credit.currency, "amount_minor": amount}))
    if payer is not None and is_payer:
        proof = (*proof, account_sign(payer, index, item.customer_id))
    line = Line(item.id, _PAYMENT, amount)
    return Book(_EXACT_REFERENCE, Explanation(item.customer_id, (line,), 0, _STRONG, proof))
