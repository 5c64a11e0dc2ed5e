"""Reads ISO 20022 bank statements: camt.052, camt.053 and camt.054, versions .01 to .14 and what looks like them."""

import re
from collections.abc import Iterator
from pathlib import Path

from parsers.camt.stream import MESSAGES, CamtStream
from parsers.xml_door import HEAD_BYTES, Tag, beginning_of, blank_lines, encoding_of, looks_like_xml
from schemas.errors import FileRefused
from schemas.statement import StatementPart, StatementStream

# The message name inside a namespace; national variants have words behind it (camt.053.001.02.ch.02).
_NAME = re.compile(r"(camt\.05[234])\.[0-9]{3}\.([0-9]{2})(?:\.[a-z]{2,3}\.[0-9]{2})?")
_FAMILIES = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
_LAST_VERSION = 14
_CUTTABLE = frozenset(("utf-8", "ascii"))


def recognizes(head: bytes) -> bool:
    """Tell whether a file that begins like this is a camt statement. Raises FileRefused for XML that is not safe."""
    return looks_like_xml(head) and beginning_of(head, MESSAGES).found is not None


def read(path: Path) -> StatementStream:
    """Return the statements of a file; see `StatementStream`. Raises FileRefused."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    message = beginning_of(head, MESSAGES).found
    if message is None:
        raise FileRefused("the file holds no camt.052, camt.053 or camt.054 message", code="unknown_format")
    family = _FAMILIES[MESSAGES[message.name][0]]
    name, warnings = _name_of(message, family)
    blanks, lines = blank_lines(head)
    if blanks:
        warnings.append("the file begins with blanks before its first element")
    return StatementStream(name, _parts(path, message, blanks, lines, encoding_of(head[blanks:])), warnings)


def _parts(path: Path, message: Tag, blanks: int, lines: int, encoding: str) -> Iterator[StatementPart]:
    stream = CamtStream(message.name, message.namespace, may_cut=encoding in _CUTTABLE, lines_before=lines)
    with path.open("rb") as file:
        file.seek(blanks)
        yield from stream.read(file)


def _name_of(message: Tag, family: str) -> tuple[str, list[str]]:
    """Return the name of the format and what is odd about it."""
    if not message.namespace:
        return family, [f"the message has no namespace; it is read as {family}"]
    match = _NAME.search(message.namespace)
    if match is None:
        return family, [f"the namespace {message.namespace[:80]!r} is not known; the message is read as {family}"]
    warnings = []
    if match[1] != family:
        warnings.append(f"the namespace says {match[1]}, the message is {family}")
    if int(match[2]) > _LAST_VERSION:
        warnings.append(f"{match[0]} is later than the versions known (.01 to .{_LAST_VERSION}); it is read like them")
    return match[0], warnings
