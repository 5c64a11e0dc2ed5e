"""The description of the API (OpenAPI 3.1), made from the table of routes."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from gateway.domain.access import Right
from gateway.web.routing import API, Route

Json = dict[str, Any]
_PLACE = re.compile(r"{(\w+)(?::[^}]*)?}")
Names = dict[tuple[type[BaseModel], JsonSchemaMode], Json]  # How the operations name each shape.
_REF = "#/components/schemas/{model}"


class Problem(BaseModel):
    """What every error answer says (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    line: int | None = Field(None, description="Line of the file, counted from 1, where it could not be read")
    faults: list[dict[str, str]] | None = Field(None, description="Each field that has the wrong shape")


def describe(routes: Iterable[Route], *, version: str, url: str) -> Json:
    """Return the description of all calls of the API."""
    calls = sorted((route for route in routes if route.is_api), key=lambda route: (route.path, route.method))
    names, schemas = _schemas(calls)
    paths: Json = {}
    for route in calls:
        paths.setdefault(_PLACE.sub(r"{\1}", route.path), {})[route.method.lower()] = _operation(route, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SEPA gateway",
            "version": version,
            "description": "Amounts are whole minor units beside their currency; keys are strings; moments are UTC.",
        },
        "servers": [{"url": url}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _schemas(calls: list[Route]) -> tuple[Names, Json]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for route in calls:
        if route.takes is not None:
            wanted[route.takes, "validation"] = None
        if route.gives is not None:
            wanted[route.gives, "serialization"] = None
    names, whole = models_json_schema(list(wanted), ref_template=_REF)
    return {(shape, mode): names[shape, mode] for shape, mode in wanted}, whole["$defs"]


def _operation(route: Route, names: Names) -> Json:
    operation: Json = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "tags": [route.path.removeprefix(API).split("/")[1]],
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": {
            **{str(status): _answer(route, names) for status in (route.status, *route.also)},
            "default": _problem(names),
        },
    }
    if route.right is Right.PUBLIC:
        operation["security"] = []
    else:
        operation["description"] = f"Needs the right `{route.right.value}`."
    if route.takes is not None:
        content = {"application/json": {"schema": names[route.takes, "validation"]}}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.consumes:
        operation["requestBody"] = {"required": True, "content": {kind: {"schema": {}} for kind in route.consumes}}
    return operation


def _operation_id(route: Route) -> str:
    words = re.findall(r"\w+", _PLACE.sub(r"by_\1", route.path.removeprefix(API)))
    return "_".join([route.method.lower(), *words])


def _path_parameters(route: Route) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PLACE.findall(route.path)
    ]


def _query_parameters(route: Route) -> list[Json]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=_REF)
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": _plain(shape, schema)}
        for name, shape in schema.get("properties", {}).items()
    ]


def _plain(shape: Json, schema: Json) -> Json:
    """Put the closed sets that a query names in place: they are small and stand nowhere else."""
    if "$ref" in shape:
        return dict(schema["$defs"][shape["$ref"].rsplit("/", 1)[1]])
    parts = [_plain(part, schema) for part in shape.get("anyOf", [])]
    return shape | ({"anyOf": parts} if parts else {})


def _header_parameters(route: Route) -> list[Json]:
    company = {"name": "Company", "in": "header", "required": False, "schema": {"type": "string"},
               "description": "Code of the company; a token opens one only, so this is a check"}  # fmt: skip
    key = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 200},
           "description": "Same key and body again: the same answer, and nothing is done twice"}  # fmt: skip
    if route.right is Right.PUBLIC:
        return []
    return [company, key] if route.creates else [company]


def _answer(route: Route, names: Names) -> Json:
    schema = {} if route.gives is None else names[route.gives, "serialization"]
    return {"description": route.summary, "content": {route.produces: {"schema": schema}}}


def _problem(names: Names) -> Json:
    schema = names[Problem, "serialization"]
    return {"description": "What went wrong", "content": {"application/problem+json": {"schema": schema}}}
