"""Returns and rejects in a camt file: that they are, why, and what they take back."""

import pytest

from support.camt_files import (
    amount,
    camt053,
    details,
    entry,
    read,
)

DEBIT = "<CdtDbtInd>DBIT</CdtDbtInd>"


def returned(inside: str = "<Rsn><Cd>MD06</Cd></Rsn>", before: str = "", after: str = "") -> str:
    return f"{before}<RtrInf>{inside}</RtrInf>{after}"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(returned(), "MD06", id="code"),
        pytest.param(returned("<Rsn><Prtry>914</Prtry></Rsn>"), "914", id="the bank's own"),
        pytest.param(
            returned("<AddtlInf>Grund</AddtlInf><AddtlInf>MS03 ohne Angabe</AddtlInf>"), "MS03", id="in its text"
        ),
        pytest.param(returned("<Rsn><Cd>NARR</Cd></Rsn><AddtlInf>AC04 closed</AddtlInf>"), "AC04", id="narrative"),
        pytest.param(returned("<Rsn><Cd>NARR</Cd></Rsn>"), "NARR", id="narrative without code"),
        pytest.param(returned("", after="<AddtlTxInf>returned, AM04</AddtlTxInf>"), "AM04", id="in the text beside it"),
        pytest.param(
            returned("", before="<RmtInf><Ustrd>RETOURE AC06 KONTO</Ustrd></RmtInf>"), "AC06", id="in remittance"
        ),
        pytest.param(returned(""), "UNKNOWN", id="no reason at all"),
        pytest.param(returned("<Rsn><Cd>0000</Cd></Rsn>"), None, id="0000 means success"),
        pytest.param("<AddtlTxInf>Rückgabegrund: MS03</AddtlTxInf>", "MS03", id="introduced by words"),
        pytest.param("<AddtlTxInf>Rueckgabegrund MD01</AddtlTxInf>", "MD01", id="introduced without umlaut"),
        pytest.param("<RmtInf><Ustrd>Rückgabegrund: MS03</Ustrd></RmtInf>", None, id="a payer wrote it"),
        pytest.param("<AddtlTxInf>Artikel AC04 bestellt</AddtlTxInf>", None, id="a code alone"),
    ],
)
def test_a_return_and_its_reason_are_known(content: str, reason: str | None) -> None:
    assert read(camt053([entry(sign=DEBIT, details=details(content))])).transaction.return_reason == reason


@pytest.mark.parametrize(
    ("code", "sign", "reason"),
    [
        pytest.param(
            "<Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn>",
            "DBIT",
            "UNKNOWN",
            id="unpaid collection",
        ),
        pytest.param(
            "<Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn>",
            "CRDT",
            "UNKNOWN",
            id="transfer that came back",
        ),
        pytest.param("<Prtry><Cd>NRTI+109+0001+914</Cd></Prtry>", "DBIT", "MS03", id="German number"),
        pytest.param("<Prtry><Cd>NRTI+109+0001</Cd></Prtry>", "DBIT", "UNKNOWN", id="German code alone"),
        pytest.param(
            "<Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>ESDD</SubFmlyCd></Fmly></Domn>",
            "CRDT",
            None,
            id="collection",
        ),
        pytest.param(f"<Prtry><Cd>{'X' * 60}</Cd></Prtry>", "DBIT", None, id="longer than any code"),
    ],
)
def test_a_code_may_mean_a_return(code: str, sign: str, reason: str | None) -> None:
    data = camt053([entry(sign=f"<CdtDbtInd>{sign}</CdtDbtInd>", code=code)])

    assert read(data).transaction.return_reason == reason


@pytest.mark.parametrize(
    ("content", "original", "charges", "included"),
    [
        pytest.param(
            returned(
                before=f"<AmtDtls><InstdAmt>{amount('71.97')}</InstdAmt><TxAmt>{amount('74.97')}</TxAmt></AmtDtls>"
                "<Chrgs><Amt Ccy='EUR'>3.00</Amt></Chrgs>"
            ),
            7197,
            300,
            True,
            id="instructed amount",
        ),
        pytest.param(
            returned(before=amount("71.97") + "<Chrgs><Rcrd><Amt Ccy='EUR'>3.00</Amt></Rcrd></Chrgs>"),
            7197,
            300,
            True,
            id="amount of the detail",
        ),
        pytest.param(
            returned(before="<Chrgs><Rcrd><Amt Ccy='EUR'>3.00</Amt><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>"),
            7197,
            300,
            True,
            id="charges inside",
        ),
        pytest.param(
            returned(
                before="<Chrgs><Rcrd><Amt Ccy='EUR'>3.00</Amt></Rcrd></Chrgs>"
                f"<AmtDtls><InstdAmt>{amount('74.97')}</InstdAmt></AmtDtls>"
            ),
            7497,
            300,
            False,
            id="charges apart",
        ),
        pytest.param(
            returned(
                before="<Chrgs><Rcrd><Amt Ccy='EUR'>3.00</Amt></Rcrd></Chrgs>"
                f"<AmtDtls><InstdAmt>{amount('70.00')}</InstdAmt></AmtDtls>"
            ),
            7000,
            300,
            None,
            id="arithmetic explains nothing",
        ),
        pytest.param(
            returned(before="<OrgnlTxRef><Amt><InstdAmt Ccy='EUR'>71.97</InstdAmt></Amt></OrgnlTxRef>"),
            7197,
            None,
            None,
            id="original transaction",
        ),
        pytest.param(
            returned(before=f"<AmtDtls><InstdAmt>{amount('80.00', 'USD')}</InstdAmt></AmtDtls>"),
            None,
            None,
            None,
            id="foreign",
        ),
        pytest.param(returned(), None, None, None, id="nothing told"),
    ],
)
def test_what_a_return_takes_back_is_known(
    content: str, original: int | None, charges: int | None, included: bool | None
) -> None:
    reading = read(camt053([entry(amount=amount("74.97"), sign=DEBIT, details=details(content))]))

    found = reading.transaction
    assert found.amount_minor == -7497
    assert (found.original_amount_minor, found.charges_minor, found.charges_included) == (original, charges, included)
