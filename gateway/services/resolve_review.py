"""What a clerk decides about a question: accept an explanation, allocate by hand, set aside, and all around it.

Each decision is checked again under lock: a colleague, a rule or a new statement may have been quicker. A decision
that comes too late is refused with who decided and when; nothing is lost.
"""

import datetime as dt
from collections.abc import Sequence

from gateway.domain.matching.model import Explanation, Line, Strength
from gateway.domain.matching.record import from_record
from gateway.services import learn_habits
from gateway.services.attach_fees import attach_fees
from gateway.services.book_decisions import book_decisions, booking_of
from gateway.services.follow_debits import follow_debits, only_as_seen
from gateway.store import bank_transactions, counters, journal, parties, reviews, unpaid_writes
from gateway.store.bank_transactions import SetAside
from gateway.store.counters import LockedItem, LockedTransaction
from gateway.store.database import ReadSession
from gateway.store.reviews import Comment, ReviewItem
from gateway.store.work import Work
from schemas.errors import Conflict, GatewayError, NotFound
from schemas.money import amount_text
from schemas.states import AllocationKind, BankTransactionState, IgnoreCategory, ReviewState


class NoSuchReviewItem(NotFound):
    """There is no such question in this company."""


class DecidedAlready(Conflict):
    """Somebody decided this question before."""

    code = "decided_already"


class NoSuchExplanation(GatewayError):
    """The question has no explanation with this number."""

    code = "no_such_explanation"


class ItemsMoved(Conflict):
    """What the explanation pays has changed since it was found; look at it again."""

    code = "items_moved"


class WrongSum(GatewayError):
    """The amounts do not add up to what came in."""

    code = "wrong_sum"


async def ids_to_accept(session: ReadSession, *, company_id: int, review_item_ids: Sequence[int]) -> int:
    """Return how many keys it takes to accept explanations of some questions: one may settle a block of debits."""
    records = await reviews.explanations_of(session, company_id=company_id, ids=review_item_ids)
    sizes = [len(one.lines) + len(one.collections) + len(one.refunds) for one in map(from_record, records)]
    return 20 * (sum(sizes) + len(review_item_ids)) + 100


async def accept(
    work: Work, *, review_item_id: int, place: int = 0, version: int | None = None, batch_id: int | None = None
) -> None:
    """Book the explanation at a place of the ranked list (0: the first), of the list that was seen in a version.

    Raises NoSuchReviewItem, DecidedAlready, NoSuchExplanation or ItemsMoved.
    """
    item = await open_question(work, review_item_id)
    if version is not None and version != item.version:
        raise ItemsMoved
    if not 0 <= place < len(item.explanations):
        raise NoSuchExplanation(f"this question has {len(item.explanations)} explanations, not one with number {place}")
    await _book(work, item, from_record(item.explanations[place]), rule="accepted", batch_id=batch_id)


async def accept_many(work: Work, *, review_item_ids: Sequence[int]) -> int:
    """Accept the first explanation of several questions as one batch that can be undone together; return its key."""
    batch_id = work.new_id()
    for review_item_id in review_item_ids:
        await accept(work, review_item_id=review_item_id, batch_id=batch_id)
    return batch_id


async def allocate(
    work: Work, *, review_item_id: int, lines: Sequence[Line], on_account_minor: int = 0, customer_id: int | None = None
) -> None:
    """Book what the clerk put together: payment lines and money kept on account add up to what came in, or to less,
    and then the rest stays in the queue.

    Raises NoSuchReviewItem, DecidedAlready, NotFound (customer), WrongSum or ItemsMoved.
    """
    item = await open_question(work, review_item_id)
    await _check_customer(work, customer_id)
    used = sum(line.amount_minor for line in lines if line.kind is AllocationKind.PAYMENT) + on_account_minor
    if used == 0 or (not lines and not on_account_minor):
        raise WrongSum("nothing is allocated: choose invoices or keep money on account")
    if abs(used) > abs(item.amount_minor) or (used > 0) != (item.amount_minor > 0):
        raise WrongSum(f"allocated {amount_text(used)} of {amount_text(item.amount_minor)} that came in")
    explanation = Explanation(customer_id, tuple(lines), on_account_minor, Strength.STRONG, ())
    await _book(work, item, explanation, rule="split")


async def _check_customer(work: Work, customer_id: int | None) -> None:
    if customer_id is not None:
        names = await parties.names_of(work.session, company_id=work.company_id, ids=[customer_id])
        if not names:
            raise NotFound(f"there is no customer {customer_id}")


async def ignore(work: Work, *, review_item_id: int, category: IgnoreCategory, account_word: str = "") -> None:
    """Set a bank transaction aside: it is no customer payment. Raises NoSuchReviewItem or DecidedAlready."""
    item = await open_question(work, review_item_id)
    locked = await _locked(work, item)
    await bank_transactions.ignore(work, [SetAside(item.bank_transaction_id, category, "user", account_word)])
    if category is IgnoreCategory.BANK_FEE:
        await attach_fees(work, [item.bank_transaction_id])
    await reviews.close_open(work, [item.bank_transaction_id], ReviewState.DISMISSED)
    _add_move(work, locked, BankTransactionState.IGNORED, category.value)
    work.say("ignore", f"review_item:{item.id}", reason=category.value, ignored=1)
    work.reach("ignored")


