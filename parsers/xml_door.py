"""The one place that opens XML: lxml with safe settings, fed bit by bit, nothing read that could be read two ways.

Files come from outside and may be hostile (reliability section 5). A DOCTYPE of any kind is refused as soon as the
parser meets it, whatever the encoding, so there are no entities; encodings are a short list; depth and the length of
one text are limited by the parser, and the number of elements by what may come without anything that a reader takes.
What the elements mean is decided by the readers.
"""

import codecs
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias, TypedDict, cast

from lxml import etree

from schemas.errors import FileRefused

Element: TypeAlias = etree._Element

HEAD_BYTES = 1 << 16  # The message must have begun by then.
QUIET_BYTES_MAX = 1 << 21  # A tree grows to about thirty times this before it is refused: 60 MB.
ENCODINGS = ("UTF-8", "UTF-16", "ISO-8859-1", "ISO-8859-15")
_NAMES = frozenset(("utf-8", "utf-16", "iso8859-1", "iso8859-15", "ascii"))
_UTF16 = {b"<\0": "utf-16-le", b"\0<": "utf-16-be", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_DECLARED = re.compile(r"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_BLANKS = b" \t\r\n"


class Settings(TypedDict):
    """What every parser of ours is made with."""

    resolve_entities: bool
    no_network: bool
    load_dtd: bool
    dtd_validation: bool
    huge_tree: bool
    collect_ids: bool


SAFE = Settings(
    resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, collect_ids=False
)


class Tag(NamedTuple):
    """The name of an element and its namespace."""

    name: str
    namespace: str | None


class Beginning(NamedTuple):
    """How an XML file begins: its first element, and the first one that was looked for."""

    root: Tag
    found: Tag | None


def source_line(element: Element) -> int:
    """Return the line of an element in what its parser was given, counted from 1."""
    return cast("int", element.sourceline or 1)


def split_tag(tag: str) -> Tag:
    """Return name and namespace of a tag as lxml writes it."""
    namespace, brace, name = tag.rpartition("}")
    return Tag(name, namespace[1:] if brace else None)


def looks_like_xml(head: bytes) -> bool:
    """Tell whether a file begins like XML in one of the encodings that XML can have, good or bad."""
    return head.lstrip(codecs.BOM_UTF8 + _BLANKS).startswith(b"<") or head[:2] in _UTF16 or head[:4].endswith(b"<")


def blank_lines(head: bytes) -> tuple[int, int]:
    """Return how many bytes stand before the first one that is no blank, and how many line ends are among them."""
    blanks = len(head) - len(head.lstrip(_BLANKS))
    return blanks, head[:blanks].count(b"\n")


def encoding_of(head: bytes) -> str:
    """Return the Python name of the encoding. Raises FileRefused for any but those of `ENCODINGS`."""
    wide = _UTF16.get(head[:2])
    if wide and not head.startswith(codecs.BOM_UTF32_LE):
        declared = _DECLARED.match(head[:400].decode(wide, "ignore").lstrip("\ufeff"))
    else:
        wide = None
        declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8)[:200].decode("latin-1"))
    name = _python_name(declared[1]) if declared else "utf-8"
    if head[:4] in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, b"\0\0\0<", b"<\0\0\0") or name not in _NAMES:
        written = declared[1] if declared else "UTF-32"
        raise FileRefused(
            f"the file is encoded in {written}; {', '.join(ENCODINGS)} can be read", code="encoding", line=1
        )
    return wide or name


