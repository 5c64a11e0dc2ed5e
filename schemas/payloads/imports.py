"""Shapes of imported tables: what was understood, what became of the rows, and what could not be read."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from schemas.payloads.common import Shape, Word
from schemas.tables import DateForm, TableKind


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class ImportOptions(Shape):
    """How a table is imported.

    ``mapping`` names a saved mapping of columns, ``save_mapping`` saves the one that was used; each ``decided`` answers
    a question of an earlier try, such as ``decimal_mark=,`` or ``column:number=Beleg``.
    """

    mapping: Word = ""
    save_mapping: Word = ""
    keep_good_rows: bool = False
    dry_run: bool = False
    decided: Annotated[list[str], BeforeValidator(_listed)] = Field(default_factory=list, max_length=50)


class RowErrorShape(Shape):
    """Why a row cannot be imported: its line in the file, its column, what stands there and what was expected."""

    row: int
    column: str
    found: str
    expected: str


class ImportCounts(Shape):
    """How many rows are new, change something, wait for a person's decision, or change nothing."""

    new: int = 0
    changed: int = 0
    proposed: int = 0
    unchanged: int = 0


class RowDifference(Shape):
    """A fact that was, or would be, other than before."""

    name: str
    before: str | int | None
    after: str | int | None


class ImportedRow(Shape):
    """A row that is not as it is stored."""

    row: int
    name: str
    outcome: str
    differences: list[RowDifference]


class MappingShape(Shape):
    """How the columns of a table were read: field → header, field → value for all rows, and how values are written."""

    columns: dict[str, str]
    constants: dict[str, str]
    delimiter: str
    encoding: str
    decimal_mark: str
    date_form: DateForm
    sheet: str | None


class ImportShape(Shape):
    """What an import did, or (``imported`` is false) would do. ``errors`` and ``rows`` are the first 500."""

    kind: TableKind
    file_name: str
    sha256: str
    imported: bool
    counts: ImportCounts
    error_count: int
    errors: list[RowErrorShape]
    unknown_columns: list[str]
    rows: list[ImportedRow]
    mapping: MappingShape


class SavedMappingFilter(Shape):
    """Which saved mappings to list."""

    kind: TableKind | None = None


class SavedMappingShape(Shape):
    """A mapping under its name."""

    kind: TableKind
    name: str
    mapping: MappingShape


class SavedMappingList(Shape):
    """The saved mappings, the latest first."""

    items: list[SavedMappingShape]