async def assign(work: Work, *, review_item_id: int, user_id: int | None) -> None:
    """Give a question to a colleague, or to nobody."""
    item = await open_question(work, review_item_id)
    await _move(work, item, any_version=True, assigned_to=user_id)
    work.say("assign_review", f"review_item:{item.id}", assigned=1)


async def snooze(work: Work, *, review_item_id: int, until_date: dt.date | None) -> None:
    """Let a question sleep until a day, or wake it."""
    item = await open_question(work, review_item_id)
    await _move(work, item, any_version=True, snoozed_until=until_date)
    work.say("snooze_review", f"review_item:{item.id}", snoozed=1)


async def comment(work: Work, *, review_item_id: int, words: str) -> None:
    """Note something beside a question, open or not. Raises NoSuchReviewItem."""
    item = await _question(work, review_item_id)
    work.add(
        Comment(
            id=work.new_id(),
            company_id=work.company_id,
            review_item_id=item.id,
            words=words.strip()[:2000],
            actor_id=work.actor.id,
            recorded_at=work.now,
        )
    )
    work.say("comment_review", f"review_item:{item.id}", comments=1)


async def open_question(work: Work, review_item_id: int) -> ReviewItem:
    """Return a question that is open. Raises NoSuchReviewItem or DecidedAlready."""
    item = await _question(work, review_item_id)
    if item.state is not ReviewState.OPEN:
        when = f"{item.closed_at:%Y-%m-%d %H:%M} UTC" if item.closed_at else "a moment ago"
        raise DecidedAlready(f"decided by {item.closed_by or 'somebody'} at {when}")
    return item


async def _question(work: Work, review_item_id: int) -> ReviewItem:
    item = await reviews.get(work.session, company_id=work.company_id, review_item_id=review_item_id)
    if item is None:
        raise NoSuchReviewItem(f"there is no question {review_item_id}")
    return item


async def _book(
    work: Work, item: ReviewItem, explanation: Explanation, *, rule: str, batch_id: int | None = None
) -> None:
    locked = await _locked(work, item)
    waiting = await bank_transactions.waiting_ids(
        work.session, company_id=work.company_id, states=(locked.state,), ids=[locked.id]
    )
    if not waiting:
        raise ItemsMoved("this bank transaction is only announced; it can be booked when the statement confirms it")
    (one,) = await bank_transactions.unexplained(work.session, waiting)
    good, _ = await only_as_seen(work, [(one, explanation)])
    taught = await learn_habits.lessons_in(work, one.credit, explanation)
    booking = booking_of(one, explanation, rule)
    outcome = await book_decisions(work, [booking], booked_by="user", batch_id=batch_id)
    if outcome.moved or not good:
        raise ItemsMoved()
    await follow_debits(work, good)
    await unpaid_writes.refresh_outcomes(work, work.touched_items)
    after = (await counters.lock_transactions(work, [locked.id]))[locked.id]
    await _close(work, item, after)
    _add_move(work, locked, after.state, rule)
    await _learn(work, locked, explanation)
    await learn_habits.learn(work, bank_transaction_id=locked.id, taught=taught)
    work.say("resolve_review", f"review_item:{item.id}", reason=rule, allocations=len(explanation.lines), resolved=1)
    work.reach("resolved")


async def _close(work: Work, item: ReviewItem, after: LockedTransaction) -> None:
    """Close the question, or keep it open for what is left."""
    if after.state is BankTransactionState.ALLOCATED:
        await reviews.close_open(work, [after.id], ReviewState.RESOLVED)
        return
    left = after.amount_minor - after.allocated_minor
    await _move(work, item, amount_minor=left, explanations=[], strength="")


async def _learn(work: Work, locked: LockedTransaction, explanation: Explanation) -> None:
    """Remember whose money it was: the payer's IBAN paid for the customer of these items (design section 7)."""
    items: dict[int, LockedItem] = await counters.lock_items(work, [line.item_id for line in explanation.lines])
    customers = {item.customer_id for item in items.values()}
    if locked.amount_minor > 0 and len(customers) == 1:
        await parties.remember_payer(work, bank_transaction_id=locked.id, party_id=customers.pop())


async def _locked(work: Work, item: ReviewItem) -> LockedTransaction:
    """Lock the bank transaction of a question; somebody may have decided while we waited for it."""
    found = (await counters.lock_transactions(work, [item.bank_transaction_id]))[item.bank_transaction_id]
    if found.state not in counters.UNDECIDED:
        raise DecidedAlready("somebody decided this a moment ago")
    return found


async def _move(work: Work, item: ReviewItem, *, any_version: bool = False, **values: object) -> None:
    """Change an open question; with ``any_version`` also one whose explanations were renewed since it was seen."""
    version = None if any_version else item.version
    if not await reviews.move(work, review_item_id=item.id, version=version, **values):
        raise DecidedAlready("somebody changed this question a moment ago")


def _add_move(work: Work, before: LockedTransaction, to_state: BankTransactionState, reason: str) -> None:
    work.add(
        journal.Move(
            id=work.new_id(),
            company_id=work.company_id,
            subject_table="bank_transaction",
            subject_id=before.id,
            position=before.version + 1,
            from_state=before.state.value,
            to_state=to_state.value,
            at=work.now,
            actor=work.actor.word,
            reason=reason,
            journal_id=work.journal_id,
        )
    )
