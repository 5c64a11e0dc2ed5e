"""What the door checks about every request: host, origin, token of the page, headers; and what every answer carries."""

import re

import pytest
from yarl import URL

from gateway.domain.access import Right
from gateway.services.secret_values import page_token
from gateway.web.address import PublicAddress, UnsafeAddress
from schemas.states import Role
from support.web import PASSWORD, Site, open_site

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 303, id="fetch metadata"),
        pytest.param({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303, id="form without referrer"),
        pytest.param({"Origin": "{own}"}, 303, id="own origin"),
        pytest.param({}, 403, id="neither"),
        pytest.param({"Origin": "null"}, 403, id="sandboxed page"),
        pytest.param({"Origin": "https://evil.example"}, 403, id="foreign origin"),
        pytest.param({"Origin": "{own}.evil.example"}, 403, id="origin that begins like ours"),
        pytest.param({"Origin": "http://127.0.0.1:1"}, 403, id="another port of this machine"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="cross site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="same site, other host"),
        pytest.param({"Sec-Fetch-Site": "none"}, 403, id="typed address"),
        pytest.param({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 403, id="contradiction"),
    ],
)
async def test_a_form_comes_from_our_own_page(light_site: Site, headers: dict[str, str], status: int) -> None:
    browser = await light_site.sign_in(Role.CLERK)
    sent = {name: value.replace("{own}", light_site.url) for name, value in headers.items()}

    answer = await browser.ask(
        "POST", "/account/preferences", data={"csrf": page_token(browser.cookie), "theme": "dark"}, headers=sent
    )

    assert answer.status == status


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(None, id="no token"),
        pytest.param("", id="empty token"),
        pytest.param("x" * 43, id="wrong token"),
        pytest.param(page_token("another session"), id="token of another session"),
        pytest.param("ü", id="not ASCII"),
    ],
)
async def test_a_form_carries_the_token_of_its_session(light_site: Site, token: str | None) -> None:
    browser = await light_site.sign_in(Role.CLERK)
    fields = {"theme": "dark"} | ({} if token is None else {"csrf": token})

    answer = await browser.ask("POST", "/account/preferences", data=fields, headers=OURS)

    assert answer.status == 403
    assert 'data-theme="dark"' not in (await browser.get("/account")).text


async def test_the_log_in_form_needs_a_token_too(light_site: Site) -> None:
    user, browser = await light_site.add_user(Role.CLERK), light_site.browser()
    fields = {"login": user.login, "password": PASSWORD}

    without_cookie = await browser.ask("POST", "/log-in", data={"csrf": page_token(""), **fields}, headers=OURS)
    await browser.get("/log-in")
    without_token = await browser.ask("POST", "/log-in", data=fields, headers=OURS)

    assert [without_cookie.status, without_token.status] == [403, 403]


async def test_the_token_stands_in_every_form(light_site: Site) -> None:
    browser = await light_site.sign_in(Role.ADMINISTRATOR)
    pages = [await browser.get(path) for path in ("/users", "/users/invite", "/users/tokens/new", "/account")]

    for page in pages:
        forms = re.findall(
            r'<form[^>]*method="post"[^>]*>\s*<input type="hidden" name="csrf" value="([^"]+)"', page.text
        )
        assert len(forms) == page.text.count('method="post"')
        assert set(forms) == {page_token(browser.cookie)}


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("127.0.0.1:{port}", 200, id="address"),
        pytest.param("localhost:{port}", 200, id="name"),
        pytest.param("[::1]:{port}", 200, id="address of IPv6"),
        pytest.param("evil.example", 400, id="rebound name"),
        pytest.param("localhost.evil.example", 400, id="name that begins like ours"),
        pytest.param("127.0.0.1.evil.example", 400, id="address that begins like ours"),
        pytest.param("[oops", 400, id="broken"),
    ],
)
async def test_a_request_names_our_host(light_site: Site, host: str, status: int) -> None:
    answer = await light_site.browser().get("/log-in", Host=host.replace("{port}", str(light_site.port)))

    assert answer.status == status


async def test_every_answer_carries_the_headers_that_keep_it_safe(light_site: Site) -> None:
    browser = await light_site.sign_in(Role.CLERK)

    answers = [await browser.get(path) for path in ("/account", "/users", "/nowhere", "/api/v1/nowhere", "/healthz")]

    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "aiohttp" not in answer.headers["Server"]


async def test_static_files_are_kept_and_change_their_name_with_their_content(light_site: Site) -> None:
    browser = light_site.browser()
    path = re.search(r'href="(/static/app\.[0-9a-f]{12}\.css)"', (await browser.get("/log-in")).text)
    assert path is not None

    answer = await browser.get(path[1])
    guesses = [await browser.get(f"/static/{name}") for name in ("app.css", "../web/routes.py", "%2e%2e%2froutes.py")]

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert [guess.status for guess in guesses] == [404, 404, 404]


