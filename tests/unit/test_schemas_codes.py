"""Codes of banks: what they mean by sign, and their words in three languages."""

import pytest

from schemas.codes import (
    ACTION_WORDS,
    GERMAN_RETURN_NUMBERS,
    KIND_WORDS,
    REASON_WORDS,
    REASONS,
    STATUS_WORDS,
    BookingKind,
    MandateAction,
    NextAction,
    Retry,
    ReturnKind,
    StatusEffect,
    Words,
    booking_kind,
    code_words,
    is_return_reason,
    status_effect,
    words_of,
)
from schemas.codes.german_bookings import GERMAN_WORDS, german_meaning
from schemas.codes.iso_bookings import ISO_WORDS
from schemas.codes.lists import (
    BALANCE_WORDS,
    CATEGORY_PURPOSES,
    ENTRY_STATUS_WORDS,
    INSTRUMENT_WORDS,
    OPENING_BALANCES,
    PURPOSE_WORDS,
    SEQUENCE_WORDS,
    BalanceCode,
    LocalInstrument,
    SequenceType,
)
from schemas.codes.words import read_words
from schemas.statement import EntryStatus
from schemas.states import Language

K = BookingKind
IN, OUT = 1, -1


@pytest.mark.parametrize(
    ("code", "sign", "reason", "kind"),
    [
        pytest.param("PMNT-RCDT-ESCT", IN, None, K.INCOMING_TRANSFER, id="transfer received"),
        pytest.param("PMNT-RCDT-XBCT", IN, None, K.INCOMING_TRANSFER, id="from abroad"),
        pytest.param("PMNT-RCDT-AUTT", IN, None, K.INCOMING_TRANSFER, id="sub-family that is not in the table"),
        pytest.param("PMNT-RCDT", IN, None, K.INCOMING_TRANSFER, id="without sub-family"),
        pytest.param("PMNT-RRCT-ESCT", IN, None, K.INCOMING_TRANSFER, id="instant"),
        pytest.param("PMNT-RCDT-ESCT", OUT, None, K.UNKNOWN, id="money out under a code for money in"),
        pytest.param("PMNT-RCDT-ESCT", OUT, "MS03", K.RECALLED_TRANSFER, id="received money taken back"),
        pytest.param("PMNT-ICDT-ESCT", OUT, None, K.OUTGOING_TRANSFER, id="transfer sent"),
        pytest.param("PMNT-IRCT-ESCT", OUT, None, K.OUTGOING_TRANSFER, id="instant sent"),
        pytest.param("PMNT-ICDT-ESCT", IN, None, K.UNKNOWN, id="money in under a code for money out"),
        pytest.param("PMNT-ICDT-ESCT", IN, "AC04", K.RETURNED_TRANSFER, id="our transfer came back"),
        pytest.param("PMNT-ICDT-RRTN", IN, None, K.RETURNED_TRANSFER, id="issuer's return, in"),
        pytest.param("PMNT-ICDT-RRTN", OUT, None, K.RECALLED_TRANSFER, id="issuer's return, out: the sign decides"),
        pytest.param("PMNT-RCDT-RRTN", OUT, "FOCR", K.RECALLED_TRANSFER, id="receiver's return, out"),
        pytest.param("PMNT-RCDT-RRTN", IN, "AC04", K.RETURNED_TRANSFER, id="receiver's return, in: the sign decides"),
        pytest.param("PMNT-IDDT-ESDD", IN, None, K.OWN_COLLECTION, id="our Core collection"),
        pytest.param("PMNT-IDDT-BBDD", IN, None, K.OWN_COLLECTION, id="our B2B collection"),
        pytest.param("PMNT-RDDT-ESDD", IN, None, K.OWN_COLLECTION, id="our collection at a bank that mixes up R and I"),
        pytest.param("PMNT-IDDT-ESDD", OUT, None, K.UNKNOWN, id="debit under our collection, no reason: a person"),
        pytest.param("PMNT-IDDT-ESDD", OUT, "AM04", K.RETURNED_DEBIT, id="the reason makes it a return"),
        pytest.param("PMNT-RDDT-ESDD", OUT, "MD06", K.RETURNED_DEBIT, id="return at a bank that mixes up R and I"),
        pytest.param("PMNT-IDDT-UPDD", OUT, None, K.RETURNED_DEBIT, id="returned unpaid"),
        pytest.param("PMNT-IDDT-UPDD", OUT, "MS03", K.RETURNED_DEBIT, id="returned unpaid with reason"),
        pytest.param("PMNT-IDDT-PRDD", OUT, None, K.OWN_COLLECTION_REVERSAL, id="own reversal"),
        pytest.param("PMNT-IDDT-PRDD", OUT, "MD06", K.RETURNED_DEBIT, id="refund under the reversal code"),
        pytest.param("PMNT-IDDT-RCDD", OUT, None, K.OWN_COLLECTION_REVERSAL, id="creditor's reversal"),
        pytest.param("PMNT-RDDT-ESDD", OUT, None, K.SUPPLIER_DEBIT, id="a supplier collects"),
        pytest.param("PMNT-RDDT-BBDD", OUT, None, K.SUPPLIER_DEBIT, id="a supplier collects B2B"),
        pytest.param("PMNT-RDDT-UPDD", IN, None, K.SUPPLIER_DEBIT_RETURN, id="we returned a supplier's debit"),
        pytest.param("PMNT-RDDT-PRDD", IN, "MD06", K.SUPPLIER_DEBIT_RETURN, id="we were refunded"),
        pytest.param("PMNT-MDOP-CHRG", OUT, None, K.FEE, id="charges"),
        pytest.param("PMNT-MCOP-CHRG", IN, None, K.FEE, id="charges given back"),
        pytest.param("ACMT-MDOP-CHRG", OUT, None, K.FEE, id="account charges"),
        pytest.param("PMNT-CCRD-FEES", OUT, None, K.FEE, id="fees of any family"),
        pytest.param("ACMT-MCOP-INTR", IN, None, K.INTEREST, id="interest"),
        pytest.param("PMNT-MDOP-CHRG", OUT, "MS03", K.RETURNED_DEBIT, id="a reason wins over a fee code"),
        pytest.param("PMNT-CCRD-POSD", OUT, None, K.CARD, id="card"),
        pytest.param("PMNT-MCRD-POSP", IN, None, K.CARD, id="merchant's cards"),
        pytest.param("PMNT-RCHQ-CCHQ", IN, None, K.CHEQUE, id="cheque"),
        pytest.param("PMNT-CNTR-CHKD", IN, None, K.CHEQUE, id="cheque at the counter"),
        pytest.param("PMNT-CNTR-CDPT", IN, None, K.CASH, id="cash"),
        pytest.param("PMNT-DRFT-UDFT", OUT, None, K.BILL, id="bill of exchange"),
        pytest.param("PMNT-ICCN-ICCT", OUT, None, K.INTERNAL_TRANSFER, id="cash concentration"),
        pytest.param("PMNT-MDOP-OTHR", OUT, None, K.UNKNOWN, id="other debit"),
        pytest.param("XTND-NTAV-NTAV", IN, None, K.UNKNOWN, id="no code available"),
        pytest.param("XTND-NTAV-NTAV", OUT, "MD01", K.RETURNED_DEBIT, id="no code but a reason"),
        pytest.param("SECU-CUST-DVCA", IN, None, K.UNKNOWN, id="another domain"),
        pytest.param("166", IN, None, K.INCOMING_TRANSFER, id="GVC transfer"),
        pytest.param("166", OUT, None, K.UNKNOWN, id="GVC transfer, reversed"),
        pytest.param("167", IN, None, K.INCOMING_TRANSFER, id="GVC transfer with checked reference"),
        pytest.param("NTRF+166+0001+", IN, None, K.INCOMING_TRANSFER, id="GVC in a proprietary code"),
        pytest.param("NMSC+051", IN, None, K.INCOMING_TRANSFER, id="old GVC in a short proprietary code"),
        pytest.param("NDDT+109+00931+914", OUT, None, K.RETURNED_DEBIT, id="GVC with text key extension"),
        pytest.param("109", OUT, "AM04", K.RETURNED_DEBIT, id="GVC return with reason"),
        pytest.param("109", IN, None, K.UNKNOWN, id="GVC return as a credit"),
        pytest.param("195", OUT, None, K.RETURNED_DEBIT, id="GVC batch of returns"),
        pytest.param("192", IN, None, K.OWN_COLLECTION, id="GVC batch of collections"),
        pytest.param("174", IN, None, K.OWN_COLLECTION, id="GVC B2B collection"),
        pytest.param("192", OUT, None, K.UNKNOWN, id="GVC collection as a debit"),
        pytest.param("193", OUT, None, K.OWN_COLLECTION_REVERSAL, id="GVC own reversal"),
        pytest.param("159", IN, None, K.RETURNED_TRANSFER, id="GVC our transfer came back"),
        pytest.param("159", OUT, None, K.RECALLED_TRANSFER, id="GVC recall"),
        pytest.param("105", OUT, None, K.SUPPLIER_DEBIT, id="GVC supplier"),
        pytest.param("105", OUT, "MD06", K.RETURNED_DEBIT, id="GVC supplier code with a reason"),
        pytest.param("181", IN, None, K.SUPPLIER_DEBIT_RETURN, id="GVC supplier's debit returned"),
        pytest.param("116", OUT, None, K.OUTGOING_TRANSFER, id="GVC out"),
        pytest.param("177", OUT, None, K.OUTGOING_TRANSFER, id="GVC online"),
        pytest.param("206", IN, None, K.INCOMING_TRANSFER, id="GVC foreign, in"),
        pytest.param("213", OUT, None, K.OUTGOING_TRANSFER, id="GVC foreign without own row, out"),
        pytest.param("808", OUT, None, K.FEE, id="GVC fee"),
        pytest.param("835", IN, None, K.UNKNOWN, id="GVC other, in"),
        pytest.param("835", OUT, None, K.FEE, id="GVC other, out"),
        pytest.param("814", IN, None, K.INTEREST, id="GVC interest"),
        pytest.param("833", OUT, None, K.INTERNAL_TRANSFER, id="GVC cash concentration"),
        pytest.param("899", OUT, None, K.REVERSAL, id="GVC cancellation"),
        pytest.param("082", IN, None, K.CASH, id="GVC cash"),
        pytest.param("070", IN, None, K.CHEQUE, id="GVC cheque"),
        pytest.param("106", OUT, None, K.CARD, id="GVC card"),
        pytest.param("999", IN, None, K.UNKNOWN, id="GVC unstructured"),
        pytest.param("NTRF+999", IN, None, K.INCOMING_TRANSFER, id="unknown GVC beside a SWIFT type"),
        pytest.param("NTRF", IN, None, K.INCOMING_TRANSFER, id="SWIFT transfer in"),
        pytest.param("FTRF", OUT, None, K.OUTGOING_TRANSFER, id="SWIFT transfer out"),
        pytest.param("NTRF", OUT, "AM04", K.RETURNED_DEBIT, id="SWIFT transfer with a reason"),
        pytest.param("NDDT", IN, None, K.OWN_COLLECTION, id="SWIFT direct debit in"),
        pytest.param("NDDT", OUT, None, K.UNKNOWN, id="SWIFT direct debit out: supplier or return?"),
        pytest.param("NRTI", OUT, None, K.RETURNED_DEBIT, id="SWIFT returned item out"),
        pytest.param("NRTI", IN, None, K.RETURNED_TRANSFER, id="SWIFT returned item in"),
        pytest.param("NCHG", OUT, None, K.FEE, id="SWIFT charge"),
        pytest.param("NINT", IN, None, K.INTEREST, id="SWIFT interest"),
        pytest.param("NCHK", IN, None, K.CHEQUE, id="SWIFT cheque"),
        pytest.param("NMSC", IN, None, K.UNKNOWN, id="SWIFT miscellaneous"),
        pytest.param("N654", OUT, None, K.UNKNOWN, id="Dutch own code"),
        pytest.param("544", IN, None, K.UNKNOWN, id="unknown number"),
        pytest.param("ATSISK", IN, None, K.UNKNOWN, id="a bank's own word"),
        pytest.param(None, IN, None, K.UNKNOWN, id="no code"),
        pytest.param("", OUT, "MD07", K.RETURNED_DEBIT, id="no code but a reason, out"),
        pytest.param(None, IN, "AC01", K.RETURNED_TRANSFER, id="no code but a reason, in"),
        pytest.param("PMNT-RCDT-ESCT", IN, "0000", K.INCOMING_TRANSFER, id="0000 is success"),
        pytest.param("PMNT-RCDT-ESCT", 0, None, K.UNKNOWN, id="nothing moved"),
        pytest.param("PMNT-MDOP-CHRG", 0, None, K.FEE, id="fee of zero"),
    ],
)
def test_a_booking_is_named_by_code_sign_and_reason(code: str | None, sign: int, reason: str | None, kind: K) -> None:
    assert booking_kind(code, sign * 100, reason) is kind


