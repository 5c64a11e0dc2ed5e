"""pain.007 and camt.055: what is given back or cancelled, valid where the official schema is at hand, refused where wrong."""

import datetime as dt
import io
from typing import Any

import pytest
from lxml import etree

from generators.camt055 import save_cancellations, write_cancellations
from generators.order_structure import check_structure, read_structure
from generators.orders import UnwritableOrder
from generators.pain007 import save_reversals, write_reversals
from schemas.bank_profile import CancellationVersion, DirectDebitVersion, ReversalVersion
from schemas.cancellation import Cancellation, CancellationBlock, CancellationMessage, CancellationReason
from schemas.identifiers import Bic, EndToEndId, MessageId, OwnId, PaymentInformationId
from schemas.parties import PaymentParty, PostalAddress
from schemas.reversal import Reversal, ReversalBlock, ReversalMessage, ReversalReason
from support.orders import DAY, DEBIT, IBANS, KEY, NOON, PROFILE, joined, official_schema, under

V08 = PROFILE._replace(reversal_version=ReversalVersion.V08)
FULL = DEBIT._replace(
    instruction_id="I-1",
    debtor=PaymentParty("Zoé", PostalAddress("FR", "Lyon"), "K-77"),
    debtor_bic=Bic("PSSTFRPPXXX"),
    ultimate_debtor="Mutter GmbH",
    remittance="",
    creditor_reference="RF18539007547034",
)
FULL_KEY = KEY._replace(creditor_bic=Bic("COBADEFFXXX"), ultimate_creditor="Tochter GmbH", category_purpose="SUPP")


def reversal_message(*reversals: Reversal, **changes: Any) -> ReversalMessage:
    total = sum(each.amount_minor for each in reversals)
    block = ReversalBlock(PaymentInformationId("PMT-1"), FULL_KEY, len(reversals), total, reversals)
    message = ReversalMessage(
        MessageId("RVS-1"),
        NOON,
        "Example Company",
        MessageId("MSG-1"),
        DirectDebitVersion.V08,
        (block,),
        len(reversals),
        total,
    )
    return message._replace(**changes)


REVERSAL = Reversal(OwnId("RV-1"), FULL, ReversalReason.DUPLICATE)
BARE = Reversal(OwnId("RV-2"), DEBIT._replace(remittance=""), ReversalReason.UNSPECIFIED)


@pytest.mark.parametrize("reversals", [(REVERSAL, BARE), (BARE,)], ids=["full", "bare"])
def test_reversals_are_valid_against_the_official_schema(reversals: tuple[Reversal, ...]) -> None:
    data = joined(write_reversals(reversal_message(*reversals), V08))

    official_schema("pain.007.001.08").assertValid(etree.fromstring(data))


