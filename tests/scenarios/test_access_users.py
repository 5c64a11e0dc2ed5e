"""Inviting people, giving roles, and when a second administrator has to agree."""

import re

import pytest

from gateway.store.users import User
from schemas.states import Role
from support.web import PASSWORD, Browser, Site


async def invite(browser: Browser, login: str, *roles: str) -> str:
    """Invite somebody and return the path of the link."""
    fields = [("name", f"The {login}"), ("login", login), *[("role", role) for role in roles]]
    answer = await browser.post("/users/invite", fields)
    link = re.search(r"(/welcome/[\w-]{43})<", answer.text)
    assert link is not None, answer.text
    return link[1]


async def change_roles(browser: Browser, user: User, *roles: str) -> int:
    return (await browser.post(f"/users/{user.id}/roles", [("role", role) for role in roles])).status


async def open_change(browser: Browser) -> str:
    found = re.search(r"/users/changes/(\d+)", (await browser.get("/users")).text)
    return found[1] if found else ""


async def roles_shown(browser: Browser, user: User) -> list[str]:
    text = (await browser.get("/users")).text
    line = re.search(rf'<th scope="row">{user.name}</th>\s*<td class="nowrap">{user.login}</td>(.*?)</tr>', text, re.S)
    assert line is not None
    return re.findall(r'<span class="tag plain">(\w+)</span>', line[1])


async def test_an_invited_person_sets_a_password_once_and_works(site: Site) -> None:
    administrator = await site.sign_in(Role.ADMINISTRATOR)
    path = await invite(administrator, "Clara@Example.com", "clerk")
    clara = site.browser()
    form = await clara.get(path)

    answer = await clara.post(path, {"password": PASSWORD})
    again = await clara.post(path, {"password": "another long password"})
    logged_in = await clara.log_in(" clara@example.COM ")

    assert "Welcome, The Clara@Example.com" in form.text
    assert (answer.status, again.status, logged_in.status) == (303, 404, 303)
    assert "clerk" in (await clara.get("/account")).text


async def test_a_link_ends_after_a_week(light_site: Site) -> None:
    administrator = await light_site.sign_in(Role.ADMINISTRATOR)
    path = await invite(administrator, "late", "clerk")

    await light_site.clock.pass_time(days=7, seconds=1)

    assert (await light_site.browser().get(path)).status == 404


async def test_a_new_link_ends_the_one_before(light_site: Site) -> None:
    administrator = await light_site.sign_in(Role.ADMINISTRATOR)
    first = await invite(administrator, "lost", "clerk")
    key = re.search(
        r'href="/users/(\d+)"[^>]*>Change<span class="sr"> The lost', (await administrator.get("/users")).text
    )
    assert key is not None

    answer = await administrator.post(f"/users/{key[1]}/invitation")

    second = re.search(r"/welcome/[\w-]{43}", answer.text)
    assert second is not None
    assert (await light_site.browser().get(first)).status == 404
    assert (await light_site.browser().get(second[0])).status == 200


@pytest.mark.parametrize(
    ("password", "why"),
    [
        pytest.param("short pass", "it needs 12", id="short"),
        pytest.param("aaaaaaaaaaaaaaaa", "different characters", id="one letter"),
        pytest.param("clara.meier 2026", "little more than your name", id="own name"),
        pytest.param("My Company 2026", "little more than your name", id="name of the company"),
        pytest.param("x" * 300 + "abcdef", "more than 256", id="endless"),
    ],
)
async def test_a_weak_password_is_refused_and_the_link_still_works(light_site: Site, password: str, why: str) -> None:
    administrator = await light_site.sign_in(Role.ADMINISTRATOR)
    path = await invite(administrator, "clara.meier", "clerk")
    clara = light_site.browser()
    await clara.get(path)

    refused = await clara.post(path, {"password": password})
    taken = await clara.post(path, {"password": PASSWORD})

    assert refused.status == 422
    assert why in refused.text
    assert taken.status == 303


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        pytest.param([("login", "a b"), ("name", "A"), ("role", "clerk")], 422, id="blank in the login"),
        pytest.param([("login", "anna"), ("name", " "), ("role", "clerk")], 422, id="no name"),
        pytest.param([("login", "user1"), ("name", "A"), ("role", "clerk")], 409, id="taken"),
        pytest.param([("login", "USER1"), ("name", "A"), ("role", "clerk")], 409, id="taken in other case"),
        pytest.param([("login", "anna"), ("name", "A"), ("role", "owner")], 400, id="unknown role"),
        pytest.param(
            [("login", "anna"), ("name", "A"), ("role", "administrator"), ("role", "approver")], 422, id="exclusive"
        ),
    ],
)
async def test_a_wrong_invitation_adds_nobody(light_site: Site, fields: list[tuple[str, str]], status: int) -> None:
    administrator = await light_site.sign_in(Role.ADMINISTRATOR)

    answer = await administrator.post("/users/invite", fields)

    assert answer.status == status
    assert "1 person" in (await administrator.get("/users")).text


