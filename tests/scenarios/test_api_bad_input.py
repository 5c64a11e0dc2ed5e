"""Bad input to every call: an answer that says what is wrong, never a crash, and nothing stored that cannot be.

What has not even its shape never comes as far as the database, so it is sent to the gateway on SQLite only.
"""

import asyncio
import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any, get_args
from urllib.parse import parse_qsl

import pytest
import pytest_asyncio
from pydantic import BaseModel, ValidationError

from gateway.web.routes import ROUTES
from gateway.web.routing import API, Route
from support.api import Firm, open_firm
from support.bank import payment
from support.web import Answer, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLS = [route for route in ROUTES if route.is_api]
LONG = "x" * 100_000
# Each in the place of each field of each body, as JSON text, because some of it no Python value gives.
VALUES = (
    '"\\ufffe"', '"\\u202e\\ufeff"', '""', "null", json.dumps("x" * 2000), "\"'; DROP TABLE party; --\"", "0", "-1", "true",
    '"99999999999999999999"', "[]", "{}", '["1"]', str(10**15 - 1), '"9999-12-31"', '"a\\u0000b"', '"\\ud800"', "1.5",
    "1e3", "1e400", "NaN", str(2**31), str(2**63), str(-(2**63) - 1), "9" * 5000, '" "', json.dumps(LONG), '"1e3"',
    '"\\u0661"', '"2026-02-30"', '"0000-00-00"', '"10000-01-01"', '"../../etc/passwd"', "[null]", '["a"]', "[[]]",
    '{"a": 1}', "[" * 500 + "]" * 500,
)  # fmt: skip
RIGHT_MAX = 5  # Of each field so many right values are sent; what is wrong never comes as far as the database.
WHOLE = ("", "null", "[]", "{", '{"a":', '"text"', "{}", '{"unknown": 1}', "\\x00", '{"a": 1, "a": 2}')
KEYS = ("0", "-1", "x", "9" * 18, "9" * 19, "1%00", "%D9%A1", "%2e%2e%2f", "%F0%9F%92%A9", "%FF")
TABLE = b"number,name\n"
QUERY_VALUES = ("", "a%00b", "-1", "1.5", "1e3", "9" * 30, "x" * 3000, "%ED%A0%80", "2026-02-30", "true", "%25%27")


