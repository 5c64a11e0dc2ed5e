"""Log in, second factor, log out, and the links with which a password is set."""

from typing import Any

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.login_name import InvalidLogin
from gateway.services import invite_user, log_in, set_up_installation, use_second_factor
from gateway.services.log_in import LogInRefused, TooManyAttempts
from gateway.services.passwords import WeakPassword
from gateway.store.users import User
from gateway.web import security
from gateway.web.address import address_of, local_path
from gateway.web.context import Call
from gateway.web.error_pages import answer_of
from gateway.web.errors import status_of
from gateway.web.faults import faults_of
from gateway.web.routing import page
from schemas.errors import GatewayError


async def show_log_in(call: Call) -> web.StreamResponse:
    """Show the form, or go on when somebody is logged in already."""
    path = local_path(call.request.query.get("next", "/"))
    if Right.ACCOUNT in call.caller.rights:
        return call.redirect(path)
    return call.page("access/log_in.html", login="", next=path, fault=None)


async def send_log_in(call: Call) -> web.StreamResponse:
    """Open a session under a new value, so that none that was planted before is of use."""
    form, gateway = await call.form(), call.gateway
    path = local_path(form.get("next", "/"))
    try:
        value = await log_in.log_in(
            gateway.database,
            gateway.passwords,
            login=form.get("login", ""),
            password=form.get("password", ""),
            address=address_of(call.request, gateway.proxies),
            old_session=call.session_value,
            now=call.now,
            rules=gateway.log_in_rules,
        )
    except (LogInRefused, TooManyAttempts) as error:
        return _again(call, error, "access/log_in.html", login=form.get("login", "")[:100], next=path)
    response = call.redirect(path)
    security.set_cookie(call, response, value)
    return response


async def show_second_factor(call: Call) -> web.StreamResponse:
    """Ask for the code."""
    path = local_path(call.request.query.get("next", "/"))
    if not call.caller.must_verify:
        return call.redirect(path)
    return call.page("access/second_factor.html", next=path, fault=None)


async def send_second_factor(call: Call) -> web.StreamResponse:
    """Finish the log-in."""
    form = await call.form()
    path = local_path(form.get("next", "/"))
    if not call.caller.must_verify:
        return call.redirect(path)
    try:
        value = await use_second_factor.verify_second_factor(
            call.gateway.database,
            call.gateway.key,
            caller=call.caller,
            code=form.get("code", "")[:64],
            old_session=call.session_value,
            now=call.now,
            rules=call.gateway.log_in_rules,
        )
    except (use_second_factor.WrongCode, TooManyAttempts) as error:
        return _again(call, error, "access/second_factor.html", next=path)
    response = call.redirect(path)
    security.set_cookie(call, response, value)
    return response


async def show_enrol(call: Call) -> web.StreamResponse:
    """Offer a key for the app; nothing is stored before a first code proves it."""
    if call.caller.has_second_factor:
        return call.redirect("/account")
    return call.page("access/enrol.html", fault=None, **_offer(call))


async def send_enrol(call: Call) -> web.StreamResponse:
    """Set the second factor up and show the recovery codes, once."""
    form = await call.form()
    try:
        value, codes = await use_second_factor.enrol(
            call.gateway.database,
            call.gateway.key,
            caller=call.caller,
            code=form.get("code", "")[:64],
            session_value=call.session_value,
            now=call.now,
            rules=call.gateway.log_in_rules,
        )
    except (use_second_factor.WrongCode, TooManyAttempts) as error:
        return _again(call, error, "access/enrol.html", **_offer(call))
    response = call.page("access/recovery_codes.html", codes=codes)
    security.set_cookie(call, response, value)
    return response


def _offer(call: Call) -> dict[str, Any]:
    seed, link = use_second_factor.offered(call.gateway.key, caller=call.caller, session_value=call.session_value)
    return {"seed": seed, "link": link}


async def send_log_out(call: Call) -> web.StreamResponse:
    """End all sessions of this person, and forget what the browser knew."""
    async with call.begin(ids=10, company=False) as work:
        await log_in.log_out(work, user_id=call.caller.user_id)
    response = call.redirect("/log-in")
    response.del_cookie(call.gateway.address.cookie, path="/", secure=call.gateway.address.is_secure)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


async def show_welcome(call: Call) -> web.StreamResponse:
    """Ask the owner of a link for his password; the first administrator also for his name."""
    owner = await _owner(call)
    return call.page("access/welcome.html", owner=owner, name="", login="", faults={})


async def send_welcome(call: Call) -> web.StreamResponse:
    """Set the password; the link is used up."""
    owner, form = await _owner(call), await call.form()
    try:
        await _set_password(call, owner)
    except (WeakPassword, invite_user.NameMissing, InvalidLogin) as error:
        return _again(
            call, error, "access/welcome.html", owner=owner, name=form.get("name", ""), login=form.get("login", "")
        )
    return call.redirect("/log-in", say=call._("The password is set. Log in with it."))


async def _owner(call: Call) -> User | None:
    return await invite_user.link_owner(call.gateway.database, value=call.word("link"), now=call.now)


async def _set_password(call: Call, owner: User | None) -> None:
    form, gateway = await call.form(), call.gateway
    password, value = form.get("password", ""), call.word("link")
    if owner is not None:
        await invite_user.set_password(
            gateway.database, gateway.passwords, value=value, password=password, now=call.now
        )
        return
    await set_up_installation.make_first_administrator(
        gateway.database,
        gateway.passwords,
        value=value,
        login=form.get("login", ""),
        name=form.get("name", ""),
        password=password,
        now=call.now,
    )


def _again(call: Call, error: GatewayError, template: str, **values: object) -> web.StreamResponse:
    """Show the form again with what was wrong."""
    if isinstance(error, TooManyAttempts):
        return answer_of(call, error)
    status = 401 if isinstance(error, LogInRefused | use_second_factor.WrongCode) else status_of(error)
    return call.page(template, status=status, fault=call._(str(error)), faults=faults_of(error), **values)


ROUTES = (
    page("GET", "/log-in", Right.PUBLIC, show_log_in),
    page("POST", "/log-in", Right.PUBLIC, send_log_in),
    page("GET", "/log-in/second-factor", Right.SIGN_IN, show_second_factor),
    page("POST", "/log-in/second-factor", Right.SIGN_IN, send_second_factor),
    page("GET", "/second-factor", Right.SIGN_IN, show_enrol),
    page("POST", "/second-factor", Right.SIGN_IN, send_enrol),
    page("POST", "/log-out", Right.SIGN_IN, send_log_out),
    page("GET", "/welcome/{link}", Right.PUBLIC, show_welcome),
    page("POST", "/welcome/{link}", Right.PUBLIC, send_welcome),
)
