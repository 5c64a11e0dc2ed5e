"""Payments inside an entry: amounts beside the booked one, charges, returns, parties, remittance."""

import pytest

from support.camt_files import (
    amount,
    camt053,
    details,
    entry,
    read,
)

DEBIT = "<CdtDbtInd>DBIT</CdtDbtInd>"


# One detail and its entry.


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(amount("100.00"), None, id="equal"),
        pytest.param(amount("0.00"), None, id="zero stands for nothing"),
        pytest.param(amount("110.00", "USD"), None, id="foreign"),
        pytest.param(amount("103.00") + "<Chrgs><Amt Ccy='EUR'>3.00</Amt></Chrgs>", None, id="less charges"),
        pytest.param(amount("90.00"), "differ in amount", id="another amount"),
        pytest.param(amount("100.00") + DEBIT, "differ in sign", id="another sign"),
    ],
)
def test_the_entry_decides_where_its_only_detail_differs(content: str, message: str | None) -> None:
    reading = read(camt053([entry(details=details(content))]))

    assert reading.transaction.amount_minor == 10000
    assert [message in warning for warning in reading.warnings] == ([True] if message else [])


@pytest.mark.parametrize(
    ("in_entry", "content", "instructed", "rate"),
    [
        pytest.param(
            "",
            f"<AmtDtls><InstdAmt>{amount('120.00', 'USD')}</InstdAmt><TxAmt>{amount('100.00')}<CcyXchg><XchgRate>"
            "0.8333</XchgRate></CcyXchg></TxAmt></AmtDtls>",
            (12000, "USD"),
            "0.8333",
            id="of the detail",
        ),
        pytest.param(
            f"<AmtDtls><InstdAmt>{amount('120.00', 'USD')}<CcyXchg><XchgRate>0.83</XchgRate></CcyXchg></InstdAmt>"
            "</AmtDtls>",
            "",
            (12000, "USD"),
            "0.83",
            id="of the entry",
        ),
        pytest.param("", amount("120.00", "USD"), (12000, "USD"), None, id="the foreign amount of the detail"),
        pytest.param("", amount("100.00"), (None, None), None, id="none"),
    ],
)
def test_the_instructed_amount_is_found(
    in_entry: str, content: str, instructed: tuple[int | None, str | None], rate: str | None
) -> None:
    found = read(camt053([entry(more=in_entry, details=details(content))])).transaction

    assert ((found.instructed_minor, found.instructed_currency), found.exchange_rate) == (instructed, rate)


CHARGE = '<Amt Ccy="EUR">{}</Amt><CdtDbtInd>{}</CdtDbtInd>'


@pytest.mark.parametrize(
    ("charges", "minor", "included"),
    [
        pytest.param(
            "<Chrgs><Amt Ccy='EUR'>3.00</Amt></Chrgs><Chrgs><Amt Ccy='EUR'>1.50</Amt></Chrgs>", 450, None, id=".02"
        ),
        pytest.param(
            f"<Chrgs><Rcrd>{CHARGE.format('3.00', 'DBIT')}<ChrgInclInd>true</ChrgInclInd></Rcrd>"
            f"<Rcrd>{CHARGE.format('1.00', 'DBIT')}<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>",
            400,
            True,
            id="records",
        ),
        pytest.param(
            "<Chrgs><TtlChrgsAndTaxAmt Ccy='EUR'>3.57</TtlChrgsAndTaxAmt>"
            f"<Rcrd>{CHARGE.format('3.00', 'DBIT')}<ChrgInclInd>false</ChrgInclInd></Rcrd></Chrgs>",
            357,
            False,
            id="total with tax",
        ),
        pytest.param(
            "<Chrgs><TtlChrgsAndTaxAmt Ccy='EUR'>7.20</TtlChrgsAndTaxAmt></Chrgs>", 720, None, id="only a total"
        ),
        pytest.param(
            f"<Chrgs><Rcrd>{CHARGE.format('3.00', 'DBIT')}</Rcrd><Rcrd>{CHARGE.format('1.00', 'CRDT')}</Rcrd></Chrgs>",
            200,
            None,
            id="a part given back",
        ),
        pytest.param(
            f"<Chrgs><Rcrd>{CHARGE.format('3.00', 'DBIT')}<ChrgInclInd>true</ChrgInclInd></Rcrd>"
            f"<Rcrd>{CHARGE.format('1.00', 'DBIT')}<ChrgInclInd>false</ChrgInclInd></Rcrd></Chrgs>",
            400,
            None,
            id="partly included",
        ),
        pytest.param("<Chrgs><Rcrd><Tp><Cd>X</Cd></Tp></Rcrd></Chrgs>", None, None, id="no amount"),
    ],
)
def test_charges_are_added_in_each_layout(charges: str, minor: int | None, included: bool | None) -> None:
    of_detail = read(camt053([entry(details=details(amount("100.00") + charges))])).transaction
    of_entry = read(camt053([entry(more=charges)]))

    assert (of_detail.charges_minor, of_detail.charges_included) == (minor, included)
    assert (of_entry.entry.charges_minor, of_entry.transaction.charges_minor) == (minor, minor)


def test_an_amount_in_another_currency_does_not_explain_charges() -> None:
    content = (
        f"<AmtDtls><InstdAmt>{amount('103.00', 'USD')}</InstdAmt></AmtDtls><Chrgs><Amt Ccy='EUR'>3.00</Amt></Chrgs>"
    )

    assert read(camt053([entry(details=details(content))])).transaction.charges_included is None


def test_charges_in_another_currency_are_told_of() -> None:
    charges = "<Chrgs><Rcrd><Amt Ccy='CHF'>1.00</Amt></Rcrd><Rcrd><Amt Ccy='EUR'>2.00</Amt></Rcrd></Chrgs>"

    reading = read(camt053([entry(details=details(amount("100.00") + charges))]))

    assert reading.transaction.charges_minor == 200
    assert "charges in CHF beside EUR are left out" in reading.warnings[0]
