"""Catalogs of texts: whole in every language, English where a text is missing, messages found by their shape."""

from pathlib import Path

import pytest

from config.catalogs import load_catalogs
from schemas.states import Language
from support.catalogs import LANGUAGES, bare_words, faults

EN, FR, DE = Language.EN, Language.FR, Language.DE
_HEAD = (
    'msgid ""\nmsgstr "Language: fr\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n'
    'Content-Type: text/plain; charset=utf-8\\n"\n\n'
)


def write_catalog(folder: Path, *entries: str) -> Path:
    """Write a French catalog and return its folder."""
    (folder / "fr.po").write_text(_HEAD + "\n\n".join(entries) + "\n")
    return folder


def test_a_missing_text_or_catalog_stays_english(tmp_path: Path) -> None:
    catalogs = load_catalogs(write_catalog(tmp_path, 'msgid "Log in"\nmsgstr "Se connecter"'))

    assert catalogs[FR].gettext("Log in") == "Se connecter"
    assert catalogs[FR].gettext("Something else") == "Something else"
    assert catalogs[DE].gettext("Log in") == "Log in"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_nothing_else(language: str) -> None:
    assert faults(language) == []


def test_no_word_stands_in_a_template_where_nobody_can_translate_it() -> None:
    assert bare_words() == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        pytest.param('msgid "Nobody says this"\nmsgstr "x"', "unused: 'Nobody says this'", id="unused"),
        pytest.param('msgid "Log in"\nmsgstr ""', "not all forms: 'Log in'", id="empty"),
        pytest.param('#, fuzzy\nmsgid "Log in"\nmsgstr "x"', "not sure: 'Log in'", id="fuzzy"),
        pytest.param('msgid "Held:"\nmsgstr "Retenu"', "other ending: 'Held:' → 'Retenu'", id="lost colon"),
        pytest.param(
            'msgid "Pays %(number)s"\nmsgstr "Paie %(numero)s"',
            "other places: 'Pays %(number)s' → 'Paie %(numero)s'",
            id="another place",
        ),
        pytest.param(
            'msgid "%(num)s day"\nmsgid_plural "%(num)s days"\nmsgstr[0] "%(num)s jour"\nmsgstr[1] ""',
            "not all forms: '%(num)s day'",
            id="no plural",
        ),
        pytest.param(
            'msgid "with %(percent)s %% discount"\nmsgstr "avec %(percent)s % escompte"',
            "a per cent sign that is not doubled: 'avec %(percent)s % escompte'",
            id="per cent",
        ),
    ],
)
def test_the_check_names_what_is_wrong(tmp_path: Path, entry: str, fault: str) -> None:
    found = faults("fr", write_catalog(tmp_path, entry))

    assert fault in found
    assert any(line.startswith("missing: 'Invoices'") for line in found)


@pytest.mark.parametrize(
    ("markup", "bare"),
    [
        pytest.param("<p>Hello</p>", ["Hello"], id="text"),
        pytest.param('<a title="Go there">{{ _("Go") }}</a>', ["Go there"], id="attribute"),
        pytest.param("<b>{{ name }} is here</b>", ["is here"], id="beside a value"),
        pytest.param('<b class="main big">{{ _("Go") }} ·</b>', [], id="class and sign"),
        pytest.param("{% if a %}<i>Yes</i>{% endif %}", ["Yes"], id="in a branch"),
        pytest.param("{# Nobody sees this. #}<p>SHA-256</p>", [], id="comment and name"),
    ],
)
def test_bare_words_are_found(tmp_path: Path, markup: str, bare: list[str]) -> None:
    (tmp_path / "page.html").write_text(markup)

    assert bare_words(tmp_path) == [f"page.html: {words!r}" for words in bare]


@pytest.mark.parametrize(
    ("language", "count", "text"),
    [
        (FR, 0, "%(num)s facture"),  # French counts nothing as one, German does not.
        (FR, 1, "%(num)s facture"),
        (FR, 2, "%(num)s factures"),
        (DE, 0, "%(num)s Rechnungen"),
        (DE, 1, "%(num)s Rechnung"),
        (EN, 0, "%(num)s invoices"),
    ],
)
def test_plurals_follow_the_language(language: Language, count: int, text: str) -> None:
    said = load_catalogs()[language].ngettext("Pays %(num)s invoice", "Pays %(num)s invoices", count)

    assert said.endswith(text)


@pytest.mark.parametrize(
    ("message", "french", "german"),
    [
        pytest.param(
            "customer C-77 exists already", "le client C-77 existe déjà", "den Kunden C-77 gibt es schon", id="a value"
        ),
        pytest.param(
            "it has no opening balance, so its entries cannot be checked",
            "il lui manque un solde, ses écritures ne peuvent donc pas être vérifiées",
            "ihm fehlt ein Saldo, seine Umsätze lassen sich also nicht prüfen",
            id="a value that is left out",
        ),
        pytest.param(
            "opening 87886.52 plus entries -4802.78 is 83083.74, the bank says 83083.74",
            "l’ouverture 87\u202f886,52 plus les écritures −4\u202f802,78 font 83\u202f083,74, la banque dit 83\u202f083,74",
            "Anfangssaldo 87.886,52 plus Umsätze −4.802,78 ergibt 83.083,74, die Bank sagt 83.083,74",
            id="amounts as the reader writes them",
        ),
        pytest.param(
            "due_date '31.02': expected a date such as 2026-12-31",
            "échéance '31.02'\u00a0: attendu, une date comme 2026-12-31",
            "Fälligkeit '31.02': erwartet wird ein Datum wie 2026-12-31",
            id="a message in a message, an example as it is",
        ),
        pytest.param(
            "line 12: an entry has no status (and 3 more)",
            "ligne 12\u00a0: une écriture n’a pas d’état (et 3 autres)",
            "Zeile 12: ein Umsatz hat keinen Status (und 3 weitere)",
            id="put together",
        ),
        pytest.param(
            "the file has more than 209,715,200 bytes, which is the limit",
            "le fichier dépasse la limite de 209\u202f715\u202f200 octets",
            "die Datei hat mehr als die erlaubten 209.715.200 Byte",
            id="a count",
        ),
        pytest.param("nobody says this %(x)s 100 %", "nobody says this %(x)s 100 %", "nobody says this %(x)s 100 %",
                     id="unknown"),
        pytest.param("x" * 5000, "x" * 5000, "x" * 5000, id="too long for a message"),
        pytest.param("", "", "", id="nothing"),
    ],
)  # fmt: skip
def test_what_errors_say_is_found_by_its_shape(message: str, french: str, german: str) -> None:
    catalogs = load_catalogs()

    assert catalogs[FR].gettext(message) == french
    assert catalogs[DE].gettext(message) == german
    assert catalogs[EN].gettext(message) == message
