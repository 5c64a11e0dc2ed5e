"""The second factor: who must have it, each code once, and what helps when the phone is lost."""

import html
import re

import pytest

from gateway.domain.one_time_code import code_at, step_at
from gateway.services.log_in import LogInRules
from schemas.states import Role
from support.web import Browser, Site


async def half_logged_in(site: Site, *roles: Role) -> tuple[Browser, str]:
    """Return a browser after the password, before the second factor, and the code that works now."""
    user, browser = await site.add_user(*roles, is_enrolled=True), site.browser()
    await browser.log_in(user.login)
    return browser, site.code(user)


def shown_seed(text: str) -> bytes:
    import base64

    seed = re.search(r'class="secret">([A-Z2-7 ]+)<', text)
    assert seed is not None
    return base64.b32decode(seed[1].replace(" ", ""))


async def test_the_code_finishes_the_log_in_under_a_new_session(site: Site) -> None:
    browser, code = await half_logged_in(site, Role.APPROVER)
    half = browser.cookie

    before = await browser.get("/account")
    answer = await browser.post("/log-in/second-factor", {"code": code})
    after = await browser.get("/account")

    assert (before.status, before.location) == (303, "/log-in/second-factor?next=%2Faccount")
    assert (answer.status, after.status) == (303, 200)
    assert browser.cookie != half


@pytest.mark.parametrize("path", ["/account", "/users", "/second-factor"])
async def test_half_a_log_in_opens_nothing(light_site: Site, path: str) -> None:
    browser, _ = await half_logged_in(light_site, Role.ADMINISTRATOR)

    answer = await browser.get(path)

    assert answer.status == 303
    assert answer.location.partition("?")[0] in {"/log-in/second-factor", "/account"}


async def test_half_a_log_in_cannot_set_up_another_factor(light_site: Site) -> None:
    browser, _ = await half_logged_in(light_site, Role.ADMINISTRATOR)

    answer = await browser.post("/second-factor", {"code": "123456"})

    assert answer.status in {401, 409}
    assert (await browser.get("/account")).status == 303


async def test_a_code_works_once(site: Site) -> None:
    user = await site.add_user(Role.APPROVER)
    first, second = site.browser(), site.browser()
    await first.log_in(user.login)
    await second.log_in(user.login)
    code = site.code(user)

    taken = await first.post("/log-in/second-factor", {"code": code})
    replayed = await second.post("/log-in/second-factor", {"code": code})
    older = await second.post("/log-in/second-factor", {"code": site.code(user, steps=-1)})
    next_one = await second.post("/log-in/second-factor", {"code": site.code(user, steps=1)})

    assert [taken.status, replayed.status, older.status, next_one.status] == [303, 401, 401, 303]


@pytest.mark.parametrize(
    ("steps", "status"), [(-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)], ids=lambda value: str(value)
)
async def test_a_clock_may_be_half_a_minute_off(light_site: Site, steps: int, status: int) -> None:
    user, browser = await light_site.add_user(Role.APPROVER), light_site.browser()
    await browser.log_in(user.login)

    answer = await browser.post("/log-in/second-factor", {"code": light_site.code(user, steps=steps)})

    assert answer.status == status


@pytest.mark.parametrize("code", ["", "000000", "12345", "１２３４５６", "a" * 5000, "AAAA-BBBB-CCCC-DDDD"])
async def test_a_wrong_code_is_refused(light_site: Site, code: str) -> None:
    browser, right = await half_logged_in(light_site, Role.APPROVER)
    assert code != right

    assert (await browser.post("/log-in/second-factor", {"code": code})).status == 401


