"""What a route is: method, path, the right that it asks for, its handler, and for the API what it takes and gives.

Each module of ``pages`` and ``api`` declares its ``ROUTES`` with the functions below; ``routes.py`` puts them together.
The description of the API is made from the same rows, so it cannot say anything else than what happens.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from aiohttp import web
from pydantic import BaseModel

from gateway.domain.access import Right
from gateway.web.context import Call

Handler = Callable[[Call], Awaitable[web.StreamResponse]]
API = "/api/v1"


class RouteWithoutRight(RuntimeError):
    """A route does not say which right it asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One thing that the world may ask for."""

    method: str
    path: str
    right: Right
    handler: Handler
    is_api: bool = False
    summary: str = ""
    query: type[BaseModel] | None = None
    takes: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None
    status: int = 200
    also: tuple[int, ...] = ()  # Other statuses with the same shape.
    creates: bool = False  # Takes an Idempotency-Key.
    consumes: tuple[str, ...] = ()  # Kinds of a body that is not JSON.
    produces: str = "application/json"

    @property
    def name(self) -> str:
        """The route as logs and metrics name it: its pattern, never the path that came."""
        return f"{self.method} {self.path}"


def page(method: str, path: str, right: Right, handler: Handler) -> Route:
    """Declare a page, or what a form of a page is sent to."""
    return Route(method=method, path=path, right=right, handler=handler)


def api(
    method: str,
    path: str,
    right: Right,
    handler: Handler,
    *,
    summary: str,
    query: type[BaseModel] | None = None,
    takes: type[BaseModel] | None = None,
    gives: type[BaseModel] | None = None,
    status: int = 200,
    also: tuple[int, ...] = (),
    creates: bool = False,
    consumes: tuple[str, ...] = (),
    produces: str = "application/json",
) -> Route:
    """Declare a call of the API; ``path`` is what follows ``/api/v1``."""
    return Route(
        method=method,
        path=API + path,
        right=right,
        handler=handler,
        is_api=True,
        summary=summary,
        query=query,
        takes=takes,
        gives=gives,
        status=status,
        also=also,
        creates=creates,
        consumes=consumes,
        produces=produces,
    )


def check_routes(routes: Iterable[Route]) -> None:
    """Check that each route has a right and none is there twice. Raises RouteWithoutRight or ValueError."""
    seen: set[str] = set()
    for route in routes:
        if not isinstance(route.right, Right):
            raise RouteWithoutRight(f"{route.name} has no right")
        if route.name in seen:
            raise ValueError(f"{route.name} is declared twice")
        seen.add(route.name)
