"""Who may come in: people with their roles, changes that wait for a second administrator, tokens of machines."""

from collections.abc import Iterable

from aiohttp import web
from multidict import MultiDict

from gateway.domain.access import TOKEN_RIGHTS, AccessChangeState, Right
from gateway.services import change_access, invite_user, manage_tokens, manage_users
from gateway.services.manage_users import Access, UserLine
from gateway.store.users import User
from gateway.web.context import Call
from gateway.web.errors import BadRequest, status_of
from gateway.web.faults import faults_of
from gateway.web.routing import page
from schemas.errors import GatewayError, NotFound
from schemas.states import Role


async def list_users(call: Call) -> web.StreamResponse:
    """Show everybody and everything with access to the company."""
    access = await _access(call)
    waiting = [change for change in access.changes if change.state is AccessChangeState.OPEN]
    return call.page(
        "users/list.html",
        users=access.users,
        waiting=waiting,
        decided=[change for change in access.changes if change.state is not AccessChangeState.OPEN],
        names={line.user.id: line.user.name for line in access.users},
        tokens=access.tokens,
    )


async def show_invite(call: Call) -> web.StreamResponse:
    """Ask whom to invite."""
    return call.page("users/invite.html", name="", login="", chosen=[Role.CLERK], faults={})


async def send_invite(call: Call) -> web.StreamResponse:
    """Add a user and show his link, once."""
    form = await call.form()
    name, login = form.get("name", ""), form.get("login", "")
    try:
        roles = _roles(form)
        async with call.begin() as work:
            invitation = await manage_users.invite(work, login=login, name=name, roles=roles)
    except GatewayError as error:
        chosen = form.getall("role", [])
        return _again(call, error, "users/invite.html", name=name, login=login, chosen=chosen)
    is_waiting = invitation.state is AccessChangeState.OPEN
    return _show_link(call, invitation.user, invitation.link, is_waiting=is_waiting)


async def show_user(call: Call) -> web.StreamResponse:
    """Show what can be changed about a user."""
    return call.page("users/user.html", line=await _line(call), fault=None)


async def set_roles(call: Call) -> web.StreamResponse:
    """Change the roles of a user, or ask another administrator to accept it."""
    line, form = await _line(call), await call.form()
    try:
        async with call.begin() as work:
            state = await change_access.set_roles(work, user_id=line.user.id, roles=_roles(form))
    except GatewayError as error:
        return _again(call, error, "users/user.html", line=line)
    return call.redirect("/users", say=_outcome(call, state))


async def reset_access(call: Call) -> web.StreamResponse:
    """Let a user begin anew with a link, or ask another administrator to accept it."""
    line = await _line(call)
    try:
        async with call.begin() as work:
            link = await change_access.reset_access(work, user_id=line.user.id)
    except GatewayError as error:
        return _again(call, error, "users/user.html", line=line)
    if not link:
        return call.redirect("/users", say=_outcome(call, AccessChangeState.OPEN))
    return _show_link(call, line.user, link)


async def renew_invitation(call: Call) -> web.StreamResponse:
    """Make a new link for somebody who has not used his."""
    line = await _line(call)
    async with call.begin() as work:
        link = await invite_user.renew_invitation(work, user_id=line.user.id)
    return _show_link(call, line.user, link)


async def end_sessions(call: Call) -> web.StreamResponse:
    """Log a user out everywhere, at once."""
    async with call.begin() as work:
        count = await manage_users.end_sessions(work, user_id=call.key())
    say = call.count("%(num)s session ended.", "%(num)s sessions ended.", count)
    return call.redirect(f"/users/{call.key()}", say=say)


async def decide_change(call: Call) -> web.StreamResponse:
    """Accept or refuse what another administrator asked for."""
    decision = (await call.form()).get("decision", "")
    if decision not in {"accept", "refuse"}:
        raise BadRequest("the decision is accept or refuse")
    async with call.begin() as work:
        decided = await change_access.decide_change(work, change_id=call.key(), is_accepted=decision == "accept")
    if decided.link and decided.user is not None:
        return _show_link(call, decided.user, decided.link)
    return call.redirect("/users", say=call._("Accepted.") if decision == "accept" else call._("Refused."))


