"""The one file that a call brings: as raw body, or in a form."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from gateway.web.bodies import MULTIPART, Upload
from gateway.web.context import Call
from gateway.web.errors import BadRequest

KINDS = ("application/octet-stream", MULTIPART)


class ReceivedFile(NamedTuple):
    """A file on its way: a name to show, and its bytes, which can be read once."""

    name: str
    pieces: AsyncIterator[bytes]


async def one_file(call: Call) -> ReceivedFile:
    """Return the file of a call. Raises BadRequest when a form has none; its pieces raise BodyTooLarge when two."""
    if call.request.content_type != MULTIPART:
        return ReceivedFile(call.request.headers.get("X-File-Name", "upload"), call.pieces())
    uploads = call.uploads(files_max=1)
    first = await anext(uploads, None)
    if first is None:
        raise BadRequest("the form has no file")
    return ReceivedFile(first.filename, _alone(first, uploads))


async def _alone(first: Upload, rest: AsyncIterator[Upload]) -> AsyncIterator[bytes]:
    """Yield the pieces of the first file, then read on: a second file passes the limit on files and is refused."""
    async for piece in first.pieces:
        yield piece
    await anext(rest, None)
