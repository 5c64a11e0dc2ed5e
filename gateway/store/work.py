"""The unit of work that services are given: the session, who acts, when, and the keys and journal of the work."""

import asyncio
import datetime as dt
import hashlib
import zlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.columns import Row
from gateway.store.digest import canonical, covered_columns
from gateway.store.ids import IdPool

_PLAIN_MAX = 32_000_000  # Characters of lines that are kept as they are.
CrashPoints = Callable[[str], None]


def no_crash_points(_point: str) -> None:
    """Do nothing at a crash point; tests pass a function that stops there."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, a machine token, or the gateway itself."""

    kind: str  # user, token, system
    id: int | None
    name: str

    @property
    def word(self) -> str:
        """The actor as the journal names it: kind and key, never a name."""
        return self.kind if self.id is None else f"{self.kind}:{self.id}"


SYSTEM = Actor("system", None, "Gateway")


@dataclass(slots=True)
class JournalEntry:
    """What the journal will say of this unit of work."""

    verb: str = ""
    subject: str = ""
    reason: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    lines: dict[str, list[tuple[int, str | bytes]]] = field(default_factory=dict)  # Bytes are compressed.
    size: int = 0  # Of all lines, in characters.

    def cover(self, table: str, first_id: int, lines: str) -> None:
        """Keep canonical lines for the digest; those of a million rows are compressed."""
        self.size += len(lines)
        kept = zlib.compress(lines.encode(), level=1) if self.size > _PLAIN_MAX else lines
        self.lines.setdefault(table, []).append((first_id, kept))

    def digest(self) -> str:
        """Return the SHA-256 over the canonical lines, ordered by table and id."""
        sha = hashlib.sha256()
        for table in sorted(self.lines):
            for _, lines in sorted(self.lines[table], key=itemgetter(0)):
                sha.update(lines.encode() if isinstance(lines, str) else zlib.decompress(lines))
        return sha.hexdigest()


class Work:
    """One unit of work. Services add rows and say what was done; nobody commits inside."""

    def __init__(
        self,
        session: AsyncSession,
        ids: IdPool,
        actor: Actor,
        now: dt.datetime,
        company_id: int | None,
        crash_points: CrashPoints,
        *,
        is_sqlite: bool,
    ) -> None:
        self.session = session
        self.actor = actor
        self.now = now
        self.is_sqlite = is_sqlite
        self.entry = JournalEntry()
        self.touched_items: set[int] = set()  # Items that this work changed or settled.
        self.asked_again: set[int] = set()  # Bank transactions whose question this work opened again.
        self._ids = ids
        self._company_id = company_id
        self._crash_points = crash_points
        self._journal_id: int | None = None
        self._is_flowing = False
        self._on_its_way: asyncio.Task[None] | None = None

    @property
    def company_id(self) -> int:
        """The company whose data this work changes. Work on users and settings has none."""
        if self._company_id is None:
            raise RuntimeError("this unit of work belongs to no company")
        return self._company_id

    @property
    def chain_id(self) -> int:
        """The journal chain: the company's, or 0 for what concerns all."""
        return self._company_id or 0

    @property
    def journal_id(self) -> int:
        """The key of this work's journal row; immutable rows carry it."""
        if self._journal_id is None:
            self._journal_id = self.new_id()
        return self._journal_id

    @property
    def is_journaled(self) -> bool:
        """Whether the work said what it did."""
        return bool(self.entry.verb)

    def new_id(self) -> int:
        """Return a new key."""
        return self._ids.take()

    def new_ids(self, count: int) -> list[int]:
        """Return new keys in ascending order; the work must have been begun with enough of them."""
        return self._ids.take_many(count)

    def add(self, *rows: Row) -> None:
        """Add new rows; those of immutable tables come under the journal's digest."""
        for row in rows:
            table = row.__table__.name  # type: ignore[attr-defined]
            columns = covered_columns(table)
            if columns:
                values = [getattr(row, column) for column in columns]
                self.cover(table, values[0], canonical(table, values))
            self.session.add(row)

    async def flush(self) -> None:
        """Send what was added to the database, so that constraints speak now."""
        if self.session.new or self.session.dirty:
            await self.catch_up()
        await self.session.flush()

    @asynccontextmanager
    async def flowing(self) -> AsyncIterator[None]:
        """Inside, bulk rows are sent while the next are made ready; nothing else may be asked of the database."""
        self._is_flowing = True
        try:
            yield
        finally:
            self._is_flowing = False
            await self.catch_up()

    async def send(self, sending: Coroutine[Any, Any, None]) -> None:
        """Let bulk rows go to the database, after those that are still on their way."""
        await self.catch_up()
        self._on_its_way = asyncio.create_task(sending)
        await (asyncio.sleep(0) if self._is_flowing else self.catch_up())

    async def catch_up(self) -> None:
        """Wait for the bulk rows that are on their way. Raises what the database says of them."""
        task, self._on_its_way = self._on_its_way, None
        if task is not None:
            await task

    def reach(self, point: str) -> None:
        """Pass a named crash point."""
        self._crash_points(point)

    def say(self, verb: str, subject: str, *, reason: str = "", **counts: int) -> None:
        """Say what was done, for the journal: once per unit of work; later calls add their counts."""
        entry = self.entry
        entry.verb = entry.verb or verb
        entry.subject = entry.subject or subject
        entry.reason = entry.reason or reason
        for name, count in counts.items():
            entry.counts[name] = entry.counts.get(name, 0) + count

    def cover(self, table: str, first_id: int, lines: str) -> None:
        """Put written immutable rows under the journal's digest: canonical lines of rows in the order of their keys."""
        self.entry.cover(table, first_id, lines)
