"""A gateway that listens on the loopback address, and the browsers and machines that come to it."""

import datetime as dt
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from argon2 import PasswordHasher
from multidict import CIMultiDictProxy
from yarl import URL

from config.settings import load_settings
from gateway.app import admit_first_administrator, build_app
from gateway.domain.access import Right, needs_second_factor
from gateway.domain.one_time_code import code_at, step_at
from gateway.services import manage_tokens
from gateway.services.log_in import renew_session
from gateway.services.secret_values import page_token
from gateway.services.use_second_factor import seed_of
from gateway.store import users_queries
from gateway.store.companies import Company, all_companies
from gateway.store.users import User
from gateway.store.work import SYSTEM
from gateway.web import background
from gateway.web.context import GATEWAY, Gateway
from gateway.web.routes import ROUTES
from gateway.web.routing import Route
from gateway.web.server import HttpServer
from gateway.web.slow_work import SlowWork
from schemas.states import Role

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # Real hashes, without the price.


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    async def pass_time(self, **parts: float) -> None:
        """Let time go by, once all that was begun is done."""
        await background.finished()
        self.now += dt.timedelta(**parts)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    headers: CIMultiDictProxy[str]

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers.get("Location", "")

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


class Browser:
    """A browser with its cookies. It sends forms as a browser does from our own pages."""

    def __init__(self, site: "Site") -> None:
        self.site = site
        self.client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    @property
    def cookie(self) -> str:
        """The value of the session cookie, or nothing."""
        cookies = self.client.cookie_jar.filter_cookies(URL(self.site.url))
        return cookies["gateway"].value if "gateway" in cookies else ""

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.client.cookie_jar.update_cookies({"gateway": value}, URL(self.site.url))

    @property
    def token(self) -> str:
        """The token that the forms of this browser carry."""
        return page_token(self.cookie)

    @property
    def origin(self) -> dict[str, str]:
        """The headers that a browser adds to a form of our own."""
        return {"Sec-Fetch-Site": "same-origin", "Origin": "null"}

    async def get(self, path: str, **headers: str) -> Answer:
        """Open a page; redirects are not followed."""
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, fields: dict[str, Any] | list[tuple[str, str]] | None = None) -> Answer:
        """Send a form of our own."""
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields or [])
        form = aiohttp.FormData([("csrf", self.token), *pairs])
        return await self.ask("POST", path, data=form, headers=self.origin)

    async def ask(self, method: str, path: str, **options: Any) -> Answer:
        """Send any request."""
        async with self.client.request(method, self.site.url + path, allow_redirects=False, **options) as response:
            return Answer(response.status, await response.text(), response.headers)

    async def log_in(self, login: str, password: str = PASSWORD) -> Answer:
        """Open the form and send it."""
        await self.get("/log-in")
        return await self.post("/log-in", {"login": login, "password": password})


class Site:
    """A running gateway."""

    def __init__(self, server: HttpServer, gateway: Gateway, clock: Clock, port: int, link: str | None) -> None:
        self.server = server
        self.gateway = gateway
        self.clock = clock
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.first_link = link
        self._browsers: list[Browser] = []
        self.users_count = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for browser in self._browsers:
            await browser.client.close()
        await self.server.stop()

    def browser(self) -> Browser:
        """Return a browser that knows nobody."""
        browser = Browser(self)
        self._browsers.append(browser)
        return browser

    async def company(self) -> Company:
        """Return the first company."""
        async with self.gateway.database.read() as session:
            return (await all_companies(session))[0]

    async def add_user(self, *roles: Role, password: str = PASSWORD, is_enrolled: bool | None = None) -> User:
        """Add a user who has a password and, when his roles ask for it, a second factor."""
        self.users_count += 1
        company = await self.company()
        enrolled = needs_second_factor(roles) if is_enrolled is None else is_enrolled
        async with self.gateway.database.begin(actor=SYSTEM, now=self.clock(), company_id=company.id, ids=10) as work:
            user = User(
                id=work.new_id(),
                login=f"user{self.users_count}",
                name=f"Person {self.users_count}",
                password_hash=QUICK.hash(password),
                totp_salt=f"salt{self.users_count}" if enrolled else None,
                totp_enrolled_at=self.clock() if enrolled else None,
                created_at=self.clock(),
            )
            work.add(user)
            await work.flush()
            await users_queries.replace_roles(
                work.session, user_id=user.id, company_id=company.id, roles=sorted(set(roles))
            )
            work.say("add_user", f"user:{user.id}")
        return user

    async def sign_in(self, *roles: Role, user: User | None = None) -> Browser:
        """Return the browser of somebody who is fully logged in."""
        user = user or await self.add_user(*roles)
        async with self.gateway.database.begin(actor=SYSTEM, now=self.clock(), ids=10) as work:
            value = await renew_session(work, user_id=user.id, old_session="", is_verified=True)
        browser = self.browser()
        browser.cookie = value
        return browser

    def code(self, user: User, *, steps: int = 0) -> str:
        """Return the code that the app of a user shows now, or some steps away."""
        assert user.totp_salt is not None
        return code_at(seed_of(self.gateway.key, user.id, user.totp_salt), step_at(self.clock()) + steps)

    async def token(self, *rights: Right) -> str:
        """Return a token with rights."""
        company = await self.company()
        async with self.gateway.database.begin(actor=SYSTEM, now=self.clock(), company_id=company.id, ids=10) as work:
            return await manage_tokens.make_token(work, name="ERP", rights=rights)

    async def machine(self, *rights: Right) -> "Machine":
        """Return a machine with a token."""
        browser = self.browser()
        return Machine(browser, await self.token(*rights))


class Machine:
    """A program that calls the API."""

    def __init__(self, browser: Browser, token: str) -> None:
        self._browser = browser
        self.token = token

    async def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> Answer:
        """Call the API; ``path`` is what follows /api/v1."""
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return await self._browser.ask(method, f"/api/v1{path}", headers=sent, **options)

    async def get(self, path: str, **headers: str) -> Answer:
        """Read."""
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Send JSON."""
        return await self.ask("POST", path, json=body, headers=headers)


@asynccontextmanager
async def open_site(
    database_url: str, folder: Path, *, routes: Sequence[Route] = ROUTES, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[Site]:
    """Run a gateway on a free port of the loopback address."""
    clock = clock or Clock()
    loaded = load_settings(data_dir=folder, database_url=database_url, port=0, log_format="text", **settings)
    application = await build_app(loaded, clock=clock, routes=routes, hasher=QUICK)
    application[GATEWAY].slow_work = SlowWork(soon_s=60)  # Also on a slow machine a test is given what it asked for.
    link = await admit_first_administrator(application, loaded)
    server = HttpServer(application)
    port = await server.start("127.0.0.1", 0)
    async with Site(server, application[GATEWAY], clock, port, link) as site:
        yield site
