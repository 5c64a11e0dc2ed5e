"""The web application: the table of routes, made into something that answers."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from gateway.web.context import CALL, GATEWAY, Gateway
from gateway.web.middleware import ROUTES, answer_everything, check_everything
from gateway.web.routing import Handler, Route, check_routes
from gateway.web.security import HEADERS
from gateway.web.server import DOORS, Doors, watch_headers


def make_application(gateway: Gateway, routes: Sequence[Route]) -> web.Application:
    """Return the application. Raises RouteWithoutRight when a route does not say which right it asks for."""
    check_routes(routes)
    application = web.Application(middlewares=[watch_headers, answer_everything, check_everything])
    application[GATEWAY] = gateway
    application[DOORS] = Doors(gateway)
    declared: dict[web.AbstractRoute, Route] = {}
    for route in routes:
        handler = _adapted(route.handler)
        declared[application.router.add_route(route.method, route.path, handler)] = route
        if route.method == "GET":
            declared[application.router.add_route("HEAD", route.path, handler)] = route
    application[ROUTES] = declared
    application.on_response_prepare.append(_set_headers)
    return application


def _adapted(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await handler(request[CALL])

    return handle


async def _set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Give every answer the headers that keep it safe; answers are not stored unless they say that they may be."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    if request.app[GATEWAY].address.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    response.headers["X-Request-Id"] = request[CALL].request_id
