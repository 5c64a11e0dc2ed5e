"""Names as they are compared: of a customer in our books and of a payer on a bank statement.

Folded are case, accents, transliteration (Müller, Mueller, Muller), punctuation, legal forms and the order of words;
banks cut names off in the middle of a word. Names are evidence only: two customers may bear the same.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.fuzz import token_sort_ratio

_WORDS = re.compile(r"[a-z0-9]+")
_MARKS = re.compile("[\u0300-\u036f]")  # Accents, once they are split from their letters.
_INITIALS = re.compile(r"\b[a-z](?:\.[a-z]\b)+\.?")
_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_LEGAL_FORMS = frozenset(
    "gmbh mbh ag kg kgaa ohg ug gbr eg ek ev se partg co cie haftungsbeschrankt gesmbh "
    "sarl rl sas sasu sa eurl snc sci scop selarl bv nv vof cv bvba sprl srl asbl vzw "
    "sl slu sau spa srls scarl ltd limited llc llp lp plc inc corp "
    "oy oyj ab asa aps hb kb spzoo sro doo dd ood eood kft zrt nyrt uab sia ou".split()
)
_FILLERS = frozenset(
    "herr frau mr mrs ms mme mlle monsieur madame firma dr prof ing dipl "
    "und and et en y e of di de la le les der die das van von the".split()
)
_NOISE = _LEGAL_FORMS | _FILLERS
_CUT_MIN = 18  # Letters of a name that a bank may have cut off; a shorter one is whole.
_SIMILAR_MIN = 88  # Of 100.


class Name(NamedTuple):
    """A folded name: its words in alphabetic order without legal forms and fillers, and all its letters in a row."""

    key: str
    words: frozenset[str]
    legal_forms: frozenset[str]
    letters: str


def fold_once(text: str) -> Name:
    """Return a name as it is compared. A name of nothing but legal forms keeps them."""
    plain = text.casefold()
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain.translate(_SPECIAL)))
    if "." in plain:
        plain = plain.replace("s.a r.l.", "sarl")
        plain = _INITIALS.sub(lambda match: match[0].replace(".", "") + " ", plain)
    words = _WORDS.findall(plain.replace("ae", "a").replace("oe", "o").replace("ue", "u"))
    kept = frozenset(words) - _NOISE or frozenset(words)
    return Name(" ".join(sorted(kept)), kept, _forms(frozenset(words) & _LEGAL_FORMS), "".join(words))


# The names of payers come again and again.
fold = lru_cache(maxsize=20_000)(fold_once)


@lru_cache(maxsize=1_000)
def _forms(forms: frozenset[str]) -> frozenset[str]:
    """Return one and the same set for all names of these legal forms."""
    return forms


def agree(ours: Name, theirs: Name) -> bool:
    """Return whether a payer's name is that of a customer: the same words, cut off, or among those of a joint account.

    A similar name (Peter, Petra) or another legal form (Weber GmbH, Weber AG) does not agree.
    """
    if not theirs.key or (ours.legal_forms and theirs.legal_forms and not ours.legal_forms & theirs.legal_forms):
        return False
    if ours.key == theirs.key or (len(ours.words) > 1 and ours.words <= theirs.words):
        return True
    return len(theirs.letters) >= _CUT_MIN and ours.letters.startswith(theirs.letters)


def are_similar(ours: Name, theirs: Name) -> bool:
    """Return whether two names may mean the same: enough to propose or to doubt, never to book."""
    if ours.key == theirs.key or (len(theirs.words) > 1 and theirs.words <= ours.words):
        return bool(ours.key)
    return agree(ours, theirs) or token_sort_ratio(ours.key, theirs.key) >= _SIMILAR_MIN
