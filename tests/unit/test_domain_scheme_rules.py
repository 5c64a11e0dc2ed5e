"""Each rule of the schemes has an order that breaks just it; a good order breaks none."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.domain.scheme_rules import (
    ALL_RULES,
    Finding,
    check_collections,
    check_order,
    check_transfers,
    facts_of_key,
)
from parsers.orders import has_schema, read_collections, read_order, schema_faults
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.credit_transfer import CreditTransfer, TransferBlock
from schemas.direct_debit import Amendment, BatchKey, DirectDebit, MandateFactsSent
from schemas.identifiers import Bic, CreditorIdentifier, EndToEndId, Iban, MandateReference, PaymentInformationId
from schemas.parties import PaymentParty, PostalAddress
from support.order_texts import COLLECTION, COLLECTIONS, TRANSFERS, changed, stored

TODAY = dt.date(2026, 11, 21)
SCHEME = "<CdtrSchmeId><Id><PrvtId><Othr><Id>DE98ZZZ09999999999</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></CdtrSchmeId>"
TYPE = "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm><SeqTp>RCUR</SeqTp></PmtTpInf>"
SIGNED = "<DtOfSgntr>2025-03-01</DtOfSgntr>"
FRENCH, SWISS = "FR1420041010050500013M02606", "CH9300762011623852957"
NOBODY = "<FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt>\n<Dbtr>"
ADDRESS = "<TwnNm>Bern</TwnNm><Ctry>CH</Ctry>"
TEXT = "<Ustrd>Invoice 1</Ustrd>"


def amended(details: str, indicator: str = "true") -> tuple[str, str]:
    marked = f"<AmdmntInd>{indicator}</AmdmntInd>" if indicator else ""
    return SIGNED, f"{SIGNED}{marked}<AmdmntInfDtls>{details}</AmdmntInfDtls>"


def debtor(inside: str) -> tuple[str, str]:
    return "<Nm>Debtor 1</Nm>", f"<Nm>Debtor 1</Nm><PstlAdr>{inside}</PstlAdr>"


def structured(kind: str, reference: str) -> tuple[str, str]:
    return (
        TEXT,
        f"<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Ref>{reference}</Ref></CdtrRefInf></Strd>",
    )


def sums(text: str) -> list[tuple[str, str]]:
    return [("<CtrlSum>30.50<", f"<CtrlSum>{text}<"), ("<CtrlSum>30.50<", f"<CtrlSum>{text}<")]


def counts(count: int, total: str) -> list[tuple[str, str]]:
    return [*[("<NbOfTxs>2<", f"<NbOfTxs>{count}<")] * 2, *sums(total)]


def judged(folder: Path, order: str | bytes) -> list[Finding]:
    return list(check_order(read_order(stored(folder, order)), today=TODAY))


def broken(folder: Path, order: str | bytes) -> set[str]:
    return {finding.rule.name for finding in judged(folder, order)}


@pytest.mark.parametrize("order", [pytest.param(COLLECTIONS, id="pain.008"), pytest.param(TRANSFERS, id="pain.001")])
def test_a_good_order_breaks_no_rule_and_no_schema(tmp_path: Path, order: str) -> None:
    path = stored(tmp_path, order)

    assert judged(tmp_path, order) == []
    assert schema_faults(path, "pain.008.001.08" if order is COLLECTIONS else "pain.001.001.09") == []


BREAKS: dict[str, list[tuple[str, str]]] = {
    # Header.
    "version_ended": [("pain.008.001.08", "pain.008.003.02")],
    "version_of_guidelines": [("pain.008.001.08", "pain.008.001.11")],
    "encoding": [('encoding="UTF-8"', 'encoding="ISO-8859-1"')],
    "creation_time": [("2026-11-21T09:30:00Z", "2026-11-21")],
    "creation_time_whole": [("09:30:00Z", "09:30:00.123Z")],
    "initiating_party": [("<InitgPty><Nm>Our Company</Nm></InitgPty>", "<InitgPty><Nm>" + "A" * 71 + "</Nm></InitgPty>")],
    "message_count": [("<NbOfTxs>2</NbOfTxs><CtrlSum>30.50</CtrlSum>\n<InitgPty>", "<NbOfTxs>3</NbOfTxs><CtrlSum>30.50</CtrlSum>\n<InitgPty>")],
    "message_sum": [("<CtrlSum>30.50", "<CtrlSum>30.5000001")],
    "message_sum_there": [("<CtrlSum>30.50</CtrlSum>", "")],
    "schemes_apart": [
        ("</PmtInf>", "</PmtInf>" + COLLECTIONS[COLLECTIONS.index("<PmtInf>") : COLLECTIONS.index("</PmtInf>")] + "</PmtInf>"),
        ("<NbOfTxs>2<", "<NbOfTxs>4<"), ("<CtrlSum>30.50", "<CtrlSum>61.00"), ("BATCH-1", "BATCH-2"), (">CORE<", ">B2B<"),
        *[(f">{kind}-{number}<", f">{kind}-{number}B<") for kind in "IE" for number in (1, 2)],
    ],
    "legal_entity_identifier": [("<Nm>Debtor 1</Nm>", "<Nm>Debtor 1</Nm><Id><OrgId><LEI>529900T8BM49AURSDO99</LEI></OrgId></Id>")],
    # Blocks.
    "block_count": [("<NbOfTxs>2</NbOfTxs>\n", "<NbOfTxs>1</NbOfTxs>\n")],
    "block_sum": [("</NbOfTxs>\n<CtrlSum>30.50", "</NbOfTxs>\n<CtrlSum>30.49")],
    "block_id_unique": [
        ("</PmtInf>", "</PmtInf>" + COLLECTIONS[COLLECTIONS.index("<PmtInf>") : COLLECTIONS.index("</PmtInf>")] + "</PmtInf>"),
        ("<NbOfTxs>2<", "<NbOfTxs>4<"), ("<CtrlSum>30.50", "<CtrlSum>61.00"),
        *[(f">{kind}-{number}<", f">{kind}-{number}B<") for kind in "IE" for number in (1, 2)],
    ],
    "payment_method": [("<PmtMtd>DD", "<PmtMtd>CHK")],
    "date": [("2026-12-01<", "2026-12-01+01:00<")],
    "date_is_bank_day": [("2026-12-01<", "2026-12-25<")],
    "date_not_passed": [("2026-12-01<", "2026-11-20<")],
    "service_level": [("<Cd>SEPA</Cd></SvcLvl>", "<Cd>SEPA</Cd></SvcLvl><SvcLvl><Cd>SEPA</Cd></SvcLvl>")],
    "local_instrument": [(">CORE<", ">COR1<")],
    "sequence_type": [(">RCUR<", ">RPRE<")],
    "category_purpose": [("</SeqTp>", "</SeqTp><CtgyPurp><Prtry>MINE</Prtry></CtgyPurp>")],
    "charge_bearer": [("SLEV", "SHAR")],
    "party_name": [("<Cdtr><Nm>Our Company", "<Cdtr><Nm>" + "A" * 71)],
    "party_account": [("DE89370400440532013000", "DE88370400440532013000")],
    "party_bank": [("COBADEFFXXX", "COBADEFFXX")],
    "creditor_identifier": [("DE98ZZZ", "DE97ZZZ")],
    "creditor_identifier_form": [("<Prtry>SEPA</Prtry>", "<Prtry>OTHER</Prtry>")],
    "creditor_identifier_place": [("</DrctDbtTx>", f"{SCHEME}</DrctDbtTx>")],
    # Collections.
    "identifier": [(">E-1<", ">E_1<")],
    "identifier_slashes": [(">E-1<", ">E//1<")],
    "own_end_to_end_id": [(">E-1<", ">NOTPROVIDED<")],
    "end_to_end_id_unique": [(">E-1<", ">E-2<")],
    "instruction_id_unique": [(">I-1<", ">I-2<")],
    "unique_transaction_reference": [("</EndToEndId>", "</EndToEndId><UETR>8A562C67-CA16-48BA-B074-65581BE6F001</UETR>")],
    "currency": [('Ccy="EUR"', 'Ccy="CHF"')],
    "amount": [(">10.25<", ">10.251<"), *sums("30.501")],
    "type_in_one_place": [("</EndToEndId></PmtId>", f"</EndToEndId></PmtId>{TYPE}")],
    "purpose": [("<RmtInf>", "<Purp><Prtry>MINE</Prtry></Purp><RmtInf>")],
    "one_remittance": [(TEXT, TEXT * 2)],
    "remittance_form": [(TEXT, TEXT + structured("SCOR", "RF18539007547034")[1])],
    "remittance_length": [(TEXT, f"<Ustrd>{'A' * 141}</Ustrd>")],
    "structured_reference": [structured("RADM", "1234")],
    "creditor_reference_digits": [structured("SCOR", "RF17539007547034")],
    "character_set": [("Debtor 1", "Müller & Söhne".replace("&", "&amp;"))],
    "counterparty_name": [("<Nm>Debtor 1</Nm>", "<Nm>" + "A" * 71 + "</Nm>")],
    "counterparty_account": [(FRENCH, "FR1420041010050500013M02605")],
    "counterparty_bank": [("<Id>NOTPROVIDED</Id>", "<Id>UNKNOWN</Id>")],
    "account_in_sepa": [(FRENCH, "TR330006100519786457841326"), (NOBODY, "<FinInstnId><BICFI>TGBATRISXXX</BICFI></FinInstnId></DbtrAgt>\n<Dbtr>"), debtor(ADDRESS)],
    "bic_outside_eea": [(FRENCH, SWISS), debtor(ADDRESS)],
    "address_outside_eea": [(FRENCH, SWISS), (NOBODY, "<FinInstnId><BICFI>UBSWCHZHXXX</BICFI></FinInstnId></DbtrAgt>\n<Dbtr>")],
    "ultimate_name": [("</DbtrAcct>\n", f"</DbtrAcct><UltmtDbtr><Nm>{'A' * 71}</Nm></UltmtDbtr>\n")],
    "ultimate_in_one_place": [
        ("<ChrgBr>", "<UltmtCdtr><Nm>Parent</Nm></UltmtCdtr><ChrgBr>"), ("</DrctDbtTx>\n", "</DrctDbtTx><UltmtCdtr><Nm>Parent</Nm></UltmtCdtr>\n"),
    ],
    "address_not_unstructured": [debtor("<Ctry>FR</Ctry><AdrLine>1 rue Haute, Paris</AdrLine>")],
    "address_not_country_alone": [debtor("<Ctry>FR</Ctry>")],
    "address_town_and_country": [debtor("<TwnNm>Paris</TwnNm>")],
    "address_lines": [debtor("<TwnNm>Paris</TwnNm><Ctry>FR</Ctry><AdrLine>a</AdrLine><AdrLine>b</AdrLine><AdrLine>c</AdrLine>")],
    "address_lengths": [debtor(f"<TwnNm>{'A' * 36}</TwnNm><Ctry>FR</Ctry>")],
    "address_repeats": [debtor("<TwnNm>Paris</TwnNm><Ctry>FR</Ctry><AdrLine>1 rue Haute, 75001 Paris</AdrLine>")],
    "no_empty_elements": [("<RmtInf>", "<Purp/><RmtInf>")],
    "no_repeated_elements": [("</EndToEndId>", "</EndToEndId><EndToEndId>E-9</EndToEndId>")],
    "forbidden_elements": [("<RmtInf>", "<RgltryRptg><Dtls><Inf>x</Inf></Dtls></RgltryRptg><RmtInf>")],
    "unused_elements": [("<RmtInf>", "<RltdRmtInf><RmtId>x</RmtId></RltdRmtInf><RmtInf>")],
    "mandate_reference": [("<MndtId>M-1</MndtId>", "")],
    "mandate_reference_blanks": [(">M-1<", ">M 1<")],
    "signature_date": [(SIGNED, "")],
    "signature_date_not_in_future": [("2025-03-01", "2026-11-22")],
    "amendment": [amended("<OrgnlMndtId>M-0</OrgnlMndtId>", indicator="")],
    "new_account": [amended("<OrgnlDbtrAgt><FinInstnId><Othr><Id>SMNDA</Id></Othr></FinInstnId></OrgnlDbtrAgt>")],
    "original_account": [amended("<OrgnlDbtrAcct><Id><IBAN>FR1420041010050500013M02605</IBAN></Id></OrgnlDbtrAcct>")],
    "original_creditor_identifier": [amended(f"<OrgnlCdtrSchmeId>{SCHEME[13:-14]}</OrgnlCdtrSchmeId>".replace("DE98", "DE97"))],
    "mandate_used_once": [(">RCUR<", ">OOFF<"), (">M-1<", ">m-2<")],
}  # fmt: skip
# Further ways to break a rule.
ALSO = [
    pytest.param("identifier", [(">E-1<", f">{'E' * 36}<")], id="long id"),
    pytest.param("identifier", [("<EndToEndId>E-1</EndToEndId>", "")], id="no id"),
    pytest.param("identifier_slashes", [(">M-1<", ">/M<")], id="reference that begins with a slash"),
    pytest.param("date", [("2026-12-01<", "2026-02-30<")], id="no such day"),
    pytest.param("date", [("<ReqdColltnDt>2026-12-01</ReqdColltnDt>", "")], id="no date"),
    pytest.param("service_level", [("<SvcLvl><Cd>SEPA</Cd></SvcLvl>", "")], id="no service level"),
    pytest.param("service_level", [("<Cd>SEPA</Cd>", "<Prtry>SEPA</Prtry>")], id="own service level"),
    pytest.param("local_instrument", [("<Cd>CORE</Cd>", "<Prtry>CORE</Prtry>")], id="own scheme"),
    pytest.param("charge_bearer", [("<DrctDbtTx>", "<ChrgBr>SHAR</ChrgBr><DrctDbtTx>")], id="charges at a collection"),
    pytest.param("creditor_identifier", [("DE98ZZZ09999999999", "DE98ZZZ")], id="short identifier"),
    pytest.param("creditor_identifier_form", [("PrvtId", "OrgId"), ("/PrvtId", "/OrgId")], id="id of an organisation"),
    pytest.param("creditor_identifier_form", [("</Othr></PrvtId>", "</Othr><Othr><Id>DE98ZZZ09999999999</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId>")], id="two identifiers"),
    pytest.param("party_account", [("<IBAN>DE89370400440532013000</IBAN>", "<Othr><Id>532013000</Id></Othr>")], id="national account"),
    pytest.param("party_account", [("</IBAN></Id></CdtrAcct>", "</IBAN></Id><Ccy>CHF</Ccy></CdtrAcct>")], id="account in francs"),
    pytest.param("party_account", [("DE89370400440532013000", "DE89 3704 0044 0532 0130 00")], id="account with blanks"),
    pytest.param("party_bank", [("<CdtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></CdtrAgt>", "")], id="no bank"),
    pytest.param("one_remittance", [(TEXT, structured("SCOR", "1")[1] * 2)], id="two structured ones"),
    pytest.param("remittance_length", [(TEXT, structured("SCOR", "1")[1].replace("</CdOrPrtry>", f"</CdOrPrtry><Issr>{'A' * 140}</Issr>"))], id="long issuer"),
    pytest.param("structured_reference", [structured("SCOR", "1" * 36)], id="long reference"),
    pytest.param("structured_reference", [(TEXT, structured("SCOR", "1")[1].replace("<Ref>1</Ref>", ""))], id="type without reference"),
    pytest.param("purpose", [("<RmtInf>", "<Purp><Cd>purp</Cd></Purp><RmtInf>")], id="no code"),
    pytest.param("new_account", [amended("<OrgnlDbtrAcct><Id><Othr><Id>OTHER</Id></Othr></Id></OrgnlDbtrAcct>")], id="another word for a new account"),
    pytest.param("amendment", [(SIGNED, SIGNED + "<AmdmntInd>true</AmdmntInd>")], id="amendment of nothing"),
    pytest.param("address_lines", [debtor(f"<TwnNm>Paris</TwnNm><Ctry>FR</Ctry><AdrLine>{'a' * 71}</AdrLine>")], id="long line"),
    pytest.param("address_lengths", [debtor("<TwnNm>Paris</TwnNm><Ctry>fr</Ctry>")], id="small letters of a country"),
    pytest.param("initiating_party", [("<InitgPty><Nm>Our Company</Nm></InitgPty>", "<InitgPty><Id><PrvtId><Othr><Id>1</Id></Othr></PrvtId></Id></InitgPty>")], id="no name"),
    pytest.param("creation_time", [("<CreDtTm>2026-11-21T09:30:00Z</CreDtTm>", "")], id="no moment"),
    pytest.param("message_count", [("<NbOfTxs>2</NbOfTxs>", "")], id="no count"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "changes"), ALSO)
def test_a_rule_is_broken_in_other_ways_too(tmp_path: Path, rule: str, changes: list[tuple[str, str]]) -> None:
    assert broken(tmp_path, changed(COLLECTIONS, *changes)) == {rule}


def test_ids_of_a_large_order_are_known_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("gateway.domain.scheme_rules.engine._RECENT_MAX", 2)
    start, end = COLLECTIONS.index("<DrctDbtTxInf>"), COLLECTIONS.index("</PmtInf>")
    names = [*range(9), 0, 8]
    many = "".join(COLLECTION.format(n=name, amount="1.00") for name in names)

    order = changed(COLLECTIONS[:start] + many + COLLECTIONS[end:], *counts(len(names), "11.00"))

    found = [(finding.rule.name, finding.end_to_end_id) for finding in judged(tmp_path, order)]
    assert found == [
        (rule, name) for name in ("E-0", "E-8") for rule in ("end_to_end_id_unique", "instruction_id_unique")
    ]


ELSEWHERE = {"no_byte_order_mark", "holds_blocks", "holds_collections"}


@pytest.mark.parametrize("rule", BREAKS)
def test_each_rule_is_broken_by_itself(tmp_path: Path, rule: str) -> None:
    assert broken(tmp_path, changed(COLLECTIONS, *BREAKS[rule])) == {rule}


def test_every_rule_has_an_order_that_breaks_it() -> None:
    assert {rule.name for rule in ALL_RULES} == BREAKS.keys() | ELSEWHERE


def test_a_byte_order_mark_is_told(tmp_path: Path) -> None:
    assert broken(tmp_path, b"\xef\xbb\xbf" + COLLECTIONS.encode()) == {"no_byte_order_mark"}


def test_a_block_without_collections_is_told(tmp_path: Path) -> None:
    start, end = COLLECTIONS.index("<DrctDbtTxInf>"), COLLECTIONS.index("</PmtInf>")

    empty = changed(COLLECTIONS[:start] + COLLECTIONS[end:], *counts(0, "0.00"))

    assert broken(tmp_path, empty) == {"holds_collections"}


def test_an_order_without_blocks_is_told(tmp_path: Path) -> None:
    start, end = COLLECTIONS.index("<PmtInf>"), COLLECTIONS.index("</CstmrDrctDbtInitn>")

    empty = changed(COLLECTIONS[:start] + COLLECTIONS[end:], ("<NbOfTxs>2<", "<NbOfTxs>0<"), ("30.50", "0.00"))

    assert broken(tmp_path, empty) == {"holds_blocks"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        pytest.param(("<PmtMtd>TRF", "<PmtMtd>CHK"), "payment_method", id="cheque"),
        pytest.param(("</SvcLvl>", "</SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm>"), "local_instrument", id="scheme of debits"),
        pytest.param(("2026-12-01", "2026-11-20"), "date_not_passed", id="yesterday"),
        pytest.param((FRENCH, "FR1420041010050500013M02605"), "counterparty_account", id="account"),
        pytest.param((">10.25<", ">0<"), "amount", id="nothing to pay"),
        pytest.param(("<Ustrd>Refund 1</Ustrd>", "<Ustrd/>"), "no_empty_elements", id="empty"),
    ],
)  # fmt: skip
def test_transfers_have_their_rules(tmp_path: Path, change: tuple[str, str], rule: str) -> None:
    changes = [change, *(sums("20.25") if rule == "amount" else ())]

    assert broken(tmp_path, changed(TRANSFERS, *changes)) == {rule}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([("2026-12-01", "2026-11-21")], id="a transfer today"),
        pytest.param([("<Dt>2026-12-01</Dt>", "<DtTm>2026-12-01T10:00:00Z</DtTm>")], id="a transfer at a moment"),
        pytest.param([("</SvcLvl>", "</SvcLvl><LclInstrm><Cd>INST</Cd></LclInstrm>")], id="instant"),
        pytest.param([("2026-12-01", "2026-12-25")], id="a transfer on a closing day"),
        pytest.param([("<ChrgBr>SLEV</ChrgBr>", "")], id="nobody is said to bear charges"),
    ],
)
def test_what_transfers_may_have(tmp_path: Path, changes: list[tuple[str, str]]) -> None:
    assert broken(tmp_path, changed(TRANSFERS, *changes)) == set()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([amended("<OrgnlDbtrAcct><Id><Othr><Id>SMNDA</Id></Othr></Id></OrgnlDbtrAcct>")], id="new account"),
        pytest.param([amended("<OrgnlCdtrSchmeId><Nm>Old name</Nm></OrgnlCdtrSchmeId>")], id="only the name of the creditor changed"),
        pytest.param([(SIGNED, SIGNED + "<AmdmntInd>false</AmdmntInd>")], id="said to be unchanged"),
        pytest.param([(SCHEME, ""), *[("</DrctDbtTx>\n", f"{SCHEME}</DrctDbtTx> ")] * 2], id="creditor identifier with each collection"),
        pytest.param([(TYPE, ""), *[("</EndToEndId></PmtId>\n", f"</EndToEndId></PmtId>{TYPE} ")] * 2], id="type with each collection"),
        pytest.param([debtor("<TwnNm>Paris</TwnNm><Ctry>FR</Ctry><AdrLine>1 rue Haute</AdrLine>")], id="hybrid address"),
        pytest.param([debtor("<Ctry>FR</Ctry><AdrLine>1 rue Haute</AdrLine>"), ("2026-12-01<", "2026-11-13<")], id="lines alone before November 2026"),
        pytest.param([("DE98ZZZ", "DE98ABC")], id="another business code"),
        pytest.param([("BICFI", "BIC"), ("/BICFI", "/BIC"), ("pain.008.001.08", "pain.008.001.02")], id="version .02"),
        pytest.param([structured("SCOR", "RF18539007547034")], id="structured reference"),
    ],
)  # fmt: skip
def test_what_collections_may_have(tmp_path: Path, changes: list[tuple[str, str]]) -> None:
    order = changed(COLLECTIONS, *changes)
    day = dt.date(2026, 11, 12) if "2026-11-13" in order else TODAY

    assert list(check_order(read_order(stored(tmp_path, order)), today=day)) == []


def test_what_is_known_from_memory_only_warns() -> None:
    from_memory = {"identifier_slashes", "remittance_form", "type_in_one_place"}

    assert {rule.severity for rule in ALL_RULES if rule.name in from_memory} == {"warning"}


def test_a_finding_names_line_id_and_both_sides_and_no_account(tmp_path: Path) -> None:
    (found,) = judged(tmp_path, changed(COLLECTIONS, (FRENCH, "FR1420041010050500013M02605")))

    assert (found.line, found.end_to_end_id, found.rule.name) == (12, "E-1", "counterparty_account")
    assert "FR14 **** **** 2605" in found.found
    assert "check digits" in found.rule.demand


KEY = BatchKey(
    dt.date(2026, 12, 1), LocalInstrument.CORE, SequenceType.RECURRENT, PaymentParty("Our Company"),
    Iban.parse("DE89370400440532013000"), None, CreditorIdentifier.parse("DE98ZZZ09999999999"),
)  # fmt: skip
GOOD = DirectDebit(
    EndToEndId("E-1"), 1025, MandateFactsSent(MandateReference("M-1"), dt.date(2025, 3, 1)), PaymentParty("Debtor 1"),
    Iban.parse(FRENCH), remittance="Invoice 1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("collection", "rules"),
    [
        pytest.param(GOOD, [], id="good"),
        pytest.param(GOOD._replace(amount_minor=0), ["amount"], id="nothing to collect"),
        pytest.param(GOOD._replace(debtor_iban=Iban.parse(SWISS)), ["bic_outside_eea", "address_outside_eea"], id="Swiss without address"),
        pytest.param(GOOD._replace(debtor=PaymentParty("Debtor 1", PostalAddress("FR"))), ["address_not_country_alone"], id="country alone"),
        pytest.param(GOOD._replace(mandate=GOOD.mandate._replace(signature_date=dt.date(2027, 1, 1))), ["signature_date_not_in_future"], id="signed later"),
        pytest.param(GOOD._replace(mandate=GOOD.mandate._replace(amendment=Amendment(MandateReference("M-0"), None, "Old", True))), [], id="amended"),
        pytest.param(GOOD._replace(mandate=GOOD.mandate._replace(amendment=Amendment())), [], id="amended in nothing"),
        pytest.param(GOOD._replace(creditor_reference="RF18539007547034"), ["remittance_form"], id="both references"),
        pytest.param(GOOD._replace(ultimate_debtor="A" * 71), ["ultimate_name"], id="long name"),
    ],
)  # fmt: skip
def test_our_own_collections_are_judged_by_the_same_rules(collection: DirectDebit, rules: list[str]) -> None:
    assert [finding.rule.name for finding in check_collections([collection], KEY, today=TODAY)] == rules


ODD = {
    "amount_minor": [1, 99_999_999_999, 0, 10**11],
    "mandate": [
        MandateFactsSent(MandateReference("M 1"), dt.date(2025, 3, 1)),
        MandateFactsSent(MandateReference("M-1"), TODAY + dt.timedelta(days=1)),
        MandateFactsSent(MandateReference("M-1"), TODAY, Amendment(None, None, "", True)),
    ],
    "debtor": [PaymentParty(""), PaymentParty("Zoë"), PaymentParty("A" * 71), PaymentParty("Debtor", PostalAddress("FR"))],
    "debtor_iban": [Iban.parse(SWISS), Iban.parse("GB29NWBK60161331926819")],
    "debtor_bic": [Bic("DEUTDEFF"), Bic("UBSWCHZH80A")],
    "ultimate_debtor": ["Other", "B" * 71],
    "remittance": ["", "Rechnung für März", "x" * 141],
    "creditor_reference": ["RF18539007547034", "RF99539007547034"],
    "purpose": ["GDDS", "none"],
    "instruction_id": ["I-1", "/I"],
    "end_to_end_id": [EndToEndId("E-2"), "NOTPROVIDED"],
}  # fmt: skip
odd_collections = some.fixed_dictionaries(
    {}, optional={name: some.sampled_from(values) for name, values in ODD.items()}
).map(lambda changes: GOOD._replace(**changes))


@given(some.lists(odd_collections | some.just(GOOD), min_size=2, max_size=5), some.sampled_from(["", "B" * 71]))
def test_collections_of_a_block_are_judged_together_as_each_by_itself(them: list[DirectDebit], ultimate: str) -> None:
    key = KEY._replace(ultimate_creditor=ultimate)

    together = list(check_collections(them, key, today=TODAY))

    assert together == [found for one in them for found in check_collections([one], key, today=TODAY)]


def test_our_own_transfers_are_judged_by_the_same_rules() -> None:
    block = TransferBlock(
        PaymentInformationId("BATCH-1"), dt.date(2026, 12, 1), PaymentParty("Our Company"),
        Iban.parse("DE89370400440532013000"), None, 1, 1025, (),
    )  # fmt: skip
    good = CreditTransfer(EndToEndId("E-1"), 1025, PaymentParty("Customer"), Iban.parse(FRENCH), remittance="Refund")
    bad = good._replace(amount_minor=0, creditor_bic=Bic("COBADEFFXX"))

    found = [finding.rule.name for finding in check_transfers([good, bad], block, today=TODAY)]

    assert found == ["amount", "counterparty_bank"]


def test_a_creditor_of_ours_has_his_address_and_parent_judged() -> None:
    creditor = PaymentParty("Our Company", PostalAddress("DE", "Bonn", lines=("Bonn",)))
    key = KEY._replace(creditor=creditor, ultimate_creditor="A" * 71)

    block = facts_of_key(key)

    assert block.party is not None
    assert block.party.address is not None
    assert block.party.address.lines == ("Bonn",)
    assert block.ultimate_party is not None
    swiss = GOOD._replace(
        debtor=PaymentParty("D", PostalAddress("CH", "Bern")),
        debtor_iban=Iban.parse(SWISS),
        debtor_bic=Bic("UBSWCHZHXXX"),
    )
    assert list(check_collections([swiss], key, today=TODAY)) == []


def test_texts_are_judged_as_the_writer_folds_them() -> None:
    fold: Callable[[str, int], str] = lambda text, limit: text.replace("ü", "ue")[:limit]  # noqa: E731
    collection = GOOD._replace(debtor=PaymentParty("Müller" + "A" * 70))

    found = list(check_collections([collection], KEY, today=TODAY, fold=fold))

    assert found == []


def test_rules_of_ten_thousand_collections_are_quick() -> None:
    collections = [GOOD._replace(end_to_end_id=EndToEndId(f"E-{number}")) for number in range(10_000)]
    start = process_time()

    found = list(check_collections(collections, KEY, today=TODAY))

    assert found == []
    assert process_time() - start < 2  # 0.2 s are usual.


def test_a_file_gives_the_values_it_was_written_from(tmp_path: Path) -> None:
    message = read_collections(stored(tmp_path, COLLECTIONS))

    (block,) = message.blocks
    assert (message.message_id, message.collection_count, message.sum_minor) == ("RUN-1", 2, 3050)
    assert block.key == KEY._replace(creditor_bic="COBADEFFXXX")
    assert next(iter(block.collections)) == GOOD._replace(instruction_id="I-1")
    assert has_schema("pain.008.001.08")