def _python_name(declared: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return declared
    return name.removesuffix("-le").removesuffix("-be")


def beginning_of(head: bytes, names: Collection[str]) -> Beginning:
    """Return how a file begins, up to the first element of one of the names.

    Raises FileRefused for a DOCTYPE, an encoding that is not read, or a head that is not XML.
    """
    blanks, lines = blank_lines(head)
    data, line = head[blanks:], lines + 1
    encoding_of(data)
    target = _BeginningTarget(names)
    parser = etree.XMLParser(target=target, **SAFE)
    try:
        parser.feed(data)
    except _Enough:
        pass
    except _DoctypeMet:
        raise _doctype(line) from None
    except etree.XMLSyntaxError as error:
        if target.root is None or target.root.name.lower() != "html":
            raise malformed(error, line - 1) from None
    if target.root is None:
        raise FileRefused(
            "the file ends, or goes on too long, before its first element", code="malformed_xml", line=line
        )
    return Beginning(target.root, target.found)


class _Enough(Exception):
    """The element that was looked for has begun."""


class _DoctypeMet(Exception):
    """The file has a DOCTYPE."""


class _BeginningTarget:
    """Hears the start of each element until one of the names is met. lxml calls the methods by their names."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self.root: Tag | None = None
        self.found: Tag | None = None

    def doctype(self, *_: str | None) -> None:
        raise _DoctypeMet

    def start(self, tag: str | bytes, attrib: Mapping[str | bytes, str | bytes]) -> None:
        name = split_tag(str(tag))
        self.root = self.root or name
        if name.name in self._names:
            self.found = name
            raise _Enough

    def end(self, tag: str | bytes) -> None:
        """Nothing to do."""

    def data(self, data: str | bytes) -> None:
        """Nothing to do."""

    def comment(self, text: str | bytes) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


def _doctype(line: int) -> FileRefused:
    return FileRefused(
        "the file has a DOCTYPE, which can change what it says; bank files have none", code="doctype", line=line
    )


def malformed(error: etree.XMLSyntaxError, lines_before: int) -> FileRefused:
    """Return the refusal of a file that is no well-formed XML."""
    reason = re.sub(r",? line \d+, column \d+.*", "", str(error.msg or error))
    return FileRefused(
        f"the file is cut or no well-formed XML: {reason}",
        code="malformed_xml",
        line=(error.lineno or 1) + lines_before,
    )


class ElementFeed:
    """Takes a file in pieces and gives the elements of some tags as each is complete.

    The one who takes an element says so (`forget`), so that memory stays flat: what nobody takes may not grow beyond
    `QUIET_BYTES_MAX`. Comments stay in the tree until an element is complete: see `drop_comments`.
    ``lines_before`` counts lines of the file that were never fed, so that line numbers stay those of the file.
    """

    def __init__(self, tags: Iterable[str]) -> None:
        self._parser = etree.XMLPullParser(events=("end",), tag=list(tags), **SAFE)
        self._quiet_bytes = 0
        self._is_checked = False
        self.lines_before = 0

    def feed(self, data: bytes) -> Iterator[Element]:
        """Yield the elements that are complete with this piece. Raises FileRefused."""
        try:
            self._parser.feed(data)
        except etree.XMLSyntaxError as error:
            raise malformed(error, self.lines_before) from None
        self._quiet_bytes += len(data)
        yield from self._complete()
        if self._quiet_bytes > QUIET_BYTES_MAX:
            raise FileRefused(
                f"more than {QUIET_BYTES_MAX >> 20} MiB hold nothing that a bank file has there", code="too_large"
            )

    def close(self) -> Iterator[Element]:
        """Yield what the end completes. Raises FileRefused where the file is cut."""
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            raise malformed(error, self.lines_before) from None
        yield from self._complete()

    def _complete(self) -> Iterator[Element]:
        # The stubs of lxml also count the events of comments and namespaces, which are not asked for here.
        for _, element in cast("Iterable[tuple[str, Element]]", self._parser.read_events()):
            if not self._is_checked and element.getroottree().docinfo.internalDTD is not None:
                raise _doctype(1)  # The head was searched already; this is the second lock.
            self._is_checked = True
            yield element

    def line_of(self, element: Element) -> int:
        """Return the line of the file where an element starts, counted from 1."""
        return source_line(element) + self.lines_before

    def forget(self, element: Element, tag: str | None = None) -> None:
        """Empty an element that was taken, and remove its elder siblings (see `remove_elders`).

        The element itself stays: the parser may still be writing behind it.
        """
        self._quiet_bytes = 0
        element.clear()
        remove_elders(element, tag)


def remove_elders(element: Element, tag: str | None = None) -> None:
    """Remove the siblings before an element; with a tag, those nearest to it that have this tag."""
    parent, elder = element.getparent(), element.getprevious()
    while parent is not None and elder is not None and (tag is None or elder.tag == tag):
        parent.remove(elder)
        elder = element.getprevious()


def drop_comments(element: Element) -> None:
    """Remove comments and processing instructions from a complete element, so that each text is whole.

    Raises FileRefused for one inside an amount: ``1<!-- -->000.00`` shows a person 1 or 1000, as he looks.
    """
    found = False
    for node in element.iter(etree.Comment, etree.ProcessingInstruction):
        found = True
        parent = node.getparent()
        if parent is not None and parent.get("Ccy") is not None:
            raise FileRefused("a comment stands inside an amount", code="invalid_amount")
    if found:
        etree.strip_tags(element, etree.Comment, etree.ProcessingInstruction)


def block_parser() -> etree.XMLParser:
    """Return the parser for pieces of a file that hold no comment, declaration or processing instruction."""
    return etree.XMLParser(remove_blank_text=True, **SAFE)
