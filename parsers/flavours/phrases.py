"""What every dialect finds in its texts the same way: wrapped lines, references, reasons, identifiers."""

import re

from schemas.check_digits import mod97
from schemas.codes.reason_words import REASON_WORDS
from schemas.reference_schemes import ReferenceScheme, normalize, verify

UNKNOWN_REASON = "UNKNOWN"  # A payment that came back, and the bank does not tell why.
NO_IDENTIFIER = frozenset(("", "NOTPROVIDED", "NONREF"))
IDENTIFIER_MAX = 35
_WIDTH_MIN = 60  # Banks cut text at 65 characters, some at 64 or less; words end shorter lines.
_TAG_WIDTH = 4  # Some count ":86:" in.
_BLANKS = re.compile(r"  +")
_RF = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
_OGM = re.compile(r"(\+\+\+|\*\*\*) ?([0-9]{3}/[0-9]{4}/[0-9]{5}) ?\1")
_REASON = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(sorted(set(REASON_WORDS) - {'NARR'}))})(?![A-Za-z0-9])")
_ACCOUNT = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}|[PG]?[0-9]{3,18}")


def unwrap(text: str) -> str:
    """Return free text as one line: lines cut at full width are joined as they are, shorter ones by a blank.

    Columns stay visible: of many blanks two remain.
    """
    if "\n" in text:
        first, *lines = text.split("\n")
        width = max(len(line) for line in (first, *lines))
        joined, before = first, len(first)
        before += _TAG_WIDTH if before == width - _TAG_WIDTH else 0
        for line in lines:
            joined += line if before == width >= _WIDTH_MIN else f" {line}"
            before = len(line)
        text = joined
    return _BLANKS.sub("  ", text).strip()


def structured_reference(text: str) -> str | None:
    """Return the creditor reference of a text: RF if it is all of it, a Belgian one between its marks anywhere."""
    if text[:2] in ("RF", "rf"):
        key = normalize(text)
        return key if _RF.fullmatch(key) and mod97(key[4:] + key[:4]) == 1 else None  # ISO 11649
    if "/" in text:
        match = _OGM.search(text)
        return normalize(match[2]) if match and verify(ReferenceScheme.BE_OGM, match[2]) else None
    return None


def return_reason(text: str, fallback: str = UNKNOWN_REASON) -> str:
    """Return the ISO reason code in the text of a payment that came back, or the fallback."""
    match = _REASON.search(text)
    return match[1] if match else fallback


def identifier(text: str) -> str | None:
    """Return an identifier of at most 35 characters; longer means that other text ran into it."""
    text = text.strip()
    return text if len(text) <= IDENTIFIER_MAX and text not in NO_IDENTIFIER else None


def compact(text: str) -> str | None:
    """Return text without blanks, or None if nothing is left."""
    return text.replace(" ", "") or None


def is_account(text: str) -> bool:
    """Return whether a word looks like an IBAN or a national account number."""
    return _ACCOUNT.fullmatch(text.replace(".", "")) is not None
