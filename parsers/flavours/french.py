"""French text: the kind of operation, then labels such as ``/DE … /MOTIF …`` or ``DE: … MOTIF: …``."""

import re

from parsers.flavours.model import Booking, Details
from parsers.flavours.phrases import identifier, return_reason, unwrap
from parsers.flavours.plain import details

_KIND = re.compile(r"(?:VIR|VIREMENT|PRLV|PRELEVEMENT|REMISE|REJET|IMPAYE|RETOUR)\b")
_RETURN = re.compile(r"(?:(?:PRLV|PRELEVEMENT|VIR|VIREMENT)(?: SEPA)? )?(?:REJET|REJETE|IMPAYE|RETOUR|RETOURNE)\b")
_LABEL = re.compile(r" ?(?:/(DE|FRM|POUR|BEN|MOTIF|RNF|LIB|REF|EID|MDT)[: ] ?|\b(DE|POUR|MOTIF|LIB|REF|MANDAT): ?)")
_NAMES = ("DE", "FRM", "POUR", "BEN")
_TEXTS = ("MOTIF", "RNF", "LIB")
_AFTER_TEXT = frozenset(("REF", "EID", "MDT", "MANDAT"))


def read(text: str, booking: Booking) -> Details | None:
    """Return what a labelled text says, or None if it is of another dialect."""
    flat = unwrap(text)
    if not _KIND.match(flat) or not _LABEL.search(flat):
        return None
    words, *pieces = _LABEL.split(flat)
    found: dict[str, str] = {}
    current = ""
    for slashed, plain, value in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        label = slashed or plain
        is_text = any(name in found for name in _TEXTS) and label not in _AFTER_TEXT
        if is_text or label in found:
            found[current] += f" {label} {value}"
        else:
            found[label] = value
            current = label
    result = details(
        booking,
        " ".join(found[label].strip() for label in _TEXTS if label in found),
        counterparty_name=next((found[label].strip() for label in _NAMES if label in found), None),
        end_to_end_id=identifier(found.get("EID") or found.get("REF", "")),
        mandate_reference=identifier(found.get("MDT") or found.get("MANDAT", "")),
        return_reason=return_reason(flat) if _RETURN.match(flat) else None,
    )
    return result._replace(text=words.strip())
