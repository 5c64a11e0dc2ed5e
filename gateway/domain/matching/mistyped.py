"""Numbers with one mistake: a wrong, missing or doubled digit, two swapped. Weak evidence, never enough alone."""

from collections.abc import Iterator

from rapidfuzz.distance import OSA

_DIGITS = "0123456789"
_LENGTH_MIN = 6  # Shorter ones are near to too many.


def is_near(written: str, number: str) -> bool:
    """Return whether two different numbers differ by one mistake (capital letters and digits, no separators)."""
    if len(written) < _LENGTH_MIN or len(number) < _LENGTH_MIN:
        return False
    return OSA.distance(written, number, score_cutoff=1) == 1


def near_numbers(number: str) -> Iterator[str]:
    """Yield the numbers that differ by one mistake in the digits of this one (capital letters and digits)."""
    for place, char in enumerate(number):
        before, behind = number[:place], number[place + 1 :]
        if not char.isdigit():
            continue
        yield before + behind
        for digit in _DIGITS:
            yield before + digit + char + behind
            if digit != char:
                yield before + digit + behind
        if behind[:1].isdigit() and behind[0] != char:
            yield before + behind[0] + char + behind[1:]
    yield from (number + digit for digit in _DIGITS if number[-1:].isdigit())
