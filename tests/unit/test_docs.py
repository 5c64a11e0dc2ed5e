"""The documentation keeps up with the code: each word of a closed set is explained, and each link leads somewhere."""

import inspect
import re
from enum import StrEnum
from pathlib import Path

import pytest

from schemas import states

ROOT = Path(__file__).resolve().parents[2]
SETS = [
    each for _, each in inspect.getmembers(states, inspect.isclass) if issubclass(each, StrEnum) and each is not StrEnum
]
PAGES = sorted(page for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


def glossary_words(name: str) -> list[tuple[str, list[str]]]:
    """Return the first column and the other cells of the rows under the heading that names a set."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    section = re.search(rf"^## [^\n]*\(`{name}`\)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| `([a-z_]+)` \|(.*)\|$", section[1] if section else "", re.MULTILINE)
    return [(word, [cell.strip() for cell in rest.split("|")]) for word, rest in rows]


@pytest.mark.parametrize("words", SETS, ids=lambda words: words.__name__)
def test_the_glossary_explains_each_word_of_a_closed_set(words: type[StrEnum]) -> None:
    explained = [word for word, _ in glossary_words(words.__name__)]

    assert explained == [word.value for word in words]


@pytest.mark.parametrize("words", SETS, ids=lambda words: words.__name__)
def test_each_word_has_its_french_and_german_and_a_sentence(words: type[StrEnum]) -> None:
    for word, cells in glossary_words(words.__name__):
        french, german, sentence = cells

        assert all((french, german)), word
        assert sentence.endswith("."), word


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]

    assert [link for link in targets if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("folder", ["docs/decisions"])
def test_decisions_are_numbered_without_a_gap_and_have_their_three_parts(folder: str) -> None:
    pages = sorted((ROOT / folder).glob("*.md"))

    assert [page.name[:4] for page in pages] == [f"{number:04d}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert all(part in text for part in ("**Context.**", "**Decision.**", "**Consequences.**")), page.name


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    assert "\n## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
