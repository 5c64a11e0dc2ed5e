"""Checks orders to banks against a table of ours, where no installed package has their schema: order, length, pattern.

A table has an element a line, its children indented below it. ``?`` after a name says that it may be missing, ``+``
that it repeats, ``*`` both. The word after the name is a kind of text from `_KINDS`, or ``=`` and the only right text.
"""

import re
from typing import NamedTuple

from lxml import etree

from generators.orders import UnwritableOrder

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_LETTER = "[A-Za-z0-9/?:().,'+ \u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff-]"
_KINDS = {
    "id": r"(?![/ ])(?!.*//)[A-Za-z0-9+?/:().,' -]{1,35}(?<![/ ])",
    "name": f"{_LETTER}{{1,70}}",
    "text": f"{_LETTER}{{1,140}}",
    "amount": r"[0-9]{1,15}\.[0-9]{2}",
    "euro": r"[0-9]{1,9}\.[0-9]{2}",
    "count": "[0-9]{1,15}",
    "moment": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "code": "[A-Z0-9]{1,4}",
    "flag": "true|false",
    "iban": "[A-Z]{2}[0-9]{2}[A-Za-z0-9]{1,30}",
    "bic": "[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?",
    "old_bic": "[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?",
}
_LINE = re.compile(r"( *)([A-Za-z]+)([?+*]?)(?: +(\S+))?")
_EURO = {"Ccy": "EUR"}


class Structure(NamedTuple):
    """What an element may hold: a text, or children in their order."""

    expected: str  # For the error.
    text: re.Pattern[str] | None
    content: re.Pattern[str]  # The names of the children, each with a blank after it.
    children: dict[str, "Structure"]
    attributes: dict[str, str]


def read_structure(table: str) -> Structure:
    """Return the structure that a table describes; the first line is the root below ``Document``."""
    lines = [match.groups() for match in map(_LINE.fullmatch, table.strip("\n").splitlines()) if match]
    return _read([(len(indent) // 2 + 1, name, often, kind or "") for indent, name, often, kind in lines], 0)


_Row = tuple[int, str, str, str]  # Depth, name, how often, kind.


def _read(rows: list[_Row], depth: int) -> Structure:
    starts = [place for place, row in enumerate(rows) if row[0] == depth + 1]
    children, pattern = {}, ""
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        _, name, often, kind = rows[start]
        children[name] = _leaf(kind) if kind else _read(rows[start + 1 : end], depth + 1)
        pattern += f"(?:{name} ){often}"
    expected = " ".join(f"{rows[place][1]}{rows[place][2]}" for place in starts)
    return Structure(expected, None, re.compile(pattern), children, {})


def _leaf(kind: str) -> Structure:
    pattern = re.escape(kind[1:]) if kind.startswith("=") else _KINDS[kind]
    return Structure(kind, re.compile(pattern), re.compile(""), {}, _EURO if kind == "euro" else {})


def check_structure(structure: Structure, head: str, lines: bytes, tail: str, ids: list[str]) -> None:
    """Check lines of a file between a head and a tail, as `order_schema.check_part` does; raises UnwritableOrder."""
    document = etree.fromstring(b"".join((head.encode(), lines, tail.encode())), _PARSER)
    fault = _fault(document, structure, "")
    if fault:
        line, element, expected = fault
        place = line - 1 - head.count("\n")
        order_id = ids[place] if 0 <= place < len(ids) else ""
        order = f"{order_id}: " if order_id else ""
        raise UnwritableOrder(f"{order}{element} is not {expected}", end_to_end_id=order_id, element=element)


def _fault(found: etree._Element, structure: Structure, path: str) -> tuple[int, str, str] | None:
    names = [etree.QName(child).localname for child in found]
    if (
        not structure.content.fullmatch("".join(f"{name} " for name in names))
        or dict(found.attrib.items()) != structure.attributes
        or (structure.text is not None and not structure.text.fullmatch(found.text or ""))
    ):
        line: int = found.sourceline  # type: ignore[assignment]  # The stubs leave its type open.
        return line, path, structure.expected
    for name, child in zip(names, found, strict=True):
        fault = _fault(child, structure.children[name], f"{path}/{name}".strip("/"))
        if fault:
            return fault
    return None
