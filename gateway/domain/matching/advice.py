"""A remittance advice as evidence of its own class: the payer's list of what his transfer pays.

It gives items with part amounts and discounts. It is booked where it adds up to the cent, all of its lines are known,
the payer agrees and nothing points elsewhere; else it is the first explanation of the question.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.domain.matching.advice_lines import Listed, Part, listed_of
from gateway.domain.matching.case import Case, Obstacle
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.explain import payer_signs
from gateway.domain.matching.model import (
    Advised,
    Ask,
    Book,
    Decision,
    Explanation,
    Line,
    Policy,
    Rule,
    Sign,
    Strength,
)
from gateway.domain.matching.names import agree, fold
from gateway.domain.matching.obstacles import against_items, disputed, paid_already, rival
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.resolve import Named
from gateway.domain.matching.terms import discounts, late_discounts
from gateway.domain.matching.tokens import Grade
from schemas.states import AllocationKind, ReviewReason


class _Settled(NamedTuple):
    """What the advice does to one item: its lines, and what stands against booking them."""

    lines: tuple[Line, ...]
    obstacle: Obstacle | None = None


def with_advice(usual: Decision, evidence: Evidence, policy: Policy) -> Decision:
    """Return what becomes of a credit to which an advice is linked; ``usual`` is what becomes of it without."""
    case = Case(evidence.credit, evidence.index, policy, evidence, Named())
    advised = case.item_index.advices[case.credit.id]
    listed = listed_of(advised.advice, evidence)
    if not listed.parts and not listed.looks_like_ours:
        return usual  # It lists the payer's own numbers: that says nothing.
    settled = [_settle(case, part) for part in listed.parts]
    obstacles = [*[one.obstacle for one in settled if one.obstacle], *_against(case, advised, listed)]
    explanation = _explain(case, advised, listed, settled, obstacles)
    if isinstance(usual, Book) and explanation and set(usual.explanation.lines) == set(explanation.lines):
        return usual
    if explanation and not obstacles and policy.book_advice:
        return Book(Rule.ADVICE, explanation)
    return _ask(usual, explanation, obstacles)


def _ask(usual: Decision, explanation: Explanation | None, obstacles: Sequence[Obstacle]) -> Ask:
    others = (usual.explanation,) if isinstance(usual, Book) else usual.explanations if isinstance(usual, Ask) else ()
    if explanation:
        others = (explanation, *[one for one in others if one.lines != explanation.lines])
    return Ask(obstacles[0].reason if obstacles else ReviewReason.WEAK_EVIDENCE, others)


def _settle(case: Case, part: Part) -> _Settled:
    """Return the lines of one item, never more than is open of it. A discount counts as far as it was agreed."""
    index, slot = case.item_index, part.slot
    item, open_minor = index.items[slot], index.open[slot]
    if item.currency != case.credit.currency:
        told = {"number": item.number, "item_currency": item.currency, "currency": case.credit.currency}
        other = Sign(SignCode.OTHER_CURRENCY, told, supports=False)
        return _Settled((), Obstacle(ReviewReason.OTHER_CURRENCY, other))
    if not open_minor:
        return _Settled((), paid_already(case, slot))
    paid = part.paid_minor
    facts: dict[str, str | int] = {"number": item.number, "currency": item.currency}
    if abs(paid) > abs(open_minor) or paid * open_minor < 0:
        sign = Sign(SignCode.ADVICE_MORE, facts | {"paid_minor": paid, "open_minor": open_minor}, supports=False)
        paid = open_minor if paid * open_minor > 0 else 0
        return _Settled(_lines(item.id, paid, 0), Obstacle(ReviewReason.MORE_THAN_OPEN, sign))
    taken = part.discount_minor + part.deducted_minor
    if item.disputed_minor and paid != open_minor - item.disputed_minor:
        return _Settled(_lines(item.id, paid, 0), disputed(case, slot))
    return _deduct(case, slot, paid, taken) if taken else _Settled(_lines(item.id, paid, 0))


def _deduct(case: Case, slot: int, paid: int, taken: int) -> _Settled:
    item, open_minor, policy = case.item_index.items[slot], case.item_index.open[slot], case.policy
    terms = (item, open_minor, case.credit.booking_date)
    is_whole = paid + taken == open_minor
    rounding, grace = policy.discount_rounding_minor, policy.discount_grace_days
    if is_whole and any(abs(taken - one) <= rounding for one in discounts(*terms, grace_days=grace)):
        weak = Obstacle(ReviewReason.WEAK_EVIDENCE, Sign(SignCode.NO_REFERENCE, {}, supports=False))
        return _Settled(_lines(item.id, paid, taken), None if policy.book_discount else weak)
    if is_whole and any(abs(taken - one) <= rounding for one in late_discounts(*terms, grace_days=grace)):
        until = max(one.until_date for one in item.discounts)
        facts: dict[str, str | int] = {
            "discount_minor": taken,
            "until_date": until.isoformat(),
            "currency": item.currency,
        }
        late = Sign(SignCode.DISCOUNT_LATE, facts, supports=False)
        return _Settled(_lines(item.id, paid, taken), Obstacle(ReviewReason.DISCOUNT_LATE, late))
    facts = {"deducted_minor": taken, "number": item.number, "currency": item.currency}
    sign = Sign(SignCode.ADVICE_DEDUCTS, facts, supports=False)
    return _Settled(_lines(item.id, paid, 0), Obstacle(ReviewReason.AMOUNT_DIFFERS, sign))


def _lines(item_id: int, paid: int, discount: int) -> tuple[Line, ...]:
    both = ((AllocationKind.PAYMENT, paid), (AllocationKind.DISCOUNT, discount))
    return tuple(Line(item_id, kind, minor) for kind, minor in both if minor)


def _explain(
    case: Case, advised: Advised, listed: Listed, settled: Sequence[_Settled], obstacles: Sequence[Obstacle]
) -> Explanation | None:
    """Return what the advice says, cut down to the credit; what is over is kept on account."""
    lines, left = [line for one in settled for line in one.lines], case.credit.amount_minor
    over = left - sum(line.amount_minor for line in lines if line.kind is AllocationKind.PAYMENT)
    lines = _cut(lines, -over) if over < 0 else lines
    if not lines or sum(line.amount_minor for line in lines if line.kind is AllocationKind.PAYMENT) > left:
        return None
    customer_id = case.item_index.items[listed.parts[0].slot].customer_id
    day = advised.advice.payment_date or advised.received_date
    proof = [
        Sign(SignCode.ADVICE_LISTS, {"advice_date": day.isoformat(), "count": len(listed.parts)}),
        *_amount_signs(case, lines, max(over, 0)),
        *payer_signs(case.evidence, customer_id),
    ]
    against = [one.sign for one in obstacles if one.sign not in proof]
    strength = Strength.POSSIBLE if obstacles else Strength.STRONG
    return Explanation(customer_id, tuple(lines), max(over, 0), strength, (*proof, *against))


def _cut(lines: Sequence[Line], less: int) -> list[Line]:
    """Take so much off the last payments."""
    kept: list[Line] = []
    for line in reversed(lines):
        taken = min(less, line.amount_minor) if line.kind is AllocationKind.PAYMENT and line.amount_minor > 0 else 0
        less -= taken
        kept.append(line._replace(amount_minor=line.amount_minor - taken))
    return [line for line in reversed(kept) if line.amount_minor]


def _amount_signs(case: Case, lines: Sequence[Line], over: int) -> Iterator[Sign]:
    facts: dict[str, str | int] = {"currency": case.credit.currency}
    if over:
        yield Sign(SignCode.KEPT_ON_ACCOUNT, facts | {"on_account_minor": over})
    else:
        count = len({line.item_id for line in lines})
        yield Sign(SignCode.SUM_EXACT, facts | {"amount_minor": case.credit.amount_minor, "count": count})
    rest = sum(case.item_index.open_of(item_id) for item_id in {line.item_id for line in lines})
    rest -= sum(line.amount_minor for line in lines)
    if rest:
        yield Sign(SignCode.REST_OPEN, facts | {"rest_minor": rest})


def _against(case: Case, advised: Advised, listed: Listed) -> Iterator[Obstacle]:
    """Yield what stands against booking the list as a whole."""
    facts: dict[str, str | int] = {"currency": advised.advice.currency}
    for line in listed.unknown:
        told = facts | {"written": line.written, "paid_minor": line.paid_minor}
        yield Obstacle(ReviewReason.WEAK_EVIDENCE, Sign(SignCode.ADVICE_UNKNOWN, told, supports=False))
    total = listed.total_minor
    stated = case.credit.amount_minor if advised.advice.stated_minor is None else advised.advice.stated_minor
    if total != stated or stated != case.credit.amount_minor:
        told = facts | {"lines_minor": total, "stated_minor": stated}
        yield Obstacle(ReviewReason.AMOUNT_DIFFERS, Sign(SignCode.ADVICE_SUM, told, supports=False))
    if listed.parts:
        yield from _against_items(case, advised, tuple(part.slot for part in listed.parts))


def _against_items(case: Case, advised: Advised, slots: tuple[int, ...]) -> Iterator[Obstacle]:
    index, evidence = case.item_index, case.evidence
    if obstacle := against_items(case, slots):
        yield obstacle
    customer_id = index.items[slots[0]].customer_id
    if len({index.families[slot] for slot in slots}) > 1 or not _payer_agrees(case, advised, slots[0]):
        customer = index.payers.customers.get(customer_id)
        facts = {"customer": customer.number if customer else str(customer_id)}
        yield Obstacle(ReviewReason.PAYER_DIFFERS, Sign(SignCode.PAYER_DIFFERS, facts, supports=False))
    for word in evidence.words:
        named = [slot for reading in word.readings for slot in reading]
        if word.grade >= Grade.LINKED and named and not set(named).intersection(slots):
            facts = {"number": index.items[named[0]].number}
            yield Obstacle(ReviewReason.SEVERAL_EXPLANATIONS, Sign(SignCode.NAMES_OTHER, facts, supports=False))
    if index.has_amount(case.credit.amount_minor, besides=slots) and (
        other := rival(case, slots, evidence.points_elsewhere(customer_id))
    ):
        yield other


def _payer_agrees(case: Case, advised: Advised, slot: int) -> bool:
    """Return whether who paid is the customer, or else the one who sent the advice: by account, name or number."""
    evidence, credit, advice = case.evidence, case.credit, advised.advice
    if evidence.confirmed or evidence.payer_agrees(slot):
        return evidence.payer_agrees(slot)
    if credit.iban and credit.iban in advice.ibans:
        return True
    if credit.name and advice.payer_name and agree(fold(credit.name), fold(advice.payer_name)):
        return True
    payers = case.item_index.payers
    numbered = payers.customer_numbers.find(advice.customer_number) if advice.customer_number else []
    named = {payers.family(one) for number in numbered for one in number.customer_ids}
    return not named.isdisjoint({payers.family(one) for one in evidence.known_payers})
