"""The index of what is open: built once, asked for each credit, changed as decisions are taken.

Nothing here loops over all items for one credit. A slot is the place of an item in the index. The index may be narrow
(the items of one customer, for one review item) or hold every open item of a company.
"""

import datetime as dt
from array import array
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from gateway.domain.matching.hits import add_slot, remove_slot, slots_of
from gateway.domain.matching.item_tables import aliases_of, only_currency, tables_of
from gateway.domain.matching.model import (
    Advised,
    Ask,
    Book,
    BookedCredit,
    Credit,
    Customer,
    Decision,
    Habit,
    KnownIban,
    Line,
    OpenItem,
    SettledItem,
)
from gateway.domain.matching.names import fold
from gateway.domain.matching.packed import PackedItems
from gateway.domain.matching.payers import Payers
from gateway.domain.matching.refunds import SentRefunds
from gateway.domain.matching.returns import BookedCredits
from gateway.domain.matching.sent import SentDebits
from gateway.domain.matching.shapes import Shapes
from gateway.domain.matching.user_rules import UserRules
from schemas.references import reference_key
from schemas.states import ReviewReason

# Asked about, but no payment that an equal one may repeat.
NO_PAYMENT = frozenset(
    {
        ReviewReason.OWN_COLLECTION,
        ReviewReason.RETURNED_DEBIT,
        ReviewReason.RETURNED_TRANSFER,
        ReviewReason.REVERSAL,
    }
)


class Waiting(NamedTuple):
    """A credit that waits for a person."""

    id: int
    booking_date: dt.date


