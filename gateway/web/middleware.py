"""What happens to each request before its handler and after it, in one place.

``answer_everything`` is the outermost: whatever happens inside becomes an answer, a log line and a figure.
``check_everything`` finds out who calls and whether he may, and only then calls the handler of the route.
"""

import secrets
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import structlog
from aiohttp import web

from gateway.domain.access import Right
from gateway.services.identify_caller import NOBODY, Caller, caller_of_session, caller_of_token, note_use
from gateway.web import background, security
from gateway.web.context import CALL, GATEWAY, Call
from gateway.web.error_pages import answer_of, crash_answer
from gateway.web.errors import BadRequest, BodyTooLarge, LogInNeeded, WrongMethod
from gateway.web.idempotency import HEADER, AnsweredBefore, Claim
from gateway.web.language import language_of
from gateway.web.routing import Route
from schemas.errors import GatewayError, NotAllowed, NotFound

Inner = Callable[[web.Request], Awaitable[web.StreamResponse]]
ROUTES = web.AppKey("routes", Mapping[web.AbstractRoute, Route])
_log = structlog.get_logger("gateway.web")


class NoSuchPage(NotFound):
    """There is no page at this address."""

    code = "no_such_page"


class RightMissing(NotAllowed):
    """This needs a right that you do not have; an administrator can give it to you."""

    code = "right_missing"


class WrongCompany(NotAllowed):
    """The token belongs to another company than the request names."""

    code = "wrong_company"


async def _nothing(_call: Call) -> web.StreamResponse:
    raise NoSuchPage


# Stands for an address that we do not have, so that whoever is logged in sees it in his frame and language.
_NOWHERE = Route(method="*", path="unknown", right=Right.PUBLIC, handler=_nothing)


@web.middleware
async def answer_everything(request: web.Request, handler: Inner) -> web.StreamResponse:
    """Turn whatever happens into an answer; log it by the route's pattern, count it, set the headers of all answers."""
    gateway = request.app[GATEWAY]
    call = Call(request=request, gateway=gateway, now=gateway.clock(), request_id=secrets.token_hex(6))
    call.language = language_of(None, request)
    request[CALL] = call
    began = time.perf_counter()
    with gateway.metrics.in_flight.track_inprogress():
        response = await _answered(call, handler)
    _observe(call, response.status, time.perf_counter() - began)
    if (
        call.new_session_value and not response.prepared and not call.is_ahead
    ):  # It would disown the form that is shown.
        security.set_cookie(call, response, call.new_session_value)
    return response


async def _answered(call: Call, handler: Inner) -> web.StreamResponse:
    try:
        return await handler(call.request)
    except AnsweredBefore as before:
        return before.response
    except GatewayError as error:
        call.gateway.metrics.refused.labels(error.code).inc()
        return answer_of(call, error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return answer_of(call, _plain(error))
    except Exception as error:
        _log_crash(call, error)
        return crash_answer(call)


def _plain(error: web.HTTPException) -> GatewayError:
    """Return what the HTTP library refuses by itself as an error of ours."""
    return {404: NoSuchPage, 405: WrongMethod, 413: BodyTooLarge}.get(error.status, BadRequest)()


def _log_crash(call: Call, error: Exception) -> None:
    """Log where it happened and the first line of what; values of the statement that failed stay out."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    what = str(error).partition("\n")[0][:200]
    _log.error("crashed", request_id=call.request_id, route=call.route_name, error=type(error).__name__, what=what,
               where=frames[-12:])  # fmt: skip


def _observe(call: Call, status: int, seconds: float) -> None:
    metrics = call.gateway.metrics
    metrics.requests.labels(call.route_name, str(status)).inc()
    metrics.seconds.labels(call.route_name).observe(seconds)
    _log.info(
        "answered",
        request_id=call.request_id,
        route=call.route_name,
        status=status,
        ms=round(seconds * 1000, 1),
        actor=call.caller.actor.word,
        company=call.caller.company.id if call.caller.company else None,
    )


@web.middleware
async def check_everything(request: web.Request, handler: Inner) -> web.StreamResponse:
    """Find the route and the caller, check the right, the origin and the token, then let the handler work."""
    call = request[CALL]
    route = _route_of(request)
    call.route_name = route.name
    security.check_request(call)
    call.caller = await _caller_of(call, route)
    _note_use(call)
    call.language = language_of(call.caller.language, request)
    if request.match_info.http_exception is not None:
        raise request.match_info.http_exception
    _check_right(call, route)
    if not route.is_api and request.method not in security.SAFE_METHODS:
        await security.check_form(call)
    if call.caller.is_known and not route.is_api and "X-Poll" not in request.headers:
        call.badges = await call.gateway.pages.badges(call)
    if not route.creates or HEADER not in request.headers:
        return await handler(request)
    return await _once(call, route, handler)


def _route_of(request: web.Request) -> Route:
    """Return the declared route. An address of ours without a declared route is closed (INV-19)."""
    if request.match_info.http_exception is not None:
        return _NOWHERE
    route = request.app[ROUTES].get(request.match_info.route)
    if route is None:
        raise NotAllowed
    return route


async def _caller_of(call: Call, route: Route) -> Caller:
    """Machines come by a token and to the API only; people come by a session and never to the API."""
    gateway = call.gateway
    token = security.bearer_of(call)
    if token and (route.is_api or route.right is Right.SEE_METRICS):
        caller = await caller_of_token(gateway.database, token, now=call.now)
        _check_company(call, caller)
        return caller
    if route.right is Right.SEE_METRICS and not gateway.address.is_secure:
        return replace(NOBODY, rights=frozenset({Right.SEE_METRICS}))  # Reachable from this machine only.
    call.session_value = security.cookie_value(call)
    if route.is_api or not call.session_value:
        return NOBODY
    return await caller_of_session(gateway.database, call.session_value, now=call.now, rules=gateway.log_in_rules)


def _note_use(call: Call) -> None:
    """Write down that the caller is there; a page that only polls keeps no session alive."""
    if not call.caller.is_noted and "X-Poll" not in call.request.headers:
        background.start(note_use(call.gateway.database, call.caller, now=call.now), name="note_use")


def _check_company(call: Call, caller: Caller) -> None:
    named = call.request.headers.get("Company")
    if named is not None and caller.company is not None and named != caller.company.code:
        raise WrongCompany(f"the token does not open the company {named[:40]!r}")


def _check_right(call: Call, route: Route) -> None:
    if route.right in call.caller.rights:
        return
    if not call.caller.is_known or call.caller.must_verify or call.caller.must_enrol:
        raise LogInNeeded
    raise RightMissing


async def _once(call: Call, route: Route, handler: Inner) -> web.StreamResponse:
    call.claim = Claim(
        call.gateway.database,
        actor=call.actor,
        company_id=call.company_id,
        route=route.name,
        key=call.request.headers[HEADER],
        now=call.now,
    )
    try:
        response = await handler(call.request)
    except BaseException:
        await call.claim.release()
        raise
    await call.claim.finish(response)
    return response
