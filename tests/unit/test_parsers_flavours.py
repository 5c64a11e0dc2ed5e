"""What the dialects of ``:86:`` and the peculiarities of banks find in the text beside a booking."""

from typing import Any

import pytest

from parsers import flavours
from parsers.flavours.phrases import structured_reference, unwrap
from schemas.statement import BankEntry, BankTransaction, Batch
from support.mt940_files import HEAD, entry_lines, lines, read

IBAN = "DE89370400440532013000"
CREDIT = ":61:2601020102C12,34NTRFNONREF//B1"
DEBIT = ":61:2601020102D12,34NTRFNONREF//B1"


def entry_of(*text: str, line: str = CREDIT, bic: str | None = None, account: str = "12345678") -> BankEntry:
    """Return the entry with this text, as this bank writes it."""
    header = (bic, "940", bic) if bic else ()
    data = lines(
        line, *([f":86:{text[0]}", *text[1:]] if text else []), head=(*header, HEAD[0], f":25:{account}", HEAD[2])
    )
    return read(data).entry


def known(transaction: BankTransaction) -> dict[str, Any]:
    """Return what is known of a payment beside what its statement line says."""
    given = {"amount_minor", "currency", "bank_reference", "bank_transaction_code"}
    return {
        name: value for name, value in transaction._asdict().items() if name not in given and value not in (None, "")
    }


def facts(*text: str, line: str = CREDIT, bic: str | None = None, account: str = "12345678") -> dict[str, Any]:
    return known(entry_of(*text, line=line, bic=bic, account=account).transactions[0])


# German subfields.


def test_a_german_text_is_taken_apart() -> None:
    entry = entry_of(
        "166?00SEPA-GUTSCHRIFT?10931?20EREF+E2E-4711?21KREF+BATCH-1?22MREF+MANDATE-1?2",
        "3CRED+DE98ZZZ09999999999?24SVWZ+Rechnung 2026-?250815 ABWA+Erika Muster?26ABWE+Wir?27PURP+GDDS?30",
        f"COBADEFFXXX?31{IBAN}",
        "?32MAX MUSTERMANN UND PARTNER G?33MBH",
    )

    assert known(entry.transactions[0]) == {
        "end_to_end_id": "E2E-4711",
        "payment_information_id": "BATCH-1",
        "mandate_reference": "MANDATE-1",
        "creditor_identifier": "DE98ZZZ09999999999",
        "remittance": "Rechnung 2026-0815",
        "ultimate_debtor": "Erika Muster",
        "ultimate_creditor": "WirPURP+GDDS",  # Behind the text only the parties are the bank's.
        "counterparty_iban": IBAN,
        "counterparty_bic": "COBADEFFXXX",
        "counterparty_name": "MAX MUSTERMANN UND PARTNER GMBH",
    }
    assert (entry.text, entry.bank_transaction_code, entry.batch) == ("SEPA-GUTSCHRIFT", "166", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("166?20EREF+NOTPROVIDED SVWZ+Miete", {"remittance": "Miete"}, id="no end-to-end id"),
        pytest.param("166?20SVWZ+Miete?21 Mai", {"remittance": "Miete Mai"}, id="a blank at the cut stays"),
        pytest.param("166?20SVWZ+RE-2026-0?21815", {"remittance": "RE-2026-0815"}, id="none is added at a cut"),
        pytest.param(
            "166?20EREF+A1 MR?21EF+M1", {"end_to_end_id": "A1", "mandate_reference": "M1"}, id="a tag cut in two"
        ),
        pytest.param("166?20Miete?60 Mai", {"remittance": "Miete Mai"}, id="more purpose behind the name"),
        pytest.param("166?20ANNA?21EREF+A1?22SVWZ+Mai", {"end_to_end_id": "A1", "remittance": "ANNA Mai"}, id="a lead"),
        pytest.param(
            "166?20EREF: A1 MREF: M1 SVWZ: Mai EREF: B2",
            {"end_to_end_id": "A1", "mandate_reference": "M1", "remittance": "Mai"},
            id="tags with a colon",
        ),
        pytest.param("166?20Datum: 3.5.", {"remittance": "Datum: 3.5."}, id="a colon is no tag"),
        pytest.param(
            "166?20EREF+A1?21MTLG:Auskunft SVWZ-Nr 5",
            {"end_to_end_id": "A1", "remittance": "Auskunft SVWZ-Nr 5"},
            id="MTLG",
        ),
        pytest.param(
            "166?20EREF+12345678901234567?21890123456789012345678 und Text",
            {"remittance": "12345678901234567890123456789012345678 und Text"},
            id="text that ran into the identifier",
        ),
        pytest.param(
            f"166?20IBAN+{IBAN} BIC+COBADEFF SVWZ+x",
            {"counterparty_iban": IBAN, "counterparty_bic": "COBADEFF", "remittance": "x"},
            id="account in the purpose",
        ),
        pytest.param(
            "051?20FAM. MEIER?32KUNZ MEIER?3357072 SIEGEN",
            {"remittance": "FAM. MEIER", "counterparty_name": "KUNZ MEIER 57072 SIEGEN"},
            id="two lines of a name",
        ),
        pytest.param(
            "166?00X?10931?20Miete?30B?31A?32ANNA MARIA VON UND ZU MEYER?33-SCHULZE",
            {
                "remittance": "Miete",
                "counterparty_bic": "B",
                "counterparty_iban": "A",
                "counterparty_name": "ANNA MARIA VON UND ZU MEYER-SCHULZE",
            },
            id="a name cut at full width",
        ),
        pytest.param(
            "166?00X?10931?20a?22b?30B?31A?32N",
            {"remittance": "ab", "counterparty_bic": "B", "counterparty_iban": "A", "counterparty_name": "N"},
            id="a number left out in the usual row",
        ),
        pytest.param("166?33SECOND", {"counterparty_name": "SECOND"}, id="only the second line of a name"),
        pytest.param("166?31000777?38PL081060", {"counterparty_iban": "PL081060"}, id="Polish: the IBAN stands in 38"),
        pytest.param("166", {"remittance": "166"}, id="no subfields: no such text"),
        pytest.param("166?20text?99?34000", {"remittance": "text"}, id="an empty unknown subfield"),
    ],
)
def test_german_texts(text: str, expected: dict[str, Any]) -> None:
    assert facts(text) == expected


