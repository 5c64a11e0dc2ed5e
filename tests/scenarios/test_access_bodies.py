"""Bodies of requests: counted while they come, in time, and broken ones answered with 4xx; and slow headers."""

import asyncio
import dataclasses
import hashlib
import io
import resource
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import BaseModel

from gateway.domain.access import Right
from gateway.store.database import sqlite_url
from gateway.web.bodies import Limits
from gateway.web.context import Call
from gateway.web.routing import api, page
from schemas.states import Role
from support.web import Browser, Site, open_site

BOUNDARY = "----the-boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


class Thing(BaseModel):
    """What the test's call takes."""

    name: str
    count: int = 0


async def take_form(call: Call) -> web.StreamResponse:
    files = []
    async for upload in call.uploads():
        digest, size = hashlib.sha256(), 0
        async for piece in upload.pieces:
            digest.update(piece)
            size += len(piece)
        files.append(f"{upload.filename}={size}={digest.hexdigest()[:8]}")
    fields = [f"{name}={value}" for name, value in (await call.form()).items()]
    return web.Response(text="|".join(files + fields))


async def take_raw(call: Call) -> web.StreamResponse:
    original = await call.gateway.originals.keep(call.pieces())
    return web.Response(text=str(original.size))


async def take_json(call: Call) -> web.StreamResponse:
    return web.Response(text=(await call.json(Thing)).name)


async def take_query(call: Call) -> web.StreamResponse:
    return web.Response(text=str(call.query(Thing).count))


ROUTES = (
    page("POST", "/form", Right.WORK, take_form),
    page("GET", "/query", Right.SEE, take_query),
    page("GET", "/log-in", Right.PUBLIC, take_query),
    api("POST", "/raw", Right.IMPORT, take_raw, summary="Take bytes", consumes=("application/octet-stream",)),
    api("POST", "/things", Right.WORK, take_json, summary="Take a thing", takes=Thing),
)
SMALL = Limits(text_bytes_max=1000, file_bytes_max=5_000_000, files_max=3, fields_max=4)


@pytest.fixture
async def body_site(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Site]:
    import shutil

    shutil.copy(migrated_sqlite, tmp_path / "gateway.db")
    async with open_site(sqlite_url(tmp_path), tmp_path, routes=ROUTES) as site:
        site.gateway.limits = SMALL
        yield site


def part(name: str, data: bytes, filename: str | None = None, *headers: str) -> bytes:
    shown = f'; filename="{filename}"' if filename is not None else ""
    lines = [f'Content-Disposition: form-data; name="{name}"{shown}', *headers]
    return f"--{BOUNDARY}\r\n".encode() + "\r\n".join(lines).encode() + b"\r\n\r\n" + data + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


async def send(browser: Browser, *parts: bytes, csrf: bool = True) -> tuple[int, str]:
    first = [part("csrf", browser.token.encode())] if csrf else []
    body = b"".join([*first, *parts])
    headers = {**browser.origin, "Content-Type": MULTIPART}
    answer = await browser.ask("POST", "/form", data=io.BytesIO(body), headers=headers)
    return answer.status, answer.text


