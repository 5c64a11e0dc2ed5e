"""The listening server: deadlines for headers, limits per address, and an end that finishes what was begun.

The HTTP library has no deadline for headers: thousands of half-open requests would stay. So each connection goes
through a door that knows when a request has begun, and closes what does not come in time.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from gateway.web.bodies import Limits
from gateway.web.context import GATEWAY, Gateway

FINISH_S = 30.0
Inner = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Doors:
    """All open connections, counted by address."""

    def __init__(self, gateway: Gateway) -> None:
        self.limits: Limits = gateway.limits
        self.open: dict[asyncio.BaseProtocol, Door] = {}
        self.by_address: Counter[str] = Counter()
        self._gateway = gateway
        self._answering = 0
        self._is_quiet = asyncio.Event()
        self._is_quiet.set()

    def admits(self, address: str) -> bool:
        """Tell whether one more connection of an address is taken; our own proxies speak for many."""
        if len(self.open) >= self.limits.connections_max:
            return False
        return address in self._gateway.proxies or self.by_address[address] < self.limits.connections_per_address_max

    def began(self) -> None:
        """One more request is being answered."""
        self._answering += 1
        self._is_quiet.clear()

    def ended(self) -> None:
        """One request less is being answered."""
        self._answering -= 1
        if not self._answering:
            self._is_quiet.set()

    async def finish(self, patience_s: float) -> None:
        """Wait until no request is being answered. (The library would drop bodies that are still coming.)"""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._is_quiet.wait()

    def count(self) -> None:
        """Show how many connections are open."""
        self._gateway.metrics.connections.set(len(self.open))


class Door(asyncio.Protocol):
    """One connection: hands everything on, and closes when the headers of a request do not come in time."""

    def __init__(self, inner: web.RequestHandler, doors: Doors) -> None:
        self._inner = inner
        self._doors = doors
        self._address = ""
        self._is_admitted = False
        self._is_answering = False
        self._deadline: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = transport.get_extra_info("peername")
        self._address = peer[0] if isinstance(peer, tuple) else ""
        self._is_admitted = self._doors.admits(self._address)
        if not self._is_admitted or not isinstance(transport, asyncio.Transport):
            transport.close()
            return
        self._transport = transport
        self._doors.open[self._inner] = self
        self._doors.by_address[self._address] += 1
        self._doors.count()
        self._inner.connection_made(transport)
        self._expect_headers()

    def data_received(self, data: bytes) -> None:
        if not self._is_admitted:
            return
        if not self._is_answering:
            self._expect_headers()
        self._inner.data_received(data)

    def eof_received(self) -> None:
        if self._is_admitted:
            self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._is_admitted:
            return
        self._forget_deadline()
        self._doors.open.pop(self._inner, None)
        self._doors.by_address[self._address] -= 1
        if not self._doors.by_address[self._address]:
            del self._doors.by_address[self._address]
        self._doors.count()
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        if self._is_admitted:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._is_admitted:
            self._inner.resume_writing()

    def request_began(self) -> None:
        """The headers of a request are here."""
        self._is_answering = True
        self._doors.began()
        self._forget_deadline()

    def request_ended(self) -> None:
        """The answer is given; the next request may take its time to begin, then its headers must come."""
        self._is_answering = False
        self._doors.ended()

    def _expect_headers(self) -> None:
        """Start the deadline with the first byte; more bytes do not move it."""
        if self._deadline is None:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(self._doors.limits.header_s, self._close)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


DOORS = web.AppKey("doors", Doors)


@web.middleware
async def watch_headers(request: web.Request, handler: Inner) -> web.StreamResponse:
    """Tell the door of a connection when a request begins and ends (a middleware, outside of all others)."""
    door = request.app[DOORS].open.get(request.protocol)
    if door is None:
        return await handler(request)
    door.request_began()
    try:
        response = await handler(request)
        if request.app[GATEWAY].is_draining and not response.prepared:
            response.force_close()
        return response
    finally:
        door.request_ended()


class HttpServer:
    """The application, listening."""

    def __init__(self, application: web.Application) -> None:
        self._application = application
        self._gateway = application[GATEWAY]
        self._server: asyncio.Server | None = None
        self._runner = web.AppRunner(
            application,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=self._gateway.limits.keep_alive_s,
            shutdown_timeout=FINISH_S,
            handle_signals=False,
        )

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port. Raises UnsafeAddress when log-ins would travel in the open."""
        self._gateway.address.check_bind(host)
        await self._runner.setup()
        inner, doors = self._runner.server, self._application[DOORS]
        if inner is None:
            raise RuntimeError("the server was not set up")
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Door(inner(), doors), host, port, backlog=512)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def stop(self) -> None:
        """Say that it is not ready any more, take nothing new, finish what was begun (30 s), close."""
        self._gateway.is_draining = True
        if self._server is not None:
            self._server.close()
        await self._application[DOORS].finish(FINISH_S)
        await self._runner.cleanup()
