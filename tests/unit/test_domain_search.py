"""What a typed text may mean: identifiers without their marks, accounts, amounts that can be nothing else."""

import pytest

from gateway.domain.search import Wanted, cleaned, wanted_of


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        pytest.param("  FA 1001 ", "FA 1001", id="blanks"),
        pytest.param("1\N{NARROW NO-BREAK SPACE}234,56", "1 234,56", id="a blank that does not break"),
        pytest.param("FA\0-1001\ud800", "FA-1001", id="what no database takes"),
        pytest.param("x" * 5_000, "x" * 100, id="very long"),
    ],
)
def test_a_text_is_cleaned(typed: str, text: str) -> None:
    assert cleaned(typed) == text


def wanted(text: str, *, minor: int | None = None, may_see_iban: bool = True) -> Wanted:
    return wanted_of(text, minor=minor, may_see_iban=may_see_iban)


def test_numbers_and_references_lose_their_marks() -> None:
    found = wanted("rf18 5390-0754")

    assert (found.number_key, found.reference_key) == ("RF1853900754", "RF1853900754")


@pytest.mark.parametrize(
    ("text", "iban", "ending"),
    [
        pytest.param("de89 3704 0044 0532 0130 00", "DE89370400440532013000", "", id="whole"),
        pytest.param("3000", "", "3000", id="last four"),
        pytest.param("0130 00", "", "013000", id="more of its end"),
        pytest.param("300", "", "", id="too short"),
        pytest.param("Mustermann", "", "", id="a name"),
    ],
)
def test_accounts_are_meant_whole_or_by_their_end(text: str, iban: str, ending: str) -> None:
    assert wanted(text)[4:6] == (iban, ending)


@pytest.mark.parametrize(
    ("text", "iban", "ending"),
    [
        pytest.param("DE89370400440532013000", "DE89370400440532013000", "", id="whole"),
        pytest.param("3000", "", "3000", id="what is shown anyway"),
        pytest.param("13000", "", "", id="more than is shown"),
    ],
)
def test_who_may_not_see_accounts_cannot_guess_them_sign_by_sign(text: str, iban: str, ending: str) -> None:
    assert wanted(text, may_see_iban=False)[4:6] == (iban, ending)


@pytest.mark.parametrize(
    ("text", "minor", "is_amount"), [("119.00", 11_900, True), ("119", 11_900, False), ("FA-119", None, False)]
)
def test_digits_alone_are_more_often_a_number_than_an_amount(text: str, minor: int | None, is_amount: bool) -> None:
    assert wanted(text, minor=minor).is_amount is is_amount