async def test_pages_have_no_inline_style_or_script_and_stay_small(light_site: Site) -> None:
    browser = await light_site.sign_in(Role.ADMINISTRATOR)
    pages = [await browser.get(path) for path in ("/users", "/users/invite", "/account", "/api/docs")]
    assets = light_site.gateway.pages.assets
    size = sum(len(assets.read(assets.path(name).rsplit("/", 1)[1])[0]) for name in ("app.css", "app.js"))

    for page in pages:
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|data:", page.text)
        assert re.findall(r"<script[^>]*>([^<]*)", page.text) == [""]
        assert not re.search(r'(src|href)="https?://', page.text)
    assert size <= 30_000


async def test_https_makes_the_cookie_safe_and_stays(migrated_sqlite: object, tmp_path: object) -> None:
    from pathlib import Path

    from gateway.store.database import sqlite_url

    folder = Path(str(tmp_path))
    async with open_site(sqlite_url(folder), folder, public_url="https://gateway.example.com") as site:
        browser = site.browser()
        answer = await browser.get("/log-in", Host="gateway.example.com")
        wrong_host = await browser.get("/log-in")
        probe = await browser.get("/healthz")

    assert answer.headers["Set-Cookie"].startswith("__Host-gateway=")
    assert "; Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert (wrong_host.status, probe.status) == (400, 200)


@pytest.mark.parametrize(
    ("public_url", "host", "is_safe"),
    [
        pytest.param("https://gateway.example.com", "0.0.0.0", True, id="https behind a proxy"),
        pytest.param("http://127.0.0.1:8080", "127.0.0.1", True, id="this machine"),
        pytest.param("http://localhost:8080", "::1", True, id="this machine, IPv6"),
        pytest.param("http://127.0.0.1:8080", "0.0.0.0", False, id="open to all without https"),
        pytest.param("http://gateway.example.com", "127.0.0.1", False, id="http name"),
        pytest.param("ftp://127.0.0.1", "127.0.0.1", False, id="another scheme"),
        pytest.param("https://gateway.example.com/path", "127.0.0.1", False, id="with a path"),
        pytest.param("", "127.0.0.1", False, id="nothing"),
    ],
)
def test_log_ins_never_travel_in_the_open(public_url: str, host: str, is_safe: bool) -> None:
    def listen() -> bool:
        PublicAddress.parse(public_url).check_bind(host)
        return True

    if is_safe:
        assert listen()
    else:
        with pytest.raises(UnsafeAddress):
            listen()


async def test_a_compressed_body_is_refused(light_site: Site) -> None:
    import gzip

    browser = await light_site.sign_in(Role.CLERK)
    body = gzip.compress(b"theme=dark&csrf=" + page_token(browser.cookie).encode())
    headers = {**OURS, "Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}

    answer = await browser.ask("POST", "/account/preferences", data=body, headers=headers)

    assert answer.status == 415


async def test_an_error_of_ours_shows_a_number_and_no_trace(
    light_site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = await light_site.sign_in(Role.ADMINISTRATOR)

    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("secret DE89370400440532013000\nparameters: Erika Mustermann")

    monkeypatch.setattr("gateway.services.manage_users.read_access", crash)
    answer = await browser.get("/users")
    logged = capsys.readouterr().err + capsys.readouterr().out

    number = answer.headers["X-Request-Id"]
    assert answer.status == 500
    assert number in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "Erika" not in logged


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("POST", "/account", 405), ("DELETE", "/users", 405), ("GET", "/%00", 404)],
)
async def test_unknown_addresses_are_answered_calmly(light_site: Site, method: str, path: str, status: int) -> None:
    browser = await light_site.sign_in(Role.CLERK)

    answer = await browser.ask(method, path, headers=OURS)

    assert answer.status == status
    assert "<h1>" in answer.text


async def test_the_language_follows_the_browser_then_the_choice(light_site: Site) -> None:
    browser = await light_site.sign_in(Role.CLERK)

    german = await browser.get("/account", **{"Accept-Language": "nl;q=0.9, de-AT;q=0.8, en;q=0.1"})
    await browser.post("/account/preferences", {"language": "fr"})
    french = await browser.get("/account", **{"Accept-Language": "de"})

    assert '<html lang="de"' in german.text
    assert '<html lang="fr"' in french.text


async def test_the_theme_is_kept(light_site: Site) -> None:
    browser = await light_site.sign_in(Role.CLERK)

    await browser.post("/account/preferences", {"theme": "dark"})
    await browser.post("/account/preferences", {"theme": "<script>"})

    assert 'data-theme="dark"' in (await browser.get("/account")).text


async def test_what_is_said_once_is_said_once_and_escaped(light_site: Site) -> None:
    browser = await light_site.sign_in(Role.CLERK)
    browser.client.cookie_jar.update_cookies({"said": "%3Cscript%3Ealert(1)%3C/script%3E"}, URL(light_site.url))

    first, second = await browser.get("/account"), await browser.get("/account")

    assert "&lt;script&gt;alert(1)" in first.text
    assert "alert(1)" not in second.text


async def test_nul_characters_never_reach_the_database(site: Site) -> None:
    """PostgreSQL knows no text that has one."""
    browser, machine = await site.sign_in(Role.CLERK), await site.machine(Right.SEE)

    answers = [
        await browser.get("/invoices?q=%00"),
        await machine.get("/invoices?q=a%00"),
        await site.browser().log_in("user\0"),
    ]

    assert [answer.status for answer in answers] == [400, 400, 400]
