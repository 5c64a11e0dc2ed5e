"""What a bank file says as JSON: golden pairs compared whole, and the shape of refusals and reports."""

import hashlib
import json
from pathlib import Path

import pytest

from parsers.inspect import inspect_file
from support.camt_files import camt053, entry
from support.rewrite_golden import EXPECTED, GOLDEN, expected_of, golden_files, inspected

PAIRS = golden_files()


def inspect(path: Path, name: str | None = None) -> tuple[bool, str]:
    pieces: list[str] = []
    understood = inspect_file(path, pieces.append, name=name)
    return understood, "".join(pieces)


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_golden_file_gives_exactly_what_was_reviewed(path: Path) -> None:
    expected = expected_of(path)

    assert inspected(path) == expected.read_text(encoding="utf-8")


def test_each_golden_file_has_its_partner() -> None:
    assert PAIRS
    assert {expected_of(path) for path in PAIRS} == set(GOLDEN.glob(f"*/*{EXPECTED}"))


def test_a_statement_has_exactly_the_keys_of_the_design(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(camt053([entry()]))

    understood, text = inspect(path)

    said = json.loads(text)
    assert understood
    assert list(said) == ["file", "sha256", "format", "statements", "warnings"]
    assert said["file"] == str(path)
    assert said["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    (statement,) = said["statements"]
    assert set(statement) == set(
        "account currency id number page last_page copy from_date to_date opening_minor closing_minor balanced"
        " entries".split()
    )
    assert set(statement["entries"][0]) == set(
        "booking_date value_date amount_minor currency status is_reversal bank_transaction_code reference"
        " entry_reference text charges_minor batch transactions".split()
    )
    assert set(statement["entries"][0]["transactions"][0]) == set(
        "amount_minor currency instructed end_to_end_id mandate_reference creditor_identifier counterparty"
        " ultimate_debtor ultimate_creditor creditor_reference remittance return_reason original_amount_minor"
        " charges_minor charges_included bank_reference".split()
    )


def test_a_refusal_in_the_middle_prints_the_error_only(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(camt053([entry()] * 600 + [entry(sign="")]))

    understood, text = inspect(path, "shown.xml")

    assert not understood
    assert json.loads(text) == {
        "file": "shown.xml",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "error": {
            "code": "invalid_sign",
            "message": "credit or debit is not marked; CRDT or DBIT was expected",
            "line": 2,
        },
    }


def test_a_status_report_has_its_own_shape(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>'
        b"<OrgnlMsgId>RUN-1</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>P"
        b"</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>E</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04"
        b"</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )

    understood, text = inspect(path)

    said = json.loads(text)
    assert understood
    assert (said["format"], said["original_message_id"], said["group_status"]) == ("pain.002.001.10", "RUN-1", "PART")
    (payment,) = said["payments"]
    assert (payment["payment_information_id"], payment["status"], payment["reasons"]) == ("P", None, [])
    assert payment["transactions"][0]["end_to_end_id"] == "E"
    assert payment["transactions"][0]["status"] == "RJCT"
    assert payment["transactions"][0]["reasons"] == [{"code": "AC04", "originator": None, "text": ""}]