async def test_files_and_fields_of_a_form_are_read(body_site: Site) -> None:
    browser = await body_site.sign_in(Role.CLERK)

    found = await send(
        browser,
        part("file", b"a" * 200_000, "one.xml"),
        part("reason", "größer".encode()),
        part("file", b"b\r\n--not-the-boundary\r\n", "../../etc/passwd"),
        part("file", b"", ""),
        END,
    )

    assert found[0] == 200
    assert found[1].startswith("one.xml=200000=")
    assert "../../etc/passwd=23=" in found[1]
    assert found[1].endswith("reason=größer")


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        pytest.param([part("file", b"a" * 5_000_001, "big.xml"), END], 413, id="file over the limit"),
        pytest.param([part("a", b"x" * 1001), END], 413, id="field over the limit"),
        pytest.param([part(str(n), b"x") for n in range(5)] + [END], 413, id="too many fields"),
        pytest.param([part("f", b"x", f"{n}.xml") for n in range(4)] + [END], 413, id="too many files"),
        pytest.param([part("file", b"cut", "a.xml")[:-2]], 400, id="cut inside a part"),
        pytest.param([b"--" + BOUNDARY.encode() + b"\r\nno header"], 400, id="cut inside a header"),
        pytest.param([b"--" + BOUNDARY.encode() + b"\r\n: x\r\n\r\nx\r\n", END], 400, id="header without a name"),
        pytest.param([part("a", b"\xff\xfe"), END], 400, id="field that is not UTF-8"),
        pytest.param([part("a", b"x", None, "X: " + "y" * 20_000), END], 400, id="endless header"),
        pytest.param([part("a", b"x", None, *[f"X{n}: y" for n in range(500)]), END], 400, id="many headers"),
        pytest.param([part("f", b"x", "a.gz", "Content-Encoding: gzip"), END], 415, id="compressed part"),
        pytest.param([part("f", b"eA==", "a", "Content-Transfer-Encoding: base64"), END], 415, id="encoded part"),
        pytest.param([part("f", b"x", None, "Content-Type: multipart/mixed; boundary=z"), END], 415, id="nested"),
        pytest.param([b"--" + BOUNDARY.encode() + b"\r\nX: y\r\n\r\nx\r\n", END], 400, id="no name"),
        pytest.param(
            [b"--" + BOUNDARY.encode() + b"\r\nContent-Disposition: form-data; name*=x''%zz; =\r\n\r\nx\r\n", END],
            400,
            id="broken name",
        ),
        pytest.param([part("_charset_", b"utf-16" * 20), END], 400, id="odd charset"),
        pytest.param([part("a", b"x", None, "Content-Length: -1"), END], 200, id="length of a part is ignored"),
    ],
)
async def test_abuse_of_a_form_is_answered(body_site: Site, parts: list[bytes], status: int) -> None:
    browser = await body_site.sign_in(Role.CLERK)

    assert (await send(browser, *parts))[0] == status
    assert (await send(browser, END))[0] == 200


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 100],
)
async def test_a_form_without_a_boundary_is_refused(body_site: Site, content_type: str) -> None:
    browser = await body_site.sign_in(Role.CLERK)
    headers = {**browser.origin, "Content-Type": content_type}

    answer = await browser.ask("POST", "/form", data=b"--x\r\n\r\n", headers=headers)

    assert answer.status in {400, 403}


async def test_the_token_is_checked_before_the_first_byte_of_a_file(body_site: Site) -> None:
    browser = await body_site.sign_in(Role.CLERK)

    late = await send(browser, part("file", b"x", "a.xml"), part("csrf", browser.token.encode()), END, csrf=False)
    as_file = await send(browser, part("csrf", browser.token.encode(), "csrf.txt"), END, csrf=False)

    assert [late[0], as_file[0]] == [403, 403]


async def test_an_upload_of_300_mb_is_refused_without_being_held_in_memory(body_site: Site) -> None:
    browser = await body_site.sign_in(Role.CLERK)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    async def endless() -> AsyncIterator[bytes]:
        yield part("csrf", browser.token.encode()) + part("file", b"", "a.xml")[:-2]
        for _ in range(300):
            yield b"x" * 1024 * 1024

    headers = {**browser.origin, "Content-Type": MULTIPART}
    try:
        status = (await browser.ask("POST", "/form", data=endless(), headers=headers)).status
    except OSError:
        status = 413  # The server closed the connection instead of reading on.
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert status == 413
    assert grown < 64 * 1024
    assert (await browser.get("/query")).status == 422


@pytest.mark.parametrize("has_length", [True, False], ids=["stated length", "chunked"])
async def test_a_raw_body_over_the_limit_leaves_nothing(body_site: Site, has_length: bool) -> None:
    machine, data = await body_site.machine(Right.IMPORT), b"x" * 5_000_001
    body_site.gateway.originals.size_max = 6_000_000

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 100_000):
            yield data[start : start + 100_000]

    answer = await machine.ask("POST", "/raw", data=io.BytesIO(data) if has_length else pieces())
    taken = await machine.ask("POST", "/raw", data=io.BytesIO(data[:-1]))

    assert (answer.status, answer.json()["code"]) == (413, "too_large")
    assert (taken.status, taken.text) == (200, "5000000")
    kept = [path for path in body_site.gateway.originals.folder.rglob("*") if path.is_file()]
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("body", "content_type", "status", "where"),
    [
        pytest.param(b'{"name": "a"}', "application/json", 200, "", id="right"),
        pytest.param(b"", "application/json", 422, "body", id="empty"),
        pytest.param(b"{", "application/json", 422, "body", id="cut"),
        pytest.param(b'{"count": 1}', "application/json", 422, "name", id="field missing"),
        pytest.param(b'{"name": "a", "count": "many"}', "application/json", 422, "count", id="wrong kind"),
        pytest.param(b'"\xff"', "application/json", 400, "", id="not UTF-8"),
        pytest.param(b"[" * 900, "application/json", 422, "body", id="deep"),
        pytest.param(b'{"name": "' + b"x" * 1000 + b'"}', "application/json", 413, "", id="large"),
        pytest.param(b"name=a", "application/x-www-form-urlencoded", 415, "", id="a form"),
        pytest.param(b'{"name": "a", "count": 1e400}', "application/json", 422, "count", id="no number"),
    ],
)
async def test_json_is_read_in_its_shape(
    body_site: Site, body: bytes, content_type: str, status: int, where: str
) -> None:
    machine = await body_site.machine(Right.WORK)

    answer = await machine.ask("POST", "/things", data=body, headers={"Content-Type": content_type})

    assert answer.status == status
    if status != 200:
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    if where:
        assert where in [fault["where"] or "body" for fault in answer.json()["faults"]]


