"""The root of every error that the gateway raises on purpose.

Each module defines its own errors beside the code that raises them; this one only gives them a family, so that
the edges (pages, API, command line) can answer all of them in one place.
"""


class GatewayError(Exception):
    """Something that a person can act on went wrong."""

    code = "error"

    def __init__(self, message: str | None = None) -> None:
        doc = (type(self).__doc__ or "").strip().split("\n")[0]
        super().__init__(message or doc)


class NotFound(GatewayError):
    """There is nothing by this name or number."""

    code = "not_found"


class NotAllowed(GatewayError):
    """This needs a right that you do not have."""

    code = "not_allowed"


class Conflict(GatewayError):
    """Somebody else was first, or it is no longer as you saw it."""

    code = "conflict"


class FileRefused(GatewayError):
    """A file cannot be read without risk to what it says about money.

    ``code`` names the kind of fault, ``line`` the line of the file (counted from 1) where it was found.
    """

    code = "unreadable"

    def __init__(self, message: str, *, code: str | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        if code is not None:
            self.code = code
