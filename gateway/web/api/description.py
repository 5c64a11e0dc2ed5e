"""The API described: for machines as OpenAPI 3.1, for people as a page."""

from importlib.metadata import version
from typing import Any

from aiohttp import web

from gateway.domain.access import Right
from gateway.web.context import Call
from gateway.web.openapi import describe
from gateway.web.routing import api, page


def _description(call: Call) -> dict[str, Any]:
    return describe(call.gateway.routes, version=version("sepa-gateway"), url=call.gateway.address.url)


async def send_description(call: Call) -> web.StreamResponse:
    """Send the description of every call."""
    return web.json_response(_description(call), headers={"Cache-Control": "no-cache"})


async def show_description(call: Call) -> web.StreamResponse:
    """Show the description to people."""
    return call.page("api/docs.html", api=_description(call))


ROUTES = (
    api("GET", "/openapi.json", Right.PUBLIC, send_description, summary="Describe this API"),
    page("GET", "/api/docs", Right.PUBLIC, show_description),
)
