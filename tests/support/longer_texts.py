"""A language of the tests: English, each text at least 30 % longer and in brackets, so that one sees what is a text."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations

from config.catalogs import load_catalogs
from gateway.web.rendering import Pages
from schemas.states import Language
from support.web import Site

_PLACE = re.compile(r"(%\(\w+\)[sd]|%%|\{\w*\}|<[^>]+>|&\w+;)")
_VOWEL = re.compile("[aeiou]")


class LongerTexts(NullTranslations):
    """The catalog of that language."""

    def gettext(self, message: str) -> str:
        return longer(message) if message else ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return longer(msgid1 if n == 1 else msgid2)


def longer(text: str) -> str:
    """Return a text whose words grew, as in a language that joins them; what is filled in stays."""
    if text.startswith("["):
        return text  # What an error says is translated where it is shown; it may have been before.
    parts = _PLACE.split(text)
    parts[::2] = [_VOWEL.sub(lambda vowel: vowel[0] * 2, part) for part in parts[::2]]
    grown = "".join(parts)
    return f"[{grown}{'~' * max(0, len(text) * 13 // 10 - len(grown))}]"


@contextmanager
def longer_texts(site: Site) -> Iterator[None]:
    """Let a site speak that language instead of English for a while."""
    pages = site.gateway.pages
    catalogs = {**load_catalogs(), Language.EN: LongerTexts()}
    site.gateway.pages = Pages(catalogs=catalogs, frame=pages.frame, zone=pages.zone, assets=pages.assets)
    yield
    site.gateway.pages = pages
