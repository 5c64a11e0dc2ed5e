"""Tables that people bring: upload, see what was understood and what would change, then apply it."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import web
from pydantic import ConfigDict

from gateway.domain.access import Right
from gateway.domain.import_step import Outcome
from gateway.services.choose_mapping import save_mapping, saved_mappings
from gateway.services.import_table_file import TableFile, TableTold, columns_of
from gateway.services.receive_file import shown_name
from gateway.web.context import Call
from gateway.web.match_again import match_soon
from gateway.web.pages.dashboard import next_step
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from schemas.errors import NotFound
from schemas.tables import TableKind

_HASH = re.compile("[0-9a-f]{64}")
_ANSWER = "about-"
_AFTER = {TableKind.COLLECTIONS: "/collections/runs"}  # Where what was imported is seen, if not under its own name.


class NoSuchTable(NotFound):
    """There is no such table to import."""


class ImportQuery(PageQuery):
    """How a table file is called, and how it is to be read; answers to questions come as ``about-…``."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str = ""
    mapping: str = ""

    @property
    def answers(self) -> dict[str, str]:
        """What a person decided about how the table is read."""
        return answers_of({name: str(value) for name, value in (self.model_extra or {}).items()})


def answers_of(values: Mapping[str, str]) -> dict[str, str]:
    """Return the answers among the fields of a form."""
    return {name.removeprefix(_ANSWER): value for name, value in values.items() if name.startswith(_ANSWER)}


async def show_upload(call: Call) -> web.StreamResponse:
    """Show the form for a file."""
    return await _show_upload(call)


async def _show_upload(call: Call, *, fault: str = "") -> web.StreamResponse:
    kind = _kind(call)
    async with call.gateway.database.read() as session:
        saved = await saved_mappings(session, company_id=call.company_id, kind=kind)
    values = {"kind": kind, "columns": columns_of(kind), "saved": saved, "fault": fault}
    return call.page("imports/upload.html", status=422 if fault else 200, **values)


def _kind(call: Call) -> TableKind:
    word = call.word("kind")
    if word not in set(TableKind):
        raise NoSuchTable(f"{word[:40]!r} cannot be imported here")
    return TableKind(word)


async def upload(call: Call) -> web.StreamResponse:
    """Keep the file, then show what is in it."""
    kind, kept, name = _kind(call), None, ""
    async for file in call.uploads(files_max=1):
        kept, name = await call.gateway.originals.keep(file.pieces), shown_name(file.filename)
    if kept is None:
        return await _show_upload(call, fault=call._("Choose a file."))
    values = {"name": name, "mapping": (await call.form()).get("mapping", "")}
    asked = urlencode({key: value for key, value in values.items() if value})
    return call.redirect(f"/imports/{kind.value}/{kept.sha256}?{asked}")


async def show_table(call: Call) -> web.StreamResponse:
    """Show what was understood and what would change."""
    query = call.query(ImportQuery)
    file = _file(call, query.name, query.mapping, query.answers)
    return _told(call, file, await call.gateway.workers.look_at_table(file))


def _file(call: Call, name: str, mapping: str, answers: Mapping[str, str]) -> TableFile:
    sha256 = call.word("sha256")
    if not _HASH.fullmatch(sha256):
        raise NoSuchTable
    return TableFile(call.company_id, _kind(call), sha256, shown_name(name or "table"), mapping, dict(answers))


def _told(
    call: Call, file: TableFile, told: TableTold, *, fault: str = "", typed: Mapping[str, str] | None = None
) -> web.StreamResponse:
    status = 422 if fault or told.refused else 200
    values = {"file": file, "told": told, "outcomes": list(Outcome), "fault": fault, "typed": typed or {}}
    return call.page("imports/table.html", status=status, **values)


async def apply(call: Call) -> web.StreamResponse:
    """Import the table; then match again, for what waits may be explained now."""
    form = await call.form()
    file = _file(call, form.get("name", ""), form.get("mapping", ""), answers_of(form))
    told = await call.gateway.workers.import_table(file, call.actor, keep_good_rows="keep_good_rows" in form)
    if not told.is_done:
        fault = _not_imported(call, told) if told.plan else ""
        return _told(call, file, told, fault=fault, typed=form)
    await _save(call, form.get("save_as", "").strip()[:60], told)
    match_soon(call)
    counts = told.plan.counts if told.plan else {}
    say = call._(
        "Imported: %(new)s new, %(changed)s changed, %(proposed)s proposed, %(unchanged)s unchanged.",
        **{outcome.value: counts.get(outcome, 0) for outcome in Outcome},
    )
    if told.unreadable_rows:
        say += " " + call.count("%(num)s row was left out.", "%(num)s rows were left out.", told.unreadable_rows)
    return call.redirect(await next_step(call, _AFTER.get(file.kind, f"/{file.kind.value}")), say=say)


def _not_imported(call: Call, told: TableTold) -> str:
    return call.count(
        "Nothing was imported: %(num)s row cannot be read. Mend it in the file, or tick that it is left out.",
        "Nothing was imported: %(num)s rows cannot be read. Mend them in the file, or tick that they are left out.",
        told.unreadable_rows,
    )


async def _save(call: Call, name: str, told: TableTold) -> None:
    if not name or told.mapping is None:
        return
    async with call.begin(ids=10) as work:
        await save_mapping(work, name=name, mapping=told.mapping)


ROUTES = (
    page("GET", "/imports/{kind}", Right.IMPORT, show_upload),
    page("POST", "/imports/{kind}", Right.IMPORT, upload),
    page("GET", "/imports/{kind}/{sha256}", Right.IMPORT, show_table),
    page("POST", "/imports/{kind}/{sha256}", Right.IMPORT, apply),
)
