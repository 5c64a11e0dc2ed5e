"""The rules of one mandate: what may be written in it, what it is called, and whether it may be collected.

Who signs it and how it changes are services; what a bank is told of a change is ``mandate_amendment``.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol

from gateway.domain.lifecycle import MANDATE
from schemas.codes.lists import LocalInstrument
from schemas.countries import is_eea, is_sepa
from schemas.errors import GatewayError
from schemas.identifiers import Bic, Iban, MandateReference
from schemas.states import MandateState
from schemas.tables import MandateType

VALID_MONTHS = 36  # EPC016-06 4.1: a mandate unused for 36 months may not be collected.
WARNED_MONTHS = 33
REFERENCE_RULE = "{customer}-{number}"  # When the company set no other.
REST_DAYS = 1  # From a new account to the first debit, when the company set nothing else.
NAME_MAX = 70  # SEPA takes 70 characters, the schema 140.
_COUNTRY = re.compile(r"[A-Z]{2}")
_NOT_IN_REFERENCE = re.compile(r"[^A-Z0-9-]+")
_REFERENCE_MAX = 35


class MandateObstacle(StrEnum):
    """Why a mandate cannot be collected on a day."""

    NOT_SIGNED = "not_signed"
    SUSPENDED = "suspended"
    ENDED = "ended"  # Revoked, expired or consumed: a new mandate is needed.
    UNUSED_TOO_LONG = "unused_too_long"
    USED_ALREADY = "used_already"  # A one-off mandate is for one collection.
    NOT_CONFIRMED = "not_confirmed"  # B2B: the debtor has not confirmed it to his bank.
    RESTS = "rests"  # Its account changed; the first debit waits some days.


class Fault(NamedTuple):
    """What is wrong in one field."""

    field: str
    text: str


class InvalidMandate(GatewayError):
    """The mandate says something that cannot be."""

    code = "invalid_mandate"

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.text for fault in faults))
        self.faults = dict(faults)


class MandateToCollect(Protocol):
    """What of a mandate decides whether it may be collected."""

    @property
    def state(self) -> MandateState: ...
    @property
    def scheme(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def signature_date(self) -> dt.date | None: ...
    @property
    def last_collected_date(self) -> dt.date | None: ...
    @property
    def b2b_confirmed_date(self) -> dt.date | None: ...
    @property
    def not_before_date(self) -> dt.date | None: ...


def is_collectable(mandate: MandateToCollect, on_date: dt.date) -> MandateObstacle | None:
    """Return why nothing may be collected with a mandate on a due date, or None when it may."""
    if mandate.state is not MandateState.ACTIVE:
        return _not_active(mandate.state)
    signed = mandate.signature_date
    if signed is None or signed > on_date:
        return MandateObstacle.NOT_SIGNED
    if on_date > expiry_date(signed, mandate.last_collected_date):
        return MandateObstacle.UNUSED_TOO_LONG
    if mandate.type == MandateType.ONE_OFF and mandate.last_collected_date is not None:
        return MandateObstacle.USED_ALREADY
    confirmed = mandate.b2b_confirmed_date
    if mandate.scheme == LocalInstrument.B2B and (confirmed is None or confirmed > on_date):
        return MandateObstacle.NOT_CONFIRMED
    if mandate.not_before_date is not None and on_date < mandate.not_before_date:
        return MandateObstacle.RESTS
    return None


def _not_active(state: MandateState) -> MandateObstacle:
    if state is MandateState.SUSPENDED:
        return MandateObstacle.SUSPENDED
    return MandateObstacle.ENDED if MANDATE.is_final(state) else MandateObstacle.NOT_SIGNED


def expiry_date(signature_date: dt.date, last_collected_date: dt.date | None) -> dt.date:
    """Return the last day on which a mandate may be collected: 36 calendar months after it was last presented.

    What was rejected or returned was presented too; a mandate that was never used counts from its signature.
    """
    return months_after(last_collected_date or signature_date, VALID_MONTHS)


def expires_soon(mandate: MandateToCollect, today: dt.date) -> dt.date | None:
    """Return the last day of an open mandate that has been unused for 33 months, else None."""
    start = mandate.last_collected_date or mandate.signature_date
    if start is None or MANDATE.is_final(mandate.state) or today <= months_after(start, WARNED_MONTHS):
        return None
    return months_after(start, VALID_MONTHS)


@lru_cache(4096)
def months_after(day: dt.date, months: int) -> dt.date:
    """Return the day some calendar months later; a day that the month does not have becomes its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class MandateEntry(NamedTuple):
    """What a person or a machine enters as a mandate. The reference and the creditor come on top."""

    scheme: LocalInstrument
    type: MandateType
    iban: Iban
    debtor_name: str
    bic: Bic | None = None
    signature_date: dt.date | None = None
    signature_place: str = ""
    b2b_confirmed_date: dt.date | None = None
    debtor_street: str = ""
    debtor_postcode: str = ""
    debtor_town: str = ""
    debtor_country: str = ""
    ultimate_debtor: str = ""