@pytest.mark.parametrize("mark", list("?>~^@|$#!*%&<"))
def test_the_separator_is_the_character_behind_the_code(mark: str) -> None:
    text = "166?20SVWZ+Miete?32ANNA".replace("?", mark)

    assert facts(text) == {"remittance": "Miete", "counterparty_name": "ANNA"}


def test_a_text_without_a_code_takes_that_of_the_line() -> None:
    entry = entry_of(">20Opłata>32OFFICE")

    assert entry.bank_transaction_code == "NTRF"
    assert known(entry.transactions[0]) == {"remittance": "Opłata", "counterparty_name": "OFFICE"}


@pytest.mark.parametrize(
    ("text", "account", "name", "remittance"),
    [
        pytest.param(
            "166?00X?10931?20Inv 5?31FALSE?32FALSE NAME?21 rest?30BIC?31TRUE?32TRUE NAME",
            "TRUE",
            "TRUE NAME",
            "Inv 5?31FALSE?32FALSE NAME rest",
            id="before the rest of the purpose",
        ),
        pytest.param(
            "166?20Inv 5?31FALSE?32FALSE NAME?30BIC?31TRUE?32TRUE NAME",
            "TRUE",
            "TRUE NAME",
            "Inv 5?31FALSE?32FALSE NAME",
            id="at the end of the purpose",
        ),
        pytest.param(
            "166?20Inv 5?31TRUE?32TRUE NAME?60more?31FALSE?32FALSE NAME",
            "TRUE",
            "TRUE NAME",
            "Inv 5more?31FALSE?32FALSE NAME",
            id="behind the name",
        ),
        pytest.param("166?20RE?2026-01?31TRUE?32X", "TRUE", "X", "RE?2026-01", id="a question mark before digits"),
        pytest.param("166?00X?10931?20RE?2026-01?30B?31TRUE?32X", "TRUE", "X", "RE?2026-01", id="in the usual row"),
        pytest.param("166?00X?10931?20how??30B?31TRUE?32X", "TRUE", "X", "how?", id="a question"),
        pytest.param("166?20RE?42-01?31TRUE?32X", "TRUE", "X", "RE?42-01", id="no code at all"),
    ],
)
def test_a_payer_cannot_write_subfields(text: str, account: str, name: str, remittance: str) -> None:
    found = facts(text)

    assert (found["counterparty_iban"], found["counterparty_name"]) == (account, name)
    assert found["remittance"] == remittance


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("166?20EREF+A1 SVWZ+x EREF+B2", {"end_to_end_id": "A1", "remittance": "x EREF+B2"}, id="again"),
        pytest.param("166?20SVWZ+x COAM+5,00 y", {"remittance": "x COAM+5,00 y"}, id="charges behind the text"),
        pytest.param("166?20SVWZ+1+1=2", {"remittance": "1+1=2"}, id="a plus is no tag"),
    ],
)
def test_a_payer_cannot_write_tags(text: str, expected: dict[str, Any]) -> None:
    assert facts(text) == expected


