"""Reads orders to banks bit by bit: header, then each payment block before its collections or transfers.

Memory stays flat whatever the number of collections. What the texts mean, and whether they may stand there, is not
decided here.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from parsers.orders.gather import Action, Make, Odd, Step, Texts, compiled, gather, text_of
from parsers.orders.paths import BLOCK, DATES_INSIDE, EXECUTION_DATE, FORBIDDEN, HEADER, INSTRUCTION
from parsers.xml_door import (
    HEAD_BYTES,
    Element,
    ElementFeed,
    Tag,
    beginning_of,
    blank_lines,
    drop_comments,
    encoding_of,
    looks_like_xml,
)
from schemas.errors import FileRefused
from schemas.order_facts import BlockFacts, InstructionFacts, OrderFacts, OrderKind, OrderPart

MESSAGES = {"CstmrDrctDbtInitn": OrderKind.COLLECTIONS, "CstmrCdtTrfInitn": OrderKind.TRANSFERS}
_INSTRUCTIONS = {OrderKind.COLLECTIONS: "DrctDbtTxInf", OrderKind.TRANSFERS: "CdtTrfTxInf"}
_CHUNK_BYTES = 1 << 16
_FORMAT = re.compile(r"pain\.00[18]\.[0-9]{3}\.[0-9]{2}(?:\.[a-z]{2,3}\.[0-9]{2})?")


def read_order(path: Path) -> Iterator[OrderPart]:
    """Yield the facts of a pain.008 or pain.001, the header first.

    Raises FileRefused for what is no such order, is not safe to read, or does not keep to the order of its elements.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        message = beginning_of(head, MESSAGES).found if looks_like_xml(head) else None
        if message is None:
            raise FileRefused("the file holds no pain.008 or pain.001 message", code="not_an_order")
        blanks, lines = blank_lines(head)
        reader = _Reader(message, head, lines)
        file.seek(blanks)
        while chunk := file.read(_CHUNK_BYTES):
            yield from reader.feed(chunk)
        yield from reader.close()


def format_of(path: Path) -> str:
    """Return the format that an order says it has, such as pain.008.001.08. Raises FileRefused."""
    first = next(read_order(path))
    return first.format if isinstance(first, OrderFacts) else ""


class _Reader:
    """Takes a file in pieces and gives its parts."""

    def __init__(self, message: Tag, head: bytes, lines_before: int) -> None:
        self._kind = MESSAGES[message.name]
        prefix = f"{{{message.namespace}}}" if message.namespace else ""
        self._message_tag = prefix + message.name
        self._header_tag, self._block_tag = prefix + "GrpHdr", prefix + "PmtInf"
        self._instruction_tag = prefix + _INSTRUCTIONS[self._kind]
        self._header_branch = compiled(HEADER, prefix)
        block_paths = {**BLOCK[self._kind], EXECUTION_DATE: _date_of_execution()}
        self._block_branch: dict[str, Step] = {**compiled(block_paths, prefix), self._instruction_tag: _pass_over}
        self._instruction_branch = compiled(INSTRUCTION[self._kind], prefix)
        self._feed = ElementFeed((self._header_tag, self._block_tag, self._instruction_tag))
        self._feed.lines_before = lines_before
        known = _FORMAT.search(message.namespace or "")
        self._header = OrderFacts(
            self._kind,
            known[0] if known else self._kind.value,
            has_byte_order_mark=head.startswith(codecs.BOM_UTF8),
            encoding=encoding_of(head.lstrip(b" \t\r\n")),
        )
        self._is_header_given = False
        self._block: Element | None = None

    def feed(self, data: bytes) -> Iterator[OrderPart]:
        """Yield what is complete with this piece."""
        yield from self._take_all(self._feed.feed(data))

    def close(self) -> Iterator[OrderPart]:
        """Yield what the end completes."""
        yield from self._take_all(self._feed.close())
        yield from self._header_once()

    def _take_all(self, elements: Iterable[Element]) -> Iterator[OrderPart]:
        for element in elements:
            try:
                drop_comments(element)
                yield from self._take(element)
            except FileRefused as error:
                error.line = error.line or self._feed.line_of(element)
                raise

    def _take(self, element: Element) -> Iterator[OrderPart]:
        above = element.getparent()
        place = None if above is None else above.tag
        if element.tag == self._header_tag and place == self._message_tag:
            self._take_header(element)
            yield from self._header_once()
        elif element.tag == self._instruction_tag and above is not None and place == self._block_tag:
            yield from self._enter(above)
            yield self._instruction(element)
            self._feed.forget(element)
        elif element.tag == self._block_tag and place == self._message_tag:
            yield from self._enter(element)
            self._check_end(element)
            self._feed.forget(element)
            self._block = None
        else:
            raise FileRefused("an element of the order stands in the wrong place", code="misplaced")

    def _take_header(self, element: Element) -> None:
        if self._is_header_given:
            raise FileRefused("the header stands twice, or behind a payment block", code="misplaced")
        found, odd = self._gathered(element, self._header_branch)
        self._header = self._header._replace(line=self._feed.line_of(element), odd=odd.facts(), **found)

    def _header_once(self) -> Iterator[OrderFacts]:
        if not self._is_header_given:
            self._is_header_given = True
            yield self._header

    def _enter(self, block: Element) -> Iterator[OrderPart]:
        """Yield the facts of a block when its first collection, or its end, is met."""
        if block is self._block:
            return
        yield from self._header_once()
        self._block = block
        found, odd = self._gathered(block, self._block_branch)
        yield BlockFacts(line=self._feed.line_of(block), odd=odd.facts(), **found)

    def _instruction(self, element: Element) -> InstructionFacts:
        found, odd = self._gathered(element, self._instruction_branch)
        return InstructionFacts(line=self._feed.line_of(element), odd=odd.facts(), **found)

    def _gathered(self, element: Element, branch: dict[str, Step]) -> tuple[Texts, Odd]:
        found: Texts = {}
        odd = Odd(element, FORBIDDEN[self._kind])
        gather(element, branch, found, odd)
        return found, odd

    def _check_end(self, block: Element) -> None:
        """Refuse what stands behind the collections: it would count for them, and they are given already."""
        last = block[-1] if len(block) else None
        has_instruction = any(child.tag == self._instruction_tag for child in block)
        if has_instruction and last is not None and last.tag != self._instruction_tag:
            name = str(last.tag).rpartition("}")[2]
            raise FileRefused(f"{name} stands behind the {_INSTRUCTIONS[self._kind]} of its block", code="misplaced")


def _pass_over(element: Element, found: Texts, odd: Odd) -> None:
    """A collection is taken by itself."""


def _date_of_execution() -> Make:
    def make(prefix: str) -> Action:
        tags = {prefix + name for name in DATES_INSIDE}

        def act(element: Element, found: Texts, odd: Odd) -> None:
            inside = element[0] if len(element) == 1 and element[0].tag in tags else element
            found["date"] = text_of(inside)
            if found["date"] is None:
                odd.empty(inside)

        return act

    return make
