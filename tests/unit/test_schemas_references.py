"""Structured creditor references: check digits of every scheme, and what is found in free text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference_schemes import InvalidReferenceBase
from schemas.references import (
    FoundReference,
    ReferenceScheme,
    find_near_references,
    find_references,
    generate,
    normalize,
    reference_key,
    verify,
)

S = ReferenceScheme


@pytest.mark.parametrize(
    ("scheme", "text"),
    [
        pytest.param(S.RF, "RF18539007547034", id="RF"),
        pytest.param(S.RF, "rf18 5390 0754 7034", id="RF printed, small letters"),
        pytest.param(S.RF, "RF332348236", id="RF short"),
        pytest.param(S.RF, "RF98INV2026000123", id="RF with letters"),
        pytest.param(S.RF, "RF741", id="RF of one digit"),
        pytest.param(S.BE_OGM, "+++123/4567/89002+++", id="OGM"),
        pytest.param(S.BE_OGM, "***010/8068/17183***", id="OGM with stars and leading zero"),
        pytest.param(S.BE_OGM, "+++000/0000/09797+++", id="OGM remainder zero is 97"),
        pytest.param(S.FI, "1232", id="FI shortest"),
        pytest.param(S.FI, "0001 2344", id="FI grouped with leading zeros"),
        pytest.param(S.FI, "123456789012345673", id="FI long"),
        pytest.param(S.NO_KID10, "2345676", id="KID MOD10"),
        pytest.param(S.NO_KID10, "123456782", id="KID MOD10 long"),
        pytest.param(S.NO_KID11, "123456785", id="KID MOD11"),
        pytest.param(S.NO_KID11, "6-", id="KID MOD11 remainder ten"),
        pytest.param(S.SE_OCR, "123455", id="OCR"),
        pytest.param(S.SE_OCR_LENGTH, "1234574", id="OCR with length digit"),
        pytest.param(S.CH_QRR, "21 00000 00003 13947 14300 09017", id="QRR"),
        pytest.param(S.CH_QRR, "000000000000000000000001236", id="QRR mostly zeros"),
        pytest.param(S.EE, "123453", id="EE"),
        pytest.param(S.EE, "232012345673", id="EE long"),
        pytest.param(S.SI12, "SI12 123455", id="SI12"),
        pytest.param(S.SI12, "SI12 12345679", id="SI12 longer"),
        pytest.param(S.HR01, "HR01 2020-789-1", id="HR01"),
        pytest.param(S.NL, "5000 0567 8901 2345", id="NL of 16 digits"),
        pytest.param(S.NL, "12 2345 3462 2567", id="NL of 14 digits with length"),
        pytest.param(S.NL, "5010.0021.6701.0010", id="NL with points"),
        pytest.param(S.NL, "0001.0411.4691.0100", id="NL check zero"),
    ],
)
def test_a_right_reference_is_verified(scheme: ReferenceScheme, text: str) -> None:
    assert verify(scheme, text)


@pytest.mark.parametrize(
    ("scheme", "text"),
    [
        pytest.param(S.RF, "RF17539007547034", id="RF wrong check"),
        pytest.param(S.RF, "RF18", id="RF without content"),
        pytest.param(S.RF, "18539007547034", id="RF without RF"),
        pytest.param(S.RF, "RF18" + "1" * 22, id="RF too long"),
        pytest.param(S.RF, "RF185390ü7547034", id="RF with umlaut"),
        pytest.param(S.BE_OGM, "010/8068/17180", id="OGM wrong check"),
        pytest.param(S.BE_OGM, "+++010/8068/1718+++", id="OGM too short"),
        pytest.param(S.FI, "1233", id="FI wrong check"),
        pytest.param(S.FI, "13", id="FI too short"),
        pytest.param(S.FI, "1" * 21, id="FI too long"),
        pytest.param(S.NO_KID10, "2345675", id="KID MOD10 wrong"),
        pytest.param(S.NO_KID11, "6", id="KID MOD11 hyphen lost"),
        pytest.param(S.SE_OCR, "123456", id="OCR wrong"),
        pytest.param(S.SE_OCR_LENGTH, "1234566", id="OCR wrong length digit"),
        pytest.param(S.CH_QRR, "210000000003139471430009018", id="QRR wrong"),
        pytest.param(S.CH_QRR, "1236", id="QRR too short"),
        pytest.param(S.EE, "123454", id="EE wrong"),
        pytest.param(S.SI12, "SI13 123455", id="SI with another model"),
        pytest.param(S.SI12, "SI12 123456", id="SI12 wrong"),
        pytest.param(S.HR01, "HR00 2020-789-1", id="HR without check"),
        pytest.param(S.HR01, "HR01 2020-789-2", id="HR01 wrong"),
        pytest.param(S.NL, "4000056789012345", id="NL wrong"),
        pytest.param(S.NL, "1234567", id="NL of 7 digits has no check"),
        pytest.param(S.NL, "13 2345 3462 2567", id="NL wrong length digit"),
        pytest.param(S.NL, "12345678901234567", id="NL too long"),
        pytest.param(S.FI, "１２３２", id="full-width digits"),
    ],
)
def test_a_wrong_reference_is_not_verified(scheme: ReferenceScheme, text: str) -> None:
    assert not verify(scheme, text)


@pytest.mark.parametrize(
    ("scheme", "base", "whole"),
    [
        (S.RF, "539007547034", "RF18539007547034"),
        (S.RF, "inv-2026-000123", "RF98INV2026000123"),
        (S.BE_OGM, "1234567890", "123456789002"),
        (S.BE_OGM, "0108068171", "010806817183"),
        (S.BE_OGM, "0000000097", "000000009797"),
        (S.FI, "123", "1232"),
        (S.FI, "1234", "12344"),
        (S.FI, "12345678901234567", "123456789012345673"),
        (S.NO_KID10, "234567", "2345676"),
        (S.NO_KID10, "12345678", "123456782"),
        (S.NO_KID11, "12345678", "123456785"),
        (S.NO_KID11, "6", "6-"),
        (S.NO_KID11, "0", "00"),
        (S.SE_OCR, "12345", "123455"),
        (S.SE_OCR_LENGTH, "12345", "1234574"),
        (S.CH_QRR, "21000000000313947143000901", "210000000003139471430009017"),
        (S.EE, "12345", "123453"),
        (S.EE, "23201234567", "232012345673"),
        (S.SI12, "12345", "SI12123455"),
        (S.SI12, "1234567", "SI1212345679"),
        (S.SI12, "0", "SI1200"),
        (S.HR01, "2020789", "HR0120207891"),
        (S.NL, "000056789012345", "5000056789012345"),
        (S.NL, "234534622567", "12234534622567"),
    ],
)
def test_a_reference_is_made(scheme: ReferenceScheme, base: str, whole: str) -> None:
    assert generate(scheme, base) == whole


def test_a_finnish_rf_holds_the_national_reference() -> None:
    assert verify(S.RF, generate(S.RF, generate(S.FI, "1234")))


@pytest.mark.parametrize(
    ("scheme", "base"), [(S.RF, ""), (S.RF, "1" * 22), (S.FI, "12"), (S.NL, "1"), (S.CH_QRR, "A" * 26)]
)
def test_what_cannot_be_a_reference_is_refused(scheme: ReferenceScheme, base: str) -> None:
    with pytest.raises(InvalidReferenceBase):
        generate(scheme, base)


_BASE_DIGITS = {
    S.RF: (1, 21),
    S.BE_OGM: (10, 10),
    S.FI: (3, 19),
    S.NO_KID10: (1, 24),
    S.NO_KID11: (1, 24),
    S.SE_OCR: (1, 24),
    S.SE_OCR_LENGTH: (1, 23),
    S.CH_QRR: (26, 26),
    S.EE: (1, 19),
    S.SI12: (1, 12),
    S.HR01: (1, 21),
    S.NL: (7, 12),
}


@pytest.mark.parametrize("scheme", list(S))
@given(data=st.data())
def test_what_is_made_is_verified_and_a_changed_check_digit_is_not(
    scheme: ReferenceScheme, data: st.DataObject
) -> None:
    fewest, most = _BASE_DIGITS[scheme]
    base = data.draw(st.text("0123456789", min_size=fewest, max_size=most))

    whole = generate(scheme, base)

    assert verify(scheme, whole)
    place = {S.RF: 2, S.NL: 0}.get(scheme, len(whole) - 1)
    others = [whole[:place] + digit + whole[place + 1 :] for digit in "0123456789" if digit != whole[place]]
    assert not any(verify(scheme, other) for other in others)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("+++010/8068/17183+++", "10806817183", id="number without leading zeros"),
        pytest.param("rf18 5390-0754.7034", "RF18539007547034", id="RF without signs, in capitals"),
        pytest.param("RF18\u00a05390\u20110754\t7034", "RF18539007547034", id="odd blanks and hyphens"),
        pytest.param("HR01 2020-789-1", "HR0120207891", id="with its model"),
        pytest.param("000", "", id="nothing but zeros"),
    ],
)
def test_a_key_is_made_for_comparison(text: str, key: str) -> None:
    assert reference_key(text) == key


def test_normalizing_keeps_leading_zeros() -> None:
    assert normalize("*010/8068+") == "0108068"


RF_KEY, INVOICE_KEY, OGM_KEY = "RF18539007547034", "RF98INV2026000123", "10806817183"
QRR_KEY = "210000000003139471430009017"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        pytest.param("RF18539007547034", [RF_KEY], id="RF alone"),
        pytest.param("zahle RF18 5390 0754 7034 Rechnung 12", [RF_KEY], id="RF in groups, words behind"),
        pytest.param("RF 18 5390 0754 7034", [RF_KEY], id="blank behind RF"),
        pytest.param("rf18539007547034", [RF_KEY], id="small letters"),
        pytest.param("Rf18-5390-0754-7034.", [RF_KEY], id="hyphens"),
        pytest.param("Rechnung 12RF18539007547034KD77", [RF_KEY], id="blanks cut by the bank"),
        pytest.param("RF98 INV2026 000123", [INVOICE_KEY], id="blanks anywhere"),
        pytest.param("RF98INV2026000123 RF18539007547034", [INVOICE_KEY, RF_KEY], id="two of them"),
        pytest.param("RF18\u00a05390\u00a00754\u00a07034", [RF_KEY], id="no-break blanks"),
        pytest.param("RF18539007547034 und RF17539007547034", [RF_KEY], id="one right, one wrong"),
        pytest.param("RF17539007547034", [], id="wrong check digits"),
        pytest.param("REF 12345, BRF18539007547034", [], id="RF inside a word"),
        pytest.param("RF18 ,", [], id="RF without content"),
        pytest.param("RF1", [], id="RF cut"),
        pytest.param("+++010/8068/17183+++", [OGM_KEY], id="OGM"),
        pytest.param("***010/8068/17183***", [OGM_KEY], id="OGM with stars"),
        pytest.param("+++ 010 / 8068 / 17183 +++", [OGM_KEY], id="OGM with blanks"),
        pytest.param("communication 010806817183 merci", [OGM_KEY], id="OGM bare"),
        pytest.param("010/8068/17180", [], id="OGM wrong check"),
        pytest.param("9010/8068/17183", [], id="OGM inside a longer number"),
        pytest.param("X010806817183", [], id="bare number in a word"),
        pytest.param("Ref 21 00000 00003 13947 14300 09017 danke", [QRR_KEY], id="QRR printed"),
        pytest.param("210000000003139471430009017", [QRR_KEY], id="QRR compact"),
        pytest.param("21000 00000 03139 47143 00090 17", [QRR_KEY], id="QRR in other groups"),
        pytest.param("21 00000 00003 13947 14300 09018", [], id="QRR wrong check"),
        pytest.param("SI12 12345679", ["SI1212345679"], id="Slovenia"),
        pytest.param("SI12 12345678", [], id="Slovenia wrong"),
        pytest.param("Poziv na broj: hr01 2020-789-1", ["HR0120207891"], id="Croatia"),
        pytest.param("HR1210010051863000160", [], id="a Croatian account is no reference"),
        pytest.param("FA-2026-000123 vom 12.03.2026", [], id="invoice number and date"),
        pytest.param("DE89 3704 0044 0532 0130 00", [], id="an account is no reference"),
        pytest.param("", [], id="empty"),
        pytest.param("RF18539007547034 +++010/8068/17183+++", [RF_KEY, OGM_KEY], id="two schemes"),
        pytest.param("010/8068/17183 RF18539007547034", [OGM_KEY, RF_KEY], id="two schemes the other way round"),
    ],
)
def test_references_are_found_in_free_text(text: str, keys: list[str]) -> None:
    assert [found.key for found in find_references(text)] == keys


def test_a_found_reference_says_where_it_stands() -> None:
    text = "Zahlung RF18 5390 0754 7034 danke"

    (found,) = find_references(text)

    assert found == FoundReference(S.RF, RF_KEY, 8, 27)
    assert text[found.start : found.end] == "RF18 5390 0754 7034"


def test_every_reading_that_verifies_is_returned() -> None:
    following = next(word for word in map(str, range(100, 1000)) if verify(S.RF, f"RF18539007547034{word}"))

    found = find_references(f"RF18539007547034 {following}")

    assert [reading.key for reading in found] == [RF_KEY, RF_KEY + following]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        pytest.param("RF17539007547034", ["RF17539007547034"], id="RF with a wrong digit"),
        pytest.param("RF17 539 KD", ["RF17539", "RF17539KD"], id="each reading"),
        pytest.param("RF18539007547034", [], id="a right one is not near"),
        pytest.param("+++010/8068/17180+++", ["10806817180"], id="OGM with a wrong digit"),
        pytest.param("+++010/8068/17183+++", [], id="a right OGM is not near"),
        pytest.param("nothing here", [], id="nothing"),
    ],
)
def test_near_references_are_found_apart(text: str, keys: list[str]) -> None:
    assert [near.key for near in find_near_references(text)] == keys


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=21), st.integers(1, 6))
def test_a_reference_is_found_however_it_is_grouped(base: str, group: int) -> None:
    reference = generate(S.RF, base)
    grouped = " ".join(reference[start : start + group] for start in range(4, len(reference), group))

    found = find_references(f"Rechnung: {reference[:4]} {grouped}")

    assert reference in [reading.key for reading in found]


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    for found in find_references(text):
        assert 0 <= found.start < found.end <= len(text)
        assert reference_key(text[found.start : found.end]) == found.key


def test_hostile_text_is_searched_in_reasonable_time() -> None:
    text = "RF18 " * 20_000 + "1 " * 20_000 + "123/" * 20_000

    assert all(verify(found.scheme, text[found.start : found.end]) for found in find_references(text))
