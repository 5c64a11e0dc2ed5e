"""The ways in which one number of ours is written: whole, without some of its parts, in short.

Each function looks at one place of a text and returns the word that begins there, or None.
"""

import re

from gateway.domain.matching.numbers import BETWEEN, INT_DIGITS_MAX, Numbers
from gateway.domain.matching.shapes import YEAR
from gateway.domain.matching.tokens import Grade, Slots, Tokens, Word

_TIGHT = ("-", "/", ".", ",")
_DATE_OR_AMOUNT = re.compile(
    r"(?:[0-3]?[0-9]([./-])[0-3]?[0-9]\1(?:19|20)?[0-9]{2}|[0-3]?[0-9]\.[01]?[0-9]|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]"
    r"|[0-9]{1,3}(?:[.,][0-9]{3})+(?:[.,][0-9]{2})?|[0-9]+[.,][0-9]{2})(?![0-9])"
)
_PLAIN_GAPS = frozenset(("-", " ", "", "/", "."))
_GAP_MAX = 3
SURE_LENGTH = 6  # Letters and digits that no other number has by chance.
_PLAIN_LENGTH = 4  # Digits of a bare serial below which it may be anything.
_YEAR_LENGTH = 4


def from_digits(tokens: Tokens, place: int, numbers: Numbers, *, is_listed: bool) -> Word | None:
    """Find what begins with digits: a number, a date or amount (an empty word, to be passed over), a bare serial."""
    run = tokens[place][1]
    if len(run) > INT_DIGITS_MAX:
        return None
    word = whole(tokens, place, run, numbers) if numbers.starts_with_digit else None
    if word and tokens[place][0] == "" and _is_foreign(tokens, place):
        word = word._replace(grade=min(word.grade, Grade.TAIL))
    if word is None and place + 1 < len(tokens) and tokens[place + 1][0] in _TIGHT:
        word = not_a_number(tokens, place)
    if word is None and (numbers.has_foot or run[:2] in numbers.digit_starts):
        word = parts(tokens, place, "", numbers)
    return word or _tail(tokens, place, numbers, is_listed=is_listed)


def whole(tokens: Tokens, place: int, start: str, numbers: Numbers) -> Word | None:
    """Find a number with all its parts, whatever separates them; the longest if several begin here."""
    find, key, word, blanks = numbers.find_whole, start, None, 0
    for end in range(place + 1, min(place + numbers.runs_max + 1, len(tokens)) + 1):
        hit = find(key)
        if hit is not None:
            slots = [hit] if isinstance(hit, int) else hit
            # A run of the number may be split by a blank, not by a dash: 12.03.2026 is not the number 1203/2026.
            series = numbers.series[slots[0]]
            if end - place - series.runs <= blanks:
                word = Word(place, end - 1, key, _grade_of(key), each(slots))
                if series.lengths:
                    break  # A number of fixed length does not go on.
        elif numbers.has_aliases and (slots := numbers.with_alias(key)):
            together = (tuple(slots),) if len(slots) > 1 else ()
            word = Word(place, end - 1, key, _grade_of(key), (*each(slots), *together))
        if end < len(tokens):
            gap, run = tokens[end]
            if gap not in _PLAIN_GAPS and (len(gap) > _GAP_MAX or gap.strip(BETWEEN)):
                break
            key += run
            blanks += gap == " "
    return word


def _grade_of(key: str) -> Grade:
    if len(key) >= SURE_LENGTH:
        return Grade.WHOLE
    return Grade.TAIL if len(key) >= _PLAIN_LENGTH else Grade.LOW


def not_a_number(tokens: Tokens, place: int) -> Word | None:
    """Return an empty word over a date (12.03.2026, 12.03., 2026-03-12) or an amount (1.234,50): it names no item."""
    text, end = tokens[place][1], place
    while end + 1 < len(tokens) and end < place + 4 and tokens[end + 1][0] in _TIGHT and tokens[end + 1][1] <= "9Z":
        end += 1
        text += "".join(tokens[end])
    match = _DATE_OR_AMOUNT.match(text)
    if not match:
        return None
    while len(text) > match.end():
        text = text[: -len("".join(tokens[end]))]
        end -= 1
    return Word(place, end, "", Grade.LOW, ())


def parts(tokens: Tokens, place: int, prefix: str, numbers: Numbers) -> Word | None:
    """Find a number that lacks its prefix, year, zeros or foot, or has blanks inside; or one that nobody has."""
    if place == len(tokens) or tokens[place][1] > "9Z":
        return None
    word = _with_head(tokens, place, prefix, numbers) or _with_foot(tokens, place, prefix, numbers)
    if word is None and prefix:
        word = without_head(tokens, place, prefix, numbers)
    return word or _unknown(tokens, place, prefix, numbers)


