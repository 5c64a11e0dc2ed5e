"""Finds the texts that pages show: marked ones in templates and code, words of closed sets, and what errors say.

What an error or a warning says is a *message*: it is written where it is raised, in English, and translated where it is
shown. A value in it becomes a place, ``f"customer {number} exists"`` is ``customer %(number)s exists``.
"""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2.ext import babel_extract

from config.catalogs import MESSAGE
from gateway.domain.access import AccessChangeState
from gateway.domain.mandate import MandateObstacle
from gateway.domain.matching.model import Strength
from gateway.web.words import word_of
from parsers.tabular import field_names
from schemas import statement, states, tables
from schemas.advice import AdviceFormat
from schemas.codes import lists

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "gateway/web/templates"

# Closed sets and rows of tables whose words pages show.
SETS: tuple[type[StrEnum], ...] = (
    states.OpenItemKind, states.ItemState, states.AllocationKind, states.StatementFileState, states.StatementState,
    states.HoldReason, states.BankTransactionState, states.ReviewState, states.ReviewReason, states.IgnoreCategory,
    states.PaymentMethod, states.MandateState, states.IbanSource, states.Role, statement.StatementKind,
    tables.MandateType, Strength, AccessChangeState, MandateObstacle, states.AmendmentKind, states.DocumentKind,
    states.ProtectedKind, lists.LocalInstrument, states.RuleAction, states.TextMatch, states.Direction,
    states.AdviceState, AdviceFormat,
)  # fmt: skip
_ROWS = (tables.CustomerRow, tables.InvoiceRow, tables.MandateRow)
_IMPORTED = (tables.TableKind.CUSTOMERS, tables.TableKind.INVOICES, tables.TableKind.MANDATES)

# Code whose messages no page shows: they are for machines, for the command line or for the log.
_UNSEEN = (
    "gateway/app.py", "gateway/commands/", "gateway/services/add_people.py", "gateway/services/fill_demo.py",
    "gateway/services/set_up_installation.py", "gateway/store/engines.py", "gateway/store/installation_key.py",
    "gateway/store/item_lists.py", "gateway/store/migrate.py", "gateway/store/paging.py",
    "gateway/store/review_queue.py", "gateway/web/address.py", "gateway/web/api/", "gateway/web/idempotency.py",
    "gateway/web/assets.py", "parsers/inspect.py", "parsers/pain002.py", "schemas/reference_schemes.py",
)  # fmt: skip
# Which argument of a call is a message.
_SAYING = {"warn": 0, "_warn": 0, "Hold": 1, "RowError": 3, "Choice": 1, "_parsed": 1, "_move": 4, "Contradiction": 1,
           "Fault": 1, "InvalidRule": 1}  # fmt: skip
_KEPT_IN = frozenset({"warnings", "_warnings", "found"})  # Lists of messages.
_SAID_IN = frozenset({"message", "expected", "refusal", "EXPECTED"})  # Names that texts are kept under.
_LISTED_IN = ("_OTHER_MESSAGES", "_MAGIC", "_OTHERS")  # Tables of what a file is instead.
_PLACE = re.compile(r"%\(\w+\)s")
_WORDS = re.compile(r"[a-z].* | .*[a-z]")
_COMPOSED = (
    "line %(line)s: %(sentence)s",
    "statement %(number)s of %(account)s",
    "statement %(number)s of %(account)s: %(sentence)s",
    "%(sentence)s (and %(count)s more)",
    "%(first)s; %(second)s",
)


class Text(NamedTuple):
    """A text as it is looked up: in English, with its plural where it has one, and its context."""

    one: str
    many: str = ""
    context: str = ""


@cache
def find_texts() -> dict[Text, str]:
    """Return every text with the place where it was found first."""
    found: dict[Text, str] = {}
    for text, place in [*_in_templates(), *_in_code(), *_in_sets(), *_in_messages()]:
        found.setdefault(text, place)
    return found


def _in_templates() -> Iterator[tuple[Text, str]]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        with path.open("rb") as file:
            for line, function, said, _ in babel_extract(file, ["_", "ngettext"], [], {"trimmed": "false"}):
                texts = [said] if isinstance(said, str) else [text for text in said or () if text is not None]
                if texts:
                    many = texts[1] if function == "ngettext" else ""
                    yield Text(texts[0], many), f"{path.relative_to(ROOT)}:{line}"


