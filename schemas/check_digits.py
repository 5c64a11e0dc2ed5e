"""The arithmetic behind check digits, over ASCII digits (and capital letters where it says so).

Pure functions without any knowledge of what the number means; `schemas.identifiers` and `schemas.references` decide
which one counts where.
"""

from collections.abc import Sequence

# Letters as numbers: A is 10, Z is 35 (ISO 7064, ISO 13616, ISO 11649).
_LETTER_VALUES = {ord(letter): str(value) for value, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}
_RECURSIVE = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


def mod97(text: str) -> int:
    """Return the remainder by 97 of digits and capital letters read as one number. Letters count two digits."""
    return int(text.translate(_LETTER_VALUES)) % 97


def check97(text: str) -> str:
    """Return the two check digits of ISO 7064 MOD 97-10 for text that ends in the place holder ``00``."""
    return f"{98 - mod97(text):02d}"


def weighted_sum(digits: str, weights: Sequence[int]) -> int:
    """Return the sum of digits times weights, from the right, the weights repeated as often as needed."""
    return sum(int(digit) * weights[place % len(weights)] for place, digit in enumerate(reversed(digits)))


def luhn(digits: str) -> str:
    """Return the check digit of the Luhn algorithm (MOD 10) for digits without one."""
    doubled = digits[::-2]
    total = sum(int(digit) for digit in digits[-2::-2]) + sum(sum(divmod(2 * int(digit), 10)) for digit in doubled)
    return str(-total % 10)


def weights731(digits: str) -> str:
    """Return the Finnish and Estonian check digit: weights 7, 3, 1 from the right."""
    return str(-weighted_sum(digits, (7, 3, 1)) % 10)


def recursive10(digits: str) -> str:
    """Return the Swiss check digit: modulo 10, recursive."""
    carry = 0
    for digit in digits:
        carry = _RECURSIVE[(carry + int(digit)) % 10]
    return str(-carry % 10)
