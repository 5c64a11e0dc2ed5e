"""How banks write the number of an account: IBAN, national forms, with a BIC before it or a currency behind it.

A number is compared by its forms (capital letters and digits). ``account_keys`` gives those of a text, none of them
vaguer than the text itself; ``account_forms`` gives those that we expect for an account of ours. An account number
without its bank is expected only where no other account of ours has the same one. Whether an account exists is not
known here.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from schemas.errors import Conflict
from schemas.identifiers import Iban, InvalidIban, mask_account
from schemas.statement import account_key

# Currencies that banks of SEPA countries hold accounts in; other letters behind a number belong to the number.
_CURRENCIES = frozenset(
    "EUR USD GBP CHF JPY SEK NOK DKK ISK PLN CZK HUF RON BGN HRK RSD ALL MDL MKD TRY UAH CAD AUD NZD CNY HKD SGD ZAR"
    " ILS INR MXN BRL THB KRW AED SAR".split()
)
_HOME_CURRENCY = {
    "AL": "ALL", "CH": "CHF", "CZ": "CZK", "DK": "DKK", "FO": "DKK", "GB": "GBP", "GI": "GIP", "GL": "DKK",
    "HU": "HUF", "IS": "ISK", "LI": "CHF", "MD": "MDL", "MK": "MKD", "NO": "NOK", "PL": "PLN", "RO": "RON",
    "RS": "RSD", "SE": "SEK",
}  # fmt: skip
_BIC_BEFORE = re.compile(r"([A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)/(.+)")
_BLANKS = re.compile(r"\s+")
_BARE_DIGITS_MIN = 6


class _Layout(NamedTuple):
    """Where a country's BBAN has the bank and the account number."""

    bank: slice
    account: slice


def _layout(bank_start: int, bank_end: int, account_end: int) -> _Layout:
    return _Layout(slice(bank_start, bank_end), slice(bank_end, account_end))


# The bank part is what is written before the account number in the country; check digits are left out.
_LAYOUTS = {
    "AT": _layout(0, 5, 16), "CH": _layout(0, 5, 17), "CZ": _layout(0, 4, 20), "DE": _layout(0, 8, 18),
    "DK": _layout(0, 4, 14), "FR": _layout(0, 10, 21), "GB": _layout(4, 10, 18), "HU": _layout(0, 8, 16),
    "IE": _layout(4, 10, 18), "IT": _layout(1, 11, 23), "LI": _layout(0, 5, 17), "MC": _layout(0, 10, 21),
    "NL": _layout(0, 4, 14), "PL": _layout(0, 8, 24), "SE": _layout(0, 3, 20), "SK": _layout(0, 4, 20),
    "SM": _layout(1, 11, 23),
}  # fmt: skip


class AccountForms(NamedTuple):
    """The keys of an account: those that only it has, and its number without the bank, which another may have too."""

    own: tuple[str, ...]
    bare: tuple[str, ...]


class OwnAccount(NamedTuple):
    """An account of ours, as far as its forms need it. ``also_written`` are forms that a person added.

    Without a currency it is meant in any.
    """

    id: int
    account: str
    currency: str
    bic: str = ""
    also_written: tuple[str, ...] = ()


class AccountExists(Conflict):
    """An account of ours is written like this already."""

    code = "account_exists"


def account_currency(text: str) -> str | None:
    """Return the currency that stands behind an account number, or None."""
    return _split_currency(_capitals(text))[1]


def home_currency(text: str) -> str:
    """Return the currency that an account is held in unless somebody says otherwise: behind it, else its country's."""
    return account_currency(text) or _HOME_CURRENCY.get(account_key(text)[:2], "EUR")


def account_keys(text: str) -> tuple[str, ...]:
    """Return the forms under which the account of a text may be known, the most certain first.

    Every form names the bank if the text does: an IBAN is never compared by its account number alone.
    """
    number, _ = _split_currency(_capitals(text))
    return tuple(dict.fromkeys(key for key in _keys(number) if key))


def account_forms(text: str, *, bic: str = "") -> AccountForms:
    """Return the forms in which banks write an account of ours, given by IBAN or in its national form."""
    own = dict.fromkeys(account_keys(text))
    iban = _as_iban(account_key(_split_currency(_capitals(text))[0]))
    if iban is None:
        return AccountForms(tuple(own), ())
    own.update(dict.fromkeys(_national_forms(iban, bic)))
    layout = _LAYOUTS.get(iban.country)
    bare = iban[4:][layout.account].lstrip("0") if layout else ""
    return AccountForms(tuple(own), (bare,) if len(bare) >= _BARE_DIGITS_MIN else ())


