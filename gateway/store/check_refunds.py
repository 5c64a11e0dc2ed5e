"""What must always hold of refunds that the bank paid: the booking that took the money, what came back, their runs."""

from collections.abc import Iterator

from sqlalchemy import BigInteger, and_, cast, exists, func, or_, select

from gateway.store.bank_transactions import bank_transactions
from gateway.store.check_collections import Rule
from gateway.store.collection_runs import batches, runs
from gateway.store.refunds import refunds
from gateway.store.refunds_in_runs import LIVE
from schemas.states import RefundState, RunKind, RunState

_ENDED = (RefundState.SETTLED, RefundState.FAILED)


def _has_booking() -> Iterator[Rule]:
    """A refund is paid by a booking, which is allocated at least as far, and only then (INV-3, INV-17)."""
    z, t = refunds.c, bank_transactions.c
    has_not = and_(z.state == RefundState.SETTLED, z.settled_by_id.is_(None))
    has_early = and_(z.state.not_in(_ENDED), z.settled_by_id.is_not(None))
    yield Rule(
        select(z.id, z.state, z.settled_by_id).where(or_(has_not, has_early)).order_by(z.id),
        lambda key, state, by: f"refund {key} is {state}, paid by bank_transaction {by} (INV-17)",
    )
    total = cast(func.sum(z.amount_minor), BigInteger).label("total")
    sums = select(z.settled_by_id.label("key"), total).where(z.settled_by_id.is_not(None)).group_by(z.settled_by_id)
    found = sums.subquery()
    yield Rule(
        select(t.id, t.allocated_minor, found.c.total)
        .join(found, found.c.key == t.id)
        .where(-t.allocated_minor < found.c.total)
        .order_by(t.id),
        lambda key, drawn, total: f"bank_transaction {key} pays refunds of {total}, but {drawn} are allocated (INV-3)",
    )
    came_back = exists().where(
        t.company_id == z.company_id, t.end_to_end_id == z.end_to_end_id, t.amount_minor > 0, t.allocated_minor > 0
    )
    yield Rule(
        select(z.id).where(z.state == RefundState.FAILED, z.settled_by_id.is_not(None), ~came_back).order_by(z.id),
        lambda key: f"refund {key} was paid and failed, but no money of it came back (INV-3)",
    )


def _in_its_run() -> Iterator[Rule]:
    """A run of refunds is closed when the bank paid or failed each of them, and not before (INV-17)."""
    z, r = refunds.c, runs.c
    waits = exists().where(z.batch_id == batches.c.id, batches.c.run_id == r.id, z.state.in_(LIVE))
    astray = or_(and_(r.state == RunState.CLOSED, waits), and_(r.state == RunState.SUBMITTED, ~waits))
    yield Rule(
        select(r.id, r.state).where(r.kind == RunKind.REFUND, astray).order_by(r.id),
        lambda key, state: f"collection_run {key} is {state}, its refunds are not (INV-17)",
    )


RULES = (*_has_booking(), *_in_its_run())
