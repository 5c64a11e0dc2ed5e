"""What must always hold of debits that the bank answered: their money, their returns, the unpaid register."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Subquery, and_, cast, exists, func, not_, or_, select

from gateway.store.allocations import allocations
from gateway.store.bank_transactions import bank_transactions
from gateway.store.check_collections import Rule
from gateway.store.collections import collections
from gateway.store.unpaid import unpaid, unpaid_fees
from schemas.states import AllocationKind, BankTransactionState, CollectionState, IgnoreCategory, UnpaidState

_CAME_BACK = (CollectionState.REJECTED, CollectionState.RETURNED)


def _has_money() -> Iterator[Rule]:
    """Every settled debit has its money, and money settles no more and no less than itself (INV-3)."""
    c, t = collections.c, bank_transactions.c
    with_money = c.state.in_([CollectionState.SETTLED, CollectionState.RETURNED])
    yield Rule(
        select(c.id, c.state)
        .where(with_money, c.is_foreign.is_(False), or_(c.settled_by_id.is_(None), c.settled_date.is_(None)))
        .order_by(c.id),
        lambda key, state: f"collection {key} is {state}, but nothing brought its money (INV-3)",
    )
    total = cast(func.sum(c.amount_minor), BigInteger).label("total")
    sums = select(c.settled_by_id.label("key"), total).where(c.settled_by_id.is_not(None)).group_by(c.settled_by_id)
    found = sums.subquery()
    yield Rule(
        select(t.id, t.allocated_minor, found.c.total)
        .join(found, found.c.key == t.id)
        .where(t.allocated_minor != found.c.total)
        .order_by(t.id),
        lambda key, drawn, total: (
            f"bank_transaction {key} settles debits of {total}, but {drawn} of it are allocated (INV-3)"
        ),
    )


def _went_back() -> Iterator[Rule]:
    """Every returned debit has its row in the register, and what took it back opened as much again (INV-3, INV-5)."""
    c, u, a = collections.c, unpaid.c, allocations.c
    has_row = exists().where(u.collection_id == c.id)
    yield Rule(
        select(c.id, c.state).where(c.state.in_(_CAME_BACK), c.is_foreign.is_(False), ~has_row).order_by(c.id),
        lambda key, state: f"collection {key} is {state}, but not in the unpaid register (INV-17)",
    )
    is_back = (AllocationKind.RETURN, AllocationKind.ON_ACCOUNT)
    total = cast(func.sum(a.bank_minor), BigInteger).label("total")
    sums = select(a.source_bank_transaction_id.label("key"), total).where(a.kind.in_(is_back))
    found = sums.group_by(a.source_bank_transaction_id).subquery()
    opened = func.coalesce(found.c.total, 0)
    yield Rule(
        select(u.id, u.amount_minor, -opened)
        .select_from(unpaid.outerjoin(found, found.c.key == u.bank_transaction_id))
        .where(u.bank_transaction_id.is_not(None), u.amount_minor != -opened)
        .order_by(u.id),
        lambda key, amount, opened: f"unpaid {key} is of {amount}, but {opened} were opened again (INV-5)",
    )


def _is_complete() -> Iterator[Rule]:
    """A row of the register is of a debit that came back, by what the bank said, and a retry is one of it."""
    c, u = collections.c, unpaid.c
    rows = unpaid.join(collections, c.id == u.collection_id)
    yield Rule(
        select(u.id, c.id, c.state).select_from(rows).where(c.state.not_in(_CAME_BACK)).order_by(u.id),
        lambda key, collection, state: f"unpaid {key} is of collection {collection}, which is {state} (INV-17)",
    )
    # A person who asked the bank wrote down what it answered.
    nobody_said = and_(u.report_id.is_(None), u.bank_transaction_id.is_(None), u.words == "")
    yield Rule(
        select(u.id).where(nobody_said).order_by(u.id),
        lambda key: f"unpaid {key} has neither a report nor a bank transaction (INV-17)",
    )
    yield Rule(
        select(u.id).where(u.state == UnpaidState.RETRIED, u.retry_id.is_(None)).order_by(u.id),
        lambda key: f"unpaid {key} is presented again, but no collection says so (INV-11)",
    )


def _fees() -> Iterator[Rule]:
    """The fee of a row is what its bookings say: inside the one that took it back, and apart (INV-3)."""
    u, f, t, a = unpaid.c, unpaid_fees.c, bank_transactions.c, allocations.c
    kept = _sums(a.source_bank_transaction_id, -a.bank_minor, a.kind == AllocationKind.BANK_FEE)
    apart = _sums(f.unpaid_id, f.amount_minor)
    said = func.coalesce(kept.c.total, 0) + func.coalesce(apart.c.total, 0)
    rows = unpaid.outerjoin(kept, kept.c.key == u.bank_transaction_id).outerjoin(apart, apart.c.key == u.id)
    yield Rule(
        select(u.id, u.fee_minor + u.compensation_minor, said)
        .select_from(rows)
        .where(u.fee_minor + u.compensation_minor != said)
        .order_by(u.id),
        lambda key, fee, said: f"unpaid {key} says the banks kept {fee}, its bookings say {said} (INV-3)",
    )
    ties = _sums(f.bank_transaction_id, f.amount_minor)
    is_fee = and_(t.state == BankTransactionState.IGNORED, t.category == IgnoreCategory.BANK_FEE)
    yield Rule(
        select(t.id, -t.amount_minor, ties.c.total)
        .join(ties, ties.c.key == t.id)
        .where(or_(-t.amount_minor != ties.c.total, not_(is_fee)))
        .order_by(t.id),
        lambda key, amount, total: (
            f"bank_transaction {key} is no fee of {total}, but as much of it belongs to debits (INV-3)"
            if amount == total
            else f"bank_transaction {key} is a fee of {amount}, but {total} of it belong to debits (INV-3)"
        ),
    )


def _sums(key: ColumnElement[Any], amount: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Subquery:
    total = cast(func.sum(amount), BigInteger).label("total")
    return select(key.label("key"), total).where(*conditions).group_by(key).subquery()


RULES = (*_has_money(), *_went_back(), *_is_complete(), *_fees())
