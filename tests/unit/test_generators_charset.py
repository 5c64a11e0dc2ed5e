"""Texts are folded into the characters of a bank; identifiers are never changed."""

import pytest

from generators.charset import ForeignIdentifier, are_identifiers, check_identifier, fold
from schemas.bank_profile import CharacterSet


@pytest.mark.parametrize(
    ("text", "sepa", "german", "latin"),
    [
        pytest.param("Invoice 2026-0815", "Invoice 2026-0815", "Invoice 2026-0815", "Invoice 2026-0815", id="plain"),
        pytest.param("Jörg Weiß", "Jorg Weis", "Joerg Weiss", "Jörg Weiß", id="German letters"),
        pytest.param("MÜLLER Öl Ä", "MULLER Ol A", "MUELLER Oel Ae", "MÜLLER Öl Ä", id="capitals"),
        pytest.param("A\u0308rzte", "Arzte", "Aerzte", "Ärzte", id="letter and its mark apart"),
        pytest.param("Société Œuvre ç", "Societe Oeuvre c", "Societe Oeuvre c", "Société Oeuvre ç", id="French"),
        pytest.param("Łódź Đặng ø", "Lodz Dang o", "Lodz Dang o", "Lódz Dang ø", id="no base letter"),
        pytest.param("Жоро Щит", "Zhoro Shtit", "Zhoro Shtit", "Zhoro Shtit", id="Cyrillic"),
        pytest.param("Χρήστος ΧΆΡΗΣ", "Christos CHARIS", "Christos CHARIS", "Christos CHARIS", id="Greek"),
        pytest.param("A & B @ 5 €", "A + B (at) 5 EUR", "A + B (at) 5 EUR", "A + B (at) 5 EUR", id="signs"),
        pytest.param("„a“ – [b] <c>", "'a' - (b) .c.", "'a' - (b) .c.", "'a' - (b) .c.", id="quotes and brackets"),
        pytest.param(" a\r\n\tb \u00a0 c ", "a b c", "a b c", "a b c", id="blanks of all kinds"),
        pytest.param("a\x00b\x07 \x7f\u200bc", "ab c", "ab c", "ab c", id="control characters"),
        pytest.param("日本\ud800", "...", "...", "...", id="not to be said"),
        pytest.param(" \x01\t", "", "", "", id="nothing left"),
    ],
)
def test_texts_are_folded(text: str, sepa: str, german: str, latin: str) -> None:
    sets = (CharacterSet.SEPA, CharacterSet.SEPA_GERMAN, CharacterSet.LATIN)

    assert [fold(text, each, 70) for each in sets] == [sepa, german, latin]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        pytest.param("ä" * 40, "ae" * 35, id="after it grew"),
        pytest.param("a" * 69 + " b", "a" * 69, id="no blank at the end"),
        pytest.param("a" * 71, "a" * 70, id="plain"),
    ],
)
def test_texts_are_cut_after_they_were_folded(text: str, cut: str) -> None:
    assert fold(text, CharacterSet.SEPA_GERMAN, 70) == cut


IDENTIFIERS = [
    pytest.param("M-2026/01 (a)", True, id="signs and blank inside"),
    pytest.param("a" * 35, True, id="longest"),
    pytest.param("", False, id="empty"),
    pytest.param("a" * 36, False, id="too long"),
    pytest.param("MÜLLER", False, id="letter with a mark"),
    pytest.param("A&B", False, id="ampersand"),
    pytest.param("A\nB", False, id="line end"),
    pytest.param("/A", False, id="slash first"),
    pytest.param("A/", False, id="slash last"),
    pytest.param("A//B", False, id="double slash"),
    pytest.param(" A", False, id="blank first"),
    pytest.param("A ", False, id="blank last"),
]


@pytest.mark.parametrize(("text", "is_right"), IDENTIFIERS)
def test_identifiers_are_taken_as_they_are_or_refused(text: str, is_right: bool) -> None:
    if is_right:
        assert check_identifier(text, "MndtId") == text
    else:
        with pytest.raises(ForeignIdentifier, match="MndtId"):
            check_identifier(text, "MndtId")


@pytest.mark.parametrize(
    ("text", "is_right"), [row for row in IDENTIFIERS if row.id not in ("empty", "too long", "line end")]
)
def test_many_identifiers_are_judged_like_one(text: str, is_right: bool) -> None:
    assert are_identifiers(["A-1", text, "", "B-2"]) is is_right


def test_an_account_in_an_error_is_masked() -> None:
    with pytest.raises(ForeignIdentifier) as refused:
        check_identifier("FR1420041010050500013M0260é", "IBAN")

    assert "20041010050500013" not in str(refused.value)
