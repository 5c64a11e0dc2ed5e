"""Entries of a camt file: what is read exactly, and what is refused rather than guessed."""

import datetime as dt

import pytest

from support.camt_files import (
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
DEBIT = "<CdtDbtInd>DBIT</CdtDbtInd>"


# Amounts, signs, dates.


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("100", "EUR", 10000),
        ("100.5", "EUR", 10050),
        ("0.01", "EUR", 1),
        ("8.850", "EUR", 885),
        ("0100.00", "EUR", 10000),
        (" 100.00\n ", "EUR", 10000),
        ("1234", "JPY", 1234),
        ("1234.00", "JPY", 1234),
        ("1.234", "KWD", 1234),
        ("999999999999999.99", "EUR", 99999999999999999),
        ("<![CDATA[100.00]]>", "EUR", 10000),
        ("&#49;00", "EUR", 10000),
    ],
)
def test_an_amount_is_read_exactly(text: str, currency: str, minor: int) -> None:
    reading = read(camt053([entry(amount=amount(text, currency))]))

    assert (reading.entry.amount_minor, reading.entry.currency) == (minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "12..34",
        "1e3",
        "NaN",
        "INF",
        "1_000",
        "1,000.00",
        "1 000",
        "１２",
        "٣",
        "-5.00",
        "+5.00",
        ".5",
        "5.",
        "0x10",
        "1.005",
        "1.000000",
        "1000000000000000.00",
        "1<b/>000",
        "1000<b>.00</b>",
        "\u00a0100",
    ],
)
def test_an_amount_that_is_not_clear_is_refused(text: str) -> None:
    refused = refuse(camt053([entry(), entry(amount=amount(text))]))

    assert refused.code in ("invalid_amount", "invalid_text")
    assert refused.line == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"amount": ""}, "invalid_amount", id="no amount"),
        pytest.param({"amount": "<Amt>1.00</Amt>"}, "invalid_currency", id="no currency"),
        pytest.param({"amount": amount("1.00", "eur")}, "invalid_currency", id="small letters"),
        pytest.param({"amount": amount("1.00") + amount("2.00")}, "ambiguous", id="two amounts"),
        pytest.param({"sign": ""}, "invalid_sign", id="no sign"),
        pytest.param({"sign": "<CdtDbtInd/>"}, "invalid_sign", id="empty sign"),
        pytest.param({"sign": "<CdtDbtInd>crdt</CdtDbtInd>"}, "invalid_sign", id="sign in small letters"),
        pytest.param({"sign": "<CdtDbtInd>CREDIT</CdtDbtInd>"}, "invalid_sign", id="unknown sign"),
        pytest.param({"sign": DEBIT + "<CdtDbtInd>CRDT</CdtDbtInd>"}, "ambiguous", id="two signs"),
        pytest.param({"status": "<Sts>BOOK</Sts><Sts>PDNG</Sts>"}, "ambiguous", id="two states"),
        pytest.param({"booking": "<BookgDt><Dt>2026-02-30</Dt></BookgDt>"}, "invalid_date", id="day does not exist"),
        pytest.param({"booking": "<BookgDt><Dt>2026-13-01</Dt></BookgDt>"}, "invalid_date", id="month does not exist"),
        pytest.param({"booking": "<BookgDt><Dt>20260302</Dt></BookgDt>"}, "invalid_date", id="date without hyphens"),
        pytest.param({"booking": "<BookgDt><Dt>02.03.2026</Dt></BookgDt>"}, "invalid_date", id="German date"),
        pytest.param({"booking": "<BookgDt><Dt>2026-W10-1</Dt></BookgDt>"}, "invalid_date", id="week date"),
        pytest.param({"value": "<ValDt><Dt>2025-02-29</Dt></ValDt>"}, "invalid_date", id="value date"),
        pytest.param({"booking": "<BookgDt><Dt>0001-01-01</Dt></BookgDt>"}, "invalid_date", id="the first year"),
        pytest.param({"value": "<ValDt><Dt>9999-12-31</Dt></ValDt>"}, "invalid_date", id="the last year"),
        pytest.param(
            {"reference": f"<AcctSvcrRef>{'R' * 501}</AcctSvcrRef>"}, "invalid_reference", id="endless reference"
        ),
        pytest.param({"text": "<AddtlNtryInf>a<b/>c</AddtlNtryInf>"}, "invalid_text", id="an element cuts a text"),
        pytest.param({"status": "<Sts><Cd>BO<x/>OK</Cd></Sts>"}, "invalid_text", id="an element cuts a status"),
        pytest.param({"details": details(amount("1.00"), amount("x"))}, "invalid_amount", id="amount of a detail"),
    ],
)
def test_what_could_change_money_is_refused(changed: dict[str, str], code: str) -> None:
    refused = refuse(encoded(document(statement(entry() + "\n" + entry(**changed)))))

    assert (refused.code, refused.line) == (code, 3)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("<Dt>2024-02-29</Dt>", dt.date(2024, 2, 29)),
        ("<Dt>2026-03-02+01:00</Dt>", DAY),
        ("<Dt>2026-03-02Z</Dt>", DAY),
        ("<DtTm>2026-03-02T23:59:59</DtTm>", DAY),
        ("<DtTm>2026-03-02T23:59:59.999+14:00</DtTm>", DAY),
        ("2026-03-02", DAY),
    ],
)
def test_a_date_is_the_day_that_the_bank_wrote(text: str, day: dt.date) -> None:
    reading = read(camt053([entry(booking=f"<BookgDt>{text}</BookgDt>", value=f"<ValDt>{text}</ValDt>")]))

    assert (reading.entry.booking_date, reading.entry.value_date) == (day, day)