def test_in_direct_debits_the_ordering_party_is_the_creditor() -> None:
    found = facts("171?20SVWZ+x ABWA+CREDITOR ABWE+DEBTOR")

    assert (found["ultimate_debtor"], found["ultimate_creditor"]) == ("DEBTOR", "CREDITOR")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        pytest.param("109?20SVWZ+x?34912", DEBIT, "MD06", id="number of the bank"),
        pytest.param("109?20SVWZ+RETOURE AM04?34914", DEBIT, "AM04", id="the code in the text wins"),
        pytest.param("109?20SVWZ+x?34905", DEBIT, "905", id="a number that nobody knows for sure is kept"),
        pytest.param("109?20SVWZ+x", DEBIT, "UNKNOWN", id="no reason"),
        pytest.param("109?20SVWZ+x?34992", DEBIT, "UNKNOWN", id="a sequence mark is no reason"),
        pytest.param("108?20SVWZ+x?34901", DEBIT, "AC01", id="B2B"),
        pytest.param("159?20SVWZ+x?34902", CREDIT, "AC04", id="our transfer came back"),
        pytest.param("109?20SVWZ+x?34912", DEBIT.replace("0102D", "0102RC"), None, id="the bank's own correction"),
        pytest.param("166?20SVWZ+AM04?34914", CREDIT, None, id="a payment that speaks of one"),
        pytest.param(">20x", DEBIT.replace("NTRF", "NRTI"), "UNKNOWN", id="by the SWIFT type"),
        pytest.param("Rueckgabe AC04", DEBIT.replace("NTRF", "NRTI"), "AC04", id="by the SWIFT type, free text"),
    ],
)
def test_returns_are_found_with_their_reason(text: str, line: str, reason: str | None) -> None:
    assert facts(text, line=line).get("return_reason") == reason


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        pytest.param(
            "109?20EREF+A1 OAMT+71,97 COAM+3,00 SVWZ+x",
            DEBIT.replace("12,34", "74,97"),
            {"original_amount_minor": 7197, "charges_minor": 300, "charges_included": True},
            id="in the purpose",
        ),
        pytest.param(
            "109?20SVWZ+x",
            f"{DEBIT.replace('12,34', '12,35')}\r\n/OCMT/EUR11,85//CHGS/EUR0,50/",
            {"original_amount_minor": 1185, "charges_minor": 50, "charges_included": True},
            id="in subfield 9",
        ),
        pytest.param(
            "109?20OAMT+12,34 COAM+3,00 SVWZ+x",
            DEBIT,
            {"original_amount_minor": 1234, "charges_minor": 300, "charges_included": False},
            id="charges booked apart",
        ),
        pytest.param(
            "109?20OAMT+1,00 COAM+3,00 SVWZ+x",
            DEBIT,
            {"original_amount_minor": 100, "charges_minor": 300},
            id="amounts that explain nothing",
        ),
        pytest.param("109?20OAMT+12,34 SVWZ+x", DEBIT, {"original_amount_minor": 1234}, id="no charges"),
        pytest.param("109?20COAM+EUR 3,00 SVWZ+x", DEBIT, {"charges_minor": 300}, id="only charges"),
        pytest.param("109?20COAM+about 3 SVWZ+x", DEBIT, {}, id="not clear"),
        pytest.param("109?20COAM+3,001 SVWZ+x", DEBIT, {}, id="less than a cent"),
        pytest.param("109?20COAM+3,00 USD SVWZ+x", DEBIT, {}, id="charges in another currency"),
        pytest.param(
            "202?20SVWZ+x",
            f"{CREDIT}\r\n/OCMT/USD13,50//CHGS/EUR1,00//EXCH/1,0941/",
            {"instructed_minor": 1350, "instructed_currency": "USD", "exchange_rate": "1,0941", "charges_minor": 100},
            id="foreign payment",
        ),
        pytest.param(
            "109?20SVWZ+x",
            f"{DEBIT}\r\n/OCMT/USD13,50/",
            {"instructed_minor": 1350, "instructed_currency": "USD"},
            id="a return in another currency",
        ),
    ],
)
def test_amounts_beside_the_booked_one_are_found(text: str, line: str, expected: dict[str, Any]) -> None:
    found = facts(text, line=line)

    assert {
        name: value for name, value in found.items() if name not in ("remittance", "return_reason", "end_to_end_id")
    } == expected


