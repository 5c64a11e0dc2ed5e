"""From the bytes of an MT940 file to blocks of text that end where a field ends.

Line ends are made equal, the encoding is found, memory stays flat. What the fields mean is decided elsewhere.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from schemas.errors import FileRefused

BLOCK_BYTES = 1 << 16
FIELD_BYTES_MAX = 1 << 20
_STARTS = (b"\n:61:", b"\n:20:")  # A block may end before these: they begin a field wherever they stand.
_ASCII = bytes(range(0x80))
# DIN 66003, the German ASCII of old files, has umlauts where ASCII has brackets; inside words they give it away.
_DIN_MARKS = (b"[", b"\\", b"]", b"{", b"|", b"}", b"~")
_DIN_WORD = re.compile(rb"[A-Za-z][{|}~][a-z]{2}|[A-Z]\\[A-Z]{2}|[A-Z]{2}[\[\]][A-Z]{2}")
_CONTROLS = bytes({*range(0x20), 0x7F} - {0x0A})
_WITHOUT_CONTROLS = dict.fromkeys(_CONTROLS) | {0x09: " "}
_MARKED_CONTROLS = dict.fromkeys(_CONTROLS, "�") | {0x09: " "}
_DIN_LETTERS = str.maketrans("[\\]{|}~", "ÄÖÜäöüß")


def read_blocks(file: BinaryIO, warn: Callable[[str], None]) -> Iterator[str]:
    """Yield the file as text with ``\\n`` line ends, in blocks that begin with a ``:20:`` or ``:61:`` line.

    Each line end between two blocks belongs to neither. Raises FileRefused for binary data and endless fields.
    """
    decode = _Decoder(warn)
    rest = b""
    while chunk := file.read(BLOCK_BYTES):
        if chunk.endswith(b"\r"):  # Never part a CR from its LF.
            chunk += file.read(1)
        rest += chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in chunk else chunk
        end = max(map(rest.rfind, _STARTS))
        if end > 0:
            yield decode(rest[:end])
            rest = rest[end + 1 :]
        elif len(rest) > FIELD_BYTES_MAX:
            raise FileRefused("a field is longer than 1 MiB; the file is not a bank statement", code="field_too_long")
    yield decode(rest)


class _Decoder:
    """Decodes the blocks of one file; the first block that is not ASCII decides for all."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._encoding: str | None = None
        self._is_din = False
        self._has_gaps = False

    def __call__(self, block: bytes) -> str:
        if b"\0" in block:
            raise FileRefused("the file holds NUL bytes: it is binary, or not in an 8-bit encoding", code="binary")
        text = self._decode(block)
        return text if len(block.translate(None, _CONTROLS)) == len(block) else _without_controls(text)

    def _decode(self, block: bytes) -> str:
        if block.isascii():
            text = block.decode("ascii")
            return self._german_ascii(block, text) if self._encoding is None else text
        if self._encoding is None:
            block = block.removeprefix(codecs.BOM_UTF8)
            self._encoding = _encoding_of(block)
            if self._encoding == "cp850":
                self._warn("letters are read as code page 850")
        try:
            return block.decode(self._encoding)
        except UnicodeDecodeError:
            if not self._has_gaps:
                self._has_gaps = True
                self._warn(f"a part of the file is not {self._encoding}; letters in it are replaced by a mark")
            return block.decode(self._encoding, "replace")

    def _german_ascii(self, block: bytes, text: str) -> str:
        if not self._is_din and any(mark in block for mark in _DIN_MARKS) and _DIN_WORD.search(block):
            self._is_din = True
            self._warn("brackets inside words are read as German letters (DIN 66003)")
        if not self._is_din:
            return text
        return "\n".join(line if line.startswith("{") else line.translate(_DIN_LETTERS) for line in text.split("\n"))


def _without_controls(text: str) -> str:
    """Return text without control characters; where amounts stand they are marked, so that none is read over."""
    return "\n".join(
        line.translate(_MARKED_CONTROLS if line.startswith(":6") else _WITHOUT_CONTROLS) for line in text.split("\n")
    )


def _encoding_of(block: bytes) -> str:
    """Return the encoding of a block that is not ASCII: UTF-8, else the likeliest of the 8-bit ones."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        high = block.translate(None, _ASCII)
        if not any(0x80 <= byte <= 0x9F for byte in high):
            return "latin-1"
        return "cp850" if all(byte < 0xC0 or byte == 0xE1 for byte in high) else "cp1252"  # E1 is the German ß.
    return "utf-8"