async def test_codes_cannot_be_guessed(site: Site) -> None:
    site.gateway.log_in_rules = LogInRules(account_attempts_max=5)
    user, browser = await site.add_user(Role.APPROVER), site.browser()
    await browser.log_in(user.login)

    guesses = [(await browser.post("/log-in/second-factor", {"code": f"{n:06}"})).status for n in range(6)]
    logged_in_again = await browser.log_in(user.login)
    right_too_late = await browser.post("/log-in/second-factor", {"code": site.code(user)})

    assert guesses == [401] * 5 + [429]
    assert logged_in_again.status == 303
    assert right_too_late.status == 429


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMINISTRATOR])
async def test_some_roles_set_it_up_before_anything_else(light_site: Site, role: Role) -> None:
    user, browser = await light_site.add_user(role, is_enrolled=False), light_site.browser()
    await browser.log_in(user.login)

    blocked = [(await browser.get(path)).location for path in ("/", "/users", "/account")]
    page = await browser.get("/second-factor")

    assert blocked == ["/second-factor"] * 3
    assert "Your role needs a second factor" in page.text


async def test_setting_up_takes_a_code_and_gives_recovery_codes_once(site: Site) -> None:
    user, browser = await site.add_user(Role.ADMINISTRATOR, is_enrolled=False), site.browser()
    await browser.log_in(user.login)
    seed = shown_seed((await browser.get("/second-factor")).text)
    before = browser.cookie

    wrong = await browser.post("/second-factor", {"code": "000000"})
    answer = await browser.post("/second-factor", {"code": code_at(seed, step_at(site.clock()))})
    codes = re.findall(r"<li>([A-Z2-7-]{19})</li>", answer.text)
    again = await browser.get("/second-factor")

    assert (wrong.status, answer.status) == (401, 200)
    assert len(set(codes)) == 10
    assert (await browser.get("/users")).status == 200
    assert browser.cookie != before
    assert (again.status, again.location) == (303, "/account")


async def test_the_code_of_the_set_up_cannot_log_in(light_site: Site) -> None:
    user, browser = await light_site.add_user(Role.ADMINISTRATOR, is_enrolled=False), light_site.browser()
    await browser.log_in(user.login)
    code = code_at(shown_seed((await browser.get("/second-factor")).text), step_at(light_site.clock()))
    await browser.post("/second-factor", {"code": code})

    thief = light_site.browser()
    await thief.log_in(user.login)

    assert (await thief.post("/log-in/second-factor", {"code": code})).status == 401


async def test_each_recovery_code_works_once(site: Site) -> None:
    user, browser = await site.add_user(Role.ADMINISTRATOR, is_enrolled=False), site.browser()
    await browser.log_in(user.login)
    seed = shown_seed((await browser.get("/second-factor")).text)
    answer = await browser.post("/second-factor", {"code": code_at(seed, step_at(site.clock()))})
    code = re.findall(r"<li>([A-Z2-7-]{19})</li>", answer.text)[0]

    statuses = []
    for typed in [code.lower(), code]:
        lost = site.browser()
        await lost.log_in(user.login)
        statuses.append((await lost.post("/log-in/second-factor", {"code": typed})).status)

    assert statuses == [303, 401]
    assert "9 recovery codes are left" in (await browser.get("/account")).text


async def test_looking_at_the_set_up_changes_nothing(light_site: Site) -> None:
    browser = await light_site.sign_in(Role.CLERK)

    first = shown_seed((await browser.get("/second-factor")).text)
    second = shown_seed((await browser.get("/second-factor")).text)

    assert first == second
    assert "not set up" in (await browser.get("/account")).text


async def test_the_link_for_the_app_says_the_same_as_the_text(light_site: Site) -> None:
    import base64

    browser = await light_site.sign_in(Role.CLERK)

    text = (await browser.get("/second-factor")).text
    link = re.search(r'href="(otpauth:[^"]+)"', text)

    assert link is not None
    secret = base64.b32encode(shown_seed(text)).decode().rstrip("=")
    assert f"secret={secret}&" in html.unescape(link[1])


async def test_the_seed_is_not_in_the_database(light_site: Site) -> None:
    from sqlalchemy import select

    from gateway.store.users import User

    browser = await light_site.sign_in(Role.CLERK)
    seed = shown_seed((await browser.get("/second-factor")).text)
    await browser.post("/second-factor", {"code": code_at(seed, step_at(light_site.clock()))})

    async with light_site.gateway.database.read() as session:
        stored = (await session.execute(select(User))).scalars().one()

    assert stored.totp_enrolled_at is not None
    assert seed.hex() not in str(stored.model_dump())
