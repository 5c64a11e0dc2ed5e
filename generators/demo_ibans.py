"""Accounts that nobody has: bank codes of published example IBANs, running numbers, right check digits everywhere."""

from itertools import count
from typing import NamedTuple

from schemas.check_digits import check97, weighted_sum
from schemas.identifiers import Iban


class Account(NamedTuple):
    """An account and its bank."""

    iban: Iban
    bic: str


_GERMAN_BANKS = (("37040044", "COBADEFFXXX"), ("50010517", "INGDDEFFXXX"), ("12030000", "BYLADEM1001"))
_FIRST_NUMBER = 4_100_000


class AccountMaker:
    """Makes accounts one after the other, never the same twice."""

    def __init__(self) -> None:
        self._numbers = count(_FIRST_NUMBER, 137)

    def make(self, country: str) -> Account:
        """Return a new account of a country (AT, BE, CH, DE, FR or NL)."""
        number = next(self._numbers)
        if country == "DE":
            bank, bic = _GERMAN_BANKS[number % len(_GERMAN_BANKS)]
            return _account("DE", f"{bank}{number:010d}", bic)
        if country == "NL":
            return _account("NL", f"ABNA{self._dutch(number)}", "ABNANL2A")
        if country == "BE":
            base = f"096{number:07d}"
            return _account("BE", f"{base}{int(base) % 97 or 97:02d}", "GKCCBEBB")
        if country == "FR":
            return _account("FR", _french(number), "PSSTFRPPXXX")
        if country == "CH":
            return _account("CH", f"00700{number:012d}", "ZKBKCHZZ80A")
        return _account("AT", f"32000{number:011d}", "RLNWATWWXXX")

    def _dutch(self, number: int) -> str:
        """Return ten digits that pass the eleven test."""
        while weighted_sum(f"{number:010d}", range(1, 11)) % 11:
            number = next(self._numbers)
        return f"{number:010d}"


def _french(number: int) -> str:
    bank, branch = 20041, 1005
    key = 97 - (89 * bank + 15 * branch + 3 * number) % 97
    return f"{bank}{branch:05d}{number:011d}{key:02d}"


def _account(country: str, national: str, bic: str) -> Account:
    return Account(Iban.parse(country + check97(f"{national}{country}00") + national), bic)