def register_keys(accounts: Sequence[OwnAccount]) -> dict[tuple[str, str], int]:
    """Return which account each (key, currency) stands for, over all accounts of ours; an empty currency is any.

    A number without its bank stands for an account only if no other can be meant. Raises AccountExists when two
    accounts that may have one currency are written alike.
    """
    forms = {account.id: _all_forms(account) for account in accounts}
    own = _claims(accounts, {key: form.own for key, form in forms.items()})
    for claims in own.values():
        for place, account in enumerate(claims):
            if any(_meet(account, other) for other in claims[:place]):
                raise AccountExists(f"{mask_account(account.account)} is an account of ours already")
    bare = _claims(accounts, {key: form.bare for key, form in forms.items()})
    keys = {(key, account.currency): account.id for key, claims in own.items() for account in claims}
    for key, claims in bare.items():
        for account in claims:
            others = [other for other in (*claims, *own.get(key, ())) if other.id != account.id]
            if not any(_meet(account, other) for other in others):
                keys[key, account.currency] = account.id
    return keys


def _claims(accounts: Sequence[OwnAccount], forms: Mapping[int, tuple[str, ...]]) -> dict[str, list[OwnAccount]]:
    claims: dict[str, list[OwnAccount]] = defaultdict(list)
    for account in accounts:
        for key in forms[account.id]:
            claims[key].append(account)
    return claims


def _meet(one: OwnAccount, other: OwnAccount) -> bool:
    return one.currency == other.currency or "" in (one.currency, other.currency)


def _all_forms(account: OwnAccount) -> AccountForms:
    own, bare = account_forms(account.account, bic=account.bic)
    added = [key for text in account.also_written for key in account_keys(text)]
    return AccountForms(tuple(dict.fromkeys([*own, *added])), bare)


def _keys(number: str) -> Iterator[str]:
    bic = _BIC_BEFORE.fullmatch(number)
    if bic:
        number = bic[2]
    key = account_key(number)
    iban = _as_iban(key)
    if iban is not None:
        yield from (iban, iban[4:])
        return
    yield from _bbans(number)
    if bic:
        # Where the bank part of an IBAN is letters, they are the first four of the BIC.
        yield from (bic[1][:4] + key, bic[1][:4] + key.lstrip("0"), bic[1] + key)
        return
    yield from (key, key.lstrip("0"))


def _national_forms(iban: Iban, bic: str) -> Iterator[str]:
    bban = iban[4:]
    if iban.country == "PL":
        yield iban[2:]  # The NRB is written with the check digits of the IBAN.
    layout = _LAYOUTS.get(iban.country)
    if layout is None:
        return
    bank, number = bban[layout.bank], bban[layout.account]
    yield bank + number
    for letters in dict.fromkeys([bic[:4], bban[:4] if bban[:4].isalpha() else ""]):
        if letters:
            yield from (letters + number, letters + number.lstrip("0"))


def _pads(*widths: int) -> str:
    return "".join(f"{{:0>{width}}}" for width in widths)


# How a bank and a number are written apart, and the BBAN that they make.
_APART = (
    (re.compile(r"([1-8][0-9]{7})[/-]?([0-9]{1,10})"), _pads(8, 10)),  # Germany: Bankleitzahl, Kontonummer.
    (re.compile(r"([0-9]{5})[/-]([0-9]{1,11})"), _pads(5, 11)),  # Austria.
    (re.compile(r"([0-9]{4})[/-]([0-9]{1,10})"), _pads(4, 10)),  # Denmark: registration number, account.
    (re.compile(r"([0-9]{3,5})[/-]([0-9A-Z]{1,12})"), _pads(5, 12)),  # Switzerland: clearing number, account.
)
_CZECH = re.compile(r"(?:([0-9]{1,6})-)?([0-9]{2,10})/([0-9]{4})")


def _bbans(number: str) -> Iterator[str]:
    """Yield the BBANs that a number in a national form may mean."""
    for pattern, written in _APART:
        found = pattern.fullmatch(number)
        if found:
            yield written.format(*found.groups())
    czech = _CZECH.fullmatch(number)
    if czech:
        yield _pads(4, 6, 10).format(czech[3], czech[1] or "", czech[2])


def _capitals(text: str) -> str:
    return _BLANKS.sub("", text).upper()


def _split_currency(number: str) -> tuple[str, str | None]:
    rest, currency = number[:-3].rstrip("/.-"), number[-3:]
    if not rest or currency not in _CURRENCIES or _as_iban(account_key(number)) is not None:
        return number, None
    return rest, currency


def _as_iban(key: str) -> Iban | None:
    try:
        return Iban.parse(key)
    except InvalidIban:
        return None
