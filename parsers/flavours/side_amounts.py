"""Amounts beside the booked one: what had been collected or ordered, and what banks took.

Germans write them as ``OAMT+`` and ``COAM+`` into the purpose, all banks as ``/OCMT/EUR11,85//CHGS/EUR0,50/`` into
subfield 9 of ``:61:`` (sepa-rules section 6.2). An amount that is not clear is left out, never guessed.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from parsers.flavours.model import Booking
from schemas.money import InvalidAmount, scale

_AMOUNT = re.compile(r"(?:([A-Z]{3}) ?)?([0-9]{1,12})[,.]([0-9]{0,3})(?: ?([A-Z]{3}))?")
_CODED = re.compile(r"/(OCMT|CHGS|EXCH)/([^/\n]*)")


class SideAmounts(NamedTuple):
    """Unsigned amounts, named like the fields of a BankTransaction.

    The original one is that of a return, the instructed one that of any other payment.
    """

    instructed_minor: int | None = None
    instructed_currency: str | None = None
    exchange_rate: str | None = None
    original_amount_minor: int | None = None
    charges_minor: int | None = None
    charges_included: bool | None = None


_NONE = SideAmounts()


def side_amounts(booking: Booking, tags: Mapping[str, str], return_reason: str | None) -> SideAmounts:
    """Return the amounts beside a booking, from its subfield 9, else from the German tags of its text."""
    if not booking.details and "OAMT" not in tags and "COAM" not in tags:
        return _NONE
    coded = dict(_CODED.findall(booking.details))
    original = _read(coded.get("OCMT") or tags.get("OAMT"), booking.currency)
    charges = _read(coded.get("CHGS") or tags.get("COAM"), booking.currency)
    charges_minor = charges[0] if charges and charges[1] == booking.currency else None
    rate = coded.get("EXCH") or None
    if original is None:
        return SideAmounts(exchange_rate=rate, charges_minor=charges_minor)
    minor, currency = original
    included = _are_included(booking.amount_minor, minor, charges_minor) if currency == booking.currency else None
    if return_reason and currency == booking.currency:
        return SideAmounts(None, None, rate, minor, charges_minor, included)
    return SideAmounts(minor, currency, rate, None, charges_minor, included)


def _read(text: str | None, currency: str) -> tuple[int, str] | None:
    match = _AMOUNT.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    before, whole, fraction, after = match.groups()
    currency = before or after or currency
    try:
        return scale(whole, fraction, currency), currency
    except InvalidAmount:
        return None


def _are_included(amount_minor: int, original_minor: int, charges_minor: int | None) -> bool | None:
    """Return whether the charges explain why the booked amount differs from the original one."""
    if charges_minor is None:
        return None
    booked = abs(amount_minor)
    with_charges = original_minor + charges_minor if amount_minor < 0 else original_minor - charges_minor
    return True if booked == with_charges else False if booked == original_minor else None
