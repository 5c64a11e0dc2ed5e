"""Unpacks a zip archive of bank files within limits: all of its members, or none.

An archive is read only where somebody asked for it. The names inside are text to show and never a path: members are
written under names of our own. What is inside a member is found out by `parsers.detect`.
"""

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from schemas.errors import FileRefused

_END = struct.Struct("<4s4H2LH")  # The end record: signature, disks and counts, size and place of the directory.
_END_MARK, _ZIP64_MARK = b"PK\x05\x06", b"PK\x06\x07"
_COMMENT_MAX = 0xFFFF
_DIRECTORY_BYTES_MAX = 1 << 20
_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_NESTED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
_BLOCK_BYTES = 1 << 18
_NAME_SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold. The ratio counts for members above ``ratio_from_bytes``."""

    members_max: int = 100
    unpacked_bytes_max: int = 1 << 30
    ratio_max: int = 100
    ratio_from_bytes: int = 1 << 20


class Member(NamedTuple):
    """One unpacked member: its name as it may be shown, and where it lies."""

    name: str
    path: Path
    size_bytes: int


def unpack(path: Path, into: Path, *, limits: Limits | None = None) -> tuple[Member, ...]:
    """Write the members of an archive into an existing folder and return them in their order.

    Raises FileRefused where one of them breaks a limit or a rule; nothing is left in the folder then.
    """
    limits = limits or Limits()
    _check_directory(path, limits)
    written: list[Path] = []
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(_unpack_all(archive, into, limits, written))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, UnicodeDecodeError) as error:
        _remove(written)
        raise FileRefused(f"the archive is damaged: {error}", code="archive_damaged") from None
    except BaseException:
        _remove(written)
        raise


def _check_directory(path: Path, limits: Limits) -> None:
    """Refuse an archive with too large a directory before it is read: each member in it costs memory."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = max(0, size - _END.size - _COMMENT_MAX)
        file.seek(start)
        tail = file.read()
    place = tail.rfind(_END_MARK)
    if place < 0 or len(tail) - place < _END.size:
        raise FileRefused("the file is no zip archive, or its end is missing", code="archive_damaged")
    if tail[max(0, place - 20) : place].startswith(_ZIP64_MARK):
        raise FileRefused("the archive is of the kind for very large files (ZIP64)", code="archive_limits")
    _, _, _, _, count, directory_bytes, _, _ = _END.unpack_from(tail, place)
    if count > limits.members_max or directory_bytes > _DIRECTORY_BYTES_MAX:
        raise FileRefused(f"the archive has more than {limits.members_max} members", code="archive_limits")


def _unpack_all(archive: zipfile.ZipFile, into: Path, limits: Limits, written: list[Path]) -> list[Member]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(archive.infolist()) > limits.members_max:
        raise FileRefused(f"the archive has more than {limits.members_max} members", code="archive_limits")
    if not entries:
        raise FileRefused("the archive is empty", code="empty_file")
    members: list[Member] = []
    left = limits.unpacked_bytes_max
    for number, entry in enumerate(entries, 1):
        _check_entry(entry)
        target = into / f"member-{number:03d}"
        written.append(target)
        size = _unpack_one(archive, entry, target, limits, left)
        left -= size
        members.append(Member(_shown(entry.filename), target, size))
    return members


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = _shown(entry.filename)
    if entry.flag_bits & _ENCRYPTED:
        raise FileRefused(f"{name} in the archive is encrypted", code="archive_encrypted")
    if entry.compress_type not in _METHODS:
        raise FileRefused(f"{name} in the archive is packed in a way that is not read", code="archive_method")
    mode = entry.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise FileRefused(f"{name} in the archive is a link or device, no file", code="archive_link")


def _unpack_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limits: Limits, left: int) -> int:
    """Write one member and return its size. Sizes are counted, never believed."""
    name = _shown(entry.filename)
    size = 0
    with archive.open(entry) as source, target.open("xb") as file:
        while block := source.read(_BLOCK_BYTES):
            if not size and block.startswith(_NESTED):
                raise FileRefused(f"{name} in the archive is an archive itself", code="archive_nested")
            size += len(block)
            if size > left:
                raise FileRefused(
                    f"the archive unpacks to more than {limits.unpacked_bytes_max >> 20} MiB", code="archive_limits"
                )
            if size > limits.ratio_from_bytes and size > limits.ratio_max * max(entry.compress_size, 1):
                raise FileRefused(
                    f"{name} in the archive unpacks to more than {limits.ratio_max} times its size",
                    code="archive_limits",
                )
            file.write(block)
    return size


def _remove(written: list[Path]) -> None:
    for path in written:
        path.unlink(missing_ok=True)


def _shown(name: str) -> str:
    """Return a name from the archive as a message may show it: its last part, without control characters."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(char if char.isprintable() else "?" for char in last)[:_NAME_SHOWN_MAX] or "a member"
