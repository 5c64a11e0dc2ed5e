"""Texts of the pages in other languages: catalogs beside this module, compiled in memory at start."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from schemas.states import Language

FOLDER = Path(__file__).parent / "locale"


@cache
def load_catalogs(folder: Path = FOLDER) -> dict[Language, NullTranslations]:
    """Return the catalog of each language; a text that is missing in it stays English."""
    return {language: _catalog(folder / f"{language.value}.po") for language in Language}


def _catalog(path: Path) -> NullTranslations:
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