@pytest.mark.parametrize(
    ("code", "kinds", "retry", "mandate"),
    [
        ("AC01", "reject return", Retry.FIX, MandateAction.SUSPEND),
        ("AC04", "reject return", Retry.NO, MandateAction.SUSPEND),
        ("AC13", "reject return", Retry.NO, MandateAction.CANCEL),
        ("AG07", "reject return", Retry.LATER, MandateAction.KEEP),
        ("AM04", "reject return", Retry.LATER, MandateAction.KEEP),
        ("AM05", "reject return reversal", Retry.NO, MandateAction.KEEP),
        ("AM19", "reject", Retry.FIX, MandateAction.KEEP),
        ("MD01", "reject return refund", Retry.NO, MandateAction.SUSPEND),
        ("MD06", "refund", Retry.NO, MandateAction.DECIDE),
        ("MD07", "reject return", Retry.NO, MandateAction.CANCEL),
        ("MS02", "refusal return reversal", Retry.NO, MandateAction.DECIDE),
        ("MS03", "reject return reversal", Retry.LATER_ONCE, MandateAction.KEEP),
        ("SL12", "reject return", Retry.NO, MandateAction.SUSPEND),
        ("FF01", "reject", Retry.FIX, MandateAction.KEEP),
        ("NARR", "", Retry.NO, MandateAction.KEEP),
    ],
)
def test_a_reason_says_who_whether_again_and_what_of_the_mandate(
    code: str, kinds: str, retry: Retry, mandate: MandateAction
) -> None:
    reason = REASONS[code]

    assert reason.kinds == {ReturnKind(kind) for kind in kinds.split()}
    assert (reason.retry, reason.mandate) == (retry, mandate)


