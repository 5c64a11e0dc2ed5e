"""Who is on the other side of a payment, in each version and direction."""

import pytest

from support.camt_files import (
    OWN_IBAN,
    PAYER_IBAN,
    camt053,
    details,
    entry,
    read,
)

OTHER_IBAN = "GB29NWBK60161331926819"


def parties(debtor: str = "", creditor: str = "") -> str:
    def side(tag: str, account: str) -> str:
        if not account:
            return ""
        return f"<{tag}><Nm>{tag} of {account[:2]}</Nm></{tag}><{tag}Acct><Id><IBAN>{account}</IBAN></Id></{tag}Acct>"

    agents = (
        "<RltdAgts><DbtrAgt><FinInstnId><BICFI>DDDDDEFF</BICFI></FinInstnId></DbtrAgt>"
        "<CdtrAgt><FinInstnId><BIC>CCCCDEFF</BIC></FinInstnId></CdtrAgt></RltdAgts>"
    )
    return f"<RltdPties>{side('Dbtr', debtor)}{side('Cdtr', creditor)}</RltdPties>{agents}"


@pytest.mark.parametrize(
    ("sign", "more", "debtor", "creditor", "name"),
    [
        pytest.param("CRDT", "", PAYER_IBAN, OWN_IBAN, "Dbtr of FR", id="money in: the debtor"),
        pytest.param("DBIT", "", OWN_IBAN, PAYER_IBAN, "Cdtr of FR", id="money out: the creditor"),
        pytest.param("CRDT", "", PAYER_IBAN, OTHER_IBAN, "Dbtr of FR", id="money in, our account is not named"),
        pytest.param("DBIT", "", PAYER_IBAN, OTHER_IBAN, "Cdtr of GB", id="money out, our account is not named"),
        pytest.param("CRDT", "", OWN_IBAN, PAYER_IBAN, "Cdtr of FR", id="roles turned round"),
        pytest.param("DBIT", "<RtrInf/>", PAYER_IBAN, OWN_IBAN, "Dbtr of FR", id="return of our debit: the debtor"),
        pytest.param("DBIT", "<RtrInf/>", PAYER_IBAN, OTHER_IBAN, "Dbtr of FR", id="return, our account is not named"),
        pytest.param("CRDT", "<RtrInf/>", PAYER_IBAN, OTHER_IBAN, "Cdtr of GB", id="our transfer came back"),
        pytest.param("DBIT", "<RtrInf/>", "", PAYER_IBAN, "Cdtr of FR", id="return that names the creditor only"),
        pytest.param("CRDT", "", "", PAYER_IBAN, "Cdtr of FR", id="money in that names the creditor only"),
        pytest.param("CRDT", "", OWN_IBAN, OWN_IBAN, "Dbtr of DE", id="both are ours"),
        pytest.param("CRDT", "", "", "", None, id="nobody is named"),
    ],
)
def test_the_other_side_is_found(sign: str, more: str, debtor: str, creditor: str, name: str | None) -> None:
    data = camt053([entry(sign=f"<CdtDbtInd>{sign}</CdtDbtInd>", details=details(parties(debtor, creditor) + more))])

    found = read(data).transaction

    assert found.counterparty_name == name
    if name:
        assert found.counterparty_bic == ("DDDDDEFF" if name.startswith("Dbtr") else "CCCCDEFF")


@pytest.mark.parametrize(
    ("inside", "name", "account", "bic"),
    [
        pytest.param("<Dbtr><Nm>Ada</Nm></Dbtr>", "Ada", None, None, id=".02"),
        pytest.param("<Dbtr><Pty><Nm>Ada\n   Lovelace</Nm></Pty></Dbtr>", "Ada Lovelace", None, None, id=".08"),
        pytest.param(
            "<Dbtr><Agt><FinInstnId><BICFI>COBADEFF</BICFI><Nm>Bank</Nm></FinInstnId></Agt></Dbtr>",
            "Bank",
            None,
            "COBADEFF",
            id="a bank",
        ),
        pytest.param(
            "<DbtrAcct><Id><Othr><Id>12 34</Id></Othr></Id></DbtrAcct>", None, "1234", None, id="other account"
        ),
        pytest.param("<DbtrAcct><Id><IBAN>FR14 2004</IBAN></Id></DbtrAcct>", None, "FR142004", None, id="blanks"),
    ],
)
def test_a_party_is_read_in_each_version(inside: str, name: str | None, account: str | None, bic: str | None) -> None:
    found = read(camt053([entry(details=details(f"<RltdPties>{inside}</RltdPties>"))])).transaction

    assert (found.counterparty_name, found.counterparty_iban, found.counterparty_bic) == (name, account, bic)


@pytest.mark.parametrize("pty", ["", "Pty"])
def test_ultimate_parties_are_read(pty: str) -> None:
    name = "<Pty><Nm>{}</Nm></Pty>" if pty else "<Nm>{}</Nm>"
    inside = f"<UltmtDbtr>{name.format('Ada')}</UltmtDbtr><UltmtCdtr>{name.format('Bob')}</UltmtCdtr>"

    found = read(camt053([entry(details=details(f"<RltdPties>{inside}</RltdPties>"))])).transaction

    assert (found.ultimate_debtor, found.ultimate_creditor) == ("Ada", "Bob")


ID = "<{0}><Othr><Id>{1}</Id>{2}</Othr></{0}>"


@pytest.mark.parametrize(
    ("ids", "mandate", "read_as"),
    [
        pytest.param(
            ID.format("PrvtId", "DE98ZZZ09999999999", "<SchmeNm><Prtry>SEPA</Prtry></SchmeNm>"),
            "",
            "DE98ZZZ09999999999",
            id="scheme SEPA",
        ),
        pytest.param(
            ID.format("OrgId", "NL11ZZZ111123333111", "<SchmeNm><Cd>SEPA</Cd></SchmeNm>"),
            "",
            "NL11ZZZ111123333111",
            id="of an organisation",
        ),
        pytest.param(ID.format("PrvtId", "DE98ZZZ09999999999", ""), "M-1", "DE98ZZZ09999999999", id="by its form"),
        pytest.param(ID.format("PrvtId", "DE98ZZZ09999999999", ""), "", None, id="no direct debit"),
        pytest.param(ID.format("OrgId", "455454654", "<SchmeNm><Cd>KBO</Cd></SchmeNm>"), "M-1", None, id="another id"),
        pytest.param(ID.format("OrgId", "", ""), "M-1", None, id="empty"),
    ],
)
@pytest.mark.parametrize("pty", ["", "Pty"])
def test_a_creditor_identifier_is_read(ids: str, mandate: str, read_as: str | None, pty: str) -> None:
    identity = f"<Pty><Id>{ids}</Id></Pty>" if pty else f"<Id>{ids}</Id>"
    content = f"<Refs><MndtId>{mandate}</MndtId></Refs><RltdPties><Cdtr>{identity}</Cdtr></RltdPties>"

    assert read(camt053([entry(details=details(content))])).transaction.creditor_identifier == read_as
