"""pain.008: each element where the rules want it, nothing that the bank would refuse, and what is announced is written."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any

import pytest

from generators.pain008 import UnwritableOrder, save_direct_debits, write_direct_debits
from schemas.bank_profile import AddressMode, BankProfile, CharacterSet, DirectDebitVersion
from schemas.codes.lists import LocalInstrument, SequenceType
from schemas.direct_debit import Amendment, DirectDebit, DirectDebitMessage
from schemas.identifiers import Bic, CreditorIdentifier, EndToEndId, Iban, MandateReference
from schemas.parties import PaymentParty, PostalAddress
from support.orders import DEBIT, IBANS, KEY, NOON, PROFILE, block_of, joined, message_of, pairs, texts, under

TRANSACTION = "DrctDbtTxInf"
V02 = PROFILE._replace(direct_debit_version=DirectDebitVersion.V02)
ADDRESS = PostalAddress("FR", "Lyon", "69001", "Rue de la République", "12 bis", ("Bât. C", "Escalier 2"))
AT_HOME = PaymentParty("Erika Mustermann", ADDRESS)


def written(*collections: DirectDebit, profile: BankProfile = PROFILE) -> bytes:
    return joined(write_direct_debits(message_of(block_of(*collections)), profile))


def amended(**facts: Any) -> DirectDebit:
    return DEBIT._replace(mandate=DEBIT.mandate._replace(amendment=Amendment(**facts)))


@dataclass(frozen=True)
class Said:
    """What is said of one matter, and under which element the collection says it."""

    collection: DirectDebit
    element: str
    pairs: list[tuple[str, str]]


SAYINGS = {
    "bare": Said(DEBIT, "DrctDbtTx/MndtRltdInf", [("MndtId", "M-1"), ("DtOfSgntr", "2026-01-31")]),
    "amount": Said(DEBIT._replace(amount_minor=5), "DrctDbtTxInf", [("InstdAmt@Ccy", "EUR"), ("InstdAmt", "0.05")]),
    "ids": Said(DEBIT._replace(instruction_id="I-9"), "PmtId", [("InstrId", "I-9"), ("EndToEndId", "E2E-1")]),
    "bank": Said(DEBIT._replace(debtor_bic=Bic("PSSTFRPPXXX")), "DbtrAgt/FinInstnId", [("BICFI", "PSSTFRPPXXX")]),
    "no bank": Said(DEBIT, "DbtrAgt/FinInstnId", [("Othr/Id", "NOTPROVIDED")]),
    "debtor": Said(
        DEBIT._replace(debtor=PaymentParty("Ä & B", identification="K-77")),
        "Dbtr",
        [("Nm", "A + B"), ("Id/PrvtId/Othr/Id", "K-77")],
    ),
    "account": Said(DEBIT, "DbtrAcct", [("Id/IBAN", IBANS[1])]),
    "ultimate debtor": Said(DEBIT._replace(ultimate_debtor="Mutter GmbH"), "UltmtDbtr", [("Nm", "Mutter GmbH")]),
    "purpose": Said(DEBIT._replace(purpose="RENT"), "Purp", [("Cd", "RENT")]),
    "free text": Said(DEBIT._replace(remittance="é" * 150), "RmtInf", [("Ustrd", "e" * 140)]),
    "ISO reference": Said(
        DEBIT._replace(remittance="", creditor_reference="RF18 5390 0754 7034"),
        "RmtInf/Strd/CdtrRefInf",
        [("Tp/CdOrPrtry/Cd", "SCOR"), ("Ref", "RF18539007547034")],
    ),
    "Belgian communication": Said(
        DEBIT._replace(remittance="", creditor_reference="+++123/4567/89002+++"),
        "RmtInf/Strd/CdtrRefInf",
        [("Tp/CdOrPrtry/Cd", "SCOR"), ("Tp/Issr", "BBA"), ("Ref", "123456789002")],
    ),
    "twelve digits elsewhere": Said(
        DEBIT._replace(remittance="", creditor_reference="123456789002"),
        "RmtInf/Strd/CdtrRefInf",
        [("Tp/CdOrPrtry/Cd", "SCOR"), ("Ref", "123456789002")],
    ),
    "Croatian reference": Said(
        DEBIT._replace(remittance="", creditor_reference="HR01 2020-789-1"),
        "RmtInf/Strd/CdtrRefInf",
        [("Tp/CdOrPrtry/Cd", "SCOR"), ("Ref", "HR01 2020-789-1")],
    ),
    "nothing to say": Said(DEBIT._replace(remittance=" \t"), "RmtInf", []),
}


@pytest.mark.parametrize("said", SAYINGS.values(), ids=list(SAYINGS))
def test_a_collection_says_each_matter_at_its_place(said: Said) -> None:
    data = written(said.collection)

    if said.element == TRANSACTION:
        found = [pair for pair in under(data, TRANSACTION) if pair[0].startswith("InstdAmt")]
    else:
        found = under(data, f"{TRANSACTION}/{said.element}")
    assert found == said.pairs


SCHEME = (
    ("OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id", "FR72ZZZ123456"),
    ("OrgnlCdtrSchmeId/Id/PrvtId/Othr/SchmeNm/Prtry", "SEPA"),
)
NEW_ACCOUNT = ("OrgnlDbtrAcct/Id/Othr/Id", "SMNDA")


@pytest.mark.parametrize(
    ("changed", "details"),
    [
        pytest.param({"is_new_account": True}, [NEW_ACCOUNT], id="account"),
        pytest.param({"original_reference": MandateReference("OLD 1")}, [("OrgnlMndtId", "OLD 1")], id="reference"),
        pytest.param({"original_creditor_identifier": CreditorIdentifier("FR72ZZZ123456")}, [*SCHEME], id="identifier"),
        pytest.param({"original_creditor_name": "Früher"}, [("OrgnlCdtrSchmeId/Nm", "Fruher")], id="name"),
        pytest.param(
            {
                "original_reference": MandateReference("OLD-1"),
                "original_creditor_identifier": CreditorIdentifier("FR72ZZZ123456"),
                "original_creditor_name": "Before",
                "is_new_account": True,
            },
            [("OrgnlMndtId", "OLD-1"), ("OrgnlCdtrSchmeId/Nm", "Before"), *SCHEME, NEW_ACCOUNT],
            id="all at once",
        ),
    ],
)
@pytest.mark.parametrize("profile", [PROFILE, V02], ids=["08", "02"])
def test_an_amendment_says_what_was(
    changed: dict[str, Any], details: list[tuple[str, str]], profile: BankProfile
) -> None:
    data = written(amended(**changed), profile=profile)

    assert under(data, "MndtRltdInf")[2] == ("AmdmntInd", "true")
    assert under(data, "AmdmntInfDtls") == details


STREET = [
    ("StrtNm", "Rue de la Republique"),
    ("BldgNb", "12 bis"),
    ("PstCd", "69001"),
    ("TwnNm", "Lyon"),
    ("Ctry", "FR"),
]
LINES = [("AdrLine", "Bat. C"), ("AdrLine", "Escalier 2")]


@pytest.mark.parametrize(
    ("mode", "address", "found"),
    [
        pytest.param(AddressMode.STRUCTURED, ADDRESS, STREET, id="structured leaves the lines out"),
        pytest.param(AddressMode.HYBRID, ADDRESS, STREET + LINES, id="hybrid has them"),
        pytest.param(AddressMode.NONE, ADDRESS, [], id="none"),
        pytest.param(AddressMode.STRUCTURED, PostalAddress("FR"), [], id="never a country alone"),
        pytest.param(AddressMode.HYBRID, PostalAddress("", "Lyon", lines=("x",)), [], id="never without a country"),
        pytest.param(AddressMode.STRUCTURED, PostalAddress("FR", "Lyon"), STREET[3:], id="town and country are enough"),
    ],
)
@pytest.mark.parametrize("version", DirectDebitVersion)
def test_an_address_is_written_as_the_bank_takes_it(
    mode: AddressMode, address: PostalAddress, found: list[tuple[str, str]], version: DirectDebitVersion
) -> None:
    profile = PROFILE._replace(address_mode=mode, direct_debit_version=version)

    data = written(DEBIT._replace(debtor=AT_HOME._replace(address=address)), profile=profile)

    assert under(data, f"{TRANSACTION}/Dbtr/PstlAdr") == found


def test_a_block_says_what_its_collections_share() -> None:
    key = KEY._replace(
        local_instrument=LocalInstrument.B2B,
        sequence_type=SequenceType.FINAL,
        creditor_bic=Bic("COBADEFFXXX"),
        ultimate_creditor="Tochter GmbH",
        category_purpose="SUPP",
        is_batch_booked=False,
    )

    data = joined(write_direct_debits(message_of(block_of(DEBIT, key=key)), PROFILE))

    assert [pair for pair in under(data, "PmtInf") if not pair[0].startswith(TRANSACTION)] == [
        ("PmtInfId", "PMT-1"),
        ("PmtMtd", "DD"),
        ("BtchBookg", "false"),
        ("NbOfTxs", "1"),
        ("CtrlSum", "123.45"),
        ("PmtTpInf/SvcLvl/Cd", "SEPA"),
        ("PmtTpInf/LclInstrm/Cd", "B2B"),
        ("PmtTpInf/SeqTp", "FNAL"),
        ("PmtTpInf/CtgyPurp/Cd", "SUPP"),
        ("ReqdColltnDt", "2026-12-01"),
        ("Cdtr/Nm", "Example Company"),
        ("CdtrAcct/Id/IBAN", IBANS[0]),
        ("CdtrAgt/FinInstnId/BICFI", "COBADEFFXXX"),
        ("UltmtCdtr/Nm", "Tochter GmbH"),
        ("ChrgBr", "SLEV"),
        ("CdtrSchmeId/Id/PrvtId/Othr/Id", "DE98ZZZ09999999999"),
        ("CdtrSchmeId/Id/PrvtId/Othr/SchmeNm/Prtry", "SEPA"),
    ]


def test_the_header_says_who_sends_how_much_and_when_in_utc() -> None:
    data = written(DEBIT, profile=PROFILE._replace(initiating_party_id="SENDER-1"))

    assert under(data, "GrpHdr") == [
        ("MsgId", "MSG-1"),
        ("CreDtTm", "2026-11-21T11:30:15Z"),
        ("NbOfTxs", "1"),
        ("CtrlSum", "123.45"),
        ("InitgPty/Nm", "Example Company"),
        ("InitgPty/Id/OrgId/Othr/Id", "SENDER-1"),
    ]


def test_the_old_version_names_banks_its_own_way() -> None:
    data = written(DEBIT._replace(debtor_bic=Bic("PSSTFRPPXXX")), profile=V02)

    assert b"urn:iso:std:iso:20022:tech:xsd:pain.008.001.02" in data
    assert under(data, "DbtrAgt/FinInstnId") == [("BIC", "PSSTFRPPXXX")]


def test_several_accounts_and_identifiers_are_blocks_of_one_message() -> None:
    other = KEY._replace(creditor_iban=IBANS[2], creditor_identifier=CreditorIdentifier("FR72ZZZ123456"))
    belgian = DEBIT._replace(remittance="", creditor_reference="123456789002")
    blocks = block_of(DEBIT), block_of(belgian, DEBIT, number=2, key=other)

    found = pairs(joined(write_direct_debits(message_of(*blocks), PROFILE)))

    assert texts(found, "/CdtrAcct/Id/IBAN") == [IBANS[0], IBANS[2]]
    assert texts(found, "/NbOfTxs") == ["3", "1", "2"]
    assert texts(found, "/Issr") == ["BBA"]


def test_a_bank_that_wants_the_creditors_address_gets_it() -> None:
    profile = PROFILE._replace(has_creditor_address=True)
    message = message_of(block_of(DEBIT, key=KEY._replace(creditor=AT_HOME)))

    assert under(joined(write_direct_debits(message, profile)), "Cdtr/PstlAdr") == STREET
    assert under(joined(write_direct_debits(message, PROFILE)), "Cdtr/PstlAdr") == []
    with pytest.raises(UnwritableOrder, match="town and country"):
        written(DEBIT, profile=profile)


def test_the_same_message_gives_the_same_bytes_whatever_was_written_before() -> None:
    many = [DEBIT._replace(end_to_end_id=EndToEndId(f"E-{number}"), debtor=AT_HOME) for number in range(1_200)]

    assert written(*many) == written(*many)


WRONG = {
    "identifier with an umlaut": (DEBIT._replace(end_to_end_id=EndToEndId("E-Ü")), "EndToEndId"),
    "mandate that would break the file": (
        DEBIT._replace(mandate=DEBIT.mandate._replace(reference=MandateReference("</MndtId>"))),
        "MndtId",
    ),
    "instruction of 36 characters": (DEBIT._replace(instruction_id="I" * 36), "InstrId"),
    "old mandate with a double slash": (amended(original_reference=MandateReference("A//B")), "OrgnlMndtId"),
    "nothing to collect": (DEBIT._replace(amount_minor=0), "InstdAmt"),
    "a thousand million": (DEBIT._replace(amount_minor=100_000_000_000), "InstdAmt"),
    "nobody": (DEBIT._replace(debtor=PaymentParty(" \x00")), "Dbtr/Nm"),
    "account with a blank": (DEBIT._replace(debtor_iban=Iban("DE89 3704")), "IBAN"),
    "bank that is none": (DEBIT._replace(debtor_bic=Bic("XX")), "BICFI"),
    "purpose that is no code": (DEBIT._replace(purpose="rent"), "Purp"),
    "both kinds of remittance": (DEBIT._replace(creditor_reference="RF18539007547034"), "RmtInf"),
    "reference with an umlaut": (DEBIT._replace(remittance="", creditor_reference="Ü1"), "Ref"),
    "country in words": (DEBIT._replace(debtor=AT_HOME._replace(address=PostalAddress("France", "Lyon"))), "Ctry"),
    "identification with an ampersand": (DEBIT._replace(debtor=PaymentParty("A", identification="B&C")), "Id"),
}


@pytest.mark.parametrize(("wrong", "element"), WRONG.values(), ids=list(WRONG))
def test_what_cannot_be_written_names_the_collection_and_the_element(wrong: DirectDebit, element: str) -> None:
    wrong = wrong._replace(end_to_end_id=EndToEndId(wrong.end_to_end_id.replace("1", "WRONG")))
    before, after = (DEBIT._replace(end_to_end_id=EndToEndId(name)) for name in ("BEFORE", "AFTER"))

    with pytest.raises(UnwritableOrder) as refused:
        written(*[before] * 600, wrong, after)

    assert refused.value.end_to_end_id == wrong.end_to_end_id
    assert refused.value.end_to_end_id in str(refused.value)
    assert refused.value.element.endswith(element)
    assert "DE89 3704" not in str(refused.value)


def test_a_fault_of_the_block_is_not_laid_on_a_collection() -> None:
    message = message_of(block_of(DEBIT, key=KEY._replace(creditor_bic=Bic("12345678"))))

    with pytest.raises(UnwritableOrder) as refused:
        joined(write_direct_debits(message, PROFILE))

    assert refused.value.end_to_end_id == ""
    assert refused.value.element == "PmtInf/CdtrAgt/FinInstnId/BICFI"


def test_a_bank_without_letters_first_is_refused_by_the_old_version_only() -> None:
    collection = DEBIT._replace(debtor_bic=Bic("1234FRPPXXX"))

    assert written(collection)
    with pytest.raises(UnwritableOrder, match="BIC is not as pain"):
        written(collection, profile=V02)


def test_too_many_lines_of_an_address_are_refused() -> None:
    crowded = AT_HOME._replace(address=ADDRESS._replace(lines=("1", "2", "3")))

    with pytest.raises(UnwritableOrder, match="3 lines, at most 2"):
        written(DEBIT._replace(debtor=crowded), profile=PROFILE._replace(address_mode=AddressMode.HYBRID))


BLOCK = block_of(DEBIT)
MESSAGE = message_of(BLOCK)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        pytest.param(
            message_of(BLOCK._replace(collection_count=2)),
            "block PMT-1: 1 of together 123.45 EUR were written, 2 of together 123.45 EUR were announced",
            id="count of a block",
        ),
        pytest.param(message_of(BLOCK._replace(sum_minor=12_344)), "block PMT-1: .*123.44 EUR", id="sum of a block"),
        pytest.param(MESSAGE._replace(collection_count=2), "message MSG-1: 1 of", id="count of the message"),
        pytest.param(MESSAGE._replace(sum_minor=1), "message MSG-1: .*0.01 EUR", id="sum of the message"),
        pytest.param(message_of(BLOCK, BLOCK), "block PMT-1 comes twice", id="block twice"),
        pytest.param(message_of(block_of()), "PmtInf is not .*Missing child.*DrctDbtTxInf", id="empty block"),
        pytest.param(message_of(), "CstmrDrctDbtInitn is not .*Missing child.*PmtInf", id="empty message"),
        pytest.param(MESSAGE._replace(created_at=NOON.replace(tzinfo=None)), "no time zone", id="no time zone"),
        pytest.param(MESSAGE._replace(initiating_party="\t"), "InitgPty has no name", id="nobody sends"),
        pytest.param(
            message_of(block_of(DEBIT, key=KEY._replace(creditor=PaymentParty("A", identification="1")))),
            "creditor identifier only",
            id="creditor with another id",
        ),
    ],
)
def test_a_message_that_is_not_what_it_says_is_refused(message: DirectDebitMessage, why: str) -> None:
    with pytest.raises(UnwritableOrder, match=why):
        joined(write_direct_debits(message, PROFILE))


def test_a_saved_file_is_told_with_hash_size_count_and_sum() -> None:
    file = io.BytesIO()

    saved = save_direct_debits(message_of(block_of(DEBIT, DEBIT)), PROFILE, file)

    data = file.getvalue()
    assert data == written(DEBIT, DEBIT)
    assert saved == (hashlib.sha256(data).hexdigest(), len(data), 2, 24_690)


def test_a_bank_that_takes_latin_letters_gets_them() -> None:
    profile = PROFILE._replace(character_set=CharacterSet.LATIN)

    data = written(DEBIT._replace(debtor=PaymentParty("Jörg Łoś")), profile=profile)

    assert under(data, f"{TRANSACTION}/Dbtr") == [("Nm", "Jörg Los")]