@pytest.mark.parametrize(
    ("sign", "reversal", "minor", "is_reversal"),
    [
        ("CRDT", "", 10000, False),
        ("DBIT", "", -10000, False),
        ("CRDT", "<RvslInd>true</RvslInd>", 10000, True),
        ("DBIT", "<RvslInd>1</RvslInd>", -10000, True),
        ("DBIT", "<RvslInd>false</RvslInd>", -10000, False),
        ("DBIT", "<RvslInd/>", -10000, False),
    ],
)
def test_a_reversal_never_turns_the_sign(sign: str, reversal: str, minor: int, is_reversal: bool) -> None:
    reading = read(camt053([entry(sign=f"<CdtDbtInd>{sign}</CdtDbtInd>", reversal=reversal)]))

    assert (reading.entry.amount_minor, reading.entry.is_reversal) == (minor, is_reversal)


def test_a_strange_reversal_mark_is_told_of() -> None:
    reading = read(camt053([entry(reversal="<RvslInd>maybe</RvslInd>")]))

    assert not reading.entry.is_reversal
    assert "reversal mark 'maybe'" in reading.warnings[0]


# Status.


@pytest.mark.parametrize(
    ("status", "read_as", "booked", "warns"),
    [
        ("<Sts><Cd>BOOK</Cd></Sts>", "BOOK", 10000, False),
        ("<Sts>BOOK</Sts>", "BOOK", 10000, False),
        ("<Sts>\n  <Cd>BOOK</Cd>\n</Sts>", "BOOK", 10000, False),
        ("<Sts>book</Sts>", "BOOK", 10000, False),
        ("<Sts>PDNG</Sts>", "PDNG", 0, False),
        ("<Sts><Cd>INFO</Cd></Sts>", "INFO", 0, False),
        ("<Sts><Cd>FUTR</Cd></Sts>", "FUTR", 0, False),
        ("<Sts><Prtry>HELD</Prtry></Sts>", "HELD", 0, True),
        ("", "BOOK", 10000, True),
    ],
)
def test_a_status_is_read_in_any_version(status: str, read_as: str, booked: int, warns: bool) -> None:
    closing = balance("OPBD", "0.00") + balance("CLBD", f"{booked // 100}.00")

    reading = read(encoded(document(statement(entry(status=status), balances=closing))))

    assert reading.entry.status == read_as
    assert (reading.ends[0].booked_sum_minor, reading.ends[0].balanced) == (booked, True)
    assert bool(reading.warnings) is warns


def test_a_missing_status_is_unknown_where_not_all_is_booked() -> None:
    data = document(statement(entry(status=""), tag="Rpt", balances=""), message="BkToCstmrAcctRpt")

    assert read(encoded(data)).entry.status == "UNKNOWN"


# Entries.