def _in_code() -> Iterator[tuple[Text, str]]:
    for path, tree in _trees("gateway/web"):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            texts = [part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            place = f"{path}:{call.lineno}"
            if _name(call.func) in {"_", "mark"} and texts:
                yield Text(texts[0]), place
            elif _name(call.func) == "count" and len(texts) == 2:
                yield Text(*texts), place


def _in_sets() -> Iterator[tuple[Text, str]]:
    for members in SETS:
        for member in members:
            word = member.value if members is states.Role else word_of(member)
            yield Text(word), f"{members.__name__}.{member.name}"
    for row in _ROWS:
        for field in row._fields:
            yield Text(word_of(field.removesuffix("_minor"))), f"{row.__name__}.{field}"
    for kind in _IMPORTED:
        for name in field_names(kind):
            yield Text(word_of(name)), f"{kind}.{name}"


def _in_messages() -> Iterator[tuple[Text, str]]:
    trees = list(_trees("schemas", "gateway", "parsers"))
    family = _family(tree for _, tree in trees)
    for path, tree in trees:
        if not path.as_posix().startswith(_UNSEEN):
            for node in ast.walk(tree):
                said = (text for text in _said_by(node, family) if _WORDS.search(_PLACE.sub("", text)))
                yield from ((Text(text, "", MESSAGE), f"{path}:{_line(node)}") for text in said)
    yield from ((Text(text, "", MESSAGE), "put together") for text in _COMPOSED)


def _said_by(node: ast.AST, family: dict[str, str]) -> Iterator[str]:
    """Yield the messages that a node says."""
    if isinstance(node, ast.Call):
        name, of = _name(node.func), _name(getattr(node.func, "value", node))
        is_said = name in family or (name == "append" and of in _KEPT_IN) or (name == "add" and of == "notes")
        place = _SAYING.get(name, 0 if is_said else None)
        if place is not None and len(node.args) > place:
            yield from _shape(node.args[place])
    elif isinstance(node, ast.Assign):
        name = _name(node.targets[0])
        if name in _SAID_IN:
            yield from _shape(node.value)
        elif name in _LISTED_IN:
            yield from (text for part in ast.walk(node.value) for text in _shape(part) if " " in text)
    elif isinstance(node, ast.ClassDef) and node.name in family:
        calls = [one for one in ast.walk(node) if isinstance(one, ast.Call) and _name(one.func) == "__init__"]
        yield from (text for call in calls for part in call.args[:1] for text in _shape(part))
    if isinstance(node, ast.Raise):  # An error without words says what its docstring says.
        raised = node.exc.func if isinstance(node.exc, ast.Call) and not node.exc.args else node.exc
        if isinstance(raised, ast.Name) and raised.id in family:
            yield family[raised.id]


def _shape(node: ast.AST) -> Iterator[str]:
    """Yield a text as it stands, or with places for its values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        names: list[str] = []
        yield "".join(_part(part, names) for part in node.values)


def _part(part: ast.AST, names: list[str]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value).replace("%", "%%")
    inner = [_name(one).strip("_").lower() for one in ast.walk(part) if isinstance(one, ast.Attribute | ast.Name)]
    name = next((one for one in inner if one not in _FUNCTIONS), "value")
    names.append(name)
    return f"%({name}{names.count(name) if names.count(name) > 1 else ''})s"


_FUNCTIONS = frozenset({"len", "str", "repr", "join", "type", "map", "sorted", "mask_account", "shown", "amount_text"})


def _family(trees: Iterator[ast.Module]) -> dict[str, str]:
    """Return the errors of the gateway, each with the first line of its docstring."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    family: dict[str, str] = {"GatewayError": ""}
    while new := [
        one for one in classes if one.name not in family and any(_name(base) in family for base in one.bases)
    ]:
        family |= {one.name: (ast.get_docstring(one) or "").split("\n")[0] for one in new}
    return family


def _trees(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text())


def _name(node: ast.AST) -> str:
    return str(getattr(node, "id", None) or getattr(node, "attr", None) or "")


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))
