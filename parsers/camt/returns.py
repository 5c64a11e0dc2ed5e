"""Whether a booking is a return or reject, and why it came back (sepa-rules sections 4.3, 5.4 and 5.5)."""

import re
from collections.abc import Iterable
from functools import lru_cache

from parsers.xml_found import Found
from schemas.codes.booking_kinds import BookingKind
from schemas.codes.bookings import booking_kind
from schemas.codes.reason_words import REASON_WORDS
from schemas.codes.reasons import GERMAN_RETURN_NUMBERS, is_return_reason

UNKNOWN_REASON = "UNKNOWN"  # The bank returned it and does not say why.
_TEXT_MAX, _CODE_MAX = 500, 50  # Longer than the schema allows; what is kept between entries must be short.
_NARRATIVE = "NARR"  # ISO: the reason stands in the text beside it.
_RETURNED = frozenset(
    (
        BookingKind.RETURNED_DEBIT,
        BookingKind.RETURNED_TRANSFER,
        BookingKind.RECALLED_TRANSFER,
        BookingKind.SUPPLIER_DEBIT_RETURN,
    )
)
_CODES = "|".join(sorted(set(REASON_WORDS) - {_NARRATIVE}))
_CODE = re.compile(rf"(?<![A-Za-z0-9])({_CODES})(?![A-Za-z0-9])")
# Words with which banks introduce a reason. Elsewhere a code in free text may be the payer's and makes no return.
_INTRODUCED = re.compile(
    r"(?:r(?:ue|ü|u)ck(?:gabe|lastschrift|belastung)s?-?(?:grund)?|return[ -]?(?:reason|code)|reason[ -]?code"
    r"|retour(?:e|code|reden)?|storneringsreden|motif(?: d[ue])?(?: rejet| retour)?|code rejet"
    r"|motivo(?: devoluci[oó]n)?)"
    rf"\s*[:=./-]?\s*({_CODES})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_GERMAN_NUMBER = re.compile(r"[A-Z]{4}\+[0-9]{3}\+[0-9]*\+([0-9]{3})")


def return_reason(detail: Found, entry: Found, code: str | None, sign: int) -> str | None:
    """Return the reason code, the bank's own reason, or UNKNOWN; None where it is no return.

    ``RtrInf`` makes a return, whatever the code says; so does a code that means one, or a reason that the text of the
    bank introduces as such.
    """
    returns = detail.groups.get("returns")
    if returns:
        texts = returns[0].texts
        told = texts.get("code") or texts.get("proprietary")
        if told and told != _NARRATIVE:
            return told if is_return_reason(told) else None
        return _code_in(detail, entry, returns[0].lists.get("lines", ())) or told or _german_reason(detail, entry)
    if code is not None and len(code) <= _CODE_MAX and _means_return(code, sign):
        return _code_in(detail, entry, ()) or _german_reason(detail, entry)
    own, whole = detail.texts.get("text"), entry.texts.get("text")
    return (_introduced(own[:_TEXT_MAX]) if own else None) or (_introduced(whole[:_TEXT_MAX]) if whole else None)


@lru_cache(maxsize=1024)
def _means_return(code: str, sign: int) -> bool:
    return booking_kind(code, sign, None) in _RETURNED


@lru_cache(maxsize=1024)
def _introduced(text: str) -> str | None:
    match = _INTRODUCED.search(text)
    return match[1].upper() if match else None


def _code_in(detail: Found, entry: Found, lines: Iterable[str]) -> str | None:
    texts = [*lines, detail.texts.get("text"), entry.texts.get("text"), *detail.lists.get("remittance", ())]
    return next((match[1] for text in texts if text and (match := _CODE.search(text))), None)


def _german_reason(detail: Found, entry: Found) -> str:
    """Return the reason that the German text key extension stands for (``NTRF+109+0001+914``)."""
    code = detail.texts.get("proprietary_code") or entry.texts.get("proprietary_code") or ""
    number = _GERMAN_NUMBER.match(code)
    return GERMAN_RETURN_NUMBERS.get(number[1], UNKNOWN_REASON) if number else UNKNOWN_REASON
