"""The command line imports tables and says what it did with every column."""

import json
from pathlib import Path

import pytest

from support.command_line import Command


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line on an empty data folder."""
    (tmp_path / "data").mkdir()
    return Command(tmp_path / "data", monkeypatch, capsys)


def test_columns_that_are_not_known_are_named(tmp_path: Path, command: Command) -> None:
    table = tmp_path / "customers.csv"
    table.write_text("number,name,mood\nC1,Muster,good\n", encoding="utf-8")

    told, facts = command("import-customers", str(table)), command("import-customers", str(table), "--json")

    assert (told.code, told.stdout.strip()) == (0, f"{table}: 1 new")
    assert told.stderr.strip() == f"{table}: columns that are not known and were left out: mood"
    assert json.loads(facts.stdout)["unknown_columns"] == ["mood"]
