"""Take decisions back: of one bank transaction, of a batch, of a whole file.

Nothing is edited: each allocation is reversed by a row that names it, once; the bank transaction goes back to the
queue. Money kept on account that was used since must be taken back first.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from gateway.domain.matching.model import BY_PAYER
from gateway.services import learn_habits
from gateway.services.follow_debits import undo_debits
from gateway.services.manage_rules import take_rules_back
from gateway.store import allocations, bank_transactions, counters, journal, parties, reviews, unpaid_writes
from gateway.store.allocations import ALLOCATION_NAMES, Allocation, Decision
from gateway.store.bulk import insert_rows
from gateway.store.columns import table_of
from gateway.store.counters import LockedItem, LockedTransaction
from gateway.store.database import ReadSession
from gateway.store.match_rate import WRONG
from gateway.store.reviews import ReviewItem
from gateway.store.work import Work
from schemas.errors import GatewayError
from schemas.states import BankTransactionState, ReviewReason, ReviewState

_DECIDED = frozenset(
    {BankTransactionState.ALLOCATED, BankTransactionState.PARTLY_ALLOCATED, BankTransactionState.IGNORED}
)


class NothingToUndo(GatewayError):
    """Nothing was decided here, or it was taken back already."""

    code = "nothing_to_undo"


class Undone(NamedTuple):
    """How many bank transactions went back to the queue and how many allocations were reversed."""

    bank_transactions: int
    allocations: int


async def ids_to_undo(session: ReadSession, bank_transaction_ids: Sequence[int]) -> int:
    """Return how many keys it takes to take back what was decided: the sum of a block settled very many items."""
    decisions = await allocations.open_decisions(session, bank_transaction_ids)
    counts = await allocations.counts_of_decisions(session, [decision.id for decision in decisions])
    return 4 * sum(counts.values()) + 20 * len(bank_transaction_ids) + 100


async def undo_decision(work: Work, *, bank_transaction_ids: Sequence[int], reason: str) -> Undone:
    """Take back what was decided on some bank transactions. Raises NothingToUndo or UsedSince; asks for a reason."""
    locked = await counters.lock_transactions(work, bank_transaction_ids)
    decided = [row for row in locked.values() if row.state in _DECIDED]
    if not decided:
        raise NothingToUndo("nothing to take back: nothing was decided on this bank transaction")
    count = await undo_of_transactions(work, [row.id for row in decided], reason=reason)
    ids = [row.id for row in decided]
    await bank_transactions.set_state(
        work, ids=ids, state=BankTransactionState.IN_REVIEW, category=None, account_word="", ignored_by=""
    )
    work.reach("state_moved")
    await _ask_again(work, decided, reason)
    work.asked_again.update(ids)
    work.say("undo_decision", f"bank_transaction:{ids[0]}", reason=reason, bank_transactions=len(ids), reversed=count)
    return Undone(len(ids), count)


async def undo_of_transactions(work: Work, ids: Sequence[int], *, reason: str) -> int:
    """Reverse the live allocations of the open decisions on some bank transactions; return how many."""
    decisions = await allocations.open_decisions(work.session, ids)
    rows = await allocations.rows_of_decisions(work.session, [decision.id for decision in decisions])
    item_ids = [row.target_item_id for row in rows if row.target_item_id]
    await undo_debits(work, ids, item_ids=item_ids)
    await counters.close_opened_items(work, [row.opened_item_id for row in rows if row.opened_item_id])
    items = await counters.lock_items(work, item_ids)
    await insert_rows(work, table_of(Allocation), ALLOCATION_NAMES, [_reversal(work, row) for row in rows])
    work.reach("reversals_written")
    drawn: dict[int, int] = defaultdict(int)
    settled: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.source_bank_transaction_id is not None:
            drawn[row.source_bank_transaction_id] -= row.bank_minor
        if row.target_item_id is not None:
            settled[row.target_item_id] -= row.item_minor
    await counters.draw_from_transactions(work, drawn)
    await counters.settle_items(work, settled)
    await unpaid_writes.refresh_outcomes(work, settled)
    await allocations.mark_undone(work, [decision.id for decision in decisions], reason=reason)
    await take_rules_back(work, bank_transaction_ids=ids, reason=reason)
    await _unlearn_payers(work, decisions, rows, items, reason)
    await learn_habits.unlearn(work, decisions, reason=reason)
    return len(rows)


async def _unlearn_payers(
    work: Work, decisions: Sequence[Decision], rows: Sequence[Allocation], items: dict[int, LockedItem], reason: str
) -> None:
    """Forget what people's decisions taught about a payer, where one customer was meant.

    A wrong one, or a wrong booking by what they taught, takes all of it away: it must be confirmed anew.
    """
    is_wrong = reason.startswith(WRONG)
    taught = {one.id for one in decisions if one.booked_by == "user" or (is_wrong and one.rule in BY_PAYER)}
    customers: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row.decision_id in taught and row.source_bank_transaction_id and row.target_item_id:
            customers[row.source_bank_transaction_id].add(items[row.target_item_id].customer_id)
    for bank_transaction_id, known in sorted(customers.items()):
        if len(known) == 1:
            await parties.unlearn_payer(
                work, bank_transaction_id=bank_transaction_id, party_id=known.pop(), is_wrong=is_wrong
            )


def _reversal(work: Work, row: Allocation) -> tuple[Any, ...]:
    """Return the row that takes another back, effective on the same date (reliability INV-5)."""
    values = {name: getattr(row, name) for name in ALLOCATION_NAMES}
    values |= {
        "id": work.new_id(),
        "bank_minor": -row.bank_minor,
        "item_minor": -row.item_minor,
        "recorded_at": work.now,
        "booked_by": "rule" if work.actor.kind == "system" else "user",
        "reverses_id": row.id,
        "journal_id": work.journal_id,
    }
    return tuple(values.values())


async def _ask_again(work: Work, decided: Sequence[LockedTransaction], reason: str) -> None:
    for row in decided:
        before = await reviews.last_of_transaction(work.session, row.id)
        if before is not None and before.state is ReviewState.OPEN:  # About what a split had left: now about all.
            values = {"reason": ReviewReason.UNDONE, "amount_minor": row.amount_minor}
            await reviews.move(work, review_item_id=before.id, version=None, **values)
        else:
            _open_again(work, row, before)
        work.add(
            journal.Move(
                id=work.new_id(),
                company_id=work.company_id,
                subject_table="bank_transaction",
                subject_id=row.id,
                position=row.version + 1,
                from_state=row.state.value,
                to_state=BankTransactionState.IN_REVIEW.value,
                at=work.now,
                actor=work.actor.word,
                reason=reason,
                journal_id=work.journal_id,
            ),
        )
    await work.flush()


def _open_again(work: Work, row: LockedTransaction, before: ReviewItem | None) -> None:
    work.add(
        ReviewItem(
            id=work.new_id(),
            company_id=work.company_id,
            bank_transaction_id=row.id,
            state=ReviewState.OPEN,
            reason=ReviewReason.UNDONE,
            rank=reviews.RANKS[ReviewReason.UNDONE],
            amount_minor=row.amount_minor,
            weight_minor=reviews.weight(row.amount_minor),
            currency=row.currency,
            explanations=before.explanations if before else [],
            opened_at=work.now,
        )
    )
