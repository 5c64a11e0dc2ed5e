"""The rules at the door: which host, which origin, which cookie, which headers.

Sessions are cookies; a request that changes something must carry the token of its page and come from our own origin.
Machines show a bearer token and never a cookie.
"""

import hmac
import re
from collections.abc import Mapping

from aiohttp import web

from gateway.web import bodies
from gateway.web.address import PublicAddress
from gateway.web.bodies import MultipartForm
from gateway.web.context import Call
from gateway.web.errors import BadRequest, ForeignRequest, UnsupportedBody

CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Server": "sepa-gateway",
}


def check_request(call: Call) -> None:
    """Check the host, the address and the encoding of a request. Raises BadRequest or UnsupportedBody."""
    request, address = call.request, call.gateway.address
    if not _is_probe(request) and not _host_is_ours(request, address):
        raise BadRequest("the request names another host than this gateway")
    if any("\0" in value for value in request.query.values()):
        raise BadRequest("the query of the address has NUL characters")
    if "Content-Encoding" in request.headers:
        raise UnsupportedBody("compressed bodies are not taken; send the body as it is")


def _is_probe(request: web.Request) -> bool:
    return request.path in {"/healthz", "/readyz", "/metrics"}


def _host_is_ours(request: web.Request, address: PublicAddress) -> bool:
    try:
        return address.accepts_host(request.host)
    except ValueError:
        return False


async def check_form(call: Call) -> None:
    """Check that a request that changes something comes from a page of ours. Raises ForeignRequest.

    The token comes in the first field of the form (so it is known before any file byte) or in a header.
    """
    _check_origin(call)
    if not call.session_value:
        raise ForeignRequest("the browser sent no cookie; allow cookies for this address and open the page again")
    if not hmac.compare_digest(call.csrf_token.encode(), (await _token_of(call)).encode()):
        raise ForeignRequest


def _check_origin(call: Call) -> None:
    headers = call.request.headers
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    # Our own pages send no referrer, for which browsers write the origin of a form as null.
    is_own = origin is not None and call.gateway.address.accepts_origin(origin, call.request.host)
    if site is None and not is_own:
        raise ForeignRequest
    if site is not None and (site != "same-origin" or not (is_own or origin in {None, "null"})):
        raise ForeignRequest


async def _token_of(call: Call) -> str:
    header = call.request.headers.get(CSRF_HEADER)
    if header is not None:
        return header
    if call.request.content_type == bodies.FORM:
        return (await call.form()).get(CSRF_FIELD, "")
    if call.request.content_type == bodies.MULTIPART:
        call.multipart = MultipartForm(call.request, call.gateway.limits)
        return await call.multipart.first_field(CSRF_FIELD)
    return ""


def cookie_value(call: Call) -> str:
    """Return the value of the session cookie, or nothing when there is none that could be ours."""
    value = call.request.cookies.get(call.gateway.address.cookie, "")
    return value if _COOKIE.fullmatch(value) else ""


def set_cookie(call: Call, response: web.StreamResponse, value: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        call.gateway.address.cookie,
        value,
        path="/",
        secure=call.gateway.address.is_secure,
        httponly=True,
        samesite="Lax",
    )


def bearer_of(call: Call) -> str:
    """Return the token that a machine shows, or nothing. Raises BadRequest when it shows a cookie as well."""
    header = call.request.headers.get("Authorization", "")
    kind, _, value = header.partition(" ")
    if kind.lower() != "bearer":
        return ""
    if call.gateway.address.cookie in call.request.cookies:
        raise BadRequest("a token is never sent together with a cookie")
    return value.strip()