async def test_a_query_is_read_in_its_shape(body_site: Site) -> None:
    browser = await body_site.sign_in(Role.VIEWER)

    right = await browser.get("/query?name=a&count=7")
    wrong = await browser.get("/query?name=a&count=x&count=y")

    assert (right.status, right.text, wrong.status) == (200, "7", 422)


@pytest.mark.parametrize("limits", [{"idle_s": 0.2}, {"body_s": 0.2}], ids=["no byte for long", "too long in all"])
async def test_a_slow_body_is_given_up(body_site: Site, limits: dict[str, float]) -> None:
    body_site.gateway.limits = dataclasses.replace(SMALL, **limits)
    machine = await body_site.machine(Right.IMPORT)

    async def slow() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x"
            await asyncio.sleep(0.05 if "body_s" in limits else 0.5)

    began = time.perf_counter()
    try:
        status = (await machine.ask("POST", "/raw", data=slow())).status
    except OSError:
        status = 408

    assert status == 408
    assert time.perf_counter() - began < 3


async def open_connection(site: Site) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", site.port)


@pytest.fixture
async def hasty_site(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Site]:
    import shutil

    shutil.copy(migrated_sqlite, tmp_path / "gateway.db")
    settings = {"header_s": 0.4, "keep_alive_s": 1.0, "connections_per_address_max": 20}
    async with open_site(sqlite_url(tmp_path), tmp_path, **settings) as site:
        yield site


@pytest.mark.parametrize("dribbles", [False, True], ids=["silent", "one byte after the other"])
async def test_headers_that_do_not_come_in_time_close_the_connection(hasty_site: Site, dribbles: bool) -> None:
    reader, writer = await open_connection(hasty_site)
    began = time.perf_counter()
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    waiting = asyncio.create_task(reader.read())
    while not waiting.done() and time.perf_counter() - began < 5:
        if dribbles:
            writer.write(b"x")
        await asyncio.sleep(0.05)
    try:
        answer = await waiting
    except ConnectionError:
        answer = b""
    writer.close()

    assert answer == b""
    assert time.perf_counter() - began < 2


async def test_a_connection_that_rests_is_closed_after_the_keep_alive(hasty_site: Site) -> None:
    reader, writer = await open_connection(hasty_site)
    for _ in range(2):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in await reader.readuntil(b"ok\n")
        await asyncio.sleep(0.6)  # Longer than the headers may take: resting is no half request.

    rest = await asyncio.wait_for(reader.read(), 4)
    writer.close()

    assert rest == b""


async def test_one_address_cannot_take_all_connections(hasty_site: Site) -> None:
    opened = [await open_connection(hasty_site) for _ in range(25)]
    await asyncio.sleep(0.1)
    writers = [writer for _, writer in opened]
    closed = [reader.at_eof() for reader, _ in opened]
    hasty_site.gateway.proxies = frozenset({"127.0.0.1"})
    by_proxy = await hasty_site.browser().get("/healthz")
    for writer in writers:
        writer.close()

    assert closed == [False] * 20 + [True] * 5
    assert by_proxy.status == 200


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", id="TLS to the http port"),
        pytest.param(b"GET /healthz HTTP/9.9\r\n\r\n", id="odd version"),
        pytest.param(b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", id="endless path"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 5000 + b"\r\n", id="endless headers"),
        pytest.param(
            b"POST /log-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            id="two lengths",
        ),
    ],
)
async def test_a_request_that_is_none_is_answered_with_400_or_closed(hasty_site: Site, request_bytes: bytes) -> None:
    reader, writer = await open_connection(hasty_site)
    writer.write(request_bytes)

    try:
        answer = await asyncio.wait_for(reader.read(), 4)
    except ConnectionError:
        answer = b""
    writer.close()

    assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))
    assert (await hasty_site.browser().get("/healthz")).status == 200
