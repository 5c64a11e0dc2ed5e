"""The journal as people read it: its rows in pages, the latest first, filtered, and the whole trail of one thing."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.allocations import allocations, decisions
from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import table_of
from gateway.store.journal import Journal, Move
from gateway.store.journal_subjects import SUBJECT
from gateway.store.open_items import item_versions
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.parties import PartyVersion
from gateway.store.reviews import ReviewItem
from gateway.store.statements import Statement

FOR_ALL = 0  # The chain of what concerns all companies: log-ins, sessions.
_rows, _moves, _versions = table_of(Journal), table_of(Move), table_of(PartyVersion)
_transactions, _statements, _reviews = table_of(BankTransaction), table_of(Statement), table_of(ReviewItem)


class JournalFilter(NamedTuple):
    """Which rows are listed; what is empty does not count. ``until_at`` is no longer in it."""

    actor: str = ""
    verb: str = ""
    kind: str = ""  # What a subject is: the word before its key.
    trail: "Trail | None" = None
    people: Sequence[str] | None = None  # Only what these did, or what was done to them.
    from_at: dt.datetime | None = None
    until_at: dt.datetime | None = None


class Trail(NamedTuple):
    """The rows of the journal that concern one thing: by what they name, or by what they wrote."""

    subjects: Sequence[str]
    journal_ids: Sequence[int] = ()


async def list_journal(
    session: AsyncSession, *, chain_id: int, wanted: JournalFilter, cursor: str = "", limit: int = 50
) -> Page[Journal]:
    """Return a page of one chain, the latest first. Raises InvalidCursor."""
    limit = limited(limit)
    query = _filtered(select(Journal).where(_rows.c.chain_id == chain_id), wanted)
    if cursor:
        query = query.where(_rows.c.seq < read_cursor(cursor, (int,))[0])
    found = (await session.execute(query.order_by(_rows.c.seq.desc()).limit(limit + 1))).scalars().all()
    more = write_cursor((found[limit - 1].seq,)) if len(found) > limit else None
    return Page(tuple(found[:limit]), more)


def _filtered(query: Select[Journal], wanted: JournalFilter) -> Select[Journal]:
    r = _rows.c
    if wanted.actor:
        query = query.where(r.actor == wanted.actor)
    if wanted.verb:
        query = query.where(r.verb == wanted.verb)
    if wanted.kind:
        query = query.where(r.subject.startswith(f"{wanted.kind}:", autoescape=True))
    if wanted.people is not None:
        query = query.where(r.actor.in_(wanted.people) | r.subject.in_(wanted.people))
    if wanted.trail is not None:
        query = query.where(r.subject.in_(wanted.trail.subjects) | r.id.in_(wanted.trail.journal_ids))
    if wanted.from_at is not None:
        query = query.where(r.at >= wanted.from_at)
    if wanted.until_at is not None:
        query = query.where(r.at < wanted.until_at)
    return query


async def trail_of(session: AsyncSession, *, company_id: int, subject: str) -> Trail:
    """Return what concerns a thing, as far as the company has it: also what its rows were written by.

    For a bank transaction that is the way from the file that it came with to the last decision on it.
    """
    match = SUBJECT.fullmatch(subject)
    kind, key = (match[1], int(match[2])) if match else ("", 0)
    if kind == "bank_transaction":
        return await _trail_of_transaction(session, company_id, key)
    if kind == "open_item":
        a, v = allocations.c, item_versions.c
        mine = (a.target_item_id == key) | (a.source_item_id == key) | (a.opened_item_id == key)
        written = union(
            select(a.journal_id).where(a.company_id == company_id, mine),
            select(v.journal_id).where(v.company_id == company_id, v.open_item_id == key),
        )
        return Trail([subject], (await session.execute(written)).scalars().all())
    if kind == "party":
        p = _versions.c
        changed = select(p.journal_id).where(p.company_id == company_id, p.party_id == key)
        return Trail([subject], (await session.execute(changed)).scalars().all())
    return Trail([subject])


async def _trail_of_transaction(session: AsyncSession, company_id: int, key: int) -> Trail:
    t, s, a, d, m, q = _transactions.c, _statements.c, allocations.c, decisions.c, _moves.c, _reviews.c
    came = select(s.id, s.file_id).join(_transactions, t.statement_id == s.id)
    names = [f"bank_transaction:{key}"]
    for statement_id, file_id in await session.execute(came.where(t.company_id == company_id, t.id == key)):
        names += [f"statement:{statement_id}", f"file:{file_id}"]
    asked = select(q.id).where(q.company_id == company_id, q.bank_transaction_id == key)
    names += [f"review_item:{item_id}" for item_id in (await session.execute(asked)).scalars()]
    decided = select(a.journal_id).join(decisions, d.id == a.decision_id)
    moved = select(m.journal_id).where(m.company_id == company_id, m.subject_table == "bank_transaction")
    written = union(
        decided.where(d.company_id == company_id, d.bank_transaction_id == key), moved.where(m.subject_id == key)
    )
    return Trail(names, (await session.execute(written)).scalars().all())
