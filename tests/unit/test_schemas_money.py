"""Exact money: text into minor units and back, never rounded; and the family of our errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import FileRefused, GatewayError
from schemas.money import (
    CurrencyMismatch,
    InvalidAmount,
    InvalidCurrency,
    Money,
    amount_text,
    minor_digits,
    parse_amount,
    parse_currency,
    scale,
)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        pytest.param("1234.50", "EUR", 123450, id="two decimals"),
        pytest.param("1234.5", "EUR", 123450, id="one decimal"),
        pytest.param("1234", "EUR", 123400, id="none"),
        pytest.param("0", "EUR", 0, id="zero"),
        pytest.param("0.01", "EUR", 1, id="one cent"),
        pytest.param("1.50000", "EUR", 150, id="zeros beyond the cent"),
        pytest.param("100", "JPY", 100, id="currency without minor unit"),
        pytest.param("100.00", "JPY", 100, id="zeros that yen do not have"),
        pytest.param("1.234", "KWD", 1234, id="three decimals"),
        pytest.param("1.2345", "CLF", 12345, id="four decimals"),
        pytest.param("999999999999999.99", "EUR", 99999999999999999, id="fifteen digits"),
    ],
)
def test_an_amount_is_read_exactly(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        pytest.param("1.005", "EUR", id="a tenth of a cent"),
        pytest.param("1.5", "JPY", id="half a yen"),
        *[
            pytest.param(text, "EUR", id=repr(text))
            for text in (
                "", "-1", "+1", "1e3", "NaN", "inf", "1_000", "1,50", "1.", ".5", " 1", "1 ", "1\n", "１２", "٣",
                "1 000", "0x1", "1.123456", "1" * 16, None,
            )
        ],
    ],
)  # fmt: skip
def test_what_is_no_exact_amount_is_refused(text: str | None, currency: str) -> None:
    with pytest.raises(InvalidAmount):
        parse_amount(text, currency)


@given(st.integers(1 - 10**15, 10**15 - 1), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_text_and_minor_units_are_the_same_amount(minor: int, currency: str) -> None:
    text = amount_text(minor, currency)

    assert parse_amount(text.lstrip("-"), currency) == abs(minor)
    assert text.startswith("-") == (minor < 0)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(-123450, "EUR", "-1234.50"), (5, "EUR", "0.05"), (0, "EUR", "0.00"), (-7, "JPY", "-7"), (7, "KWD", "0.007")],
)
def test_an_amount_is_written_with_a_point(minor: int, currency: str, text: str) -> None:
    assert amount_text(minor, currency) == text


def test_digits_of_the_minor_unit_are_known() -> None:
    assert [minor_digits(currency) for currency in ("EUR", "JPY", "KWD", "CLF")] == [2, 0, 3, 4]
    assert scale("12", "3", "EUR") == 1230


def test_a_currency_is_three_capital_letters() -> None:
    assert parse_currency("EUR") == "EUR"
    for wrong in (None, "", "eur", "EURO", "E1R", "ＥＵＲ"):
        with pytest.raises(InvalidCurrency):
            parse_currency(wrong)


def test_money_is_added_and_subtracted_in_one_currency() -> None:
    assert Money(150) + Money(50) == Money(200)
    assert Money(150) - Money(200) == Money(-50)
    assert str(Money(-12345)) == "-123.45 EUR"


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(CurrencyMismatch, match="USD cannot be added to EUR"):
        Money(1, "EUR") + Money(1, "USD")


def test_an_error_without_a_message_says_what_its_class_says() -> None:
    class Undocumented(GatewayError):
        pass

    assert str(InvalidAmount()) == "The text is not an exact amount of its currency."
    assert str(Undocumented()) == ""


def test_a_refused_file_names_its_fault_and_line() -> None:
    refused = FileRefused("cut off", code="truncated", line=7)

    assert (refused.code, refused.line, str(refused)) == ("truncated", 7, "cut off")
    assert FileRefused("cut off").code == "unreadable"
