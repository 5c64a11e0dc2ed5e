"""Texts of the pages in other languages: catalogs beside this module, compiled in memory at start.

What errors and warnings say is written in English where it arises and stored like that; a catalog holds it as a
*message*, with places for its values, and finds it again by its shape when a page shows it.
"""

import datetime as dt
import re
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from schemas.states import Language

FOLDER = Path(__file__).parent / "locale"
MESSAGE = "message"  # The context of what errors and warnings say.
_PLACE = re.compile(r"%\((\w+)\)s")
_AMOUNT = re.compile(r"-?[0-9]{1,15}\.[0-9]{2}")
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MESSAGE_CHARS_MAX = 1000  # A longer text is no message of ours.


class _Shape(NamedTuple):
    """A message with places for values, and its translation."""

    pattern: re.Pattern[str]
    translation: str
    is_example: bool  # Its values show how something is to be written, so they stay as they are.


class Texts(GNUTranslations):
    """The texts of one language."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(_compiled(catalog))
        self._locale = catalog.locale
        self._shapes = _shapes_of(catalog)
        self._found = lru_cache(maxsize=1000)(self._find)

    def gettext(self, message: str) -> str:
        """Return a text in this language; a message by its shape; English what is not known."""
        text = super().gettext(message) if message else ""  # Under nothing a catalog keeps its own head.
        return self._found(message) if text == message else text

    def _find(self, message: str) -> str:
        text = self.pgettext(MESSAGE, message)
        if text != message or len(message) > _MESSAGE_CHARS_MAX:
            return text
        for shape in self._shapes:
            if match := shape.pattern.fullmatch(message):
                write = str if shape.is_example else self._value
                return shape.translation % {name: write(value) for name, value in match.groupdict().items()}
        return message

    def _value(self, text: str) -> str:
        """Return a value of a message: written as the reader does, or itself a message or a word."""
        if not text:
            return ""
        if _AMOUNT.fullmatch(text):
            return format_decimal(text, "#,##0.00", self._locale).replace("-", "\N{MINUS SIGN}")
        if _COUNT.fullmatch(text):
            return format_decimal(text.replace(",", ""), "#,##0", self._locale)
        if _DATE.fullmatch(text):
            return format_date(dt.date.fromisoformat(text), "medium", self._locale)
        found = self._found(text)
        word = text.replace("_", " ")
        known = GNUTranslations.gettext(self, word)
        return known if found == text and known != word else found


@cache
def load_catalogs(folder: Path = FOLDER) -> dict[Language, NullTranslations]:
    """Return the catalog of each language; a text that is missing in it stays English."""
    return {language: _catalog(folder / f"{language.value}.po") for language in Language}


def _catalog(path: Path) -> NullTranslations:
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        return Texts(read_po(file, abort_invalid=True))


def _compiled(catalog: Catalog) -> BytesIO:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return compiled


def _shapes_of(catalog: Catalog) -> tuple[_Shape, ...]:
    """Return the messages with places, those that say most first."""
    messages = [
        (entry.id, entry.string)
        for entry in catalog
        if entry.context == MESSAGE and isinstance(entry.id, str) and entry.string and _PLACE.search(entry.id)
    ]
    messages.sort(key=lambda entry: -_weight(entry[0]))
    return tuple(_Shape(_pattern(message), str(told), " such as " in message) for message, told in messages)


def _weight(message: str) -> int:
    """Return how much of a message is words; a semicolon counts more, as it parts sentences."""
    words = _PLACE.sub("", message)
    return len(words) + 10 * words.count(";")


def _pattern(message: str) -> re.Pattern[str]:
    parts = _PLACE.split(message)  # Words and names of places by turns.
    words = [re.escape(part.replace("%%", "%")) for part in parts[::2]]
    places = [f"(?P<{name}>.{{0,300}}?)" for name in parts[1::2]]
    return re.compile("".join(sum(zip(words, [*places, ""], strict=True), ())), re.DOTALL)