def test_a_batch_is_known_by_its_code() -> None:
    entry = entry_of("192?00SAMMEL-LS?20KREF+RUN-7?21SVWZ+SAMMLER")

    assert entry.batch == Batch(message_id=None, payment_information_id="RUN-7", transaction_count=None)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        pytest.param("RF18539007547034", "RF18539007547034", id="RF"),
        pytest.param("rf18 5390 0754 7034", "RF18539007547034", id="RF as printed"),
        pytest.param("RF17539007547034", None, id="RF with wrong check digits"),
        pytest.param("RF", None, id="too short"),
        pytest.param("Rechnung RF18539007547034", None, id="RF inside a text is for matching to find"),
        pytest.param("+++123/4567/89002+++", "123456789002", id="Belgian"),
        pytest.param("Mededeling ***010/8068/17183*** dank", "010806817183", id="Belgian inside a text"),
        pytest.param("+++010/8068/17180+++", None, id="Belgian with wrong check digits"),
        pytest.param("123/4567/89002", None, id="Belgian without its marks"),
        pytest.param("a/b", None, id="a slash"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_structured_references_are_taken_only_if_right(text: str, reference: str | None) -> None:
    assert structured_reference(text) == reference
    assert facts(f"166?20SVWZ+{text}").get("creditor_reference") == reference


# Slash codes.


def test_a_text_of_slash_codes_is_taken_apart() -> None:
    entry = entry_of(
        "/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/J. JA",
        "NSEN/REMI/FACTUUR 2026/0815/EREF/E2E-1",
    )

    assert known(entry.transactions[0]) == {
        "counterparty_iban": "NL91ABNA0417164300",
        "counterparty_bic": "ABNANL2A",
        "counterparty_name": "J. JANSEN",
        "remittance": "FACTUUR 2026/0815",
        "end_to_end_id": "E2E-1",
    }
    assert (entry.text, entry.bank_transaction_code) == ("SEPA OVERBOEKING", "NTRF")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "/EREF/501//MARF/M1//CSID/NL93 ZZZ 1//CNTP/NL12COBA0733959555/COBANL2X/B ASDGF BV///"
            "REMI/USTD//Factuur 9//PURP/OTHR/",
            {
                "end_to_end_id": "501",
                "mandate_reference": "M1",
                "creditor_identifier": "NL93ZZZ1",
                "counterparty_iban": "NL12COBA0733959555",
                "counterparty_bic": "COBANL2X",
                "counterparty_name": "B ASDGF BV",
                "remittance": "Factuur 9",
                "purpose": "OTHR",
            },
            id="ING",
        ),
        pytest.param("/REMI/STRD/CUR/8850426741301240/", {"creditor_reference": "8850426741301240"}, id="structured"),
        pytest.param(
            "/REMI//CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/1234567899874563/ISDT/2026-01-02",
            {"creditor_reference": "1234567899874563"},
            id="structured as Rabobank writes it",
        ),
        pytest.param(
            "/REMI/RF18539007547034",
            {"creditor_reference": "RF18539007547034", "remittance": "RF18539007547034"},
            id="RF",
        ),
        pytest.param("/EREF/1/REMI//REMI/again", {"end_to_end_id": "1", "remittance": "again"}, id="empty, then again"),
        pytest.param(
            "/ORDP//NAME/ANNA/ULTD//NAME/BERTA/REMI/x",
            {"counterparty_name": "ANNA", "ultimate_debtor": "BERTA", "remittance": "x"},
            id="ultimate debtor",
        ),
        pytest.param(
            "/BENM//NAME/ANNA/ULTB//NAME/BERTA/REMI/x",
            {"counterparty_name": "ANNA", "ultimate_creditor": "BERTA", "remittance": "x"},
            id="ultimate creditor",
        ),
        pytest.param(
            "/BENM/300000003998473/TELEKOM AD/5,6m//0264/text",
            {
                "counterparty_iban": "300000003998473",
                "counterparty_name": "TELEKOM AD",
                "remittance": "5,6m//0264/text",
            },
            id="a party without codes",
        ),
        pytest.param(
            "/ORDP/ANNA MEYER/REMI/x", {"counterparty_name": "ANNA MEYER", "remittance": "x"}, id="only a name"
        ),
        pytest.param("/RTRN/MS03/REMI/x", {"return_reason": "MS03", "remittance": "x"}, id="a return"),
        pytest.param(
            "/RTRN/77 NIET AKKOORD/REMI/x", {"return_reason": "77 NIET AKKOORD", "remittance": "x"}, id="its own reason"
        ),
        pytest.param("/RTYP/RETURN/REMI/x", {"return_reason": "UNKNOWN", "remittance": "x"}, id="no reason"),
        pytest.param(
            "/OCMT/USD13,50/CHGS/EUR1,00/REMI/x",
            {"instructed_minor": 1350, "instructed_currency": "USD", "charges_minor": 100, "remittance": "x"},
            id="amounts",
        ),
        pytest.param(
            "/IBAN/NL91ABNA0417164300/REMI/pay /NAME/FALSE/IBAN/FALSE /RTRN/MS03/ please",
            {"counterparty_iban": "NL91ABNA0417164300", "remittance": "pay /NAME/FALSE/IBAN/FALSE /RTRN/MS03/ please"},
            id="a payer cannot write codes",
        ),
        pytest.param(
            "/EREF/TRUE/REMI/pay/EREF/FALSE",
            {"end_to_end_id": "TRUE", "remittance": "pay/EREF/FALSE"},
            id="nor repeat one",
        ),
        pytest.param("/WHAT/ever", {"remittance": "/WHAT/ever"}, id="an unknown code is text"),
    ],
)
def test_slash_codes(text: str, expected: dict[str, Any]) -> None:
    assert facts(text) == expected


