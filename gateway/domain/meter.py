"""How well matching does: four shares that are shown together, always, and the evidence by which rules booked.

A share of nothing is unknown, never 0 %. Amounts are whole minor units.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from gateway.domain.matching.model import Rule
from gateway.domain.matching.proof import SignCode
from schemas.states import MatchEvidence, MatchOutcome

_BASIS_POINTS = 10_000
_BOOKED = frozenset({MatchOutcome.BOOKED, MatchOutcome.BOOKED_LATER})
_BY_ITSELF = _BOOKED | {MatchOutcome.SET_ASIDE}
_BESIDE = frozenset({MatchOutcome.WRONG, MatchOutcome.TAKEN_BACK})  # What became of it then is counted as well.
BY_RULE = _BY_ITSELF | _BESIDE
NOTHING_FOUND = "no_known_reference"
# These rules are their own evidence.
_BY_RULE: Mapping[str, MatchEvidence] = {
    Rule.HABIT: MatchEvidence.HABIT,
    Rule.ADVICE: MatchEvidence.ADVICE,
    Rule.USER_RULE: MatchEvidence.USER_RULE,
}
# The first sign of a proof is the strongest; an amount stands first where a confirmed account alone explains it.
_EVIDENCE: Mapping[str, MatchEvidence] = {
    SignCode.NAMES_REFERENCE: MatchEvidence.REFERENCE,
    SignCode.NAMES_ITEM: MatchEvidence.NUMBER,
    SignCode.NAMES_ALIAS: MatchEvidence.NUMBER,
    SignCode.NAMES_IN_END_TO_END_ID: MatchEvidence.END_TO_END_ID,
    SignCode.NAMES_SHORT: MatchEvidence.SHORT_NUMBER,
    SignCode.NAMES_RANGE: MatchEvidence.SHORT_NUMBER,
    SignCode.AMOUNT_EXACT: MatchEvidence.ACCOUNT,
    SignCode.SUM_EXACT: MatchEvidence.ACCOUNT,
    SignCode.DISCOUNT: MatchEvidence.ACCOUNT,
    SignCode.COLLECTION_OF: MatchEvidence.OWN_ORDER,
    SignCode.BATCH_OF: MatchEvidence.OWN_ORDER,
    SignCode.BATCH_SHORT: MatchEvidence.OWN_ORDER,
    SignCode.TAKES_BACK: MatchEvidence.OWN_ORDER,
    SignCode.REFUND_OF: MatchEvidence.OWN_ORDER,
    SignCode.REFUND_BATCH: MatchEvidence.OWN_ORDER,
    SignCode.REFUND_UNNAMED: MatchEvidence.OWN_ORDER,
    SignCode.REFUND_BACK: MatchEvidence.OWN_ORDER,
}


class Figure(NamedTuple):
    """How many bank transactions of one month had the same fate, and their sum without its sign.

    ``why`` is the rule, or the reason why a person was asked. A payment is money that came in and is a customer's.
    """

    month: str
    bank_account_id: int
    format: str
    currency: str
    outcome: MatchOutcome
    why: str
    evidence: MatchEvidence
    is_payment: bool
    line_count: int
    amount_minor: int


class Share(NamedTuple):
    """A part of a whole."""

    part: int
    whole: int

    @property
    def basis_points(self) -> int | None:
        """The share in hundredths of a per cent, never rounded up; None where there was nothing."""
        return self.part * _BASIS_POINTS // self.whole if self.whole else None

    @property
    def one_in(self) -> int | None:
        """Of how many it is one, rounded down; None where it is none."""
        return self.whole // self.part if self.part else None


@dataclass(frozen=True, slots=True)
class Meter:
    """What matching did without a person, by payment, by line and by value, and what of it was wrong."""

    payments: Share
    payments_later: int  # Of the payments: those that a rule booked after it had asked.
    nothing_found: int  # Of the payments: those that named nothing we know.
    lines: Share  # Bank transactions of every kind: booked or set aside.
    values: Mapping[str, Share]  # Minor units of the payments, by currency.
    wrong: Share  # Of all that rules decided: what a person took back as wrong.
    taken_back: int  # What a person took back for another reason.


Key = TypeVar("Key", bound=Hashable)


def evidence_of(rule: str, signs: Sequence[str | None]) -> MatchEvidence:
    """Return the strongest evidence of what a rule booked, whose proof begins with these signs."""
    if not signs or signs[0] is None:
        return MatchEvidence.NONE
    if rule in _BY_RULE:
        return _BY_RULE[rule]
    found = _EVIDENCE.get(signs[0], MatchEvidence.OTHER)
    return MatchEvidence.MISTYPED if found is MatchEvidence.ACCOUNT and SignCode.MISTYPED in signs else found


def read_meter(figures: Iterable[Figure]) -> Meter:
    """Add figures up."""
    counts: dict[tuple[MatchOutcome, bool], int] = defaultdict(int)
    values: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    nothing_found = 0
    for one in figures:
        counts[one.outcome, one.is_payment] += one.line_count
        if one.is_payment and one.outcome not in _BESIDE:
            values[one.currency][1] += one.amount_minor
            values[one.currency][0] += one.amount_minor * (one.outcome in _BOOKED)
            nothing_found += one.line_count * (one.outcome is MatchOutcome.ASKED and one.why == NOTHING_FOUND)
    all_lines = sum([count for (outcome, _), count in counts.items() if outcome not in _BESIDE])
    payments = sum([count for (outcome, is_one), count in counts.items() if is_one and outcome not in _BESIDE])
    decided = sum([count for (outcome, _), count in counts.items() if outcome in BY_RULE])
    return Meter(
        payments=Share(sum([counts[outcome, True] for outcome in _BOOKED]), payments),
        payments_later=counts[MatchOutcome.BOOKED_LATER, True],
        nothing_found=nothing_found,
        lines=Share(sum([count for (outcome, _), count in counts.items() if outcome in _BY_ITSELF]), all_lines),
        values={currency: Share(*values[currency]) for currency in sorted(values)},
        wrong=Share(counts[MatchOutcome.WRONG, True] + counts[MatchOutcome.WRONG, False], decided),
        taken_back=counts[MatchOutcome.TAKEN_BACK, True] + counts[MatchOutcome.TAKEN_BACK, False],
    )


def meters_by(figures: Iterable[Figure], key: Callable[[Figure], Key]) -> dict[Key, Meter]:
    """Add figures up for each value of a key, in the order in which they first come."""
    groups: dict[Key, list[Figure]] = defaultdict(list)
    for one in figures:
        groups[key(one)].append(one)
    return {value: read_meter(group) for value, group in groups.items()}
