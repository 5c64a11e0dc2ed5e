"""Numbers of our items in a payer's text, in the ways people write them.

Found are numbers as printed, with blanks, without separators, prefix, year or zeros, in small letters, glued to words,
in lists and ranges with short forms. How sure a word is lies in its grade; which item it means is decided by what else
is known (`resolve`). A word that looks like one of our numbers but is none is kept too.
"""

from collections.abc import Iterable

from gateway.domain.matching.numbers import BETWEEN, INT_DIGITS_MAX, Numbers
from gateway.domain.matching.spellings import SURE_LENGTH, each, from_digits, not_a_number, parts, whole, without_head
from gateway.domain.matching.tokens import (
    Grade,
    Slots,
    Tokens,
    Word,
    as_digits,
    capitals,
    has_digit,
    tokenize,
    without_percentages,
)
from schemas.references import may_hold_reference

_LETTERS_LIKE_DIGITS = frozenset("OIL")
_NO_SEPARATORS = str.maketrans("", "", BETWEEN)
_LISTING = BETWEEN + ",;+&\u2013"  # Between the numbers of a list.
_DASHES = ("-", "\u2013")
_JOINING = frozenset("U UND ET Y E EN AND I OG OCH JA UN IR SI".split())
_UNTIL = frozenset("BIS TO TOT AU AL A TM TIL DO".split())
# What a number is called that is no invoice's: an order, an offer, a gift, a contract. Many firms number these alike.
_NO_INVOICE = frozenset(
    "BESTELLUNG BESTELLNR AUFTRAG AUFTRAGSNR ANGEBOT SPENDE COMMANDE DEVIS OFFRE DON ORDER QUOTE OFFER DONATION GIFT"
    " BESTELLING OFFERTE GIFTE PEDIDO PRESUPUESTO DONACION ORDINE PREVENTIVO DONAZIONE"
    " VERTRAG VERTRAGSNR MITGLIED MITGLIEDSNR POLICE DAUERAUFTRAG CONTRAT CONTRACT MEMBER MEMBRE"
    " CONTRATO CONTRATTO".split()
)
_END = (" ", "")
_GAP_MAX = 3
_RANGE_MAX = 60


def find_words(text: str, numbers: Numbers) -> list[Word]:
    """Return the words of a text that are, or look like, numbers of ours, in their order."""
    if not has_digit(text):
        return []
    return _scan(tokenize(text), numbers)


def find_plain(text: str, numbers: Numbers) -> int | Word | None:
    """Return the one item of a text that holds its number, whole, and no other digit but a date.

    Else the word, where that number is a short form: its letters and its serial alone. None: read all the words.
    """
    match = numbers.printed.fullmatch(without_percentages(text).upper()) if numbers.printed else None
    if match is None:
        return None
    letters, digits, rest = match.groups()
    key = letters + digits + rest.translate(_NO_SEPARATORS) if rest else letters + digits
    slot = numbers.find_whole(key)
    if isinstance(slot, int) and len(key) >= SURE_LENGTH:
        return slot
    return None if rest or slot is not None else _plain_short(text, letters, digits, numbers)


def _plain_short(text: str, letters: str, digits: str, numbers: Numbers) -> Word | None:
    if numbers.has_aliases or numbers.has_foot or digits[0] in numbers.head_digits or may_hold_reference(text):
        return None
    return without_head((("", letters), ("", digits)), 1, letters, numbers)


def find_misread(text: str, numbers: Numbers) -> list[Word]:
    """Return the numbers that stand in a text once letters are read as digits (tokens of ``as_digits``)."""
    if not has_digit(text):
        return []
    corrected = as_digits(text)
    if corrected == capitals(text):
        return []
    words = _scan(tokenize(corrected), numbers)
    return [word._replace(grade=Grade.MISREAD) for word in words if word.grade is Grade.WHOLE]


def called_otherwise(text: str, words: Iterable[Word]) -> tuple[str, Word] | None:
    """Return what a text calls a number that it does not call an invoice (an order, a gift), with its word."""
    tokens = tokenize(text)
    for word in words:
        before = tokens[word.first - 1][1] if word.first > 0 else ""
        if before in _NO_INVOICE:
            return before.capitalize(), word
    return None


