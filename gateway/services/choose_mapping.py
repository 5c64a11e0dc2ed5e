"""Choose how a table file is read: by a saved mapping, in our own shape, or as it looks; and read it.

Everything that opens the file belongs into a worker, because a spreadsheet is somebody else's archive.
"""

import json
from collections.abc import Mapping as Answers
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from gateway.services.import_tables import Table, columns_of
from gateway.store import imports
from gateway.store.database import ReadSession
from gateway.store.work import Work
from parsers.tabular import (
    LIMITS,
    TableLimits,
    guess_mapping,
    in_its_encoding,
    preview,
    read_rows,
    standard_mapping,
)
from schemas.errors import FileRefused, GatewayError, NotFound
from schemas.tables import InvalidMapping, Mapping, Row, RowError, TableKind


class NamelessMapping(GatewayError):
    """A mapping is saved under a name."""

    code = "nameless_mapping"


class NamedMapping(NamedTuple):
    """A saved mapping."""

    name: str
    mapping: Mapping


async def saved_mappings(session: ReadSession, *, company_id: int, kind: TableKind) -> list[NamedMapping]:
    """Return the saved mappings for one kind of table, the latest first; none that cannot be read any more."""
    found: list[NamedMapping] = []
    for row in await imports.mappings_of(session, company_id=company_id, kind=kind.value):
        try:
            found.append(NamedMapping(row.name, Mapping.from_json(json.dumps(row.mapping))))
        except InvalidMapping:
            continue
    return found


async def load_mapping(session: ReadSession, *, company_id: int, kind: TableKind, name: str) -> Mapping:
    """Return the saved mapping with a name. Raises NotFound."""
    for one in await saved_mappings(session, company_id=company_id, kind=kind):
        if one.name == name.strip():
            return one.mapping
    raise NotFound(f"there is no mapping {name!r} for {kind.value}")


async def save_mapping(work: Work, *, name: str, mapping: Mapping) -> None:
    """Save a mapping under a name, in place of one that has it. Raises NamelessMapping."""
    if not name.strip():
        raise NamelessMapping
    record = json.loads(mapping.to_json())
    await imports.put_mapping(work, kind=mapping.kind.value, name=name.strip(), mapping=record)
    work.say("save_mapping", f"mapping:{mapping.kind.value}")


async def forget_mapping(work: Work, *, kind: TableKind, name: str) -> None:
    """Delete a saved mapping. Raises NotFound."""
    if not await imports.drop_mapping(work, kind=kind.value, name=name):
        raise NotFound(f"there is no mapping {name!r} for {kind.value}")
    work.say("forget_mapping", f"mapping:{kind.value}")


def choose_mapping(
    path: Path,
    kind: TableKind,
    *,
    saved: Sequence[Mapping] = (),
    decided: Answers[str, str] | None = None,
    limits: TableLimits = LIMITS,
) -> Mapping:
    """Return how a table is read: in our own shape, else by the first saved mapping that fits, else guessed.

    With ``decided`` (answers to questions of an earlier try) it is guessed. Raises MappingUndecided, FileRefused.
    """
    candidates = [] if decided else [*_standard(path, kind, limits), *saved]
    for candidate in candidates:
        mapping = in_its_encoding(path, candidate, limits=limits)
        if mapping.kind is kind and _fits(path, mapping, limits):
            return mapping
    return guess_mapping(path, kind, decided=decided, limits=limits)


def _standard(path: Path, kind: TableKind, limits: TableLimits) -> list[Mapping]:
    try:
        return [standard_mapping(path, kind, limits=limits)]
    except FileRefused as refused:
        if refused.code not in ("column_missing", "encoding"):
            raise
        return []


def _fits(path: Path, mapping: Mapping, limits: TableLimits) -> bool:
    """Tell whether the table has the mapped columns and its first rows can be read with them."""
    try:
        shown = preview(path, mapping, rows=20, limits=limits)
    except (FileRefused, InvalidMapping):
        return False
    return not shown.rows or any(not row.errors for row in shown.rows)


def read_table(path: Path, mapping: Mapping, *, limits: TableLimits = LIMITS) -> Table:
    """Read a whole table. Raises FileRefused where it is not as the mapping says."""
    rows: list[Row] = []
    errors: list[RowError] = []
    for one in read_rows(path, mapping, limits=limits):
        if isinstance(one, RowError):
            errors.append(one)
        else:
            rows.append(one)
    return Table(mapping.kind, columns_of(mapping), rows, errors)  # type: ignore[arg-type]  # All rows are of one kind.
