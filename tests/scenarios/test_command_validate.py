"""The command line checks orders: verdict, findings with line, id and rule; the orders of the corpus each rightly."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.__main__ import main
from support.corpus import corpus_dir
from support.order_texts import COLLECTIONS, TRANSFERS, changed

CORPUS = corpus_dir()


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Good collections, bad transfers, and a file that is no order."""
    bad = changed(TRANSFERS, ('Ccy="EUR"', 'Ccy="USD"'), ("Customer 2", "Kundin Ü"))
    for name, text in {"good.xml": COLLECTIONS, "bad.xml": bad, "none.xml": "<html/>"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [str(tmp_path / name) for name in ("good.xml", "bad.xml", "none.xml")]


def validate(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["sepa-gateway", "validate", "--date", "2026-11-21", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_each_file_has_its_verdict_and_its_findings(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = validate(monkeypatch, *files)

    good, bad, none = files
    assert code == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{good}: valid: pain.008.001.08, 0 errors, 0 warnings",
        f"{bad}: refused: pain.001.001.09, 1 errors, 1 warnings",
        f"{bad}: line 9: E-1: error: currency: found USD; expected EUR (EPC130-08, EPC132-08)",
        f"{bad}: line 12: E-2: warning: character_set: found 'Ü'; expected only A-Z a-z 0-9 / - ? : ( ) . , ' + and"
        " blank, unless the bank agreed to more (EPC217-08)",
        f"{none}: refused: 1 errors, 0 warnings",
        f"{none}: error: readable: found the file holds no pain.008 or pain.001 message; expected a pain.008 or"
        " pain.001 that can be read without risk (ISO 20022)",
    ]


def test_a_warning_alone_is_valid(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(files[0]).write_text(changed(COLLECTIONS, ("Debtor 1", "Bäcker")), encoding="utf-8")

    assert validate(monkeypatch, files[0]) == 0
    assert "valid: pain.008.001.08, 0 errors, 1 warnings" in capsys.readouterr().out


def test_facts_are_one_line_of_json(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = validate(monkeypatch, *files, "--json")

    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 1
    assert [one["valid"] for one in found] == [True, False, False]
    assert found[0]["schema_checked"] is True
    assert found[1]["findings"][0] == {
        "rule": "currency", "severity": "error", "line": 9, "end_to_end_id": "E-1", "found": "USD", "expected": "EUR",
        "source": "EPC130-08, EPC132-08",
    }  # fmt: skip


def test_findings_beyond_a_thousand_are_counted_only(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gateway.commands.validating.SHOWN_MAX", 1)

    validate(monkeypatch, files[1])

    verdict, _, more = capsys.readouterr().out.splitlines()
    assert verdict.endswith("refused: pain.001.001.09, 1 errors, 1 warnings")
    assert more == f"{files[1]}: 1 more"


def test_without_a_day_dates_are_judged_today(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(files[0]).write_text(changed(COLLECTIONS, ("2026-12-01", "2020-12-01")), encoding="utf-8")

    assert validate(monkeypatch, files[0], "--date", "") == 1
    assert "date_not_passed" in capsys.readouterr().out


def test_a_day_that_is_none_is_wrong_usage(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert validate(monkeypatch, files[0], "--date", "tomorrow") == 2


# The reasons that are right for each file, on the day when it could have been sent. None of them is an order for SEPA
# as it is now: dead national versions, other currencies, invented accounts with wrong check digits, other countries.
CORPUS_REASONS = {
    "pain001/moov-io__International_payment_RUB_naujas_1.xml": ("2015-09-20", {"currency", "no_byte_order_mark", "charge_bearer", "forbidden_elements"}),
    "pain001/moov-io__International_payment_USD_naujas_1.xml": ("2015-09-20", {"currency", "no_byte_order_mark", "service_level"}),
    "pain001/moov-io__musterfile_pain.001_Nov2020.xml": ("2020-06-01", {"version_ended", "currency", "message_count"}),
    "pain001/salesking__pain.001.001.03.ch.02.xml": ("2010-02-01", {"version_ended", "currency"}),
    "pain001/salesking__pain.001.002.03.xml": ("2010-11-20", {"version_ended"}),
    "pain001/salesking__pain.001.003.03.xml": ("2010-11-20", {"version_ended"}),
    "pain001/sebastienrousseau__pain.001.001.03.xml": ("2023-03-10", {"message_count", "block_sum", "block_count", "end_to_end_id_unique"}),
    "pain001/sebastienrousseau__pain.001.001.08.xml": ("2023-01-01", {"message_count", "message_sum"}),
    "pain001/sebastienrousseau__pain.001.001.09.xml": ("2023-03-10", {"message_count", "charge_bearer", "counterparty_account"}),
    "pain001/svapnil__2-pain_001_ach_credit.xml": ("2024-05-10", {"schema", "currency", "message_sum"}),
    "pain001/svapnil__pain_001_rtp_credit.xml": ("2020-06-20", {"schema", "currency", "local_instrument"}),
    "pain008/dvbern__pain008Reference.xml": ("2017-06-30", {"version_ended", "currency", "local_instrument", "creditor_identifier"}),
    "pain008/salesking__pain.008.002.02.xml": ("2010-11-21", {"version_ended", "creditor_identifier"}),
    "pain008/salesking__pain.008.003.02.xml": ("2010-11-21", {"version_ended", "creditor_identifier"}),
}  # fmt: skip


@pytest.mark.skipif(CORPUS is None, reason="no corpus of bank files on this machine (GATEWAY_CORPUS)")
@pytest.mark.parametrize("name", CORPUS_REASONS)
def test_an_order_of_the_corpus_is_refused_for_the_right_reasons(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert CORPUS is not None
    day, reasons = CORPUS_REASONS[name]

    code = validate(monkeypatch, str(CORPUS / name), "--json", "--date", day)

    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    errors = {finding["rule"] for finding in found["findings"] if finding["severity"] == "error"}
    assert code == 1
    assert reasons <= errors
    assert "date_not_passed" not in errors


@pytest.mark.skipif(CORPUS is None, reason="no corpus of bank files on this machine (GATEWAY_CORPUS)")
def test_every_order_of_the_corpus_is_named() -> None:
    assert CORPUS is not None
    there = {f"{folder}/{path.name}" for folder in ("pain001", "pain008") for path in (CORPUS / folder).iterdir()}

    assert there == CORPUS_REASONS.keys()