async def show_new_token(call: Call) -> web.StreamResponse:
    """Ask for the name and the rights of a token."""
    return call.page("users/new_token.html", value="", name="", chosen=[], rights=sorted(TOKEN_RIGHTS), fault=None)


async def send_new_token(call: Call) -> web.StreamResponse:
    """Make a token and show it, once."""
    form = await call.form()
    name, chosen = form.get("name", ""), form.getall("right", [])
    try:
        async with call.begin() as work:
            value = await manage_tokens.make_token(work, name=name, rights=_rights(chosen))
    except GatewayError as error:
        values = {"value": "", "name": name, "chosen": chosen, "rights": sorted(TOKEN_RIGHTS)}
        return _again(call, error, "users/new_token.html", **values)
    return call.page("users/new_token.html", value=value)


async def revoke_token(call: Call) -> web.StreamResponse:
    """Take a token back at once."""
    async with call.begin() as work:
        await manage_tokens.revoke_token(work, token_id=call.key())
    return call.redirect("/users", say=call._("The token is taken back."))


async def _access(call: Call) -> Access:
    seen_after = call.now - call.gateway.log_in_rules.idle
    return await manage_users.read_access(call.gateway.database, company_id=call.company_id, seen_after=seen_after)


async def _line(call: Call) -> UserLine:
    key = call.key()
    line = next((line for line in (await _access(call)).users if line.user.id == key), None)
    if line is None:
        raise NotFound("there is no such user here")
    return line


def _roles(form: MultiDict[str]) -> list[Role]:
    words = form.getall("role", [])
    if not set(words) <= set(Role):
        raise BadRequest("a role is one of " + ", ".join(Role))
    return [Role(word) for word in words]


def _rights(words: Iterable[str]) -> list[Right]:
    words = list(words)
    if not set(words) <= set(Right):
        raise BadRequest("a right is one of " + ", ".join(sorted(TOKEN_RIGHTS)))
    return [Right(word) for word in words]


def _outcome(call: Call, state: AccessChangeState) -> str:
    if state is AccessChangeState.OPEN:
        return call._("Another administrator has to accept this.")
    return call._("Changed.")


def _show_link(call: Call, user: User, link: str, *, is_waiting: bool = False) -> web.Response:
    url = f"{call.gateway.address.url}/welcome/{link}"
    return call.page("users/link.html", user=user, url=url, is_waiting=is_waiting)


def _again(call: Call, error: GatewayError, template: str, **values: object) -> web.Response:
    return call.page(template, status=status_of(error), fault=call._(str(error)), faults=faults_of(error), **values)


ROUTES = (
    page("GET", "/users", Right.SEE_USERS, list_users),
    page("GET", "/users/invite", Right.MANAGE_USERS, show_invite),
    page("POST", "/users/invite", Right.MANAGE_USERS, send_invite),
    page("POST", "/users/changes/{id}", Right.MANAGE_USERS, decide_change),
    page("GET", "/users/tokens/new", Right.MANAGE_TOKENS, show_new_token),
    page("POST", "/users/tokens/new", Right.MANAGE_TOKENS, send_new_token),
    page("POST", "/users/tokens/{id}/revoke", Right.MANAGE_TOKENS, revoke_token),
    page("GET", "/users/{id}", Right.MANAGE_USERS, show_user),
    page("POST", "/users/{id}/roles", Right.MANAGE_USERS, set_roles),
    page("POST", "/users/{id}/reset", Right.MANAGE_USERS, reset_access),
    page("POST", "/users/{id}/invitation", Right.MANAGE_USERS, renew_invitation),
    page("POST", "/users/{id}/end-sessions", Right.MANAGE_USERS, end_sessions),
)
