"""Short words for one thing in the three languages of the pages, and the table form in which they are written."""

from typing import NamedTuple

from schemas.states import Language


class Words(NamedTuple):
    """What a clerk reads, in each language."""

    en: str
    fr: str
    de: str

    def in_language(self, language: Language) -> str:
        """Return the words of one language."""
        return {Language.EN: self.en, Language.FR: self.fr, Language.DE: self.de}[language]


def read_words(table: str) -> dict[str, Words]:
    """Return the words of each code of a table: the code and English on one line, then French, then German."""
    lines = [line.strip() for line in table.strip().splitlines()]
    rows = zip(lines[::3], lines[1::3], lines[2::3], strict=True)
    return {first.split()[0]: Words(first.split(None, 1)[1], fr, de) for first, fr, de in rows}


def words_of(table: dict[str, Words], code: str, language: Language) -> str:
    """Return the words of a code, or the code itself where the table does not know it: no code is ever hidden."""
    words = table.get(code)
    return words.in_language(language) if words else code