def test_a_dutch_batch_has_a_reference_but_no_end_to_end_id() -> None:
    entry = entry_of("/PREF/RUN-7/REMI/12 posten")

    assert entry.batch == Batch(None, "RUN-7", None)
    assert entry.transactions[0].payment_information_id == "RUN-7"


# Labels, free text, notes.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            (
                "SEPA OVERBOEKING                 IBAN: NL86INGB0002445588",
                "BIC: INGBNL2A                    NAAM: BELASTINGDIENST APELDOORN",
                "BETALINGSKENM.: 1234123412345678",
            ),
            {
                "counterparty_iban": "NL86INGB0002445588",
                "counterparty_bic": "INGBNL2A",
                "counterparty_name": "BELASTINGDIENST APELDOORN",
                "remittance": "1234123412345678",
            },
            id="ABN AMRO",
        ),
        pytest.param(
            (
                "SEPA INCASSO IBAN: NL86INGB0002445588 NAAM: ENERGIE BV MACHTIGING: M1 INCASSANT: NL12ZZZ1",
                "OMSCHRIJVING: FACTUUR 5 NAAM: FALSE KENMERK: E2E-1",
            ),
            {
                "counterparty_iban": "NL86INGB0002445588",
                "counterparty_name": "ENERGIE BV",
                "mandate_reference": "M1",
                "creditor_identifier": "NL12ZZZ1",
                "remittance": "FACTUUR 5 NAAM: FALSE",
                "end_to_end_id": "E2E-1",
            },
            id="behind the text only the reference is the bank's",
        ),
        pytest.param(
            ("FACTUUR 201403110, 201403113", "REK: NL65INGB0123456789/NAAM: PICQER"),
            {
                "counterparty_iban": "NL65INGB0123456789",
                "counterparty_name": "PICQER",
                "remittance": "FACTUUR 201403110, 201403113",
            },
            id="Knab",
        ),
        pytest.param(
            ("PAS: 1111", "NAAM: ANNA"), {"counterparty_name": "ANNA", "remittance": "PAS: 1111"}, id="only a name"
        ),
        pytest.param(
            ("REK: 90000014/NAAM: KNAB",), {"counterparty_iban": "90000014", "counterparty_name": "KNAB"}, id="no text"
        ),
        pytest.param(("zie NAAM: boven", "dank"), {"remittance": "zie NAAM: boven dank"}, id="no label of the bank"),
    ],
)
def test_dutch_labels(text: tuple[str, ...], expected: dict[str, Any]) -> None:
    assert facts(*text) == expected


