"""Every file of the corpus gives what its manifest and its truth say: all formats, found by themselves."""

import csv
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parsers.inspect import inspect_file
from schemas.money import amount_text
from support.corpus import corpus_dir

CORPUS = corpus_dir()
if CORPUS is None:
    pytest.skip("no corpus of bank files on this machine (GATEWAY_CORPUS)", allow_module_level=True)

with (CORPUS / "MANIFEST.csv").open(newline="", encoding="utf-8") as manifest:
    ROWS = list(csv.DictReader(manifest))
TRUTH: dict[str, Any] = json.loads((CORPUS / "TRUTH.json").read_text(encoding="utf-8"))
ALLOWED = {
    "accept": {"clean"},
    "accept_flag": {"warned"},
    "either": {"warned", "refused"},
    "reject": {"refused"},
    "reference": {"refused"},
}


def inspect(path: Path) -> dict[str, Any]:
    pieces: list[str] = []
    inspect_file(path, pieces.append)
    result: dict[str, Any] = json.loads("".join(pieces))
    return result


def outcome(result: dict[str, Any]) -> str:
    if "error" in result:
        return "refused"
    return "warned" if result["warnings"] else "clean"


def text(minor: int | None, currency: str | None) -> str | None:
    return None if minor is None else amount_text(minor, currency or "EUR")


def same(said: str | None, truth: str | None) -> bool:
    """Compare two amounts: a bank may write more decimals than its currency has."""
    if not said or not truth:
        return not said and not truth
    return Decimal(said) == Decimal(truth)


def differences_of_statement(said: dict[str, Any], truth: dict[str, Any], *, is_mt: bool) -> list[str]:
    currency = said["currency"] or truth.get("bal_ccy")
    found = []
    for side, is_side in (("credit", lambda minor: minor > 0), ("debit", lambda minor: minor < 0)):
        amounts = [entry for entry in said["entries"] if is_side(entry["amount_minor"])]
        total = sum(Decimal(amount_text(abs(entry["amount_minor"]), entry["currency"])) for entry in amounts)
        if total != Decimal(truth[side] or 0):
            found.append(f"{side} {total}, not {truth[side]}")
    for name in ("opening", "closing"):
        if not same(text(said[f"{name}_minor"], currency), truth[name]):
            found.append(f"{name} {said[f'{name}_minor']}, not {truth[name]}")
    if said["balanced"] is not None and truth["balance_ok"] is not None and said["balanced"] != truth["balance_ok"]:
        found.append(f"balanced {said['balanced']}, not {truth['balance_ok']}")
    if truth["account"] and said["account"].replace("/", "") not in truth["account"].replace("/", "").replace(" ", ""):
        found.append(f"account {said['account']}, not {truth['account']}")
    if len(said["entries"]) != truth["entries"]:
        return [*found, f"{len(said['entries'])} entries, not {truth['entries']}"]
    for entry, expected in zip(said["entries"], truth["entry_list"], strict=True):
        found += differences_of_entry(entry, expected, is_mt=is_mt)
    return found


def differences_of_entry(entry: dict[str, Any], truth: dict[str, Any], *, is_mt: bool) -> list[str]:
    found = []
    if not same(text(entry["amount_minor"], entry["currency"]), truth["amount"]):
        found.append(f"amount {entry['amount_minor']}, not {truth['amount']}")
    for name, said in (("booking", entry["booking_date"]), ("value", entry["value_date"]), ("ccy", entry["currency"])):
        if truth[name] and said != truth[name]:
            found.append(f"{name} {said}, not {truth[name]}")
    if sum(transaction["amount_minor"] for transaction in entry["transactions"]) != entry["amount_minor"]:
        found.append("its transactions do not add up")
    if is_mt:
        return found
    if truth["status"] and entry["status"] != truth["status"]:
        found.append(f"status {entry['status']}, not {truth['status']}")
    if (entry["reference"] or entry["entry_reference"]) != truth["ref"]:  # The truth falls back in the same way.
        found.append(f"reference {entry['reference']}, not {truth['ref']}")
    said_ids = {transaction["end_to_end_id"] for transaction in entry["transactions"]} - {None}
    true_ids = {end_to_end_id for end_to_end_id in truth["e2e"] if end_to_end_id != "NOTPROVIDED"}
    if said_ids != true_ids and len(entry["transactions"]) == truth["tx"]:
        found.append(f"end-to-end ids {said_ids}, not {true_ids}")
    return found


def differences_of_report(said: dict[str, Any], truth: dict[str, Any]) -> list[str]:
    transactions = [transaction for payment in said["payments"] for transaction in payment["transactions"]]
    reasons = Counter(
        reason["code"]
        for reasons in (
            said["group_reasons"],
            *(payment["reasons"] for payment in said["payments"]),
            *(transaction["reasons"] for transaction in transactions),
        )
        for reason in reasons
    )
    pairs = {
        "orig_msg_id": (said["original_message_id"], truth["orig_msg_id"].strip()),
        "group_status": (said["group_status"], truth["group_status"]),
        "pmt_status": (Counter(payment["status"] for payment in said["payments"]), truth["pmt_status"]),
        "tx_status": (Counter(transaction["status"] for transaction in transactions), truth["tx_status"]),
        "reasons": (reasons, truth["reasons"]),
        "e2e": ([transaction["end_to_end_id"] for transaction in transactions], truth["e2e"]),
    }
    return [f"{name} {said}, not {true}" for name, (said, true) in pairs.items() if said != true]


def differences(row: dict[str, str]) -> list[str]:
    assert CORPUS is not None
    said, truth = inspect(CORPUS / row["file"]), TRUTH[row["file"]]
    found = []
    if outcome(said) not in ALLOWED[row["expected"]]:
        found.append(f"{outcome(said)}, but {row['expected']} was expected: {said.get('error') or said['warnings']}")
    if row["expected"] == "reference" and said.get("error", {}).get("code") != "not_a_statement":
        found.append("is not recognized as an order")
    if "error" in said:
        return found
    if row["version"] and said["format"] != row["version"]:
        found.append(f"format {said['format']}, not {row['version']}")
    if "payments" in said:
        return found + differences_of_report(said, truth)
    if len(said["statements"]) != int(row["statements"]):
        return [*found, f"{len(said['statements'])} statements, not {row['statements']}"]
    for number, (statement, expected) in enumerate(zip(said["statements"], truth["stmts"], strict=True), 1):
        is_mt = row["format"].startswith("MT")
        found += [f"statement {number}: {what}" for what in differences_of_statement(statement, expected, is_mt=is_mt)]
    return found


@pytest.fixture(scope="module")
def agreement() -> dict[str, list[str]]:
    return {row["file"]: differences(row) for row in ROWS}


@pytest.mark.parametrize("file", [row["file"] for row in ROWS])
def test_a_file_of_the_corpus_gives_its_truth(agreement: dict[str, list[str]], file: str) -> None:
    assert agreement[file] == []


def test_how_many_files_of_the_corpus_agree(
    agreement: dict[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    agreeing = sum(not found for found in agreement.values())

    with capsys.disabled():
        print(f"\n{agreeing} of {len(agreement)} files of the corpus agree")
    assert agreeing == len(agreement)
