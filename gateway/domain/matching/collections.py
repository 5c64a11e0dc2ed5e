"""Money of debits that we sent: a block booked as one sum, or single debits. What came in short is never guessed.

A block is named by its id, its message, or by being the only one with this sum and count; a single debit by its
end-to-end id, else its mandate and amount. Rejected debits that the bank credited all the same, to take them back by a
booking of their own, are credited here as well.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from gateway.domain.matching.combinations import find_sets
from gateway.domain.matching.model import (
    Ask,
    Book,
    Credit,
    Decision,
    Explanation,
    Kept,
    Line,
    Rule,
    Sign,
    Strength,
)
from gateway.domain.matching.proof import SignCode
from gateway.domain.matching.sent import SentBatch, SentDebit
from schemas.states import AllocationKind, CollectionState, ReviewReason

if TYPE_CHECKING:
    from gateway.domain.matching.candidates import ItemIndex

_ABOUT = frozenset({ReviewReason.OWN_COLLECTION, ReviewReason.RETURNED_DEBIT, ReviewReason.RETURNED_TRANSFER})
_REJECTED = CollectionState.REJECTED
_MISSING_MAX = 4  # Debits that may be missing together in a proposal.
_SHOWN_MAX = 5
_LINES_MAX = 1_000  # Of a block whose missing debits are proposed; longer lists are no proposal any more.
_STEPS_MAX = 20_000
_LATE_DAYS = dt.timedelta(days=10)  # Banks book up to so much later than they were asked, without any id.


Facts: TypeAlias = dict[str, str | int]


class Taken(NamedTuple):
    """What some debits settle: lines of items, and what is more than is open, by customer."""

    lines: tuple[Line, ...]
    kept: tuple[Kept, ...]


def is_about_debits(decision: Decision) -> bool:
    """Tell whether a decision needs what the store knows of our debits and refunds, so that it is not taken ahead."""
    if isinstance(decision, Ask):
        return decision.reason in _ABOUT or any(one.refunds for one in decision.explanations)
    return isinstance(decision, Book) and bool(decision.explanation.collections or decision.explanation.refunds)


def decide_collection(credit: Credit, index: "ItemIndex") -> Book | Ask:
    """Return which of our debits a credit is the money of."""
    sent = index.debits
    single = sent.with_id(credit.end_to_end_id)
    if single is not None and not credit.is_batch:
        return _single(credit, single, index)
    named = sent.batches_named(credit.batch_references)
    if named:
        return _named_block(credit, named, index)
    of_mandate = [one for one in sent.of_mandate(credit.mandate_reference) if sent.is_waiting(one)]
    fitting = [one for one in of_mandate if one.amount_minor == credit.amount_minor]
    if len(fitting) == 1:
        return _single(credit, fitting[0], index)
    tried = (explain_nothing(credit),) if sent.is_used else ()
    return _unnamed_block(credit, index) or Ask(ReviewReason.OWN_COLLECTION, tried)


def _single(credit: Credit, debit: SentDebit, index: "ItemIndex") -> Book | Ask:
    facts = {"end_to_end_id": debit.end_to_end_id, "collection_date": debit.collection_date.isoformat()}
    sign = Sign(SignCode.COLLECTION_OF, facts)
    is_late_money = debit.state is _REJECTED and not debit.has_money
    if not index.debits.is_waiting(debit) and not is_late_money:
        return _asked(credit, (sign, _ended(debit)), debit.customer_id)
    if (debit.amount_minor, debit.currency) != (credit.amount_minor, credit.currency):
        was: Facts = {"amount_minor": debit.amount_minor, "currency": debit.currency}
        return _asked(credit, (sign, Sign(SignCode.COLLECTION_AMOUNT, was, supports=False)), debit.customer_id)
    explanation = _explain([debit], index, (sign,))
    if is_late_money:
        proof = (sign, _ended(debit))
        return Ask(ReviewReason.OWN_COLLECTION, (explanation._replace(proof=proof, strength=Strength.POSSIBLE),))
    return Book(Rule.OWN_COLLECTION, explanation)


def _named_block(credit: Credit, named: Sequence[SentBatch], index: "ItemIndex") -> Book | Ask:
    """Settle the block or blocks that the credit names and whose sum it is; else say what is missing."""
    fitting = [fit for blocks in _together(named) if (fit := _fit(credit, blocks, index))]
    if len(fitting) == 1:
        return Book(Rule.OWN_COLLECTION, fitting[0])
    return _short(credit, list(named), index)


def _together(named: Sequence[SentBatch]) -> list[list[SentBatch]]:
    """Return which blocks may be one booking: each alone, or all of a file."""
    alone = [[batch] for batch in named]
    return alone if len(named) == 1 else [*alone, list(named)]


def _unnamed_block(credit: Credit, index: "ItemIndex") -> Book | None:
    """Settle the only block with this sum, count and time, where the bank names none."""
    if not credit.is_batch:
        return None
    on_time = [
        batch
        for batch in index.debits.batches
        if batch.collection_date <= credit.booking_date <= batch.collection_date + _LATE_DAYS
    ]
    fitting = [fit for batch in on_time if (fit := _fit(credit, [batch], index))]
    return Book(Rule.OWN_COLLECTION, fitting[0]) if len(fitting) == 1 else None


def _fit(credit: Credit, blocks: Sequence[SentBatch], index: "ItemIndex") -> Explanation | None:
    """Return the explanation by what waits in some blocks, or by that with what was rejected and credited anyway."""
    waiting = _waiting(blocks, index)
    rejected = [one for batch in blocks for one in index.debits.of_batch(batch) if _is_rejected(one)]
    if not waiting:
        return None
    counts = {None, sum(batch.debit_count for batch in blocks)}
    for debits, is_gross in ((waiting, False), ([*waiting, *rejected], True)):
        if is_gross and not rejected:
            continue
        if _sum(debits) == credit.amount_minor and credit.batch_count in {*counts, len(debits)}:
            return _explain(debits, index, _block_signs(blocks, debits, rejected, is_gross=is_gross))
    return None


def _waiting(blocks: Iterable[SentBatch], index: "ItemIndex") -> list[SentDebit]:
    return [one for batch in blocks for one in index.debits.of_batch(batch) if index.debits.is_waiting(one)]


def _is_rejected(debit: SentDebit) -> bool:
    return debit.state is _REJECTED and not debit.has_money


def _sum(debits: Iterable[SentDebit]) -> int:
    return sum(one.amount_minor for one in debits)


def _block_signs(
    blocks: Sequence[SentBatch], debits: Sequence[SentDebit], rejected: Sequence[SentDebit], *, is_gross: bool
) -> tuple[Sign, ...]:
    names = ", ".join(batch.payment_information_id for batch in blocks[:3])
    signs = [Sign(SignCode.BATCH_OF, {"block": names, "count": len(debits)})]
    if rejected:
        code = SignCode.REJECTS_CREDITED if is_gross else SignCode.REJECTS_EXPLAIN
        facts: Facts = {"count": len(rejected), "rejected_minor": _sum(rejected), "currency": rejected[0].currency}
        signs.append(Sign(code, facts))
    return tuple(signs)


def _short(credit: Credit, named: list[SentBatch], index: "ItemIndex") -> Ask:
    """Ask which debits are missing, or which rejected ones came; sets that explain it are proposed, none is taken."""
    waiting = _waiting(named, index)
    short_minor = _sum(waiting) - credit.amount_minor
    facts: Facts = {
        "block": ", ".join(batch.payment_information_id for batch in named[:3]),
        "short_minor": abs(short_minor),
        "currency": credit.currency,
    }
    if not waiting:
        return _asked(credit, (Sign(SignCode.BATCH_ENDED, facts, supports=False),))
    code = SignCode.BATCH_SHORT if short_minor > 0 else SignCode.BATCH_MORE
    sign = Sign(code, facts, supports=False)
    rejected = [one for batch in named for one in index.debits.of_batch(batch) if _is_rejected(one)]
    doubtful = waiting if short_minor > 0 else rejected
    sets = _missing_sets(doubtful, abs(short_minor)) if len(waiting) + len(rejected) <= _LINES_MAX else []
    if not sets:
        return _asked(credit, (sign,))
    if short_minor > 0:
        return Ask(ReviewReason.OWN_COLLECTION, tuple(_without(waiting, places, index, sign) for places in sets))
    credited = [[rejected[place] for place in places] for places in sets]
    return Ask(ReviewReason.OWN_COLLECTION, tuple(_with(waiting, some, index, sign) for some in credited))


def _missing_sets(waiting: Sequence[SentDebit], short_minor: int) -> list[tuple[int, ...]]:
    amounts = [one.amount_minor for one in waiting]
    alone = [(place,) for place, amount in enumerate(amounts) if amount == short_minor]
    found = find_sets(amounts, short_minor, size_max=_MISSING_MAX, steps_max=_STEPS_MAX)
    return [*alone, *found.sets][:_SHOWN_MAX]


def _without(waiting: Sequence[SentDebit], places: Sequence[int], index: "ItemIndex", sign: Sign) -> Explanation:
    missing = [waiting[place] for place in places]
    facts: Facts = {"missing": ", ".join(one.end_to_end_id for one in missing), "count": len(missing)}
    left = [one for place, one in enumerate(waiting) if place not in places]
    return _explain(left, index, (Sign(SignCode.WITHOUT_DEBITS, facts), sign))._replace(strength=Strength.POSSIBLE)


def _with(waiting: Sequence[SentDebit], credited: Sequence[SentDebit], index: "ItemIndex", sign: Sign) -> Explanation:
    facts: Facts = {"count": len(credited), "rejected_minor": _sum(credited), "currency": credited[0].currency}
    proof = (Sign(SignCode.REJECTS_CREDITED, facts), sign)
    return _explain([*waiting, *credited], index, proof)._replace(strength=Strength.POSSIBLE)


def _explain(debits: Sequence[SentDebit], index: "ItemIndex", proof: tuple[Sign, ...]) -> Explanation:
    """Return the explanation that settles some debits; what is more than is open is kept on account, and said."""
    taken = take_from(debits, index)
    customers = {one.customer_id for one in debits}
    customer_id = customers.pop() if len(customers) == 1 else None
    kept_minor = sum(one.amount_minor for one in taken.kept)
    if kept_minor:
        facts: Facts = {"over_minor": kept_minor, "currency": debits[0].currency}
        proof = (*proof, Sign(SignCode.PAID_MEANWHILE, facts))
    return Explanation(
        customer_id=customer_id,
        lines=taken.lines,
        on_account_minor=kept_minor if customer_id is not None else 0,
        strength=Strength.STRONG,
        proof=proof,
        collections=tuple(one.id for one in debits),
        kept=() if customer_id is not None else taken.kept,
    )


def take_from(debits: Sequence[SentDebit], index: "ItemIndex") -> Taken:
    """Return what the money of some debits settles of their items, never more than is open of each."""
    left: dict[int, int] = {}
    settled: dict[int, int] = {}
    kept: dict[int, int] = {}
    for debit in debits:
        money = debit.amount_minor
        # Credit notes first: they leave more money for what is owed.
        for item_id, asked in sorted(debit.asked, key=lambda one: one[1] > 0):
            now = left.setdefault(item_id, index.open_of(item_id))
            taken = min(asked, now, money) if asked > 0 else max(asked, min(now, 0))
            taken = max(taken, 0) if asked > 0 else taken
            left[item_id] -= taken
            money -= taken
            settled[item_id] = settled.get(item_id, 0) + taken
        if money:
            kept[debit.customer_id] = kept.get(debit.customer_id, 0) + money
    lines = tuple(Line(key, AllocationKind.PAYMENT, minor) for key, minor in settled.items() if minor)
    return Taken(lines, tuple(Kept(*one) for one in sorted(kept.items())))


def _asked(credit: Credit, proof: tuple[Sign, ...], customer_id: int | None = None) -> Ask:
    """Ask with what is known; a person says what it is."""
    return Ask(ReviewReason.OWN_COLLECTION, (Explanation(customer_id, (), 0, Strength.WEAK, proof),))


def _ended(debit: SentDebit) -> Sign:
    code = SignCode.COLLECTION_REJECTED if debit.state is _REJECTED else SignCode.COLLECTION_ENDED
    return Sign(code, {"end_to_end_id": debit.end_to_end_id}, supports=False)


def explain_nothing(credit: Credit) -> Explanation:
    """Return what was looked for, where none of our debits fits."""
    tried = [
        word for word in (credit.end_to_end_id, *sorted(credit.batch_references), credit.mandate_reference) if word
    ]
    facts = {"tried": ", ".join(tried) or "–"}
    return Explanation(None, (), 0, Strength.WEAK, (Sign(SignCode.NO_DEBIT, facts, supports=False),))
