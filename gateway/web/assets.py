"""Style, script and pictures of the pages: read once, served under a name with their hash, kept by browsers."""

import hashlib
import re
from functools import cache
from pathlib import Path

from aiohttp import web

from gateway.web.context import Call
from schemas.errors import NotFound

_FOLDER = Path(__file__).parent / "static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Assets:
    """The files of the folder ``static``."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._paths: dict[str, str] = {}
        self._files: dict[str, tuple[bytes, str]] = {}
        for file in sorted(folder.iterdir()):
            if file.suffix in _KINDS:
                data = _compact(file.read_text(), file.suffix).encode()
                hashed = f"{file.stem}.{hashlib.sha256(data).hexdigest()[:12]}{file.suffix}"
                self._paths[file.name] = f"/static/{hashed}"
                self._files[hashed] = (data, _KINDS[file.suffix])

    def path(self, name: str) -> str:
        """Return the address of a file as pages name it. Raises KeyError."""
        return self._paths[name]

    def read(self, hashed: str) -> tuple[bytes, str]:
        """Return the bytes and kind of a file by its hashed name. Raises NotFound."""
        if hashed not in self._files:
            raise NotFound("there is no such file")
        return self._files[hashed]


@cache
def _compact(text: str, suffix: str) -> str:
    """Leave comments and indents out: they are for those who read the source."""
    if suffix == ".css":
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        tight = re.sub(r"\s*([{};,])\s*|(:) +| (>) ", r"\1\2\3", re.sub(r"\s+", " ", text)).strip()
        return tight.replace(";}", "}")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


async def send_asset(call: Call) -> web.StreamResponse:
    """Answer with a file; its name changes with its content, so it is kept for a year."""
    data, kind = call.gateway.pages.assets.read(call.word("name"))
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return web.Response(body=data, content_type=kind, charset="utf-8", headers=headers)
