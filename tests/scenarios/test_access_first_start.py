"""The first start: how the first administrator comes in, and what is made on the disk."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from gateway.store.database import sqlite_url
from gateway.store.installation_key import UnsafeKey, installation_key
from schemas.states import Role
from support.command_line import Command
from support.processes import environment, run
from support.web import NOW, PASSWORD, Site, open_site


async def test_the_environment_names_the_first_administrator(database_url: str, tmp_path: Path) -> None:
    named = {"admin_login": "Root", "admin_password": PASSWORD}
    async with open_site(database_url, tmp_path, **named) as site:
        answer = await site.browser().log_in("root")
        link = site.first_link

    async with open_site(database_url, tmp_path, admin_login="other", admin_password=PASSWORD) as site:
        other = await site.browser().log_in("other")

    assert (answer.status, link, other.status) == (303, None, 401)


async def test_a_one_time_link_makes_the_first_administrator(site: Site) -> None:
    assert site.first_link is not None
    path, browser = "/welcome/" + site.first_link.rsplit("/", 1)[1], site.browser()
    form = await browser.get(path)
    fields = {"login": "anna", "name": "Anna Admin", "password": PASSWORD}

    made = await browser.post(path, fields)
    again = await browser.post(path, fields | {"login": "eve"})
    logged_in = await browser.log_in("anna")
    start = await browser.get("/")

    assert "The first administrator" in form.text
    assert (made.status, again.status, logged_in.status) == (303, 404, 303)
    assert start.location == "/second-factor"


async def test_two_who_use_the_first_link_at_once_make_one_administrator(site: Site) -> None:
    assert site.first_link is not None
    path, browsers = "/welcome/" + site.first_link.rsplit("/", 1)[1], [site.browser() for _ in range(5)]
    for browser in browsers:
        await browser.get(path)

    answers = await asyncio.gather(
        *[
            browser.post(path, {"login": f"name{number}", "name": "A", "password": PASSWORD})
            for number, browser in enumerate(browsers)
        ]
    )

    assert sorted(answer.status for answer in answers) == [303, 404, 404, 404, 404]


async def test_the_link_of_the_first_start_is_gone_when_there_are_users(database_url: str, tmp_path: Path) -> None:
    async with open_site(database_url, tmp_path) as site:
        await site.add_user(Role.ADMINISTRATOR)

    async with open_site(database_url, tmp_path) as site:
        assert site.first_link is None


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "installation.key"

    first, second = installation_key(path), installation_key(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert first.derive("a", "b", 20) == second.derive("a", "b", 20)
    assert first.derive("a", "b", 20) != first.derive("a", "c", 20)
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_key_that_others_can_read_or_that_is_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "installation.key"
    installation_key(path)

    path.chmod(0o640)
    with pytest.raises(UnsafeKey, match="0600"):
        installation_key(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(UnsafeKey, match="5 bytes"):
        installation_key(path)


def test_people_and_machines_are_added_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    command = Command(tmp_path / "data", monkeypatch, capsys)

    linked = command("users", "add", "anna", "--role", "administrator")
    known = command("users", "add", "clara", "--role", "clerk", "--password-file", str(secret))
    taken = command("users", "add", "ANNA", "--role", "clerk")
    token = command("tokens", "add", "ERP", "--right", "see", "--right", "work")
    wrong = command("tokens", "add", "ERP", "--right", "approve")

    assert "/welcome/" in linked.stdout
    assert known.stdout.strip() == "clara can log in"
    assert (taken.code, taken.stderr.strip()) == (1, "sepa-gateway: anna is taken already")
    assert token.stdout.startswith("sgw_")
    assert wrong.code == 1
    assert "approve" in wrong.stderr


def test_serve_refuses_to_listen_to_all_without_https(tmp_path: Path) -> None:
    refused = run("serve", "--host", "0.0.0.0", "--port", "0", data=tmp_path)

    assert refused.returncode == 1
    assert "must be https" in refused.stderr or "https address" in refused.stderr


async def test_a_stop_finishes_what_was_begun(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    named = {"GATEWAY_ADMIN_LOGIN": "anna", "GATEWAY_ADMIN_PASSWORD": PASSWORD}
    process = subprocess.Popen(  # noqa: ASYNC220 - starting it takes no time.
        [sys.executable, "-m", "gateway", "serve", "--port", str(port), "--data", str(tmp_path)],
        stderr=subprocess.DEVNULL, env=environment("") | named,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            for _ in range(240):
                with contextlib.suppress(aiohttp.ClientError):
                    async with client.get(url + "/readyz") as answer:
                        assert answer.status == 200
                        break
                await asyncio.sleep(0.1)
            async with client.get(url + "/log-in") as answer:
                text = await answer.text()
            token = text.split('name="csrf" value="')[1].split('"')[0]
            cookie = client.cookie_jar.filter_cookies(URL(url))["gateway"].value
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            body = f"csrf={token}&login=anna&password=correct+horse+battery".encode()
            writer.write(
                f"POST /log-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: gateway={cookie}\r\n"
                f"Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body[:10]
            )
            await asyncio.sleep(0.3)
            os.kill(process.pid, signal.SIGTERM)
            await asyncio.sleep(0.3)
            writer.write(body[10:])
            answer_bytes = await asyncio.wait_for(reader.read(), 20)
            writer.close()
        await asyncio.to_thread(process.wait, 30)  # Asked once; a second time could hit it in its last moments.
    finally:
        process.kill()

    assert answer_bytes.startswith(b"HTTP/1.1 303")
    assert process.returncode == 0


async def test_readiness_ends_before_the_server_does(light_site: Site) -> None:
    browser = light_site.browser()

    ready = await browser.get("/readyz")
    light_site.gateway.is_draining = True
    stopping, alive = await browser.get("/readyz"), await browser.get("/healthz")

    assert (ready.status, stopping.status, alive.status) == (200, 503, 200)
    assert light_site.clock() == NOW
    assert sqlite_url(light_site.gateway.data_dir).startswith("sqlite")
