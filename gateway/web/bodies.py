"""Bodies of requests, read within limits: every byte is counted while it comes, and it has to come in time.

Nothing here trusts a length that the sender states, and nothing is held in memory beyond the limits given.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDict

from gateway.web.errors import BadRequest, BodyTooLarge, BodyTooSlow, UnsupportedBody

T = TypeVar("T")
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
_PIECE = 64 * 1024
_FORM_FIELDS_MAX = 5000  # A split over many invoices is a long form.
# What the multipart reader raises on a body that is no multipart.
_BROKEN = (ValueError, LookupError, RuntimeError, AssertionError, HttpProcessingError, web.RequestPayloadError)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a request may bring, and how long it may take."""

    text_bytes_max: int = 1024 * 1024  # JSON, forms without files, one field of a form.
    file_bytes_max: int = 256 * 1024 * 1024
    files_max: int = 50
    fields_max: int = 20
    idle_s: float = 15.0  # Between two pieces of a body.
    body_s: float = 600.0  # For a whole body.
    header_s: float = 15.0
    keep_alive_s: float = 75.0
    connections_max: int = 2000
    connections_per_address_max: int = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form. ``filename`` is text to show, never a path; ``pieces`` can be read once."""

    name: str
    filename: str
    pieces: AsyncIterator[bytes]


class _InTime:
    """Waits for pieces of one body: not too long for one, not too long for all."""

    def __init__(self, limits: Limits) -> None:
        self._idle_s = limits.idle_s
        self._ends_at = asyncio.get_running_loop().time() + limits.body_s

    async def of(self, piece: Awaitable[T]) -> T:
        left_s = self._ends_at - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(max(0.0, min(self._idle_s, left_s))):
                return await piece
        except TimeoutError:
            raise BodyTooSlow from None
        except _BROKEN as error:
            raise BadRequest(f"the body of the request is broken: {type(error).__name__}") from error


async def pieces_of(request: web.Request, limits: Limits, bytes_max: int) -> AsyncIterator[bytes]:
    """Yield the raw body in pieces. Raises BodyTooLarge as soon as it passes the limit, BodyTooSlow, BadRequest."""
    if (request.content_length or 0) > bytes_max:
        raise BodyTooLarge(f"the body has more than {bytes_max:,} bytes, which is the limit")
    in_time, size = _InTime(limits), 0
    while piece := await in_time.of(request.content.readany()):
        size += len(piece)
        if size > bytes_max:
            raise BodyTooLarge(f"the body has more than {bytes_max:,} bytes, which is the limit")
        yield piece


async def text_of(request: web.Request, limits: Limits) -> str:
    """Return a small body as text. Raises BadRequest when it is not UTF-8."""
    data = bytearray()
    async for piece in pieces_of(request, limits, limits.text_bytes_max):
        data += piece
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8 at byte {error.start}") from error


async def form_of(request: web.Request, limits: Limits) -> MultiDict[str]:
    """Return the fields of a form without files."""
    text = await text_of(request, limits)
    try:
        fields = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FORM_FIELDS_MAX)
    except ValueError as error:
        raise BadRequest(f"the form is broken: {error}") from error
    return MultiDict((name, storable(value, f"the field {name!r}")) for name, value in fields)


def storable(text: str, what: str) -> str:
    """Return a text that a database can hold and search for. Raises BadRequest for one with NUL characters."""
    if "\0" in text:
        raise BadRequest(f"{what} has NUL characters")
    return text


class MultipartForm:
    """A form with files, read part by part: fields are kept, files are handed on as they come."""

    def __init__(self, request: web.Request, limits: Limits) -> None:
        self.fields: MultiDict[str] = MultiDict()
        self._limits = limits
        self._in_time = _InTime(limits)
        self._next: BodyPartReader | None = None
        try:
            self._reader = MultipartReader(request.headers, request.content)
        except _BROKEN as error:
            raise BadRequest("the form names no boundary between its parts") from error

    async def first_field(self, name: str) -> str:
        """Return the field that has to come first, or nothing when another part does; no file byte is read."""
        part = await self._part()
        if part is None or part.filename is not None or part.name != name:
            return ""
        return await self._text(part)

    async def uploads(self, files_max: int | None = None) -> AsyncIterator[Upload]:
        """Yield the files that were chosen; read each before asking for the next. Fields on the way are kept."""
        count, allowed = 0, self._limits.files_max if files_max is None else files_max
        while (part := await self._part()) is not None:
            if part.filename is None:
                await self._keep_field(part)
            elif part.filename:
                count += 1
                if count > allowed:
                    raise BodyTooLarge(f"the form has more than {allowed} files, which is the limit")
                yield Upload(part.name or "", part.filename[:255], self._pieces(part, self._limits.file_bytes_max))

    async def _keep_field(self, part: BodyPartReader) -> None:
        if len(self.fields) >= self._limits.fields_max:
            raise BodyTooLarge(f"the form has more than {self._limits.fields_max} fields, which is the limit")
        self.fields.add(part.name or "", await self._text(part))

    async def _text(self, part: BodyPartReader) -> str:
        data = bytearray()
        async for piece in self._pieces(part, self._limits.text_bytes_max):
            data += piece
        try:
            return storable(data.decode(), f"the field {part.name!r}")
        except UnicodeDecodeError as error:
            raise BadRequest(f"the field {part.name!r} is not UTF-8") from error

    async def _pieces(self, part: BodyPartReader, bytes_max: int) -> AsyncIterator[bytes]:
        size = 0
        while piece := await self._in_time.of(part.read_chunk(_PIECE)):
            size += len(piece)
            if size > bytes_max:
                raise BodyTooLarge(f"a part of the form has more than {bytes_max:,} bytes, which is the limit")
            yield piece

    async def _part(self) -> BodyPartReader | None:
        part = await self._in_time.of(self._reader.next())
        if isinstance(part, MultipartReader):
            raise UnsupportedBody("a form inside a form is not taken")
        if part is not None:
            _check_part(part)
        return part


def _check_part(part: BodyPartReader) -> None:
    """Check that a part is named and comes as it is. Raises BadRequest or UnsupportedBody."""
    try:
        is_named = part.name is not None
    except (*_BROKEN, RuntimeWarning) as error:
        raise BadRequest("a part of the form has a broken name") from error
    if not is_named:
        raise BadRequest("a part of the form has no name")
    transfer = part.headers.get("Content-Transfer-Encoding", "binary").strip().lower()
    if "Content-Encoding" in part.headers or transfer not in {"binary", "8bit", "7bit"}:
        raise UnsupportedBody("encoded or compressed parts of a form are not taken")
