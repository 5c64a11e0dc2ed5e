"""Decide from a bank's code, the sign and the return reason what a booking is.

Three families of codes are understood: ISO ``PMNT-RCDT-ESCT``, German ``166`` or ``NTRF+166+0001``, SWIFT ``NTRF``.
A code alone never decides: the sign does, and a return reason makes it a return whatever the code says.
"""

import re
from functools import lru_cache

from schemas.codes import booking_kinds as kinds
from schemas.codes.booking_kinds import BookingKind, Meaning
from schemas.codes.german_bookings import GERMAN_WORDS, german_meaning
from schemas.codes.iso_bookings import ISO_WORDS, iso_meaning
from schemas.codes.reasons import is_return_reason
from schemas.codes.words import words_of
from schemas.states import Language

_ISO = re.compile(r"([A-Z]{4})-([A-Z0-9]{4})(?:-([A-Z0-9]{4}))?")
_GERMAN = re.compile(r"(?:^|\+)([0-9]{3})(?=$|\+)")
_SWIFT = re.compile(r"[NFS]([A-Z]{3})(?=$|\+)")

_SWIFT_MEANINGS = {
    "TRF": kinds.TRANSFER,
    "STO": kinds.TRANSFER,
    "DDT": kinds.COLLECTION,
    "RTI": kinds.UNPAID._replace(credit=BookingKind.RETURNED_TRANSFER, credit_returned=BookingKind.RETURNED_TRANSFER),
    **dict.fromkeys("CHG COM BRF".split(), kinds.FEE),
    "INT": kinds.INTEREST,
    **dict.fromkeys("CHK ECK TCK CLR".split(), kinds.CHEQUE),
    "BOE": kinds.BILL,
    **dict.fromkeys("CMI CMN CMP CMS CMT CMZ".split(), kinds.INTERNAL),
}


def booking_kind(code: str | None, amount_minor: int, return_reason: str | None) -> BookingKind:
    """Return what a booking is: by its code (may be missing or unknown), signed amount and return reason.

    UNKNOWN where code and sign do not fit together: a person looks.
    """
    meaning = _meaning(code or "")
    if is_return_reason(return_reason):
        return meaning.debit_returned if amount_minor < 0 else meaning.credit_returned
    if amount_minor == 0:
        return meaning.credit if meaning.credit is meaning.debit else BookingKind.UNKNOWN
    return meaning.credit if amount_minor > 0 else meaning.debit


def code_words(code: str, language: Language) -> str:
    """Return the plain words of a bank's code, or the code itself where we do not know it."""
    german = _GERMAN.search(code)
    if german and german[1] in GERMAN_WORDS:
        return GERMAN_WORDS[german[1]].in_language(language)
    return words_of(ISO_WORDS, code, language)


@lru_cache(maxsize=1024)
def _meaning(code: str) -> Meaning:
    if iso := _ISO.fullmatch(code):
        return iso_meaning(iso[1], iso[2], iso[3] or "")
    german = _GERMAN.search(code)
    known = german_meaning(german[1]) if german else None
    swift = _SWIFT.match(code)
    return known or (_SWIFT_MEANINGS.get(swift[1]) if swift else None) or kinds.UNKNOWN