def test_a_reversal_repeats_its_collection() -> None:
    data = joined(write_reversals(reversal_message(REVERSAL), PROFILE))

    assert b"urn:iso:std:iso:20022:tech:xsd:pain.007.001.09" in data
    assert under(data, "OrgnlGrpInf") == [("OrgnlMsgId", "MSG-1"), ("OrgnlMsgNmId", "pain.008.001.08")]
    assert under(data, "OrgnlPmtInfAndRvsl") == [
        ("OrgnlPmtInfId", "PMT-1"),
        ("PmtInfRvsl", "false"),
        ("TxInf/RvslId", "RV-1"),
        ("TxInf/OrgnlInstrId", "I-1"),
        ("TxInf/OrgnlEndToEndId", "E2E-1"),
        ("TxInf/OrgnlInstdAmt@Ccy", "EUR"),
        ("TxInf/OrgnlInstdAmt", "123.45"),
        ("TxInf/RvsdInstdAmt@Ccy", "EUR"),
        ("TxInf/RvsdInstdAmt", "123.45"),
        ("TxInf/ChrgBr", "SLEV"),
        ("TxInf/RvslRsnInf/Orgtr/Nm", "Example Company"),
        ("TxInf/RvslRsnInf/Rsn/Cd", "AM05"),
        ("TxInf/OrgnlTxRef/ReqdColltnDt", "2026-12-01"),
        ("TxInf/OrgnlTxRef/CdtrSchmeId/Id/PrvtId/Othr/Id", "DE98ZZZ09999999999"),
        ("TxInf/OrgnlTxRef/CdtrSchmeId/Id/PrvtId/Othr/SchmeNm/Prtry", "SEPA"),
        ("TxInf/OrgnlTxRef/PmtTpInf/SvcLvl/Cd", "SEPA"),
        ("TxInf/OrgnlTxRef/PmtTpInf/LclInstrm/Cd", "CORE"),
        ("TxInf/OrgnlTxRef/PmtTpInf/SeqTp", "RCUR"),
        ("TxInf/OrgnlTxRef/PmtTpInf/CtgyPurp/Cd", "SUPP"),
        ("TxInf/OrgnlTxRef/MndtRltdInf/MndtId", "M-1"),
        ("TxInf/OrgnlTxRef/MndtRltdInf/DtOfSgntr", "2026-01-31"),
        ("TxInf/OrgnlTxRef/RmtInf/Strd/CdtrRefInf/Tp/CdOrPrtry/Cd", "SCOR"),
        ("TxInf/OrgnlTxRef/RmtInf/Strd/CdtrRefInf/Ref", "RF18539007547034"),
        ("TxInf/OrgnlTxRef/UltmtDbtr/Pty/Nm", "Mutter GmbH"),
        ("TxInf/OrgnlTxRef/Dbtr/Pty/Nm", "Zoe"),
        ("TxInf/OrgnlTxRef/Dbtr/Pty/Id/PrvtId/Othr/Id", "K-77"),
        ("TxInf/OrgnlTxRef/DbtrAcct/Id/IBAN", IBANS[1]),
        ("TxInf/OrgnlTxRef/DbtrAgt/FinInstnId/BICFI", "PSSTFRPPXXX"),
        ("TxInf/OrgnlTxRef/CdtrAgt/FinInstnId/BICFI", "COBADEFFXXX"),
        ("TxInf/OrgnlTxRef/Cdtr/Pty/Nm", "Example Company"),
        ("TxInf/OrgnlTxRef/CdtrAcct/Id/IBAN", IBANS[0]),
        ("TxInf/OrgnlTxRef/UltmtCdtr/Pty/Nm", "Tochter GmbH"),
    ]


@pytest.mark.parametrize(
    ("message", "why"),
    [
        pytest.param(reversal_message(REVERSAL, reversal_count=2), "message RVS-1: 1 of", id="count"),
        pytest.param(reversal_message(), "OrgnlPmtInfAndRvsl is not .*TxInf", id="no reversal"),
        pytest.param(reversal_message(REVERSAL, blocks=()), "OrgnlPmtInfAndRvsl", id="no block"),
        pytest.param(
            reversal_message(REVERSAL._replace(reversal_id=OwnId("Ü"))), "reversal E2E-1: RvslId", id="identifier"
        ),
        pytest.param(
            reversal_message(BARE, REVERSAL._replace(original=FULL._replace(debtor_bic=Bic("XX")))),
            "E2E-1: .*DbtrAgt/FinInstnId/BICFI is not bic",
            id="bank",
        ),
        pytest.param(
            reversal_message(REVERSAL._replace(reversal_id=OwnId("R" * 36))), "E2E-1: .*RvslId is not id", id="length"
        ),
    ],
)
def test_a_reversal_that_cannot_be_written_is_named(message: ReversalMessage, why: str) -> None:
    with pytest.raises(UnwritableOrder, match=why):
        joined(write_reversals(message, PROFILE))


CANCELLATION = Cancellation(OwnId("CX-1"), EndToEndId("E2E-1"), 12_345, DAY, CancellationReason.DUPLICATE, "I-1")
OTHER = CANCELLATION._replace(cancellation_id=OwnId("CX-2"), instruction_id="", end_to_end_id=EndToEndId("E2E-2"))
BLOCK = CancellationBlock(PaymentInformationId("PMT-1"), 2, 24_690, (CANCELLATION, OTHER))
WHOLE_BLOCK = CancellationBlock(PaymentInformationId("PMT-2"), 7, 700, (), CancellationReason.BY_CUSTOMER)


