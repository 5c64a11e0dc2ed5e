"""Logging in: who gets in, what a guesser learns, and how long it lasts."""

import asyncio

import pytest

from gateway.services.log_in import LogInRules
from schemas.states import Role
from support.web import PASSWORD, Site

SAME_ANSWER = "The name or the password is not right."


async def test_the_right_password_opens_a_session(site: Site) -> None:
    user, browser = await site.add_user(Role.CLERK), site.browser()

    answer = await browser.log_in(user.login)
    page = await browser.get("/account")

    assert (answer.status, answer.location) == (303, "/")
    assert page.status == 200
    assert user.name in page.text


@pytest.mark.parametrize(
    ("login", "password"),
    [
        pytest.param("user1", "wrong horse battery", id="wrong password"),
        pytest.param("nobody", PASSWORD, id="unknown name"),
        pytest.param("user1", "", id="no password"),
        pytest.param("invited", "", id="invited, no password yet"),
        pytest.param("", "", id="nothing"),
        pytest.param("x" * 500, "y" * 5000, id="very long"),
        pytest.param("user1\x01", PASSWORD, id="control sign"),
    ],
)
async def test_every_refusal_is_the_same(light_site: Site, login: str, password: str) -> None:
    await light_site.add_user(Role.CLERK)
    browser = light_site.browser()

    answer = await browser.log_in(login, password)

    assert answer.status == 401
    assert SAME_ANSWER in answer.text
    assert (await browser.get("/account")).status == 303


async def test_a_disabled_or_invited_user_cannot_log_in(light_site: Site) -> None:
    from sqlalchemy import update

    from gateway.store.columns import table_of
    from gateway.store.users import User
    from gateway.store.work import SYSTEM

    disabled, invited = await light_site.add_user(Role.CLERK), await light_site.add_user(Role.CLERK)
    users = table_of(User)
    async with light_site.gateway.database.begin(actor=SYSTEM, now=light_site.clock()) as work:
        await work.session.execute(update(users).where(users.c.id == disabled.id).values(is_active=False))
        await work.session.execute(update(users).where(users.c.id == invited.id).values(password_hash=""))

    answers = [await light_site.browser().log_in(user.login) for user in (disabled, invited)]

    assert [answer.status for answer in answers] == [401, 401]


async def test_the_cookie_is_new_after_log_in(light_site: Site) -> None:
    user, browser = await light_site.add_user(Role.CLERK), light_site.browser()
    planted = "A" * 43
    browser.cookie = planted
    await browser.post("/log-in", {"login": user.login, "password": PASSWORD})
    renewed = browser.cookie

    victim_of_fixation = light_site.browser()
    victim_of_fixation.cookie = planted

    assert renewed != planted
    assert (await browser.get("/account")).status == 200
    assert (await victim_of_fixation.get("/account")).status == 303


async def test_logging_in_again_ends_the_session_before(light_site: Site) -> None:
    user, browser = await light_site.add_user(Role.CLERK), light_site.browser()
    await browser.log_in(user.login)
    first = browser.cookie
    await browser.post("/log-in", {"login": user.login, "password": PASSWORD})

    old = light_site.browser()
    old.cookie = first

    assert browser.cookie != first
    assert (await old.get("/account")).status == 303


async def test_the_cookie_is_kept_from_scripts_and_other_sites(light_site: Site) -> None:
    user, browser = await light_site.add_user(Role.CLERK), light_site.browser()

    answer = await browser.log_in(user.login)

    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie


async def test_only_the_hash_of_a_session_is_stored(light_site: Site) -> None:
    from sqlalchemy import select

    from gateway.store.users import Session

    browser = await light_site.sign_in(Role.CLERK)

    async with light_site.gateway.database.read() as session:
        stored = (await session.execute(select(Session))).scalars().one()

    assert browser.cookie not in str(stored.model_dump())


@pytest.mark.parametrize(
    ("minutes", "alive"), [pytest.param(29, True, id="29 minutes idle"), pytest.param(31, False, id="31 minutes idle")]
)
async def test_a_session_ends_when_it_is_idle(light_site: Site, minutes: int, alive: bool) -> None:
    browser = await light_site.sign_in(Role.CLERK)

    await light_site.clock.pass_time(minutes=minutes)

    assert ((await browser.get("/account")).status == 200) is alive


async def test_a_session_in_use_lasts_twelve_hours_at_most(light_site: Site) -> None:
    browser = await light_site.sign_in(Role.CLERK)
    statuses = []
    for _ in range(37):
        await light_site.clock.pass_time(minutes=20)
        statuses.append((await browser.get("/account")).status)

    assert statuses == [200] * 36 + [303]