def check_entry(entry: MandateEntry, *, today: dt.date) -> None:
    """Check what is entered as a mandate. Raises InvalidMandate, which names each field."""
    faults = [*_dates(entry, today), *_texts(entry), *_bank(entry, today)]
    if faults:
        raise InvalidMandate(*faults)


def _dates(entry: MandateEntry, today: dt.date) -> Iterator[Fault]:
    signed, confirmed = entry.signature_date, entry.b2b_confirmed_date
    if signed is not None and signed > today:
        # The bank would send it back as MD02.
        yield Fault("signature_date", f"a mandate cannot be signed on {signed}, after today")
    if confirmed is None:
        return
    if entry.scheme is not LocalInstrument.B2B:
        yield Fault("b2b_confirmed_date", "only a B2B mandate is confirmed to the debtor's bank")
    elif not (signed or today) <= confirmed <= today:
        yield Fault("b2b_confirmed_date", f"{confirmed} does not lie between the signature and today")


def _texts(entry: MandateEntry) -> Iterator[Fault]:
    if not 1 <= len(entry.debtor_name) <= NAME_MAX:
        yield Fault("debtor_name", "the debtor has a name of 1 to 70 characters")
    if len(entry.ultimate_debtor) > NAME_MAX:
        yield Fault("ultimate_debtor", "a name has at most 70 characters")
    country = entry.debtor_country
    if country and not _COUNTRY.fullmatch(country):
        yield Fault("debtor_country", f"{country!r} is not a country such as DE")


def _bank(entry: MandateEntry, today: dt.date) -> Iterator[Fault]:
    """Check where the debtor's bank is: in SEPA; outside the EEA it wants its BIC and the debtor's address."""
    country = entry.iban.country
    if not is_sepa(country, today):
        yield Fault("iban", f"accounts in {country} cannot be debited: it is not in SEPA")
        return
    if is_eea(country):
        return
    if entry.bic is None:
        yield Fault("bic", f"a bank in {country}, outside the EEA, is named by its BIC")
    for field, value in (("debtor_town", entry.debtor_town), ("debtor_country", entry.debtor_country)):
        if not value:
            yield Fault(field, f"a debtor with a bank in {country}, outside the EEA, has town and country")


def make_reference(pattern: str, *, customer_number: str, number: int) -> MandateReference:
    """Return the reference that a rule such as ``{customer}-{number}`` gives: capitals, digits and hyphens.

    A long customer number is cut so that the number behind it stays. Raises InvalidMandateReference.
    """
    written = pattern.replace("{number}", str(number))
    room = max(1, _REFERENCE_MAX - len(written.replace("{customer}", "")))
    text = written.replace("{customer}", _plain(customer_number)[:room])
    return MandateReference.parse(_plain(text)[:_REFERENCE_MAX])


def _plain(text: str) -> str:
    return _NOT_IN_REFERENCE.sub("-", text.upper()).strip("-")
