"""Files of the pages: named by their content, served without comments, nothing beside them."""

from pathlib import Path

import pytest

from gateway.web.assets import Assets
from schemas.errors import NotFound


def assets_of(folder: Path, **files: str) -> Assets:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return Assets(folder)


def served(assets: Assets, name: str) -> str:
    return assets.read(assets.path(name).rsplit("/", 1)[1])[0].decode()


def test_the_name_follows_the_content(tmp_path: Path) -> None:
    before = assets_of(tmp_path, a_css="a { color: red; }").path("a.css")
    after = assets_of(tmp_path, a_css="a { color: blue; }").path("a.css")

    assert before != after
    assert before.startswith("/static/a.")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("/* Why.\n */\na,\n  b > c { color: red; }\n", "a,b>c{color:red}"),
        ("a { margin: calc(1px + 2px) 0 -1px; }", "a{margin:calc(1px + 2px) 0 -1px}"),
        ("@media (min-width: 7px) and (max-width: 9px) { a:not(.b) .c { x: y; } }",
         "@media (min-width:7px) and (max-width:9px){a:not(.b) .c{x:y}}"),
    ],
)  # fmt: skip
def test_style_keeps_its_meaning_without_comments(tmp_path: Path, source: str, text: str) -> None:
    assert served(assets_of(tmp_path, a_css=source), "a.css") == text


def test_script_keeps_its_lines_without_comments(tmp_path: Path) -> None:
    source = '// Why.\nconst a = "http://x";  // kept\n\n  call(a);\n'

    assert served(assets_of(tmp_path, a_js=source), "a.js") == 'const a = "http://x";  // kept\ncall(a);'


@pytest.mark.parametrize("name", ["a.css", "../a.css", "a.000000000000.css", ""])
def test_only_the_hashed_names_are_served(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        assets_of(tmp_path, a_css="a {}").read(name)


def test_other_files_are_not_served(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        assets_of(tmp_path, notes_txt="secret").path("notes.txt")


def test_style_and_script_together_weigh_at_most_thirty_kilobytes() -> None:
    assets = Assets()

    assert len(served(assets, "app.css").encode()) + len(served(assets, "app.js").encode()) <= 30_000
