"""The pretended bank: takes orders, keeps its books, and writes reports and statements day by day.

`FakeBank.take_order` and `FakeBank.close_day` are all that a test needs; `FakeBank.letters` is what came of them.
"""

import datetime as dt
from typing import NamedTuple

from gateway.fake_bank import calendar, settling
from gateway.fake_bank.books import Account, Block, Held, Outcome, State, Transfer
from gateway.fake_bank.fates import SETTLES, Event, Fate, dice_fate, dice_post, magic_fate
from gateway.fake_bank.habits import Habits
from gateway.fake_bank.judge import (
    block_reason,
    cents,
    collection_reason,
    date_in,
    file_reason,
    mandate_key,
    remember,
)
from generators.fake_bank import write_camt053, write_mt940, write_pain002
from parsers.fake_bank_orders import read_order
from schemas.fake_bank import (
    BlockStatus,
    CollectionStatus,
    DayStatement,
    Report,
    TakenBlock,
    TakenCollection,
    TakenOrder,
    TakenRequest,
    Unreadable,
)

_REVERSAL_DAYS = 5  # T2 days after settlement.
_STATEMENT_DAYS_LATE = 5  # So that the next ones overtake it.


class Letter(NamedTuple):
    """A file that the bank sends: its name and its bytes."""

    name: str
    data: bytes


