"""Golden files: what a bank file gives is compared whole. ``make golden`` writes the expected results anew."""

import re
from pathlib import Path

import pytest

from parsers.detect import READERS
from parsers.flavours import FLAVOURS
from support.rewrite_golden import EXPECTED, GOLDEN, expected_of, golden_files, inspected

FILES = golden_files()


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in FILES])
def test_a_golden_file_gives_its_expected_result(path: Path) -> None:
    assert inspected(path) == expected_of(path).read_text(encoding="utf-8")


def test_no_expected_result_is_without_its_file() -> None:
    expected = {expected_of(path) for path in FILES}

    assert set(GOLDEN.glob(f"*/*{EXPECTED}")) == expected
    assert len(expected) == len(FILES)


def test_every_reader_has_a_golden_file_and_every_folder_a_reader() -> None:
    folders = {path.parent.name for path in FILES}
    readers = [re.sub("[^a-z0-9]", "", reader.name.lower()) for reader in READERS]

    assert [reader for reader in readers if not any(folder[-3:] in reader for folder in folders)] == []
    assert [folder for folder in folders if not any(folder[-3:] in reader for reader in readers)] == []


@pytest.mark.parametrize("name", [flavour.name for flavour in FLAVOURS])
def test_every_flavour_has_a_golden_file(name: str) -> None:
    assert list(GOLDEN.glob(f"*/{name}_*"))
