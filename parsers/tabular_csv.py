"""CSV of any origin: encoding, records, quotes. A broken record is an error of its rows, never a lost row."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from parsers.tabular_source import RawRow, RawRows, TableLimits
from schemas.errors import FileRefused
from schemas.tables import RowError

_CHUNK = 1 << 20
_SAMPLE = 1 << 16
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_RECORD_LINES_MAX = 100
# Spreadsheets honour this first line; some programs write it.
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


def guess_encoding(path: Path) -> str:
    """Return the encoding of a text file: UTF-8 and UTF-16 by proof, else CP1252, else Latin-1.

    Raises FileRefused where it is no text.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return encoding
    if b"\0" in start:
        return _guess_wide(start)
    return next(encoding for encoding in ("utf-8", "cp1252", "latin-1") if _decodes(path, encoding))


def _guess_wide(start: bytes) -> str:
    # UTF-16 without a mark: of mostly western text, every second byte is zero.
    low, high = start[::2].count(0), start[1::2].count(0)
    if max(low, high) > len(start) // 4 and min(low, high) == 0:
        return "utf-16-be" if low else "utf-16-le"
    raise FileRefused("the file is no text: it has zero bytes", code="not_a_table")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def sample_text(path: Path, encoding: str) -> str:
    """Return the beginning of a text file, cut at a line end where there is one."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    text = codecs.getincrementaldecoder(_codec(encoding))("replace").decode(start)
    whole = text.rpartition("\n")[0] if len(start) == _SAMPLE else ""
    return whole or text


def csv_rows(path: Path, *, encoding: str, delimiter: str, limits: TableLimits) -> RawRows:
    """Yield the records of a CSV file. Raises FileRefused where no row after it could be trusted."""
    with path.open("r", encoding=_codec(encoding), newline="") as file:
        lines = _Lines(file, limits)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            start = lines.count + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as broken:
                yield _broken_record(start, lines, broken)
                continue
            except UnicodeDecodeError as wrong:
                raise FileRefused(
                    f"line {lines.count + 1} is not {encoding}: {wrong.reason}", code="encoding", line=lines.count + 1
                ) from wrong
            if start > limits.rows_max:
                raise FileRefused(f"the table has more than {limits.rows_max} rows", code="too_many_rows", line=start)
            if len(cells) > limits.columns_max:
                raise FileRefused(f"row {start} has {len(cells)} columns", code="too_many_columns", line=start)
            if lines.count - start >= _RECORD_LINES_MAX:
                yield RowError(start, "", cells[0][:80], f"closed quotes; this one holds rows {start} to {lines.count}")
            elif start > 1 or not _SEPARATOR_LINE.fullmatch(lines.last):
                yield RawRow(start, tuple(cells))


def separator_hint(text: str) -> str | None:
    """Return the delimiter that the first line of a file names (``sep=;``), or None."""
    hint = _SEPARATOR_LINE.match(text)
    return hint[1] if hint else None


def _codec(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _broken_record(start: int, lines: "_Lines", broken: csv.Error) -> RowError:
    if lines.is_at_end or "field limit" in str(broken):
        # Everything behind an open quote was swallowed: how many rows are lost cannot be said.
        raise FileRefused(f"the quote opened in line {start} is never closed ({broken})", code="quotes", line=start)
    until = f" to {lines.count}" if lines.count > start else ""
    return RowError(start, "", lines.last[:80].strip(), f"rows {start}{until} with closed quotes ({broken})")


class _Lines(Iterator[str]):
    """The lines of a file, of bounded length, counted."""

    def __init__(self, file: io.TextIOWrapper, limits: TableLimits) -> None:
        self._file = file
        self._limits = limits
        self.count = 0
        self.last = ""
        self.is_at_end = False

    def __next__(self) -> str:
        line = self._file.readline(self._limits.line_characters_max)
        if not line:
            self.is_at_end = True
            raise StopIteration
        self.count += 1
        if len(line) == self._limits.line_characters_max:
            raise FileRefused(f"line {self.count} is too long for a table", code="not_a_table", line=self.count)
        if "\0" in line:
            raise FileRefused(f"line {self.count} has zero bytes", code="not_a_table", line=self.count)
        self.last = line.removeprefix("\ufeff")
        return self.last
