"""Answers to what went wrong: a problem for machines, a calm page for people, never a trace."""

from urllib.parse import quote

from aiohttp import web

from gateway.services.log_in import TooManyAttempts
from gateway.web.context import Call
from gateway.web.errors import LogInNeeded, problem_of, status_of
from gateway.web.routing import API
from schemas.errors import GatewayError


class Crashed(GatewayError):
    """Something went wrong here. The log says what, under the number of this answer."""

    code = "crashed"


def answer_of(call: Call, error: GatewayError) -> web.StreamResponse:
    """Return the answer to an error that a person can act on."""
    if isinstance(error, LogInNeeded) and not is_for_machines(call):
        return _ask_to_log_in(call)
    return _answer(call, error, status_of(error))


def crash_answer(call: Call) -> web.StreamResponse:
    """Return the answer to an error of ours; its number is in the log."""
    return _answer(call, Crashed(), 500)


def is_for_machines(call: Call) -> bool:
    """Tell whether the caller reads problems rather than pages."""
    return call.request.path.startswith((API, "/healthz", "/readyz", "/metrics"))


def _answer(call: Call, error: GatewayError, status: int) -> web.Response:
    if is_for_machines(call):
        problem = problem_of(error, call.request_id) | {"status": status}
        response = web.json_response(problem, status=status, content_type="application/problem+json")
    else:
        response = call.page("error.html", status=status, error=error, status_code=status, page=page_of(call))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.wait_s)
    return response


def page_of(call: Call) -> str:
    """Return the address of the page that a request came from: its own, or the nearest above it that can be opened."""
    if call.request.method == "GET":
        return call.request.path_qs
    pages = {route.path for route in call.gateway.routes if route.method == "GET"}
    pattern, path = call.route_name.partition(" ")[2], call.request.path
    while pattern and pattern not in pages:
        pattern, path = pattern.rpartition("/")[0], path.rpartition("/")[0]
    query = f"?{call.request.query_string}" if call.request.query_string else ""
    return path + query if pattern else "/"


def _ask_to_log_in(call: Call) -> web.Response:
    if call.caller.must_enrol:
        return call.redirect("/second-factor")
    path, door = page_of(call), "/log-in/second-factor" if call.caller.must_verify else "/log-in"
    return call.redirect(door if path == "/" else f"{door}?next={quote(path, safe='')}")
