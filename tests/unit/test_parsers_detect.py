"""Recognition by content: exactly one reader, or a message that says what the file is and what was expected."""

from pathlib import Path

import pytest

from parsers import detect
from parsers.detect import READERS, Reader, open_file, open_statements
from schemas.errors import FileRefused
from schemas.status_report import StatusReport
from support.camt_files import camt053, document, encoded, entry, read_all, statement

MT940 = b":20:STARTUMS\r\n:25:37040044/0532013000\r\n:28C:1/1\r\n:60F:C260302EUR0,\r\n:62F:C260302EUR0,\r\n-\r\n"
PAIN002 = (
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>'
    b"<OrgnlMsgId>M</OrgnlMsgId></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
)


def write(folder: Path, data: bytes) -> Path:
    path = folder / "odd name.txt"  # Neither name nor ending says anything.
    path.write_bytes(data)
    return path


def message(name: str, number: str) -> bytes:
    return f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{number}"><{name}><GrpHdr/></{name}></Document>'.encode()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(camt053([entry()]), "camt.053.001.08", id="camt"),
        pytest.param(encoded(document(statement(entry())), "UTF-16"), "camt.053.001.08", id="camt in UTF-16"),
        pytest.param(MT940, "MT940", id="MT940"),
    ],
)
def test_a_statement_is_opened_by_its_reader(tmp_path: Path, data: bytes, name: str) -> None:
    opened = open_statements(write(tmp_path, data))

    assert opened.format == name
    assert len(read_all(opened).starts) == 1


@pytest.mark.parametrize(
    ("number", "is_refused"),
    [pytest.param(b"1/1", True, id="statements"), pytest.param(b"1/%d", False, id="pages of one")],
)
def test_a_file_has_a_bounded_number_of_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: bytes, is_refused: bool
) -> None:
    monkeypatch.setattr(detect, "STATEMENTS_MAX", 3)
    numbers = [number % place if b"%" in number else number for place in range(1, 6)]
    opened = open_statements(write(tmp_path, b"".join(MT940.replace(b"1/1", one) for one in numbers)))

    if not is_refused:
        assert len(read_all(opened).starts) == 5
        return
    with pytest.raises(FileRefused) as refused:
        read_all(opened)
    assert (refused.value.code, refused.value.line) == ("too_large", 19)


def test_a_status_report_is_no_statement(tmp_path: Path) -> None:
    path = write(tmp_path, PAIN002)

    opened = open_file(path)

    assert isinstance(opened, StatusReport)
    with pytest.raises(FileRefused, match="status report") as refused:
        open_statements(path)
    assert refused.value.code == "not_a_statement"


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        pytest.param(b"", "empty_file", "empty", id="empty"),
        pytest.param(MT940.decode().encode("utf-16"), "encoding", "UTF-16", id="MT940 in UTF-16"),
        pytest.param(b" \r\n\t\n", "empty_file", "empty", id="blanks"),
        pytest.param(b"\0" * 5000, "empty_file", "empty", id="zeros"),
        pytest.param(b"%PDF-1.7\n...", "not_a_bank_file", "PDF", id="PDF"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "not_a_bank_file", "picture", id="picture"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", "not_a_bank_file", "Office", id="old Office"),
        pytest.param(b"PK\x03\x04rest", "archive", "zip", id="zip"),
        pytest.param(b"\x1f\x8b\x08", "archive", "gzip", id="gzip"),
        pytest.param(b"<!DOCTYPE html><html></html>", "html", "web page", id="web page"),
        pytest.param(b"\xef\xbb\xbf\n<!-- x -->\n<HTML lang='de'>", "html", "web page", id="web page, comment before"),
        pytest.param(b'<?xml version="1.0"?><html xmlns="x"><p>1</p></html>', "html", "web page", id="web page as XML"),
        pytest.param(bytes(range(256)) * 8, "unknown_format", "not known", id="any bytes"),
        pytest.param(b"date;amount;text\n2026-03-02;1,00;x\n", "unknown_format", "not known", id="CSV"),
        pytest.param(
            b"<?xml version='1.0'?><invoice>4711</invoice>", "unknown_format", "begins with invoice", id="XML"
        ),
        pytest.param(b"<Document><a></Document>", "malformed_xml", "well-formed", id="damaged XML"),
        pytest.param(b"<!DOCTYPE a><Document/>", "doctype", "DOCTYPE", id="doctype"),
        pytest.param(b'<?xml version="1.0" encoding="UTF-7"?><a/>', "encoding", "UTF-7", id="encoding"),
        pytest.param(message("CstmrCdtTrfInitn", "pain.001.001.09"), "not_a_statement", "pain.001", id="pain.001"),
        pytest.param(message("CstmrDrctDbtInitn", "pain.008.001.08"), "not_a_statement", "pain.008", id="pain.008"),
        pytest.param(message("CstmrPmtCxlReq", "camt.055.001.08"), "not_a_statement", "camt.055", id="camt.055"),
        pytest.param(message("FIToFIPmtCxlReq", "camt.056.001.08"), "not_a_statement", "camt.056", id="camt.056"),
        pytest.param(message("RsltnOfInvstgtn", "camt.029.001.09"), "not_a_statement", "camt.029", id="camt.029"),
        pytest.param(message("pain.001.001.02", "$pain.001.001.02"), "not_a_statement", "old version", id="old order"),
    ],
)
def test_anything_else_is_refused_by_what_it_is(tmp_path: Path, data: bytes, code: str, says: str) -> None:
    with pytest.raises(FileRefused) as refused:
        open_file(write(tmp_path, data))

    assert refused.value.code == code
    assert says in str(refused.value)


@pytest.mark.parametrize("code", ["empty_file", "html", "unknown_format"])
def test_a_refusal_says_what_was_expected(tmp_path: Path, code: str) -> None:
    data = {"empty_file": b"", "html": b"<html>", "unknown_format": b"?"}[code]

    with pytest.raises(FileRefused, match=r"camt\.053, camt\.054, MT940"):
        open_file(write(tmp_path, data))


def test_a_file_that_two_readers_recognize_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = Reader("another", lambda head: b"BkToCstmrStmt" in head, READERS[0].read)
    monkeypatch.setattr(detect, "READERS", (*READERS, second))

    with pytest.raises(FileRefused, match="another") as refused:
        open_file(write(tmp_path, camt053([entry()])))

    assert refused.value.code == "ambiguous_format"


def test_fields_of_mt940_inside_a_camt_do_not_confuse(tmp_path: Path) -> None:
    data = camt053([entry(text="<AddtlNtryInf>\n:20:X\n:25:Y\n:61:Z\n</AddtlNtryInf>")])

    assert open_statements(write(tmp_path, data)).format == "camt.053.001.08"