async def test_a_page_that_polls_does_not_keep_a_session_alive(light_site: Site) -> None:
    browser = await light_site.sign_in(Role.CLERK)
    await light_site.clock.pass_time(minutes=20)
    await browser.get("/account", **{"X-Poll": "1"})
    await light_site.clock.pass_time(minutes=20)

    assert (await browser.get("/account")).status == 303


async def test_logging_out_ends_all_sessions(site: Site) -> None:
    user = await site.add_user(Role.CLERK)
    here, there = await site.sign_in(user=user), await site.sign_in(user=user)

    answer = await here.post("/log-out")

    assert answer.location == "/log-in"
    assert (await there.get("/account")).status == 303


async def test_an_account_is_closed_after_ten_guesses_until_the_window_ends(site: Site) -> None:
    user, browser = await site.add_user(Role.CLERK), site.browser()
    guesses = [(await browser.log_in(user.login, f"guess number {number}")).status for number in range(10)]

    right_too_late = await browser.log_in(user.login)
    unknown = [(await browser.log_in("unknown", "x")).status for _ in range(11)]
    await site.clock.pass_time(minutes=16)
    later = await browser.log_in(user.login)

    assert guesses == [401] * 10
    assert right_too_late.status == 429
    assert int(right_too_late.headers["Retry-After"]) == 900
    assert unknown == [401] * 10 + [429]
    assert later.status == 303


async def test_many_guesses_at_once_are_counted_too(site: Site) -> None:
    user = await site.add_user(Role.CLERK)
    browsers = [site.browser() for _ in range(25)]
    for browser in browsers:
        await browser.get("/log-in")

    answers = await asyncio.gather(
        *[browser.post("/log-in", {"login": user.login, "password": "wrong"}) for browser in browsers]
    )

    assert sorted(answer.status for answer in answers) == [401] * 10 + [429] * 15


async def test_an_address_is_closed_after_guesses_on_many_accounts(light_site: Site) -> None:
    light_site.gateway.log_in_rules = LogInRules(address_attempts_max=5)
    user, browser = await light_site.add_user(Role.CLERK), light_site.browser()
    guesses = [(await browser.log_in(f"name{number}", "x")).status for number in range(6)]

    assert guesses == [401] * 5 + [429]
    assert (await browser.log_in(user.login)).status == 429


async def test_success_forgets_the_guesses_before_it(light_site: Site) -> None:
    light_site.gateway.log_in_rules = LogInRules(account_attempts_max=3, address_attempts_max=1000)
    user, browser = await light_site.add_user(Role.CLERK), light_site.browser()

    statuses = [
        (await browser.log_in(user.login, password)).status
        for password in ["wrong", "wrong", PASSWORD, "wrong", "wrong", PASSWORD]
    ]

    assert statuses == [401, 401, 303, 401, 401, 303]


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        pytest.param("/users?x=1", "/users?x=1", id="own path"),
        pytest.param("//evil.example", "/", id="another host"),
        pytest.param("/\\evil.example", "/", id="another host with backslash"),
        pytest.param("https://evil.example/", "/", id="whole address"),
        pytest.param("/\r\nSet-Cookie: a=b", "/", id="header break"),
    ],
)
async def test_log_in_leads_on_to_own_paths_only(light_site: Site, asked: str, led_to: str) -> None:
    user, browser = await light_site.add_user(Role.CLERK), light_site.browser()
    await browser.get("/log-in")

    answer = await browser.post("/log-in", {"login": user.login, "password": PASSWORD, "next": asked})

    assert answer.location == led_to


async def test_a_page_asks_to_log_in_and_comes_back(light_site: Site) -> None:
    answer = await light_site.browser().get("/users?a=b")

    assert (answer.status, answer.location) == (303, "/log-in?next=%2Fusers%3Fa%3Db")


async def test_log_ins_are_in_the_journal_without_names(light_site: Site) -> None:
    from sqlalchemy import select

    from gateway.store.journal import Journal

    user, browser = await light_site.add_user(Role.CLERK), light_site.browser()
    await browser.log_in(user.login)

    async with light_site.gateway.database.read() as session:
        rows = (await session.execute(select(Journal).order_by(Journal.id.desc()))).scalars().all()  # type: ignore[attr-defined]

    assert (rows[0].verb, rows[0].actor, rows[0].subject) == ("log_in", f"user:{user.id}", f"user:{user.id}")
    assert user.name not in str(rows[0].model_dump())


async def test_a_page_fetched_ahead_does_not_disown_the_form_that_is_shown(light_site: Site) -> None:
    browser = light_site.browser()
    await browser.get("/log-in")
    shown = browser.cookie

    ahead = await light_site.browser().ask("GET", "/log-in", headers={"X-Ahead": "1"})

    assert shown
    assert "Set-Cookie" not in ahead.headers
