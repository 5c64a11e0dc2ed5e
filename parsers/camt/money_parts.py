"""Amounts beside the booked one: instructed, original, exchange rate, charges (sepa-rules sections 5.2 and 5.4)."""

from collections.abc import Iterable
from typing import NamedTuple

from parsers.camt.values import check_sum, read_amount, read_claim, read_sign
from parsers.xml_found import Found

_OWN_AMOUNTS = ("amount", "transaction", "counter_value")
_DEBIT = -1


class Charges(NamedTuple):
    """What was charged, unsigned, in one currency; ``included`` tells whether it is inside the booked amount."""

    minor: int | None = None
    included: bool | None = None
    other_currency: str | None = None  # Of charges that were left out of the sum.


NO_CHARGES = Charges()


def read_charges(groups: Iterable[Found], currency: str) -> Charges:
    """Return the charges: direct fields in .02, records since .04. Raises FileRefused for amounts that are none."""
    minor = 0
    others: str | None = None
    claims: set[bool | None] = set()
    has_any = False
    for charges in groups:
        records = charges.groups.get("records") or [charges]
        items = [(read_amount(record.amounts["charge"]), record) for record in records if "charge" in record.amounts]
        total = read_amount(charges.amounts["total"]) if "total" in charges.amounts else None
        part = sum(_signed(value[0], record) for value, record in items if value[1] == currency)
        if total and total[1] == currency and total[0] > abs(part):
            part = total[0]  # With taxes.
        claims.update(read_claim(record.texts.get("included")) for _, record in items)
        currencies = {value[1] for value, _ in items} | ({total[1]} if total else set())
        has_any = has_any or currency in currencies
        others = next((other for other in sorted(currencies) if other != currency), others)
        minor += part
    included = claims.pop() if len(claims) == 1 else None
    return Charges(check_sum(abs(minor), "the charges of an entry") if has_any else None, included, others)


def _signed(minor: int, record: Found) -> int:
    return minor if "sign" not in record.texts or read_sign(record.texts["sign"]) == _DEBIT else -minor


def own_amount(detail: Found, currency: str) -> int | None:
    """Return the unsigned amount of a detail in the currency of its entry, None where it tells none.

    In the order of sepa-rules section 5.4. An amount of zero means that the bank left it out.
    """
    amounts = detail.amounts
    found = None
    for name in _OWN_AMOUNTS:
        raw = amounts.get(name)
        if raw is not None:
            minor, own_currency = read_amount(raw)
            if own_currency == currency:
                if minor:
                    return minor
                found = 0
    return found


def foreign_amount(detail: Found, currency: str) -> tuple[int, str] | tuple[None, None]:
    """Return the first amount of a detail that is in another currency than its entry."""
    for name, raw in detail.amounts.items():
        if raw[1] != currency and name in _OWN_AMOUNTS:
            return read_amount(raw)
    return None, None


def original_amount(detail: Found, booked: int, currency: str, charges: Charges) -> int | None:
    """Return, unsigned, what had been collected or paid before it came back, None where the bank does not tell."""
    for name in ("original", "original_settled", "instructed"):
        raw = detail.amounts.get(name)
        if raw is not None:
            minor, own_currency = read_amount(raw)
            if own_currency == currency and minor:
                return minor
    own = own_amount(detail, currency)
    if own and own != booked:
        return own
    if charges.minor and charges.included:
        return booked - charges.minor
    return None


def explain_charges(charges: Charges, booked: int, original: int | None, sign: int) -> bool | None:
    """Return whether the charges are inside the booked amount: as the bank says, else as the arithmetic shows."""
    if charges.included is not None or charges.minor is None or original is None:
        return charges.included
    with_charges = original - sign * charges.minor
    return True if booked == with_charges else False if booked == original else None
