"""Tables: customers, invoices, mandates and collections from CSV or XLSX."""

import json
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from config.settings import load_settings
from gateway import app
from gateway.commands.shared import DONE, REFUSED, AsJson, CompanyCode, Data, company_of, with_store
from gateway.services.choose_mapping import choose_mapping, load_mapping, read_table, saved_mappings
from gateway.services.choose_mapping import save_mapping as keep_mapping
from gateway.services.import_tables import ImportPlan, RowsUnreadable, apply_import
from gateway.store.database import Database
from gateway.store.work import SYSTEM
from parsers.tabular import in_its_encoding, preview
from schemas.tables import Mapping, TableKind

Path_ = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
KeepGood = Annotated[
    bool, typer.Option("--keep-good-rows", help="Import the rows that can be read although others cannot.")
]
MappingName = Annotated[str, typer.Option("--mapping", help="A saved mapping of columns, by its name.")]
SaveMapping = Annotated[str, typer.Option("--save-mapping", help="Save the mapping that was used, under this name.")]


class MappingNames(NamedTuple):
    """The saved mapping that is used, and the name under which the one that was used is saved; either may be empty."""

    used: str
    saved_as: str


def import_customers(
    path: Path_, data: Data = None, company: CompanyCode = "", mapping: MappingName = "",
    save_mapping: SaveMapping = "", keep_good_rows: KeepGood = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Import customers from CSV or XLSX."""
    names = MappingNames(mapping, save_mapping)
    _import(TableKind.CUSTOMERS, path, data, company, names, keep_good_rows=keep_good_rows, as_json=as_json)


def import_invoices(
    path: Path_, data: Data = None, company: CompanyCode = "", mapping: MappingName = "",
    save_mapping: SaveMapping = "", keep_good_rows: KeepGood = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Import invoices and credit notes from CSV or XLSX."""
    names = MappingNames(mapping, save_mapping)
    _import(TableKind.INVOICES, path, data, company, names, keep_good_rows=keep_good_rows, as_json=as_json)


def import_mandates(
    path: Path_, data: Data = None, company: CompanyCode = "", mapping: MappingName = "",
    save_mapping: SaveMapping = "", keep_good_rows: KeepGood = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Import mandates from CSV or XLSX."""
    names = MappingNames(mapping, save_mapping)
    _import(TableKind.MANDATES, path, data, company, names, keep_good_rows=keep_good_rows, as_json=as_json)


def import_collections(
    path: Path_, data: Data = None, company: CompanyCode = "", mapping: MappingName = "",
    save_mapping: SaveMapping = "", keep_good_rows: KeepGood = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Import collections that another system sent, so that their returns are understood, from CSV or XLSX."""
    names = MappingNames(mapping, save_mapping)
    _import(TableKind.COLLECTIONS, path, data, company, names, keep_good_rows=keep_good_rows, as_json=as_json)


def _import(
    kind: TableKind,
    path: Path,
    data: Path | None,
    company: str,
    names: MappingNames,
    *,
    keep_good_rows: bool,
    as_json: bool,
) -> None:
    ignored: list[str] = []

    async def work(database: Database) -> ImportPlan:
        company_id = await company_of(database, company)
        mapping = await _mapping(database, company_id, kind, path, names.used)
        ignored.extend(preview(path, mapping, rows=0).ignored)
        plan = await apply_import(
            database, company_id=company_id, actor=SYSTEM, now=app.utc_now, table=read_table(path, mapping),
            source=path.name, keep_good_rows=keep_good_rows,
        )  # fmt: skip
        if names.saved_as:
            async with database.begin(actor=SYSTEM, now=app.utc_now(), company_id=company_id) as unit:
                await keep_mapping(unit, name=names.saved_as, mapping=mapping)
        return plan

    try:
        plan = with_store(load_settings(data_dir=data), work)
    except RowsUnreadable as refused:
        _report(path, refused.plan, ignored, as_json=as_json, was_done=False)
        raise typer.Exit(REFUSED) from refused
    _report(path, plan, ignored, as_json=as_json, was_done=True)
    raise typer.Exit(DONE)


async def _mapping(database: Database, company_id: int, kind: TableKind, path: Path, name: str) -> Mapping:
    """Return the saved mapping of that name, else our own columns, else a saved one that fits, else the best guess."""
    async with database.read() as session:
        if name:
            return in_its_encoding(path, await load_mapping(session, company_id=company_id, kind=kind, name=name))
        saved = await saved_mappings(session, company_id=company_id, kind=kind)
    return choose_mapping(path, kind, saved=[one.mapping for one in saved])


def _report(path: Path, plan: ImportPlan, ignored: list[str], *, as_json: bool, was_done: bool) -> None:
    counts = {outcome.value: count for outcome, count in sorted(plan.counts.items())}
    if as_json:
        errors = [error._asdict() for error in plan.errors]
        facts = {"file": str(path), "imported": was_done, "counts": counts, "errors": errors}
        typer.echo(json.dumps({**facts, "unknown_columns": ignored}))
        return
    if ignored:
        typer.echo(f"{path}: columns that are not known and were left out: {', '.join(ignored)}", err=True)
    for error in plan.errors[:50]:
        typer.echo(f"{path}: {error}", err=True)
    words = ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "no rows"
    typer.echo(f"{path}: {words}" if was_done else f"{path}: nothing imported ({len(plan.errors)} rows cannot be read)")
