"""The description of the API is made from the routes and says what they do."""

from enum import StrEnum
from typing import Any

import pytest
from aiohttp import web
from pydantic import BaseModel, Field

from gateway.domain.access import Right
from gateway.web.context import Call
from gateway.web.openapi import describe
from gateway.web.routes import ROUTES
from gateway.web.routing import Route, api, page


class Kind(StrEnum):
    BIG = "big"
    SMALL = "small"


class Inner(BaseModel):
    kind: Kind


class Thing(BaseModel):
    """A thing."""

    name: str = Field(description="What it is called")
    inner: list[Inner] = []


class Filter(BaseModel):
    kind: Kind | None = None
    limit: int = 50


async def handle(call: Call) -> web.StreamResponse:
    return web.Response()


def described(*routes: Route) -> dict[str, Any]:
    return describe(routes, version="1", url="https://gateway.example.com")


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*[references(part) for part in value.values()])
    return set().union(*[references(part) for part in value]) if isinstance(value, list) else set()


def test_a_call_is_described_with_what_it_takes_and_gives() -> None:
    route = api(
        "POST", "/things/{id}", Right.WORK, handle, summary="Make", takes=Thing, gives=Thing, status=201, creates=True
    )

    call = described(route)["paths"]["/api/v1/things/{id}"]["post"]

    assert call["operationId"] == "post_things_by_id"
    assert call["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Thing"}
    assert list(call["responses"]) == ["201", "default"]
    assert [parameter["name"] for parameter in call["parameters"]] == ["id", "Company", "Idempotency-Key"]
    assert "`work`" in call["description"]


def test_a_query_is_described_field_by_field() -> None:
    call = described(api("GET", "/things", Right.SEE, handle, summary="List", query=Filter))["paths"]["/api/v1/things"]

    kind, limit = call["get"]["parameters"][:2]

    assert kind["schema"]["anyOf"][0]["enum"] == ["big", "small"]
    assert (limit["name"], limit["required"], limit["schema"]["default"]) == ("limit", False, 50)


def test_pages_are_not_described_and_public_calls_need_no_token() -> None:
    whole = described(
        page("GET", "/things", Right.SEE, handle), api("GET", "/open", Right.PUBLIC, handle, summary="Open")
    )

    assert list(whole["paths"]) == ["/api/v1/open"]
    assert whole["paths"]["/api/v1/open"]["get"]["security"] == []


def test_bodies_that_are_no_json_are_named_by_their_kind() -> None:
    route = api("POST", "/files", Right.IMPORT, handle, summary="Send", consumes=("text/csv", "multipart/form-data"))

    content = described(route)["paths"]["/api/v1/files"]["post"]["requestBody"]["content"]

    assert list(content) == ["text/csv", "multipart/form-data"]


def test_the_description_of_all_routes_hangs_together() -> None:
    whole = described(*ROUTES)
    known = {f"#/components/schemas/{name}" for name in whole["components"]["schemas"]}
    operations = [call for calls in whole["paths"].values() for call in calls.values()]

    assert whole["openapi"] == "3.1.0"
    assert references(whole) <= known
    assert len({call["operationId"] for call in operations}) == len(operations)
    assert len(operations) == sum(route.is_api for route in ROUTES)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.is_api], ids=lambda route: route.name)
def test_every_call_that_takes_a_body_says_so(route: Route) -> None:
    if route.creates:
        assert route.takes is not None or route.consumes