def cancellation_message(*blocks: CancellationBlock, **changes: Any) -> CancellationMessage:
    message = CancellationMessage(
        MessageId("CXL-1"),
        NOON,
        "Example Company",
        Bic("COBADEFFXXX"),
        MessageId("MSG-1"),
        DirectDebitVersion.V08,
        sum(block.cancellation_count for block in blocks),
        sum(block.sum_minor for block in blocks),
        blocks,
    )
    return message._replace(**changes)


WHOLE = cancellation_message(cancellation_count=9, sum_minor=900, whole_reason=CancellationReason.DUPLICATE)
CANCELLED = {
    "single collections": cancellation_message(BLOCK),
    "a whole block beside": cancellation_message(BLOCK, WHOLE_BLOCK),
    "no bank, own id": cancellation_message(BLOCK, bank_bic=None, initiating_party_id="SENDER-1"),
    "the whole message": WHOLE,
}


@pytest.mark.parametrize("version", CancellationVersion)
@pytest.mark.parametrize("message", CANCELLED.values(), ids=list(CANCELLED))
def test_cancellations_are_valid_against_the_official_schema(
    message: CancellationMessage, version: CancellationVersion
) -> None:
    data = joined(write_cancellations(message, PROFILE._replace(cancellation_version=version)))

    official_schema(version).assertValid(etree.fromstring(data))


def test_a_cancellation_names_the_collection() -> None:
    data = joined(write_cancellations(cancellation_message(BLOCK), PROFILE))

    assert under(data, "Assgnmt") == [
        ("Id", "CXL-1"),
        ("Assgnr/Pty/Nm", "Example Company"),
        ("Assgne/Agt/FinInstnId/BICFI", "COBADEFFXXX"),
        ("CreDtTm", "2026-11-21T11:30:15Z"),
    ]
    assert under(data, "Undrlyg")[:14] == [
        ("OrgnlGrpInfAndCxl/OrgnlMsgId", "MSG-1"),
        ("OrgnlGrpInfAndCxl/OrgnlMsgNmId", "pain.008.001.08"),
        ("OrgnlGrpInfAndCxl/GrpCxl", "false"),
        ("OrgnlPmtInfAndCxl/OrgnlPmtInfId", "PMT-1"),
        ("OrgnlPmtInfAndCxl/NbOfTxs", "2"),
        ("OrgnlPmtInfAndCxl/CtrlSum", "246.90"),
        ("OrgnlPmtInfAndCxl/PmtInfCxl", "false"),
        ("OrgnlPmtInfAndCxl/TxInf/CxlId", "CX-1"),
        ("OrgnlPmtInfAndCxl/TxInf/OrgnlInstrId", "I-1"),
        ("OrgnlPmtInfAndCxl/TxInf/OrgnlEndToEndId", "E2E-1"),
        ("OrgnlPmtInfAndCxl/TxInf/OrgnlInstdAmt@Ccy", "EUR"),
        ("OrgnlPmtInfAndCxl/TxInf/OrgnlInstdAmt", "123.45"),
        ("OrgnlPmtInfAndCxl/TxInf/OrgnlReqdColltnDt", "2026-12-01"),
        ("OrgnlPmtInfAndCxl/TxInf/CxlRsnInf/Orgtr/Nm", "Example Company"),
    ]


def test_the_whole_of_a_message_is_cancelled_with_its_reason() -> None:
    data = joined(write_cancellations(WHOLE, PROFILE))

    assert under(data, "Undrlyg/OrgnlGrpInfAndCxl")[2:] == [
        ("NbOfTxs", "9"),
        ("CtrlSum", "9.00"),
        ("GrpCxl", "true"),
        ("CxlRsnInf/Orgtr/Nm", "Example Company"),
        ("CxlRsnInf/Rsn/Cd", "DUPL"),
    ]


OLD = PROFILE._replace(cancellation_version=CancellationVersion.V01)
FRAUD = BLOCK._replace(cancellations=(OTHER, CANCELLATION._replace(reason=CancellationReason.FRAUD)))


