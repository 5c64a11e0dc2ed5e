"""Match what is new, in the order in which the bank booked it, in units of a few thousand decisions.

One index of the open items serves all of one phase, and each decision is taken over into it, so a later one sees what
an earlier one left. Decisions are computed outside any transaction. When an item moved meanwhile, what concerned it is
decided again; after a few tries it is left to a person. The money of our debits is decided after payments, money taken
back last: it may undo what came just before.
"""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import NamedTuple

from gateway.domain.matching.bookings import Phase, phase_of
from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.match import match_statement
from gateway.domain.matching.model import Ask, Book, Decision, Explanation, Ignore, Policy
from gateway.services.ask_questions import ask_questions, question_of
from gateway.services.attach_fees import attach_fees
from gateway.services.book_decisions import Seen, book_decisions, booking_of
from gateway.services.follow_debits import follow_debits, only_as_seen
from gateway.services.link_advices import link_advices
from gateway.services.load_candidates import load_index_for, load_policy
from gateway.store import bank_transactions, counters, reviews, sent_debits, unpaid_writes
from gateway.store.bank_transactions import SetAside, Unexplained
from gateway.store.database import Database, ReadSession
from gateway.store.work import Actor, Work
from schemas.states import BankTransactionState, IgnoreCategory, ReviewReason, ReviewState

CHUNK = 1_500
UNDECIDED = (BankTransactionState.NEW, BankTransactionState.IN_REVIEW)
_TRIES = 3

Decided = tuple[Unexplained, Decision]
Progress = Callable[[int, int], Awaitable[None]]
Guard = Callable[[Work], Awaitable[None]]
Now = Callable[[], dt.datetime]


class Piece(NamedTuple):
    """Some bank transactions with their decisions, and what is left open then of each item that they book."""

    decided: list[Decided]
    left_open: dict[int, int]


class Matched(NamedTuple):
    """How many bank transactions were booked, asked and set aside, by rule or reason."""

    booked: Counter[str]
    asked: Counter[str]
    ignored: Counter[str]


async def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


async def no_guard(_work: Work) -> None:
    """Check nothing."""


async def match_transactions(
    database: Database,
    *,
    company_id: int,
    actor: Actor,
    now: Now,
    states: Sequence[BankTransactionState] = (BankTransactionState.NEW,),
    ids: Sequence[int] | None = None,
    may_book: bool = True,
    progress: Progress = no_progress,
    guard: Guard = no_guard,
) -> Matched:
    """Decide and write for every bank transaction of the given states (or only for some of them).

    Without ``may_book`` questions only get their explanations anew. ``guard`` is called first in each unit of work (a
    worker checks its lease there). What is only announced is explained too, as far as the others leave it; nothing of
    it is booked. Remittance advices are linked first; a question whose advice came, or went, is decided anew.
    """
    relinked = await link_advices(database, company_id=company_id, actor=actor, now=now)
    result = Matched(Counter(), Counter(), Counter())
    run = _Run(database, company_id, actor, now, states, may_book, progress, guard)
    async with database.read() as session:
        announced = await bank_transactions.announced_ids(session, company_id=company_id) if ids is None else []
        waiting = await bank_transactions.waiting_ids(session, company_id=company_id, states=states, ids=ids)
        phases = await in_phases(session, company_id, waiting)
    done = 0
    for phase in filter(None, phases.values()):
        await _match(run, phase, result, done=done, total=len(waiting))
        done += len(phase)
    if announced:
        await _explain_announced(run, announced)
    if relinked and (ids is not None or BankTransactionState.IN_REVIEW not in states):
        again = _Run(database, company_id, actor, now, UNDECIDED, True, progress, guard)
        await _match(again, relinked, result, done=done, total=done)
    return result


class _Run(NamedTuple):
    """What one call of matching was asked to do."""

    database: Database
    company_id: int
    actor: Actor
    now: Now
    states: Sequence[BankTransactionState]
    may_book: bool
    progress: Progress
    guard: Guard