def test_every_reason_of_the_rules_is_known() -> None:
    rules = """AC01 AC04 AC06 AC13 AG01 AG02 AG07 AM01 AM02 AM03 AM06 AM04 AM05 AM09 AM10 AM16 AM17 AM18 AM19 AM20 BE01
    BE04 RR03 BE05 BE07 RR02 CNOR DNOR DT01 DT03 CH03 ED05 FF01 FF05 MD01 MD02 MD06 MD07 MS02 MS03 RC01 RC03 RC04 RR01
    RR04 SL01 SL11 SL12 SL13 SL14 TM01 DU01 DU02 DU03 DU04 DU05 CH11 FF08 RF01 DUPL FOCR NARR""".split()

    assert set(rules) <= REASONS.keys()
    assert REASONS.keys() == REASON_WORDS.keys()


def test_what_was_refused_for_good_is_never_collected_again() -> None:
    never = "MD01 MD06 MD07 MS02 AC04 AC06 AC13 SL01 SL11 SL12 SL13 SL14 RR04".split()

    assert {REASONS[code].retry for code in never} == {Retry.NO}


def test_german_numbers_lead_to_known_reasons_only() -> None:
    assert GERMAN_RETURN_NUMBERS["914"] == "MS03"
    assert set(GERMAN_RETURN_NUMBERS.values()) <= REASONS.keys()
    assert not {"905", "907", "911", "916", "990"} & GERMAN_RETURN_NUMBERS.keys()