def cursor(value: Any) -> str:
    """Return a cursor as a list makes it, but with other values in it."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


CURSORS = [
    "x", "=", "%00", "é", "A" * 200, "A" * 201, "-1", "9" * 18, "9" * 19, "٣", cursor(None), cursor([]), cursor({}),
    cursor([[]]), cursor([1]), cursor(["a", 1]), cursor([1, 1]), cursor([None, 1]), cursor([None, None]),
    cursor(["a\0b", 1]), cursor(["\ud800", 1]), cursor(["a", 2**63]), cursor(["a", -(2**63)]), cursor([2**70, 1]),
    cursor(["2026-02-30", 1]), cursor(["2026-01-01", 1]), cursor([1, 2, 3]), cursor([1, "2026-01-01", 3]),
    cursor([1, "x", 3]), cursor([None, None, None]), cursor([1, None, 3]), cursor([1, "2026-01-01T00:00:00", 3]),
    cursor([1, "9999-12-31T23:59:59+14:00", 3]), cursor([1.5, 1, 1]), cursor([True, True, True]), cursor("text"),
    cursor(["a"] * 50),
]  # fmt: skip
_full: dict[str, tuple[Firm, dict[str, str]]] = {}


@pytest_asyncio.fixture(loop_scope="session")
async def full(api_site: Site) -> tuple[Firm, dict[str, str]]:
    """A company with something of everything, and the keys of that by resource."""
    if api_site.url not in _full:
        firm = await open_firm(api_site)
        customer = await firm.add_customer()
        invoice = await firm.add_invoice("FA-1", 10_000, open_minor=9_000)
        change = await firm.machine.ask("PATCH", f"/invoices/{invoice['id']}", json={"due_date": "2026-12-31"})
        held = await firm.upload(firm.statement(payment(123, "x", reference="R1"), closing=1))
        await firm.upload(firm.statement(payment(456, "x", reference="R2")))
        [question] = (await firm.get("/review-items"))["items"]
        keys = {
            "customers": customer["id"], "invoices": invoice["id"], "item-changes": change.json()["change_id"],
            "statements": held.json()["statements"][0]["id"], "files": held.json()["id"],
            "bank-accounts": str(firm.account_id), "review-items": question["id"],
            "bank-transactions": question["id"],
        }  # fmt: skip
        _full[api_site.url] = firm, keys
    return _full[api_site.url]


def path_of(route: Route, keys: dict[str, str]) -> str:
    path = route.path.removeprefix(API)
    return path.replace("{id}", keys.get(path.split("/")[1], "1"))


def judge(answer: Answer, what: str) -> None:
    """A refusal is a problem that says what is wrong; nothing is a crash."""
    assert answer.status < 500, f"{what}: {answer.text[:500]}"
    if answer.status >= 400 and "problem+json" in answer.headers.get("Content-Type", ""):
        problem = answer.json()
        assert problem["code"], what
        assert problem["detail"], what
        assert len(answer.text) < 20_000, what


def bodies_of(shape: type[BaseModel]) -> Iterator[str]:
    """Yield bodies that are right but for one field, in the place of which stands each of the bad values."""
    right = {name: example(name, field.annotation) for name, field in shape.model_fields.items() if field.is_required()}
    for name in shape.model_fields:
        right_ones = 0
        others = [f"{json.dumps(other)}: {json.dumps(value)}" for other, value in right.items() if other != name]
        for value in VALUES:
            body = "{" + ", ".join([*others, f'"{name}": {value}']) + "}"
            right_ones += is_right(shape, body)
            if right_ones <= RIGHT_MAX:
                yield body


def example(name: str, annotation: Any) -> Any:
    known = {"number": "N-1", "customer_number": "C1", "currency": "EUR", "amount_minor": 1, "disputed_minor": 0,
             "reason": "because", "name": "A", "account": "A-1", "words": "Hi", "category": "other", "iban": None,
             "review_item_ids": ["1"]}  # fmt: skip
    return known.get(name, [] if list in get_args(annotation) else "x")


def is_right(shape: type[BaseModel], body: str) -> bool:
    """Tell whether a body has its shape; only such a one comes as far as the database."""
    try:
        shape.model_validate_json(body)
    except (ValidationError, RecursionError):
        return False
    return True


def has_shape(shape: type[BaseModel], query: str) -> bool:
    """Tell whether a query has its shape; only such a one comes as far as the database."""
    try:
        shape.model_validate(dict(parse_qsl(query, keep_blank_values=True)))
    except ValidationError:
        return False
    return True


async def send_all(firm: Firm, route: Route, path: str, bodies: Sequence[str]) -> list[Answer]:
    headers = {"Content-Type": "application/json"}
    answers = []
    for start in range(0, len(bodies), 10):
        some = [
            firm.machine.ask(route.method, path, data=body.encode(), headers=headers)
            for body in bodies[start : start + 10]
        ]
        answers += await asyncio.gather(*some)
    for answer, body in zip(answers, bodies, strict=True):
        judge(answer, f"{route.name} with {body[:200]}")
    return answers


@pytest.mark.parametrize("route", [call for call in CALLS if call.takes], ids=lambda route: route.name)
async def test_no_field_of_a_body_makes_a_crash(full: tuple[Firm, dict[str, str]], route: Route) -> None:
    firm, keys = full
    assert route.takes is not None
    bodies = [*WHOLE, *bodies_of(route.takes)]
    right = [body for body in bodies if is_right(route.takes, body)]
    wrong = [body for body in bodies if body not in right]

    await send_all(firm, route, path_of(route, keys), right)
    if firm.site.gateway.database.is_sqlite:
        refused = await send_all(firm, route, path_of(route, keys), wrong[:: max(1, len(wrong) // 20)])
        assert {answer.status for answer in refused} <= {400, 422}


@pytest.mark.parametrize("route", [call for call in CALLS if "{id}" in call.path], ids=lambda route: route.name)
async def test_no_key_in_a_path_makes_a_crash(full: tuple[Firm, dict[str, str]], route: Route) -> None:
    for key in KEYS:
        path = route.path.removeprefix(API).replace("{id}", key)
        answer = await full[0].machine.ask(route.method, path, json={})
        judge(answer, f"{route.name} with the key {key[:40]}")
        assert answer.status in {400, 404, 405, 422}, f"{route.name} with the key {key[:40]}"


@pytest.mark.parametrize("route", [call for call in CALLS if call.query], ids=lambda route: route.name)
async def test_no_query_makes_a_crash(full: tuple[Firm, dict[str, str]], route: Route) -> None:
    firm, keys = full
    assert route.query is not None
    path = path_of(route, keys)
    fields = route.query.model_fields
    queries = [f"{name}={value}" for name in fields for value in QUERY_VALUES]
    sorts = [f"&sort={sort}" for sort in get_args(fields["sort"].annotation)] if "sort" in fields else [""]
    queries += [f"cursor={value}{sort}" for value in CURSORS for sort in sorts if "cursor" in fields]
    queries += ["unknown=1", "limit=1&limit=2", "&&&", "=", "%"]
    if not firm.site.gateway.database.is_sqlite:
        queries = [query for query in queries if has_shape(route.query, query)]

    for start in range(0, len(queries), 10):
        some = [firm.machine.ask(route.method, f"{path}?{query}", data=TABLE) for query in queries[start : start + 10]]
        for answer, query in zip(await asyncio.gather(*some), queries[start:], strict=False):
            judge(answer, f"{route.name}?{query[:100]}")


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        pytest.param("application/octet-stream", b"\0" * 10_000, id="zeros"),
        pytest.param("multipart/form-data", b"no boundary", id="form without boundary"),
        pytest.param("multipart/form-data; boundary=x", b"--x\r\n\r\n", id="form that breaks off"),
        pytest.param("multipart/form-data; boundary=x", b"--x--\r\n", id="empty form"),
        pytest.param(
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="\xff\x00.xml"\r\n\r\nabc\r\n--x--\r\n',
            id="odd file name",
        ),
        pytest.param("application/json", b'{"a": 1}', id="JSON"),
        pytest.param("application/zip", b"PK\x05\x06" + b"\0" * 18, id="empty archive"),
        pytest.param("text/csv", "number,name\nC1,\u202e\n".encode(), id="text that turns around"),
        pytest.param("text/csv", b"number,name\nC1,a\0b\n", id="NUL in a cell"),
        pytest.param("text/csv", b"number,name\n" + b'"' * 5000, id="quotes without end"),
        pytest.param("text/csv", b"number,number,number\n1,2,3\n", id="one column three times"),
    ],
)
@pytest.mark.parametrize("path", ["/statements", "/imports/customers", "/imports/invoices", "/imports/mandates"])
async def test_no_file_makes_a_crash(
    full: tuple[Firm, dict[str, str]], path: str, content_type: str, data: bytes
) -> None:
    headers = {"Content-Type": content_type, "X-File-Name": "a" * 3000}

    answer = await full[0].machine.ask("POST", path, data=data, headers=headers)

    judge(answer, path)


async def test_compressed_bodies_are_not_taken(full: tuple[Firm, dict[str, str]]) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/octet-stream"}

    answers = [
        await full[0].machine.ask("POST", path, data=b"\x1f\x8b" + b"\0" * 50, headers=headers)
        for path in ("/statements", "/imports/customers", "/customers")
    ]

    assert {answer.status for answer in answers} <= {400, 415}


async def test_nothing_of_all_this_broke_an_invariant(full: tuple[Firm, dict[str, str]]) -> None:
    from gateway.store import check

    await full[0].site.gateway.workers.match(full[0].company_id)

    async with full[0].site.gateway.database.read() as session:
        assert [sentence async for sentence in check.broken_invariants(session)] == []
