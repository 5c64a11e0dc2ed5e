"""Folds texts into the characters that a bank takes, and refuses identifiers that have others.

Every text of an order passes through one of the two, and neither lets ``&``, ``<`` or ``>`` through: what comes out
needs no escaping in XML. Sources: EPC217-08 (characters and their conversion), DK Anlage 3 for the German set.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from schemas.bank_profile import CharacterSet
from schemas.errors import GatewayError
from schemas.identifiers import mask_account

_SEPA = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ "
_PLAIN = _SEPA.encode()
_LATIN = frozenset(chr(code) for code in range(0xC0, 0x100)) - {"×", "÷"}
_IDENTIFIER = re.compile(r"(?![/ ])(?!.*//)[A-Za-z0-9+?/:().,' -]+(?<![/ ])", re.ASCII)
_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
# What has no base letter of its own (NFKD); small letters stand for their capitals too.
_LETTERS = {
    "ß": "s",
    **dict(zip("æœøłđðħıŋĸſŧþ", "ae oe o l d d h i n k s t th".split(), strict=True)),
    **dict(
        zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(), strict=True)
    ),
    **dict(
        zip(
            "абвгдежзийклмнопрстуфхцчшщъыьэюя",
            "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y y e yu ya".split(),
            strict=True,
        )
    ),
    **dict(zip("ђѓєѕіјљњћќџґ", "dj g ie z i j lj nj c k dz g".split(), strict=True)),
}
_SIGNS = {
    "&": "+",
    "@": "(at)",
    "€": "EUR",
    "_": "-",
    ";": ",",
    "\\": "/",
    **dict.fromkeys("[{", "("),
    **dict.fromkeys("]}", ")"),
    **dict.fromkeys('"`´‘’‚‛“”„‟′″«»‹›', "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
_OTHER = "."


class ForeignIdentifier(GatewayError):
    """An identifier has characters that banks do not take; it is never changed to please them."""

    code = "foreign_identifier"


def fold(text: str, character_set: CharacterSet, limit: int) -> str:
    """Return a text in the characters of a set: no control characters, single blanks, cut to ``limit`` at its end.

    What is already right is returned as it is, as most texts are; of others each word is folded once and kept.
    """
    if not text.isascii() or text.encode().translate(None, _PLAIN) or "  " in text:
        text = " ".join(filter(None, map(_TABLES[character_set].word, text.split())))
    text = text.strip(" ")
    return text if len(text) <= limit else text[:limit].rstrip(" ")


class _Table(dict[int, str]):
    """What each character becomes, found when it is met first."""

    def __init__(self, letters: dict[str, str], kept: frozenset[str] = frozenset()) -> None:
        super().__init__((ord(char), char) for char in (*_SEPA, *kept))
        self._letters = letters
        self.word = lru_cache(maxsize=8192)(self._word)

    def _word(self, word: str) -> str:
        """Fold one word; MÜLLER becomes MUELLER, but Ärzte Aerzte."""
        folded = unicodedata.normalize("NFC", word).translate(self)
        return folded.upper() if len(word) > 1 and word.isupper() and not word.isascii() else folded

    def __missing__(self, code: int) -> str:
        self[code] = found = self._find(chr(code))
        return found

    def _find(self, char: str) -> str:
        small = char.lower()
        if small in self._letters:
            return self._letters[small] if char == small else self._letters[small].capitalize()
        if char in _SIGNS:
            return _SIGNS[char]
        if unicodedata.category(char) in ("Cc", "Cf", "Mn", "Me"):
            return ""
        parts = unicodedata.normalize("NFKD", char)
        return _OTHER if parts == char else "".join(self[ord(part)] for part in parts)


_TABLES = {
    CharacterSet.SEPA: _Table(_LETTERS),
    CharacterSet.SEPA_GERMAN: _Table(_LETTERS | _GERMAN),
    CharacterSet.LATIN: _Table(_LETTERS, _LATIN),
}


def check_identifier(text: str, name: str, limit: int = 35) -> str:
    """Return an identifier, unchanged. Raises ForeignIdentifier naming it, what was found and what is expected."""
    if len(text) > limit or not _IDENTIFIER.fullmatch(text):
        shown = mask_account(text) if name == "IBAN" else text if len(text) <= 2 * limit else text[: 2 * limit] + "…"
        raise ForeignIdentifier(
            f"{name} {shown!r} is not 1 to {limit} of A-Z a-z 0-9 + ? / - : ( ) . , ' and blank,"
            " no slash or blank at either end, no double slash"
        )
    return text


def are_identifiers(texts: Iterable[str]) -> bool:
    """Return whether all of many texts are identifiers or empty; their length is not looked at."""
    joined = "\n".join(texts)
    if not joined.isascii() or joined.encode().translate(None, _PLAIN + b"\n"):
        return False
    framed = f"\n{joined}\n"
    return not any(wrong in framed for wrong in ("//", "\n/", "/\n", "\n ", " \n"))