class FakeBank:
    """A bank with its books. The same orders on the same days give the same letters."""

    def __init__(self, habits: Habits = Habits(), state: State | None = None) -> None:  # noqa: B008 - a plain value.
        self.habits = habits
        self.state = state or State()
        self._letters: list[Letter] = []

    def letters(self) -> list[Letter]:
        """Return what was sent since the last call."""
        sent, self._letters = self._letters, []
        return sent

    # Orders.

    def take_order(self, data: bytes, now: dt.datetime) -> None:
        """Take a pain.008, pain.007 or camt.055, and answer. ``now`` is aware."""
        try:
            order = read_order(data)
        except Unreadable as error:
            self._report(now, TakenOrder("", "UNKNOWN", "", "", (), ""), "RJCT", "FF01", str(error), ())
            return
        if isinstance(order, TakenRequest):
            self._take_request(order, now)
            return
        reason, text = file_reason(order, self.state)
        self.state.message_ids.add(order.message_id)
        if not reason and (fated := self._fated(order, Event.REJECT_FILE)):
            reason, text = fated.reason, "refused by the bank"
        if reason:
            for block in order.blocks:
                self._refuse(block, order, reason)
            self._report(now, order, "RJCT", reason, text, ())
            return
        blocks = tuple(self._take_block(block, order, now) for block in order.blocks)
        rejected = sum(block.status != "ACCP" for block in blocks)
        whole = all(block.status == "RJCT" for block in blocks)
        status = "ACCP" if not rejected else "RJCT" if whole else "PART"
        if rejected or self.habits.sends_positive:
            self._report(now, order, status, "", "", tuple(block for block in blocks if block.status != "ACCP"))

    def _take_block(self, block: TakenBlock, order: TakenOrder, now: dt.datetime) -> BlockStatus:
        reason = block_reason(block, self.state, self.habits, now)
        fates = [self._fate(collection) for collection in block.collections]
        if not reason:
            reason = next((fate.reason for fate in fates if fate.event is Event.REJECT_BLOCK), "")
        if reason:
            self._refuse(block, order, reason)
            return BlockStatus(block.payment_information_id, "RJCT", reason, ())
        today = now.astimezone(self.habits.time_zone).date()
        books = Block(block.is_batch_booked and not self.habits.books_each, [])
        self.state.blocks[block.payment_information_id] = books
        account = self.state.accounts.setdefault(
            block.creditor_iban, Account(block.creditor_iban, block.creditor_name[:70])
        )
        rejected = []
        for collection, fate in zip(block.collections, fates, strict=True):
            held = self._hold(collection, block, order, fate)
            held.reason = collection_reason(collection, block, self.state, today)
            if not held.reason and fate.event is Event.REJECT:
                held.reason = fate.reason
            if held.reason:
                held.outcome = Outcome.REJECTED
                rejected.append(_status(held))
                known = self.state.held.get(held.end_to_end_id)
                if known is None or known.is_untouched:  # Else what is there already stays.
                    self.state.held[held.end_to_end_id] = held
                continue
            held.mandate_before, held.creditor_before = remember(collection, block, self.state)
            self.state.held[held.end_to_end_id] = held
            books.end_to_end_ids.append(held.end_to_end_id)
            self._plan(held)
        if account.statement_date is None:
            account.statement_date = today
        status = "ACCP" if not rejected else "PART" if books.end_to_end_ids else "RJCT"
        return BlockStatus(block.payment_information_id, status, "", tuple(rejected))

    def _refuse(self, block: TakenBlock, order: TakenOrder, reason: str) -> None:
        """Write down that nothing of a block was looked at."""
        for collection in block.collections:
            held = self._hold(collection, block, order, SETTLES)
            held.outcome, held.reason, held.is_untouched = Outcome.REJECTED, reason, True
            self.state.held.setdefault(held.end_to_end_id, held)

    def _hold(self, collection: TakenCollection, block: TakenBlock, order: TakenOrder, fate: Fate) -> Held:
        date = date_in(block.collection_date) or dt.date.min
        return Held(
            collection.end_to_end_id,
            collection.instruction_id,
            order.message_id,
            order.format,
            block.payment_information_id,
            cents(collection.amount),
            mandate_key(block.creditor_identifier, collection.mandate_reference),
            collection.mandate_reference,
            block.creditor_identifier,
            block.creditor_iban,
            collection.debtor_name,
            collection.debtor_iban,
            collection.remittance,
            block.scheme,
            calendar.shifted(date, 1) if fate.event is Event.MOVE else date,
            fate,
        )

    def _plan(self, held: Held) -> None:
        if held.fate.event in (Event.REJECT_LATE, Event.REFUSE):
            self.state.plan(calendar.shifted(held.date, -1), "reject", held.end_to_end_id)
        planned = ("settle", held.payment_information_id)
        if planned not in self.state.agenda.get(held.date, []):
            self.state.plan(held.date, *planned)

    def _fate(self, collection: TakenCollection) -> Fate:
        if self.habits.seed is not None:
            return dice_fate(self.habits.seed, collection.end_to_end_id)
        return magic_fate(cents(collection.amount)) if collection.amount else SETTLES

    def _fated(self, order: TakenOrder, event: Event) -> Fate | None:
        fates = (self._fate(collection) for block in order.blocks for collection in block.collections)
        return next((fate for fate in fates if fate.event is event), None)

    def _take_request(self, request: TakenRequest, now: dt.datetime) -> None:
        today = now.astimezone(self.habits.time_zone).date()
        for held in self._meant(request):
            if request.is_reversal and held.outcome is Outcome.SETTLED and held.settled_on is not None:
                if today <= calendar.shifted(held.settled_on, _REVERSAL_DAYS):
                    self.state.plan(calendar.shifted(today, 1), "reverse", held.end_to_end_id)
            elif not request.is_reversal and held.outcome is Outcome.ACCEPTED and today < held.date:
                settling.undo_mandate(self.state, held)
                held.outcome = Outcome.CANCELLED

    def _meant(self, request: TakenRequest) -> list[Held]:
        """Return the collections that a request names, singly or by their block or message."""
        named = set(request.end_to_end_ids)
        blocks, messages = set(request.block_ids), set(request.message_ids)
        return [
            held
            for held in self.state.held.values()
            if held.end_to_end_id in named or held.payment_information_id in blocks or held.message_id in messages
        ]

    def take_transfer(self, transfer: Transfer, date: dt.date) -> None:
        """Take a transfer of a customer, to be booked on a day, or the next one on which T2 is open."""
        key = str(self.state.number())
        self.state.transfers[key] = transfer
        self.state.accounts.setdefault(transfer.creditor_iban, Account(transfer.creditor_iban, ""))
        self.state.plan(calendar.open_day(date), "pay_in", key)

    # Days.

    def close_day(self, date: dt.date) -> None:
        """Do everything that is due up to a day, and send the statements of each T2 day since the last call."""
        day = self.state.closed_until + dt.timedelta(days=1) if self.state.closed_until else date
        day = min([day, *self.state.agenda, *self.state.letters]) if self.state.closed_until is None else day
        while day <= date:
            for name, text in self.state.letters.pop(day, []):
                self._letters.append(Letter(name, text.encode()))
            if calendar.is_open(day):
                self._close_open_day(day)
            self.state.closed_until = day
            day += dt.timedelta(days=1)

    def _close_open_day(self, day: dt.date) -> None:
        bookings, rejected = settling.work_through(self.state, self.habits, day)
        moment = dt.datetime.combine(day, dt.time(20, 0), self.habits.time_zone).astimezone(dt.UTC)
        for held in rejected:
            block = BlockStatus(held.payment_information_id, "", "", (_status(held),))
            order = TakenOrder(held.format, held.message_id, "", "", (), "")
            self._report(moment, order, "", "", "", (block,))
        for account in self.state.accounts.values():
            if bookings.get(account.iban):
                self._send_statement(settling.statement_of(account, self.habits, day, bookings[account.iban]), moment)

    def _send_statement(self, statement: DayStatement, moment: dt.datetime) -> None:
        name = f"{statement.date}-{statement.account[-6:]}-{statement.number:05d}"
        message_id = f"STM-{statement.account[-6:]}-{statement.number}"
        camt = write_camt053([statement], message_id=message_id, created_at=moment)
        mishap = (
            dice_post(self.habits.seed, name) if self.habits.seed is not None and self.habits.has_bad_post else None
        )
        if mishap is Event.LOSE_REPORT:
            mishap = Event.DELAY_REPORT  # Without its statement no money could ever be found.
        for ending, data in ((".camt053.xml", camt), (".sta", write_mt940([statement]))):
            self._post(f"{name}{ending}", statement.date, data, mishap, days_late=_STATEMENT_DAYS_LATE)

    # Post.

    def _report(
        self, now: dt.datetime, order: TakenOrder, status: str, reason: str, text: str, blocks: tuple[BlockStatus, ...]
    ) -> None:
        number = self.state.number()
        report = Report(
            f"PSR-{number}", now.astimezone(dt.UTC), order.message_id, order.format or "pain.008.001.08",
            status, reason, text, blocks,
        )  # fmt: skip
        day = now.astimezone(self.habits.time_zone).date()
        name = f"{day}-{number:05d}.pain002.xml"
        self._post(name, day, write_pain002(report, bank_bic=self.habits.bic), self._mishap(order, name))

    def _mishap(self, order: TakenOrder, name: str) -> Event | None:
        if self.habits.seed is not None:
            return dice_post(self.habits.seed, name) if self.habits.has_bad_post else None
        mishaps = (Event.LOSE_REPORT, Event.REPEAT_REPORT, Event.DELAY_REPORT)
        return next((event for event in mishaps if self._fated(order, event)), None)

    def _post(self, name: str, day: dt.date, data: bytes, mishap: Event | None, days_late: int = 1) -> None:
        if mishap is Event.LOSE_REPORT:
            self.state.lost_letters.append(name)
            return
        if mishap is Event.DELAY_REPORT:
            late = self.state.letters.setdefault(day + dt.timedelta(days=days_late), [])
            late.append((f"late-{name}", data.decode()))
            return
        self._letters.append(Letter(name, data))
        if mishap is Event.REPEAT_REPORT:
            self._letters.append(Letter(f"again-{name}", data))


def _status(held: Held) -> CollectionStatus:
    return CollectionStatus(
        held.end_to_end_id,
        held.instruction_id,
        "RJCT",
        held.reason,
        held.amount_minor,
        held.mandate_reference,
        held.outcome is Outcome.REFUSED,
        held.debtor_name,
    )
