"""From blocks of text to fields: tag, content, and for a statement line the text that belongs to it.

A line that begins with a known tag begins a field; every other line continues the field before it. So an unknown tag
inside remittance text stays text, and one elsewhere is found by whoever reads the field it follows.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias

# Tag without colons; content (lines parted by \n); for a :61: its :86: if it follows directly; line of the file.
Field: TypeAlias = tuple[str, str, str | None, int]

# sepa-rules section 6.1; NS is a German addition, and some banks put a blank behind 86.
_TAG = re.compile(r"\n:(20|21|25P?|28C?|60[FM]?|61|62[FM]?|64|65|86|86 |13D?|34F|90[CD]|NS):")
_STATEMENT_LINE = "\n:61:"
PREAMBLE = ""  # The tag of what precedes the first field of a file.


def read_fields(blocks: Iterator[str]) -> Iterator[list[Field]]:
    """Yield the fields of each block. Contents have no line end at their end."""
    line = 1
    for block in blocks:
        fields: list[Field] = []
        first, *chunks = f"\n{block}".split(_STATEMENT_LINE)
        line = _split(first, line, fields)
        for chunk in chunks:
            # Nearly always a chunk is a statement line and its text, with no other field behind them.
            fields_behind = chunk.count("\n:")
            content, mark, text = chunk.partition("\n:86:")
            if fields_behind == (1 if mark else 0):
                fields.append(("61", content, text if mark else None, line))
                line += chunk.count("\n") + 1
            else:
                line = _split(f"{_STATEMENT_LINE}{chunk}", line, fields)
        yield fields


def _split(text: str, line: int, fields: list[Field]) -> int:
    """Add the fields of a text that begins with a line end; return the line behind it."""
    head, *parts = _TAG.split(text)
    if head:
        fields.append((PREAMBLE, head, None, line))
        line += head.count("\n")
    for tag, content in zip(parts[::2], parts[1::2], strict=True):
        fields.append((tag.rstrip(), content, None, line))
        line += content.count("\n") + 1
    return line
