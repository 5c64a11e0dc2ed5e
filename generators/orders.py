"""What all writers of orders to banks share: the error, counting, the stream of blocks and lines, writing into a file.

An order file is a head, blocks of lines (one order each) and a tail. Orders are turned into lines some hundreds at a
time; each such part is checked before it is given out, between the head and the tail that make it a whole file.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Generic, NamedTuple, Protocol, TypeVar

from generators.charset import ForeignIdentifier, are_identifiers, check_identifier
from schemas.errors import GatewayError
from schemas.money import amount_text

AMOUNT_MAX = 99_999_999_999  # Cents: 999 999 999.99 euro (EPC016-06, AT-06).
_CHUNK = 500  # Orders that are checked together; they and their tree stay in the cache of the processor.


class UnwritableOrder(GatewayError):
    """An order holds what a bank would refuse, or not what it says that it holds.

    ``end_to_end_id`` names the collection or transfer, ``element`` the element; either may be empty.
    """

    code = "unwritable_order"

    def __init__(self, message: str, *, end_to_end_id: str = "", element: str = "") -> None:
        super().__init__(message)
        self.end_to_end_id = end_to_end_id
        self.element = element


class Tally(NamedTuple):
    """How many orders, and their sum in cents."""

    order_count: int = 0
    sum_minor: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(self.order_count + other.order_count, self.sum_minor + other.sum_minor)

    def check(self, announced: "Tally", where: str) -> None:
        """Raise UnwritableOrder unless what was written is what was announced."""
        if self != announced:
            raise UnwritableOrder(f"{where}: {self} were written, {announced} were announced")

    def __str__(self) -> str:
        return f"{self.order_count} of together {amount_text(self.sum_minor)} EUR"


class WrittenOrder(NamedTuple):
    """What was written into a file: SHA-256 as hexadecimal digits, bytes, how many orders, their sum in cents."""

    sha256: str
    size_bytes: int
    order_count: int
    sum_minor: int


class Order(Protocol):
    """Anything that becomes a line."""

    @property
    def end_to_end_id(self) -> str:
        """The id by which a fault names it."""

    @property
    def amount_minor(self) -> int:
        """Cents."""


_Order = TypeVar("_Order", bound=Order)


class Lines(NamedTuple):
    """Some orders as lines."""

    ids: list[str]
    data: bytes
    tally: Tally


class LineWriter(NamedTuple, Generic[_Order]):
    """How orders of one kind become lines. ``ids_of`` gives the identifiers, empty or not, that ``id_names`` names."""

    what: str
    id_names: Sequence[str]
    ids_of: Callable[[_Order], Sequence[str]]
    line_of: Callable[[_Order], str]

    def write(self, orders: Iterable[_Order]) -> Iterator[Lines]:
        """Yield the orders as lines. Raises UnwritableOrder naming the order and the element."""
        iterator = iter(orders)
        while chunk := tuple(islice(iterator, _CHUNK)):
            ids: list[str] = []
            for order in chunk:
                ids += self.ids_of(order)
            line_of = self.line_of if are_identifiers(ids) else self._checked_line
            data = "".join(self._lines(chunk, line_of)).encode()
            tally = Tally(len(chunk), sum([order.amount_minor for order in chunk]))
            yield Lines([order.end_to_end_id for order in chunk], data, tally)

    def _lines(self, orders: Sequence[_Order], line_of: Callable[[_Order], str]) -> Iterator[str]:
        for order in orders:
            try:
                yield line_of(order)
            except UnwritableOrder as fault:
                named = f"{self.what} {order.end_to_end_id[:70]}: {fault}"
                raise UnwritableOrder(named, end_to_end_id=order.end_to_end_id, element=fault.element) from fault

    def _checked_line(self, order: _Order) -> str:
        for name, text in zip(self.id_names, self.ids_of(order), strict=True):
            identifier(name, text)
        return self.line_of(order)


class Block(NamedTuple):
    """A block on its way: its id, what stands before and after its lines, and what was announced of them."""

    id: str
    head: str
    lines: Iterable[Lines]
    tail: str
    announced: Tally


class Envelope(NamedTuple):
    """What stands around the blocks of a message."""

    message_id: str
    head: str
    tail: str
    announced: Tally


Check = Callable[[str, bytes, str, list[str]], None]  # Head, lines, tail, ids of the lines; raises UnwritableOrder.


def write_message(envelope: Envelope, blocks: Iterable[Block], check: Check) -> Iterator[bytes]:
    """Yield a message. Raises UnwritableOrder when a block or the message does not hold what was announced."""
    yield envelope.head.encode()
    written, ids = Tally(), set[str]()
    for block in blocks:
        if block.id in ids:
            raise UnwritableOrder(f"block {block.id} comes twice", element="PmtInfId")
        ids.add(block.id)
        written = written.plus((yield from _block(block, envelope, check)))
    if not ids:
        check(envelope.head, b"", envelope.tail, [])
    written.check(envelope.announced, f"message {envelope.message_id}")
    yield envelope.tail.encode()


def _block(block: Block, envelope: Envelope, check: Check) -> Generator[bytes, None, Tally]:
    head, tail, written = envelope.head + block.head, block.tail + envelope.tail, Tally()
    yield block.head.encode()
    for lines in block.lines:
        check(head, lines.data, tail, lines.ids)
        yield lines.data
        written = written.plus(lines.tally)
    if not written.order_count:
        check(head, b"", tail, [])
    written.check(block.announced, f"block {block.id}")
    yield block.tail.encode()
    return written


def save(pieces: Iterable[bytes], file: BinaryIO, announced: Tally) -> WrittenOrder:
    """Write pieces into a file and return what was written. What an exception leaves behind is no order: discard it."""
    digest, size_bytes = hashlib.sha256(), 0
    for piece in pieces:
        file.write(piece)
        digest.update(piece)
        size_bytes += len(piece)
    return WrittenOrder(digest.hexdigest(), size_bytes, *announced)


def identifier(name: str, text: str, limit: int = 35) -> str:
    """Return an element with an identifier, or nothing without one. Raises UnwritableOrder."""
    if not text:
        return ""
    try:
        return f"<{name}>{check_identifier(text, name, limit)}</{name}>"
    except ForeignIdentifier as fault:
        raise UnwritableOrder(str(fault), element=name) from fault


def moment_text(moment: dt.datetime) -> str:
    """Return a moment as a whole second in UTC, because some banks refuse fractions. Raises UnwritableOrder."""
    if moment.tzinfo is None:
        raise UnwritableOrder(f"CreDtTm {moment.isoformat()} has no time zone", element="CreDtTm")
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def euro_text(minor: int) -> str:
    """Return an amount of an order. Raises UnwritableOrder unless it is 0.01 to 999 999 999.99 euro."""
    if not 0 < minor <= AMOUNT_MAX:
        raise UnwritableOrder(f"amount {amount_text(minor)} is not 0.01 to 999999999.99", element="InstdAmt")
    return f"{minor // 100}.{minor % 100:02d}"
