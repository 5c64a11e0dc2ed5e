"""Text is cut so that a reader joins it again without loss; codes and elements are made by simple rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.business_codes import business_code
from generators.statements import UnwritableStatement
from generators.wrap import wrap, wrap_words
from generators.xml_text import element, leaf

TEXTS = st.text("ab :-", min_size=0, max_size=60)


@given(text=TEXTS)
def test_pieces_are_the_text_again(text: str) -> None:
    pieces = list(wrap(text, 7, avoid_starts=":-"))

    assert "".join(pieces) == text
    assert all(0 < len(piece) <= 7 for piece in pieces)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("abcdefghij", ["abcd", "efgh", "ij"], id="inside a word"),
        pytest.param("abc defg", ["ab", "c de", "fg"], id="no piece ends with a blank"),
        pytest.param("abcd efg", ["abc", "d ef", "g"], id="no piece begins with a blank"),
        pytest.param("abcd:efg", ["abc", "d:ef", "g"], id="no piece begins a field"),
        pytest.param("     ", ["    ", " "], id="nothing but blanks"),
        pytest.param("", [], id="empty"),
    ],
)
def test_a_text_is_cut_where_a_reader_loses_nothing(text: str, pieces: list[str]) -> None:
    assert list(wrap(text, 4, avoid_starts=":")) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("abcdefgh", ["abcd", "efgh"], id="a full piece goes on without a blank"),
        pytest.param("abc defg", ["abc", "defg"], id="a shorter one with a blank"),
        pytest.param("abcd efg", ["abcd", " efg"], id="no place to cut before the blank"),
        pytest.param("", [], id="empty"),
    ],
)
def test_words_are_cut_by_the_rule_of_full_fields(text: str, pieces: list[str]) -> None:
    assert list(wrap_words(text, 4)) == pieces


@pytest.mark.parametrize(
    ("code", "gvc", "swift_type"),
    [
        pytest.param("PMNT-RCDT-ESCT", "166", "NTRF", id="iso"),
        pytest.param("109", "109", "NRTI", id="known gvc"),
        pytest.param("169", "169", "NMSC", id="other gvc"),
        pytest.param("XTND-NTAV-NTAV", "835", "NMSC", id="no code"),
        pytest.param(None, "835", "NMSC", id="missing"),
    ],
)
def test_german_codes_stand_for_iso_codes(code: str | None, gvc: str, swift_type: str) -> None:
    found = business_code(code)

    assert (found.gvc, found.swift_type) == (gvc, swift_type)


def test_text_is_written_so_that_xml_can_read_it() -> None:
    assert leaf("Nm", "A & <B>\r\x01") == "<Nm>A &amp; &lt;B&gt;&#13;?</Nm>"


def test_an_element_without_content_is_left_out() -> None:
    assert element("Id", leaf("Nm", None), leaf("Nm", "")) == ""


def test_a_text_that_is_too_long_is_refused_by_name() -> None:
    with pytest.raises(UnwritableStatement, match="MsgId has 36 characters, at most 35"):
        leaf("MsgId", "M" * 36)
