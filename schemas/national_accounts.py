"""Check digits that some countries have inside the IBAN, beside its own.

A wrong one is a reason to look again, never to refuse: banks were allowed to give numbers outside the rule.
"""

from collections.abc import Callable

from schemas.check_digits import weighted_sum
from schemas.identifiers import Iban

# France: letters of the account number as digits (A J are 1, B K S are 2, ... I R Z are 9).
_RIB_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
_SPAIN = (6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
# Italy: values of characters 0-9 (and A-J) at odd places, then K-Z.
_CIN_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def _belgium(account: str) -> bool:
    return (int(account[:10]) % 97 or 97) == int(account[10:])


def _netherlands(account: str) -> bool:
    # Numbers of the former Postbank (seven digits) have no check.
    return account.startswith("000", 4) or weighted_sum(account[4:], range(1, 11)) % 11 == 0


def _france(account: str) -> bool:
    bank, branch, number = account[:5], account[5:10], account[10:21].translate(_RIB_DIGITS)
    return 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(number)) % 97 == int(account[21:])


def _spain_digit(digits: str) -> str:
    check = 11 - weighted_sum(digits, _SPAIN) % 11
    return {10: "1", 11: "0"}.get(check, str(check))


def _spain(account: str) -> bool:
    return account[8:10] == _spain_digit(account[:8]) + _spain_digit(account[10:])


def _italy_value(character: str) -> int:
    return int(character) if character.isdigit() else ord(character) - ord("A")


def _italy(account: str) -> bool:
    values = [_italy_value(character) for character in account[1:]]
    total = sum(_CIN_ODD[value] for value in values[::2]) + sum(values[1::2])
    return account[0] == chr(ord("A") + total % 26)


_RULES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "BE": ("remainder by 97", _belgium),
    "ES": ("two control digits", _spain),
    "FR": ("clé RIB", _france),
    "IT": ("CIN letter", _italy),
    "MC": ("clé RIB", _france),
    "NL": ("eleven test", _netherlands),
    "SM": ("CIN letter", _italy),
}


def national_check_warning(iban: Iban) -> str | None:
    """Return what is odd about the national check digits of an IBAN, or None.

    None also where the country has no rule that we know (BE, ES, FR, IT, MC, NL and SM have).
    """
    if iban.country not in _RULES:
        return None
    name, is_right = _RULES[iban.country]
    if is_right(iban[4:]):
        return None
    return f"IBAN {iban.masked} fails the national check of {iban.country} ({name}); it may still be right"
