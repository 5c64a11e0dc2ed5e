"""The API of tables: import customers, invoices, mandates or debits that another system sent, read in a worker."""

import datetime as dt
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any

from aiohttp import web

from gateway.domain.access import Right
from gateway.services import choose_mapping
from gateway.services.import_table_file import TableFile, TableTold
from gateway.services.import_tables import SHOWN_MAX, ImportPlan, PlannedRow, RowsUnreadable
from gateway.services.receive_file import shown_name
from gateway.web.api import received
from gateway.web.context import Call
from gateway.web.errors import BadRequest, problem_of
from gateway.web.match_again import match_soon
from gateway.web.routing import Route, api
from schemas.errors import FileRefused
from schemas.payloads.imports import (
    ImportCounts,
    ImportedRow,
    ImportOptions,
    ImportShape,
    MappingShape,
    RowDifference,
    RowErrorShape,
    SavedMappingFilter,
    SavedMappingList,
    SavedMappingShape,
)
from schemas.tables import Mapping, MappingUndecided, TableKind


def _importer(kind: TableKind) -> Callable[[Call], Awaitable[web.StreamResponse]]:
    async def import_table(call: Call) -> web.StreamResponse:
        return await _import(call, kind)

    return import_table


async def _import(call: Call, kind: TableKind) -> web.StreamResponse:
    """Import a table, or say what that would do; rows that cannot be read stop it unless the good ones are kept."""
    asked = call.query(ImportOptions)
    if asked.mapping:
        async with call.gateway.database.read() as session:
            await choose_mapping.load_mapping(session, company_id=call.company_id, kind=kind, name=asked.mapping)
    came = await received.one_file(call)
    kept = await call.gateway.originals.keep(came.pieces)
    file = TableFile(
        call.company_id, kind, kept.sha256, shown_name(came.name), asked.mapping, dict(map(_answer, asked.decided))
    )
    if asked.dry_run:
        told = await call.gateway.workers.look_at_table(file)
    else:
        told = await call.gateway.workers.import_table(file, call.actor, keep_good_rows=asked.keep_good_rows)
    if told.is_done:
        await _save(call, asked.save_mapping, told)
        match_soon(call)
    return _told(call, file, told, is_refused=not told.is_done and not asked.dry_run)


def _answer(text: str) -> tuple[str, str]:
    about, equals, value = text.partition("=")
    if not equals:
        raise BadRequest("an answer names what it is about, such as decimal_mark=,")
    return about, value


async def _save(call: Call, name: str, told: TableTold) -> None:
    if name and told.mapping is not None:
        async with call.begin() as work:
            await choose_mapping.save_mapping(work, name=name, mapping=told.mapping)


def _told(call: Call, file: TableFile, told: TableTold, *, is_refused: bool) -> web.StreamResponse:
    if told.questions:
        raise MappingUndecided(told.questions)
    if told.mapping is None or told.plan is None:
        raise FileRefused(told.refused, code=told.refused_code)
    shape = _shape(file, told, told.mapping, told.plan)
    if not is_refused:
        return call.answer(shape)
    problem = problem_of(RowsUnreadable(told.plan), call.request_id) | shape.model_dump(mode="json")
    return web.json_response(problem, status=422, content_type="application/problem+json")


def _shape(file: TableFile, told: TableTold, mapping: Mapping, plan: ImportPlan) -> ImportShape:
    return ImportShape(
        kind=file.kind,
        file_name=file.name,
        sha256=file.sha256,
        imported=told.is_done,
        counts=ImportCounts(**{outcome.value: count for outcome, count in plan.counts.items()}),
        error_count=len(plan.errors),
        errors=[RowErrorShape(**error._asdict()) for error in plan.errors[:SHOWN_MAX]],
        unknown_columns=list(told.preview.ignored) if told.preview else [],
        rows=[_row(row) for row in plan.rows],
        mapping=_mapping_shape(mapping),
    )


def _row(row: PlannedRow) -> ImportedRow:
    differences = [
        RowDifference(name=one.name, before=_plain(one.before), after=_plain(one.after)) for one in row.differences
    ]
    return ImportedRow(row=row.row, name=row.name, outcome=row.outcome.value, differences=differences)


def _plain(value: Any) -> str | int | None:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else str(value)


def _mapping_shape(mapping: Mapping) -> MappingShape:
    return MappingShape(
        columns=dict(mapping.columns),
        constants=dict(mapping.constants),
        delimiter=mapping.delimiter,
        encoding=mapping.encoding,
        decimal_mark=mapping.decimal_mark,
        date_form=mapping.date_form,
        sheet=mapping.sheet,
    )


async def list_mappings(call: Call) -> web.StreamResponse:
    """List the saved mappings of columns."""
    asked = call.query(SavedMappingFilter)
    items: list[SavedMappingShape] = []
    async with call.gateway.database.read() as session:
        for kind in TableKind if asked.kind is None else (asked.kind,):
            saved = await choose_mapping.saved_mappings(session, company_id=call.company_id, kind=kind)
            items += [SavedMappingShape(kind=kind, name=one.name, mapping=_mapping_shape(one.mapping)) for one in saved]
    return call.answer(SavedMappingList(items=items))


def _route(kind: TableKind) -> Route:
    return api(
        "POST", f"/imports/{kind.value}", Right.IMPORT, _importer(kind),
        summary=f"Import {kind.value} from CSV or XLSX; 422 when rows cannot be read, and then nothing is changed",
        query=ImportOptions, consumes=("text/csv", *received.KINDS), gives=ImportShape,
    )  # fmt: skip


ROUTES = (
    *map(_route, TableKind),
    api(
        "GET", "/imports/mappings", Right.IMPORT, list_mappings, summary="List saved mappings of columns",
        query=SavedMappingFilter, gives=SavedMappingList,
    ),
)  # fmt: skip
