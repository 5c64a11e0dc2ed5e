"""Reads a run of whole entries that was cut out of a camt file.

A run stands for itself: no comment, declaration, processing instruction, CDATA section or namespace of its own. It is
parsed without the namespace that the file gives its elements, which makes their tags short. ``None`` always means:
not certain, let the walk read it.
"""

from collections.abc import Mapping
from html import escape

from lxml import etree

from parsers.camt.paths import WHOLE_ENTRY
from parsers.camt.shapes import Shapes
from parsers.xml_door import Element, block_parser, source_line
from parsers.xml_found import Found, collect, compiled
from schemas.errors import FileRefused

OPEN, CLOSE = "<Ntry>", "</Ntry>"
_SPECIAL = (b"<!", b"<?", b"xmlns")
_ENTRY_TAG = "Ntry"


class RunReader:
    """Reads the runs of one file."""

    def __init__(self, namespace: str | None) -> None:
        self._namespace = namespace
        self._parser = block_parser()
        self._branch = compiled(WHOLE_ENTRY, "")
        self._shapes = Shapes(self._parse_numbered)
        self._wrapper = b""

    def read(self, run: bytes, prefixes: Mapping[str | None, str]) -> list[tuple[Found, int]] | None:
        """Return each entry with the number of line ends before it, None where the walk must read the run.

        ``prefixes`` are the namespaces by prefix that the file declares around the run.
        """
        if any(prefix and uri == self._namespace for prefix, uri in prefixes.items()):
            return None
        declared = "".join(f' xmlns:{prefix}="{escape(uri)}"' for prefix, uri in prefixes.items() if prefix)
        self._wrapper = f"<run{declared}>".encode()
        if not self._shapes.is_worth_it:
            return self._parse(run)
        return self._read_by_shape(run)

    def _read_by_shape(self, run: bytes) -> list[tuple[Found, int]] | None:
        try:
            text = run.decode()
        except UnicodeDecodeError:
            return None
        entries: list[tuple[Found, int]] = []
        start = lines = 0
        while start >= 0:
            end = text.find(CLOSE, start) + len(CLOSE)
            entry = text[start:end]
            found = self._shapes.read(entry)
            if found is None:
                parsed = self._parse(entry.encode())
                if parsed is None or len(parsed) != 1:
                    return None
                found = parsed[0][0]
                self._shapes.learn(entry)
            entries.append((found, lines))
            following = text.find(OPEN, end)
            if text[end:following].strip(" \t\r\n") if following >= 0 else end < len(text):
                return None
            lines += text.count("\n", start, following)
            start = following
        return entries

    def _parse(self, run: bytes) -> list[tuple[Found, int]] | None:
        if any(mark in run for mark in _SPECIAL):
            return None
        try:
            root = etree.fromstring(self._wrapper + run + b"</run>", self._parser)
            count = run.count(b"<Ntry") - run.count(b"<NtryRef") - run.count(b"<NtryDtls")
            if len(root) != count or any(element.tag != _ENTRY_TAG for element in root):
                return None  # Something else stands between the entries, or an entry inside another.
            entries = [(self._collect(element), source_line(element) - 1) for element in root]
        except (etree.XMLSyntaxError, FileRefused):
            return None
        self._shapes.entries += count
        return entries

    def _parse_numbered(self, entry: str) -> Found:
        return self._collect(etree.fromstring(entry, self._parser))

    def _collect(self, element: Element) -> Found:
        found = Found()
        collect(element, self._branch, found)
        return found
