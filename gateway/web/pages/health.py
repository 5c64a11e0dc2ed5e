"""Is it alive, is it ready, how is it: for supervisors and monitoring. And the files of the pages."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.services.check_readiness import is_reachable
from gateway.store.database import is_outage
from gateway.web.assets import send_asset
from gateway.web.context import Call
from gateway.web.matching_metrics import matching_text
from gateway.web.routing import page


async def healthz(call: Call) -> web.StreamResponse:
    """Say that the process answers."""
    return web.Response(text="ok\n")


async def readyz(call: Call) -> web.StreamResponse:
    """Say whether requests should come here: not while stopping, nor without the database."""
    if call.gateway.is_draining:
        return web.Response(status=503, text="stopping\n")
    if not await is_reachable(call.gateway.database):
        return web.Response(status=503, text="no database\n")
    return web.Response(text="ready\n")


async def metrics(call: Call) -> web.StreamResponse:
    """Give the figures of this server to Prometheus, and those of matching while the database answers."""
    text = call.gateway.metrics.text()
    try:
        text += await matching_text(call)
    except Exception as error:
        if not is_outage(error):
            raise
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


ROUTES = (
    page("GET", "/healthz", Right.PUBLIC, healthz),
    page("GET", "/readyz", Right.PUBLIC, readyz),
    page("GET", "/metrics", Right.SEE_METRICS, metrics),
    page("GET", "/static/{name}", Right.PUBLIC, send_asset),
)
