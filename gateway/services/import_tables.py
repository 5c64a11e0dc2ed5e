"""Import a table of customers, invoices, mandates or collections: say first what it would change, then change it.

Large tables are written in pieces, one unit of work each. Every piece is planned again just before it is written, so
an import that stopped half-way is simply started again: what was written is unchanged then.
"""

import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gateway.domain.import_step import Difference, Outcome
from gateway.services.import_rows import IMPORTERS, Importer
from gateway.store import companies
from gateway.store.database import Database, ReadSession, retried
from gateway.store.work import Actor, Work
from schemas.errors import GatewayError
from schemas.tables import CollectionRow, CustomerRow, InvoiceRow, MandateRow, Mapping, RowError, TableKind

PIECE = 5_000
SHOWN_MAX = 500
Progress = Callable[[int, int], Awaitable[None]]


class RowsUnreadable(GatewayError):
    """Some rows cannot be imported; nothing was changed."""

    code = "rows_unreadable"

    def __init__(self, plan: "ImportPlan") -> None:
        first = "; ".join(str(error) for error in plan.errors[:3])
        super().__init__(f"{len(plan.errors)} rows cannot be imported ({first}). Nothing was changed")
        self.plan = plan


class Table(NamedTuple):
    """A table as it was read: typed rows, what could not be read, and which columns there are (by field name)."""

    kind: TableKind
    columns: frozenset[str]
    rows: Sequence[CustomerRow] | Sequence[InvoiceRow] | Sequence[MandateRow] | Sequence[CollectionRow]
    errors: Sequence[RowError] = ()


class PlannedRow(NamedTuple):
    """One row that is not as it is stored: its line in the file, what it is called, and what differs."""

    row: int
    name: str
    outcome: Outcome
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class ImportPlan:
    """What an import would do, or did. ``rows`` are the first that are not unchanged."""

    kind: TableKind
    counts: Counter[Outcome] = field(default_factory=Counter)
    errors: list[RowError] = field(default_factory=list)
    rows: list[PlannedRow] = field(default_factory=list)

    def add(self, row: int, name: str, step: Any) -> None:
        """Count a row that can be imported."""
        outcome: Outcome = step.outcome
        self.counts[outcome] += 1
        if outcome is not Outcome.UNCHANGED and len(self.rows) < SHOWN_MAX:
            self.rows.append(PlannedRow(row, name, outcome, step.differences))


async def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def columns_of(mapping: Mapping) -> frozenset[str]:
    """Return which columns a table read with this mapping has."""
    return frozenset(name for name, _ in (*mapping.columns, *mapping.constants))


async def plan_import(
    session: ReadSession, *, company_id: int, table: Table, today: dt.date = dt.date.max
) -> ImportPlan:
    """Return what importing a table would do.

    Only collections ask which day it is: without it each is one of the past.
    """
    importer = IMPORTERS[table.kind](company_id, table.columns, today)
    plan, rows = await _made_ready(session, importer, table)
    for piece in _pieces(rows):
        _count(plan, importer, piece, await importer.plan(session, piece, lock=False))
    return plan


async def apply_import(
    database: Database,
    *,
    company_id: int,
    actor: Actor,
    now: Callable[[], dt.datetime],
    table: Table,
    source: str,
    keep_good_rows: bool = False,
    progress: Progress = no_progress,
) -> ImportPlan:
    """Import a table and return what was done. ``source`` is named in proposals, such as the name of the file.

    Raises RowsUnreadable when a row cannot be imported, unless ``keep_good_rows``.
    """
    today = now().date()
    importer = IMPORTERS[table.kind](company_id, table.columns, today)
    async with database.read() as session:
        first = await plan_import(session, company_id=company_id, table=table, today=today)
        if first.errors and not keep_good_rows:
            raise RowsUnreadable(first)
        done, rows = await _made_ready(session, importer, table)
    count = 0
    for piece in _pieces(rows):
        steps = await retried(lambda piece=piece: _apply(database, importer, actor, now(), piece, source))  # type: ignore[misc]
        _count(done, importer, piece, steps)
        count += len(piece)
        await progress(count, len(rows))
    return done


async def _apply(
    database: Database, importer: Importer[Any, Any], actor: Actor, now: dt.datetime, piece: Sequence[Any], source: str
) -> list[Any]:
    """Plan and write one piece in one unit of work."""
    ids = importer.ids_per_row * len(piece) + 10
    async with database.begin(actor=actor, now=now, company_id=importer.company_id, ids=ids) as work:
        await companies.lock_company(work)
        planned = await importer.plan(work.session, piece, lock=True)
        work.reach("piece_planned")
        steps = [step for step in planned if not isinstance(step, RowError)]
        await importer.write(work, steps, source=source)
        _say(work, importer, piece, steps)
    return planned


def _say(work: Work, importer: Importer[Any, Any], piece: Sequence[Any], steps: Sequence[Any]) -> None:
    counts = Counter(step.outcome for step in steps)
    new, changed, proposed = counts[Outcome.NEW], counts[Outcome.CHANGED], counts[Outcome.PROPOSED]
    if new or changed or proposed or any(getattr(step, "superseded", ()) for step in steps):
        work.say(importer.verb, f"row:{piece[0].row}", new=new, changed=changed, proposed=proposed)


async def _made_ready(session: ReadSession, importer: Importer[Any, Any], table: Table) -> tuple[ImportPlan, list[Any]]:
    ready = await importer.make_ready(session, table.rows)
    return ImportPlan(table.kind, errors=[*table.errors, *ready.errors]), ready.rows


def _pieces(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), PIECE):
        yield rows[start : start + PIECE]


def _count(plan: ImportPlan, importer: Importer[Any, Any], piece: Sequence[Any], planned: Sequence[Any]) -> None:
    for row, step in zip(piece, planned, strict=True):
        if isinstance(step, RowError):
            plan.errors.append(step)
        else:
            plan.add(row.row, getattr(row, importer.name), step)
