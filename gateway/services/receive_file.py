"""Receive a file: keep its bytes, then record that it came. Nothing is understood yet.

The same bytes again are an answer, not a row.
"""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from gateway.store import statements
from gateway.store.database import Database, collides_with
from gateway.store.originals import Originals
from gateway.store.statements import StatementFile
from gateway.store.work import Actor
from schemas.states import StatementFileState


class Receipt(NamedTuple):
    """Which file row stands for the bytes, and whether they came for the first time."""

    file_id: int
    sha256: str
    is_new: bool


async def receive_file(
    database: Database,
    originals: Originals,
    *,
    name: str,
    pieces: AsyncIterator[bytes],
    channel: str,
    company_id: int,
    companies: Sequence[int],
    actor: Actor,
    now: dt.datetime,
) -> Receipt:
    """Keep the bytes and record the file. Raises TooLarge, and then nothing is kept.

    ``name`` is text to show. ``companies`` are those that the sender may import for.
    """
    kept = await originals.keep(pieces)
    known = await _known(database, company_id, kept.sha256)
    if known is not None:
        return Receipt(known, kept.sha256, is_new=False)
    try:
        async with database.begin(actor=actor, now=now, company_id=company_id) as work:
            row = StatementFile(
                id=work.new_id(),
                company_id=company_id,
                sha256=kept.sha256,
                name=shown_name(name),
                size=kept.size,
                channel=channel,
                companies=list(companies),
                state=StatementFileState.RECEIVED,
                warnings=[],
                received_at=now,
                received_by=actor.name,
                journal_id=work.journal_id,
            )
            work.add(row)
            work.say("receive_file", f"file:{row.id}", bytes=kept.size)
            await work.flush()
            work.reach("file_recorded")
    except Exception as error:
        # Somebody else recorded the same bytes at the same moment: theirs is the row.
        if not collides_with(error, "uq_statement_file_company_id_sha256"):
            raise
        known = await _known(database, company_id, kept.sha256)
        if known is None:
            raise
        return Receipt(known, kept.sha256, is_new=False)
    return Receipt(row.id, kept.sha256, is_new=True)


async def _known(database: Database, company_id: int, sha256: str) -> int | None:
    async with database.read() as session:
        row = await statements.file_by_hash(session, company_id=company_id, sha256=sha256)
        return row.id if row else None


def shown_name(name: str) -> str:
    """Return a caller's file name as text to show: its last part, printable, at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable())[:200] or "file"
