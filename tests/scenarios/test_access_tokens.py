"""Machines: tokens with named rights, for one company, for the API only."""

import asyncio
import re

import pytest

from gateway.domain.access import TOKEN_RIGHTS, Right
from schemas.states import Role
from support.web import Machine, Site

PATH = "/invoices"


async def make_token(site: Site, *rights: str, name: str = "ERP") -> str:
    administrator = await site.sign_in(Role.ADMINISTRATOR)
    answer = await administrator.post("/users/tokens/new", [("name", name), *[("right", right) for right in rights]])
    value = re.search(r"sgw_[\w-]{43}", answer.text)
    return value[0] if value else answer.text


async def test_a_token_is_shown_once_and_stored_as_a_hash(site: Site) -> None:
    from sqlalchemy import select

    from gateway.store.users import ApiToken

    value = await make_token(site, "see", "work")
    administrator = await site.sign_in(Role.ADMINISTRATOR)
    page = (await administrator.get("/users")).text
    async with site.gateway.database.read() as session:
        stored = (await session.execute(select(ApiToken))).scalars().one()

    assert value.startswith("sgw_")
    assert value not in page
    assert value not in str(stored.model_dump())
    assert stored.rights == ["see", "work"]


@pytest.mark.parametrize("right", sorted(set(Right) - TOKEN_RIGHTS))
async def test_a_token_never_approves_nor_gives_rights(light_site: Site, right: Right) -> None:
    assert "A token cannot have the right" in await make_token(light_site, "see", right.value)


@pytest.mark.parametrize(
    ("rights", "name"), [pytest.param([], "ERP", id="no right"), pytest.param(["see"], "", id="no name")]
)
async def test_a_token_needs_a_name_and_a_right(light_site: Site, rights: list[str], name: str) -> None:
    assert "A token needs a name" in await make_token(light_site, *rights, name=name)


async def test_a_token_taken_back_opens_nothing(site: Site) -> None:
    machine, administrator = await site.machine(Right.SEE_METRICS), await site.sign_in(Role.ADMINISTRATOR)
    key = re.search(r"/users/tokens/(\d+)/revoke", (await administrator.get("/users")).text)
    assert key is not None

    answers = [await administrator.post(f"/users/tokens/{key[1]}/revoke") for _ in range(2)]

    assert [answer.status for answer in answers] == [303, 404]
    assert await opens_nothing(site, machine.token)


async def opens_nothing(site: Site, token: str) -> bool:
    """Tell whether a token is as good as none."""
    from gateway.services.identify_caller import NOBODY, caller_of_token

    return await caller_of_token(site.gateway.database, token, now=site.clock()) == NOBODY


@pytest.mark.parametrize("token", ["", "sgw_", "x" * 5000, "sgw_" + "A" * 43, "' OR 1=1 --"])
async def test_an_unknown_token_opens_nothing(light_site: Site, token: str) -> None:
    answer = await Machine(light_site.browser(), token).get("/nowhere")

    assert answer.status == 404
    assert await opens_nothing(light_site, token)


@pytest.mark.parametrize("name", ["Authorization", "Cookie"])
async def test_bytes_that_are_no_text_open_nothing(light_site: Site, name: str) -> None:
    """Such a header never leaves a decent client, so it is written by hand."""
    value = {"Authorization": b"Bearer \xff\xfe", "Cookie": b"gateway=\xff\xfe"}[name]
    reader, writer = await asyncio.open_connection("127.0.0.1", light_site.port)

    head = f"GET /api/v1/customers HTTP/1.1\r\nHost: 127.0.0.1:{light_site.port}\r\n{name}: "
    writer.write(head.encode() + value + b"\r\n\r\n")
    status = await reader.readline()
    writer.close()

    assert status.split()[1] == b"401"


async def test_a_token_is_never_taken_together_with_a_session(light_site: Site) -> None:
    browser, token = await light_site.sign_in(Role.CLERK), await light_site.token(Right.SEE)

    answer = await browser.get("/api/v1/openapi.json", Authorization=f"Bearer {token}")

    assert (answer.status, answer.json()["code"]) == (400, "bad_request")


async def test_a_token_opens_no_page(light_site: Site) -> None:
    token = await light_site.token(*TOKEN_RIGHTS)

    answer = await light_site.browser().get("/account", Authorization=f"Bearer {token}")

    assert (answer.status, answer.location) == (303, "/log-in?next=%2Faccount")


async def test_a_call_without_a_token_says_how_to_come_in(light_site: Site) -> None:
    from gateway.web.routes import ROUTES

    closed = next(route for route in ROUTES if route.is_api and route.right is not Right.PUBLIC)

    answer = await light_site.browser().ask(closed.method, closed.path.replace("{id}", "1"))

    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == "log_in_needed"


async def test_a_call_that_names_another_company_is_refused(light_site: Site) -> None:
    machine = await light_site.machine(Right.SEE)

    named = await machine.get("/openapi.json", Company="MAIN")
    other = await machine.get("/openapi.json", Company="OTHER")

    assert (named.status, other.status) == (200, 403)
    assert other.json()["code"] == "wrong_company"


async def test_metrics_need_a_token_where_others_can_reach_them(tmp_path: object, migrated_sqlite: object) -> None:
    from pathlib import Path

    from gateway.store.database import sqlite_url
    from support.web import open_site

    folder = Path(str(tmp_path))
    async with open_site(sqlite_url(folder), folder, public_url="https://gateway.example.com") as site:
        browser = site.browser()
        none = await browser.get("/metrics")
        wrong = await browser.get("/metrics", Authorization=f"Bearer {await site.token(Right.SEE)}")
        right = await browser.get("/metrics", Authorization=f"Bearer {await site.token(Right.SEE_METRICS)}")

    assert (none.status, wrong.status, right.status) == (401, 403, 200)
    assert 'gateway_http_requests_total{route="GET /metrics",status="401"} 1.0' in right.text


async def test_metrics_name_routes_never_paths(light_site: Site) -> None:
    browser = light_site.browser()
    await browser.get("/welcome/very-secret-link")
    await browser.get("/nowhere/DE89370400440532013000")

    text = (await browser.get("/metrics")).text

    assert 'route="GET /welcome/{link}"' in text
    assert "very-secret-link" not in text
    assert "DE89" not in text
