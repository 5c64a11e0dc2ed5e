"""A small judge of OpenAPI 3.1 descriptions: what the specification demands of the parts that we use.

It returns sentences about what is wrong, like a validator, without being a dependency.
"""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
_TYPES = {"null", "boolean", "object", "array", "number", "string", "integer"}
# Keywords of JSON Schema 2020-12 and what kind of value each has.
_KEYWORDS: dict[str, type | tuple[type, ...]] = {
    "$ref": str, "title": str, "description": str, "type": (str, list), "enum": list, "const": object,
    "default": object, "properties": dict, "required": list, "additionalProperties": (bool, dict), "items": dict,
    "anyOf": list, "oneOf": list, "allOf": list, "format": str, "pattern": str, "minLength": int, "maxLength": int,
    "minimum": (int, float), "maximum": (int, float), "exclusiveMinimum": (int, float),
    "exclusiveMaximum": (int, float), "minItems": int, "maxItems": int, "uniqueItems": bool, "examples": list,
    "propertyNames": dict,
}  # fmt: skip


def faults_of(document: Json) -> list[str]:
    """Return what is wrong with a description; nothing, when it is valid."""
    return list(_faults(document))


def _faults(document: Json) -> Iterator[str]:
    if not re.fullmatch(r"3\.1\.\d+", str(document.get("openapi"))):
        yield "openapi is not 3.1.x"
    if not all(isinstance(document.get("info", {}).get(name), str) for name in ("title", "version")):
        yield "info needs a title and a version"
    ids: list[str] = []
    for path, item in document["paths"].items():
        if not path.startswith("/"):
            yield f"{path} does not begin with a slash"
        for method, operation in item.items():
            if method not in _METHODS:
                yield f"{path} has no method {method}"
            ids.append(operation["operationId"])
            yield from _operation(document, f"{method} {path}", path, operation)
    if len(set(ids)) < len(ids):
        yield "an operationId is there twice"
    for name, schema in document["components"]["schemas"].items():
        if not re.fullmatch(r"[a-zA-Z0-9._-]+", name):
            yield f"component {name} has a name that is none"
        yield from _schema(document, name, schema)


def _operation(document: Json, where: str, path: str, operation: Json) -> Iterator[str]:
    parameters = operation.get("parameters", [])
    places = [(one["in"], one["name"]) for one in parameters]
    if len(set(places)) < len(places):
        yield f"{where}: a parameter is there twice"
    if {name for place, name in places if place == "path"} != set(re.findall(r"{(\w+)}", path)):
        yield f"{where}: the places of the path are not its parameters"
    for one in parameters:
        if one["in"] not in {"path", "query", "header", "cookie"} or (one["in"] == "path" and not one["required"]):
            yield f"{where}: parameter {one['name']}"
        yield from _schema(document, f"{where}: parameter {one['name']}", one["schema"])
    contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []
    if not operation["responses"]:
        yield f"{where}: no answer"
    for status, answer in operation["responses"].items():
        if not re.fullmatch(r"[1-5]\d\d|default", status) or not isinstance(answer.get("description"), str):
            yield f"{where}: answer {status}"
        contents.append(answer.get("content", {}))
    for content in contents:
        for kind, media in content.items():
            if not re.fullmatch(r"[\w.+-]+/[\w.+*-]+", kind):
                yield f"{where}: {kind} is no media type"
            yield from _schema(document, f"{where}: {kind}", media["schema"])


def _schema(document: Json, where: str, schema: Json) -> Iterator[str]:
    for word, value in schema.items():
        kind = _KEYWORDS.get(word)
        if kind is None:
            yield f"{where}: {word} is no keyword"
        elif not isinstance(value, kind):
            yield f"{where}: {word} has a value of another kind"
    types = schema.get("type", [])
    if not set([types] if isinstance(types, str) else types) <= _TYPES:
        yield f"{where}: {types} is no type"
    reference = schema.get("$ref")
    if reference is not None and _target(document, reference) is None:
        yield f"{where}: {reference} leads nowhere"
    if not set(schema.get("required", [])) <= set(schema.get("properties", {})):
        yield f"{where}: a required property is not described"
    if "pattern" in schema:
        re.compile(schema["pattern"])
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", []), *schema.get("allOf", [])]
    inner += [schema[word] for word in ("items", "additionalProperties") if isinstance(schema.get(word), dict)]
    for part in inner:
        yield from _schema(document, where, part)


def _target(document: Json, reference: str) -> Any:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def misfits(document: Json, schema: Json, value: Any, where: str = "body") -> Iterator[str]:
    """Yield where a value is not as a schema of the description says."""
    if "$ref" in schema:
        yield from misfits(document, _target(document, schema["$ref"]), value, where)
        return
    if "anyOf" in schema:
        if all(list(misfits(document, part, value, where)) for part in schema["anyOf"]):
            yield f"{where} fits none of several"
        return
    if "type" in schema and not _is_of(schema["type"], value):
        yield f"{where} is no {schema['type']}: {value!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of {schema['enum']}: {value!r}"
    if "const" in schema and value != schema["const"]:
        yield f"{where} is not {schema['const']}"
    if isinstance(value, dict):
        yield from _misfits_of_object(document, schema, value, where)
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from misfits(document, schema.get("items", {}), one, f"{where}[{place}]")


def _misfits_of_object(document: Json, schema: Json, value: Json, where: str) -> Iterator[str]:
    known = schema.get("properties", {})
    rest = schema.get("additionalProperties", True)
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where}.{name} is missing"
    for name, one in value.items():
        if name in known:
            yield from misfits(document, known[name], one, f"{where}.{name}")
        elif rest is False:
            yield f"{where}.{name} is not described"
        elif isinstance(rest, dict):
            yield from misfits(document, rest, one, f"{where}.{name}")


def _is_of(kind: str, value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "null": value is None, "boolean": isinstance(value, bool), "object": isinstance(value, dict),
        "array": isinstance(value, list), "string": isinstance(value, str), "number": is_number,
        "integer": is_number and isinstance(value, int),
    }  # fmt: skip
    return fits[kind]
