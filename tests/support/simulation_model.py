"""What must be true of a simulated year, as plain values: what is owed, what left, what was paid, what the bank did.

It knows nothing of the product but the keys it gave (end-to-end ids). The truth about debits is the bank's.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.fake_bank import Outcome

_LIVE = frozenset({Outcome.ACCEPTED, Outcome.SETTLED})
Outcomes = Mapping[str, tuple[Outcome, str]]


class Debt(NamedTuple):
    """What a customer owes, below zero what we owe him. Cents of euro."""

    number: str
    customer: str
    amount_minor: int
    due_date: dt.date


@dataclass(slots=True)
class Model:
    """A year as it must be."""

    debts: dict[str, Debt] = field(default_factory=dict)
    debits: dict[str, dict[str, int]] = field(
        default_factory=dict
    )  # What left: by end-to-end id, the debts it asks for.
    transfers: dict[str, int] = field(default_factory=dict)  # By the debt that the customer named.
    on_account: set[str] = field(default_factory=set)  # Those of them that a clerk kept on account.

    def owe(self, *debts: Debt) -> None:
        """Note what is owed."""
        self.debts |= {debt.number: debt for debt in debts}

    def settled(self, outcomes: Outcomes) -> Counter[str]:
        """Return what settles each debt: debits that the bank paid and did not take back, transfers kept for it."""
        total = self._asked(outcomes, frozenset({Outcome.SETTLED}))
        total.update({number: paid for number, paid in self.transfers.items() if number not in self.on_account})
        return total

    def collected_twice(self, outcomes: Outcomes) -> Iterator[str]:
        """Yield a sentence for each debt for which the bank holds or paid more than is owed."""
        for number, asked in sorted(self._asked(outcomes, _LIVE).items()):
            owed = self.debts[number].amount_minor
            if abs(asked) > abs(owed) or asked * owed < 0:
                yield f"{number}: {asked} cents are collected of {owed}"

    def _asked(self, outcomes: Outcomes, wanted: frozenset[Outcome]) -> Counter[str]:
        total: Counter[str] = Counter()
        for end_to_end_id, asked in self.debits.items():
            known = outcomes.get(end_to_end_id)
            if known is not None and known[0] in wanted:
                total.update(asked)
        return total