def _with_head(tokens: Tokens, place: int, prefix: str, numbers: Numbers) -> Word | None:
    if tokens[place][1][0] not in numbers.head_digits:
        return None
    digits, word = "", None
    for end in range(place, min(place + 3, len(tokens))):
        gap, run = tokens[end]
        if run > "9Z" or (end > place and (len(gap) > _GAP_MAX or gap.strip(BETWEEN))):
            break
        offset = len(digits)
        digits += run
        for length in numbers.head_lengths:
            if length >= len(digits) or digits[:length] not in numbers.heads:
                continue
            if end > place and (offset < length or (offset > length and not gap.isspace())):
                continue  # The head itself is never split, the serial by a blank only.
            slots = numbers.with_serial(digits[length:], prefix, digits[:length])
            is_exact = len(slots) > 0 and len(digits) - length in numbers.series[slots[0]].lengths
            is_glued = len(tokens[place][1]) > length
            if slots and (word is None or is_exact) and (prefix or is_exact or not is_glued):
                is_weak = not prefix and (is_glued or length < _YEAR_LENGTH) and _is_foreign(tokens, place)
                grade = Grade.LOW if is_weak else _grade_of(prefix + digits)
                word = Word(place - bool(prefix), end, prefix + digits, grade, each(slots))
    return word


def _with_foot(tokens: Tokens, place: int, prefix: str, numbers: Numbers) -> Word | None:
    if not numbers.has_foot or place + 1 >= len(tokens):
        return None
    gap, foot = tokens[place + 1]
    serial = tokens[place][1]
    if not gap or len(gap) > _GAP_MAX or gap.strip(BETWEEN):
        return None
    slots = numbers.with_serial(serial, prefix, foot=foot)
    key = prefix + serial + foot
    return Word(place - bool(prefix), place + 1, key, _grade_of(key), each(slots)) if slots else None


def without_head(tokens: Tokens, place: int, prefix: str, numbers: Numbers) -> Word | None:
    """Find a number that lacks its year, or zeros: its letters end before this place, its serial stands there."""
    serial = tokens[place][1]
    is_year = serial in numbers.heads or (len(serial) == _YEAR_LENGTH and YEAR.fullmatch(serial))
    slots = [] if is_year else numbers.with_serial(serial, prefix)
    if not slots:
        return None
    series = numbers.series[slots[0]]
    key = prefix + serial
    grade = _grade_of(key) if not (series.head or series.foot) else min(_grade_of(key), Grade.TAIL)
    return Word(place - 1, place, key, grade, each(slots))


def _unknown(tokens: Tokens, place: int, prefix: str, numbers: Numbers) -> Word | None:
    """Find what looks like a number of ours: our letters or our way of writing, and no item has it."""
    run, end = tokens[place][1], place
    is_one = (len(run), run[:2]) in numbers.bare_makes or (bool(prefix) and len(run) in numbers.serial_lengths)
    if run in numbers.heads or YEAR.fullmatch(run):
        gap, serial = tokens[place + 1] if place + 1 < len(tokens) else ("", "A")
        is_near = not gap.strip(BETWEEN) if prefix else gap in _TIGHT
        is_one = serial <= "9Z" and is_near and (bool(prefix) or len(serial) in numbers.serial_lengths)
        run, end = run + serial, place + 1
    elif prefix and not is_one:
        is_one = len(run) >= _PLAIN_LENGTH and (not numbers.heads or YEAR.match(run) is not None)
    return Word(place - bool(prefix), end, prefix + run, Grade.UNKNOWN, ()) if is_one else None


def _tail(tokens: Tokens, place: int, numbers: Numbers, *, is_listed: bool) -> Word | None:
    """Find a bare serial; not inside 12/345/6789, hardly behind letters of another make (RE123)."""
    gap, run = tokens[place]
    if place and tokens[place - 1][1] <= "9Z" and gap in _TIGHT and not is_listed:
        return None
    slots = numbers.with_serial(run)
    is_year = run in numbers.heads or YEAR.fullmatch(run) is not None
    is_plain = "#" in gap or (len(run) >= _PLAIN_LENGTH and not is_year)
    grade = Grade.TAIL if is_plain and not _is_foreign(tokens, place) else Grade.LOW
    return Word(place, place, run, grade, each(slots)) if slots else None


def _is_foreign(tokens: Tokens, place: int) -> bool:
    """Return whether digits hang on letters of another make (SCT26000123, RE-123)."""
    return place > 0 and tokens[place - 1][1] > "9Z" and tokens[place][0] in ("", "-", "/")


def each(slots: list[int]) -> tuple[Slots, ...]:
    """Return one reading for each slot."""
    return tuple([(slot,) for slot in slots])
