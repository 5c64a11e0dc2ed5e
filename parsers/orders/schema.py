"""Checks orders against their ISO 20022 schema, streamed, where the schema is at hand.

The schemas are those that the sepaxml package carries. libxml2 tells no line while it streams, so a file that breaks
its schema is read a second time, line by line.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import NamedTuple, cast

from lxml import etree

from parsers.xml_door import HEAD_BYTES, SAFE, Element, beginning_of, blank_lines, remove_elders
from schemas.identifiers import mask_account

FAULTS_MAX = 20
_CHUNK_BYTES = 1 << 16
_BRACES = re.compile(r"\{[^}]*\}")
_ACCOUNT = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{8,30}")
_TAGS = ("{*}DrctDbtTxInf", "{*}CdtTrfTxInf")


class SchemaFault(NamedTuple):
    """Where a file breaks its schema. ``line`` is counted from 1."""

    line: int
    message: str


def has_schema(format_name: str) -> bool:
    """Return whether the schema of a format such as pain.008.001.08 is at hand."""
    return (files("sepaxml") / "schemas" / f"{format_name}.xsd").is_file()


@lru_cache(maxsize=8)
def _schema(format_name: str) -> etree.XMLSchema:
    data = (files("sepaxml") / "schemas" / f"{format_name}.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(data, etree.XMLParser(**SAFE)))


def schema_faults(path: Path, format_name: str) -> list[SchemaFault]:
    """Return where a file breaks its schema, at most `FAULTS_MAX` places. Raises FileRefused where it begins unsafely.

    The file has been read by `read_order`: with a schema libxml2 does not tell whether it is whole and well-formed.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        beginning_of(head, _TAGS)  # Refuses what is not safe to read.
        blanks, lines = blank_lines(head)
        file.seek(blanks)
        chunks = iter(lambda: file.read(_CHUNK_BYTES), b"")
        if next(_faults(chunks, format_name, lines), None) is None:
            return []
        file.seek(blanks)
        return list(islice(_faults(file, format_name, lines), FAULTS_MAX))


def _faults(pieces: Iterable[bytes], format_name: str, lines_before: int) -> Iterator[SchemaFault]:
    """Yield the faults, each with the line on which the piece begins where it came to light."""
    parser = etree.XMLPullParser(events=("end",), tag=_TAGS, schema=_schema(format_name), **SAFE)
    told, line = 0, lines_before + 1
    for piece in pieces:
        parser.feed(piece)
        for _, element in cast("Iterable[tuple[str, Element]]", parser.read_events()):
            element.clear()
            remove_elders(element)
        messages = [entry.message for entry in parser.feed_error_log]
        yield from (SchemaFault(line, _readable(message)) for message in messages[told:])
        told = len(messages)
        line += piece.count(b"\n")
    with suppress(etree.XMLSyntaxError):  # It sums up what was told; what is new at the end stands in the log.
        parser.close()
    yield from (SchemaFault(line, _readable(entry.message)) for entry in list(parser.feed_error_log)[told:])


def _readable(message: str) -> str:
    """Return what libxml2 says, without namespaces, and accounts masked."""
    return _ACCOUNT.sub(lambda found: mask_account(found[0]), _BRACES.sub("", message)).strip()