async def in_phases(session: ReadSession, company_id: int, waiting: Sequence[int]) -> dict[Phase, list[int]]:
    """Return what is decided together, in the order in which each finds what the one before it booked."""
    signs = {one.id: one for one in await sent_debits.signs_of(session, waiting)}
    ours = await sent_debits.ours_among(session, company_id=company_id, signs=list(signs.values()))
    phases: dict[Phase, list[int]] = {phase: [] for phase in Phase}
    for key in waiting:
        one = signs[key]
        phase = phase_of(
            amount_minor=one.amount_minor, code=one.code, return_reason=one.return_reason,
            mandate_reference=one.mandate_reference, is_ours=key in ours, is_batch=one.is_batch,
        )  # fmt: skip
        phases[phase].append(key)
    return phases


async def _match(run: _Run, wanted: Sequence[int], result: Matched, *, done: int, total: int) -> None:
    """Decide and write some bank transactions; what moved meanwhile is decided again, a few times."""
    ids = wanted
    for attempt in range(_TRIES):
        async with run.database.read() as session:
            waiting = await bank_transactions.waiting_ids(
                session, company_id=run.company_id, states=run.states, ids=ids
            )
            if not waiting:
                return
            policy = await load_policy(session, run.company_id)
            index = await load_index_for(session, run.company_id, waiting)
        moved: list[int] = []
        told = done
        async for piece in _decided(run.database, waiting, index, policy):
            ids_needed = 8 * len(piece.decided) + _ids_of_debits(piece.decided) + 100
            async with run.database.begin(
                actor=run.actor, now=run.now(), company_id=run.company_id, ids=ids_needed
            ) as work:
                await run.guard(work)
                seen = Seen(run.states, piece.left_open)
                kept = await _still_ours(work, piece.decided, seen, may_book=run.may_book)
                moved += await _write(work, kept, seen, result, is_last=attempt == _TRIES - 1)
            told += len(piece.decided)
            await run.progress(min(told, total), total)
        if not moved:
            return
        ids = moved


def _ids_of_debits(decided: Sequence[Decided]) -> int:
    """Return how many keys it takes to move the debits and refunds of some decisions, with their allocations."""
    booked = [decision.explanation for _, decision in decided if isinstance(decision, Book)]
    return sum(
        20 * len(one.collections) + 5 * len(one.refunds) + len(one.lines) + 3 * len(one.kept)
        for one in booked
        if one.collections or one.refunds
    )


async def _explain_announced(run: _Run, announced: Sequence[int]) -> None:
    """Note how matching explains what is only announced, as far as the others leave it."""
    async with run.database.read() as session:
        policy = await load_policy(session, run.company_id)
        index = await load_index_for(session, run.company_id, announced)
    async for piece in _decided(run.database, announced, index, policy):
        async with run.database.begin(actor=run.actor, now=run.now(), company_id=run.company_id) as work:
            await run.guard(work)
            rows = [(one.credit.id, _explanations(decision)) for one, decision in piece.decided]
            await bank_transactions.set_expected(work, rows)
            work.say("match_transactions", f"bank_transactions:{len(rows)}", announced=len(rows))


async def _decided(
    database: Database, waiting: Sequence[int], index: ItemIndex, policy: Policy
) -> AsyncIterator[Piece]:
    """Yield what is decided, piece by piece; the next piece is being decided while the last is written."""

    async def decide(start: int) -> Piece:
        async with database.read() as session:
            unexplained = await bank_transactions.unexplained(session, waiting[start : start + CHUNK])
        return await asyncio.to_thread(_decide, unexplained, index, policy)

    if not waiting:
        return
    ahead = asyncio.create_task(decide(0))
    try:
        for start in range(CHUNK, len(waiting) + CHUNK, CHUNK):
            piece = await ahead
            if start < len(waiting):
                ahead = asyncio.create_task(decide(start))
            yield piece
    finally:
        ahead.cancel()


def _decide(unexplained: Sequence[Unexplained], index: ItemIndex, policy: Policy) -> Piece:
    decisions = match_statement([one.credit for one in unexplained], index, policy)
    items = {
        line.item_id for decision in decisions if isinstance(decision, Book) for line in decision.explanation.lines
    }
    return Piece(list(zip(unexplained, decisions, strict=True)), index.left_open(items))


