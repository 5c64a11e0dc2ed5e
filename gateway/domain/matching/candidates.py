"""The index of what is open: built once, asked for each credit, changed as decisions are taken.

Nothing here loops over all items for one credit. A slot is the place of an item in the index. The index may be narrow
(the items of one customer, for one review item) or hold every open item of a company.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from gateway.domain.matching.model import (
    Ask,
    Book,
    BookedCredit,
    Credit,
    Customer,
    Decision,
    KnownIban,
    Line,
    OpenItem,
    SettledItem,
)
from gateway.domain.matching.names import fold
from gateway.domain.matching.numbers import Hit, Numbers, add_slot, slots_of
from gateway.domain.matching.payers import Payers
from gateway.domain.matching.refunds import SentRefunds
from gateway.domain.matching.returns import BookedCredits
from gateway.domain.matching.sent import SentDebits
from gateway.domain.matching.shapes import Shapes
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


class ItemIndex:
    """Open items by number, reference, amount and customer, with who pays and what was booked lately."""

    __slots__ = (
        "_by_amount",
        "_by_customer",
        "_by_reference",
        "_moved",
        "_reference_lengths",
        "_slots",
        "_waiting",
        "booked",
        "debits",
        "families",
        "has_debts_of_ours",
        "items",
        "numbers",
        "open",
        "own_end_to_end_ids",
        "payers",
        "refunds",
        "settled_dates",
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
        shapes: Shapes | None = None,
    ) -> None:
        """Build the index, O(items). ``mandates`` gives the customer of each mandate reference.

        ``own_ibans`` are our accounts, ``own_end_to_end_ids`` those of the debits that we sent, ``debits`` what may be
        needed of these, ``refunds`` those that the bank has, ``waiting`` the credits that people are asked about and
        that an equal one may repeat. A narrow index takes the ``shapes`` that were learned from all numbers.
        """
        self.items = list(items)
        self.open = [item.open_minor for item in self.items]
        self.settled_dates: dict[int, dt.date] = {}
        for item, settled_date in settled:
            self.settled_dates[len(self.items)] = settled_date
            self.items.append(item)
            self.open.append(0)
        shapes = shapes or Shapes([item.number for item in self.items])
        self.numbers = Numbers([(item.number, _aliases(item)) for item in self.items], shapes)
        self.payers = Payers(customers, ibans, mandates or {}, own_ibans)
        self.booked = BookedCredits(booked)
        self.debits = debits or SentDebits()
        self.refunds = refunds or SentRefunds()
        self.own_end_to_end_ids = frozenset(own_end_to_end_ids) | self.debits.end_to_end_ids
        self.has_debts_of_ours = min(self.open, default=0) < 0
        self._waiting: dict[int, dict[str, Credit]] = {}  # By amount, then payer.
        for credit in waiting:
            self._wait(credit)
        self._slots: dict[int, int] = {}
        self._moved: set[int] = set()  # Families of which something was booked on this day.
        self._by_customer: dict[int, list[int]] = {}
        self._by_amount: dict[int, Hit] = {}
        self._by_reference: dict[str, Hit] = {}
        self._reference_lengths: frozenset[int] | None = None  # Asked for by few credits.
        # What the customer of each item has in common with its parent and siblings.
        self.families = [self.payers.family(item.customer_id) for item in self.items]
        for slot, item in enumerate(self.items):
            self._slots[item.id] = slot
            self._by_customer.setdefault(item.customer_id, []).append(slot)
            if self.open[slot]:
                add_slot(self._by_amount, self.open[slot], slot)
            reference = item.creditor_reference
            if reference:
                key = reference_key(reference)
                add_slot(self._by_reference, reference if key == reference else key, slot)  # One text, not two.

    @property
    def has_references(self) -> bool:
        """Return whether any item has a structured creditor reference."""
        return bool(self._by_reference)

    @property
    def reference_lengths(self) -> frozenset[int]:
        """The lengths of our creditor references, and those with a character too many or too few."""
        if self._reference_lengths is None:
            lengths = {len(key) for key in self._by_reference}
            self._reference_lengths = frozenset(length + more for length in lengths for more in (-1, 0, 1))
        return self._reference_lengths

    def with_reference(self, key: str) -> list[int]:
        """Return the slots whose creditor reference has this key (`schemas.references.reference_key`)."""
        return slots_of(self._by_reference.get(key, []))

    def with_amount(self, amount_minor: int, currency: str) -> list[int]:
        """Return the slots of which exactly this amount is open."""
        return [
            slot
            for slot in slots_of(self._by_amount.get(amount_minor, []))
            if self.open[slot] == amount_minor and self.items[slot].currency == currency
        ]

    def has_amount(self, amount_minor: int, *, besides: tuple[int, ...]) -> bool:
        """Return whether another item has, or had, this amount open: a quick no."""
        hit = self._by_amount.get(amount_minor)
        if isinstance(hit, int):
            return hit not in besides
        return hit is not None

    def open_slots(self, customer_id: int, currency: str) -> list[int]:
        """Return what is open of a customer in a currency, in the order of the index."""
        return [
            slot
            for slot in self._by_customer.get(customer_id, ())
            if self.open[slot] and self.items[slot].currency == currency
        ]

    def fitting_slots(self, customer_id: int, amount_minor: int, currency: str) -> list[int]:
        """Return the items of a customer of which exactly this amount is open: by the shorter of two lists."""
        of_customer = self._by_customer.get(customer_id, ())
        of_amount = slots_of(self._by_amount.get(amount_minor, []))
        if len(of_customer) < len(of_amount):
            slots = [slot for slot in of_customer if self.open[slot] == amount_minor]
        else:
            slots = [slot for slot in of_amount if self.items[slot].customer_id == customer_id]
        return [slot for slot in slots if self.open[slot] == amount_minor and self.items[slot].currency == currency]

    def left_open(self, item_ids: Iterable[int]) -> dict[int, int]:
        """Return what is open of some items after all that was applied."""
        return {item_id: self.open[self._slots[item_id]] for item_id in item_ids if item_id in self._slots}

    def open_of(self, item_id: int) -> int:
        """Return what is open of an item, signed as the item; nothing, if it is not in the index."""
        slot = self._slots.get(item_id)
        return 0 if slot is None else self.open[slot]

    def slot_of(self, item_id: int) -> int | None:
        """Return the slot of an item, if it is in the index."""
        return self._slots.get(item_id)

    def apply(self, decision: Decision, credit: Credit) -> None:
        """Take a decision over: what it books is no longer open; what it asks waits for a person."""
        if isinstance(decision, Book):
            for line in decision.explanation.lines:
                self._move(line, credit)
            if decision.explanation.collections:
                self.debits.take(decision.explanation.collections)
            if decision.explanation.refunds:
                self.refunds.take(decision.explanation.refunds)
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
        if payer := _payer_key(credit):
            self._waiting.setdefault(credit.amount_minor, {}).setdefault(payer, credit)

    def _waits_no_more(self, credit: Credit) -> None:
        waiting = self._waiting.get(credit.amount_minor)
        payer = _payer_key(credit) if waiting else ""
        if waiting and payer in waiting and waiting[payer].id == credit.id:
            del waiting[payer]

    def waiting_twin(self, credit: Credit) -> Credit | None:
        """Return an earlier credit of the same payer and amount that waits for a person."""
        waiting = self._waiting.get(credit.amount_minor)
        twin = waiting.get(_payer_key(credit)) if waiting else None
        return None if twin is None or twin.id == credit.id else twin

    def _move(self, line: Line, credit: Credit) -> None:
        slot = self._slots.get(line.item_id)
        if slot is None:
            return  # Settled long ago, and opened again by a debit that came back.
        self.open[slot] -= line.amount_minor
        self._moved.add(self.families[slot])
        if self.open[slot]:
            self.settled_dates.pop(slot, None)
            if slot not in slots_of(self._by_amount.get(self.open[slot], [])):
                add_slot(self._by_amount, self.open[slot], slot)
        else:
            self.settled_dates[slot] = credit.booking_date


def _aliases(item: OpenItem) -> tuple[str, ...]:
    """Return how else a payer may name an item; an RF reference is searched by its own rule."""
    order, reference = item.order_reference, item.creditor_reference
    if reference is not None and (not reference or reference[:2] in ("RF", "rf")):
        reference = None
    if order is None and reference is None:
        return ()
    return tuple([name for name in (order, reference) if name])


def _may_mean_open_items(question: Ask) -> bool:
    """Return whether an equal credit that comes later may be for the same: not where this one only repeats."""
    if question.reason in NO_PAYMENT:
        return False
    return question.reason is not ReviewReason.PAID_ALREADY or any(one.lines for one in question.explanations)


def _payer_key(credit: Credit) -> str:
    return credit.iban or (fold(credit.name).key if credit.name else "")
