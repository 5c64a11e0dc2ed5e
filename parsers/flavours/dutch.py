"""Dutch text with labels: ``IBAN: … BIC: … NAAM: …`` (ABN AMRO) and ``text REK: …/NAAM: …`` (Knab)."""

import re

from parsers.flavours.model import Booking, Details
from parsers.flavours.phrases import compact, identifier, unwrap
from parsers.flavours.plain import details

_LABEL = re.compile(r"(?:^|(?<= ))(IBAN|BIC|NAAM|OMSCHRIJVING|KENMERK|MACHTIGING|INCASSANT|BETALINGSKENM\.?) ?: ?")
_LABEL_LINE = re.compile(r"\n(?=(?:IBAN|BIC|NAAM|OMSCHRIJVING|KENMERK|MACHTIGING|INCASSANT|BETALINGSKENM\.?) ?:)")
_AFTER_TEXT = frozenset(("KENMERK",))
# The bank writes account and name on a line of their own, the last one.
_KNAB = re.compile(r"(?:([\s\S]*)\n)?(?:REK: ?([A-Z0-9 ]+)/)?NAAM: ?([^\n]*)\s*")


def read(text: str, booking: Booking) -> Details | None:
    """Return what a labelled text says, or None if it is of another dialect."""
    if "NAAM:" not in text:
        return None
    return _read_labels(text, booking) if "IBAN:" in text else _read_knab(text, booking)


def _read_labels(text: str, booking: Booking) -> Details:
    words, *pieces = _LABEL.split(unwrap(_LABEL_LINE.sub("  ", text)))
    found: dict[str, str] = {}
    current = ""
    for label, value in zip(pieces[::2], pieces[1::2], strict=True):
        if label in found or ("OMSCHRIJVING" in found and label not in _AFTER_TEXT):
            found[current] += f" {label}: {value}"
        else:
            found[label] = value
            current = label
    found = {label: " ".join(value.split()) for label, value in found.items()}
    payment_reference = next((value for label, value in found.items() if label.startswith("BETALINGSKENM")), "")
    result = details(
        booking,
        " ".join(filter(None, (found.get("OMSCHRIJVING", "").strip(), payment_reference.strip()))),
        counterparty_iban=compact(found.get("IBAN", "")),
        counterparty_bic=compact(found.get("BIC", "")),
        counterparty_name=found.get("NAAM", "").strip(),
        end_to_end_id=identifier(found.get("KENMERK", "")),
        mandate_reference=identifier(found.get("MACHTIGING", "")),
        creditor_identifier=compact(found.get("INCASSANT", "")),
    )
    return result._replace(text=words.strip() or result.text)


def _read_knab(text: str, booking: Booking) -> Details | None:
    match = _KNAB.fullmatch(text)
    if match is None:
        return None
    return details(
        booking,
        unwrap(match[1] or ""),
        counterparty_iban=compact(match[2] or ""),
        counterparty_name=match[3].strip(),
    )
