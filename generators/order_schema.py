"""Checks orders to banks against their XSD while they are written: a part of the file at a time, inside its header.

That is as good as checking the whole file, because these schemas know no keys between parts, and takes no memory. The
schemas are those that the package sepaxml ships; each is compiled once a process. Nothing of that package runs.
"""

import re
from functools import cache
from importlib.metadata import distribution

from lxml import etree

from generators.orders import UnwritableOrder
from schemas.identifiers import mask_account

_PERSONAL = frozenset("IBAN Nm Ustrd StrtNm AdrLine".split())
_NAMESPACE = re.compile(r"\{[^{}]*\}")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def check_part(message_name: str, head: str, lines: bytes, tail: str, ids: list[str]) -> None:
    """Check lines of a file, one order each, between a head and a tail that make them a whole message.

    Raises UnwritableOrder naming the order by its id, the element, and what the schema expected there.
    """
    schema = _schema(message_name)
    document = etree.fromstring(b"".join((head.encode(), lines, tail.encode())), _PARSER)
    if not schema.validate(document):
        fault = next(iter(schema.error_log))  # type: ignore[call-overload]  # The stubs do not know it.
        place = fault.line - 1 - head.count("\n")
        raise _unwritable(message_name, document, fault, ids[place] if 0 <= place < len(ids) else "")


@cache
def _schema(message_name: str) -> etree.XMLSchema:
    path = distribution("sepaxml").locate_file(f"sepaxml/schemas/{message_name}.xsd")
    return etree.XMLSchema(file=str(path))


def _unwritable(message_name: str, document: etree._Element, fault: etree._LogEntry, order_id: str) -> UnwritableOrder:
    found = _element_at(document, fault.path)
    names = [etree.QName(one).localname for one in (*reversed(list(found.iterancestors())), found)]
    element = "/".join(names[2:] or names[-1:])
    expected = _NAMESPACE.sub("", fault.message).partition(": ")[2]
    if found.text:
        expected = expected.replace(f"'{found.text}'", f"'{_shown(names[-1], found.text)}'")
    order = f"{order_id}: " if order_id else ""
    return UnwritableOrder(
        f"{order}{element} is not as {message_name} wants it: {expected}", end_to_end_id=order_id, element=element
    )


def _element_at(document: etree._Element, path: str | None) -> etree._Element:
    found = document.xpath(path or "/*")
    return found[0] if isinstance(found, list) and isinstance(found[0], etree._Element) else document


def _shown(name: str, text: str) -> str:
    """Return the text of an element as an error may show it: no account, no words about or to a person."""
    return mask_account(text) if name in _PERSONAL else text
