"""Catalogs of texts: compiled in memory, English where a text is missing, places kept."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from config.catalogs import FOLDER, load_catalogs
from schemas.states import Language

PLACE = re.compile(r"%\(\w+\)s")


def test_a_missing_text_or_catalog_stays_english(tmp_path: Path) -> None:
    (tmp_path / "fr.po").write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
                                    'msgid "Log in"\nmsgstr "Se connecter"\n')  # fmt: skip

    catalogs = load_catalogs(tmp_path)

    assert catalogs[Language.FR].gettext("Log in") == "Se connecter"
    assert catalogs[Language.FR].gettext("Something else") == "Something else"
    assert catalogs[Language.DE].gettext("Log in") == "Log in"


@pytest.mark.parametrize("language", ["fr", "de"])
def test_translations_keep_the_places_of_values(language: str) -> None:
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalog = read_po(file)

    wrong = []
    for message in catalog:
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        translated = message.string if isinstance(message.string, tuple) else (message.string,)
        places = set(PLACE.findall(originals[-1]))
        wrong += [text for text in translated if message.id and text and set(PLACE.findall(text)) != places]

    assert len(list(catalog)) > 50
    assert wrong == []