def test_an_entry_without_details_is_one_transaction() -> None:
    code = "<Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"

    reading = read(
        camt053(
            [
                entry(
                    reference="<NtryRef>17</NtryRef><AcctSvcrRef>R-1</AcctSvcrRef>",
                    code=code,
                    text="<AddtlNtryInf>GUTSCHRIFT\n  RE 4711</AddtlNtryInf>",
                )
            ]
        )
    )

    found = reading.entry
    assert (found.reference, found.entry_reference, found.text) == ("R-1", "17", "GUTSCHRIFT RE 4711")
    assert found.bank_transaction_code == "PMNT-RCDT-ESCT"
    assert reading.transaction.amount_minor == 10000
    assert (reading.transaction.bank_reference, reading.transaction.bank_transaction_code) == ("R-1", "PMNT-RCDT-ESCT")


@pytest.mark.parametrize(
    ("code", "read_as"),
    [
        ("<Prtry><Cd>NTRF+166+0001</Cd><Issr>DK</Issr></Prtry>", "NTRF+166+0001"),
        ("<Domn><Cd>PMNT</Cd></Domn>", "PMNT"),
        (
            "<Domn><Cd>XTND</Cd><Fmly><Cd>NTAV</Cd><SubFmlyCd>NTAV</SubFmlyCd></Fmly></Domn><Prtry><Cd>166</Cd></Prtry>",
            "166",
        ),
        ("<Domn><Cd>XTND</Cd><Fmly><Cd>NTAV</Cd><SubFmlyCd>NTAV</SubFmlyCd></Fmly></Domn>", "XTND-NTAV-NTAV"),
        (
            "<Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn><Prtry><Cd>166</Cd></Prtry>",
            "PMNT-RCDT-ESCT",
        ),
        ("", None),
    ],
)
def test_a_bank_transaction_code_is_read(code: str, read_as: str | None) -> None:
    assert read(camt053([entry(code=code)])).entry.bank_transaction_code == read_as


def test_the_code_of_a_detail_comes_before_that_of_its_entry() -> None:
    own = "<BkTxCd><Prtry><Cd>152</Cd></Prtry></BkTxCd>"

    reading = read(camt053([entry(code="<Prtry><Cd>166</Cd></Prtry>", details=details(own))]))

    assert reading.entry.bank_transaction_code == "166"
    assert reading.transaction.bank_transaction_code == "152"


def test_all_references_of_a_detail_are_read() -> None:
    references = (
        "<Refs><MsgId>M</MsgId><AcctSvcrRef>A</AcctSvcrRef><PmtInfId>P</PmtInfId><InstrId>I</InstrId>"
        "<EndToEndId>E</EndToEndId><UETR>97ed4827-7b6f-4491-a06f-b548d5a7512d</UETR><TxId>T</TxId><MndtId>D</MndtId></Refs>"
        "<Purp><Cd>SALA</Cd></Purp>"
    )

    found = read(camt053([entry(details=details(references))])).transaction

    assert (found.message_id, found.payment_information_id, found.end_to_end_id) == ("M", "P", "E")
    assert (found.mandate_reference, found.bank_reference, found.purpose) == ("D", "A", "SALA")


@pytest.mark.parametrize("text", ["NOTPROVIDED", "notprovided", "NONREF", " "])
def test_a_reference_that_says_nothing_is_none(text: str) -> None:
    found = read(camt053([entry(details=details(f"<Refs><EndToEndId>{text}</EndToEndId></Refs>"))])).transaction

    assert found.end_to_end_id is None


@pytest.mark.parametrize(
    ("references", "read_as"),
    [
        ("<AcctSvcrTxId>S</AcctSvcrTxId><TxId>T</TxId>", "S"),
        ("<TxId>T</TxId><UETR>U</UETR>", "T"),
        ("<UETR>U</UETR>", "U"),
        ("", "R-1"),
    ],
)
def test_a_bank_reference_falls_back(references: str, read_as: str) -> None:
    data = camt053([entry(reference="<AcctSvcrRef>R-1</AcctSvcrRef>", details=details(f"<Refs>{references}</Refs>"))])

    assert read(data).transaction.bank_reference == read_as


def test_a_missing_booking_date_is_told_of() -> None:
    reading = read(camt053([entry(booking=""), entry(booking="<BookgDt/>")]))

    assert [found.booking_date for found in reading.entries] == [None, None]
    assert "an entry has no booking date (and 1 more)" in reading.warnings[0]