@pytest.mark.parametrize(
    ("text", "line", "words", "expected"),
    [
        pytest.param(
            "VIR SEPA RECU /DE SOCIETE EXEMPLE SARL /MOTIF FACTURE FA-2026-000123 /REF NOTPROVIDED",
            CREDIT,
            "VIR SEPA RECU",
            {"counterparty_name": "SOCIETE EXEMPLE SARL", "remittance": "FACTURE FA-2026-000123"},
            id="slashes",
        ),
        pytest.param(
            "VIR RECU 123456 DE: SOCIETE EXEMPLE MOTIF: FACTURE DE: MAI REF: E2E-1",
            CREDIT,
            "VIR RECU 123456",
            {"counterparty_name": "SOCIETE EXEMPLE", "remittance": "FACTURE DE MAI", "end_to_end_id": "E2E-1"},
            id="colons, and a label inside the text",
        ),
        pytest.param(
            "VIR SEPA RECU /FRM EXEMPLE /FRM FAUX /EID E2E-1 /RNF FA 1 /MDT M1",
            CREDIT,
            "VIR SEPA RECU",
            {
                "counterparty_name": "EXEMPLE FRM FAUX",
                "remittance": "FA 1",
                "end_to_end_id": "E2E-1",
                "mandate_reference": "M1",
            },
            id="other labels",
        ),
        pytest.param(
            "REJET PRLV SEPA MOTIF: AM04 REF: E2E-1",
            DEBIT,
            "REJET PRLV SEPA",
            {"remittance": "AM04", "end_to_end_id": "E2E-1", "return_reason": "AM04"},
            id="a returned debit",
        ),
    ],
)
def test_french_labels(text: str, line: str, words: str, expected: dict[str, Any]) -> None:
    entry = entry_of(text, line=line)

    assert (entry.text, known(entry.transactions[0])) == (words, expected)


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        pytest.param("VIREMENT DE MARTIN", {"remittance": "VIREMENT DE MARTIN"}, "NTRF", id="French without labels"),
        pytest.param("999 Scheck 4711", {"remittance": "Scheck 4711"}, "999", id="said to be unstructured"),
        pytest.param("9991 Scheck", {"remittance": "9991 Scheck"}, "NTRF", id="a number is no code"),
        pytest.param(
            "MEDEDELING : ***123/4567/89002***",
            {"remittance": "MEDEDELING : ***123/4567/89002***", "creditor_reference": "123456789002"},
            "NTRF",
            id="Belgian",
        ),
    ],
)
def test_free_text(text: str, expected: dict[str, Any], code: str) -> None:
    entry = entry_of(text)

    assert (known(entry.transactions[0]), entry.bank_transaction_code) == (expected, code)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("one line ", "one line", id="one line"),
        pytest.param("short\nlines", "short lines", id="short lines are words"),
        pytest.param("x" * 65 + "\ny", "x" * 65 + "y", id="cut at full width"),
        pytest.param("x" * 61 + "\n" + "y" * 65 + "\nz", "x" * 61 + "y" * 65 + "z", id="the tag counted in"),
        pytest.param("x" * 62 + "\n" + "y" * 65 + "\nz", "x" * 62 + " " + "y" * 65 + "z", id="a shorter line"),
        pytest.param("GIRO      1234 KPN         KENMERK", "GIRO  1234 KPN  KENMERK", id="columns stay visible"),
    ],
)
def test_cut_lines_are_joined(text: str, line: str) -> None:
    assert unwrap(text) == line


