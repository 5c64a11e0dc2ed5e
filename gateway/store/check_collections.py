"""What must always hold of collections, runs and refunds (INV-11 to INV-18), as queries for ``check``."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, exists, func, not_, or_, select, union_all

from gateway.store.collection_runs import approvals, batches, runs, submissions
from gateway.store.collections import collections, lines
from gateway.store.due_items import ASKED
from gateway.store.mandates import moves
from gateway.store.open_items import open_items
from gateway.store.refunds import refunds
from gateway.store.refunds_in_runs import LIVE
from schemas.states import CollectionState, RunKind, RunState, SubmissionState


class Rule(NamedTuple):
    """A rule: the query that finds what breaks it, and the sentence for each row of the answer."""

    query: Select[*tuple[Any, ...]]
    sentence: Callable[..., str]


_IN_FILE = (
    CollectionState.BATCHED, CollectionState.SUBMITTED, CollectionState.SETTLED, CollectionState.REJECTED,
    CollectionState.RETURNED,
)  # fmt: skip
_LEFT = (RunState.APPROVED, RunState.SUBMITTED, RunState.CLOSED)


def _total(column: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def _asked_for() -> Iterator[Rule]:
    """What live collections and refunds ask of an item is what the guard beside it says (INV-11)."""
    of_lines = (
        select(lines.c.open_item_id.label("key"), lines.c.amount_minor.label("amount"))
        .join(collections, collections.c.id == lines.c.collection_id)
        .where(collections.c.state.in_(ASKED))
    )
    of_refunds = select(refunds.c.open_item_id, -refunds.c.amount_minor).where(refunds.c.state.in_(LIVE))
    asked = union_all(of_lines, of_refunds).subquery()
    sums = select(asked.c.key, cast(func.sum(asked.c.amount), BigInteger).label("total")).group_by(asked.c.key)
    found = sums.subquery()
    total, i = func.coalesce(found.c.total, 0), open_items.c
    rows = open_items.outerjoin(found, found.c.key == i.id)
    yield Rule(
        select(i.id, i.collecting_minor, total).select_from(rows).where(i.collecting_minor != total).order_by(i.id),
        lambda key, said, is_: f"open_item {key} says {said} are asked for, live collections ask for {is_} (INV-11)",
    )


def _in_one_batch() -> Iterator[Rule]:
    """A collection is as large as its lines, and in a block as soon as it is in a file (INV-11, INV-13)."""
    c = collections.c
    sums = select(lines.c.collection_id, _total(lines.c.amount_minor).label("total")).group_by(lines.c.collection_id)
    found = sums.subquery()
    total = func.coalesce(found.c.total, 0)
    rows = collections.outerjoin(found, found.c.collection_id == c.id)
    yield Rule(
        select(c.id, c.amount_minor, total).select_from(rows).where(c.amount_minor != total).order_by(c.id),
        lambda key, amount, is_: f"collection {key} asks for {amount}, its lines for {is_} (INV-11)",
    )
    yield Rule(
        select(c.id, c.state)
        .where(c.state.in_(_IN_FILE), c.batch_id.is_(None), c.is_foreign.is_(False))
        .order_by(c.id),
        lambda key, state: f"collection {key} is {state}, but in no file (INV-11)",
    )
    run_of = collections.join(batches, batches.c.id == c.batch_id).join(runs, runs.c.id == batches.c.run_id)
    astray = or_(
        and_(c.state == CollectionState.BATCHED, runs.c.state.not_in([RunState.FROZEN, RunState.APPROVED])),
        and_(c.state == CollectionState.SUBMITTED, runs.c.state != RunState.SUBMITTED),
        and_(runs.c.state == RunState.DISCARDED, c.state != CollectionState.CANCELLED),
    )
    yield Rule(
        select(c.id, c.state, runs.c.id, runs.c.state).select_from(run_of).where(astray).order_by(c.id),
        lambda key, state, run, is_: f"collection {key} is {state} in run {run}, which is {is_} (INV-11, INV-17)",
    )


def _added_up() -> Iterator[Rule]:
    """Blocks are the sum of their collections, runs the sum of their blocks (INV-13)."""
    b, c, r = batches.c, collections.c, runs.c
    in_batch = (
        select(c.batch_id, func.count().label("many"), _total(c.amount_minor).label("total"))
        .where(c.batch_id.is_not(None))
        .group_by(c.batch_id)
        .subquery()
    )
    of_refunds = (
        select(refunds.c.batch_id, func.count().label("many"), _total(refunds.c.amount_minor).label("total"))
        .where(refunds.c.batch_id.is_not(None))
        .group_by(refunds.c.batch_id)
        .subquery()
    )
    for inside, kind in ((in_batch, RunKind.DIRECT_DEBIT), (of_refunds, RunKind.REFUND)):
        many, total = func.coalesce(inside.c.many, 0), func.coalesce(inside.c.total, 0)
        rows = batches.join(runs, r.id == b.run_id).outerjoin(inside, inside.c.batch_id == b.id)
        yield Rule(
            select(b.id, b.collection_count, b.sum_minor, many, total)
            .select_from(rows)
            .where(r.kind == kind, or_(b.collection_count != many, b.sum_minor != total))
            .order_by(b.id),
            lambda key, count, amount, many, total: (
                f"collection_batch {key} says {count} of {amount}, its rows say {many} of {total} (INV-13)"
            ),
        )
    sums = (
        select(b.run_id, _total(b.collection_count).label("many"), _total(b.sum_minor).label("total"))
        .group_by(b.run_id)
        .subquery()
    )
    many, total = func.coalesce(sums.c.many, 0), func.coalesce(sums.c.total, 0)
    is_frozen = r.state.in_([RunState.FROZEN, *_LEFT])
    yield Rule(
        select(r.id, r.collection_count, r.sum_minor, many, total)
        .select_from(runs.outerjoin(sums, sums.c.run_id == r.id))
        .where(is_frozen, or_(r.collection_count != many, r.sum_minor != total))
        .order_by(r.id),
        lambda key, count, amount, many, total: (
            f"collection_run {key} says {count} of {amount}, its blocks say {many} of {total} (INV-13)"
        ),
    )
    yield Rule(
        select(r.id).where(is_frozen, or_(r.sha256 == "", r.byte_count == 0)).order_by(r.id),
        lambda key: f"collection_run {key} is frozen without the hash of its bytes (INV-14)",
    )


def _approved() -> Iterator[Rule]:
    """What left was approved by another person, for exactly these bytes (INV-14, INV-18)."""
    a, r, s = approvals.c, runs.c, submissions.c
    is_right = and_(
        a.sha256 == r.sha256, a.sum_minor == r.sum_minor, a.collection_count == r.collection_count,
        or_(r.made_by_id.is_(None), a.user_id != r.made_by_id),
    )  # fmt: skip
    yield Rule(
        select(r.id, r.state)
        .where(r.state.in_(_LEFT), not_(exists().where(a.run_id == r.id, is_right)))
        .order_by(r.id),
        lambda key, state: f"collection_run {key} is {state} without the approval of another person (INV-18)",
    )
    yield Rule(
        select(a.id, r.id).join(runs, r.id == a.run_id).where(not_(is_right)).order_by(a.id),
        lambda key, run: f"run_approval {key} is not for what run {run} is, or is its maker's own (INV-18)",
    )
    yield Rule(
        select(s.id, r.id).join(runs, r.id == s.run_id).where(s.sha256 != r.sha256).order_by(s.id),
        lambda key, run: f"run_submission {key} sent other bytes than run {run} has (INV-14)",
    )
    was_sent = exists().where(s.run_id == r.id, s.state == SubmissionState.SENT)
    yield Rule(
        select(r.id, r.state).where(r.state.in_([RunState.SUBMITTED, RunState.CLOSED]), not_(was_sent)).order_by(r.id),
        lambda key, state: f"collection_run {key} is {state}, but no attempt to send it succeeded (INV-15)",
    )


def _begun() -> Iterator[Rule]:
    """A collection that nobody moved is where one begins: planned by a person, or in the file that asked first."""
    c, m = collections.c, moves.c
    has_moved = exists().where(m.subject_table == "collection", m.subject_id == c.id)
    begins = c.state.in_([CollectionState.PLANNED, CollectionState.BATCHED])
    yield Rule(
        select(c.id, c.state).where(not_(begins), c.is_foreign.is_(False), not_(has_moved)).order_by(c.id),
        lambda key, state: f"collection {key} is {state}, but never moved there (INV-17)",
    )


RULES = (*_begun(), *_asked_for(), *_in_one_batch(), *_added_up(), *_approved())
