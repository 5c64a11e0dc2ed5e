"""The command line looks into bank files: what was understood, or why not, and nothing else is needed for it."""

import json
import sys
from pathlib import Path

import pytest

from gateway.__main__ import main
from support.bank import camt, payment

REPORT = (
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>'
    b"<OrgnlMsgId>RUN-7</OrgnlMsgId></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A statement that does not add up, a status report and a file that is none."""
    found = []
    for name, data in {"good.xml": camt(payment(100), closing=1), "report.xml": REPORT, "bad.xml": b"<html>"}.items():
        (tmp_path / name).write_bytes(data)
        found.append(str(tmp_path / name))
    return found


def inspect(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["sepa-gateway", "inspect", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_each_file_is_one_sentence_and_a_refusal_says_why(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = inspect(monkeypatch, *files)

    written = capsys.readouterr()
    good, report, bad = files
    assert code == 1
    assert written.out.splitlines() == [
        f"{good}: camt.053.001.08, 1 statements, 1 entries",
        f"{report}: pain.002.001.10, a report on message RUN-7",
    ]
    assert "opening 100.00 plus entries 1.00 is 101.00" in written.err
    assert f"{bad}: refused: this is a web page (HTML)" in written.err


def test_each_file_is_one_line_of_json(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = inspect(monkeypatch, *files, "--json")

    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 1
    assert [one["file"] for one in found] == files
    assert found[2]["error"]["code"] == "html"
