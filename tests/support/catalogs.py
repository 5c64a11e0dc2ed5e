"""Compares the catalogs with the texts that pages show. ``python -m tests.support.catalogs`` prints what is to be done."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

sys.path[:0] = [str(Path(__file__).parents[1])] * (__name__ == "__main__")

from config.catalogs import FOLDER, MESSAGE  # noqa: E402
from support.texts import TEMPLATES, Text, find_texts  # noqa: E402  As a program it finds its neighbours first.

LANGUAGES = ("fr", "de")
_PLACE = re.compile(r"%\(\w+\)s")
_SPOKEN = r"""(?:aria-label|title|alt|placeholder|aria-description)="([^"]*)\""""
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
# Names that are the same in every language, and what is no word.
_SAME = re.compile(
    r"SHA-256|BIC|IBAN|API|openapi\.json|Authorization: Bearer (?:sgw_)?…|Enter|&[a-z]+;"
    r"|badwarnok"  # The macro that gives a class.
)
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")


def faults(language: str, folder: Path = FOLDER) -> list[str]:
    """Return what is wrong with a catalog, one line each."""
    with (folder / f"{language}.po").open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    wanted = find_texts()
    known = {_key(message): message for message in catalog if message.id}
    found = [f"missing: {text.one!r} ({place})" for text, place in wanted.items() if text not in known]
    found += [f"unused: {text.one!r}" for text in known if text not in wanted]
    return found + [
        fault for text, message in known.items() for fault in _faults_of(text, message, catalog.num_plurals)
    ]


def bare_words(folder: Path = TEMPLATES) -> list[str]:
    """Return the words that stand in templates outside of ``_()``, so that nobody can translate them."""
    found: list[str] = []
    for path in sorted(folder.rglob("*.html")):
        tree = Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text())
        # Tags are cut where values stand in them, so the whole template is looked at with the values left out.
        markup = "".join(part.data if isinstance(part, nodes.TemplateData) else "\0" for part in _outputs(tree))
        said = [*_TAG.sub("\0", markup).split("\0"), *re.findall(_SPOKEN, markup)]
        bare = [text.strip() for text in said if _WORD.search(_SAME.sub("", text))]
        found += [f"{path.relative_to(folder)}: {text!r}" for text in bare]
    return found


def _outputs(tree: nodes.Template) -> Iterator[nodes.Node]:
    """Yield the pieces of markup and the values between them, in the order of the file."""
    for output in tree.find_all(nodes.Output):
        yield from output.nodes


def _key(message: Message) -> Text:
    many = message.id[1] if isinstance(message.id, tuple) else ""
    one = message.id[0] if isinstance(message.id, tuple) else message.id
    return Text(str(one), str(many), message.context or "")


def _faults_of(text: Text, message: Message, forms: int) -> Iterator[str]:
    said = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy:
        yield f"not sure: {text.one!r}"
    if len(said) != (forms if text.many else 1) or not all(said):
        yield f"not all forms: {text.one!r}"
    places = set(_PLACE.findall(text.many or text.one))
    for one in said:
        used = set(_PLACE.findall(one))
        # A form for one may leave the count out, a message any of its values.
        may_leave_out = places if text.context == MESSAGE else {"%(num)s"} if text.many else set()
        if used - places or (places - used) - may_leave_out:
            yield f"other places: {text.one!r} → {one!r}"
        if (places or text.many) and re.search(r"%(?!%|\()", one.replace("%%", "")):
            yield f"a per cent sign that is not doubled: {one!r}"
        if one != one.strip() or bool(text.one.endswith(":")) != bool(one.endswith(":")):
            yield f"other ending: {text.one!r} → {one!r}"


if __name__ == "__main__":
    lines = [f"{language}: {fault}" for language in LANGUAGES for fault in faults(language)]
    lines += [f"outside of _(): {line}" for line in bare_words()]
    print(*lines, sep="\n")
    sys.exit(bool(lines))
