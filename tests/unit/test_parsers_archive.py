"""Zip archives: all members within the limits, or none and nothing left behind."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from parsers.archive import Limits, Member, unpack
from schemas.errors import FileRefused


def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in members:
            file.writestr(name, data)
    return buffer.getvalue()


def with_mode(mode: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        entry = zipfile.ZipInfo("link")
        entry.create_system = 3
        entry.external_attr = mode << 16
        file.writestr(entry, b"/etc/passwd")
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    into = tmp_path / "into"
    into.mkdir()
    return into


@pytest.fixture
def attempt(tmp_path: Path, folder: Path) -> Callable[..., tuple[Member, ...]]:
    def unpack_bytes(data: bytes, limits: Limits | None = None) -> tuple[Member, ...]:
        path = tmp_path / "archive.zip"
        path.write_bytes(data)
        return unpack(path, folder, limits=limits)

    return unpack_bytes


Attempt = Callable[..., tuple[Member, ...]]


def test_all_members_are_unpacked_in_their_order(attempt: Attempt, folder: Path) -> None:
    members = attempt(archive(("b.xml", b"first"), ("folder/a.sta", b"second"), ("folder/", b"")))

    assert [(member.name, member.path.read_bytes(), member.size_bytes) for member in members] == [
        ("b.xml", b"first", 5),
        ("a.sta", b"second", 6),
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["member-001", "member-002"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        ("a\x1b[2Jb.xml", "a?[2Jb.xml"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_name_is_text_to_show_and_never_a_path(attempt: Attempt, folder: Path, name: str, shown: str) -> None:
    (member,) = attempt(archive((name, b"data")))

    assert member.name == shown
    assert member.path == folder / "member-001"


def test_members_that_are_only_stored_are_read(attempt: Attempt) -> None:
    assert attempt(archive(("a", b"data"), method=zipfile.ZIP_STORED))[0].size_bytes == 4


SMALL = Limits(members_max=2, unpacked_bytes_max=1000, ratio_max=10, ratio_from_bytes=100)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "archive_damaged", id="empty file"),
        pytest.param(b"PK\x03\x04", "archive_damaged", id="cut"),
        pytest.param(b"PK\x05\x06\0\0", "archive_damaged", id="end record cut"),
        pytest.param(archive(), "empty_file", id="no members"),
        pytest.param(archive(("folder/", b"")), "empty_file", id="folders only"),
        pytest.param(archive(("a", b"1"), ("b", b"2"), ("c", b"3")), "archive_limits", id="too many members"),
        pytest.param(
            archive(("a", bytes(range(250)) * 3), ("b", bytes(range(250)) * 2)), "archive_limits", id="too large"
        ),
        pytest.param(archive(("a", b"0" * 999)), "archive_limits", id="packed too well"),
        pytest.param(archive(("a", archive(("b", b"1")))), "archive_nested", id="archive in an archive"),
        pytest.param(archive(("a", b"\x1f\x8b\x08...")), "archive_nested", id="gzip in an archive"),
        pytest.param(with_mode(stat.S_IFLNK | 0o777), "archive_link", id="link"),
        pytest.param(with_mode(stat.S_IFCHR | 0o666), "archive_link", id="device"),
        pytest.param(archive(("a", b"1"), method=zipfile.ZIP_BZIP2), "archive_method", id="other packing"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_leaves_nothing(
    attempt: Attempt, folder: Path, data: bytes, code: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        attempt(data, SMALL)

    assert refused.value.code == code
    assert list(folder.iterdir()) == []


def test_one_bad_member_refuses_the_good_ones_before_it(attempt: Attempt, folder: Path) -> None:
    with pytest.raises(FileRefused):
        attempt(archive(("good.xml", b"data"), ("bad.zip", archive(("x", b"1")))))

    assert list(folder.iterdir()) == []


def test_an_encrypted_member_is_refused(attempt: Attempt) -> None:
    data = bytearray(archive(("a", b"data")))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 8] |= 1

    with pytest.raises(FileRefused) as refused:
        attempt(bytes(data))

    assert refused.value.code == "archive_encrypted"


def test_a_member_whose_bytes_were_changed_is_refused(attempt: Attempt, folder: Path) -> None:
    data = bytearray(archive(("a", b"data data"), method=zipfile.ZIP_STORED))
    data[data.index(b"data data")] ^= 1

    with pytest.raises(FileRefused, match="damaged") as refused:
        attempt(bytes(data))

    assert refused.value.code == "archive_damaged"
    assert list(folder.iterdir()) == []


def test_a_directory_that_lies_about_its_size_is_refused_before_it_is_read(attempt: Attempt) -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 1 << 30, 0, 0)

    with pytest.raises(FileRefused) as refused:
        attempt(b"\0" * 100 + end)

    assert refused.value.code == "archive_limits"


def test_more_members_than_the_end_record_tells_are_refused(attempt: Attempt) -> None:
    data = bytearray(archive(("a", b"1"), ("b", b"2"), ("c", b"3")))
    end = data.rindex(b"PK\x05\x06")
    data[end + 8 : end + 12] = struct.pack("<2H", 1, 1)

    with pytest.raises(FileRefused) as refused:
        attempt(bytes(data), SMALL)

    assert refused.value.code == "archive_limits"


def test_the_kind_for_very_large_files_is_refused(attempt: Attempt) -> None:
    data = archive(("a", b"1"))
    end = data.rindex(b"PK\x05\x06")

    with pytest.raises(FileRefused, match="ZIP64"):
        attempt(data[:end] + b"PK\x06\x07" + b"\0" * 16 + data[end:])


def test_an_unexpected_error_leaves_nothing_either(
    attempt: Attempt, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(zipfile.ZipExtFile, "read", fail)

    with pytest.raises(KeyboardInterrupt):
        attempt(archive(("a", b"1")))

    assert list(folder.iterdir()) == []
