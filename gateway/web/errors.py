"""Errors as HTTP sees them: which status each family has, and what the body of a problem is (RFC 9457)."""

from typing import Any

from gateway.services.log_in import TooManyAttempts
from gateway.store.originals import TooLarge
from schemas.errors import Conflict, GatewayError, NotAllowed, NotFound


class BadRequest(GatewayError):
    """The request cannot be understood."""

    code = "bad_request"


class LogInNeeded(GatewayError):
    """Log in first."""

    code = "log_in_needed"


class WrongMethod(GatewayError):
    """This address does not take requests of this kind."""

    code = "wrong_method"


class BodyTooLarge(TooLarge):
    """The body of the request is larger than the gateway takes."""


class BodyTooSlow(GatewayError):
    """The body of the request came too slowly."""

    code = "too_slow"


class UnsupportedBody(GatewayError):
    """The body of the request is of a kind that is not taken here."""

    code = "unsupported_body"


class ForeignRequest(NotAllowed):
    """The request does not come from a page of this gateway; open the page again and send it from there."""

    code = "foreign_request"


class Busy(GatewayError):
    """Too much at once; try again in a moment."""

    code = "busy"


class InvalidBody(GatewayError):
    """The body of the request does not have the shape that is asked for."""

    code = "invalid_body"

    def __init__(self, message: str, faults: list[dict[str, str]]) -> None:
        super().__init__(message)
        self.faults = faults


# The first family that fits decides; everything else that a person can act on is 422.
_STATUS: tuple[tuple[type[GatewayError], int], ...] = (
    (BadRequest, 400),
    (LogInNeeded, 401),
    (NotAllowed, 403),
    (NotFound, 404),
    (WrongMethod, 405),
    (BodyTooSlow, 408),
    (Conflict, 409),
    (TooLarge, 413),
    (UnsupportedBody, 415),
    (Busy, 429),
    (TooManyAttempts, 429),
)


def status_of(error: GatewayError) -> int:
    """Return the HTTP status of an error."""
    return next((status for family, status in _STATUS if isinstance(error, family)), 422)


def problem_of(error: GatewayError, request_id: str) -> dict[str, Any]:
    """Return the body of an ``application/problem+json`` answer."""
    doc = (type(error).__doc__ or "").strip().split("\n")[0]
    problem: dict[str, Any] = {
        "type": f"urn:sepa-gateway:problem:{error.code}",
        "title": doc,
        "status": status_of(error),
        "detail": str(error),
        "code": error.code,
        "request_id": request_id,
    }
    line = getattr(error, "line", None)
    if line is not None:
        problem["line"] = line
    if isinstance(error, InvalidBody):
        problem["faults"] = error.faults
    return problem