@pytest.mark.parametrize(
    ("code", "expected"), [("MD06", True), ("XX99", True), ("0000", False), ("", False), (None, False)]
)
def test_zeros_are_no_return_reason(code: str | None, expected: bool) -> None:
    assert is_return_reason(code) is expected


@pytest.mark.parametrize(
    ("code", "effect"),
    [
        ("RCVD", StatusEffect.SUBMITTED),
        ("ACTC", StatusEffect.ACCEPTED_TECHNICAL),
        ("ACSC", StatusEffect.ACCEPTED),
        ("ACWC", StatusEffect.CHANGED),
        ("PART", StatusEffect.PARTIAL),
        ("PDNG", StatusEffect.PENDING),
        ("RJCT", StatusEffect.REJECTED),
        ("RCVC", StatusEffect.NONE),
        ("WHAT", StatusEffect.NONE),
        (None, StatusEffect.NONE),
    ],
)
def test_a_status_has_an_effect(code: str | None, effect: StatusEffect) -> None:
    assert status_effect(code) is effect


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        pytest.param(KIND_WORDS, set(BookingKind), id="kinds of booking"),
        pytest.param(ACTION_WORDS, set(NextAction), id="actions"),
        pytest.param(BALANCE_WORDS, set(BalanceCode), id="balances"),
        pytest.param(SEQUENCE_WORDS, set(SequenceType), id="sequence types"),
        pytest.param(INSTRUMENT_WORDS, set(LocalInstrument), id="schemes"),
        pytest.param(ENTRY_STATUS_WORDS, set(EntryStatus), id="entry status"),
        pytest.param(REASON_WORDS, set(REASONS), id="reasons"),
    ],
)
def test_each_member_has_its_words(words: dict[str, Words], codes: set[str]) -> None:
    assert words.keys() == codes


