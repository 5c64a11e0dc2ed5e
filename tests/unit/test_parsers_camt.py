"""The camt reader as a whole: versions, envelopes, heads of statements, damaged files."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from parsers import camt
from schemas.statement import StatementKind
from support.camt_files import (
    NAMESPACE,
    OWN_IBAN,
    amount,
    balance,
    camt053,
    details,
    document,
    encoded,
    entry,
    read,
    refuse,
    statement,
)

DAY = dt.date(2026, 3, 2)
OTHER_IBAN = "GB29NWBK60161331926819"


# Versions and envelopes.


@pytest.mark.parametrize("version", range(1, 15))
@pytest.mark.parametrize(
    ("family", "message", "tag", "kind"),
    [
        ("camt.053", "BkToCstmrStmt", "Stmt", StatementKind.STATEMENT),
        ("camt.052", "BkToCstmrAcctRpt", "Rpt", StatementKind.REPORT),
        ("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", StatementKind.NOTIFICATION),
    ],
)
def test_all_versions_are_read_without_a_warning(
    family: str, message: str, tag: str, kind: StatementKind, version: int
) -> None:
    name = f"{family}.001.{version:02d}"
    root = message + ("V01" if version == 1 else "")
    data = document(statement(entry(), tag=tag), namespace=f"urn:iso:std:iso:20022:tech:xsd:{name}", message=root)

    reading = read(encoded(data))

    assert (reading.format, reading.starts[0].kind, reading.warnings) == (name, kind, [])
    assert reading.entry.amount_minor == 10000


@pytest.mark.parametrize(
    ("namespace", "name", "warning"),
    [
        pytest.param(None, "camt.053", "no namespace", id="none"),
        pytest.param("urn:iso:std:iso:20022:tech:xsd:camt.053.001.99", "camt.053.001.99", "later", id="later version"),
        pytest.param("http://www.six.example/de/camt.053.001.04.ch.02.xsd", "camt.053.001.04.ch.02", None, id="Swiss"),
        pytest.param("urn:swift:xsd:$camt.053.001.02", "camt.053.001.02", None, id="SWIFT"),
        pytest.param("urn:bank:statement", "camt.053", "is not known", id="a bank's own"),
        pytest.param("urn:iso:std:iso:20022:tech:xsd:camt.054.001.08", "camt.054.001.08", "says camt.054", id="other"),
    ],
)
def test_a_namespace_out_of_the_way_is_read_and_told_of(namespace: str | None, name: str, warning: str | None) -> None:
    reading = read(encoded(document(statement(entry()), namespace=namespace)))

    assert (reading.format, len(reading.entries)) == (name, 1)
    assert [warning in said for said in reading.warnings] == ([True] if warning else [])


def test_a_message_inside_an_envelope_is_read() -> None:
    header = (
        '<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><Fr><FIId><FinInstnId>'
        "<BICFI>COBADEFFXXX</BICFI>"
        "</FinInstnId></FIId></Fr><BizMsgIdr>B-1</BizMsgIdr><MsgDefIdr>camt.053.001.08</MsgDefIdr></AppHdr>"
    )
    data = f'<e:Envelope xmlns:e="urn:example:envelope">{header}{document(statement(entry()))}</e:Envelope>'

    reading = read(encoded(data))

    assert (reading.format, len(reading.entries), reading.warnings) == ("camt.053.001.08", 1, [])


def test_several_messages_of_one_kind_in_an_envelope_are_all_read() -> None:
    second = document(statement(entry(), entry()), header="<GrpHdr><MsgId>M-2</MsgId></GrpHdr>")

    reading = read(encoded(f"<Batch>{document(statement(entry()))}{second}</Batch>"))

    assert [start.message_id for start in reading.starts] == ["M-1", "M-2"]
    assert [end.entry_count for end in reading.ends] == [1, 2]


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(
            document(
                statement(entry(), tag="Rpt"),
                namespace="urn:iso:std:iso:20022:tech:xsd:camt.052.001.08",
                message="BkToCstmrAcctRpt",
            ),
            id="report with entries",
        ),
        pytest.param(
            document(
                statement(tag="Ntfctn", balances=""),
                namespace="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08",
                message="BkToCstmrDbtCdtNtfctn",
            ),
            id="empty notification",
        ),
        pytest.param(document(statement(), namespace=NAMESPACE[:-1] + "9"), id="another version"),
    ],
)
def test_messages_of_two_kinds_are_refused(second: str) -> None:
    refused = refuse(encoded(f"<Batch>{document(statement(entry()))}{second}</Batch>"))

    assert refused.code == "mixed_messages"


def test_a_message_without_document_is_read() -> None:
    message = document(statement(entry())).removeprefix(f'<Document xmlns="{NAMESPACE}">').removesuffix("</Document>")

    reading = read(message.replace("<BkToCstmrStmt>", f'<BkToCstmrStmt xmlns="{NAMESPACE}">').encode())

    assert len(reading.entries) == 1


def test_blanks_before_the_file_are_told_of_and_counted() -> None:
    reading = read(b"\r\n \n" + camt053([entry()]))

    assert reading.warnings == ["the file begins with blanks before its first element"]
    assert reading.entry.line == 4


@pytest.mark.parametrize("data", [b"<Document><CstmrPmtStsRpt/></Document>", b"<invoice>1</invoice>"])
def test_another_message_is_not_read(data: bytes) -> None:
    assert refuse(data).code == "unknown_format"


def test_a_message_without_statement_is_refused() -> None:
    assert refuse(encoded(document())).code == "no_statement"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f"<a>{entry()}</a>", id="below something else"),
        pytest.param(entry(), id="below the message"),
        pytest.param(f"<Stmt><Stmt>{entry()}</Stmt></Stmt>", id="in a statement inside a statement"),
    ],
)
def test_an_entry_outside_of_a_statement_is_refused(data: str) -> None:
    assert refuse(encoded(document(statement(), data))).code == "misplaced_entry"


def test_an_entry_inside_an_entry_is_refused() -> None:
    assert refuse(camt053([entry(more=entry())])).code == "misplaced_entry"


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:-20], id="cut at the end"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut in the middle"),
        pytest.param(lambda data: data + b"<more/>", id="more behind the end"),
        pytest.param(lambda data: data.replace(b"</Ntry>", b"</Entry>", 1), id="tags do not match"),
        pytest.param(lambda data: data.replace(b"BOOK", b"BO\xffK", 1), id="no UTF-8"),
        pytest.param(lambda data: data.replace(b"BOOK", b"&nothing;", 1), id="an entity that nobody declared"),
    ],
)
def test_a_damaged_file_is_refused(damage: Callable[[bytes], bytes]) -> None:
    assert refuse(damage(camt053([entry(), entry()]))).code == "malformed_xml"


# The head of a statement.


@pytest.mark.parametrize(
    ("account", "read_as"),
    [
        ("<Id><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Id>", "DE89370400440532013000"),
        ("<Id><Othr><Id>0532013000</Id></Othr></Id>", "0532013000"),
        ("<Id><BBAN>370400440532013000</BBAN></Id>", "370400440532013000"),
        ("<Id><PrtryAcct><Id>37040044/532013000</Id></PrtryAcct></Id>", "37040044/532013000"),
    ],
)
def test_an_account_may_be_written_in_any_way(account: str, read_as: str) -> None:
    reading = read(encoded(document(statement(entry(), account=f"<Acct>{account}</Acct>"))))

    assert reading.starts[0].account == read_as


def test_a_statement_without_account_is_refused() -> None:
    refused = refuse(encoded(document("\n" + statement(entry(), account="<Acct><Ccy>EUR</Ccy></Acct>"))))

    assert (refused.code, refused.line) == ("no_account", 3)


def test_the_head_of_a_statement_is_read() -> None:
    head = (
        "<Id>S-9</Id><StmtPgntn><PgNb>2</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><ElctrncSeqNb>41</ElctrncSeqNb>"
        "<LglSeqNb>40</LglSeqNb><FrToDt><FrDtTm>2026-03-01T00:00:00+01:00</FrDtTm><ToDtTm>2026-03-02T23:59:59+01:00"
        "</ToDtTm></FrToDt><CpyDplctInd>DUPL</CpyDplctInd>"
    )
    account = (
        f"<Acct><Id><IBAN>{OWN_IBAN}</IBAN></Id><Ccy>EUR</Ccy><Svcr><FinInstnId><BICFI>COBADEFFXXX</BICFI>"
        "</FinInstnId></Svcr></Acct>"
    )
    tail = "<AddtlStmtInf>first</AddtlStmtInf><AddtlStmtInf> second</AddtlStmtInf>"

    reading = read(encoded(document(statement(entry(), head=head, account=account, tail=tail))))

    (start,), (end,) = reading.starts, reading.ends
    assert start == (StatementKind.STATEMENT, OWN_IBAN, "EUR", "S-9", "41", 2, True, "M-1", "COBADEFFXXX", 2)
    assert (end.from_date, end.to_date, end.last_page) == (dt.date(2026, 3, 1), DAY, False)
    assert end.text == "first second"


def test_pages_of_the_message_count_where_the_statement_has_none() -> None:
    header = "<GrpHdr><MsgId>M</MsgId><MsgPgntn><PgNb>3</PgNb><LastPgInd>true</LastPgInd></MsgPgntn></GrpHdr>"

    reading = read(encoded(document(statement(entry()), header=header)))

    assert (reading.starts[0].page, reading.ends[0].last_page) == (3, True)


@pytest.mark.parametrize(("word", "warns"), [("CODU", False), ("COPY", False), ("DUPL", False), ("KOPIE", True)])
def test_a_copy_is_marked(word: str, warns: bool) -> None:
    head = f"<Id>S</Id><CpyDplctInd>{word}</CpyDplctInd>"

    reading = read(encoded(document(statement(entry(), head=head))))

    assert reading.starts[0].copy
    assert bool(reading.warnings) is warns


def test_a_legal_number_counts_where_there_is_no_electronic_one() -> None:
    reading = read(encoded(document(statement(entry(), head="<Id>S</Id><LglSeqNb>12</LglSeqNb>"))))

    assert reading.starts[0].number == "12"


def test_several_statements_keep_their_entries_apart() -> None:
    second = statement(
        entry(), entry(), head="<Id>S-2</Id>", account=f"<Acct><Id><IBAN>{OTHER_IBAN}</IBAN></Id></Acct>"
    )

    reading = read(encoded(document(statement(entry()), second)))

    assert [start.account for start in reading.starts] == [OWN_IBAN, OTHER_IBAN]
    assert [end.entry_count for end in reading.ends] == [1, 2]
    assert [end.balanced for end in reading.ends] == [True, True]


def test_a_statement_without_entries_is_one() -> None:
    reading = read(encoded(document(statement())))

    assert (len(reading.starts), reading.entries, reading.ends[0].balanced) == (1, [], True)


def test_entries_come_in_lists_of_bounded_length(tmp_path: Path) -> None:
    path = tmp_path / "long.xml"
    path.write_bytes(camt053([entry()] * 1201))

    lengths = [len(part) for part in camt.read(path).parts if isinstance(part, list)]

    assert lengths == [500, 500, 201]


# Limits.


def test_too_many_details_in_one_entry_are_refused() -> None:
    balances = "<Bal/>" * 10_001

    assert refuse(encoded(document(statement(entry(), balances=balances)))).code == "too_large"


def test_a_large_batch_is_read_detail_by_detail() -> None:
    count = 12_000
    one = f"<Refs><EndToEndId>E-{'x' * 60}</EndToEndId></Refs>{amount('1.00')}"
    batch = entry(amount=amount(f"{count}.00"), details=details(*[one] * count))
    balances = balance("OPBD", "0.00") + balance("CLBD", f"{count + 100}.00")

    reading = read(encoded(document(statement(batch, entry(), balances=balances))))

    assert len(reading.entries[0].transactions) == count
    assert reading.warnings == []


def test_oddities_of_one_kind_are_told_once() -> None:
    odd = [entry(status=f"<Sts>X{number}</Sts>") for number in range(150)]

    reading = read(camt053(odd))

    assert len(reading.warnings) == 100


def test_empty_elements_in_the_head_say_nothing() -> None:
    (start,) = read(encoded(document(statement(entry(), head="<Id/><ElctrncSeqNb> </ElctrncSeqNb>")))).starts

    assert (start.id, start.number) == (None, None)
