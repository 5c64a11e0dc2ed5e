"""The name that a person logs in with."""

import re
import unicodedata

from schemas.errors import GatewayError

_LOGIN = re.compile(r"[\w][\w.@+-]{1,99}")


class InvalidLogin(GatewayError):
    """The log-in name is not one."""

    code = "invalid_login"


def folded_login(text: str) -> str:
    """Return a name as it is stored and compared: case, width and blanks around it do not matter."""
    return unicodedata.normalize("NFKC", text.strip()[:200]).casefold()


def parse_login(text: str) -> str:
    """Return a new log-in name. Raises InvalidLogin."""
    login = folded_login(text)
    if not _LOGIN.fullmatch(login):
        raise InvalidLogin(f"{text[:100]!r} is not a log-in name: 2 to 100 letters, digits or . _ @ + -")
    return login
