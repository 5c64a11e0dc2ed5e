"""The books in memory, from the start of a replay on: what matching decides there, and what moves without it."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.match import match_statement
from gateway.domain.matching.model import (
    Advised,
    Ask,
    Book,
    Credit,
    Decision,
    Explanation,
    Ignore,
    Line,
    OpenItem,
    Policy,
    Rule,
    Strength,
)
from gateway.domain.matching.user_rules import UserRule, UserRules
from gateway.domain.replay.change import NO_CHANGE, ReplayChange
from gateway.domain.replay.steps import Advises, Came, Learned, Moved, Said, Settles, Usual, Waits, Withdrawn
from gateway.domain.replay.waiting import Waiting
from schemas.states import AllocationKind, ReviewReason

_NOTHING = Explanation(None, (), 0, Strength.STRONG, ())
_ASKED = Ask(ReviewReason.NO_KNOWN_REFERENCE, ())


class Outcome(StrEnum):
    """What becomes of a bank transaction."""

    BOOKED = "booked"
    ASKED = "asked"
    IGNORED = "ignored"


class Verdict(NamedTuple):
    """What matching said: by which rule or for which reason, and what it settled of which items."""

    outcome: Outcome
    word: str
    settles: Settles = ()

    def is_as(self, other: "Verdict") -> bool:
        """Tell whether another verdict comes to the same, by whatever rule or for whatever reason."""
        return (self.outcome, self.settles) == (other.outcome, other.settles)


class World:
    """One course of things: the index of what is open, and the verdicts so far by bank transaction."""

    def __init__(
        self,
        index: ItemIndex,
        policy_at: Callable[[dt.datetime], Policy],
        *,
        today: dt.date,
        period: Collection[int] = (),
        change: ReplayChange = NO_CHANGE,
    ) -> None:
        """Take the index as it was at the start, without anything that waits and without advices.

        ``period`` are the bank transactions that are decided again, under a ``change``.
        """
        if not isinstance(index.items, list):
            raise TypeError("items change in a replay, so they are not packed")
        self.verdicts: dict[int, Verdict] = {}
        self._index = index
        self._index.advices = self._advices = dict[int, Advised]()
        self._items: list[OpenItem] = index.items
        self._policy_at = policy_at
        self._today = today
        self._period = period
        self._change = change
        self._waiting: dict[int, Credit] = {}
        self._in_hand: set[int] = set()
        self._taken_over: dict[int, Settles] = {}
        self._questions = Waiting(index)
        self._told: dict[int, Credit] = {}  # What people were asked about, whatever is asked here.

    def look(self, credits_: Iterable[Credit], at: dt.datetime) -> None:
        """Decide about some bank transactions, those that are decided or in a person's hands left out."""
        self._decide([credit for credit in credits_ if self._is_open(credit.id)], at)

    def look_again(self, at: dt.datetime, taken_back: Iterable[Credit] = ()) -> None:
        """Look again at all that waits for a person: new items or rules may explain it.

        What was ``taken_back`` and waits whole competes for items with the others, but no rule books it again.
        """
        held = [credit for credit in taken_back if credit.id in self._in_hand and self._waits_whole(credit)]
        self._decide([*self._waiting.values(), *held], at)

    def _decide(self, credits_: Sequence[Credit], at: dt.datetime) -> None:
        self._today = at.date()
        held: list[tuple[Decision, Credit]] = []
        for credit, decision in zip(credits_, match_statement(credits_, self._index, self._policy_at(at)), strict=True):
            if credit.id in self._in_hand:
                held.append((decision, credit))
                continue
            self.verdicts[credit.id] = _verdict(decision)
            if isinstance(decision, Ask):
                self._waiting[credit.id] = credit
                self._questions.put(decision, credit)
            else:
                self._answered(credit.id)
        for decision, credit in held:
            self._index.undo(decision, credit)
            self._questions.put(_ASKED, credit)

    def begin_run(self) -> None:
        """Begin another run of matching: it knows what waits now."""
        self._questions.renew()

    def taken_back(self) -> set[int]:
        """Return what people took in hand and were asked about again, or still are."""
        return self._in_hand & self._told.keys()

    def take_over(self, bank_transaction_id: int, settles: Settles) -> None:
        """Book what stands, where only a question was found: so a person would have answered it."""
        if bank_transaction_id in self._waiting and settles:
            self._answered(bank_transaction_id)
            self._in_hand.add(bank_transaction_id)
            self._taken_over[bank_transaction_id] = self._settle(settles)

    def in_hand(self, bank_transaction_id: int) -> None:
        """Give back what was booked here of a bank transaction that a person decides on; the verdict stays."""
        verdict = self.verdicts.get(bank_transaction_id)
        if bank_transaction_id not in self._in_hand and verdict is not None:
            self._settle([(item_id, -minor) for item_id, minor in verdict.settles])
        self._settle([(item_id, -minor) for item_id, minor in self._taken_over.pop(bank_transaction_id, ())])
        self._in_hand.add(bank_transaction_id)
        self._answered(bank_transaction_id)
        self._ask_as_told(bank_transaction_id)

    def move(self, moved: Moved) -> None:
        """Let something else settle an item, or open it again."""
        self._settle([(moved.item_id, moved.minor)])

    def come(self, came: Came) -> None:
        """Let an item come."""
        self._index.show(came.item_id)
        self._settle([(came.item_id, -came.minor)])

    def withdraw(self, withdrawn: Withdrawn) -> None:
        """Let an item be cancelled."""
        self._settle([(withdrawn.item_id, withdrawn.minor)])
        self._index.hide(withdrawn.item_id)

    def say(self, said: Said) -> None:
        """Let an item say something else."""
        slot = self._index.slot_of(said.item_id)
        if slot is None:
            return
        before = self._items[slot]
        item = self._items[slot] = before._replace(**said.facts)
        if item.amount_minor != before.amount_minor:
            self._settle([(item.id, before.amount_minor - item.amount_minor)])

    def be_usual(self, usual: Usual) -> None:
        """Let a customer usually pay in another way from now on."""
        self._index.habits[usual.customer_id] = self._change.keeps(usual.habits)

    def rule(self, rules: Iterable[UserRule]) -> None:
        """Let these rules of the company hold from now on, in their order, unless others hold under the change."""
        if self._change.rules is None:
            self._index.rules = UserRules(rules) or None

    def advise(self, advises: Advises, at: dt.datetime) -> None:
        """Take an advice; if its bank transaction waits, it is decided anew."""
        key = advises.bank_transaction_id
        self._advices[key] = advises.advised
        if key in self._waiting:
            self.begin_run()
            self._decide([self._waiting[key]], at)

    def wait(self, waits: Waits) -> None:
        """Let people be asked about what is not decided here, or be done with it."""
        key = waits.bank_transaction_id
        self._told.pop(key, None)
        if waits.credit is not None:
            self._told[key] = waits.credit
        if key not in self._period or key in self._in_hand:
            self._questions.drop(key)
            self._ask_as_told(key)

    def learn(self, learned: Learned) -> None:
        """Let an account be known from now on as it was."""
        if learned.iban not in self._change.forgotten:
            self._index.payers.know(learned.iban, learned.known)

    def _answered(self, bank_transaction_id: int) -> None:
        self._waiting.pop(bank_transaction_id, None)
        self._questions.drop(bank_transaction_id)

    def _ask_as_told(self, bank_transaction_id: int) -> None:
        if bank_transaction_id in self._told:
            self._questions.put(_ASKED, self._told[bank_transaction_id])

    def _waits_whole(self, credit: Credit) -> bool:
        told = self._told.get(credit.id)
        return told is not None and told.amount_minor == credit.amount_minor

    def _is_open(self, bank_transaction_id: int) -> bool:
        verdict = self.verdicts.get(bank_transaction_id)
        is_undecided = verdict is None or verdict.outcome is Outcome.ASKED
        return is_undecided and bank_transaction_id not in self._in_hand

    def _settle(self, settles: Sequence[tuple[int, int]]) -> Settles:
        """Settle items, never beyond what is open or was ever owed; return what was settled."""
        done: list[tuple[int, int]] = []
        by = Credit(0, 0, "", self._today, "")
        for item_id, minor in settles:
            slot = self._index.slot_of(item_id)
            if slot is None:
                continue
            now, amount = self._index.open[slot], self._index.items[slot].amount_minor
            left = max(min(amount, 0), min(max(amount, 0), now - minor))
            if left != now:
                line = Line(item_id, AllocationKind.PAYMENT, now - left)
                self._index.apply(Book(Rule.PARTIAL, _NOTHING._replace(lines=(line,))), by)
                done.append((item_id, now - left))
        return tuple(done)


def _verdict(decision: Decision) -> Verdict:
    if isinstance(decision, Ask):
        return Verdict(Outcome.ASKED, decision.reason.value)
    if isinstance(decision, Ignore):
        return Verdict(Outcome.IGNORED, decision.rule.value)
    settled: dict[int, int] = {}
    for line in decision.explanation.lines:
        settled[line.item_id] = settled.get(line.item_id, 0) + line.amount_minor
    settles = tuple(sorted((item_id, minor) for item_id, minor in settled.items() if minor))
    return Verdict(Outcome.BOOKED, decision.rule.value, settles)