class ItemIndex:
    """Open items by number, reference, amount and customer, with who pays and what was booked lately."""

    __slots__ = (
        "_by_amount",
        "_by_customer",
        "_by_reference",
        "_currency",
        "_moved",
        "_settled_days",
        "_slots",
        "_waiting",
        "advices",
        "booked",
        "debits",
        "families",
        "habits",
        "has_debts_of_ours",
        "items",
        "numbers",
        "open",
        "own_end_to_end_ids",
        "payers",
        "reference_lengths",
        "refunds",
        "rules",
    )

    def __init__(
        self,
        items: Iterable[OpenItem],
        customers: Iterable[Customer] = (),
        ibans: Iterable[KnownIban] = (),
        *,
        settled: Iterable[SettledItem] = (),
        booked: Iterable[BookedCredit] = (),
        mandates: Mapping[str, int] | None = None,
        own_ibans: Iterable[str] = (),
        own_end_to_end_ids: Iterable[str] = (),
        debits: SentDebits | None = None,
        refunds: SentRefunds | None = None,
        waiting: Iterable[Credit] = (),
        habits: Iterable[Habit] = (),
        shapes: Shapes | None = None,
        rules: UserRules | None = None,
        advices: Mapping[int, Advised] | None = None,
    ) -> None:
        """Build the index, O(items). ``mandates`` gives the customer of each mandate reference.

        ``own_ibans`` are our accounts, ``own_end_to_end_ids`` those of the debits that we sent, ``debits`` what may be
        needed of these, ``refunds`` those that the bank has, ``waiting`` the credits that people are asked about and
        that an equal one may repeat, ``habits`` how customers usually pay, ``rules`` those of the company, ``advices``
        those that are linked, by the ids of their credits. A narrow index takes the ``shapes`` that were learned from
        all numbers.
        """
        self.items = items if isinstance(items, PackedItems) else list(items)
        self.open = array("q", [item.open_minor for item in self.items])  # Signed as the item.
        self._settled_days = array("i", bytes(4 * len(self.items)))  # As ordinals; 0 where something is open.
        self.has_debts_of_ours = min(self.open, default=0) < 0
        for item, settled_date in settled:
            self.has_debts_of_ours |= item.amount_minor < 0
            self.items.append(item)
            self.open.append(0)
            self._settled_days.append(settled_date.toordinal())
        self._currency = only_currency(self.items)  # So that in most books no item is asked for its own.
        tables = tables_of(self.items, self.open, shapes)
        self.numbers = tables.numbers
        self.payers = Payers(customers, ibans, mandates or {}, own_ibans)
        self.habits: dict[int, tuple[Habit, ...]] = {}
        for habit in habits:
            self.habits[habit.customer_id] = (*self.habits.get(habit.customer_id, ()), habit)
        self.booked = BookedCredits(booked)
        self.debits = debits or SentDebits()
        self.refunds = refunds or SentRefunds()
        self.rules = rules or None  # None where there is no rule, which is quickly seen.
        self.advices = advices or {}
        self.own_end_to_end_ids = frozenset(own_end_to_end_ids) | self.debits.end_to_end_ids
        self._waiting: dict[int, dict[str, Waiting]] = {}  # By amount, then payer.
        for credit in waiting:
            self._wait(credit)
        self._moved: set[int] = set()  # Families of which something was booked on this day.
        self._slots, self._by_customer, self._by_amount = tables.by_id, tables.by_customer, tables.by_amount
        self._by_reference = tables.by_reference
        # The lengths of our creditor references, and those with a character too many or too few.
        self.reference_lengths = frozenset(length + more for length in tables.reference_lengths for more in (-1, 0, 1))
        # What the customer of each item has in common with its parent and siblings.
        self.families = array("q", [self.payers.family(item.customer_id) for item in self.items])

    @property
    def has_references(self) -> bool:
        """Return whether any item has a structured creditor reference."""
        return len(self._by_reference) > 0

    def settled_date(self, slot: int) -> dt.date | None:
        """Return when an item was settled, if nothing of it is open and that is known."""
        day = self._settled_days[slot]
        return dt.date.fromordinal(day) if day else None

    def with_reference(self, key: str) -> list[int]:
        """Return the slots whose creditor reference has this key (`schemas.references.reference_key`)."""
        return slots_of(self._by_reference.get(key, []))

    def with_amount(self, amount_minor: int, currency: str) -> list[int]:
        """Return the slots of which exactly this amount is open."""
        slots = slots_of(self._by_amount.get(amount_minor, []))
        return self._in_currency([slot for slot in slots if self.open[slot] == amount_minor], currency)

    def has_amount(self, amount_minor: int, *, besides: tuple[int, ...]) -> bool:
        """Return whether another item has, or had, this amount open: a quick no."""
        hit = self._by_amount.get(amount_minor)
        if isinstance(hit, int):
            return hit not in besides
        return hit is not None

    def open_slots(self, customer_id: int, currency: str) -> list[int]:
        """Return what is open of a customer in a currency, in the order of the index."""
        slots = slots_of(self._by_customer.get(customer_id, []))
        return self._in_currency([slot for slot in slots if self.open[slot]], currency)

    def fitting_slots(self, customer_id: int, amount_minor: int, currency: str) -> list[int]:
        """Return the items of a customer of which exactly this amount is open: by the shorter of two lists."""
        of_customer = slots_of(self._by_customer.get(customer_id, []))
        of_amount = slots_of(self._by_amount.get(amount_minor, []))
        if len(of_customer) < len(of_amount):
            slots = [slot for slot in of_customer if self.open[slot] == amount_minor]
        else:
            slots = [slot for slot in of_amount if self.open[slot] == amount_minor]
            slots = [slot for slot in slots if self.items[slot].customer_id == customer_id]
        return self._in_currency(slots, currency)

    def _in_currency(self, slots: list[int], currency: str) -> list[int]:
        if currency == self._currency:
            return slots
        return [slot for slot in slots if self.items[slot].currency == currency]

    def left_open(self, item_ids: Iterable[int]) -> dict[int, int]:
        """Return what is open of some items after all that was applied."""
        slots = {item_id: self._slots.get(item_id) for item_id in item_ids}
        return {item_id: self.open[slot] for item_id, slot in slots.items() if slot is not None}

    def open_of(self, item_id: int) -> int:
        """Return what is open of an item, signed as the item; nothing, if it is not in the index."""
        slot = self._slots.get(item_id)
        return 0 if slot is None else self.open[slot]

    def slot_of(self, item_id: int) -> int | None:
        """Return the slot of an item, if it is in the index."""
        slot: int | None = self._slots.get(item_id)
        return slot

    def show(self, item_id: int) -> None:
        """Let an item be found by its numbers, which was hidden."""
        self._turn(item_id, self.numbers.show, add_slot)

    def hide(self, item_id: int) -> None:
        """Let nothing that names an item find it: it is still to come, or was cancelled. Not where items are packed."""
        self._turn(item_id, self.numbers.hide, remove_slot)

    def _turn(
        self, item_id: int, turn: Callable[[int, Iterable[str]], None], turn_slot: Callable[[Any, str, int], None]
    ) -> None:
        slot = self._slots.get(item_id)
        if slot is None:
            return
        item = self.items[slot]
        turn(slot, aliases_of(item))
        if item.creditor_reference:
            turn_slot(self._by_reference, reference_key(item.creditor_reference), slot)

    def apply(self, decision: Decision, credit: Credit) -> None:
        """Take a decision over: what it books is no longer open; what it asks waits for a person."""
        if isinstance(decision, Book):
            explanation = decision.explanation
            for line in explanation.lines:
                self._move(line, credit)
            if explanation.collections:
                self.debits.take(explanation.collections)
            if explanation.refunds:
                self.refunds.take(explanation.refunds)
            if credit.amount_minor in self._waiting:
                self._waits_no_more(credit)
        elif isinstance(decision, Ask) and _may_mean_open_items(decision):
            self._wait(credit)

    def begin_day(self) -> None:
        """Forget which families' items moved."""
        self._moved.clear()

    def has_moved(self, decision: Decision) -> bool:
        """Return whether on this day something of the families was booked whose items a decision moves."""
        if not isinstance(decision, Book):
            return False
        slots = [self._slots.get(line.item_id) for line in decision.explanation.lines]
        return any(slot is not None and self.families[slot] in self._moved for slot in slots)

    def undo(self, decision: Decision, credit: Credit) -> None:
        """Restore what ``apply`` changed."""
        if isinstance(decision, Book):
            for line in decision.explanation.lines:
                self._move(line._replace(amount_minor=-line.amount_minor), credit)
        else:
            self._waits_no_more(credit)

    def _wait(self, credit: Credit) -> None:
        if payer := payer_key(credit):
            waiting = Waiting(credit.id, credit.booking_date)
            self._waiting.setdefault(credit.amount_minor, {}).setdefault(payer, waiting)

    def _waits_no_more(self, credit: Credit) -> None:
        waiting = self._waiting.get(credit.amount_minor)
        payer = payer_key(credit) if waiting else ""
        if waiting and payer in waiting and waiting[payer].id == credit.id:
            del waiting[payer]

    def waiting_twin(self, credit: Credit) -> Waiting | None:
        """Return an earlier credit of the same payer and amount that waits for a person."""
        waiting = self._waiting.get(credit.amount_minor)
        twin = waiting.get(payer_key(credit)) if waiting else None
        return None if twin is None or twin.id == credit.id else twin

    def _move(self, line: Line, credit: Credit) -> None:
        slot = self._slots.get(line.item_id)
        if slot is None:
            return  # Settled long ago, and opened again by a debit that came back.
        left = self.open[slot] = self.open[slot] - line.amount_minor
        self._moved.add(self.families[slot])
        if left:
            self._settled_days[slot] = 0
            if slot not in slots_of(self._by_amount.get(left, [])):
                add_slot(self._by_amount, left, slot)
        else:
            self._settled_days[slot] = credit.booking_date.toordinal()


def _may_mean_open_items(question: Ask) -> bool:
    """Return whether an equal credit that comes later may be for the same: not where this one only repeats."""
    if question.reason in NO_PAYMENT:
        return False
    return question.reason is not ReviewReason.PAID_ALREADY or any(one.lines for one in question.explanations)


def payer_key(credit: Credit) -> str:
    """Return by what payments of one payer are known as such: his account, else his name; empty for nothing."""
    return credit.iban or (fold(credit.name).key if credit.name else "")
