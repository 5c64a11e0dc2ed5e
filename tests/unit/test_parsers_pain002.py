"""The reader of payment status reports: levels, reasons, versions, and what is refused."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from parsers import pain002
from schemas.errors import FileRefused
from schemas.status_report import PaymentStatus, StatusReason, StatusReport, TransactionStatus

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
GROUP = (
    "<OrgnlGrpInfAndSts><OrgnlMsgId>RUN-1</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>{}"
    "</OrgnlGrpInfAndSts>"
)


def report(*contents: str, group: str | None = GROUP.format(""), namespace: str | None = NAMESPACE) -> bytes:
    declared = f' xmlns="{namespace}"' if namespace else ""
    return (
        f"<Document{declared}>\n<CstmrPmtStsRpt><GrpHdr><MsgId>REP-1</MsgId></GrpHdr>{group or ''}"
        f"{''.join(contents)}</CstmrPmtStsRpt></Document>"
    ).encode()


def payment(*contents: str, status: str = "<PmtInfSts>PART</PmtInfSts>") -> str:
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>PMT-1</OrgnlPmtInfId>{status}{''.join(contents)}</OrgnlPmtInfAndSts>"


def transaction(number: int, *, status: str = "RJCT", more: str = "") -> str:
    return (
        f"<TxInfAndSts><OrgnlInstrId>I-{number}</OrgnlInstrId><OrgnlEndToEndId>E-{number}</OrgnlEndToEndId>"
        f"<TxSts>{status}</TxSts>{more}</TxInfAndSts>"
    )


def reason(code: str, text: str = "", originator: str = "") -> str:
    return f"<StsRsnInf>{originator}<Rsn>{code}</Rsn>{text}</StsRsnInf>"


def read(data: bytes) -> StatusReport:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.xml"
        path.write_bytes(data)
        return pain002.read_status_report(path)


def refuse(data: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read(data)
    return refused.value


def test_a_report_is_read_on_all_its_levels() -> None:
    group = GROUP.format(f"<GrpSts>PART</GrpSts>{reason('<Cd>AM10</Cd>', '<AddtlInf>sum</AddtlInf>')}")
    first = transaction(
        1,
        more=reason("<Cd>MD01</Cd>", originator="<Orgtr><Nm>Bank</Nm></Orgtr>")
        + '<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">12.50</InstdAmt></Amt>'
        "<MndtRltdInf><DrctDbtMndt><MndtId>M-1</MndtId></DrctDbtMndt></MndtRltdInf></OrgnlTxRef>",
    )

    found = read(report(payment(first, transaction(2, status="ACSP")), group=group))

    assert found == StatusReport(
        "pain.002.001.10",
        "REP-1",
        "RUN-1",
        "pain.008.001.08",
        "PART",
        (StatusReason("AM10", None, "sum"),),
        (
            PaymentStatus(
                "PMT-1",
                "PART",
                (),
                (
                    TransactionStatus("E-1", "I-1", "RJCT", (StatusReason("MD01", "Bank", ""),), 1250, "EUR", "M-1"),
                    TransactionStatus("E-2", "I-2", "ACSP", (), None, None, None),
                ),
            ),
        ),
        (),
    )


def test_each_payment_keeps_its_own_transactions() -> None:
    found = read(report(payment(transaction(1)), payment(), payment(transaction(2), transaction(3))))

    assert [len(block.transactions) for block in found.payments] == [1, 0, 2]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        pytest.param(reason("<Prtry>914</Prtry>"), StatusReason("914", None, ""), id="the bank's own code"),
        pytest.param(
            reason("<Cd>NARR</Cd>", "<AddtlInf>first</AddtlInf><AddtlInf> second</AddtlInf>"),
            StatusReason("NARR", None, "first second"),
            id="several lines",
        ),
        pytest.param(
            reason("<Cd>MS02</Cd>", originator="<Orgtr><Id><OrgId><AnyBIC>COBADEFFXXX</AnyBIC></OrgId></Id></Orgtr>"),
            StatusReason("MS02", "COBADEFFXXX", ""),
            id="told by a bank",
        ),
        pytest.param(
            reason("<Cd>MS02</Cd>", originator="<Orgtr><Id><PrvtId><Othr><Id>D-1</Id></Othr></PrvtId></Id></Orgtr>"),
            StatusReason("MS02", "D-1", ""),
            id="told by somebody with an id",
        ),
        pytest.param(
            "<StsRsnInf><AddtlInf>text</AddtlInf></StsRsnInf>", StatusReason(None, None, "text"), id="no code"
        ),
    ],
)
def test_reasons_are_read(inside: str, expected: StatusReason) -> None:
    found = read(report(payment(inside)))

    assert found.payments[0].reasons == (expected,)


@pytest.mark.parametrize(
    ("amount", "expected", "warnings"),
    [
        pytest.param('<InstdAmt Ccy="EUR">1.00</InstdAmt>', (100, "EUR"), 0, id="instructed"),
        pytest.param('<EqvtAmt><Amt Ccy="CHF">2.00</Amt></EqvtAmt>', (200, "CHF"), 0, id="equivalent"),
        pytest.param('<InstdAmt Ccy="EUR">1e2</InstdAmt>', (None, None), 1, id="no number"),
        pytest.param("<InstdAmt>1.00</InstdAmt>", (None, None), 1, id="no currency"),
    ],
)
def test_an_amount_that_decides_nothing_never_refuses_a_report(
    amount: str, expected: tuple[int | None, str | None], warnings: int
) -> None:
    more = f"<OrgnlTxRef><Amt>{amount}</Amt><MndtRltdInf><MndtId>M</MndtId></MndtRltdInf></OrgnlTxRef>"

    found = read(report(payment(transaction(1, more=more))))

    (only,) = found.payments[0].transactions
    assert ((only.amount_minor, only.currency), only.mandate_reference) == (expected, "M")
    assert len(found.warnings) == warnings


@pytest.mark.parametrize(
    ("namespace", "name", "warns"),
    [
        ("urn:iso:std:iso:20022:tech:xsd:pain.002.001.03", "pain.002.001.03", False),
        ("urn:iso:std:iso:20022:tech:xsd:pain.002.001.14", "pain.002.001.14", False),
        ("http://www.six.example/de/pain.002.001.03.ch.02.xsd", "pain.002.001.03.ch.02", False),
        ("urn:iso:std:iso:20022:tech:xsd:pain.002.001.77", "pain.002.001.77", True),
        ("urn:bank:own", "pain.002", True),
        (None, "pain.002", True),
    ],
)
def test_versions_are_known_by_their_namespace(namespace: str | None, name: str, warns: bool) -> None:
    found = read(report(payment(transaction(1)), namespace=namespace))

    assert (found.format, bool(found.warnings)) == (name, warns)
    assert found.payments[0].transactions[0].end_to_end_id == "E-1"


def test_a_report_without_original_message_is_told_of() -> None:
    found = read(report(payment(), group="<OrgnlGrpInfAndSts><GrpSts>ACTC</GrpSts></OrgnlGrpInfAndSts>"))

    assert (found.original_message_id, found.group_status) == ("", "ACTC")
    assert "does not say which message" in found.warnings[0]


def test_statuses_outside_of_a_payment_are_kept_and_told_of() -> None:
    found = read(report(transaction(1), transaction(2)))

    assert [len(block.transactions) for block in found.payments] == [2]
    assert "outside of a payment block" in found.warnings[0]


def test_what_is_no_part_of_the_report_is_not_read() -> None:
    strange = f"<SplmtryData>{transaction(9)}{payment()}{GROUP.format('')}</SplmtryData>"

    found = read(report(payment(transaction(1)), strange))

    assert [len(block.transactions) for block in found.payments] == [1]


def test_a_report_may_stand_in_an_envelope_behind_blanks_and_comments() -> None:
    data = b"\n<!-- bank --><e:Env xmlns:e='urn:e'>" + report(payment("<!-- here -->", transaction(1))) + b"</e:Env>"

    assert read(data).payments[0].transactions[0].status == "RJCT"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"<Document><BkToCstmrStmt/></Document>", "unknown_format", id="another message"),
        pytest.param(report(group=None), "no_status", id="nothing about us"),
        pytest.param(report(payment())[:-30], "malformed_xml", id="cut"),
        pytest.param(b"<!DOCTYPE Document>" + report(payment()), "doctype", id="doctype"),
        pytest.param(report(GROUP.format("")), "mixed_messages", id="two groups"),
        pytest.param(report(payment(status="<PmtInfSts>RJCT</PmtInfSts>" * 2)), "ambiguous", id="two statuses"),
        pytest.param(report(payment(transaction(1, status="RJ<x/>CT"))), "invalid_text", id="an element cuts a status"),
        pytest.param(
            b'<?xml version="1.0" encoding="windows-1252"?>' + report(payment()), "encoding", id="other encoding"
        ),
    ],
)
def test_what_is_no_clear_report_is_refused(data: bytes, code: str) -> None:
    assert refuse(data).code == code


def test_a_refusal_names_its_line() -> None:
    assert refuse(report(payment() + "\n" + payment(status="<PmtInfSts><x/></PmtInfSts>"))).line == 3


def test_more_statuses_than_memory_allows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pain002, "TRANSACTIONS_MAX", 3)

    assert refuse(report(payment(*[transaction(number) for number in range(4)]))).code == "too_large"


@pytest.mark.parametrize(
    ("head", "expected"), [(report(), True), (b"<Document><Other/></Document>", False), (b":20:X", False)]
)
def test_a_report_is_recognized_by_its_content(head: bytes, expected: bool) -> None:
    assert pain002.recognizes(head) is expected
