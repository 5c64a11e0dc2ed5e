"""Store the entries of a statement as bank transactions: what is new of them, list by list."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from gateway.domain.entry_plan import NOTHING_KNOWN, EntryPlan
from gateway.services.ask_questions import ask_questions
from gateway.services.attach_fees import attach_fees
from gateway.services.book_decisions import write_bookings
from gateway.services.decide_ahead import Ahead
from gateway.services.foreseen_moves import ForeseenMoves
from gateway.services.foresight import NOTHING, Foresight
from gateway.services.spool_statements import ROW_NAMES, SpooledStatement
from gateway.services.undo_decision import undo_of_transactions
from gateway.store import bank_transactions, collection_answers, counters, unpaid_writes
from gateway.store.accounts import BankAccount
from gateway.store.bank_transactions import BankTransaction, SetAside
from gateway.store.bulk import insert_rows
from gateway.store.columns import table_of
from gateway.store.statements import Statement
from gateway.store.stored_entries import StoredEntry
from gateway.store.work import Work
from schemas.states import BankTransactionState, IgnoreCategory

_NAMES = (
    "id", "company_id", "bank_account_id", "statement_id", "journal_id", "split_from_id", "state", "allocated_minor",
    *ROW_NAMES,
)  # fmt: skip


class MovedSince(Exception):
    """An item is not any more as it was when it was decided ahead; nothing was stored."""


class Destination(NamedTuple):
    """Where entries go, and whether what they say is booked (design section 6, point 6)."""

    statement: Statement
    account: BankAccount
    is_deciding: bool


async def store_entries(
    work: Work,
    destination: Destination,
    spooled: SpooledStatement,
    plan: EntryPlan,
    stored: Sequence[StoredEntry],
    ahead: Ahead | None,
) -> int:
    """Store what the plan says is new, and what was decided ahead if all is; return how many. Raises MovedSince."""
    plan = await _without_settled(work, plan, stored)
    parents = await _carry_out(work, destination, plan, stored)
    is_plain = plan == NOTHING_KNOWN and destination.is_deciding and not spooled.has_undated
    foreseen = ahead if is_plain and ahead and ahead.is_for(work.company_id, spooled.spool) else None
    moves = _Moves(work)
    count = 0
    async with work.flowing():
        for rows in spooled.spool.read():
            ready = rows
            if not is_plain:
                kept = [row for row in rows if row[0] not in plan.known]
                ready = [_changed_row(row, destination, plan, stored) for row in kept]
            foresight = await foreseen.next() if foreseen else NOTHING
            keys = await _insert(work, destination, ready, parents, foresight)
            await moves.write(foresight, keys)
            count += len(ready)
    await moves.finish()
    return count


async def _without_settled(work: Work, plan: EntryPlan, stored: Sequence[StoredEntry]) -> EntryPlan:
    """Leave a block whole that settled our debits as a whole: its details say nothing new of them."""
    if not plan.divided:
        return plan
    wholes = {position: stored[handle].ids[0] for position, handle in plan.divided.items()}
    settled = {row.settled_by_id for row in await collection_answers.settled_by(work, list(wholes.values()))}
    whole = {position for position, key in wholes.items() if key in settled}
    divided = {position: handle for position, handle in plan.divided.items() if position not in whole}
    return plan._replace(divided=divided, known=plan.known | whole)


async def _carry_out(
    work: Work, destination: Destination, plan: EntryPlan, stored: Sequence[StoredEntry]
) -> dict[int, int]:
    """Confirm what was announced, and divide what was whole; return the key of the whole by position."""
    confirmed = [key for handle in plan.confirmed for key in stored[handle].ids]
    await bank_transactions.confirm(work, ids=confirmed, statement_id=destination.statement.id)
    parents = {position: stored[handle].ids[0] for position, handle in plan.divided.items()}
    if parents:
        await undo_of_transactions(work, list(parents.values()), reason="details of the batch arrived")
        await bank_transactions.set_state(work, ids=list(parents.values()), state=BankTransactionState.SPLIT)
    return parents


async def _insert(
    work: Work,
    destination: Destination,
    rows: Sequence[tuple[Any, ...]],
    parents: dict[int, int],
    foresight: Foresight,
) -> list[int]:
    statement, account, _ = destination
    head = (statement.company_id, account.id, statement.id, work.journal_id)
    keys = work.new_ids(len(rows))
    whole = [
        (key, *head, parents.get(row[0]), *state, *row)
        for key, state, row in zip(keys, foresight.states(len(rows)), rows, strict=True)
    ]
    await insert_rows(work, table_of(BankTransaction), _NAMES, whole)
    return keys


class _Moves:
    """What was decided ahead: written list by list, counted, and settled at the end if it still fits."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._moves = ForeseenMoves()
        self._ignored: list[SetAside] = []

    async def write(self, foresight: Foresight, keys: Sequence[int]) -> None:
        """Write the decisions on a list of rows that are stored under these keys."""
        if foresight is NOTHING:
            return
        bookings = foresight.bookings_of(keys)
        for booking in bookings:
            self._moves.add(booking, foresight.left_open)
        await write_bookings(self._work, bookings, booked_by="rule")
        await ask_questions(self._work, foresight.questions_of(keys), {})
        self._ignored += foresight.ignored_of(keys)
        self._work.say(
            "import_statement", "", booked=len(bookings), asked=len(foresight.questions), ignored=len(foresight.ignored)
        )

    async def finish(self) -> None:
        """Set aside what is no payment, and settle the items if each is as it was seen. Raises MovedSince."""
        await bank_transactions.ignore(self._work, self._ignored)
        self._work.reach("decisions_stored")
        for piece in self._moves.pieces():
            if not await counters.settle_if_open(self._work, piece.deltas, piece.left_open):
                raise MovedSince
        self._work.reach("counters_moved")
        for piece in self._moves.pieces():
            await unpaid_writes.refresh_outcomes(self._work, piece.deltas)
        fees = [one.id for one in self._ignored if one.category is IgnoreCategory.BANK_FEE]
        await attach_fees(self._work, fees)


def _changed_row(
    row: tuple[Any, ...], destination: Destination, plan: EntryPlan, stored: Sequence[StoredEntry]
) -> tuple[Any, ...]:
    statement, is_deciding = destination.statement, destination.is_deciding
    values = dict(zip(ROW_NAMES, row, strict=True))
    position = values["position"]
    if position in plan.divided:
        whole = stored[plan.divided[position]]
        values["entry_key"], values["occurrence"] = whole.facts.entry_key, whole.facts.occurrence
        values["part"] = values["part"] or 1  # The only one.
        is_deciding = is_deciding or not whole.is_provisional  # The parts of what is booked are booked.
    elif position in plan.occurrences:
        values["occurrence"] = plan.occurrences[position]
    values["is_provisional"] = values["is_provisional"] or not is_deciding
    values["booking_date"] = values["booking_date"] or statement.to_date or statement.recorded_at.date()
    return tuple(values.values())
