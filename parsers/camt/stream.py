"""Goes through a camt file and gives its statements part by part; memory does not grow with the file.

Two ways lead through the entries. The *walk* feeds the file to one parser and takes each element as it is complete;
it can read any file. The *cut* takes runs of whole entries out of the bytes and parses them apart, which is faster
(small trees stay in the cache). A run is cut only where the result cannot differ: in its place the walk gets one
empty entry, and must report it directly inside a statement, so what stands before it is no comment, text or tag;
the run has no comment, declaration, processing instruction or namespace of its own, and is well-formed by itself.
Whatever fails this is fed to the walk as it is, which reads it or refuses it.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from parsers.camt.entry import read_entry
from parsers.camt.paths import ENTRY, GROUP_HEADER, INSIDE_ENTRY, STATEMENT
from parsers.camt.runs import RunReader
from parsers.camt.statement import StatementReading
from parsers.xml_door import Element, ElementFeed, drop_comments, remove_elders, split_tag
from parsers.xml_found import Action, Branch, Found, collect, compiled
from schemas.errors import FileRefused
from schemas.statement import Entries, StatementKind, StatementPart

CHUNK_BYTES = 1 << 16
RUN_BYTES_MAX = 1 << 20
ENTRIES_MAX = 500
# The statement element and its kind, by the element of the message.
MESSAGES = {
    "BkToCstmrStmt": ("Stmt", StatementKind.STATEMENT),
    "BkToCstmrStmtV01": ("Stmt", StatementKind.STATEMENT),
    "BkToCstmrAcctRpt": ("Rpt", StatementKind.REPORT),
    "BkToCstmrAcctRptV01": ("Rpt", StatementKind.REPORT),
    "BkToCstmrDbtCdtNtfctn": ("Ntfctn", StatementKind.NOTIFICATION),
    "BkToCstmrDbtCdtNtfctnV01": ("Ntfctn", StatementKind.NOTIFICATION),
}
_STATEMENTS = frozenset(name for name, _ in MESSAGES.values())
_OPEN, _CLOSE, _EMPTY = b"<Ntry>", b"</Ntry>", b"<Ntry/>"
_CDATA = b"<!["
_PARTIAL_MAX = 8  # Bytes at the end of a piece that may be the beginning of one of the marks above.


class CamtStream:
    """Reads one file. ``message`` is the element of its message, such as ``BkToCstmrStmt``."""

    def __init__(self, message: str, namespace: str | None, *, may_cut: bool, lines_before: int = 0) -> None:
        name, self._kind = MESSAGES[message]
        prefix = f"{{{namespace}}}" if namespace else ""
        self._statement_tag, self._entry_tag, self._details_tag = prefix + name, prefix + "Ntry", prefix + "NtryDtls"
        self._header_tag = prefix + "GrpHdr"
        self._statement_end = f"</{name}>".encode()
        self._inside_actions: dict[str, Action] = compiled(INSIDE_ENTRY, prefix)  # type: ignore[assignment]
        self._branches: dict[str, Branch] = {
            "entry": compiled(ENTRY, prefix),
            "header": compiled(GROUP_HEADER, prefix),
            "statement": compiled(STATEMENT, prefix),
        }
        self._runs = RunReader(namespace)
        self._feed = ElementFeed(
            [*(f"{{*}}{tag}" for tag in (*_STATEMENTS, "Ntry")), prefix + "TxDtls", prefix + "Btch"]
        )
        self._feed.lines_before = lines_before
        self._lines = lines_before
        self._may_cut = may_cut
        self._message: Element | None = None
        self._element: Element | None = None
        self._last_taken: Element | None = None
        self._header = Found()
        self._inside = Found()
        self._statement: StatementReading | None = None
        self._entries: Entries = []
        self._ready: list[StatementPart] = []

    def read(self, file: BinaryIO) -> Iterator[StatementPart]:
        """Yield the parts of all statements. Raises FileRefused."""
        has_any = False
        rest = b""
        while chunk := file.read(CHUNK_BYTES):
            rest += chunk
            if self._may_cut:
                rest = self._cut(rest)
            if not self._may_cut:
                self._walk(rest)
                rest = b""
            has_any = has_any or bool(self._ready)
            yield from self._take_ready()
        self._walk(rest)
        self._take_all(self._feed.close())
        if not (has_any or self._ready):
            raise FileRefused("the message holds no statement", code="no_statement")
        yield from self._take_ready()

    def _take_ready(self) -> list[StatementPart]:
        ready, self._ready = self._ready, []
        return ready

    # The walk.

    def _walk(self, data: bytes) -> None:
        if self._may_cut and _CDATA in data:
            self._may_cut = False
        self._take_all(self._feed.feed(data))
        self._lines += data.count(b"\n")

    def _take_all(self, elements: Iterable[Element]) -> None:
        for element in elements:
            self._take(element)

    def _take(self, element: Element) -> None:
        try:
            name = split_tag(element.tag).name
            if element.tag == self._entry_tag:
                self._take_entry(element)
            elif element.tag in self._inside_actions:
                self._take_inside(element, self._inside_actions[element.tag])
            elif name == "Ntry":
                raise FileRefused("an entry of another kind of message stands in the file", code="mixed_messages")
            elif _name_above(element) in MESSAGES:
                self._take_statement(element)
        except FileRefused as error:
            error.line = error.line or self._feed.line_of(element)
            raise

    def _take_entry(self, element: Element) -> None:
        statement = self._enter(element.getparent())
        self._take_children(statement, until=element)
        drop_comments(element)
        found, self._inside = self._inside, Found()
        collect(element, self._branches["entry"], found)
        self._add(statement, found, self._feed.line_of(element))
        self._forget(element)

    def _take_inside(self, element: Element, action: Action) -> None:
        """Take one of the details of an entry, before the entry is complete: a batch may have very many."""
        parent = element.getparent()
        details = parent if parent is not None and parent.tag == self._details_tag else None
        entry = details.getparent() if details is not None else parent
        if entry is None or entry.tag != self._entry_tag:
            return
        drop_comments(element)
        action(element, self._inside)
        if details is None:
            self._feed.forget(element, element.tag)
        else:
            self._feed.forget(element)
            remove_elders(details, self._details_tag)

    def _take_statement(self, element: Element) -> None:
        if element.tag != self._statement_tag:
            raise FileRefused("the file holds messages of more than one kind", code="mixed_messages")
        statement = self._enter(element)
        self._take_children(statement, until=None)
        if not statement.is_started:
            self._ready.append(statement.start())
        if self._entries:
            self._ready.append(self._entries)
            self._entries = []
        self._ready.append(statement.end())
        self._forget(element)
        for above in element.iterancestors():
            remove_elders(above)
        self._statement = self._element = self._last_taken = None

    def _enter(self, element: Element | None) -> StatementReading:
        """Return the statement that an element is. Raises FileRefused where it is none."""
        if self._statement is not None and element is self._element:
            return self._statement
        if element is None or element.tag != self._statement_tag or _name_above(element) not in MESSAGES:
            line = None if element is None else self._feed.line_of(element)
            raise FileRefused("an entry stands outside of a statement", code="misplaced_entry", line=line)
        message = element.getparent()
        if message is not self._message and message is not None:
            self._message = message
            self._header = Found()
            for header in message.iterchildren(self._header_tag):
                drop_comments(header)
                collect(header, self._branches["header"], self._header)
        self._element, self._last_taken = element, None
        self._statement = StatementReading(self._kind, self._header, self._feed.line_of(element))
        return self._statement

    def _take_children(self, statement: StatementReading, until: Element | None) -> None:
        """Take what stands in the statement beside its entries, as far as it is new and complete."""
        children = self._element if self._last_taken is None else self._last_taken.itersiblings()
        for child in children if children is not None else ():
            if child is until:
                break
            if isinstance(child.tag, str):
                self._take_child(statement, child)

    def _take_child(self, statement: StatementReading, child: Element) -> None:
        try:
            drop_comments(child)
            collect((child,), self._branches["statement"], statement.found)
        except FileRefused as error:
            error.line = error.line or self._feed.line_of(child)
            raise

    def _forget(self, element: Element) -> None:
        self._feed.forget(element)
        self._last_taken = element

    def _add(self, statement: StatementReading, found: Found, line: int) -> None:
        if not statement.is_started:
            self._ready.append(statement.start())
        try:
            entry = read_entry(
                found, kind=self._kind, own_account=statement.own_account, line=line, notes=statement.notes
            )
        except FileRefused as error:
            error.line = error.line or line
            raise
        statement.count(entry)
        self._entries.append(entry)
        if len(self._entries) >= ENTRIES_MAX:
            self._ready.append(self._entries)
            self._entries = []

    # The cut.

    def _cut(self, data: bytes) -> bytes:
        """Take all whole entries out of the data, walk through what stands around them, return the rest."""
        while self._may_cut:
            start = data.find(_OPEN)
            if start < 0:
                partial = data.rfind(b"<", max(0, len(data) - _PARTIAL_MAX))
                end = len(data) if partial < 0 else partial
                self._walk(data[:end])
                return data[end:]
            limit = data.find(self._statement_end, start)
            end = data.rfind(_CLOSE, start, len(data) if limit < 0 else limit)
            if end < 0:
                if limit < 0 and len(data) - start < RUN_BYTES_MAX:
                    return data
                break
            end += len(_CLOSE)
            before, run, data = data[:start], data[start:end], data[end:]
            self._walk(before)
            if not self._may_cut or not self._take_run(run):
                self._walk(run)
        self._may_cut = False
        return data

    def _take_run(self, run: bytes) -> bool:
        """Take the entries of a run apart from the walk, or return False where that might differ from walking it."""
        place = next(self._feed.feed(_EMPTY), None)
        if place is None:
            self._may_cut = False  # Inside a comment or the like.
            return False
        if place.tag != self._entry_tag:
            self._take(place)
        statement = self._enter(place.getparent())
        self._take_children(statement, until=place)
        self._forget(place)
        entries = self._runs.read(run, place.nsmap)
        if entries is None:
            return False
        for found, lines in entries:
            self._add(statement, found, self._lines + lines + 1)
        lines = run.count(b"\n")
        self._lines += lines
        self._feed.lines_before += lines
        return True


def _name_above(element: Element) -> str | None:
    parent = element.getparent()
    return None if parent is None else split_tag(parent.tag).name
