"""Numbers with one mistake: a wrong, missing or doubled digit, two swapped. Weak evidence, never enough alone."""

from rapidfuzz.distance import OSA

_LENGTH_MIN = 6  # Shorter ones are near to too many.


def is_near(written: str, number: str) -> bool:
    """Return whether two different numbers differ by one mistake (capital letters and digits, no separators)."""
    if len(written) < _LENGTH_MIN or len(number) < _LENGTH_MIN:
        return False
    return OSA.distance(written, number, score_cutoff=1) == 1
