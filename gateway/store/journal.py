"""The journal: one row per unit of work, chained by hashes, one chain per company and one (0) for all.

Its digest covers every immutable row that the work wrote, in a canonical form of keys, amounts and states. Names,
texts and IBANs are never in it, so erasing personal data later does not break the chain.
"""

import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Index, Table, UniqueConstraint, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from gateway.store import columns
from gateway.store.columns import Row, facts_text, moment_text, table_of
from gateway.store.digest import canonical, cover_table, covered_tables
from gateway.store.work import Work

GENESIS = "0" * 64


class Journal(Row, table=True):
    """One unit of work: who, when, what, why, and what it wrote."""

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("chain_id", "seq"), Index("ix_journal_subject", "chain_id", "subject", "seq"))

    id: int = columns.key(primary=True)
    chain_id: int = columns.key()
    seq: int = columns.key()
    at: dt.datetime = columns.moment()
    actor: str = columns.text()
    verb: str = columns.text()
    subject: str = columns.text()
    reason: str = columns.text()
    counts: dict[str, int] = columns.facts()
    digest: str = columns.text()
    prev: str = columns.text()
    hash: str = columns.text()


class JournalHead(Row, table=True):
    """The end of a chain."""

    __tablename__ = "journal_head"

    chain_id: int = columns.key(primary=True)
    seq: int = columns.key()
    hash: str = columns.text()


class Move(Row, table=True):
    """One move along a life cycle by a person, or of a mandate, run or collection."""

    __tablename__ = "move"
    __table_args__ = (UniqueConstraint("subject_table", "subject_id", "position"),)

    id: int = columns.key(primary=True)
    company_id: int | None = columns.key(nullable=True)
    subject_table: str = columns.text()
    subject_id: int = columns.key()
    position: int = columns.number()
    from_state: str = columns.text()
    to_state: str = columns.text()
    at: dt.datetime = columns.moment()
    actor: str = columns.text()
    reason: str = columns.text()
    journal_id: int = columns.key()


_rows, _heads = table_of(Journal), table_of(JournalHead)
# Made once: every unit of work ends with them.
_HEAD = select(_heads.c.seq, _heads.c.hash).where(_heads.c.chain_id == bindparam("chain")).with_for_update()
_APPEND, _BEGIN = insert(_rows), insert(_heads)
_MOVE_HEAD = (
    update(_heads).where(_heads.c.chain_id == bindparam("chain")).values(seq=bindparam("end"), hash=bindparam("last"))
)
cover_table("move", "id", "subject_table", "subject_id", "position", "from_state", "to_state")


async def append(work: Work) -> None:
    """Write the work's journal row at the end of its chain. Raises RuntimeError when rows were written in silence."""
    if not work.is_journaled:
        if work.entry.lines:
            raise RuntimeError(f"work wrote {sorted(work.entry.lines)} without saying what it did")
        return
    connection = await work.session.connection()
    end, prev = await _locked_head(connection, work.chain_id)
    row = Journal(
        id=work.journal_id,
        chain_id=work.chain_id,
        seq=end + 1,
        at=work.now,
        actor=work.actor.word,
        verb=work.entry.verb,
        subject=work.entry.subject,
        reason=work.entry.reason,
        counts=work.entry.counts,
        digest=work.entry.digest(),
        prev=prev,
        hash="",
    )
    row.hash = chained_hash(row)
    await connection.execute(_APPEND, row.model_dump())
    await connection.execute(_MOVE_HEAD, {"chain": row.chain_id, "end": row.seq, "last": row.hash})


async def _locked_head(connection: AsyncConnection, chain_id: int) -> tuple[int, str]:
    """Lock the end of a chain, which begins now if it is not there; return its number and its hash."""
    head = (await connection.execute(_HEAD, {"chain": chain_id})).one_or_none()
    if head is not None:
        return head.seq, head.hash
    await connection.execute(_BEGIN, {"chain_id": chain_id, "seq": 0, "hash": GENESIS})
    return 0, GENESIS


async def end_of(session: AsyncSession, chain_id: int) -> int:
    """Return the number of the last row of a chain; 0 before the first."""
    query = select(_heads.c.seq).where(_heads.c.chain_id == chain_id)
    return (await session.execute(query)).scalar_one_or_none() or 0


def chained_hash(row: Journal) -> str:
    """Return the hash that binds a journal row to all rows before it."""
    values = (row.id, row.chain_id, row.seq, moment_text(row.at), row.actor, row.verb, row.subject, row.reason)
    line = canonical("journal", [*values, facts_text(row.counts), row.digest, row.prev])
    return hashlib.sha256(line.encode()).hexdigest()


async def verify(session: AsyncSession) -> AsyncIterator[str]:
    """Yield a sentence for each break of a chain and each digest that its rows no longer give."""
    async for sentence in _verify_chains(session):
        yield sentence
    async for sentence in _verify_digests(session):
        yield sentence


async def _verify_chains(session: AsyncSession) -> AsyncIterator[str]:
    heads = {head.chain_id: head for head in (await session.execute(select(JournalHead))).scalars()}
    seen: dict[int, tuple[int, str]] = {}
    rows = await session.stream_scalars(select(Journal).order_by(Journal.chain_id, Journal.seq))  # type: ignore[arg-type]
    async for row in rows:
        seq, hashed = seen.get(row.chain_id, (0, GENESIS))
        if row.seq != seq + 1 or row.prev != hashed or row.hash != chained_hash(row):
            yield f"journal {row.chain_id}/{row.seq} does not follow from the row before it"
        seen[row.chain_id] = (row.seq, row.hash)
    for chain_id, head in heads.items():
        if seen.get(chain_id, (0, GENESIS)) != (head.seq, head.hash):
            yield f"journal {chain_id} does not end where its head says (row {head.seq})"


async def _verify_digests(session: AsyncSession) -> AsyncIterator[str]:
    """Compare the digests with the rows, table after table, merging by the journal key."""
    hashers: dict[int, Any] = {}
    for table_name, names in covered_tables().items():
        async for journal_id, line in _covered_lines(session, Row.metadata.tables[table_name], names):
            hashers.setdefault(journal_id, hashlib.sha256()).update(line.encode())
    rows = await session.stream(select(Journal.id, Journal.chain_id, Journal.seq, Journal.digest))  # type: ignore[call-overload]
    async for journal_id, chain_id, seq, digest in rows:
        found = hashers.pop(journal_id, hashlib.sha256()).hexdigest()
        if found != digest:
            yield f"journal {chain_id}/{seq}: the rows it wrote were changed since"
    for journal_id in sorted(hashers):
        yield f"rows name journal {journal_id}, which does not exist"


async def _covered_lines(session: AsyncSession, table: Table, names: Sequence[str]) -> AsyncIterator[tuple[int, str]]:
    query = select(table.c.journal_id, *[table.c[name] for name in names]).order_by(table.c.journal_id, table.c.id)
    result = await session.stream(query)
    async for journal_id, *values in result:
        yield journal_id, canonical(table.name, values)
