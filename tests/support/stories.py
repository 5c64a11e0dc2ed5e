"""Stories of payments as clerks tell them: what is open, what comes in, what the gateway does and says.

Items are told by their numbers, amounts are cents, sentences are those that a person reads in English.
"""

from typing import Any, NamedTuple

from gateway.domain.matching.match import match_statement
from gateway.domain.matching.model import Ask, Book, Credit, Decision, Explanation, OpenItem, Policy
from gateway.domain.matching.proof import sentence
from schemas.states import AllocationKind, Language
from support.matching import index_of, money, outcome


class Told(NamedTuple):
    """What became of one payment."""

    decision: Decision
    numbers: dict[int, str]

    @property
    def outcome(self) -> str:
        """The rule that booked, or the reason to ask."""
        return outcome(self.decision)

    @property
    def is_booked(self) -> bool:
        """Whether nobody was asked."""
        return isinstance(self.decision, Book)

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """What was booked, or what a person is offered, best first."""
        if isinstance(self.decision, Book):
            return (self.decision.explanation,)
        return self.decision.explanations if isinstance(self.decision, Ask) else ()

    @property
    def pays(self) -> dict[str, int]:
        """What is paid of each item, by what was booked or is offered first."""
        return self.offers[0] if self.explanations else {}

    @property
    def offers(self) -> list[dict[str, int]]:
        """What each explanation pays."""
        return [self._lines(one, AllocationKind.PAYMENT) for one in self.explanations]

    @property
    def kept_minor(self) -> int:
        """What the first explanation keeps on account."""
        return self.explanations[0].on_account_minor

    @property
    def says(self) -> list[str]:
        """The sentences of the first explanation."""
        return self.says_of(0)

    def says_of(self, place: int) -> list[str]:
        """The sentences of an explanation."""
        return [sentence(sign, Language.EN) for sign in self.explanations[place].proof]

    def lets_go(self, kind: AllocationKind) -> dict[str, int]:
        """What the first explanation settles without money, of one kind."""
        return self._lines(self.explanations[0], kind)

    def _lines(self, explanation: Explanation, kind: AllocationKind) -> dict[str, int]:
        return {self.numbers[line.item_id]: line.amount_minor for line in explanation.lines if line.kind is kind}


class Story:
    """What is open, and who pays; payments come in one after the other, or together in one statement."""

    def __init__(self, *items: OpenItem, policy: Policy = Policy(), **facts: Any) -> None:  # noqa: B008
        settled = [one.item for one in facts.get("settled", ())]
        self._numbers = {item.id: item.number for item in (*items, *settled)}
        self._index = index_of(*items, **facts)
        self._policy = policy
        self._count = 0

    def receives(self, minor: int, text: str = "", **facts: Any) -> Told:
        """Tell what becomes of a payment."""
        self._count += 1
        (told,) = self.receives_together(money(minor, text, **({"id": self._count} | facts)))
        return told

    def receives_together(self, *payments: Credit) -> list[Told]:
        """Tell what becomes of the payments of one statement, in the order in which they are given."""
        decisions = match_statement(payments, self._index, self._policy)
        return [Told(decision, self._numbers) for decision in decisions]
