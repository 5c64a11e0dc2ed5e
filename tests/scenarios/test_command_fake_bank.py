"""The pretended bank from the command line: called day by day, its books in a folder, its letters in out."""

import json
import sys
from pathlib import Path

import pytest

from gateway.__main__ import main
from support.order_texts import Item, collections_of


def fake_bank(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["sepa-gateway", "fake-bank", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_a_bank_goes_on_from_day_to_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order = tmp_path / "order.xml"
    order.write_bytes(collections_of(Item("E-1", "10.00"), Item("E-2", "20.85"), date="2026-12-01"))
    folder = tmp_path / "bank"

    assert fake_bank(monkeypatch, "--folder", str(folder), "--date", "2026-11-23", str(order)) == 0
    assert [path.name for path in (folder / "out").iterdir()] == ["2026-11-23-00001.pain002.xml"]
    assert fake_bank(monkeypatch, "--folder", str(folder), "--date", "2026-12-01") == 0
    capsys.readouterr()
    assert fake_bank(monkeypatch, "--folder", str(folder), "--date", "2026-12-02", "--json") == 0

    said = json.loads(capsys.readouterr().out)
    assert [Path(path).name for path in said["written"]] == [
        "2026-12-02-013000-00002.camt053.xml", "2026-12-02-013000-00002.sta",
    ]  # fmt: skip
    assert said["balances"] == {"DE89370400440532013000": 1000 - 300}
    assert said["collections"] == {
        "E-1": {"outcome": "settled", "reason": ""},
        "E-2": {"outcome": "returned", "reason": "AM04"},
    }


def test_what_was_written_is_said_without_whole_accounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order = tmp_path / "order.xml"
    order.write_bytes(collections_of(Item("E-1", "10.05"), date="2026-12-01"))

    fake_bank(monkeypatch, "--folder", str(tmp_path), "--date", "2026-11-23", str(order))

    *written, balance = capsys.readouterr().out.splitlines()
    assert written == [f"wrote {tmp_path / 'out' / '2026-11-23-00001.pain002.xml'}"]
    assert balance == "balance of the account that ends in 3000: 0.00"


def test_the_table_of_magic_cents_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fake_bank(monkeypatch, "--magic") == 0
    assert ".85 returned after 1 bank days, AM04, fee inside" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("arguments", [[], ["--folder", "x"], ["--folder", "x", "--date", "tomorrow"]])
def test_wrong_usage_is_told(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    assert fake_bank(monkeypatch, *arguments) == 2
