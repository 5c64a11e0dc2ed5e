"""Exact money: whole minor units of one currency.

An amount is an integer everywhere in the gateway. This module turns the text of a bank file into minor units
without rounding, and minor units into text. It does not format for people; the pages do.
"""

import re
from dataclasses import dataclass, replace
from typing import Self

from schemas.errors import GatewayError

# ISO 4217 currencies whose minor unit is not a hundredth.
_DIGITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
SUM_MAX = 10**18  # In minor units; what the database can hold is nine times this.
_POINT_AMOUNT = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,5}))?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class InvalidAmount(GatewayError):
    """The text is not an exact amount of its currency."""

    code = "invalid_amount"


class InvalidCurrency(GatewayError):
    """The text is not a currency code of three capital letters."""

    code = "invalid_currency"


class CurrencyMismatch(GatewayError):
    """Amounts of two currencies cannot be added."""

    code = "currency_mismatch"


def minor_digits(currency: str) -> int:
    """Return how many decimals the minor unit of a currency has (EUR 2, JPY 0, KWD 3)."""
    return _DIGITS.get(currency, 2)


def parse_currency(text: str | None) -> str:
    """Return the currency code. Raises InvalidCurrency."""
    if text is None or not _CURRENCY.fullmatch(text):
        raise InvalidCurrency(f"currency {text!r} is not three capital letters such as EUR")
    return text


def scale(whole: str, fraction: str, currency: str) -> int:
    """Return minor units of digits before and after the decimal mark; zeros beyond the minor unit are dropped.

    Raises InvalidAmount when a digit would be lost.
    """
    digits = minor_digits(currency)
    if len(fraction) == digits:
        return int(whole + fraction)
    kept, lost = fraction[:digits], fraction[digits:]
    if lost.strip("0"):
        raise InvalidAmount(f"amount {whole}.{fraction} has more decimals than {currency} allows ({digits})")
    return int(whole + kept.ljust(digits, "0"))


def parse_amount(text: str | None, currency: str) -> int:
    """Return the minor units of an unsigned amount with a decimal point, such as ``1234.50``.

    Raises InvalidAmount for anything but ASCII digits with one optional point (no sign, exponent or blank).
    """
    match = _POINT_AMOUNT.fullmatch(text or "")
    if not match:
        raise InvalidAmount(f"amount {text!r} is not a number such as 1234.50")
    return scale(match[1], match[2] or "", currency)


def amount_text(minor: int, currency: str = "EUR") -> str:
    """Return minor units as text with a decimal point and a leading minus, such as ``-1234.50``."""
    digits = minor_digits(currency)
    sign = "-" if minor < 0 else ""
    text = str(abs(minor)).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else sign + text


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: whole minor units of one currency."""

    minor: int
    currency: str = "EUR"

    def __add__(self, other: Self) -> Self:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{other.currency} cannot be added to {self.currency}")
        return replace(self, minor=self.minor + other.minor)

    def __neg__(self) -> Self:
        return replace(self, minor=-self.minor)

    def __sub__(self, other: Self) -> Self:
        return self + -other

    def __str__(self) -> str:
        return f"{amount_text(self.minor, self.currency)} {self.currency}"