@pytest.mark.parametrize(
    ("message", "profile", "why"),
    [
        pytest.param(cancellation_message(FRAUD), OLD, "E2E-1: camt.055.001.01 has no reason FRAD", id="old reasons"),
        pytest.param(cancellation_message(BLOCK._replace(sum_minor=1)), PROFILE, "block PMT-1: 2 of", id="sum"),
        pytest.param(cancellation_message(WHOLE_BLOCK, sum_minor=1), PROFILE, "message CXL-1: 7 of", id="total"),
        pytest.param(
            cancellation_message(WHOLE_BLOCK._replace(cancellations=(OTHER,))),
            PROFILE,
            "as a whole",
            id="block and part",
        ),
        pytest.param(
            WHOLE._replace(blocks=(BLOCK,)), PROFILE, "cancels the whole and has blocks", id="message and block"
        ),
        pytest.param(
            cancellation_message(BLOCK, bank_bic=Bic("1234DEFFXXX")), OLD, "FinInstnId/BIC is not old_bic", id="old BIC"
        ),
    ],
)
def test_a_cancellation_that_cannot_be_written_is_named(message: CancellationMessage, profile: Any, why: str) -> None:
    with pytest.raises(UnwritableOrder, match=why):
        joined(write_cancellations(message, profile))


def test_saved_files_are_told_with_count_and_sum() -> None:
    reversals = save_reversals(reversal_message(REVERSAL, BARE), PROFILE, io.BytesIO())
    cancellations = save_cancellations(cancellation_message(BLOCK, WHOLE_BLOCK), PROFILE, io.BytesIO())

    assert (reversals.order_count, reversals.sum_minor) == (2, 24_690)
    assert (cancellations.order_count, cancellations.sum_minor) == (9, 25_390)


STRUCTURE = read_structure("""
Root
  Head id
  Part+
    Amt euro
    Day? date
""")


@pytest.mark.parametrize(
    ("content", "element"),
    [
        pytest.param("<Head>A</Head><Part><Amt Ccy='EUR'>1.00</Amt></Part>", None, id="right"),
        pytest.param("<Part><Amt Ccy='EUR'>1.00</Amt></Part><Head>A</Head>", "Root", id="order"),
        pytest.param("<Head>A</Head>", "Root", id="missing"),
        pytest.param("<Head>A</Head><Head>A</Head><Part><Amt Ccy='EUR'>1.00</Amt></Part>", "Root", id="repeated"),
        pytest.param("<Head>A</Head><Part><Amt Ccy='EUR'>1.00</Amt><New/></Part>", "Root/Part", id="unknown"),
        pytest.param("<Head>A</Head><Part><Amt Ccy='USD'>1.00</Amt></Part>", "Root/Part/Amt", id="attribute"),
        pytest.param("<Head>A</Head><Part><Amt Ccy='EUR'>1.0</Amt></Part>", "Root/Part/Amt", id="pattern"),
        pytest.param("<Head>" + "A" * 36 + "</Head><Part><Amt Ccy='EUR'>1.00</Amt></Part>", "Root/Head", id="length"),
        pytest.param("<Head/><Part><Amt Ccy='EUR'>1.00</Amt></Part>", "Root/Head", id="empty"),
    ],
)
def test_a_structure_is_judged_by_its_table(content: str, element: str | None) -> None:
    whole = ("<Document xmlns='urn:x'><Root>", content.encode(), "</Root></Document>", ["E2E-1"])

    if element is None:
        check_structure(STRUCTURE, *whole)
    else:
        with pytest.raises(UnwritableOrder) as refused:
            check_structure(STRUCTURE, *whole)
        assert (refused.value.element, refused.value.end_to_end_id) == (element, "E2E-1")


def test_a_day_is_no_moment() -> None:
    with pytest.raises(UnwritableOrder, match="no time zone"):
        joined(write_reversals(reversal_message(REVERSAL, created_at=dt.datetime(2026, 1, 1)), PROFILE))  # noqa: DTZ001
