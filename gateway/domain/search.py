"""What a text in the search field may mean, in each form in which things are stored. Nothing is looked up here."""

from typing import NamedTuple

from gateway.domain.open_item import number_key
from gateway.domain.party import search_key
from schemas.identifiers import Iban, InvalidIban
from schemas.references import reference_key

ENDING_MIN = 4  # So many last characters of an account are shown to everybody who sees it at all.
_TEXT_MAX = 100


class Wanted(NamedTuple):
    """A text that is searched. What is empty, or no amount, is not looked for."""

    text: str
    name_key: str = ""
    number_key: str = ""
    reference_key: str = ""
    iban: str = ""
    account_ending: str = ""
    minor: int | None = None

    @property
    def is_amount(self) -> bool:
        """Whether it can hardly be anything but an amount: digits alone are more often a number."""
        return self.minor is not None and not self.text.isdecimal()

    @property
    def has_digit(self) -> bool:
        """Whether it may be an identifier; a name is none."""
        return any(char.isdigit() for char in self.text)


def cleaned(text: str) -> str:
    """Return a text as it is searched: single blanks, nothing that cannot be seen, and no more than a reference is."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())[:_TEXT_MAX].strip()


def wanted_of(text: str, *, minor: int | None, may_see_iban: bool) -> Wanted:
    """Return what a cleaned text may mean; ``minor`` is the amount that its reader sees in it.

    Who may not see whole accounts finds them whole or by their last four characters: longer ends, tried one after the
    other, would tell him what is masked.
    """
    key = number_key(text)
    iban = _iban(text)
    longest = len(key) if may_see_iban else ENDING_MIN
    is_ending = ENDING_MIN <= len(key) <= longest and not iban and any(char.isdigit() for char in key)
    return Wanted(text, search_key(text), key, reference_key(text), iban, key if is_ending else "", minor)


def _iban(text: str) -> str:
    try:
        return Iban.parse(text)
    except InvalidIban:
        return ""