@pytest.mark.parametrize(
    "table",
    [
        KIND_WORDS,
        ACTION_WORDS,
        BALANCE_WORDS,
        SEQUENCE_WORDS,
        INSTRUMENT_WORDS,
        ENTRY_STATUS_WORDS,
        REASON_WORDS,
        STATUS_WORDS,
        PURPOSE_WORDS,
        GERMAN_WORDS,
        ISO_WORDS,
    ],
)
def test_words_are_short_and_there_in_each_language(table: dict[str, Words]) -> None:
    for words in table.values():
        for language in Language:
            assert 2 <= len(words.in_language(language)) <= 70


def test_words_of_a_german_code_mean_that_the_code_is_understood() -> None:
    unexplained = {code for code in GERMAN_WORDS if german_meaning(code) is None}

    assert unexplained == {"999"}


@pytest.mark.parametrize(
    ("code", "language", "words"),
    [
        ("166", Language.EN, "SEPA transfer received"),
        ("NTRF+109+0001", Language.DE, "Rücklastschrift (Basislastschrift)"),
        ("PMNT-IDDT-UPDD", Language.FR, "prélèvement impayé"),
        ("PMNT-RCDT-AUTT", Language.FR, "PMNT-RCDT-AUTT"),
        ("544", Language.EN, "544"),
    ],
)
def test_a_code_is_said_in_words_or_shown_as_it_is(code: str, language: Language, words: str) -> None:
    assert code_words(code, language) == words


def test_words_of_an_unknown_code_are_the_code() -> None:
    assert words_of(REASON_WORDS, "MD07", Language.DE) == "Kunde verstorben"
    assert words_of(REASON_WORDS, "XX99", Language.DE) == "XX99"


def test_a_table_of_words_with_a_missing_line_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        read_words("A  one\n   un")


def test_opening_balances_and_purposes_are_named() -> None:
    assert {"OPBD", "PRCD"} == OPENING_BALANCES
    assert PURPOSE_WORDS.keys() >= CATEGORY_PURPOSES
