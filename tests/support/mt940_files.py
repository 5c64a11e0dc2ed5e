"""Builds MT940 files for tests line by line, and reads them through a file."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from parsers import mt940
from schemas.errors import FileRefused
from schemas.statement import BankEntry, BankTransaction, StatementEnd, StatementStart

HEAD = (":20:STARTUMS", ":25:37040044/0532013000", ":28C:211/1")
OPENING = ":60F:C260101EUR100,00"
CLOSING = ":62F:C260102EUR100,00"
CREDIT = ":61:2601020102C50,00NTRFNONREF//B1"  # Brings 50.00.
DEBIT = ":61:2601020102D50,00NTRFNONREF//B2"  # Takes 50.00.


class Reading(NamedTuple):
    """Everything that a file gave."""

    format: str
    starts: list[StatementStart]
    entries: list[BankEntry]
    ends: list[StatementEnd]
    warnings: list[str]

    @property
    def entry(self) -> BankEntry:
        """The only entry."""
        (entry,) = self.entries
        return entry

    @property
    def transaction(self) -> BankTransaction:
        """The only payment of the only entry."""
        (transaction,) = self.entry.transactions
        return transaction


def lines(*middle: str, head: tuple[str, ...] = HEAD, opening: str = OPENING, closing: str = CLOSING) -> bytes:
    """Return a statement with these lines between opening and closing balance."""
    rows = [*head, *filter(None, [opening]), *middle, *filter(None, [closing]), "-"]
    return "".join(f"{row}\r\n" for row in rows).encode()


def entry_lines(statement_line: str, *text: str, currency: str = "EUR") -> bytes:
    """Return a statement with one entry whose closing balance is not right."""
    return lines(statement_line, *text, opening=f":60F:C260101{currency}100,", closing=f":62F:C260102{currency}100,")


def read(data: bytes) -> Reading:
    """Read a file to its end. Raises FileRefused."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "statement.sta"
        path.write_bytes(data)
        stream = mt940.read(path)
        starts: list[StatementStart] = []
        entries: list[BankEntry] = []
        ends: list[StatementEnd] = []
        for part in stream.parts:
            if isinstance(part, StatementStart):
                starts.append(part)
            elif isinstance(part, StatementEnd):
                ends.append(part)
            else:
                entries += part
        warnings = [*stream.warnings, *(warning for end in ends for warning in end.warnings)]
        return Reading(stream.format, starts, entries, ends, warnings)


def refuse(data: bytes) -> FileRefused:
    """Return why a file is refused."""
    with pytest.raises(FileRefused) as refusal:
        read(data)
    return refusal.value
