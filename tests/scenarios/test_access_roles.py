"""Every route asks for a right, and every role is let in exactly where its rights say."""

import dataclasses

import pytest
from aiohttp import web

from gateway.domain.access import ROLE_RIGHTS, TOKEN_RIGHTS, Right
from gateway.web.application import make_application
from gateway.web.context import Call
from gateway.web.routes import ROUTES
from gateway.web.routing import Route, RouteWithoutRight, api, page
from schemas.states import Role
from support.web import Browser, Site, open_site


async def let_in(call: Call) -> web.StreamResponse:
    return web.Response(text="let in")


STUBS = [dataclasses.replace(route, handler=let_in) for route in ROUTES]


def path_of(route: Route) -> str:
    parts = ["1" if part.startswith("{") else part for part in route.path.split("/")]
    return "/".join(parts)


async def is_let_in(browser: Browser, route: Route) -> bool:
    if route.method in {"GET", "HEAD"}:
        answer = await browser.get(path_of(route))
    else:
        answer = await browser.ask(
            route.method, path_of(route), headers={**browser.origin, "X-CSRF-Token": browser.token}
        )
    assert answer.text == "let in" or answer.status in {303, 401, 403}
    return answer.text == "let in"


@pytest.fixture
async def stub_site(migrated_sqlite, tmp_path):  # type: ignore[no-untyped-def]
    """A gateway with all routes, whose handlers do nothing: only the door is tested."""
    import shutil

    from gateway.store.database import sqlite_url

    shutil.copy(migrated_sqlite, tmp_path / "gateway.db")
    async with open_site(sqlite_url(tmp_path), tmp_path, routes=STUBS) as site:
        yield site


@pytest.mark.parametrize("role", Role)
async def test_a_role_opens_exactly_the_pages_of_its_rights(stub_site: Site, role: Role) -> None:
    browser = await stub_site.sign_in(role)

    found = {route.name: await is_let_in(browser, route) for route in STUBS if not route.is_api}

    rights = ROLE_RIGHTS[role]
    opened_to_all_here = {"GET /metrics"}  # Reachable from this machine only, as long as there is no https.
    assert found == {
        route.name: route.right in rights or route.name in opened_to_all_here for route in STUBS if not route.is_api
    }


async def test_nobody_gets_in_without_logging_in(stub_site: Site) -> None:
    browser = stub_site.browser()
    browser.cookie = "A" * 43

    opened = {route.name for route in STUBS if await is_let_in(browser, route)}

    assert opened == {route.name for route in STUBS if route.right is Right.PUBLIC} | {"GET /metrics"}


async def test_somebody_without_a_role_sees_his_account_only(stub_site: Site) -> None:
    browser = await stub_site.sign_in()

    opened = {route.right for route in STUBS if not route.is_api and await is_let_in(browser, route)}

    assert opened <= {Right.PUBLIC, Right.SIGN_IN, Right.ACCOUNT, Right.SEE_METRICS}


@pytest.mark.parametrize("right", sorted(TOKEN_RIGHTS))
async def test_a_token_opens_exactly_the_calls_of_its_rights(stub_site: Site, right: Right) -> None:
    machine = await stub_site.machine(right)

    for route in STUBS:
        if not route.is_api:
            continue
        answer = await machine.ask(route.method, path_of(route).removeprefix("/api/v1"))
        assert (answer.text == "let in") is (route.right in {right, Right.PUBLIC}), route.name


@pytest.mark.parametrize("role", Role)
async def test_a_session_opens_no_call_of_the_api(stub_site: Site, role: Role) -> None:
    browser = await stub_site.sign_in(role)

    opened = [
        route.name
        for route in STUBS
        if route.is_api and route.right is not Right.PUBLIC and await is_let_in(browser, route)
    ]

    assert opened == []


async def test_a_route_without_a_right_fails_the_build(light_site: Site) -> None:
    route = dataclasses.replace(page("GET", "/open", Right.SEE, let_in), right=None)  # type: ignore[arg-type]

    with pytest.raises(RouteWithoutRight, match="GET /open"):
        make_application(light_site.gateway, [*ROUTES, route])


async def test_a_route_beside_the_table_is_closed(light_site: Site) -> None:
    from gateway.web.server import HttpServer

    async def open_to_all(_request: web.Request) -> web.StreamResponse:
        return web.Response(text="let in")

    application = make_application(light_site.gateway, ROUTES)
    application.router.add_get("/beside", open_to_all)
    server = HttpServer(application)
    port = await server.start("127.0.0.1", 0)
    browser = await light_site.sign_in(Role.ADMINISTRATOR)
    async with browser.client.get(f"http://127.0.0.1:{port}/beside") as answer:
        status = answer.status
    await server.stop()

    assert status == 403


def test_every_api_route_is_described() -> None:
    calls = [route for route in ROUTES if route.is_api]

    assert [route.name for route in calls if not route.summary] == []
    assert [route.name for route in calls if route.takes and not route.path.startswith("/api/v1/")] == []


def test_two_routes_of_one_name_fail_the_build() -> None:
    from gateway.web.routing import check_routes

    twice = api("GET", "/things", Right.SEE, let_in, summary="List things")

    with pytest.raises(ValueError, match="twice"):
        check_routes([twice, twice])


async def test_the_sidebar_shows_what_may_be_opened(light_site: Site) -> None:
    administrator, viewer = await light_site.sign_in(Role.ADMINISTRATOR), await light_site.sign_in(Role.VIEWER)

    pages = [(await browser.get("/account")).text for browser in (administrator, viewer)]

    assert ['href="/users"' in text for text in pages] == [True, False]
