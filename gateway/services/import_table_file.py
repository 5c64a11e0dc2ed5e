"""Import a table file that somebody brought: look at it first, with what it would change; then do it.

Both open the file, so both run in a worker. What cannot be done is told, not raised: it travels between processes.
"""

from collections.abc import Mapping as Answers
from dataclasses import dataclass, field
from pathlib import Path

from gateway.services.choose_mapping import choose_mapping, read_table, saved_mappings
from gateway.services.import_statement import Gate
from gateway.services.import_tables import ImportPlan, RowsUnreadable, apply_import, plan_import
from gateway.store.work import Actor
from parsers.tabular import field_names, in_its_encoding, needed_names, preview
from schemas.errors import FileRefused
from schemas.tables import InvalidMapping, Mapping, MappingUndecided, Preview, Question, TableKind

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table file that is kept under its hash, and how it is to be read."""

    company_id: int
    kind: TableKind
    sha256: str
    name: str
    mapping_name: str = ""  # A saved mapping; empty: our own shape, else one that fits, else a guess.
    decided: Answers[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableTold:
    """What a table file says: how it was read, what it would change or changed, or why it could not be read."""

    mapping: Mapping | None = None
    questions: tuple[Question, ...] = ()
    preview: Preview | None = None
    plan: ImportPlan | None = None
    refused: str = ""
    refused_code: str = ""
    is_done: bool = False

    @property
    def unreadable_rows(self) -> int:
        """Return how many rows of the plan cannot be read; one may have several faults."""
        return len({error.row for error in self.plan.errors}) if self.plan else 0

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Return each column that such a table may have, with the column of the file that was taken for it, or none."""
        if self.mapping is None:
            return ()
        taken = dict(self.mapping.columns)
        return tuple((name, taken.get(name, "")) for name in field_names(self.mapping.kind))


def columns_of(kind: TableKind) -> tuple[tuple[str, bool], ...]:
    """Return the columns of a table of our own shape, each with whether every row must fill it; those come first."""
    needed = needed_names(kind)
    return tuple(sorted(((name, name in needed) for name in field_names(kind)), key=lambda column: not column[1]))


async def look_at_table(gate: Gate, file: TableFile) -> TableTold:
    """Say how a table file is read and what importing it would do. Nothing is changed."""
    path = gate.originals.path_of(file.sha256)
    try:
        mapping = await _mapping(gate, file, path)
        shown = preview(path, mapping, rows=_SHOWN)
        table = read_table(path, mapping)
    except MappingUndecided as undecided:
        return TableTold(questions=undecided.questions)
    except (FileRefused, InvalidMapping, OSError) as error:
        return TableTold(refused=_said(error), refused_code=getattr(error, "code", FileRefused.code))
    async with gate.database.read() as session:
        plan = await plan_import(session, company_id=file.company_id, table=table, today=gate.now().date())
    return TableTold(mapping, preview=shown, plan=plan)


async def import_table_file(gate: Gate, file: TableFile, *, actor: Actor, keep_good_rows: bool) -> TableTold:
    """Import a table file. Rows that cannot be read stop it, unless the person keeps the good ones."""
    path = gate.originals.path_of(file.sha256)
    try:
        mapping = await _mapping(gate, file, path)
        shown = preview(path, mapping, rows=_SHOWN)
        table = read_table(path, mapping)
        plan = await apply_import(
            gate.database,
            company_id=file.company_id,
            actor=actor,
            now=gate.now,
            table=table,
            source=file.name,
            keep_good_rows=keep_good_rows,
        )
    except MappingUndecided as undecided:
        return TableTold(questions=undecided.questions)
    except RowsUnreadable as unreadable:
        return TableTold(mapping, preview=shown, plan=unreadable.plan)
    except (FileRefused, InvalidMapping, OSError) as error:
        return TableTold(refused=_said(error), refused_code=getattr(error, "code", FileRefused.code))
    return TableTold(mapping, preview=shown, plan=plan, is_done=True)


async def _mapping(gate: Gate, file: TableFile, path: Path) -> Mapping:
    async with gate.database.read() as session:
        saved = await saved_mappings(session, company_id=file.company_id, kind=file.kind)
    named = [one.mapping for one in saved if one.name == file.mapping_name]
    if file.mapping_name and named:
        return in_its_encoding(path, named[0])
    return choose_mapping(path, file.kind, saved=[one.mapping for one in saved], decided=file.decided)


def _said(error: FileRefused | InvalidMapping | OSError) -> str:
    if isinstance(error, OSError):
        return "the file is not there any more; upload it again"
    return str(error)
