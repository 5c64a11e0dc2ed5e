"""MT940 statements and MT942 reports, read by our own line grammar (sepa-rules section 6, reliability section 5).

The file is read once, block by block, so memory does not grow with it. Each ``:20:`` gives one statement, or one page
of it. What breaks the grammar is refused with its line; what is odd but clear is read with a warning. A second
reader looks at files of usual size as well, and what it finds otherwise is a warning too.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from parsers.mt940.fields import read_fields
from parsers.mt940.statement import StatementReader
from parsers.mt940.text import read_blocks
from parsers.second_reader import SECOND_OPINION_BYTES_MAX, Summary, second_opinion
from schemas.statement import StatementPart, StatementStream

_HEAD_BYTES = 1 << 16
_FIELD = re.compile(rb"(?:\A|[\r\n])(?:\xef\xbb\xbf)?:(20|25P?|28C?|60[FM]?|61|62[FM]?|86|34F|13D?|90[CD]):")
_MT942 = re.compile(rb"\{2:[IO]942|(?:\A|[\r\n]):(?:34F|13D?|90[CD]|942):")
_MT940 = re.compile(rb"\{2:[IO]940|[\r\n]:(?:60[FM]?|940):")


def recognizes(head: bytes) -> bool:
    """Return whether a file that begins like this is MT940 or MT942: it has two of their fields and no markup."""
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" or b"\0" in head:
        return False
    return len(set(_FIELD.findall(head))) > 1


def read(path: Path) -> StatementStream:
    """Return the statements of a file that `recognizes` knows; reading its parts raises FileRefused."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    warnings: list[str] = []
    return StatementStream(_format(head), _read_parts(path, warnings), warnings)


def _format(head: bytes) -> str:
    intraday, statement = _MT942.search(head), _MT940.search(head)
    is_intraday = intraday and not (statement and statement.start() < intraday.start())
    return "MT942" if is_intraday else "MT940"


def _read_parts(path: Path, warnings: list[str]) -> Iterator[StatementPart]:
    with path.open("rb") as file:
        parts = StatementReader().read(read_fields(read_blocks(file, warnings.append)))
        if path.stat().st_size > SECOND_OPINION_BYTES_MAX:
            yield from parts
            return
        summary = Summary()
        for part in parts:
            summary.add(part)
            yield part
    warnings += second_opinion(path, summary)