def test_german_notes_behind_a_booking_are_read() -> None:
    entry = read(
        entry_lines(CREDIT, ":NS:01Verwendungszweck 1", "02Verwendungszweck 2", "15Anna", "17Buchungstext", "x")
    ).entry

    assert entry.text == "Buchungstext"
    assert known(entry.transactions[0]) == {
        "remittance": "Verwendungszweck 1 Verwendungszweck 2",
        "counterparty_name": "Anna",
    }


# Banks.


def test_every_flavour_has_a_name_and_banks_of_its_own() -> None:
    names = [flavour.name for flavour in flavours.FLAVOURS]
    bics = [bic for flavour in flavours.FLAVOURS for bic in flavour.bics]

    assert len(set(names)) == len(names)
    assert len(set(bics)) == len(bics)
    assert {len(bic) for bic in bics} == {8}


@pytest.mark.parametrize(
    ("bic", "account", "name"),
    [
        pytest.param("RABONL2UXXX", "12345678", "rabobank", id="by BIC"),
        pytest.param(None, "NL44RABO0123456789", "rabobank", id="by Dutch IBAN"),
        pytest.param("INGBNL2A", "NL44RABO0123456789", "rabobank", id="the account wins"),
        pytest.param(None, "TRIODOSBANK/0666666666", "triodos", id="by its name"),
        pytest.param(None, "DE89370400440532013000", None, id="none"),
        pytest.param("COBADEFF", "NL00XXXX0123456789", None, id="another Dutch bank"),
    ],
)
def test_a_flavour_is_known_by_bic_or_account(bic: str | None, account: str, name: str | None) -> None:
    flavour = flavours.flavour_of(bic, account)

    assert (flavour.name if flavour else None) == name


