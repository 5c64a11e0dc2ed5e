"""Bank files: look into them, and import them as an upload does."""

import asyncio
import json
import secrets
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from config.settings import load_settings
from gateway import app
from gateway.commands.shared import DONE, REFUSED, WAITS, AsJson, CompanyCode, Data, company_of, with_store
from gateway.services.import_statement import Gate, import_file
from gateway.services.receive_file import receive_file
from gateway.store import statements
from gateway.store.database import Database
from gateway.store.originals import pieces_of
from gateway.store.statements import Statement, StatementFile
from gateway.store.work import SYSTEM
from gateway.workers import open_gate
from parsers.detect import open_file
from parsers.inspect import inspect_file
from schemas.errors import FileRefused
from schemas.statement import StatementEnd
from schemas.states import StatementFileState, StatementState
from schemas.status_report import StatusReport

_TRIES, _WAIT_S = 120, 0.5
Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True)]


def inspect(files: Files, as_json: AsJson = False) -> None:
    """Read bank files without any database and print what was understood."""
    look = _print_facts if as_json else _print_sentence
    read = [look(path) for path in files]
    raise typer.Exit(DONE if all(read) else REFUSED)


def _print_facts(path: Path) -> bool:
    good = inspect_file(path, _write)
    typer.echo()
    return good


def _write(text: str) -> None:
    sys.stdout.write(text)


def _print_sentence(path: Path) -> bool:
    try:
        opened = open_file(path)
        if isinstance(opened, StatusReport):
            typer.echo(f"{path}: {opened.format}, a report on message {opened.original_message_id}")
        else:
            ends = [part for part in opened.parts if isinstance(part, StatementEnd)]
            entries = sum(end.entry_count for end in ends)
            typer.echo(f"{path}: {opened.format}, {len(ends)} statements, {entries} entries")
            _print_warnings(path, [*opened.warnings, *(warning for end in ends for warning in end.warnings)])
    except FileRefused as error:
        line = f"line {error.line}: " if error.line else ""
        typer.echo(f"{path}: refused: {line}{error}", err=True)
        return False
    return True


def _print_warnings(path: Path, warnings: list[str]) -> None:
    for warning in warnings:
        typer.echo(f"{path}: {warning}", err=True)


def import_files(files: Files, data: Data = None, company: CompanyCode = "", as_json: AsJson = False) -> None:
    """Import statements and status reports: the same pipeline as an upload."""
    settings = load_settings(data_dir=data)

    async def work(database: Database) -> int:
        company_id = await company_of(database, company)
        gate = open_gate(app.place_of(settings))
        try:
            codes = [await _import(gate, database, company_id, path, as_json=as_json) for path in files]
        finally:
            await gate.close()
        return REFUSED if REFUSED in codes else max(codes)

    raise typer.Exit(with_store(settings, work))


async def _import(gate: Gate, database: Database, company_id: int, path: Path, *, as_json: bool) -> int:
    receipt = await receive_file(
        database, gate.originals, name=path.name, pieces=pieces_of(path), channel="command line",
        company_id=company_id, companies=[company_id], actor=SYSTEM, now=gate.now(),
    )  # fmt: skip
    file = await _import_or_wait(gate, receipt.file_id)
    async with database.read() as session:
        rows = await statements.statements_of_file(session, file.id)
    typer.echo(json.dumps(_facts(path, file, rows)) if as_json else _sentence(path, file, rows))
    return _code(file, rows)


async def _import_or_wait(gate: Gate, file_id: int) -> StatementFile:
    """Import a file; where somebody else reads it already, wait for him for a while."""
    file = await _import_once(gate, file_id)
    for _ in range(_TRIES):
        if file.state is not StatementFileState.RECEIVED:
            break
        await asyncio.sleep(_WAIT_S)
        file = await _import_once(gate, file_id)
    return file


async def _import_once(gate: Gate, file_id: int) -> StatementFile:
    await import_file(gate, file_id=file_id, token=secrets.token_hex(16))
    async with gate.database.read() as session:
        file = await statements.file_by_id(session, file_id)
    if file is None:
        raise RuntimeError(f"file {file_id} is gone")
    return file


def _code(file: StatementFile, rows: list[Statement]) -> int:
    if file.state is StatementFileState.REFUSED:
        return REFUSED
    waits = file.state is not StatementFileState.READ or any(row.state is StatementState.HELD for row in rows)
    return WAITS if waits else DONE


def _facts(path: Path, file: StatementFile, rows: list[Statement]) -> dict[str, Any]:
    error = {"code": file.error_code, "message": file.error_message, "line": file.error_line}
    return {
        "file": str(path),
        "sha256": file.sha256,
        "format": file.format,
        "state": file.state.value,
        "error": error if file.error_code else None,
        "warnings": file.warnings,
        "statements": [
            {
                "id": str(row.id),
                "number": row.number,
                "from_date": str(row.from_date),
                "to_date": str(row.to_date),
                "state": row.state.value,
                "hold_reason": row.hold_reason.value if row.hold_reason else None,
                "hold_detail": row.hold_detail,
                "entries": row.entry_count,
                "new": row.new_count,
                "known": row.same_as_id is not None,
            }
            for row in rows
        ],
    }


def _sentence(path: Path, file: StatementFile, rows: list[Statement]) -> str:
    if file.state is StatementFileState.REFUSED:
        line = f"line {file.error_line}: " if file.error_line else ""
        return f"{path}: refused: {line}{file.error_message}"
    entries, new = sum(row.entry_count for row in rows), sum(row.new_count for row in rows)
    held = "".join(f"; statement {row.number} is held: {row.hold_detail}" for row in rows if row.hold_reason)
    return f"{path}: {len(rows)} statements, {entries} entries, {new} new{held}"