def _scan(tokens: Tokens, numbers: Numbers) -> list[Word]:
    words: list[Word] = []
    place, count = 0, len(tokens)
    starts, glued_starts = numbers.starts, numbers.glued_starts
    while place < count:
        run = tokens[place][1]
        if run <= "9Z":
            word = from_digits(tokens, place, numbers, is_listed=bool(words) and words[-1].last == place - 1)
        elif run in starts:
            word = whole(tokens, place, run, numbers) or parts(tokens, place + 1, run, numbers)
        elif run.endswith(glued_starts):  # RECHNUNGFA-2026-000123
            start = max((start for start in glued_starts if run.endswith(start)), key=len)
            word = whole(tokens, place, start, numbers)
        else:
            word = None
        place = place + 1 if word is None else word.last + 1
        if word is not None and word.key:
            words.append(_with_context(tokens, word, words, numbers))
            if words[-1].grade >= Grade.LINKED and place < count:
                place = _read_list(tokens, place, words, numbers)
    return words


def _with_context(tokens: Tokens, word: Word, words: list[Word], numbers: Numbers) -> Word:
    """Return a word as its neighbours make it: broken by a letter like a digit (41O3), or the end of a range."""
    behind = tokens[word.last + 1] if word.last + 1 < len(tokens) else _END
    if behind[0] == "" and _LETTERS_LIKE_DIGITS.issuperset(behind[1]):
        return word._replace(grade=Grade.UNKNOWN, readings=())
    if words and word.grade is Grade.WHOLE and words[-1].readings:
        return _with_range(tokens, words[-1], word, numbers)
    return word


def _with_range(tokens: Tokens, before: Word, word: Word, numbers: Numbers) -> Word:
    """Add the reading of a range between two whole numbers: FA-2026-000101 - FA-2026-000105."""
    gap, run = tokens[before.last + 1]
    is_near = word.first == before.last + 1 and gap.strip() in _DASHES
    if not is_near and not (word.first == before.last + 2 and run in _UNTIL):
        return word
    ranges = [_between(before.readings[0][-1], slots[0], numbers) for slots in word.readings]
    return word._replace(readings=(*word.readings, *[slots for slots in ranges if slots]))


def _read_list(tokens: Tokens, place: int, words: list[Word], numbers: Numbers) -> int:
    """Read on after a whole number: 000123/124, 000123 u. 4031, 000101-105. Return the place behind the list."""
    while place < len(tokens):
        gap, run = tokens[place]
        if run > "9Z" and not _joins(tokens, place, numbers):
            break
        at, is_range = place, gap.strip() in _DASHES
        if run > "9Z":
            if place + 1 == len(tokens):
                break
            at, is_range = place + 1, run in _UNTIL
        elif gap.isspace() or gap.strip(_LISTING):
            break
        word = _linked(tokens, at, words[-1], numbers, is_range=is_range)
        if word is None:
            break
        words.append(word)
        place = word.last + 1
    return place


def _joins(tokens: Tokens, place: int, numbers: Numbers) -> bool:
    """Return whether a word links what stands around it, and does not begin a number of ours (E-2026-000124)."""
    run = tokens[place][1]
    is_word = run in _JOINING or run in _UNTIL
    return is_word and not (run in numbers.starts and whole(tokens, place, run, numbers))


def _linked(tokens: Tokens, place: int, before: Word, numbers: Numbers, *, is_range: bool) -> Word | None:
    run = tokens[place][1]
    if run > "9Z" or len(run) > INT_DIGITS_MAX or not_a_number(tokens, place):
        return None
    if numbers.starts_with_digit and (word := whole(tokens, place, run, numbers)):
        return word
    base = before.readings[0][-1]
    serial = str(numbers.serials[base])
    ends = [run] if len(run) >= len(serial) else [run, serial[: -len(run)] + run]
    slots = [slot for end in ends for slot in numbers.with_serial(end) if numbers.series[slot] is numbers.series[base]]
    readings = list(each(slots))
    if is_range:
        readings += [between for slot in slots if (between := _between(base, slot, numbers))]
    return Word(place, place, run, Grade.LINKED, tuple(readings)) if readings else None


def _between(first: int, last: int, numbers: Numbers) -> Slots:
    """Return the items after the first up to the last of a range, all of one series; none if it is no range."""
    series, start, end = numbers.series[first], numbers.serials[first], numbers.serials[last]
    if numbers.series[last] is not series or not 1 < end - start <= _RANGE_MAX:
        return ()
    slots = [slot for serial in range(start + 1, end + 1) for slot in numbers.with_serial(str(serial))]
    return tuple(slot for slot in slots if numbers.series[slot] is series)