@pytest.mark.parametrize(
    ("bic", "line", "text", "expected"),
    [
        pytest.param(
            "RABONL2U",
            ":61:260102C000000001000,00N541EREF\r\nNL55RABO044444444",
            ("/EREF/34//ORDP//NAME/Delta/REMI/kenmerk",),
            {
                "end_to_end_id": "34",
                "counterparty_name": "Delta",
                "remittance": "kenmerk",
                "counterparty_iban": "NL55RABO044444444",
            },
            id="Rabobank",
        ),
        pytest.param(
            "RABONL2U",
            ":61:260102C000000000012,34N0440121470966      W.P. JANSEN",
            ("BETALINGSKENM.  123",),
            {
                "counterparty_iban": "0121470966",
                "counterparty_name": "W.P. JANSEN",
                "remittance": "BETALINGSKENM.  123",
            },
            id="Rabobank, old",
        ),
        pytest.param(
            "RABONL2U",
            ":61:260102D000000000012,34N0440121470966      W.P. JANSEN",
            ("Terugboeking",),
            {
                "counterparty_iban": "0121470966",
                "counterparty_name": "W.P. JANSEN",
                "remittance": "Terugboeking",
                "return_reason": "UNKNOWN",
            },
            id="Rabobank, a debit that came back",
        ),
        pytest.param("RABONL2U", CREDIT, ("rente",), {"remittance": "rente"}, id="Rabobank, nothing beside"),
        pytest.param(
            "INGBNL2A",
            CREDIT,
            ("0123456789 NL69INGB0123456789 INGBNL2A J. Janssen Factuurnr 123456",),
            {
                "counterparty_iban": "NL69INGB0123456789",
                "counterparty_bic": "INGBNL2A",
                "remittance": "J. Janssen Factuurnr 123456",
            },
            id="ING",
        ),
        pytest.param(
            "INGBNL2A",
            CREDIT,
            ("0111111111 V. DE JONG",),
            {"counterparty_iban": "0111111111", "remittance": "V. DE JONG"},
            id="ING, only a number",
        ),
        pytest.param("INGBNL2A", CREDIT, ("ABN AMRO BANK",), {"remittance": "ABN AMRO BANK"}, id="ING, free text"),
        pytest.param(
            "INGBNL2A",
            CREDIT,
            ("/CNTP/NL69INGB0123456789/INGBNL2A/ANNA//REMI/USTD//0111111111 x/",),
            {
                "counterparty_iban": "NL69INGB0123456789",
                "counterparty_bic": "INGBNL2A",
                "counterparty_name": "ANNA",
                "remittance": "0111111111 x",
            },
            id="ING, an account in the text is not the bank's",
        ),
        pytest.param(
            "ABNANL2A",
            CREDIT,
            ("GIRO   428428 KPN BV             BETALINGSKENM.  000000018503995",),
            {
                "counterparty_iban": "428428",
                "counterparty_name": "KPN BV",
                "remittance": "BETALINGSKENM.  000000018503995",
            },
            id="ABN AMRO, giro",
        ),
        pytest.param(
            "ABNANL2A",
            CREDIT,
            ("64.45.12.113 G.B. ROTTERDAM     AANSLAG",),
            {"counterparty_iban": "644512113", "counterparty_name": "G.B. ROTTERDAM", "remittance": "AANSLAG"},
            id="ABN AMRO, account",
        ),
        pytest.param("ABNANL2A", CREDIT, ("BEA   NR:1",), {"remittance": "BEA  NR:1"}, id="ABN AMRO, card"),
        pytest.param(
            "SNSBNL2A",
            ":61:260102D20,00NIOB0987654321\r\nmarechal s",
            ("0987654321 marechal s", " " * 65, "dit is een test", " " * 65),
            {"counterparty_iban": "0987654321", "counterparty_name": "marechal s", "remittance": "dit is een test"},
            id="SNS",
        ),
        pytest.param("SNSBNL2A", CREDIT, ("rente",), {"remittance": "rente"}, id="SNS, nothing beside"),
        pytest.param(
            "TRIONL2U",
            CREDIT,
            ("000>100000000000", ">20RABONL2U", ">21NL12RABO0888888888", ">22ANNA", ">310454545454"),
            {"counterparty_bic": "RABONL2U", "counterparty_iban": "NL12RABO0888888888", "remittance": "ANNA"},
            id="Triodos",
        ),
        pytest.param(
            "TRIONL2U",
            CREDIT,
            ("000>100555555555", ">20RENTE", ">310454545454"),
            {"remittance": "RENTE"},
            id="Triodos, no account",
        ),
    ],
)
def test_peculiarities_of_banks(bic: str, line: str, text: tuple[str, ...], expected: dict[str, Any]) -> None:
    assert facts(*text, line=line, bic=bic) == expected


def test_a_text_that_goes_on_behind_a_line_is_known_by_its_separator() -> None:
    assert flavours.continues("166?20text", "?21more") is True
    assert flavours.continues("166?20text", "?no") is False
    assert flavours.continues("free text", "?21more") is False
