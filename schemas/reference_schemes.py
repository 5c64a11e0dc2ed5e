"""Structured creditor references of the SEPA countries: form and check digits of each.

Latvia and Lithuania have none of their own and use RF; Switzerland's SCOR and the Finnish RF are RF as well. A scheme
without check digits (SI99, HR00, HR99, a Dutch reference of seven digits) proves nothing and is not verified.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from schemas.check_digits import check97, luhn, recursive10, weighted_sum, weights731
from schemas.errors import GatewayError

_NOISE = re.compile(r"[\s/+*.\-\u2010-\u2015]+")
_DUTCH_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)


class InvalidReferenceBase(GatewayError):
    """The text cannot be made a reference of this scheme."""

    code = "invalid_reference_base"


class ReferenceScheme(StrEnum):
    """Whose rule a structured reference follows."""

    RF = "rf"  # ISO 11649, anywhere
    BE_OGM = "be_ogm"
    FI = "fi"
    NO_KID10 = "no_kid10"
    NO_KID11 = "no_kid11"
    SE_OCR = "se_ocr"
    SE_OCR_LENGTH = "se_ocr_length"
    CH_QRR = "ch_qrr"
    EE = "ee"
    SI12 = "si12"
    HR01 = "hr01"
    NL = "nl"


class _Rule(NamedTuple):
    base: re.Pattern[str]  # What a reference is made of.
    whole: re.Pattern[str]  # What a reference looks like, normalized.
    make: Callable[[str], str]  # The whole reference of a base.
    base_of: Callable[[str], str]


def _mod11(digits: str, highest_weight: int) -> int:
    return 11 - weighted_sum(digits, range(2, highest_weight + 1)) % 11


def _with_kid11(digits: str) -> str:
    check = _mod11(digits, 7)
    return digits + {10: "-", 11: "0"}.get(check, str(check))


def _with_mod11(digits: str) -> str:
    check = _mod11(digits, len(digits) + 1)
    return digits + ("0" if check > 9 else str(check))


def _with_ocr_length(digits: str) -> str:
    body = digits + str((len(digits) + 2) % 10)
    return body + luhn(body)


def _with_dutch_check(digits: str) -> str:
    body = digits if len(digits) == 15 else str(len(digits) % 10) + digits
    check = 11 - weighted_sum(body, _DUTCH_WEIGHTS) % 11
    return {10: "1", 11: "0"}.get(check, str(check)) + body


def _rule(
    base: str,
    make: Callable[[str], str],
    base_of: Callable[[str], str] = lambda whole: whole[:-1],
    whole: str = "[0-9]+",
) -> _Rule:
    return _Rule(re.compile(base), re.compile(whole), make, base_of)


_RULES: dict[ReferenceScheme, _Rule] = {
    ReferenceScheme.RF: _rule(
        "[A-Z0-9]{1,21}", lambda base: f"RF{check97(base + 'RF00')}{base}", lambda whole: whole[4:], "RF[0-9]{2}.+"
    ),
    ReferenceScheme.BE_OGM: _rule(
        "[0-9]{10}", lambda base: f"{base}{int(base) % 97 or 97:02d}", lambda whole: whole[:-2], "[0-9]{12}"
    ),
    ReferenceScheme.FI: _rule("0*[0-9]{3,19}", lambda base: base + weights731(base)),
    ReferenceScheme.NO_KID10: _rule("[0-9]{1,24}", lambda base: base + luhn(base)),
    ReferenceScheme.NO_KID11: _rule("[0-9]{1,24}", _with_kid11, whole="[0-9]+-?"),
    ReferenceScheme.SE_OCR: _rule("[0-9]{1,24}", lambda base: base + luhn(base)),
    ReferenceScheme.SE_OCR_LENGTH: _rule("[0-9]{1,23}", _with_ocr_length, lambda whole: whole[:-2]),
    ReferenceScheme.CH_QRR: _rule("[0-9]{26}", lambda base: base + recursive10(base)),
    ReferenceScheme.EE: _rule("0*[0-9]{1,19}", lambda base: base + weights731(base)),
    ReferenceScheme.SI12: _rule(
        "[0-9]{1,12}", lambda base: f"SI12{_with_mod11(base)}", lambda whole: whole[4:-1], "SI12[0-9]+"
    ),
    ReferenceScheme.HR01: _rule(
        "[0-9]{1,21}", lambda base: f"HR01{_with_mod11(base)}", lambda whole: whole[4:-1], "HR01[0-9]+"
    ),
    ReferenceScheme.NL: _rule(
        "[0-9]{7,12}|[0-9]{15}", _with_dutch_check, lambda whole: whole[1 if len(whole) == 16 else 2 :]
    ),
}


def normalize(text: str) -> str:
    """Return a reference in capitals, without blanks and ``/ + * . -``."""
    return _NOISE.sub("", text).upper()


def verify(scheme: ReferenceScheme, text: str) -> bool:
    """Return whether a text, as printed or compact, is a reference of this scheme with right check digits."""
    rule = _RULES[scheme]
    # The Norwegian check digit of remainder ten is written as a hyphen.
    is_hyphen_check = scheme is ReferenceScheme.NO_KID11 and text.rstrip().endswith("-")
    whole = normalize(text) + "-" * is_hyphen_check
    if not rule.whole.fullmatch(whole):
        return False
    base = rule.base_of(whole)
    return rule.base.fullmatch(base) is not None and rule.make(base) == whole


def generate(scheme: ReferenceScheme, base: str) -> str:
    """Return the reference of this scheme, compact, made from its digits (RF: letters too) without check digits.

    A Finnish RF is ``generate(RF, generate(FI, base))``. Raises InvalidReferenceBase.
    """
    rule, digits = _RULES[scheme], normalize(base)
    if not rule.base.fullmatch(digits):
        raise InvalidReferenceBase(f"{base!r} cannot be made a reference of the scheme {scheme}")
    return rule.make(digits)