async def test_a_sole_administrator_changes_roles_alone_and_sessions_end(site: Site) -> None:
    administrator, clerk = await site.sign_in(Role.ADMINISTRATOR), await site.add_user(Role.CLERK)
    working = await site.sign_in(user=clerk)

    status = await change_roles(administrator, clerk, "viewer", "auditor")

    assert status == 303
    assert await roles_shown(administrator, clerk) == ["auditor", "viewer"]
    assert (await working.get("/account")).status == 303


async def test_administrator_and_approver_are_never_one_person(light_site: Site) -> None:
    administrator, approver = await light_site.sign_in(Role.ADMINISTRATOR), await light_site.add_user(Role.APPROVER)

    assert await change_roles(administrator, approver, "approver", "administrator") == 422
    assert await roles_shown(administrator, approver) == ["approver"]


async def test_administrator_and_approver_are_not_one_person_over_companies(site: Site) -> None:
    from gateway.domain.access import RolesExclude
    from gateway.services import change_access
    from gateway.store.companies import Company
    from gateway.store.work import SYSTEM

    user, database = await site.add_user(Role.APPROVER), site.gateway.database
    async with database.begin(actor=SYSTEM, now=site.clock()) as work:
        other = Company(id=work.new_id(), code="OTHER", name="Other", created_at=site.clock())
        work.add(other)
        work.say("add_company", "company")

    with pytest.raises(RolesExclude):
        async with database.begin(actor=SYSTEM, now=site.clock(), company_id=other.id) as work:
            await change_access.set_roles(work, user_id=user.id, roles=[Role.ADMINISTRATOR])


async def test_the_last_administrator_stays(light_site: Site) -> None:
    user = await light_site.add_user(Role.ADMINISTRATOR)
    administrator = await light_site.sign_in(user=user)

    statuses = [
        await change_roles(administrator, user, "clerk"),
        (await administrator.post(f"/users/{user.id}/reset")).status,
    ]

    assert statuses == [409, 409]
    assert (await administrator.get("/users")).status == 200


async def test_with_two_administrators_a_change_waits_for_the_other(site: Site) -> None:
    asking, deciding = await site.sign_in(Role.ADMINISTRATOR), await site.sign_in(Role.ADMINISTRATOR)
    clerk = await site.add_user(Role.CLERK)

    await change_roles(asking, clerk, "approver")
    waiting = await roles_shown(asking, clerk)
    change = await open_change(deciding)
    own = await asking.post(f"/users/changes/{change}", {"decision": "accept"})
    accepted = await deciding.post(f"/users/changes/{change}", {"decision": "accept"})
    twice = await deciding.post(f"/users/changes/{change}", {"decision": "refuse"})

    assert waiting == ["clerk"]
    assert (own.status, accepted.status, twice.status) == (403, 303, 409)
    assert await roles_shown(asking, clerk) == ["approver"]


async def test_a_refused_change_changes_nothing(site: Site) -> None:
    asking, deciding = await site.sign_in(Role.ADMINISTRATOR), await site.sign_in(Role.ADMINISTRATOR)
    clerk = await site.add_user(Role.CLERK)
    await change_roles(asking, clerk, "approver")

    answer = await deciding.post(f"/users/changes/{await open_change(deciding)}", {"decision": "refuse"})

    assert answer.status == 303
    assert await roles_shown(asking, clerk) == ["clerk"]
    assert await open_change(deciding) == ""


