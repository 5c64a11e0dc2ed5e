"""What a debtor reads on his statement: the invoices and credit notes, in 140 characters, or one checked reference."""

from collections.abc import Sequence

from schemas.reference_schemes import ReferenceScheme, normalize, verify

_LONGEST = 140  # EPC130-08: one occurrence of free text.


def remittance_text(numbers: Sequence[str], creditor_reference: str = "") -> str:
    """Return the text for some document numbers; a checked ISO 11649 reference of a single document stands alone."""
    if len(numbers) == 1 and is_reference(creditor_reference):
        return normalize(creditor_reference)
    text = ", ".join(numbers)
    if len(text) <= _LONGEST:
        return text
    shown = list(numbers)
    while shown:
        shown.pop()
        text = f"{', '.join(shown)} + {len(numbers) - len(shown)}"
        if len(text) <= _LONGEST:
            return text
    return str(len(numbers))


def is_reference(text: str) -> bool:
    """Tell whether a text is written as a structured reference (ISO 11649, its check digits right)."""
    return text[:2].upper() == "RF" and verify(ReferenceScheme.RF, normalize(text))
