"""What must always hold (reliability section 1), asked of the database. Each sentence names a row that breaks a rule.

A query returns nothing as long as all is well. Rules that the database itself refuses are asked again here: a restored
or repaired database may not have been guarded all the time.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Subquery, Table, and_, cast, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.lifecycle import (
    BANK_TRANSACTION,
    COLLECTION,
    COLLECTION_RUN,
    MANDATE,
    REFUND,
    REVIEW_ITEM,
    RUN_SUBMISSION,
    STATEMENT,
    STATEMENT_FILE,
    Lifecycle,
)
from gateway.store import check_answers, check_collections, check_refunds, journal
from gateway.store.allocations import Allocation
from gateway.store.bank_transactions import BankTransaction
from gateway.store.check_collections import Rule
from gateway.store.collection_runs import runs
from gateway.store.collections import collections
from gateway.store.columns import Minor, Row, table_of
from gateway.store.mandates import mandates, moves
from gateway.store.open_items import item_versions, open_items
from gateway.store.parties import payer_ibans
from gateway.store.refunds import refunds
from gateway.store.reviews import ReviewItem
from gateway.store.statements import Statement
from schemas.statement import StatementKind
from schemas.states import BankTransactionState, IbanSource, MandateState, ReviewState, StatementState

_allocations, _transactions = table_of(Allocation), table_of(BankTransaction)
_statements, _reviews = table_of(Statement), table_of(ReviewItem)
# Each of their moves is written down, so the last one leads to where they are.
_FOLLOWED: dict[str, Table] = {
    "mandate": mandates, "collection": collections, "collection_run": runs, "refund": refunds,
}  # fmt: skip
_LIFECYCLES: dict[str, Lifecycle[Any]] = {
    "mandate": MANDATE,
    "collection": COLLECTION,
    "collection_run": COLLECTION_RUN,
    "run_submission": RUN_SUBMISSION,
    "refund": REFUND,
    "statement_file": STATEMENT_FILE,
    "statement": STATEMENT,
    "bank_transaction": BANK_TRANSACTION,
    "review_item": REVIEW_ITEM,
}


async def broken_invariants(session: AsyncSession) -> AsyncIterator[str]:
    """Yield a sentence for each row that breaks a rule, and for each break of the journal."""
    async for sentence in journal.verify(session):
        yield sentence
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    for rule in (*(_whole_amounts() if is_sqlite else ()), *RULES):
        result = await session.stream(rule.query)
        async for row in result:
            yield rule.sentence(*row)
    async for sentence in _impossible_moves(session):
        yield sentence


def _whole_amounts() -> Iterator[Rule]:
    for table in Row.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Minor):
                yield _whole(table, column)


def _whole(table: Table, column: ColumnElement[Any]) -> Rule:
    key = next(iter(table.primary_key.columns))
    query = select(key).where(func.typeof(column).not_in(("integer", "null"))).order_by(key)
    return Rule(query, lambda row: f"{table.name} {row}: {column.name} is no whole number of minor units (INV-1)")


def _sums(amount: ColumnElement[Any], key: ColumnElement[Any]) -> Subquery:
    # Reversing rows take themselves off, so the sum of all rows is that of the live ones.
    total = cast(func.sum(amount), BigInteger).label("total")
    return select(key.label("key"), total).where(key.is_not(None)).group_by(key).subquery()


def _exceeds(part: ColumnElement[Any], whole: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(and_(whole >= 0, or_(part < 0, part > whole)), and_(whole < 0, or_(part > 0, part < whole)))


def _drawn() -> Iterator[Rule]:
    t, sums = _transactions.c, _sums(_allocations.c.bank_minor, _allocations.c.source_bank_transaction_id)
    drawn = func.coalesce(sums.c.total, 0)
    rows = _transactions.outerjoin(sums, sums.c.key == t.id)
    yield Rule(
        select(t.id, drawn, t.amount_minor).select_from(rows).where(_exceeds(drawn, t.amount_minor)).order_by(t.id),
        lambda key, part, whole: f"bank_transaction {key}: {part} of {whole} minor units are allocated (INV-2)",
    )
    yield Rule(
        select(t.id, t.allocated_minor, drawn).select_from(rows).where(t.allocated_minor != drawn).order_by(t.id),
        lambda key, said, found: f"bank_transaction {key} says {said} are allocated, its rows say {found} (INV-3)",
    )
    is_wrong = or_(
        and_(t.state == BankTransactionState.ALLOCATED, t.allocated_minor != t.amount_minor),
        and_(
            t.state.in_((BankTransactionState.NEW, BankTransactionState.IGNORED, BankTransactionState.SPLIT)),
            t.allocated_minor != 0,
        ),
    )
    yield Rule(
        select(t.id, t.state, t.allocated_minor, t.amount_minor).where(is_wrong).order_by(t.id),
        lambda key, state, part, whole: (
            f"bank_transaction {key} is {state}, but {part} of {whole} are allocated (INV-3)"
        ),
    )


def _settled() -> Iterator[Rule]:
    i, a = open_items.c, _allocations.c
    into, out_of = _sums(a.item_minor, a.target_item_id), _sums(a.item_minor, a.source_item_id)
    settled = func.coalesce(into.c.total, 0) - func.coalesce(out_of.c.total, 0)
    rows = open_items.outerjoin(into, into.c.key == i.id).outerjoin(out_of, out_of.c.key == i.id)
    yield Rule(
        select(i.id, settled, i.amount_minor).select_from(rows).where(_exceeds(settled, i.amount_minor)).order_by(i.id),
        lambda key, part, whole: f"open_item {key}: {part} of {whole} minor units are settled (INV-2)",
    )
    yield Rule(
        select(i.id, i.settled_minor, settled).select_from(rows).where(i.settled_minor != settled).order_by(i.id),
        lambda key, said, found: f"open_item {key} says {said} are settled, its rows say {found} (INV-3)",
    )
    yield Rule(
        select(i.id).where(i.cancelled_at.is_not(None), i.settled_minor != 0).order_by(i.id),
        lambda key: f"open_item {key} is cancelled, but something settles it (INV-3)",
    )


def _balanced() -> Iterator[Rule]:
    s = _statements.c
    adds_up = s.opening_minor + s.booked_sum_minor == s.closing_minor
    query = select(s.id, s.opening_minor, s.booked_sum_minor, s.closing_minor).where(
        s.state == StatementState.IMPORTED,
        s.kind == StatementKind.STATEMENT,
        s.take_reason == "",
        s.same_as_id.is_(None),
        not_(func.coalesce(adds_up, False)),
    )
    yield Rule(
        query.order_by(s.id),
        lambda key, start, booked, end: (
            f"statement {key} is imported without a reason, but {start} plus {booked} is not {end} (INV-4)"
        ),
    )


def _reversed() -> Iterator[Rule]:
    later, first = _allocations.alias("later"), _allocations.alias("first")
    differs = or_(
        later.c.bank_minor != -first.c.bank_minor,
        later.c.item_minor != -first.c.item_minor,
        first.c.reverses_id.is_not(None),
        *[
            func.coalesce(later.c[name], 0) != func.coalesce(first.c[name], 0)
            for name in ("source_bank_transaction_id", "source_item_id", "target_item_id")
        ],
    )
    rows = later.join(first, first.c.id == later.c.reverses_id)
    query = select(later.c.id, first.c.id).select_from(rows).where(differs)
    yield Rule(
        query.order_by(later.c.id),
        lambda key, other: f"allocation {key} reverses {other}, but is not its opposite (INV-5)",
    )
    named = _allocations.c.reverses_id
    yield Rule(
        select(named).where(named.is_not(None)).group_by(named).having(func.count() > 1).order_by(named),
        lambda key: f"allocation {key} is reversed more than once (INV-5)",
    )


def _once() -> Iterator[Rule]:
    t = _transactions.c
    identity = (t.bank_account_id, t.entry_key, t.occurrence, t.part)
    yield Rule(
        select(func.min(t.id), func.count()).group_by(*identity).having(func.count() > 1).order_by(func.min(t.id)),
        lambda key, count: f"bank_transaction {key} is stored {count} times (INV-7)",
    )
    first = _transactions.alias("first")
    gap = and_(
        t.occurrence > 1,
        ~exists().where(
            first.c.bank_account_id == t.bank_account_id,
            first.c.entry_key == t.entry_key,
            first.c.occurrence == t.occurrence - 1,
        ),
    )
    yield Rule(
        select(t.id, t.occurrence).where(gap).order_by(t.id),
        lambda key, place: f"bank_transaction {key} is number {place} of equal ones, the one before is missing (INV-8)",
    )


def _asked() -> Iterator[Rule]:
    t = _transactions.c
    is_asked = exists().where(_reviews.c.bank_transaction_id == t.id, _reviews.c.state == ReviewState.OPEN)
    yield Rule(
        select(t.id).where(t.state == BankTransactionState.IN_REVIEW, ~is_asked).order_by(t.id),
        lambda key: f"bank_transaction {key} is in review, but nobody is asked about it (INV-17)",
    )


def _versioned() -> Iterator[Rule]:
    i, v = open_items.c, item_versions.c
    any_version = item_versions.alias("any_version").c
    last = select(func.max(any_version.position)).where(any_version.open_item_id == i.id).scalar_subquery()
    differs = or_(
        v.amount_minor != i.amount_minor,
        v.disputed_minor != i.disputed_minor,
        v.party_id != i.party_id,
        v.due_date.is_distinct_from(i.due_date),
    )
    rows = open_items.join(item_versions, and_(v.open_item_id == i.id, v.position == last))
    query = select(i.id).select_from(rows).where(differs)
    yield Rule(query.order_by(i.id), lambda key: f"open_item {key} is not what its last version says (INV-20)")


def _known_from_mandates() -> Iterator[Rule]:
    p, m = payer_ibans.c, mandates.c
    is_active = exists().where(
        m.company_id == p.company_id, m.party_id == p.party_id, m.iban == p.iban, m.state == MandateState.ACTIVE
    )
    is_live = p.forgotten_at.is_(None)
    yield Rule(
        select(p.id).where(p.source == IbanSource.MANDATE, is_live, ~is_active).order_by(p.id),
        lambda key: f"payer_iban {key} is known from a mandate, but none is active (INV-16)",
    )


def _impossible(table: str, subject: int, from_state: str, to_state: str) -> bool:
    lifecycle = _LIFECYCLES.get(table)
    if lifecycle is None or from_state == to_state:
        return False
    states = type(lifecycle.start)
    if not {from_state, to_state} <= {state.value for state in states}:
        return True
    move = (states(from_state), states(to_state))
    return not lifecycle.allows(*move) and not lifecycle.takes_back(*move)


async def _impossible_moves(session: AsyncSession) -> AsyncIterator[str]:
    """Yield a sentence for each written move that no life cycle knows, and each row that is not where it moved."""
    m = moves.c
    query = select(m.subject_table, m.subject_id, m.from_state, m.to_state).order_by(
        m.subject_table, m.subject_id, m.position, m.id
    )
    last: dict[tuple[str, int], str] = {}
    result = await session.stream(query)
    async for table, subject, from_state, to_state in result:
        if _impossible(table, subject, from_state, to_state):
            yield f"{table} {subject} went from {from_state} to {to_state}, which is no move (INV-17)"
        if table in _FOLLOWED:
            if last.get((table, subject), from_state) != from_state:
                yield f"{table} {subject} left {from_state}, but it was {last[table, subject]} (INV-17)"
            last[table, subject] = to_state
    for name, followed in _FOLLOWED.items():
        states = await session.stream(select(followed.c.id, followed.c.state).order_by(followed.c.id))
        async for key, state in states:
            if last.get((name, key), state.value) != state.value:
                yield f"{name} {key} is {state.value}, but it moved to {last[name, key]} (INV-17)"


RULES: tuple[Rule, ...] = (
    *_drawn(),
    *_settled(),
    *_balanced(),
    *_reversed(),
    *_once(),
    *_asked(),
    *_versioned(),
    *_known_from_mandates(),
    *check_collections.RULES,
    *check_answers.RULES,
    *check_refunds.RULES,
)