async def _still_ours(work: Work, decided: Sequence[Decided], seen: Seen, *, may_book: bool) -> list[Decided]:
    """Leave out what somebody decided before or since it was read; the booking itself finds out what it books."""
    await counters.hold_transactions(work, [one.credit.id for one, _ in decided])
    kept = await _with_questions(work, decided, may_book=may_book)
    others = [one.credit.id for one, decision in kept if not isinstance(decision, Book)]
    locked = await counters.lock_transactions(work, others)
    return [
        (one, decision)
        for one, decision in kept
        if isinstance(decision, Book) or (one.state in seen.states and locked[one.credit.id].state is one.state)
    ]


async def _with_questions(work: Work, piece: Sequence[Decided], *, may_book: bool) -> list[Decided]:
    """Keep the reason of questions that stay open: what a person took back is never booked by a rule again."""
    waiting = [one.credit.id for one, _ in piece if one.state is not BankTransactionState.NEW]
    known = await reviews.open_of_transactions(work.session, waiting)
    kept: list[Decided] = []
    for one, decision in piece:
        question = known.get(one.credit.id)
        if question is not None and (not may_book or question.reason is ReviewReason.UNDONE):
            decision = Ask(question.reason, _explanations(decision))
        kept.append((one, decision))
    return kept


def _explanations(decision: Decision) -> tuple[Explanation, ...]:
    if isinstance(decision, Book):
        return (decision.explanation,)
    return decision.explanations if isinstance(decision, Ask) else ()


async def _write(
    work: Work,
    piece: Sequence[Decided],
    seen: Seen,
    result: Matched,
    *,
    is_last: bool,
) -> list[int]:
    """Write the decisions of one unit of work; return the bank transactions that must be decided again."""
    good, unfit = await only_as_seen(work, [(one, one_.explanation) for one, one_ in piece if isinstance(one_, Book)])
    rules = {
        one.credit.id: (decision.rule, decision.user_rule_id) for one, decision in piece if isinstance(decision, Book)
    }
    bookings = [booking_of(one, explanation, *rules[one.credit.id]) for one, explanation in good]
    outcome = await book_decisions(work, bookings, booked_by="rule", seen=seen)
    await follow_debits(work, [pair for pair in good if pair[0].credit.id in set(outcome.booked)])
    was_asked = {one.credit.id for one, _ in piece if one.state is not BankTransactionState.NEW}
    if was_asked:
        await reviews.close_open(work, outcome.booked, ReviewState.RESOLVED)
    booked = set(outcome.booked)
    moved = {*outcome.moved, *unfit}
    asks = [(one, decision) for one, decision in piece if isinstance(decision, Ask)]
    if is_last:
        asks += [
            (one, Ask(ReviewReason.AMOUNT_DIFFERS, _explanations(decision)))
            for one, decision in piece
            if one.credit.id in moved
        ]
        moved = set()
    await _ask(work, asks)
    ignored = [
        SetAside(one.credit.id, decision.category, decision.rule, decision.account_word, decision.user_rule_id)
        for one, decision in piece
        if isinstance(decision, Ignore)
    ]
    await bank_transactions.ignore(work, ignored)
    await reviews.close_open(work, [one.id for one in ignored if one.id in was_asked], ReviewState.DISMISSED)
    await attach_fees(work, [one.id for one in ignored if one.category is IgnoreCategory.BANK_FEE])
    await unpaid_writes.refresh_outcomes(work, work.touched_items)
    work.reach("decisions_stored")
    result.booked.update(booking.rule for booking in bookings if booking.bank_transaction_id in booked)
    result.asked.update(decision.reason.value for _, decision in asks)
    result.ignored.update(one.category.value for one in ignored)
    work.say(
        "match_transactions", f"bank_transactions:{len(piece)}",
        booked=len(booked), asked=len(asks), ignored=len(ignored),
    )  # fmt: skip
    return sorted(moved)


async def _ask(work: Work, asks: Sequence[tuple[Unexplained, Ask]]) -> None:
    was_asked = [one.credit.id for one, _ in asks if one.state is not BankTransactionState.NEW]
    known = await reviews.open_of_transactions(work.session, was_asked)
    asked = await ask_questions(work, [question_of(one, ask) for one, ask in asks], known)
    await bank_transactions.set_state_many(work, ids=asked, state=BankTransactionState.IN_REVIEW)