async def test_an_invited_person_has_no_rights_before_the_other_agrees(site: Site) -> None:
    asking, deciding = await site.sign_in(Role.ADMINISTRATOR), await site.sign_in(Role.ADMINISTRATOR)
    path = await invite(asking, "puppet", "approver")
    puppet = site.browser()
    await puppet.get(path)
    await puppet.post(path, {"password": PASSWORD})
    await puppet.log_in("puppet")

    before = (await puppet.get("/account")).text
    await deciding.post(f"/users/changes/{await open_change(deciding)}", {"decision": "accept"})
    await puppet.log_in("puppet")
    after = await puppet.get("/account")

    assert "You have no role in any company yet" in before
    assert after.location == "/second-factor"


async def test_a_reset_takes_password_and_factor_and_needs_the_other_administrator(site: Site) -> None:
    asking, deciding = await site.sign_in(Role.ADMINISTRATOR), await site.sign_in(Role.ADMINISTRATOR)
    approver = await site.add_user(Role.APPROVER)
    working = await site.sign_in(user=approver)

    asked = await asking.post(f"/users/{approver.id}/reset")
    still = await working.get("/account")
    done = await deciding.post(f"/users/changes/{await open_change(deciding)}", {"decision": "accept"})

    assert asked.status == 303
    assert still.status == 200
    assert re.search(r"/welcome/[\w-]{43}<", done.text)
    assert (await working.get("/account")).status == 303
    assert (await site.browser().log_in(approver.login)).status == 401


async def test_an_invited_second_administrator_does_not_block_the_first(light_site: Site) -> None:
    first = await light_site.sign_in(Role.ADMINISTRATOR)
    await light_site.add_user(Role.ADMINISTRATOR, is_enrolled=False)
    clerk = await light_site.add_user(Role.CLERK)

    await change_roles(first, clerk, "viewer")

    assert await roles_shown(first, clerk) == ["viewer"]


async def test_an_administrator_ends_sessions_at_once(light_site: Site) -> None:
    administrator, user = await light_site.sign_in(Role.ADMINISTRATOR), await light_site.add_user(Role.CLERK)
    working = await light_site.sign_in(user=user)

    answer = await administrator.post(f"/users/{user.id}/end-sessions")

    assert answer.status == 303
    assert (await working.get("/account")).status == 303


async def test_users_of_another_company_cannot_be_touched(site: Site) -> None:
    from gateway.store import users_queries
    from gateway.store.companies import Company
    from gateway.store.work import SYSTEM

    administrator, foreign = await site.sign_in(Role.ADMINISTRATOR), await site.add_user()
    async with site.gateway.database.begin(actor=SYSTEM, now=site.clock()) as work:
        other = Company(id=work.new_id(), code="OTHER", name="Other", created_at=site.clock())
        work.add(other)
        await work.flush()
        await users_queries.replace_roles(work.session, user_id=foreign.id, company_id=other.id, roles=[Role.CLERK])
        work.say("add_company", "company")

    answers = [
        await administrator.get(f"/users/{foreign.id}"),
        await administrator.post(f"/users/{foreign.id}/roles", {"role": "clerk"}),
        await administrator.post(f"/users/{foreign.id}/reset"),
        await administrator.post(f"/users/{foreign.id}/end-sessions"),
    ]

    assert [answer.status for answer in answers] == [404, 404, 404, 404]


async def test_a_person_of_two_companies_chooses_where_to_work(site: Site) -> None:
    from gateway.store import users_queries
    from gateway.store.companies import Company
    from gateway.store.work import SYSTEM

    user = await site.add_user(Role.CLERK)
    async with site.gateway.database.begin(actor=SYSTEM, now=site.clock()) as work:
        other = Company(id=work.new_id(), code="ZWEI", name="Zweite GmbH", created_at=site.clock())
        foreign = Company(id=work.new_id(), code="FREMD", name="Fremde AG", created_at=site.clock())
        work.add(other, foreign)
        await work.flush()
        await users_queries.replace_roles(work.session, user_id=user.id, company_id=other.id, roles=[Role.AUDITOR])
        work.say("add_company", "company")
    browser = await site.sign_in(user=user)

    before = await browser.get("/users")
    chosen = await browser.post("/company", {"company": str(other.id)})
    after = await browser.get("/users")
    refused = await browser.post("/company", {"company": str(foreign.id)})

    assert (before.status, chosen.status, after.status, refused.status) == (403, 303, 200, 404)
    assert "Zweite GmbH" in after.text
